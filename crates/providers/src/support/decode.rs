//! What decoders of several providers share.

use serde::Deserialize;
use serde_json::Number;
use serde_json::value::RawValue;
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::frame::Frame;
use tidegate_wire::vector::Vector;

pub(crate) use tidegate_wire::count;

/// A decoder whose events are looked at, changed or left out on their way: for providers that speak another's dialect
/// with differences.
pub(crate) struct Mapped<D> {
    decoder: D,
    /// Returns what an event becomes; `None` leaves it out.
    map: fn(Event) -> Option<Event>,
}

impl<D: Decoder> Mapped<D> {
    pub(crate) fn new(decoder: D, map: fn(Event) -> Option<Event>) -> Self {
        Self { decoder, map }
    }
}

impl<D: Decoder> Decoder for Mapped<D> {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let mut events = Vec::new();
        self.decoder.frame(frame, &mut events)?;
        out.extend(events.into_iter().filter_map(self.map));
        Ok(())
    }

    fn complete(&self) -> bool {
        self.decoder.complete()
    }

    fn end(self: Box<Self>) -> Result<(), DecodeError> {
        Box::new(self.decoder).end()
    }
}

/// Takes the provider's name of the model away: the configured one is shown, as MLflow does for some providers.
pub(crate) fn unnamed_model(event: Event) -> Event {
    match event {
        Event::Started { id, created, .. } => Event::Started {
            id,
            model: None,
            created,
        },
        other => other,
    }
}

/// Reads JSON. The parser's words on a wrong type are kept back: they would repeat a piece of the answer.
pub(crate) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(bytes).map_err(|error| DecodeError::from_json(&error))
}

/// Returns an index of the event stream.
pub(crate) fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Begins a nameless answer and reads the texts of its choices in order.
pub(crate) fn texts(texts: impl IntoIterator<Item = String>, out: &mut Vec<Event>) {
    out.push(Event::nameless());
    let texts = texts.into_iter().enumerate();
    out.extend(texts.map(|(position, text)| Event::Text {
        choice: index(position),
        text,
    }));
}

/// Begins a nameless answer and reads the vectors of its texts in order.
pub(crate) fn vectors<'a>(
    vectors: impl IntoIterator<Item = &'a RawValue>,
    out: &mut Vec<Event>,
) -> Result<(), DecodeError> {
    out.push(Event::nameless());
    for (position, vector) in vectors.into_iter().enumerate() {
        out.push(embedding(position, vector)?);
    }
    Ok(())
}

/// Returns the vector of a text by its place among the texts. It must be a list of numbers, whose digits survive.
pub(crate) fn embedding(position: usize, vector: &RawValue) -> Result<Event, DecodeError> {
    parse::<Vec<Number>>(vector.get().as_bytes())?;
    Ok(Event::Embedding {
        index: index(position),
        vector: Vector::Numbers(vector.to_owned()),
    })
}

/// An answer that comes whole, from a provider that does not stream.
pub(crate) struct Plain {
    /// Reads the body.
    read: fn(&[u8], &mut Vec<Event>) -> Result<(), DecodeError>,
    done: bool,
}

impl Plain {
    pub(crate) fn new(read: fn(&[u8], &mut Vec<Event>) -> Result<(), DecodeError>) -> Self {
        Self { read, done: false }
    }
}

impl Decoder for Plain {
    fn frame(&mut self, frame: Frame<'_>, out: &mut Vec<Event>) -> Result<(), DecodeError> {
        let Frame::Whole(body) = frame else {
            return Err(DecodeError::Shape(
                "it is a stream, which was not asked for".to_owned(),
            ));
        };
        self.done = true;
        (self.read)(body, out)
    }

    fn complete(&self) -> bool {
        self.done
    }
}
