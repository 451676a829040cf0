//! Why a text is no YAML.

use super::node::{Mark, Region};

/// Why a text is no YAML (or none that we take).
#[derive(Debug)]
pub(crate) struct Syntax {
    /// What is wrong.
    pub(crate) detail: String,
    /// Where.
    pub(crate) region: Region,
}

/// Refuses the file.
pub(super) fn syntax<T>(region: Region, detail: impl Into<String>) -> Result<T, Syntax> {
    Err(Syntax {
        detail: detail.into(),
        region,
    })
}

/// Refuses what YAML forbids anywhere: control characters, as in binary files.
pub(super) fn check_characters(text: &str) -> Result<(), Syntax> {
    let mut mark = Mark { line: 1, column: 0 };
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                mark = Mark {
                    line: mark.line + 1,
                    column: 0,
                }
            }
            '\t' | '\u{85}' | '\u{a0}'.. | ' '..='~' if !matches!(c, '\u{fffe}' | '\u{ffff}') => {
                mark.column += 1;
            }
            _ => {
                return Err(Syntax {
                    detail: format!("the character U+{:04X} is not allowed", u32::from(c)),
                    region: Region {
                        start: mark,
                        end: mark,
                    },
                });
            }
        }
    }
    Ok(())
}
