//! AWS: for which place a call is signed, and how often a role is assumed.

use serde_json::json;
use tidegate_tests::Upstream;

use crate::process::Case;
use crate::sts::{ROLE, sts, timeless_sts};

fn role(sts: &Upstream) -> Case {
    let place = format!("http://{}", sts.address());
    Case::new()
        .task("role", ROLE)
        .with("AWS_ENDPOINT_URL_STS", &place)
}

#[test]
fn a_role_is_assumed_once() {
    let sts = sts(|_| Some(3600));
    let reports = role(&sts).task("rounds", 20).run();
    let scope = "us-east-1/bedrock/aws4_request, SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token";
    for report in &reports {
        let authorization = report["authorization"].as_str().unwrap();
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=ASIA0/"));
        assert!(authorization.ends_with(scope), "{authorization}");
        assert_eq!(report["token"], "token0");
        assert_eq!(
            report["uri"],
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v2%3A1/invoke"
        );
    }
    assert_eq!((reports.len(), sts.requests().len()), (20, 1));
    let request = sts.last();
    let body = String::from_utf8(request.body.clone()).unwrap();
    let mut parts: Vec<_> = body.split('&').collect();
    parts.sort_unstable();
    assert_eq!(
        parts,
        [
            "Action=AssumeRole",
            "DurationSeconds=1200",
            "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcaller",
            "RoleSessionName=ai-gateway-bedrock",
            "Version=2011-06-15",
        ]
    );
    let authorization = request.header("authorization").unwrap();
    assert!(authorization.contains("Credential=AKIDENV/"));
    assert!(authorization.contains("/us-east-1/sts/aws4_request"));
}

#[test]
fn a_role_is_assumed_again_before_it_expires() {
    // Less than a minute is left of the first three.
    let sts = sts(|call| Some(if call < 3 { 55 } else { 3600 }));
    let reports = role(&sts).task("rounds", 6).run();
    let tokens: Vec<_> = reports
        .iter()
        .map(|report| report["token"].as_str())
        .collect();
    let wanted = ["token0", "token1", "token2", "token3", "token3", "token3"];
    assert_eq!(tokens, wanted.map(Some));
    assert_eq!(sts.requests().len(), 4);
}

#[test]
fn calls_share_a_role_that_is_said_to_have_expired() {
    let sts = sts(|_| Some(0));
    let reports = role(&sts).task("rounds", 1).task("at_once", true).run();
    assert!(reports.iter().all(|report| report["token"] == "token0"));
    assert_eq!((reports.len(), sts.requests().len()), (4, 1));
}

#[test]
fn a_role_that_does_not_say_when_it_expires_is_kept() {
    let sts = timeless_sts();
    let reports = role(&sts).task("rounds", 3).run();
    assert!(reports.iter().all(|report| report["token"] == "token0"));
    assert_eq!((reports.len(), sts.requests().len()), (3, 1));
}

#[test]
fn keys_that_change_in_a_file_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let write = |path: &std::path::Path, key: &str| {
        let text = format!("[team]\naws_access_key_id = {key}\naws_secret_access_key = s\n");
        std::fs::write(path, text).unwrap();
    };
    write(&file, "AKIDOLD");
    let path = file.clone();
    let sts = sts(move |_| {
        write(&path, "AKIDNEW");
        Some(55)
    });
    role(&sts)
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .with("AWS_PROFILE", "team")
        .with("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap())
        .task("rounds", 2)
        .run();
    let requests = sts.requests();
    for (request, key) in requests.iter().zip(["AKIDOLD", "AKIDNEW"]) {
        let authorization = request.header("authorization").unwrap();
        assert!(authorization.contains(&format!("Credential={key}/")));
    }
    assert_eq!(requests.len(), 2);
}

#[test]
fn calls_at_the_same_time_share_a_role() {
    let sts = sts(|_| Some(3600));
    let reports = role(&sts).task("rounds", 3).task("at_once", true).run();
    assert!(reports.iter().all(|report| report["token"] == "token0"));
    assert_eq!((reports.len(), sts.requests().len()), (12, 1));
}

#[test]
fn old_keys_serve_while_sts_refuses() {
    let sts = sts(|call| (call == 0).then_some(55));
    let reports = role(&sts).task("rounds", 5).run();
    assert!(reports.iter().all(|report| report["token"] == "token0"));
    // The refusal is left alone for a while.
    assert_eq!((reports.len(), sts.requests().len()), (5, 2));
}

#[test]
fn the_place_comes_from_config_environment_and_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    std::fs::write(&file, "[default]\nregion = eu-west-1\n").unwrap();
    let file = file.to_str().unwrap();
    let own = |region: &str| format!("https://bedrock-runtime.{region}.amazonaws.com");
    let bare = || Case::new().without("AWS_REGION");
    for (case, region, base) in [
        (Case::new(), "us-east-1", own("us-east-1")),
        (
            Case::new().with("AWS_DEFAULT_REGION", "us-west-2"),
            "us-east-1",
            own("us-east-1"),
        ),
        (
            bare().with("AWS_DEFAULT_REGION", "us-west-2"),
            "us-west-2",
            own("us-west-2"),
        ),
        (
            bare().with("AWS_CONFIG_FILE", file),
            "eu-west-1",
            own("eu-west-1"),
        ),
        (
            Case::new().task("region", "cn-north-1"),
            "cn-north-1",
            own("cn-north-1") + ".cn",
        ),
        (
            Case::new()
                .task("endpoint", "http://h:1/p/")
                .with("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://x"),
            "us-east-1",
            "http://h:1/p".to_owned(),
        ),
        (
            Case::new()
                .with("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://h:2")
                .with("AWS_ENDPOINT_URL", "http://x"),
            "us-east-1",
            "http://h:2".to_owned(),
        ),
        (
            Case::new().with("AWS_ENDPOINT_URL", "http://h:3"),
            "us-east-1",
            "http://h:3".to_owned(),
        ),
        (
            Case::new()
                .with("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "")
                .with("AWS_REGION", "")
                .with("AWS_DEFAULT_REGION", "us-west-2"),
            "us-west-2",
            own("us-west-2"),
        ),
        (
            Case::new()
                .with("AWS_ENDPOINT_URL", "http://h:3")
                .with("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            "us-east-1",
            own("us-east-1"),
        ),
    ] {
        let report = case.once();
        assert_eq!(
            report["uri"],
            format!("{base}/model/anthropic.claude-v2%3A1/invoke")
        );
        let authorization = report["authorization"].as_str().unwrap_or_default();
        assert!(
            authorization.contains(&format!("/{region}/bedrock/")),
            "{report}"
        );
    }
}

#[test]
fn a_bearer_key_stands_in_for_the_chain_only() {
    let case = Case::new().with("AWS_BEARER_TOKEN_BEDROCK", "br-key");
    assert_eq!(case.once()["authorization"], "Bearer br-key");
    let keys = case.clone().task("key", "AKIDCONFIG").once();
    assert!(
        keys["authorization"]
            .as_str()
            .unwrap()
            .contains("Credential=AKIDCONFIG/")
    );
    let empty = case.with("AWS_BEARER_TOKEN_BEDROCK", "").once();
    assert!(
        empty["authorization"]
            .as_str()
            .unwrap()
            .contains("Credential=AKIDENV/")
    );
}

#[test]
fn failures_say_what_to_do() {
    let refusing = sts(|_| None);
    let closed = format!("http://{}", refusing.address());
    for (case, status, words) in [
        (
            Case::new().without("AWS_REGION"),
            500,
            "The endpoint `r` cannot be called: no AWS region is set. Set `aws_region` in its `aws_config`, or `AWS_REGION` or `AWS_DEFAULT_REGION` in the environment, or `region` in AWS's shared config file.",
        ),
        (
            Case::new().task("region", "us-east-1.example"),
            500,
            "The endpoint `r` cannot be called: `us-east-1.example` is no AWS region: regions are written like `us-east-1`.",
        ),
        (
            Case::new().with("AWS_ENDPOINT_URL", "ftp://h"),
            500,
            "The endpoint `r` cannot be called: `ftp://h` cannot be used as the endpoint of AWS: it must be a URL with `https` or `http` and a host.",
        ),
        (
            Case::new().without("AWS_ACCESS_KEY_ID"),
            500,
            "The endpoint `r` cannot be called: no AWS credentials were found. Tried: environment, shared config and credentials files (SSO too), web identity, container, instance metadata. Set `aws_access_key_id` and `aws_secret_access_key` in its `aws_config`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment, or give the machine a role.",
        ),
        (
            Case::new()
                .without("AWS_ACCESS_KEY_ID")
                .without("AWS_EC2_METADATA_DISABLED")
                .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &closed),
            500,
            "The endpoint `r` cannot be called: no AWS credentials were found. Tried: environment, shared config and credentials files (SSO too), web identity, container, instance metadata. Set `aws_access_key_id` and `aws_secret_access_key` in its `aws_config`, or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment, or give the machine a role.",
        ),
        (
            role(&refusing),
            403,
            "The endpoint `r` got no credentials: the role `arn:aws:iam::123456789012:role/caller` could not be assumed: AccessDenied: User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole",
        ),
        (
            role(&refusing).without("AWS_ACCESS_KEY_ID"),
            500,
            "The endpoint `r` cannot be called: to assume the role `arn:aws:iam::123456789012:role/caller`, the gateway needs AWS credentials of its own, and found none. Tried: environment, shared config and credentials files (SSO too), web identity, container, instance metadata. Set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment, or give the machine a role.",
        ),
        (
            role(&refusing).with("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"),
            502,
            "The endpoint `r` got no credentials: the role `arn:aws:iam::123456789012:role/caller` could not be assumed: an error occurred while loading credentials: dispatch failure: io error: The provider at `127.0.0.1:1` cannot be reached: Connection refused (os error 111).",
        ),
    ] {
        let report = case.once();
        assert_eq!(report, json!({"status": status, "message": words}));
    }
}
