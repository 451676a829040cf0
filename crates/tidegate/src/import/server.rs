//! A tracking server of MLflow's, asked for all that its gateway API lists.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, LOCATION, USER_AGENT};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use tidegate_config::{Environment, ProcessEnvironment};
use tidegate_gateway::HttpClient;
use tidegate_import::{Answers, Unreadable};
use url::Url;

use crate::{config, runtime};

use super::login::{self, Login};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the API is below the server's URL.
const API: &str = "/api/3.0/mlflow/gateway/";

/// What stands below the server's URL in the URLs that people copy: from the API, the browser and clients.
const BELOW: [&str; 9] = [
    "/api/2.0/mlflow",
    "/api/3.0/mlflow",
    "/ajax-api/2.0/mlflow",
    "/ajax-api/3.0/mlflow",
    "/gateway/anthropic/v1",
    "/gateway/gemini/v1beta",
    "/gateway/mlflow/v1",
    "/gateway/openai/v1",
    "/gateway/proxy/",
];

/// Most pages of a list that are asked for.
const MOST_PAGES: usize = 100;

/// Longest part of an answer that is shown, in characters.
const SHOWN: usize = 300;

/// Whether a list has to be there: older releases do not have all of them, and not every user may see them.
#[derive(Clone, Copy)]
enum Need {
    Must,
    May,
}

/// A server to ask.
pub(super) struct Server {
    base: Url,
    login: Option<Login>,
    workspace: Option<HeaderValue>,
    http: HttpClient,
}

impl Server {
    /// Takes what looks like a URL.
    pub(super) fn of(source: &str) -> Option<anyhow::Result<Self>> {
        let source = source.trim();
        let (scheme, _) = source.split_once("://")?;
        let known = ["http", "https"].iter();
        let known = known.clone().any(|name| name.eq_ignore_ascii_case(scheme));
        Some(if known {
            Self::new(source)
        } else {
            Err(anyhow!(
                "`{scheme}://` is no tracking server: give a URL that begins with `http://` or `https://`, or a file"
            ))
        })
    }

    fn new(source: &str) -> anyhow::Result<Self> {
        let base = base(source)?;
        let workspace = ProcessEnvironment
            .var("MLFLOW_WORKSPACE")
            .filter(|name| !name.trim().is_empty())
            .map(|name| HeaderValue::from_str(name.trim()))
            .transpose()
            .context("MLFLOW_WORKSPACE cannot stand in an HTTP header")?;
        // The limits are those of a config that sets none.
        let limits = config::parse("endpoints: []", Path::new("(built in)"))?;
        let http = HttpClient::alone(&limits.config.upstream)
            .map_err(|reason| anyhow!("there is no way to servers: {reason}"))?;
        Ok(Self {
            base,
            login: login::read()?,
            workspace,
            http,
        })
    }

    /// Says where the answers come from.
    pub(super) fn origin(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// Asks for everything.
    pub(super) fn fetch(&mut self) -> anyhow::Result<Answers> {
        let threads = runtime::threads(1)?;
        threads.block_on(async {
            self.find_below_gateway().await?;
            let mut answers = Answers::default();
            for list in ["endpoints/list", "secrets/list"] {
                self.list((list, Need::Must), &[], &mut answers).await?;
            }
            answers.secrets_are_known();
            if answers.lacks_definitions() {
                let list = ("model-definitions/list", Need::Must);
                self.list(list, &[], &mut answers).await?;
            }
            for list in ["budgets/list", "guardrails/list"] {
                self.list((list, Need::May), &[], &mut answers).await?;
            }
            if answers.has_guardrails() {
                let list = ("guardrails/list-for-endpoint", Need::May);
                for id in answers.endpoint_ids() {
                    let query = [("endpoint_id", id.as_str())];
                    self.list(list, &query, &mut answers).await?;
                }
            }
            Ok(answers)
        })
    }

    /// A path that ends in `/gateway` is that of clients, unless a server stands there.
    async fn find_below_gateway(&mut self) -> anyhow::Result<()> {
        let path = self.base.path().trim_end_matches('/');
        let Some(above) = path.strip_suffix("/gateway").map(str::to_owned) else {
            return Ok(());
        };
        let answer = self.ask("endpoints/list", &[]).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            self.base.set_path(&above);
        }
        Ok(())
    }

    /// Asks for all pages of a list.
    async fn list(
        &self,
        (list, need): (&str, Need),
        query: &[(&str, &str)],
        answers: &mut Answers,
    ) -> anyhow::Result<()> {
        let mut seen = HashSet::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = query.to_vec();
            query.extend(token.as_deref().map(|token| ("page_token", token)));
            let answer = self.ask(list, &query).await?;
            match (need, answer.status()) {
                (Need::May, StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED) => return Ok(()),
                (Need::May, StatusCode::FORBIDDEN) => {
                    let what =
                        format!("{list} is not shown to this user, so what it lists is not known");
                    answers.could_not_see(what);
                    return Ok(());
                }
                _ => {}
            }
            let value = self.value(list, &answer)?;
            let next = answers
                .add(value)
                .with_context(|| format!("the answer of {list} cannot be used"))?;
            let Some(next) = next else {
                return Ok(());
            };
            if !seen.insert(next.clone()) {
                bail!("{list} goes round in circles: it tells the same `next_page_token` twice");
            }
            token = Some(next);
        }
        bail!("{list} has more than {MOST_PAGES} pages: no tracking server lists so much")
    }

    async fn ask(&self, list: &str, query: &[(&str, &str)]) -> anyhow::Result<Response<Bytes>> {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}{API}{list}",
            self.base.path().trim_end_matches('/')
        ));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let agent = concat!("tidegate/", env!("CARGO_PKG_VERSION"));
        let mut request = Request::get(url.as_str())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, agent);
        if let Some(login) = &self.login {
            request = request.header(AUTHORIZATION, login.value.clone());
        }
        if let Some(workspace) = &self.workspace {
            request = request.header("x-mlflow-workspace", workspace.clone());
        }
        let request = request.body(Bytes::new())?;
        self.http.send(request, PATIENCE).await.map_err(|fault| {
            let reason = fault.message.replacen("The provider", "The server", 1);
            anyhow!("MLflow cannot be asked: {reason}")
        })
    }

    /// Reads an answer, or says what to do about it.
    fn value(&self, list: &str, answer: &Response<Bytes>) -> anyhow::Result<Value> {
        let origin = self.origin();
        let said = said(answer.body());
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => match &self.login {
                None => bail!(
                    "{origin} wants a login (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
                     MLFLOW_TRACKING_TOKEN"
                ),
                Some(login) => bail!("{origin} refuses the login in {} (401){said}", login.source),
            },
            StatusCode::FORBIDDEN => bail!(
                "{origin} does not show {list} to this user (403){said}; take one that may read all endpoints and secrets"
            ),
            StatusCode::NOT_FOUND => bail!(
                "{origin} has no {API}{list} (404): it is no tracking server of an MLflow 3 with a gateway, or it stands \
                 below a path that the URL lacks"
            ),
            status if status.is_redirection() => {
                let place = answer.headers().get(LOCATION);
                let place = place
                    .and_then(|place| place.to_str().ok())
                    .unwrap_or("nowhere");
                let with = self.login.as_ref().map_or("", |_| " with a login");
                bail!(
                    "{origin} sends to {place} ({status}), which is not followed{with}: give the URL that answers"
                )
            }
            status => bail!("{origin} answered {list} with {status}{said}"),
        }
        if answer.body().trim_ascii_start().starts_with(b"<") {
            let html = Unreadable::Html;
            bail!(
                "{origin} answered {list}, but {html}: give the URL of the tracking server itself, and a login if a page asks \
                 for one"
            );
        }
        serde_json::from_slice(answer.body()).with_context(|| {
            format!("{origin} answered {list} with something that is no JSON{said}")
        })
    }
}

/// Reads the URL of a server; what a browser or curl has behind it is left out.
fn base(source: &str) -> anyhow::Result<Url> {
    let mut base = Url::parse(source).with_context(|| "the server's URL cannot be read")?;
    if !base.username().is_empty() || base.password().is_some() {
        bail!(
            "a URL is no place for a login: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
             MLFLOW_TRACKING_TOKEN, and leave it out of the URL"
        );
    }
    base.set_fragment(None);
    base.set_query(None);
    let path = base.path();
    let ends = BELOW.iter().filter_map(|below| path.find(below));
    if let Some(above) = ends.min().and_then(|end| path.get(..end)) {
        let above = above.to_owned();
        base.set_path(&above);
    }
    Ok(base)
}

/// Returns what an error says, if it is short and plain enough to be shown.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let value = serde_json::from_str::<Value>(&text).ok();
    let is_bare = |value: &Value| matches!(value.to_string().as_str(), "{}" | "[]" | "null");
    if value.as_ref().is_some_and(is_bare) {
        return String::new();
    }
    let message = value.as_ref().and_then(|value| {
        let known = value.get("message").or_else(|| value.get("detail"));
        known.and_then(Value::as_str)
    });
    let text = message.unwrap_or_else(|| text.trim());
    if text.is_empty() || text.starts_with('<') {
        return String::new();
    }
    let shown = text.chars().take(SHOWN);
    let shown: String = shown
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!(": {shown}")
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn finds_the_server_in_what_people_copy() {
        for (source, found) in [
            ("http://localhost:5000", "http://localhost:5000/"),
            ("http://localhost:5000/#/gateway", "http://localhost:5000/"),
            ("https://h/mlflow/", "https://h/mlflow/"),
            ("https://h/gateway", "https://h/gateway"),
            ("https://h/gateway/mlflow/v1/", "https://h/"),
            ("https://h/mlflow/gateway/openai/v1", "https://h/mlflow"),
            ("https://h/gateway/proxy/chat/v1", "https://h/"),
            (
                "https://h/ajax-api/3.0/mlflow/gateway/endpoints/list",
                "https://h/",
            ),
            (
                "https://h/m/ajax-api/2.0/mlflow/experiments/search",
                "https://h/m",
            ),
            (
                "https://h/mlflow/api/3.0/mlflow/gateway/endpoints/list?x=y",
                "https://h/mlflow",
            ),
        ] {
            assert_eq!(base(source).unwrap().as_str(), found);
        }
    }
}
