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
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let (first, second) = (width(cells(0)), width(cells(1)));
    let mut table = String::new();
    for [name, kind, target] in &rows {
        let _ = writeln!(table, "{indent}{name:<first$}  {kind:<second$}  {target}");
    }
    table
}

/// Returns what a column is padded to: one long name must not push all others aside.
fn width<'a>(cells: impl Iterator<Item = &'a String>) -> usize {
    let widths = cells.map(|cell| cell.chars().count());
    widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn one_long_name_widens_no_column() {
        for (lengths, padded) in [
            (vec![], 0),
            (vec![4, 11], 11),
            (vec![4, 40], 40),
            (vec![4, 41], 4),
            (vec![300], 0),
        ] {
            let cells: Vec<String> = lengths
                .into_iter()
                .map(|length| "é".repeat(length))
                .collect();
            assert_eq!(width(cells.iter()), padded);
        }
    }
}
