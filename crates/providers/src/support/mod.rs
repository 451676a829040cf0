//! What two or more providers share.

pub(crate) mod auth;
pub(crate) mod choice;
pub(crate) mod content;
pub(crate) mod decode;
pub(crate) mod embeddings;
pub(crate) mod extras;
pub(crate) mod fault;
pub(crate) mod field;
pub(crate) mod mender;
pub(crate) mod openai;
pub(crate) mod paring;
pub(crate) mod parts;
pub(crate) mod pieces;
pub(crate) mod prompt;
pub(crate) mod temperature;
pub(crate) mod tool;
pub(crate) mod url;
