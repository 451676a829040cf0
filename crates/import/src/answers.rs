//! What MLflow's REST API answers (`/api/3.0/mlflow/gateway/...`), as far as a config can use it.
//!
//! Read in MLflow 3.17: `mlflow/protos/service.proto`. Empty lists are left out of its answers.

#![expect(clippy::struct_field_names, reason = "the names are MLflow's")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::reading::{self, list, take};
use crate::yaml;

/// Answers of the API, merged.
#[derive(Debug, Default)]
pub struct Answers {
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) secrets: Option<Vec<Secret>>,
    pub(crate) model_definitions: Vec<ModelDefinition>,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) guardrails: Vec<Guardrail>,
    pub(crate) guarded: Vec<Guarded>,
    /// Lists of which more pages exist.
    pub(crate) cut: bool,
    /// What could not be asked for, in words for people.
    pub(crate) unseen: Vec<String>,
}

/// Why a text holds no answers.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A page for people.
    #[error("it is an HTML page, not JSON")]
    Html,
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    Syntax(String),
    /// JSON of another kind.
    #[error("it is JSON, but no answer of MLflow's gateway API: {0}")]
    Shape(String),
    /// An error that MLflow answered.
    #[error("it is an error that MLflow answered: {0}")]
    Error(String),
    /// No text that can be read.
    #[error("it is neither UTF-8 nor UTF-16 text: save it as UTF-8, as `curl --output` does")]
    Encoding,
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoint {
    pub(crate) endpoint_id: Option<String>,
    pub(crate) name: String,
    pub(crate) model_mappings: Vec<Mapping>,
    pub(crate) routing_strategy: Option<String>,
    pub(crate) usage_tracking: Option<bool>,
    pub(crate) tags: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Mapping {
    pub(crate) model_definition_id: Option<String>,
    pub(crate) model_definition: Option<ModelDefinition>,
    pub(crate) weight: Option<f64>,
    pub(crate) linkage_type: Option<String>,
    pub(crate) fallback_order: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ModelDefinition {
    pub(crate) model_definition_id: Option<String>,
    pub(crate) name: String,
    pub(crate) secret_id: Option<String>,
    pub(crate) secret_name: Option<String>,
    pub(crate) provider: String,
    pub(crate) model_name: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Secret {
    pub(crate) secret_id: String,
    pub(crate) secret_name: String,
    /// Only the names of the parts are used; their masked values are dropped here.
    #[serde(deserialize_with = "names")]
    pub(crate) masked_values: Vec<String>,
    pub(crate) auth_config: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Budget {
    pub(crate) budget_unit: String,
    pub(crate) budget_amount: f64,
    pub(crate) duration: Duration,
    pub(crate) target_scope: String,
    pub(crate) target_value: Option<String>,
    pub(crate) budget_action: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Duration {
    pub(crate) unit: String,
    pub(crate) value: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Guardrail {
    pub(crate) guardrail_id: String,
    pub(crate) name: String,
}

/// A guardrail at an endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Guarded {
    pub(crate) endpoint_id: String,
    pub(crate) guardrail_id: String,
    pub(crate) guardrail: Option<Guardrail>,
}

impl Answers {
    /// Reads answers as they were saved, one after another.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let mut answers = Self::default();
        for value in reading::values(text)? {
            if answers.add(value)?.is_some() {
                answers.cut = true;
            }
        }
        Ok(answers)
    }

    /// Adds one answer and returns the token of its next page.
    pub fn add(&mut self, answer: Value) -> Result<Option<String>, Unreadable> {
        let mut answer = match answer {
            Value::Object(answer) => reading::in_its_envelope(answer),
            // What a filter leaves of a list, or several answers in one.
            Value::Array(items) => {
                let mut token = None;
                for item in items {
                    token = self.add(item)?.or(token);
                }
                return Ok(token);
            }
            _ => {
                let message = "an answer is an object, such as {\"endpoints\": [...]}";
                return Err(Unreadable::Shape(message.to_owned()));
            }
        };
        let of = &mut answer;
        if let Some(code) = take::<String>(of, "error_code")? {
            let message: Option<String> = take(of, "message")?;
            let message = message.unwrap_or_default();
            let said = yaml::on_one_line(&format!("{code}: {message}"));
            return Err(Unreadable::Error(said));
        }
        self.endpoints
            .extend(list(of, "endpoints")?.unwrap_or_default());
        if let Some(secrets) = list(of, "secrets")? {
            self.secrets.get_or_insert_default().extend(secrets);
        }
        self.model_definitions
            .extend(list(of, "model_definitions")?.unwrap_or_default());
        self.budgets
            .extend(list(of, "budget_policies")?.unwrap_or_default());
        self.guardrails
            .extend(list(of, "guardrails")?.unwrap_or_default());
        self.guarded
            .extend(list(of, "configs")?.unwrap_or_default());
        let token: Option<String> = take(of, "next_page_token")?;
        Ok(token.filter(|token| !token.is_empty()))
    }

    /// Says that the secrets were asked for, though an empty list is left out of the answer.
    pub fn secrets_are_known(&mut self) {
        self.secrets.get_or_insert_default();
    }

    /// Says that something could not be asked for.
    pub fn could_not_see(&mut self, what: String) {
        self.unseen.push(what);
    }

    /// Returns true if an endpoint does not carry its models with it.
    pub fn lacks_definitions(&self) -> bool {
        let mut mappings = self
            .endpoints
            .iter()
            .flat_map(|endpoint| &endpoint.model_mappings);
        mappings.any(|mapping| mapping.model_definition.is_none())
    }

    /// Returns true if there are guardrails, so that it is worth asking which endpoint has which.
    pub fn has_guardrails(&self) -> bool {
        !self.guardrails.is_empty()
    }

    /// Returns the ids of the endpoints.
    pub fn endpoint_ids(&self) -> Vec<String> {
        let ids = self.endpoints.iter();
        ids.filter_map(|endpoint| endpoint.endpoint_id.clone())
            .collect()
    }
}

impl Mapping {
    pub(crate) fn is_fallback(&self) -> bool {
        self.linkage_type.as_deref() == Some("FALLBACK")
    }
}

fn names<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[expect(
        clippy::zero_sized_map_values,
        reason = "a set would not read a map, and the values are not wanted"
    )]
    let masked: BTreeMap<String, serde::de::IgnoredAny> = Deserialize::deserialize(deserializer)?;
    Ok(masked.into_keys().collect())
}
