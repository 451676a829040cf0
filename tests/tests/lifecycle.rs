//! Starts that fail with clear words, and stops that lose nothing.

use std::time::{Duration, Instant};

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Client, Gateway, Launch, Upstream, client, gateway, wait_for};

const USAGE: &str =
    "Usage: tidegate start [OPTIONS]\nTry 'tidegate start --help' for help.\n\nError: ";

fn config(name: &str) -> String {
    format!(
        "routes:\n{}",
        Gateway::route(name, "chat", "http://127.0.0.1:1/v1")
    )
}

#[test]
fn a_port_in_use() {
    let first = Gateway::start(&config("a"));
    let port = first.address().port();
    let second = Launch::new(&config("b"));
    let config = second.config().to_owned();
    let exit = gateway::run(&[
        "start",
        "--config-path",
        config.to_str().unwrap(),
        "--port",
        &port.to_string(),
    ]);
    assert_eq!(exit.code, Some(1));
    assert_eq!(
        exit.stderr,
        format!(
            "Error: cannot listen on 127.0.0.1:{port}: Address already in use (os error 98); another process listens there: stop it, or choose another port with --port\n"
        )
    );
    assert_eq!(exit.stdout, "");
    assert_eq!(client::get(first.address(), "/v1/models/a").status, 200);
}

#[test]
fn what_is_printed_at_the_start() {
    let gateway = Gateway::start(&Gateway::routes("http://127.0.0.1:1/v1"));
    let (address, path) = (gateway.address(), gateway.config().display());
    assert_ne!(address.port(), 0);
    assert_eq!(
        gateway.greeting(),
        format!(
            "Tidegate 0.1.0 listens on http://{address}\n\n  {path}\n    chat         llm/v1/chat         openai / gpt-4o-mini\n    completions  llm/v1/completions  openai / gpt-4o-mini\n    embeddings   llm/v1/embeddings   openai / gpt-4o-mini\n\n  docs  http://{address}/docs\n"
        )
    );
    assert_eq!(client::get(address, "/docs").status, 200);
}

#[test]
fn starts_that_fail_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        path(name)
    };
    let wrong = write(
        "wrong.yaml",
        &config("a").replace("provider: openai", "provider: openia"),
    );
    let broken = write("broken.yaml", "routes: [\n");
    let empty = write("empty.yaml", "");
    let missing = path("missing.yaml");
    let directory = folder.path().display().to_string();
    let given = |path: &str| {
        vec![
            "start".to_owned(),
            "--config-path".to_owned(),
            path.to_owned(),
            "--port".to_owned(),
            "0".to_owned(),
        ]
    };
    let cases = [
        (vec!["start".to_owned()], format!("{USAGE}Missing option '--config-path'.\n")),
        (given(&missing), format!("{USAGE}Invalid value for '--config-path': {missing} does not exist\n")),
        (
            given(&directory),
            format!("{USAGE}Invalid value for '--config-path': The file at {directory} is not a valid yaml file\n  = note: it is a directory\n"),
        ),
        (
            given(&wrong),
            format!(
                "{USAGE}Invalid value for '--config-path': The provider 'openia' is not supported.\n --> {wrong}:5:17\n  |\n5 |       provider: openia\n  |                 ^^^^^^\n  = key: routes.0.model.provider\n  = help: did you mean `openai`?\n"
            ),
        ),
        (
            given(&broken),
            format!(
                "{USAGE}Invalid value for '--config-path': The file at {broken} is not a valid yaml file\n --> {broken}:2:1\n  |\n2 |\n  | ^ while parsing a node, did not find expected node content\n"
            ),
        ),
        (
            given(&empty),
            format!(
                "{USAGE}Invalid value for '--config-path': The file at {empty} is empty\n  = help: begin with `endpoints:` and list at least one endpoint, or write `endpoints: []`\n"
            ),
        ),
        (
            [given(&wrong), vec!["--root-path".to_owned(), "llm".to_owned()]].concat(),
            "error: invalid value 'llm' for '--root-path <PREFIX>': write `/llm`: a prefix begins with a slash\n\nFor more information, try '--help'.\n".to_owned(),
        ),
    ];
    for (arguments, stderr) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let exit = gateway::run(&arguments);
        assert_eq!(
            (exit.code, exit.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}: {}",
            exit.stderr
        );
        assert_eq!(exit.stderr, stderr, "{arguments:?}");
    }
}

#[test]
fn the_environment_names_the_config_in_mlflows_order() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let path = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&path, config(name)).unwrap();
        path
    };
    let paths = ["option", "path", "config", "deployments"].map(write);
    let names = [
        "MLFLOW_GATEWAY_CONFIG_PATH",
        "MLFLOW_GATEWAY_CONFIG",
        "MLFLOW_DEPLOYMENTS_CONFIG",
    ];
    for first in 0..4 {
        let mut launch = Launch::without_path(&config("unused"));
        for (name, path) in names.iter().zip(&paths[1..]).skip(first.max(1) - 1) {
            launch = launch.env(name, path);
        }
        if first == 0 {
            launch = launch.arg("--config-path").arg(paths[0].to_str().unwrap());
        }
        let gateway = launch.start();
        let models = client::get(gateway.address(), "/v1/models").json();
        assert_eq!(
            models["data"][0]["id"],
            *paths[first].file_stem().unwrap().to_str().unwrap()
        );
    }
    // Set but empty is not set.
    let gateway = Launch::without_path("")
        .env(names[0], "")
        .env(names[1], &paths[2])
        .start();
    assert_eq!(
        client::get(gateway.address(), "/v1/models/config").status,
        200
    );
}

#[test]
fn a_prefix_of_paths_is_served_with_and_without() {
    let upstream = Upstream::answering(samples::chat());
    let routes = Gateway::routes(&upstream.base());
    for launch in [
        Launch::new(&routes).arg("--root-path").arg("/llm/"),
        Launch::new(&format!("{routes}server:\n  root_path: /llm\n")),
        Launch::new(&format!("{routes}server:\n  root_path: /other\n"))
            .arg("--root-path")
            .arg("/llm"),
    ] {
        let gateway = launch.start();
        for prefix in ["", "/llm"] {
            for (path, plain, _) in CHAT_DOORS {
                let answer = client::post(gateway.address(), &format!("{prefix}{path}"), plain);
                assert_eq!(answer.status, 200, "{prefix}{path}");
            }
            assert_eq!(
                client::get(gateway.address(), &format!("{prefix}/health")).status,
                200
            );
            assert_eq!(
                client::get(gateway.address(), &format!("{prefix}/docs")).status,
                200
            );
        }
        for path in ["/llmx/health", "/other/health", "/llm/llm/health"] {
            assert_eq!(client::get(gateway.address(), path).status, 404, "{path}");
        }
        let refused = client::post(gateway.address(), "/llm/v1/chat/completions", "{");
        assert!(
            refused.json()["error"]["message"].is_string(),
            "{}",
            refused.text()
        );
    }
}

#[test]
fn a_signal_stops_after_the_calls_in_flight() {
    for signal in ["TERM", "INT"] {
        let upstream = Upstream::manual();
        let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
        let address = gateway.address();
        let mut idle = Client::sending(address, "GET /health HTTP/1.1\r\nhost: g\r\n\r\n");
        assert_eq!(idle.response().status, 200);
        let mut fresh = Client::connect(address);
        let mut plain = Client::sending(
            address,
            client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1),
        );
        let first = upstream.call();
        let mut streamed = Client::sending(
            address,
            client::post_bytes("/gateway/chat/invocations", &[], samples::ASK_STREAM),
        );
        let mut second = upstream.call();
        second.begin_stream();
        second.event(&samples::delta("before"));
        assert_eq!(streamed.head().unwrap().status, 200);
        streamed.chunks_until("before");

        gateway.signal(signal);
        assert!(
            idle.is_closed() && fresh.is_closed(),
            "idle connections end at once"
        );
        wait_for("the listener to close", || {
            std::net::TcpStream::connect(address).is_err()
        });

        first.answer(samples::chat());
        let answer = plain.response();
        assert_eq!(
            (answer.status, answer.header("connection")),
            (200, Some("close"))
        );
        assert!(plain.is_closed());
        second.event(&samples::delta("after"));
        second.event(&samples::finish());
        second.event("[DONE]");
        streamed.chunks_until("[DONE]");
        assert_eq!(streamed.chunk(), Some(Vec::new()));
        let exit = gateway.wait();
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    }
}

#[test]
fn without_calls_it_stops_at_once() {
    let gateway = Gateway::start(&config("a"));
    let began = Instant::now();
    assert_eq!(gateway.stop().code, Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_request_that_has_begun_to_arrive_is_answered_and_told_of_the_end() {
    let gateway = Gateway::start(&config("a"));
    let mut late = Client::sending(
        gateway.address(),
        "GET /health/ready HTTP/1.1\r\nhost: g\r\n",
    );
    for _ in 0..20 {
        assert_eq!(client::get(gateway.address(), "/health/ready").status, 200);
    }
    gateway.signal("TERM");
    wait_for("the listener to close", || {
        std::net::TcpStream::connect(gateway.address()).is_err()
    });
    late.send("\r\n");
    let answer = late.response();
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (503, r#"{"status":"draining"}"#)
    );
    assert!(late.is_closed());
    assert_eq!(gateway.wait().code, Some(0));
}

#[test]
fn a_second_signal_stops_at_once() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let mut client = Client::sending(
        gateway.address(),
        client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1),
    );
    let mut call = upstream.call();
    gateway.signal("TERM");
    wait_for("the listener to close", || {
        std::net::TcpStream::connect(gateway.address()).is_err()
    });
    gateway.signal("TERM");
    let exit = gateway.wait();
    assert_eq!(exit.code, Some(130));
    assert!(exit.stderr.contains("stopped at once"), "{}", exit.stderr);
    assert!(client.try_response().is_none());
    call.wait_closed();
}

#[test]
fn a_call_that_outlasts_the_grace_period_is_cut() {
    let upstream = Upstream::manual();
    let config = format!(
        "{}server:\n  drain_timeout_seconds: 0.4\n",
        Gateway::routes(&upstream.base())
    );
    let gateway = Gateway::start(&config);
    let mut client = Client::sending(
        gateway.address(),
        client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1),
    );
    let mut call = upstream.call();
    let began = Instant::now();
    gateway.signal("TERM");
    let exit = gateway.wait();
    assert!(began.elapsed() >= Duration::from_millis(400));
    assert_eq!(exit.code, Some(0));
    assert!(exit.stderr.contains("calls were cut"), "{}", exit.stderr);
    assert!(client.try_response().is_none());
    call.wait_closed();
}

#[test]
fn signals_that_come_early_or_mean_nothing() {
    let mut gateway = Gateway::start(&config("a"));
    gateway.signal("PIPE");
    gateway.signal("HUP");
    wait_for("the reload", || gateway.health()["generation"] == 2);
    assert!(gateway.runs());
    assert_eq!(gateway.stop().code, Some(0));
}

fn limited(base: &str, calls: usize) -> String {
    Gateway::routes(base).replacen(
        "  - name: chat\n",
        &format!("  - name: chat\n    limit:\n      calls: {calls}\n      renewal_period: hour\n"),
        1,
    )
}

/// Posts from another address of this machine.
fn post_from(host: [u8; 4], gateway: &Gateway) -> u16 {
    use std::io::{Read as _, Write as _};
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket
        .bind(&std::net::SocketAddr::from((host, 0)).into())
        .unwrap();
    socket.connect(&gateway.address().into()).unwrap();
    let mut stream = std::net::TcpStream::from(socket);
    stream
        .write_all(&client::post_bytes(
            "/v1/chat/completions",
            &[("connection", "close")],
            samples::ASK_V1,
        ))
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn limits_count_over_all_doors_per_client_and_over_reloads() {
    let upstream = Upstream::answering(samples::chat());
    let gateway = Gateway::start(&limited(&upstream.base(), 3));
    for (path, plain, _) in CHAT_DOORS {
        assert_eq!(
            client::post(gateway.address(), path, plain).status,
            200,
            "{path}"
        );
        // What is refused before is not counted.
        assert!(matches!(
            client::post(gateway.address(), path, "{}").status,
            400 | 422 | 429
        ));
    }
    let refused = |gateway: &Gateway| {
        for (path, plain, streamed) in CHAT_DOORS {
            for body in [plain, streamed] {
                let answer = client::post(gateway.address(), path, body);
                assert_eq!(answer.status, 429, "{path}: {}", answer.text());
                let body = answer.json();
                if path.starts_with("/v1") {
                    assert_eq!(
                        body["error"]["message"],
                        "Rate limit exceeded: 3 per 1 hour"
                    );
                    assert!(
                        body["error"]["type"].is_string() && body["error"]["code"].is_string(),
                        "{body}"
                    );
                } else {
                    assert_eq!(
                        answer.text(),
                        r#"{"error":"Rate limit exceeded: 3 per 1 hour"}"#
                    );
                }
                assert_eq!(
                    answer.header("retry-after"),
                    None,
                    "an hour is too long to be slept through"
                );
            }
        }
    };
    refused(&gateway);
    assert_eq!(upstream.requests().len(), 3);
    assert_eq!(
        client::post(
            gateway.address(),
            "/v1/embeddings",
            r#"{"model":"embeddings","input":"x"}"#
        )
        .status,
        200
    );
    assert_eq!(
        post_from([127, 0, 0, 2], &gateway),
        200,
        "each client has its own count"
    );
    gateway.reload(&format!(
        "{}server:\n  max_headers: 99\n",
        limited(&upstream.base(), 3)
    ));
    refused(&gateway);
    assert_eq!(post_from([127, 0, 0, 2], &gateway), 200);
    assert_eq!(post_from([127, 0, 0, 2], &gateway), 200);
    assert_eq!(post_from([127, 0, 0, 2], &gateway), 429);
    gateway.reload(&limited(&upstream.base(), 4));
    assert_eq!(
        client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1).status,
        200,
        "a new limit counts anew"
    );
}

#[test]
fn a_short_limit_says_when_to_come_back_and_ends() {
    let upstream = Upstream::answering(samples::chat());
    let gateway = Gateway::start(
        &limited(&upstream.base(), 1).replace("renewal_period: hour", "renewal_period: second"),
    );
    let call = || client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1);
    wait_for("a refusal", || {
        let answer = call();
        answer.status == 429 && answer.header("retry-after") == Some("1")
    });
    wait_for("the next second", || call().status == 200);
}
