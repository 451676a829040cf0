//! A client that sends exact bytes and sees exact bytes.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use serde_json::Value;

use crate::PATIENCE;

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// The head of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `HTTP/1.1` or `HTTP/1.0`.
    pub version: String,
    /// The status.
    pub status: u16,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
}

/// A whole answer.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The head.
    pub head: Head,
    /// The body without its framing.
    pub body: Vec<u8>,
    /// False when the connection ended inside the body.
    pub complete: bool,
}

impl Head {
    /// Returns a header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.split("\r\n");
        let first = lines.next().unwrap_or_default();
        let mut words = first.split(' ');
        let version = words.next().unwrap_or_default().to_owned();
        let status = words
            .next()
            .and_then(|status| status.parse().ok())
            .unwrap_or(0);
        Self {
            version,
            status,
            headers: lines.filter_map(header).collect(),
        }
    }
}

pub(crate) fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.to_ascii_lowercase(), value.trim().to_owned()))
}

impl Response {
    /// Returns a header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {} {}", self.status, self.text()))
    }

    /// Returns the `data:` lines of an event stream.
    pub fn events(&self) -> Vec<String> {
        self.text()
            .lines()
            .filter_map(|line| Some(line.strip_prefix("data: ")?.to_owned()))
            .collect()
    }

    /// Returns the message of an error in either door's form.
    pub fn message(&self) -> String {
        let body = self.json();
        let found = body
            .pointer("/error/message")
            .or(body.get("detail"))
            .or(body.get("error"));
        found
            .unwrap_or_else(|| panic!("no error: {body}"))
            .as_str()
            .map_or_else(|| found.unwrap().to_string(), str::to_owned)
    }
}

impl Client {
    /// Connects.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the gateway accepts a connection");
        stream.set_nodelay(true).expect("no delay");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time limit");
        stream
            .set_write_timeout(Some(PATIENCE))
            .expect("a time limit");
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Connects and sends.
    pub fn sending(address: SocketAddr, bytes: impl AsRef<[u8]>) -> Self {
        let mut client = Self::connect(address);
        client.send(bytes);
        client
    }

    /// Sends bytes. A peer that has closed is no error here: what it answered is still read.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends no more, but still reads.
    pub fn finish_sending(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Ends the connection with a reset.
    pub fn reset(self) {
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(std::time::Duration::ZERO));
    }

    /// Returns the socket.
    pub fn socket(&self) -> &TcpStream {
        &self.stream
    }

    /// Reads more; false at the end of the connection, however it ended.
    fn fill(&mut self) -> bool {
        let mut piece = [0; 16_384];
        match self.stream.read(&mut piece) {
            Ok(size) => {
                self.buffer.extend_from_slice(&piece[..size]);
                size > 0
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!(
                    "no answer within {PATIENCE:?}; so far: {:?}",
                    String::from_utf8_lossy(&self.buffer)
                )
            }
            Err(_) => false,
        }
    }

    fn take(&mut self, size: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(size);
        std::mem::replace(&mut self.buffer, rest)
    }

    /// Reads through a mark; all there is when the connection ends before.
    fn through(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self
                .buffer
                .windows(mark.len())
                .position(|window| window == mark)
            {
                return Some(self.take(at + mark.len()));
            }
            if !self.fill() {
                return None;
            }
        }
    }

    /// Reads a head; `None` when the connection ends before.
    pub fn head(&mut self) -> Option<Head> {
        let head = self.through(b"\r\n\r\n")?;
        Some(Head::parse(String::from_utf8_lossy(&head).trim_end()))
    }

    /// Reads one chunk of a chunked body: `Some(empty)` is the end, `None` a cut.
    pub fn chunk(&mut self) -> Option<Vec<u8>> {
        let line = self.through(b"\r\n")?;
        let text = String::from_utf8_lossy(&line);
        let size = usize::from_str_radix(text.trim(), 16)
            .unwrap_or_else(|_| panic!("a chunk size: {text:?}"));
        while self.buffer.len() < size + 2 {
            if !self.fill() {
                return None;
            }
        }
        let mut chunk = self.take(size + 2);
        chunk.truncate(size);
        Some(chunk)
    }

    /// Reads chunks until what has come contains `mark`, and returns all of it.
    pub fn chunks_until(&mut self, mark: &str) -> String {
        let mut text = String::new();
        while !text.contains(mark) {
            match self.chunk() {
                Some(chunk) if !chunk.is_empty() => text.push_str(&String::from_utf8_lossy(&chunk)),
                _ => panic!("the stream ended before {mark:?}: {text:?}"),
            }
        }
        text
    }

    /// Reads a whole answer; panics when there is none.
    pub fn response(&mut self) -> Response {
        self.try_response()
            .expect("an answer before the connection ends")
    }

    /// Reads a whole answer; `None` when the connection ends before its head is there.
    pub fn try_response(&mut self) -> Option<Response> {
        let mut head = self.head()?;
        while head.status < 200 {
            head = self.head()?;
        }
        Some(self.body_of(head, false))
    }

    /// Reads an answer to a HEAD request.
    pub fn response_without_body(&mut self) -> Response {
        let head = self.head().expect("an answer before the connection ends");
        self.body_of(head, true)
    }

    /// Reads the body that follows a head.
    pub fn body_of(&mut self, head: Head, none: bool) -> Response {
        let mut body = Vec::new();
        let mut complete = true;
        let length = head
            .header("content-length")
            .map(|length| length.parse().expect("a length"));
        if none || head.status == 204 || head.status == 304 {
        } else if head.header("transfer-encoding").is_some() {
            loop {
                match self.chunk() {
                    Some(chunk) if chunk.is_empty() => break,
                    Some(chunk) => body.extend(chunk),
                    None => {
                        complete = false;
                        break;
                    }
                }
            }
        } else if let Some(length) = length {
            while complete && self.buffer.len() < length {
                complete = self.fill();
            }
            body = self.take(length.min(self.buffer.len()));
        } else {
            body = self.rest();
        }
        Response {
            status: head.status,
            head,
            body,
            complete,
        }
    }

    /// Reads all that comes until the connection ends.
    pub fn rest(&mut self) -> Vec<u8> {
        while self.fill() {}
        std::mem::take(&mut self.buffer)
    }

    /// Waits until the peer has closed and returns true if nothing more came.
    pub fn is_closed(&mut self) -> bool {
        self.rest().is_empty()
    }
}

/// Returns the bytes of a POST request with a JSON body.
pub fn post_bytes(path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes =
        format!("POST {path} HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n");
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [bytes.as_bytes(), body].concat()
}

/// Posts JSON on a connection of its own.
pub fn post(address: SocketAddr, path: &str, body: impl AsRef<[u8]>) -> Response {
    post_with(address, path, &[], body)
}

/// Posts JSON with headers on a connection of its own.
pub fn post_with(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Response {
    Client::sending(address, post_bytes(path, headers, body)).response()
}

/// Gets on a connection of its own.
pub fn get(address: SocketAddr, path: &str) -> Response {
    get_with(address, path, &[])
}

/// Gets with headers on a connection of its own.
pub fn get_with(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Response {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    Client::sending(
        address,
        format!("GET {path} HTTP/1.1\r\nhost: gateway\r\n{lines}\r\n"),
    )
    .response()
}

/// Returns the bytes of an answer as a provider would give it.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    [bytes.as_bytes(), b"\r\n", body].concat()
}

/// Returns the bytes of a JSON answer as a provider would give it.
pub fn json_answer(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(status, &[("content-type", "application/json")], body)
}
