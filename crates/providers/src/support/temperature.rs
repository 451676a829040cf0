//! Temperatures on the provider's scale (spec, request-response-schemas §4).

use serde_json::Number;
use tidegate_wire::{ChatRequest, Temperature, TemperatureScale};

/// A provider's row of the tables S and M.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Factor for the seed's range, 0 to 1.
    pub seed: f64,
    /// Factor for the range of MLflow 2.9 and newer, 0 to 2.
    pub mlflow: f64,
    /// The least that the provider accepts; smaller numbers become it.
    pub least: Option<f64>,
}

impl Scale {
    /// A provider whose temperatures run from 0 to `top`: both ranges are stretched to it.
    pub(crate) const fn to(top: f64) -> Self {
        Self {
            seed: top,
            mlflow: top / 2.0,
            least: None,
        }
    }

    /// A provider that gets the client's number as it is, whatever its range.
    pub(crate) const SAME: Self = Self {
        seed: 1.0,
        mlflow: 1.0,
        least: None,
    };

    /// Returns the number to send. Plain double arithmetic, no rounding; a number on the provider's own scale keeps its
    /// digits.
    pub(crate) fn apply(self, temperature: Option<&Temperature>) -> Option<Number> {
        let temperature = temperature?;
        let factor = match temperature.scale {
            TemperatureScale::Provider => return Some(temperature.value.clone()),
            TemperatureScale::Seed => self.seed,
            TemperatureScale::Mlflow => self.mlflow,
        };
        let scaled = temperature.value.as_f64()? * factor;
        Number::from_f64(self.least.map_or(scaled, |least| scaled.max(least)))
    }

    /// Returns a chat request with the number to send, which is not to be scaled again.
    pub(crate) fn of_the_chat(self, request: &ChatRequest) -> ChatRequest {
        let mut scaled = request.clone();
        let number = self.apply(scaled.sampling.temperature.as_ref());
        if let (Some(temperature), Some(value)) = (&mut scaled.sampling.temperature, number) {
            temperature.value = value;
            temperature.scale = TemperatureScale::Provider;
        }
        scaled
    }
}
