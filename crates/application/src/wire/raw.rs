//! JSON that is known to be well-formed but not read yet.
//!
//! A tree of values takes many times the memory of its text, so no tree of a whole body is ever made: an object is split
//! into its members and a list into its items, each of which stays text until its own type reads it. What no type asks
//! for costs nothing.

use std::borrow::Cow;
use std::fmt;

use domain::error::{Phrase, Violation, Violations};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::pieces::Pieces;
use super::{AN_OBJECT, Pointer, TOO_MANY_ITEMS, VALID_JSON, wrong_type};
use crate::ports::pace::breathe;

/// Most values of a member that is read as a tree: one whose type is neither a list nor a body of its own.
pub const TREE_VALUES_MAX: usize = 10_000;

/// One JSON value as text.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a>(&'a str);

/// The members of an object, those that are expected.
pub struct RawMembers<'a>(Vec<(&'static str, Raw<'a>)>);

impl<'a> RawMembers<'a> {
    pub fn get(&self, name: &str) -> Option<Raw<'a>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, raw)| *raw)
    }
}

impl<'a> Raw<'a> {
    /// `text` must be one JSON value, as [`super::check_json`] has found it.
    pub fn new(text: &'a str) -> Self {
        Self(text.trim_ascii())
    }

    pub fn text(self) -> &'a str {
        self.0
    }
    pub fn is_null(self) -> bool {
        self.0 == "null"
    }
    pub fn is_array(self) -> bool {
        self.0.starts_with('[')
    }
    pub fn is_object(self) -> bool {
        self.0.starts_with('{')
    }

    /// Records that this has another JSON type than `expected`.
    pub fn wrong_type<T>(self, expected: Phrase, at: &Pointer<'_>, errors: &mut Violations) -> Option<T> {
        let like = match self.0.as_bytes().first() {
            Some(b'[') => Value::Array(Vec::new()),
            Some(b'{') => Value::Object(serde_json::Map::new()),
            Some(b'"') => Value::String(String::new()),
            Some(b't' | b'f') => Value::Bool(true),
            Some(b'n') => Value::Null,
            _ => Value::Number(0.into()),
        };
        wrong_type(expected, &like, at, errors)
    }

    /// How many values there are, itself and everything within.
    fn values(self) -> usize {
        let mut count = 0;
        let mut reader = serde_json::Deserializer::from_str(self.0);
        // It is well-formed; what could not be counted could not be read either.
        let _ = Counting(&mut count).deserialize(&mut reader);
        count
    }

    /// As a tree; too large a one is a violation.
    pub fn tree(self, at: &Pointer<'_>, errors: &mut Violations) -> Option<Value> {
        if self.is_array() || self.is_object() {
            let count = self.values();
            if count > TREE_VALUES_MAX {
                let violation =
                    Violation::new(&TOO_MANY_ITEMS).with("max", TREE_VALUES_MAX).with("count", count);
                errors.push(violation.at(at.to_string()));
                return None;
            }
        }
        serde_json::from_str(self.0).ok().or_else(|| self.wrong_type(VALID_JSON, at, errors))
    }

    /// How many items a list has.
    pub fn len(self) -> usize {
        Pieces::of(self.0).count()
    }
    pub fn is_empty(self) -> bool {
        Pieces::of(self.0).next().is_none()
    }

    /// The items of a list in order, as long as `item` wants more.
    pub fn items(self, mut item: impl FnMut(Raw<'a>) -> bool) {
        if self.is_array() {
            let _ = Pieces::of(self.0).all(|piece| item(Raw(piece.value)));
        }
    }

    /// The members of an object with their names, as long as `member` wants more.
    pub fn members(self, mut member: impl FnMut(Cow<'a, str>, Raw<'a>) -> bool) {
        if self.is_object() {
            let _ = Pieces::of(self.0).all(|piece| member(name(piece.name), Raw(piece.value)));
        }
    }

    /// The members of an object that are expected; the others are reported.
    pub fn object(
        self,
        at: &Pointer<'_>,
        allowed: &[&'static str],
        errors: &mut Violations,
    ) -> Option<RawMembers<'a>> {
        if !self.is_object() {
            return self.wrong_type(AN_OBJECT, at, errors);
        }
        let mut members = Vec::with_capacity(allowed.len().min(16));
        self.members(|name, raw| {
            match allowed.iter().find(|known| **known == name) {
                Some(known) => members.push((*known, raw)),
                None => super::macros::unknown_member(&name, at, allowed, errors),
            }
            true
        });
        Some(RawMembers(members))
    }
}

/// The name without its quotes and escapes.
fn name(quoted: &str) -> Cow<'_, str> {
    match quoted.get(1..quoted.len().saturating_sub(1)) {
        Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
        // It is well-formed, so this never fails.
        _ => Cow::Owned(serde_json::from_str(quoted).unwrap_or_default()),
    }
}

/// The name of a member, borrowed from the text where that is possible.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// Counts values without keeping any.
struct Counting<'c>(&'c mut usize);

impl<'de> DeserializeSeed<'de> for Counting<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.0 += 1;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counting<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Counting(&mut *self.0))?.is_some() {
            breathe();
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Counting(&mut *self.0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_and_reading_stops_when_told() {
        let raw = Raw::new(" [ 1, [2, 3] ,{\"a\":\"]\"}, null ] ");
        let mut items = Vec::new();
        raw.items(|item| {
            items.push(item.text());
            items.len() < 3
        });
        assert_eq!(items, ["1", "[2, 3]", "{\"a\":\"]\"}"]);
        assert_eq!((raw.len(), raw.values()), (4, 8));
        let mut names = Vec::new();
        Raw::new(r#"{"a\u0062":1,"c":[2]}"#).members(|name, value| {
            names.push(format!("{name}={}", value.text()));
            true
        });
        assert_eq!(names, ["ab=1", "c=[2]"]);
    }

    #[test]
    fn a_tree_has_a_bound_and_text_has_none_of_its_own() {
        let wide = format!("[{}1]", "1,".repeat(TREE_VALUES_MAX));
        let mut errors = Violations::new();
        assert!(Raw::new(&wide).tree(&Pointer::ROOT, &mut errors).is_none());
        assert_eq!(errors.into_vec()[0].def.code, "too_many_items");
        let long = format!("\"{}\"", "x".repeat(1 << 20));
        assert!(Raw::new(&long).tree(&Pointer::ROOT, &mut Violations::new()).is_some());
    }
}
