//! A call's life, from top to bottom.

use std::ops::Range;
use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::Method;
use serde_json::Value;
use tidegate_providers::{CallHead, Encoded, ModelEdit, Native, Provider, refuse_foreign};
use tidegate_wire::dialect::Fault;
use tidegate_wire::json::{Member, peek};
use tidegate_wire::{Asked, Operation, Translation};
use tokio::time::Instant;

use crate::answer::{Manner, Reader};
use crate::call::{self, Failed, Incoming, Outgoing, Peeked, Refusal};
use crate::delivery::{self, Answered};
use crate::endpoint::{Endpoint, Target};
use crate::limit::Limiter;
use crate::record::Record;
use crate::snapshot::Snapshot;
use crate::upstream::{Outbound, Pieces, Wants};
use crate::{counting, fault, request};

/// The gateway: the current snapshot, and the counters that outlive it.
pub struct Gateway {
    snapshots: ArcSwap<Snapshot>,
    pub(crate) limiter: Limiter,
}

/// A call with its target chosen and its request written.
pub(crate) struct Prepared {
    pub(crate) target: Arc<Target>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) head: CallHead,
    pub(crate) body: Pieces,
    pub(crate) manner: Manner,
}

impl Gateway {
    /// Starts with a first snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshots: ArcSwap::from_pointee(snapshot),
            limiter: Limiter::default(),
        }
    }

    /// Returns the current snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.load_full()
    }

    /// Puts a new snapshot in place. Calls in flight end on the one they began with.
    pub fn replace(&self, snapshot: Snapshot) {
        self.snapshots.store(Arc::new(snapshot));
    }

    /// Carries out a call. Errors are answers too, written in the client's dialect.
    pub async fn call(&self, incoming: Incoming) -> Outgoing {
        let mut record = Record::open(
            request::request_id(incoming.headers.get("x-request-id")),
            incoming.door,
            incoming.endpoint.name.clone(),
            Some(incoming.endpoint.operation),
            incoming.body.len(),
            incoming.snapshot.access.clone(),
        );
        let dialect = incoming.dialect;
        match self.attempt(&incoming, &mut record).await {
            Ok(answer) => delivery::deliver(answer, record),
            Err(failed) => delivery::refuse(failed, dialect, record),
        }
    }

    /// Refuses a call that found no endpoint, or whose body could not be read.
    pub fn refuse(refused: Refusal<'_>) -> Outgoing {
        let Refusal {
            snapshot,
            dialect,
            door,
            headers,
            bytes_in,
            fault,
        } = refused;
        let record = Record::open(
            request::request_id(headers.get("x-request-id")),
            door,
            "".into(),
            None,
            bytes_in,
            snapshot.access.clone(),
        );
        delivery::refuse(fault.into(), dialect, record)
    }

    async fn attempt(&self, incoming: &Incoming, record: &mut Record) -> Result<Answered, Failed> {
        let limits = &incoming.snapshot.limits;
        let deadline = Instant::now() + limits.total_timeout;
        let target = choose(&incoming.endpoint)?;
        record.provider = target.spec.fields.name;
        record.model.clone_from(&target.model);
        if counting::is_done_here(incoming, &target) {
            let counted = counting::prepare(incoming, &target, record)?;
            self.admit(&target, incoming)?;
            return Ok(counted.answered());
        }
        let prepared = prepare(incoming, target, record)?;
        self.admit(&prepared.target, incoming)?;
        let Prepared {
            target,
            provider,
            head,
            body,
            manner,
        } = prepared;
        let mut upstream_head = provider.head(&head);
        request::forward(
            &incoming.headers,
            target.spec.client_headers,
            &incoming.snapshot.forward,
            &mut upstream_head.headers,
        );
        target.extras.add(&mut upstream_head)?;
        let outbound = Outbound {
            transport: upstream_head.transport,
            signer: target.signer.clone(),
            method: Method::POST,
            headers: upstream_head.headers,
            body,
            operation: head.operation,
            wants: if head.streams {
                Wants::Stream(provider.framing(&head))
            } else {
                Wants::Json
            },
        };
        record.sent = Some(Instant::now());
        let sent = incoming
            .snapshot
            .upstream
            .send(outbound, limits, deadline)
            .await;
        record.answered = Some(Instant::now());
        // Whoever gives credentials may repeat the key that it was asked with.
        let mut answer = sent.map_err(|fault| Fault {
            message: target.masker.text(&fault.message),
            ..fault
        })?;
        let secrets = std::mem::take(&mut answer.secrets);
        let reader = Reader {
            masker: (!secrets.is_empty()).then(|| target.masker.with(secrets)),
            target,
            provider,
            head,
            manner,
            incoming,
            id: record.id.clone(),
            deadline,
        };
        reader.read(answer).await
    }

    /// Counts a call against its target's limit.
    fn admit(&self, target: &Target, incoming: &Incoming) -> Result<(), Failed> {
        if let Some(limit) = &target.limit {
            let (endpoint, peer) = (&target.endpoint, incoming.peer);
            self.limiter.admit(endpoint, limit, peer, Instant::now())?;
        }
        Ok(())
    }
}

/// Writes the request: as it came where both sides speak the same dialect, else translated.
fn prepare(
    incoming: &Incoming,
    target: Arc<Target>,
    record: &mut Record,
) -> Result<Prepared, Failed> {
    let operation = incoming.endpoint.operation;
    if let (Some((native, peeked)), Some(provider)) = (&incoming.native, &target.provider)
        && provider.speaks(operation, *native)
        && target.spec.operations.contains(&operation)
        && let Some(tap) = incoming.dialect.tap()
    {
        let head = CallHead {
            streams: peeked.streams && *native != Native::CountTokens,
            faithful: incoming.faithful,
            native: Some(*native),
            ..CallHead::of(operation)
        };
        let (came, model, report) = passing(incoming, peeked)?;
        let body = if provider.needs_adapting(&head, &came) {
            let members = call::members(incoming, &came)?;
            let mut adapted = provider.adapt(&head, members, &incoming.headers)?;
            adapted.report.add(report);
            written(adapted, incoming, record)?
        } else {
            tell(&report, incoming, record)?;
            edit_model(&came, model.as_ref(), provider.model_edit(&head))
        };
        let provider = provider.clone();
        record.streamed = head.streams;
        return Ok(Prepared {
            target,
            provider,
            head,
            body,
            manner: Manner::Native(tap),
        });
    }

    let decoded = call::decode(incoming)?;
    let streams = decoded.asked.streams();
    let provider = able(&target, operation, streams)?;
    let mut head = CallHead {
        streams,
        faithful: incoming.faithful,
        words: decoded.words,
        ..CallHead::of(operation)
    };
    let mut encoded = match decoded.asked {
        Asked::Request(request) => provider.encode(&head, &request)?,
        Asked::Conversation(asked) => {
            refuse_foreign(&asked)?;
            provider.converse(&head, asked)?
        }
    };
    encoded.report.add(decoded.report);
    head.emulates_schema = encoded.emulates_schema;
    head.lone_text = encoded.lone_text;
    record.streamed = streams;
    Ok(Prepared {
        target,
        provider,
        head,
        body: written(encoded, incoming, record)?,
        manner: Manner::Translated(decoded.voice),
    })
}

/// Returns the client's body as a provider of its dialect may see it, where its model stands, and what was left out.
fn passing(
    incoming: &Incoming,
    peeked: &Peeked,
) -> Result<(Bytes, Option<Member>, Translation), Fault> {
    let mut unsealed = None;
    if incoming.dialect.may_be_sealed(&incoming.body) {
        call::check_values(incoming)?;
        unsealed = incoming.dialect.unsealed(&incoming.body);
    }
    let Some((body, report)) = unsealed else {
        let model = peeked.model.clone();
        return Ok((incoming.body.clone(), model, Translation::default()));
    };
    let found = peek(&body, ["model"], incoming.snapshot.server.max_json_depth);
    let model = found.ok().and_then(|found| {
        let [model] = found.members;
        model
    });
    Ok((body, model, report))
}

/// Chooses the target of one call.
pub(crate) fn choose(endpoint: &Endpoint) -> Result<Arc<Target>, Fault> {
    let target = endpoint.pick(fastrand::f64()).cloned();
    target.ok_or_else(|| {
        Fault::gateway(
            503,
            "server_error",
            "This endpoint has no target with a positive weight.",
        )
    })
}

/// Writes a body, and tells what could not be said in it. Where strictness is asked for, that is refused.
fn written(encoded: Encoded, incoming: &Incoming, record: &mut Record) -> Result<Pieces, Fault> {
    tell(&encoded.report, incoming, record)?;
    let body = Value::Object(encoded.body).to_string();
    Ok(Bytes::from(body).into())
}

/// Tells what becomes of a request. Where strictness is asked for, that is refused.
pub(crate) fn tell(
    report: &Translation,
    incoming: &Incoming,
    record: &mut Record,
) -> Result<(), Fault> {
    if report.is_empty() {
        return Ok(());
    }
    let told = report.to_string();
    let refused = call::is_strict(incoming).then(|| fault::not_carried(&told));
    record.translation = Some(told);
    refused.map_or(Ok(()), Err)
}

/// Returns the provider if it can do what is asked.
pub(crate) fn able(
    target: &Target,
    operation: Operation,
    streams: bool,
) -> Result<Arc<dyn Provider>, Fault> {
    let spec = target.spec;
    let provider = target
        .provider
        .as_ref()
        .filter(|_| spec.operations.contains(&operation));
    let Some(provider) = provider else {
        return Err(fault::not_implemented(
            operation.name(),
            false,
            spec.display,
        ));
    };
    if streams && !spec.streams.contains(&operation) {
        return Err(fault::not_implemented(operation.name(), true, spec.display));
    }
    Ok(provider.clone())
}

/// Cuts the body around its model, sharing the client's bytes.
pub(crate) fn edit_model(body: &Bytes, model: Option<&Member>, edit: ModelEdit) -> Pieces {
    let (span, with): (Range<usize>, Bytes) = match (model, edit) {
        (Some(model), ModelEdit::Replace(with)) => (model.value.clone(), with),
        (Some(model), ModelEdit::Remove) => (model.with_comma(body), Bytes::new()),
        (None, ModelEdit::Remove) => (0..0, Bytes::new()),
        (None, ModelEdit::Replace(with)) => first_member(body, &with),
    };
    Pieces::new([body.slice(..span.start), with, body.slice(span.end..)])
}

/// Returns where and what to write so that an object begins with a model.
fn first_member(body: &[u8], model: &[u8]) -> (Range<usize>, Bytes) {
    let inside = body
        .iter()
        .position(|byte| *byte == b'{')
        .map_or(0, |brace| brace + 1);
    let first = body
        .get(inside..)
        .unwrap_or_default()
        .trim_ascii_start()
        .first();
    let comma: &[u8] = if first == Some(&b'}') { b"" } else { b"," };
    (
        inside..inside,
        Bytes::from([b"\"model\":", model, comma].concat()),
    )
}

#[cfg(test)]
mod tests {
    use tidegate_wire::json::peek;

    use super::*;

    #[test]
    fn edits_only_the_model() {
        let replace = || ModelEdit::Replace(Bytes::from_static(b"\"gpt\""));
        for (body, edit, want) in [
            (
                r#"{ "a":1.0, "model" : "r" }"#,
                replace(),
                r#"{ "a":1.0, "model" : "gpt" }"#,
            ),
            (r#"{"a":1}"#, replace(), r#"{"model":"gpt","a":1}"#),
            ("{ }", replace(), r#"{"model":"gpt" }"#),
            (r#"{"model":"r","a":1}"#, ModelEdit::Remove, r#"{"a":1}"#),
            (r#"{"a":1}"#, ModelEdit::Remove, r#"{"a":1}"#),
        ] {
            let bytes = Bytes::from_static(body.as_bytes());
            let [model] = peek(&bytes, ["model"], 8).unwrap().members;
            assert_eq!(edit_model(&bytes, model.as_ref(), edit).into_bytes(), want);
        }
    }
}
