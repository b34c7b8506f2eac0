//! Settings are flat; a flag is an object. This puts keys with `:` together again.

use serde_json::{Map, Value};

/// Deepest nesting that is put together.
const DEPTH_MAX: usize = 16;

/// The object whose leaves these settings are; keys below the same parent are compared without regard to case.
pub fn nested<'a>(settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let mut root = Map::new();
    for (key, text) in settings {
        insert(&mut root, key, text, 0);
    }
    arrays(Value::Object(root))
}

fn insert(object: &mut Map<String, Value>, key: &str, text: &str, depth: usize) {
    let (first, rest) = match key.split_once(':') {
        Some((first, rest)) if depth < DEPTH_MAX => (first, Some(rest)),
        _ => (key, None),
    };
    let known = object.keys().find(|known| known.to_lowercase() == first.to_lowercase()).cloned();
    let name = known.unwrap_or_else(|| first.to_owned());
    match rest {
        None => {
            // A section that also has a value of its own stays a section.
            if !object.get(&name).is_some_and(Value::is_object) {
                object.insert(name, Value::String(text.to_owned()));
            }
        }
        Some(rest) => {
            let child = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if !child.is_object() {
                *child = Value::Object(Map::new());
            }
            if let Value::Object(child) = child {
                insert(child, rest, text, depth + 1);
            }
        }
    }
}

/// Objects whose names are all numbers are arrays in the order of the numbers.
fn arrays(value: Value) -> Value {
    let Value::Object(object) = value else { return value };
    let indexes: Option<Vec<u32>> = object.keys().map(|name| name.parse().ok()).collect();
    match indexes {
        Some(indexes) if !indexes.is_empty() => {
            let mut items: Vec<(u32, Value)> =
                indexes.into_iter().zip(object.into_iter().map(|(_, v)| v)).collect();
            items.sort_by_key(|(index, _)| *index);
            Value::Array(items.into_iter().map(|(_, item)| arrays(item)).collect())
        }
        _ => Value::Object(object.into_iter().map(|(name, item)| (name, arrays(item))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::nested;

    #[test]
    fn keys_become_objects_and_arrays() {
        let settings = [
            ("a:10", "k"),
            ("A:2", "c"),
            ("a:1:x", "1"),
            ("b", "scalar"),
            ("c", "own"),
            ("c:d", "below"),
            ("c", "again"),
        ];
        assert_eq!(
            nested(settings),
            json!({ "a": [{ "x": "1" }, "c", "k"], "b": "scalar", "c": { "d": "below" } })
        );
        let deep = vec!["k"; 100].join(":");
        assert!(nested([(deep.as_str(), "v")]).is_object());
    }
}
