//! What the reader of config files must know about providers, told by the providers themselves.
//!
//! `config` knows no provider by name: the binary hands it this table, so validation, hints, the JSON Schema and the
//! documentation come from one place.

use tidegate_wire::Operation;

use crate::{ModelConfig, Secret, Severity};

/// All providers that a config file may name.
pub type Catalog = [&'static ProviderFields];

/// One provider as the config reader sees it.
pub struct ProviderFields {
    /// Canonical name, e.g. `mlflow-model-serving`. Matched without case and with `-`, `_` and blanks alike.
    pub name: &'static str,
    /// Other spellings that mean the same provider.
    pub aliases: &'static [&'static str],
    /// Name of MLflow's enum member, for its messages, e.g. `MLFLOW_MODEL_SERVING`.
    pub enum_name: &'static str,
    /// True when MLflow refuses a model block without `config`.
    pub config_required: bool,
    /// The keys of `model.config`.
    pub fields: &'static [Field],
    /// Checks that look at several fields or at the model's name. Runs only when every single field is good.
    pub check: fn(&ModelConfig, Operation) -> Vec<FieldProblem>,
}

/// One key of a `config:` block.
pub struct Field {
    /// The key as written in the file.
    pub name: &'static str,
    /// Other spellings of the key. Two spellings in one block are an error.
    pub aliases: &'static [&'static str],
    /// What its value may be.
    pub kind: FieldKind,
    /// True when the block is invalid without it.
    pub required: bool,
    /// Value used when absent, for documentation and `tidegate check`; applied by the reader. `$NAME` is the environment
    /// variable of that name: nothing where it is not set or empty, and for a URL its text as it is, for the provider's
    /// own check to judge. Only keys, texts and URLs may have such a default.
    pub default: Option<&'static str>,
    /// One sentence for the schema and the documentation.
    pub doc: &'static str,
}

impl ProviderFields {
    /// Returns the ways in which a key may be written; one that no field has is only written as it is.
    pub fn spellings<'n>(&self, name: &'n str) -> Vec<&'n str> {
        fn aliases(fields: &[Field], name: &str) -> Option<&'static [&'static str]> {
            fields.iter().find_map(|field| match field.kind {
                _ if field.name == name => Some(field.aliases),
                FieldKind::Group(inner) => aliases(inner, name),
                _ => None,
            })
        }
        let aliases = aliases(self.fields, name).unwrap_or_default();
        std::iter::once(name)
            .chain(aliases.iter().copied())
            .collect()
    }
}

impl Field {
    /// Returns the ways in which the key may be written, its name first.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// The type of a field's value.
pub enum FieldKind {
    /// A key, resolved as `$ENV`, file or literal, and never shown.
    Secret,
    /// A key like [`FieldKind::Secret`], required only where none of these other keys is given: each begins another way
    /// to get in.
    SecretUnless(&'static [&'static str]),
    /// A secret that MLflow takes literally; Tidegate resolves `$ENV` but looks for no file.
    LiteralSecret,
    /// A key file, e.g. a service account's in JSON, and never shown: its text, its path, or `$ENV` that holds either. It may
    /// have several lines, as it goes into no header.
    KeyFile,
    /// Any text. An unquoted YAML date or number is taken as its source text.
    Text,
    /// An absolute `http` or `https` URL.
    Url,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these words, without regard to case.
    Choice(&'static [&'static str]),
    /// A mapping of its own fields.
    Group(&'static [Field]),
}

impl FieldKind {
    /// True when values must never be shown.
    pub fn is_secret(&self) -> bool {
        matches!(
            self,
            Self::Secret | Self::SecretUnless(_) | Self::LiteralSecret | Self::KeyFile
        )
    }

    /// Returns the keys of which one makes a required field of this kind optional.
    pub fn unless(&self) -> &'static [&'static str] {
        match self {
            Self::SecretUnless(others) => others,
            _ => &[],
        }
    }
}

/// Something wrong or doubtful that a provider's own check found.
pub struct FieldProblem {
    /// How bad it is: an error where no call could work and MLflow refuses such files too, or that is Tidegate's own key.
    pub severity: Severity,
    /// Key path below the model block, e.g. `["config", "openai_api_base"]` or `["name"]`.
    pub path: &'static [&'static str],
    /// What is wrong, in MLflow's words where it has any.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// A value of a `config:` block after checking.
#[derive(Clone, Debug)]
pub enum Value {
    /// A resolved key and where it came from.
    Secret(Secret, KeySource),
    /// A text, a URL or a choice (choices in lower case).
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// A nested block.
    Group(Settings),
}

/// Where a key came from. Safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The environment variable of this name.
    Environment(String),
    /// The environment variable of this name, which stands in for a key that the file leaves out ([`Field::default`]).
    Default(String),
    /// The file at this path.
    File(String),
    /// Written in the config file itself.
    Literal,
}

/// The checked values of one `config:` block, by field name, in the order of the provider's table.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<(&'static str, Value)>);

impl Settings {
    /// Collects checked values.
    pub fn new(values: Vec<(&'static str, Value)>) -> Self {
        Self(values)
    }

    /// Returns every value in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Returns a value by its field's name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// Returns a text, URL or choice.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns a key.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        match self.get(name) {
            Some(Value::Secret(secret, _)) => Some(secret),
            _ => None,
        }
    }

    /// True for a key that the file leaves out and the environment gives.
    pub fn is_default(&self, name: &str) -> bool {
        matches!(
            self.get(name),
            Some(Value::Secret(_, KeySource::Default(_)))
        )
    }

    /// Returns a truth value.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Boolean(is)) => Some(*is),
            _ => None,
        }
    }

    /// Returns a whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// Returns a number; whole numbers count too.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Value::Number(number)) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "settings are small numbers")]
            Some(Value::Integer(number)) => Some(*number as f64),
            _ => None,
        }
    }

    /// Returns a nested block.
    pub fn group(&self, name: &str) -> Option<&Settings> {
        match self.get(name) {
            Some(Value::Group(group)) => Some(group),
            _ => None,
        }
    }
}
