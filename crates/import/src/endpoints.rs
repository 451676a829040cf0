//! Endpoints of MLflow's database as endpoints and traffic splits of a config.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::answers::{Answers, Endpoint, Mapping};
use crate::document::Entry;
use crate::general;
use crate::model::{self, Model, Written};
use crate::names;
use crate::naming::{self, Named};
use crate::notes::{Note, list};
use crate::variables::{self, KeyUse, Variable};
use crate::weights;

/// A config, and what to tell of it.
#[derive(Debug)]
pub struct Imported {
    pub(crate) origin: String,
    pub(crate) entries: Vec<Entry>,
    /// Names that clients know, for the endpoints that could not keep theirs.
    pub(crate) aliases: Vec<(String, String)>,
    pub(crate) notes: Vec<Note>,
    /// What is so at most endpoints, and told last.
    pub(crate) habits: Vec<Note>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) assigned: HashMap<KeyUse, String>,
    /// How many endpoints MLflow has.
    pub(crate) endpoints: usize,
}

/// The answers hold no endpoint.
#[derive(Debug, thiserror::Error)]
#[error("there is no endpoint in it")]
pub struct NoEndpoints;

/// Translates MLflow's answers; `origin` says in the file where they come from.
pub fn import(answers: &Answers, origin: &str) -> Result<Imported, NoEndpoints> {
    let endpoints = distinct(&answers.endpoints);
    if endpoints.is_empty() {
        return Err(NoEndpoints);
    }
    let mut taken = HashSet::new();
    let named = naming::name(endpoints, &mut taken);
    let mut aliases = Vec::new();
    let mut entries = Vec::new();
    for named in &named {
        let entry = entry(named, answers, &mut taken);
        if named.has_alias && !entry.is_left() {
            aliases.push((named.endpoint.name.clone(), named.name.clone()));
        }
        entries.push(entry);
    }
    claim(&mut entries);
    tell_of_gaps(&mut entries);
    let models = entries.iter().flat_map(|entry| &entry.models);
    let assigned = variables::assign(models.flat_map(|member| keys(&member.model)).cloned());
    Ok(Imported {
        origin: origin.to_owned(),
        notes: general::notes(answers, &named),
        habits: general::habits(&named),
        variables: needed(&entries, &assigned),
        entries,
        aliases,
        assigned,
        endpoints: named.len(),
    })
}

/// Returns the variables that the served models read.
fn needed(entries: &[Entry], assigned: &HashMap<KeyUse, String>) -> Vec<Variable> {
    let mut needed = BTreeMap::new();
    for member in entries.iter().flat_map(Entry::served) {
        for key in keys(&member.model) {
            if let Some(name) = assigned.get(key) {
                needed.insert(name.clone(), key.holds());
            }
        }
        if let Some(claim) = &member.model.process
            && let Some(key) = &claim.key
        {
            needed.insert(claim.variable.to_owned(), key.holds());
        }
    }
    let pairs = needed.into_iter();
    pairs
        .map(|(name, holds)| Variable { name, holds })
        .collect()
}

/// A page or a file may repeat an endpoint.
fn distinct(endpoints: &[Endpoint]) -> Vec<&Endpoint> {
    let mut seen = HashSet::new();
    let known = |endpoint: &&Endpoint| {
        let id = endpoint.endpoint_id.as_ref();
        id.is_none_or(|id| seen.insert(id.clone()))
    };
    endpoints.iter().filter(known).collect()
}

fn entry(named: &Named<'_>, answers: &Answers, taken: &mut HashSet<String>) -> Entry {
    let (endpoint, name) = (named.endpoint, &named.name);
    let mut notes = Vec::new();
    let splits = splits(endpoint, &mut notes);
    notes.extend(named.note.clone());
    let used = used(endpoint, splits, answers, &mut notes);
    let models: Vec<Model> = used
        .iter()
        .map(|mapping| model::read(mapping, answers))
        .collect();
    let is_split = models.len() > 1;
    let endpoint_type = endpoint_type(&models, &mut notes);
    if is_split {
        notes.extend(weights::notes(&used, &models));
    }
    let weights = used
        .iter()
        .map(|mapping| weights::percentage(mapping.weight));
    let models: Vec<Member> = models
        .into_iter()
        .zip(weights)
        .map(|(model, weight)| Member {
            name: if is_split {
                let wish = format!("{name}-{}", names::endpoint(&model.definition));
                names::unique(&wish, '-', taken)
            } else {
                name.clone()
            },
            model,
            weight,
        })
        .collect();
    let mut refusals = Vec::new();
    if models.is_empty() {
        refusals.push("it has no primary model; MLflow does not answer it either".to_owned());
    }
    if is_split && models.iter().all(|member| member.weight == 0) {
        refusals.push("all weights of its traffic split are 0".to_owned());
    }
    Entry {
        name: name.clone(),
        endpoint_type,
        is_split,
        models,
        notes,
        refusals,
    }
}

/// True for an endpoint that spreads its calls over its models.
fn splits(endpoint: &Endpoint, notes: &mut Vec<String>) -> bool {
    let strategy = endpoint.routing_strategy.as_deref().unwrap_or_default();
    let splits = strategy == "REQUEST_BASED_TRAFFIC_SPLIT";
    if !splits && !strategy.is_empty() && strategy != "ROUTING_STRATEGY_UNSPECIFIED" {
        notes.push(format!(
            "its routing strategy `{strategy}` is not known here, so its first model gets all calls"
        ));
    }
    splits
}

/// Picks the models that get calls, and tells of the others.
fn used<'a>(
    endpoint: &'a Endpoint,
    splits: bool,
    answers: &Answers,
    notes: &mut Vec<String>,
) -> Vec<&'a Mapping> {
    let mappings = endpoint.model_mappings.iter();
    let (mut fallbacks, primaries): (Vec<&Mapping>, Vec<&Mapping>) =
        mappings.partition(|mapping| mapping.is_fallback());
    fallbacks.sort_by_key(|mapping| mapping.fallback_order.unwrap_or(i64::MAX));
    if !fallbacks.is_empty() {
        notes.push(format!(
            "no fallback to {}: here a failing model is not replaced by another",
            called(&fallbacks, answers)
        ));
    }
    if splits {
        return primaries;
    }
    let (asked, others) = the_asked(primaries, answers);
    if !others.is_empty() {
        notes.push(format!(
            "{} is left out: without a traffic split MLflow asks only the first model that has a secret",
            called(&others, answers)
        ));
    }
    asked.into_iter().collect()
}

/// Chooses the one type that an endpoint has here; MLflow's answer chat and embeddings alike.
fn endpoint_type(models: &[Model], notes: &mut Vec<String>) -> &'static str {
    let names = models.iter().map(|model| model.name.as_str());
    let of_embeddings: Vec<&str> = names.filter(|name| embeds(name)).collect();
    if of_embeddings.is_empty() {
        return "llm/v1/chat";
    }
    if of_embeddings.len() == models.len() {
        return "llm/v1/embeddings";
    }
    notes.push(format!(
        "its traffic split mixes models of chat with models of embeddings, which here no split can: {} will not answer",
        list(&of_embeddings)
    ));
    "llm/v1/chat"
}

/// One model of an endpoint, as an endpoint of its own.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) model: Model,
    pub(crate) weight: u32,
}

/// Parts the model that MLflow asks from the others. It passes over models whose secret was deleted.
fn the_asked<'a>(
    mut primaries: Vec<&'a Mapping>,
    answers: &Answers,
) -> (Option<&'a Mapping>, Vec<&'a Mapping>) {
    let asked = primaries
        .iter()
        .position(|mapping| model::has_secret(mapping, answers))
        .unwrap_or(0);
    let asked = (asked < primaries.len()).then(|| primaries.remove(asked));
    (asked, primaries)
}

fn called(mappings: &[&Mapping], answers: &Answers) -> String {
    let models = mappings.iter().map(|mapping| model::read(mapping, answers));
    let names: Vec<String> = models.map(|model| model.definition).collect();
    list(&names)
}

/// Tells models of embeddings by their names, which is all that MLflow says of them. Checked against the catalog of
/// MLflow 3.17: it finds all but Azure's `ada`, and no model of another kind.
fn embeds(model: &str) -> bool {
    let name = model.to_ascii_lowercase();
    let last = name.rsplit('/').next().unwrap_or_default();
    let last = last.strip_prefix("databricks-").unwrap_or(last);
    let makers = ["bge-", "gte-", "e5-", "multilingual-e5-", "uae-", "voyage-"];
    name.contains("embed") || makers.iter().any(|start| last.starts_with(start))
}

/// Gives each variable of the process to the first model that needs it; others cannot be served beside it.
fn claim(entries: &mut [Entry]) {
    let mut held: HashMap<&'static str, (Option<KeyUse>, String)> = HashMap::new();
    for entry in entries {
        for member in &mut entry.models {
            let Some(claim) = &member.model.process else {
                continue;
            };
            if !member.model.refusals.is_empty() {
                continue;
            }
            let (key, holder) = held
                .entry(claim.variable)
                .or_insert_with(|| (claim.key.clone(), member.name.clone()));
            if *key != claim.key {
                let state = if key.is_some() {
                    "set to its own key"
                } else {
                    "unset"
                };
                member.model.refusals.push(format!(
                    "`{}` counts for the whole process, and `{holder}` needs it {state}: serve this one from a second file \
                     by a second process",
                    claim.variable
                ));
            }
        }
    }
}

/// Says of traffic splits that some of their models are left out.
fn tell_of_gaps(entries: &mut [Entry]) {
    for entry in entries.iter_mut().filter(|entry| !entry.is_left()) {
        let missing = entry.models.iter();
        let missing = missing.filter(|member| !member.model.refusals.is_empty());
        let missing: Vec<&str> = missing.map(|member| member.name.as_str()).collect();
        if !missing.is_empty() {
            entry.notes.push(format!(
                "its traffic split goes on without {}: the others get those calls",
                list(&missing)
            ));
        }
    }
}

fn keys(model: &Model) -> impl Iterator<Item = &KeyUse> {
    model.config.iter().filter_map(|(_, value)| match value {
        Written::Key(key) => Some(key),
        Written::Text(_) => None,
    })
}
