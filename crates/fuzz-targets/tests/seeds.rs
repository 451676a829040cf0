//! Replays the fuzzer's seeds: hand-picked texts, and every input that once broke a law.

use std::path::Path;

use tidegate_fuzz_targets::TARGETS;

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
            target(&std::fs::read(&file).unwrap());
        }
    }
}

#[test]
fn every_target_has_a_wrapper() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    for (name, _) in TARGETS {
        assert!(
            folder.join(format!("{name}.rs")).is_file(),
            "`{name}` has no wrapper"
        );
    }
}
