//! The line of the file that a problem is about, with secrets masked and the underline's place.

use crate::Span;
use crate::yaml::Region;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// Widest line shown; longer ones are cut around the underline.
const MAX_WIDTH: usize = 120;

/// A line ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line: masked, cut, tabs widened.
    pub(crate) text: String,
    /// Columns before the underline.
    pub(crate) indent: usize,
    /// Columns of the underline.
    pub(crate) length: usize,
}

/// Returns the lines of a text as YAML counts them.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        let (line, tail) = rest.split_at(at);
        lines.push(line);
        rest = tail
            .strip_prefix("\r\n")
            .or_else(|| tail.get(1..))
            .unwrap_or_default();
    }
    lines.push(rest);
    lines
}

/// Cuts the excerpt for a place out of the file, and clips the span to its line.
pub(crate) fn excerpt(lines: &[&str], masked: &[Region], span: &mut Span) -> Option<Excerpt> {
    let line = lines.get(span.line.checked_sub(1)?)?;
    let start = span.column.saturating_sub(1);
    // Only as much of a huge line as can end up on the screen.
    let left = start.saturating_sub(MAX_WIDTH);
    let characters: Vec<(usize, char)> = line
        .chars()
        .enumerate()
        .skip(left)
        .take(3 * MAX_WIDTH)
        .collect();
    let line_end = characters.last().map_or(left, |(column, _)| column + 1);
    span.length = span.length.min(line_end.saturating_sub(start)).max(1);
    let regions: Vec<&Region> = masked
        .iter()
        .filter(|region| region.start.line <= span.line && span.line <= region.end.line)
        .collect();

    let comment = comment(line);
    let hides = |column| {
        column >= comment
            || regions
                .iter()
                .any(|region| covers(region, span.line, column))
    };

    let mut shown: Vec<char> = Vec::new();
    let mut underline: Option<(usize, usize)> = None;
    let mut inside = false;
    let mut text_seen = left > 0;
    for (column, c) in characters {
        text_seen |= !c.is_whitespace();
        let hidden = text_seen && hides(column);
        let from = if hidden && inside {
            shown.len().saturating_sub(MASK.len())
        } else {
            shown.len()
        };
        match c {
            _ if hidden && inside => {}
            _ if hidden => shown.extend(MASK.chars()),
            '\t' => shown.extend("    ".chars()),
            c if c.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            c => shown.push(c),
        }
        inside = hidden;
        if (start..start + span.length).contains(&column) {
            let first = underline.map_or(from, |(first, _)| first);
            underline = Some((first, shown.len()));
        }
    }
    let (from, to) = underline.unwrap_or((shown.len(), shown.len() + 1));
    Some(cut(&shown, left > 0, from, to.max(from + 1)))
}

/// Cuts a wide line around its underline.
fn cut(shown: &[char], already_cut: bool, from: usize, to: usize) -> Excerpt {
    let first = if to <= MAX_WIDTH && !already_cut {
        0
    } else {
        from.saturating_sub(MAX_WIDTH / 3)
    };
    let prefix = if first > 0 || already_cut { "…" } else { "" };
    let last = first + MAX_WIDTH;
    let suffix = if shown.len() > last { "…" } else { "" };
    let middle: String = shown.iter().skip(first).take(MAX_WIDTH).collect();
    let text = format!("{prefix}{middle}{suffix}").trim_end().to_owned();
    let indent = from - first + prefix.chars().count();
    Excerpt {
        text,
        indent,
        length: to.min(last.max(from + 1)) - from,
    }
}

/// Returns the column where a comment's text begins. People leave old keys in comments, so it is not shown. A `#` in
/// quotes is taken for a comment too.
fn comment(line: &str) -> usize {
    let mut before = ' ';
    for (column, c) in line.chars().enumerate() {
        if c == '#' && matches!(before, ' ' | '\t') {
            return column + 1;
        }
        before = c;
    }
    usize::MAX
}

fn covers(region: &Region, line: usize, column: usize) -> bool {
    let after_start = (line, column) >= (region.start.line, region.start.column);
    after_start && (line, column) < (region.end.line, region.end.column)
}
