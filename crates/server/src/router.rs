//! Paths: one table from path to what answers there.
//!
//! Both spellings of a path, with and without a final slash, are served directly (decision N15).

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;
use tidegate_wire::Operation;

/// What answers at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Root,
    Docs,
    DocsSlash,
    Asset(String),
    OpenApi,
    Favicon,
    Health,
    Live,
    Ready,
    Routes,
    Route(String),
    Endpoints,
    Endpoint(String),
    /// MLflow 3's names for endpoints and traffic splits.
    Endpoint3(String),
    Route3(String),
    Limits,
    LimitsOf,
    /// The last part of `/api/2.0/endpoints/limits`: an endpoint of that name, or the stub.
    LimitsOrEndpoint,
    /// `/gateway/{name}/invocations`.
    Gateway(String),
    /// `/endpoints/{name}/invocations`.
    Invocations(String),
    /// `/gateway/{name}/mlflow/invocations`.
    Unified(String),
    OpenAi(Operation),
    /// Anthropic's Messages API.
    Messages,
    CountTokens,
    /// OpenAI's Responses API.
    Responses,
    Models,
    Model(String),
    /// MLflow 3's raw proxy: `/gateway/proxy/{name}/{path}`. The path is as the client wrote it.
    Proxy {
        name: String,
        path: String,
    },
}

/// Whose API stands below a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Api {
    OpenAi,
    Anthropic,
    Any,
}

impl Place {
    /// Returns what answers at a path below the root path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        let parts: Vec<Cow<'_, str>> = path
            .trim_start_matches('/')
            .trim_end_matches('/')
            .split('/')
            .map(|part| percent_decode_str(part).decode_utf8_lossy())
            .collect();
        let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
        let name = |name: &&str| (*name).to_owned();
        Some(match parts.as_slice() {
            [""] => Self::Root,
            ["docs"] if path.ends_with('/') => Self::DocsSlash,
            ["docs" | "redoc"] => Self::Docs,
            ["docs", "assets", rest @ ..] => Self::Asset(rest.join("/")),
            ["openapi.json"] => Self::OpenApi,
            ["favicon.ico"] => Self::Favicon,
            ["health"] => Self::Health,
            ["health", "live"] => Self::Live,
            ["health", "ready"] => Self::Ready,
            ["api", "2.0", "gateway", "routes"] => Self::Routes,
            ["api", "2.0", "gateway", "routes", route] => Self::Route(name(route)),
            ["api", "2.0", "gateway", "limits"] => Self::Limits,
            ["api", "2.0", "gateway" | "endpoints", "limits", _] => Self::LimitsOf,
            ["api", "2.0", "endpoints"] => Self::Endpoints,
            ["api", "2.0", "endpoints", "limits"] => Self::LimitsOrEndpoint,
            ["api", "2.0", "endpoints", endpoint] => Self::Endpoint(name(endpoint)),
            ["api", "3.0", "gateway", "endpoint", endpoint] => Self::Endpoint3(name(endpoint)),
            ["api", "3.0", "gateway", "route", route] => Self::Route3(name(route)),
            ["gateway", endpoint, "invocations"] => Self::Gateway(name(endpoint)),
            ["gateway", "proxy", endpoint, _, ..] => Self::Proxy {
                name: name(endpoint),
                path: fourth(path).to_owned(),
            },
            ["gateway", endpoint, "mlflow", "invocations"] => Self::Unified(name(endpoint)),
            ["endpoints", endpoint, "invocations"] => Self::Invocations(name(endpoint)),
            ["gateway", "anthropic", "v1", rest @ ..] => {
                return Self::below_v1(rest, Api::Anthropic);
            }
            ["gateway", "openai" | "mlflow", "v1", rest @ ..] => {
                return Self::below_v1(rest, Api::OpenAi);
            }
            ["v1", rest @ ..] => return Self::below_v1(rest, Api::Any),
            _ => return None,
        })
    }

    /// Returns the unified door of an endpoint named `proxy` where its path could also be meant as a raw one.
    pub(crate) fn unified_proxy(&self) -> Option<Self> {
        match self {
            Self::Proxy { name, path }
                if name == "mlflow" && path.trim_end_matches('/') == "invocations" =>
            {
                Some(Self::Unified("proxy".to_owned()))
            }
            _ => None,
        }
    }

    /// Returns what answers below `/v1`, or below MLflow 3's names for it, of which each belongs to one API.
    fn below_v1(rest: &[&str], api: Api) -> Option<Self> {
        Some(match rest {
            ["messages"] if api != Api::OpenAi => Self::Messages,
            ["messages", "count_tokens"] if api != Api::OpenAi => Self::CountTokens,
            ["chat", "completions"] if api != Api::Anthropic => Self::OpenAi(Operation::Chat),
            ["completions"] if api != Api::Anthropic => Self::OpenAi(Operation::Completions),
            ["embeddings"] if api != Api::Anthropic => Self::OpenAi(Operation::Embeddings),
            ["responses"] if api != Api::Anthropic => Self::Responses,
            ["models"] => Self::Models,
            ["models", model @ ..] => Self::Model(model.join("/")),
            _ => return None,
        })
    }

    /// Returns the methods that are answered here, as the `allow` header names them.
    pub(crate) fn allows(&self) -> &'static str {
        match self {
            Self::Limits
            | Self::Gateway(_)
            | Self::Invocations(_)
            | Self::Unified(_)
            | Self::OpenAi(_)
            | Self::Messages
            | Self::CountTokens
            | Self::Responses => "POST",
            Self::LimitsOrEndpoint => "GET, HEAD, POST",
            Self::Proxy { .. } => "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
            _ => "GET, HEAD",
        }
    }

    /// True when a method makes a call here, or takes a body for other reasons.
    pub(crate) fn makes_calls(&self, method: &Method) -> bool {
        method == Method::POST || matches!(self, Self::Proxy { .. })
    }

    /// True when a method is answered here.
    pub(crate) fn takes(&self, method: &Method) -> bool {
        // These two are meant for whoever stands on the way.
        let is_for_the_way = matches!(*method, Method::TRACE | Method::CONNECT);
        self.allows()
            .split(", ")
            .any(|allowed| allowed == method.as_str())
            || (matches!(self, Self::Proxy { .. }) && !is_for_the_way)
    }
}

/// Returns all behind the third part of a path, as it is written.
fn fourth(path: &str) -> &str {
    let parts = path.trim_start_matches('/').splitn(4, '/');
    parts.last().unwrap_or_default()
}

/// Takes the root path off a path that carries it; a proxy that strips it is served as well.
pub(crate) fn below<'a>(root: &str, path: &'a str) -> &'a str {
    match path.strip_prefix(root) {
        Some("") if !root.is_empty() => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(name: &str, path: &str) -> Place {
        Place::Proxy {
            name: name.to_owned(),
            path: path.to_owned(),
        }
    }

    #[test]
    fn finds_every_place_with_and_without_a_final_slash() {
        for (path, place) in [
            ("/api/2.0/gateway/routes", Place::Routes),
            ("/api/2.0/gateway/routes/", Place::Routes),
            (
                "/gateway/chat/invocations/",
                Place::Gateway("chat".to_owned()),
            ),
            (
                "/gateway/caf%C3%A9/invocations",
                Place::Gateway("café".to_owned()),
            ),
            (
                "/gateway/mlflow/invocations",
                Place::Gateway("mlflow".to_owned()),
            ),
            (
                "/gateway/mlflow/v1/chat/completions",
                Place::OpenAi(Operation::Chat),
            ),
            ("/v1/messages/", Place::Messages),
            ("/gateway/anthropic/v1/messages", Place::Messages),
            ("/gateway/openai/v1/responses", Place::Responses),
            (
                "/gateway/openai/invocations",
                Place::Gateway("openai".to_owned()),
            ),
            (
                "/gateway/x/mlflow/invocations",
                Place::Unified("x".to_owned()),
            ),
            ("/api/2.0/endpoints/limits", Place::LimitsOrEndpoint),
            ("/api/2.0/endpoints/limits/x", Place::LimitsOf),
            (
                "/docs/assets/swagger-ui/a.js",
                Place::Asset("swagger-ui/a.js".to_owned()),
            ),
            (
                "/gateway/proxy/invocations",
                Place::Gateway("proxy".to_owned()),
            ),
            ("/gateway/proxy/c%C3%A9/a%2Fb//c/", proxy("cé", "a%2Fb//c/")),
            (
                "/gateway/proxy/chat/invocations",
                proxy("chat", "invocations"),
            ),
            (
                "/gateway/proxy/mlflow/invocations",
                proxy("mlflow", "invocations"),
            ),
            ("/", Place::Root),
        ] {
            assert_eq!(Place::at(path), Some(place), "{path}");
        }
        for path in [
            "/v2",
            "/gateway/a/b/invocations",
            "/gateway/invocations",
            "/healthy",
            "/gateway/proxy",
            "/gateway/proxy/chat/",
            "/gateway/openai/v1/messages",
            "/gateway/anthropic/v1/responses",
        ] {
            assert_eq!(Place::at(path), None, "{path}");
        }
    }

    #[test]
    fn takes_off_the_root_path() {
        for (root, path, want) in [
            ("", "/v1/models", "/v1/models"),
            ("/llm", "/llm/v1/models", "/v1/models"),
            ("/llm", "/llm", "/"),
            ("/llm", "/llm/", "/"),
            ("/llm", "/v1/models", "/v1/models"),
            ("/llm", "/llmx/v1", "/llmx/v1"),
        ] {
            assert_eq!(below(root, path), want);
        }
    }
}
