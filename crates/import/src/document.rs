//! The config file as a text, with its comments.

use std::fmt::Write as _;

use crate::endpoints::{Imported, Member};
use crate::model::Written;
use crate::yaml::{self, Node};

/// Longest line of a comment, in characters.
const WIDTH: usize = 110;

/// What stands for one endpoint of MLflow's: one endpoint, or several and a traffic split over them.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) endpoint_type: &'static str,
    pub(crate) is_split: bool,
    pub(crate) models: Vec<Member>,
    /// What is not carried over.
    pub(crate) notes: Vec<String>,
    /// Why it cannot be served.
    pub(crate) refusals: Vec<String>,
}

impl Entry {
    /// True if it stands in the file as a comment.
    pub(crate) fn is_left(&self) -> bool {
        !self.refusals.is_empty()
            || self
                .served()
                .all(|member| member.weight == 0 && self.is_split)
    }

    /// True if one of its models may be asked at a wrong address.
    pub(crate) fn is_unsure(&self) -> bool {
        !self.is_left() && self.served().any(|member| member.model.may_live_elsewhere)
    }

    /// Returns the models that can be served.
    pub(crate) fn served(&self) -> impl Iterator<Item = &Member> {
        let models = self.models.iter();
        models.filter(|member| self.refusals.is_empty() && member.model.refusals.is_empty())
    }
}

impl Imported {
    /// Returns the config file.
    pub fn config(&self) -> String {
        let mut text = String::new();
        self.head(&mut text);
        if self.entries.iter().all(Entry::is_left) {
            text.push_str("\nendpoints: []\n");
        } else {
            text.push_str("\nendpoints:\n");
        }
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            self.entry(&mut text, entry);
        }
        if !self.aliases.is_empty() {
            text.push_str("\n# MLflow's own names, for paths where `model` in the body names the endpoint.\naliases:\n");
            for (alias, name) in &self.aliases {
                let _ = writeln!(text, "  {}: {}", yaml::text(alias), yaml::text(name));
            }
        }
        text
    }

    fn head(&self, text: &mut String) {
        comment(
            text,
            "",
            &format!(
                "Made by `tidegate import mlflow` from {}. MLflow shows no keys: each is read from an environment variable.",
                self.origin
            ),
        );
        if !self.variables.is_empty() {
            text.push_str("#\n# Set before the start:\n");
            for variable in &self.variables {
                bullet(text, &format!("{}: {}", variable.name, variable.holds));
            }
        }
        text.push_str("#\n");
        comment(
            text,
            "",
            "MLflow's endpoints answer chat and embeddings alike, here each has one type. It follows from the model's name: \
             change `endpoint_type` where that is wrong.",
        );
        if !self.notes.is_empty() || !self.habits.is_empty() {
            text.push_str("#\n# Not carried over:\n");
            for note in self.notes.iter().chain(&self.habits) {
                bullet(text, &note.to_string());
            }
        }
    }

    fn entry(&self, text: &mut String, entry: &Entry) {
        left_out(text, &entry.name, &entry.refusals);
        for note in &entry.notes {
            comment(text, "  ", &sentence(note));
        }
        for (index, member) in entry.models.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            let left = !entry.refusals.is_empty() || !member.model.refusals.is_empty();
            left_out(text, &member.name, &member.model.refusals);
            for note in &member.model.notes {
                comment(text, "  ", &sentence(note));
            }
            if let Some(claim) = member
                .model
                .process
                .as_ref()
                .filter(|claim| claim.key.is_some())
            {
                comment(
                    text,
                    "  ",
                    &format!("Its key is read from {}.", claim.variable),
                );
            }
            block(text, &self.endpoint(entry, member), left);
        }
        if entry.is_split {
            text.push('\n');
            block(text, &split(entry), entry.is_left());
        }
    }

    fn endpoint(&self, entry: &Entry, member: &Member) -> Node {
        let model = &member.model;
        let mut config: Vec<(String, Node)> = Vec::new();
        if let Some(group) = model.group {
            config.push((group.to_owned(), Node::Mapping(Vec::new())));
        }
        for (path, value) in &model.config {
            let value = match value {
                Written::Text(text) => Node::Text(text.clone()),
                Written::Key(key) => {
                    Node::Variable(self.assigned.get(key).cloned().unwrap_or_default())
                }
            };
            put(&mut config, path, value);
        }
        let mut inner = vec![("provider".to_owned(), Node::Text(model.provider.clone()))];
        if !model.name.is_empty() {
            inner.push(("name".to_owned(), Node::Text(model.name.clone())));
        }
        if !config.is_empty() {
            inner.push(("config".to_owned(), Node::Mapping(config)));
        }
        Node::Mapping(vec![
            ("name".to_owned(), Node::Text(member.name.clone())),
            (
                "endpoint_type".to_owned(),
                Node::Text(entry.endpoint_type.to_owned()),
            ),
            ("model".to_owned(), Node::Mapping(inner)),
        ])
    }
}

fn split(entry: &Entry) -> Node {
    let destination = |member: &Member| {
        Node::Mapping(vec![
            ("name".to_owned(), Node::Text(member.name.clone())),
            ("traffic_percentage".to_owned(), Node::Number(member.weight)),
        ])
    };
    // A split that is left out is shown whole.
    let destinations = if entry.is_left() {
        entry.models.iter().map(destination).collect()
    } else {
        entry.served().map(destination).collect()
    };
    Node::Mapping(vec![
        ("name".to_owned(), Node::Text(entry.name.clone())),
        (
            "task_type".to_owned(),
            Node::Text(entry.endpoint_type.to_owned()),
        ),
        ("destinations".to_owned(), Node::List(destinations)),
    ])
}

/// Puts a value below a path of keys with dots between them.
fn put(pairs: &mut Vec<(String, Node)>, path: &str, value: Node) {
    let Some((level, rest)) = path.split_once('.') else {
        pairs.push((path.to_owned(), value));
        return;
    };
    if !pairs.iter().any(|(key, _)| key == level) {
        pairs.push((level.to_owned(), Node::Mapping(Vec::new())));
    }
    let found = pairs.iter_mut().find(|(key, _)| key == level);
    if let Some((_, Node::Mapping(inner))) = found {
        put(inner, rest, value);
    }
}

fn block(text: &mut String, node: &Node, left: bool) {
    let mark = if left { "# " } else { "" };
    for line in yaml::item(node) {
        let _ = writeln!(text, "  {mark}{line}");
    }
}

fn left_out(text: &mut String, name: &str, refusals: &[String]) {
    if !refusals.is_empty() {
        let why = refusals.join("; ");
        comment(text, "  ", &format!("`{name}` is left out: {why}."));
    }
}

fn sentence(note: &str) -> String {
    let mut characters = note.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}

fn bullet(text: &mut String, said: &str) {
    for (index, line) in wrap(said, WIDTH - 4).iter().enumerate() {
        let mark = if index == 0 { "-" } else { " " };
        let _ = writeln!(text, "# {mark} {line}");
    }
}

fn comment(text: &mut String, indent: &str, said: &str) {
    for line in wrap(said, WIDTH - indent.len() - 2) {
        let _ = writeln!(text, "{indent}# {line}");
    }
}

/// Breaks a text between words; what would end a comment becomes a blank.
fn wrap(said: &str, width: usize) -> Vec<String> {
    let clean = yaml::on_one_line(said);
    let mut lines: Vec<String> = Vec::new();
    for word in clean.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
