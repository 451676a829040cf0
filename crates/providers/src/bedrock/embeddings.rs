//! Embeddings by Amazon's Titan and Cohere's Embed models.
//!
//! Source: Bedrock's user guide, "Amazon Titan Text Embeddings" and "Cohere Embed".

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event, ReportedError};
use tidegate_wire::{EmbeddingsRequest, Operation, Usage};

use super::request::{extra, refused};
use crate::parameters::{NOTHING, Parameters, Standard};
use crate::provider::{CallHead, Encoded};
use crate::support::decode::{embedding, parse};
use crate::support::prompt;

static TITAN: Parameters = Parameters {
    operation: Operation::Embeddings,
    reserved: &[("inputText", Standard::Input)],
    ..NOTHING
};

static COHERE: Parameters = Parameters {
    operation: Operation::Embeddings,
    reserved: &[("texts", Standard::Input)],
    ..NOTHING
};

/// Writes a request to Titan, which takes one text.
pub(super) fn write_titan(call: CallHead, request: &EmbeddingsRequest) -> Result<Encoded, Fault> {
    TITAN.check_reserved(call, &request.extra)?;
    let texts = prompt::texts(call, &request.input)?;
    let [text] = texts.as_array().map_or(&[][..], Vec::as_slice) else {
        let name = call.words.input();
        let text = format!(
            "Amazon Titan embeds one text a call, so `{name}` must be one text. Send one request for each text."
        );
        return Err(refused(call, text, name));
    };
    let mut body = extra(call, &request.extra);
    body.insert("inputText".to_owned(), text.clone());
    Ok(Encoded::json(body))
}

/// Writes a request to Cohere. Its models since the third generation, which are all that Bedrock has, must be told what
/// the texts are; where the client does not say, they are documents for a search.
pub(super) fn write_cohere(call: CallHead, request: &EmbeddingsRequest) -> Result<Encoded, Fault> {
    COHERE.check_reserved(call, &request.extra)?;
    let texts = prompt::texts(call, &request.input)?;
    let mut body = extra(call, &request.extra);
    body.entry("input_type")
        .or_insert_with(|| "search_document".into());
    if call.faithful
        && let Some(length) = body.shift_remove("dimensions")
    {
        body.entry("output_dimension").or_insert(length);
    }
    body.insert("texts".to_owned(), texts);
    Ok(Encoded::json(body))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Titan<'a> {
    #[serde(borrow)]
    embedding: Option<&'a RawValue>,
    #[serde(borrow)]
    embeddings_by_type: Option<Typed<&'a RawValue>>,
    input_text_token_count: Option<u64>,
    /// Why there is no vector.
    message: Option<String>,
}

/// Vectors by type of number. Clients of one vector get floats, where there are such.
#[derive(Deserialize)]
struct Typed<T> {
    float: Option<T>,
    int8: Option<T>,
    uint8: Option<T>,
    binary: Option<T>,
    ubinary: Option<T>,
}

impl<T> Typed<T> {
    fn first(self) -> Option<T> {
        self.float
            .or(self.int8)
            .or(self.uint8)
            .or(self.binary)
            .or(self.ubinary)
    }
}

/// Reads an answer of Titan.
pub(super) fn read_titan(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Titan<'_> = parse(body)?;
    let typed = || answer.embeddings_by_type.and_then(Typed::first);
    let Some(vector) = answer.embedding.or_else(typed) else {
        return Err(match answer.message {
            Some(message) => DecodeError::Reported(ReportedError {
                message,
                kind: None,
                code: None,
                status: None,
            }),
            None => DecodeError::Shape("it has no `embedding`".to_owned()),
        });
    };
    out.push(Event::nameless());
    out.push(embedding(0, vector)?);
    if let Some(count) = answer.input_text_token_count {
        out.push(Event::Usage(Usage {
            prompt_tokens: Some(count),
            total_tokens: Some(count),
            ..Usage::default()
        }));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Cohere<'a> {
    #[serde(borrow)]
    embeddings: &'a RawValue,
}

/// Reads an answer of Cohere: a list of vectors, or one for each type that was asked for.
pub(super) fn read_cohere(body: &[u8], out: &mut Vec<Event>) -> Result<(), DecodeError> {
    let answer: Cohere<'_> = parse(body)?;
    let text = answer.embeddings.get().as_bytes();
    let vectors: Vec<&RawValue> = if text.starts_with(b"{") {
        let typed: Typed<Vec<&RawValue>> = parse(text)?;
        typed
            .first()
            .ok_or_else(|| DecodeError::Shape("`embeddings` holds no known type".to_owned()))?
    } else {
        parse(text)?
    };
    out.push(Event::nameless());
    for (position, vector) in vectors.into_iter().enumerate() {
        out.push(embedding(position, vector)?);
    }
    Ok(())
}
