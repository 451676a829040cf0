//! Which targets take a client's body as it is, in which dialect, and where it goes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end anywhere")]

use std::path::Path;
use std::sync::Arc;

use tidegate_config::{ProcessEnvironment, parse};
use tidegate_providers::{CallHead, ModelEdit, Native, Provider, Transport, catalog, find};
use tidegate_wire::Operation;

fn build(model: &str) -> Arc<dyn Provider> {
    let file = format!("endpoints: [{{name: e, endpoint_type: llm/v1/chat, model: {model}}}]");
    let loaded = parse(&file, Path::new("test"), catalog(), &ProcessEnvironment);
    let loaded = loaded.unwrap_or_else(|error| panic!("{model}: {error}"));
    let model = &loaded.config.endpoints.first().unwrap().model;
    let build = find(model.provider.name).unwrap().build.unwrap();
    build(model).unwrap()
}

/// Returns where a call goes, and what becomes of the body's model; nothing where its dialect is not spoken.
fn way(provider: &dyn Provider, native: Native, streams: bool) -> Option<String> {
    let call = CallHead {
        streams,
        faithful: true,
        native: Some(native),
        ..CallHead::of(Operation::Chat)
    };
    let Transport::Http(uri) = provider.head(&call).transport else {
        panic!("a local provider")
    };
    let model = if provider.needs_adapting(&call, b"{}") {
        "adapted".to_owned()
    } else {
        match provider.model_edit(&call) {
            ModelEdit::Replace(name) => String::from_utf8(name.to_vec()).unwrap(),
            ModelEdit::Remove => "removed".to_owned(),
        }
    };
    let spoken = provider.speaks(Operation::Chat, native);
    spoken.then(|| format!("{uri} {model}"))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn bodies_pass_where_their_dialect_is_spoken() {
    use Native::{CountTokens, Messages, Responses};
    const VERTEX: &str = "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models";
    for (model, native, streams, want) in [
        (
            "{provider: anthropic, name: claude-sonnet-4-5, config: {anthropic_api_key: k}}",
            Messages,
            true,
            Some(r#"https://api.anthropic.com/v1/messages "claude-sonnet-4-5""#),
        ),
        (
            "{provider: anthropic, name: claude-sonnet-4-5, config: {anthropic_api_key: k}}",
            CountTokens,
            false,
            Some(r#"https://api.anthropic.com/v1/messages/count_tokens "claude-sonnet-4-5""#),
        ),
        (
            "{provider: anthropic, name: claude-sonnet-4-5, config: {anthropic_api_key: k}}",
            Responses,
            false,
            None,
        ),
        (
            "{provider: vertex, name: claude-sonnet-4-5, config: {vertex_project: p, vertex_location: us-east5}}",
            Messages,
            false,
            Some(&*format!("{VERTEX}/claude-sonnet-4-5:rawPredict adapted")),
        ),
        (
            "{provider: vertex, name: claude-sonnet-4-5, config: {vertex_project: p, vertex_location: us-east5}}",
            Messages,
            true,
            Some(&*format!(
                "{VERTEX}/claude-sonnet-4-5:streamRawPredict adapted"
            )),
        ),
        (
            "{provider: vertex, name: claude-sonnet-4-5, config: {vertex_project: p, vertex_location: us-east5}}",
            CountTokens,
            false,
            Some(&*format!(
                "{VERTEX}/count-tokens:rawPredict \"claude-sonnet-4-5\""
            )),
        ),
        (
            "{provider: vertex, name: gemini-2.5-flash, config: {vertex_project: p}}",
            Messages,
            false,
            None,
        ),
        (
            "{provider: bedrock, name: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', config: {aws_config: {}}}",
            Messages,
            true,
            Some(
                "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream adapted",
            ),
        ),
        (
            "{provider: bedrock, name: anthropic.claude-3-haiku-20240307-v1, config: {aws_config: {}}}",
            Messages,
            false,
            Some("/model/anthropic.claude-3-haiku-20240307-v1/invoke adapted"),
        ),
        (
            "{provider: bedrock, name: anthropic.claude-3-haiku-20240307-v1, config: {aws_config: {}}}",
            CountTokens,
            false,
            None,
        ),
        (
            "{provider: bedrock, name: anthropic.claude-instant-v1, config: {aws_config: {}}}",
            Messages,
            false,
            None,
        ),
        (
            "{provider: bedrock, name: amazon.nova-lite-v1, config: {aws_config: {}}}",
            Messages,
            false,
            None,
        ),
        (
            "{provider: openai, name: gpt-5, config: {openai_api_key: k}}",
            Responses,
            true,
            Some(r#"https://api.openai.com/v1/responses "gpt-5""#),
        ),
        (
            "{provider: openai, name: gpt-5, config: {openai_api_key: k}}",
            Messages,
            true,
            None,
        ),
        (
            "{provider: openai, name: m, config: {openai_api_key: k, openai_api_base: 'http://h/v1', openai_responses: false}}",
            Responses,
            false,
            None,
        ),
        (
            "{provider: azure, name: gpt-5, config: {openai_api_key: k, openai_api_base: 'https://r.openai.azure.com/', openai_deployment_name: d, openai_api_version: '2024-10-21'}}",
            Responses,
            false,
            Some(r#"https://r.openai.azure.com/openai/v1/responses "d""#),
        ),
        (
            "{provider: groq, name: openai/gpt-oss-20b, config: {groq_api_key: k}}",
            Responses,
            false,
            Some(r#"https://api.groq.com/openai/v1/responses "openai/gpt-oss-20b""#),
        ),
        (
            "{provider: perplexity, name: sonar, config: {perplexity_api_key: k}}",
            Responses,
            false,
            None,
        ),
        (
            "{provider: vllm, name: m, config: {vllm_api_base: 'http://h/v1', responses: false}}",
            Responses,
            false,
            None,
        ),
        (
            "{provider: openai-compatible, name: m, config: {api_base: 'http://h/v1'}}",
            Responses,
            false,
            None,
        ),
        (
            "{provider: openai-compatible, name: m, config: {api_base: 'http://h/v1', responses: true}}",
            Responses,
            false,
            Some(r#"http://h/v1/responses "m""#),
        ),
        (
            "{provider: ollama, name: m, config: {ollama_api_base: 'http://h', ollama_api: openai}}",
            Responses,
            false,
            Some(r#"http://h/v1/responses "m""#),
        ),
        (
            "{provider: ollama, name: m, config: {ollama_api_base: 'http://h'}}",
            Responses,
            false,
            None,
        ),
    ] {
        let way = way(&*build(model), native, streams);
        assert_eq!(way.as_deref(), want, "{model} {native:?}");
    }
}
