//! Google Cloud: a service account's key, a user's, the machine's account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_config::Secret;
use tidegate_credentials::Signers;
use tidegate_gateway::Authority as _;
use tidegate_providers::{Auth, GoogleAuth};
use tidegate_tests::{Upstream, client};

use crate::process::Case;

const PEM: &str = include_str!("../keys/service-account.pem");

/// Credentials of a key file, or those that the machine has.
pub(crate) fn auth(key_file: Option<String>) -> Auth {
    Auth::Google(GoogleAuth {
        key_file: key_file.map(Secret::new),
        scope: GoogleAuth::CLOUD_PLATFORM,
    })
}

/// Returns a service account's key file whose tokens this server gives.
fn service_account(server: &Upstream) -> String {
    json!({
        "type": "service_account", "project_id": "p", "private_key_id": "k1", "private_key": PEM,
        "client_email": "gate@p.iam.gserviceaccount.com", "client_id": "1",
        "token_uri": format!("http://{}/token", server.address()), "universe_domain": "googleapis.com",
    })
    .to_string()
}

fn user(server: &Upstream) -> String {
    json!({
        "type": "authorized_user", "client_id": "c-1", "client_secret": "hush-secret", "refresh_token": "hush-refresh",
        "quota_project_id": "payer", "token_uri": format!("http://{}/token", server.address()),
    })
    .to_string()
}

fn token(lifetime: u64) -> Vec<u8> {
    let token = json!({"access_token": "ya29.t1", "expires_in": lifetime, "token_type": "Bearer"});
    client::json_answer(200, token.to_string())
}

/// Reads the part of a token that says something.
fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[tokio::test]
async fn one_token_serves_until_it_expires() {
    for (lifetime, calls) in [(3599, 1), (59, 3)] {
        let server = Upstream::answering(token(lifetime));
        let signer = crate::signer(&auth(Some(service_account(&server))));
        for _ in 0..3 {
            let (_, headers) = crate::sign(&*signer).await.unwrap();
            assert_eq!(headers["authorization"], "Bearer ya29.t1");
            assert!(headers["authorization"].is_sensitive());
            assert!(!headers.contains_key("x-goog-user-project"));
        }
        assert_eq!(server.requests().len(), calls);
    }
}

#[tokio::test]
async fn a_service_account_signs_who_it_is() {
    let server = Upstream::answering(token(3599));
    let signer = crate::signer(&auth(Some(service_account(&server))));
    crate::sign(&*signer).await.unwrap();
    let request = server.last();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/token")
    );
    let body = String::from_utf8(request.body.clone()).unwrap();
    let assertion = body
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, _] = parts.as_slice() else {
        panic!("{assertion}")
    };
    assert_eq!(
        part(header),
        json!({"alg": "RS256", "typ": "JWT", "kid": "k1"})
    );
    let claims = part(claims);
    let issued = claims["iat"].as_u64().unwrap();
    let want = json!({
        "iss": "gate@p.iam.gserviceaccount.com", "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": format!("http://{}/token", server.address()), "iat": issued, "exp": issued + 3600,
    });
    assert_eq!(claims, want);
}

#[tokio::test]
async fn a_user_refreshes_and_a_project_pays() {
    let server = Upstream::answering(token(3599));
    let signer = crate::signer(&auth(Some(user(&server))));
    let (_, headers) = crate::sign(&*signer).await.unwrap();
    assert_eq!(headers["x-goog-user-project"], "payer");
    assert_eq!(
        server.last().body,
        b"grant_type=refresh_token&client_id=c-1&client_secret=hush-secret&refresh_token=hush-refresh"
    );
}

#[tokio::test]
async fn failures_say_what_happened_and_no_secret() {
    for (status, body, message) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Bad token hush-refresh of hush-secret"}"#,
            "the token server at `127.0.0.1` refused: invalid_grant: Bad token *** of ***.",
        ),
        (
            503,
            "<html>",
            "the token server at `127.0.0.1` answered 503 Service Unavailable.",
        ),
        (
            200,
            r#"{"id_token":"x"}"#,
            "the answer of the token server at `127.0.0.1` holds no token.",
        ),
        (
            200,
            r#"{"access_token":"a\nb"}"#,
            "the access token holds characters that HTTP forbids.",
        ),
    ] {
        let server = Upstream::answering(client::json_answer(status, body));
        let signer = crate::signer(&auth(Some(user(&server))));
        let fault = crate::sign(&*signer).await.unwrap_err();
        let message = format!("The endpoint `r` got no credentials: {message}");
        assert_eq!(fault, (502, message));
    }
}

#[test]
fn a_bad_key_file_is_told_at_once() {
    let refused = |text: &str| {
        let made = Signers::default().signer("r", &auth(Some(text.to_owned())), &crate::http());
        made.err().unwrap()
    };
    assert_eq!(
        refused("/run/none.json"),
        "its key file is no JSON object. Give the path of the file that Google Cloud wrote, or its text."
    );
    let problem = refused(r#"{"type":"service_account","client_email":"a","private_key":"hush"}"#);
    assert_eq!(
        problem,
        "its key file holds no RSA key as `private_key` (PEM)."
    );
}

/// A process that has no Google credentials, and no way to those of this machine.
fn bare() -> Case {
    Case::new()
        .with("HOME", "/nowhere")
        .with("GCE_METADATA_HOST", "127.0.0.1:1")
        .task("google", true)
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_file_that_a_variable_names() {
    let (folder, server) = (
        tempfile::tempdir().unwrap(),
        Upstream::answering(token(3599)),
    );
    let path = file(&folder, "key.json", &service_account(&server));
    let report = bare().with("GOOGLE_APPLICATION_CREDENTIALS", &path).once();
    assert_eq!(report["authorization"], "Bearer ya29.t1");
    let none = bare()
        .with("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
        .once();
    assert_eq!(none["status"], 500);
    let message = none["message"].as_str().unwrap();
    assert!(
        message.contains("`GOOGLE_APPLICATION_CREDENTIALS` cannot be read"),
        "{message}"
    );
}

#[test]
fn the_file_of_gcloud() {
    let (folder, server) = (
        tempfile::tempdir().unwrap(),
        Upstream::answering(token(3599)),
    );
    let name = ".config/gcloud/application_default_credentials.json";
    file(&folder, name, &user(&server));
    let home = folder.path().to_str().unwrap();
    let at_home = bare().with("HOME", home).once();
    let moved = bare()
        .with("CLOUDSDK_CONFIG", &format!("{home}/.config/gcloud"))
        .once();
    for report in [at_home, moved] {
        assert_eq!(report["authorization"], "Bearer ya29.t1");
        assert_eq!(report["pays"], "payer");
    }
}

#[test]
fn the_machine_itself() {
    let service = |flavor: &'static str, status: u16| {
        Upstream::scripted(move |mut call| {
            let body = r#"{"access_token":"ya29.vm","expires_in":3599,"token_type":"Bearer"}"#;
            let headers = [
                ("metadata-flavor", flavor),
                ("content-type", "application/json"),
            ];
            call.send(client::answer(status, &headers, body));
            call.keep();
        })
    };
    let ask = |server: &Upstream| {
        bare()
            .with("GCE_METADATA_HOST", &server.address().to_string())
            .task("rounds", 2)
            .run()
    };
    let server = service("Google", 200);
    for report in ask(&server) {
        assert_eq!(report["authorization"], "Bearer ya29.vm");
    }
    assert_eq!(server.requests().len(), 1);
    let request = server.last();
    assert_eq!(
        request.target,
        "/computeMetadata/v1/instance/service-accounts/default/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform"
    );
    assert_eq!(request.header("metadata-flavor"), Some("Google"));
    let refused = ask(&service("Google", 500)).remove(0);
    assert_eq!(refused["status"], 502);
    // Another cloud's service, no account, nobody at all.
    for report in [
        ask(&service("Other", 200)).remove(0),
        ask(&service("Google", 404)).remove(0),
        bare().once(),
    ] {
        assert_eq!(report["status"], 500);
        let message = report["message"].as_str().unwrap();
        assert!(
            message.contains("no Google credentials were found"),
            "{message}"
        );
    }
}
