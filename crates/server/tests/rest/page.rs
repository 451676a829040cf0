//! A page: the sections of its operations, then the schemas that they refer to.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::kind;
use crate::operation::Operation;

/// A page in the making.
pub(crate) struct Page<'a> {
    schemas: &'a Map<String, Value>,
    /// Schemas that were named and stand at the page's end, in this order.
    named: Vec<&'a str>,
    text: String,
}

impl<'a> Page<'a> {
    pub(crate) fn new(document: &'a Value) -> Self {
        Self {
            schemas: document["components"]["schemas"].as_object().unwrap(),
            named: Vec::new(),
            text: String::new(),
        }
    }

    /// Writes the page of some operations.
    pub(crate) fn write(mut self, operations: &[&Operation<'a>]) -> String {
        for operation in operations {
            self.operation(operation);
        }
        if !self.named.is_empty() {
            self.text.push_str("\n## Objects\n");
        }
        let mut next = 0;
        while let Some(&name) = self.named.get(next) {
            let schema = &self.schemas[name];
            write!(self.text, "\n### {name}\n").unwrap();
            self.told(schema);
            next += 1;
        }
        self.text.push('\n');
        self.text
    }

    fn operation(&mut self, operation: &Operation<'a>) {
        write!(self.text, "\n## {}\n\n", operation.heading()).unwrap();
        let value = operation.value;
        let told = [&value["summary"], &value["description"]];
        let told = told.into_iter().filter_map(Value::as_str);
        for words in told.filter(|words| !words.contains(" · ")) {
            writeln!(self.text, "{}", sentence(words)).unwrap();
        }
        self.parameters(value);
        let body = &value["requestBody"]["content"]["application/json"];
        if body.is_object() {
            self.body(&body["schema"]);
        }
        self.answers(&value["responses"]);
        self.examples(operation, body);
    }

    fn parameters(&mut self, operation: &'a Value) {
        let rows: Vec<&Value> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        if rows.is_empty() {
            return;
        }
        self.text
            .push_str("\n| Parameter | In | Value | Required | Meaning |\n|---|---|---|---|---|\n");
        for row in rows {
            let schema = &row["schema"];
            let default = schema
                .get("default")
                .map(|it| format!("; {it} unless told"));
            let required = if row["required"] == true { "yes" } else { "no" };
            let (name, place) = (kind::plain(&row["name"]), kind::plain(&row["in"]));
            // The names of routes differ from gateway to gateway.
            let value = if name == "name" {
                "text".to_owned()
            } else {
                kind::of(schema)
            };
            let (value, default) = (cell(&value), default.unwrap_or_default());
            let words = cell(row["description"].as_str().unwrap_or_default());
            writeln!(
                self.text,
                "| `{name}` | {place} | {value}{default} | {required} | {words} |"
            )
            .unwrap();
        }
    }

    fn body(&mut self, schema: &'a Value) {
        let schema = schema
            .get("allOf")
            .and_then(|it| it.get(0))
            .unwrap_or(schema);
        self.text.push_str("\nBody:\n");
        match kind::target(schema) {
            Some(name) => {
                let schema = &self.schemas[name];
                self.told(schema);
            }
            None => self.told(schema),
        }
    }

    fn answers(&mut self, answers: &'a Value) {
        self.text
            .push_str("\n| Status | Meaning | Body |\n|---|---|---|\n");
        let mut rows: Vec<_> = answers.as_object().unwrap().iter().collect();
        rows.sort_by_key(|(status, _)| *status);
        for (status, answer) in rows {
            let mut meaning = kind::plain(&answer["description"]);
            let (mut bodies, mut codes) = (Vec::new(), Vec::new());
            for (content, media) in answer["content"].as_object().into_iter().flatten() {
                let schema = &media["schema"];
                self.name(schema);
                let told = match schema["description"]
                    .as_str()
                    .filter(|_| schema.get("$ref").is_none())
                {
                    Some(words) => self.linked(words),
                    None => kind::of(schema),
                };
                bodies.push(format!("`{content}`: {told}"));
                codes.extend(
                    media["examples"]
                        .as_object()
                        .into_iter()
                        .flat_map(Map::keys),
                );
            }
            if !codes.is_empty() {
                let codes: Vec<String> = codes.iter().map(|it| format!("`{it}`")).collect();
                write!(meaning, " E.g. {}.", codes.join(", ")).unwrap();
            }
            let status = if status == "default" {
                "others"
            } else {
                status
            };
            let (meaning, bodies) = (cell(&meaning), cell(&bodies.join("<br>")));
            writeln!(self.text, "| {status} | {meaning} | {bodies} |").unwrap();
        }
    }

    /// The first example as a call, the others as bodies.
    fn examples(&mut self, operation: &Operation<'_>, body: &Value) {
        let named = body["examples"].as_object().into_iter().flatten();
        let named = named.map(|(_, it)| (it["summary"].as_str().unwrap_or_default(), &it["value"]));
        let mut examples: Vec<(&str, &Value)> = named.collect();
        examples.extend(body.get("example").map(|it| ("", it)));
        if operation.path.contains("{path}") {
            return;
        }
        let address = operation.called.replace("{name}", "chat");
        self.text.push_str("\n```sh\n");
        write!(self.text, "curl http://127.0.0.1:5000{address}").unwrap();
        let mut examples = examples.into_iter();
        if let Some((_, value)) = examples.next() {
            let json = format!("{value:#}").replace('\'', "'\\''");
            write!(
                self.text,
                " -H \"Content-Type: application/json\" -d '{json}'"
            )
            .unwrap();
        }
        self.text.push_str("\n```\n");
        for (summary, value) in examples {
            write!(self.text, "\n{summary}:\n\n```json\n{value:#}\n```\n").unwrap();
        }
    }

    /// Tells what a schema is: its members, its kinds, or its one value.
    fn told(&mut self, schema: &'a Value) {
        if let Some(words) = schema["description"].as_str() {
            write!(self.text, "\n{}\n", sentence(words)).unwrap();
        }
        if schema["properties"].is_object() {
            self.members(schema);
            return;
        }
        let kinds = ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|it| schema.get(it)?.as_array());
        let Some(kinds) = kinds else {
            write!(self.text, "\n{}.\n", kind::of(schema)).unwrap();
            return;
        };
        self.text.push_str("\nOne of:\n\n");
        for it in kinds {
            self.name(it);
            let words = it["description"]
                .as_str()
                .filter(|_| it.get("$ref").is_none());
            let words = words.map(|it| format!(": {it}")).unwrap_or_default();
            let tag = type_of(it);
            let tag = tag
                .map(|it| format!(" of type `{}`", kind::plain(it)))
                .unwrap_or_default();
            writeln!(self.text, "- {}{tag}{words}", kind::of(it)).unwrap();
        }
        for it in kinds.iter().filter(|it| {
            it["properties"]
                .as_object()
                .is_some_and(has_more_than_a_type)
        }) {
            let tag = type_of(it);
            if let Some(tag) = tag {
                write!(self.text, "\n`{}`:\n", kind::plain(tag)).unwrap();
            }
            self.members(it);
        }
    }

    fn members(&mut self, schema: &'a Value) {
        let mut rows = Vec::new();
        self.rows(schema, "", &mut rows);
        let defaults = rows.iter().any(|row| !row.default.is_empty());
        let (head, line) = if defaults {
            (" Default |", "---|")
        } else {
            ("", "")
        };
        write!(
            self.text,
            "\n| Member | Value | Required |{head} Meaning |\n|---|---|---|{line}---|\n"
        )
        .unwrap();
        for row in rows {
            let default = if defaults {
                format!(" {} |", row.default)
            } else {
                String::new()
            };
            let required = if row.required { "yes" } else { "no" };
            let (name, value, words) = (row.name, cell(&row.value), cell(&row.words));
            writeln!(
                self.text,
                "| `{name}` | {value} | {required} |{default} {words} |"
            )
            .unwrap();
        }
    }

    fn rows(&mut self, schema: &'a Value, prefix: &str, rows: &mut Vec<Row>) {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, it) in schema["properties"].as_object().into_iter().flatten() {
            self.name(it);
            let name = format!("{prefix}{name}");
            let own = name.rsplit('.').next().unwrap_or_default();
            rows.push(Row {
                value: kind::of(it),
                required: required.contains(&own),
                default: it
                    .get("default")
                    .map(|it| format!("`{it}`"))
                    .unwrap_or_default(),
                words: self.linked(it["description"].as_str().unwrap_or_default()),
                name: name.clone(),
            });
            self.rows(it, &format!("{name}."), rows);
            self.rows(&it["items"], &format!("{name}[]."), rows);
        }
    }

    /// Makes links of the names of schemas in a text.
    fn linked(&mut self, text: &str) -> String {
        let mut linked = String::new();
        for (place, piece) in text.split('`').enumerate() {
            let is_code = place % 2 == 1;
            match self.schemas.get_key_value(piece) {
                Some((name, _)) if is_code => {
                    self.remember(name);
                    write!(linked, "[{name}](#{})", name.to_lowercase()).unwrap();
                }
                _ if is_code => write!(linked, "`{piece}`").unwrap(),
                _ => linked.push_str(piece),
            }
        }
        linked
    }

    fn remember(&mut self, name: &'a str) {
        if !self.named.contains(&name) {
            self.named.push(name);
        }
    }

    /// Remembers the schemas that a schema names.
    fn name(&mut self, schema: &'a Value) {
        if let Some(name) = kind::target(schema) {
            self.remember(name);
        }
        for union in ["oneOf", "anyOf", "allOf"] {
            let parts = schema.get(union).and_then(Value::as_array);
            parts.into_iter().flatten().for_each(|it| self.name(it));
        }
        for within in ["items", "additionalProperties"] {
            if let Some(it) = schema.get(within) {
                self.name(it);
            }
        }
    }
}

/// A row of a table of members.
struct Row {
    name: String,
    value: String,
    required: bool,
    default: String,
    words: String,
}

/// The word by which a kind of an object is told from the others.
fn type_of(schema: &Value) -> Option<&Value> {
    let word = &schema["properties"]["type"];
    word.get("const").or_else(|| word["enum"].get(0))
}

fn has_more_than_a_type(properties: &Map<String, Value>) -> bool {
    properties.keys().any(|name| name != "type")
}

fn sentence(words: &str) -> String {
    let end = if words.ends_with(['.', '?']) { "" } else { "." };
    format!("{words}{end}")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
