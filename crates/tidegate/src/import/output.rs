//! The file that is written: whole or not at all, since a running gateway may watch it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Writes a file; only `force` replaces one.
pub(super) fn write(path: &Path, text: &str, force: bool) -> io::Result<()> {
    if !force {
        return put(File::create_new(path)?, text);
    }
    match fs::metadata(path) {
        // A link stays a link.
        Ok(old) if old.is_file() => replace(&fs::canonicalize(path)?, &old, text),
        _ => put(File::create(path)?, text),
    }
}

fn put(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())
}

fn replace(path: &Path, old: &fs::Metadata, text: &str) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or(ErrorKind::InvalidInput)?);
    name.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(name);
    let file = File::create_new(&beside)?;
    let written = file
        .set_permissions(old.permissions())
        .and_then(|()| put(file, text))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}
