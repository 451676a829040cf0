//! A provider that follows a script: it can do to a connection whatever a provider, a proxy or a network can do.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::header;
use crate::{PATIENCE, wait_for};

/// A byte stream over TCP: plain, or with something on top such as TLS.
pub trait Wire: Read + Write + Send {
    /// Returns the socket below.
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// What follows the method: a path, or an address when asked as a proxy.
    pub target: String,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body without its framing.
    pub body: Vec<u8>,
    /// Number of the connection that it came on, from 0.
    pub connection: usize,
}

impl Request {
    /// Returns a header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// A connection and what has been read of it.
struct Line {
    wire: Box<dyn Wire>,
    buffer: Vec<u8>,
}

/// A request that waits for its answer. Dropping it closes the connection; [`Call::keep`] does not.
pub struct Call {
    /// What was asked.
    pub request: Request,
    line: Option<Line>,
    back: Sender<Line>,
}

/// The provider. Its threads end when their connections do.
pub struct Upstream {
    address: SocketAddr,
    secure: bool,
    state: Arc<State>,
    calls: Option<Mutex<Receiver<Call>>>,
}

#[derive(Default)]
struct State {
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    open: AtomicUsize,
}

type Accept = Arc<dyn Fn(TcpStream) -> Option<Box<dyn Wire>> + Send + Sync>;
type Script = Arc<dyn Fn(Call) + Send + Sync>;

impl Upstream {
    /// Gives the same answer to every request and keeps connections open.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::scripted(move |mut call| {
            call.send(&answer);
            call.keep();
        })
    }

    /// Runs a script for every request, each on its connection's own thread.
    pub fn scripted(script: impl Fn(Call) + Send + Sync + 'static) -> Self {
        Self::open(plain(), Arc::new(script), None)
    }

    /// As `scripted`, over connections that are first made into something else, such as TLS.
    pub fn scripted_over(
        accept: impl Fn(TcpStream) -> Option<Box<dyn Wire>> + Send + Sync + 'static,
        script: impl Fn(Call) + Send + Sync + 'static,
    ) -> Self {
        Self {
            secure: true,
            ..Self::open(Arc::new(accept), Arc::new(script), None)
        }
    }

    /// Hands every request to the test, which takes it by [`Upstream::call`].
    pub fn manual() -> Self {
        let (sender, calls) = channel();
        let sender = Mutex::new(sender);
        let script = move |call| {
            let _ = sender.lock().unwrap().send(call);
        };
        Self::open(plain(), Arc::new(script), Some(Mutex::new(calls)))
    }

    fn open(accept: Accept, script: Script, calls: Option<Mutex<Receiver<Call>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                let (accept, script, state) = (accept.clone(), script.clone(), shared.clone());
                std::thread::spawn(move || {
                    state.open.fetch_add(1, Ordering::SeqCst);
                    let _ = stream.set_nodelay(true);
                    if let Some(wire) = accept(stream) {
                        serve(
                            Line {
                                wire,
                                buffer: Vec::new(),
                            },
                            number,
                            &state,
                            &script,
                        );
                    }
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            address,
            secure: false,
            state,
            calls,
        }
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL for configs.
    pub fn base(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}/v1", self.address)
    }

    /// Returns all requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// Returns the last request.
    pub fn last(&self) -> Request {
        self.requests().pop().expect("a request")
    }

    /// Returns how many connections were opened so far.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Returns how many connections are open.
    pub fn open_connections(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }

    /// Waits for the next request of a manual provider.
    pub fn call(&self) -> Call {
        let calls = self
            .calls
            .as_ref()
            .expect("a provider made by `manual`")
            .lock()
            .unwrap();
        calls.recv_timeout(PATIENCE).expect("a request")
    }

    /// Waits until there have been `count` requests.
    pub fn wait_for_requests(&self, count: usize) {
        wait_for("requests at the provider", || {
            self.requests().len() >= count
        });
    }
}

fn plain() -> Accept {
    Arc::new(|stream| Some(Box::new(stream)))
}

fn serve(mut line: Line, number: usize, state: &State, script: &Script) {
    while let Some(mut request) = line.request() {
        request.connection = number;
        state.requests.lock().unwrap().push(request.clone());
        let (back, returned) = channel();
        script(Call {
            request,
            line: Some(line),
            back,
        });
        match returned.recv() {
            Ok(kept) => line = kept,
            Err(_) => return,
        }
    }
}

impl Line {
    fn fill(&mut self) -> bool {
        let mut piece = [0; 16_384];
        match self.wire.read(&mut piece) {
            Ok(size) => {
                self.buffer.extend_from_slice(&piece[..size]);
                size > 0
            }
            Err(_) => false,
        }
    }

    fn through(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self
                .buffer
                .windows(mark.len())
                .position(|window| window == mark)
            {
                let rest = self.buffer.split_off(at + mark.len());
                return Some(std::mem::replace(&mut self.buffer, rest));
            }
            if !self.fill() {
                return None;
            }
        }
    }

    fn exactly(&mut self, size: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < size {
            if !self.fill() {
                return None;
            }
        }
        let rest = self.buffer.split_off(size);
        Some(std::mem::replace(&mut self.buffer, rest))
    }

    fn request(&mut self) -> Option<Request> {
        let head = self.through(b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.trim_end().split("\r\n");
        let mut words = lines.next()?.split(' ').map(str::to_owned);
        let (method, target) = (words.next()?, words.next()?);
        let mut request = Request {
            method,
            target,
            headers: lines.filter_map(header).collect(),
            ..Request::default()
        };
        if let Some(length) = request.header("content-length") {
            let length = length.parse().expect("a length");
            request.body = self.exactly(length)?;
        } else if request.header("transfer-encoding").is_some() {
            loop {
                let size = String::from_utf8_lossy(&self.through(b"\r\n")?)
                    .trim()
                    .to_owned();
                let size = usize::from_str_radix(&size, 16).expect("a chunk size");
                let chunk = self.exactly(size + 2)?;
                if size == 0 {
                    break;
                }
                request.body.extend_from_slice(&chunk[..size]);
            }
        }
        Some(request)
    }
}

impl Call {
    fn line(&mut self) -> &mut Line {
        self.line.as_mut().expect("the connection")
    }

    /// Sends exact bytes; false when the peer is gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let wire = &mut self.line().wire;
        wire.write_all(bytes.as_ref())
            .and_then(|()| wire.flush())
            .is_ok()
    }

    /// Begins an event stream with a chunked body.
    pub fn begin_stream(&mut self) -> bool {
        self.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    }

    /// Sends one chunk of a chunked body.
    pub fn chunk(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        let size = format!("{:x}\r\n", bytes.len());
        self.send([size.as_bytes(), bytes, b"\r\n"].concat())
    }

    /// Sends one `data:` frame as a chunk.
    pub fn event(&mut self, data: &str) -> bool {
        self.chunk(format!("data: {data}\n\n"))
    }

    /// Ends a chunked body.
    pub fn end_chunks(&mut self) -> bool {
        self.send("0\r\n\r\n")
    }

    /// Answers whole and keeps the connection open.
    pub fn answer(mut self, bytes: impl AsRef<[u8]>) {
        self.send(bytes);
        self.keep();
    }

    /// Sends exact bytes and closes the connection.
    pub fn last(mut self, bytes: impl AsRef<[u8]>) {
        self.send(bytes);
    }

    /// Serves the next request of this connection.
    pub fn keep(mut self) {
        if let Some(line) = self.line.take() {
            let _ = self.back.send(line);
        }
    }

    /// Ends the connection with a reset.
    pub fn reset(mut self) {
        let line = self.line.take().expect("the connection");
        let _ = socket2::SockRef::from(line.wire.tcp()).set_linger(Some(Duration::ZERO));
    }

    /// Sends no more, but still reads.
    pub fn finish_sending(&mut self) {
        let _ = self.line().wire.tcp().shutdown(Shutdown::Write);
    }

    /// Waits until the peer closes or resets the connection, and returns when that was.
    pub fn wait_closed(&mut self) -> Instant {
        let wire = &mut self.line().wire;
        wire.tcp()
            .set_read_timeout(Some(PATIENCE))
            .expect("a time limit");
        let mut piece = [0; 1024];
        loop {
            match wire.read(&mut piece) {
                Ok(0) => return Instant::now(),
                Ok(_) => {}
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    panic!("the gateway kept the connection open")
                }
                Err(_) => return Instant::now(),
            }
        }
    }

    /// Gives up the connection to a script that speaks something else on it.
    pub fn into_wire(mut self) -> Box<dyn Wire> {
        self.line.take().expect("the connection").wire
    }
}
