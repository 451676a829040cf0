//! The REST reference, `docs/rest.md` and `docs/rest/`, is made from the OpenAPI document of the server.
//!
//! `UPDATE_GOLDEN=1` rewrites it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end anywhere"
)]

mod kind;
mod operation;
mod page;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tidegate_config::ProcessEnvironment;
use tidegate_gateway::{NoAuthority, Snapshot};
use tidegate_providers::catalog;

use operation::Operation;
use page::Page;

/// The pages, with what their paths begin with; the first that fits has the path. `*` stands for the name of a route.
const PAGES: [(&str, &[&str]); 9] = [
    ("chat-completions", &["/v1/chat/completions"]),
    ("completions", &["/v1/completions"]),
    ("embeddings", &["/v1/embeddings"]),
    ("responses", &["/v1/responses"]),
    ("messages", &["/v1/messages"]),
    ("raw-proxy", &["/gateway/proxy/"]),
    (
        "metadata",
        &["/api/", "/v1/models", "/gateway/anthropic/v1/models"],
    ),
    ("invocations", &["/gateway/*", "/endpoints/*"]),
    ("health", &["/health"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The document of a gateway with a route of each type.
fn document() -> Value {
    let path = root().join("examples/sandbox.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let loaded = tidegate_config::parse(&text, &path, catalog(), &ProcessEnvironment);
    let mut config = loaded.unwrap_or_else(|error| panic!("{error}")).config;
    config.server.access_log = tidegate_config::AccessLog::Off;
    let snapshot = Snapshot::build(config, &NoAuthority, None, true).unwrap();
    tidegate_server::openapi::document(&snapshot, "")
}

/// Returns the page to which an operation belongs.
fn page_of(operation: &Operation<'_>) -> &'static str {
    let path = operation.path.replace("{name}/invocations", "*");
    let fits = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    let found = PAGES.iter().find(|(_, prefixes)| fits(prefixes));
    found
        .unwrap_or_else(|| {
            panic!(
                "{} belongs to no page of the REST reference",
                operation.path
            )
        })
        .0
}

/// Puts `content` between a mark of a page and its end, and compares; or rewrites the page.
fn golden(path: &str, mark: &str, content: &str) {
    let file = root().join(path);
    let page = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mark = format!("<!-- {mark} -->\n");
    let (before, rest) = page.split_once(&mark).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let fresh = format!("{before}{mark}{content}<!-- end -->{after}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &fresh).unwrap();
        return;
    }
    assert!(
        page == fresh,
        "{path} differs from the OpenAPI document; `UPDATE_GOLDEN=1 cargo test` rewrites it"
    );
}

#[test]
fn pages_of_the_reference() {
    let document = document();
    let operations = operation::all(&document);
    for (name, _) in PAGES {
        let own: Vec<&Operation<'_>> = operations.iter().filter(|it| page_of(it) == name).collect();
        assert!(!own.is_empty(), "{name} has no operation");
        let text = Page::new(&document).write(&own);
        golden(&format!("docs/rest/{name}.md"), "operations", &text);
    }
}

#[test]
fn index_of_the_reference() {
    let document = document();
    let mut table = "| Method | Path | What it is |\n|---|---|---|\n".to_owned();
    for it in operation::all(&document) {
        let (method, path, page) = (&it.method, &it.path, page_of(&it));
        let (anchor, summary) = (it.anchor(), it.summary());
        writeln!(
            table,
            "| `{method}` | [`{path}`](rest/{page}.md#{anchor}) | {summary} |"
        )
        .unwrap();
    }
    golden("docs/rest.md", "paths", &table);
}

/// A member that no word explains makes a poor reference.
#[test]
fn members_are_explained() {
    fn walk(value: &Value, at: &str, missing: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, schema) in members
                    .get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    let known = ["description", "const", "enum", "not"];
                    if !known.iter().any(|it| schema.get(it).is_some()) {
                        missing.push(format!("{at}.{name}"));
                    }
                }
                for (name, it) in members {
                    let next = if ["properties", "items"].contains(&name.as_str()) {
                        at.to_owned()
                    } else {
                        format!("{at}.{name}")
                    };
                    walk(it, &next, missing);
                }
            }
            Value::Array(items) => items.iter().for_each(|it| walk(it, at, missing)),
            _ => {}
        }
    }
    let document = document();
    let mut missing = Vec::new();
    walk(&document["components"]["schemas"], "", &mut missing);
    walk(&document["paths"], "", &mut missing);
    missing.retain(|it| !it.contains(".example"));
    assert!(missing.is_empty(), "not explained: {missing:#?}");
}
