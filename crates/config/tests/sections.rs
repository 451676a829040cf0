//! The `server:` and `upstream:` sections: defaults, and every key of their tables.

mod seed;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tidegate_config::{AccessLog, Config, ConfigError, Loaded, SECTIONS, parse};

use seed::{CATALOG, PATH, WORLD, World};

fn load_in(text: &str, world: &World) -> Loaded {
    match parse(text, Path::new(PATH), CATALOG, world) {
        Ok(loaded) => loaded,
        Err(error) => refused(&error),
    }
}

#[expect(clippy::panic, reason = "the test ends here")]
fn refused(error: &ConfigError) -> ! {
    panic!("{error}")
}

fn load(text: &str) -> Config {
    load_in(text, &WORLD).config
}

/// Every default of both sections, as the documentation states them.
#[test]
fn defaults_of_sections() {
    let config = load("endpoints: []");
    let seconds = Duration::from_secs;
    let server = config.server;
    assert_eq!(
        (server.root_path.as_str(), server.max_body_bytes),
        ("", 33_554_432)
    );
    assert_eq!(
        (
            server.max_header_bytes,
            server.max_headers,
            server.max_json_depth,
            server.max_json_values
        ),
        (65_536, 100, 127, 1_000_000)
    );
    assert_eq!(
        (
            server.max_connections,
            server.header_timeout,
            server.body_timeout
        ),
        (10_000, seconds(10), seconds(60))
    );
    assert_eq!(
        (
            server.keep_alive_timeout,
            server.write_timeout,
            server.drain_timeout
        ),
        (seconds(75), seconds(60), seconds(30))
    );
    assert_eq!(
        (server.cors_origins, server.access_log),
        (Vec::new(), AccessLog::Stderr)
    );
    let upstream = config.upstream;
    assert_eq!(
        (upstream.connect_timeout, upstream.first_byte_timeout),
        (seconds(10), seconds(300))
    );
    assert_eq!(
        (
            upstream.idle_timeout,
            upstream.total_timeout,
            upstream.stream_timeout
        ),
        (seconds(60), seconds(300), None)
    );
    assert_eq!(
        (upstream.max_response_bytes, upstream.max_frame_bytes),
        (67_108_864, 4_194_304)
    );
    assert_eq!(
        (
            upstream.ca_bundle,
            upstream.forward_headers,
            upstream.max_idle_per_host
        ),
        (None, Vec::new(), 64)
    );
}

/// Other values for every key: each must change the config, so that no key of the table is read by nobody.
const SECTION_VALUES: &[(&str, &str)] = &[
    ("root_path", "/llm"),
    ("max_body_bytes", "1_024"),
    ("max_header_bytes", "0x4000"),
    ("max_headers", "50"),
    ("max_json_depth", "64"),
    ("max_json_values", "2000"),
    ("max_connections", "5"),
    ("header_timeout_seconds", "0.5"),
    ("body_timeout_seconds", "1"),
    ("keep_alive_timeout_seconds", "86400"),
    ("write_timeout_seconds", "9"),
    ("drain_timeout_seconds", "1.25"),
    (
        "cors_origins",
        "['https://Example.com:443', '*', 'http://localhost:3000', 'tauri://App']",
    ),
    ("access_log", "{file: ~/access.log}"),
    ("connect_timeout_seconds", "1"),
    ("first_byte_timeout_seconds", "2"),
    ("idle_timeout_seconds", "3"),
    ("total_timeout_seconds", "4"),
    ("stream_timeout_seconds", "5"),
    ("max_response_bytes", "5000"),
    ("max_frame_bytes", "6000"),
    ("ca_bundle", "~/ca.pem"),
    (
        "forward_headers",
        "[X-Request-Id, traceparent, x-request-id]",
    ),
    ("max_idle_per_host", "0"),
];

#[test]
fn every_key_of_the_sections_is_read() {
    let default = format!("{:?}", load("endpoints: []"));
    for section in SECTIONS {
        for key in section.keys {
            let (_, value) = SECTION_VALUES
                .iter()
                .find(|(name, _)| *name == key.name)
                .unwrap();
            let config = load(&format!(
                "endpoints: []\n{}:\n  {}: {value}",
                section.name, key.name
            ));
            assert_ne!(format!("{config:?}"), default, "{}", key.name);
        }
    }
}

#[test]
fn written_defaults_are_the_defaults() {
    let default = format!("{:?}", load("endpoints: []"));
    for section in SECTIONS {
        for key in section.keys {
            let text = format!(
                "endpoints: []\n{}:\n  {}: {}",
                section.name,
                key.name,
                key.kind.default_text()
            );
            assert_eq!(format!("{:?}", load(&text)), default, "{}", key.name);
        }
    }
}

#[test]
fn values_of_sections() {
    let find = |name: &str| {
        SECTION_VALUES
            .iter()
            .find(|(key, _)| *key == name)
            .unwrap()
            .1
    };
    let one = |section: &str, key: &str| {
        load(&format!(
            "endpoints: []\n{section}:\n  {key}: {}",
            find(key)
        ))
    };
    assert_eq!(
        one("server", "cors_origins").server.cors_origins,
        [
            "https://example.com",
            "*",
            "http://localhost:3000",
            "tauri://app"
        ]
    );
    assert_eq!(
        one("server", "access_log").server.access_log,
        AccessLog::File(PathBuf::from("/home/me/access.log"))
    );
    assert_eq!(
        one("server", "max_header_bytes").server.max_header_bytes,
        16_384
    );
    assert_eq!(
        one("upstream", "ca_bundle").upstream.ca_bundle,
        Some(PathBuf::from("/home/me/ca.pem"))
    );
    assert_eq!(
        one("upstream", "forward_headers").upstream.forward_headers,
        ["x-request-id", "traceparent"]
    );
    assert_eq!(
        load("endpoints: []\nserver: {access_log: off}")
            .server
            .access_log,
        AccessLog::Off
    );
    assert_eq!(
        load("endpoints: []\nserver: {access_log: 'off'}")
            .server
            .access_log,
        AccessLog::Off
    );
}

type Variables = &'static [(&'static str, &'static str)];

#[test]
fn timeout_from_the_environment() {
    let cases: [(Variables, &str, u64, usize); 5] = [
        (&[], "", 300, 0),
        (&[("MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS", "20")], "", 20, 0),
        (
            &[("MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS", "20")],
            "upstream: {total_timeout_seconds: 30}",
            30,
            0,
        ),
        (
            &[("MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS", "soon")],
            "",
            300,
            1,
        ),
        (&[("MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS", "0")], "", 300, 1),
    ];
    for (variables, section, expected, warnings) in cases {
        let loaded = load_in(
            &format!("endpoints: []\n{section}"),
            &World {
                variables,
                files: &[],
            },
        );
        assert_eq!(
            loaded.config.upstream.total_timeout,
            Duration::from_secs(expected)
        );
        assert_eq!(loaded.warnings.len(), warnings);
    }
}
