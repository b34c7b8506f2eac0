//! JSON objects and arrays of a file, with an end to what is kept of them.

use std::fmt;

use domain::accounting::journal_entry::JOURNAL_LINES_MAX;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Most members of one object: every column and as many dimensions fit.
pub const MEMBERS_MAX: usize = 200;

/// The members of an object in their order, also those that are there twice.
pub struct Members(pub Vec<(String, Box<RawValue>)>);

/// The first elements of an array, and whether there are more than an entry may have.
pub struct Elements {
    pub elements: Vec<Box<RawValue>>,
    pub more: bool,
}

struct MembersVisitor;
struct ElementsVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            if members.len() == MEMBERS_MAX {
                return Err(A::Error::custom(format!("more than {MEMBERS_MAX} members")));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Elements;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Elements, A::Error> {
        let mut elements = Vec::new();
        while elements.len() < JOURNAL_LINES_MAX {
            match array.next_element()? {
                Some(element) => elements.push(element),
                None => return Ok(Elements { elements, more: false }),
            }
        }
        let mut more = false;
        while array.next_element::<IgnoredAny>()?.is_some() {
            more = true;
        }
        Ok(Elements { elements, more })
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

impl<'de> Deserialize<'de> for Elements {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsVisitor)
    }
}
