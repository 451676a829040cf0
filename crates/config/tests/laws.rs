//! What holds for every text: nothing panics, and no secret is ever shown.

mod seed;

use std::path::Path;

use proptest::prelude::*;
use tidegate_config::{Problem, parse};

use seed::{CATALOG, PATH, WORLD};

const SECRET: &str = "Zq7Xv9Kj2Wp4";

/// Valid files with the secret in every place where one may stand.
const FILES: [&str; 6] = [
    "routes:
  - name: chat
    route_type: llm/v1/chat
    model:
      provider: openai
      name: gpt-4
      config:
        openai_api_key: Zq7Xv9Kj2Wp4
        openai_organization: mine
    limit:
      renewal_period: minute
      calls: 10
",
    "endpoints:
  - name: chat
    type: llm/v1/chat
    model:
      provider: togetherai
      config:
        api_key: Zq7Xv9Kj2Wp4
        extra_headers:
          name: Zq7Xv9Kj2Wp4
          X-Team: 'Zq7Xv9Kj2Wp4'
        extra_query: {mode: Zq7Xv9Kj2Wp4, b: \"Zq7Xv9Kj2Wp4\"}
",
    "endpoints:
  - {name: chat, type: llm/v1/chat, model: {provider: anthropic, config: {anthropic_api_key: 'Zq7Xv9Kj2Wp4'}}}
server: {max_headers: 50}
",
    "routes:
  - name: a
    route_type: llm/v1/completions
    model:
      provider: bedrock
      config:
        aws_config:
          aws_region: us-east-1
          aws_access_key_id: \"Zq7Xv9Kj2Wp4\"
          aws_secret_access_key: >-
            Zq7Xv9Kj2Wp4
",
    "endpoints:
  - name: chat
    type: llm/v1/chat
    model:
      provider: anthropic
      config:
        anthropic_api_key: Zq7Xv9Kj2Wp4
aliases:
  claude-*: chat
",
    "x-key: &key Zq7Xv9Kj2Wp4
routes:
  - name: a
    route_type: llm/v1/completions
    model: &model
      provider: palm
      config:
        palm_api_key: *key
  - name: b
    route_type: llm/v1/completions
    model: {<<: *model, name: other}
",
];

fn everything_shown(text: &str) -> String {
    match parse(text, Path::new(PATH), CATALOG, &WORLD) {
        Ok(loaded) => {
            let strict = loaded
                .clone()
                .into_strict()
                .map_or_else(|error| error.to_string(), |_| String::new());
            let blocks: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
            format!("{loaded:?}{loaded:#?}{strict}{}", blocks.concat())
        }
        Err(error) => {
            let lines: Vec<String> = error.problems().iter().map(Problem::one_line).collect();
            format!(
                "{error}{error:?}{error:#?}{}{}{}",
                error.message(),
                error.one_line(),
                lines.concat()
            )
        }
    }
}

/// Pieces of YAML, so that random texts reach deeper than the scanner.
fn yaml_soup() -> impl Strategy<Value = String> {
    let pieces = [
        "routes:",
        "endpoints:",
        "- ",
        "name: a",
        "model:",
        "provider: openai",
        "config:",
        "openai_api_key: k",
        "\n",
        "\n  ",
        "\n    ",
        "\n      ",
        "{",
        "}",
        "[",
        "]",
        ",",
        ": ",
        "&a ",
        "*a",
        "<<: ",
        "|\n",
        ">-\n",
        "\"",
        "'",
        "!!str ",
        "!x ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "# c",
        "\t",
        "~",
        "5",
        "limit: ",
        "server: ",
        "? ",
        "é",
        "\r",
        "destinations: ",
        "task_type: ",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        everything_shown(&text);
    }

    #[test]
    fn no_yaml_panics(text in yaml_soup()) {
        everything_shown(&text);
    }

    #[test]
    fn no_number_of_repetitions_panics(piece in "[-\\[{?:&*!|>'\" a]{1,3}", times in 1_usize..3_000) {
        everything_shown(&piece.repeat(times));
    }

    /// A file that is damaged anywhere but inside the secret never shows the secret.
    #[test]
    fn no_secret_is_shown(
        file in prop::sample::select(FILES.to_vec()),
        at in any::<prop::sample::Index>(),
        remove in 0_usize..4,
        insert in "[-\\[\\]{}?:&*!|>'\"#, \na\t%@]{0,3}",
    ) {
        let mut positions: Vec<usize> = file.char_indices().map(|(index, _)| index).collect();
        // Damage before or after the secret leaves it whole.
        positions.retain(|at| !file.match_indices(SECRET).any(|(start, _)| (start.saturating_sub(remove)..start + SECRET.len()).contains(at)));
        let at = positions[at.index(positions.len())];
        let end = (at + remove).min(file.len());
        let damaged = format!("{}{insert}{}", &file[..at], &file[end..]);
        let shown = everything_shown(&damaged);
        prop_assert!(!shown.contains(SECRET), "{damaged}\nshows\n{shown}");
    }
}

#[test]
fn the_files_are_valid() {
    for file in FILES {
        let loaded = parse(file, Path::new(PATH), CATALOG, &WORLD);
        assert!(
            loaded
                .as_ref()
                .is_ok_and(|loaded| loaded.warnings.is_empty()),
            "{loaded:#?}"
        );
        assert!(!everything_shown(file).contains(SECRET));
    }
}
