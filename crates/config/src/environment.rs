//! The world outside the config file: environment variables and the files that it names.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest key file in bytes; a key is a line.
const MAX_KEY_BYTES: u64 = 65_536;

/// What reading a config file may ask of the world. Tests answer from a table.
pub trait Environment {
    /// Returns a variable, if it is set and is text.
    fn var(&self, name: &str) -> Option<String>;

    /// Reads a key file: none when no regular file is at `path`, otherwise its text or the reason why there is none.
    fn read_key_file(&self, path: &str) -> Option<Result<String, String>>;

    /// Returns true when a regular file is at `path`.
    fn is_file(&self, path: &Path) -> bool;
}

/// The environment and the files of this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn var(&self, name: &str) -> Option<String> {
        // A name with `=` or NUL cannot be a variable.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var(name).ok()
    }

    fn read_key_file(&self, path: &str) -> Option<Result<String, String>> {
        self.is_file(Path::new(path))
            .then(|| read_key(Path::new(path)))
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }
}

fn read_key(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_KEY_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_KEY_BYTES {
        return Err(format!("it is larger than {MAX_KEY_BYTES} bytes"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// Replaces a leading `~` by the home directory.
pub fn expand_home(path: &Path, environment: &dyn Environment) -> PathBuf {
    match (path.strip_prefix("~"), environment.var("HOME")) {
        (Ok(rest), Some(home)) if !home.is_empty() => {
            if rest.as_os_str().is_empty() {
                PathBuf::from(home)
            } else {
                Path::new(&home).join(rest)
            }
        }
        _ => path.to_path_buf(),
    }
}

/// Expands `~` and makes a path absolute, without asking whether anything is there.
pub fn absolute(path: &Path, environment: &dyn Environment) -> PathBuf {
    let expanded = expand_home(path, environment);
    std::path::absolute(&expanded).unwrap_or(expanded)
}
