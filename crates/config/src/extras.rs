//! What a `config:` block adds to each call, whatever its provider.

use crate::{KeySource, Secret};

/// Headers and query parameters that the config adds to each call of an endpoint's provider.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Headers by name, in lower case; no name comes twice.
    pub headers: Vec<ExtraPair>,
    /// Parameters of the address, as they are meant: not yet encoded.
    pub query: Vec<ExtraPair>,
}

/// A name and its value, which may be a secret.
#[derive(Clone, Debug)]
pub struct ExtraPair {
    /// The name.
    pub name: String,
    /// The value. Headers can carry it.
    pub value: Secret,
    /// Where the value came from.
    pub source: KeySource,
}

impl Extras {
    /// The key of the headers.
    pub const HEADERS: &'static str = "extra_headers";

    /// The key of the query parameters.
    pub const QUERY: &'static str = "extra_query";

    /// Both keys, with one sentence each for the schema and the documentation.
    pub const KEYS: [(&'static str, &'static str); 2] = [
        (Self::HEADERS, "Headers for each call to the provider."),
        (
            Self::QUERY,
            "Query parameters for the address of each call to the provider.",
        ),
    ];

    /// Headers that cannot be set, and why.
    pub const REFUSED_HEADERS: [(&'static [&'static str], &'static str); 5] = [
        (&["host"], "the provider's base URL says it"),
        (
            &[
                "content-length",
                "content-type",
                "content-encoding",
                "expect",
            ],
            "the gateway writes the body, and tells what it wrote",
        ),
        (
            &["accept", "accept-encoding"],
            "the gateway asks for the answers that it can read",
        ),
        (
            &[
                "connection",
                "keep-alive",
                "proxy-connection",
                "te",
                "trailer",
                "transfer-encoding",
                "upgrade",
            ],
            "it belongs to one connection, which the gateway shares between calls",
        ),
        (
            &["proxy-authorization"],
            "a proxy gets its credentials from its own URL",
        ),
    ];

    /// Returns why a header, named in lower case, cannot be set.
    pub fn refusal(header: &str) -> Option<&'static str> {
        Self::REFUSED_HEADERS
            .iter()
            .find(|(names, _)| names.contains(&header))
            .map(|(_, reason)| *reason)
    }

    /// True where nothing is added.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.query.is_empty()
    }
}
