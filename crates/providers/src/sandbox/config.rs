//! The sandbox's `config:` block.

use std::time::Duration;

use http::StatusCode;
use tidegate_config::{Extras, Field, FieldKind, FieldProblem, ModelConfig, Severity};
use tidegate_wire::Operation;

/// Length of a vector when the request asks for none; small, so that answers can be read.
const DIMENSIONS: usize = 256;

/// The keys of the block.
pub(super) static FIELDS: &[Field] = &[
    setting(
        "delay_ms",
        FieldKind::Integer,
        "0",
        "Wait before each answer, in milliseconds.",
    ),
    setting(
        "word_delay_ms",
        FieldKind::Integer,
        "20",
        "Wait between the words of a stream, in milliseconds.",
    ),
    setting(
        "failure_rate",
        FieldKind::Number,
        "0",
        "Share of calls that fail, from 0 to 1, drawn at random.",
    ),
    setting(
        "failure_status",
        FieldKind::Integer,
        "503",
        "HTTP status of those failures.",
    ),
];

const fn setting(
    name: &'static str,
    kind: FieldKind,
    default: &'static str,
    doc: &'static str,
) -> Field {
    Field {
        name,
        aliases: &[],
        kind,
        required: false,
        default: Some(default),
        doc,
    }
}

/// Warns of what is added to calls of other providers: nothing goes out here.
pub(super) fn check(model: &ModelConfig, _: Operation) -> Vec<FieldProblem> {
    let warning = |path: &'static [&'static str], key: &str| FieldProblem {
        severity: Severity::Warning,
        path,
        message: format!("`{key}` is ignored: this provider answers inside the process"),
        help: Some("remove it".to_owned()),
    };
    let Extras { headers, query } = &model.extras;
    let headers =
        (!headers.is_empty()).then(|| warning(&["config", Extras::HEADERS], Extras::HEADERS));
    let query = (!query.is_empty()).then(|| warning(&["config", Extras::QUERY], Extras::QUERY));
    headers.into_iter().chain(query).collect()
}

/// A configured sandbox.
pub(super) struct Sandbox {
    pub(super) model: String,
    pub(super) delay: Duration,
    pub(super) word_delay: Duration,
    pub(super) failure_rate: f64,
    pub(super) failure_status: StatusCode,
    pub(super) dimensions: usize,
}

impl Sandbox {
    /// Reads the block; values out of range are brought into it.
    pub(super) fn new(model: &ModelConfig) -> Self {
        let settings = &model.settings;
        let millis = |name, default| {
            let given = settings
                .integer(name)
                .and_then(|number| u64::try_from(number).ok());
            Duration::from_millis(given.unwrap_or(default))
        };
        let status = settings
            .integer("failure_status")
            .and_then(|code| u16::try_from(code).ok());
        Self {
            model: model.name.clone().unwrap_or_else(|| "sandbox".to_owned()),
            delay: millis("delay_ms", 0),
            word_delay: millis("word_delay_ms", 20),
            failure_rate: settings
                .number("failure_rate")
                .unwrap_or(0.0)
                .clamp(0.0, 1.0),
            failure_status: status
                .filter(|code| (400..600).contains(code))
                .and_then(|code| StatusCode::from_u16(code).ok())
                .unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            dimensions: DIMENSIONS,
        }
    }
}
