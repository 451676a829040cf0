//! YAML 1.1 as PyYAML's safe loader reads it, with the place of every node.
//!
//! Bounded against files that are made to hurt: nesting, what aliases write out, and (in the caller) the size.

mod build;
mod node;
mod scalar;
mod syntax;
mod tag;

pub(crate) use build::{Document, Repeated, parse};
pub(crate) use node::{Entry, Mark, Node, Region, Value};

/// Deepest nesting.
pub(crate) const MAX_DEPTH: usize = 64;

/// Most values that aliases may add to a file when written out.
pub(crate) const MAX_ALIASED: usize = 100_000;
