//! `tidegate import mlflow`, with the real binary and a tracking server that follows a script.

use tidegate_tests::Upstream;
use tidegate_tests::client::{answer, json_answer};
use tidegate_tests::gateway::{Exit, run, run_with};

const KEY: &str = "sk-...0001";

fn endpoint(id: &str, name: &str, model: &str, secret: &str) -> String {
    format!(
        r#"{{"endpoint_id": "{id}", "name": "{name}", "model_mappings": [{{"linkage_type": "PRIMARY", "weight": 1.0,
            "model_definition": {{"name": "m", "provider": "openai", "model_name": "{model}", "secret_id": "{secret}",
            "secret_name": "{secret}-key"}}}}]}}"#
    )
}

/// A server with two pages of endpoints, a guardrail, and budgets that it does not show.
fn server() -> Upstream {
    Upstream::scripted(|mut call| {
        let (path, query) = call
            .request
            .target
            .split_once('?')
            .unwrap_or((&call.request.target, ""));
        let list = path
            .rsplit_once("/api/3.0/mlflow/gateway/")
            .filter(|(above, _)| !above.ends_with("/gateway"))
            .map(|(_, list)| list);
        let first = endpoint("e1", "chat", "gpt-4o-mini", "one");
        let second = endpoint("e2", "embeddings", "text-embedding-3-small", "two");
        let answer = match (list.unwrap_or_default(), query) {
            ("endpoints/list", "") => json_answer(
                200,
                format!(r#"{{"endpoints": [{first}], "next_page_token": "a b&c"}}"#),
            ),
            ("endpoints/list", "page_token=a+b%26c") => {
                json_answer(200, format!(r#"{{"endpoints": [{second}]}}"#))
            }
            ("secrets/list", "") => json_answer(
                200,
                format!(
                    r#"{{"secrets": [{{"secret_id": "one", "secret_name": "one-key", "masked_values": {{"api_key": "{KEY}"}}}},
                        {{"secret_id": "two", "secret_name": "two-key", "masked_values": {{"api_key": "{KEY}"}},
                          "auth_config": {{"api_base": "https://llm.example.com/v1"}}}}]}}"#
                ),
            ),
            ("guardrails/list", "") => json_answer(
                200,
                r#"{"guardrails": [{"guardrail_id": "g", "name": "polite"}]}"#,
            ),
            ("guardrails/list-for-endpoint", "endpoint_id=e1") => json_answer(
                200,
                r#"{"configs": [{"endpoint_id": "e1", "guardrail_id": "g"}]}"#,
            ),
            ("guardrails/list-for-endpoint", "endpoint_id=e2") => json_answer(200, "{}"),
            ("budgets/list", "") => json_answer(403, r#"{"message": "no"}"#),
            _ => json_answer(404, "{}"),
        };
        call.send(&answer);
        call.keep();
    })
}

#[test]
fn a_server_is_asked_for_everything() {
    let server = server();
    let url = format!("http://{}/ml/flow/", server.address());
    let variables = [
        ("MLFLOW_TRACKING_TOKEN", "secret-token"),
        ("MLFLOW_WORKSPACE", "team"),
    ];
    let exit = run_with(&["import", "mlflow", &url], &variables, "");
    let origin = url.trim_end_matches('/');
    assert_eq!(
        exit.stderr,
        format!(
            "2 endpoints of {origin}.

Not carried over:
  budgets/list is not shown to this user, so what it lists is not known
  `chat`: no guardrail `polite`: what models are asked and answer is not judged here

Set before the start:
  ONE_KEY  api_key of MLflow's secret `one-key`
  TWO_KEY  api_key of MLflow's secret `two-key`

Then: tidegate check --config-path config.yaml
"
        )
    );
    let (head, endpoints) = exit.stdout.split_once("\nendpoints:\n").unwrap();
    assert!(head.starts_with(&format!(
        "# Made by `tidegate import mlflow` from {origin}."
    )));
    assert_eq!(
        endpoints,
        "  - name: chat
    endpoint_type: llm/v1/chat
    model:
      provider: openai
      name: gpt-4o-mini
      config:
        openai_api_key: $ONE_KEY

  - name: embeddings
    endpoint_type: llm/v1/embeddings
    model:
      provider: openai
      name: text-embedding-3-small
      config:
        openai_api_base: https://llm.example.com/v1
        openai_api_key: $TWO_KEY
"
    );
    assert_eq!(exit.code, Some(0));
    let requests = server.requests();
    let asked: Vec<&str> = requests
        .iter()
        .map(|request| request.target.as_str())
        .collect();
    assert_eq!(
        asked,
        [
            "/ml/flow/api/3.0/mlflow/gateway/endpoints/list",
            "/ml/flow/api/3.0/mlflow/gateway/endpoints/list?page_token=a+b%26c",
            "/ml/flow/api/3.0/mlflow/gateway/secrets/list",
            "/ml/flow/api/3.0/mlflow/gateway/budgets/list",
            "/ml/flow/api/3.0/mlflow/gateway/guardrails/list",
            "/ml/flow/api/3.0/mlflow/gateway/guardrails/list-for-endpoint?endpoint_id=e1",
            "/ml/flow/api/3.0/mlflow/gateway/guardrails/list-for-endpoint?endpoint_id=e2",
        ]
    );
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Bearer secret-token"));
        assert_eq!(request.header("x-mlflow-workspace"), Some("team"));
    }
}

#[test]
fn user_and_password_come_first() {
    let server = server();
    let url = format!("http://{}", server.address());
    let variables = [
        ("MLFLOW_TRACKING_TOKEN", "t"),
        ("MLFLOW_TRACKING_USERNAME", "ann"),
        ("MLFLOW_TRACKING_PASSWORD", "pass"),
    ];
    assert_eq!(
        run_with(&["import", "mlflow", &url], &variables, "").code,
        Some(0)
    );
    assert_eq!(
        server.last().header("authorization"),
        Some("Basic YW5uOnBhc3M=")
    );
}

#[test]
fn proxies_are_used() {
    let proxy = server();
    let address = format!("http://{}", proxy.address());
    let exit = run_with(
        &["import", "mlflow", "http://mlflow.internal:5000"],
        &[("HTTP_PROXY", &address)],
        "",
    );
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    assert_eq!(
        proxy.requests()[0].target,
        "http://mlflow.internal:5000/api/3.0/mlflow/gateway/endpoints/list"
    );
}

#[test]
fn the_server_is_found_above_the_path_of_clients() {
    for path in [
        "/ml/flow/gateway",
        "/ml/flow/gateway/",
        "/ml/flow/gateway/mlflow/v1",
        "/ml/flow/ajax-api/3.0/mlflow/gateway/endpoints/list",
    ] {
        let server = server();
        let url = format!("http://{}{path}", server.address());
        let exit = run_with(&["import", "mlflow", &url], &[], "");
        let found = format!("2 endpoints of http://{}/ml/flow.\n", server.address());
        assert!(exit.stderr.starts_with(&found), "{}", exit.stderr);
        assert_eq!(exit.code, Some(0));
    }
}

fn fails(exit: &Exit, says: &str) {
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(1), ""));
    assert_eq!(exit.stderr, format!("Error: {says}\n"));
}

#[test]
fn what_a_server_refuses_is_told() {
    let list = "endpoints/list";
    for (answer, variables, says) in [
        (
            answer(401, &[], "You are not authenticated."),
            vec![],
            "SERVER wants a login (401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
                .to_owned(),
        ),
        (
            answer(401, &[], "You are not authenticated."),
            vec![("MLFLOW_TRACKING_TOKEN", "secret-token")],
            "SERVER refuses the login in MLFLOW_TRACKING_TOKEN (401): You are not authenticated.".to_owned(),
        ),
        (
            json_answer(403, r#"{"error_code": "PERMISSION_DENIED", "message": "Permission\n denied"}"#),
            vec![],
            format!(
                "SERVER does not show {list} to this user (403): Permission  denied; take one that may read all endpoints and \
                 secrets"
            ),
        ),
        (
            answer(404, &[("content-type", "text/html")], "<!doctype html>"),
            vec![],
            format!(
                "SERVER has no /api/3.0/mlflow/gateway/{list} (404): it is no tracking server of an MLflow 3 with a gateway, or \
                 it stands below a path that the URL lacks"
            ),
        ),
        (
            answer(302, &[("location", "https://login.example.com/")], ""),
            vec![],
            "SERVER sends to https://login.example.com/ (302 Found), which is not followed: give the URL that answers".to_owned(),
        ),
        (
            answer(302, &[("location", "https://login.example.com/")], ""),
            vec![("MLFLOW_TRACKING_TOKEN", "secret-token")],
            "SERVER sends to https://login.example.com/ (302 Found), which is not followed with a login: give the URL that \
             answers"
                .to_owned(),
        ),
        (
            json_answer(403, "{}"),
            vec![],
            format!("SERVER does not show {list} to this user (403); take one that may read all endpoints and secrets"),
        ),
        (
            json_answer(429, " {} "),
            vec![],
            format!("SERVER answered {list} with 429 Too Many Requests"),
        ),
        (
            json_answer(501, r#"{"message": "The AI Gateway feature is disabled."}"#),
            vec![],
            format!("SERVER answered {list} with 501 Not Implemented: The AI Gateway feature is disabled."),
        ),
        (
            answer(200, &[("content-type", "text/html")], "\n<html>Log in</html>"),
            vec![],
            format!(
                "SERVER answered {list}, but it is an HTML page, not JSON: give the URL of the tracking server itself, and a \
                 login if a page asks for one"
            ),
        ),
        (
            answer(200, &[], "no"),
            vec![],
            format!("SERVER answered {list} with something that is no JSON: no: expected ident at line 1 column 2"),
        ),
        (
            json_answer(200, r#"{"endpoints": {}}"#),
            vec![],
            format!(
                "the answer of {list} cannot be used: it is JSON, but no answer of MLflow's gateway API: `endpoints`: invalid \
                 type: map, expected a sequence"
            ),
        ),
        (
            json_answer(200, r#"{"next_page_token": "again"}"#),
            vec![],
            format!("{list} goes round in circles: it tells the same `next_page_token` twice"),
        ),
        (
            json_answer(200, "{}"),
            vec![],
            "SERVER has nothing to import; create endpoints in MLflow first, or give the answer of \
             /api/3.0/mlflow/gateway/endpoints/list: there is no endpoint in it"
                .to_owned(),
        ),
    ] {
        let server = Upstream::answering(answer);
        let url = format!("http://{}", server.address());
        let exit = run_with(&["import", "mlflow", &url], &variables, "");
        fails(&exit, &says.replace("SERVER", &url));
    }
}

#[test]
fn what_cannot_be_a_source_is_told() {
    let login = "a URL is no place for a login: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
                 MLFLOW_TRACKING_TOKEN, and leave it out of the URL";
    for (source, says) in [
        ("http://ann:pass@127.0.0.1:1", login),
        (" http://ann:pass@127.0.0.1:1", login),
        ("http://", "the server's URL cannot be read: empty host"),
        (
            "databricks://profile",
            "`databricks://` is no tracking server: give a URL that begins with `http://` or `https://`, or a file",
        ),
        (
            "no-such-file.json",
            "no-such-file.json cannot be read; a server's URL begins with `http://` or `https://`: No such file or directory \
             (os error 2)",
        ),
        (
            "-",
            "standard input is not what MLflow's API answers to /api/3.0/mlflow/gateway/endpoints/list: it is empty",
        ),
    ] {
        fails(&run(&["import", "mlflow", source]), says);
    }
    let variables = [("MLFLOW_TRACKING_USERNAME", "ann")];
    let exit = run_with(&["import", "mlflow", "http://127.0.0.1:1"], &variables, "");
    fails(
        &exit,
        "MLFLOW_TRACKING_USERNAME is set, but MLFLOW_TRACKING_PASSWORD is not",
    );
}

#[test]
fn a_list_without_an_end_is_left() {
    let server = Upstream::scripted(|mut call| {
        let (_, token) = call
            .request
            .target
            .rsplit_once("page_token=")
            .unwrap_or(("", "0"));
        let next = token.parse::<u32>().unwrap() + 1;
        let page = format!(r#"{{"endpoints": [], "next_page_token": "{next}"}}"#);
        call.send(json_answer(200, page));
        call.keep();
    });
    let url = format!("http://{}", server.address());
    let exit = run_with(&["import", "mlflow", &url], &[], "");
    assert_eq!(exit.code, Some(1));
    assert_eq!(
        exit.stderr,
        "Error: endpoints/list has more than 100 pages: no tracking server lists so much\n"
    );
}
