//! Where a model is: the location's host, the API's version, project, location, publisher.

use ::url::Url;
use http::Uri;

use crate::support::url;

/// The API's version, and the one in which models are shown before they are released.
const VERSION: &str = "v1";
const PREVIEW_VERSION: &str = "v1beta1";

/// What names of models hold that are not released yet.
const PREVIEW: &str = "preview";

/// A model's place.
pub(super) struct Place<'a> {
    pub(super) base: Option<&'a str>,
    pub(super) project: &'a str,
    pub(super) location: &'a str,
    pub(super) publisher: &'a str,
    pub(super) model: &'a str,
}

/// True for a text that can be a location.
pub(super) fn is_location(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(plain)
}

impl Place<'_> {
    /// Returns the address of one of the model's methods.
    pub(super) fn method(&self, method: &str, query: &[(&str, &str)]) -> Result<Uri, String> {
        let method = format!("{}:{method}", self.model);
        let path = [
            "projects",
            self.project,
            "locations",
            self.location,
            "publishers",
            self.publisher,
            "models",
            &method,
        ];
        self.below(&path, query)
    }

    /// Returns where the API's paths begin: behind its version.
    pub(super) fn root(&self) -> Result<Uri, String> {
        self.below(&[], &[])
    }

    fn below(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Uri, String> {
        let base = self.base.map_or_else(|| self.host(), str::to_owned);
        if has_path(&base) {
            url::join(&base, path, query)
        } else {
            let versioned = [&[self.version()][..], path].concat();
            url::join(&base, &versioned, query)
        }
    }

    /// Returns the location's own host. Whole continents have others than regions.
    fn host(&self) -> String {
        match self.location {
            "global" => "https://aiplatform.googleapis.com".to_owned(),
            continent @ ("eu" | "us") => {
                format!("https://aiplatform.{continent}.rep.googleapis.com")
            }
            region => format!("https://{region}-aiplatform.googleapis.com"),
        }
    }

    fn version(&self) -> &'static str {
        if self.model.contains(PREVIEW) {
            PREVIEW_VERSION
        } else {
            VERSION
        }
    }
}

fn has_path(base: &str) -> bool {
    let url = Url::parse(base).ok();
    url.is_some_and(|url| !url.path().trim_matches('/').is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_have_their_places() {
        for (base, location, model, want) in [
            (
                None,
                "us-central1",
                "gemini-2.5-flash",
                "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash:x?alt=sse",
            ),
            (
                None,
                "global",
                "gemini-3-flash-preview",
                "https://aiplatform.googleapis.com/v1beta1/projects/p/locations/global/publishers/google/models/gemini-3-flash-preview:x?alt=sse",
            ),
            (
                None,
                "eu",
                "m",
                "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google/models/m:x?alt=sse",
            ),
            (
                Some("http://127.0.0.1:9/"),
                "global",
                "m@1",
                "http://127.0.0.1:9/v1/projects/p/locations/global/publishers/google/models/m@1:x?alt=sse",
            ),
            (
                Some("https://h/v1beta1?k=v"),
                "global",
                "m",
                "https://h/v1beta1/projects/p/locations/global/publishers/google/models/m:x?k=v&alt=sse",
            ),
        ] {
            let place = Place {
                base,
                project: "p",
                location,
                publisher: "google",
                model,
            };
            let found = place.method("x", &[("alt", "sse")]).unwrap();
            assert_eq!(found.to_string(), want);
        }
        for (text, is) in [
            ("us-central1", true),
            ("global", true),
            ("", false),
            ("h.example/x", false),
            ("US", false),
        ] {
            assert_eq!(is_location(text), is, "{text}");
        }
    }
}
