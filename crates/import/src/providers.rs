//! The table of providers: what each one of MLflow's is here, and where its settings go.
//!
//! Read in MLflow 3.17: the ways to authenticate in `mlflow/utils/providers.py`, what becomes of them in
//! `mlflow/server/gateway_api.py` (`_build_endpoint_config`). What MLflow has no code for, it sends through LiteLLM.

mod hosted;
mod own;

/// One of MLflow's providers.
pub(crate) struct Rule {
    /// Its names in MLflow.
    pub(crate) names: &'static [&'static str],
    /// Its name here.
    pub(crate) provider: &'static str,
    /// Ways to authenticate, the one that counts without `auth_mode` first.
    pub(crate) modes: &'static [Mode],
    /// A level of `config` that is written even if nothing stands in it.
    pub(crate) group: Option<&'static str>,
    /// Settings of which MLflow makes nothing either.
    pub(crate) ignored: &'static [&'static str],
    /// Says why a model cannot be served here.
    pub(crate) refuses: fn(&str) -> Option<&'static str>,
}

/// A way to authenticate.
pub(crate) struct Mode {
    /// Value of `auth_mode`.
    pub(crate) name: &'static str,
    /// Parts of the secret that are kept encrypted.
    pub(crate) keys: &'static [Key],
    /// Parts that are told.
    pub(crate) settings: &'static [Setting],
    /// The key that must hold the model's name too.
    pub(crate) model: Option<&'static str>,
    /// A variable that the provider reads by itself: it can stand for one key in a process, or must be unset.
    pub(crate) process: Option<Process>,
}

/// A variable that belongs to the whole process.
#[derive(Clone, Copy)]
pub(crate) struct Process {
    pub(crate) variable: &'static str,
    /// The secret's part that it holds; none if the provider asks the machine as long as the variable is unset.
    pub(crate) holds: Option<&'static str>,
    /// The setting beside which it does not matter.
    pub(crate) unless: Option<&'static str>,
}

/// A key and where it goes.
pub(crate) struct Key {
    /// Its name in MLflow's secret.
    pub(crate) part: &'static str,
    /// Its key here, with dots between the levels.
    pub(crate) path: &'static str,
    /// The variable that usually holds it.
    pub(crate) variable: &'static str,
    /// Written even if MLflow does not say that it has it.
    pub(crate) needed: bool,
}

/// A setting and where it goes.
pub(crate) struct Setting {
    /// Its name in MLflow's `auth_config`.
    pub(crate) name: &'static str,
    /// Its key here, with dots between the levels.
    pub(crate) path: &'static str,
    /// Nothing can be called without it.
    pub(crate) needed: bool,
    /// An ending that MLflow takes with or without, and the provider here adds by itself.
    pub(crate) cut: Option<&'static str>,
}

impl Setting {
    /// True for the address of the API.
    pub(crate) fn is_address(&self) -> bool {
        self.name == "api_base"
    }
}

/// What a provider of MLflow's is here.
pub(crate) struct Found {
    pub(crate) rule: &'static Rule,
    /// The address of its API, where the name stands for one.
    pub(crate) base: Option<&'static str>,
    /// The variable that usually holds its key, where the name stands for one.
    pub(crate) variable: Option<&'static str>,
}

/// The name under which a secret says that `openai` is Azure's.
pub(crate) const AZURE_BY_TYPE: [(&str, &str); 2] =
    [("azure", "openai+azure"), ("azuread", "openai+azuread")];

/// Finds a provider of MLflow's.
pub(crate) fn find(name: &str) -> Option<Found> {
    if let Some(rule) = own::RULES.iter().find(|rule| rule.names.contains(&name)) {
        return Some(Found {
            rule,
            base: None,
            variable: None,
        });
    }
    if name == hosted::PORTKEY_NAME {
        return Some(Found {
            rule: &hosted::PORTKEY,
            base: Some(hosted::PORTKEY_BASE),
            variable: None,
        });
    }
    if hosted::SERVERS.contains(&name) {
        return Some(unknown());
    }
    let known = hosted::SERVICES.iter().find(|known| known.0 == name)?;
    Some(Found {
        rule: &hosted::RULE,
        base: Some(known.1),
        variable: Some(known.2),
    })
}

/// What a server that speaks OpenAI's dialect is here; an unknown provider is written so for a person to finish.
pub(crate) fn unknown() -> Found {
    Found {
        rule: &hosted::RULE,
        base: None,
        variable: None,
    }
}

const fn needed(part: &'static str, path: &'static str, variable: &'static str) -> Key {
    Key {
        part,
        path,
        variable,
        needed: true,
    }
}

const fn optional(part: &'static str, path: &'static str, variable: &'static str) -> Key {
    Key {
        needed: false,
        ..needed(part, path, variable)
    }
}

const fn setting(name: &'static str, path: &'static str) -> Setting {
    Setting {
        name,
        path,
        needed: false,
        cut: None,
    }
}

const fn must(name: &'static str, path: &'static str) -> Setting {
    Setting {
        needed: true,
        ..setting(name, path)
    }
}

const NO_MODE: Mode = Mode {
    name: "api_key",
    keys: &[],
    settings: &[],
    model: None,
    process: None,
};

const NO_RULE: Rule = Rule {
    names: &[],
    provider: "",
    modes: &[],
    group: None,
    ignored: &[],
    refuses: |_| None,
};
