//! Signatures on doors that have a place for those of thought only. What a provider signed besides is put into an envelope
//! that says what it is; clients send it back as it is, and it is opened again.
//!
//! Envelopes are texts: `tidegate.call.ID.SIGNATURE` (the call's id in base64url), `tidegate.text.SIGNATURE`,
//! `tidegate.redacted.DATA`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const CALL: &str = "tidegate.call.";
const TEXT: &str = "tidegate.text.";
const REDACTED: &str = "tidegate.redacted.";

/// What stands in the place of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sealed<'a> {
    /// A signature of the thought that it stands under.
    Own(&'a str),
    /// A signature of a call.
    Call {
        /// The call's id.
        id: String,
        /// The signature.
        signature: &'a str,
    },
    /// A signature of a text.
    Text(&'a str),
    /// Thought that only the provider can read.
    Redacted(&'a str),
}

/// Puts the signature of a call into an envelope.
pub(crate) fn seal_call(id: &str, signature: &str) -> String {
    format!("{CALL}{}.{signature}", URL_SAFE_NO_PAD.encode(id))
}

/// Puts the signature of a text into an envelope.
pub(crate) fn seal_text(signature: &str) -> String {
    format!("{TEXT}{signature}")
}

/// Puts thought that only its provider can read into an envelope.
pub(crate) fn seal_redacted(data: &str) -> String {
    format!("{REDACTED}{data}")
}

/// Opens an envelope. What is none is a signature of its own.
pub(crate) fn open(written: &str) -> Sealed<'_> {
    if let Some((id, signature)) = written.strip_prefix(CALL).and_then(call) {
        Sealed::Call { id, signature }
    } else if let Some(signature) = written.strip_prefix(TEXT) {
        Sealed::Text(signature)
    } else if let Some(data) = written.strip_prefix(REDACTED) {
        Sealed::Redacted(data)
    } else {
        Sealed::Own(written)
    }
}

fn call(rest: &str) -> Option<(String, &str)> {
    let (id, signature) = rest.split_once('.')?;
    let id = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    Some((id, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened() {
        for (id, signature) in [
            ("call_1", "abc"),
            ("", ""),
            ("a.b/ü", "s.t.u"),
            ("x", "tidegate.text.y"),
        ] {
            let want = Sealed::Call {
                id: id.to_owned(),
                signature,
            };
            assert_eq!(open(&seal_call(id, signature)), want);
            assert_eq!(open(&seal_text(signature)), Sealed::Text(signature));
        }
    }

    #[test]
    fn what_is_no_envelope_is_a_signature() {
        for (written, want) in [
            ("Eq==", Sealed::Own("Eq==")),
            ("", Sealed::Own("")),
            ("tidegate.call.YQ", Sealed::Own("tidegate.call.YQ")),
            ("tidegate.call.!.s", Sealed::Own("tidegate.call.!.s")),
            ("tidegate.redacted.a.b", Sealed::Redacted("a.b")),
        ] {
            assert_eq!(open(written), want);
        }
    }
}
