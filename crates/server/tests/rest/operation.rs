//! The operations of the document.

use serde_json::Value;

/// A path and a method.
pub(crate) struct Operation<'a> {
    pub(crate) method: String,
    /// As the reference names it.
    pub(crate) path: String,
    /// As the document names it, where routes have paths of their own.
    pub(crate) called: &'a str,
    pub(crate) value: &'a Value,
}

/// Returns them all in the document's order.
pub(crate) fn all(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().unwrap();
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, value) in item.as_object().unwrap() {
            operations.push(Operation {
                method: method.to_uppercase(),
                path: named(path, value),
                called: path,
                value,
            });
        }
    }
    operations
}

/// Puts `{name}` where the document has the name of a route.
fn named(path: &str, value: &Value) -> String {
    let route = value["x-tidegate-route"]["name"].as_str();
    route.map_or_else(
        || path.to_owned(),
        |name| path.replace(&format!("/{name}/"), "/{name}/"),
    )
}

impl Operation<'_> {
    /// The type of the routes that have this path, if it is not for all.
    fn route_type(&self) -> Option<&str> {
        self.value["x-tidegate-route"]["route_type"].as_str()
    }

    /// The heading of its section.
    pub(crate) fn heading(&self) -> String {
        let of = self.route_type().map(|it| format!(" of `{it}`"));
        format!("`{} {}`{}", self.method, self.path, of.unwrap_or_default())
    }

    /// The anchor that its heading gets.
    pub(crate) fn anchor(&self) -> String {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let heading = self.heading().to_lowercase();
        heading
            .chars()
            .filter(kept)
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    }

    /// What it is, in a line.
    pub(crate) fn summary(&self) -> String {
        if let Some(kind) = self.route_type() {
            return format!("A route of type `{kind}`.");
        }
        let words = |name: &str| self.value[name].as_str().unwrap_or_default();
        let summary = words("summary");
        // Summaries of calls are titles for the page at `/docs`.
        if summary.contains(" · ") {
            return words("description")
                .split_inclusive(". ")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
        }
        format!("{summary}.")
    }
}
