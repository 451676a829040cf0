//! A `model:` block: the provider, the upstream model's name, the provider's own settings.

use tidegate_wire::Operation;

use crate::yaml::Value;
use crate::{
    Extras, FieldProblem, ModelConfig, Problem, ProviderFields, Settings, Severity, known,
};

use super::{At, Reader};

impl Reader<'_> {
    /// Reads a model block; the provider's own check runs when all of it and the operation are good.
    pub(super) fn model(
        &mut self,
        at: &At<'_>,
        operation: Option<Operation>,
    ) -> Option<ModelConfig> {
        const NO_MAPPING: &str = "Input should be a valid dictionary or instance of Model";
        if !self.is_mapping(
            at,
            NO_MAPPING,
            "write `provider:`, `name:` and `config:` below it",
        ) {
            return None;
        }
        self.unknown_keys(at, known::MODEL, Severity::Warning);
        let provider = self.provider(at);
        let name = match at.present("name") {
            Some(name) => self.text(&name).map(|name| Some(name.to_owned())),
            None => Some(None),
        };
        let provider = provider?;
        let settings = self.config(at, provider);
        let extras = self.extras(at.present("config").as_ref());
        let model = ModelConfig {
            provider,
            name: name?,
            settings: settings?,
            extras: extras?,
        };
        let found = (provider.check)(&model, operation?);
        let good = found
            .iter()
            .all(|problem| problem.severity == Severity::Warning);
        for problem in found {
            self.field_problem(at, provider, problem);
        }
        good.then_some(model)
    }

    fn provider(&mut self, at: &At<'_>) -> Option<&'static ProviderFields> {
        let names = || self.catalog.iter().map(|provider| provider.name);
        let Some(value) = at.present("provider") else {
            let help = format!("add `provider:` with {}", known::choices(names()));
            let place = at
                .get("provider")
                .map_or(at.key_span(), |provider| provider.key_span());
            self.push(
                Problem::error("A provider must be provided for each gateway route.")
                    .at(&at.child_path("provider"), place)
                    .help(help),
            );
            return None;
        };
        let text = value.node().text.as_str();
        let is_collection = matches!(value.node().value, Value::Sequence(_) | Value::Mapping(_));
        let found = self
            .catalog
            .iter()
            .copied()
            .find(|provider| is_called(provider, text));
        if found.is_some() && !is_collection {
            return found;
        }
        let spellings = self.catalog.iter().flat_map(|provider| {
            let aliases = provider.aliases.iter().copied();
            std::iter::once(provider.name).chain(aliases)
        });
        let help = match known::nearest(text, spellings) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use {}", known::choices(names())),
        };
        let message = format!("The provider '{text}' is not supported.");
        self.push(
            Problem::error(message)
                .at(value.path(), value.span())
                .help(help),
        );
        None
    }

    fn config(&mut self, at: &At<'_>, provider: &'static ProviderFields) -> Option<Settings> {
        let also = Extras::KEYS.map(|(key, _)| key);
        let Some(config) = at.present("config") else {
            if !provider.config_required {
                return self.settings(provider.fields, &also, None, at);
            }
            let message = format!(
                "A config must be supplied when setting a provider. The provider entry for Provider.{} is incorrect.",
                provider.enum_name
            );
            let fields = provider
                .fields
                .iter()
                .filter(|field| field.required)
                .map(|field| field.name);
            let help = format!(
                "add `config:` with {}",
                known::choices(fields).replace(" or ", " and ")
            );
            let place = at
                .get("config")
                .map_or(at.key_span(), |config| config.key_span());
            self.push(
                Problem::error(message)
                    .at(&at.child_path("config"), place)
                    .help(help),
            );
            return None;
        };
        if !self.is_mapping(
            &config,
            "Input should be a valid dictionary",
            "write the provider's keys below it",
        ) {
            return None;
        }
        self.settings(provider.fields, &also, Some(&config), at)
    }

    /// Finds the place of a problem that a provider reports by path: as deep as the file goes.
    fn field_problem(&mut self, model: &At<'_>, provider: &ProviderFields, problem: FieldProblem) {
        let mut place = model.clone();
        let mut path = model.path().to_owned();
        let mut span = model.key_span();
        let mut lost = false;
        for key in problem.path {
            let mut spellings = provider.spellings(key).into_iter();
            let next = spellings.find_map(|spelling| place.get(spelling));
            let Some(next) = next.filter(|_| !lost) else {
                path = format!("{path}.{key}");
                lost = true;
                continue;
            };
            next.path().clone_into(&mut path);
            let is_block = matches!(next.node().value, Value::Sequence(_) | Value::Mapping(_));
            let points_at_value = problem.path.last() == Some(key) && !is_block;
            span = if points_at_value {
                next.span()
            } else {
                next.key_span()
            };
            place = next;
        }
        let mut found = Problem::new(problem.severity, problem.message).at(&path, span);
        found.help = problem.help.map(|help| crate::problem::printable(&help));
        self.push(found);
    }
}

/// Matches a provider as MLflow does, and blanks like hyphens.
fn is_called(provider: &ProviderFields, text: &str) -> bool {
    let fold = |text: &str| text.replace(['-', ' '], "_").to_uppercase();
    let wanted = fold(text);
    let mut names = std::iter::once(provider.name).chain(provider.aliases.iter().copied());
    names.any(|name| fold(name) == wanted)
}
