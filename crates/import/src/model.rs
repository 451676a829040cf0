//! One model of an endpoint: MLflow's definition and secret, as `model:` of a config.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::answers::{Answers, Mapping, ModelDefinition, Secret};
use crate::names;
use crate::providers::{self, Found, Key, Mode, Process, Rule};
use crate::variables::KeyUse;

/// What stands for a value that only a person knows.
const FILL_IN: &str = "FILL-IN";

/// A model as it will be written.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) provider: String,
    pub(crate) name: String,
    /// What the definition is called in MLflow.
    pub(crate) definition: String,
    /// Keys of `config`, with dots between the levels.
    pub(crate) config: Vec<(String, Written)>,
    pub(crate) group: Option<&'static str>,
    /// Why it cannot be served as it is.
    pub(crate) refusals: Vec<String>,
    /// What is not carried over.
    pub(crate) notes: Vec<String>,
    /// Its secret may name another address than the one that is written or the provider's own.
    pub(crate) may_live_elsewhere: bool,
    pub(crate) process: Option<Claim>,
}

/// A value of `config`.
#[derive(Debug)]
pub(crate) enum Written {
    Text(String),
    Key(KeyUse),
}

/// A variable of the whole process that the model needs: set to one key, or unset.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) variable: &'static str,
    pub(crate) key: Option<KeyUse>,
}

/// What is known of the secret.
struct Known<'a> {
    secret: Option<&'a Secret>,
    auth: BTreeMap<&'a str, String>,
}

/// Reads a model.
pub(crate) fn read(mapping: &Mapping, answers: &Answers) -> Model {
    let Some(definition) = definition(mapping, answers) else {
        return undefined(mapping);
    };
    let (known, mut notes) = secret(definition, answers);
    let mut refusals = Vec::new();
    if definition.secret_id.is_none() {
        refusals.push("its secret was deleted, so MLflow does not ask it either".to_owned());
    }
    let dialect = known.auth.get("api_type").map(String::as_str);
    let by_type = providers::AZURE_BY_TYPE
        .iter()
        .find(|(api_type, _)| definition.provider == "openai" && dialect == Some(*api_type));
    let provider = by_type.map_or(definition.provider.as_str(), |(_, name)| name);
    let found = providers::find(provider);
    let is_known = found.is_some();
    let found = found.unwrap_or_else(|| {
        refusals.push(format!(
            "Tidegate has no provider `{provider}`; if its API speaks OpenAI's dialect, finish this and take the comment \
             marks away"
        ));
        providers::unknown()
    });
    if definition.model_name.is_empty() {
        refusals.push("MLflow tells no name of its model".to_owned());
    }
    refusals.extend((found.rule.refuses)(&definition.model_name).map(str::to_owned));
    let mode = if is_known {
        mode(&found, &known, &mut refusals)
    } else {
        found.rule.modes.first()
    };
    let mut model = Model {
        provider: found.rule.provider.to_owned(),
        name: definition.model_name.clone(),
        definition: definition.name.clone(),
        config: Vec::new(),
        group: found.rule.group,
        refusals,
        notes: Vec::new(),
        may_live_elsewhere: false,
        process: None,
    };
    if let Some(mode) = mode {
        model.settings(definition, &known, &found, mode);
        model.keys(definition, &known, &found, mode);
    }
    if let (true, Some(mode)) = (is_known, mode) {
        left_out(&known, found.rule, mode, definition, &mut notes);
    }
    if model.may_live_elsewhere && model.refusals.is_empty() {
        notes.push(
            "MLflow's secret may name an address of its own, which is not known: as written, the key goes to the \
             provider's usual address"
                .to_owned(),
        );
    }
    model.notes = notes;
    model
}

/// What is written for a model of which nothing but an id is known.
fn undefined(mapping: &Mapping) -> Model {
    let id = mapping.model_definition_id.as_deref().unwrap_or_default();
    Model {
        provider: FILL_IN.to_owned(),
        name: FILL_IN.to_owned(),
        definition: id.to_owned(),
        config: Vec::new(),
        group: None,
        refusals: vec![format!(
            "the model definition `{id}` is missing; add the answer of `model-definitions/list`"
        )],
        notes: Vec::new(),
        may_live_elsewhere: false,
        process: None,
    }
}

impl Model {
    fn settings(
        &mut self,
        definition: &ModelDefinition,
        known: &Known<'_>,
        found: &Found,
        mode: &Mode,
    ) {
        for setting in mode.settings {
            let told = known.auth.get(setting.name).cloned();
            let base = found.base.filter(|_| setting.is_address());
            let replaceable = !setting.needed || base.is_some();
            self.may_live_elsewhere |=
                setting.is_address() && replaceable && known.secret.is_none();
            let value = match (told.or(base.map(str::to_owned)), setting.needed) {
                (None, false) => continue,
                (Some(value), _) if setting.is_address() => {
                    if !is_url(&value) {
                        self.refusals
                            .push(format!("`{}: {value}` is no URL", setting.name));
                    }
                    without(setting.cut, &value).to_owned()
                }
                (Some(value), _) if setting.path.contains("headers") && value.starts_with('$') => {
                    self.refusals.push(format!(
                        "`{}` begins with `$`, so it would be read as a variable's name",
                        setting.name
                    ));
                    FILL_IN.to_owned()
                }
                (Some(value), _) => value,
                (None, true) => {
                    let place = if known.secret.is_some() {
                        ""
                    } else {
                        ", and it stands in MLflow's secret"
                    };
                    self.refusals
                        .push(format!("`{}` is missing{place}", setting.name));
                    FILL_IN.to_owned()
                }
            };
            self.config
                .push((setting.path.to_owned(), Written::Text(value)));
        }
        if let Some(path) = mode.model {
            let name = definition.model_name.clone();
            self.config.push((path.to_owned(), Written::Text(name)));
        }
    }

    fn keys(
        &mut self,
        definition: &ModelDefinition,
        known: &Known<'_>,
        found: &Found,
        mode: &Mode,
    ) {
        let key = |part: &str, usual: String| KeyUse {
            secret: definition.secret_id.clone().unwrap_or_default(),
            secret_name: definition.secret_name.clone().unwrap_or_default(),
            part: part.to_owned(),
            usual,
        };
        for wanted in mode.keys {
            let has = known
                .secret
                .is_some_and(|secret| secret.masked_values.iter().any(|part| part == wanted.part));
            // A service by name wants a key, even if nobody says that it has one.
            let surely = known.secret.is_none() && found.variable.is_some();
            if wanted.needed || has || surely {
                let key = key(wanted.part, usual(wanted, found, &definition.provider));
                self.config
                    .push((wanted.path.to_owned(), Written::Key(key)));
            }
        }
        if let Some(process) = mode.process.filter(|process| self.minds(process)) {
            self.process = Some(Claim {
                variable: process.variable,
                key: process
                    .holds
                    .map(|part| key(part, process.variable.to_owned())),
            });
        }
    }

    fn minds(&self, process: &Process) -> bool {
        let given = |path: &str| self.config.iter().any(|(known, _)| known == path);
        !process.unless.is_some_and(given)
    }
}

/// False for a model whose secret was deleted.
pub(crate) fn has_secret(mapping: &Mapping, answers: &Answers) -> bool {
    definition(mapping, answers).is_none_or(|definition| definition.secret_id.is_some())
}

/// Returns the definition, which endpoints carry with them, or the one of a list.
fn definition<'a>(mapping: &'a Mapping, answers: &'a Answers) -> Option<&'a ModelDefinition> {
    let id = mapping.model_definition_id.as_ref();
    mapping.model_definition.as_ref().or_else(|| {
        let mut known = answers.model_definitions.iter();
        known.find(|known| id.is_some() && known.model_definition_id.as_ref() == id)
    })
}

fn secret<'a>(definition: &ModelDefinition, answers: &'a Answers) -> (Known<'a>, Vec<String>) {
    let mut notes = Vec::new();
    let secret = match (&definition.secret_id, &answers.secrets) {
        (None, _) | (Some(_), None) => None,
        (Some(id), Some(secrets)) => {
            let secret = secrets.iter().find(|secret| secret.secret_id == *id);
            if secret.is_none() {
                let name = definition.secret_name.as_deref().unwrap_or(id);
                notes.push(format!(
                    "its secret `{name}` is not in the list, which shows what the user may read"
                ));
            }
            secret
        }
    };
    let auth = secret
        .into_iter()
        .flat_map(|secret| &secret.auth_config)
        .map(|(name, value)| (name.as_str(), plain(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    (Known { secret, auth }, notes)
}

fn is_url(text: &str) -> bool {
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let url = Url::parse(text);
    clean && url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn without<'a>(ending: Option<&str>, address: &'a str) -> &'a str {
    let cut = ending.and_then(|ending| address.trim_end_matches('/').strip_suffix(ending));
    cut.unwrap_or(address)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Finds the way to authenticate.
fn mode(found: &Found, known: &Known<'_>, refusals: &mut Vec<String>) -> Option<&'static Mode> {
    let modes = found.rule.modes;
    match (known.auth.get("auth_mode"), known.secret) {
        (Some(name), _) => {
            let mode = modes.iter().find(|mode| mode.name == name);
            if mode.is_none() {
                refusals.push(format!("Tidegate does not know its `auth_mode: {name}`"));
            }
            mode
        }
        (None, None) if modes.len() > 1 => {
            refusals.push(
                "how it authenticates is not known: that stands in MLflow's secret".to_owned(),
            );
            None
        }
        (None, _) => modes.first(),
    }
}

/// Returns the variable that usually holds a key.
fn usual(key: &Key, found: &Found, provider: &str) -> String {
    /// What the table says for services that it does not name.
    const ANY: &str = "API_KEY";
    match found.variable {
        Some(variable) => variable.to_owned(),
        None if key.variable == ANY => {
            let provider = names::variable(provider);
            format!("{provider}_{ANY}").trim_matches('_').to_owned()
        }
        None => key.variable.to_owned(),
    }
}

/// Tells what of the secret no config can take.
fn left_out(
    known: &Known<'_>,
    rule: &Rule,
    mode: &Mode,
    definition: &ModelDefinition,
    notes: &mut Vec<String>,
) {
    let secret = definition.secret_name.as_deref().unwrap_or_default();
    let settings = known.auth.keys().copied().filter(|name| {
        let taken = mode.settings.iter().any(|setting| setting.name == *name);
        let spoken_for =
            *name == "auth_mode" || (*name == "api_type" && definition.provider == "openai");
        !taken && !spoken_for
    });
    let parts = known
        .secret
        .into_iter()
        .flat_map(|secret| &secret.masked_values);
    let parts = parts.map(String::as_str).filter(|part| {
        let held = mode.process.and_then(|process| process.holds);
        !mode.keys.iter().any(|key| key.part == *part) && held != Some(*part)
    });
    for name in settings.chain(parts) {
        let also = if rule.ignored.contains(&name) {
            "; MLflow makes nothing of it either"
        } else {
            ""
        };
        notes.push(format!(
            "`{name}` of its secret `{secret}` is left out{also}"
        ));
    }
}
