//! A gateway with all routes of a release, and the one provider behind them.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tidegate_tests::{Gateway, Launch, Upstream, client};

use crate::compare::Exchange;
use crate::{address, aws, text};

/// The name of every route in the recordings.
const RECORDED_NAME: &str = "r";

/// Routes have names of their own here, and lose them again in the answers.
pub(crate) struct Stand {
    gateway: Gateway,
    upstream: Upstream,
    reply: Arc<Mutex<Vec<u8>>>,
    routes: Vec<Value>,
    door: &'static str,
}

impl Stand {
    /// Starts a gateway with the routes of these cases, whose providers are moved to this machine.
    pub(crate) fn new(dialect: &str, door: &'static str, cases: &[Value]) -> Self {
        let reply = Arc::new(Mutex::new(Vec::new()));
        let script = reply.clone();
        // No connection is used twice: some replies break the rules, such as a body after a 304.
        let upstream = Upstream::scripted(move |mut call| {
            call.send(script.lock().unwrap().clone());
        });
        let mut routes: Vec<Value> = Vec::new();
        for case in cases {
            if !routes.contains(&case["route"]) {
                routes.push(case["route"].clone());
            }
        }
        let named = routes.iter().enumerate().map(|(index, route)| {
            let mut route = address::moved(route, upstream.address());
            route["name"] = name(index).into();
            route
        });
        let config = json!({"mlflow_dialect": dialect, "routes": named.collect::<Value>()});
        let launch = aws::environment(Launch::new(&config.to_string()), &upstream);
        Self {
            gateway: launch.start(),
            upstream,
            reply,
            routes,
            door,
        }
    }

    /// Plays one case.
    pub(crate) fn play(&self, case: &Value) -> Exchange {
        *self.reply.lock().unwrap() = reply(&case["upstream_reply"]);
        let route = self.routes.iter().position(|route| *route == case["route"]);
        let name = name(route.expect("a route of this stand"));
        let door = format!("/{}/{name}/", self.door);
        let path = text(case, "/path").replace("/gateway/r/", &door);
        let body = case["request_raw"]
            .as_str()
            .map_or_else(|| request(case, &path, &name).to_string(), str::to_owned);
        let before = self.upstream.requests().len();
        let mut answer = client::post(self.gateway.address(), &path, body);
        answer.body = answer.text().replace(&name, RECORDED_NAME).into_bytes();
        let requests = self.upstream.requests().split_off(before);
        Exchange::seen(&case["route"], &requests, &answer)
    }
}

fn name(index: usize) -> String {
    format!("route-{index:03}")
}

/// Returns what the client sends: under `/v1`, `model` names the route.
fn request(case: &Value, path: &str, name: &str) -> Value {
    let mut request = case["request"].clone();
    if path.starts_with("/v1/") && request["model"] == RECORDED_NAME {
        request["model"] = name.into();
    }
    request
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
