//! Members that go elsewhere than the table can say.

use serde_json::{Map, Value, json};
use tidegate_wire::Translation;

use super::super::abilities::{Abilities, Sampling};
use super::super::model::Model;
use super::{ADDITIONAL, merge};

type Members = Map<String, Value>;

/// Members of the API that clients may send under their own names. They win.
const OWN: [&str; 11] = [
    "inferenceConfig",
    "toolConfig",
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "guardrailConfig",
    "outputConfig",
    "performanceConfig",
    "projectIdentifier",
    "promptVariables",
    "requestMetadata",
    "serviceTier",
];

/// The tiers of service that Bedrock has.
const TIERS: [&str; 4] = ["default", "flex", "priority", "reserved"];

/// The longest name and value of `requestMetadata`, in characters.
const LONGEST: usize = 256;

/// Takes out the members that are the API's own.
pub(super) fn take_own(members: &mut Members) -> Members {
    let mut own = Members::new();
    members.retain(|name, value| {
        let kept = !OWN.contains(&name.as_str());
        if !kept {
            own.insert(name.clone(), value.take());
        }
        kept
    });
    own
}

/// Leaves out temperature and its kin where the model refuses them: some always do, some take one of them, and most do
/// while they think.
pub(super) fn leave_out(
    able: Abilities,
    thinks: bool,
    members: &mut Members,
    report: &mut Translation,
) {
    // A model that thinks has a temperature of its own.
    if thinks
        && let Some(temperature) = members.shift_remove("temperature")
        && temperature.as_f64() != Some(1.0)
    {
        report.clamped("temperature", &temperature, &1);
    }
    let refused: &[&str] = match able.sampling {
        _ if thinks => &["top_p", "top_k"],
        Sampling::No => &["temperature", "top_p", "top_k"],
        Sampling::One if members.contains_key("temperature") => &["top_p"],
        Sampling::One | Sampling::All => &[],
    };
    for name in refused {
        let left = members.shift_remove(*name);
        // A one is what every model does unless told otherwise.
        if left.is_some_and(|value| *name == "top_k" || value.as_f64() != Some(1.0)) {
            report.dropped(name);
        }
    }
}

/// Writes the members that have a place of their own.
pub(super) fn write(
    model: &Model,
    members: &Members,
    body: &mut Members,
    report: &mut Translation,
) {
    if let Some(value) = members.get("top_k") {
        let (around, name) = model.top_k();
        let told = match around {
            Some(around) => json!({around: {name: value}}),
            None => json!({name: value}),
        };
        merge(body, ADDITIONAL.to_owned(), told);
    }
    match members.get("service_tier").map(Value::as_str) {
        None | Some(Some("auto")) => {}
        Some(Some(tier)) if TIERS.contains(&tier) => {
            body.insert("serviceTier".to_owned(), json!({"type": tier}));
        }
        Some(_) => report.dropped("service_tier"),
    }
    if let Some(given) = members.get("metadata") {
        let told = metadata(given, report);
        if !told.is_empty() {
            body.insert("requestMetadata".to_owned(), Value::Object(told));
        }
    }
}

/// Returns what can be said of a call's metadata: short texts of few kinds of characters.
fn metadata(given: &Value, report: &mut Translation) -> Members {
    let Value::Object(given) = given else {
        report.dropped("metadata");
        return Members::new();
    };
    let can_be_said = |text: &str| {
        let legal = |it: char| {
            it.is_ascii_alphanumeric() || it.is_ascii_whitespace() || ":_@$#=/+,-.".contains(it)
        };
        text.len() <= LONGEST && text.chars().all(legal)
    };
    let mut told = Members::new();
    for (name, value) in given {
        let text = value.as_str();
        if !name.is_empty() && can_be_said(name) && text.is_some_and(can_be_said) {
            told.insert(name.clone(), value.clone());
        } else {
            report.dropped(&format!("metadata.{name}"));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_find_their_places() {
        for (id, members, body, told) in [
            (
                "amazon.nova-lite-v1:0",
                json!({"top_k": 3, "service_tier": "flex"}),
                json!({"additionalModelRequestFields": {"inferenceConfig": {"topK": 3}}, "serviceTier": {"type": "flex"}}),
                "",
            ),
            (
                "cohere.command-r-v1:0",
                json!({"top_k": 3, "service_tier": "auto"}),
                json!({"additionalModelRequestFields": {"k": 3}}),
                "",
            ),
            (
                "meta.llama3",
                json!({"service_tier": "scale", "metadata": {"a": "b c", "d": "ü", "e": 1, "": "f"}}),
                json!({"requestMetadata": {"a": "b c"}}),
                "dropped=service_tier,metadata.d,metadata.e,metadata.",
            ),
            (
                "meta.llama3",
                json!({"metadata": 3}),
                json!({}),
                "dropped=metadata",
            ),
        ] {
            let (mut written, mut report) = (Members::new(), Translation::default());
            let model = Model::read(Some(id));
            write(
                &model,
                members.as_object().unwrap(),
                &mut written,
                &mut report,
            );
            assert_eq!(Value::Object(written), body, "{members}");
            assert_eq!(report.to_string(), told, "{members}");
        }
    }

    #[test]
    fn what_a_model_refuses_is_left_out() {
        let all = json!({"temperature": 0.5, "top_p": 0.5, "top_k": 5});
        let defaults = json!({"temperature": 1, "top_p": 1.0});
        for (id, thinks, members, left, told) in [
            ("meta.llama3", false, &all, all.clone(), ""),
            (
                "meta.llama3",
                true,
                &all,
                json!({}),
                "dropped=top_p,top_k; clamped=temperature:0.5>1",
            ),
            ("meta.llama3", true, &defaults, json!({}), ""),
            (
                "anthropic.claude-sonnet-4-5",
                false,
                &all,
                json!({"temperature": 0.5, "top_k": 5}),
                "dropped=top_p",
            ),
            (
                "anthropic.claude-sonnet-4-5",
                false,
                &json!({"top_p": 0.5}),
                json!({"top_p": 0.5}),
                "",
            ),
            (
                "anthropic.claude-opus-4-7",
                false,
                &all,
                json!({}),
                "dropped=temperature,top_p,top_k",
            ),
        ] {
            let mut members = members.as_object().unwrap().clone();
            let mut report = Translation::default();
            leave_out(
                Model::read(Some(id)).abilities(),
                thinks,
                &mut members,
                &mut report,
            );
            assert_eq!(
                (Value::Object(members), report.to_string().as_str()),
                (left, told),
                "{id}"
            );
        }
    }
}
