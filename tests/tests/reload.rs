//! A changed config is in service without a lost call; a broken one changes nothing and is reported.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Client, Gateway, Launch, Upstream, client, wait_for};

/// One route with this name.
fn config(name: &str) -> String {
    format!(
        "routes:\n{}",
        Gateway::route(name, "chat", "http://127.0.0.1:1/v1")
    )
}

fn serves(gateway: &Gateway, name: &str) -> bool {
    let body = client::get(gateway.address(), "/v1/models").json();
    body["data"][0]["id"] == name && body["data"].as_array().map(Vec::len) == Some(1)
}

/// Long enough for several looks at the file.
fn after_some_looks() {
    let began = Instant::now();
    wait_for("some looks at the file", || {
        began.elapsed() > Duration::from_millis(250)
    });
}

#[test]
fn the_file_is_renamed_rewritten_deleted_and_restored() {
    let gateway = Gateway::start(&config("a"));
    assert!(serves(&gateway, "a"));
    gateway.replace_config(&config("b"));
    wait_for("the renamed file", || serves(&gateway, "b"));
    std::fs::write(gateway.config(), config("c")).unwrap();
    wait_for("the rewritten file", || serves(&gateway, "c"));
    std::fs::remove_file(gateway.config()).unwrap();
    wait_for("a word about the missing file", || {
        gateway.stderr().contains(".yaml deleted")
    });
    assert!(serves(&gateway, "c"));
    std::fs::write(gateway.config(), config("d")).unwrap();
    wait_for("the restored file", || serves(&gateway, "d"));
    let health = gateway.health();
    assert_eq!(
        (&health["generation"], &health["error"]),
        (&4.into(), &serde_json::Value::Null)
    );
}

#[test]
fn a_rewrite_of_the_same_size_and_an_old_time_is_seen() {
    let gateway = Gateway::start(&config("a"));
    let past = std::fs::FileTimes::new().set_modified(
        std::fs::metadata(gateway.config())
            .unwrap()
            .modified()
            .unwrap(),
    );
    std::fs::write(gateway.config(), config("b")).unwrap();
    std::fs::File::options()
        .write(true)
        .open(gateway.config())
        .unwrap()
        .set_times(past)
        .unwrap();
    wait_for("the rewritten file", || serves(&gateway, "b"));
    // A copy from elsewhere may be older than what it replaces.
    let beside = gateway.folder().join("old.yaml");
    std::fs::write(&beside, config("c")).unwrap();
    let old = std::fs::FileTimes::new()
        .set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    std::fs::File::options()
        .write(true)
        .open(&beside)
        .unwrap()
        .set_times(old)
        .unwrap();
    std::fs::rename(&beside, gateway.config()).unwrap();
    wait_for("the older file", || serves(&gateway, "c"));
}

#[test]
fn a_mounted_config_map_is_swapped() {
    let folder = tempfile::tempdir().unwrap();
    let version = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("config.yaml"), text).unwrap();
    };
    version("..v1", &config("a"));
    let data = folder.path().join("..data");
    symlink("..v1", &data).unwrap();
    let path = folder.path().join("config.yaml");
    symlink("..data/config.yaml", &path).unwrap();
    let beside = folder.path().join("..data_tmp");
    let root = folder.path().to_owned();
    let swap = |from: &str, to: &str| {
        symlink(to, &beside).unwrap();
        std::fs::rename(&beside, &data).unwrap();
        std::fs::remove_dir_all(root.join(from)).unwrap();
    };
    version("..v2", &config("b"));
    version("..v3", "routes: [");
    version("..v4", &config("d"));
    let gateway = Launch::at(folder, path).start();
    assert!(serves(&gateway, "a"));
    swap("..v1", "..v2");
    wait_for("the second version", || serves(&gateway, "b"));
    swap("..v2", "..v3");
    wait_for("the third version's error", || {
        gateway.health()["error"].is_string()
    });
    assert!(serves(&gateway, "b"));
    swap("..v3", "..v4");
    wait_for("the fourth version", || serves(&gateway, "d"));
    assert!(gateway.health()["error"].is_null());
}

#[test]
fn an_invalid_file_changes_nothing_and_is_reported_until_it_is_fixed() {
    let gateway = Gateway::start(&config("a"));
    for broken in [
        "routes: [",
        "",
        &config("a").replace("openai\n", "openia\n"),
        "\u{1}",
    ] {
        let before = gateway.health()["generation"].clone();
        gateway.replace_config(broken);
        wait_for("the error", || gateway.health()["error"].is_string());
        assert!(serves(&gateway, "a"), "{broken:?}");
        assert_eq!(gateway.health()["generation"], before);
        assert_eq!(
            client::get(gateway.address(), "/health").text(),
            r#"{"status":"OK"}"#
        );
        assert_eq!(client::get(gateway.address(), "/health/ready").status, 200);
        gateway.signal("HUP");
        after_some_looks();
        assert!(serves(&gateway, "a"));
        gateway.replace_config(&config("a"));
        wait_for("the error to be gone", || {
            gateway.health()["error"].is_null()
        });
    }
    assert!(gateway.stderr().contains("Invalid configuration"));
}

#[test]
fn a_file_that_could_not_be_read_and_comes_back_unchanged_clears_the_error() {
    let gateway = Gateway::start(&config("a"));
    let away = gateway.folder().join("away.yaml");
    std::fs::rename(gateway.config(), &away).unwrap();
    gateway.signal("HUP");
    wait_for("the error", || gateway.health()["error"].is_string());
    std::fs::rename(&away, gateway.config()).unwrap();
    wait_for("the error to be gone", || {
        gateway.health()["error"].is_null()
    });

    std::fs::rename(gateway.config(), &away).unwrap();
    std::fs::create_dir(gateway.config()).unwrap();
    wait_for("the error", || gateway.health()["error"].is_string());
    std::fs::remove_dir(gateway.config()).unwrap();
    std::fs::rename(&away, gateway.config()).unwrap();
    wait_for("the error to be gone", || {
        gateway.health()["error"].is_null()
    });
    assert!(serves(&gateway, "a"));
}

#[test]
fn a_half_written_file_is_not_read() {
    use std::io::Write as _;
    let gateway = Gateway::start(&config("a"));
    let text = config("b");
    let mut file = std::fs::File::create(gateway.config()).unwrap();
    for line in text.lines() {
        writeln!(file, "{line}").unwrap();
        std::thread::park_timeout(Duration::from_millis(10));
    }
    drop(file);
    wait_for("the whole file", || serves(&gateway, "b"));
    assert!(
        !gateway.stderr().contains("Invalid configuration"),
        "{}",
        gateway.stderr()
    );
}

#[test]
fn sighup_reads_key_files_again() {
    let upstream = Upstream::answering(samples::chat());
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "sk-first-key\n").unwrap();
    let routes = Gateway::routes(&upstream.base())
        .replace("sk-test-canary-0123456789", &key.display().to_string());
    let gateway = Gateway::start(&routes);
    let used = || {
        assert_eq!(
            client::post(gateway.address(), "/v1/chat/completions", samples::ASK_V1).status,
            200
        );
        upstream.last().header("authorization").unwrap().to_owned()
    };
    assert_eq!(used(), "Bearer sk-first-key");
    std::fs::write(&key, "sk-second-key\r\n").unwrap();
    gateway.signal("HUP");
    wait_for("the new key", || used() == "Bearer sk-second-key");
    // Connections outlive a reload.
    assert_eq!(upstream.connections(), 1);
}

#[test]
fn calls_in_flight_end_on_the_config_they_began_with() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    for (path, plain, streamed) in CHAT_DOORS {
        let mut clients = [plain, streamed]
            .map(|body| Client::sending(gateway.address(), client::post_bytes(path, &[], body)));
        let (mut first, mut second) = (upstream.call(), upstream.call());
        if first.request.json()["stream"] == true {
            std::mem::swap(&mut first, &mut second);
        }
        second.begin_stream();
        second.event(&samples::delta("before"));
        assert_eq!(clients[1].head().unwrap().status, 200);
        clients[1].chunks_until("before");

        gateway.reload(&config("another"));
        assert!(serves(&gateway, "another"));
        let gone = client::post(gateway.address(), path, plain);
        assert_eq!(gone.status, 404);

        first.answer(samples::chat());
        assert_eq!(clients[0].response().status, 200);
        second.event(&samples::delta("after"));
        clients[1].chunks_until("after");
        second.event(&samples::finish());
        second.event("[DONE]");
        clients[1].chunks_until("[DONE]");
        assert_eq!(clients[1].chunk(), Some(Vec::new()));
        gateway.reload(&Gateway::routes(&upstream.base()));
    }
}

/// Writes a config with the steady route `chat` and, in turns, other routes, models and limits.
fn version(number: usize, base: &str) -> String {
    let mut text = format!("routes:\n{}", Gateway::route("chat", "chat", base));
    if number % 2 == 1 {
        text.push_str(&Gateway::route(&format!("extra-{number}"), "chat", base));
    }
    let text = if number.is_multiple_of(3) {
        text.replace("gpt-4o-mini", "gpt-4o")
    } else {
        text
    };
    // Now and then the connections cannot be kept either.
    let idle = 8 + number / 50 % 5;
    format!("{text}server:\n  access_log: off\nupstream:\n  max_idle_per_host: {idle}\n")
}

#[test]
fn a_thousand_reloads_under_load_lose_no_call() {
    const RELOADS: usize = 1_000;
    const LONGEST: Duration = Duration::from_mins(1);
    let upstream = Upstream::scripted(|mut call| {
        if call.request.json()["stream"] == true {
            call.begin_stream();
            for word in ["one", "two", "three"] {
                call.event(&samples::delta(word));
            }
            call.event(&samples::finish());
            call.event("[DONE]");
            call.end_chunks();
            call.keep();
        } else {
            call.answer(samples::chat());
        }
    });
    let base = upstream.base();
    let gateway = Gateway::start(&version(0, &base));
    let (stop, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    let began = Instant::now();
    let mut reloads = 0;
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (stop, calls, address) = (&stop, &calls, gateway.address());
            scope.spawn(move || {
                let mut kept = Client::connect(address);
                for turn in worker.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let (path, plain, streamed) = CHAT_DOORS[turn % 3];
                    let body = if turn % 2 == 0 { plain } else { streamed };
                    let answer = if turn % 5 == 0 {
                        client::post(address, path, body)
                    } else {
                        kept.send(client::post_bytes(path, &[], body));
                        kept.response()
                    };
                    let text = answer.text();
                    if answer.status != 200 || !answer.complete || text.contains("\"error\"") {
                        stop.store(true, Ordering::Relaxed);
                        panic!("call {turn}: {} {text}", answer.status);
                    }
                    assert!(body == plain || text.contains("[DONE]"), "{text}");
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut health = Client::connect(gateway.address());
        let mut generation = || {
            health.send("GET /health?verbose HTTP/1.1\r\nhost: g\r\n\r\n");
            health.response().json()["generation"].as_u64().unwrap()
        };
        while reloads < RELOADS && began.elapsed() < LONGEST && !stop.load(Ordering::Relaxed) {
            let before = generation();
            gateway.replace_config(&version(reloads + 1, &base));
            gateway.signal("HUP");
            wait_for("a reload", || {
                stop.load(Ordering::Relaxed) || generation() > before
            });
            reloads += 1;
        }
        stop.store(true, Ordering::Relaxed);
    });
    let calls = calls.into_inner();
    println!(
        "{reloads} reloads and {calls} calls in {:?}, {} connections upstream",
        began.elapsed(),
        upstream.connections()
    );
    assert!(reloads == RELOADS || began.elapsed() >= LONGEST);
    assert!(calls > reloads / 10);
    assert!(gateway.health()["error"].is_null());
    let memory = memory_of(gateway.pid());
    println!("resident memory afterwards: {} MB", memory / 1_000_000);
    assert!(memory < 500_000_000, "old configs are let go");
}

fn memory_of(pid: u32) -> usize {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status"))
        .unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or("0 kB");
    line.trim()
        .trim_end_matches(" kB")
        .trim()
        .parse::<usize>()
        .unwrap()
        * 1024
}
