//! OAuth's client credentials.

use tidegate_config::Secret;
use tidegate_credentials::Signers;
use tidegate_gateway::Authority as _;
use tidegate_providers::{Auth, ClientCredentials};
use tidegate_tests::{Upstream, client};

fn auth(url: String) -> Auth {
    Auth::ClientCredentials(ClientCredentials {
        token_url: url,
        client_id: "id:1".to_owned(),
        client_secret: Secret::new("s/ü"),
        scope: "all-apis".to_owned(),
    })
}

fn url(server: &Upstream) -> String {
    format!("http://{}/oidc/v1/token", server.address())
}

#[tokio::test]
async fn one_token_serves_until_it_expires() {
    for (lifetime, calls) in [("3600", 1), ("59", 3)] {
        let token = format!(
            r#"{{"access_token":"t1","token_type":"Bearer","expires_in":{lifetime},"scope":"all-apis"}}"#
        );
        let server = Upstream::answering(client::json_answer(200, token));
        let signer = crate::signer(&auth(url(&server)));
        for _ in 0..3 {
            let (_, headers) = crate::sign(&*signer).await.unwrap();
            assert_eq!(headers["authorization"], "Bearer t1");
            assert!(headers["authorization"].is_sensitive());
        }
        assert_eq!(server.requests().len(), calls);
        let request = server.last();
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("POST", "/oidc/v1/token")
        );
        // `id%3A1:s%2F%C3%BC`
        assert_eq!(
            request.header("authorization"),
            Some("Basic aWQlM0ExOnMlMkYlQzMlQkM=")
        );
        assert_eq!(
            request.body,
            b"grant_type=client_credentials&scope=all-apis"
        );
    }
}

#[tokio::test]
async fn a_route_keeps_its_signer_as_long_as_somebody_holds_it() {
    let token = r#"{"access_token":"t1","token_type":"Bearer","expires_in":3600}"#;
    let server = Upstream::answering(client::json_answer(200, token));
    let (http, signers) = (crate::http(), Signers::default());
    let signer = |route, place: &str| {
        let auth = auth(format!("http://{}{place}", server.address()));
        signers.signer(route, &auth, &http).unwrap()
    };
    let first = signer("r", "/a");
    crate::sign(&*first).await.unwrap();
    // A reload that changes nothing, and one that changes the route and is taken back.
    let (same, changed) = (signer("r", "/a"), signer("r", "/b"));
    crate::sign(&*same).await.unwrap();
    crate::sign(&*signer("r", "/a")).await.unwrap();
    assert_eq!(server.requests().len(), 1);
    // Another route has a token of its own, and so has another identity.
    crate::sign(&*signer("s", "/a")).await.unwrap();
    crate::sign(&*changed).await.unwrap();
    assert_eq!(server.requests().len(), 3);
    drop((first, same));
    crate::sign(&*signer("r", "/a")).await.unwrap();
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn failures_say_what_happened() {
    for (status, body, message) in [
        (
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
            "The endpoint `r` got no credentials: the token server at `127.0.0.1` refused: invalid_client: Client authentication failed.",
        ),
        (
            500,
            "<html>",
            "The endpoint `r` got no credentials: the token server at `127.0.0.1` answered 500 Internal Server Error.",
        ),
        (
            429,
            r#"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}"#,
            "The endpoint `r` got no credentials: the token server at `127.0.0.1` answered 429 Too Many Requests.",
        ),
        (
            401,
            "no",
            "The endpoint `r` got no credentials: the answer of the token server at `127.0.0.1` holds no token.",
        ),
        (
            200,
            r#"{"token_type":"Bearer"}"#,
            "The endpoint `r` got no credentials: the answer of the token server at `127.0.0.1` holds no token.",
        ),
        (
            200,
            r#"{"access_token":"a\nb","token_type":"Bearer"}"#,
            "The endpoint `r` got no credentials: the access token holds characters that HTTP forbids.",
        ),
    ] {
        let server = Upstream::answering(client::json_answer(status, body));
        let signer = crate::signer(&auth(url(&server)));
        let fault = crate::sign(&*signer).await.unwrap_err();
        assert_eq!(fault, (502, message.to_owned()));
    }
    let server = Upstream::scripted(drop);
    let signer = crate::signer(&auth(url(&server)));
    let (status, message) = crate::sign(&*signer).await.unwrap_err();
    assert_eq!(status, 502);
    assert!(message.contains(&server.address().to_string()), "{message}");
}
