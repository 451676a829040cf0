//! Laws that hold for every golden file, and for answers and requests made up at random.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};
use tidegate_golden::{Case, Golden, Request, Response};
use tidegate_providers::PROVIDERS;
use tidegate_wire::dialect::openai::OpenAiDecoder;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::fold::Answer;
use tidegate_wire::frame::{Frame, FrameReader, Framing};
use tidegate_wire::json::{Member, peek};

use crate::stage::Stage;

/// A larger frame than any here.
const LIMIT: usize = 1 << 20;

/// In how many ways an answer is cut in two, at most.
const HALVES: usize = 120;

/// Returns the golden files whose provider answers.
fn answered() -> Vec<(Golden, Response)> {
    let files = tidegate_golden::all().unwrap();
    files
        .into_iter()
        .filter_map(|golden| {
            let answer = golden.case.upstream_response.clone()?;
            Some((golden, answer))
        })
        .collect()
}

/// Reads a body with its provider's decoder.
fn events(golden: &Golden, answer: &Response) -> (Vec<Event>, Result<(), DecodeError>) {
    let stage = Stage::new(&golden.case.config_file());
    let (provider, head, _) = stage.reached(&golden.case.client_request).unwrap();
    let framing = provider.framing(&head);
    let streams = match framing {
        Framing::Sse => answer.streams(),
        Framing::Lines => head.streams && answer.status == 200,
        Framing::Messages => answer.content_type == "application/vnd.amazon.eventstream",
    };
    read(
        provider.decoder(&head),
        streams.then_some(framing),
        &answer.bytes().unwrap(),
    )
}

/// Reads a stream, or a whole body where there is no framing.
fn read(
    mut decoder: Box<dyn Decoder>,
    framing: Option<Framing>,
    body: &[u8],
) -> (Vec<Event>, Result<(), DecodeError>) {
    let mut events = Vec::new();
    let Some(framing) = framing else {
        let read = decoder.frame(Frame::Whole(body), &mut events);
        return (events, read);
    };
    let mut reader = FrameReader::new(framing, LIMIT);
    reader.push(Bytes::copy_from_slice(body));
    let read = (|| {
        while let Some(frame) = reader.next_frame()?.or_else(|| reader.leftover()) {
            frame.read(|frame| decoder.frame(frame, &mut events))?;
        }
        decoder.end()
    })();
    (events, read)
}

/// Folds an answer that speaks OpenAI's dialect.
fn fold(answer: &Response) -> Answer {
    let framing = answer.streams().then_some(Framing::Sse);
    let decoder = Box::new(OpenAiDecoder::default());
    let (events, read) = read(decoder, framing, answer.body.as_bytes());
    read.unwrap_or_else(|error| panic!("{error}: {}", answer.body));
    events.into_iter().collect()
}

/// Two answers are the same when all that they hold is.
fn assert_same(left: &Answer, right: &Answer) -> Result<(), TestCaseError> {
    prop_assert_eq!(format!("{left:#?}"), format!("{right:#?}"));
    Ok(())
}

#[test]
fn an_answer_cut_anywhere_gives_the_client_the_same_bytes() {
    for (golden, answer) in answered() {
        let stage = Stage::new(&golden.case.config_file());
        let whole = stage.play(&golden.case, &[]).client_response;
        let (length, streams) = (
            answer.bytes().unwrap().len(),
            golden.case.client_response.streams(),
        );
        // Every cut is tried by the last run; the others look closer at cuts in two. A plain body is only put together.
        let step = if streams {
            length / HALVES + 1
        } else {
            length / 4 + 1
        };
        let halves = (1..length).step_by(step).map(|cut| vec![cut]);
        let bytes = vec![(1..length).collect::<Vec<_>>()];
        for cuts in halves.chain(bytes) {
            let cut = stage.play(&golden.case, &cuts).client_response;
            assert!(
                cut == whole,
                "{} cut at {cuts:?}: {cut:?}",
                golden.path.display()
            );
        }
    }
}

#[test]
fn events_come_in_order() {
    for (golden, answer) in answered() {
        let (events, _) = events(&golden, &answer);
        let place = golden.path.display();
        let (mut started, mut calls, mut finished) = (false, Vec::new(), Vec::new());
        for event in &events {
            match event {
                Event::Started { .. } => {
                    assert!(!started, "{place}: begins twice");
                    started = true;
                }
                // A chunk that says nothing may come even before the answer has a name.
                Event::Silence { .. } => {}
                _ => assert!(started, "{place}: {event:?} before the beginning"),
            }
            match event {
                Event::ToolCall { choice, index, .. } => {
                    assert!(
                        !calls.contains(&(choice, index)),
                        "{place}: {event:?} comes twice"
                    );
                    calls.push((choice, index));
                }
                Event::ToolArguments { choice, index, .. } => {
                    assert!(
                        calls.contains(&(choice, index)),
                        "{place}: {event:?} before its call"
                    );
                }
                _ => {}
            }
            match event {
                Event::Text { choice, .. }
                | Event::Role { choice, .. }
                | Event::Refusal { choice, .. }
                | Event::ToolCall { choice, .. }
                | Event::ToolArguments { choice, .. }
                | Event::Finished { choice, .. } => {
                    assert!(
                        !finished.contains(choice),
                        "{place}: {event:?} after its finish"
                    );
                }
                _ => {}
            }
            if let Event::Finished { choice, .. } = event {
                finished.push(*choice);
            }
        }
    }
}

#[test]
fn a_stream_says_once_how_it_ended() {
    for golden in tidegate_golden::all().unwrap() {
        let client = &golden.case.client_response;
        if !client.streams() {
            continue;
        }
        let place = golden.path.display();
        let endings = endings(&golden.case.client_request.target);
        let frames = client.body.trim_end().split("\n\n");
        let ends: Vec<bool> = frames
            .map(|frame| endings.iter().any(|end| frame.starts_with(end)))
            .collect();
        let count = ends.iter().filter(|is_end| **is_end).count();
        assert_eq!((count, ends.last()), (1, Some(&true)), "{place}");
    }
}

/// Returns how frames begin that end a stream in a door's dialect.
fn endings(target: &str) -> &'static [&'static str] {
    match target {
        "/v1/messages" => &["event: message_stop\n", "event: error\n"],
        "/v1/responses" => &[
            "event: response.completed\n",
            "event: response.incomplete\n",
            "event: response.failed\n",
            "event: error\n",
        ],
        // Groq names the event of an error.
        _ => &["data: [DONE]", "data: {\"error\":", "event: error\n"],
    }
}

/// Returns a body without its top-level `model`, and without the comma and the blanks that go with it.
fn without_model(body: &str) -> String {
    let found = peek(body.as_bytes(), ["model"], 64).unwrap();
    let [model] = found.members;
    let cut = model.map_or(0..0, |model: Member| model.with_comma(body.as_bytes()));
    format!("{}{}", &body[..cut.start], &body[cut.end..])
}

/// Replaces the value of `model` by a mark.
fn marked(body: &str) -> String {
    let [model] = peek(body.as_bytes(), ["model"], 64).unwrap().members;
    let span = model.map_or(0..0, |model| model.value);
    format!("{}*{}", &body[..span.start], &body[span.end..])
}

/// True when the provider got the client's body, less the name of the model.
fn passed(client: &str, upstream: &str) -> bool {
    let names_model = peek(upstream.as_bytes(), ["model"], 64).unwrap().members[0].is_some();
    if names_model {
        marked(client) == marked(upstream)
    } else {
        without_model(client) == upstream
    }
}

#[test]
fn a_body_that_passes_differs_only_in_its_model() {
    let mut seen = 0;
    for (golden, _) in answered() {
        let stage = Stage::new(&golden.case.config_file());
        let Case {
            client_request,
            upstream_request,
            ..
        } = golden.case;
        let upstream = upstream_request.unwrap();
        let passes = stage
            .reached(&client_request)
            .is_some_and(|(_, _, passes)| passes);
        if passes {
            seen += 1;
            let place = golden.path.display();
            assert!(
                passed(&client_request.body, &upstream.body),
                "{place}: {}",
                upstream.body
            );
        }
    }
    assert!(seen > 20, "only {seen} files are about bodies that pass");
}

/// An answer of the OpenAI API, plain.
fn plain(body: &Value) -> Response {
    Response {
        status: 200,
        content_type: "application/json".to_owned(),
        translation: None,
        body: body.to_string(),
    }
}

/// The same answer in chunks: texts and arguments cut at the places given, choices interleaved.
fn streamed(body: &Value, cuts: &[Index]) -> Response {
    let mut deltas: Vec<Vec<(Value, Value)>> = Vec::new();
    for choice in body["choices"].as_array().unwrap() {
        let message = &choice["message"];
        let mut first = json!({"role": message["role"], "content": message["content"]});
        if !message["content"].is_null() {
            first["content"] = json!("");
        }
        let mut steps = vec![(first, Value::Null)];
        for name in ["reasoning_content", "reasoning"] {
            for piece in pieces(message[name].as_str().unwrap_or_default(), cuts) {
                steps.push((json!({ name: piece }), Value::Null));
            }
        }
        for piece in pieces(message["content"].as_str().unwrap_or_default(), cuts) {
            steps.push((json!({"content": piece}), Value::Null));
        }
        for part in message["content"].as_array().into_iter().flatten() {
            steps.push((json!({"content": [part]}), Value::Null));
        }
        let calls = message["tool_calls"].as_array();
        for (index, call) in calls.into_iter().flatten().enumerate() {
            let mut opening = call.clone();
            opening["index"] = json!(index);
            opening["function"]["arguments"] = json!("");
            steps.push((json!({"tool_calls": [opening]}), Value::Null));
            for piece in pieces(call["function"]["arguments"].as_str().unwrap(), cuts) {
                let call = json!({"index": index, "function": {"arguments": piece}});
                steps.push((json!({"tool_calls": [call]}), Value::Null));
            }
        }
        steps.push((json!({}), choice["finish_reason"].clone()));
        deltas.push(steps);
    }
    let mut text = String::new();
    let mut frame = |choices: Value, usage: Option<&Value>| {
        let mut chunk = json!({"id": body["id"], "object": "chat.completion.chunk",
                               "created": body["created"], "model": body["model"], "choices": choices});
        if let Some(usage) = usage {
            chunk["usage"] = usage.clone();
        }
        let _ = write!(text, "data: {chunk}\n\n");
    };
    let longest = deltas.iter().map(Vec::len).max().unwrap_or_default();
    for step in 0..longest {
        for (index, steps) in deltas.iter().enumerate() {
            if let Some((delta, reason)) = steps.get(step) {
                frame(
                    json!([{"index": index, "delta": delta, "finish_reason": reason}]),
                    None,
                );
            }
        }
    }
    frame(json!([]), body.get("usage"));
    text.push_str("data: [DONE]\n\n");
    Response {
        status: 200,
        content_type: "text/event-stream".to_owned(),
        translation: None,
        body: text,
    }
}

fn pieces<'a>(text: &'a str, cuts: &[Index]) -> Vec<&'a str> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    ends.retain(|end| text.is_char_boundary(*end));
    ends.extend([0, text.len()]);
    ends.sort_unstable();
    ends.windows(2)
        .map(|pair| &text[pair[0]..pair[1]])
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// A choice of a plain chat answer: a text, or tool calls.
fn choice() -> impl Strategy<Value = Value> {
    let call = ("[a-z]{1,8}", "\\PC{0,30}").prop_map(|(name, text)| {
        let arguments = json!({"text": text}).to_string();
        json!({"id": format!("call_{name}"), "type": "function",
               "function": {"name": name, "arguments": arguments}})
    });
    let said = "\\PC{0,60}".prop_map(|text| json!({"role": "assistant", "content": text}));
    let called = prop::collection::vec(call, 1..4)
        .prop_map(|calls| json!({"role": "assistant", "content": null, "tool_calls": calls}));
    (prop_oneof![said, called], "stop|length|tool_calls|odd")
        .prop_map(|(message, reason)| json!({"message": message, "finish_reason": reason}))
}

fn chat_answer() -> impl Strategy<Value = Value> {
    (
        prop::collection::vec(choice(), 1..4),
        any::<u32>(),
        any::<u32>(),
    )
        .prop_map(|(choices, prompt, completion)| {
            json!({
                "id": "chatcmpl-p", "object": "chat.completion", "created": 1_700_000_000,
                "model": "m", "choices": choices,
                "usage": {"prompt_tokens": prompt, "completion_tokens": completion,
                          "total_tokens": u64::from(prompt) + u64::from(completion),
                          "prompt_tokens_details": {"cached_tokens": 1}},
            })
        })
}

/// Where the specification wants the plain answer without a reason to finish, and the streamed one with it. Completions
/// have an id in a stream only, too.
const LESS_WHEN_PLAIN: [&str; 1] = ["cohere"];

/// What both forms of an answer must agree in.
fn agreed(golden: &Golden, answer: &Response) -> String {
    let (events, read) = events(golden, answer);
    read.unwrap_or_else(|error| panic!("{}: {error}", golden.path.display()));
    let mut folded: Answer = events.into_iter().collect();
    if LESS_WHEN_PLAIN.contains(&golden.provider.as_str()) {
        let completions = golden.case.client_request.target.contains("completions");
        folded.id = folded.id.filter(|_| !completions);
        for choice in &mut folded.choices {
            choice.finish_reason = None;
        }
    }
    format!("{folded:#?}")
}

/// Golden files whose names end in `-folds` and `-folds-streamed` hold the same answer, plain and streamed.
#[test]
fn every_stream_folds_to_its_plain_answer() {
    let answers = answered();
    let find = |provider: &str, name: &str| {
        let file = format!("{name}.golden");
        let mut found = answers.iter();
        let found =
            found.find(|(golden, _)| golden.provider == provider && golden.path.ends_with(&file));
        found.unwrap_or_else(|| panic!("`golden/{provider}/{file}` is missing"))
    };
    let ends = |(golden, _): &(Golden, _)| {
        let name = golden.path.file_stem()?.to_str()?;
        let pair = name.ends_with("-folds").then_some(name)?;
        Some((golden.provider.clone(), pair.to_owned()))
    };
    let mut pairs: BTreeSet<(String, String)> = answers.iter().filter_map(ends).collect();
    for spec in PROVIDERS {
        // The provider inside the process has a law of its own, over random requests.
        let provider = spec.fields.name;
        let due = spec.streams.iter().filter(|_| provider != "sandbox");
        pairs.extend(due.map(|operation| (provider.to_owned(), format!("{operation}-folds"))));
    }
    for (provider, name) in pairs {
        let (golden, answer) = find(&provider, &name);
        let (stream, pieces) = find(&provider, &format!("{name}-streamed"));
        assert_eq!(
            agreed(golden, answer),
            agreed(stream, pieces),
            "{}",
            stream.path.display()
        );
    }
}

/// True for an answer that [`streamed`] can cut in pieces: some look-alikes send content in parts, or arguments as objects.
fn has_texts_only(body: &Value) -> bool {
    let choices = body["choices"].as_array().into_iter().flatten();
    choices.map(|choice| &choice["message"]).all(|message| {
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        !message["content"].is_array()
            && calls
                .map(|call| &call["function"]["arguments"])
                .all(Value::is_string)
    })
}

#[test]
fn golden_answers_fold_to_the_same_plain_and_streamed() {
    let mut seen = 0;
    for (golden, answer) in answered() {
        let Ok(body) = serde_json::from_str::<Value>(&answer.body) else {
            continue;
        };
        if body.pointer("/choices/0/message").is_some() && has_texts_only(&body) {
            seen += 1;
            assert_same(&fold(&answer), &fold(&streamed(&body, &[])))
                .unwrap_or_else(|error| panic!("{}: {error}", golden.path.display()));
        }
    }
    assert!(seen > 10, "only {seen} files hold a plain chat answer");
}

/// A JSON object with a model somewhere, and blanks wherever JSON allows them.
fn native_body() -> impl Strategy<Value = String> {
    let blank = "[ \n\t]{0,2}";
    let value = prop_oneof![
        Just("1.50".to_owned()),
        Just("null".to_owned()),
        Just(r#"{"model":"inner","a":[1, {"model":2}]}"#.to_owned()),
        "\\PC{0,12}".prop_map(|text| json!(text).to_string()),
    ];
    let member = ("[a-z]{1,5}", value).prop_filter("one model, no stream", |(key, _)| {
        !matches!(key.as_str(), "model" | "strea")
    });
    let members =
        prop::collection::btree_map("[a-z]{1,4}", member.prop_map(|(_, value)| value), 0..5);
    (members, any::<Index>(), prop::collection::vec(blank, 4)).prop_map(|(members, at, blank)| {
        let mut texts: Vec<String> = members
            .into_iter()
            .map(|(key, value)| format!("{}\"{key}\"{}:{value}{}", blank[0], blank[1], blank[2]))
            .collect();
        let model = format!(
            "{}\"model\"{}:{}\"chat\"{}",
            blank[3], blank[2], blank[1], blank[0]
        );
        texts.insert(at.index(texts.len() + 1), model);
        format!("{{{}}}", texts.join(","))
    })
}

fn sandbox_request() -> impl Strategy<Value = Map<String, Value>> {
    let options = prop::option::of(prop_oneof![
        Just(json!({"max_tokens": 3})),
        Just(json!({"stop": ["You", "sandbox"]})),
        Just(json!({"n": 3})),
        Just(
            json!({"tool_choice": "required", "tools": [{"type": "function", "function": {
            "name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "array",
            "items": {"type": "number"}}, "b": {"enum": ["x y z"]}}}}}]})
        ),
        Just(json!({"response_format": {"type": "json_object"}})),
    ]);
    ("\\PC{0,40}", options).prop_map(|(text, options)| {
        let mut body = Map::from_iter([("model".to_owned(), json!("chat"))]);
        body.insert(
            "messages".to_owned(),
            json!([{"role": "user", "content": text}]),
        );
        body.extend(
            options
                .as_ref()
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
        );
        body
    })
}

fn post(target: &str, body: &impl ToString) -> Request {
    let (method, target, body) = ("POST".to_owned(), target.to_owned(), body.to_string());
    Request {
        method,
        target,
        headers: Vec::new(),
        body,
    }
}

/// What of an answer does not depend on its id, which follows from the whole request.
fn content(answer: &Answer) -> String {
    let mut answer = answer.clone();
    answer.id = None;
    for call in answer
        .choices
        .iter_mut()
        .flat_map(|choice| &mut choice.tool_calls)
    {
        call.id.clear();
    }
    format!("{answer:#?}")
}

const SANDBOX: &str = "{provider: sandbox}";

fn stage(model: &str) -> Stage {
    Stage::new(&format!(
        "endpoints:\n  - {{name: chat, endpoint_type: llm/v1/chat, model: {model}}}\n  - {{name: embeddings, endpoint_type: llm/v1/embeddings, model: {model}}}"
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_answer_folds_to_the_same_plain_and_streamed(
        body in chat_answer(),
        cuts in prop::collection::vec(any::<Index>(), 0..8),
    ) {
        assert_same(&fold(&plain(&body)), &fold(&streamed(&body, &cuts)))?;
    }

    #[test]
    fn any_body_that_passes_differs_only_in_its_model(body in native_body()) {
        let answer = plain(&json!({"choices": []}));
        for model in [
            "{provider: openai, name: gpt-4o-mini, config: {openai_api_key: key}}",
            "{provider: azure, config: {openai_api_key: key, openai_api_base: \"https://h\", openai_deployment_name: d, openai_api_version: v}}",
        ] {
            let request = post("/v1/chat/completions", &body);
            let played = stage(model).call(&request, Some(answer.clone()), &[]);
            let upstream = played.upstream_request.unwrap().body;
            prop_assert!(serde_json::from_str::<Value>(&upstream).is_ok(), "{}", upstream);
            prop_assert!(passed(&body, &upstream), "{} became {}", body, upstream);
        }
    }

    #[test]
    fn the_sandbox_says_the_same_plain_and_streamed(body in sandbox_request()) {
        let stage = stage(SANDBOX);
        let request = |body: &Map<String, Value>| {
            post("/v1/chat/completions", &Value::Object(body.clone()))
        };
        let whole = stage.call(&request(&body), None, &[]).client_response;
        let mut streams = body;
        streams.insert("stream".to_owned(), json!(true));
        streams.insert("stream_options".to_owned(), json!({"include_usage": true}));
        let pieces = stage.call(&request(&streams), None, &[]).client_response;
        prop_assert!(pieces.streams());
        prop_assert_eq!(content(&fold(&whole)), content(&fold(&pieces)));
    }

    #[test]
    fn sandbox_vectors_have_unit_length(text in "\\PC{0,30}", dimensions in 1_usize..600) {
        let body = json!({"model": "embeddings", "input": [text, "x"], "dimensions": dimensions});
        let answer = stage(SANDBOX).call(&post("/v1/embeddings", &body), None, &[]).client_response;
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        for item in answer["data"].as_array().unwrap() {
            let numbers: Vec<f64> =
                item["embedding"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
            let length = numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
            prop_assert_eq!(numbers.len(), dimensions);
            prop_assert!((length - 1.0).abs() < 1e-5, "{}", length);
        }
    }
}
