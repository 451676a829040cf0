//! Names that stand for endpoints where a client's `model` names them: whole names first, then patterns in their order.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memmem;
use tidegate_config::AliasConfig;

use crate::endpoint::Endpoint;

/// All aliases of a config.
#[derive(Default)]
pub(crate) struct Aliases {
    exact: HashMap<Box<str>, Arc<Endpoint>>,
    patterns: Vec<(Pattern, Arc<Endpoint>)>,
}

impl Aliases {
    /// Builds the aliases; `find` knows the endpoints by name.
    pub(crate) fn of<'e>(
        config: &[AliasConfig],
        find: impl Fn(&str) -> Option<&'e Arc<Endpoint>>,
    ) -> Self {
        let mut aliases = Self::default();
        for AliasConfig { pattern, target } in config {
            let Some(endpoint) = find(target) else {
                continue;
            };
            if let Some(pattern) = Pattern::of(pattern) {
                aliases.patterns.push((pattern, endpoint.clone()));
            } else {
                let name = pattern.as_str().into();
                aliases.exact.insert(name, endpoint.clone());
            }
        }
        aliases
    }

    /// Returns what a name stands for.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Endpoint>> {
        self.exact.get(name).or_else(|| {
            let mut patterns = self.patterns.iter();
            let (_, endpoint) = patterns.find(|(pattern, _)| pattern.fits(name))?;
            Some(endpoint)
        })
    }
}

/// A name with `*` for any text: what it begins with, what it ends with, and what stands in between, in this order.
struct Pattern {
    start: String,
    middle: Vec<String>,
    end: String,
}

impl Pattern {
    /// Reads a pattern; `None` for a name without `*`.
    fn of(text: &str) -> Option<Self> {
        let (start, rest) = text.split_once('*')?;
        let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
        let middle = middle.split('*').filter(|piece| !piece.is_empty());
        Some(Self {
            start: start.to_owned(),
            middle: middle.map(str::to_owned).collect(),
            end: end.to_owned(),
        })
    }

    /// True for a name of this pattern. Takes time in proportion to the name, whatever it is.
    fn fits(&self, name: &str) -> bool {
        let inner = name.strip_prefix(&*self.start);
        let Some(mut left) = inner.and_then(|inner| inner.strip_suffix(&*self.end)) else {
            return false;
        };
        self.middle.iter().all(|piece| {
            let found = memmem::find(left.as_bytes(), piece.as_bytes());
            let rest = found.and_then(|at| left.get(at + piece.len()..));
            rest.is_some_and(|rest| {
                left = rest;
                true
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit() {
        for (pattern, fits, others) in [
            ("*", &["", "a", "é*"][..], &[][..]),
            (
                "claude-*",
                &["claude-", "claude-x-1"],
                &["claude", "xclaude-", "Claude-x"],
            ),
            ("*-mini", &["-mini", "gpt-4o-mini"], &["mini", "gpt-mini-"]),
            ("a*b", &["ab", "a-b", "abab"], &["a", "b", "aba", "ba"]),
            ("aa*aa", &["aaaa", "aaxaa"], &["aaa", "aa"]),
            (
                "claude-*-haiku-*",
                &["claude-3-haiku-", "claude-3-5-haiku-x"],
                &["claude-haiku-x", "claude-3-haiku"],
            ),
            ("a**b*c", &["abc", "axbxc"], &["acb", "ab"]),
            ("*b*b*", &["bb", "xbxbx"], &["b"]),
        ] {
            let parsed = Pattern::of(pattern).unwrap();
            for (names, want) in [(fits, true), (others, false)] {
                for name in names {
                    assert_eq!(parsed.fits(name), want, "{pattern} {name}");
                }
            }
        }
        assert!(Pattern::of("claude").is_none());
    }
}
