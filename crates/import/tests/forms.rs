//! One endpoint and its secret in all the forms in which people save them: the config is the same.

#![expect(
    clippy::unwrap_used,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

use tidegate_import::{Answers, import, text};

const ENDPOINT: &str =
    r#"{"endpoint_id": "e", "name": "chat", "model_mappings": [{"model_definition_id": "d"}]}"#;
const SECRET: &str = r#"{"secret_id": "s", "masked_values": {"api_key": "..."}, "auth_config": {"api_base": "https://h/v1"}}"#;
const DEFINITION: &str =
    r#"{"model_definition_id": "d", "provider": "openai", "model_name": "gpt", "secret_id": "s"}"#;

/// The three lists, one after another.
fn plain() -> String {
    let lists = [
        ("endpoints", ENDPOINT),
        ("secrets", SECRET),
        ("model_definitions", DEFINITION),
    ];
    let lists = lists.map(|(name, item)| format!("{{\"{name}\": [{item}]}}"));
    lists.join("\n")
}

fn config(saved: Vec<u8>) -> String {
    let answers = Answers::read(&text(saved).unwrap()).unwrap();
    import(&answers, "a file").unwrap().config()
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    units.flat_map(unit).collect()
}

#[test]
fn all_forms_say_the_same() {
    let plain = plain();
    let expected = config(plain.clone().into_bytes());
    assert!(
        expected
            .contains("openai_api_base: https://h/v1\n        openai_api_key: $OPENAI_API_KEY\n")
    );
    let marked = plain.replace("{\"endpoints", "\u{feff}{\"endpoints");
    let marked = marked.replace('\n', "\n\u{feff}") + "\n\u{feff}";
    let nulls = plain
        .replace("\"name\"", "\"tags\": null, \"name\"")
        .replace("\"api_base\"", "\"organization\": null, \"api_base\"")
        .replace("]}\n", ", null], \"next_page_token\": null}\n");
    for (form, saved) in [
        ("marks between lists", marked.into_bytes()),
        ("UTF-16, little end first", utf_16(&plain, u16::to_le_bytes)),
        ("UTF-16, big end first", utf_16(&plain, u16::to_be_bytes)),
        (
            "one array of answers",
            format!("[{}]", plain.replace('\n', ",")).into_bytes(),
        ),
        (
            "bare lists",
            format!("[{ENDPOINT}]\n[{SECRET}]\n[{DEFINITION}]").into_bytes(),
        ),
        (
            "bare things",
            format!("{ENDPOINT}{SECRET}{DEFINITION}").into_bytes(),
        ),
        (
            "one endpoint",
            format!("{{\"endpoint\": {ENDPOINT}}}{SECRET}{DEFINITION}").into_bytes(),
        ),
        ("nulls", nulls.into_bytes()),
    ] {
        assert_eq!(config(saved), expected, "{form}");
    }
}

#[test]
fn other_bytes_are_refused() {
    let says = "it is neither UTF-8 nor UTF-16 text: save it as UTF-8, as `curl --output` does";
    for bytes in [
        &b"{\"name\": \"\xe9\"}"[..],
        b"\xff\xfe{",
        b"\xff\xfe\x00\xd8",
    ] {
        assert_eq!(text(bytes.to_vec()).unwrap_err().to_string(), says);
    }
}
