//! A node together with the way to it.

use crate::yaml::{Entry, Node, Value};
use crate::{Span, known};

/// A value of the file: its node, its key path, and where its key stands.
#[derive(Clone)]
pub(super) struct At<'n> {
    node: &'n Node,
    path: String,
    key: Span,
}

impl<'n> At<'n> {
    /// The whole document.
    pub(super) fn root(node: &'n Node) -> Self {
        Self {
            node,
            path: String::new(),
            key: node.region.span(),
        }
    }

    pub(super) fn node(&self) -> &'n Node {
        self.node
    }

    /// The key path, e.g. `routes.0.model`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The key path of something below.
    pub(super) fn child_path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Where to point when the value itself is wrong: at the value, or at its key where there is nothing to see.
    pub(super) fn span(&self) -> Span {
        let region = self.node.region;
        if region.start == region.end {
            self.key
        } else {
            region.span()
        }
    }

    /// Where to point when something is missing inside.
    pub(super) fn key_span(&self) -> Span {
        self.key
    }

    /// True below a `config:` block, where values are not quoted in messages.
    pub(super) fn is_guarded(&self) -> bool {
        self.path.contains(".config.")
    }

    /// The entries, if this is a mapping.
    pub(super) fn entries(&self) -> &'n [Entry] {
        match &self.node.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key, which may be null.
    pub(super) fn get(&self, key: &str) -> Option<At<'n>> {
        let entry = self
            .entries()
            .iter()
            .find(|entry| entry.key.as_text() == Some(key))?;
        Some(At {
            node: &entry.value,
            path: self.child_path(key),
            key: entry.key.region.span(),
        })
    }

    /// The value of a key; none when it is null.
    pub(super) fn present(&self, key: &str) -> Option<At<'n>> {
        self.get(key).filter(|at| !at.node.is_null())
    }

    /// The names and values of a mapping. Paths show no name that looks like something else than a name.
    pub(super) fn children(&self) -> impl Iterator<Item = (&'n str, At<'n>)> {
        self.entries().iter().map(|entry| {
            let name = entry.key.text.as_str();
            let child = At {
                node: &entry.value,
                path: self.child_path(known::shown(name)),
                key: entry.key.region.span(),
            };
            (name, child)
        })
    }

    /// The items, if this is a list.
    pub(super) fn items(&self) -> Vec<At<'n>> {
        let Value::Sequence(items) = &self.node.value else {
            return Vec::new();
        };
        let item = |(index, node): (usize, &'n std::rc::Rc<Node>)| At {
            node,
            path: self.child_path(&index.to_string()),
            key: node.region.span(),
        };
        items.iter().enumerate().map(item).collect()
    }
}
