//! Query parameters, read by the same types as bodies.

use std::borrow::Cow;

use crate::error::MALFORMED_REQUEST;
use crate::paging::{INVALID_PARAMETER, UNKNOWN_PARAMETER};
use domain::error::{Violation, Violations};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{ONLY_ONCE, Pointer, REQUIRED, Schemas, WireType, quoted};

/// Most parameters in one request.
pub const PARAMETERS_MAX: usize = 50;

/// The decoded parameters of one request, in order.
#[derive(Debug, Default)]
pub struct QueryPairs<'q>(Vec<(Cow<'q, str>, Cow<'q, str>)>);

impl<'q> QueryPairs<'q> {
    /// Splits and decodes; what is not UTF-8 or too much is `malformed_request`.
    pub fn parse(query: &'q str) -> Result<Self, Violation> {
        let malformed = |reason: &str| Violation::new(&MALFORMED_REQUEST).with("reason", reason);
        let mut pairs = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            if pairs.len() == PARAMETERS_MAX {
                return Err(malformed("more than 50 query parameters"));
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |_| malformed("a query parameter is not UTF-8");
            pairs.push((decode(name).map_err(bad)?, decode(value).map_err(bad)?));
        }
        Ok(Self(pairs))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The one value of a parameter; a second one is an error.
    pub fn get(&self, name: &str, errors: &mut Violations) -> Option<&str> {
        let mut values = self.iter().filter(|(n, _)| *n == name).map(|(_, value)| value);
        let value = values.next()?;
        if values.next().is_some() {
            let violation = Violation::new(&INVALID_PARAMETER)
                .with("name", name)
                .with("value", quoted(value))
                .with_phrase("expected", ONLY_ONCE);
            errors.push(violation.at(Pointer::parameter(name).to_string()));
        }
        Some(value)
    }

    /// Reports every parameter that is not in `allowed`.
    pub fn refuse_unknown(&self, allowed: &[&str], errors: &mut Violations) {
        for (name, _) in self.iter().filter(|(name, _)| !allowed.contains(name)) {
            let names = if allowed.is_empty() { "-".to_owned() } else { allowed.join(", ") };
            let violation =
                Violation::new(&UNKNOWN_PARAMETER).with("name", quoted(name)).with("allowed", names);
            errors.push(violation.at(Pointer::parameter(&quoted(name)).to_string()));
        }
    }
}

fn decode(text: &str) -> Result<Cow<'_, str>, std::str::Utf8Error> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return Ok(Cow::Owned(percent_decode_str(&spaced).decode_utf8()?.into_owned()));
    }
    percent_decode_str(text).decode_utf8()
}

/// The parameters of an operation, as declared by `query!`.
pub trait WireQuery: Sized {
    fn names() -> Vec<&'static str>;
    /// OpenAPI parameter objects.
    fn parameters(schemas: &mut Schemas) -> Vec<Value>;
    /// Reports every problem; `None` if there was any.
    fn parse(pairs: &QueryPairs<'_>, errors: &mut Violations) -> Option<Self>;
}

/// No parameters at all.
impl WireQuery for () {
    fn names() -> Vec<&'static str> {
        Vec::new()
    }
    fn parameters(_: &mut Schemas) -> Vec<Value> {
        Vec::new()
    }
    fn parse(_: &QueryPairs<'_>, _: &mut Violations) -> Option<Self> {
        Some(())
    }
}

/// One OpenAPI query parameter of a [`WireType`].
pub fn parameter<T: WireType>(
    schemas: &mut Schemas,
    name: &str,
    description: &str,
    example: Option<Value>,
    default: Option<Value>,
) -> Value {
    let required = T::absent().is_none() && default.is_none();
    // A parameter cannot be null: it is there or it is not.
    let mut schema = not_null(T::schema(schemas));
    if let Some(default) = default {
        schema["default"] = default;
    }
    let mut parameter =
        json!({ "name": name, "in": "query", "description": description, "required": required });
    if schema["type"] == "array" {
        parameter["style"] = json!("form");
        parameter["explode"] = json!(T::REPEATED);
    }
    if let Some(example) = example {
        parameter["example"] = example;
    }
    parameter["schema"] = schema;
    parameter
}

fn not_null(mut schema: Value) -> Value {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    match schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        Some(options) if options.len() == 2 && options[1] == json!({ "type": "null" }) => {
            options.swap_remove(0)
        }
        _ => schema,
    }
}

/// Reads one parameter; used by `query!`.
pub fn parse_parameter<T: WireType>(
    pairs: &QueryPairs<'_>,
    name: &'static str,
    default: Option<Value>,
    errors: &mut Violations,
) -> Option<T> {
    let at = Pointer::parameter(name);
    if T::REPEATED {
        let texts: Vec<&str> = pairs.iter().filter(|(n, _)| *n == name).map(|(_, value)| value).collect();
        return if texts.is_empty() { T::absent() } else { T::parse_texts(&texts, &at, errors) };
    }
    match pairs.get(name, errors) {
        Some(text) => T::parse_text(text, &at, errors),
        None => match default {
            Some(default) => T::parse(&default, &at, errors),
            None => T::absent().or_else(|| {
                errors.push(Violation::new(&REQUIRED).at(at.to_string()));
                None
            }),
        },
    }
}
