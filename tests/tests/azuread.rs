//! `azuread` routes whose tokens the gateway fetches itself: from Azure AD, or from the machine's managed identity.

use std::path::Path;

use tidegate_tests::tls::Authority;
use tidegate_tests::{Gateway, Launch, Upstream, client, samples};

const CHAT: &str = r#"{"messages": [{"role": "user", "content": "hi"}]}"#;

fn config(provider: &Upstream, identity: &str, sections: &str) -> String {
    format!(
        "endpoints:\n  - name: chat\n    endpoint_type: llm/v1/chat\n    model:\n      provider: azuread\n      name: gpt-4\n      config:\n        openai_api_base: http://{}\n        openai_api_version: v1\n        openai_deployment_name: dep\n{identity}{sections}",
        provider.address()
    )
}

fn call(gateway: &Gateway) -> client::Response {
    client::post(gateway.address(), "/gateway/chat/invocations", CHAT)
}

/// A token that begins with `name`, for as many seconds.
fn token(name: &str, lifetime: u64) -> Vec<u8> {
    let body =
        format!(r#"{{"token_type":"Bearer","expires_in":{lifetime},"access_token":"{name}"}}"#);
    client::json_answer(200, body)
}

/// An authority of Azure AD, and a gateway that trusts its certificate.
fn with_application(
    answers: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
) -> (Gateway, Upstream, Upstream) {
    let certificates = Authority::default();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let azure = certificates.upstream("127.0.0.1", move |mut call| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        call.send(answers(number));
        call.keep();
    });
    let provider = Upstream::answering(samples::chat());
    let launch = Launch::new("");
    let bundle = certificates.write(launch.folder(), "ca.pem");
    let identity = format!(
        "        azure_tenant_id: contoso\n        azure_client_id: app\n        azure_client_secret: $APP_SECRET\n        azure_authority_host: https://{}\n",
        azure.address()
    );
    let text = config(&provider, &identity, &trusting(&bundle));
    std::fs::write(launch.config(), text).unwrap();
    let gateway = launch
        .env("APP_SECRET", "s3cr3t&=")
        .arg("--log-level=trace")
        .start();
    (gateway, azure, provider)
}

fn trusting(bundle: &Path) -> String {
    format!("upstream:\n  ca_bundle: {}\n", bundle.display())
}

#[test]
fn an_application_asks_once_and_not_before_it_must() {
    let (gateway, azure, provider) =
        with_application(|number| token(&format!("tok{number}"), 3600));
    assert_eq!(azure.requests().len(), 0);
    for _ in 0..3 {
        assert_eq!(call(&gateway).status, 200);
        let sent = provider.last();
        assert_eq!(sent.header("authorization"), Some("Bearer tok0"));
        assert_eq!(sent.header("api-key"), None);
    }
    // A reload that leaves the route alone keeps the token.
    let text = std::fs::read_to_string(gateway.config()).unwrap();
    gateway.reload(&format!("{text}\n"));
    assert_eq!(call(&gateway).status, 200);
    assert_eq!(azure.requests().len(), 1);
    let asked = azure.last();
    assert_eq!(asked.target, "/contoso/oauth2/v2.0/token");
    assert_eq!(
        String::from_utf8(asked.body).unwrap(),
        "client_id=app&client_secret=s3cr3t%26%3D&grant_type=client_credentials&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default"
    );
    let log = gateway.stop().stderr;
    for secret in ["s3cr3t", "tok0"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_token_is_renewed_before_it_expires() {
    let (gateway, azure, provider) = with_application(|number| {
        token(&format!("tok{number}"), if number < 2 { 50 } else { 3600 })
    });
    for want in ["Bearer tok0", "Bearer tok1", "Bearer tok2", "Bearer tok2"] {
        assert_eq!(call(&gateway).status, 200);
        assert_eq!(provider.last().header("authorization"), Some(want));
    }
    assert_eq!(azure.requests().len(), 3);
}

#[test]
fn a_refusal_is_told() {
    let refusal = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215]}"#;
    let (gateway, _azure, provider) = with_application(move |_| client::json_answer(401, refusal));
    let answer = call(&gateway);
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.message(),
        "The endpoint `chat` got no credentials: ClientSecretCredential authentication failed. AADSTS7000215: Invalid client secret provided."
    );
    assert_eq!(provider.requests().len(), 0);
}

#[test]
fn a_managed_identity_asks_its_machine() {
    for (identity, query) in [
        (
            "        azure_managed_identity: true\n",
            "api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com",
        ),
        (
            "        azure_managed_identity: true\n        azure_client_id: mine\n",
            "api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=mine",
        ),
    ] {
        let body = r#"{"access_token":"tok","expires_on":"4102444800","resource":"r","token_type":"Bearer"}"#;
        let machine = Upstream::answering(client::json_answer(200, body));
        let provider = Upstream::answering(samples::chat());
        let gateway = Launch::new(&config(&provider, identity, ""))
            .env(
                "IDENTITY_ENDPOINT",
                format!("http://{}/msi/token", machine.address()),
            )
            .env("IDENTITY_HEADER", "its-secret")
            .start();
        for _ in 0..2 {
            assert_eq!(call(&gateway).status, 200);
            assert_eq!(provider.last().header("authorization"), Some("Bearer tok"));
        }
        assert_eq!(machine.requests().len(), 1);
        let asked = machine.last();
        assert_eq!(asked.target, format!("/msi/token?{query}"));
        assert_eq!(asked.header("x-identity-header"), Some("its-secret"));
    }
}

#[test]
fn a_secret_that_the_authority_repeats_is_masked() {
    let (gateway, _azure, _provider) = with_application(|_| {
        let body =
            r#"{"error":"invalid_client","error_description":"The secret s3cr3t&= is not valid"}"#;
        client::json_answer(401, body)
    });
    let message = call(&gateway).message();
    assert!(message.contains("The secret *** is not valid"), "{message}");
    assert!(!gateway.stderr().contains("s3cr3t"));
}

#[test]
fn a_token_that_the_provider_repeats_is_masked() {
    let body = r#"{"access_token":"tok-secret","expires_on":"4102444800","resource":"r","token_type":"Bearer"}"#;
    let machine = Upstream::answering(client::json_answer(200, body));
    let provider = Upstream::scripted(|call| {
        let key = call.request.header("authorization").unwrap().to_owned();
        let told = format!(r#"{{"error":{{"message":"`{key}` is not allowed"}}}}"#);
        call.answer(client::json_answer(401, told));
    });
    let identity = "        azure_managed_identity: true\n";
    let gateway = Launch::new(&config(&provider, identity, ""))
        .env(
            "IDENTITY_ENDPOINT",
            format!("http://{}/t", machine.address()),
        )
        .env("IDENTITY_HEADER", "s")
        .start();
    let answer = call(&gateway);
    let message = "`Bearer ***` is not allowed";
    assert_eq!((answer.status, answer.message().as_str()), (401, message));
}

#[test]
fn a_slow_identity_ends_with_the_call() {
    let machine = Upstream::manual();
    let provider = Upstream::answering(samples::chat());
    let sections = "upstream:\n  total_timeout_seconds: 0.2\n";
    let identity = "        azure_managed_identity: true\n";
    let gateway = Launch::new(&config(&provider, identity, sections))
        .env(
            "IDENTITY_ENDPOINT",
            format!("http://{}/t", machine.address()),
        )
        .env("IDENTITY_HEADER", "s")
        .start();
    let answer = call(&gateway);
    let message = "The credentials for the provider were not ready within 0.2 s.";
    assert_eq!((answer.status, answer.message().as_str()), (504, message));
    assert_eq!(provider.requests().len(), 0);
}

#[test]
fn half_an_identity_is_refused() {
    let provider = Upstream::answering(samples::chat());
    for (identity, words) in [
        (
            "azure_tenant_id: t",
            "`azuread` needs `azure_client_id`, `azure_client_secret` as well",
        ),
        (
            "azure_managed_identity: false",
            "`azuread` needs `azure_tenant_id`, `azure_client_id`, `azure_client_secret` as well",
        ),
        (
            "azure_managed_identity: true, azure_tenant_id: t",
            "`azure_managed_identity` and `azure_tenant_id` contradict each other",
        ),
        (
            "openai_api_key: k, azure_tenant_id: t",
            "`openai_api_key` and `azure_tenant_id` contradict each other",
        ),
        (
            "azure_tenant_id: t, azure_client_id: c, azure_client_secret: s, azure_authority_host: 'http://h'",
            "`http://h` cannot be asked for tokens",
        ),
        (
            "azure_tenant_id: 't/x', azure_client_id: c, azure_client_secret: s",
            "endpoint `chat`: ",
        ),
        ("openai_api_version: v1", "Field required"),
    ] {
        let lines: String = identity
            .split(", ")
            .map(|line| format!("        {line}\n"))
            .collect();
        let text = config(&provider, &lines, "").replacen(
            "        openai_api_version: v1\n",
            "",
            usize::from(identity.starts_with("openai_api_version")),
        );
        let exit = Launch::new(&text).run();
        assert_ne!(exit.code, Some(0));
        assert!(exit.stderr.contains(words), "{words}\n{}", exit.stderr);
    }
    let only = "endpoints:\n  - {name: c, endpoint_type: llm/v1/chat, model: {provider: openai, name: m, config: {azure_client_id: x, openai_api_key: k}}}\n";
    let exit = Launch::new(only).run();
    assert!(
        exit.stderr
            .contains("`azure_client_id` is only for `azuread`"),
        "{}",
        exit.stderr
    );
}
