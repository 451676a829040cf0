//! Every config in `examples/` passes `tidegate check --strict` with the real binary.
//!
//! The binary is `TIDEGATE_BIN`, or the one that cargo built beside this test.

#![expect(clippy::unwrap_used, reason = "a test may end anywhere")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A value for the environment variables that the examples name.
const DUMMY: &str = "a-value-for-the-check";

fn binary() -> PathBuf {
    let beside_us = || {
        let test = std::env::current_exe().unwrap();
        test.parent()
            .and_then(Path::parent)
            .unwrap()
            .join("tidegate")
    };
    let path = std::env::var_os("TIDEGATE_BIN").map_or_else(beside_us, PathBuf::from);
    assert!(
        path.is_file(),
        "{} is missing: run `cargo build` first, or name the binary in TIDEGATE_BIN",
        path.display()
    );
    path
}

/// Returns the names after `$`.
fn variables(text: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c| !is_name(c)).next())
        .collect()
}

#[test]
fn every_example_is_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let scratch = std::env::temp_dir().join(format!("tidegate-examples-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).unwrap();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // `check` opens the access log, so it must not lie where only a service may write.
        let text = text.replace("/var/log/tidegate", &scratch.display().to_string());
        let copy = scratch.join(path.file_name().unwrap());
        std::fs::write(&copy, &text).unwrap();
        let done = Command::new(binary())
            .args(["check", "--strict", "--config-path"])
            .arg(&copy)
            .env_clear()
            .envs(variables(&text).into_iter().map(|name| (name, DUMMY)))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{}: {said}", path.display());
        assert!(said.is_empty(), "{}: {said}", path.display());
        count += 1;
    }
    std::fs::remove_dir_all(&scratch).unwrap();
    assert!(count >= 6, "only {count} examples were found");
}
