//! What clients call, and where their calls go.

use std::sync::Arc;

use tidegate_config::LimitConfig;
use tidegate_providers::{Provider, ProviderSpec};
use tidegate_wire::Operation;

use crate::auth::Signer;
use crate::extras::Extras;
use crate::mask::Masker;

/// One name that clients call: an endpoint, or a split over several.
pub struct Endpoint {
    /// Its name.
    pub name: Arc<str>,
    /// What it offers.
    pub operation: Operation,
    /// Where calls go, with weights. An endpoint has one target, a split several.
    pub targets: Vec<(Arc<Target>, u32)>,
    /// True for a traffic split.
    pub is_split: bool,
    /// True when a request that the provider cannot be told whole is refused. A split is as strict as the strictest of its
    /// endpoints, so that a call's luck does not depend on the draw.
    pub strict: bool,
}

/// One provider with one model, ready to be called.
pub struct Target {
    /// The endpoint that configures it.
    pub endpoint: Arc<str>,
    /// The provider's row.
    pub spec: &'static ProviderSpec,
    /// The model as configured.
    pub model: Option<String>,
    /// The built provider; `None` while it can do nothing.
    pub provider: Option<Arc<dyn Provider>>,
    /// Rate limit of the endpoint, if any; it holds for calls through a split too.
    pub limit: Option<LimitConfig>,
    /// What the config adds to each call.
    pub extras: Extras,
    pub(crate) signer: Option<Arc<dyn Signer>>,
    pub(crate) masker: Masker,
}

impl Endpoint {
    /// Returns the target of one call: a weighted draw. `draw` is at least 0 and below 1.
    pub(crate) fn pick(&self, draw: f64) -> Option<&Arc<Target>> {
        if let [(only, _)] = self.targets.as_slice() {
            return Some(only);
        }
        let sum: f64 = self
            .targets
            .iter()
            .map(|(_, weight)| f64::from(*weight))
            .sum();
        let mut left = draw * sum;
        let weighted = self.targets.iter().filter(|(_, weight)| *weight > 0);
        let mut last = None;
        for (target, weight) in weighted {
            last = Some(target);
            left -= f64::from(*weight);
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// Returns the first target, which stands for the endpoint in metadata.
    pub fn first(&self) -> Option<&Target> {
        self.targets.first().map(|(target, _)| &**target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_by_weight() {
        let target = |name: &str| {
            let spec = tidegate_providers::PROVIDERS[0];
            Arc::new(Target {
                endpoint: name.into(),
                spec,
                model: None,
                provider: None,
                limit: None,
                extras: Extras::default(),
                signer: None,
                masker: Masker::default(),
            })
        };
        let split = Endpoint {
            name: "s".into(),
            operation: Operation::Chat,
            targets: vec![(target("a"), 1), (target("none"), 0), (target("b"), 3)],
            is_split: true,
            strict: false,
        };
        let drawn = |draw| split.pick(draw).unwrap().endpoint.to_string();
        assert_eq!(
            [drawn(0.0), drawn(0.24), drawn(0.25), drawn(0.999)],
            ["a", "a", "b", "b"]
        );
    }
}
