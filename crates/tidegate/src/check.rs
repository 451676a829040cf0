//! `tidegate check`.

use std::fmt::Write as _;
use std::process::ExitCode;

use tidegate_config::{Config, Field, FieldKind, KeySource, Settings, Value};
use tidegate_gateway::Endpoint;
use tidegate_providers::catalog;

use crate::cli::Check;
use crate::failure::Failure;
use crate::{config, terminal};

/// Says what a config means.
pub(crate) fn run(arguments: &Check) -> Result<ExitCode, Failure> {
    if arguments.print_schema {
        let schema = tidegate_config::schema(catalog());
        terminal::print(&format!("{schema:#}\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let read = config::read("check", &arguments.config)?;
    let loaded = if arguments.strict {
        read.loaded.into_strict().map_err(|error| Failure::Config {
            command: "check",
            error: Box::new(error),
        })?
    } else {
        read.loaded
    };
    for warning in &loaded.warnings {
        terminal::eprint(&format!("{warning}\n"));
    }
    let settings = loaded.config.clone();
    let snapshot = config::build_to_look_at(loaded.config)?;
    let count = snapshot.endpoints.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("{} is valid: {count} route{plural}\n", read.path.display());
    for endpoint in &snapshot.endpoints {
        describe(&mut text, endpoint, &settings);
    }
    terminal::print(&text);
    Ok(ExitCode::SUCCESS)
}

fn describe(text: &mut String, endpoint: &Endpoint, config: &Config) {
    let _ = writeln!(
        text,
        "\n  {}  {}",
        endpoint.name,
        endpoint.operation.route_type()
    );
    if endpoint.is_split {
        for (target, weight) in &endpoint.targets {
            let _ = writeln!(text, "    goes to   {} (weight {weight})", target.endpoint);
        }
        return;
    }
    let Some(target) = endpoint.first() else {
        return;
    };
    let _ = writeln!(text, "    provider  {}", target.spec.fields.name);
    let _ = writeln!(
        text,
        "    model     {}",
        target.model.as_deref().unwrap_or("none")
    );
    let calls = match &target.provider {
        None => "nothing yet: this provider is not built, calls are answered 501".to_owned(),
        Some(provider) => provider
            .describe_url(endpoint.operation)
            .unwrap_or_else(|| "inside the process".to_owned()),
    };
    let _ = writeln!(text, "    calls     {calls}");
    let written = config
        .endpoints
        .iter()
        .find(|written| *written.name == *endpoint.name);
    if let Some(written) = written {
        if target.provider.is_none() {
            bases(text, target.spec.fields.fields, &written.model.settings);
        }
        keys(text, &written.model.settings);
    }
    if let Some(limit) = &target.limit {
        let _ = writeln!(
            text,
            "    limit     {} calls per {} {} and client",
            limit.calls, limit.multiple, limit.unit
        );
    }
}

/// Says where calls will go once the provider is built.
fn bases(text: &mut String, fields: &[Field], settings: &Settings) {
    for field in fields {
        match (&field.kind, settings.get(field.name)) {
            (FieldKind::Url, Some(Value::Text(url))) => {
                let _ = writeln!(text, "    base      {url} ({})", field.name);
            }
            (FieldKind::Group(fields), Some(Value::Group(group))) => bases(text, fields, group),
            _ => {}
        }
    }
}

/// Says where keys come from; never a key.
fn keys(text: &mut String, settings: &Settings) {
    for (name, value) in settings.iter() {
        match value {
            Value::Secret(_, source) => {
                let place = match source {
                    KeySource::Environment(name) => format!("from ${name}"),
                    KeySource::File(path) => format!("from the file {path}"),
                    KeySource::Literal => "written in the config file".to_owned(),
                };
                let _ = writeln!(text, "    key       {name} {place}");
            }
            Value::Group(group) => keys(text, group),
            _ => {}
        }
    }
}
