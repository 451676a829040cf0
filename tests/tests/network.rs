//! The way to providers: TLS that is checked, and proxies that the environment names.

use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::tls::{self, Authority};
use tidegate_tests::upstream::Call;
use tidegate_tests::{Gateway, Launch, Response, Upstream, client, wait_for};

fn talk(call: Call) {
    let streams = call.request.json()["stream"] == true;
    call.answer(if streams {
        samples::stream(&["Hel", "lo"])
    } else {
        samples::chat()
    });
}

fn ask(gateway: &Gateway) -> Response {
    client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1)
}

#[track_caller]
fn every_door_works(gateway: &Gateway) {
    for (path, plain, streamed) in CHAT_DOORS {
        let answer = client::post(gateway.address(), path, plain);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let answer = client::post(gateway.address(), path, streamed);
        assert_eq!(
            answer.events().last().map(String::as_str),
            Some("[DONE]"),
            "{path}: {}",
            answer.text()
        );
    }
}

#[test]
fn a_private_authority_from_the_config_or_the_environment() {
    let authority = Authority::default();
    let upstream = authority.upstream("127.0.0.1", talk);
    let folder = tempfile::tempdir().unwrap();
    let bundle = authority.write(folder.path(), "ca.pem");
    let routes = Gateway::routes(&upstream.base());

    let gateway = Gateway::start(&format!(
        "{routes}upstream:\n  ca_bundle: {}\n",
        bundle.display()
    ));
    every_door_works(&gateway);
    assert_eq!(
        upstream.connections(),
        1,
        "connections are kept over TLS too"
    );

    let gateway = Launch::new(&routes).env("SSL_CERT_FILE", &bundle).start();
    every_door_works(&gateway);
}

#[test]
fn nothing_is_sent_to_a_provider_that_cannot_prove_itself() {
    let (authority, stranger) = (Authority::default(), Authority::default());
    let folder = tempfile::tempdir().unwrap();
    let (known, other) = (
        authority.write(folder.path(), "ca.pem"),
        stranger.write(folder.path(), "other.pem"),
    );
    let cases = [
        (
            "an unknown authority",
            authority.upstream("127.0.0.1", talk),
            &other,
        ),
        (
            "another host's certificate",
            authority.upstream("provider.example", talk),
            &known,
        ),
    ];
    for (what, upstream, bundle) in cases {
        let config = format!(
            "{}upstream:\n  ca_bundle: {}\n",
            Gateway::routes(&upstream.base()),
            bundle.display()
        );
        let answer = ask(&Gateway::start(&config));
        assert_eq!(answer.status, 502, "{what}: {}", answer.text());
        assert!(
            answer.message().contains("certificate"),
            "{what}: {}",
            answer.message()
        );
        assert_eq!(upstream.requests().len(), 0, "{what}");
    }
    // Plain HTTP at an `https` address, and the reverse.
    let plain = Upstream::scripted_over(
        |mut stream| {
            use std::io::{Read as _, Write as _};
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
            None
        },
        drop,
    );
    let gateway = Gateway::start(&Gateway::routes(&plain.base()));
    assert_eq!(ask(&gateway).status, 502);
    let secure = authority.upstream("127.0.0.1", talk);
    let gateway = Gateway::start(&Gateway::routes(&secure.base().replace("https", "http")));
    assert_eq!(ask(&gateway).status, 502);
}

#[test]
fn a_new_bundle_counts_after_a_reload() {
    let (authority, stranger) = (Authority::default(), Authority::default());
    let upstream = authority.upstream("127.0.0.1", talk);
    let folder = tempfile::tempdir().unwrap();
    let bundle = stranger.write(folder.path(), "ca.pem");
    let gateway = Gateway::start(&format!(
        "{}upstream:\n  ca_bundle: {}\n",
        Gateway::routes(&upstream.base()),
        bundle.display()
    ));
    assert_eq!(ask(&gateway).status, 502);
    authority.write(folder.path(), "ca.pem");
    gateway.signal("HUP");
    wait_for("the new bundle", || ask(&gateway).status == 200);
    // A broken bundle keeps the last good one and is reported.
    std::fs::write(
        &bundle,
        "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    gateway.signal("HUP");
    wait_for("the error", || gateway.health()["error"].is_string());
    assert_eq!(ask(&gateway).status, 200);
}

#[test]
fn a_silent_handshake_counts_as_connecting() {
    let upstream = Upstream::scripted_over(
        |mut stream| {
            use std::io::Read as _;
            let mut all = Vec::new();
            let _ = stream.read_to_end(&mut all);
            None
        },
        drop,
    );
    let gateway = Gateway::start(&format!(
        "{}upstream:\n  connect_timeout_seconds: 0.3\n",
        Gateway::routes(&upstream.base())
    ));
    let answer = ask(&gateway);
    assert_eq!(answer.status, 504, "{}", answer.text());
    assert!(answer.message().contains("0.3 s"), "{}", answer.message());
}

#[test]
fn http_2_where_the_provider_offers_it() {
    let authority = Authority::default();
    let config = authority.server("127.0.0.1", &["h2", "http/1.1"]);
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    let protocols = Arc::new(Mutex::new(0));
    let connections = protocols.clone();
    let upstream = Upstream::scripted_over(
        move |stream| {
            *connections.lock().unwrap() += 1;
            if let Some(wire) = tls::accept(&config, stream) {
                counted.fetch_add(tls::serve_http2(wire, samples::CHAT), Ordering::SeqCst);
            }
            None
        },
        drop,
    );
    let folder = tempfile::tempdir().unwrap();
    let bundle = authority.write(folder.path(), "ca.pem");
    let gateway = Gateway::start(&format!(
        "{}upstream:\n  ca_bundle: {}\n",
        Gateway::routes(&upstream.base()),
        bundle.display()
    ));
    for _ in 0..5 {
        for (path, plain, _) in CHAT_DOORS {
            let answer = client::post(gateway.address(), path, plain);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        }
    }
    drop(gateway);
    wait_for("the connection's end", || {
        requests.load(Ordering::SeqCst) == 15
    });
    assert_eq!(
        *protocols.lock().unwrap(),
        1,
        "fifteen calls on one connection"
    );
}

/// A proxy that opens tunnels.
fn tunnels() -> Upstream {
    Upstream::scripted(|mut call| {
        let Ok(target) = TcpStream::connect(&call.request.target) else {
            return;
        };
        call.send("HTTP/1.1 200 Connection established\r\n\r\n");
        let wire = call.into_wire();
        let mut ends =
            [wire.tcp(), &target].map(|end| (end.try_clone().unwrap(), end.try_clone().unwrap()));
        std::thread::scope(|scope| {
            let [(client_in, client_out), (target_in, target_out)] = &mut ends;
            scope.spawn(|| {
                let _ = std::io::copy(client_in, target_out);
                let _ = target_out.shutdown(std::net::Shutdown::Write);
            });
            let _ = std::io::copy(target_in, client_out);
            let _ = client_out.shutdown(std::net::Shutdown::Both);
        });
    })
}

fn proxied(proxy: &Upstream) -> String {
    format!("http://{}", proxy.address())
}

#[test]
fn https_goes_through_a_tunnel() {
    let authority = Authority::default();
    let upstream = authority.upstream("127.0.0.1", talk);
    let proxy = tunnels();
    let folder = tempfile::tempdir().unwrap();
    let bundle = authority.write(folder.path(), "ca.pem");
    let config = format!(
        "{}upstream:\n  ca_bundle: {}\n",
        Gateway::routes(&upstream.base()),
        bundle.display()
    );
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let before = proxy.requests().len();
        let gateway = Launch::new(&config).env(name, proxied(&proxy)).start();
        every_door_works(&gateway);
        let seen = proxy.requests().split_off(before);
        assert_eq!(seen.len(), 1, "{name}: one tunnel is enough");
        assert_eq!(
            (seen[0].method.as_str(), seen[0].target.as_str()),
            ("CONNECT", upstream.address().to_string().as_str())
        );
        assert_eq!(
            seen[0].header("authorization"),
            None,
            "the provider's key is not for the proxy"
        );
        assert_eq!(seen[0].header("proxy-authorization"), None);
    }
    let with_password = proxied(&proxy).replace("http://", "http://user:p%40ss@");
    let gateway = Launch::new(&config)
        .env("HTTPS_PROXY", with_password)
        .start();
    every_door_works(&gateway);
    assert_eq!(
        proxy.last().header("proxy-authorization"),
        Some("Basic dXNlcjpwQHNz")
    );
    assert!(
        upstream
            .requests()
            .iter()
            .all(|request| request.header("proxy-authorization").is_none())
    );
}

#[test]
fn a_proxy_that_refuses_is_named_as_the_reason() {
    let authority = Authority::default();
    let upstream = authority.upstream("127.0.0.1", talk);
    let proxy = Upstream::answering(
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
    );
    let gateway = Launch::new(&Gateway::routes(&upstream.base()))
        .env("HTTPS_PROXY", proxied(&proxy))
        .start();
    let answer = ask(&gateway);
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(answer.message().contains("proxy"), "{}", answer.message());
    assert_eq!(upstream.connections(), 0);

    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let gateway = Launch::new(&Gateway::routes(&upstream.base()))
        .env("HTTPS_PROXY", format!("http://{free}"))
        .start();
    let answer = ask(&gateway);
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(
        answer
            .message()
            .contains(&format!("the proxy at `{free}` failed")),
        "{}",
        answer.message()
    );
}

#[test]
fn plain_http_asks_the_proxy_for_the_whole_address() {
    let proxy = Upstream::scripted(talk);
    let upstream = Upstream::scripted(talk);
    let base = upstream.base();
    let gateway = Launch::new(&Gateway::routes(&base))
        .env("HTTP_PROXY", proxied(&proxy))
        .start();
    every_door_works(&gateway);
    let seen = proxy.last();
    assert_eq!(
        (seen.method.as_str(), seen.target.clone()),
        ("POST", format!("{base}/chat/completions"))
    );
    assert_eq!(
        seen.header("host"),
        Some(upstream.address().to_string().as_str())
    );
    assert_eq!(upstream.connections(), 0);
    assert_eq!(proxy.connections(), 1);

    let with_password = proxied(&proxy).replace("http://", "http://user:pass@");
    let gateway = Launch::new(&Gateway::routes(&base))
        .env("http_proxy", with_password)
        .start();
    every_door_works(&gateway);
    assert_eq!(
        proxy.last().header("proxy-authorization"),
        Some("Basic dXNlcjpwYXNz")
    );
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn exceptions_go_directly() {
    let proxy = Upstream::scripted(talk);
    let upstream = Upstream::scripted(talk);
    for except in ["127.0.0.1", "127.0.0.0/8", "*", "example.org, 127.0.0.1"] {
        let before = upstream.requests().len();
        let gateway = Launch::new(&Gateway::routes(&upstream.base()))
            .env("HTTP_PROXY", proxied(&proxy))
            .env("NO_PROXY", except)
            .start();
        every_door_works(&gateway);
        assert_eq!(upstream.requests().len(), before + 6, "{except}");
        assert_eq!(upstream.last().target, "/v1/chat/completions");
        assert_eq!(upstream.last().header("proxy-authorization"), None);
    }
    assert_eq!(proxy.connections(), 0);
    let gateway = Launch::new(&Gateway::routes(&upstream.base()))
        .env("HTTP_PROXY", proxied(&proxy))
        .env("NO_PROXY", "example.org")
        .start();
    every_door_works(&gateway);
    assert_eq!(proxy.requests().len(), 6);
}
