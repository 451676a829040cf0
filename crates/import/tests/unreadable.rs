//! Texts that are no answers of MLflow's, and what is said of them.

use tidegate_import::{Answers, import};

#[test]
fn what_is_wrong_is_told() {
    for (text, says) in [
        ("", "it is empty"),
        ("\n <!doctype html>", "it is an HTML page, not JSON"),
        (
            "{\"endpoints\": [}",
            "it is not JSON: expected value at line 1 column 16",
        ),
        (
            "[\"chat\"]",
            "it is JSON, but no answer of MLflow's gateway API: an answer is an object, such as {\"endpoints\": [...]}",
        ),
        (
            "{\"endpoints\": 3}",
            "it is JSON, but no answer of MLflow's gateway API: `endpoints`: invalid type: number, expected a sequence",
        ),
        (
            "{\"endpoints\": [{\"name\": \"chat\", \"model_mappings\": [{\"weight\": \"half\"}]}]}",
            "it is JSON, but no answer of MLflow's gateway API: `endpoints`: `chat`, `model_mappings`: invalid type: string \
             \"half\", expected f64",
        ),
        (
            "{\"secrets\": [{\"secret_id\": \"s\"}, {\"auth_config\": 3}]}",
            "it is JSON, but no answer of MLflow's gateway API: `secrets`: item 2, `auth_config`: invalid type: number, expected a map",
        ),
        (
            "{\"endpoints\": [3]}",
            "it is JSON, but no answer of MLflow's gateway API: `endpoints`: item 1 is no object",
        ),
        (
            "{\"error_code\": \"PERMISSION_DENIED\", \"message\": \"No.\"}",
            "it is an error that MLflow answered: PERMISSION_DENIED: No.",
        ),
    ] {
        assert_eq!(Answers::read(text).unwrap_err().to_string(), says);
    }
}

#[test]
fn nothing_to_import_is_told() {
    for text in ["{}", "{\"endpoints\": []}", "{\"secrets\": []}", "{}{}"] {
        let answers = Answers::read(text).unwrap();
        assert!(import(&answers, "a file").is_err());
    }
}
