//! Where JSON text is broken: an error is found exactly where a parser finds one too.

use serde::de::IgnoredAny;
use tidegate_wire::json::locate_error;

/// Compares the locator with a parser.
pub fn syntax(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let located = locate_error(text);
    let valid = serde_json::from_str::<IgnoredAny>(text).is_ok();
    match located {
        None => assert!(valid, "a parser refuses this text"),
        Some(error) => {
            assert!(
                !valid || error.message == "Nested too deeply",
                "a parser accepts this text: {error:?}"
            );
            assert!(
                error.offset <= text.chars().count(),
                "{error:?} is within the text"
            );
        }
    }
}
