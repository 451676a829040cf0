//! Base URLs and the paths below them.

use http::Uri;
use url::Url;

/// Appends an operation's path to a base URL: one trailing slash of the base is dropped, its query is kept, and further
/// query pairs are added.
pub(crate) fn join(base: &str, path: &str, query: &[(&str, &str)]) -> Result<Uri, String> {
    let mut url = Url::parse(base).map_err(|error| format!("`{base}` is not a URL: {error}"))?;
    let stem = url.path().strip_suffix('/').unwrap_or(url.path());
    let whole = format!("{stem}/{path}");
    url.set_path(&whole);
    url.set_fragment(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Uri::try_from(url.as_str()).map_err(|error| format!("`{url}` cannot be called: {error}"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn joins_as_the_spec_says() {
        for (base, query, want) in [
            ("https://h/v1", None, "https://h/v1/chat/completions"),
            ("https://h/v1/", None, "https://h/v1/chat/completions"),
            ("https://h", None, "https://h/chat/completions"),
            (
                "https://h/p?api-version=x",
                None,
                "https://h/p/chat/completions?api-version=x",
            ),
            (
                "https://h/p?a=b",
                Some(("api-version", "1 2")),
                "https://h/p/chat/completions?a=b&api-version=1+2",
            ),
        ] {
            let query: Vec<_> = query.into_iter().collect();
            assert_eq!(
                join(base, "chat/completions", &query).unwrap().to_string(),
                want
            );
        }
        assert!(join("not a url", "x", &[]).is_err());
    }
}
