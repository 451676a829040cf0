//! Which parts of a config file may hold a key or token, so that no message ever shows them.
//!
//! Masks too much rather than too little: a value is hidden for its key's name, and whenever the key is not known to be
//! harmless.

use crate::catalog::{Catalog, Field, FieldKind};
use crate::section::SECTIONS;
use crate::yaml::{Mark, Node, Region, Value};
use crate::{Extras, known};

/// Parts of key names that suggest a secret.
const SUSPICIOUS: [&str; 8] = [
    "key",
    "token",
    "secret",
    "passw",
    "credential",
    "authorization",
    "cookie",
    "bearer",
];

/// Keys whose values are lists of texts.
const TEXT_LISTS: [&str; 2] = ["cors_origins", "forward_headers"];

/// Returns the places of everything that may be secret in a file that is YAML.
pub(crate) fn regions(root: &Node, catalog: &Catalog) -> Vec<Region> {
    let mut walk = Walk {
        catalog,
        root: Some(root),
        regions: Vec::new(),
    };
    // A file that is only a text may be a key on its own.
    let structured = matches!(root.value, Value::Sequence(_) | Value::Mapping(_));
    walk.node(
        root,
        if structured {
            Shade::Clear
        } else {
            Shade::Secret
        },
    );
    walk.regions
}

/// What the keys above a value say about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shade {
    /// Not below `config:`: our own and MLflow's keys are harmless.
    Clear,
    /// In a list of plain texts. In other lists a text is out of place, and may be a key that lost its name.
    Texts,
    /// In a mapping whose names are shown and whose values are not.
    Values,
    /// In the mapping of aliases: names on both sides.
    Names,
    /// Below `config:`, where only the providers' own harmless fields are shown.
    Guarded,
    /// Below a key that suggests a secret.
    Secret,
}

struct Walk<'a> {
    catalog: &'a Catalog,
    root: Option<&'a Node>,
    regions: Vec<Region>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, shade: Shade) {
        match &node.value {
            Value::Sequence(items) => {
                for item in items {
                    let is_block = matches!(item.value, Value::Sequence(_) | Value::Mapping(_));
                    let lost = shade == Shade::Clear && !is_block;
                    self.node(item, if lost { Shade::Secret } else { shade });
                }
            }
            Value::Mapping(entries) => {
                for entry in entries {
                    let key = entry.key.text.as_str();
                    let strange = shade != Shade::Names && known::shown(key) != key;
                    let harmless = self.harmless(key) || (shade == Shade::Clear && is_ours(key));
                    let below = match (shade, &entry.value.value) {
                        (Shade::Secret, _) => Shade::Secret,
                        _ if strange || self.suspicious(key) => Shade::Secret,
                        (Shade::Names, Value::Sequence(_) | Value::Mapping(_)) => Shade::Secret,
                        (Shade::Names, _) => Shade::Clear,
                        (Shade::Values, _) => Shade::Values,
                        (_, Value::Mapping(_)) if self.is_aliases(node, key) => Shade::Names,
                        _ if is_extra(key) => Shade::Values,
                        _ if key == "config" => Shade::Guarded,
                        // A slip for one of those keys must not show what stands below it.
                        (Shade::Guarded, Value::Mapping(_)) if !self.group(key) => Shade::Values,
                        (Shade::Clear, Value::Mapping(_)) if !is_ours(key) => Shade::Values,
                        (Shade::Clear, _) if TEXT_LISTS.contains(&key) => Shade::Texts,
                        (shade, Value::Sequence(_) | Value::Mapping(_)) => shade,
                        _ if harmless => Shade::Clear,
                        _ => Shade::Secret,
                    };
                    if strange || shade == Shade::Secret {
                        self.scalar(&entry.key);
                    }
                    self.node(&entry.value, below);
                }
            }
            _ if matches!(shade, Shade::Clear | Shade::Texts)
                && !url_with_secret(&node.text)
                && !key_and_value(&node.text) => {}
            _ => self.scalar(node),
        }
    }

    /// The key of the file's aliases, in the mapping that holds it.
    fn is_aliases(&self, mapping: &Node, key: &str) -> bool {
        key == "aliases" && self.root.is_some_and(|root| std::ptr::eq(root, mapping))
    }

    fn scalar(&mut self, node: &Node) {
        if !is_reference(&node.text) {
            self.regions.push(node.region);
        }
    }

    /// The name of a field that some provider shows freely.
    fn harmless(&self, key: &str) -> bool {
        self.any_field(key, |field| !field.kind.is_secret())
    }

    fn suspicious(&self, key: &str) -> bool {
        suspicious_at(key).is_some() || self.any_field(key, |field| field.kind.is_secret())
    }

    /// The name of a field that is a mapping of fields.
    fn group(&self, key: &str) -> bool {
        let group = |field: &Field| {
            matches!(field.kind, FieldKind::Group(_)) && field.spellings().any(|it| it == key)
        };
        let mut fields = self.catalog.iter().flat_map(|provider| provider.fields);
        fields.any(group)
    }

    fn any_field(&self, key: &str, test: impl Fn(&Field) -> bool + Copy) -> bool {
        fn within(fields: &[Field], key: &str, test: impl Fn(&Field) -> bool + Copy) -> bool {
            fields.iter().any(|field| match &field.kind {
                FieldKind::Group(inner) => within(inner, key, test),
                _ => field.spellings().any(|spelling| spelling == key) && test(field),
            })
        }
        self.catalog
            .iter()
            .any(|provider| within(provider.fields, key, test))
    }
}

/// A key whose values may all be secrets.
fn is_extra(key: &str) -> bool {
    Extras::KEYS.iter().any(|(extra, _)| *extra == key)
}

/// `$NAME` names a variable; that is no secret, and worth showing.
fn is_reference(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else {
        return false;
    };
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// A URL with a user or with a telling query.
fn url_with_secret(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    rest.contains('@')
        || rest
            .split_once('?')
            .is_some_and(|(_, query)| suspicious_at(query).is_some())
}

/// A key of MLflow's sections or of our own.
fn is_ours(key: &str) -> bool {
    let own = SECTIONS
        .iter()
        .flat_map(|section| section.keys)
        .any(|own| own.name == key);
    own || known::is_key(key) || key == "file"
}

/// A text that was meant as `key: value`.
fn key_and_value(text: &str) -> bool {
    suspicious_at(text)
        .and_then(|end| text.get(end..))
        .is_some_and(|rest| rest.contains([' ', ':', '=', '\n']))
}

/// Where the first suspicious word ends, in bytes.
fn suspicious_at(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    SUSPICIOUS
        .iter()
        .filter_map(|word| lower.find(word).map(|at| at + word.len()))
        .min()
}

/// Returns what to hide on one line of a file that is no YAML, so that there is no tree to ask.
pub(crate) fn line_regions(lines: &[&str], number: usize, catalog: &Catalog) -> Vec<Region> {
    let Some(line) = number.checked_sub(1).and_then(|index| lines.get(index)) else {
        return Vec::new();
    };
    let walk = Walk {
        catalog,
        root: None,
        regions: Vec::new(),
    };
    let hidden = if let Some(end) = suspicious_at(line) {
        let tail = line.get(end..).unwrap_or_default();
        let colon = tail.find(':').map_or(0, |at| at + 1);
        Some(end + colon)
    } else if walk.continues_secret(lines, number) || !walk.harmless_line(line) {
        Some(0)
    } else {
        // What stands between braces may be any key's value.
        line.find('{').map(|at| at + 1)
    };
    let Some(hidden) = hidden else {
        return Vec::new();
    };
    let (shown, rest) = line.split_at_checked(hidden).unwrap_or(("", line));
    let column = shown.chars().count() + indent(rest);
    let start = Mark {
        line: number,
        column,
    };
    vec![Region {
        start,
        end: Mark {
            line: number,
            column: usize::MAX,
        },
    }]
}

impl Walk<'_> {
    /// A line that begins with a key that is known to hold nothing secret, or has no words at all.
    fn harmless_line(&self, line: &str) -> bool {
        let start = line.trim_start_matches([' ', '\t', '-', '{', '[', '"', '\'']);
        let key: String = start
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        start.is_empty() || is_ours(&key) || self.harmless(&key) || self.group(&key)
    }

    /// A line that may belong to a key above it that is suspicious or not known: it stands deeper, or, as depths may be what
    /// is wrong, in a list item with values that are all hidden.
    fn continues_secret(&self, lines: &[&str], number: usize) -> bool {
        let Some((line, above)) = lines.get(..number).and_then(<[&str]>::split_last) else {
            return true;
        };
        let mut depth = indent(line);
        let mut same_item = true;
        for line in above.iter().rev().filter(|line| !line.trim().is_empty()) {
            let next = indent(line);
            if next < depth {
                if suspicious_at(line).is_some() || !self.harmless_line(line) {
                    return true;
                }
                depth = next;
            }
            if same_item && Extras::KEYS.iter().any(|(key, _)| line.contains(key)) {
                return true;
            }
            same_item &= !line.trim_start().starts_with("- ");
        }
        false
    }
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}
