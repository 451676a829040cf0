//! The keys of MLflow's own sections, and the search for the one that was probably meant.

/// The longest name of a header or of a query parameter, in bytes.
pub(crate) const LONGEST_NAME: usize = 256;

/// Keys of the file itself.
pub(crate) const TOP: &[&str] = &[
    "endpoints",
    "routes",
    "aliases",
    "mlflow_dialect",
    "server",
    "upstream",
];

/// Three spellings of one key, the one that wins first.
pub(crate) const TYPE: &[&str] = &["endpoint_type", "route_type", "type"];

/// Keys of an endpoint.
pub(crate) const ENDPOINT: &[&str] = &[
    "name",
    "endpoint_type",
    "route_type",
    "type",
    "model",
    "limit",
    "strict",
];

/// Keys of a `model:` block.
pub(crate) const MODEL: &[&str] = &["provider", "name", "config"];

/// Keys of a `limit:` block.
pub(crate) const LIMIT: &[&str] = &["calls", "renewal_period", "key"];

/// Keys of a traffic split.
pub(crate) const SPLIT: &[&str] = &["name", "task_type", "destinations", "routing_strategy"];

/// Keys of a split's destination.
pub(crate) const DESTINATION: &[&str] = &["name", "traffic_percentage"];

/// Returns true for any key of MLflow's sections.
pub(crate) fn is_key(name: &str) -> bool {
    [TOP, ENDPOINT, MODEL, LIMIT, SPLIT, DESTINATION]
        .iter()
        .any(|keys| keys.contains(&name))
}

/// Returns the candidate that `word` is most likely a slip for.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Distances of long words are costly, and nobody mistypes a key by a page of text.
    if word.len() > 100 {
        return None;
    }
    let fold = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let wanted = fold(word);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&wanted, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(wanted.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Writes words for a message: `` `a`, `b` or `c` ``.
pub(crate) fn choices<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// Returns a key of the file for a message, or `***` when it looks like no key: a forgotten colon makes a key of
/// `openai_api_key sk-…`, and nothing that may be a secret is shown.
pub(crate) fn shown(key: &str) -> &str {
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let plain = key.len() <= 40
        && key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && digits <= 3
        && (digits == 0 || !key.contains(|c: char| c == '-' || c.is_ascii_uppercase()));
    if plain { key } else { "***" }
}
