//! Work on JSON text without building a tree: find, replace and remove top-level members; say where text is broken.

mod count;
mod peek;
mod plain;
mod syntax;

pub use count::count_values;
pub use peek::{MAX_DEPTH, Member, Peek, PeekError, has_member, peek};
pub use plain::with_plain_keys;
pub use syntax::{SyntaxError, locate_error};
