//! The pages of the providers: what their tables say is written here, between the marks of each page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use tidegate_config::{Field, FieldKind};
use tidegate_providers::{Fate, PROVIDERS, Parameters, ProviderSpec};
use tidegate_wire::{Operation, Words};

use crate::{golden, read, replace, root};

fn list(operations: &[Operation]) -> String {
    let names: Vec<&str> = operations.iter().map(|it| it.name()).collect();
    names.join(", ")
}

fn value(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Secret | FieldKind::SecretUnless(_) => "key".to_owned(),
        FieldKind::LiteralSecret => "key (no file)".to_owned(),
        FieldKind::KeyFile => "key file".to_owned(),
        FieldKind::Text => "text".to_owned(),
        FieldKind::Url => "URL".to_owned(),
        FieldKind::Integer => "whole number".to_owned(),
        FieldKind::Number => "number".to_owned(),
        FieldKind::Boolean => "`true` or `false`".to_owned(),
        FieldKind::Choice(words) => format!("`{}`", words.join("`, `")),
        FieldKind::Group(_) => "mapping".to_owned(),
    }
}

/// Writes a row for each field; `first` is the cell before them, if there is one.
fn keys(fields: &[Field], first: &str, prefix: &str, page: &mut String) {
    for field in fields {
        let required = match (field.required, field.kind.unless()) {
            (false, _) => "no".to_owned(),
            (true, []) => "yes".to_owned(),
            (true, others) => format!("yes, or `{}`", others.join("`, `")),
        };
        let default = field.default.map(|text| format!("`{text}`"));
        let (default, doc) = (default.unwrap_or_default(), field.doc);
        let names = field.spellings().map(|name| format!("`{prefix}{name}`"));
        let names = names.collect::<Vec<_>>().join(", ");
        let value = value(&field.kind);
        writeln!(
            page,
            "|{first} {names} | {value} | {required} | {default} | {doc} |"
        )
        .unwrap();
        if let FieldKind::Group(inner) = field.kind {
            keys(inner, first, &format!("{prefix}{}.", field.name), page);
        }
    }
}

fn fate(fate: Fate) -> String {
    match fate {
        Fate::As(name) => format!("`{name}`"),
        Fate::Same => "the same".to_owned(),
        Fate::Listed(name) => format!("`{name}`, a list"),
        Fate::Scaled(name, scale) => {
            let least = scale
                .least
                .map(|least| format!(", at least {least}"))
                .unwrap_or_default();
            let (seed, mlflow) = (scale.seed, scale.mlflow);
            format!(
                "`{name}`, ×{seed} where the client's range is 0 to 1, ×{mlflow} where it is 0 to 2{least}"
            )
        }
        Fate::One(_) => "must be 1; not sent".to_owned(),
        Fate::Refused(words) => format!("refused (422): {words}"),
        Fate::Left => "not sent".to_owned(),
    }
}

/// Tells what becomes of the parameters of one operation.
fn parameters(table: &Parameters, page: &mut String) {
    let only = table.only.map(|only| format!(", {only}"));
    let only = only.unwrap_or_default();
    writeln!(page, "\nParameters of {}{only}:\n", table.operation).unwrap();
    page.push_str("| Client sends | Provider gets |\n|---|---|\n");
    let mut row = |name: &str, text: &str| writeln!(page, "| {name} | {text} |").unwrap();
    if table.operation != Operation::Embeddings {
        row("`temperature`", &fate(table.temperature));
        row("`n`, `candidate_count`", &fate(table.count));
        row("`max_tokens`", &fate(table.max_tokens));
        row("`stop`", &fate(table.stop));
    }
    for (own, standard) in table.reserved {
        let (status, instead) = (table.reserved_status, standard.name(Words::Choices));
        row(
            &format!("`{own}`"),
            &format!("refused ({status}): send `{instead}`"),
        );
    }
    for extra in table.extras {
        let (name, native) = (extra.name, extra.native);
        let text = match extra.member {
            Some(member) => {
                format!("`{native}: {{\"{member}\": …}}`, unless `{native}` is sent too")
            }
            None => format!("`{native}`, unless `{native}` is sent too"),
        };
        row(&format!("`{name}`"), &text);
    }
    let others = match table.others_within {
        Some(member) => format!("the same, unchanged, in `{member}`"),
        None => "the same, unchanged".to_owned(),
    };
    row("anything else", &others);
    match (table.within, table.others_within) {
        (Some(within), None) => {
            writeln!(page, "\nAll of these stand in the member `{within}`.").unwrap();
        }
        (Some(within), Some(_)) => {
            writeln!(page, "\nThe others stand in the member `{within}`.").unwrap();
        }
        (None, _) => {}
    }
}

fn key_names(fields: &[Field]) -> Vec<&'static str> {
    fields.iter().flat_map(Field::spellings).collect()
}

/// True when all providers of a page say the same.
fn alike<T: PartialEq>(specs: &[&ProviderSpec], what: impl Fn(&ProviderSpec) -> T) -> bool {
    let mut pairs = specs.iter().zip(specs.iter().skip(1));
    pairs.all(|(one, next)| what(one) == what(next))
}

/// Tells which headers of clients are passed on, and by whom where that is not all of a page.
fn client_headers(specs: &[&ProviderSpec], page: &mut String) {
    let alike = alike(specs, |spec| spec.client_headers);
    let told = specs.iter().take(if alike { 1 } else { specs.len() });
    for spec in told.filter(|spec| !spec.client_headers.is_empty()) {
        let whose = if alike {
            String::new()
        } else {
            format!(" by `{}`", spec.fields.name)
        };
        let headers = spec.client_headers.join("`, `");
        writeln!(page, "\nClient headers passed on{whose}: `{headers}`.").unwrap();
    }
}

/// What the tables know of providers that share a page, and so their parameters.
fn facts(specs: &[&ProviderSpec]) -> String {
    let &spec = specs.first().unwrap();
    let mut page = "\n| `provider` | Route types | Streams |\n|---|---|---|\n".to_owned();
    for spec in specs {
        let names = std::iter::once(spec.fields.name).chain(spec.fields.aliases.iter().copied());
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let (names, answers, streams) =
            (names.join(", "), list(spec.operations), list(spec.streams));
        let streams = if streams.is_empty() { "none" } else { &streams };
        writeln!(page, "| {names} | {answers} | {streams} |").unwrap();
    }
    client_headers(specs, &mut page);
    page.push_str("\nKeys of `model.config`");
    if !spec.fields.config_required {
        page.push_str(", which may be left out");
    }
    let heads = "Key | Value | Required | Default | Meaning |\n|---|---|---|---|---|";
    if alike(specs, |spec| key_names(spec.fields.fields)) {
        writeln!(page, ":\n\n| {heads}").unwrap();
        keys(spec.fields.fields, "", "", &mut page);
    } else {
        writeln!(page, ":\n\n| `provider` | {heads}---|").unwrap();
        for spec in specs {
            let first = format!(" `{}` |", spec.fields.name);
            keys(spec.fields.fields, &first, "", &mut page);
        }
    }
    for table in spec.parameters {
        parameters(table, &mut page);
    }
    page.push('\n');
    page
}

/// Returns the pages by path, each with the providers that its mark names.
fn pages() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("docs/providers")).unwrap() {
        let path = format!(
            "docs/providers/{}",
            entry.unwrap().file_name().to_str().unwrap()
        );
        let page = read(&path);
        let (_, mark) = page
            .split_once("<!-- facts: ")
            .unwrap_or_else(|| panic!("{path} has no facts"));
        let names = mark.split_once(" -->").unwrap().0;
        found.insert(path, names.split(' ').map(str::to_owned).collect());
    }
    found
}

#[test]
fn pages_of_providers() {
    let mut told = Vec::new();
    for (path, names) in pages() {
        let find = |name: &String| {
            let spec = tidegate_providers::find(name);
            spec.unwrap_or_else(|| panic!("{path}: no provider `{name}`"))
        };
        let specs: Vec<_> = names.iter().map(find).collect();
        let mark = format!("facts: {}", names.join(" "));
        golden(&path, &replace(&read(&path), &mark, &facts(&specs)));
        told.extend(names);
    }
    told.sort();
    let mut built: Vec<_> = PROVIDERS
        .iter()
        .filter(|spec| spec.build.is_some())
        .map(|spec| spec.fields.name.to_owned())
        .collect();
    built.sort();
    assert_eq!(
        told, built,
        "every built provider has its place on one page"
    );
}

#[test]
fn table_of_providers() {
    let mut table =
        "| `provider` | Completions | Chat | Embeddings |\n|---|---|---|---|\n".to_owned();
    let pages = pages();
    for spec in PROVIDERS.iter().filter(|spec| spec.build.is_some()) {
        let name = spec.fields.name;
        let (path, _) = pages
            .iter()
            .find(|(_, names)| names.iter().any(|it| it == name))
            .unwrap();
        let file = path.trim_start_matches("docs/");
        let cell = |operation| match (
            spec.operations.contains(&operation),
            spec.streams.contains(&operation),
        ) {
            (false, _) => "–",
            (true, false) => "yes",
            (true, true) => "yes, streams",
        };
        let [completions, chat, embeddings] = Operation::ALL.map(cell);
        writeln!(
            table,
            "| [`{name}`]({file}) | {completions} | {chat} | {embeddings} |"
        )
        .unwrap();
    }
    let path = "docs/providers.md";
    golden(path, &replace(&read(path), "providers", &table));
}
