//! All that a config file means, built once and never changed: a reload builds another one.

use std::collections::HashMap;
use std::sync::Arc;

use http::HeaderName;
use tidegate_config::{Config, EndpointConfig, MlflowDialect, ServerConfig, UpstreamConfig};

use crate::access_log::AccessSink;
use crate::aliases::Aliases;
use crate::auth::Authority;
use crate::endpoint::{Endpoint, Target};
use crate::extras::Extras;
use crate::http_client::HttpClient;
use crate::mask::Masker;
use crate::upstream::Upstream;

/// A config, built.
pub struct Snapshot {
    /// Counts from 1; each successful reload adds one.
    pub generation: u64,
    /// Endpoints and splits by name.
    pub by_name: HashMap<Arc<str>, Arc<Endpoint>>,
    /// Endpoints and splits in the order of the file.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// Which MLflow the `/gateway/...` door imitates.
    pub mlflow_dialect: MlflowDialect,
    /// Limits of the listening side.
    pub server: ServerConfig,
    /// Limits of the calling side.
    pub limits: UpstreamConfig,
    aliases: Aliases,
    pub(crate) forward: Vec<HeaderName>,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) access: Arc<AccessSink>,
}

/// Why a valid config cannot be put to work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BuildError(pub String);

impl Snapshot {
    /// Builds a snapshot; `authority` gives signers to the routes that need one. What has not changed since `previous`
    /// (connections, the open access log) is kept, unless `afresh` asks to open files again.
    pub fn build(
        config: Config,
        authority: &dyn Authority,
        previous: Option<&Self>,
        afresh: bool,
    ) -> Result<Self, BuildError> {
        let kept = previous.filter(|_| !afresh);
        let access = match kept.filter(|old| old.access.serves(&config.server.access_log)) {
            Some(old) => old.access.clone(),
            None => Arc::new(AccessSink::open(&config.server.access_log).map_err(BuildError)?),
        };
        let upstream = Upstream::build(&config.upstream, previous.map(|old| &old.upstream))
            .map_err(BuildError)?;
        let http = HttpClient::new(upstream.clone(), &config.upstream);
        let mut endpoints = Vec::new();
        let mut by_name: HashMap<Arc<str>, Arc<Endpoint>> = HashMap::new();
        for endpoint in &config.endpoints {
            let built = Arc::new(build_endpoint(endpoint, authority, &http)?);
            by_name.insert(built.name.clone(), built.clone());
            endpoints.push(built);
        }
        for split in &config.splits {
            let targets = split
                .destinations
                .iter()
                .filter_map(|(name, weight)| {
                    let (target, _) = by_name.get(name.as_str())?.targets.first()?;
                    Some((target.clone(), *weight))
                })
                .collect();
            let built = Arc::new(Endpoint {
                name: split.name.as_str().into(),
                operation: split.operation,
                targets,
                is_split: true,
                strict: split.destinations.iter().any(|(name, _)| {
                    let endpoint = by_name.get(name.as_str());
                    endpoint.is_some_and(|endpoint| endpoint.strict)
                }),
            });
            by_name.insert(built.name.clone(), built.clone());
            endpoints.push(built);
        }
        let aliases = Aliases::of(&config.aliases, |name| by_name.get(name));
        Ok(Self {
            generation: previous.map_or(1, |old| old.generation + 1),
            by_name,
            endpoints,
            aliases,
            mlflow_dialect: config.mlflow_dialect,
            forward: config
                .upstream
                .forward_headers
                .iter()
                .filter_map(|name| HeaderName::try_from(name.as_str()).ok())
                .collect(),
            server: config.server,
            limits: config.upstream,
            upstream,
            access,
        })
    }

    /// Returns an endpoint by its own name, as paths name it.
    pub fn endpoint(&self, name: &str) -> Option<&Arc<Endpoint>> {
        self.by_name.get(name)
    }

    /// Returns an endpoint by its own name or one that stands for it, as `model` in a body names it.
    pub fn resolve(&self, name: &str) -> Option<&Arc<Endpoint>> {
        self.endpoint(name).or_else(|| self.aliases.find(name))
    }
}

fn build_endpoint(
    config: &EndpointConfig,
    authority: &dyn Authority,
    http: &HttpClient,
) -> Result<Endpoint, BuildError> {
    let name: Arc<str> = config.name.as_str().into();
    let wanted = config.model.provider.name;
    let spec = tidegate_providers::find(wanted)
        .ok_or_else(|| BuildError(format!("The provider '{wanted}' is not supported.")))?;
    let blame = |problem| BuildError(format!("endpoint `{name}`: {problem}"));
    let provider = spec
        .build
        .map(|build| build(&config.model))
        .transpose()
        .map_err(blame)?;
    let signer = provider
        .as_ref()
        .and_then(|provider| provider.auth())
        .map(|auth| authority.signer(&name, &auth, http))
        .transpose()
        .map_err(blame)?;
    let target = Target {
        endpoint: name.clone(),
        spec,
        model: config.model.name.clone(),
        provider,
        limit: config.limit.clone(),
        extras: Extras::of(&config.model.extras).map_err(blame)?,
        signer,
        masker: Masker::of(&config.model),
    };
    Ok(Endpoint {
        name,
        operation: config.operation,
        targets: vec![(Arc::new(target), 1)],
        is_split: false,
        strict: config.strict,
    })
}
