//! Whole renderings: what a person sees for a file, case by case in `tests/golden/*.golden`.
//!
//! A case is `=== title`, the file, `--- shows`, and the rendering of the error, or of the warnings, or `valid`.
//! `UPDATE_GOLDEN=1` rewrites the renderings; read the difference before committing it.

mod seed;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use tidegate_config::parse;

use seed::{CATALOG, PATH, WORLD};

const TITLE: &str = "=== ";
const SHOWS: &str = "--- shows\n";

fn show(text: &str) -> String {
    match parse(text, Path::new(PATH), CATALOG, &WORLD) {
        Err(error) => error.to_string(),
        Ok(loaded) if loaded.warnings.is_empty() => "valid".to_owned(),
        Ok(loaded) => {
            let blocks: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
            blocks.join("\n\n")
        }
    }
}

/// Returns the file with every rendering made anew.
#[expect(clippy::unwrap_used, reason = "the test ends here")]
fn render(golden: &str) -> String {
    let mut fresh = String::new();
    for case in golden.split(TITLE).filter(|case| !case.is_empty()) {
        let (title, rest) = case.split_once('\n').unwrap();
        let (text, _) = rest.split_once(SHOWS).unwrap_or((rest, ""));
        write!(fresh, "{TITLE}{title}\n{text}{SHOWS}{}\n", show(text)).unwrap();
    }
    fresh
}

#[test]
fn golden_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let golden = fs::read_to_string(&file).unwrap();
        let fresh = render(&golden);
        if update {
            fs::write(&file, fresh).unwrap();
        } else {
            assert!(golden == fresh, "{} shows now:\n{fresh}", file.display());
        }
    }
}
