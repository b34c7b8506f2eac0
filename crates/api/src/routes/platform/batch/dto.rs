//! The request and the answer of a batch.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::error::Violations;
use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::BATCH_BODY_BYTES_MAX;
use crate::extract::context::printable;
use crate::middleware::limits::BATCH_OPERATIONS_MAX;
use crate::request;
use crate::wire::{List, Pointer, Raw, RequiredText, Schemas, WireType, object, string, word, wrong_type};

/// Longest path with its query, in characters.
const PATH_LENGTH_MAX: usize = 4_000;
/// Longest header value, in bytes.
const HEADER_LENGTH_MAX: usize = 255;

request! {
    /// Operations to run one after the other.
    pub struct BatchBody {
        items: List<BatchOperationBody, BATCH_OPERATIONS_MAX, 1>
            = [{ "method": "DELETE", "path": "/api/v1/journal-entries/0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11", "headers": { "If-Match": "\"1\"" } }],
        /// Whether all operations run in one transaction or each in a transaction of its own.
        atomic: bool => false,
    }
    /// One operation.
    pub struct BatchOperationBody {
        method: BatchMethod = "POST",
        /// The path with its query, as it would be requested by itself.
        path: RequiredText<PATH_LENGTH_MAX> = "/api/v1/journal-entries",
        /// The JSON body, if the operation takes one.
        body: Option<RawJson>,
        headers: Option<BatchHeaders>,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchMethod(pub Method);

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

impl WireType for BatchMethod {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "title": "batchMethod", "enum": METHODS })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        word(value, METHODS, |word| Method::from_bytes(word.as_bytes()), at, errors).map(Self)
    }
}

/// Any JSON value, as its text: what it must be is known to the operation it is for, which reads it. Too long a one is not
/// kept at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawJson {
    Text(Bytes),
    TooLong,
}

impl WireType for RawJson {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": ["object", "array", "string", "number", "boolean", "null"], "items": {} })
    }
    fn parse(value: &Value, _: &Pointer<'_>, _: &mut Violations) -> Option<Self> {
        Some(Self::of(&value.to_string()))
    }
    fn parse_raw(raw: Raw<'_>, _: &Pointer<'_>, _: &mut Violations) -> Option<Self> {
        Some(Self::of(raw.text()))
    }
}

impl RawJson {
    fn of(text: &str) -> Self {
        if text.len() > BATCH_BODY_BYTES_MAX {
            return Self::TooLong;
        }
        Self::Text(Bytes::copy_from_slice(text.as_bytes()))
    }
}

/// The headers an operation may have of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchHeaders(pub Vec<(HeaderName, HeaderValue)>);

const HEADERS: &[&str] = &["Idempotency-Key", "If-Match"];

impl WireType for BatchHeaders {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<Self>("BatchHeaders", |_| {
            let text = json!({ "type": "string", "minLength": 1, "maxLength": HEADER_LENGTH_MAX, "pattern": "^[ -~]*$" });
            let members: serde_json::Map<_, _> =
                HEADERS.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
            json!({ "type": "object", "properties": members, "additionalProperties": false })
        })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let before = errors.len();
        let members = object(value, at, HEADERS, errors)?;
        let mut headers = Vec::new();
        for (name, value) in members {
            let at = at.member(name);
            let Some(text) = string(value, &at, errors) else { continue };
            let name = HeaderName::from_bytes(name.as_bytes());
            match (name, HeaderValue::from_str(text)) {
                (Ok(name), Ok(header))
                    if (1..=HEADER_LENGTH_MAX).contains(&text.len())
                        && text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) =>
                {
                    headers.push((name, header));
                }
                _ => {
                    wrong_type::<()>(printable(HEADER_LENGTH_MAX), value, &at, errors);
                }
            }
        }
        (errors.len() == before).then_some(Self(headers))
    }
}

/// The result of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchView {
    pub atomic: bool,
    /// Whether the operations were kept; false only when an atomic batch was rolled back.
    pub committed: bool,
    pub succeeded: usize,
    pub failed: usize,
    /// The results, in the order of the operations.
    pub results: Vec<BatchResultView>,
}

/// The answer of one operation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchResultView {
    pub status: u16,
    /// `ETag`, `Location` and the other headers of the operation's own answer.
    pub headers: BTreeMap<String, String>,
    /// The JSON answer or the problem document; null when there is none, or when it is too long.
    #[schema(value_type = Option<Object>)]
    pub body: Option<Box<RawValue>>,
    /// Whether the answer was left out because it is too long for a batch; repeat the operation by itself to read it.
    pub body_omitted: bool,
}

impl BatchResultView {
    pub fn succeeded(&self) -> bool {
        self.status < 400
    }
}
