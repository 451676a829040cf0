//! What becomes of a request's standard parameters at a provider: tables that the encoders obey and the docs print.

use serde_json::{Map, Value};
use tidegate_wire::dialect::Fault;
use tidegate_wire::{Operation, Sampling, Words};

use crate::call::CallHead;
use crate::support::extras::of_the_provider;
use crate::support::temperature::Scale;

/// One operation's table.
#[derive(Debug)]
pub struct Parameters {
    /// What it is about.
    pub operation: Operation,
    /// The models or the API for which it holds, where a provider has several tables for an operation.
    pub only: Option<&'static str>,
    /// The member of the body in which parameters stand; `None` is the body itself.
    pub within: Option<&'static str>,
    /// The member in which parameters stand that are not listed here, where it is another one.
    pub others_within: Option<&'static str>,
    /// What becomes of `temperature`.
    pub temperature: Fate,
    /// What becomes of `n`, or `candidate_count`.
    pub count: Fate,
    /// What becomes of `max_tokens`.
    pub max_tokens: Fate,
    /// What becomes of `stop`.
    pub stop: Fate,
    /// The provider's own names of standard parameters, which clients may not send beside or instead of these.
    pub reserved: &'static [(&'static str, Standard)],
    /// The status with which a reserved name is refused: 422, for some providers 400.
    pub reserved_status: u16,
    /// Further parameters that the seed names and this provider spells differently (decision N4).
    pub extras: &'static [Extra],
}

/// A table in which no parameter is known: what others are made from.
pub(crate) const NOTHING: Parameters = Parameters {
    operation: Operation::Embeddings,
    only: None,
    within: None,
    others_within: None,
    temperature: Fate::Left,
    count: Fate::Left,
    max_tokens: Fate::Left,
    stop: Fate::Left,
    reserved: &[],
    reserved_status: 422,
    extras: &[],
};

/// A standard parameter that a reserved name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// `n` or `candidate_count`.
    Count,
    /// `max_tokens`.
    MaxTokens,
    /// `stop`.
    Stop,
    /// `input` or `text`.
    Input,
}

/// What becomes of a standard parameter.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// Sent under this name.
    As(&'static str),
    /// Sent under the name that the client uses.
    Same,
    /// Sent under this name as a list: one text, which the OpenAI door allows, becomes a list of it.
    Listed(&'static str),
    /// Sent under this name, on the provider's scale.
    Scaled(&'static str, Scale),
    /// Must be 1 and is not sent. In the refusal (422) `{name}` is the client's word and `{value}` what it sent.
    One(&'static str),
    /// Refused with these words (422).
    Refused(&'static str),
    /// Not sent.
    Left,
}

/// An extra parameter that the provider spells differently.
#[derive(Clone, Copy, Debug)]
pub struct Extra {
    /// The seed's name.
    pub name: &'static str,
    /// The provider's name, which passes unchanged and wins when both are sent.
    pub native: &'static str,
    /// Set when the provider wants an object with the value in this member.
    pub member: Option<&'static str>,
}

impl Standard {
    /// Returns the name that the client uses.
    pub const fn name(self, words: Words) -> &'static str {
        match self {
            Self::Count => words.count(),
            Self::MaxTokens => "max_tokens",
            Self::Stop => "stop",
            Self::Input => words.input(),
        }
    }
}

impl Parameters {
    /// Writes all parameters for a provider without OpenAI's API, or refuses what it cannot take.
    pub(crate) fn checked(
        &self,
        call: CallHead,
        sampling: &Sampling,
        extra: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Fault> {
        self.check(call, sampling, extra)?;
        let extra = of_the_provider(call, extra, &[]);
        Ok(self.write(call, sampling, &extra))
    }

    /// Refuses what this provider cannot take: first reserved names, then values.
    pub(crate) fn check(
        &self,
        call: CallHead,
        sampling: &Sampling,
        extra: &Map<String, Value>,
    ) -> Result<(), Fault> {
        if let (Fate::Refused(words), Some(_)) = (self.max_tokens, &sampling.max_tokens) {
            return Err(Fault::invalid(422, words).with_param("max_tokens"));
        }
        self.check_reserved(call, extra)?;
        if let (Fate::One(words), Some(count)) = (self.count, &sampling.n)
            && count.as_f64() != Some(1.0)
        {
            let name = call.words.count();
            let text = words
                .replace("{name}", name)
                .replace("{value}", &count.to_string());
            return Err(Fault::invalid(422, text).with_param(name));
        }
        if let (Fate::Refused(words), Some(_)) = (self.stop, &sampling.stop) {
            return Err(Fault::invalid(422, words).with_param("stop"));
        }
        Ok(())
    }

    /// Refuses the provider's own names of standard parameters.
    pub(crate) fn check_reserved(
        &self,
        call: CallHead,
        extra: &Map<String, Value>,
    ) -> Result<(), Fault> {
        let sent = |(own, _): &&(&'static str, Standard)| extra.contains_key(*own);
        let Some((own, standard)) = self.reserved.iter().find(sent) else {
            return Ok(());
        };
        let instead = standard.name(call.words);
        let text = format!("Invalid parameter {own}. Use {instead} instead.");
        Err(Fault::invalid(self.reserved_status, text).with_param(own))
    }

    /// Writes the standard parameters, then the others; a name that comes again wins, as it does in MLflow.
    pub(crate) fn write(
        &self,
        call: CallHead,
        sampling: &Sampling,
        extra: &Map<String, Value>,
    ) -> Map<String, Value> {
        let named = |fate: Fate, own: &'static str| match fate {
            Fate::As(name) | Fate::Listed(name) => Some(name),
            Fate::Same => Some(own),
            _ => None,
        };
        let temperature = match self.temperature {
            Fate::Scaled(name, scale) => Some((name, scale.apply(sampling.temperature.as_ref()))),
            fate => named(fate, "temperature").map(|name| {
                let value = sampling.temperature.as_ref().map(|it| it.value.clone());
                (name, value)
            }),
        };
        let count = match self.count {
            // MLflow 2.8 did send it on, in completions; its chats of these providers came later.
            Fate::One(_)
                if call.words == Words::Mlflow28 && self.operation == Operation::Completions =>
            {
                Some(call.words.count())
            }
            fate => named(fate, call.words.count()),
        };
        let number = |name: Option<&'static str>, value: &Option<serde_json::Number>| {
            Some((name?, Value::Number(value.clone()?)))
        };
        // MLflow sends on that no stream is wanted, even to providers that know no streams.
        let exact = matches!(call.words, Words::Mlflow215 | Words::Mlflow28);
        let stream = (exact && sampling.stream == Some(false)).then_some(("stream", false.into()));
        let standard = [
            temperature.and_then(|(name, value)| Some((name, Value::Number(value?)))),
            number(count, &sampling.n),
            named(self.stop, "stop").and_then(|name| Some((name, self.stops(sampling)?))),
            number(named(self.max_tokens, "max_tokens"), &sampling.max_tokens),
            stream,
        ];
        let mut written: Map<String, Value> = standard
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        self.write_extras(extra, &mut written);
        written
    }

    /// Returns the sequences at which to stop, in the provider's form.
    fn stops(&self, sampling: &Sampling) -> Option<Value> {
        match (sampling.stop.clone()?, self.stop) {
            (Value::String(lone), Fate::Listed(_)) => Some(vec![lone].into()),
            (stop, _) => Some(stop),
        }
    }

    /// Writes all other parameters, those of the seed under the provider's names.
    pub(crate) fn write_extras(
        &self,
        extra: &Map<String, Value>,
        written: &mut Map<String, Value>,
    ) {
        for (name, value) in extra {
            let Some(known) = self.extras.iter().find(|known| known.name == name) else {
                written.insert(name.clone(), value.clone());
                continue;
            };
            if extra.contains_key(known.native) {
                continue;
            }
            let value = match known.member {
                Some(member) if !value.is_object() => {
                    Value::Object(Map::from_iter([(member.to_owned(), value.clone())]))
                }
                _ => value.clone(),
            };
            written.insert(known.native.to_owned(), value);
        }
    }
}
