//! The faults of credentials, one function each: the answer that a client gets when its call cannot be authorised.

use std::error::Error;

use tidegate_wire::dialect::Fault;

/// Type of faults for which the gateway's own settings are to blame.
const SERVER: &str = "server_error";

/// Type of faults for which whoever gives credentials is to blame.
const UPSTREAM: &str = "upstream_error";

/// The longest account of a failure that is passed on, in bytes: some servers answer with pages.
const LONGEST: usize = 1000;

/// The settings must change before any call can succeed.
pub(crate) fn settings(route: &str, what: &str) -> Fault {
    let what = shortened(what);
    let message = format!("The endpoint `{route}` cannot be called: {what}");
    Fault::gateway(500, SERVER, message).with_code("credentials_unavailable")
}

/// Whoever gives credentials refused, or could not be reached.
pub(crate) fn refused(route: &str, what: &str) -> Fault {
    let what = shortened(what);
    let message = format!("The endpoint `{route}` got no credentials: {what}");
    Fault::gateway(502, UPSTREAM, message).with_code("credentials_unavailable")
}

/// Whoever gives credentials refused, and its status says how.
pub(crate) fn told(status: u16, route: &str, what: &str) -> Fault {
    Fault {
        status,
        ..refused(route, what)
    }
}

/// Whoever gives credentials was too slow.
pub(crate) fn too_slow(route: &str, what: &str) -> Fault {
    let what = shortened(what);
    let message = format!("The endpoint `{route}` got no credentials in time: {what}");
    Fault::gateway(504, UPSTREAM, message).with_code("credentials_unavailable")
}

fn shortened(what: &str) -> &str {
    what.get(..what.floor_char_boundary(LONGEST))
        .unwrap_or(what)
}

/// Returns an error's words with those of its causes, each once: some libraries repeat a cause's words in their own.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        next = cause.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_accounts_are_cut() {
        let page = "ü".repeat(10_000);
        let message = refused("r", &page).message;
        assert_eq!(message.matches('ü').count(), LONGEST / 2);
    }
}
