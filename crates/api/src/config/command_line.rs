//! Settings on the command line: `--Key:Sub value`, `--Key:Sub=value`, `/Key=value`.

use super::error::Problem;
use super::layers::{Layer, Scope};
use super::registry;

pub const LAYER: &str = "command line";
/// Settings that win over every other source, for emergencies.
pub const BREAK_GLASS_LAYER: &str = "--break-glass";
const BREAK_GLASS: &str = "break-glass";

/// Arguments divided between the command parser and the configuration.
#[derive(Default)]
pub struct Arguments {
    /// The arguments for the command parser, in order.
    pub command: Vec<String>,
    pub settings: Vec<(String, String)>,
    /// Settings of `--break-glass KEY=VALUE`.
    pub break_glass: Vec<(String, String)>,
    /// Settings without a value.
    pub problems: Vec<Problem>,
}

/// Takes the settings out of `arguments` (without the program's name). A setting is recognised by the `:` in its
/// name, or by being a known key without sections, such as `--Urls`.
pub fn split_arguments(arguments: impl IntoIterator<Item = String>) -> Arguments {
    let mut split = Arguments::default();
    let mut arguments = arguments.into_iter().peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            split.command.push(argument);
            split.command.extend(arguments);
            break;
        }
        if let Some(given) = break_glass(&argument) {
            let given = given.map(str::to_owned).or_else(|| arguments.next());
            match given.as_deref().and_then(|given| given.split_once('=')).filter(|(key, _)| !key.is_empty())
            {
                Some((key, value)) => split.break_glass.push((key.replace("__", ":"), value.to_owned())),
                None => split.problems.push(Problem::new("--break-glass", "expected KEY=VALUE after it")),
            }
            continue;
        }
        match setting(&argument) {
            None => split.command.push(argument),
            Some((key, Some(value))) => split.settings.push((key.to_owned(), value.to_owned())),
            Some((key, None)) => match arguments.next_if(|next| !next.starts_with("--")) {
                Some(value) => split.settings.push((key.to_owned(), value)),
                None => split.problems.push(Problem::new(key, "has no value on the command line")),
            },
        }
    }
    split
}

/// `Some` for `--break-glass`, with what follows an `=`.
fn break_glass(argument: &str) -> Option<Option<&str>> {
    let rest = argument.strip_prefix("--")?.strip_prefix(BREAK_GLASS)?;
    if rest.is_empty() { Some(None) } else { rest.strip_prefix('=').map(Some) }
}

fn setting(argument: &str) -> Option<(&str, Option<&str>)> {
    let dashed = argument.strip_prefix("--");
    let text = dashed.or_else(|| argument.strip_prefix('/'))?;
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (text, None),
    };
    // A path such as /srv/books=2025.csv is an argument of the command, not a setting.
    let readable = !key.is_empty() && !key.contains('/') && (dashed.is_some() || value.is_some());
    (readable && (key.contains(':') || registry::is_root_key(key))).then_some((key, value))
}

/// A layer of settings from the command line; the last of several values for one key counts.
pub fn layer(name: &str, settings: &[(String, String)]) -> Layer {
    let mut layer = Layer::new(name, Scope::Own);
    for (key, value) in settings {
        layer.set(key, Some(value.clone()));
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_told_from_options() {
        let given = [
            "import",
            "--file",
            "/a/b=c.csv",
            "--Data:Directory",
            "/srv/erp",
            "--limits:BodyBytes=5",
            "/Urls=http://*:1",
            "--urls",
            "http://*:2",
            "--dry-run",
            "--Cache:MemoryBytes",
            "--post",
        ];
        let split = split_arguments(given.map(str::to_owned));
        assert_eq!(split.command, ["import", "--file", "/a/b=c.csv", "--dry-run", "--post"]);
        let layer = layer(LAYER, &split.settings);
        assert_eq!(layer.get("data:directory"), Some("/srv/erp"));
        assert_eq!(layer.get("Limits:BodyBytes"), Some("5"));
        assert_eq!(layer.get("Urls"), Some("http://*:2"));
        assert_eq!(split.problems.len(), 1);
        assert_eq!(split.problems[0].key, "Cache:MemoryBytes");
    }

    #[test]
    fn break_glass_takes_a_key_and_a_value() {
        let given = [
            "serve",
            "--break-glass",
            "jwt-key=a=b",
            "--break-glass=Limits__BodyBytes=5",
            "--break-glass",
            "x",
        ];
        let split = split_arguments(given.map(str::to_owned));
        assert_eq!(split.command, ["serve"]);
        let pairs: Vec<_> =
            split.break_glass.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("jwt-key", "a=b"), ("Limits:BodyBytes", "5")]);
        assert_eq!(split.problems.len(), 1);
    }
}
