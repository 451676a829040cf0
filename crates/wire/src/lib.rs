//! The canonical words of Tidegate and the dialects in which clients and providers speak them.
//!
//! Pure: values in, values out. No IO, no clock, no randomness, no async, no vendor policy.

mod operation;

pub use operation::Operation;
