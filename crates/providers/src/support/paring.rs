//! Conversations as providers know them that are asked in the words of the OpenAI API.

use serde_json::Value;
use tidegate_wire::Translation;
use tidegate_wire::conversation::{
    Content, Conversation, InstructionPlace, Part, Speaker, Tool, ToolChoice,
};
use tidegate_wire::dialect::Fault;

use crate::carriage::{CHAT_MEMBERS, asks_nothing};
use crate::conversing::Known;
use crate::emulation;
use crate::support::choice::{self, Choice};
use crate::support::fault::unsupported;
use crate::support::pieces::{self, join};

/// Leaves of a conversation what the provider knows, and reports the rest.
pub(crate) fn pare(
    asked: &mut Conversation,
    known: &Known,
    report: &mut Translation,
) -> Result<(), Fault> {
    members(asked, known, report);
    tools(asked, known, report)?;
    instructions(asked, known, report)?;
    turns(asked, known, report)?;
    leave_out_empty_turns(asked);
    prefill(asked, report);
    Ok(())
}

/// Reports an answer that was begun: OpenAI's APIs begin another one in place of going on with it.
pub(crate) fn prefill(asked: &Conversation, report: &mut Translation) {
    let last = asked.turns.last();
    if last.is_some_and(|turn| turn.speaker == Speaker::Assistant) {
        report.dropped("prefill");
    }
}

/// Leaves the members that OpenAI's chats or the provider know.
pub(crate) fn members(asked: &mut Conversation, known: &Known, report: &mut Translation) {
    asked.members.retain(|name, value| {
        if asks_nothing(name, value) {
            return false;
        }
        let name = name.as_str();
        let kept = CHAT_MEMBERS.contains(&name) || known.members.contains(&name);
        if !kept {
            report.dropped(name);
        }
        kept
    });
}

fn tools(asked: &mut Conversation, known: &Known, report: &mut Translation) -> Result<(), Fault> {
    for tool in &mut asked.tools {
        let function = match tool {
            Tool::Function(function) => function,
            Tool::Own(own) => return Err(foreign("tools", own)),
        };
        function.parameters = Some(emulation::parameters(function));
        if !known.marks && function.cache.take().is_some() {
            report.dropped("cache_control");
        }
    }
    if !known.whole_api && matches!(asked.choice, Some(ToolChoice::Allowed { .. })) {
        asked.choice = Some(match choice::narrow(asked)? {
            Choice::Required => ToolChoice::Required,
            Choice::None => ToolChoice::None,
            Choice::Named(name) => ToolChoice::Named(name),
            Choice::Auto => ToolChoice::Auto,
        });
    }
    Ok(())
}

/// Refuses what is in the form of another API.
pub(crate) fn foreign(place: &'static str, own: &Value) -> Fault {
    let kind = own.get("type").and_then(Value::as_str).unwrap_or("unknown");
    let text = format!(
        "This endpoint's provider does not know what stands in `{place}` with the type `{kind}`. Leave it out, or use an endpoint whose provider knows it."
    );
    unsupported(place, text)
}

/// Keeps where each message of the instructions stood while its pieces become fewer.
fn instructions(
    asked: &mut Conversation,
    known: &Known,
    report: &mut Translation,
) -> Result<(), Fault> {
    let mut rest = std::mem::take(&mut asked.instructions);
    let mut places = Vec::new();
    for place in std::mem::take(&mut asked.places) {
        let after = rest.split_off(place.parts.min(rest.len()));
        let message = join(pieces::pare(rest, known, report)?, known);
        rest = after;
        let parts = message.len();
        asked.instructions.extend(message);
        places.extend((parts > 0).then_some(InstructionPlace { parts, ..place }));
    }
    let unplaced = pieces::pare(rest, known, report)?;
    asked.instructions.extend(join(unplaced, known));
    asked.places = places;
    Ok(())
}

fn turns(asked: &mut Conversation, known: &Known, report: &mut Translation) -> Result<(), Fault> {
    for turn in &mut asked.turns {
        let mut parts = pieces::pare(std::mem::take(&mut turn.parts), known, report)?;
        // As the API's messages have them, so that words that are told together stand together.
        parts.sort_by_key(|part| match part.content {
            Content::Reasoning(_) | Content::Redacted(_) | Content::Result(_) => 0,
            Content::Call(_) => 2,
            _ => 1,
        });
        turn.parts = join(parts, known);
        let thinks =
            |part: &Part| matches!(part.content, Content::Reasoning(_) | Content::Redacted(_));
        if !turn.parts.is_empty() && turn.parts.iter().all(thinks) {
            // A message must have content.
            turn.parts.push(Part::text(""));
        }
    }
    Ok(())
}

/// Takes turns out in which nothing is left.
fn leave_out_empty_turns(asked: &mut Conversation) {
    let turns = std::mem::take(&mut asked.turns);
    for (position, turn) in turns.into_iter().enumerate().rev() {
        if turn.parts.is_empty() {
            for place in asked.places.iter_mut().filter(|it| it.turns > position) {
                place.turns -= 1;
            }
        } else {
            asked.turns.push(turn);
        }
    }
    asked.turns.reverse();
}

#[cfg(test)]
mod tests;
