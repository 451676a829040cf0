//! What leaves for the client, its record closed: good answers and failures.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tidegate_wire::Usage;
use tidegate_wire::dialect::Dialect;

use crate::body::{Body, StreamBody};
use crate::call::{Failed, Outgoing, annotate};
use crate::fault;
use crate::record::{Outcome, Record};

/// A good answer, before its record is closed.
pub(crate) struct Answered {
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

/// What a good answer carries.
pub(crate) enum Content {
    /// A whole JSON body.
    Plain(Written),
    /// A whole event stream.
    Events(Written),
    /// A running event stream.
    Stream(Box<StreamBody>),
}

/// A body and what it tells the record.
pub(crate) struct Written {
    pub(crate) body: Bytes,
    pub(crate) usage: Option<Usage>,
    pub(crate) model: Option<String>,
}

/// Closes the record of a good answer and hands it out.
pub(crate) fn deliver(answered: Answered, mut record: Record) -> Outgoing {
    let Answered {
        mut headers,
        content,
    } = answered;
    record.status = StatusCode::OK.as_u16();
    annotate(&mut headers, &record);
    let json = HeaderValue::from_static("application/json");
    let body = match content {
        Content::Plain(written) => {
            headers.insert(header::CONTENT_TYPE, json);
            close(written, &mut record)
        }
        Content::Events(written) => {
            event_stream(&mut headers);
            close(written, &mut record)
        }
        Content::Stream(mut stream) => {
            event_stream(&mut headers);
            stream.carry(record);
            Body::Stream(stream)
        }
    };
    Outgoing {
        status: StatusCode::OK,
        headers,
        body,
    }
}

fn close(written: Written, record: &mut Record) -> Body {
    record.outcome = Outcome::Ok;
    record.bytes_out = written.body.len();
    record.usage = written.usage;
    record.model = written.model.or(record.model.take());
    Body::Full(written.body)
}

fn event_stream(headers: &mut HeaderMap) {
    let event_stream = HeaderValue::from_static("text/event-stream; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, event_stream);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    unbuffered(headers);
}

/// A proxy that buffers (nginx) would hold a stream back; this header tells it not to.
pub(crate) fn unbuffered(headers: &mut HeaderMap) {
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
}

/// Writes a failure in the client's dialect and closes its record.
pub(crate) fn refuse(failed: Failed, dialect: &dyn Dialect, mut record: Record) -> Outgoing {
    let Failed {
        fault,
        mut headers,
        outcome,
    } = failed;
    let (status, body) = dialect.error(&fault);
    record.status = status;
    record.outcome = outcome;
    record.error = Some(fault::for_log(&fault));
    record.bytes_out = body.len();
    annotate(&mut headers, &record);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Outgoing {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        headers: *headers,
        body: Body::Full(body),
    }
}
