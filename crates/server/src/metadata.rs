//! Route and endpoint metadata of the MLflow AI Gateway's REST API (spec, rest-api §2 and §3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tidegate_gateway::{Body, Endpoint, Snapshot};
use tidegate_wire::dialect::{Fault, Origin};

use crate::error::{Form, json};

/// Elements on one page of a list.
const PAGE: usize = 3000;

/// In whose words metadata is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    list: &'static str,
    thing: &'static str,
    kind: &'static str,
    url: &'static str,
}

/// `/api/2.0/gateway/routes`.
pub(crate) const ROUTES: Words = Words {
    list: "routes",
    thing: "route",
    kind: "route_type",
    url: "route_url",
};

/// `/api/2.0/endpoints`.
pub(crate) const ENDPOINTS: Words = Words {
    list: "endpoints",
    thing: "endpoint",
    kind: "endpoint_type",
    url: "endpoint_url",
};

/// Describes one endpoint. Keys and URLs of providers are never shown.
fn describe(endpoint: &Endpoint, words: Words) -> Value {
    let target = endpoint.first();
    let limit = target.filter(|_| !endpoint.is_split).and_then(|target| target.limit.as_ref()).map(|limit| {
        json!({"calls": limit.calls, "key": limit.key, "renewal_period": limit.renewal_period})
    });
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(&*endpoint.name));
    object.insert(
        words.kind.to_owned(),
        json!(endpoint.operation.route_type()),
    );
    object.insert(
        "model".to_owned(),
        json!({
            "name": target.and_then(|target| target.model.clone()),
            "provider": target.map(|target| target.spec.fields.name),
        }),
    );
    object.insert(
        words.url.to_owned(),
        json!(format!("/gateway/{}/invocations", endpoint.name)),
    );
    object.insert("limit".to_owned(), json!(limit));
    object.into()
}

/// Answers for one endpoint.
pub(crate) fn one(snapshot: &Snapshot, name: &str, words: Words) -> Response<Body> {
    match snapshot.endpoint(name) {
        Some(endpoint) => json(StatusCode::OK, &describe(endpoint, words)),
        None => missing(name, words.thing),
    }
}

fn missing(name: &str, thing: &str) -> Response<Body> {
    let message = format!(
        "The {thing} '{name}' is not present or active on the server. Please verify the {thing} name."
    );
    Form::Mlflow.response(&Fault::invalid(404, message))
}

/// Answers for one traffic split (MLflow 3).
pub(crate) fn split(snapshot: &Snapshot, name: &str) -> Response<Body> {
    let Some(split) = snapshot.endpoint(name).filter(|endpoint| endpoint.is_split) else {
        return missing(name, "route");
    };
    let destinations: Vec<Value> = split
        .targets
        .iter()
        .map(|(target, weight)| json!({"name": &*target.endpoint, "traffic_percentage": weight}))
        .collect();
    json(
        StatusCode::OK,
        &json!({
            "name": &*split.name,
            "task_type": split.operation.route_type(),
            "destinations": destinations,
            "routing_strategy": "TRAFFIC_SPLIT",
        }),
    )
}

/// Answers one page of the list.
pub(crate) fn list(snapshot: &Snapshot, query: Option<&str>, words: Words) -> Response<Body> {
    let start = match page_token(query).map(|token| first_of(&token)).transpose() {
        Ok(start) => start.unwrap_or(0),
        Err(message) => return Form::Mlflow.response(&Fault::invalid(400, message)),
    };
    let page: Vec<Value> = snapshot
        .endpoints
        .iter()
        .skip(start)
        .take(PAGE)
        .map(|endpoint| describe(endpoint, words))
        .collect();
    let end = start.saturating_add(page.len());
    let next = (end < snapshot.endpoints.len() && !page.is_empty())
        .then(|| STANDARD.encode(format!("{{\"index\": {end}}}")));
    json(
        StatusCode::OK,
        &json!({words.list: page, "next_page_token": next}),
    )
}

fn page_token(query: Option<&str>) -> Option<String> {
    let value = query?
        .split('&')
        .find_map(|pair| pair.strip_prefix("page_token="))?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// Reads a token: base64 of `{"index": N}`.
fn first_of(token: &str) -> Result<usize, String> {
    let refuse = |why: &str| format!("Invalid SearchRoutes token: {token}. {why}");
    let decoded = STANDARD.decode(token).ok();
    let value = decoded.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let index = value
        .as_ref()
        .and_then(|value| value.get("index"))
        .and_then(Value::as_i64);
    match index {
        None => Err(refuse(
            "The index is not defined as a value that can be represented as a positive integer.",
        )),
        Some(index) => usize::try_from(index).map_err(|_| refuse("The index cannot be negative.")),
    }
}

/// `GET …/limits/{any}`.
pub(crate) fn get_limits() -> Response<Body> {
    not_available("get_limits")
}

/// `POST …/limits/`: validated as MLflow does, then refused.
pub(crate) fn set_limits(body: &Bytes) -> Response<Body> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let missing = |field: &str| json!({"type": "missing", "loc": ["body", field], "msg": "Field required", "input": value});
    let Some(object) = value.as_object() else {
        let entry =
            json!({"type": "missing", "loc": ["body"], "msg": "Field required", "input": null});
        return schema(vec![entry]);
    };
    let entries: Vec<Value> = ["route", "limits"]
        .into_iter()
        .filter(|field| !object.contains_key(*field))
        .map(missing)
        .collect();
    if entries.is_empty() {
        not_available("set_limits")
    } else {
        schema(entries)
    }
}

fn schema(entries: Vec<Value>) -> Response<Body> {
    let message = "the request does not fit the schema".to_owned();
    Form::Mlflow.response(&Fault {
        status: 422,
        message,
        origin: Origin::Schema(entries),
    })
}

fn not_available(api: &str) -> Response<Body> {
    let message = format!("The {api} API is not available yet.");
    Form::Mlflow.response(&Fault::gateway(501, "not_implemented_error", message))
}
