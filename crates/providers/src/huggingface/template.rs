//! Conversations as one text, in the forms that families of models were trained on.
//!
//! Source: the models' cards on the Hugging Face Hub. The server's tokenizer adds the token that begins a text, so the
//! forms leave it out.

use std::fmt::Write as _;

use serde_json::Value;
use tidegate_wire::Message;
use tidegate_wire::dialect::Fault;

use super::request::refusal;
use crate::call::CallHead;

/// The names of the forms, as the config spells them.
pub(super) const NAMES: [&str; 4] = ["chatml", "llama2", "llama3", "zephyr"];

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Template {
    /// `<|im_start|>`: Qwen, Yi and others.
    ChatMl,
    /// `[INST]`: Llama 2, with its system prompt inside the first turn.
    Llama2,
    /// `<|start_header_id|>`: Llama 3.
    Llama3,
    /// `<|user|>`: Zephyr.
    Zephyr,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    role: Role,
    text: String,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// Reads messages as turns: texts of the system, the user and the assistant. Anything else is refused.
pub(super) fn turns(call: CallHead, messages: &[Message]) -> Result<Vec<Turn>, Fault> {
    let refuse = |what: String| {
        let text = format!(
            "This endpoint writes chat by a template, which cannot carry {what}. Send messages of system, user and assistant that hold text, or drop `hf_chat_template` from the endpoint's config so that the server's Messages API is used."
        );
        refusal(call, text, "messages")
    };
    messages
        .iter()
        .enumerate()
        .map(|(position, message)| {
            let role = match message.role() {
                "system" | "developer" => Role::System,
                "user" => Role::User,
                "assistant" => Role::Assistant,
                _ => return Err(refuse(format!("the role of message {position}"))),
            };
            if !is_text(message) {
                return Err(refuse(format!("the content of message {position}")));
            }
            Ok(Turn {
                role,
                text: message.text(),
            })
        })
        .collect()
}

/// True for a message whose content is text alone, and that calls no tools.
fn is_text(message: &Message) -> bool {
    let content = match message.0.get("content") {
        Some(Value::String(_)) => true,
        Some(Value::Array(parts)) => parts
            .iter()
            .all(|part| part.get("text").is_some_and(Value::is_string)),
        _ => false,
    };
    let calls = message.0.get("tool_calls").and_then(Value::as_array);
    content && calls.is_none_or(Vec::is_empty)
}

impl Template {
    /// Returns the form of a name.
    pub(super) fn find(name: &str) -> Option<Self> {
        match name {
            "chatml" => Some(Self::ChatMl),
            "llama2" => Some(Self::Llama2),
            "llama3" => Some(Self::Llama3),
            "zephyr" => Some(Self::Zephyr),
            _ => None,
        }
    }

    /// Writes a conversation so that the assistant's next message follows.
    pub(super) fn write(self, call: CallHead, turns: &[Turn]) -> Result<String, Fault> {
        let mut text = String::new();
        let (opening, closing) = match self {
            Self::Llama2 => return llama2(call, turns),
            Self::ChatMl => (("<|im_start|>", "\n"), "<|im_end|>\n"),
            Self::Llama3 => (
                ("<|start_header_id|>", "<|end_header_id|>\n\n"),
                "<|eot_id|>",
            ),
            Self::Zephyr => (("<|", "|>\n"), "</s>\n"),
        };
        let mut open = |role: Role, said: &str, closing: &str| {
            let (before, after) = opening;
            text.extend([before, role.name(), after, said, closing]);
        };
        for turn in turns {
            let said = match self {
                Self::Llama3 => turn.text.trim(),
                _ => &turn.text,
            };
            open(turn.role, said, closing);
        }
        open(Role::Assistant, "", "");
        Ok(text)
    }
}

/// Writes Llama 2's form, which knows only questions with their answers: the user speaks first and last.
fn llama2(call: CallHead, turns: &[Turn]) -> Result<String, Fault> {
    let (system, talk) = match turns {
        [first, rest @ ..] if first.role == Role::System => (Some(first), rest),
        all => (None, all),
    };
    let in_turn = talk.iter().enumerate().all(|(position, turn)| {
        let due = if position % 2 == 0 {
            Role::User
        } else {
            Role::Assistant
        };
        turn.role == due
    });
    if !in_turn || talk.len() % 2 == 0 {
        let words = "The template `llama2` wants user and assistant in turn, the user first and last, after at most one system message. Send the messages so, or set another `hf_chat_template`.";
        return Err(refusal(call, words, "messages"));
    }
    let mut text = String::new();
    for (position, turn) in talk.iter().enumerate() {
        let said = turn.text.trim();
        let _ = match (turn.role, system) {
            (Role::Assistant, _) => write!(text, " {said} </s><s>"),
            (_, Some(system)) if position == 0 => {
                let rules = system.text.trim();
                write!(text, "[INST] <<SYS>>\n{rules}\n<</SYS>>\n\n{said} [/INST]")
            }
            _ => write!(text, "[INST] {said} [/INST]"),
        };
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use tidegate_wire::Operation;

    use super::*;

    fn conversation(turns: &[(Role, &str)]) -> Vec<Turn> {
        let turn = |(role, text): &(Role, &str)| Turn {
            role: *role,
            text: (*text).to_owned(),
        };
        turns.iter().map(turn).collect()
    }

    #[test]
    fn writes_each_form() {
        let turns = conversation(&[
            (Role::System, "Be brief."),
            (Role::User, " Hi "),
            (Role::Assistant, "Hello!"),
            (Role::User, "Bye"),
        ]);
        for (template, want) in [
            (
                Template::ChatMl,
                "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n",
            ),
            (
                Template::Llama2,
                "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello! </s><s>[INST] Bye [/INST]",
            ),
            (
                Template::Llama3,
                "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello!<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
            ),
            (
                Template::Zephyr,
                "<|system|>\nBe brief.</s>\n<|user|>\n Hi </s>\n<|assistant|>\nHello!</s>\n<|user|>\nBye</s>\n<|assistant|>\n",
            ),
        ] {
            assert_eq!(
                template
                    .write(CallHead::of(Operation::Chat), &turns)
                    .unwrap(),
                want
            );
        }
    }

    #[test]
    fn llama2_wants_questions_and_answers() {
        for turns in [
            &[][..],
            &[(Role::System, "s")],
            &[(Role::Assistant, "a")],
            &[(Role::User, "a"), (Role::User, "b")],
            &[(Role::User, "a"), (Role::Assistant, "b")],
            &[(Role::User, "a"), (Role::System, "b"), (Role::User, "c")],
        ] {
            assert!(
                Template::Llama2
                    .write(CallHead::of(Operation::Chat), &conversation(turns))
                    .is_err()
            );
        }
        let lone = conversation(&[(Role::User, "a")]);
        assert_eq!(
            Template::Llama2
                .write(CallHead::of(Operation::Chat), &lone)
                .unwrap(),
            "[INST] a [/INST]"
        );
    }

    #[test]
    fn every_name_has_its_form() {
        for name in NAMES {
            assert!(Template::find(name).is_some(), "{name}");
        }
        assert_eq!(Template::find("other"), None);
    }
}
