//! JSON documents as flat settings: `{"Limits": {"BodyBytes": 1}}` is `Limits:BodyBytes` = `1`. Comments and trailing
//! commas are allowed, and a number keeps the digits it was written with, because it may be a password.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

/// Deepest nesting that is taken apart.
pub const DEPTH_MAX: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FlatJsonError {
    /// With line and column.
    #[error("{0}")]
    Syntax(String),
    #[error("the key '{0}' is set twice")]
    Twice(String),
    #[error("is nested more than {DEPTH_MAX} deep")]
    TooDeep,
}

/// A key with its text; `None` is `null`, an empty object or an empty array.
pub type Setting = (String, Option<String>);

/// The leaves of a document below `key`, which may be empty. A section may be written in several pieces, a leaf once.
pub fn flatten(key: &str, text: &str) -> Result<Vec<Setting>, FlatJsonError> {
    let plain = without_extras(text.strip_prefix('\u{feff}').unwrap_or(text));
    let syntax = |error: serde_json::Error| FlatJsonError::Syntax(error.to_string());
    serde_json::from_str::<IgnoredAny>(&plain).map_err(syntax)?;
    let mut settings = Vec::new();
    leaves(key.to_owned(), plain.trim(), 0, &mut settings)?;
    let mut keys: Vec<_> = settings.iter().filter(|(_, value)| value.is_some()).map(|(key, _)| key).collect();
    keys.sort_by_key(|key| key.to_lowercase());
    match keys.windows(2).find(|pair| pair[0].to_lowercase() == pair[1].to_lowercase()) {
        Some(pair) => Err(FlatJsonError::Twice(pair[1].clone())),
        None => Ok(settings),
    }
}

/// Whether the document is an object.
pub fn is_object(text: &str) -> bool {
    without_extras(text.strip_prefix('\u{feff}').unwrap_or(text)).trim_start().starts_with('{')
}

fn leaves(key: String, json: &str, depth: usize, settings: &mut Vec<Setting>) -> Result<(), FlatJsonError> {
    if depth > DEPTH_MAX {
        return Err(FlatJsonError::TooDeep);
    }
    let child = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}:{name}") };
    let syntax = |error: serde_json::Error| FlatJsonError::Syntax(error.to_string());
    let value = match json.as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(json).map_err(syntax)?;
            for (name, value) in &members {
                leaves(child(name), value.get(), depth + 1, settings)?;
            }
            if !members.is_empty() {
                return Ok(());
            }
            None
        }
        Some(b'[') => {
            let Items(items) = serde_json::from_str(json).map_err(syntax)?;
            for (index, value) in items.iter().enumerate() {
                leaves(child(&index.to_string()), value.get(), depth + 1, settings)?;
            }
            if !items.is_empty() {
                return Ok(());
            }
            None
        }
        Some(b'"') => Some(serde_json::from_str(json).map_err(syntax)?),
        Some(b'n') => None,
        // Numbers, `true` and `false` are their own text.
        _ => Some(json.to_owned()),
    };
    if !key.is_empty() {
        settings.push((key, value));
    }
    Ok(())
}

/// The members of an object in their order, repeated ones too.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    members.push((Cow::Owned(name), value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Items<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Items<'de>, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = items.next_element::<&'de RawValue>()? {
                    values.push(value);
                }
                Ok(Items(values))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

/// Blanks comments and trailing commas, leaving every other byte where it was, so that errors keep their position.
pub fn without_extras(text: &str) -> String {
    let mut out = blank_comments(text);
    let mut comma: Option<usize> = None;
    let mut in_string = false;
    let mut escaped = false;
    for index in 0..out.len() {
        let byte = out[index];
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'}' | b']' => {
                if let Some(at) = comma {
                    out[at] = b' ';
                }
            }
            _ => {}
        }
        if byte == b',' {
            comma = Some(index);
        } else if !byte.is_ascii_whitespace() {
            comma = None;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn blank_comments(text: &str) -> Vec<u8> {
    #[derive(PartialEq)]
    enum Within {
        Json,
        Text,
        Line,
        Block,
    }
    let mut out = text.as_bytes().to_vec();
    let mut within = Within::Json;
    let mut index = 0;
    while index < out.len() {
        let pair = (out[index], out.get(index + 1).copied());
        let mut width = 1;
        let mut blank = false;
        match within {
            Within::Json => match pair {
                (b'"', _) => within = Within::Text,
                (b'/', Some(b'/')) => (within, width, blank) = (Within::Line, 2, true),
                (b'/', Some(b'*')) => (within, width, blank) = (Within::Block, 2, true),
                _ => {}
            },
            Within::Text => match pair {
                (b'\\', Some(_)) => width = 2,
                (b'"', _) => within = Within::Json,
                _ => {}
            },
            // Old editors end lines with a carriage return alone.
            Within::Line if matches!(pair.0, b'\n' | b'\r') => within = Within::Json,
            Within::Block if pair == (b'*', Some(b'/')) => (within, width, blank) = (Within::Json, 2, true),
            Within::Line | Within::Block => blank = !matches!(pair.0, b'\n' | b'\r'),
        }
        if blank {
            out[index..index + width].fill(b' ');
        }
        index += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Vec<(String, Option<String>)> {
        flatten("", text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn one(text: &str) -> String {
        flat(text)[0].1.clone().unwrap()
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in ["12345678901234567890123", "1.10", "1e5", "1E400", "-0.0", "1.2345678901234567890e+22"]
        {
            assert_eq!(one(&format!(r#"{{"db-password": {number}}}"#)), number);
        }
        assert_eq!(one(r#"{"a": true}"#), "true");
        assert_eq!(one(r#"{"a": "\u0041\n"}"#), "A\n");
    }

    #[test]
    fn sections_may_come_in_pieces_and_leaves_once() {
        let found = flat(r#"{"A": {"B": 1}, "a": {"C": [2, {"D": 3}]}, "E": null, "F": {}, "F": []}"#);
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
        assert_eq!(
            found,
            [
                ("A:B", Some("1")),
                ("a:C:0", Some("2")),
                ("a:C:1:D", Some("3")),
                ("E", None),
                ("F", None),
                ("F", None)
            ]
        );
        for (text, key) in [
            (r#"{ "Limits": { "BodyBytes": 1, "bodyBytes": 2 } }"#, "bodyBytes"),
            (r#"{ "Limits:BodyBytes": 1, "Limits": { "bodyBytes": 2 } }"#, "bodyBytes"),
            (r#"{ "A": [1], "A": [2] }"#, "A:0"),
        ] {
            let error = flatten("", text).unwrap_err();
            assert!(matches!(&error, FlatJsonError::Twice(found) if found.ends_with(key)), "{error}");
        }
    }

    #[test]
    fn comments_and_trailing_commas_are_allowed() {
        let text = "{ // the port\r \"Urls\": \"http://a//b,]\", /* block , } */ \"L\": [ \"x\\\"//\", ], }";
        assert_eq!(
            flat(text),
            [
                ("Urls".to_owned(), Some("http://a//b,]".to_owned())),
                ("L:0".to_owned(), Some("x\"//".to_owned()))
            ]
        );
        let error = flatten("", "{\n  /* a\n */ \"A\": 1 \"B\": 2\n}").unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
    }

    #[test]
    fn a_key_goes_before_all() {
        assert_eq!(flatten("K", "5").unwrap(), [("K".to_owned(), Some("5".to_owned()))]);
        assert_eq!(flatten("K", "[{\"a\":\"b\"}]").unwrap(), [("K:0:a".to_owned(), Some("b".to_owned()))]);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(flatten("K", &deep), Err(FlatJsonError::TooDeep));
    }
}
