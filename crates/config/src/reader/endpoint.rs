//! An endpoint (MLflow: route): its name, what it offers, its model, its limit.

use tidegate_wire::Operation;

use crate::yaml::Value;
use crate::{EndpointConfig, Problem, Severity, known};

use super::{At, Reader};

impl Reader<'_> {
    /// Reads an endpoint; also tells its name and operation when only the rest of it is wrong.
    pub(super) fn endpoint(
        &mut self,
        at: &At<'_>,
    ) -> (Option<String>, Option<Operation>, Option<EndpointConfig>) {
        const NO_MAPPING: &str = "Input should be a valid dictionary or instance of EndpointConfig";
        if !self.is_mapping(
            at,
            NO_MAPPING,
            "write `name:`, `endpoint_type:` and `model:`",
        ) {
            return (None, None, None);
        }
        self.unknown_keys(at, known::ENDPOINT, Severity::Warning);
        let name = self.name(at);
        let operation = self.operation(at);
        let model = match at.get("model") {
            Some(model) => self.model(&model, operation),
            None => self.missing(
                at,
                "model",
                known::ENDPOINT,
                "add `model:` with `provider:`, `name:` and `config:`",
            ),
        };
        let limit = match at.present("limit") {
            Some(limit) => self.limit(&limit).map(Some),
            None => Some(None),
        };
        let strict = self.strict(at);
        let config = match (&name, operation, model, limit, strict) {
            (Some(name), Some(operation), Some(model), Some(limit), Some(strict)) => {
                Some(EndpointConfig {
                    name: name.clone(),
                    operation,
                    model,
                    limit,
                    strict,
                })
            }
            _ => None,
        };
        (name, operation, config)
    }

    /// Reads whether requests must be told whole; a key of our own, so nothing but a truth value will do.
    fn strict(&mut self, at: &At<'_>) -> Option<bool> {
        let Some(at) = at.present("strict") else {
            return Some(false);
        };
        if let Value::Boolean(strict) = at.node().value {
            return Some(strict);
        }
        let help = "write it without quotes, or leave the key out for `false`";
        self.refuse(&at, "must be `true` or `false`", help);
        None
    }

    /// Reads the name of an endpoint or a split.
    pub(super) fn name(&mut self, at: &At<'_>) -> Option<String> {
        let Some(at) = at.get("name") else {
            return self.missing(
                at,
                "name",
                known::ENDPOINT,
                "add `name:` with the name that clients call",
            );
        };
        let name = self.text(&at)?;
        if is_name(name) {
            return Some(name.to_owned());
        }
        let message = format!(
            "The route name provided contains disallowed characters for a url endpoint. '{name}' is invalid. Names \
             cannot contain spaces or any non alphanumeric characters other than hyphen and underscore."
        );
        self.push(
            Problem::error(message)
                .at(at.path(), at.span())
                .help(suggest_name(name)),
        );
        None
    }

    /// Reads what an endpoint offers, under any of the three spellings of the key.
    fn operation(&mut self, at: &At<'_>) -> Option<Operation> {
        let mut given = known::TYPE
            .iter()
            .filter_map(|key| Some((*key, at.present(key)?)));
        let Some((winner, value)) = given.next() else {
            let key = if at.path().starts_with("endpoints") {
                "endpoint_type"
            } else {
                "route_type"
            };
            return self.missing(
                at,
                key,
                known::ENDPOINT,
                format!("add `{key}:` with {}", route_types()),
            );
        };
        for (key, ignored) in given {
            self.push(
                Problem::warning(format!(
                    "`{key}` is ignored, because `{winner}` is given too"
                ))
                .at(ignored.path(), ignored.key_span())
                .help(format!("remove `{key}`")),
            );
        }
        self.operation_value(&value)
    }

    /// Reads a route type; short forms are taken with a warning (decision N8).
    pub(super) fn operation_value(&mut self, at: &At<'_>) -> Option<Operation> {
        let text = at.node().text.as_str();
        if let Some(operation) = at.node().as_text().and_then(Operation::from_route_type) {
            return Some(operation);
        }
        let alias = match text {
            "chat/completions" => Some(Operation::Chat),
            "completions" => Some(Operation::Completions),
            "embeddings" => Some(Operation::Embeddings),
            _ => None,
        };
        if let Some(operation) = alias {
            let route_type = operation.route_type();
            self.push(
                Problem::warning(format!("the type `{text}` is read as `{route_type}`"))
                    .at(at.path(), at.span())
                    .help(format!("write `{route_type}`")),
            );
            return alias;
        }
        let folded = text.to_lowercase();
        let near = Operation::ALL
            .into_iter()
            .find(|operation| folded == operation.name())
            .map(Operation::route_type)
            .or_else(|| known::nearest(text, Operation::ALL.map(Operation::route_type)));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use {}", route_types()),
        };
        let message = format!("The route_type '{text}' is not supported.");
        self.push(Problem::error(message).at(at.path(), at.span()).help(help));
        None
    }
}

/// Names the route types for a help text.
pub(super) fn route_types() -> String {
    known::choices(Operation::ALL.map(Operation::route_type))
}

/// MLflow's `[\w\-.]+`.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_character)
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn suggest_name(name: &str) -> String {
    let mut good = String::new();
    for c in name.trim().chars() {
        if is_name_character(c) {
            good.push(c);
        } else if !good.ends_with('-') {
            good.push('-');
        }
    }
    match good.trim_matches('-') {
        "" => "use letters, digits, `-`, `_` and `.`".to_owned(),
        good => format!("use letters, digits, `-`, `_` and `.`, for example `{good}`"),
    }
}
