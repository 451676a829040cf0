//! What endpoints are called: as in MLflow, unless no URL can name them so or another has the name.

use std::collections::{HashMap, HashSet};

use crate::answers::Endpoint;
use crate::names;

/// An endpoint of MLflow's and its name here.
#[derive(Debug)]
pub(crate) struct Named<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) name: String,
    /// MLflow's name is to stand for it.
    pub(crate) has_alias: bool,
    /// Why it is called otherwise.
    pub(crate) note: Option<String>,
}

/// Names endpoints, and returns them by name.
pub(crate) fn name<'a>(
    endpoints: Vec<&'a Endpoint>,
    taken: &mut HashSet<String>,
) -> Vec<Named<'a>> {
    let mut first: HashMap<&str, String> = HashMap::new();
    let mut named = Vec::new();
    // Names that may stay are taken first.
    let (good, bad): (Vec<&Endpoint>, Vec<&Endpoint>) = endpoints
        .into_iter()
        .partition(|endpoint| names::is_endpoint(&endpoint.name));
    for endpoint in good.into_iter().chain(bad) {
        let known = endpoint.name.as_str();
        let name = names::unique(&names::endpoint(known), '-', taken);
        let hurdle = match first.get(known) {
            Some(other) => Some(format!(
                "two endpoints are called `{known}`: the other one is `{other}` here"
            )),
            None => hurdle(known).map(|hurdle| {
                format!(
                    "MLflow calls it `{known}`, which no URL can name here, and no alias: {hurdle}"
                )
            }),
        };
        let differs = name != known;
        named.push(Named {
            endpoint,
            has_alias: differs && hurdle.is_none(),
            note: differs.then(|| {
                hurdle.unwrap_or_else(|| {
                    format!("MLflow calls it `{known}`, which no URL can name here")
                })
            }),
            name: name.clone(),
        });
        first.entry(known).or_insert(name);
    }
    named.sort_by(|one, other| one.name.cmp(&other.name));
    named
}

/// An alias is a text of bounded length, in which `*` would mean any text.
fn hurdle(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > names::LONGEST {
        Some("it is longer than 256 bytes")
    } else if name.contains('*') {
        Some("its `*` would mean any text")
    } else {
        None
    }
}
