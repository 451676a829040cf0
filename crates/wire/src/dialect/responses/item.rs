//! One item of the output: how it grows, and what is told of it while it does.

use serde_json::{Value, json};

use super::piece::{Growing, Piece};
use super::tool::{Form, Known};

/// Events with their members, in order.
pub(super) type Told = Vec<(&'static str, Value)>;

/// An item.
#[derive(Debug)]
pub(super) struct Item {
    /// Its place in the output.
    place: usize,
    /// Its id.
    id: String,
    /// What it is.
    pub(super) body: Body,
    /// True when nothing more belongs to it.
    pub(super) over: bool,
    /// True when more belonged to it, but the answer ended.
    pub(super) cut: bool,
    /// True when its beginning is told.
    begun: bool,
}

/// What an item is.
#[derive(Debug)]
pub(super) enum Body {
    /// What the model thought.
    Thought {
        /// The words.
        text: Growing,
        /// The signature under them, or what stands in its place.
        sealed: Option<String>,
        /// True when no further piece belongs to it.
        full: bool,
    },
    /// What the model said.
    Message {
        /// Its parts.
        pieces: Vec<Piece>,
        /// How many of them are told whole.
        told: usize,
    },
    /// A call.
    Call {
        /// The call's id.
        id: String,
        /// What is called.
        known: Known,
        /// What it is called with, as the model writes it.
        arguments: Growing,
        /// Where in the arguments the model is.
        nesting: Nesting,
    },
}

/// Follows JSON text to the end of its outermost object.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: usize,
    in_text: bool,
    escaped: bool,
    whole: bool,
}

impl Nesting {
    /// Follows a piece.
    pub(super) fn follow(&mut self, piece: &str) {
        for byte in piece.bytes() {
            if self.in_text {
                self.in_text = self.escaped || byte != b'"';
                self.escaped = !self.escaped && byte == b'\\';
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.whole = self.depth == 0;
                }
                _ => {}
            }
        }
    }

    /// True once the object is whole.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole
    }
}

impl Body {
    fn prefix(&self) -> &'static str {
        match self {
            Self::Thought { .. } => "rs",
            Self::Message { .. } => "msg",
            Self::Call { known, .. } => match known.form {
                Form::Function => "fc",
                Form::Custom => "ctc",
                Form::Search => "tsc",
            },
        }
    }
}

impl Item {
    /// Begins an item.
    pub(super) fn new(place: usize, suffix: &str, body: Body) -> Self {
        Self {
            place,
            id: format!("{}_{suffix}_{place}", body.prefix()),
            body,
            over: false,
            cut: false,
            begun: false,
        }
    }

    /// Notes that something else begins. A call is over only when its arguments are whole: calls may grow side by side.
    pub(super) fn yield_to_next(&mut self) {
        self.over = match &self.body {
            Body::Call { nesting, .. } => nesting.is_whole(),
            Body::Thought { .. } | Body::Message { .. } => true,
        };
    }

    /// Notes that the answer ends, perhaps before all was said.
    pub(super) fn end(&mut self, lacks: bool) {
        let whole = match &self.body {
            Body::Thought { .. } => true,
            Body::Message { .. } => false,
            Body::Call { nesting, .. } => nesting.is_whole(),
        };
        self.cut = lacks && !self.over && !whole;
        self.over = true;
    }

    /// Tells what has not been told of it.
    pub(super) fn tell(&mut self, told: &mut Told) {
        if !self.begun {
            self.begun = true;
            let item = self.write("in_progress", false);
            let place = self.place;
            told.push((
                "response.output_item.added",
                json!({"output_index": place, "item": item}),
            ));
        }
        let (id, place, over, cut) = (&self.id, self.place, self.over, self.cut);
        match &mut self.body {
            Body::Thought { text, .. } => tell_thought(id, place, text, over, told),
            Body::Message { pieces, told: done } => {
                let last = pieces.len().saturating_sub(1);
                while let Some(piece) = pieces.get_mut(*done) {
                    let ends = over || *done < last;
                    piece.tell(id, place, *done, ends, told);
                    if !ends {
                        break;
                    }
                    *done += 1;
                }
            }
            Body::Call {
                known, arguments, ..
            } => {
                if over && !cut && arguments.text.trim().is_empty() {
                    arguments.text.replace_range(.., "{}");
                }
                tell_call(id, place, known, arguments, over, told);
            }
        }
        if self.over {
            let item = self.json();
            told.push((
                "response.output_item.done",
                json!({"output_index": self.place, "item": item}),
            ));
        }
    }

    /// Writes it as it is when it is over.
    pub(super) fn json(&self) -> Value {
        let status = if self.cut { "incomplete" } else { "completed" };
        self.write(status, true)
    }

    /// Writes it, with or without what it says.
    fn write(&self, status: &str, filled: bool) -> Value {
        match &self.body {
            Body::Thought { text, sealed, full } => {
                let mut item = json!({"id": self.id, "type": "reasoning", "summary": []});
                let said = filled && !text.text.is_empty();
                if let Some(members) = item.as_object_mut() {
                    if said {
                        members.insert("summary".to_owned(), json!([summary(&text.text)]));
                    }
                    if let Some(sealed) = sealed.as_ref().filter(|_| filled || *full) {
                        members.insert("encrypted_content".to_owned(), json!(sealed));
                    }
                }
                item
            }
            Body::Message { pieces, .. } => {
                let pieces = pieces.iter().filter(|_| filled);
                let content: Vec<_> = pieces.map(|piece| piece.json(true)).collect();
                json!({
                    "id": self.id, "type": "message", "status": status, "role": "assistant", "content": content,
                })
            }
            Body::Call {
                id,
                known,
                arguments,
                ..
            } => {
                let said = if filled { arguments.text.as_str() } else { "" };
                self.call(status, id, known, said)
            }
        }
    }

    fn call(&self, status: &str, call_id: &str, known: &Known, arguments: &str) -> Value {
        let id = &self.id;
        let mut item = match known.form {
            Form::Function => json!({
                "id": id, "type": "function_call", "status": status, "arguments": arguments, "call_id": call_id,
                "name": known.name,
            }),
            Form::Custom => json!({
                "id": id, "type": "custom_tool_call", "status": status, "call_id": call_id, "name": known.name,
                "input": input(arguments),
            }),
            Form::Search => json!({
                "id": id, "type": "tool_search_call", "status": status, "call_id": call_id, "execution": "client",
                "arguments": serde_json::from_str::<Value>(arguments).ok().filter(Value::is_object).unwrap_or_else(|| json!({})),
            }),
        };
        if let (Some(space), Some(members)) = (&known.namespace, item.as_object_mut()) {
            members.insert("namespace".to_owned(), json!(space));
        }
        item
    }
}

fn summary(text: &str) -> Value {
    json!({"type": "summary_text", "text": text})
}

fn tell_thought(id: &str, place: usize, text: &mut Growing, over: bool, told: &mut Told) {
    let at = |mut more: Value| {
        if let Some(members) = more.as_object_mut() {
            members.insert("item_id".to_owned(), json!(id));
            members.insert("output_index".to_owned(), json!(place));
            members.insert("summary_index".to_owned(), json!(0));
        }
        more
    };
    if text.is_untold() {
        told.push((
            "response.reasoning_summary_part.added",
            at(json!({"part": summary("")})),
        ));
    }
    if let Some(piece) = text.news() {
        told.push((
            "response.reasoning_summary_text.delta",
            at(json!({"delta": piece})),
        ));
    }
    if over && !text.text.is_empty() {
        told.push((
            "response.reasoning_summary_text.done",
            at(json!({"text": text.text})),
        ));
        told.push((
            "response.reasoning_summary_part.done",
            at(json!({"part": summary(&text.text)})),
        ));
    }
}

fn tell_call(
    id: &str,
    place: usize,
    known: &Known,
    arguments: &mut Growing,
    over: bool,
    told: &mut Told,
) {
    match known.form {
        Form::Function => {
            if let Some(piece) = arguments.news() {
                told.push((
                    "response.function_call_arguments.delta",
                    json!({"item_id": id, "output_index": place, "delta": piece}),
                ));
            }
            if over {
                told.push((
                    "response.function_call_arguments.done",
                    json!({"item_id": id, "output_index": place, "arguments": arguments.text, "name": known.name}),
                ));
            }
        }
        // The text stands in JSON, so it is told once that is whole.
        Form::Custom if over => {
            let input = input(&arguments.text);
            told.push((
                "response.custom_tool_call_input.delta",
                json!({"item_id": id, "output_index": place, "delta": input}),
            ));
            told.push((
                "response.custom_tool_call_input.done",
                json!({"item_id": id, "output_index": place, "input": input}),
            ));
        }
        Form::Custom | Form::Search => {}
    }
}

/// Returns the text that a tool is given which takes one. A model may forget that it stands in an object.
fn input(arguments: &str) -> String {
    match serde_json::from_str(arguments) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(members)) => match members.get("input") {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None if members.is_empty() => String::new(),
            None => arguments.to_owned(),
        },
        _ => arguments.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_whole_at_their_last_brace() {
        for (pieces, whole) in [
            (&[""][..], false),
            (&["{}"], true),
            (&["{\"a\":", "{}"], false),
            (&["{\"a\":", "{}", "} "], true),
            (&["{\"}\\", "\"}\":1"], false),
            (&["{\"}\\", "\"}\":[1]}"], true),
            (&["12"], false),
        ] {
            let mut nesting = Nesting::default();
            for piece in pieces {
                nesting.follow(piece);
            }
            assert_eq!(nesting.is_whole(), whole, "{pieces:?}");
        }
    }

    #[test]
    fn a_text_is_found_in_its_arguments() {
        for (arguments, want) in [
            (r#"{"input":"a\nb"}"#, "a\nb"),
            (r#"{"input":{"a":1}}"#, r#"{"a":1}"#),
            (r#""ab""#, "ab"),
            (r#"{"patch":"a"}"#, r#"{"patch":"a"}"#),
            ("{}", ""),
            ("*** Begin", "*** Begin"),
            ("", ""),
        ] {
            assert_eq!(input(arguments), want);
        }
    }
}
