//! The environment's name (B1) and the layer of environment variables (B13).

use std::collections::BTreeMap;
use std::fmt;

use super::error::{Notice, Problem};
use super::layers::{Layer, Scope};
use super::{registry, unknown};

pub const LAYER: &str = "environment";

/// Prefixes of connection strings, as application hosts set them.
const CONNECTION_PREFIXES: [&str; 11] = [
    "SQLCONNSTR_",
    "SQLAZURECONNSTR_",
    "MYSQLCONNSTR_",
    "POSTGRESQLCONNSTR_",
    "CUSTOMCONNSTR_",
    "REDISCACHECONNSTR_",
    "DOCDBCONNSTR_",
    "SERVICEBUSCONNSTR_",
    "EVENTHUBCONNSTR_",
    "NOTIFICATIONHUBCONNSTR_",
    "APIHUBCONNSTR_",
];

/// The environment of the process, which decides which settings may be missing and which are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Development,
    Staging,
    Production,
}

impl Environment {
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.name().eq_ignore_ascii_case(text.trim()))
    }
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }
    pub fn is_development(self) -> bool {
        self == Self::Development
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a name for the environment was found: its source in words and the name.
pub struct Named {
    pub source: String,
    pub name: String,
}

/// The effective environment: every name given must agree; without any it is Production, or Development under
/// `cargo run` (see the ADR on environments).
pub fn decide(named: &[Named], under_cargo: bool) -> Result<(Environment, Option<Notice>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut first: Option<(&Named, Environment)> = None;
    for given in named.iter().filter(|given| !given.name.trim().is_empty()) {
        let Some(environment) = Environment::parse(&given.name) else {
            let reason = "expected Development, Staging or Production";
            problems.push(Problem::new("Environment", reason).given(&given.name, &given.source));
            continue;
        };
        match first {
            None => first = Some((given, environment)),
            Some((winner, chosen)) if chosen != environment => {
                let reason = format!("contradicts '{chosen}' from {}", winner.source);
                problems.push(Problem::new("Environment", reason).given(&given.name, &given.source));
            }
            Some(_) => {}
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match first {
        Some((_, environment)) => Ok((environment, None)),
        None if under_cargo => {
            let text = "Started by cargo and no environment named: running as Development. Set ASPNETCORE_ENVIRONMENT \
                        to choose another.";
            Ok((Environment::Development, Some(Notice::information(text))))
        }
        None => Ok((Environment::Production, None)),
    }
}

/// Environment variables as a layer: `__` is `:`, prefixed connection strings get their section.
pub fn layer(variables: &[(String, String)]) -> (Layer, Vec<Notice>) {
    let mut layer = Layer::new(LAYER, Scope::Shared);
    let mut notices = Vec::new();
    for (name, value) in variables {
        if connection_name(name).is_none() {
            layer.set(&name.replace("__", ":"), Some(value.clone()));
        }
    }
    let mut given_by: BTreeMap<String, &String> = BTreeMap::new();
    for (variable, value) in variables {
        let Some(name) = connection_name(variable) else { continue };
        let key = format!("ConnectionStrings:{}", name.replace("__", ":"));
        let canonical = key.replace(':', "__");
        match layer.get(&key) {
            None => {
                layer.set(&key, Some(value.clone()));
                given_by.insert(key.to_lowercase(), variable);
                notices.push(Notice::warning(format!("{variable} is an old name: set {canonical} instead.")));
            }
            Some(other) if other != value => notices.push(Notice::warning(format!(
                "{variable} is not used: {} gives {key} another value.",
                given_by.get(&key.to_lowercase()).map_or(canonical.as_str(), |earlier| earlier.as_str())
            ))),
            Some(_) => {}
        }
    }
    (layer, notices)
}

/// Prefixes that ASP.NET's host takes from its variables.
const HOST_PREFIXES: [&str; 2] = ["ASPNETCORE_", "DOTNET_"];
pub const HOST_LAYER: &str = "environment (ASPNETCORE_, DOTNET_)";

/// Settings with the prefix of a .NET host, such as `ASPNETCORE_ConnectionStrings__Redis`: the lowest layer of all, as
/// there. Names that are keys with their prefix stay what they are.
pub fn host_layer(variables: &[(String, String)]) -> Layer {
    let mut layer = Layer::new(HOST_LAYER, Scope::Shared);
    for (name, value) in variables {
        let stripped = HOST_PREFIXES.iter().find_map(|prefix| {
            let (start, rest) = name.split_at_checked(prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then(|| rest.replace("__", ":"))
        });
        let Some(key) = stripped else { continue };
        if registry::find(&name.replace("__", ":")).is_none() && key.contains(':') && unknown::is_ours(&key) {
            layer.set(&key, Some(value.clone()));
        }
    }
    layer
}

fn connection_name(variable: &str) -> Option<&str> {
    CONNECTION_PREFIXES.iter().find_map(|prefix| {
        let (start, name) = variable.split_at_checked(prefix.len())?;
        (start.eq_ignore_ascii_case(prefix) && !name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pairs: &[(&str, &str)]) -> Vec<Named> {
        let named = |(source, name): &(&str, &str)| Named { source: (*source).into(), name: (*name).into() };
        pairs.iter().map(named).collect()
    }

    /// Proves: B1, GV14, X09.
    #[test]
    fn the_name_is_decided_in_order_and_contradictions_refuse() {
        let decided = |pairs: &[(&str, &str)], cargo| decide(&named(pairs), cargo).map(|(name, _)| name);
        assert_eq!(decided(&[], false), Ok(Environment::Production));
        assert_eq!(decided(&[], true), Ok(Environment::Development));
        assert_eq!(decided(&[("ASPNETCORE_ENVIRONMENT", "staging")], true), Ok(Environment::Staging));
        assert_eq!(decided(&[("A", " "), ("file", "DEVELOPMENT")], false), Ok(Environment::Development));
        assert_eq!(decided(&[("A", "Staging"), ("B", "staging")], false), Ok(Environment::Staging));
        let problems =
            decided(&[("A", "Staging"), ("B", "Production"), ("C", "Testing")], false).unwrap_err();
        assert_eq!(problems.len(), 2);
        assert_eq!(
            problems[0].to_string(),
            "Environment = 'Production' (from B): contradicts 'Staging' from A"
        );
    }

    /// Proves: B13.
    #[test]
    fn variables_become_keys() {
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut variables = vec![variable("KeyVault__Uri", "https://v"), variable("PATH", "/bin")];
        for prefix in CONNECTION_PREFIXES {
            variables.push(variable(&format!("{}N{prefix}", prefix.to_lowercase()), "x"));
        }
        let (layer, notices) = layer(&variables);
        assert_eq!(layer.get("keyvault:uri"), Some("https://v"));
        for prefix in CONNECTION_PREFIXES {
            assert_eq!(layer.get(&format!("ConnectionStrings:N{prefix}")), Some("x"), "{prefix}");
        }
        assert_eq!(notices.len(), 11);
    }

    /// Proves: B13.
    #[test]
    fn the_plain_name_wins_over_a_prefixed_one() {
        let variables = [
            ("SQLCONNSTR_Redis".to_owned(), "old".to_owned()),
            ("SQLCONNSTR_X".to_owned(), "one".to_owned()),
            ("CUSTOMCONNSTR_X".to_owned(), "two".to_owned()),
            ("ConnectionStrings__Redis".to_owned(), "new".to_owned()),
        ];
        let (layer, notices) = layer(&variables);
        assert_eq!(layer.get("ConnectionStrings:Redis"), Some("new"));
        let texts: Vec<_> = notices.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "SQLCONNSTR_Redis is not used: ConnectionStrings__Redis gives ConnectionStrings:Redis another value.",
                "SQLCONNSTR_X is an old name: set ConnectionStrings__X instead.",
                "CUSTOMCONNSTR_X is not used: SQLCONNSTR_X gives ConnectionStrings:X another value.",
            ]
        );
    }
}
