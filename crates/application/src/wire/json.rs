//! Strict JSON: a repeated member, invalid UTF-8, trailing text or a number out of range is an error with its position.
//! Nesting is bounded by the reader's own limit of 128 levels, the members of one object by [`MEMBERS_MAX`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use crate::error::MALFORMED_REQUEST;
use domain::error::{Violation, Violations};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::raw::{Name, Raw};
use super::{Pointer, WireType};
use crate::ports::pace::breathe;

/// Most members of one object.
pub const MEMBERS_MAX: usize = 4_096;
/// Names up to this many are compared one by one; more are looked up.
const NAMES_COMPARED_MAX: usize = 24;

/// Reads a body of a declared type, with every problem reported at once; of very many, the first ones.
///
/// # Errors
/// `malformed_request` with line and column, or what is wrong with the members.
pub fn parse_body<T: WireType>(bytes: &[u8]) -> Result<T, Vec<Violation>> {
    let raw = check_json(bytes).map_err(|violation| vec![violation])?;
    let mut errors = Violations::new();
    match T::parse_raw(raw, &Pointer::ROOT, &mut errors) {
        Some(parsed) if errors.is_empty() => Ok(parsed),
        _ => Err(errors.into_vec()),
    }
}

/// Checks one JSON document from beginning to end and keeps nothing of it but where it is.
///
/// # Errors
/// `malformed_request`, with line and column.
pub fn check_json(bytes: &[u8]) -> Result<Raw<'_>, Violation> {
    let malformed = |error: serde_json::Error| {
        Violation::new(&MALFORMED_REQUEST).with("reason", super::error::quoted_reason(&error))
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Strict.deserialize(&mut reader).map_err(malformed)?;
    reader.end().map_err(malformed)?;
    // Text is checked where it is read, and outside of it everything is ASCII.
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(de::Error::custom(error)))?;
    Ok(Raw::new(text))
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
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
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        if value.is_finite() { Ok(()) } else { Err(E::custom("number out of range")) }
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Strict)?.is_some() {
            breathe();
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = Names::default();
        while let Some(name) = map.next_key_seed(Name)? {
            if let Err(name) = names.add(name) {
                let name = super::quoted(&name);
                return Err(de::Error::custom(format_args!("the member '{name}' is there twice")));
            }
            if names.count() > MEMBERS_MAX {
                return Err(de::Error::custom(format_args!("an object has more than {MEMBERS_MAX} members")));
            }
            map.next_value_seed(Strict)?;
            breathe();
        }
        Ok(())
    }
}

/// The names of one object.
#[derive(Default)]
struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    /// Answers the name when it is there already.
    fn add(&mut self, name: Cow<'a, str>) -> Result<(), Cow<'a, str>> {
        if self.few.contains(&name) || self.many.contains(&name) {
            return Err(name);
        }
        if self.few.len() < NAMES_COMPARED_MAX {
            self.few.push(name);
        } else {
            self.many.insert(name);
        }
        Ok(())
    }
    fn count(&self) -> usize {
        self.few.len() + self.many.len()
    }
}
