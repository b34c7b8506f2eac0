//! Where the items of a list and the members of an object begin and end, in text that is known to be well-formed. Nothing is
//! read twice or kept, and a long one lets others have the processor meanwhile.

use crate::ports::pace::breathe;

/// Bytes between two breaths.
const BREATH_BYTES: usize = 4 << 10;

/// The pieces of a list or an object in their order.
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
    named: bool,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// With its quotes; empty in a list.
    pub name: &'a str,
    pub value: &'a str,
}

impl<'a> Pieces<'a> {
    /// Of a text that [`super::check_json`] has found to be one value; one that is neither list nor object has none.
    pub fn of(text: &'a str) -> Self {
        let has_some = text.starts_with(['[', '{']);
        Self { text, at: if has_some { 1 } else { text.len() }, named: text.starts_with('{') }
    }

    /// Goes on to the next byte that belongs to something.
    fn skip(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// The value that begins here.
    fn value(&mut self) -> Option<&'a str> {
        self.skip()?;
        let begin = self.at;
        self.at = end_of_value(self.text.as_bytes(), begin);
        self.text.get(begin..self.at)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        breathe();
        if matches!(self.skip()?, b']' | b'}') {
            self.at = self.text.len();
            return None;
        }
        let name = if self.named { self.value()? } else { "" };
        Some(Piece { name, value: self.value()? })
    }
}

/// The end of the value that begins at `begin`.
fn end_of_value(bytes: &[u8], begin: usize) -> usize {
    match bytes.get(begin) {
        Some(b'"') => end_of_string(bytes, begin),
        Some(b'[' | b'{') => end_of_group(bytes, begin),
        _ => {
            let rest = bytes.get(begin..).unwrap_or_default();
            let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
            begin + rest.iter().position(ends).unwrap_or(rest.len())
        }
    }
}

fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    let mut breath = at + BREATH_BYTES;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
        if at >= breath {
            breathe();
            breath = at + BREATH_BYTES;
        }
    }
    bytes.len()
}

fn end_of_group(bytes: &[u8], begin: usize) -> usize {
    let (mut at, mut depth) = (begin, 0_usize);
    let mut breath = at + BREATH_BYTES;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
        if at >= breath {
            breathe();
            breath = at + BREATH_BYTES;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn pieces(text: &str) -> Vec<(&str, &str)> {
        Pieces::of(text).map(|piece| (piece.name, piece.value)).collect()
    }

    #[test]
    fn strings_hide_what_looks_like_an_end() {
        assert_eq!(
            pieces(r#"["a]", "\\", "\"]", [1,{"b":"}"}] ,-1.5e3,null]"#),
            [
                ("", "\"a]\""),
                ("", r#""\\""#),
                ("", r#""\"]""#),
                ("", r#"[1,{"b":"}"}]"#),
                ("", "-1.5e3"),
                ("", "null")
            ]
        );
        assert_eq!(
            pieces(r#"{ "a" : {"b":[]} ,"c\"":true}"#),
            [("\"a\"", r#"{"b":[]}"#), (r#""c\"""#, "true")]
        );
        for none in ["[]", "{ }", "1", "\"[1]\"", ""] {
            assert_eq!(pieces(none), [], "{none}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_document_is_found_again(value in json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            // A number may come back a little different, the first time.
            match &read(&text) {
                Value::Array(items) => {
                    let found: Vec<_> = pieces(&text).into_iter().map(|(_, value)| read(value)).collect();
                    prop_assert_eq!(&found, items);
                }
                Value::Object(members) => {
                    let member = |(name, value): (&str, &str)| (serde_json::from_str(name).unwrap(), read(value));
                    let found: serde_json::Map<_, _> = pieces(&text).into_iter().map(member).collect();
                    prop_assert_eq!(&found, members);
                }
                _ => prop_assert_eq!(pieces(&text), vec![]),
            }
        }
    }
}
