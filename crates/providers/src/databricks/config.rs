//! The `config:` block: a workspace, and who calls it. What it leaves out, Databricks' own environment variables say.

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, Settings, Severity};
use tidegate_wire::Operation;
use url::Url;

use super::login::Login;

/// The keys of the block.
pub(super) static FIELDS: &[Field] = &[
    Field {
        name: "databricks_host",
        aliases: &[],
        kind: FieldKind::Url,
        required: false,
        default: Some("$DATABRICKS_HOST"),
        doc: "URL of the workspace.",
    },
    Field {
        name: "databricks_token",
        aliases: &[],
        kind: FieldKind::Secret,
        required: false,
        default: Some("$DATABRICKS_TOKEN"),
        doc: "Personal access token.",
    },
    Field {
        name: "databricks_client_id",
        aliases: &[],
        kind: FieldKind::Text,
        required: false,
        default: Some("$DATABRICKS_CLIENT_ID"),
        doc: "Application id of a service principal that gets its tokens by OAuth.",
    },
    Field {
        name: "databricks_client_secret",
        aliases: &[],
        kind: FieldKind::Secret,
        required: false,
        default: Some("$DATABRICKS_CLIENT_SECRET"),
        doc: "OAuth secret of the service principal.",
    },
];

/// The rules that look at several fields.
pub(super) fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let problem = |path, message: String, help: &str| FieldProblem {
        severity: Severity::Error,
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_config::{Environment, parse};

    use crate::Auth;

    /// An environment with these variables and no files.
    struct Variables(&'static [(&'static str, &'static str)]);

    impl Environment for Variables {
        fn var(&self, name: &str) -> Option<String> {
            let found = self.0.iter().find(|(key, _)| *key == name)?;
            Some(found.1.to_owned())
        }

        fn read_key_file(&self, _: &str) -> Option<Result<String, String>> {
            None
        }

        fn is_file(&self, _: &Path) -> bool {
            false
        }
    }

    const HOST: (&str, &str) = ("DATABRICKS_HOST", "ws.example");
    const TOKEN: (&str, &str) = ("DATABRICKS_TOKEN", "dapi-1");
    const ID: (&str, &str) = ("DATABRICKS_CLIENT_ID", "app");
    const SECRET: (&str, &str) = ("DATABRICKS_CLIENT_SECRET", "s3cret-word");

    /// Reads a model block; returns where calls go and who gets tokens where, or the complaints.
    fn read(model: &str, variables: &'static [(&'static str, &'static str)]) -> String {
        let file = format!(
            "endpoints: [{{name: e, endpoint_type: llm/v1/chat, model: {{provider: databricks, {model}}}}}]"
        );
        let loaded = parse(
            &file,
            Path::new("f"),
            crate::catalog(),
            &Variables(variables),
        );
        let config = match loaded {
            Ok(loaded) => loaded.config,
            Err(error) => return error.to_string(),
        };
        let build = super::super::SPEC.build.unwrap();
        let provider = build(&config.endpoints[0].model).unwrap();
        let url = provider.describe_url(super::Operation::Chat).unwrap();
        match provider.auth() {
            Some(Auth::ClientCredentials(it)) => {
                let (id, secret) = (&it.client_id, it.client_secret.expose());
                format!("{url} {} {id}:{secret} {}", it.token_url, it.scope)
            }
            _ => url,
        }
    }

    #[test]
    fn the_environment_gives_what_the_file_leaves_out() {
        const URL: &str = "https://ws.example/serving-endpoints/llama/invocations";
        assert_eq!(read("name: llama", &[HOST, TOKEN]), URL);
        assert_eq!(
            read("name: llama", &[HOST, ID, SECRET]),
            format!("{URL} https://ws.example/oidc/v1/token app:s3cret-word all-apis")
        );
        let own = "name: llama, config: {databricks_host: 'http://h:1/', databricks_token: mine}";
        assert_eq!(
            read(own, &[HOST, TOKEN, ID, SECRET]),
            "http://h:1/serving-endpoints/llama/invocations"
        );
    }

    #[test]
    fn what_is_missing_is_named_with_its_variable() {
        for (model, variables, words) in [
            (
                "name: llama",
                &[TOKEN] as &[_],
                "DATABRICKS_HOST is not set",
            ),
            ("name: llama", &[HOST], "DATABRICKS_TOKEN"),
            (
                "name: llama",
                &[HOST, SECRET],
                "DATABRICKS_CLIENT_ID is not set",
            ),
            (
                "name: llama",
                &[HOST, ID],
                "DATABRICKS_CLIENT_SECRET is not set",
            ),
            (
                "name: llama",
                &[HOST, TOKEN, ID, SECRET],
                "There are two logins",
            ),
            ("name: ''", &[HOST, TOKEN], "name of a serving endpoint"),
            (
                "name: a",
                &[("DATABRICKS_HOST", "a b"), TOKEN],
                "is not the URL of a workspace",
            ),
        ] {
            let said = read(model, variables);
            assert!(said.contains(words), "{words}: {said}");
            assert!(
                !said.contains("s3cret-word") && !said.contains("dapi-1"),
                "{said}"
            );
        }
    }
}
