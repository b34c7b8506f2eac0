//! What a key-value means: text, a secret in a vault, a feature flag, or JSON with many settings in it.

use application::ports::configuration::{ConfigurationSourceError, SecretText};
use serde::Deserialize;
use serde_json::Value as Json;

use super::client::{Failure, Item};
use crate::secrets::vaults::SecretUri;

const REFERENCE: &str = "application/vnd.microsoft.appconfig.keyvaultref+json";
const FLAG: &str = "application/vnd.microsoft.appconfig.ff+json";
const OWN_TYPES: &str = "application/vnd.microsoft.appconfig.";
const FLAG_PREFIX: &str = ".appconfig.featureflag/";
/// Flags become settings with their JSON as value; the flags' reader knows this place.
const FLAG_KEY: &str = "feature_management:feature_flags:";
/// Deepest nesting of a JSON value that is taken apart.
const DEPTH_MAX: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(SecretText),
    Reference(SecretUri),
}

#[derive(Deserialize)]
struct Reference {
    uri: String,
}

/// The settings of a page, in its order.
pub fn values(items: Vec<Item>) -> Result<Vec<(String, Value)>, Failure> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let text = item.value.unwrap_or_default();
        let media_type = item.content_type.as_deref().unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media_type == REFERENCE {
            found.push((item.key.clone(), Value::Reference(reference(&item.key, &text)?)));
        } else if media_type == FLAG || item.key.starts_with(FLAG_PREFIX) {
            let id = item.key.strip_prefix(FLAG_PREFIX).unwrap_or(&item.key);
            found.push((format!("{FLAG_KEY}{id}"), Value::Text(SecretText::new(text))));
        } else if is_json(&media_type) {
            match serde_json::from_str(&text) {
                Ok(json) => flatten(item.key, &json, 0, &mut found),
                // As other clients do: what does not parse is text.
                Err(_) => found.push((item.key, Value::Text(SecretText::new(text)))),
            }
        } else {
            found.push((item.key, Value::Text(SecretText::new(text))));
        }
    }
    Ok(found)
}

fn reference(key: &str, text: &str) -> Result<SecretUri, Failure> {
    let bad = |reason: String| {
        Failure::from(ConfigurationSourceError::Malformed(format!("the reference '{key}': {reason}")))
    };
    let reference: Reference =
        serde_json::from_str(text).map_err(|_| bad("is not {\"uri\": …}".to_owned()))?;
    SecretUri::parse(&reference.uri).map_err(|error| bad(error.to_string()))
}

fn is_json(media_type: &str) -> bool {
    let json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    json && !media_type.starts_with(OWN_TYPES)
}

fn flatten(key: String, json: &Json, depth: usize, found: &mut Vec<(String, Value)>) {
    let text = match json {
        Json::Object(fields) if depth < DEPTH_MAX => {
            for (name, value) in fields {
                flatten(format!("{key}:{name}"), value, depth + 1, found);
            }
            return;
        }
        Json::Array(items) if depth < DEPTH_MAX => {
            for (index, value) in items.iter().enumerate() {
                flatten(format!("{key}:{index}"), value, depth + 1, found);
            }
            return;
        }
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    found.push((key, Value::Text(SecretText::new(text))));
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
            item(
                "Db",
                r#"{"uri":"https://v.vault.azure.net/secrets/db"}"#,
                &format!("{REFERENCE};charset=utf-8"),
            ),
            item(".appconfig.featureflag/Beta", r#"{"id":"Beta"}"#, FLAG),
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
                ("Db", "https://v.vault.azure.net/db"),
                ("feature_management:feature_flags:Beta", r#"{"id":"Beta"}"#),
            ]
        );
    }

    #[test]
    fn a_bad_reference_names_its_key() {
        for bad in ["sentinel", "{}", r#"{"uri":"http://v/secrets/a"}"#] {
            let error = values(vec![item("Db:Password", bad, REFERENCE)]).unwrap_err().error.to_string();
            assert!(error.contains("Db:Password") && !error.contains("sentinel"), "{error}");
        }
    }
}
