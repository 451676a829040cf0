//! What a case did, recorded or seen, in one form; and when two of them are alike.

use serde_json::{Map, Value, json};
use tidegate_tests::Response;
use tidegate_tests::upstream::Request;

use crate::{address, aws, text};

/// Headers by which providers know who asks and what.
const HEADERS: [&str; 8] = [
    "authorization",
    "x-api-key",
    "anthropic-version",
    "api-key",
    "x-goog-api-key",
    "openai-organization",
    "x-amz-security-token",
    "content-type",
];

/// Unix seconds that are later than all times in the recordings, and earlier than all milliseconds.
const TODAY: std::ops::Range<u64> = 1_750_000_000..100_000_000_000;

/// Requests to the provider, and the answer to the client.
pub(crate) struct Exchange {
    /// Method, address, headers and body of each.
    pub(crate) requests: Value,
    /// Status, content type, and the body: JSON, or the frames of a stream.
    pub(crate) answer: Value,
}

impl Exchange {
    /// Returns what MLflow did.
    pub(crate) fn recorded(case: &Value) -> Self {
        let route = &case["route"];
        let requests = case["upstream_requests"].as_array().expect("requests");
        let requests = requests.iter().map(|request| {
            let url = text(request, "/url");
            let mut headers = headers(|name| request["headers"][name].as_str());
            aws::sign(&mut headers, route, url);
            let body = match &request["body"] {
                Value::String(form) => form_members(form),
                body => body.clone(),
            };
            json!({"method": request["method"], "url": url, "headers": headers, "body": body})
        });
        let response = &case["response"];
        let kind = text(response, "/content_type");
        let body = text(response, "/text");
        let body = if is_stream(kind) {
            let lines = body.lines();
            lines
                .filter_map(|line| Some(parsed(line.strip_prefix("data: ")?)))
                .collect()
        } else {
            parsed(body)
        };
        Self {
            requests: requests.collect(),
            answer: json!({"status": response["status"], "content_type": kind, "body": body}),
        }
    }

    /// Returns what Tidegate did.
    pub(crate) fn seen(route: &Value, requests: &[Request], answer: &Response) -> Self {
        let origin = address::origin(route);
        let requests = requests.iter().map(|request| {
            let url = format!("{origin}{}", request.target);
            let headers = headers(|name| request.header(name));
            let text = String::from_utf8_lossy(&request.body);
            let body = serde_json::from_str(&text).unwrap_or_else(|_| form_members(&text));
            json!({"method": request.method, "url": url, "headers": headers, "body": body})
        });
        let kind = answer.header("content-type").unwrap_or_default();
        let body = if is_stream(kind) {
            let events = answer.events();
            events.iter().map(|data| timeless(parsed(data))).collect()
        } else {
            timeless(parsed(&answer.text()))
        };
        Self {
            requests: requests.collect(),
            answer: json!({"status": answer.status, "content_type": kind, "body": body}),
        }
    }

    /// True when the provider got what MLflow sends it.
    pub(crate) fn asks_like(&self, recorded: &Self) -> bool {
        same(&self.requests, &recorded.requests)
    }

    /// True when the client got what MLflow's client got.
    pub(crate) fn answers_like(&self, recorded: &Self) -> bool {
        let (old, new) = (&recorded.answer, &self.answer);
        if !same(&old["status"], &new["status"]) || old["content_type"] != new["content_type"] {
            return false;
        }
        if !is_stream(text(old, "/content_type")) {
            return same(&old["body"], &new["body"]);
        }
        let frames = |answer: &Value| answer["body"].as_array().expect("frames").clone();
        let (old, mut new) = (frames(old), frames(new));
        let terminated = new.pop().is_some_and(|last| last == "[DONE]");
        let pairs = || old.iter().zip(&new);
        terminated
            && old.len() == new.len()
            && pairs().all(|(old, new)| same(old, &without_additions(new, old)))
    }
}

fn is_stream(content_type: &str) -> bool {
    content_type.starts_with("text/event-stream")
}

/// Returns JSON as a value, and anything else as a text.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

/// Returns the headers that are compared: of a signature who signed, of a content type what stands before its parameters.
fn headers<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Map<String, Value> {
    let header = |name: &&str| {
        let value = value(name)?;
        let essence = match *name {
            "authorization" => aws::signer(value).unwrap_or_else(|| value.to_owned()),
            "content-type" => value.split(';').next().unwrap_or_default().to_owned(),
            _ => value.to_owned(),
        };
        Some(((*name).to_owned(), essence.into()))
    };
    HEADERS.iter().filter_map(header).collect()
}

/// Returns the members of a form as they are written; their order means nothing.
fn form_members(form: &str) -> Value {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect()
}

/// Writes a time that the gateway took from its clock as 0, as the recordings do.
fn timeless(mut body: Value) -> Value {
    let time = body["created"].as_u64();
    if time.is_some_and(|time| TODAY.contains(&time)) {
        body["created"] = json!(0);
    }
    body
}

/// True when two values mean the same: numbers by value, a null member as an absent one.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let nothing = &Value::Null;
            let covers = |these: &Map<String, Value>, those: &Map<String, Value>| {
                these
                    .iter()
                    .all(|(key, value)| same(value, those.get(key).unwrap_or(nothing)))
            };
            covers(left, right) && covers(right, left)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

/// Takes out of a frame what N9 adds to MLflow's: usage, tool calls, and `text` or `delta` of a completion, whichever
/// the release does not send.
fn without_additions(frame: &Value, model: &Value) -> Value {
    let mut frame = frame.clone();
    let Some(members) = frame.as_object_mut() else {
        return frame;
    };
    members.remove("usage");
    let choices = members.get_mut("choices").and_then(Value::as_array_mut);
    for (index, choice) in choices.into_iter().flatten().enumerate() {
        if let Some(delta) = choice["delta"].as_object_mut() {
            delta.remove("tool_calls");
        }
        for either in ["text", "delta"] {
            if model["choices"][index].get(either).is_none() {
                choice.as_object_mut().expect("a choice").remove(either);
            }
        }
    }
    frame
}
