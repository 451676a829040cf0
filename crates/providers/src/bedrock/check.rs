//! What does not mix in a route's config, and what no call can do with it.

use std::ops::RangeInclusive;

use tidegate_config::{FieldProblem, ModelConfig, Settings, Severity};
use tidegate_wire::Operation;

use super::model::Model;

/// How long a session may be asked to last, in seconds. MLflow loads any number.
const SESSION_LENGTHS: RangeInclusive<i64> = 1..=u32::MAX as i64;

/// How long AWS lets a session last, in seconds; it refuses to make others (AWS STS API reference, `AssumeRole`).
const SESSION_LENGTHS_OF_AWS: RangeInclusive<i64> = 900..=43_200;

const SESSION_LENGTH_HELP: &str =
    "write a number of seconds; AWS takes 900 (15 minutes) to 43200 (12 hours)";

/// Finds what is wrong; where nothing is, what is doubtful: MLflow loads it, but no call of it can succeed.
pub(super) fn check(model: &ModelConfig, operation: Operation) -> Vec<FieldProblem> {
    let nothing = Settings::default();
    let aws = model.settings.group("aws_config").unwrap_or(&nothing);
    if let Some(problem) = conflict(aws) {
        return vec![problem];
    }
    let doubts = [session(aws), unanswered(model, operation)];
    doubts.into_iter().flatten().collect()
}

fn problem(
    severity: Severity,
    path: &'static [&'static str],
    message: &str,
    help: &str,
) -> FieldProblem {
    FieldProblem {
        severity,
        path,
        message: message.to_owned(),
        help: Some(help.to_owned()),
    }
}

/// The three shapes of `aws_config` do not mix.
fn conflict(aws: &Settings) -> Option<FieldProblem> {
    let has = |name: &str| aws.get(name).is_some();
    let error = |path, message, help| Some(problem(Severity::Error, path, message, help));
    let (role, id, secret) = (
        has("aws_role_arn"),
        has("aws_access_key_id"),
        has("aws_secret_access_key"),
    );
    let length = aws.integer("session_length_seconds");
    if role && length.is_some_and(|seconds| !SESSION_LENGTHS.contains(&seconds)) {
        return error(
            &["config", "aws_config", "session_length_seconds"],
            "`session_length_seconds` is no length of time",
            SESSION_LENGTH_HELP,
        );
    }
    if role && (id || secret) {
        return error(
            &["config", "aws_config"],
            "`aws_config` mixes a role with access keys",
            "keep `aws_role_arn`, or keep the keys: a route uses one of the two",
        );
    }
    match (id, secret) {
        (true, false) => error(
            &["config", "aws_config", "aws_access_key_id"],
            "`aws_access_key_id` needs `aws_secret_access_key`",
            "add the secret key that belongs to it",
        ),
        (false, true) => error(
            &["config", "aws_config", "aws_secret_access_key"],
            "`aws_secret_access_key` needs `aws_access_key_id`",
            "add the access key that belongs to it",
        ),
        _ => None,
    }
}

/// AWS refuses sessions that are too short or too long.
fn session(aws: &Settings) -> Option<FieldProblem> {
    aws.get("aws_role_arn")?;
    let seconds = aws.integer("session_length_seconds")?;
    (!SESSION_LENGTHS_OF_AWS.contains(&seconds)).then(|| {
        problem(
            Severity::Warning,
            &["config", "aws_config", "session_length_seconds"],
            "AWS does not assume a role for a session of this length, so every call will be refused",
            SESSION_LENGTH_HELP,
        )
    })
}

/// A model whose id does not tell how the operation is asked for.
fn unanswered(model: &ModelConfig, operation: Operation) -> Option<FieldProblem> {
    let id = model.name.as_deref().filter(|id| !id.is_empty());
    let warning = |message, help| Some(problem(Severity::Warning, &["name"], message, help));
    if id.is_none() {
        return warning(
            "`model.name` is missing, so every call will be refused",
            "add `name:` with the id of a Bedrock model",
        );
    }
    if Model::read(id).form(operation).is_some() {
        return None;
    }
    match operation {
        Operation::Completions => warning(
            "calls are answered 422: this id names no model of Amazon, Anthropic, AI21 or Cohere",
            "serve the model as `llm/v1/chat`, which takes all that the Converse API knows",
        ),
        Operation::Embeddings => warning(
            "calls are answered 501: this id names no model whose embeddings are served",
            "write an id that begins with `amazon.titan-embed-` or `cohere.embed-`",
        ),
        Operation::Chat => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_config::ProcessEnvironment;

    /// Reads a file with this model, and returns all that is said about it.
    fn told(route_type: &str, model: &str, aws: &str) -> String {
        let file = format!(
            "endpoints: [{{name: e, endpoint_type: llm/v1/{route_type}, model: {{provider: bedrock, {model} config: {{aws_config: {aws}}}}}}}]"
        );
        let catalog = crate::catalog();
        match tidegate_config::parse(&file, Path::new("test"), catalog, &ProcessEnvironment) {
            Ok(loaded) => {
                let warnings = loaded.warnings.iter().map(ToString::to_string);
                warnings.collect()
            }
            Err(error) => format!("refused: {error}"),
        }
    }

    #[test]
    fn refuses_what_does_not_mix() {
        for (aws, problem) in [
            (
                "{aws_role_arn: r, aws_access_key_id: a, aws_secret_access_key: b}",
                "`aws_config` mixes a role with access keys",
            ),
            (
                "{aws_access_key_id: a}",
                "`aws_access_key_id` needs `aws_secret_access_key`",
            ),
            (
                "{aws_secret_access_key: b}",
                "`aws_secret_access_key` needs `aws_access_key_id`",
            ),
            (
                "{aws_role_arn: r, session_length_seconds: 0}",
                "`session_length_seconds` is no length of time",
            ),
        ] {
            let told = told("chat", "name: m,", aws);
            assert!(told.starts_with("refused: "), "{told}");
            assert!(told.contains(problem), "{told}");
        }
    }

    #[test]
    fn warns_of_what_no_call_can_do() {
        let role = |seconds| format!("{{aws_role_arn: r, session_length_seconds: {seconds}}}");
        for (route_type, model, aws, warning) in [
            ("chat", "name: meta.llama3,", "{}".to_owned(), ""),
            ("chat", "name: m,", role(900), ""),
            ("chat", "name: m,", role(43_200), ""),
            (
                "chat",
                "name: m,",
                "{session_length_seconds: 1}".to_owned(),
                "",
            ),
            ("chat", "name: m,", role(899), "session of this length"),
            ("chat", "name: m,", role(43_201), "session of this length"),
            ("chat", "", "{}".to_owned(), "`model.name` is missing"),
            (
                "chat",
                "name: '',",
                "{}".to_owned(),
                "`model.name` is missing",
            ),
            (
                "completions",
                "name: meta.llama3,",
                "{}".to_owned(),
                "answered 422",
            ),
            ("completions", "name: cohere.command,", "{}".to_owned(), ""),
            (
                "embeddings",
                "name: cohere.command,",
                "{}".to_owned(),
                "answered 501",
            ),
            ("embeddings", "name: cohere.embed-v4,", "{}".to_owned(), ""),
        ] {
            let told = told(route_type, model, &aws);
            assert_eq!(told.is_empty(), warning.is_empty(), "{told}");
            assert!(told.contains(warning), "{told}");
            assert!(!told.starts_with("refused"), "{told}");
        }
    }
}
