//! Every provider that is built, in every form that the golden files configure: what joins the registry is fuzzed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use tidegate_config::ProcessEnvironment;
use tidegate_providers::{Provider, ProviderSpec, catalog, find};

/// A provider and its row.
pub(crate) struct Built {
    pub(crate) spec: &'static ProviderSpec,
    pub(crate) provider: Arc<dyn Provider>,
}

/// Sorted by the golden files' folders.
static BUILT: LazyLock<Vec<Built>> = LazyLock::new(|| {
    let files = tidegate_golden::all().unwrap_or_default();
    let mut seen = BTreeSet::new();
    files
        .iter()
        .filter(|golden| seen.insert(golden.case.config.clone()))
        .flat_map(|golden| build(&golden.case.config_file()))
        .collect()
});

/// Builds the providers of a config file, each form once; there are none in a file that shows how files are refused.
fn build(config: &str) -> Vec<Built> {
    let path = Path::new("fuzz.yaml");
    let Ok(loaded) = tidegate_config::parse(config, path, catalog(), &ProcessEnvironment) else {
        return Vec::new();
    };
    let mut models: Vec<_> = loaded.config.endpoints.iter().map(|it| &it.model).collect();
    models.dedup_by_key(|model| format!("{model:?}"));
    let built = models.into_iter().filter_map(|model| {
        let spec = find(model.provider.name)?;
        let provider = (spec.build?)(model).ok()?;
        Some(Built { spec, provider })
    });
    built.collect()
}

/// Returns the provider that a byte chooses.
pub(crate) fn chosen(by: u8) -> &'static Built {
    let built = BUILT.iter().cycle().nth(usize::from(by));
    assert!(built.is_some(), "there are golden files with providers");
    #[expect(clippy::expect_used, reason = "asserted just above")]
    built.expect("a provider")
}

/// Returns the names of the providers, in the order in which a byte chooses them.
pub fn provider_names() -> Vec<&'static str> {
    BUILT.iter().map(|built| built.spec.fields.name).collect()
}
