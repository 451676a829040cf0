//! `tidegate import`: answers in, config out. What becomes of the answers is the business of `tidegate-import`.

mod login;
mod output;
mod server;

use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use tidegate_config::Environment;
use tidegate_import::{Answers, Imported};
use tidegate_providers::catalog;

use crate::cli::{Import, ImportFrom, ImportMlflow};
use crate::failure::Failure;
use crate::terminal;

use server::Server;

/// Largest file of answers in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What the report calls the config that went to standard output.
const UNNAMED: &str = "config.yaml";

/// Imports from another gateway.
pub(crate) fn run(arguments: &Import) -> Result<ExitCode, Failure> {
    let ImportFrom::Mlflow(arguments) = &arguments.from;
    mlflow(arguments)
}

fn mlflow(arguments: &ImportMlflow) -> Result<ExitCode, Failure> {
    let output = arguments.output.as_deref();
    if let Some(path) = output.filter(|path| !arguments.force && path.exists()) {
        return Err(in_the_way(path));
    }
    let (answers, origin) = answers(&arguments.source)?;
    let imported = tidegate_import::import(&answers, &origin).with_context(|| {
        format!(
            "{origin} has nothing to import; create endpoints in MLflow first, or give the answer of \
             /api/3.0/mlflow/gateway/endpoints/list"
        )
    })?;
    let config = imported.config();
    match output {
        Some(path) => output::write(path, &config, arguments.force).map_err(|error| {
            if !arguments.force && error.kind() == ErrorKind::AlreadyExists {
                return in_the_way(path);
            }
            let said = format!("{} cannot be written", path.display());
            anyhow::Error::new(error).context(said).into()
        })?,
        None => terminal::print(&config),
    }
    let file = output.map_or_else(|| UNNAMED.to_owned(), |path| path.display().to_string());
    terminal::eprint(&imported.report(&file));
    Ok(verify(&config, &file, &imported))
}

fn answers(source: &str) -> anyhow::Result<(Answers, String)> {
    if let Some(server) = Server::of(source) {
        let mut server = server?;
        let answers = server.fetch()?;
        return Ok((answers, server.origin()));
    }
    let (text, origin) = if source == "-" {
        (read(std::io::stdin()), "standard input".to_owned())
    } else {
        let file = std::fs::File::open(source).with_context(|| {
            format!("{source} cannot be read; a server's URL begins with `http://` or `https://`")
        })?;
        (read(file), source.to_owned())
    };
    let text = text.with_context(|| format!("{origin} cannot be read"))?;
    let answers = Answers::read(&text).with_context(|| {
        format!(
            "{origin} is not what MLflow's API answers to /api/3.0/mlflow/gateway/endpoints/list"
        )
    })?;
    Ok((answers, origin))
}

fn read(source: impl std::io::Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(
        u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= LARGEST,
        "it is larger than {LARGEST} bytes"
    );
    Ok(tidegate_import::text(bytes)?)
}

fn in_the_way(path: &Path) -> Failure {
    Failure::Usage {
        command: "import mlflow",
        message: format!(
            "{} exists already: name another file, or add `--force` to replace it",
            path.display()
        ),
    }
}

/// Loads the config as `check` will, with all variables set, so that no surprise is left for later.
fn verify(config: &str, file: &str, imported: &Imported) -> ExitCode {
    let set = AllSet(imported);
    match tidegate_config::parse(config, Path::new(file), catalog(), &set) {
        Ok(_) if imported.needs_a_hand() => ExitCode::FAILURE,
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::eprint(&format!(
                "\nWhat MLflow allows and a config does not, has to be mended by hand:\n{error}\n"
            ));
            ExitCode::FAILURE
        }
    }
}

/// An environment in which the variables of the config are set.
struct AllSet<'a>(&'a Imported);

impl Environment for AllSet<'_> {
    fn var(&self, name: &str) -> Option<String> {
        let mut variables = self.0.variables().iter();
        variables
            .any(|variable| variable.name == name)
            .then(|| "set".to_owned())
    }

    fn read_key_file(&self, _: &str) -> Option<Result<String, String>> {
        None
    }

    fn is_file(&self, _: &Path) -> bool {
        false
    }
}
