//! `tidegate check`.

use std::fmt::Write as _;
use std::process::ExitCode;

use tidegate_config::{Config, ExtraPair, Extras, Field, FieldKind, KeySource, Settings, Value};
use tidegate_gateway::Endpoint;

use tidegate_providers::{Auth, AwsCredentials, AzureIdentity, catalog};

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
        Some(_) if !target.spec.operations.contains(&endpoint.operation) => format!(
            "nothing: {} serves no {}, calls are answered 501",
            target.spec.display, endpoint.operation
        ),
        Some(provider) => provider.describe_url(endpoint.operation).map_or_else(
            || "inside the process".to_owned(),
            |url| without_secrets(&url),
        ),
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
        let Extras { headers, query } = &written.model.extras;
        extras(text, "header", headers);
        extras(text, "query", query);
    }
    let auth = target.provider.as_ref().and_then(|it| it.auth());
    if let Some(login) = auth.as_ref().and_then(login) {
        let _ = writeln!(text, "    login     {login}");
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
                let url = without_secrets(url);
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
                let _ = writeln!(text, "    key       {name} {}", place(source));
            }
            Value::Group(group) => keys(text, group),
            _ => {}
        }
    }
}

/// Says what is added to calls; never its value.
fn extras(text: &mut String, kind: &str, pairs: &[ExtraPair]) {
    for ExtraPair { name, source, .. } in pairs {
        let _ = writeln!(text, "    {kind:<9} {name} {}", place(source));
    }
}

/// Says where a secret comes from.
fn place(source: &KeySource) -> String {
    match source {
        KeySource::Environment(name) | KeySource::Default(name) => format!("from ${name}"),
        KeySource::File(path) => format!("from the file {path}"),
        KeySource::Literal => "written in the config file".to_owned(),
    }
}

/// Says who asks for the credentials of calls, where they are none of the config's keys.
fn login(auth: &Auth) -> Option<String> {
    let login = match auth {
        Auth::Aws(aws) => match &aws.credentials {
            AwsCredentials::Keys { .. } => return None,
            AwsCredentials::Role { arn, .. } => {
                format!("the role {arn}, assumed with AWS's standard chain of credentials")
            }
            AwsCredentials::Chain => "AWS's standard chain of credentials".to_owned(),
        },
        Auth::Azure(azure) => match &azure.identity {
            AzureIdentity::ClientSecret {
                tenant_id,
                client_id,
                ..
            } => format!("the application {client_id} of the tenant {tenant_id}"),
            AzureIdentity::Managed { client_id: None } => {
                "the managed identity of the machine".to_owned()
            }
            AzureIdentity::Managed {
                client_id: Some(id),
            } => format!("the managed identity {id}"),
        },
        Auth::ClientCredentials(client) => format!(
            "the client {} at {}",
            client.client_id,
            without_secrets(&client.token_url)
        ),
    };
    Some(login)
}

/// Hides what may be a secret in a URL: the part before the host, and all values of the query but Azure's API version.
fn without_secrets(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let host_ends = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(host_ends);
    let authority = match authority.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => authority.to_owned(),
    };
    let mut shown = format!("{scheme}://{authority}{path}");
    for (index, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        shown.push(if index == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) if name != "api-version" => {
                let _ = write!(shown, "{name}=***");
            }
            _ => shown.push_str(pair),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn hides_what_may_be_a_secret_in_a_url() {
        for (url, shown) in [
            ("https://h/v1/x", "https://h/v1/x"),
            ("https://u:p@ss@h:8/v1", "https://***@h:8/v1"),
            (
                "https://h/a@b?code=s&api-version=2023-05-15&flag",
                "https://h/a@b?code=***&api-version=2023-05-15&flag",
            ),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
