//! Answers of `Converse` and `ConverseStream`.

use serde_json::value::RawValue;
use tidegate_wire::Usage;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;

use super::shape::{
    Answer, BlockDelta, BlockStart, MessageStart, MessageStop, Metadata, TokenUsage, ToolUse,
};
use crate::bedrock::error;
use crate::support::decode::parse;

/// The only choice.
const CHOICE: u32 = 0;

/// Reads an answer. Of a stream `metadata` is the last message, with the token counts; a stream may end without it, but
/// not without `messageStop`.
#[derive(Default)]
pub(in crate::bedrock) struct ConverseDecoder {
    started: bool,
    finished: bool,
    done: bool,
    /// Tool calls begun.
    calls: u32,
    /// The tool call whose input is coming.
    open: Option<OpenCall>,
}

/// A tool call whose input comes in pieces.
struct OpenCall {
    /// Index of its content block.
    block: u32,
    /// True once a piece of input has come.
    said: bool,
}

impl ConverseDecoder {
    fn whole(&mut self, answer: Answer<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let message = answer.output.message;
        self.start(message.role, out)?;
        for block in message.content.into_iter().flatten() {
            let cited = block.citations_content.and_then(|it| it.content);
            let cited = cited.into_iter().flatten().filter_map(|it| it.text);
            out.extend(block.text.into_iter().chain(cited).map(text));
            if let Some(tool) = block.tool_use {
                let input = tool.input.map_or("{}", RawValue::get).to_owned();
                let index = self.call(tool, out);
                out.push(arguments(index, input));
            }
        }
        finish(answer.stop_reason, out);
        count(answer.usage, out);
        self.finished = true;
        self.done = true;
        Ok(())
    }

    fn message(
        &mut self,
        event: &str,
        payload: &[u8],
        out: &mut Vec<Event>,
    ) -> Result<(), DecodeError> {
        match event {
            "messageStart" => self.start(parse::<MessageStart>(payload)?.role, out),
            "contentBlockStart" => {
                let block: BlockStart<'_> = parse(payload)?;
                self.going_on()?;
                if let Some(tool) = block.start.and_then(|start| start.tool_use) {
                    self.call(tool, out);
                    self.open = Some(OpenCall {
                        block: block.content_block_index,
                        said: false,
                    });
                }
                Ok(())
            }
            "contentBlockDelta" => self.delta(parse(payload)?, out),
            "contentBlockStop" => {
                self.close(out);
                Ok(())
            }
            "messageStop" => {
                let stop: MessageStop = parse(payload)?;
                self.going_on()?;
                self.close(out);
                self.finished = true;
                finish(stop.stop_reason, out);
                Ok(())
            }
            "metadata" => {
                if !self.started {
                    return Err(DecodeError::Shape("costs before its beginning".to_owned()));
                }
                count(parse::<Metadata>(payload)?.usage, out);
                self.done = self.finished;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, role: Option<String>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        if self.started {
            return Err(DecodeError::Shape("it begins twice".to_owned()));
        }
        self.started = true;
        out.push(Event::nameless());
        out.extend(role.map(|role| Event::Role {
            choice: CHOICE,
            role,
        }));
        Ok(())
    }

    /// Refuses content where none can be.
    fn going_on(&self) -> Result<(), DecodeError> {
        if self.started && !self.finished {
            Ok(())
        } else {
            let problem = "content before its beginning or after its end";
            Err(DecodeError::Shape(problem.to_owned()))
        }
    }

    fn delta(&mut self, block: BlockDelta, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        self.going_on()?;
        out.extend(block.delta.text.map(text));
        let Some(piece) = block.delta.tool_use else {
            return Ok(());
        };
        let open = self.open.as_mut();
        let open = open.filter(|open| open.block == block.content_block_index);
        let open = open.ok_or_else(|| {
            DecodeError::Shape("input of a tool call that has not begun".to_owned())
        })?;
        if !piece.input.is_empty() {
            open.said = true;
            out.push(arguments(self.calls.saturating_sub(1), piece.input));
        }
        Ok(())
    }

    /// Begins a tool call and returns its index.
    fn call(&mut self, tool: ToolUse<'_>, out: &mut Vec<Event>) -> u32 {
        let index = self.calls;
        self.calls = self.calls.saturating_add(1);
        out.push(Event::ToolCall {
            choice: CHOICE,
            index,
            id: tool.id,
            name: tool.name,
        });
        index
    }

    /// Ends a tool call. One without input has no arguments, which are an empty object.
    fn close(&mut self, out: &mut Vec<Event>) {
        if self.open.take().is_some_and(|open| !open.said) {
            out.push(arguments(self.calls.saturating_sub(1), "{}".to_owned()));
        }
    }
}

fn text(text: String) -> Event {
    Event::Text {
        choice: CHOICE,
        text,
    }
}

fn arguments(index: u32, json: String) -> Event {
    Event::ToolArguments {
        choice: CHOICE,
        index,
        json,
    }
}

fn finish(reason: Option<String>, out: &mut Vec<Event>) {
    let reason = reason.map(|reason| match reason.as_str() {
        "end_turn" | "stop_sequence" => "stop".to_owned(),
        "max_tokens" | "model_context_window_exceeded" => "length".to_owned(),
        "tool_use" => "tool_calls".to_owned(),
        "guardrail_intervened" | "content_filtered" => "content_filter".to_owned(),
        _ => reason,
    });
    out.extend(reason.map(|reason| Event::Finished {
        choice: CHOICE,
        reason,
    }));
}

fn count(usage: Option<TokenUsage>, out: &mut Vec<Event>) {
    out.extend(usage.map(|usage| {
        let cached = [
            ("cacheReadInputTokens", usage.cache_read),
            ("cacheWriteInputTokens", usage.cache_write),
        ];
        let cached = cached
            .into_iter()
            .filter_map(|(name, count)| Some((name.to_owned(), count?.into())));
        Event::Usage(Usage {
            prompt_tokens: usage.input,
            completion_tokens: usage.output,
            total_tokens: usage.total,
            details: cached.collect(),
        })
    }));
}

impl Decoder for ConverseDecoder {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        match frame {
            Frame::Whole(body) => self.whole(parse(body)?, out),
            Frame::Message {
                kind,
                event,
                payload,
            } => match error::reported(kind, event, payload) {
                Some(error) => Err(error),
                None => self.message(event, payload, out),
            },
            Frame::Sse { .. } | Frame::Line(_) => Err(DecodeError::Shape(
                "it is not an AWS event stream".to_owned(),
            )),
        }
    }

    fn complete(&self) -> bool {
        self.done
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        if self.finished {
            Ok(())
        } else {
            Err(DecodeError::CutOff)
        }
    }
}
