//! Base URLs and the paths below them.

use http::Uri;
use tidegate_config::ModelConfig;
use tidegate_wire::Operation;
use url::Url;

use crate::call::CallHead;
use crate::provider::Native;

/// The addresses of a target, one for each operation.
pub(crate) struct Addresses {
    pub(crate) completions: Uri,
    pub(crate) chat: Uri,
    pub(crate) embeddings: Uri,
    /// Where it serves chats in OpenAI's Responses API.
    pub(crate) responses: Option<Uri>,
}

impl Addresses {
    /// Returns the address of a call.
    pub(crate) fn of(&self, call: CallHead) -> &Uri {
        match (call.operation, &self.responses) {
            (_, Some(responses)) if call.native == Some(Native::Responses) => responses,
            (Operation::Completions, _) => &self.completions,
            (Operation::Chat, _) => &self.chat,
            (Operation::Embeddings, _) => &self.embeddings,
        }
    }

    /// True when bodies of the Responses API pass as they are.
    pub(crate) fn speak_responses(&self, operation: Operation) -> bool {
        operation == Operation::Chat && self.responses.is_some()
    }
}

/// Returns the model's name for an address that names the model.
pub(crate) fn model(model: &ModelConfig) -> Result<&str, String> {
    let name = model.name.as_deref().filter(|name| !name.is_empty());
    name.ok_or_else(|| "`model.name` is missing: the provider's address names the model".to_owned())
}

/// Appends an operation's path, given by its segments, to a base URL: one trailing slash of the base is dropped, its query
/// is kept, and further query pairs are added. A segment stays one, whatever characters it holds.
pub(crate) fn join(base: &str, path: &[&str], query: &[(&str, &str)]) -> Result<Uri, String> {
    let mut url = Url::parse(base).map_err(|error| format!("`{base}` is not a URL: {error}"))?;
    url.path_segments_mut()
        .map_err(|()| format!("`{base}` cannot have a path below it"))?
        .pop_if_empty()
        .extend(path);
    url.set_fragment(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Uri::try_from(url.as_str()).map_err(|error| format!("`{url}` cannot be called: {error}"))
}

/// Returns a base URL as it is, without a trailing slash.
pub(crate) fn base(base: &str) -> Result<Uri, String> {
    join(base, &[], &[])
}

/// Returns a base URL without its last segment, e.g. the version of an API of which another is meant; nothing where it is
/// none of these.
pub(crate) fn without_last(base: &str, segments: &[&str]) -> Result<Option<String>, String> {
    let mut url = Url::parse(base).map_err(|error| format!("`{base}` is not a URL: {error}"))?;
    let path = url.path().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    if !segments.contains(&last) {
        return Ok(None);
    }
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().pop();
    }
    Ok(Some(url.into()))
}

#[cfg(test)]
mod tests {
    use super::{join, without_last};

    #[test]
    fn takes_off_what_is_known() {
        for (base, want) in [
            ("https://h/v1", Some("https://h/")),
            ("https://h/v1/", Some("https://h/")),
            ("https://h/p/v2?a=b", Some("https://h/p?a=b")),
            ("https://h/p/v3", None),
            ("https://h", None),
            ("https://v1", None),
        ] {
            let left = without_last(base, &["v1", "v2"]).unwrap();
            assert_eq!(left.as_deref(), want, "{base}");
        }
        assert!(without_last("not a url", &["v1"]).is_err());
    }

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
                join(base, &["chat", "completions"], &query)
                    .unwrap()
                    .to_string(),
                want
            );
        }
        for base in ["not a url", "mailto:a@b"] {
            assert!(join(base, &["x"], &[]).is_err(), "{base}");
        }
    }

    #[test]
    fn keeps_a_segment_whole() {
        let uri = join("https://h/a%20b", &["my dep/ü?#%41", "x"], &[]).unwrap();
        assert_eq!(uri, "https://h/a%20b/my%20dep%2F%C3%BC%3F%23%2541/x");
    }
}
