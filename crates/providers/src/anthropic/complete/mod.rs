//! The legacy text completions, which Amazon Bedrock serves too: one template, one table, one reader of answers.
//!
//! Source: spec, providers/anthropic.md (Completions); Anthropic's API reference, as sampled in November 2026.

mod answer;

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{CompletionsRequest, Operation};

use super::sampling;
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::temperature::Scale;
use crate::support::{extras, prompt};

pub(crate) use answer::CompleteDecoder;

/// What becomes of the standard parameters of completions.
pub(crate) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    temperature: Fate::Scaled("temperature", Scale::to(1.0)),
    count: Fate::One(sampling::ONE_ANSWER),
    max_tokens: Fate::As(MAX_TOKENS),
    stop: Fate::Listed(STOP),
    ..NOTHING
};

/// Anthropic itself.
pub(super) const HOME: Place = Place {
    table: &COMPLETIONS,
    most_tokens: None,
    stop: None,
};

const MAX_TOKENS: &str = "max_tokens_to_sample";
const STOP: &str = "stop_sequences";

/// What is sent when the client names no number of tokens.
const DEFAULT_MAX_TOKENS: u64 = 200_000;

/// Who speaks, as the models were trained to read it.
const HUMAN: &str = "\n\nHuman: ";
const ASSISTANT: &str = "\n\nAssistant:";

/// One of the places that serve these models, and what it asks for besides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its table of parameters.
    pub(crate) table: &'static Parameters,
    /// The most tokens that it generates; larger numbers become it.
    pub(crate) most_tokens: Option<u64>,
    /// A sequence that must be among those at which the model stops.
    pub(crate) stop: Option<&'static str>,
}

/// Checks a request and writes its body, without `model` and `stream`: they stand elsewhere at some places.
pub(crate) fn body(
    call: CallHead,
    request: &CompletionsRequest,
    place: Place,
) -> Result<Map<String, Value>, Fault> {
    check_top_p(call, request)?;
    sampling::check_max_tokens(&request.sampling)?;
    let table = place.table;
    let mut body = table.checked(call, &request.sampling, &request.extra)?;
    extras::drop_idle(&mut body);
    let prompt = template(prompt::text(&request.prompt)?);
    body.insert("prompt".to_owned(), prompt.into());
    limit_tokens(&mut body, place.most_tokens);
    if let Some(sequence) = place.stop {
        add_stop(&mut body, sequence);
    }
    Ok(body)
}

/// Refuses `top_p`, as MLflow does even where no temperature is sent. A door that adds no default lets it pass alone.
fn check_top_p(call: CallHead, request: &CompletionsRequest) -> Result<(), Fault> {
    let alone = call.faithful && request.sampling.temperature.is_none();
    if alone || !sampling::sends_top_p(&request.extra) {
        return Ok(());
    }
    let text = "Cannot set both 'temperature' and 'top_p' parameters. Please use only the temperature parameter for your query.";
    Err(Fault::invalid(422, text).with_param("top_p"))
}

/// Puts a prompt into the form that the models need: one turn of a person, then the assistant's.
fn template(prompt: &str) -> String {
    let opening = match prompt {
        _ if prompt.starts_with(HUMAN) => "",
        _ if prompt.starts_with(HUMAN.trim_start()) => "\n\n",
        _ => HUMAN,
    };
    let closing = if prompt.ends_with(ASSISTANT) {
        ""
    } else {
        ASSISTANT
    };
    format!("{opening}{prompt}{closing}")
}

/// Puts in the number of tokens where none is named, and keeps it within the place's bounds.
fn limit_tokens(body: &mut Map<String, Value>, most: Option<u64>) {
    let tokens = body
        .entry(MAX_TOKENS)
        .or_insert_with(|| DEFAULT_MAX_TOKENS.into());
    if let Some(most) = most.filter(|most| sampling::exceeds(tokens, *most)) {
        *tokens = most.into();
    }
}

/// Adds a sequence unless it is there.
fn add_stop(body: &mut Map<String, Value>, sequence: &str) {
    let listed = body.entry(STOP).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = listed
        && !list.iter().any(|known| known == sequence)
    {
        list.push(sequence.into());
    }
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn prompts_become_turns() {
        for (prompt, want) in [
            ("Hello", "\n\nHuman: Hello\n\nAssistant:"),
            ("", "\n\nHuman: \n\nAssistant:"),
            ("Human: hi", "\n\nHuman: hi\n\nAssistant:"),
            ("\nHuman: hi", "\n\nHuman: \nHuman: hi\n\nAssistant:"),
            ("\n\nHuman: hi", "\n\nHuman: hi\n\nAssistant:"),
            ("Human:hi", "\n\nHuman: Human:hi\n\nAssistant:"),
            ("hi\n\nAssistant:", "\n\nHuman: hi\n\nAssistant:"),
            ("\n\nHuman: hi\n\nAssistant:", "\n\nHuman: hi\n\nAssistant:"),
            (
                "hi\n\nAssistant: ",
                "\n\nHuman: hi\n\nAssistant: \n\nAssistant:",
            ),
        ] {
            assert_eq!(template(prompt), want, "{prompt:?}");
        }
    }
}
