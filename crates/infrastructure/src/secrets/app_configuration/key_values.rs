//! The meaning of a key-value: text, a secret in a vault, a feature flag, or JSON with many settings in it.

use application::flat_json::flatten;
use application::ports::configuration::{ConfigurationSourceError, SecretText};
use serde::Deserialize;

use super::client::{Failure, Item};
use crate::secrets::vaults::SecretUri;

const REFERENCE: &str = "application/vnd.microsoft.appconfig.keyvaultref+json";
const FLAG: &str = "application/vnd.microsoft.appconfig.ff+json";
/// Marks a reference to a snapshot in a content type, whose media type is that of any JSON.
const SNAPSHOT_PROFILE: &str = "https://azconfig.io/mime-profiles/snapshot-ref";
const OWN_TYPES: &str = "application/vnd.microsoft.appconfig.";
const FLAG_PREFIX: &str = ".appconfig.featureflag/";
/// Flags become settings with their JSON as value; the flags' reader knows this place.
const FLAG_KEY: &str = "feature_management:feature_flags:";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(SecretText),
    Reference(SecretUri),
}

#[derive(Deserialize)]
struct Reference {
    uri: String,
}

#[derive(Deserialize)]
struct SnapshotReference {
    snapshot_name: String,
}

/// The settings of a page, in its order.
pub fn values(items: Vec<Item>) -> Result<Vec<(String, Value)>, Failure> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let text = item.value.unwrap_or_default();
        let content_type = item.content_type.as_deref().unwrap_or_default();
        if is_snapshot_reference(content_type) {
            return Err(snapshot_reference(&item.key, &text));
        }
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media_type == REFERENCE {
            found.push((item.key.clone(), Value::Reference(reference(&item.key, &text)?)));
        } else if media_type == FLAG || item.key.starts_with(FLAG_PREFIX) {
            // The flag's id is in its value; here its key is one segment only, whatever it looks like.
            let key = item.key.strip_prefix(FLAG_PREFIX).unwrap_or(&item.key);
            let key = key.replace('%', "%25").replace(':', "%3A");
            found.push((format!("{FLAG_KEY}{key}"), Value::Text(SecretText::new(text))));
        } else if is_json(&media_type) {
            match flatten(&item.key, &text) {
                Ok(settings) => found.extend(
                    settings
                        .into_iter()
                        .map(|(key, value)| (key, Value::Text(SecretText::new(value.unwrap_or_default())))),
                ),
                // A value that does not parse is text, as in other clients.
                Err(_) => found.push((item.key, Value::Text(SecretText::new(text)))),
            }
        } else {
            found.push((item.key, Value::Text(SecretText::new(text))));
        }
    }
    Ok(found)
}

fn is_snapshot_reference(content_type: &str) -> bool {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut profiles = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("profile"));
    profiles.any(|(_, value)| value.trim().trim_matches('"').eq_ignore_ascii_case(SNAPSHOT_PROFILE))
}

/// Taken for a setting, it would leave everything in the snapshot out of force without a word.
fn snapshot_reference(key: &str, text: &str) -> Failure {
    let reference: Option<SnapshotReference> = serde_json::from_str(text).ok();
    let name = reference.map_or_else(String::new, |reference| format!(" '{}'", reference.snapshot_name));
    let text = format!(
        "'{key}' refers to the snapshot{name}, and snapshots are not read: give the store its key-values themselves, and \
         remove '{key}'"
    );
    ConfigurationSourceError::Malformed(text).into()
}

fn reference(key: &str, text: &str) -> Result<SecretUri, Failure> {
    let bad = |reason: String| {
        Failure::from(ConfigurationSourceError::Malformed(format!("the reference '{key}': {reason}")))
    };
    let reference: Reference =
        serde_json::from_str(text).map_err(|_| bad("is not {\"uri\": …}".to_owned()))?;
    SecretUri::parse(&reference.uri).map_err(|error| bad(error.to_string()))
}

/// `application/json`, and any type with `json` among the parts of its name, such as `application/x+json`.
fn is_json(media_type: &str) -> bool {
    let subtype = media_type.strip_prefix("application/").unwrap_or_default();
    subtype.split('+').any(|part| part == "json") && !media_type.starts_with(OWN_TYPES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, value: &str, content_type: &str) -> Item {
        Item {
            key: key.to_owned(),
            value: Some(value.to_owned()),
            content_type: Some(content_type.to_owned()),
        }
    }

    fn texts(items: Vec<Item>) -> Vec<(String, String)> {
        let text = |(key, value): (String, Value)| match value {
            Value::Text(text) => (key, text.expose().to_owned()),
            Value::Reference(uri) => (key, format!("{}/{}", uri.vault, uri.name)),
        };
        values(items).unwrap().into_iter().map(text).collect()
    }

    #[test]
    fn content_types_decide() {
        let found = texts(vec![
            item("Cache:Size", "5", ""),
            item("Note", "{\"a\":1}", "text/plain"),
            item("Limits", r#"{"A": 1, "B": [true, null, "x"]}"#, "application/json; charset=utf-8"),
            item("Broken", "{", "application/json"),
            item("Commented", "{\"A\": 1.10, /* note */ \"B\": 12345678901234567890123}", "application/json"),
            item("Other", "{\"A\": true}", "application/json+x"),
            item(
                "Db",
                r#"{"uri":"https://v.vault.azure.net/secrets/db"}"#,
                &format!("{REFERENCE};charset=utf-8"),
            ),
            item(".appconfig.featureflag/Beta", r#"{"id":"Beta"}"#, FLAG),
            item(".appconfig.featureflag/MyApp1:Beta", r#"{"id":"Beta"}"#, FLAG),
        ]);
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(
            found,
            [
                ("Cache:Size", "5"),
                ("Note", "{\"a\":1}"),
                ("Limits:A", "1"),
                ("Limits:B:0", "true"),
                ("Limits:B:1", ""),
                ("Limits:B:2", "x"),
                ("Broken", "{"),
                ("Commented:A", "1.10"),
                ("Commented:B", "12345678901234567890123"),
                ("Other:A", "true"),
                ("Db", "https://v.vault.azure.net/db"),
                ("feature_management:feature_flags:Beta", r#"{"id":"Beta"}"#),
                ("feature_management:feature_flags:MyApp1%3ABeta", r#"{"id":"Beta"}"#),
            ]
        );
    }

    #[test]
    fn references_to_snapshots_are_refused_by_name() {
        let profile = "https://azconfig.io/mime-profiles/snapshot-ref";
        for content_type in [
            format!("application/json; profile=\"{profile}\"; charset=utf-8"),
            format!("application/json;charset=utf-8;Profile={profile}"),
        ] {
            for (value, name) in [(r#"{"snapshot_name":"June"}"#, " 'June'"), ("sentinel", "")] {
                let refused = values(vec![item("Ref", value, &content_type)]).unwrap_err().error.to_string();
                let told = format!("'Ref' refers to the snapshot{name}, and snapshots are not read");
                assert!(refused.contains(&told) && !refused.contains("sentinel"), "{refused}");
            }
        }
        let other = item("A", "{\"b\":1}", "application/json; profile=\"https://a.example/x\"");
        assert_eq!(texts(vec![other]), [("A:b".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn a_bad_reference_names_its_key() {
        for bad in ["sentinel", "{}", r#"{"uri":"http://v/secrets/a"}"#] {
            let error = values(vec![item("Db:Password", bad, REFERENCE)]).unwrap_err().error.to_string();
            assert!(error.contains("Db:Password") && !error.contains("sentinel"), "{error}");
        }
    }
}
