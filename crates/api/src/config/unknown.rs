//! Keys nobody reads: most often a typing error that would otherwise pass in silence.

use super::error::Notice;
use super::layers::{Layers, Scope};
use super::registry;

/// How many changed letters still make a suggestion.
const DISTANCE_MAX: usize = 3;

/// Settings of ASP.NET's server that do nothing here, by how their keys begin, and what to set instead.
const OF_KESTREL: [(&str, &str); 4] = [
    ("Kestrel:", "set Urls"),
    ("ASPNETCORE_HTTPS_PORTS", "TLS is ended by the proxy in front"),
    ("DOTNET_HTTPS_PORTS", "TLS is ended by the proxy in front"),
    ("HTTPS_PORTS", "TLS is ended by the proxy in front"),
];

fn instead(key: &str) -> Option<&'static str> {
    let begins = |start: &str| key.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    OF_KESTREL.iter().find(|(start, _)| begins(start)).map(|(_, instead)| *instead)
}

/// Whether an environment variable, as a key, is meant for this program.
pub fn is_ours(key: &str) -> bool {
    if instead(key).is_some() {
        return true;
    }
    match key.split_once(':') {
        Some((section, _)) => registry::is_section(section),
        None => registry::find(key).is_some(),
    }
}

/// Unknown keys with the layer they are in. The environment belongs to others too: only known sections count there.
pub fn keys(layers: &Layers) -> Vec<(String, &str)> {
    let mut unknown = Vec::new();
    for layer in layers.iter() {
        let meant = |key: &&str| layer.scope() == Scope::Own || is_ours(key);
        let keys = layer.keys().filter(meant).filter(|key| registry::find(key).is_none());
        // An empty section (`"Services": {}`) sets nothing.
        let set = keys.filter(|key| layer.get(key).is_some() || !registry::is_section(key));
        unknown.extend(set.map(|key| (key.to_owned(), layer.name())));
    }
    unknown
}

/// One warning for each layer that has unknown keys.
pub fn notices(layers: &Layers) -> Vec<Notice> {
    let unknown = keys(layers);
    let warning = |layer: &str| {
        let keys = unknown.iter().filter(|(_, found)| *found == layer);
        let names: Vec<_> = keys.map(|(key, _)| described(key)).collect();
        let plural = if names.len() == 1 { "key" } else { "keys" };
        let text = format!("Unknown {plural} in {layer}, not used: {}.", names.join(", "));
        (!names.is_empty()).then(|| Notice::warning(text))
    };
    layers.iter().filter_map(|layer| warning(layer.name())).collect()
}

fn described(key: &str) -> String {
    if let Some(instead) = instead(key) {
        return format!("{key} ({instead})");
    }
    if let Some(group) =
        registry::ALL.iter().filter_map(|def| def.group()).find(|group| group.eq_ignore_ascii_case(key))
    {
        return format!("{key} (a list: write {group}:0, {group}:1 …)");
    }
    let lower = key.to_lowercase();
    let near = registry::ALL.iter().map(|def| (distance(&lower, &def.key.to_lowercase()), def.key));
    match near.min_by_key(|(distance, _)| *distance) {
        Some((distance, known)) if distance <= DISTANCE_MAX => format!("{key} (did you mean {known}?)"),
        _ => key.to_owned(),
    }
}

/// Edit distance between two short texts.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layer;

    /// Proves: B14, X01.
    #[test]
    fn unknown_keys_are_named_with_a_suggestion() {
        let mut file = Layer::new("appsettings.json", Scope::Own);
        let mut environment = Layer::new("environment", Scope::Shared);
        for key in ["Limits:BodyByte", "AllowedHosts", "Urls"] {
            file.set(key, Some("x".to_owned()));
        }
        for key in ["PATH", "AWS:Region", "Auth:Isuer", "Kestrel:Endpoints:Http:Url", "Cors:AllowedOrigins"] {
            environment.set(key, Some("x".to_owned()));
        }
        let mut layers = Layers::default();
        layers.push(file);
        layers.push(environment);
        let texts: Vec<_> = notices(&layers).into_iter().map(|notice| notice.text).collect();
        assert_eq!(
            texts,
            [
                "Unknown keys in appsettings.json, not used: AllowedHosts, Limits:BodyByte (did you mean Limits:BodyBytes?).",
                "Unknown keys in environment, not used: Auth:Isuer (did you mean Auth:Issuer?), Cors:AllowedOrigins (a \
                 list: write Cors:AllowedOrigins:0, Cors:AllowedOrigins:1 …), Kestrel:Endpoints:Http:Url (set Urls).",
            ]
        );
    }
}
