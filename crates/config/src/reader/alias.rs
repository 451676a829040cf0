//! Aliases: names that stand for an endpoint or a split, whole or with `*` for any part.

use std::collections::HashSet;

use crate::yaml::{Entry, Value};
use crate::{AliasConfig, Problem, known};

use super::{At, Reader};

/// How key paths of aliases begin.
pub(super) const BELOW: &str = "aliases.";

impl Reader<'_> {
    /// Reads `aliases:`; `names` are those of the endpoints and splits.
    pub(super) fn aliases(
        &mut self,
        at: Option<&At<'_>>,
        names: &HashSet<&str>,
    ) -> Vec<AliasConfig> {
        const HELP: &str =
            "write `NAME: ENDPOINT`, one to a line; `*` in a name stands for any text";
        let Some(at) = at else {
            return Vec::new();
        };
        if !matches!(at.node().value, Value::Mapping(_)) {
            self.refuse(at, "must be a mapping of names to endpoints", HELP);
            return Vec::new();
        }
        let pairs = at.entries().iter().zip(at.children());
        pairs
            .filter_map(|(entry, (_, target))| {
                let pattern = self.alias(entry, &target, names)?;
                let target = self.stands_for(&target, names)?;
                Some(AliasConfig { pattern, target })
            })
            .collect()
    }

    /// Reads the name that clients send.
    fn alias(&mut self, entry: &Entry, at: &At<'_>, names: &HashSet<&str>) -> Option<String> {
        let name = entry.key.text.as_str();
        let (message, help) = if entry.key.as_text().is_none() {
            ("an alias must be a text", "put the name in quotes")
        } else if name.is_empty() {
            (
                "an alias has an empty name",
                "write the name that clients send as `model`",
            )
        } else if name.len() > known::LONGEST_NAME {
            (
                "an alias is at most 256 bytes long",
                "write a shorter name, or one with `*`",
            )
        } else if names.contains(name) {
            (
                "an alias has the name of an endpoint, so it would never be used",
                "rename the endpoint, or remove the alias",
            )
        } else {
            return Some(name.to_owned());
        };
        self.push(
            Problem::error(message)
                .at(at.path(), entry.key.region.span())
                .help(help),
        );
        None
    }

    /// Reads what an alias stands for.
    fn stands_for(&mut self, at: &At<'_>, names: &HashSet<&str>) -> Option<String> {
        let target = self.text(at)?;
        if names.contains(target) {
            return Some(target.to_owned());
        }
        let mut known: Vec<&str> = names.iter().copied().collect();
        known.sort_unstable();
        let help = match known::nearest(target, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "define an endpoint with this name".to_owned(),
            None => format!("use {}", known::choices(known.into_iter().take(10))),
        };
        let message = "an alias stands for no endpoint or traffic split of this file";
        self.push(Problem::error(message).at(at.path(), at.span()).help(help));
        None
    }
}
