//! JSON settings files as operators write them: comments and trailing commas allowed, repeated keys refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::error::Problem;
use super::layers::{Layer, Scope};

/// Largest settings file, in bytes.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Reads the text of a settings file into a layer called `name`.
pub fn layer(name: &str, text: &str) -> Result<Layer, Problem> {
    let plain = without_extras(text.strip_prefix('\u{feff}').unwrap_or(text));
    let root: Node = serde_json::from_str(&plain).map_err(|error| Problem::new(name, error.to_string()))?;
    let mut layer = Layer::new(name, Scope::Own);
    if !matches!(root, Node::Object(_)) {
        return Err(Problem::new(name, "must hold one JSON object"));
    }
    match flatten(String::new(), root, &mut layer) {
        Some(repeated) => Err(Problem::new(name, format!("the key '{repeated}' is set twice"))),
        None => Ok(layer),
    }
}

/// Returns the first key that is there twice (`"A:B"` beside `"A": { "B": … }`).
fn flatten(key: String, node: Node, layer: &mut Layer) -> Option<String> {
    let child = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}:{name}") };
    let value = match node {
        Node::Object(members) if !members.is_empty() => {
            return members.into_iter().find_map(|(name, node)| flatten(child(&name), node, layer));
        }
        Node::Array(items) if !items.is_empty() => {
            let mut items = items.into_iter().enumerate();
            return items.find_map(|(index, node)| flatten(child(&index.to_string()), node, layer));
        }
        Node::Object(_) | Node::Array(_) | Node::Null => None,
        Node::Leaf(value) => Some(value),
    };
    if key.is_empty() || layer.set(&key, value) { None } else { Some(key) }
}

/// Blanks comments and trailing commas, leaving every other byte where it was, so that errors keep their position.
fn without_extras(text: &str) -> String {
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
            Within::Line if pair.0 == b'\n' => within = Within::Json,
            Within::Block if pair == (b'*', Some(b'/')) => (within, width, blank) = (Within::Json, 2, true),
            Within::Line | Within::Block => blank = pair.0 != b'\n',
        }
        if blank {
            out[index..index + width].fill(b' ');
        }
        index += width;
    }
    out
}

enum Node {
    Null,
    Leaf(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Leaf(value.to_string()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Leaf(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Leaf(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Leaf(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Leaf(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element()? {
            nodes.push(node);
        }
        Ok(Node::Array(nodes))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut nodes: Vec<(String, Node)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some((name, node)) = members.next_entry::<String, Node>()? {
            if !seen.insert(name.to_lowercase()) {
                return Err(A::Error::custom(format!("the key '{name}' is there twice")));
            }
            nodes.push((name, node));
        }
        Ok(Node::Object(nodes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_allowed() {
        let text = r#"{ // the port
            "Urls": "http://a//b,]", /* block , } */
            "Cors": { "AllowedOrigins": [ "x\"//", "y", ], },
            "Seq": { "ServerUrl": null }, "Limits": { "BodyBytes": 10 , /* last */ },
        }"#;
        let layer = layer("f.json", text).unwrap();
        assert_eq!(layer.get("urls"), Some("http://a//b,]"));
        assert_eq!(layer.get("Cors:AllowedOrigins:0"), Some("x\"//"));
        assert_eq!(layer.get("cors:allowedorigins:1"), Some("y"));
        assert_eq!(layer.get("Limits:BodyBytes"), Some("10"));
        assert!(layer.contains("Seq:ServerUrl") && layer.get("Seq:ServerUrl").is_none());
    }

    #[test]
    fn a_repeated_key_is_named() {
        for text in [
            r#"{ "Limits": { "BodyBytes": 1, "bodyBytes": 2 } }"#,
            r#"{ "Limits:BodyBytes": 1, "Limits": { "bodyBytes": 2 } }"#,
        ] {
            let problem = layer("f.json", text).unwrap_err();
            assert!(problem.to_string().contains("bodyBytes"), "{problem}");
        }
    }

    #[test]
    fn a_broken_file_names_its_position() {
        let problem = layer("appsettings.json", "{\n  /* a\n */ \"A\": 1 \"B\": 2\n}").unwrap_err();
        assert!(problem.to_string().starts_with("appsettings.json: "), "{problem}");
        assert!(problem.to_string().contains("line 3"), "{problem}");
        assert!(layer("f.json", "[1]").is_err());
    }
}
