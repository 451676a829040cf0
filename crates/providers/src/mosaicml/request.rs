//! Requests: texts are `inputs`, parameters stand beside them in an object of their own.
//!
//! Source: spec, providers/mosaicml.md.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{CompletionsRequest, Operation, Request};

use super::template;
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters, Standard};
use crate::support::extras::of_the_chat;
use crate::support::temperature::Scale;
use crate::support::{embeddings, prompt};

/// The member in which parameters stand.
const PARAMETERS: &str = "parameters";

pub(super) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    within: Some(PARAMETERS),
    temperature: Fate::Scaled("temperature", Scale::SAME),
    count: Fate::Same,
    max_tokens: Fate::As("max_new_tokens"),
    stop: Fate::Listed("stop"),
    reserved: &[("max_new_tokens", Standard::MaxTokens)],
    ..NOTHING
};

pub(super) static CHAT: Parameters = Parameters {
    operation: Operation::Chat,
    ..COMPLETIONS
};

pub(super) static EMBEDDINGS: Parameters = Parameters {
    operation: Operation::Embeddings,
    reserved: &[("inputs", Standard::Input)],
    ..NOTHING
};

/// Writes a body, or refuses what cannot be said in it.
pub(super) fn body(call: CallHead, request: &Request) -> Result<Map<String, Value>, Fault> {
    match request {
        Request::Completions(CompletionsRequest {
            prompt,
            sampling,
            extra,
        }) => {
            let parameters = COMPLETIONS.checked(call, sampling, extra)?;
            Ok(generate(prompt::text(prompt)?, parameters))
        }
        Request::Chat(request) => {
            let sampling = of_the_chat(call, request);
            let parameters = CHAT.checked(call, &sampling, &request.extra)?;
            let prompt = template::prompt(call, &request.messages)?;
            Ok(generate(&prompt, parameters))
        }
        Request::Embeddings(request) => embeddings::body(&EMBEDDINGS, "inputs", call, request),
    }
}

fn generate(prompt: &str, parameters: Map<String, Value>) -> Map<String, Value> {
    let mut body = Map::from_iter([("inputs".to_owned(), vec![prompt].into())]);
    if !parameters.is_empty() {
        body.insert(PARAMETERS.to_owned(), parameters.into());
    }
    body
}
