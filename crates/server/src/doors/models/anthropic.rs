//! The list of models as Anthropic's API gives it: pages that begin behind a model or end before one.
//!
//! Source: Anthropic's API reference, "List Models", as sampled in November 2026.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tidegate_gateway::{Endpoint, Snapshot, rfc3339_of};
use tidegate_wire::Operation;
use tidegate_wire::dialect::Fault;

/// Models on a page, unless the client says how many.
const PAGE: usize = 20;

/// The most that it may say.
const LARGEST_PAGE: usize = 1000;

/// Which page is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
}

/// True for what this API calls a model: an endpoint that chats.
pub(super) fn is_model(endpoint: &Endpoint) -> bool {
    endpoint.operation == Operation::Chat
}

/// Describes one model; `since` are Unix seconds.
pub(super) fn describe(endpoint: &Endpoint, since: u64) -> Value {
    let name = &*endpoint.name;
    json!({"type": "model", "id": name, "display_name": name, "created_at": rfc3339_of(since)})
}

/// Returns one page.
pub(super) fn page(snapshot: &Snapshot, query: Option<&str>, since: u64) -> Result<Value, Fault> {
    let wanted = read(query)?;
    let models = snapshot.endpoints.iter();
    let models: Vec<&Arc<Endpoint>> = models.filter(|endpoint| is_model(endpoint)).collect();
    let names: Vec<&str> = models.iter().map(|model| &*model.name).collect();
    let (range, has_more) = cut(&names, &wanted)?;
    let shown = models.get(range).unwrap_or_default();
    let id = |model: Option<&&Arc<Endpoint>>| model.map(|model| model.name.to_string());
    Ok(json!({
        "data": shown.iter().map(|model| describe(model, since)).collect::<Vec<_>>(),
        "has_more": has_more,
        "first_id": id(shown.first()),
        "last_id": id(shown.last()),
    }))
}

/// Cuts a page out of the list, and tells whether there are more in its direction.
fn cut(names: &[&str], wanted: &Wanted) -> Result<(std::ops::Range<usize>, bool), Fault> {
    let place = |id: &Option<String>, param| {
        let place = |id: &String| {
            let found = names.iter().position(|name| name == id);
            found.ok_or_else(|| refuse(format!("`{param}`: no model has the id `{id}`.")))
        };
        id.as_ref().map(place).transpose()
    };
    let (after, before) = (
        place(&wanted.after, "after_id")?,
        place(&wanted.before, "before_id")?,
    );
    let start = after.map_or(0, |at| at + 1);
    let end = before.unwrap_or(names.len()).max(start);
    let limit = wanted.limit.min(end - start);
    let range = if before.is_some() && after.is_none() {
        end - limit..end
    } else {
        start..start + limit
    };
    let has_more = limit < end - start;
    Ok((range, has_more))
}

fn read(query: Option<&str>) -> Result<Wanted, Fault> {
    let mut wanted = Wanted {
        limit: PAGE,
        after: None,
        before: None,
    };
    let pairs = query.unwrap_or_default().split('&');
    for (name, value) in pairs.filter_map(|pair| pair.split_once('=')) {
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        match name {
            "limit" => wanted.limit = limit(&value)?,
            "after_id" => wanted.after = Some(value),
            "before_id" => wanted.before = Some(value),
            _ => {}
        }
    }
    Ok(wanted)
}

fn limit(text: &str) -> Result<usize, Fault> {
    let limit = text.parse().ok();
    let limit = limit.filter(|limit| (1..=LARGEST_PAGE).contains(limit));
    limit.ok_or_else(|| {
        refuse(format!(
            "`limit` must be a whole number between 1 and {LARGEST_PAGE}."
        ))
    })
}

fn refuse(message: String) -> Fault {
    Fault::invalid(400, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_pages() {
        let names = ["a", "b", "c", "d", "e"];
        for (query, want) in [
            (None, Ok((0..5, false))),
            (Some("limit=2"), Ok((0..2, true))),
            (Some("limit=5"), Ok((0..5, false))),
            (Some("limit=2&after_id=b"), Ok((2..4, true))),
            (Some("limit=2&after_id=c"), Ok((3..5, false))),
            (Some("after_id=%65"), Ok((5..5, false))),
            (Some("limit=2&before_id=d"), Ok((1..3, true))),
            (Some("limit=3&before_id=d"), Ok((0..3, false))),
            (Some("before_id=a"), Ok((0..0, false))),
            (Some("after_id=a&before_id=d&limit=1"), Ok((1..2, true))),
            (Some("after_id=d&before_id=a"), Ok((4..4, false))),
            (Some("beta=true&x"), Ok((0..5, false))),
            (
                Some("after_id=x"),
                Err("`after_id`: no model has the id `x`."),
            ),
            (
                Some("limit=0"),
                Err("`limit` must be a whole number between 1 and 1000."),
            ),
            (
                Some("limit=1001"),
                Err("`limit` must be a whole number between 1 and 1000."),
            ),
            (
                Some("limit=two"),
                Err("`limit` must be a whole number between 1 and 1000."),
            ),
        ] {
            let got = read(query).and_then(|wanted| cut(&names, &wanted));
            let got = got.map_err(|fault| fault.message);
            assert_eq!(got, want.map_err(str::to_owned), "{query:?}");
        }
    }
}
