//! AWS: who signs, for which place, and how often STS is asked. AWS's libraries read the environment of the process, so each
//! case runs this test's program again, with an environment of its own.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tidegate_config::Secret;
use tidegate_providers::{Auth, AwsAuth, AwsCredentials};
use tidegate_tests::{Upstream, client};

/// What a process is asked to do, in this variable as JSON.
const TASK: &str = "TIDEGATE_TEST_TASK";

/// Begins the line on which it reports.
const REPORT: &str = "signed: ";

/// A role as STS knows it.
const ROLE: &str = "arn:aws:iam::123456789012:role/caller";

/// One process: its environment and its task.
#[derive(Clone, Default)]
struct Case {
    environment: BTreeMap<String, String>,
    task: serde_json::Map<String, Value>,
}

impl Case {
    /// A case with keys in the environment, and nothing else that AWS's libraries would find.
    fn new() -> Self {
        Self::default()
            .with("AWS_EC2_METADATA_DISABLED", "true")
            .with("AWS_CONFIG_FILE", "/nowhere")
            .with("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
            .with("AWS_ACCESS_KEY_ID", "AKIDENV")
            .with("AWS_SECRET_ACCESS_KEY", "secret-env")
            .with("AWS_REGION", "us-east-1")
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    fn task(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.task.insert(name.to_owned(), value.into());
        self
    }

    /// Returns one report per signature, and what the process wrote besides.
    fn run(&self) -> Vec<Value> {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "aws::signs_what_it_is_told", "--nocapture"])
            .env_clear()
            .envs(&self.environment)
            .env(TASK, Value::Object(self.task.clone()).to_string())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let reports = text.lines().filter_map(|line| line.split_once(REPORT));
        reports
            .map(|(_, json)| serde_json::from_str(json).unwrap())
            .collect()
    }

    /// Returns the only report.
    fn once(&self) -> Value {
        let mut reports = self.run();
        assert_eq!(reports.len(), 1);
        reports.remove(0)
    }
}

/// The other side of [`Case::run`]. In the ordinary run of all tests there is no task.
#[tokio::test]
async fn signs_what_it_is_told() {
    let Ok(task) = std::env::var(TASK) else {
        return;
    };
    let task: Value = serde_json::from_str(&task).unwrap();
    let text = |name: &str| task[name].as_str().map(str::to_owned);
    let credentials = match (text("role"), text("key")) {
        (Some(arn), _) => AwsCredentials::Role {
            arn,
            session_length_seconds: 1200,
            session_name: AwsCredentials::SESSION_NAME,
        },
        (_, Some(key)) => AwsCredentials::Keys {
            access_key_id: Secret::new(key),
            secret_access_key: Secret::new("secret-config"),
            session_token: None,
        },
        _ => AwsCredentials::Chain,
    };
    let signer = crate::signer(&Auth::Aws(AwsAuth {
        service: "bedrock",
        endpoint_prefix: "bedrock-runtime",
        endpoint: text("endpoint"),
        region: text("region"),
        credentials,
    }));
    let rounds = task["rounds"].as_u64().unwrap_or(1);
    for _ in 0..rounds {
        let outcomes = if task["at_once"] == true {
            let sign = || crate::sign(&*signer);
            let (a, b, c, d) = tokio::join!(sign(), sign(), sign(), sign());
            vec![a, b, c, d]
        } else {
            vec![crate::sign(&*signer).await]
        };
        for outcome in outcomes {
            let report = match outcome {
                Ok((uri, headers)) => {
                    let header = |name| headers.get(name).map(|value| value.to_str().unwrap());
                    json!({
                        "uri": uri,
                        "authorization": header("authorization").unwrap().split(", Signature").next(),
                        "token": header("x-amz-security-token"),
                    })
                }
                Err((status, message)) => json!({"status": status, "message": message}),
            };
            println!("{REPORT}{report}");
        }
    }
}

/// Plays STS: call number `n` gets keys named after `n` that live as long as `lifetime` says, in seconds.
fn sts(lifetime: impl Fn(usize) -> Option<u64> + Send + Sync + 'static) -> Upstream {
    let calls = AtomicUsize::new(0);
    Upstream::scripted(move |mut call| {
        let number = calls.fetch_add(1, Ordering::SeqCst);
        let answer = match lifetime(number) {
            Some(lifetime) => client::answer(
                200,
                &[("content-type", "text/xml")],
                assumed(number, lifetime),
            ),
            None => client::answer(403, &[("content-type", "text/xml")], DENIED),
        };
        call.send(answer);
        call.keep();
    })
}

const DENIED: &str = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>i</RequestId></ErrorResponse>"#;

fn assumed(number: usize, lifetime: u64) -> String {
    let until = i64::try_from(tidegate_gateway::unix_seconds() + lifetime).unwrap();
    let until = jiff::Timestamp::from_second(until).unwrap();
    format!(
        r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>secret{number}</SecretAccessKey><SessionToken>token{number}</SessionToken><Expiration>{until}</Expiration></Credentials><AssumedRoleUser><Arn>{ROLE}/x</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>i</RequestId></ResponseMetadata></AssumeRoleResponse>"#
    )
}

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
            role(&refusing),
            502,
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
