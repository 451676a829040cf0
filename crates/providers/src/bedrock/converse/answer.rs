//! Answers of `Converse` and `ConverseStream`.

use serde_json::value::RawValue;
use tidegate_wire::event::{DecodeError, Decoder, Event, Signed};
use tidegate_wire::frame::Frame;

use super::shape::{
    Answer, Block, BlockDelta, BlockStart, MessageStart, MessageStop, Metadata, Reasoning,
    ThoughtPiece, TokenUsage, ToolUse,
};
use super::usage::Counting;
use crate::bedrock::error;
use crate::support::decode::parse;

/// The only choice.
const CHOICE: u32 = 0;

/// Why an answer ended, and OpenAI's words for it; others pass. The last two are failures of the model for which OpenAI
/// has no word.
const REASONS: [(&str, &str); 9] = [
    ("end_turn", "stop"),
    ("stop_sequence", "stop"),
    ("max_tokens", "length"),
    ("model_context_window_exceeded", "length"),
    ("tool_use", "tool_calls"),
    ("guardrail_intervened", "content_filter"),
    ("content_filtered", "content_filter"),
    ("malformed_model_output", "stop"),
    ("malformed_tool_use", "stop"),
];

/// Reads an answer. Of a stream `metadata` is the last message, with the token counts; a stream may end without it, but
/// not without `messageStop`.
pub(super) struct ConverseDecoder {
    /// In which form token counts are told.
    counting: Counting,
    started: bool,
    finished: bool,
    done: bool,
    /// Tool calls begun.
    calls: u32,
    /// The tool call whose input is coming.
    open: Option<OpenCall>,
    /// The signature that is coming.
    signature: String,
}

/// A tool call whose input comes in pieces.
struct OpenCall {
    /// Index of its content block.
    block: u32,
    /// Its index among the calls; none for one that Bedrock makes itself.
    index: Option<u32>,
    /// True once a piece of input has come.
    said: bool,
}

impl ConverseDecoder {
    pub(super) fn new(counting: Counting) -> Self {
        Self {
            counting,
            started: false,
            finished: false,
            done: false,
            calls: 0,
            open: None,
            signature: String::new(),
        }
    }

    fn whole(&mut self, answer: Answer<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let message = answer.output.message;
        self.start(message.role, out)?;
        for block in message.content.into_iter().flatten() {
            self.block(block, out);
        }
        finish(answer.stop_reason, out);
        self.tell(answer.usage.as_ref(), out);
        self.finished = true;
        self.done = true;
        Ok(())
    }

    fn block(&mut self, block: Block<'_>, out: &mut Vec<Event>) {
        if let Some(thought) = block.reasoning_content {
            self.thought(thought, out);
        }
        let cited = block.citations_content.and_then(|it| it.content);
        let cited = cited.into_iter().flatten().filter_map(|it| it.text);
        out.extend(block.text.into_iter().chain(cited).map(text));
        if let Some(tool) = block.tool_use
            && !tool.is_made()
        {
            let input = whole_input(tool.input);
            let index = self.call(tool, out);
            out.push(arguments(index, input));
        }
    }

    fn thought(&mut self, thought: Reasoning, out: &mut Vec<Event>) {
        let (text, signature) = thought
            .reasoning_text
            .map_or((None, None), |it| (it.text, it.signature));
        let piece = ThoughtPiece {
            text,
            signature,
            redacted_content: thought.redacted_content,
        };
        self.think(piece, out);
        self.sign(out);
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
                self.close(out);
                if let Some(tool) = block.start.and_then(|start| start.tool_use) {
                    self.open = Some(OpenCall {
                        block: block.content_block_index,
                        index: (!tool.is_made()).then(|| self.call(tool, out)),
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
                self.tell(parse::<Metadata>(payload)?.usage.as_ref(), out);
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
        if let Some(piece) = block.delta.reasoning_content {
            self.think(piece, out);
        }
        out.extend(block.delta.text.map(text));
        let Some(piece) = block.delta.tool_use else {
            return Ok(());
        };
        let open = self.open.as_mut();
        let open = open.filter(|open| open.block == block.content_block_index);
        let open = open.ok_or_else(|| {
            DecodeError::Shape("input of a tool call that has not begun".to_owned())
        })?;
        let piece = piece.input.filter(|piece| !piece.is_empty());
        if let (Some(index), Some(piece)) = (open.index, piece) {
            open.said = true;
            out.push(arguments(index, piece));
        }
        Ok(())
    }

    /// Tells a piece of thought. Signatures are gathered: they are told whole.
    fn think(&mut self, piece: ThoughtPiece, out: &mut Vec<Event>) {
        out.extend(piece.text.map(|text| Event::Reasoning {
            choice: CHOICE,
            text,
        }));
        if let Some(signature) = piece.signature {
            self.signature.push_str(&signature);
        }
        out.extend(piece.redacted_content.map(|data| Event::Redacted {
            choice: CHOICE,
            data,
        }));
    }

    /// Tells the signature that has come, if one has.
    fn sign(&mut self, out: &mut Vec<Event>) {
        let signature = std::mem::take(&mut self.signature);
        if !signature.is_empty() {
            out.push(Event::Signature {
                choice: CHOICE,
                of: Signed::Reasoning,
                signature,
            });
        }
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

    /// Ends a block. A tool call without input has no arguments, which are an empty object.
    fn close(&mut self, out: &mut Vec<Event>) {
        self.sign(out);
        let open = self.open.take().filter(|open| !open.said);
        if let Some(index) = open.and_then(|open| open.index) {
            out.push(arguments(index, "{}".to_owned()));
        }
    }

    fn tell(&self, usage: Option<&TokenUsage>, out: &mut Vec<Event>) {
        let counts = usage.and_then(|usage| self.counting.of(usage));
        out.extend(counts.map(Event::Usage));
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

/// Returns a call's whole input as JSON text; some models give none, or an empty text.
fn whole_input(input: Option<&RawValue>) -> String {
    let input = input.map(RawValue::get).filter(|it| *it != "\"\"");
    input.unwrap_or("{}").to_owned()
}

fn finish(reason: Option<String>, out: &mut Vec<Event>) {
    let Some(native) = reason else { return };
    let mut reasons = REASONS.iter();
    let known = reasons.find(|(theirs, _)| *theirs == native);
    let reason = known.map_or(native.as_str(), |(_, ours)| ours).to_owned();
    out.push(Event::Noted {
        choice: CHOICE,
        name: Event::NATIVE_REASON,
        text: native,
    });
    out.push(Event::Finished {
        choice: CHOICE,
        reason,
    });
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
