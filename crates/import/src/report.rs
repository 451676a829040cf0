//! What is told on standard error.

use std::fmt::Write as _;

use crate::endpoints::Imported;
use crate::notes::Note;
use crate::variables::Variable;
use crate::yaml;

/// Widest column that others are aligned to.
const WIDEST: usize = 40;

impl Imported {
    /// Returns the variables to set before the gateway starts.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// True unless the config serves all that it stands for, at addresses that are known.
    pub fn needs_a_hand(&self) -> bool {
        self.entries.iter().any(|entry| {
            let mut models = entry.models.iter();
            let is_whole = models.all(|member| member.model.refusals.is_empty());
            entry.is_left() || entry.is_unsure() || !is_whole
        })
    }

    /// Returns the summary for a person; `file` is what the next command reads.
    pub fn report(&self, file: &str) -> String {
        let entries = self.entries.iter();
        let left = entries.filter(|entry| entry.is_left()).count();
        let plural = if self.endpoints == 1 { "" } else { "s" };
        let mut text = format!("{} endpoint{plural} of {}", self.endpoints, self.origin);
        if left > 0 {
            let _ = write!(
                text,
                ", {left} of them left as comments, to be finished by hand"
            );
        }
        text.push_str(".\n");
        let unsure = self.entries.iter().filter(|entry| entry.is_unsure());
        let unsure = unsure.count();
        if unsure > 0 {
            let _ = writeln!(
                text,
                "The address of {unsure} of them is not known: see to it before you set the key."
            );
        }
        let notes = self.all_notes();
        if !notes.is_empty() {
            text.push_str("\nNot carried over:\n");
            for note in notes {
                let _ = writeln!(text, "  {}", yaml::on_one_line(&note.to_string()));
            }
        }
        if !self.variables.is_empty() {
            text.push_str("\nSet before the start:\n");
            let names = self.variables.iter().map(|variable| variable.name.len());
            let width = names.filter(|width| *width <= WIDEST).max().unwrap_or(0);
            for Variable { name, holds } in &self.variables {
                let _ = writeln!(text, "  {name:<width$}  {}", yaml::on_one_line(holds));
            }
        }
        let _ = write!(text, "\nThen: tidegate check --config-path {file}\n");
        text
    }

    fn all_notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        for entry in &self.entries {
            let mut about = |name: &str, text: &str| {
                if let Some(same) = notes.iter_mut().find(|note| note.text == text) {
                    same.about.push(name.to_owned());
                    return;
                }
                notes.push(Note {
                    about: vec![name.to_owned()],
                    text: text.to_owned(),
                });
            };
            if !entry.refusals.is_empty() {
                about(&entry.name, &entry.refusals.join("; "));
            }
            for note in &entry.notes {
                about(&entry.name, note);
            }
            for member in &entry.models {
                let model = &member.model;
                if !model.refusals.is_empty() {
                    about(&member.name, &model.refusals.join("; "));
                }
                for note in &model.notes {
                    about(&member.name, note);
                }
            }
        }
        let first = self.notes.iter().cloned();
        let last = self.habits.iter().cloned();
        first.chain(notes).chain(last).collect()
    }
}
