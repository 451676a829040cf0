//! From the provider's answer to the client's: errors, plain answers, streams.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tidegate_providers::{CallHead, EmulatedDecoder, MendedDecoder, Mender, Native, Provider};
use tidegate_wire::dialect::{Context, Tap, Told, Voice};
use tidegate_wire::event::{DecodeError, Decoder, Event};
use tidegate_wire::fold::Answer;
use tidegate_wire::frame::{Frame, FrameReader, Framing};
use tidegate_wire::{Endings, Operation, Usage};
use tokio::time::Instant;

use crate::answer_head::{
    Kind, begins_events, coding_of, family_of, is_text, kind_of, passed_headers, translate_limits,
};
use crate::body::{NotBegun, StreamBody};
use crate::call::{Failed, Incoming, voice};
use crate::delivery::{Answered, Content, Written};
use crate::endpoint::Target;
use crate::mask::Masker;
use crate::record::Outcome;
use crate::relay::{Most, NativeRelay, Passing, Relay, TranslatedRelay};
use crate::timer::Timers;
use crate::upstream::{UpstreamAnswer, UpstreamBody, read_capped};
use crate::{clock, fault};

/// How the answer gets from the provider's dialect to the client's.
pub(crate) enum Manner {
    /// As it is, watched.
    Native(Box<dyn Tap>),
    /// Through events, in this voice.
    Translated(Box<dyn Voice>),
}

/// Reads one answer.
pub(crate) struct Reader<'a> {
    pub(crate) target: Arc<Target>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) head: CallHead,
    pub(crate) manner: Manner,
    pub(crate) incoming: &'a Incoming,
    /// The call's id, from which ids of answers are made where the provider gives none.
    pub(crate) id: HeaderValue,
    pub(crate) deadline: Instant,
    /// Masks more than the target's own, where the call was authorised by more than the config.
    pub(crate) masker: Option<Masker>,
}

impl Reader<'_> {
    fn masker(&self) -> &Masker {
        self.masker.as_ref().unwrap_or(&self.target.masker)
    }

    /// Reads the provider's answer to its end, or a stream to its first bytes.
    pub(crate) async fn read(self, answer: UpstreamAnswer) -> Result<Answered, Failed> {
        let mut headers = passed_headers(&answer.headers, self.masker());
        if let Some((native, _)) = &self.incoming.native {
            translate_limits(&mut headers, family_of(*native), clock::unix_seconds());
        }
        let (answer, kind) = self.kind(answer).await?;
        let outcome = match (answer.status.is_success(), kind) {
            (true, Kind::Json) => self.whole(answer.body).await,
            (true, Kind::Events(framing)) if self.head.streams => {
                self.stream(answer.body, framing).await
            }
            (true, Kind::Events(framing)) => self.folded(answer.body, framing).await,
            _ => Err(self.failure(answer).await),
        };
        match outcome {
            Ok(content) => Ok(Answered { headers, content }),
            Err(mut failed) => {
                failed.headers.extend(headers);
                Err(failed)
            }
        }
    }

    /// Tells what the body is. Some providers send server-sent events under another content type, or none, or where
    /// lines of JSON are expected: then the first bytes decide.
    async fn kind(&self, mut answer: UpstreamAnswer) -> Result<(UpstreamAnswer, Kind), Failed> {
        let kind = self.kind_told(&answer.headers);
        let framing = self.provider.framing(&self.head);
        let doubtful = match framing {
            Framing::Sse => {
                let coded = coding_of(&answer.headers).is_some();
                self.head.streams && kind != Kind::Events(Framing::Sse) && !coded
            }
            Framing::Lines => matches!(kind, Kind::Events(_)),
            Framing::Messages => false,
        };
        if !(doubtful && answer.status.is_success()) {
            return Ok((answer, kind));
        }
        let events = tokio::time::timeout_at(self.deadline, answer.body.peek(begins_events))
            .await
            .map_err(|_| self.too_late())?
            .unwrap_or_default();
        let seen = if events {
            Kind::Events(Framing::Sse)
        } else {
            kind
        };
        Ok((answer, seen))
    }

    fn kind_told(&self, headers: &HeaderMap) -> Kind {
        kind_of(
            headers,
            self.provider.framing(&self.head),
            self.head.streams,
        )
    }

    fn frames(&self, framing: Framing) -> FrameReader {
        FrameReader::new(framing, self.incoming.snapshot.limits.max_frame_bytes)
    }

    fn too_late(&self) -> Failed {
        let limit = self.incoming.snapshot.limits.total_timeout;
        fault::timed_out("send the first event", limit).into()
    }

    async fn bytes(&self, body: UpstreamBody) -> Result<Bytes, Failed> {
        let limits = &self.incoming.snapshot.limits;
        Ok(read_capped(body, limits, self.deadline).await?)
    }

    fn context(&self) -> Context {
        Context {
            now: clock::unix_seconds(),
            model: self.target.model.clone(),
            id: self.id.to_str().unwrap_or_default().to_owned(),
        }
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        let mut decoder = self.provider.decoder(&self.head);
        // MLflow's doors show answers as MLflow reads them.
        let mends = self.head.faithful && self.head.native.is_none_or(|it| it == Native::OpenAi);
        if let Some(mender) = mends.then(|| self.provider.mender(&self.head)).flatten() {
            decoder = Box::new(MendedDecoder::new(decoder, mender));
        }
        if self.head.emulates_schema {
            Box::new(EmulatedDecoder::new(decoder))
        } else {
            decoder
        }
    }

    /// Returns the mender of an answer that passes in OpenAI's dialect.
    fn mender(&self) -> Option<Box<dyn Mender>> {
        let mends = self.head.native == Some(Native::OpenAi);
        mends.then(|| self.provider.mender(&self.head)).flatten()
    }

    /// True when the client must be told why a stream ended. MLflow's doors and older APIs leave that to the provider.
    fn must_finish(&self) -> bool {
        self.head.faithful && self.head.operation == Operation::Chat
    }

    fn undecodable(&self, error: &DecodeError) -> Failed {
        fault::undecodable(error, self.masker()).into()
    }

    /// Returns the refusal of a stream that the provider can give for other models, but not for this one.
    fn declined(&self, status: StatusCode, body: &[u8]) -> Option<Failed> {
        let declined = self.head.streams && self.provider.declines_stream(status, body);
        let (operation, display) = (self.head.operation.name(), self.target.spec.display);
        declined.then(|| fault::not_implemented(operation, true, display).into())
    }

    /// Reads an answer that is one JSON document.
    async fn whole(mut self, body: UpstreamBody) -> Result<Content, Failed> {
        let body = self.bytes(body).await?;
        if let (Manner::Native(tap), false) = (&mut self.manner, self.head.streams) {
            let inspected = tap.inspect(&body);
            let Told { usage, model } = tap.told();
            inspected.map_err(|error| self.undecodable(&error))?;
            let mended = self.mender().and_then(|mut mender| mender.mend(&body));
            return Ok(Content::Plain(Written {
                body: mended.map_or(body, Bytes::from),
                usage,
                model,
            }));
        }
        if let Some(declined) = self.declined(StatusCode::OK, &body) {
            return Err(declined);
        }
        let mut decoder = self.decoder();
        let mut events = Vec::new();
        decoder
            .frame(Frame::Whole(&body), &mut events)
            .and_then(|()| decoder.end())
            .map_err(|error| self.undecodable(&error))?;
        self.answer(events)
    }

    /// Reads an event stream that answers a call for a plain answer.
    async fn folded(self, body: UpstreamBody, framing: Framing) -> Result<Content, Failed> {
        let body = self.bytes(body).await?;
        let events = self
            .decode_stream(body, framing)
            .map_err(|error| self.undecodable(&error))?;
        self.answer(events)
    }

    fn decode_stream(&self, body: Bytes, framing: Framing) -> Result<Vec<Event>, DecodeError> {
        let mut reader = self.frames(framing);
        let mut decoder = self.decoder();
        let mut events = Vec::new();
        reader.push(body);
        while let Some(frame) = reader.next_frame()?.or_else(|| reader.leftover()) {
            frame.read(|frame| decoder.frame(frame, &mut events))?;
            // As of a stream that runs, nothing is read behind the end.
            if decoder.complete() {
                return Ok(events);
            }
        }
        decoder.end().map(|()| events)
    }

    /// Writes events as the client wants them: folded, or as a stream that is over at once.
    fn answer(self, events: Vec<Event>) -> Result<Content, Failed> {
        let context = self.context();
        let streams = self.head.streams;
        if streams && self.must_finish() && !ended(&events) {
            return Err(self.undecodable(&DecodeError::Unfinished));
        }
        let voice = match self.manner {
            Manner::Translated(voice) => voice,
            Manner::Native(_) => voice(self.incoming)?,
        };
        if streams {
            let (usage, model) = told(&events);
            let (mut encoder, mut body) = (voice.stream(context), BytesMut::new());
            encoder.events(events, &mut body);
            encoder.end(Ok(()), &mut body);
            return Ok(Content::Events(Written {
                body: body.freeze(),
                usage,
                model,
            }));
        }
        let answer: Answer = events.into_iter().collect();
        let (usage, model) = (answer.usage.clone(), answer.model.clone());
        let body = voice.plain(answer, &context);
        Ok(Content::Plain(Written { body, usage, model }))
    }

    /// Begins a stream: until its first bytes have come, a failure is told by a status.
    async fn stream(self, body: UpstreamBody, framing: Framing) -> Result<Content, Failed> {
        let limits = &self.incoming.snapshot.limits;
        let (context, masker, frames) =
            (self.context(), self.masker().clone(), self.frames(framing));
        let (too_late, must_finish) = (self.too_late(), self.must_finish());
        let (decoder, mender) = (self.decoder(), self.mender());
        let relay: Box<dyn Relay> = match self.manner {
            Manner::Native(tap) => {
                let most = limits.max_frame_bytes;
                let unwrapper = self.provider.unwrapper(&self.head, most);
                Box::new(NativeRelay::new(Passing {
                    tap,
                    unwrapper,
                    mender,
                    masker: masker.clone(),
                    max_frame: most,
                }))
            }
            Manner::Translated(voice) => {
                let encoder = voice.stream(context);
                Box::new(TranslatedRelay::new(
                    frames,
                    decoder,
                    encoder,
                    must_finish,
                    Most {
                        thought: limits.max_frame_bytes,
                        kept: limits.max_response_bytes,
                    },
                ))
            }
        };
        let timers = Timers::start(limits.idle_timeout, limits.stream_timeout);
        let mut stream = StreamBody::new(body, relay, masker.clone(), timers);
        let begun = tokio::time::timeout_at(self.deadline, stream.begin()).await;
        match begun {
            Ok(Ok(())) => Ok(Content::Stream(Box::new(stream))),
            Ok(Err(NotBegun::Undecodable(error))) => {
                Err(fault::undecodable(&error, &masker).into())
            }
            Ok(Err(NotBegun::Broken(reason))) => {
                Err(fault::invalid_answer(&format!("the connection broke: {reason}")).into())
            }
            Err(_) => Err(too_late),
        }
    }

    /// Reads an answer that is an error, or of a kind that cannot be read.
    async fn failure(&self, answer: UpstreamAnswer) -> Failed {
        let UpstreamAnswer {
            status,
            headers,
            body,
            ..
        } = answer;
        let body = match self.bytes(body).await {
            Ok(body) => self.masker().bytes(body),
            Err(failed) => return failed,
        };
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let error = status.is_client_error() || status.is_server_error();
        if error && let Some(declined) = self.declined(status, &body) {
            return declined;
        }
        let fault = if let Some(coding) = coding_of(&headers) {
            fault::coded_answer(if error { status.as_u16() } else { 502 }, &coding)
        } else if error {
            let told = self.provider.failure(&self.head, status, &headers, &body);
            let json = || Some("application/json".to_owned());
            let (kind, body) = match told.rewritten {
                Some(rewritten) => (json(), rewritten),
                None => (content_type, body),
            };
            fault::from_provider(told.status.as_u16(), told.message, kind, body)
        } else if self.kind_told(&headers) == Kind::Other
            && status.is_success()
            && !is_text(&headers)
        {
            let seen = content_type.clone().filter(|kind| !kind.is_empty());
            let message = format!(
                "The provider answered with the content type `{}` instead of JSON.",
                seen.as_deref().unwrap_or("none")
            );
            fault::from_provider(502, message, seen, body)
        } else if status == StatusCode::OK {
            fault::invalid_answer("its content type is `text/plain`, not JSON")
        } else {
            fault::invalid_answer(&format!("its status is {status}"))
        };
        Failed {
            fault,
            headers: Box::default(),
            outcome: Outcome::UpstreamError,
        }
    }
}

/// True when every choice says why it ended.
fn ended(events: &[Event]) -> bool {
    let mut endings = Endings::default();
    for event in events {
        endings.hear(event);
    }
    endings.all()
}

fn told(events: &[Event]) -> (Option<Usage>, Option<String>) {
    let (mut usage, mut model) = (None, None);
    for event in events {
        match event {
            Event::Usage(counts) => usage = Some(counts.clone()),
            Event::Started { model: name, .. } => model.clone_from(name),
            _ => {}
        }
    }
    (usage, model)
}
