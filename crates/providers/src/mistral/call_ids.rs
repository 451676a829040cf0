//! Ids of calls that another provider made: Mistral's older models refuse all but nine letters and digits.

use tidegate_wire::conversation::{Content, Conversation};

/// How long an id is.
const LENGTH: usize = 9;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Gives calls and their results ids that the API takes. The same id becomes the same one in every request, so that prompts
/// begin alike from turn to turn.
pub(super) fn rewrite(asked: &mut Conversation) {
    let parts = asked.turns.iter_mut().flat_map(|turn| &mut turn.parts);
    for part in parts {
        match &mut part.content {
            Content::Call(call) => fit(&mut call.id),
            Content::Result(result) => fit(&mut result.call_id),
            _ => {}
        }
    }
}

fn fit(id: &mut String) {
    if id.len() != LENGTH || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        *id = nine(id);
    }
}

/// Returns the FNV-1a hash of an id in 64 bits, as nine of the 62 letters and digits.
fn nine(id: &str) -> String {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut rest = hash;
    let letters = (0..LENGTH).filter_map(|_| {
        let letter = usize::try_from(rest % 62).ok()?;
        rest /= 62;
        LETTERS.get(letter).copied().map(char::from)
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::{fit, nine};

    #[test]
    fn ids_of_others_become_nine_letters_and_digits() {
        for id in ["", "D681PevK", "call-0001", "toolu_01A09q90qw90lq917835lq9"] {
            let mut fitting = id.to_owned();
            fit(&mut fitting);
            assert_eq!(fitting, nine(id), "{id}");
            assert_eq!(fitting.len(), 9, "{id}");
            assert!(fitting.bytes().all(|it| it.is_ascii_alphanumeric()), "{id}");
        }
        assert_ne!(nine("call_1"), nine("call_2"));
        let mut own = "D681PevKs".to_owned();
        fit(&mut own);
        assert_eq!(own, "D681PevKs");
    }
}
