//! Embeddings by Amazon's Titan and Cohere's Embed models.
//!
//! Source: Bedrock's user guide, "Amazon Titan Text Embeddings" and "Cohere Embed".

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::event::{DecodeError, Event, ReportedError};
use tidegate_wire::{EmbeddingsRequest, Operation, Translation, Usage};

use super::model::{Form, Model};
use super::request::extra;
use crate::call::CallHead;
use crate::carriage::{Carriage, Carried, Others};
use crate::encoded::Encoded;
use crate::parameters::{NOTHING, Parameters, Standard};
use crate::support::decode::{embedding, parse, vectors};
use crate::support::fault::{self, refused};
use crate::support::prompt;

pub(super) static TITAN: Parameters = Parameters {
    operation: Operation::Embeddings,
    only: Some("Amazon Titan Embeddings"),
    reserved: &[("inputText", Standard::Input)],
    ..NOTHING
};

pub(super) static COHERE: Parameters = Parameters {
    operation: Operation::Embeddings,
    only: Some("Cohere Embed"),
    reserved: &[("texts", Standard::Input)],
    ..NOTHING
};

/// What becomes of requests to Titan Text Embeddings V2.
pub(super) static TITAN_2_CARRIED: Carriage = Carriage {
    operation: Operation::Embeddings,
    only: Some("Amazon Titan Text Embeddings V2"),
    members: &[
        ("dimensions", Carried::As("dimensions")),
        ("encoding_format", Carried::Here),
    ],
    contents: &[],
    others: Others::Body,
};

/// What becomes of requests to Titan Multimodal Embeddings.
pub(super) static TITAN_IMAGE_CARRIED: Carriage = Carriage {
    only: Some("Amazon Titan Multimodal Embeddings"),
    members: &[
        (
            "dimensions",
            Carried::As("embeddingConfig.outputEmbeddingLength"),
        ),
        ("encoding_format", Carried::Here),
    ],
    ..TITAN_2_CARRIED
};

/// What becomes of requests to models whose vectors have one length: Titan's first, and Cohere's before Embed 4.
pub(super) static FIXED_CARRIED: Carriage = Carriage {
    only: Some("older models of Amazon Titan and Cohere Embed"),
    members: &[("encoding_format", Carried::Here)],
    ..TITAN_2_CARRIED
};

/// What becomes of requests to Cohere Embed 4.
pub(super) static COHERE_CARRIED: Carriage = Carriage {
    only: Some("Cohere Embed 4"),
    members: &[
        ("dimensions", Carried::As("output_dimension")),
        ("encoding_format", Carried::Here),
    ],
    ..TITAN_2_CARRIED
};

/// Beginnings of names, and the tables for such models. The first that fits counts.
static TABLES: [(&str, &Carriage); 6] = [
    ("titan-embed-image", &TITAN_IMAGE_CARRIED),
    ("titan-embed-text-v1", &FIXED_CARRIED),
    ("titan-embed-g1", &FIXED_CARRIED),
    ("titan", &TITAN_2_CARRIED),
    ("embed-v", &COHERE_CARRIED),
    ("embed", &FIXED_CARRIED),
];

/// Writes a request.
pub(super) fn write(
    call: CallHead,
    form: Form,
    model: &Model,
    request: &EmbeddingsRequest,
) -> Result<Encoded, Fault> {
    let (body, report) = if call.faithful {
        carried(model, request)
    } else {
        let table = match form {
            Form::TitanEmbeddings => &TITAN,
            _ => &COHERE,
        };
        table.check_reserved(call, &request.extra)?;
        (extra(call, &request.extra), Translation::default())
    };
    let texts = prompt::texts(call, &request.input)?;
    let body = match form {
        Form::TitanEmbeddings => titan(call, body, texts)?,
        Form::CohereEmbeddings => cohere(body, texts),
        _ => return Err(fault::not_served(call.operation)),
    };
    Ok(Encoded {
        body,
        report,
        emulates_schema: false,
        lone_text: false,
    })
}

/// Returns the members that the model can be told.
fn carried(model: &Model, request: &EmbeddingsRequest) -> (Map<String, Value>, Translation) {
    let mut tables = TABLES.iter();
    let table = tables.find(|(begins, _)| model.name().starts_with(begins));
    let table = table.map_or(&FIXED_CARRIED, |(_, table)| *table);
    let mut members = request.extra.clone();
    members.retain(|_, value| !value.is_null());
    let (mut body, mut report) = (Map::new(), Translation::default());
    table.write(&members, &mut body, &mut report);
    (body, report)
}

/// Adds the text; Titan takes one.
fn titan(
    call: CallHead,
    mut body: Map<String, Value>,
    texts: Value,
) -> Result<Map<String, Value>, Fault> {
    let [text] = texts.as_array().map_or(&[][..], Vec::as_slice) else {
        let name = call.words.input();
        let text = format!(
            "Amazon Titan embeds one text a call, so `{name}` must be one text. Send one request for each text."
        );
        return Err(refused(call, text, name));
    };
    body.insert("inputText".to_owned(), text.clone());
    Ok(body)
}

/// Adds the texts. Cohere's models since the third generation, which are all that Bedrock has, must be told what they are;
/// where the client does not say, they are documents for a search.
fn cohere(mut body: Map<String, Value>, texts: Value) -> Map<String, Value> {
    body.entry("input_type")
        .or_insert_with(|| "search_document".into());
    body.insert("texts".to_owned(), texts);
    body
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
    let list: Vec<&RawValue> = if text.starts_with(b"{") {
        let typed: Typed<Vec<&RawValue>> = parse(text)?;
        typed
            .first()
            .ok_or_else(|| DecodeError::Shape("`embeddings` holds no known type".to_owned()))?
    } else {
        parse(text)?
    };
    vectors(list, out)
}
