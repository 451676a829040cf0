//! What is to be told of the file as a whole.

use crate::answers::{Answers, Duration, Endpoint};
use crate::naming::Named;
use crate::notes::Note;

/// Tells what concerns the file as a whole.
pub(crate) fn notes(answers: &Answers, named: &[Named<'_>]) -> Vec<Note> {
    let mut notes = Vec::new();
    if answers.cut {
        notes.push(Note::general(
            "the list goes on: it has a `next_page_token`; ask for the rest, or give the server's URL",
        ));
    }
    if answers.secrets.is_none() {
        notes.push(Note::general(
            "the list of secrets is missing, so addresses, organisations and ways to authenticate are not known; add the \
             answer of `secrets/list`",
        ));
    }
    notes.extend(answers.unseen.iter().map(Note::general));
    let name_of = |id: &str| {
        let known = named
            .iter()
            .find(|named| named.endpoint.endpoint_id.as_deref() == Some(id));
        known.map(|named| named.name.clone())
    };
    for budget in &answers.budgets {
        let target = budget.target_value.as_deref().unwrap_or_default();
        let scope = match budget.target_scope.as_str() {
            "ENDPOINT" => format!("`{}`", name_of(target).as_deref().unwrap_or(target)),
            "USER" => format!("the user `{target}`"),
            "WORKSPACE" => "the workspace".to_owned(),
            _ => "all calls".to_owned(),
        };
        notes.push(Note::general(format!(
            "no budget of {} {} per {} for {scope} ({}): a `limit` bounds calls, not money",
            budget.budget_amount,
            budget.budget_unit,
            period(&budget.duration),
            budget.budget_action.to_lowercase(),
        )));
    }
    for guarded in &answers.guarded {
        let known = answers.guardrails.iter();
        let guardrail = guarded.guardrail.as_ref().or_else(|| {
            let mut known = known.filter(|known| known.guardrail_id == guarded.guardrail_id);
            known.next()
        });
        let name = guardrail.map_or(guarded.guardrail_id.as_str(), |known| known.name.as_str());
        notes.push(Note {
            about: name_of(&guarded.endpoint_id).into_iter().collect(),
            text: format!(
                "no guardrail `{name}`: what models are asked and answer is not judged here"
            ),
        });
    }
    notes
}

/// Tells what is so at most endpoints.
pub(crate) fn habits(named: &[Named<'_>]) -> Vec<Note> {
    let with = |holds: fn(&Endpoint) -> bool| -> Vec<String> {
        let with = named.iter().filter(|named| holds(named.endpoint));
        with.map(|named| named.name.clone()).collect()
    };
    let mut habits = Vec::new();
    for (about, text) in [
        (
            with(|endpoint| !endpoint.tags.is_empty()),
            "tags are left out",
        ),
        (
            with(|endpoint| endpoint.usage_tracking == Some(true)),
            "calls leave no traces in MLflow; the access log tells of them",
        ),
    ] {
        if named.len() > 1 && about.len() == named.len() {
            habits.push(Note::general(format!("all endpoints: {text}")));
        } else if !about.is_empty() {
            habits.push(Note {
                about,
                text: text.to_owned(),
            });
        }
    }
    habits
}

fn period(duration: &Duration) -> String {
    let unit = duration.unit.to_lowercase();
    match duration.value {
        1 => unit.trim_end_matches('s').to_owned(),
        value => format!("{value} {unit}"),
    }
}
