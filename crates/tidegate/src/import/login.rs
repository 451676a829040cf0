//! The login at a tracking server, from the variables that MLflow's own clients read.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use tidegate_config::{Environment, ProcessEnvironment};

const TOKEN: &str = "MLFLOW_TRACKING_TOKEN";
const USERNAME: &str = "MLFLOW_TRACKING_USERNAME";
const PASSWORD: &str = "MLFLOW_TRACKING_PASSWORD";

/// What goes into `authorization`, and where it comes from.
pub(super) struct Login {
    pub(super) value: HeaderValue,
    pub(super) source: &'static str,
}

/// Reads the login; user and password come before the token, as in MLflow.
pub(super) fn read() -> anyhow::Result<Option<Login>> {
    let given = |name: &str| {
        ProcessEnvironment
            .var(name)
            .filter(|value| !value.is_empty())
    };
    let (text, source) = match (given(USERNAME), given(PASSWORD), given(TOKEN)) {
        (Some(user), Some(password), _) => {
            let encoded = STANDARD.encode(format!("{user}:{password}"));
            (
                format!("Basic {encoded}"),
                "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
            )
        }
        (_, _, Some(token)) => (format!("Bearer {token}"), TOKEN),
        (Some(_), None, None) => anyhow::bail!("{USERNAME} is set, but {PASSWORD} is not"),
        (None, _, None) => return Ok(None),
    };
    let mut value = HeaderValue::from_str(&text).ok().with_context(|| {
        format!("{source} holds a line break or another character that no HTTP header can carry")
    })?;
    value.set_sensitive(true);
    Ok(Some(Login { value, source }))
}
