//! Golden files: one call's whole story in one file.
//!
//! ```text
//! === What happens here, and where the facts come from
//! === config
//! {provider: openai, name: gpt-4o-mini, config: {openai_api_key: key}}
//! === client request   POST /v1/chat/completions
//! {"model":"chat","messages":[]}
//! === upstream request   POST https://api.openai.com/v1/chat/completions
//! authorization: Bearer key
//! {"model":"gpt-4o-mini","messages":[]}
//! === upstream response   200 application/json
//! {"choices":[]}
//! === client response   200 application/json
//! {"choices":[]}
//! ```
//!
//! A client request may have header lines before its body, as the upstream request has. A client response whose
//! translation is reported has the line `x-tidegate-translation: …` there.
//!
//! `config` is one model block, behind the endpoints `chat`, `completions` and `embeddings`, or a whole config file. A
//! call that never reaches its provider has no upstream messages. A provider inside the process is reached by
//! `LOCAL operation` instead of `POST address`. An event stream stands exactly as on the wire, to its last line feed;
//! any other body stands without the line feed that ends its section.
//!
//! An AWS event stream (`application/vnd.amazon.eventstream`) is binary; it stands as one line per message, encoded when
//! it is played:
//!
//! ```text
//! === upstream response   200 application/vnd.amazon.eventstream
//! event messageStart {"role":"assistant"}
//! exception throttlingException {"message":"Too many requests"}
//! error InternalError The words of the error
//! cut event messageStop {"stopReason":"end_turn"}
//! ```
//!
//! `event` and `exception` are followed by their type and the payload, `error` by its code and its text. The last line
//! may begin with `cut`: only the first half of that message comes.

mod eventstream;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// One golden file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What happens, in a sentence.
    pub title: String,
    /// A model block or a whole config file.
    pub config: String,
    /// What the client sends.
    pub client_request: Request,
    /// What the provider gets, if the call reaches it.
    pub upstream_request: Option<Request>,
    /// What the provider answers.
    pub upstream_response: Option<Response>,
    /// What the client gets.
    pub client_response: Response,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `POST`, or `LOCAL` for a provider inside the process.
    pub method: String,
    /// A path, an address, or the operation of a local call.
    pub target: String,
    /// Sorted by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// As in the header; empty when there is none.
    pub content_type: String,
    /// What the gateway reports of a translation (`x-tidegate-translation`); only in client responses.
    pub translation: Option<String>,
    /// The body.
    pub body: String,
}

/// A golden file and where it lies.
#[derive(Clone, Debug)]
pub struct Golden {
    /// The folder's name: the provider.
    pub provider: String,
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says.
    pub case: Case,
}

/// Returns all golden files, sorted by path.
///
/// # Errors
/// Names the file that cannot be read.
pub fn all() -> Result<Vec<Golden>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in entries(root)? {
        for path in entries(&folder)? {
            if path
                .extension()
                .is_some_and(|extension| extension == "golden")
            {
                let named = |problem: String| format!("{}: {problem}", path.display());
                let text =
                    std::fs::read_to_string(&path).map_err(|error| named(error.to_string()))?;
                let case = Case::parse(&text).map_err(named)?;
                let provider = folder.file_name().unwrap_or_default().to_string_lossy();
                found.push(Golden {
                    provider: provider.into_owned(),
                    path,
                    text,
                    case,
                });
            }
        }
    }
    Ok(found)
}

/// Returns what a folder holds, sorted; nothing for a file.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let named = |error: std::io::Error| format!("{}: {error}", folder.display());
    let listed = std::fs::read_dir(folder).map_err(named)?;
    let mut paths = listed
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(named)?;
    paths.sort();
    Ok(paths)
}

/// The beginning of the line that stands before the body of a client response whose translation is reported.
const REPORT: &str = "x-tidegate-translation: ";

/// A section's heading and text.
type Section<'a> = (&'a str, &'a str);

impl Case {
    /// Reads a golden file.
    ///
    /// # Errors
    /// Says what is missing or cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut sections = sections(text)?.into_iter().peekable();
        let mut next = |name: &str| {
            let (heading, text) = sections.next_if(|(heading, _)| heading.starts_with(name))?;
            Some((heading.strip_prefix(name)?.trim(), text))
        };
        let must = |name: &str, found: Option<Section<'_>>| {
            found
                .map(|(heading, text)| (heading.to_owned(), text.to_owned()))
                .ok_or_else(|| format!("there is no `=== {name}` where it should be"))
        };
        let (title, _) = must("title", next(""))?;
        let (_, config) = must("config", next("config"))?;
        let (line, body) = must("client request", next("client request"))?;
        let client_request = Request::parse(&line, &body)?;
        let upstream_request = next("upstream request")
            .map(|(line, body)| Request::parse(line, body))
            .transpose()?;
        let upstream_response = next("upstream response")
            .map(|(line, body)| Response::parse(line, body))
            .transpose()?;
        let (line, body) = must("client response", next("client response"))?;
        let client_response = Response::parse(&line, &body)?;
        if let Some((heading, _)) = sections.next() {
            return Err(format!("`=== {heading}` is not expected there"));
        }
        let config = config.trim_end().to_owned();
        Ok(Self {
            title,
            config,
            client_request,
            upstream_request,
            upstream_response,
            client_response,
        })
    }

    /// Writes the golden file.
    pub fn render(&self) -> String {
        let mut out = format!("=== {}\n=== config\n{}\n", self.title, self.config);
        self.client_request.render("client request", &mut out);
        if let Some(request) = &self.upstream_request {
            request.render("upstream request", &mut out);
        }
        if let Some(response) = &self.upstream_response {
            response.render("upstream response", &mut out);
        }
        self.client_response.render("client response", &mut out);
        out
    }

    /// Returns the whole config file: a model block becomes one with three endpoints.
    pub fn config_file(&self) -> String {
        if !self.config.starts_with('{') {
            return self.config.clone();
        }
        let endpoint = |name: &str| {
            format!(
                "  - {{name: {name}, endpoint_type: llm/v1/{name}, model: {}}}\n",
                self.config.replace('\n', " ")
            )
        };
        format!(
            "endpoints:\n{}",
            ["chat", "completions", "embeddings"].map(endpoint).concat()
        )
    }
}

fn sections(text: &str) -> Result<Vec<Section<'_>>, String> {
    let rest = text
        .strip_prefix("=== ")
        .ok_or("the file does not begin with `=== `")?;
    let mut rest = rest
        .strip_suffix('\n')
        .ok_or("the file does not end with a line feed")?;
    let mut found = Vec::new();
    loop {
        let (section, following) = match rest.split_once("\n=== ") {
            Some((section, following)) => (section, Some(following)),
            None => (rest, None),
        };
        found.push(section.split_once('\n').unwrap_or((section, "")));
        match following {
            Some(following) => rest = following,
            None => return Ok(found),
        }
    }
}

/// A body's text as its section has it, without the line feed before the next heading.
fn body(text: &str, content_type: &str) -> String {
    let stream = content_type.starts_with("text/event-stream") && !text.is_empty();
    if stream {
        format!("{text}\n")
    } else {
        text.to_owned()
    }
}

impl Request {
    fn parse(line: &str, text: &str) -> Result<Self, String> {
        let (method, target) = line
            .split_once(' ')
            .ok_or_else(|| format!("`{line}` is not `METHOD target`"))?;
        let mut headers = Vec::new();
        let mut rest = text;
        // Bodies are JSON, so a line that begins with a letter is a header.
        while rest.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            let (line, following) = rest.split_once('\n').unwrap_or((rest, ""));
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_owned(), value.to_owned()));
            rest = following;
        }
        Ok(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: rest.to_owned(),
        })
    }

    fn render(&self, name: &str, out: &mut String) {
        let _ = writeln!(out, "=== {name}   {} {}", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = writeln!(out, "{name}: {value}");
        }
        out.push_str(&self.body);
        out.push('\n');
    }
}

impl Response {
    fn parse(line: &str, text: &str) -> Result<Self, String> {
        let (status, content_type) = line.split_once(' ').unwrap_or((line, ""));
        let status = status
            .parse()
            .map_err(|_| format!("`{status}` is not a status"))?;
        let report = text.strip_prefix(REPORT).map(|rest| rest.split_once('\n'));
        let (translation, text) = match report {
            Some(Some((report, body))) => (Some(report.to_owned()), body),
            Some(None) => return Err("there is a report, but no body".to_owned()),
            None => (None, text),
        };
        let response = Self {
            status,
            content_type: content_type.to_owned(),
            translation,
            body: body(text, content_type),
        };
        response.bytes().map(|_| response)
    }

    /// Returns the body as it comes over the wire.
    ///
    /// # Errors
    /// Names the line of an AWS event stream that is no message.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        if self.content_type == "application/vnd.amazon.eventstream" {
            eventstream::encode(&self.body)
        } else {
            Ok(self.body.clone().into_bytes())
        }
    }

    /// True for an event stream.
    pub fn streams(&self) -> bool {
        self.content_type.starts_with("text/event-stream")
    }

    fn render(&self, name: &str, out: &mut String) {
        let line = format!("=== {name}   {} {}", self.status, self.content_type);
        let _ = writeln!(out, "{}", line.trim_end());
        if let Some(report) = &self.translation {
            let _ = writeln!(out, "{REPORT}{report}");
        }
        out.push_str(&self.body);
        if !(self.streams() && self.body.ends_with('\n')) {
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMED: &str = "=== A stream\n=== config\n{provider: sandbox}\n\
        === client request   POST /v1/chat/completions\n{\"stream\":true}\n\
        === upstream request   POST https://h/v1\nauthorization: Bearer k\n{\"a\":\n1}\n\
        === upstream response   200 text/event-stream\ndata: {}\n\n\
        === client response   200 text/event-stream; charset=utf-8\ndata: {}\n\n";

    #[test]
    fn reads_and_writes_the_same_text() {
        let refused = "=== Refused\n=== config\nendpoints: []\n=== client request   POST /v1/x\n\n\
            === client response   400 application/json\n{}\n";
        for text in [STREAMED, refused] {
            assert_eq!(
                Case::parse(text).map(|case| case.render()).as_deref(),
                Ok(text)
            );
        }
        let case = Case::parse(STREAMED).unwrap();
        assert_eq!(case.upstream_response.unwrap().body, "data: {}\n\n");
        let upstream = case.upstream_request.unwrap();
        assert_eq!(
            upstream.headers,
            [("authorization".to_owned(), "Bearer k".to_owned())]
        );
        assert_eq!(upstream.body, "{\"a\":\n1}");
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, problem) in [
            ("", "the file does not begin with `=== `"),
            (
                "=== a\n=== b\n",
                "there is no `=== config` where it should be",
            ),
            (
                "=== a\n=== config\n=== client request\n",
                "`` is not `METHOD target`",
            ),
            (
                "=== a\n=== config\n=== client request   POST /\n=== client response   ok\n",
                "`ok` is not a status",
            ),
            (
                "=== a\n=== config\n=== client request   POST /\n\
                 === upstream response   200 application/vnd.amazon.eventstream\nnews\n\
                 === client response   200\n",
                "`news` is not `kind name payload`",
            ),
        ] {
            assert_eq!(Case::parse(text), Err(problem.to_owned()));
        }
    }
}
