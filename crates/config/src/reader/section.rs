//! The `server:` and `upstream:` sections, read by their table.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::environment::expand_home;
use crate::section::{SERVER, UPSTREAM};
use crate::yaml::Value as Yaml;
use crate::{
    AccessLog, Problem, Section, SectionKey, SectionKind, ServerConfig, Severity, UpstreamConfig,
    known,
};

use super::list::{header, origin};
use super::{At, Reader};

/// MLflow 3's variable for the upstream timeout; here it changes the default of `total_timeout_seconds`.
const TIMEOUT_VARIABLE: &str = "MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS";

/// A checked value of a section.
enum Value {
    Count(usize),
    Seconds(Option<Duration>),
    Text(String),
    List(Vec<String>),
    AccessLog(AccessLog),
    File(Option<PathBuf>),
}

/// The values of a section, one for every key of its table.
struct Values(Vec<(&'static str, Value)>);

/// The accessors answer every key of the table, with the type that the table gives it; a test holds them to that.
impl Values {
    fn find<T>(&self, name: &str, pick: impl Fn(&Value) -> Option<T>) -> Option<T> {
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| pick(value))
    }

    fn count(&self, name: &str) -> usize {
        self.find(name, |value| {
            if let Value::Count(count) = value {
                Some(*count)
            } else {
                None
            }
        })
        .unwrap_or_default()
    }

    fn optional_seconds(&self, name: &str) -> Option<Duration> {
        self.find(name, |value| {
            if let Value::Seconds(seconds) = value {
                *seconds
            } else {
                None
            }
        })
    }

    fn seconds(&self, name: &str) -> Duration {
        self.optional_seconds(name).unwrap_or_default()
    }

    fn text(&self, name: &str) -> String {
        self.find(name, |value| {
            if let Value::Text(text) = value {
                Some(text.clone())
            } else {
                None
            }
        })
        .unwrap_or_default()
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.find(name, |value| {
            if let Value::List(list) = value {
                Some(list.clone())
            } else {
                None
            }
        })
        .unwrap_or_default()
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        self.find(name, |value| {
            if let Value::File(file) = value {
                file.clone()
            } else {
                None
            }
        })
    }

    fn access_log(&self, name: &str) -> AccessLog {
        self.find(name, |value| {
            if let Value::AccessLog(log) = value {
                Some(log.clone())
            } else {
                None
            }
        })
        .unwrap_or(AccessLog::Stderr)
    }
}

impl Reader<'_> {
    /// Reads the `server:` section.
    pub(super) fn server(&mut self, at: Option<&At<'_>>) -> ServerConfig {
        let values = self.section(&SERVER, at);
        ServerConfig {
            root_path: values.text("root_path"),
            max_body_bytes: values.count("max_body_bytes"),
            max_header_bytes: values.count("max_header_bytes"),
            max_headers: values.count("max_headers"),
            max_json_depth: values.count("max_json_depth"),
            max_json_values: values.count("max_json_values"),
            max_connections: values.count("max_connections"),
            header_timeout: values.seconds("header_timeout_seconds"),
            body_timeout: values.seconds("body_timeout_seconds"),
            keep_alive_timeout: values.seconds("keep_alive_timeout_seconds"),
            write_timeout: values.seconds("write_timeout_seconds"),
            drain_timeout: values.seconds("drain_timeout_seconds"),
            cors_origins: values.list("cors_origins"),
            access_log: values.access_log("access_log"),
        }
    }

    /// Reads the `upstream:` section.
    pub(super) fn upstream(&mut self, at: Option<&At<'_>>) -> UpstreamConfig {
        const TOTAL: &str = "total_timeout_seconds";
        let values = self.section(&UPSTREAM, at);
        let from_variable = match at.and_then(|at| at.get(TOTAL)) {
            Some(_) => None,
            None => self.timeout_variable(),
        };
        let total_timeout = from_variable.unwrap_or_else(|| values.seconds(TOTAL));
        UpstreamConfig {
            connect_timeout: values.seconds("connect_timeout_seconds"),
            first_byte_timeout: values
                .optional_seconds("first_byte_timeout_seconds")
                .unwrap_or(total_timeout),
            idle_timeout: values.seconds("idle_timeout_seconds"),
            total_timeout,
            stream_timeout: values.optional_seconds("stream_timeout_seconds"),
            max_response_bytes: values.count("max_response_bytes"),
            max_frame_bytes: values.count("max_frame_bytes"),
            ca_bundle: values.file("ca_bundle"),
            forward_headers: values.list("forward_headers"),
            max_idle_per_host: values.count("max_idle_per_host"),
        }
    }

    fn timeout_variable(&mut self) -> Option<Duration> {
        let text = self.environment.var(TIMEOUT_VARIABLE)?;
        let duration = text.trim().parse().ok().and_then(duration);
        if duration.is_none() {
            let message = format!(
                "the environment variable {TIMEOUT_VARIABLE} is ignored: {}",
                seconds_wanted()
            );
            self.push(Problem::warning(message));
        }
        duration
    }

    /// Reads a section; a key with an error gets its default.
    fn section(&mut self, section: &'static Section, at: Option<&At<'_>>) -> Values {
        if let Some(at) = at {
            if matches!(at.node().value, Yaml::Mapping(_)) {
                let names: Vec<&str> = section.keys.iter().map(|key| key.name).collect();
                self.unknown_keys(at, &names, Severity::Error);
            } else {
                self.refuse(at, "must be a mapping", "write its keys below it");
            }
        }
        let value = |key: &SectionKey| {
            let given = at
                .and_then(|at| at.get(key.name))
                .and_then(|at| self.section_value(&key.kind, &at));
            given.unwrap_or_else(|| default(&key.kind))
        };
        Values(
            section
                .keys
                .iter()
                .map(|key| key.name)
                .zip(section.keys.iter().map(value))
                .collect(),
        )
    }

    fn section_value(&mut self, kind: &SectionKind, at: &At<'_>) -> Option<Value> {
        match *kind {
            SectionKind::Count { least, most, .. } => {
                self.section_count(at, least, most).map(Value::Count)
            }
            SectionKind::Seconds { default: None } if at.node().is_null() => {
                Some(Value::Seconds(None))
            }
            SectionKind::Seconds { .. } => self
                .section_seconds(at)
                .map(|time| Value::Seconds(Some(time))),
            SectionKind::Prefix => self.prefix(at).map(Value::Text),
            SectionKind::Origins => self.list(at, origin).map(Value::List),
            SectionKind::Headers => self.list(at, header).map(Value::List),
            SectionKind::AccessLog => self.access_log(at).map(Value::AccessLog),
            SectionKind::File if at.node().is_null() => Some(Value::File(None)),
            SectionKind::File => self.existing_file(at).map(|file| Value::File(Some(file))),
        }
    }

    /// Reports a wrong value of our own sections: `server.max_headers must be …`.
    pub(super) fn refuse(&mut self, at: &At<'_>, wanted: &str, help: &str) {
        let message = format!("`{}` {wanted}", at.path());
        self.push(Problem::error(message).at(at.path(), at.span()).help(help));
    }

    fn section_count(&mut self, at: &At<'_>, least: u64, most: u64) -> Option<usize> {
        let count = match at.node().value {
            Yaml::Integer(number) => u64::try_from(number).ok(),
            _ => None,
        };
        let count = count.filter(|count| (least..=most).contains(count));
        let count = count.and_then(|count| usize::try_from(count).ok());
        if count.is_none() {
            let wanted = format!("must be a whole number between {least} and {most}");
            self.refuse(
                at,
                &wanted,
                "write digits without a unit, or leave the key out for the default",
            );
        }
        count
    }

    fn section_seconds(&mut self, at: &At<'_>) -> Option<Duration> {
        let seconds = match at.node().value {
            Yaml::Number(number) => duration(number),
            #[expect(clippy::cast_precision_loss, reason = "times are small numbers")]
            Yaml::Integer(number) => duration(number as f64),
            _ => None,
        };
        if seconds.is_none() {
            let help = "write a number such as `30` or `0.5`, or leave the key out for the default";
            self.refuse(at, &seconds_wanted(), help);
        }
        seconds
    }

    fn prefix(&mut self, at: &At<'_>) -> Option<String> {
        let prefix = at.node().as_text().filter(|text| {
            let plain = |c: char| {
                c.is_ascii_graphic() && !matches!(c, '?' | '#' | '%' | '\\' | '"' | '<' | '>')
            };
            text.is_empty()
                || (text.starts_with('/')
                    && !text.ends_with('/')
                    && !text.contains("//")
                    && text.chars().all(plain))
        });
        if prefix.is_none() {
            let wanted = "must be empty or a path that begins with `/` and does not end with it";
            self.refuse(at, wanted, "write a path such as `/llm`");
        }
        prefix.map(ToOwned::to_owned)
    }

    fn access_log(&mut self, at: &At<'_>) -> Option<AccessLog> {
        match (&at.node().value, at.node().as_text()) {
            (_, Some("stderr")) => return Some(AccessLog::Stderr),
            // An unquoted `off` is a truth value in YAML 1.1.
            (Yaml::Boolean(false), _) | (_, Some("off")) => return Some(AccessLog::Off),
            (Yaml::Mapping(_), _) => {
                let before = self.errors();
                self.unknown_keys(at, &["file"], Severity::Error);
                let file = at.get("file");
                if let Some(file) = file
                    .as_ref()
                    .and_then(|file| file.node().as_text())
                    .filter(|text| !text.is_empty())
                {
                    return Some(AccessLog::File(expand_home(
                        Path::new(file),
                        self.environment,
                    )));
                }
                if self.errors() > before {
                    return None;
                }
            }
            _ => {}
        }
        self.refuse(
            at,
            &format!(
                "must be {} or a mapping with `file`",
                known::choices(["stderr", "off"])
            ),
            "write `stderr`, `off` or `{file: /var/log/tidegate/access.log}`",
        );
        None
    }

    fn existing_file(&mut self, at: &At<'_>) -> Option<PathBuf> {
        let path = at
            .node()
            .as_text()
            .map(|text| expand_home(Path::new(text), self.environment));
        let file = path.filter(|path| self.environment.is_file(path));
        if file.is_none() {
            self.refuse(at, "must be the path of an existing file", "check the path");
        }
        file
    }
}

fn default(kind: &SectionKind) -> Value {
    match *kind {
        SectionKind::Count { default, .. } => {
            Value::Count(usize::try_from(default).unwrap_or(usize::MAX))
        }
        SectionKind::Seconds { default } => Value::Seconds(default.and_then(duration)),
        SectionKind::Prefix => Value::Text(String::new()),
        SectionKind::Origins | SectionKind::Headers => Value::List(Vec::new()),
        SectionKind::AccessLog => Value::AccessLog(AccessLog::Stderr),
        SectionKind::File => Value::File(None),
    }
}

fn seconds_wanted() -> String {
    format!(
        "must be a number of seconds above 0 and at most {}",
        SectionKind::MAX_SECONDS
    )
}

fn duration(seconds: f64) -> Option<Duration> {
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    (seconds <= SectionKind::MAX_SECONDS && !duration.is_zero()).then_some(duration)
}
