//! `tidegate import mlflow` with saved answers: the file that it writes, and its exit code.

use std::fs::Permissions;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use tidegate_tests::gateway::run_with;

fn endpoint(name: &str, provider: &str) -> String {
    format!(
        r#"{{"endpoint_id": "{name}", "name": "{name}", "model_mappings": [{{"linkage_type": "PRIMARY", "weight": 1.0,
            "model_definition": {{"name": "m", "provider": "{provider}", "model_name": "gemini-2.5-flash", "secret_id": "s",
            "secret_name": "s"}}}}]}}"#
    )
}

fn answers(endpoints: &str, settings: &str) -> String {
    format!(
        r#"{{"endpoints": [{endpoints}]}} {{"secrets": [{{"secret_id": "s", "secret_name": "s", "auth_config": {settings}}}]}}"#
    )
}

#[test]
fn the_file_is_written_once_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    let file = path.to_str().unwrap();
    let answers = answers(&endpoint("chat", "openai"), "{}");
    let arguments = ["import", "mlflow", "-", "--output", file];
    let exit = run_with(&arguments, &[], &answers);
    assert_eq!(
        (exit.code, exit.stdout.as_str()),
        (Some(0), ""),
        "{}",
        exit.stderr
    );
    assert!(
        exit.stderr
            .ends_with(&format!("\nThen: tidegate check --config-path {file}\n"))
    );

    let check = ["check", "--strict", "--config-path", file];
    let checked = run_with(&check, &[("OPENAI_API_KEY", "k")], "");
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);

    std::fs::write(&path, "mine").unwrap();
    let exit = run_with(&arguments, &[], &answers);
    assert_eq!(exit.code, Some(2));
    assert_eq!(
        exit.stderr,
        format!(
            "Usage: tidegate import mlflow [OPTIONS]\nTry 'tidegate import mlflow --help' for help.\n\nError: {file} exists already: \
             name another file, or add `--force` to replace it\n"
        )
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");

    let exit = run_with(
        &["import", "mlflow", "-", "--output", file, "--force"],
        &[],
        &answers,
    );
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .ends_with("openai_api_key: $OPENAI_API_KEY\n")
    );
}

#[test]
fn a_real_database_passes_the_strict_check() {
    const REAL: &str = include_str!("../../crates/import/tests/golden/everything.json");
    const PEM: &str = include_str!("../../crates/credentials/tests/keys/service-account.pem");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    let file = path.to_str().unwrap();
    let exit = run_with(&["import", "mlflow", "-", "--output", file], &[], REAL);
    let (_, names) = exit.stderr.split_once("\nSet before the start:\n").unwrap();
    let (names, _) = names.split_once("\n\n").unwrap();
    let account = json!({
        "type": "service_account", "project_id": "acme", "private_key_id": "1f2e", "private_key": PEM,
        "client_email": "gate@acme.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
    })
    .to_string();
    let variables: Vec<(&str, &str)> = names
        .lines()
        .map(|line| match line.split_whitespace().next().unwrap() {
            name @ "VERTEX_CREDENTIALS" => (name, account.as_str()),
            name => (name, "k-0123456789abcdef"),
        })
        .collect();
    assert_eq!(variables.len(), 24);
    let check = ["check", "--strict", "--config-path", file];
    let checked = run_with(&check, &variables, "");
    assert_eq!((checked.code, checked.stderr.as_str()), (Some(0), ""));
    let says = format!("{file} is valid: 29 routes\n");
    assert!(checked.stdout.starts_with(&says), "{}", checked.stdout);
}

#[test]
fn a_file_that_is_replaced_keeps_its_place_and_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.yaml");
    let link = folder.path().join("link.yaml");
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    // Who has it open goes on reading the old one, whole.
    let mut opened = std::fs::File::open(&file).unwrap();

    let output = link.to_str().unwrap();
    let arguments = ["import", "mlflow", "-", "--output", output, "--force"];
    let exit = run_with(&arguments, &[], &answers(&endpoint("chat", "openai"), "{}"));
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);

    let mut old = String::new();
    opened.read_to_string(&mut old).unwrap();
    assert_eq!(old, "old");
    let new = std::fs::read_to_string(&file).unwrap();
    assert!(new.starts_with("# Made by"), "{new}");
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn the_exit_code_tells_whether_all_is_served() {
    let (good, left) = (endpoint("chat", "openai"), endpoint("sage", "sagemaker"));
    let some =
        "2 endpoints of standard input, 1 of them left as comments, to be finished by hand.\n";
    let none =
        "1 endpoint of standard input, 1 of them left as comments, to be finished by hand.\n";
    let unsure = "1 endpoint of standard input.\nThe address of 1 of them is not known: see to it before you set the key.\n";
    for (answers, code, says) in [
        (answers(&good, "{}"), 0, "1 endpoint of standard input.\n"),
        (answers(&format!("{good}, {left}"), "{}"), 1, some),
        (answers(&left, "{}"), 1, none),
        (format!(r#"{{"endpoints": [{good}]}}"#), 1, unsure),
    ] {
        let exit = run_with(&["import", "mlflow", "-"], &[], &answers);
        assert_eq!(exit.code, Some(code), "{}", exit.stderr);
        assert!(exit.stderr.starts_with(says), "{}", exit.stderr);
        assert!(exit.stdout.contains("\nendpoints:"), "{}", exit.stdout);
    }
}

#[test]
fn what_no_config_allows_is_told_at_once() {
    let settings = r#"{"auth_mode": "default_chain", "vertex_project": "acme", "vertex_location": "no place"}"#;
    let answers = answers(&endpoint("chat", "vertex_ai"), settings);
    let exit = run_with(&["import", "mlflow", "-"], &[], &answers);
    assert_eq!(exit.code, Some(1));
    assert!(exit.stdout.contains("vertex_location: \"no place\""));
    let says = "\nWhat MLflow allows and a config does not, has to be mended by hand:\n`no place` is no location of Google Cloud\n";
    assert!(exit.stderr.contains(says), "{}", exit.stderr);
}
