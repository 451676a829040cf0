//! The environment variables that hold the keys: the provider's usual one, or one named like the secret where two
//! secrets would need the same or the usual one means more than this endpoint.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::names;

/// Variables that cloud libraries read by themselves: a key of one endpoint in them would become the identity of others.
const SPOKEN_FOR: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "GOOGLE_APPLICATION_CREDENTIALS",
];

/// A variable to set before the gateway starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What goes into it, for people.
    pub holds: String,
}

/// A key as an endpoint needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct KeyUse {
    /// The id of MLflow's secret; empty if it is gone.
    pub(crate) secret: String,
    pub(crate) secret_name: String,
    /// The part of the secret.
    pub(crate) part: String,
    /// The variable that usually holds it.
    pub(crate) usual: String,
}

impl KeyUse {
    pub(crate) fn holds(&self) -> String {
        if self.secret_name.is_empty() {
            return format!("the {}; MLflow names no secret", self.part);
        }
        format!("{} of MLflow's secret `{}`", self.part, self.secret_name)
    }
}

/// Names a variable for each key.
pub(crate) fn assign(uses: impl IntoIterator<Item = KeyUse>) -> HashMap<KeyUse, String> {
    let uses: BTreeSet<KeyUse> = uses.into_iter().collect();
    let mut by_usual: BTreeMap<&str, Vec<&KeyUse>> = BTreeMap::new();
    for key in &uses {
        by_usual.entry(&key.usual).or_default().push(key);
    }
    // No secret may get a name that usually means another one.
    let usual = by_usual.keys().copied();
    let mut taken: HashSet<String> = usual.chain(SPOKEN_FOR).map(str::to_owned).collect();
    let mut assigned = HashMap::new();
    let mut several: Vec<&KeyUse> = Vec::new();
    for (usual, keys) in &by_usual {
        match keys.as_slice() {
            [key] if !SPOKEN_FOR.contains(usual) => {
                assigned.insert((*key).clone(), (*usual).to_owned());
            }
            keys => several.extend(keys),
        }
    }
    let mut given = HashSet::new();
    several.sort_by_key(|key| (&key.secret_name, &key.part, &key.secret));
    for key in several {
        let name = match named_like(key) {
            Some(name) => names::unique(&name, '_', &mut taken),
            None if !SPOKEN_FOR.contains(&key.usual.as_str()) && given.insert(&key.usual) => {
                key.usual.clone()
            }
            None => names::unique(&key.usual, '_', &mut taken),
        };
        assigned.insert(key.clone(), name);
    }
    assigned
}

/// Names a variable like its secret, if that has letters or digits.
fn named_like(key: &KeyUse) -> Option<String> {
    let stem = names::variable(&key.secret_name);
    let part = names::variable(&key.part);
    if stem.is_empty() {
        return None;
    }
    let says_so = stem.ends_with(&part) || (part == "API_KEY" && stem.ends_with("_KEY"));
    Some(if says_so {
        stem
    } else {
        format!("{stem}_{part}")
    })
}
