//! Answers that providers really gave, played again: a client of the MLflow door gets what they say.
//!
//! The recordings lie in `recordings/` of the folder that `TIDEGATE_SHARED` names, by default `../shared` beside the project.
//! Without it there is nothing to play, and the test passes. Plain answers are played whole, streams in pieces cut at random
//! bytes. Compared are text, tool calls, reason to finish, token counts and vectors, or the words of an error; what a
//! recording says is read here a second time, by code that shares nothing with the decoders.
//!
//! A provider is added by a file with its [`Source`] and a line in [`SOURCES`].

mod answer;
mod anthropic;
mod bedrock;
mod cohere;
mod gemini;
mod openai;
mod recording;
mod responses;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tidegate_tests::{Gateway, Response, Upstream, client};

use answer::Told;
use recording::{Recording, Reply};

/// All providers whose recordings are played.
const SOURCES: [Source; 12] = [
    anthropic::SOURCE,
    cohere::SOURCE,
    gemini::GEMINI,
    gemini::VERTEX,
    openai::MISTRAL,
    openai::TOGETHER,
    openai::TGI,
    openai::HUGGINGFACE,
    responses::AZURE,
    responses::OPENAI,
    responses::OPENROUTER,
    responses::XAI,
];

/// Each stream is cut in this many ways.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=3;

/// A provider's recordings, and how to read them.
struct Source {
    /// The file's name without its ending.
    file: &'static str,
    /// Recorded operations that are played, each with the route type's last word.
    operations: &'static [(&'static str, &'static str)],
    /// Returns the model block of a route to a provider at this address, e.g. `http://127.0.0.1:5000`.
    model: fn(&str) -> Value,
    /// Returns what a recording says.
    told: fn(&Recording) -> Told,
}

impl Source {
    /// Returns the route type's last word for a recorded operation that is played.
    fn operation(&self, recorded: &str) -> Option<&'static str> {
        let found = self.operations.iter().find(|(name, _)| *name == recorded);
        found.map(|(_, operation)| *operation)
    }
}

/// A gateway with routes to one provider, which answers what it is told to.
struct Stand {
    gateway: Gateway,
    reply: Arc<Mutex<Reply>>,
}

impl Stand {
    fn new(model: impl Fn(&str) -> Value, operations: &[&str]) -> Self {
        let reply = Arc::new(Mutex::new(Reply::default()));
        let script = reply.clone();
        let upstream = Upstream::scripted(move |mut call| {
            let reply = script.lock().unwrap().clone();
            call.send(reply.head);
            for piece in reply.pieces {
                call.send(piece);
            }
            call.keep();
        });
        let model = model(&format!("http://{}", upstream.address()));
        let route = |name: &&str| json!({"name": name, "endpoint_type": format!("llm/v1/{name}"), "model": model});
        let routes: Vec<Value> = operations.iter().map(route).collect();
        let gateway = Gateway::start(&json!({"endpoints": routes}).to_string());
        Self { gateway, reply }
    }

    /// Asks on a route and plays a reply.
    fn play(&self, operation: &str, streams: bool, reply: Reply) -> Response {
        *self.reply.lock().unwrap() = reply;
        let mut request = match operation {
            "chat" => json!({"messages": [{"role": "user", "content": "Hello"}]}),
            "embeddings" => json!({"input": "Hello"}),
            _ => json!({"prompt": "Hello"}),
        };
        if streams {
            request["stream"] = true.into();
        }
        let path = format!("/endpoints/{operation}/invocations");
        client::post(self.gateway.address(), &path, request.to_string())
    }

    /// Plays a recording in all ways; the client must get what it tells.
    fn compare(&self, recording: &Recording, operation: &str, told: &Told) {
        for reply in replies(recording) {
            let answer = self.play(operation, recording.streams(), reply);
            let got = Told::read(&answer, recording.streams());
            assert_eq!(got, *told, "{} {}", recording.url(), recording.id());
        }
    }
}

#[test]
fn recorded_answers_reach_the_client() {
    for source in &SOURCES {
        let recordings = recording::all(source.file);
        if recordings.is_empty() {
            continue;
        }
        let played = recordings
            .iter()
            .filter_map(|it| Some((it, source.operation(it.operation())?)));
        let played: Vec<_> = played.collect();
        assert!(!played.is_empty(), "nothing of {} is played", source.file);
        let operations = source.operations.iter().map(|(_, operation)| *operation);
        let operations: BTreeSet<&str> = operations.collect();
        let stand = Stand::new(source.model, &Vec::from_iter(operations));
        for (recording, operation) in played {
            stand.compare(recording, operation, &(source.told)(recording));
        }
    }
}

/// Returns the ways in which a recording is played.
fn replies(recording: &Recording) -> Vec<Reply> {
    if recording.streams() {
        SEEDS.map(|seed| recording.cut(seed)).collect()
    } else {
        vec![recording.whole()]
    }
}
