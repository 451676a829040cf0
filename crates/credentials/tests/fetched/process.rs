//! Credentials that the environment of the process decides: each case runs this test's program again, with an environment of
//! its own.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use tidegate_config::Secret;
use tidegate_providers::{Auth, AwsAuth, AwsCredentials};

/// What a process is asked to do, in this variable as JSON.
const TASK: &str = "TIDEGATE_TEST_TASK";

/// Begins the line on which it reports.
const REPORT: &str = "signed: ";

/// One process: its environment and its task.
#[derive(Clone, Default)]
pub(crate) struct Case {
    environment: BTreeMap<String, String>,
    task: serde_json::Map<String, Value>,
}

impl Case {
    /// A case with keys in the environment, and nothing else that AWS's libraries would find.
    pub(crate) fn new() -> Self {
        Self::default()
            .with("AWS_EC2_METADATA_DISABLED", "true")
            .with("AWS_CONFIG_FILE", "/nowhere")
            .with("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
            .with("AWS_ACCESS_KEY_ID", "AKIDENV")
            .with("AWS_SECRET_ACCESS_KEY", "secret-env")
            .with("AWS_REGION", "us-east-1")
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    pub(crate) fn task(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.task.insert(name.to_owned(), value.into());
        self
    }

    /// Returns one report per signature, and what the process wrote besides.
    pub(crate) fn run(&self) -> Vec<Value> {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::signs_what_it_is_told", "--nocapture"])
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
    pub(crate) fn once(&self) -> Value {
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
    let signer = crate::signer(&if task["google"] == true {
        crate::google::auth(None)
    } else {
        Auth::Aws(AwsAuth {
            service: "bedrock",
            endpoint_prefix: "bedrock-runtime",
            endpoint: text("endpoint"),
            region: text("region"),
            credentials,
        })
    });
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
                        "pays": header("x-goog-user-project"),
                    })
                }
                Err((status, message)) => json!({"status": status, "message": message}),
            };
            println!("{REPORT}{report}");
        }
    }
}
