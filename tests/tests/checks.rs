//! What `tidegate check` says about routes that load, with the real binary.

#![expect(clippy::unwrap_used, reason = "a test may end anywhere")]

use tidegate_tests::gateway::{Exit, run};

fn check(route: &str) -> Exit {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    std::fs::write(&path, format!("routes: [{{name: r, {route}}}]\n")).unwrap();
    run(&["check", "--config-path", path.to_str().unwrap()])
}

#[test]
fn a_route_type_that_the_provider_lacks_calls_nothing() {
    for (route, says) in [
        (
            "route_type: llm/v1/embeddings, model: {provider: anthropic, name: m, config: {anthropic_api_key: k}}",
            "    calls     nothing: Anthropic serves no embeddings, calls are answered 501\n",
        ),
        (
            "route_type: llm/v1/chat, model: {provider: anthropic, name: m, config: {anthropic_api_key: k}}",
            "    calls     https://api.anthropic.com/v1/messages\n",
        ),
    ] {
        let exit = check(route);
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
        assert!(exit.stdout.contains(says), "{}", exit.stdout);
    }
}

#[test]
fn credentials_that_are_fetched_are_named() {
    let bedrock = |aws: &str| {
        format!(
            "route_type: llm/v1/chat, model: {{provider: bedrock, name: m, config: {{aws_config: {aws}}}}}"
        )
    };
    for (route, says) in [
        (
            bedrock("{}"),
            "    login     AWS's standard chain of credentials\n",
        ),
        (
            bedrock("{aws_role_arn: \"arn:aws:iam::1:role/x\"}"),
            "    login     the role arn:aws:iam::1:role/x, assumed with AWS's standard chain of credentials\n",
        ),
        (
            "route_type: llm/v1/chat, model: {provider: databricks, name: m, config: {databricks_host: \"https://h\", databricks_client_id: c, databricks_client_secret: hush}}".to_owned(),
            "    login     the client c at https://h/oidc/v1/token\n",
        ),
        (
            "route_type: llm/v1/chat, model: {provider: azuread, name: m, config: {openai_api_base: \"https://h\", openai_api_version: v, openai_deployment_name: d, azure_managed_identity: true}}".to_owned(),
            "    login     the managed identity of the machine\n",
        ),
        (
            "route_type: llm/v1/chat, model: {provider: vertex, name: m, config: {vertex_project: p}}".to_owned(),
            "    login     Google's application default credentials\n",
        ),
    ] {
        let exit = check(&route);
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
        assert!(exit.stdout.contains(says), "{}", exit.stdout);
        assert!(!exit.stdout.contains("hush"), "{}", exit.stdout);
    }
    let exit = check(&bedrock("{aws_access_key_id: a, aws_secret_access_key: b}"));
    assert!(!exit.stdout.contains("login"), "{}", exit.stdout);
}

#[test]
fn a_model_that_an_address_names_is_missed_where_it_should_stand() {
    for route in [
        "route_type: llm/v1/chat, model: {provider: palm, config: {palm_api_key: k}}",
        "route_type: llm/v1/completions, model: {provider: mosaicml, config: {mosaicml_api_key: k}}",
    ] {
        let exit = check(route);
        assert_eq!(exit.code, Some(2), "{}", exit.stderr);
        for says in [
            "`model.name` is missing: the provider's address names the model",
            "key: routes.0.model.name",
        ] {
            assert!(exit.stderr.contains(says), "{}", exit.stderr);
        }
    }
}

#[test]
fn a_key_file_is_read_before_the_first_call() {
    let vertex = |more: &str| {
        format!(
            "route_type: llm/v1/completions, model: {{provider: vertex, name: claude-x, config: {{vertex_project: p{more}}}}}"
        )
    };
    let exit = check(&vertex(
        ", vertex_credentials: '{\"private_key\": \"hush\"}'",
    ));
    assert_eq!(exit.code, Some(1), "{}", exit.stderr);
    assert!(
        exit.stderr.contains("its key file has no `type`."),
        "{}",
        exit.stderr
    );
    assert!(!exit.stderr.contains("hush"), "{}", exit.stderr);
    let exit = check(&vertex(", vertex_location: h.example/x"));
    let says = "`h.example/x` is no location of Google Cloud";
    assert!(exit.stderr.contains(says), "{}", exit.stderr);
    let exit = check(&vertex(""));
    let says = "Claude serves no completions, so every call will be answered 501";
    assert!(exit.stderr.contains(says), "{}", exit.stderr);
}

#[test]
fn what_is_added_to_calls_is_named_and_not_shown() {
    let exit = check(
        "route_type: llm/v1/chat, model: {provider: openai, name: m, config: {openai_api_key: k, extra_headers: {X-Team: hush, x-b: $PATH}, extra_query: {tag: hush}}}",
    );
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let says = "    header    x-team written in the config file\n    header    x-b from $PATH\n    query     tag written in the config file\n";
    assert!(exit.stdout.contains(says), "{}", exit.stdout);
    assert!(!exit.stdout.contains("hush"), "{}", exit.stdout);
}

#[test]
fn what_cannot_be_added_is_told() {
    let sandbox = "route_type: llm/v1/chat, model: {provider: sandbox, config: {extra_headers: {x-a: b}, extra_query: {c: d}}}";
    let long = format!(
        "route_type: llm/v1/chat, model: {{provider: openai, config: {{openai_api_key: k, extra_query: {{a: {}}}}}}}",
        "x".repeat(16_384)
    );
    for (route, code, says) in [
        (
            sandbox,
            0,
            "warning: `extra_headers` is ignored: this provider answers inside the process",
        ),
        (
            sandbox,
            0,
            "warning: `extra_query` is ignored: this provider answers inside the process",
        ),
        (
            &long,
            1,
            "endpoint `r`: `extra_query` takes more than 16384 bytes when it is written into an address",
        ),
    ] {
        let exit = check(route);
        assert_eq!(exit.code, Some(code), "{}", exit.stderr);
        assert!(exit.stderr.contains(says), "{}", exit.stderr);
    }
}
