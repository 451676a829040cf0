//! The real binary, with a config file of its own.

use std::io::{BufRead as _, BufReader, Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

use crate::{client, wait_for};

/// Variables of the developer's shell that must not change a test.
const FOREIGN: [&str; 18] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "RUST_LOG",
    "MLFLOW_GATEWAY_CONFIG",
    "MLFLOW_GATEWAY_CONFIG_PATH",
    "MLFLOW_DEPLOYMENTS_CONFIG",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_WORKSPACE",
];

/// How variables begin from which cloud libraries take credentials.
const CLOUDS: [&str; 4] = ["AWS_", "AZURE_", "IDENTITY_", "MSI_"];

/// Returns the binary under test: `TIDEGATE_BIN`, or the one beside the test executable.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("TIDEGATE_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("the test has a path");
    let found = test
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("tidegate"));
    let found = found.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!("there is no `tidegate` beside {}: run `cargo build` first, with the same profile, or set TIDEGATE_BIN", test.display())
    })
}

/// A gateway about to be started.
pub struct Launch {
    command: Command,
    folder: TempDir,
    config: PathBuf,
}

/// A running gateway. Dropping it kills it.
pub struct Gateway {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
    config: PathBuf,
    stdout: String,
    stderr: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

/// How a process ended and what it said.
#[derive(Debug)]
pub struct Exit {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error.
    pub stderr: String,
}

/// Runs the binary to its end.
pub fn run(arguments: &[&str]) -> Exit {
    finish(clean(arguments).stdin(Stdio::null()))
}

/// Runs the binary to its end with variables set, and a text for its standard input.
pub fn run_with(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Exit {
    let mut command = clean(arguments);
    let mut file = tempfile::tempfile().expect("a file for the input");
    file.write_all(input.as_bytes())
        .and_then(|()| file.rewind())
        .expect("the input is written");
    finish(command.envs(variables.iter().copied()).stdin(file))
}

fn clean(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments);
    for name in FOREIGN {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if CLOUDS.iter().any(|cloud| text.starts_with(cloud)) {
            command.env_remove(&name);
        }
    }
    command
}

fn finish(command: &mut Command) -> Exit {
    let output = command.output().expect("the binary starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Exit {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

impl Launch {
    /// Writes a config file into a folder of its own.
    pub fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("config.yaml");
        std::fs::write(&path, config).expect("the config is written");
        Self::at(folder, path)
    }

    /// Takes a folder and the path of the config file in it.
    pub fn at(folder: TempDir, config: PathBuf) -> Self {
        let mut command = clean(&["start"]);
        command
            .args(["--port", "0", "--log-format", "json", "--config-path"])
            .arg(&config);
        Self {
            command,
            folder,
            config,
        }
    }

    /// Starts without naming the config file on the command line.
    pub fn without_path(config: &str) -> Self {
        let mut launch = Self::new(config);
        launch.command = clean(&["start", "--port", "0"]);
        launch
    }

    /// Returns the gateway's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the config file's path.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Adds a command line argument.
    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs to the end: for starts that must fail.
    pub fn run(mut self) -> Exit {
        finish(self.command.stdin(Stdio::null()))
    }

    /// Starts and waits until the gateway says where it listens.
    pub fn start(mut self) -> Gateway {
        let command = &mut self.command;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (stderr, reader) = collect(child.stderr.take().expect("stderr is piped"));
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut text = String::new();
        let address = loop {
            let before = text.len();
            let size = stdout.read_line(&mut text).expect("stdout is text");
            assert!(
                size > 0,
                "the gateway ended: {}",
                String::from_utf8_lossy(&stderr.lock().unwrap())
            );
            if let Some((_, rest)) = text[before..].trim_end().split_once(" listens on http://") {
                break rest.parse().expect("an address");
            }
        };
        // The table of routes ends with the address of the docs.
        while !text
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start()
            .starts_with("docs ")
        {
            if stdout.read_line(&mut text).expect("stdout is text") == 0 {
                break;
            }
        }
        let Self { folder, config, .. } = self;
        Gateway {
            child,
            address,
            folder,
            config,
            stdout: text,
            stderr,
            reader: Some(reader),
        }
    }
}

fn collect(mut pipe: impl std::io::Read + Send + 'static) -> (Arc<Mutex<Vec<u8>>>, JoinHandle<()>) {
    let all = Arc::new(Mutex::new(Vec::new()));
    let filled = all.clone();
    let reader = std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(size @ 1..) = pipe.read(&mut piece) {
            filled.lock().unwrap().extend_from_slice(&piece[..size]);
        }
    });
    (all, reader)
}

impl Gateway {
    /// Starts with a config text.
    pub fn start(config: &str) -> Self {
        Launch::new(config).start()
    }

    /// Returns a config with the OpenAI routes `chat`, `completions` and `embeddings` to one provider. Sections may follow.
    pub fn routes(base: &str) -> String {
        let routes =
            ["chat", "completions", "embeddings"].map(|name| Self::route(name, name, base));
        format!("routes:\n{}", routes.concat())
    }

    /// Returns one list entry of `routes:`.
    pub fn route(name: &str, operation: &str, base: &str) -> String {
        format!(
            "  - name: {name}\n    route_type: llm/v1/{operation}\n    model:\n      provider: openai\n      name: gpt-4o-mini\n      config:\n        openai_api_key: sk-test-canary-0123456789\n        openai_api_base: {base}\n"
        )
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what it printed at its start.
    pub fn greeting(&self) -> &str {
        &self.stdout
    }

    /// Returns its folder, where the config file lies and anything else may.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the config file's path.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns all that it has written to standard error.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap()).into_owned()
    }

    /// Writes another config in place of the present one, in one step.
    pub fn replace_config(&self, text: &str) {
        let beside = self.folder.path().join(".config.new");
        std::fs::write(&beside, text).expect("the config is written");
        std::fs::rename(&beside, &self.config).expect("the config is replaced");
    }

    /// Replaces the config and waits until it is in service.
    pub fn reload(&self, text: &str) {
        let before = self.health()["generation"].as_u64();
        self.replace_config(text);
        wait_for("the new config to be in service", || {
            self.health()["generation"].as_u64() > before
        });
    }

    /// Returns the verbose health.
    pub fn health(&self) -> Value {
        client::get(self.address, "/health?verbose").json()
    }

    /// Sends a signal by its name, e.g. `TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status()
            .expect("`kill` can be run");
        assert!(status.success(), "kill -{name}");
    }

    /// Returns true while the process runs.
    pub fn runs(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("the process can be asked")
            .is_none()
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Exit {
        wait_for("the gateway to end", || !self.runs());
        let code = self.child.wait().expect("an exit status").code();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        Exit {
            code,
            stdout: std::mem::take(&mut self.stdout),
            stderr: self.stderr(),
        }
    }

    /// Asks it to stop and waits for the end.
    pub fn stop(self) -> Exit {
        self.signal("TERM");
        self.wait()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the gateway's standard error ---\n{}", self.stderr());
        }
    }
}
