//! Short ways to write a table of config fields.

use tidegate_config::{Field, FieldKind, FieldProblem, ModelConfig, Severity};
use tidegate_wire::Operation;

/// A required key.
pub(crate) const fn key(name: &'static str, doc: &'static str) -> Field {
    Field {
        name,
        aliases: &[],
        kind: FieldKind::Secret,
        required: true,
        default: None,
        doc,
    }
}

/// An optional field.
pub(crate) const fn optional(name: &'static str, kind: FieldKind, doc: &'static str) -> Field {
    Field {
        name,
        aliases: &[],
        kind,
        required: false,
        default: None,
        doc,
    }
}

/// An optional base URL with its default.
pub(crate) const fn base(name: &'static str, default: &'static str) -> Field {
    Field {
        name,
        aliases: &[],
        kind: FieldKind::Url,
        required: false,
        default: Some(default),
        doc: "Base URL of the API.",
    }
}

/// A field whose key may be spelled in other ways too.
pub(crate) const fn also(field: Field, aliases: &'static [&'static str]) -> Field {
    Field { aliases, ..field }
}

/// The check of a provider whose addresses name the model.
pub(crate) fn name_in_address(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let named = model.name.as_deref().is_some_and(|name| !name.is_empty());
    let problem = || FieldProblem {
        severity: Severity::Error,
        path: &["name"],
        message: "`model.name` is missing: the provider's address names the model".to_owned(),
        help: Some("add `name:` with the provider's name of the model".to_owned()),
    };
    (!named).then(problem).into_iter().collect()
}

/// The check of a provider whose fields stand on their own.
pub(crate) fn nothing_more(_: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    Vec::new()
}
