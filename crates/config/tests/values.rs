//! What valid files mean: keys, fields, providers, splits, limits.

mod seed;

use std::path::Path;
use std::time::Duration;

use tidegate_config::{
    Config, ConfigError, ExtraPair, KeySource, Loaded, MlflowDialect, Settings, Value, parse,
};
use tidegate_wire::Operation;

use seed::{CATALOG, PATH, WORLD, World};

fn load_in(text: &str, world: &World) -> Loaded {
    match parse(text, Path::new(PATH), CATALOG, world) {
        Ok(loaded) => loaded,
        Err(error) => refused(&error),
    }
}

#[expect(clippy::panic, reason = "the test ends here")]
fn refused(error: &ConfigError) -> ! {
    panic!("{error}")
}

fn load(text: &str) -> Config {
    load_in(text, &WORLD).config
}

fn settings(provider: &str, config: &str) -> Settings {
    let text = format!(
        "routes:\n- {{name: a, type: llm/v1/chat, model: {{provider: '{provider}', name: llama2, config: {config}}}}}"
    );
    let mut config = load(&text);
    config.endpoints.remove(0).model.settings
}

#[test]
fn keys() {
    let environment = |name: &str| KeySource::Environment(name.to_owned());
    let file = |path: &str| KeySource::File(path.to_owned());
    let cases = [
        (
            "$OPENAI_API_KEY",
            "sk-from-environment",
            environment("OPENAI_API_KEY"),
        ),
        (
            "'$OPENAI_API_KEY'",
            "sk-from-environment",
            environment("OPENAI_API_KEY"),
        ),
        (
            "$ENDS_WITH_NEWLINE",
            "sk-environment",
            environment("ENDS_WITH_NEWLINE"),
        ),
        ("/run/secrets/key", "sk-from-file", file("/run/secrets/key")),
        ("relative/key", "sk-relative", file("relative/key")),
        ("sk-literal", "sk-literal", KeySource::Literal),
        ("'12345'", "12345", KeySource::Literal),
        (
            "/run/secrets/absent",
            "/run/secrets/absent",
            KeySource::Literal,
        ),
        (
            "sk-$OPENAI_API_KEY",
            "sk-$OPENAI_API_KEY",
            KeySource::Literal,
        ),
        ("\"sk-literal\\n\"", "sk-literal", KeySource::Literal),
        ("sk-ключ", "sk-ключ", KeySource::Literal),
    ];
    for (written, expected, expected_source) in cases {
        let settings = settings("openai", &format!("{{openai_api_key: {written}}}"));
        let Some(Value::Secret(key, source)) = settings.get("openai_api_key") else {
            panic!()
        };
        assert_eq!(
            (key.expose(), source),
            (expected, &expected_source),
            "{written}"
        );
    }
}

#[test]
fn the_environment_stands_in_for_what_is_left_out() {
    let read = |config: &str| {
        let settings = settings("local", config);
        let token = match settings.get("local_token") {
            Some(Value::Secret(token, source)) => Some((token.expose().to_owned(), source.clone())),
            _ => None,
        };
        let text = |name| settings.text(name).map(str::to_owned);
        (token, text("local_host"), text("local_user"))
    };
    let default = KeySource::Default("LOCAL_TOKEN".to_owned());
    assert_eq!(
        read("{}"),
        (
            Some(("token-by-default".to_owned(), default)),
            Some("local.example".to_owned()),
            None,
        ),
    );
    let written = "{local_token: $OPENAI_API_KEY, local_host: 'http://h', local_user: $LOCAL_HOST}";
    let environment = KeySource::Environment("OPENAI_API_KEY".to_owned());
    assert_eq!(
        read(written),
        (
            Some(("sk-from-environment".to_owned(), environment)),
            Some("http://h".to_owned()),
            Some("$LOCAL_HOST".to_owned()),
        ),
    );
}

#[test]
fn aws_keys_are_no_files() {
    let settings = settings(
        "Amazon Bedrock",
        "{aws_config: {aws_access_key_id: /run/secrets/key, aws_secret_access_key: $AWS_SECRET}}",
    );
    let group = settings.group("aws_config").unwrap();
    assert_eq!(
        group.secret("aws_access_key_id").unwrap().expose(),
        "/run/secrets/key"
    );
    assert_eq!(
        group.secret("aws_secret_access_key").unwrap().expose(),
        "aws-from-environment"
    );
    assert_eq!(group.integer("session_length_seconds"), Some(900));
    assert!(
        settings
            .group("aws_config")
            .unwrap()
            .get("aws_region")
            .is_none()
    );
}

#[test]
fn extras_of_any_provider() {
    let text = "routes: [{name: a, type: llm/v1/chat, model: {provider: local, config: {extra_headers: {X-A: $ENDS_WITH_NEWLINE, b: '', c: /run/secrets/key}, extra_query: {'n 1': 2023-05-15, on: no}}}}]";
    let extras = load(text).endpoints.remove(0).model.extras;
    let told = |pairs: &[ExtraPair]| {
        let told = |pair: &ExtraPair| {
            let value = pair.value.expose().to_owned();
            (pair.name.clone(), value, pair.source.clone())
        };
        pairs.iter().map(told).collect::<Vec<_>>()
    };
    let literal = |name: &str, value: &str| (name.to_owned(), value.to_owned(), KeySource::Literal);
    let variable = KeySource::Environment("ENDS_WITH_NEWLINE".to_owned());
    assert_eq!(
        told(&extras.headers),
        [
            ("x-a".to_owned(), "sk-environment".to_owned(), variable),
            literal("b", ""),
            literal("c", "/run/secrets/key"),
        ]
    );
    assert_eq!(
        told(&extras.query),
        [literal("n 1", "2023-05-15"), literal("on", "no")]
    );
}

#[test]
fn texts_are_taken_as_written() {
    let cases = [
        "2023-05-15",
        "'2023-05-15'",
        "2023",
        "1.0",
        "2023-05-15-preview",
    ];
    for written in cases {
        let config = format!("{{openai_api_key: k, openai_api_version: {written}}}");
        let text = settings("openai", &config)
            .text("openai_api_version")
            .map(ToOwned::to_owned);
        assert_eq!(text.as_deref(), Some(written.trim_matches('\'')));
    }
}

#[test]
fn other_kinds_of_fields() {
    let settings = settings("local", "{temperature: 1, warm: yes, mode: CAREFUL}");
    assert_eq!(settings.number("temperature"), Some(1.0));
    assert!(matches!(settings.get("warm"), Some(Value::Boolean(true))));
    assert_eq!(settings.text("mode"), Some("careful"));
}

#[test]
fn providers_are_found_by_any_spelling() {
    let cases = [
        ("OpenAI", "{openai_api_key: k}", "openai"),
        ("ANTHROPIC", "{anthropic_api_key: k}", "anthropic"),
        (
            "mlflow_model_serving",
            "{model_server_url: http://h}",
            "mlflow-model-serving",
        ),
        (
            "MLFLOW-MODEL-SERVING",
            "{model_server_url: http://h}",
            "mlflow-model-serving",
        ),
        (
            "huggingface text generation inference",
            "{hf_server_url: http://h}",
            "huggingface-text-generation-inference",
        ),
        (
            "HuggingFace_Text-Generation Inference",
            "{hf_server_url: http://h}",
            "huggingface-text-generation-inference",
        ),
        ("amazon-bedrock", "{aws_config: {}}", "bedrock"),
        ("togetherAI", "{togetherai_api_key: k}", "togetherai"),
    ];
    for (written, config, expected) in cases {
        let text = format!(
            "routes: [{{name: a, type: llm/v1/chat, model: {{provider: {written}, config: {config}}}}}]"
        );
        let config = load(&text);
        assert_eq!(
            config.endpoints[0].model.provider.name, expected,
            "{written}"
        );
    }
}

#[test]
fn defaults_of_fields() {
    assert_eq!(
        settings("anthropic", "{anthropic_api_key: k}").text("anthropic_version"),
        Some("2023-06-01")
    );
    assert_eq!(
        settings("anthropic", "{anthropic_api_key: k, anthropic_version: }")
            .text("anthropic_version"),
        Some("2023-06-01")
    );
    assert_eq!(
        settings("cohere", "{cohere_api_key: k}").text("cohere_api_base"),
        Some("https://api.cohere.ai/v1")
    );
}

#[test]
fn endpoints_and_splits() {
    let config = load(
        "routes:
  - {name: é.a-b_c, type: llm/v1/chat, model: {provider: local}, limit: {calls: 0, renewal_period: 5Minutes, key: u}}
  - {name: old, route_type: llm/v1/embeddings, endpoint_type: llm/v1/completions, model: {provider: local, name: m}}
endpoints:
  - {name: both, task_type: chat/completions, destinations: [{name: new, traffic_percentage: 3}, {name: é.a-b_c, traffic_percentage: 0}]}
  - {name: new, endpoint_type: llm/v1/chat, model: {provider: local}}
mlflow_dialect: candidates
",
    );
    let names: Vec<_> = config
        .endpoints
        .iter()
        .map(|endpoint| (endpoint.name.as_str(), endpoint.operation))
        .collect();
    assert_eq!(
        names,
        [
            ("é.a-b_c", Operation::Chat),
            ("old", Operation::Completions),
            ("new", Operation::Chat)
        ]
    );
    let limit = config.endpoints[0].limit.as_ref().unwrap();
    assert_eq!(
        (limit.calls, limit.multiple, limit.unit, limit.window),
        (0, 5, "minute", Duration::from_mins(5))
    );
    assert_eq!(
        (limit.renewal_period.as_str(), limit.key.as_deref()),
        ("5Minutes", Some("u"))
    );
    assert_eq!(config.splits.len(), 1);
    assert_eq!(config.splits[0].operation, Operation::Chat);
    assert_eq!(
        config.splits[0].destinations,
        [("new".to_owned(), 3), ("é.a-b_c".to_owned(), 0)]
    );
    assert_eq!(config.mlflow_dialect, MlflowDialect::Candidates);
}

#[test]
fn strictness() {
    for (written, strict) in [
        ("", false),
        (", strict: true", true),
        (", strict: no", false),
        (", strict: ", false),
    ] {
        let config = load(&format!(
            "routes: [{{name: a, type: llm/v1/chat, model: {{provider: local}}{written}}}]"
        ));
        assert_eq!(config.endpoints[0].strict, strict, "{written}");
    }
}

#[test]
fn yaml_details() {
    let config = load(
        "\u{feff}%YAML 1.1\r\n---\r\nbase: &base\r\n  provider: local\r\nendpoints:\r\n  - name: \"a\"\r\n    type: llm/v1/chat\r\n    model: {<<: *base, name: \"folded\r\n        name\"\r\n      }\r\n...\r\n",
    );
    assert_eq!(
        config.endpoints[0].model.name.as_deref(),
        Some("folded name")
    );
}

#[test]
fn strict_makes_errors_of_warnings() {
    let loaded = load_in("endpoints: []\nunknown: 1", &WORLD);
    let error = loaded.into_strict().unwrap_err();
    assert_eq!(error.message(), "unknown key `unknown` is ignored");
    assert!(error.to_string().contains("--> /etc/tidegate.yaml:2:1"));
    assert!(load_in("endpoints: []", &WORLD).into_strict().is_ok());
}
