//! The address of a raw call: the provider's base URL, and the client's path and query below it.

use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::{percent_decode, percent_decode_str};
use tidegate_wire::dialect::Fault;

/// Puts a client's path and query, as they stand in its request, below a base URL. A path may begin where the base ends:
/// with the version of the API (`v1/...` below `https://host/v1`), or another one, which then takes its place. A parameter
/// of the base's query stands unless the client gives it.
pub(super) fn join(base: &Uri, path: &str, query: Option<&str>) -> Result<Uri, Fault> {
    check(path)?;
    let root = base.path().trim_end_matches('/');
    let root = match (root.rsplit_once('/'), path.split('/').next()) {
        (Some((above, last)), Some(first)) if begins_anew(last, first) => above,
        _ => root,
    };
    let mut whole = format!("{root}/{path}");
    for (index, pair) in pairs(base.query(), query).into_iter().enumerate() {
        whole.push(if index == 0 { '?' } else { '&' });
        whole.push_str(pair);
    }
    let mut parts = base.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(whole).map_err(|_| unfit())?);
    Uri::from_parts(parts).map_err(|_| unfit())
}

/// True when a path's first segment takes the place of a base's last.
fn begins_anew(last: &str, first: &str) -> bool {
    first == last || (is_version(last) && is_version(first))
}

/// True for `v1`, `v1beta`, `v2alpha1` and their like.
fn is_version(segment: &str) -> bool {
    let rest = segment.strip_prefix('v').unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Returns the pairs of the base that the client does not give, then the client's own.
fn pairs<'a>(base: Option<&'a str>, client: Option<&'a str>) -> Vec<&'a str> {
    let split = |query: Option<&'a str>| {
        let pairs = query.unwrap_or_default().split('&');
        pairs.filter(|pair| !pair.is_empty()).collect::<Vec<_>>()
    };
    let own = split(client);
    let mut all = split(base);
    all.retain(|pair| !own.iter().any(|given| name(given) == name(pair)));
    all.extend(own);
    all
}

fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

/// Refuses paths that could lead out of the base URL.
fn check(path: &str) -> Result<(), Fault> {
    let climbs = path.split('/').any(|segment| {
        // Some servers decode twice.
        let once: Vec<u8> = percent_decode_str(segment).collect();
        let twice: Vec<u8> = percent_decode(&once).collect();
        [once, twice].iter().any(|plain| {
            let mut pieces = plain.split(|byte| matches!(byte, b'/' | b'\\'));
            pieces.any(leads_up)
        })
    });
    if climbs {
        let message = "The path holds a segment `.` or `..`, which could lead elsewhere than to the provider's API. Write the path without it.";
        return Err(Fault::invalid(400, message));
    }
    Ok(())
}

/// True for `.` and `..`, also where a server takes off what it does not count to the name: parameters behind `;` (RFC 3986,
/// 3.3), and all behind a zero.
fn leads_up(piece: &[u8]) -> bool {
    let name = piece.split(|byte| matches!(byte, b';' | 0)).next();
    matches!(name, Some(b"." | b".."))
}

fn unfit() -> Fault {
    Fault::invalid(
        400,
        "The path and query make no address, or one that is too long.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stand_below_the_base() {
        for (base, path, query, want) in [
            (
                "https://h/v1",
                "chat/completions",
                None,
                "https://h/v1/chat/completions",
            ),
            (
                "https://h/v1",
                "v1/chat/completions",
                None,
                "https://h/v1/chat/completions",
            ),
            ("https://h/v1", "v2/chat", None, "https://h/v2/chat"),
            ("https://h/v1", "v1", None, "https://h/v1"),
            (
                "https://h/v1",
                "v1beta1/x",
                Some("a=b"),
                "https://h/v1beta1/x?a=b",
            ),
            ("https://h/v1", "voices", None, "https://h/v1/voices"),
            ("https://h/api", "api/tags", None, "https://h/api/tags"),
            (
                "https://h/p/v1",
                "v1/files/a%2Fb/",
                None,
                "https://h/p/v1/files/a%2Fb/",
            ),
            ("https://h", "v1/x", None, "https://h/v1/x"),
            ("https://h/", "", None, "https://h/"),
            (
                "https://h/v1",
                "m:go",
                Some("alt=sse"),
                "https://h/v1/m:go?alt=sse",
            ),
            (
                "https://h/?api-version=1&k=2",
                "x",
                None,
                "https://h/x?api-version=1&k=2",
            ),
            (
                "https://h/?api-version=1",
                "x",
                Some("a=b&api-version=2"),
                "https://h/x?a=b&api-version=2",
            ),
            ("/", "model/a%3A0/invoke", None, "/model/a%3A0/invoke"),
            ("https://h/v1", "@evil/x", None, "https://h/v1/@evil/x"),
            (
                "https://h/v1",
                "a..b/.c/...;..",
                None,
                "https://h/v1/a..b/.c/...;..",
            ),
            (
                "https://h/v1",
                "/evil.example/x",
                None,
                "https://h/v1//evil.example/x",
            ),
        ] {
            let joined = join(&base.parse().unwrap(), path, query);
            assert_eq!(joined.unwrap().to_string(), want, "{base} {path}");
        }
    }

    #[test]
    fn paths_that_climb_are_refused() {
        for path in [
            "..",
            "../x",
            "a/../b",
            "a/./b",
            "%2e%2e/x",
            "a/%2E./b",
            "a/..%2fb",
            "a/x%2F..%2f..",
            "a/..%5Cb",
            "a/b/.",
            "a/..;/b",
            "a/..;x=y/b",
            "a/..%3b/b",
            "a/%252e%252e/b",
            "a/%252e%252E%255cb",
            "a/..%00/b",
        ] {
            let fault = join(&"https://h/v1".parse().unwrap(), path, None).unwrap_err();
            assert_eq!(fault.status, 400, "{path}");
        }
        let long = "x".repeat(70_000);
        assert!(join(&"https://h/v1".parse().unwrap(), &long, None).is_err());
    }
}
