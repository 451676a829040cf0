//! The pages that show the files of `examples/`: each stands whole between the marks that name it.

use std::fs;

use crate::{golden, read, replace, root};

/// The pages, with the files that they show.
const PAGES: [(&str, &[&str]); 2] = [
    (
        "docs/examples.md",
        &[
            "quickstart.yaml",
            "sandbox.yaml",
            "limits-and-splits.yaml",
            "azure.yaml",
            "served-models.yaml",
            "production.yaml",
            "nginx.conf",
        ],
    ),
    ("docs/examples/all-providers.md", &["all-providers.yaml"]),
];

#[test]
fn example_files_stand_on_their_pages() {
    for (path, names) in PAGES {
        let mut page = read(path);
        for name in names {
            let (_, ending) = name.split_once('.').unwrap();
            let language = if ending == "conf" { "nginx" } else { ending };
            let text = read(&format!("examples/{name}"));
            page = replace(&page, name, &format!("```{language}\n{text}```\n"));
        }
        golden(path, &page);
    }
}

#[test]
fn every_example_file_is_shown() {
    let mut shown: Vec<&str> = PAGES
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    shown.sort_unstable();
    let entries = fs::read_dir(root().join("examples")).unwrap();
    let mut there: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(shown, there);
}
