//! A `config:` block, read by the provider's table of fields.

use crate::yaml::Value as Yaml;
use crate::{Field, FieldKind, Problem, Settings, Severity, Span, Value, known};

use super::{At, Reader};

impl Reader<'_> {
    /// Reads a block of fields; `also` are its other keys, and `owner` is where a missing block is reported.
    pub(super) fn settings(
        &mut self,
        fields: &'static [Field],
        also: &[&'static str],
        block: Option<&At<'_>>,
        owner: &At<'_>,
    ) -> Option<Settings> {
        let errors = self.errors();
        let spellings = fields.iter().flat_map(Field::spellings);
        let names: Vec<&str> = spellings.chain(also.iter().copied()).collect();
        let mut values = Vec::new();
        for field in fields {
            let given = block.and_then(|block| self.given(field, block));
            let other = |other: &Field| {
                let mut spellings = other.spellings();
                field.kind.unless().contains(&other.name)
                    && block.is_some_and(|block| spellings.any(|it| block.present(it).is_some()))
            };
            let required = field.required && !fields.iter().any(other);
            let value = match given {
                // Null is "not given" for what is optional, and a wrong value for what is not.
                Some(at) if required || !at.node().is_null() => self.field(field, &at),
                _ if required => self.missing_spelled(
                    block.unwrap_or(owner),
                    &field.spellings().collect::<Vec<_>>(),
                    &names,
                    missing_help(field),
                ),
                _ => self.default_of(field, block.unwrap_or(owner)),
            };
            values.extend(value.map(|value| (field.name, value)));
        }
        if let Some(block) = block {
            self.unknown_keys(block, &names, Severity::Warning);
        }
        (self.errors() == errors).then(|| Settings::new(values))
    }

    /// Returns what the file says of a field, under whichever spelling; reports spellings of it that stand beside another.
    fn given<'n>(&mut self, field: &Field, block: &At<'n>) -> Option<At<'n>> {
        let mut given: Vec<_> = field
            .spellings()
            .filter_map(|spelling| Some((spelling, block.get(spelling)?)))
            .collect();
        given.sort_by_key(|(_, at)| (at.key_span().line, at.key_span().column));
        let mut said = given.iter().filter(|(_, at)| !at.node().is_null());
        let Some((first, at)) = said.next() else {
            return given.into_iter().next().map(|(_, at)| at);
        };
        let Span { line, column, .. } = at.key_span();
        for (other, again) in said {
            self.push(
                Problem::error(format!(
                    "`{first}` and `{other}` are two spellings of one key"
                ))
                .at(again.path(), again.key_span())
                .detail(format!(
                    "already given as `{first}` on line {line}, column {column}"
                ))
                .help("keep one of the two"),
            );
        }
        Some(at.clone())
    }

    /// Returns the value of a field that the file leaves out; `at` is the block in which it could stand.
    fn default_of(&mut self, field: &Field, at: &At<'_>) -> Option<Value> {
        let text = field.default?;
        let Some(name) = text.strip_prefix('$') else {
            return default_value(&field.kind, text);
        };
        match &field.kind {
            kind if kind.is_secret() => self.default_key(at, name),
            FieldKind::Text | FieldKind::Url => self.variable(name).map(Value::Text),
            _ => None,
        }
    }

    fn field(&mut self, field: &Field, at: &At<'_>) -> Option<Value> {
        match &field.kind {
            FieldKind::Secret | FieldKind::SecretUnless(_) => self.key(at, true),
            FieldKind::LiteralSecret => self.key(at, false),
            FieldKind::Text => match at.node().value {
                // YAML makes a date of `2023-05-15` and a number of `1.0`; what was written is what is meant.
                Yaml::Text | Yaml::Date | Yaml::Integer(_) | Yaml::Number(_) => {
                    Some(Value::Text(at.node().text.clone()))
                }
                _ => self.text(at).map(|text| Value::Text(text.to_owned())),
            },
            FieldKind::Url => self.url(at),
            FieldKind::Integer => self.integer(at).map(Value::Integer),
            FieldKind::Number => self.number(at),
            FieldKind::Boolean => self.boolean(at),
            FieldKind::Choice(words) => self.choice(at, words),
            FieldKind::Group(inner) => {
                let help = "write its keys below it, or `{}` for none";
                if !self.is_mapping(at, "Input should be a valid dictionary", help) {
                    return None;
                }
                self.settings(inner, &[], Some(at), at).map(Value::Group)
            }
        }
    }

    fn url(&mut self, at: &At<'_>) -> Option<Value> {
        let text = self.text(at)?;
        let good = url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !good {
            self.push(
                Problem::invalid("Input should be a valid URL")
                    .at(at.path(), at.span())
                    .help("write an absolute URL that begins with `https://` or `http://`"),
            );
        }
        good.then(|| Value::Text(text.to_owned()))
    }

    fn number(&mut self, at: &At<'_>) -> Option<Value> {
        let number = match at.node().value {
            Yaml::Number(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "settings are small numbers")]
            Yaml::Integer(number) => Some(number as f64),
            Yaml::Text => at.node().text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.wrong_type(at, "Input should be a valid number", "write a number");
        }
        number.map(Value::Number)
    }

    fn boolean(&mut self, at: &At<'_>) -> Option<Value> {
        let text = at.node().text.to_ascii_lowercase();
        let truth = match (&at.node().value, text.as_str()) {
            (Yaml::Boolean(truth), _) => Some(*truth),
            (Yaml::Integer(_) | Yaml::Text, "1" | "true" | "t" | "yes" | "y" | "on") => Some(true),
            (Yaml::Integer(_) | Yaml::Text, "0" | "false" | "f" | "no" | "n" | "off") => {
                Some(false)
            }
            _ => None,
        };
        if truth.is_none() {
            self.wrong_type(
                at,
                "Input should be a valid boolean",
                "write `true` or `false`",
            );
        }
        truth.map(Value::Boolean)
    }

    fn choice(&mut self, at: &At<'_>, words: &[&'static str]) -> Option<Value> {
        let text = self.text(at)?;
        if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
            return Some(Value::Text(word.to_ascii_lowercase()));
        }
        let help = match known::nearest(text, words.iter().copied()) {
            Some(near) => format!(
                "did you mean `{near}`? Allowed: {}",
                known::choices(words.iter().copied())
            ),
            None => format!("use {}", known::choices(words.iter().copied())),
        };
        let allowed = known::choices(words.iter().copied()).replace('`', "'");
        let problem = Problem::invalid(format!("Input should be {allowed}"));
        self.push(problem.at(at.path(), at.span()).help(help));
        None
    }
}

/// What to write for a field that is missing.
fn missing_help(field: &Field) -> String {
    let name = field.name;
    match &field.kind {
        kind if kind.is_secret() => {
            format!(
                "add `{name}: ${}` and set that environment variable",
                name.to_uppercase()
            )
        }
        FieldKind::Group(_) => format!("add `{name}:` with its keys below it, or `{name}: {{}}`"),
        _ => format!("add `{name}: …`. {}", field.doc)
            .trim_end()
            .to_owned(),
    }
}

/// Reads a default out of the provider's table.
fn default_value(kind: &FieldKind, text: &str) -> Option<Value> {
    match kind {
        FieldKind::Text | FieldKind::Url | FieldKind::Choice(_) => {
            Some(Value::Text(text.to_owned()))
        }
        FieldKind::Integer => text.parse().ok().map(Value::Integer),
        FieldKind::Number => text.parse().ok().map(Value::Number),
        FieldKind::Boolean => text.parse().ok().map(Value::Boolean),
        FieldKind::Secret
        | FieldKind::SecretUnless(_)
        | FieldKind::LiteralSecret
        | FieldKind::Group(_) => None,
    }
}
