//! Lists in Tidegate's own sections: origins and header names.

use crate::yaml::Value;
use crate::{SectionKind, known};

use super::{At, Reader};

impl Reader<'_> {
    /// Reads a list of texts, each through `check`, each kept once.
    pub(super) fn list(
        &mut self,
        at: &At<'_>,
        check: fn(&str) -> Result<String, String>,
    ) -> Option<Vec<String>> {
        let Value::Sequence(_) = at.node().value else {
            let help = "write `[a, b]`, or each item on its own line after `- `; `[]` for none";
            self.refuse(at, "must be a list", help);
            return None;
        };
        let mut list = Vec::new();
        for item in at.items() {
            let checked = match item.node().as_text() {
                Some(text) => check(text),
                None => Err("must be a text".to_owned()),
            };
            match checked {
                Ok(text) if list.contains(&text) => {}
                Ok(text) => list.push(text),
                Err(wanted) => self.refuse(&item, &wanted, "correct or remove this item"),
            }
        }
        Some(list)
    }
}

/// Checks an origin and writes it as browsers do: lower case, without the scheme's own port.
pub(super) fn origin(text: &str) -> Result<String, String> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    let wanted = || "must be an origin: `https://host`, `https://host:port` or `*`".to_owned();
    let url = url::Url::parse(text).map_err(|_| wanted())?;
    let (_, rest) = text.split_once("://").ok_or_else(wanted)?;
    if !url.has_host() || rest.contains(['/', '?', '#', '@', '\\']) || rest.trim() != rest {
        return Err(wanted());
    }
    Ok(match url.origin() {
        url::Origin::Tuple(..) => url.origin().ascii_serialization(),
        url::Origin::Opaque(_) => text.to_ascii_lowercase(),
    })
}

/// Checks the name of a header to forward.
pub(super) fn header(text: &str) -> Result<String, String> {
    let name = header_name(text).ok_or("must be the name of a header")?;
    if SectionKind::REFUSED_HEADERS.contains(&name.as_str()) {
        return Err(format!(
            "cannot be `{name}`: it carries the client's own credentials or belongs to its connection"
        ));
    }
    Ok(name)
}

/// Returns the name of a header in lower case, if it is one.
pub(super) fn header_name(text: &str) -> Option<String> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let good = !text.is_empty() && text.len() <= known::LONGEST_NAME && text.chars().all(token);
    good.then(|| text.to_ascii_lowercase())
}
