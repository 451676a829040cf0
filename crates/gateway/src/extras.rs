//! Headers and query parameters that the config adds to each call of a target.

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tidegate_config::{ExtraPair, Secret};
use tidegate_providers::{Transport, UpstreamHead};
use tidegate_wire::dialect::Fault;

use crate::fault;

/// The longest query, as it is written, in bytes: an address has room for 64 KiB.
const LONGEST: usize = 16_384;

/// What stands encoded in a query: all but the characters that mean themselves everywhere (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What is added, ready to be written.
#[derive(Clone, Default)]
pub struct Extras {
    headers: HeaderMap,
    query: String,
}

impl Extras {
    /// Prepares what the config says. The message says what to change.
    pub(crate) fn of(config: &tidegate_config::Extras) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        for ExtraPair { name, value, .. } in &config.headers {
            let forbidden = || {
                format!(
                    "the header `{name}` of `extra_headers` cannot be sent: it holds characters that HTTP forbids"
                )
            };
            let name = HeaderName::try_from(name).map_err(|_| forbidden())?;
            let mut value = HeaderValue::try_from(value.expose()).map_err(|_| forbidden())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let pair = |pair: &ExtraPair| {
            let (name, value) = (encoded(&pair.name), encoded(pair.value.expose()));
            format!("{name}={value}")
        };
        let query = config.query.iter().map(pair).collect::<Vec<_>>().join("&");
        if query.len() > LONGEST {
            return Err(format!(
                "`extra_query` takes more than {LONGEST} bytes when it is written into an address"
            ));
        }
        Ok(Self { headers, query })
    }

    /// Adds everything to a call. A header replaces those of the same name. A call inside the process has neither.
    pub fn add(&self, head: &mut UpstreamHead) -> Result<(), Fault> {
        let Transport::Http(uri) = &mut head.transport else {
            return Ok(());
        };
        for (name, value) in &self.headers {
            head.headers.insert(name.clone(), value.clone());
        }
        if !self.query.is_empty() {
            *uri = self.appended(uri).ok_or_else(fault::address_too_long)?;
        }
        Ok(())
    }

    fn appended(&self, uri: &Uri) -> Option<Uri> {
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        let between = if query.is_empty() { "" } else { "&" };
        let whole = format!("{path}?{query}{between}{}", self.query);
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(whole).ok()?);
        Uri::from_parts(parts).ok()
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Returns all values, to be masked where a provider repeats them: as they are, and as an address says them.
pub(crate) fn secrets(config: &tidegate_config::Extras) -> impl Iterator<Item = Secret> {
    let pairs = config.headers.iter().chain(&config.query);
    let plain = pairs.map(|pair| pair.value.clone());
    let written = config.query.iter();
    plain.chain(written.map(|pair| Secret::new(encoded(pair.value.expose()))))
}

#[cfg(test)]
mod tests {
    use tidegate_config::KeySource;

    use super::*;

    fn pair(name: &str, value: &str) -> ExtraPair {
        ExtraPair {
            name: name.to_owned(),
            value: Secret::new(value),
            source: KeySource::Literal,
        }
    }

    fn query(pairs: &[(&str, &str)]) -> tidegate_config::Extras {
        tidegate_config::Extras {
            query: pairs
                .iter()
                .map(|(name, value)| pair(name, value))
                .collect(),
            ..tidegate_config::Extras::default()
        }
    }

    #[test]
    fn adds_to_any_address() {
        let extras = Extras::of(&query(&[("a b", "1+2 &ü"), ("c", "")])).unwrap();
        let added = "a%20b=1%2B2%20%26%C3%BC&c=";
        for (before, after) in [
            ("https://h/v1/x", format!("https://h/v1/x?{added}")),
            ("https://h?", format!("https://h/?{added}")),
            ("http://h:1/x?v=1", format!("http://h:1/x?v=1&{added}")),
            // A signer fills in the rest.
            (
                "/model/a%3A1/invoke",
                format!("/model/a%3A1/invoke?{added}"),
            ),
        ] {
            let mut head = UpstreamHead {
                transport: Transport::Http(before.parse().unwrap()),
                headers: HeaderMap::new(),
            };
            extras.add(&mut head).unwrap();
            let Transport::Http(uri) = head.transport else {
                panic!()
            };
            assert_eq!(uri.to_string(), after);
        }
    }

    #[test]
    fn what_is_written_is_masked_too() {
        let config = query(&[("a", "b c")]);
        let told: Vec<_> = secrets(&config).map(|it| it.expose().to_owned()).collect();
        assert_eq!(told, ["b c", "b%20c"]);
    }

    #[test]
    fn refuses_what_no_address_can_carry() {
        let long = "x".repeat(LONGEST);
        assert!(Extras::of(&query(&[("a", &long)])).is_err());
        let extras = Extras::of(&query(&[("a", &"x".repeat(100))])).unwrap();
        for (length, fits) in [(65_000, true), (65_500, false)] {
            let address = format!("https://h/{}", "x".repeat(length));
            let added = extras.appended(&address.parse().unwrap());
            assert_eq!(added.is_some(), fits, "{length}");
        }
    }
}
