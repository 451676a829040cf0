//! The JSON Schema accepts what the reader accepts, and refuses what an editor should underline.

mod seed;

use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use tidegate_config::{parse, schema};

use seed::{CATALOG, PATH, WORLD};

struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    #[expect(clippy::unwrap_used, reason = "the test ends here")]
    fn new() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler
            .add_resource("http://test/schema.json", schema(CATALOG))
            .unwrap();
        let index = compiler
            .compile("http://test/schema.json", &mut schemas)
            .unwrap();
        Self { schemas, index }
    }

    fn check(&self, file: &Value) -> Result<(), String> {
        self.schemas
            .validate(file, self.index)
            .map_err(|error| format!("{error:#}"))
    }
}

fn endpoint(kind: &str, model: &Value) -> Value {
    json!({"routes": [{"name": "a", kind: "llm/v1/chat", "model": model}]})
}

/// JSON is YAML, so one text goes to the reader and to the schema.
fn accepted(file: &Value) -> bool {
    parse(&file.to_string(), Path::new(PATH), CATALOG, &WORLD).is_ok()
}

fn models() -> Vec<Value> {
    let key = "$OPENAI_API_KEY";
    vec![
        json!({"provider": "openai", "name": "gpt-4", "config": {"openai_api_key": key}}),
        json!({"provider": "OpenAI", "name": "gpt-35-turbo", "config": {
            "openai_api_type": "azuread", "openai_api_key": key, "openai_deployment_name": "d",
            "openai_api_base": "https://h.openai.azure.com", "openai_api_version": "2023-05-15",
        }}),
        json!({"provider": "azure", "config": {
            "openai_api_key": key, "openai_deployment_name": "d", "openai_api_base": "https://h", "openai_api_version": 1,
        }}),
        json!({"provider": "openai", "config": {"azure_managed_identity": true}}),
        json!({"provider": "openai", "config": {"openai_api_key": null, "azure_managed_identity": true}}),
        json!({"provider": "openai", "config": {"openai_api_key": key, "azure_managed_identity": null}}),
        json!({"provider": "anthropic", "name": null, "config": {"anthropic_api_key": key, "unknown": 1}}),
        json!({"provider": "mlflow_model_serving", "config": {"model_server_url": "http://h"}}),
        json!({"provider": "huggingface text generation inference", "config": {"hf_server_url": "http://h"}}),
        json!({"provider": "mosaicml", "name": "llama2-70b-chat", "config": {"mosaicml_api_key": key}}),
        json!({"provider": "ai21labs", "name": "j2-ultra", "config": {"ai21labs_api_key": key, "ai21labs_api_base": null}}),
        json!({"provider": "amazon-bedrock", "config": {"aws_config": {}}}),
        json!({"provider": "bedrock", "config": {"aws_config": {"aws_role_arn": "r", "session_length_seconds": 60}}}),
        json!({"provider": "togetherai", "config": {"api_key": key, "base_url": "https://h"}}),
        json!({"provider": "togetherai", "config": {"togetherai_api_key": null, "api_key": key, "api_base": null}}),
        json!({"provider": "local", "config": {"extra_headers": {"X-A": "b", "x-c": 1, "x-d": true}, "extra_query": {"a b": "$OPENAI_API_KEY"}}}),
        json!({"provider": "local", "config": {"extra_headers": null, "extra_query": {}}}),
        json!({"provider": "local"}),
        json!({"provider": "local", "config": {"mode": "FAST", "temperature": 0.5, "warm": true}}),
    ]
}

fn valid() -> Vec<Value> {
    let kinds = ["route_type", "endpoint_type", "type"];
    let mut files: Vec<Value> = kinds
        .iter()
        .flat_map(|kind| models().into_iter().map(|model| endpoint(kind, &model)))
        .collect();
    let local = json!({"provider": "local"});
    files.extend([
        json!({"endpoints": []}),
        json!({"routes": [], "endpoints": [], "other": 1, "mlflow_dialect": "auto"}),
        json!({"routes": [{"name": "é-1.x", "type": "chat/completions", "model": local, "limit": null}]}),
        json!({"routes": [{"name": "a", "type": "llm/v1/chat", "model": local,
            "limit": {"calls": 0, "renewal_period": "5 Minutes", "key": null}}]}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": local, "strict": true}]}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": local, "strict": null}]}),
        json!({
            "endpoints": [{"name": "a", "endpoint_type": "llm/v1/chat", "model": local}],
            "routes": [{"name": "s", "task_type": "llm/v1/chat", "routing_strategy": "TRAFFIC_SPLIT",
                "destinations": [{"name": "a", "traffic_percentage": 1}]}],
        }),
        json!({"endpoints": [], "server": {"max_headers": 50, "access_log": {"file": "x"}, "cors_origins": ["*", "https://h:1"],
            "root_path": "/llm", "header_timeout_seconds": 0.5}}),
        json!({"endpoints": [], "server": null, "upstream": {"forward_headers": ["X-Id"], "ca_bundle": null,
            "stream_timeout_seconds": null}}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": {"provider": "local"}}],
            "aliases": {"claude-*": "a", "openai/gpt-4o": "a"}}),
        json!({"endpoints": [], "aliases": null}),
        json!({"endpoints": [], "aliases": {}}),
    ]);
    files
}

fn invalid() -> Vec<Value> {
    let mut files: Vec<Value> = [
        json!({"provider": "nobody"}),
        json!({"name": "x"}),
        json!({"provider": "openai"}),
        json!({"provider": "OPENAI", "config": {}}),
        json!({"provider": "openai", "config": {"openai_api_key": 5}}),
        json!({"provider": "openai", "config": {"openai_api_key": null}}),
        json!({"provider": "openai", "config": {"azure_managed_identity": null}}),
        json!({"provider": "openai", "config": {"openai_api_key": null, "azure_managed_identity": null}}),
        json!({"provider": "bedrock", "config": {"aws_config": []}}),
        json!({"provider": "bedrock", "config": {"aws_config": {"aws_role_arn": "r", "role_arn": "r"}}}),
        json!({"provider": "togetherai", "config": {"api_key": null}}),
        json!({"provider": "local", "config": {"extra_headers": ["a"]}}),
        json!({"provider": "local", "config": {"extra_headers": {"a b": "c"}}}),
        json!({"provider": "local", "config": {"extra_headers": {"HOST": "h"}}}),
        json!({"provider": "local", "config": {"extra_headers": {"Transfer-Encoding": "chunked"}}}),
        json!({"provider": "local", "config": {"extra_query": {"": "a"}}}),
        json!({"provider": "local", "config": {"extra_query": {"a": null}}}),
        json!({"provider": "local", "config": {"extra_query": {"a": ["b"]}}}),
        json!({"provider": "togetherai", "config": {"api_key": "k", "togetherai_api_key": "k"}}),
        json!({"provider": "togetherai", "config": {"api_key": "k", "api_base": "https://h", "base_url": "https://h"}}),
        json!({"provider": "local", "config": {"mode": "slow"}}),
        json!({"provider": "mlflow-model-serving", "config": {"model_server_url": "h:1"}}),
    ]
    .iter()
    .map(|model| endpoint("type", model))
    .collect();
    let local = json!({"provider": "local"});
    files.extend([
        json!([]),
        json!({}),
        json!({"endpoints": {}}),
        json!({"endpoints": [5]}),
        json!({"endpoints": [{"name": "a b", "type": "llm/v1/chat", "model": local}]}),
        json!({"endpoints": [{"name": "a", "type": "chat", "model": local}]}),
        json!({"endpoints": [{"name": "a", "model": local}]}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": local, "strict": "true"}]}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": local, "strict": 1}]}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": local, "limit": {"calls": -1, "renewal_period": "day"}}]}),
        json!({"endpoints": [{"name": "a", "type": "llm/v1/chat", "model": local, "limit": {"calls": 1, "renewal_period": "week"}}]}),
        json!({"endpoints": [{"name": "a", "task_type": "llm/v1/chat", "destinations": [{"name": "b"}]}]}),
        json!({"endpoints": [], "server": {"unknown": 1}}),
        json!({"endpoints": [], "server": {"max_headers": "50"}}),
        json!({"endpoints": [], "upstream": {"forward_headers": ["cookie"]}}),
        json!({"endpoints": [], "upstream": {"idle_timeout_seconds": 0}}),
        json!({"endpoints": [], "mlflow_dialect": "choice"}),
        json!({"endpoints": [], "aliases": ["a"]}),
        json!({"endpoints": [], "aliases": {"": "a"}}),
        json!({"endpoints": [], "aliases": {"b": 5}}),
    ]);
    files
}

#[test]
fn valid_files() {
    let validator = Validator::new();
    for file in valid() {
        assert!(accepted(&file), "the reader refuses {file}");
        validator
            .check(&file)
            .unwrap_or_else(|error| panic!("{file}\n{error}"));
    }
}

#[test]
fn invalid_files() {
    let validator = Validator::new();
    for file in invalid() {
        assert!(!accepted(&file), "the reader takes {file}");
        assert!(validator.check(&file).is_err(), "the schema takes {file}");
    }
}

#[test]
fn every_key_is_described() {
    fn walk(value: &Value, path: &str) {
        let Some(properties) = value.get("properties").and_then(Value::as_object) else {
            return;
        };
        for (name, property) in properties {
            assert!(
                property.get("description").is_some()
                    || property.get("$ref").is_some()
                    || property.get("anyOf").is_some(),
                "{path}.{name}"
            );
            walk(property, &format!("{path}.{name}"));
        }
    }
    walk(&schema(CATALOG), "");
}

/// `UPDATE_GOLDEN=1` rewrites the file; it shows reviewers what editors will see.
#[test]
fn as_committed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema.json");
    let fresh = serde_json::to_string_pretty(&schema(CATALOG)).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &fresh).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), fresh);
}
