//! Cohere, version 1 of its API: chat and embeddings.

use serde_json::{Value, json};

use crate::Source;
use crate::answer::{Told, vector};
use crate::recording::Recording;

pub(crate) const SOURCE: Source = Source {
    file: "cohere",
    operations: &[("chat.v1", "chat"), ("embed.v1", "embeddings")],
    model: |base| {
        json!({"provider": "cohere", "name": "command", "config": {
            "cohere_api_key": "k", "cohere_api_base": format!("{base}/v1"),
        }})
    },
    told,
};

fn told(recording: &Recording) -> Told {
    if recording.status() >= 400 {
        // The MLflow door passes an error without `error` on whole.
        return Told {
            error: Some((recording.status(), recording.body().to_string())),
            ..Told::default()
        };
    }
    match (recording.operation(), recording.streams()) {
        ("embed.v1", _) => embeddings(&recording.body()["embeddings"]),
        (_, false) => chat(recording.body(), None),
        (_, true) => {
            let text = recording.text();
            let last = text.lines().last().expect("a line");
            let last: Value = serde_json::from_str(last).expect("a line is JSON");
            chat(&last["response"], last["finish_reason"].as_str())
        }
    }
}

/// Reads a chat answer; a stream's last line holds one too.
fn chat(answer: &Value, finish: Option<&str>) -> Told {
    let count = |name: &str| answer["meta"]["tokens"][name].as_u64();
    Told {
        text: answer["text"].as_str().expect("a text").to_owned(),
        finish: finish.map(str::to_owned),
        tokens: (count("input_tokens"), count("output_tokens")),
        ..Told::default()
    }
}

/// Reads vectors, also by type.
fn embeddings(vectors: &Value) -> Told {
    let list = vectors.as_array().or(vectors["float"].as_array());
    Told {
        vectors: list.expect("vectors").iter().map(vector).collect(),
        ..Told::default()
    }
}
