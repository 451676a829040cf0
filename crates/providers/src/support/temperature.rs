//! Temperatures on the provider's scale (spec, request-response-schemas §4).

use serde_json::Number;
use tidegate_wire::{Temperature, TemperatureScale};

/// A provider's row of the tables S and M.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Factor for the seed's range, 0 to 1.
    pub(crate) seed: f64,
    /// Factor for the range of MLflow 2.9 and newer, 0 to 2.
    pub(crate) mlflow: f64,
}

impl Scale {
    /// Returns the number to send. Plain double arithmetic, no rounding; a number on the provider's own scale keeps its
    /// digits.
    pub(crate) fn apply(self, temperature: Option<&Temperature>) -> Option<Number> {
        let temperature = temperature?;
        let factor = match temperature.scale {
            TemperatureScale::Provider => return Some(temperature.value.clone()),
            TemperatureScale::Seed => self.seed,
            TemperatureScale::Mlflow => self.mlflow,
        };
        Number::from_f64(temperature.value.as_f64()? * factor)
    }
}
