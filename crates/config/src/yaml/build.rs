//! Builds the tree from the parser's events: anchors and aliases, merge keys, tags, repeated keys, caps.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, Span};

use crate::known;

use super::node::{Entry, Mark, Node, Region, Value};
use super::syntax::{Syntax, check_characters, syntax};
use super::tag::{check_tag, typed};
use super::{MAX_ALIASED, MAX_DEPTH};

/// A whole file.
pub(crate) struct Document {
    /// The document; none when the file is empty.
    pub(crate) root: Option<Rc<Node>>,
    /// Keys that stand twice in one mapping.
    pub(crate) repeated: Vec<Repeated>,
}

/// A key that stands twice in one mapping; the later one counts.
pub(crate) struct Repeated {
    /// The key's path.
    pub(crate) path: String,
    /// The key's name.
    pub(crate) key: String,
    /// Line of the first.
    pub(crate) first_line: usize,
    /// Place of the later one.
    pub(crate) region: Region,
}

/// Reads one document.
pub(crate) fn parse(text: &str) -> Result<Document, Syntax> {
    check_characters(text)?;
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| Syntax {
            detail: error.info().to_owned(),
            region: point(*error.marker()),
        })?;
        builder.take(event, region(span))?;
    }
    Ok(Document {
        root: builder.root,
        repeated: builder.repeated,
    })
}

/// A collection that is being read.
enum Frame {
    Sequence {
        items: Vec<Rc<Node>>,
        anchor: usize,
        region: Region,
    },
    Mapping {
        pairs: Vec<(Rc<Node>, Rc<Node>)>,
        key: Option<Rc<Node>>,
        anchor: usize,
        region: Region,
    },
}

#[derive(Default)]
struct Builder {
    root: Option<Rc<Node>>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Rc<Node>>,
    aliased: usize,
    documents: usize,
    repeated: Vec<Repeated>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, region: Region) -> Result<(), Syntax> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return syntax(
                        region,
                        "a second document begins here; the file must hold one",
                    );
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = typed(&text, style, tag.as_deref(), region)?;
                let node = Node {
                    region,
                    text: text.into_owned(),
                    value,
                    size: 1,
                    height: 1,
                };
                self.place(Rc::new(node), anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                check_tag(tag.as_deref(), "seq", region)?;
                self.open(
                    Frame::Sequence {
                        items: Vec::new(),
                        anchor,
                        region,
                    },
                    region,
                )
            }
            Event::MappingStart(anchor, tag) => {
                check_tag(tag.as_deref(), "map", region)?;
                self.open(
                    Frame::Mapping {
                        pairs: Vec::new(),
                        key: None,
                        anchor,
                        region,
                    },
                    region,
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(region.end),
            Event::Alias(anchor) => self.alias(anchor, region),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, frame: Frame, region: Region) -> Result<(), Syntax> {
        self.stack.push(frame);
        if self.stack.len() >= MAX_DEPTH {
            return syntax(region, too_deep());
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, region: Region) -> Result<(), Syntax> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return syntax(
                region,
                "the alias stands inside the value that it refers to",
            );
        };
        self.aliased = self.aliased.saturating_add(node.size);
        if self.aliased > MAX_ALIASED {
            return syntax(
                region,
                format!("aliases write out more than {MAX_ALIASED} values"),
            );
        }
        if self.stack.len().saturating_add(node.height) > MAX_DEPTH {
            return syntax(region, too_deep());
        }
        self.place(node, 0)
    }

    fn close(&mut self, end: Mark) -> Result<(), Syntax> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let (node, anchor) = match frame {
            Frame::Sequence {
                items,
                anchor,
                region,
            } => {
                let region = collection_region(region, end, items.first());
                (Node::collection(region, Value::Sequence(items)), anchor)
            }
            Frame::Mapping {
                pairs,
                anchor,
                region,
                ..
            } => {
                let region = collection_region(region, end, pairs.first().map(|(key, _)| key));
                let entries = self.entries(pairs)?;
                (Node::collection(region, Value::Mapping(entries)), anchor)
            }
        };
        self.place(Rc::new(node), anchor)
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, node: Rc<Node>, anchor: usize) -> Result<(), Syntax> {
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::Sequence { items, .. }) => items.push(node),
            Some(Frame::Mapping { pairs, key, .. }) => match key.take() {
                Some(key) => pairs.push((key, node)),
                None if matches!(node.value, Value::Sequence(_) | Value::Mapping(_)) => {
                    return syntax(node.region, "a list or a mapping cannot be a key");
                }
                None => *key = Some(node),
            },
        }
        Ok(())
    }

    /// Applies merge keys, then lets the last of several equal keys win.
    fn entries(&mut self, pairs: Vec<(Rc<Node>, Rc<Node>)>) -> Result<Vec<Entry>, Syntax> {
        let mut merged = Vec::new();
        let mut own = Vec::new();
        for (key, value) in pairs {
            if is_merge(&key) {
                merge(&value, &mut merged)?;
            } else {
                own.push(Entry { key, value });
            }
        }
        let prefix = self.path();
        let mut places: HashMap<(bool, String), (usize, Option<usize>)> = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        let merged = merged.into_iter().map(|entry| (entry, false));
        for (entry, is_own) in merged.chain(own.into_iter().map(|entry| (entry, true))) {
            let line = is_own.then_some(entry.key.region.start.line);
            let identity = (
                matches!(entry.key.value, Value::Text),
                entry.key.text.clone(),
            );
            match places.entry(identity) {
                Slot::Vacant(slot) => {
                    slot.insert((entries.len(), line));
                    entries.push(entry);
                }
                Slot::Occupied(mut slot) => {
                    let (index, earlier) = *slot.get();
                    if let (Some(first_line), true) = (earlier, is_own) {
                        self.repeated.push(Repeated {
                            path: join(&prefix, known::shown(&entry.key.text)),
                            key: entry.key.text.clone(),
                            first_line,
                            region: entry.key.region,
                        });
                    }
                    slot.insert((index, line));
                    if let Some(place) = entries.get_mut(index) {
                        *place = entry;
                    }
                }
            }
        }
        Ok(entries)
    }

    /// Returns the path of the collection that has just been taken off the stack.
    fn path(&self) -> String {
        self.stack
            .iter()
            .fold(String::new(), |path, frame| match frame {
                Frame::Sequence { items, .. } => join(&path, &items.len().to_string()),
                Frame::Mapping { key, .. } => key
                    .as_ref()
                    .map_or(path.clone(), |key| join(&path, known::shown(&key.text))),
            })
    }
}

impl Node {
    fn collection(region: Region, value: Value) -> Self {
        let (mut size, mut height) = (1_usize, 0_usize);
        let mut count = |node: &Node| {
            size = size.saturating_add(node.size);
            height = height.max(node.height);
        };
        match &value {
            Value::Sequence(items) => items.iter().for_each(|item| count(item)),
            Value::Mapping(entries) => entries.iter().for_each(|entry| {
                count(&entry.key);
                count(&entry.value);
            }),
            _ => {}
        }
        Self {
            region,
            text: String::new(),
            value,
            size,
            height: height.saturating_add(1),
        }
    }
}

/// A block collection has no opening character, so its first child is underlined.
fn collection_region(start: Region, end: Mark, first: Option<&Rc<Node>>) -> Region {
    let empty = start.start == start.end || start.start.line != start.end.line;
    match first {
        Some(first) if empty => first.region,
        _ => Region {
            start: start.start,
            end: end.max(start.end),
        },
    }
}

fn is_merge(key: &Node) -> bool {
    // A quoted `"<<"` is longer than two characters in the file, and an ordinary key.
    let width = key
        .region
        .end
        .column
        .saturating_sub(key.region.start.column);
    key.text == "<<" && width == 2 && matches!(key.value, Value::Text)
}

fn merge(value: &Node, merged: &mut Vec<Entry>) -> Result<(), Syntax> {
    const WANTED: &str = "`<<` wants a mapping or a list of mappings";
    match &value.value {
        Value::Mapping(entries) => merged.extend(entries.iter().cloned()),
        Value::Sequence(items) => {
            // The first of several wins, so it is put last.
            for item in items.iter().rev() {
                let Value::Mapping(entries) = &item.value else {
                    return syntax(item.region, WANTED);
                };
                merged.extend(entries.iter().cloned());
            }
        }
        _ => return syntax(value.region, WANTED),
    }
    Ok(())
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn mark(marker: Marker) -> Mark {
    Mark {
        line: marker.line(),
        column: marker.col(),
    }
}

fn point(marker: Marker) -> Region {
    Region {
        start: mark(marker),
        end: mark(marker),
    }
}

fn region(span: Span) -> Region {
    Region {
        start: mark(span.start),
        end: mark(span.end),
    }
}
