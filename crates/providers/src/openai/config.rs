//! The `config:` block of OpenAI and Azure OpenAI.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, Severity};

use super::responses::ResponsesModel;
use super::{OpenAi, azuread, models};
use crate::provider::ModelEdit;
use crate::support::url::Addresses;
use crate::support::{auth, field, url};

/// Base URL when the file names none.
const BASE: &str = "https://api.openai.com/v1";

/// The keys of the block; `azure` and `azuread` share them.
pub(crate) static FIELDS: &[Field] = &[
    Field {
        name: "openai_api_key",
        aliases: &[],
        kind: FieldKind::SecretUnless(azuread::KEYS),
        required: true,
        default: None,
        doc: "Key of the API; an access token for `azuread`, which may have an identity instead.",
    },
    field::optional(
        "openai_api_type",
        FieldKind::Text,
        "`openai` (default), `azure` (resource key) or `azuread` (Azure AD).",
    ),
    field::optional(
        "openai_api_base",
        FieldKind::Url,
        "Base URL; by default OpenAI's own. Required for Azure: the resource's endpoint.",
    ),
    field::optional(
        "openai_api_version",
        FieldKind::Text,
        "Value of the `api-version` query parameter. Required for Azure.",
    ),
    field::optional(
        "openai_deployment_name",
        FieldKind::Text,
        "Name of the Azure deployment. Only for Azure, and required there.",
    ),
    field::optional(
        "openai_organization",
        FieldKind::Text,
        "Sent as `OpenAI-Organization`.",
    ),
    field::optional(
        "openai_completions_api",
        FieldKind::Choice(&["auto", "chat", "native"]),
        "Where completions go: `chat` (`/chat/completions`), `native` (`/completions`), or `auto` (default), which chooses \
         by the model's name.",
    ),
    field::optional(
        CHAT_API,
        FieldKind::Choice(&["completions", "responses"]),
        "Where chats go: `completions` (`/chat/completions`) or `responses` (`/responses`); by default as the model's name \
         says.",
    ),
    field::optional(
        RESPONSES,
        FieldKind::Boolean,
        "`false`: the server has no Responses API, so calls of it are translated to chat completions; by default they pass \
         as they are.",
    ),
    field::optional(
        "azure_tenant_id",
        FieldKind::Text,
        "Tenant of the application that asks for tokens. Only for `azuread` without `openai_api_key`.",
    ),
    field::optional(
        "azure_client_id",
        FieldKind::Text,
        "Id of that application; or, with `azure_managed_identity`, of a user-assigned identity.",
    ),
    field::optional(
        "azure_client_secret",
        FieldKind::Secret,
        "Secret of that application.",
    ),
    field::optional(
        "azure_managed_identity",
        FieldKind::Boolean,
        "`true`: tokens are those of the machine's managed identity. Only for `azuread` without `openai_api_key`.",
    ),
    field::optional(
        "azure_authority_host",
        FieldKind::Url,
        "Where tokens come from, if not `AZURE_AUTHORITY_HOST` or `https://login.microsoftonline.com`; for an application only.",
    ),
];

const CHAT_API: &str = "openai_chat_api";
const RESPONSES: &str = "openai_responses";

/// How requests are addressed and authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiType {
    /// OpenAI itself.
    OpenAi,
    /// Azure with a resource key.
    Azure,
    /// Azure with an access token.
    AzureAd,
}

impl ApiType {
    fn parse(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "openai" => Some(Self::OpenAi),
            "azure" => Some(Self::Azure),
            "azuread" => Some(Self::AzureAd),
            _ => None,
        }
    }

    fn of(model: &ModelConfig, preset: Option<Self>) -> Option<Self> {
        match (model.settings.text("openai_api_type"), preset) {
            (Some(text), _) => Self::parse(text),
            (None, preset) => Some(preset.unwrap_or(Self::OpenAi)),
        }
    }
}

/// The rules that look at several fields, in MLflow's words.
pub(crate) fn check_as(model: &ModelConfig, preset: Option<ApiType>) -> Vec<FieldProblem> {
    let problem = |path, message: String, help: &str| {
        vec![FieldProblem {
            severity: Severity::Error,
            path,
            message,
            help: Some(help.to_owned()),
        }]
    };
    let text = |name| model.settings.text(name).filter(|text| !text.is_empty());
    let written = model.settings.text("openai_api_type").unwrap_or_default();
    let Some(api_type) = ApiType::of(model, preset) else {
        return problem(
            &["config", "openai_api_type"],
            format!("Invalid OpenAI API type '{written}'"),
            "write `openai`, `azure` or `azuread`",
        );
    };
    if preset.is_some_and(|preset| preset != api_type) {
        return problem(
            &["config", "openai_api_type"],
            format!(
                "`openai_api_type: {written}` contradicts `provider: {}`",
                model.provider.name
            ),
            "drop `openai_api_type`, or write `provider: openai`",
        );
    }
    let identity = azuread::check(model, api_type);
    if !identity.is_empty() {
        return identity;
    }
    if chats_in_responses(model) && !has_responses(model) {
        return problem(
            &["config", CHAT_API],
            format!("`{CHAT_API}: responses` and `{RESPONSES}: false` contradict each other"),
            "keep one of the two",
        );
    }
    if api_type == ApiType::OpenAi {
        if text("openai_deployment_name").is_none() {
            return Vec::new();
        }
        return problem(
            &["config", "openai_deployment_name"],
            "OpenAI route configuration can only specify a value for 'openai_deployment_name' if 'openai_api_type' is 'azure' or 'azuread'. Found type: 'openai'".to_owned(),
            "drop `openai_deployment_name`, or set `openai_api_type: azure`",
        );
    }
    let needed = [
        "openai_api_base",
        "openai_deployment_name",
        "openai_api_version",
    ];
    let missing: Vec<_> = needed
        .into_iter()
        .filter(|name| text(name).is_none())
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    problem(
        &["config"],
        "OpenAI route configuration must specify 'openai_api_base', 'openai_deployment_name', and 'openai_api_version' if 'openai_api_type' is 'azure' or 'azuread'.".to_owned(),
        &format!("add `{}`", missing.join("`, `")),
    )
}

/// Prepares everything that does not change from call to call.
pub(crate) fn prepare(model: &ModelConfig, preset: Option<ApiType>) -> Result<OpenAi, String> {
    let settings = &model.settings;
    let api_type = ApiType::of(model, preset).unwrap_or(ApiType::OpenAi);
    let text = |name| settings.text(name).filter(|text| !text.is_empty());
    let auth = azuread::identity(settings);
    let key = settings.secret("openai_api_key");

    let mut headers = HeaderMap::new();
    match (api_type, key) {
        (_, None) if auth.is_some() => {}
        (_, None) => return Err("`openai_api_key` is missing".to_owned()),
        (ApiType::OpenAi | ApiType::AzureAd, Some(key)) => {
            auth::insert_secret(&mut headers, AUTHORIZATION, "Bearer ", key)?;
        }
        (ApiType::Azure, Some(key)) => {
            auth::insert_secret(&mut headers, HeaderName::from_static("api-key"), "", key)?;
        }
    }
    if let Some(organization) = text("openai_organization") {
        let value = HeaderValue::try_from(organization)
            .map_err(|_| "`openai_organization` holds characters that HTTP forbids")?;
        headers.insert("openai-organization", value);
    }

    let base = text("openai_api_base").unwrap_or(BASE);
    let query: Vec<_> = text("openai_api_version")
        .map(|version| ("api-version", version))
        .into_iter()
        .collect();
    let deployment = text("openai_deployment_name").filter(|_| api_type != ApiType::OpenAi);
    let stem = match deployment {
        Some(name) => vec!["openai", "deployments", name],
        None => Vec::new(),
    };
    let uri = |path: &[&str]| url::join(base, &[&stem, path].concat(), &query);
    let native_completions = native_completions(model);
    // Azure serves them under one address for all deployments, which knows no dated versions.
    let responses = match deployment {
        Some(_) => url::join(base, &["openai", "v1", "responses"], &[])?,
        None => uri(&["responses"])?,
    };
    let responds = chats_in_responses(model);
    let chat = if responds {
        responses.clone()
    } else {
        uri(&["chat", "completions"])?
    };
    let completions = if native_completions {
        uri(&["completions"])?
    } else {
        chat.clone()
    };
    let name = model.name.as_deref();
    Ok(OpenAi {
        model_edit: match deployment {
            Some(_) => ModelEdit::Remove,
            None => replaced(name),
        },
        responses_model: replaced(deployment.or(name)),
        native_completions,
        responses: responds.then(|| ResponsesModel {
            name: model.name.clone(),
            address: deployment.or(name).map(str::to_owned),
        }),
        headers,
        base: url::join(base, &[], &query)?,
        auth,
        addresses: Addresses {
            completions,
            chat,
            embeddings: uri(&["embeddings"])?,
            responses: has_responses(model).then_some(responses),
        },
        model: model.name.clone(),
    })
}

fn native_completions(model: &ModelConfig) -> bool {
    match model.settings.text("openai_completions_api") {
        Some("native") => true,
        Some("chat") => false,
        _ => model.name.as_deref().is_some_and(models::completes_only),
    }
}

fn chats_in_responses(model: &ModelConfig) -> bool {
    match model.settings.text(CHAT_API) {
        Some(chosen) => chosen == "responses",
        None => has_responses(model) && model.name.as_deref().is_some_and(models::responds_only),
    }
}

fn has_responses(model: &ModelConfig) -> bool {
    model.settings.boolean(RESPONSES) != Some(false)
}

fn replaced(model: Option<&str>) -> ModelEdit {
    ModelEdit::Replace(Bytes::from(serde_json::json!(model).to_string()))
}
