//! The identities of `azuread` that ask for tokens themselves, in place of a token in `openai_api_key`.

use tidegate_config::{FieldProblem, ModelConfig, Settings, Severity, Value};

use super::ApiType;
use crate::auth::{Auth, AzureAuth, AzureIdentity};

const TENANT: &str = "azure_tenant_id";
const CLIENT: &str = "azure_client_id";
const SECRET: &str = "azure_client_secret";
const MANAGED: &str = "azure_managed_identity";
const AUTHORITY: &str = "azure_authority_host";

/// Each of these begins an identity, so that no token is needed.
pub(super) static KEYS: &[&str] = &[TENANT, CLIENT, SECRET, MANAGED];

/// The rules of these keys: for `azuread` only, no token beside them, and a whole identity of one kind.
pub(super) fn check(model: &ModelConfig, api_type: ApiType) -> Vec<FieldProblem> {
    problem(&model.settings, api_type)
        .map(|(path, message, help)| FieldProblem {
            severity: Severity::Error,
            path,
            message,
            help: Some(help.to_owned()),
        })
        .into_iter()
        .collect()
}

type Found = (&'static [&'static str], String, &'static str);

fn problem(settings: &Settings, api_type: ApiType) -> Option<Found> {
    let has = |name: &&str| match settings.get(name) {
        Some(Value::Text(text)) => !text.is_empty(),
        value => value.is_some(),
    };
    let mut all = KEYS.iter().copied().chain([AUTHORITY]);
    let first = all.find(|name| settings.get(name).is_some())?;
    if api_type != ApiType::AzureAd {
        return Some((
            &["config"],
            format!("`{first}` is only for `azuread`"),
            "drop it, or set `openai_api_type: azuread`",
        ));
    }
    if settings.secret("openai_api_key").is_some() {
        return Some((
            &["config"],
            format!("`openai_api_key` and `{first}` contradict each other"),
            "keep the access token in `openai_api_key`, or the identity that asks for tokens",
        ));
    }
    if managed(settings) {
        let other = [TENANT, SECRET, AUTHORITY]
            .into_iter()
            .find(|name| has(name))?;
        return Some((
            &["config"],
            format!("`{MANAGED}` and `{other}` contradict each other"),
            "keep one of the two; a managed identity takes only `azure_client_id`, for a user-assigned one",
        ));
    }
    let missing: Vec<_> = [TENANT, CLIENT, SECRET]
        .into_iter()
        .filter(|name| !has(name))
        .collect();
    if !missing.is_empty() {
        return Some((
            &["config"],
            format!("`azuread` needs `{}` as well", missing.join("`, `")),
            "give tenant, client id and client secret, or `azure_managed_identity: true`, or a token in `openai_api_key`",
        ));
    }
    let authority = settings.text(AUTHORITY).filter(|url| !is_https(url))?;
    Some((
        &["config", AUTHORITY],
        format!("`{authority}` cannot be asked for tokens"),
        "write a URL that begins with `https://`: the client secret is sent there",
    ))
}

fn is_https(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.scheme() == "https")
}

fn managed(settings: &Settings) -> bool {
    settings.boolean(MANAGED) == Some(true)
}

/// Returns the identity of a checked block, if it has one.
pub(super) fn identity(settings: &Settings) -> Option<Auth> {
    let text = |name| {
        let text = settings.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let identity = if managed(settings) {
        AzureIdentity::Managed {
            client_id: text(CLIENT),
        }
    } else {
        AzureIdentity::ClientSecret {
            tenant_id: text(TENANT)?,
            client_id: text(CLIENT)?,
            client_secret: settings.secret(SECRET)?.clone(),
        }
    };
    Some(Auth::Azure(AzureAuth {
        identity,
        scope: AzureAuth::COGNITIVE_SERVICES,
        authority_host: text(AUTHORITY),
    }))
}
