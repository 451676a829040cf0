//! MLflow's messages, word for word.

mod seed;

use std::path::Path;

use tidegate_config::{ProcessEnvironment, parse, read};

use seed::{CATALOG, PATH, WORLD};

/// The model block of a file, and the message. What stands in `golden/` is not repeated here.
#[test]
fn messages() {
    let chat =
        |model: &str| format!("routes: [{{name: a, route_type: llm/v1/chat, model: {model}}}]");
    let invalid = |path: &str, message: &str| {
        format!(
            "The gateway configuration is invalid: 1 validation error for GatewayConfig\n{path}\n  {message}"
        )
    };
    let config = "routes.0.model.config";
    let cases = [
        ("{}".to_owned(), invalid("endpoints", "Field required")),
        (
            "routes: [{route_type: llm/v1/chat, model: {provider: local}}]".to_owned(),
            invalid("routes.0.name", "Field required"),
        ),
        (
            "routes: [{name: a/b, route_type: llm/v1/chat, model: {provider: local}}]".to_owned(),
            "The route name provided contains disallowed characters for a url endpoint. 'a/b' is invalid. Names cannot contain spaces or any non alphanumeric characters other than hyphen and underscore.".to_owned(),
        ),
        (
            "routes: [{name: a, route_type: x, model: {provider: local}}]".to_owned(),
            "The route_type 'x' is not supported.".to_owned(),
        ),
        (
            "endpoints: [{name: a, model: {provider: local}}]".to_owned(),
            invalid("endpoints.0.endpoint_type", "Field required"),
        ),
        (chat("{provider: x}"), "The provider 'x' is not supported.".to_owned()),
        (chat("{}"), "A provider must be provided for each gateway route.".to_owned()),
        (
            chat("{provider: cohere}"),
            "A config must be supplied when setting a provider. The provider entry for Provider.COHERE is incorrect.".to_owned(),
        ),
        (chat("{provider: palm, config: {}}"), invalid(&format!("{config}.palm_api_key"), "Field required")),
        (
            chat("{provider: palm, config: {palm_api_key: 1}}"),
            "The api key provided is not a string. Please provide either an environment variable key, a path to a file containing the api key, or the api key itself".to_owned(),
        ),
        (
            chat("{provider: palm, config: {palm_api_key: $NOPE_X}}"),
            "Environment variable 'NOPE_X' is not set".to_owned(),
        ),
        (
            "routes: [{name: a}, {name: a}]".to_owned(),
            "Duplicate names found in endpoint configurations. Please remove the duplicate endpoint name from the configuration to ensure that endpoints are created properly.".to_owned(),
        ),
        (
            "routes: [{name: a, route_type: llm/v1/chat, model: {provider: local}, limit: {calls: 1, renewal_period: x}}]".to_owned(),
            "Failed to parse the rate limit configuration.Please make sure limit.calls is a positive number andlimit.renewal_period is a right granularity".to_owned(),
        ),
        ("a: b: c".to_owned(), "The file at /etc/tidegate.yaml is not a valid yaml file".to_owned()),
    ];
    for (text, message) in cases {
        let error = parse(&text, Path::new(PATH), CATALOG, &WORLD).unwrap_err();
        assert_eq!(error.message(), message, "{text}");
        assert!(error.to_string().starts_with(&message), "{error}");
        assert!(!error.one_line().contains('\n'));
    }
}

#[test]
fn one_line() {
    let text = "routes:\n- name: a b\n  route_type: x\n  model: {provider: local}\n- {}";
    let error = parse(text, Path::new(PATH), CATALOG, &WORLD).unwrap_err();
    let line = error.problems()[1].one_line();
    assert_eq!(
        line,
        "/etc/tidegate.yaml:3:15: routes.0.route_type: The route_type 'x' is not supported."
    );
    assert!(
        error.one_line().ends_with("(and 4 more errors)"),
        "{}",
        error.one_line()
    );
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let message = |path: &Path| {
        read(path, CATALOG, &ProcessEnvironment)
            .unwrap_err()
            .to_string()
    };
    let absent = folder.path().join("absent.yaml");
    assert_eq!(
        message(&absent),
        format!("{} does not exist", absent.display())
    );
    let relative = Path::new("no-such-file.yaml");
    let absolute = std::env::current_dir().unwrap().join(relative);
    assert_eq!(
        message(relative),
        format!("{} does not exist", absolute.display())
    );

    let invalid = |path: &Path| {
        format!(
            "The file at {} is not a valid yaml file\n  = note: ",
            path.display()
        )
    };
    assert_eq!(
        message(folder.path()),
        invalid(folder.path()) + "it is a directory"
    );
    let binary = folder.path().join("binary.yaml");
    std::fs::write(&binary, b"a: 1\nb: \xff\xfe").unwrap();
    assert_eq!(
        message(&binary),
        invalid(&binary) + "it is not UTF-8 text: line 2 holds other bytes"
    );
    let huge = folder.path().join("huge.yaml");
    std::fs::write(&huge, vec![b'#'; 4 * 1024 * 1024 + 1]).unwrap();
    assert_eq!(
        message(&huge),
        invalid(&huge) + "it is larger than 4194304 bytes"
    );
    let control = folder.path().join("control.yaml");
    std::fs::write(&control, "a: 1\nname: \u{1b}[31m").unwrap();
    assert!(
        message(&control).contains(":2:7\n"),
        "{}",
        message(&control)
    );
    assert!(!message(&control).contains('\u{1b}'));
}

#[test]
fn real_keys_and_files() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "sk-on-disk\n").unwrap();
    let file = folder.path().join("config.yaml");
    let text = "endpoints: [{name: a, type: llm/v1/chat, model: {provider: palm, config: {palm_api_key: KEY}}}]";
    std::fs::write(&file, text.replace("KEY", key.to_str().unwrap())).unwrap();
    let loaded = read(&file, CATALOG, &ProcessEnvironment).unwrap();
    let secret = loaded.config.endpoints[0]
        .model
        .settings
        .secret("palm_api_key")
        .unwrap();
    assert_eq!(secret.expose(), "sk-on-disk");

    std::fs::write(&file, text.replace("KEY", &"k".repeat(100_000))).unwrap();
    assert!(
        read(&file, CATALOG, &ProcessEnvironment).is_ok(),
        "a path too long for the file system is no file"
    );
    std::fs::write(&key, vec![b'k'; 70_000]).unwrap();
    std::fs::write(&file, text.replace("KEY", key.to_str().unwrap())).unwrap();
    let error = read(&file, CATALOG, &ProcessEnvironment).unwrap_err();
    assert!(
        error
            .message()
            .ends_with("cannot be read: it is larger than 65536 bytes"),
        "{error}"
    );
}
