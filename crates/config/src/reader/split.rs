//! A traffic split: one name over several endpoints, drawn by weight.

use std::collections::HashMap;

use tidegate_wire::Operation;

use crate::yaml::Value;
use crate::{Problem, Severity, SplitConfig, known};

use super::endpoint::route_types;
use super::{At, Reader};

/// The only strategy.
const STRATEGY: &str = "TRAFFIC_SPLIT";

impl Reader<'_> {
    /// Reads a split; `endpoints` are the names that it may point to, with what they offer where that is known.
    pub(super) fn split(
        &mut self,
        at: &At<'_>,
        endpoints: &HashMap<String, Option<Operation>>,
    ) -> Option<SplitConfig> {
        self.unknown_keys(at, known::SPLIT, Severity::Warning);
        let name = self.name(at);
        let operation = match at.present("task_type") {
            Some(task_type) => self.operation_value(&task_type),
            None => self.missing(
                at,
                "task_type",
                known::SPLIT,
                format!("add `task_type:` with {}", route_types()),
            ),
        };
        self.strategy(at);
        let Some(list) = at.get("destinations") else {
            return self.missing(
                at,
                "destinations",
                known::SPLIT,
                "list the endpoints that share the calls",
            );
        };
        if !matches!(list.node().value, Value::Sequence(_)) {
            let help = "begin each destination with `- name: …`";
            self.wrong_type(&list, "Input should be a valid list", help);
            return None;
        }
        let errors = self.errors();
        let destinations: Vec<(String, u32)> = list
            .items()
            .iter()
            .filter_map(|item| self.destination(item, operation, endpoints))
            .collect();
        if self.errors() == errors && destinations.iter().all(|(_, weight)| *weight == 0) {
            let message =
                "a traffic split wants at least one destination with a traffic_percentage above 0";
            self.push(
                Problem::error(message)
                    .at(list.path(), list.key_span())
                    .help("give a destination a positive `traffic_percentage`; the sum need not be 100"),
            );
        }
        Some(SplitConfig {
            name: name?,
            operation: operation?,
            destinations,
        })
    }

    fn strategy(&mut self, at: &At<'_>) {
        let Some(strategy) = at.present("routing_strategy") else {
            return;
        };
        if strategy.node().as_text() != Some(STRATEGY) {
            self.push(
                Problem::invalid(format!("Input should be '{STRATEGY}'"))
                    .at(strategy.path(), strategy.span())
                    .help(format!("write `{STRATEGY}`, or leave the key out")),
            );
        }
    }

    fn destination(
        &mut self,
        at: &At<'_>,
        operation: Option<Operation>,
        endpoints: &HashMap<String, Option<Operation>>,
    ) -> Option<(String, u32)> {
        const NO_MAPPING: &str = "Input should be a valid dictionary";
        if !self.is_mapping(at, NO_MAPPING, "write `name:` and `traffic_percentage:`") {
            return None;
        }
        self.unknown_keys(at, known::DESTINATION, Severity::Warning);
        let weight = match at.get("traffic_percentage") {
            Some(weight) => self.weight(&weight),
            None => self.missing(
                at,
                "traffic_percentage",
                known::DESTINATION,
                "add `traffic_percentage:` with a whole number",
            ),
        };
        let Some(name_at) = at.get("name") else {
            return self.missing(
                at,
                "name",
                known::DESTINATION,
                "add `name:` with the name of an endpoint",
            );
        };
        let name = self.text(&name_at)?;
        let Some(offered) = endpoints.get(name) else {
            let mut known: Vec<&str> = endpoints.keys().map(String::as_str).collect();
            known.sort_unstable();
            let help = match known::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "define an endpoint with this name".to_owned(),
                None => format!("use {}", known::choices(known.into_iter().take(10))),
            };
            let message = format!("the destination `{name}` is no endpoint of this file");
            self.push(
                Problem::error(message)
                    .at(name_at.path(), name_at.span())
                    .help(help),
            );
            return None;
        };
        if let (Some(offered), Some(operation)) = (offered, operation)
            && *offered != operation
        {
            let (offered, operation) = (offered.route_type(), operation.route_type());
            let message = format!(
                "the destination `{name}` offers `{offered}`, but the split is `{operation}`"
            );
            let help = "a split and all its destinations have the same type";
            self.push(
                Problem::error(message)
                    .at(name_at.path(), name_at.span())
                    .help(help),
            );
        }
        Some((name.to_owned(), weight?))
    }

    fn weight(&mut self, at: &At<'_>) -> Option<u32> {
        let weight = u32::try_from(self.integer(at)?).ok();
        if weight.is_none() {
            let message = format!(
                "a traffic_percentage is a whole number between 0 and {}",
                u32::MAX
            );
            self.push(
                Problem::error(message)
                    .at(at.path(), at.span())
                    .help("write a weight such as `50`"),
            );
        }
        weight
    }
}
