//! The dialect of the MLflow AI Gateway: schemas with defaults and coercions as pydantic applies them, answers in the
//! candidates and the choices shape, errors under `detail`.
//!
//! Source: the seed documents and the specification made from MLflow 2.8.1, 2.15.1 and 2.22.5.

mod answer;
mod check;
mod error;
mod number;
mod request;
mod schema;
mod stream;

use bytes::Bytes;

use super::{Decoded, Dialect, Fault};
use crate::vector::VectorForm;
use crate::{Asked, Operation, TemperatureScale, Translation};

pub use schema::{Field, FieldType, fields};

/// Which MLflow answers (decisions N1 and N2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// `/gateway/...` by default: answers in the shape that the request speaks.
    Auto,
    /// `/gateway/...` as MLflow 2.8 and older.
    Candidates,
    /// `/gateway/...` as MLflow 2.9 to 2.18.
    Choices,
    /// `/endpoints/...` as MLflow 2.9 to 2.22: message parts and token lists are accepted too.
    Endpoints,
}

impl Era {
    /// Returns the largest count, if there is one.
    pub fn most_answers(self) -> Option<i64> {
        matches!(self, Self::Auto | Self::Candidates).then_some(5)
    }

    /// Returns the scale of the temperature.
    pub fn temperature(self) -> TemperatureScale {
        match self {
            Self::Auto | Self::Candidates => TemperatureScale::Seed,
            Self::Choices | Self::Endpoints => TemperatureScale::Mlflow,
        }
    }

    /// Returns the top of the temperature's range.
    pub fn hottest(self) -> f64 {
        if self.temperature() == TemperatureScale::Seed {
            1.0
        } else {
            2.0
        }
    }

    /// True when message parts, null content and token lists are accepted (MLflow 2.18 and 2.20).
    pub fn is_open(self) -> bool {
        matches!(self, Self::Auto | Self::Endpoints)
    }
}

/// The shape of an answer (spec, request-response-schemas §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Candidates,
    Choices,
    Both,
}

/// One of the MLflow doors.
#[derive(Clone, Copy, Debug)]
pub struct Mlflow(pub Era);

impl Dialect for Mlflow {
    fn decode(&self, operation: Operation, body: &[u8]) -> Result<Decoded, Fault> {
        let (request, words, shape) = request::decode(self.0, operation, body)?;
        let form = VectorForm::asked_in(request.extra());
        Ok(Decoded {
            asked: Asked::Request(request),
            report: Translation::default(),
            words,
            voice: Box::new(answer::MlflowVoice {
                operation,
                shape,
                form,
            }),
        })
    }

    fn error(&self, fault: &Fault) -> (u16, Bytes) {
        error::write(fault)
    }
}
