//! Amazon's Titan Text models.
//!
//! Source: spec, providers/bedrock.md; Bedrock's user guide, "Amazon Titan Text models".

use serde::Deserialize;
use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;
use tidegate_wire::{CompletionsRequest, Operation, Usage, Words};

use super::request::reduced;
use crate::call::CallHead;
use crate::parameters::{Fate, NOTHING, Parameters};
use crate::support::decode::{index, parse};
use crate::support::prompt;
use crate::support::temperature::Scale;

pub(super) static COMPLETIONS: Parameters = Parameters {
    operation: Operation::Completions,
    only: Some("Amazon Titan Text"),
    within: Some("textGenerationConfig"),
    temperature: Fate::Scaled("temperature", Scale::to(1.0)),
    count: Fate::One("'{name}' must be '1' for AWS Titan models. Received value: '{value}'."),
    max_tokens: Fate::As("maxTokenCount"),
    stop: Fate::Listed("stopSequences"),
    ..NOTHING
};

/// Writes a request.
pub(super) fn write(
    call: CallHead,
    request: &CompletionsRequest,
) -> Result<Map<String, Value>, Fault> {
    let CompletionsRequest {
        prompt,
        mut sampling,
        mut extra,
    } = reduced(call, request);
    if call.words == Words::Mlflow28
        && let Some(count) = sampling.n.take()
    {
        // MLflow 2.8 sends it on unchecked.
        extra.insert(call.words.count().to_owned(), Value::Number(count));
    }
    if call.faithful
        && !extra.contains_key("topP")
        && let Some(value) = extra.shift_remove("top_p")
    {
        extra.insert("topP".to_owned(), value);
    }
    COMPLETIONS.check(call, &sampling, &extra)?;
    let config = COMPLETIONS.write(call, &sampling, &extra);
    let text = prompt::text(&prompt)?;
    Ok(Map::from_iter([
        ("inputText".to_owned(), text.into()),
        ("textGenerationConfig".to_owned(), Value::Object(config)),
    ]))
}

/// Reads answers. A stream's last chunk says why it ends.
pub(super) struct TitanDecoder {
    /// True where reasons to finish are told; MLflow's gateway drops them.
    reasons: bool,
    started: bool,
    done: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    input_text_token_count: Option<u64>,
    results: Vec<Generated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    token_count: Option<u64>,
    output_text: String,
    completion_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    index: Option<u32>,
    output_text: Option<String>,
    completion_reason: Option<String>,
    input_text_token_count: Option<u64>,
    total_output_text_token_count: Option<u64>,
}

impl TitanDecoder {
    pub(super) fn new(call: CallHead) -> Self {
        Self {
            reasons: call.faithful,
            started: false,
            done: false,
        }
    }

    fn answer(&mut self, answer: Answer, out: &mut Vec<Event>) {
        self.start(out);
        let counts = answer.results.iter().map(|it| it.token_count);
        let output = counts.flatten().reduce(u64::saturating_add);
        for (position, result) in answer.results.into_iter().enumerate() {
            let choice = index(position);
            let text = result.output_text;
            out.push(Event::Text { choice, text });
            self.finish(choice, result.completion_reason, out);
        }
        usage(answer.input_text_token_count, output, out);
        self.done = true;
    }

    fn chunk(&mut self, chunk: Chunk, out: &mut Vec<Event>) {
        if self.done {
            return;
        }
        self.start(out);
        let choice = chunk.index.unwrap_or_default();
        if let Some(text) = chunk.output_text {
            out.push(Event::Text { choice, text });
        }
        if chunk.completion_reason.is_some() {
            self.done = true;
            self.finish(choice, chunk.completion_reason, out);
            usage(
                chunk.input_text_token_count,
                chunk.total_output_text_token_count,
                out,
            );
        }
    }

    fn start(&mut self, out: &mut Vec<Event>) {
        if !self.started {
            self.started = true;
            out.push(Event::nameless());
        }
    }

    fn finish(&self, choice: u32, reason: Option<String>, out: &mut Vec<Event>) {
        if let Some(reason) = reason.filter(|_| self.reasons) {
            let reason = match reason.as_str() {
                "FINISH" | "FINISHED" | "STOP_CRITERIA_MET" => "stop".to_owned(),
                "LENGTH" => "length".to_owned(),
                "CONTENT_FILTERED" => "content_filter".to_owned(),
                _ => reason,
            };
            out.push(Event::Finished { choice, reason });
        }
    }
}

fn usage(input: Option<u64>, output: Option<u64>, out: &mut Vec<Event>) {
    if input.is_none() && output.is_none() {
        return;
    }
    out.push(Event::Usage(Usage {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input
            .zip(output)
            .map(|(input, output)| input.saturating_add(output)),
        ..Usage::default()
    }));
}

impl Decoder for TitanDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if frame.is_whole() {
            self.answer(parse(frame.bytes())?, out);
        } else {
            self.chunk(parse(frame.bytes())?, out);
        }
        Ok(())
    }

    fn complete(&self) -> bool {
        self.done
    }
}
