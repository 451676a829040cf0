//! What MLflow 2.8.1 and 2.15.1 did with a request, Tidegate does too, except where `deviations.json` says why not.
//!
//! Each recorded case runs against the real binary with `mlflow_dialect` set to the release's (decision N1). Compared are
//! the request to the provider (method, path with query, credentials, JSON) and the client's answer (status, JSON, or
//! stream frame by frame). A member that is null equals an absent one (N12), and frames may hold what N9 adds. A
//! deviation is listed with its row of the specification and the whole answer that Tidegate gives instead; one that no
//! longer deviates is an error. `UPDATE_GOLDEN=1` rewrites the answers and adds what is new with an empty row.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tidegate_tests::upstream::Request;
use tidegate_tests::{Gateway, Response, Upstream, client};

/// Releases and the dialects that imitate them.
const RELEASES: [(&str, &str); 2] = [("2.8.1", "candidates"), ("2.15.1", "choices")];

/// Headers by which providers know who asks.
const CREDENTIALS: [&str; 3] = ["authorization", "api-key", "openai-organization"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../golden/vectors")
}

fn read(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A gateway with one case's route, and its provider.
struct Stand {
    gateway: Gateway,
    upstream: Upstream,
    reply: Arc<Mutex<Vec<u8>>>,
}

/// What a call did.
struct Seen {
    upstream: Vec<Request>,
    answer: Response,
}

impl Stand {
    /// Starts the gateway with a route whose provider is moved to this machine; the path of its base stays.
    fn new(dialect: &str, route: &Value) -> Self {
        let reply = Arc::new(Mutex::new(Vec::new()));
        let script = reply.clone();
        // No connection is used twice: some replies break the rules, such as a body after a 304.
        let upstream = Upstream::scripted(move |mut call| {
            call.send(script.lock().unwrap().clone());
        });
        let mut route = route.clone();
        let config = &mut route["model"]["config"];
        let base = config["openai_api_base"]
            .as_str()
            .unwrap_or("https://api.openai.com/v1");
        let path = base.splitn(4, '/').nth(3).unwrap_or_default();
        config["openai_api_base"] = json!(format!("http://{}/{path}", upstream.address()));
        let config = json!({"mlflow_dialect": dialect, "routes": [route]});
        Self {
            gateway: Gateway::start(&config.to_string()),
            upstream,
            reply,
        }
    }

    fn play(&self, case: &Value) -> Seen {
        *self.reply.lock().unwrap() = reply(&case["upstream_reply"]);
        let body = case["request_raw"]
            .as_str()
            .map_or_else(|| case["request"].to_string(), str::to_owned);
        let before = self.upstream.requests().len();
        let path = case["path"].as_str().expect("a path");
        let answer = client::post(self.gateway.address(), path, body);
        Seen {
            upstream: self.upstream.requests().split_off(before),
            answer,
        }
    }
}

/// Returns the bytes of a recorded reply.
fn reply(reply: &Value) -> Vec<u8> {
    let status = u16::try_from(reply["status"].as_u64().expect("a status")).expect("a status");
    let kind = reply["content_type"].as_str().unwrap_or_default();
    let headers = [("connection", "close"), ("content-type", kind)];
    let headers = if kind.is_empty() {
        &headers[..1]
    } else {
        &headers[..]
    };
    let body = match (&reply["stream"], &reply["body"]) {
        (Value::Array(pieces), _) => pieces.iter().filter_map(Value::as_str).collect(),
        (_, Value::String(text)) => text.clone(),
        (_, body) => body.to_string(),
    };
    client::answer(status, headers, body)
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

/// Returns a request to a provider in the form of the recordings.
fn request(seen: &Request) -> Value {
    let header = |name: &&str| Some(((*name).to_owned(), seen.header(name)?.into()));
    let headers: Map<String, Value> = CREDENTIALS.iter().filter_map(header).collect();
    json!({"method": seen.method, "path": seen.target, "headers": headers, "body": seen.json()})
}

/// Returns a recorded request in the same form.
fn recorded(request: &Value) -> Value {
    let url = request["url"].as_str().expect("an address");
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let mut headers = request["headers"].clone();
    let members = headers.as_object_mut().expect("headers");
    members.retain(|name, _| CREDENTIALS.contains(&name.as_str()));
    json!({"method": request["method"], "path": format!("/{path}"), "headers": headers, "body": request["body"]})
}

/// Returns an answer as deviations hold it: JSON, or the frames of a stream.
fn answer(seen: &Response) -> Value {
    let kind = seen.header("content-type").unwrap_or_default();
    let body = if kind.starts_with("text/event-stream") {
        seen.events().iter().map(|data| frame(data)).collect()
    } else {
        serde_json::from_slice(&seen.body).unwrap_or_else(|_| json!(seen.text()))
    };
    json!({"status": seen.status, "content_type": kind, "body": body})
}

fn frame(data: &str) -> Value {
    serde_json::from_str(data).unwrap_or_else(|_| json!(data))
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

/// True when the client got what MLflow's client got.
fn agrees(recorded: &Value, seen: &Value) -> bool {
    let text = recorded["text"].as_str().expect("a text");
    if !same(&recorded["status"], &seen["status"])
        || recorded["content_type"] != seen["content_type"]
    {
        return false;
    }
    if !recorded["content_type"]
        .as_str()
        .unwrap_or_default()
        .starts_with("text/event-stream")
    {
        return same(&frame(text), &seen["body"]);
    }
    let old: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(frame)
        .collect();
    let mut new = seen["body"].as_array().expect("frames").clone();
    let terminated = new.pop().is_some_and(|last| last == "[DONE]");
    terminated
        && old.len() == new.len()
        && old
            .iter()
            .zip(&new)
            .all(|(old, new)| same(old, &without_additions(new, old)))
}

/// One release's cases: what deviates, by case.
fn deviating(release: &str, dialect: &str) -> BTreeMap<String, Value> {
    let mut stands: BTreeMap<String, Stand> = BTreeMap::new();
    let mut deviating = BTreeMap::new();
    for case in read(&format!("mlflow-{release}.openai.json"))["cases"]
        .as_array()
        .expect("cases")
    {
        let route = &case["route"];
        let stand = stands
            .entry(route.to_string())
            .or_insert_with(|| Stand::new(dialect, route));
        let seen = stand.play(case);
        let answer = answer(&seen.answer);
        let requests: Value = seen.upstream.iter().map(request).collect();
        let asked = case["upstream_requests"].as_array().expect("requests");
        let asked: Value = asked.iter().map(recorded).collect();
        let (asks_alike, answers_alike) =
            (same(&asked, &requests), agrees(&case["response"], &answer));
        if !asks_alike || !answers_alike {
            let mut deviation = json!({"answer": answer});
            if !asks_alike {
                deviation["upstream_requests"] = requests;
            }
            deviating.insert(case["id"].as_str().expect("an id").to_owned(), deviation);
        }
    }
    deviating
}

/// Returns the key by which a deviation is found.
fn place(listed: &Value) -> (String, String) {
    let text = |name: &str| listed[name].as_str().unwrap_or_default().to_owned();
    (text("mlflow"), text("case"))
}

fn write(listed: &BTreeMap<(String, String), Value>) {
    let lines: Vec<String> = listed.values().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    std::fs::write(folder().join("deviations.json"), text).expect("the list is written");
}

/// True for a row of the specification's tables: D, B or N and a number.
fn is_row(row: &str) -> bool {
    let number = row.strip_prefix(['D', 'B', 'N']).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
}

#[test]
fn recorded_cases_of_mlflow_hold() {
    let mut listed: BTreeMap<_, Value> = read("deviations.json")
        .as_array()
        .expect("a list")
        .iter()
        .map(|deviation| (place(deviation), deviation.clone()))
        .collect();
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut problems = Vec::new();
    let mut seen = BTreeMap::new();
    for (release, dialect) in RELEASES {
        for (case, deviation) in deviating(release, dialect) {
            seen.insert((release.to_owned(), case), deviation);
        }
    }
    for (place, deviation) in &seen {
        let entry = listed
            .entry(place.clone())
            .or_insert_with(|| json!({"mlflow": place.0, "case": place.1, "row": "", "why": ""}));
        let told = |name: &str| entry[name].as_str().unwrap_or_default();
        if !is_row(told("row")) || told("why").is_empty() {
            problems.push(format!("{place:?} deviates without a reason: {deviation}"));
        }
        for part in ["answer", "upstream_requests"] {
            let now = deviation.get(part).unwrap_or(&Value::Null);
            if entry.get(part).unwrap_or(&Value::Null) != now {
                if update {
                    entry[part] = now.clone();
                } else {
                    problems.push(format!("{place:?}: `{part}` is now {now}"));
                }
            }
        }
    }
    listed.retain(|place, _| {
        let deviates = seen.contains_key(place);
        if !deviates && !update {
            problems.push(format!("{place:?} is listed but does not deviate"));
        }
        deviates
    });
    if update {
        write(&listed);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
