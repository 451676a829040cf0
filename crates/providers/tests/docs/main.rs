//! The documentation cannot drift from the code: its tables and its JSON Schema are made here, its YAML is read, its links
//! lead somewhere, and every error code is explained.
//!
//! `UPDATE_GOLDEN=1` rewrites the tables and the schema.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end anywhere")]

mod examples;
mod providers;
mod translation;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tidegate_config::{Environment, Extras, SECTIONS, Section, SectionKind, parse, schema};
use tidegate_providers::catalog;

/// A world in which every variable is set and every named file exists.
struct AllSet;

impl Environment for AllSet {
    fn var(&self, name: &str) -> Option<String> {
        (name != "MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS").then(|| "a-value".to_owned())
    }

    fn read_key_file(&self, path: &str) -> Option<Result<String, String>> {
        path.starts_with('/').then(|| Ok("a-key".to_owned()))
    }

    fn is_file(&self, _: &Path) -> bool {
        true
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Compares a file with what it must be, or makes it so.
fn golden(path: &str, fresh: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(root().join(path), fresh).unwrap();
    }
    assert!(
        read(path) == fresh,
        "{path} differs from the code; `UPDATE_GOLDEN=1 cargo test` rewrites it"
    );
}

/// Puts `content` between `<!-- name -->` and `<!-- end -->`.
fn replace(page: &str, name: &str, content: &str) -> String {
    let mark = format!("<!-- {name} -->\n");
    let (before, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no marker for {name}"));
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}{mark}{content}<!-- end -->{after}")
}

fn section(section: &Section) -> String {
    let mut table = "| Key | Value | Default | Meaning |\n|---|---|---|---|\n".to_owned();
    for key in section.keys {
        let value = match key.kind {
            SectionKind::Count { least, most, .. } => {
                format!("whole number, {least} to {most}")
            }
            SectionKind::Seconds { default } => {
                let null = default.map_or(", or `null`", |_| "");
                format!("seconds{null}")
            }
            SectionKind::Prefix => "path prefix".to_owned(),
            SectionKind::Origins => "list of origins".to_owned(),
            SectionKind::AccessLog => "`stderr`, `off` or `{file: PATH}`".to_owned(),
            SectionKind::File => "path of an existing file, or `null`".to_owned(),
            SectionKind::Headers => "list of header names".to_owned(),
        };
        let (name, default, doc) = (key.name, key.kind.default_text(), key.doc);
        writeln!(table, "| `{name}` | {value} | `{default}` | {doc} |").unwrap();
    }
    table
}

fn refused_headers() -> String {
    let mut table = "| Header | Why |\n|---|---|\n".to_owned();
    for (names, reason) in Extras::REFUSED_HEADERS {
        let names = names.join("`, `");
        writeln!(table, "| `{names}` | {reason} |").unwrap();
    }
    table
}

#[test]
fn tables_of_the_configuration() {
    for it in SECTIONS {
        let path = format!("docs/configuration/{}.md", it.name);
        golden(&path, &replace(&read(&path), it.name, &section(it)));
    }
    let path = "docs/configuration/extra-headers.md";
    golden(
        path,
        &replace(&read(path), "refused headers", &refused_headers()),
    );
}

#[test]
fn json_schema() {
    golden(
        "docs/config.schema.json",
        &format!("{:#}\n", schema(catalog())),
    );
}

fn keys_of(value: &serde_json::Value, keys: &mut BTreeSet<String>) {
    if let Some(properties) = value.get("properties").and_then(|it| it.as_object()) {
        keys.extend(properties.keys().cloned());
    }
    match value {
        serde_json::Value::Object(members) => members.values().for_each(|it| keys_of(it, keys)),
        serde_json::Value::Array(items) => items.iter().for_each(|it| keys_of(it, keys)),
        _ => {}
    }
}

/// Every key that the schema allows stands on a page about the config file, as code.
#[test]
fn keys_are_told() {
    let mut paths = vec![root().join("docs/configuration.md")];
    for folder in ["docs/configuration", "docs/providers"] {
        pages_of(&root().join(folder), &mut paths);
    }
    let pages: String = paths
        .iter()
        .map(|it| fs::read_to_string(it).unwrap())
        .collect();
    let mut keys = BTreeSet::new();
    keys_of(&schema(catalog()), &mut keys);
    assert!(keys.len() > 100, "only {keys:?} were found");
    keys.retain(|key| {
        let told = [format!("`{key}`"), format!(".{key}`"), format!("{{{key}: ")];
        !told.iter().any(|it| pages.contains(it))
    });
    assert!(keys.is_empty(), "on no page: {keys:?}");
}

/// Collects the pages of a folder and of those in it.
fn pages_of(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages_of(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            paths.push(path);
        }
    }
}

/// Returns the pages with their paths.
fn pages() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    pages_of(&root().join("docs"), &mut paths);
    paths.extend(["README.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)));
    paths.sort();
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap();
    paths
        .iter()
        .map(|path| (path.clone(), text(path)))
        .collect()
}

/// What a block that shows one section of a file may name.
const SOME_ENDPOINTS: &str =
    "endpoints: [{name: chat, endpoint_type: llm/v1/chat, model: {provider: sandbox}}]\n";

/// Every YAML block that is a config, or a section of one, is valid without a warning.
#[test]
fn yaml_blocks() {
    let mut count = 0;
    for (path, page) in pages() {
        for block in page.split("```yaml\n").skip(1) {
            let (block, _) = block.split_once("```").unwrap();
            if block.contains("apiVersion:") {
                continue;
            }
            let whole = block.contains("endpoints:") || block.contains("routes:");
            let text = if whole {
                block.to_owned()
            } else {
                format!("{SOME_ENDPOINTS}{block}")
            };
            let outcome = parse(&text, &path, catalog(), &AllSet);
            if let Err(error) = outcome.and_then(tidegate_config::Loaded::into_strict) {
                panic!("{error}");
            }
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} blocks were found");
}

#[test]
fn links_lead_somewhere() {
    for (path, page) in pages() {
        for link in page.split("](").skip(1) {
            let (target, _) = link.split_once(')').unwrap();
            if target.starts_with("http") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() {
                path.clone()
            } else {
                path.parent().unwrap().join(file)
            };
            assert!(file.exists(), "{}: {target}", path.display());
            if anchor.is_empty() {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let found = text
                .lines()
                .filter(|line| line.starts_with('#'))
                .any(|line| anchor_of(line) == anchor);
            assert!(found, "{}: {target}", path.display());
        }
    }
}

/// The anchor that a heading gets on code hosting sites.
fn anchor_of(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn sources(folder: &Path, out: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// Every code that the source gives an error stands in the page.
#[test]
fn error_codes() {
    let page = read("docs/errors.md");
    let mut texts = Vec::new();
    for name in ["credentials", "gateway", "providers", "server", "wire"] {
        sources(&root().join("crates").join(name).join("src"), &mut texts);
    }
    let mut codes = Vec::new();
    for text in &texts {
        for opening in [".with_code(\"", "stream_error(masked, \""] {
            let found = text.split(opening).skip(1);
            codes.extend(found.filter_map(|rest| Some(rest.split_once('"')?.0)));
        }
    }
    assert!(codes.len() > 5, "only {codes:?} were found");
    for code in codes {
        assert!(
            page.contains(&format!("`{code}`")),
            "docs/errors.md does not explain `{code}`"
        );
    }
}
