//! What no compiler checks: every provider is registered, told by golden files, and named nowhere else; files stay short.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tidegate_golden::Golden;
use tidegate_providers::PROVIDERS;
use tidegate_wire::Operation;

/// Names of providers that are names of dialects too, or of a vendor's headers that the gateway passes on.
const DIALECTS: [&str; 2] = ["openai", "anthropic"];

/// The most lines of a file, its tests not counted.
const LONGEST: usize = 400;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Returns the Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Folders beside those of the providers: what providers share.
const SHARED: [&str; 2] = ["carriage", "support"];

/// Returns the folders of providers.
fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(crates().join("providers/src")).unwrap();
    let folders = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir());
    let names = folders.map(|entry| entry.file_name().into_string().unwrap());
    names
        .filter(|name| !SHARED.contains(&name.as_str()))
        .collect()
}

#[test]
fn every_provider_is_registered() {
    let registry = std::fs::read_to_string(crates().join("providers/src/registry.rs")).unwrap();
    for folder in folders() {
        assert!(
            registry.contains(&format!("crate::{folder}::")),
            "`{folder}` is not registered"
        );
    }
    let names: Vec<_> = PROVIDERS.iter().map(|spec| spec.fields.name).collect();
    assert_eq!(
        names.iter().collect::<BTreeSet<_>>().len(),
        names.len(),
        "a name comes twice"
    );
}

/// Tells whether a golden file shows what is due.
type Test = fn(&Golden) -> bool;

/// Returns what a golden file asks for.
fn operation(golden: &Golden) -> Operation {
    let target = &golden.case.client_request.target;
    let has = |word: &str| target.contains(word);
    match () {
        () if has("embeddings") => Operation::Embeddings,
        () if has("chat") || has("/messages") || has("/responses") => Operation::Chat,
        () => Operation::Completions,
    }
}

#[test]
fn every_claimed_operation_has_golden_files() {
    let files = tidegate_golden::all().unwrap();
    for golden in &files {
        let known = PROVIDERS
            .iter()
            .any(|spec| spec.fields.name == golden.provider);
        assert!(known, "`golden/{}` is no provider's", golden.provider);
    }
    let mut missing = Vec::new();
    for spec in PROVIDERS {
        let name = spec.fields.name;
        for wanted in spec.operations {
            let about = |golden: &&Golden| golden.provider == name && operation(golden) == *wanted;
            let told = |what: fn(&Golden) -> bool| files.iter().filter(about).any(what);
            let kinds: [(&str, bool, Test); 3] = [
                ("plain", true, |golden| {
                    golden.case.client_response.status == 200
                        && !golden.case.client_response.streams()
                }),
                ("streamed", spec.streams.contains(wanted), |golden| {
                    golden.case.client_response.streams()
                }),
                ("error", true, |golden| {
                    golden
                        .case
                        .upstream_response
                        .as_ref()
                        .is_some_and(|said| said.status >= 400)
                }),
            ];
            for (kind, due, what) in kinds {
                if due && !told(what) {
                    missing.push(format!("{name}: {wanted}, {kind}"));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "golden files are missing");
}

/// What chats on the OpenAI door are shown doing, plain and streamed.
const CHATS: [&str; 9] = [
    "text",
    "tools",
    "parallel-tools",
    "image",
    "schema",
    "reasoning",
    "length",
    "error",
    "cut",
];

/// Providers that need not show it all, and why.
const SHOWN_LESS: [(&str, &[&str], &str); 9] = [
    (
        "ai21labs",
        &["image", "reasoning"],
        "its models take and do neither",
    ),
    (
        "perplexity",
        &["tools", "parallel-tools"],
        "its models call no tools",
    ),
    ("amazon-bedrock", &CHATS, "another name of `bedrock`"),
    ("azuread", &CHATS, "`azure` with another key"),
    (
        "databricks-model-serving",
        &CHATS,
        "another name of `databricks`",
    ),
    (
        "mlflow-model-serving",
        &CHATS,
        "a served model's own dialect, text only",
    ),
    ("mosaicml", &CHATS, "gone, text only"),
    ("palm", &CHATS, "gone, text only"),
    (
        "sandbox",
        &CHATS,
        "inside the process; its own tests show it",
    ),
];

#[test]
fn chats_are_shown_whole() {
    let files = tidegate_golden::all().unwrap();
    let mut missing = Vec::new();
    for spec in PROVIDERS {
        let name = spec.fields.name;
        let mut less = SHOWN_LESS.iter().filter(|(known, ..)| *known == name);
        let less = less.next().map_or(&[][..], |(_, cases, _)| cases);
        for case in CHATS.iter().filter(|case| !less.contains(case)) {
            for end in ["", "-streamed"] {
                let file = format!("modern-{case}{end}.golden");
                let shown =
                    |golden: &Golden| golden.provider == name && golden.path.ends_with(&file);
                if !files.iter().any(shown) {
                    missing.push(format!("golden/{name}/{file}"));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "golden files are missing");
}

/// Stories that chats on the Messages door and on the Responses door are shown in, plain and streamed.
const STORIES: [&str; 2] = ["messages-tools", "responses-tools"];

/// Providers whose models call nothing, so that their stories are of texts only.
const TEXTS_ONLY: [&str; 4] = ["mlflow-model-serving", "mosaicml", "palm", "perplexity"];

/// Providers that need not show the stories: other names or keys of ones that do, and the one inside the process.
const TOLD_ELSEWHERE: [&str; 4] = [
    "amazon-bedrock",
    "azuread",
    "databricks-model-serving",
    "sandbox",
];

#[test]
fn every_chat_is_told_on_the_other_doors() {
    let files = tidegate_golden::all().unwrap();
    let mut missing = Vec::new();
    let chats = PROVIDERS.iter().filter(|spec| {
        spec.operations.contains(&Operation::Chat) && !TOLD_ELSEWHERE.contains(&spec.fields.name)
    });
    for spec in chats {
        let name = spec.fields.name;
        let streams = spec.streams.contains(&Operation::Chat);
        let ends = ["", "-streamed"]
            .into_iter()
            .filter(|end| end.is_empty() || streams);
        for (story, end) in ends.flat_map(|end| STORIES.map(|story| (story, end))) {
            let story = if TEXTS_ONLY.contains(&name) {
                story.replace("tools", "text")
            } else {
                story.to_owned()
            };
            let file = format!("{story}{end}.golden");
            let shown = |golden: &Golden| golden.provider == name && golden.path.ends_with(&file);
            if !files.iter().any(shown) {
                missing.push(format!("golden/{name}/{file}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "golden files are missing");
}

/// Returns a file's code in lower case, line by line, without comments and without its tests.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text
        .split("#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default()
        .to_owned();
    let lines = text.lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap().to_lowercase()))
        .collect()
}

/// True when a word stands in a line; a letter or digit beside it makes it another word.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
    })
}

#[test]
fn no_provider_is_named_outside_its_folder() {
    let registered = PROVIDERS.iter().map(|spec| spec.fields.name.to_owned());
    let words: BTreeSet<String> = registered.chain(folders()).collect();
    let mut named = Vec::new();
    for member in ["wire", "gateway", "server"] {
        for path in sources(&crates().join(member).join("src")) {
            for (number, line) in code(&path) {
                let found = words
                    .iter()
                    .filter(|word| !DIALECTS.contains(&word.as_str()));
                for word in found.filter(|word| names(&line, word)) {
                    named.push(format!("{}:{number}: `{word}`", path.display()));
                }
            }
        }
    }
    assert_eq!(named, Vec::<String>::new());
}

#[test]
fn files_are_short_and_begin_with_what_they_are() {
    let mut wrong = Vec::new();
    for path in sources(&crates()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = code(&path).len();
        if lines > LONGEST && !path.components().any(|part| part.as_os_str() == "tests") {
            wrong.push(format!("{} has {lines} lines", path.display()));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{} does not begin with `//!`", path.display()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
