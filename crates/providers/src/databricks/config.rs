//! The `config:` block: a workspace, and who calls it. What it leaves out, Databricks' own environment variables say.

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, Settings};
use tidegate_wire::Operation;
use url::Url;

use super::login::Login;

/// The keys of the block.
pub(super) static FIELDS: &[Field] = &[
    Field {
        name: "databricks_host",
        kind: FieldKind::Url,
        required: false,
        default: Some("$DATABRICKS_HOST"),
        doc: "URL of the workspace.",
    },
    Field {
        name: "databricks_token",
        kind: FieldKind::Secret,
        required: false,
        default: Some("$DATABRICKS_TOKEN"),
        doc: "Personal access token.",
    },
    Field {
        name: "databricks_client_id",
        kind: FieldKind::Text,
        required: false,
        default: Some("$DATABRICKS_CLIENT_ID"),
        doc: "Application id of a service principal that gets its tokens by OAuth.",
    },
    Field {
        name: "databricks_client_secret",
        kind: FieldKind::Secret,
        required: false,
        default: Some("$DATABRICKS_CLIENT_SECRET"),
        doc: "OAuth secret of the service principal.",
    },
];

/// The rules that look at several fields.
pub(super) fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let problem = |path, message: String, help: &str| FieldProblem {
        path,
        message,
        help: Some(help.to_owned()),
    };
    let mut found = Vec::new();
    if model.name.as_deref().unwrap_or_default().is_empty() {
        let message = "Databricks calls need the name of a serving endpoint".to_owned();
        found.push(problem(
            &["name"],
            message,
            "write the endpoint's name as `name`",
        ));
    }
    if let Err(message) = host(&model.settings) {
        let help = "write the workspace's URL, e.g. `https://my-workspace.cloud.databricks.com`";
        found.push(problem(&["config", "databricks_host"], message, help));
    }
    if let Err(message) = Login::of(&model.settings) {
        let help =
            "give `databricks_token`, or `databricks_client_id` and `databricks_client_secret`";
        found.push(problem(&["config"], message, help));
    }
    found
}

/// Returns the workspace's URL. As in Databricks' own tools it may lack its scheme in the environment variable.
pub(super) fn host(settings: &Settings) -> Result<String, String> {
    let text = settings.text("databricks_host").unwrap_or_default().trim();
    if text.is_empty() {
        return Err(
            "The workspace is missing: there is no `databricks_host`, and the environment variable DATABRICKS_HOST is not set"
                .to_owned(),
        );
    }
    let url = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let good = Url::parse(&url)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if good {
        Ok(url)
    } else {
        Err("`databricks_host`, or the environment variable DATABRICKS_HOST, is not the URL of a workspace".to_owned())
    }
}
