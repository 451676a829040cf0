//! The sections that only Tidegate has, as one table: the reader, its hints, the JSON Schema and the documentation all
//! come from it.

/// A section of the config file that MLflow does not know.
pub struct Section {
    /// The top-level key.
    pub name: &'static str,
    /// One sentence for the schema and the documentation.
    pub doc: &'static str,
    /// Its keys, all optional.
    pub keys: &'static [SectionKey],
}

/// One key of a section.
pub struct SectionKey {
    /// The key as written in the file.
    pub name: &'static str,
    /// What its value may be, and the default.
    pub kind: SectionKind,
    /// One sentence for the schema and the documentation.
    pub doc: &'static str,
}

/// The type of a key's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SectionKind {
    /// A whole number between `least` and `most`.
    Count {
        /// Value when absent.
        default: u64,
        /// Smallest value.
        least: u64,
        /// Largest value.
        most: u64,
    },
    /// A time in seconds, fractions allowed, more than 0 and at most [`SectionKind::MAX_SECONDS`]. A key whose default
    /// is `None` takes `null` for "no limit".
    Seconds {
        /// Value when absent.
        default: Option<f64>,
    },
    /// A path prefix of URLs: empty, or with a `/` at the front and none at the end.
    Prefix,
    /// A list of origins (`https://host:port`) or `*`.
    Origins,
    /// `stderr`, `off` or `{file: PATH}`.
    AccessLog,
    /// The path of a file that exists, or null.
    File,
    /// A list of header names that are not refused by [`SectionKind::REFUSED_HEADERS`].
    Headers,
}

impl SectionKind {
    /// Longest time.
    pub const MAX_SECONDS: f64 = 86_400.0;

    /// Headers that are never forwarded: they carry the client's credentials or belong to one connection.
    pub const REFUSED_HEADERS: &'static [&'static str] = &[
        "cookie",
        "set-cookie",
        "authorization",
        "proxy-authorization",
        "x-api-key",
        "api-key",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
    ];

    /// Returns the default as it would be written in the file.
    pub fn default_text(&self) -> String {
        match self {
            Self::Count { default, .. } => default.to_string(),
            Self::Seconds {
                default: Some(seconds),
            } => seconds.to_string(),
            Self::Seconds { default: None } | Self::File => "null".to_owned(),
            Self::Prefix => "\"\"".to_owned(),
            Self::Origins | Self::Headers => "[]".to_owned(),
            Self::AccessLog => "stderr".to_owned(),
        }
    }
}

/// The sections.
pub const SECTIONS: [&Section; 2] = [&SERVER, &UPSTREAM];

const GIBIBYTE: u64 = 1 << 30;

const fn count(default: u64, least: u64, most: u64) -> SectionKind {
    SectionKind::Count {
        default,
        least,
        most,
    }
}

const fn seconds(default: f64) -> SectionKind {
    SectionKind::Seconds {
        default: Some(default),
    }
}

const fn key(name: &'static str, kind: SectionKind, doc: &'static str) -> SectionKey {
    SectionKey { name, kind, doc }
}

/// The listening side.
pub(crate) static SERVER: Section = Section {
    name: "server",
    doc: "Limits and behaviour of the listening side.",
    keys: &[
        key(
            "root_path",
            SectionKind::Prefix,
            "Path prefix under which a path-keeping proxy forwards to the gateway, e.g. `/llm`.",
        ),
        key(
            "max_body_bytes",
            count(33_554_432, 1, 4 * GIBIBYTE),
            "Largest request body in bytes.",
        ),
        key(
            "max_header_bytes",
            count(65_536, 1_024, 16_777_216),
            "Largest request head in bytes.",
        ),
        key(
            "max_headers",
            count(100, 1, 10_000),
            "Most header fields in a request.",
        ),
        key(
            "max_json_depth",
            count(127, 2, 127),
            "Deepest nesting of a JSON body.",
        ),
        key(
            "max_json_values",
            count(1_000_000, 1_000, 100_000_000),
            "Most values (numbers, texts, members) in a JSON body that has to be parsed.",
        ),
        key(
            "max_connections",
            count(10_000, 1, 1_000_000),
            "Most connections open at once.",
        ),
        key(
            "header_timeout_seconds",
            seconds(10.0),
            "Time for a request's head to arrive, from its first byte.",
        ),
        key(
            "body_timeout_seconds",
            seconds(60.0),
            "Time for a request's body to arrive whole.",
        ),
        key(
            "keep_alive_timeout_seconds",
            seconds(75.0),
            "Time an idle kept-alive connection stays open.",
        ),
        key(
            "write_timeout_seconds",
            seconds(60.0),
            "Time after which a client that does not read its answer is let go.",
        ),
        key(
            "drain_timeout_seconds",
            seconds(30.0),
            "Time that calls in flight have to finish when the process is asked to stop.",
        ),
        key(
            "cors_origins",
            SectionKind::Origins,
            "Origins that browsers may call from; `*` for any. Empty: no CORS headers.",
        ),
        key(
            "access_log",
            SectionKind::AccessLog,
            "Where access-log lines go: `stderr`, `off` or `{file: PATH}`; a file is reopened on SIGHUP.",
        ),
    ],
};

/// The calling side.
pub(crate) static UPSTREAM: Section = Section {
    name: "upstream",
    doc: "Limits and behaviour of the calling side.",
    keys: &[
        key(
            "connect_timeout_seconds",
            seconds(10.0),
            "Time to a usable connection (TCP and TLS).",
        ),
        key(
            "first_byte_timeout_seconds",
            SectionKind::Seconds { default: None },
            "Time from sending the request to the answer's head; null for the total limit.",
        ),
        key(
            "idle_timeout_seconds",
            seconds(60.0),
            "Longest silence inside an answer whose body has begun.",
        ),
        key(
            "total_timeout_seconds",
            seconds(300.0),
            "Bound on a plain answer and on the wait for a stream's first event. The environment variable MLFLOW_GATEWAY_ROUTE_TIMEOUT_SECONDS gives another default.",
        ),
        key(
            "stream_timeout_seconds",
            SectionKind::Seconds { default: None },
            "Bound on a whole stream; null for none.",
        ),
        key(
            "max_response_bytes",
            count(67_108_864, 1_024, 4 * GIBIBYTE),
            "Largest plain answer in bytes. Of a translated stream at most so many are kept: blocks that wait for a tool call before them, and what the Responses API tells again at the end. A stream beyond ends with an error.",
        ),
        key(
            "max_frame_bytes",
            count(4_194_304, 1_024, GIBIBYTE),
            "Largest single frame of a stream in bytes, and most bytes of thought in a row in a translated one.",
        ),
        key(
            "ca_bundle",
            SectionKind::File,
            "PEM file with further trusted certificate authorities.",
        ),
        key(
            "forward_headers",
            SectionKind::Headers,
            "Client headers forwarded upstream besides the built-in list.",
        ),
        key(
            "max_idle_per_host",
            count(64, 0, 100_000),
            "Idle connections kept per upstream host.",
        ),
    ],
};
