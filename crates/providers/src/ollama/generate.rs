//! `/api/generate`: what becomes of a completions request.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{CompletionsRequest, Operation};

use super::chat::{OPTIONS, own_options};
use super::think;
use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Others};
use crate::encoded::Encoded;
use crate::support::extras::{self, of_the_provider};
use crate::support::prompt;

/// What becomes of a request.
pub(super) static CARRIED: Carriage = Carriage {
    operation: Operation::Completions,
    only: None,
    members: &[
        (SUFFIX, Carried::As(SUFFIX)),
        ("temperature", Carried::As("options.temperature")),
        ("top_p", Carried::As("options.top_p")),
        ("max_tokens", Carried::As("options.num_predict")),
        ("stop", Carried::List("options.stop", usize::MAX)),
        ("seed", Carried::As("options.seed")),
        (
            "frequency_penalty",
            Carried::As("options.frequency_penalty"),
        ),
        ("presence_penalty", Carried::As("options.presence_penalty")),
        ("stream", Carried::Here),
        ("reasoning_effort", think::CARRIED),
        (
            OPTIONS,
            Carried::Apart("`options`, to which the others are added"),
        ),
        ("format", Carried::As("format")),
        ("images", Carried::As("images")),
        ("keep_alive", Carried::As("keep_alive")),
        ("raw", Carried::As("raw")),
        ("shift", Carried::As("shift")),
        ("system", Carried::As("system")),
        ("template", Carried::As("template")),
        ("think", Carried::As("think")),
        ("truncate", Carried::As("truncate")),
    ],
    contents: &[],
    others: Others::Within(OPTIONS),
};

const SUFFIX: &str = "suffix";

/// Writes a body without `model`, or refuses what cannot be said in it.
pub(super) fn body(call: CallHead, request: &CompletionsRequest) -> Result<Encoded, Fault> {
    let (suffix, extra) = apart(request);
    let mut report = extras::report(call, &extra, &[]);
    let members = members(call, request, &extra, suffix);
    let prompt = prompt::text(&request.prompt)?;
    let mut body = Map::from_iter([("prompt".to_owned(), prompt.into())]);
    own_options(&members, &mut body);
    CARRIED.write(&members, &mut body, &mut report);
    think::write(&members, &mut body, &mut report);
    // Without this the server streams.
    body.insert("stream".to_owned(), call.streams.into());
    Ok(Encoded {
        body,
        report,
        emulates_schema: false,
        lone_text: false,
    })
}

/// Returns the suffix, which other older APIs do not know, and the other extras.
fn apart(request: &CompletionsRequest) -> (Option<Value>, Map<String, Value>) {
    let mut extra = request.extra.clone();
    (extra.shift_remove(SUFFIX), extra)
}

/// Returns all members beside prompt and `stream`. What only OpenAI's completions can do is left out.
fn members(
    call: CallHead,
    request: &CompletionsRequest,
    extra: &Map<String, Value>,
    suffix: Option<Value>,
) -> Map<String, Value> {
    let sampling = &request.sampling;
    let temperature = sampling.temperature.as_ref().map(|it| it.value.clone());
    let standard = [
        ("temperature", temperature.map(Value::Number)),
        ("n", sampling.n.clone().map(Value::Number)),
        ("stop", sampling.stop.clone()),
        ("max_tokens", sampling.max_tokens.clone().map(Value::Number)),
    ];
    let mut members: Map<String, Value> = standard
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    members.extend(of_the_provider(call, extra, &[]).into_owned());
    members.extend(suffix.map(|it| (SUFFIX.to_owned(), it)));
    members.retain(|_, value| !value.is_null());
    members
}
