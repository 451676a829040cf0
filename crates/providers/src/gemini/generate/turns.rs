//! Who says what: `systemInstruction` and `contents`.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;
use tidegate_wire::conversation::{Content, Conversation, Part, Speaker, Turn};
use tidegate_wire::dialect::Fault;

use super::content::{beside, part, signed};
use super::model::Model;
use crate::support::fault::unsupported;

/// What stands in a signature's place where the client has lost it, or the call was another model's: base64 of
/// `skip_thought_signature_validator` (Google's page "Thought signatures").
const UNSIGNED: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

/// Writes instructions and turns. Speakers alternate, so that the results of all calls of a turn stand in one.
pub(super) fn write(
    asked: &Conversation,
    model: &Model,
    body: &mut Map<String, Value>,
    report: &mut Translation,
) -> Result<(), Fault> {
    let instructions = instructions(&asked.instructions, report)?;
    if !instructions.is_empty() {
        let instruction = json!({"parts": instructions});
        body.insert("systemInstruction".to_owned(), instruction);
    }
    let mut contents = Vec::new();
    for turn in asked.alternating() {
        let parts = parts(&turn, model, report)?;
        let role = match turn.speaker {
            Speaker::User => "user",
            Speaker::Assistant => "model",
        };
        if !parts.is_empty() {
            contents.push(json!({"role": role, "parts": parts}));
        }
    }
    body.insert("contents".to_owned(), contents.into());
    Ok(())
}

fn instructions(instructions: &[Part], report: &mut Translation) -> Result<Vec<Value>, Fault> {
    let mut written = Vec::new();
    for it in instructions {
        if !matches!(it.content, Content::Text(_)) {
            let text = "Gemini takes texts only in messages of the system.";
            return Err(unsupported("messages", text));
        }
        written.extend(part(it, report)?);
    }
    Ok(written)
}

fn parts(turn: &Turn, model: &Model, report: &mut Translation) -> Result<Vec<Value>, Fault> {
    let mut parts = Vec::new();
    // What results hold besides text stands behind the last of them.
    let mut further = Vec::new();
    let mut unsigned = lacks_signature(turn, model);
    for piece in &turn.parts {
        let is_call = matches!(piece.content, Content::Call(_));
        match &piece.content {
            Content::Result(result) => further.extend(beside(result, report)?),
            _ => parts.append(&mut further),
        }
        let Some(written) = part(piece, report)? else {
            continue;
        };
        if is_call && std::mem::take(&mut unsigned) {
            report.emulated("thought_signature");
            parts.push(signed(written, Some(UNSIGNED)));
        } else {
            parts.push(written);
        }
    }
    parts.append(&mut further);
    Ok(parts)
}

/// True when the model would refuse the calls of a turn because none has a signature. The first of parallel calls has
/// one, the others need none.
fn lacks_signature(turn: &Turn, model: &Model) -> bool {
    let mut calls = turn
        .parts
        .iter()
        .filter(|part| matches!(part.content, Content::Call(_)));
    model.wants_signatures && calls.all(|call| call.signature.is_none())
}
