//! The pages under "What is carried where": their tables are those that the encoders obey.

use std::fmt::Write as _;
use std::path::Path;

use tidegate_config::{FieldKind, parse};
use tidegate_providers::{
    CHAT_MEMBERS, Carriage, Carried, Kind, Known, Others, PROVIDERS, ProviderSpec, Quirk, Quirks,
    Recall, Thoughts, catalog,
};
use tidegate_wire::Operation;

use crate::{AllSet, golden, read, replace};

/// The members of each operation, and who has tables for them.
const MEMBERS: &str = "docs/translation/tables.md";

/// What holds of providers that speak OpenAI's dialect.
const DIALECT: &str = "docs/translation/dialect.md";

/// Members of chats that are read apart, and stand in the tables beside the others.
const APART: [&str; 5] = [
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "messages.name",
];

/// Members that the gateway obeys itself, or reads as others.
const DONE: [&str; 5] = [
    "stream",
    "stream_options",
    "encoding_format",
    "functions",
    "function_call",
];

/// Members that only completions have.
const COMPLETIONS: [&str; 3] = ["best_of", "echo", "suffix"];

/// A table, and whose it is.
struct Column {
    names: Vec<&'static str>,
    table: &'static Carriage,
}

impl Column {
    /// The name of the providers, and of the models if the table is not for all.
    fn title(&self) -> String {
        let only = self.table.only.map(|only| format!(", {only}"));
        format!("{}{}", quoted(&self.names), only.unwrap_or_default())
    }

    fn row(&self, name: &str) -> Option<Carried> {
        let mut rows = self.table.members.iter();
        rows.find(|(known, _)| *known == name).map(|(_, it)| *it)
    }
}

fn built() -> impl Iterator<Item = &'static ProviderSpec> {
    PROVIDERS
        .iter()
        .copied()
        .filter(|spec| spec.build.is_some())
}

/// Returns the tables of an operation. Providers that share one share a column.
fn columns(operation: Operation) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for spec in built() {
        let tables = spec.carriage.iter().copied();
        for table in tables.filter(|table| table.operation == operation) {
            let name = spec.fields.name;
            match columns.iter_mut().find(|it| std::ptr::eq(it.table, table)) {
                Some(column) => column.names.push(name),
                None => columns.push(Column {
                    names: vec![name],
                    table,
                }),
            }
        }
    }
    columns
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn table(head: &str, columns: &[Column], rows: &[(String, Vec<String>)]) -> String {
    let titles: Vec<String> = columns.iter().map(Column::title).collect();
    let mut text = format!("| {head} | {} |\n|---|", titles.join(" | "));
    text.push_str(&"---|".repeat(columns.len()));
    text.push('\n');
    for (name, cells) in rows {
        writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    text
}

fn carried(carried: Carried) -> String {
    match carried {
        Carried::As(name) | Carried::List(name, usize::MAX) => format!("`{name}`"),
        Carried::Within(name, least, most) => format!("`{name}`, {least} to {most}"),
        Carried::List(name, most) => format!("`{name}`, at most {most}"),
        Carried::Apart(words) => words.to_owned(),
        Carried::Here => "done by the gateway".to_owned(),
    }
}

fn others(others: Others) -> String {
    match others {
        Others::Body => "as it is".to_owned(),
        Others::Within(place) => format!("as it is, in `{place}`"),
    }
}

/// Tells what becomes of members: OpenAI's that some provider takes, those that none takes, and the providers' own.
fn members(operation: Operation) -> String {
    let columns = columns(operation);
    if columns.is_empty() {
        return String::new();
    }
    let has = |name: &str| columns.iter().any(|column| column.row(name).is_some());
    let asked = known(operation).into_iter();
    let (taken, dropped): (Vec<&str>, Vec<&str>) = asked.partition(|name| has(name));
    let rows: Vec<(String, Vec<String>)> = taken
        .iter()
        .map(|name| {
            let cells = columns.iter().map(|column| cell(column, name));
            (format!("`{name}`"), cells.collect())
        })
        .collect();
    let mut text = table("Member", &columns, &rows);
    // Completions have not all the members of chats.
    if operation == Operation::Chat {
        writeln!(text, "\nDropped by all: {}.", quoted(&dropped)).unwrap();
    }
    text.push_str(
        "\n| Provider | Members of its own | Members that no table names |\n|---|---|---|\n",
    );
    for column in &columns {
        let (title, own) = (column.title(), own(column, operation));
        let others = others(column.table.others);
        writeln!(text, "| {title} | {own} | {others} |").unwrap();
    }
    text
}

/// Returns the members that are asked of providers.
fn known(operation: Operation) -> Vec<&'static str> {
    let more: &[&str] = if operation == Operation::Chat {
        &APART
    } else {
        &COMPLETIONS
    };
    let all = CHAT_MEMBERS.iter().chain(more).copied();
    all.filter(|name| !DONE.contains(name)).collect()
}

fn cell(column: &Column, name: &str) -> String {
    column.row(name).map_or_else(|| "–".to_owned(), carried)
}

/// Tells of the rows that a provider's table has for members of its own.
fn own(column: &Column, operation: Operation) -> String {
    let known = known(operation);
    let rows = column.table.members.iter();
    let rows = rows.filter(|(name, _)| !known.contains(name) && !DONE.contains(name));
    let told: Vec<String> = rows
        .map(|(name, how)| match how {
            Carried::As(same) if same == name => format!("`{name}`"),
            how => format!("`{name}`: {}", carried(*how)),
        })
        .collect();
    told.join("; ")
}

fn contents() -> String {
    let columns = columns(Operation::Chat);
    let rows = Kind::ALL.map(|kind| {
        let cells = columns.iter().map(|column| {
            let mut taken = column.table.contents.iter();
            let taken = taken.find(|(known, _)| *known == kind);
            taken.map_or("refused", |(_, words)| *words).to_owned()
        });
        (kind.name().to_owned(), cells.collect())
    });
    table("In messages", &columns, &rows)
}

/// A row for each table: there are many models and few members.
fn embeddings() -> String {
    let mut text =
        "| Provider | `dimensions` | `user` | Other members |\n|---|---|---|---|\n".to_owned();
    for column in columns(Operation::Embeddings) {
        let (dimensions, user) = (cell(&column, "dimensions"), cell(&column, "user"));
        let others = others(column.table.others);
        let title = column.title();
        writeln!(text, "| {title} | {dimensions} | {user} | {others} |").unwrap();
    }
    text
}

/// Tells what is sent otherwise, and what is dropped.
fn differences(quirks: &Quirks) -> (String, String) {
    let (mut otherwise, mut dropped) = (Vec::new(), Vec::new());
    for (name, quirk) in quirks.members.iter() {
        otherwise.push(match quirk {
            Quirk::As(other) => format!("`{name}` as `{other}`"),
            Quirk::Within(least, most) => format!("`{name}`, {least} to {most}"),
            Quirk::Counted(other) => format!("`{name}` as the number `{other}`, or 1"),
            Quirk::Unknown if !DONE.contains(name) => {
                dropped.push(*name);
                continue;
            }
            Quirk::CountOf(_) | Quirk::Unknown => continue,
        });
    }
    if quirks.no_developer {
        otherwise.push("the role `developer` as `system`".to_owned());
    }
    let piece = match quirks.thoughts {
        Thoughts::Kept => None,
        Thoughts::Thinking => Some("thinking"),
        Thoughts::Reasoning => Some("reasoning"),
    };
    otherwise.extend(piece.map(|it| format!("`reasoning_content` as a piece `{it}` of `content`")));
    (otherwise.join("; "), quoted(&dropped))
}

/// The differences of providers that speak OpenAI's dialect, and the providers that have none.
fn dialect() -> String {
    let mut text = "| Provider | For | Sent otherwise | Dropped |\n|---|---|---|---|\n".to_owned();
    let mut told: Vec<(&'static Quirks, Vec<&str>)> = Vec::new();
    for spec in built() {
        for quirks in spec.quirks {
            match told
                .iter_mut()
                .find(|(known, _)| std::ptr::eq(*known, *quirks))
            {
                Some((_, names)) => names.push(spec.fields.name),
                None => told.push((quirks, vec![spec.fields.name])),
            }
        }
    }
    for (quirks, names) in told {
        let (names, operation) = (quoted(&names), quirks.operation);
        let (otherwise, dropped) = differences(quirks);
        writeln!(text, "| {names} | {operation} | {otherwise} | {dropped} |").unwrap();
    }
    let plain = built().filter(|spec| spec.carriage.is_empty() && spec.quirks.is_empty());
    let plain: Vec<&str> = plain.map(|spec| spec.fields.name).collect();
    writeln!(text, "\nIn no table: {}.", quoted(&plain)).unwrap();
    text
}

/// True for a provider that is told chats of other dialects in the words of OpenAI's chat API.
fn is_told_in_openai_words(spec: &ProviderSpec) -> bool {
    let mut tables = spec.carriage.iter();
    let has_its_own = |table: &&Carriage| {
        table.operation == Operation::Chat && table.only != Some("Responses API")
    };
    spec.operations.contains(&Operation::Chat) && !tables.any(has_its_own)
}

const AZURE: &str = "name: m, config: {openai_api_key: k, openai_api_base: \"https://h.example\", openai_deployment_name: d, openai_api_version: \"2024-10-21\"}";
const DATABRICKS: &str =
    "name: m, config: {databricks_host: \"https://h.example\", databricks_token: k}";

/// Models of providers that want more than the keys that their tables call required.
const MODELS: [(&str, &str); 6] = [
    (
        "ai21labs",
        "name: jamba-large, config: {ai21labs_api_key: k}",
    ),
    ("azure", AZURE),
    ("azuread", AZURE),
    ("databricks", DATABRICKS),
    ("databricks-model-serving", DATABRICKS),
    (
        "mosaicml",
        "name: llama2-70b-chat, config: {mosaicml_api_key: k}",
    ),
];

/// Returns a model of a provider, as a config has it.
fn model(spec: &ProviderSpec) -> String {
    let name = spec.fields.name;
    let told = MODELS.iter().find(|(known, _)| *known == name);
    let rest = told.map_or_else(
        || format!("name: m, config: {{{}}}", required(spec)),
        |(_, rest)| (*rest).to_owned(),
    );
    format!("{{provider: {name}, {rest}}}")
}

fn required(spec: &ProviderSpec) -> String {
    let fields = spec.fields.fields.iter().filter(|field| field.required);
    let settings = fields.map(|field| match field.kind {
        FieldKind::Url => format!("{}: \"https://h.example\"", field.name),
        _ => format!("{}: k", field.name),
    });
    settings.collect::<Vec<_>>().join(", ")
}

/// Returns what a provider knows, with a model that has no peculiarities.
fn known_by(spec: &ProviderSpec) -> Known {
    let model = model(spec);
    let file = format!("endpoints: [{{name: e, endpoint_type: llm/v1/chat, model: {model}}}]");
    let loaded = parse(&file, Path::new("docs"), catalog(), &AllSet);
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    let model = &loaded.config.endpoints.first().unwrap().model;
    *spec.build.unwrap()(model).unwrap().known()
}

/// What providers know that are told conversations of the Messages and the Responses door in OpenAI's words.
fn look_alikes() -> String {
    let mut rows: Vec<(Vec<&str>, String)> = Vec::new();
    for spec in built().filter(|spec| is_told_in_openai_words(spec)) {
        let known = known_by(spec);
        let thoughts = match known.thoughts {
            Recall::No => "–",
            Recall::Text => "`reasoning_content`",
            Recall::Blocks => "`reasoning_content`, `thinking_blocks`",
        };
        let own: Vec<&str> = known.members.to_vec();
        let more = [
            known
                .whole_api
                .then_some("texts in several pieces, refusals, `allowed_tools`"),
            known.signatures.then_some("signatures in `extra_content`"),
            known.marks.then_some("`cache_control`"),
            known.linked_files.then_some("files by URL"),
        ];
        let more: Vec<String> = more.into_iter().flatten().map(str::to_owned).collect();
        let members = own.iter().map(|name| format!("`{name}`"));
        let more: Vec<String> = more.into_iter().chain(members).collect();
        let cells = format!("{thoughts} | {}", more.join("; "));
        match rows.iter_mut().find(|(_, it)| *it == cells) {
            Some((names, _)) => names.push(spec.fields.name),
            None => rows.push((vec![spec.fields.name], cells)),
        }
    }
    let mut text =
        "| Provider | Takes back of earlier thoughts | Takes besides |\n|---|---|---|\n".to_owned();
    for (names, cells) in rows {
        writeln!(text, "| {} | {cells} |", quoted(&names)).unwrap();
    }
    text
}

#[test]
fn tables_of_translation() {
    for (path, tables) in [
        (
            MEMBERS,
            &[
                ("chat", members(Operation::Chat)),
                ("contents", contents()),
                ("completions", members(Operation::Completions)),
                ("embeddings", embeddings()),
            ][..],
        ),
        (
            DIALECT,
            &[("dialect", dialect()), ("look-alikes", look_alikes())],
        ),
    ] {
        let mut page = read(path);
        for (mark, content) in tables {
            page = replace(&page, mark, content);
        }
        golden(path, &page);
    }
}
