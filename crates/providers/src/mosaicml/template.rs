//! Conversations as one prompt, in the format of the Llama 2 chat models.
//!
//! Source: spec, providers/mosaicml.md, "Chat prompt".

use tidegate_wire::Message;
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::support::prompt;

/// What begins and ends an instruction.
const INSTRUCTION: [&str; 2] = ["[INST] ", " [/INST]"];

/// The end of an instruction without its blank, which stays when a further text joins the instruction.
const INSTRUCTION_END: &str = "[/INST]";

/// What stands between an answer and the next instruction.
const TURN: &str = "</s><s>";

/// Writes messages as a prompt. A prompt that ends with an answer is left open, so that the model continues it.
pub(super) fn prompt(call: CallHead, messages: &[Message]) -> Result<String, Fault> {
    let [begin, end] = INSTRUCTION;
    let mut prompt = "<s>".to_owned();
    for message in messages {
        let role = prompt::speaker(call, message);
        let words = || prompt::words(call, message);
        let text = match role {
            "system" => format!("<<SYS>> {} <</SYS>>", words()?),
            "user" => words()?,
            "assistant" => {
                prompt.extend([" ", &words()?, " ", TURN]);
                continue;
            }
            other => return Err(unknown(other)),
        };
        if prompt.ends_with(INSTRUCTION_END) {
            prompt.truncate(prompt.len() - INSTRUCTION_END.len());
        } else {
            prompt.push_str(begin);
        }
        prompt.extend([&text, end]);
    }
    if prompt.ends_with(TURN) {
        prompt.truncate(prompt.len() - TURN.len());
    }
    Ok(prompt)
}

fn unknown(role: &str) -> Fault {
    let text = format!(
        "An invalid request structure was submitted. Invalid role {role} inputted. Must be one of 'system', 'user', or 'assistant'."
    );
    Fault::invalid(422, text).with_param("messages")
}

#[cfg(test)]
mod tests {
    use tidegate_wire::{Message, Operation};

    use crate::call::CallHead;

    #[test]
    fn writes_conversations() {
        let call = CallHead::of(Operation::Chat);
        let (system, user, assistant) = ("system", "user", "assistant");
        for (conversation, want) in [
            (&[][..], "<s>"),
            (&[(user, "U")], "<s>[INST] U [/INST]"),
            (&[(user, "")], "<s>[INST]  [/INST]"),
            (&[(system, "S")], "<s>[INST] <<SYS>> S <</SYS>> [/INST]"),
            (
                &[(system, "S"), (user, "U")],
                "<s>[INST] <<SYS>> S <</SYS>> U [/INST]",
            ),
            (
                &[(user, "U"), (system, "S")],
                "<s>[INST] U <<SYS>> S <</SYS>> [/INST]",
            ),
            (&[(user, "U1"), (user, "U2")], "<s>[INST] U1 U2 [/INST]"),
            (&[(assistant, "A")], "<s> A "),
            (
                &[(assistant, "A1"), (assistant, "A2")],
                "<s> A1 </s><s> A2 ",
            ),
            (
                &[(assistant, "A"), (user, "U")],
                "<s> A </s><s>[INST] U [/INST]",
            ),
            (
                &[(user, "U1"), (assistant, "A1"), (user, "U2")],
                "<s>[INST] U1 [/INST] A1 </s><s>[INST] U2 [/INST]",
            ),
            (
                &[(user, "U"), (assistant, "A [/INST]")],
                "<s>[INST] U [/INST] A [/INST] ",
            ),
        ] {
            let message = |(role, text): &(&str, &str)| Message::new(role, (*text).into());
            let messages: Vec<Message> = conversation.iter().map(message).collect();
            assert_eq!(super::prompt(call, &messages).unwrap(), want);
        }
    }
}
