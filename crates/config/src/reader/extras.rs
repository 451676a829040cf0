//! `extra_headers` and `extra_query` of a `config:` block: names, and values that may be secrets.

use crate::yaml::Value as Yaml;
use crate::{ExtraPair, Extras, KeySource, Problem, Secret, known};

use super::list::header_name;
use super::{At, Reader};

/// Checks a name: returns it as it is sent, or what is wrong with it.
type Check = fn(&str) -> Result<String, String>;

impl Reader<'_> {
    /// Reads both mappings of a `config:` block; none when something in them is wrong.
    pub(super) fn extras(&mut self, config: Option<&At<'_>>) -> Option<Extras> {
        let errors = self.errors();
        let below = |key| config.and_then(|config| config.present(key));
        let extras = Extras {
            headers: self.pairs(below(Extras::HEADERS).as_ref(), header),
            query: self.pairs(below(Extras::QUERY).as_ref(), parameter),
        };
        (self.errors() == errors).then_some(extras)
    }

    fn pairs(&mut self, at: Option<&At<'_>>, check: Check) -> Vec<ExtraPair> {
        let Some(at) = at else {
            return Vec::new();
        };
        if !matches!(at.node().value, Yaml::Mapping(_)) {
            let help = "write `name: value` pairs below it, or `{}` for none";
            self.refuse(at, "must be a mapping of names and texts", help);
            return Vec::new();
        }
        let mut pairs: Vec<ExtraPair> = Vec::new();
        for (name, at) in at.children() {
            let name = match check(name) {
                Ok(name) if pairs.iter().any(|pair| pair.name == name) => {
                    Err("stands twice: case does not matter in names of headers".to_owned())
                }
                checked => checked,
            };
            let value = self.extra_value(&at);
            match (name, value) {
                (Err(wrong), _) => {
                    let message = format!("`{}` {wrong}", at.path());
                    self.push(
                        Problem::error(message)
                            .at(at.path(), at.key_span())
                            .help("correct or remove it"),
                    );
                }
                (Ok(name), Some((value, source))) => pairs.push(ExtraPair {
                    name,
                    value,
                    source,
                }),
                (Ok(_), None) => {}
            }
        }
        pairs
    }

    /// Reads a value: `$NAME`, or the text as it is written, whatever YAML makes of it.
    fn extra_value(&mut self, at: &At<'_>) -> Option<(Secret, KeySource)> {
        let node = at.node();
        if matches!(
            node.value,
            Yaml::Null | Yaml::Sequence(_) | Yaml::Mapping(_)
        ) {
            let help = format!("this is {}; write a text or `$NAME`", node.kind());
            self.refuse(at, "must be a text", &help);
            return None;
        }
        let (text, source) = self.resolve(at, &node.text, false)?;
        let text = text.trim_end_matches(['\r', '\n']);
        if text.chars().any(char::is_control) {
            let wrong = "holds a line break or another control character";
            self.refuse(at, wrong, "give it on one line");
            return None;
        }
        Some((Secret::new(text), source))
    }
}

/// Checks the name of a header and writes it in lower case.
fn header(text: &str) -> Result<String, String> {
    let name = header_name(text).ok_or("is not the name of a header")?;
    match Extras::refusal(&name) {
        None => Ok(name),
        Some(reason) => Err(format!("cannot be set: {reason}")),
    }
}

/// Checks the name of a query parameter.
fn parameter(text: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > known::LONGEST_NAME || text.chars().any(char::is_control) {
        return Err("is not the name of a query parameter".to_owned());
    }
    Ok(text.to_owned())
}
