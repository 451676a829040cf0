//! Routes as a table for people.

use std::fmt::Write as _;

use tidegate_gateway::{Endpoint, Snapshot};

/// Widest column that others are aligned to.
const WIDEST: usize = 40;

/// Returns one aligned line per route: name, type, provider and model.
pub(crate) fn table(snapshot: &Snapshot, indent: &str) -> String {
    let rows: Vec<[String; 3]> = snapshot
        .endpoints
        .iter()
        .map(|endpoint| row(endpoint))
        .collect();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .filter(|width| *width <= WIDEST)
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let mut table = String::new();
    for [name, kind, target] in &rows {
        let _ = writeln!(table, "{indent}{name:<first$}  {kind:<second$}  {target}");
    }
    table
}

fn row(endpoint: &Endpoint) -> [String; 3] {
    let targets: Vec<String> = endpoint
        .targets
        .iter()
        .map(|(target, weight)| {
            if endpoint.is_split {
                return format!("{} ×{weight}", target.endpoint);
            }
            let provider = target.spec.fields.name;
            target.model.as_ref().map_or_else(
                || provider.to_owned(),
                |model| format!("{provider} / {model}"),
            )
        })
        .collect();
    [
        endpoint.name.to_string(),
        endpoint.operation.route_type().to_owned(),
        targets.join(", "),
    ]
}
