//! AWS's standard chain: each place where it finds credentials, over the gateway's connections.

use std::path::Path;

use tempfile::TempDir;
use tidegate_tests::{Upstream, client};

use crate::process::Case;
use crate::sts::{ROLE, sts};

/// A case that finds nothing in the environment.
fn bare() -> Case {
    Case::new()
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
}

fn base(server: &Upstream) -> String {
    format!("http://{}", server.address())
}

/// Writes a file and returns its path.
fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Signs twice and returns what the second report says of the credentials.
fn found(case: Case) -> (String, String) {
    let reports = case.task("rounds", 2).run();
    let report = reports.last().unwrap();
    let authorization = report["authorization"].as_str().unwrap_or_default();
    let key = authorization
        .split_once("Credential=")
        .map(|(_, rest)| rest);
    let key = key.and_then(|rest| rest.split('/').next());
    let token = report["token"].as_str().unwrap_or_default();
    (
        key.map_or_else(|| report.to_string(), str::to_owned),
        token.to_owned(),
    )
}

/// Keys as container and instance services give them.
const KEYS: &str = r#"{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-01-01T00:00:00Z","AccessKeyId":"ASIASERVICE","SecretAccessKey":"s","Token":"service-token","Expiration":"2099-01-01T00:00:00Z"}"#;

#[test]
fn a_web_identity() {
    let folder = tempfile::tempdir().unwrap();
    let sts = sts(|_| Some(3600));
    let case = bare()
        .with(
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            &file(&folder, "token", "jwt"),
        )
        .with("AWS_ROLE_ARN", ROLE)
        .with("AWS_ENDPOINT_URL_STS", &base(&sts));
    assert_eq!(found(case), ("ASIA0".to_owned(), "token0".to_owned()));
    let body = String::from_utf8(sts.last().body).unwrap();
    assert!(body.contains("Action=AssumeRoleWithWebIdentity"), "{body}");
    assert!(body.contains("WebIdentityToken=jwt"), "{body}");
    assert_eq!(sts.requests().len(), 1);
}

#[test]
fn a_container() {
    let service = Upstream::answering(client::json_answer(200, KEYS));
    let case = bare()
        .with(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            &format!("{}/keys", base(&service)),
        )
        .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let-me-in");
    assert_eq!(
        found(case),
        ("ASIASERVICE".to_owned(), "service-token".to_owned())
    );
    assert_eq!(service.last().header("authorization"), Some("let-me-in"));
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn an_instance() {
    let service = Upstream::scripted(|mut call| {
        let answer = match call.request.target.as_str() {
            "/latest/api/token" => client::answer(
                200,
                &[("x-aws-ec2-metadata-token-ttl-seconds", "21600")],
                "metadata-token",
            ),
            path if path.ends_with("/its-role") => client::json_answer(200, KEYS),
            path if path.ends_with("/security-credentials/")
                || path.ends_with("/security-credentials-extended/") =>
            {
                client::answer(200, &[], "its-role")
            }
            _ => client::answer(404, &[], ""),
        };
        call.send(answer);
        call.keep();
    });
    let case = bare()
        .without("AWS_EC2_METADATA_DISABLED")
        .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &base(&service));
    assert_eq!(
        found(case),
        ("ASIASERVICE".to_owned(), "service-token".to_owned())
    );
}

#[test]
fn a_single_sign_on() {
    let folder = tempfile::tempdir().unwrap();
    // The cached token's name is the SHA-1 of the start address.
    let start = "https://start.example";
    let cached = format!(
        r#"{{"startUrl":"{start}","region":"us-east-1","accessToken":"sso-token","expiresAt":"2099-01-01T00:00:00Z"}}"#
    );
    file(
        &folder,
        ".aws/sso/cache/1c5a689b7bb92284d0c514c4b1c1e1ce96d9621f.json",
        &cached,
    );
    let config = file(
        &folder,
        ".aws/config",
        &format!(
            "[default]\nsso_start_url = {start}\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = reader\n"
        ),
    );
    let keys = r#"{"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"sso-session","expiration":4102444800000}}"#;
    let portal = Upstream::answering(client::json_answer(200, keys));
    let case = bare()
        .with("HOME", folder.path().to_str().unwrap())
        .with("AWS_CONFIG_FILE", &config)
        .with("AWS_ENDPOINT_URL_SSO", &base(&portal));
    assert_eq!(
        found(case),
        ("ASIASSO".to_owned(), "sso-session".to_owned())
    );
    let asked = portal.last();
    assert_eq!(asked.header("x-amz-sso_bearer_token"), Some("sso-token"));
}
