//! The golden files, played through the gateway's own pipeline, and the laws that hold for all of them.
//!
//! The runner stands here and not with the providers because most of a story is the gateway's work: choosing between
//! the byte path and translation, reading errors, relaying streams. A runner without the gateway would have to repeat
//! that, and would then test its own copy. It uses the gateway's public interface only: each provider is wrapped in one
//! that answers from the file, so nothing touches a network, and time stands still.
//!
//! `UPDATE_GOLDEN=1` rewrites the upstream requests and the client responses; read the difference before committing it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic here is a failed test; clippy's own exception covers test functions only, not their helpers"
)]

mod framing;
mod laws;
mod stage;
mod tidy;

use std::fmt::Write as _;

use stage::{Played, Stage};
use tidegate_golden::{Case, Golden};

/// Returns the file as it should be.
fn replay(golden: &Golden) -> String {
    let case = golden.case.clone();
    let Played {
        upstream_request,
        upstream_response,
        client_response,
    } = Stage::new(&case.config_file()).play(&case, &[]);
    Case {
        upstream_request,
        upstream_response,
        client_response,
        ..case
    }
    .render()
}

#[test]
fn golden_files() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let files = tidegate_golden::all().unwrap();
    assert!(!files.is_empty());
    let mut differing = String::new();
    for golden in files {
        let fresh = replay(&golden);
        if fresh == golden.text {
            continue;
        }
        if update {
            std::fs::write(&golden.path, fresh).unwrap();
        } else {
            let _ = writeln!(differing, "{} is now:\n{fresh}", golden.path.display());
        }
    }
    assert!(differing.is_empty(), "{differing}");
}
