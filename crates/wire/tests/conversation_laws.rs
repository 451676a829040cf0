//! The law of conversations: what is written in the words of the OpenAI API is read again as it was.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tidegate_wire::conversation::{
    Call, CallResult, Content, Conversation, File, Format, Function, Image, InstructionPlace, Part,
    Schema, Source, Speaker, Tool, ToolChoice, Turn,
};
use tidegate_wire::dialect::openai::{chat_request, conversation, conversation_body};

fn word() -> impl Strategy<Value = String> {
    "[a-z\"\\\\ é]{1,6}"
}

fn mark() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![Just(None), Just(Some(json!({"type": "ephemeral"})))]
}

fn marked(content: impl Strategy<Value = Content>) -> impl Strategy<Value = Part> {
    (content, mark()).prop_map(|(content, cache)| Part {
        cache,
        ..Part::new(content)
    })
}

fn text() -> impl Strategy<Value = Part> {
    marked("[a-z\n]{0,6}".prop_map(Content::Text))
}

fn source() -> impl Strategy<Value = Source> {
    let inline = "[a-zA-Z]{4}".prop_map(|data| Source::Inline {
        media_type: "image/png".to_owned(),
        data,
    });
    prop_oneof![inline, "https://[a-z]{3}".prop_map(Source::Url)]
}

/// What a user may say.
fn heard() -> impl Strategy<Value = Part> {
    let image = (source(), proptest::option::of(word()))
        .prop_map(|(source, detail)| Content::Image(Image { source, detail }));
    let file = (
        prop_oneof![source(), word().prop_map(Source::Id)],
        proptest::option::of(word()),
    )
        .prop_map(|(source, name)| Content::File(File { source, name }));
    let audio = word().prop_map(|data| Content::Audio {
        format: "wav".to_owned(),
        data,
    });
    let own = word().prop_map(|it| Part::new(Content::Own(json!({"type": "x", "x": it}))));
    prop_oneof![text(), marked(image), marked(file), marked(audio), own]
}

fn result() -> impl Strategy<Value = Part> {
    // The mark of a result stands on its last text, so that one without texts has none.
    (word(), proptest::collection::vec(word(), 0..3), mark()).prop_map(|(id, texts, cache)| {
        let cache = cache.filter(|_| !texts.is_empty());
        let content = texts.into_iter().map(Part::text).collect();
        let result = Content::Result(CallResult {
            call_id: format!("{id}!"),
            name: None,
            content,
            failed: false,
        });
        Part {
            cache,
            ..Part::new(result)
        }
    })
}

fn thought() -> impl Strategy<Value = Part> {
    let said = (word(), proptest::option::of(word())).prop_map(|(text, signature)| Part {
        signature,
        ..Part::new(Content::Reasoning(text))
    });
    prop_oneof![
        said,
        word().prop_map(|data| Part::new(Content::Redacted(data)))
    ]
}

fn call() -> impl Strategy<Value = Part> {
    (word(), word(), word(), proptest::option::of(word()), mark()).prop_map(
        |(id, name, value, signature, cache)| Part {
            content: Content::Call(Call {
                id,
                name,
                arguments: Map::from_iter([("a".to_owned(), json!([value, 1.5]))]),
            }),
            cache,
            signature,
        },
    )
}

/// What the model said, in the order in which a message has it: thoughts, words, calls.
fn answer() -> impl Strategy<Value = Vec<Part>> {
    let some = |parts: BoxedStrategy<Part>| proptest::collection::vec(parts, 0..3);
    let refusal = proptest::option::of(word());
    (
        some(thought().boxed()),
        some(text().boxed()),
        proptest::option::of(word()),
        refusal,
        some(call().boxed()),
    )
        .prop_map(|(thoughts, mut words, signature, refusal, calls)| {
            if let Some(last) = words.last_mut() {
                last.signature = signature;
            }
            let refusal = refusal.map(|it| Part::new(Content::Refusal(it)));
            [thoughts, words, refusal.into_iter().collect(), calls].concat()
        })
}

fn turn() -> impl Strategy<Value = Turn> {
    let name = || proptest::option::of(word());
    let user = (proptest::collection::vec(heard(), 0..3), name()).prop_map(|(parts, name)| Turn {
        speaker: Speaker::User,
        parts,
        name,
    });
    let result = result().prop_map(|part| Turn {
        speaker: Speaker::User,
        parts: vec![part],
        name: None,
    });
    let assistant = (answer(), name()).prop_map(|(parts, name)| Turn {
        speaker: Speaker::Assistant,
        parts,
        name,
    });
    prop_oneof![user, result, assistant]
}

fn function() -> impl Strategy<Value = Function> {
    let text = || proptest::option::of(word());
    let strict = proptest::option::of(any::<bool>());
    (word(), text(), text(), strict, mark()).prop_map(
        |(name, description, parameter, strict, cache)| Function {
            name,
            description,
            parameters: parameter.map(|it| json!({"type": "object", "required": [it]})),
            strict,
            cache,
        },
    )
}

/// Tools, and a choice among them where there are any.
fn tools() -> impl Strategy<Value = (Vec<Tool>, Option<ToolChoice>, Option<bool>)> {
    let functions = proptest::collection::vec(function(), 0..3);
    let choice = proptest::option::of(0..6);
    let rest = (any::<bool>(), proptest::option::of(any::<bool>()));
    (functions, choice, rest).prop_map(|(functions, choice, (required, parallel))| {
        let names: Vec<_> = functions.iter().map(|it| it.name.clone()).collect();
        let Some(first) = names.first().cloned() else {
            return (Vec::new(), None, None);
        };
        let choice = choice.map(|number| match number {
            0 => ToolChoice::Auto,
            1 => ToolChoice::None,
            2 => ToolChoice::Required,
            3 => ToolChoice::Named(first),
            _ => ToolChoice::Allowed { names, required },
        });
        let mut tools: Vec<_> = functions.into_iter().map(Tool::Function).collect();
        tools.push(Tool::Own(json!({"type": "custom"})));
        (tools, choice, parallel)
    })
}

fn format() -> impl Strategy<Value = Option<Format>> {
    let schema = (
        word(),
        proptest::option::of(word()),
        proptest::option::of(any::<bool>()),
    )
        .prop_map(|(name, description, strict)| {
            Some(Format::Schema(Schema {
                name,
                description,
                schema: json!({"type": "object"}),
                strict,
            }))
        });
    prop_oneof![
        Just(None),
        Just(Some(Format::Text)),
        Just(Some(Format::Json)),
        schema
    ]
}

/// Messages of the instructions and where they stand, of at most so many turns.
fn instructions(turns: usize) -> impl Strategy<Value = (Vec<Part>, Vec<InstructionPlace>)> {
    let message = (0..=turns, proptest::collection::vec(text(), 0..3));
    proptest::collection::vec(message, 0..3).prop_map(|mut messages| {
        messages.sort_by_key(|(turns, _)| *turns);
        let places = messages.iter().map(|(turns, parts)| InstructionPlace {
            turns: *turns,
            parts: parts.len(),
        });
        let places = places.collect();
        let parts = messages.into_iter().flat_map(|(_, parts)| parts);
        (parts.collect(), places)
    })
}

fn asked() -> impl Strategy<Value = Conversation> {
    let turns = proptest::collection::vec(turn(), 0..5);
    let turns = turns.prop_flat_map(|turns| (instructions(turns.len()), Just(turns)));
    let stream = proptest::option::of(any::<bool>());
    (turns, tools(), format(), stream).prop_map(
        |(((instructions, places), turns), (tools, choice, parallel_calls), format, stream)| {
            Conversation {
                instructions,
                places,
                turns,
                tools,
                choice,
                parallel_calls,
                format,
                stream,
                unread: Vec::new(),
                members: Map::from_iter([
                    ("max_tokens".to_owned(), json!(7)),
                    ("top_k".to_owned(), json!(3)),
                ]),
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(asked in asked()) {
        let (body, report) = conversation_body(&asked).unwrap();
        let text = Value::Object(body).to_string();
        let members: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let read = conversation(&chat_request(members).unwrap()).unwrap();
        prop_assert_eq!(report.to_string(), "");
        prop_assert_eq!(read, asked);
    }
}
