//! The credentials that Google's own libraries find without being told ("Application Default Credentials"): a file that a
//! variable names, the file that `gcloud auth application-default login` writes, the machine's own account.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::key_file::Account;

/// Names a key file.
const VARIABLE: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// The file that `gcloud` writes, in its folder.
const WELL_KNOWN: &str = "application_default_credentials.json";

/// Where machines learn what they are, by address: names would be looked up at proxies.
const METADATA: &str = "169.254.169.254";

/// The largest key file, in bytes; real ones take a few thousand.
const LARGEST: u64 = 65_536;

/// What to do where nothing is found.
pub(super) const NOTHING: &str = "no Google credentials were found. Tried: `GOOGLE_APPLICATION_CREDENTIALS`, gcloud's application default credentials, instance metadata. Set `vertex_credentials` to a service account's key file, or set `GOOGLE_APPLICATION_CREDENTIALS`, or give the machine an account.";

/// Who gets the token.
pub(super) enum Found {
    /// An account of a key file.
    Account(Account),
    /// The machine's own account, which this host gives tokens for.
    Machine(String),
}

/// Looks for credentials.
pub(super) fn find() -> Result<Found, String> {
    if let Some(path) = variable(VARIABLE) {
        let text = read(Path::new(&path))
            .map_err(|error| format!("the file of `{VARIABLE}` cannot be read: {error}."))?;
        return account(&text, &path);
    }
    let file = gcloud().map(|folder| folder.join(WELL_KNOWN));
    if let Some(path) = file.filter(|path| path.is_file()) {
        let shown = path.display().to_string();
        let text =
            read(&path).map_err(|error| format!("the file `{shown}` cannot be read: {error}."))?;
        return account(&text, &shown);
    }
    let host = variable("GCE_METADATA_HOST");
    Ok(Found::Machine(host.unwrap_or_else(|| METADATA.to_owned())))
}

fn account(text: &str, path: &str) -> Result<Found, String> {
    let account =
        Account::read(text).map_err(|problem| format!("the key file `{path}` {problem}"))?;
    Ok(Found::Account(account))
}

/// Returns what an environment variable says: an empty one says nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Returns gcloud's folder.
fn gcloud() -> Option<PathBuf> {
    let own = variable("CLOUDSDK_CONFIG").map(PathBuf::from);
    own.or_else(|| Some(Path::new(&variable("HOME")?).join(".config/gcloud")))
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}
