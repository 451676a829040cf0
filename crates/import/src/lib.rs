//! From the answers of MLflow 3's REST API to a config file of Tidegate.
//!
//! Pure: JSON values in, texts out. The binary fetches the answers and writes the file. What becomes of each provider
//! stands in one table, `providers`.

mod answers;
mod document;
mod endpoints;
mod general;
mod model;
mod names;
mod naming;
mod notes;
mod providers;
mod reading;
mod report;
mod variables;
mod weights;
mod yaml;

pub use answers::{Answers, Unreadable};
pub use endpoints::{Imported, NoEndpoints, import};
pub use reading::text;
pub use variables::Variable;
