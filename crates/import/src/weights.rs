//! Weights of traffic splits: whole percents here, most often fractions in MLflow.

use crate::answers::Mapping;
use crate::model::Model;

/// Returns the weight in percent.
pub(crate) fn percentage(weight: Option<f64>) -> u32 {
    let percent = (weight.unwrap_or(1.0) * 100.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float stops at the ends of the range"
    )]
    let percent = percent as u32;
    percent
}

/// Tells of weights that become another.
pub(crate) fn notes(mappings: &[&Mapping], models: &[Model]) -> Vec<String> {
    let pairs = mappings.iter().zip(models);
    let told = pairs.filter_map(|(mapping, model)| {
        let weight = mapping.weight?;
        let written = percentage(Some(weight));
        let why = if weight < 0.0 {
            "MLflow answers no call of a split with a weight below 0"
        } else if weight > 0.0 && written == 0 {
            "MLflow does not ask it with less than one percent either"
        } else if written == u32::MAX {
            "no weight is larger here"
        } else {
            return None;
        };
        let name = &model.definition;
        Some(format!(
            "the weight {weight:?} of `{name}` in its traffic split is {written} here: {why}"
        ))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::percentage;

    #[test]
    fn weights_are_whole_percents() {
        for (weight, percent) in [
            (None, 100),
            (Some(0.555), 56),
            (Some(0.29), 29),
            (Some(0.004), 0),
            (Some(-1.0), 0),
            (Some(3.0), 300),
            (Some(1e300), u32::MAX),
        ] {
            assert_eq!(percentage(weight), percent);
        }
    }
}
