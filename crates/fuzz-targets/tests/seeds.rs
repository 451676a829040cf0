//! Replays the fuzzer's seeds: hand-picked texts, and every input that once broke a law.

use std::path::Path;

use tidegate_fuzz_targets::{TARGETS, provider_names};
use tidegate_providers::PROVIDERS;

#[test]
fn seeds_keep_the_laws() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    for (name, target) in TARGETS {
        let mut files: Vec<_> = std::fs::read_dir(seeds.join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "`{name}` has no seeds");
        for file in files {
            println!("{name}: {}", file.display());
            let mut seed = std::fs::read(&file).unwrap();
            target(&seed);
            if name.starts_with("provider_") {
                for (which, provider) in provider_names().iter().enumerate() {
                    println!("- as {provider}'s");
                    seed[0] = u8::try_from(which).unwrap();
                    target(&seed);
                }
            }
        }
    }
}

#[test]
fn every_target_has_a_wrapper() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    let manifest = std::fs::read_to_string(folder.with_file_name("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(
            folder.join(format!("{name}.rs")).is_file(),
            "`{name}` has no wrapper"
        );
        let path = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&path), "`{name}`'s wrapper is not built");
    }
}

#[test]
fn every_built_provider_has_its_turn() {
    let built = PROVIDERS.iter().filter(|spec| spec.build.is_some());
    for name in built.map(|spec| spec.fields.name) {
        assert!(provider_names().contains(&name), "`{name}` is not fuzzed");
    }
    assert!(provider_names().len() <= 256, "one byte chooses");
}
