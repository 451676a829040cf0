//! Claude's own Messages API behind `InvokeModel`: bodies and answers are Anthropic's, in Bedrock's envelope.
//!
//! Source: Bedrock's user guide, "Anthropic Claude Messages API" (request and response, tool use, compaction), as sampled
//! in November 2026.

use http::HeaderMap;
use serde_json::{Map, Value};
use tidegate_wire::Translation;

use crate::carriage::asks_nothing;
use crate::encoded::Encoded;

/// The member that names the version of the API, and the one version there is.
const VERSION_MEMBER: &str = "anthropic_version";
const VERSION: &str = "bedrock-2023-05-31";

/// Features that are not released yet: Anthropic's clients name them in a header, Bedrock wants them in the body.
const BETA_HEADER: &str = "anthropic-beta";
const BETA_MEMBER: &str = "anthropic_beta";

/// The features that Bedrock knows. It refuses requests that name another.
const BETAS: [&str; 14] = [
    "compact-2026-01-12",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "context-1m-2025-08-07",
    CONTEXT_MANAGEMENT,
    "dev-full-thinking-2025-05-14",
    "effort-2025-11-24",
    "fine-grained-tool-streaming-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "output-128k-2025-02-19",
    "token-efficient-tools-2025-02-19",
    "tool-examples-2025-10-29",
    "tool-search-tool-2025-10-19",
];

const CONTEXT_MANAGEMENT: &str = "context-management-2025-06-27";

/// Features that bring the member `context_management`.
const CONTEXT_BETAS: [&str; 2] = ["compact-2026-01-12", CONTEXT_MANAGEMENT];

/// Members that Bedrock refuses, and without which an answer says the same.
const UNKNOWN: [&str; 3] = ["metadata", "service_tier", "speed"];

/// Writes a body of the Messages API as Bedrock takes it. What it tells by its address is left out, features come from
/// the client's headers; all else stays as it is, in its order.
pub(super) fn enveloped(body: Map<String, Value>, client: &HeaderMap) -> Encoded {
    let mut report = Translation::default();
    let betas = betas(body.get(BETA_MEMBER), client, &mut report);
    let managed = betas.iter().any(|beta| is_one_of(&CONTEXT_BETAS, beta));
    let mut enveloped = Map::from_iter([(VERSION_MEMBER.to_owned(), VERSION.into())]);
    if !betas.is_empty() {
        enveloped.insert(BETA_MEMBER.to_owned(), betas.into());
    }
    for (name, value) in body {
        match name.as_str() {
            "model" | "stream" | VERSION_MEMBER | BETA_MEMBER => {}
            "context_management" if !managed => drop_member(&name, &value, &mut report),
            known if !UNKNOWN.contains(&known) => {
                enveloped.insert(name, value);
            }
            _ => drop_member(&name, &value, &mut report),
        }
    }
    Encoded {
        body: enveloped,
        report,
        ..Encoded::default()
    }
}

fn drop_member(name: &str, value: &Value, report: &mut Translation) {
    if !asks_nothing(name, value) {
        report.dropped(name);
    }
}

/// Returns the features that a request names, each once: those of its body, which was written for Bedrock, as they are,
/// and those of its headers that Bedrock knows.
fn betas(member: Option<&Value>, client: &HeaderMap, report: &mut Translation) -> Vec<Value> {
    let mut betas = match member {
        Some(Value::Array(named)) => named.clone(),
        _ => Vec::new(),
    };
    let headers = client.get_all(BETA_HEADER).into_iter();
    let texts = headers.filter_map(|header| header.to_str().ok());
    for beta in texts.flat_map(|text| text.split(',')).map(str::trim) {
        if !BETAS.contains(&beta) {
            if !beta.is_empty() {
                report.dropped(&format!("{BETA_HEADER}:{beta}"));
            }
        } else if !betas.iter().any(|known| known == beta) {
            betas.push(beta.into());
        }
    }
    betas
}

fn is_one_of(names: &[&str], value: &Value) -> bool {
    value.as_str().is_some_and(|text| names.contains(&text))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn bodies_get_bedrock_s_envelope() {
        for (headers, body, want, told) in [
            (
                vec![],
                r#"{"model":"r","max_tokens":5,"stream":true,"temperature":1.0,"messages":[]}"#,
                r#"{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"temperature":1.0,"messages":[]}"#,
                "",
            ),
            (
                vec![
                    "claude-code-20250219, interleaved-thinking-2025-05-14,",
                    "interleaved-thinking-2025-05-14",
                ],
                r#"{"anthropic_version":"2023-06-01","metadata":{"user_id":"u"},"service_tier":"auto","messages":[]}"#,
                r#"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["interleaved-thinking-2025-05-14"],"messages":[]}"#,
                "dropped=anthropic-beta:claude-code-20250219,metadata",
            ),
            (
                vec!["context-management-2025-06-27"],
                r#"{"anthropic_beta":["new-2027-01-01"],"context_management":{"edits":[]}}"#,
                r#"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["new-2027-01-01","context-management-2025-06-27"],"context_management":{"edits":[]}}"#,
                "",
            ),
            (
                vec![],
                r#"{"context_management":{"edits":[]},"speed":"fast"}"#,
                r#"{"anthropic_version":"bedrock-2023-05-31"}"#,
                "dropped=context_management,speed",
            ),
        ] {
            let mut client = HeaderMap::new();
            for value in headers {
                client.append(BETA_HEADER, HeaderValue::from_static(value));
            }
            let encoded = enveloped(serde_json::from_str(body).unwrap(), &client);
            assert_eq!(Value::Object(encoded.body).to_string(), want);
            assert_eq!(encoded.report.to_string(), told, "{body}");
        }
    }
}
