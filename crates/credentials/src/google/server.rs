//! Who gives out tokens: Google's token server, and a machine's metadata service.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use serde::Deserialize;
use tidegate_config::Secret;
use tidegate_gateway::HttpClient;
use url::form_urlencoded::Serializer;

use super::key_file::Form;

/// How long a token server may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the metadata service may take: where there is none, nobody answers.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);

/// How long a token holds whose answer does not say so, in seconds.
const LIFETIME: u64 = 900;

/// By this header the metadata service knows that a program asks, and is known.
const FLAVOR: &str = "metadata-flavor";
const GOOGLE: HeaderValue = HeaderValue::from_static("Google");

/// Secrets shorter than this are not looked for in messages: they would be found everywhere.
const SHORTEST: usize = 6;

/// A token, and for how many seconds it holds.
pub(super) struct Token {
    pub(super) secret: Secret,
    pub(super) lifetime: u64,
}

/// Why there is no token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The machine has no account.
    Nothing,
    /// It took too long.
    Late(String),
    /// Whoever was asked refused, or could not be reached.
    Refused(String),
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
}

/// Exchanges what an account can show for a token.
pub(super) async fn exchange(http: &HttpClient, uri: &str, form: &Form) -> Result<Token, Failure> {
    let refused = |what: String| Failure::Refused(what);
    let uri: Uri = uri
        .parse()
        .map_err(|_| refused("the key file's `token_uri` is no URL.".to_owned()))?;
    let place = uri.host().unwrap_or_default().to_owned();
    let fields = form.iter().map(|(name, value)| (name, value.expose()));
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(uri)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .map_err(|error| refused(error.to_string()))?;
    let answer = send(http, request, PATIENCE).await?;
    let status = answer.status();
    if status.is_success() {
        return token(&answer).ok_or_else(|| {
            refused(format!(
                "the answer of the token server at `{place}` holds no token."
            ))
        });
    }
    let words = match words(answer.body()) {
        Some(words) => format!("refused: {}.", harmless(words, form)),
        None => format!("answered {status}."),
    };
    Err(refused(format!("the token server at `{place}` {words}")))
}

/// Asks the metadata service of a machine.
pub(super) async fn metadata(http: &HttpClient, host: &str, scope: &str) -> Result<Token, Failure> {
    let query = Serializer::new(String::new())
        .append_pair("scopes", scope)
        .finish();
    let uri =
        format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token?{query}");
    let request = Request::get(uri)
        .header(FLAVOR, GOOGLE)
        .body(Bytes::new())
        .map_err(|_| Failure::Refused("`GCE_METADATA_HOST` is no host.".to_owned()))?;
    let answer = send(http, request, SHORT_PATIENCE).await;
    // Where nobody answers, there is no such service; others answer at the same address on machines of other clouds.
    let Ok(answer) = answer else {
        return Err(Failure::Nothing);
    };
    let status = answer.status();
    if answer.headers().get(FLAVOR) != Some(&GOOGLE) || status == StatusCode::NOT_FOUND {
        return Err(Failure::Nothing);
    }
    let refused = || {
        Failure::Refused(format!(
            "the metadata service answered {status} without a token."
        ))
    };
    token(&answer)
        .filter(|_| status.is_success())
        .ok_or_else(refused)
}

async fn send(
    http: &HttpClient,
    request: Request<Bytes>,
    patience: Duration,
) -> Result<Response<Bytes>, Failure> {
    let answer = http.send(request, patience).await;
    answer.map_err(|fault| match fault.status {
        504 => Failure::Late(fault.message),
        _ => Failure::Refused(fault.message),
    })
}

fn token(answer: &Response<Bytes>) -> Option<Token> {
    let told: Answer = serde_json::from_slice(answer.body()).ok()?;
    Some(Token {
        secret: Secret::new(told.access_token?),
        lifetime: told.expires_in.unwrap_or(LIFETIME),
    })
}

/// Returns what a refusal says (RFC 6749, section 5.2).
fn words(body: &[u8]) -> Option<String> {
    let told: Refusal = serde_json::from_slice(body).ok()?;
    let error = told.error?;
    Some(match told.error_description {
        Some(description) => format!("{error}: {description}"),
        None => error,
    })
}

/// Returns words without what was sent: servers may repeat it.
fn harmless(words: String, form: &Form) -> String {
    let sent = form.iter().skip(1).map(|(_, value)| value.expose());
    sent.filter(|value| value.len() >= SHORTEST)
        .fold(words, |words, value| words.replace(value, "***"))
        .trim_end_matches('.')
        .to_owned()
}
