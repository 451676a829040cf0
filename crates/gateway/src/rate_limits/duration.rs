//! Lengths of time as OpenAI's headers write them: `6m0s`, `1h2m3.5s`, `12ms`; some providers write plain seconds.

/// Units and how many nanoseconds they have; the longer name of two that begin alike stands first.
const UNITS: [(&str, f64); 8] = [
    ("ms", 1e6),
    ("us", 1e3),
    ("µs", 1e3),
    ("ns", 1.0),
    ("d", 86_400e9),
    ("h", 3_600e9),
    ("m", 60e9),
    ("s", 1e9),
];

/// The longest time that is read, in seconds: a hundred years.
const LONGEST: f64 = 100.0 * 365.25 * 86_400.0;

/// Reads a length of time in seconds, rounded up.
pub(super) fn read(text: &str) -> Option<u64> {
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => units(text)?,
    };
    let good = (0.0..=LONGEST).contains(&seconds);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number is within bounds"
    )]
    good.then_some(seconds.ceil() as u64)
}

fn units(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at_checked(end)?;
        let (unit, size) = UNITS.iter().find(|(unit, _)| tail.starts_with(unit))?;
        sum += number.parse::<f64>().ok()? * size;
        rest = tail.get(unit.len()..)?;
    }
    (!text.is_empty()).then_some(sum / 1e9)
}

/// Writes a length of time, given in seconds.
pub(super) fn write(seconds: u64) -> String {
    let (hours, minutes, left) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{left}s"),
        (0, minutes) => format!("{minutes}m{left}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{left}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, seconds, written) in [
            ("6m0s", 360, "6m0s"),
            ("1s", 1, "1s"),
            ("12ms", 1, "1s"),
            ("0s", 0, "0s"),
            ("1h2m3.5s", 3724, "1h2m4s"),
            ("2m59.56s", 180, "3m0s"),
            ("1d", 86_400, "24h0m0s"),
            ("7.66", 8, "8s"),
            ("60", 60, "1m0s"),
            ("500µs", 1, "1s"),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
            assert_eq!(write(seconds), written);
        }
        for text in [
            "",
            "s",
            "1x",
            "-1",
            "-1s",
            "1m2",
            "inf",
            "NaN",
            "1..5s",
            "99999999999d",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
