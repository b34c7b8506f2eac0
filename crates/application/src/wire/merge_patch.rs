//! Bodies that are kept as they were sent, and JSON Merge Patches (RFC 7396) of them.
//!
//! A draft is the body that made it. A patch of it is merged into that body, which then is read again as a whole, so that a
//! draft that was changed and one that was made so at once are the same.

use std::marker::PhantomData;

use domain::error::{Violation, Violations};
use serde_json::{Map, Value};

use super::macros::unknown_member;
use super::{Pointer, REQUIRED, Raw, RawMembers, Schemas, WireType, nullable, parse_body};
use crate::error::AppResult;

/// A body that takes merge patches once it is kept.
pub trait Patchable: WireType {
    /// The name of the patch's schema.
    const PATCH: &'static str;

    /// Checks each member that is given, as far as it can be checked without the others.
    fn check_members(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<()>;
}

/// Members that act once, when the body is sent, and are not part of what is kept.
const NOT_KEPT: [&str; 4] = ["post", "send", "confirm", "payment"];
/// Members that act once, when a draft is changed.
const PATCH_ONLY_ONCE: [&str; 1] = ["reprice"];

/// A body with its text.
#[derive(Debug)]
pub struct Kept<B> {
    pub body: B,
    /// The JSON, without the members that act once.
    pub text: String,
}

impl<B: WireType> WireType for Kept<B> {
    fn schema(schemas: &mut Schemas) -> Value {
        B::schema(schemas)
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let body = B::parse(value, at, errors)?;
        Some(Self { body, text: kept(Raw::new(&value.to_string())) })
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let body = B::parse_raw(raw, at, errors)?;
        Some(Self { body, text: kept(raw) })
    }
}

impl<B: WireType> Kept<B> {
    /// Reads a body that was kept earlier.
    pub fn read(text: String) -> AppResult<Self> {
        let body = parse_body::<B>(text.as_bytes())?;
        Ok(Self { body, text })
    }
}

/// The members that are kept, each as it was sent.
fn kept(raw: Raw<'_>) -> String {
    let mut text = String::with_capacity(raw.text().len());
    raw.members(|name, value| {
        if !NOT_KEPT.contains(&&*name) && !PATCH_ONLY_ONCE.contains(&&*name) {
            append(&mut text, &name, value.text());
        }
        true
    });
    finished(text)
}

fn append(text: &mut String, name: &str, value: &str) {
    text.push(if text.is_empty() { '{' } else { ',' });
    text.push_str(&Value::from(name).to_string());
    text.push(':');
    text.push_str(value);
}

fn finished(mut text: String) -> String {
    if text.is_empty() {
        text.push('{');
    }
    text.push('}');
    text
}

/// A patch of a kept body: members that are given replace those before, null removes one, and objects are merged member by
/// member. Lists are replaced whole.
#[derive(Debug)]
pub struct MergePatch<B> {
    text: String,
    of: PhantomData<fn() -> B>,
}

impl<B: Patchable> WireType for MergePatch<B> {
    fn schema(schemas: &mut Schemas) -> Value {
        let body = B::schema(schemas);
        let body = schemas.resolve(&body).clone();
        schemas.named::<Self>(B::PATCH, |_| patch_schema(body))
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        Self::parse_raw(Raw::new(&value.to_string()), at, errors)
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let before = errors.len();
        let _ = B::check_members(raw, at, errors);
        raw.members(|name, _| {
            if NOT_KEPT.contains(&&*name) {
                unknown_member(&name, at, &[], errors);
            }
            true
        });
        (errors.len() == before).then(|| Self { text: raw.text().to_owned(), of: PhantomData })
    }
}

impl<B: Patchable> MergePatch<B> {
    /// A patch that the product itself makes.
    pub fn of_known(text: String) -> Self {
        Self { text, of: PhantomData }
    }

    /// The body with the patch merged in.
    pub fn apply(&self, before: &str) -> AppResult<Kept<B>> {
        let Kept { body, text } = Kept::read(self.merged(before))?;
        Ok(Kept { body, text: kept(Raw::new(&text)) })
    }

    /// Its JSON.
    pub fn merged(&self, kept: &str) -> String {
        merged(Raw::new(kept), Raw::new(&self.text))
    }
}

/// `old` with `patch` merged in. What is not an object has no members to merge into.
fn merged(old: Raw<'_>, patch: Raw<'_>) -> String {
    let mut given: Vec<(String, Raw<'_>)> = Vec::new();
    patch.members(|name, value| {
        given.push((name.into_owned(), value));
        true
    });
    let mut before: Vec<(String, Raw<'_>)> = Vec::new();
    let mut text = String::with_capacity(old.text().len() + patch.text().len());
    old.members(|name, value| {
        match given.iter().any(|(patched, _)| *patched == *name) {
            true => before.push((name.into_owned(), value)),
            false => append(&mut text, &name, value.text()),
        }
        true
    });
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        if value.is_object() {
            let below = before.iter().find(|(patched, _)| patched == name);
            append(&mut text, name, &merged(below.map_or(Raw::new("{}"), |(_, old)| *old), *value));
        } else {
            append(&mut text, name, value.text());
        }
    }
    finished(text)
}

/// The schema of the body without what only a whole body has: members that must be there, defaults, an example.
fn patch_schema(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else { return schema };
    let required: Vec<String> = match object.remove("required") {
        Some(Value::Array(names)) => {
            names.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
        }
        _ => Vec::new(),
    };
    object.remove("examples");
    object.insert(
        "description".to_owned(),
        "Changes to a draft (JSON Merge Patch, RFC 7396). Members that are left out stay as they are, null removes one, members \
         of an object are merged into the object before, and a list replaces the one before."
            .into(),
    );
    if let Some(Value::Object(properties)) = object.remove("properties") {
        let properties: Map<String, Value> = properties
            .into_iter()
            .filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()))
            .map(|(name, mut property)| {
                if let Some(property) = property.as_object_mut() {
                    property.remove("default");
                    // Null removes an entry of a map.
                    if let Some(entry) =
                        property.get_mut("additionalProperties").filter(|entry| entry.is_object())
                    {
                        *entry = nullable(entry.take());
                    }
                }
                let property = if required.contains(&name) { property } else { nullable(property) };
                (name, property)
            })
            .collect();
        object.insert("properties".to_owned(), Value::Object(properties));
    }
    schema
}

/// Checks a member of a patch; null removes one that may be absent. Of an object only what is given is checked here, because
/// the rest of it may be in the body already.
pub fn check_member<T: WireType>(
    members: &RawMembers<'_>,
    name: &'static str,
    has_default: bool,
    at: &Pointer<'_>,
    errors: &mut Violations,
) {
    let Some(raw) = members.get(name) else { return };
    let at = at.member(name);
    if raw.is_null() && !has_default && T::absent().is_none() {
        return errors.push(Violation::new(&REQUIRED).at(at.to_string()));
    }
    if raw.is_object() {
        let mut found = Violations::new();
        let _ = T::parse_raw(Raw::new(&merged(Raw::new("{}"), raw)), &at, &mut found);
        let given = found.into_vec().into_iter().filter(|violation| violation.def.code != REQUIRED.code);
        return errors.extend(given.collect::<Vec<_>>());
    }
    if !raw.is_null() {
        let _ = T::parse_raw(raw, &at, errors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge(old: &str, patch: &str) -> Value {
        serde_json::from_str(&merged(Raw::new(old), Raw::new(patch))).unwrap()
    }

    /// The test cases of RFC 7396, appendix A, that have an object for a patch.
    #[test]
    fn patches_are_merged_as_the_standard_says() {
        for (old, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, r#"{}"#),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            (r#"[1,2]"#, r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            (r#"{}"#, r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let expected: Value = serde_json::from_str(result).unwrap();
            assert_eq!(merge(old, patch), expected, "{old} with {patch}");
        }
    }
}
