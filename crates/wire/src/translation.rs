//! What became of a request on its way to a provider that cannot express all of it: told to the caller, never done in
//! silence.

use std::fmt::{self, Write as _};

/// A report. Its text is the value of the header `x-tidegate-translation`, e.g.
/// `dropped=logit_bias,seed; clamped=temperature:1.5>1; emulated=json_schema`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    dropped: Vec<String>,
    clamped: Vec<String>,
    emulated: Vec<String>,
}

/// The longest value or name that is told as it is.
const LONGEST: usize = 40;

/// The most notes of a kind. Clients choose some of the names, and a header must stay one that clients take.
const MOST: usize = 48;
const FURTHER: &str = "and_more";

impl Translation {
    /// Notes a member that was left out.
    pub fn dropped(&mut self, name: &str) {
        push(&mut self.dropped, plain(name));
    }

    /// Notes a value that was replaced by the nearest one that can be said.
    pub fn clamped(&mut self, name: &str, from: &impl fmt::Display, to: &impl fmt::Display) {
        let (from, to) = (plain(&from.to_string()), plain(&to.to_string()));
        push(&mut self.clamped, format!("{}:{from}>{to}", plain(name)));
    }

    /// Notes what the gateway does in the provider's place.
    pub fn emulated(&mut self, name: &str) {
        push(&mut self.emulated, plain(name));
    }

    /// Adds what another report tells.
    pub fn add(&mut self, more: Self) {
        for (notes, more) in [
            (&mut self.dropped, more.dropped),
            (&mut self.clamped, more.clamped),
            (&mut self.emulated, more.emulated),
        ] {
            for note in more {
                push(notes, note);
            }
        }
    }

    /// True when everything was carried as it was asked.
    pub fn is_empty(&self) -> bool {
        self.dropped.is_empty() && self.clamped.is_empty() && self.emulated.is_empty()
    }
}

fn push(notes: &mut Vec<String>, note: String) {
    match notes.len() {
        _ if notes.contains(&note) => {}
        MOST => notes.push(FURTHER.to_owned()),
        count if count > MOST => {}
        _ => notes.push(note),
    }
}

/// Keeps a text to what may stand in a header and between the marks of the report.
fn plain(text: &str) -> String {
    let visible = |character: char| {
        if character.is_ascii_graphic() && !matches!(character, ';' | ',' | '=' | '"') {
            character
        } else {
            '_'
        }
    };
    text.chars().take(LONGEST).map(visible).collect()
}

impl fmt::Display for Translation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("dropped", &self.dropped),
            ("clamped", &self.clamped),
            ("emulated", &self.emulated),
        ];
        let told = lists.iter().filter(|(_, notes)| !notes.is_empty());
        for (position, (name, notes)) in told.enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            f.write_str(name)?;
            f.write_char('=')?;
            f.write_str(&notes.join(","))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Translation;

    #[test]
    fn names_only_so_many() {
        let mut report = Translation::default();
        for number in 0..1000 {
            report.dropped(&format!("n{number}"));
        }
        let told = report.to_string();
        assert!(told.ends_with("n46,n47,and_more"), "{told}");
    }

    #[test]
    fn reads_as_a_header() {
        let mut report = Translation::default();
        assert_eq!((report.to_string().as_str(), report.is_empty()), ("", true));
        report.dropped("logit_bias");
        report.dropped("se;ed\n");
        report.dropped("logit_bias");
        report.clamped("temperature", &1.5, &1);
        report.emulated("json_schema");
        let want = "dropped=logit_bias,se_ed_; clamped=temperature:1.5>1; emulated=json_schema";
        assert_eq!(
            (report.to_string().as_str(), report.is_empty()),
            (want, false)
        );
    }
}
