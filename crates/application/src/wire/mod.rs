//! The format of requests. One declaration is both the parser and the OpenAPI schema, so that the document never promises
//! what the parser refuses, nor the other way round.
//!
//! - `request!` declares a JSON body, [`query!`](crate::query) the parameters of an operation, `word_type!` an enumeration.
//! - `field: Type` is required unless the type says otherwise: `Option<T>` (absent or null), [`Patch<T>`] (absent, null or
//!   a value, for merge patches), [`Optional<T>`] (absent, but never null).
//! - `field: Type = <json>` gives the schema an example, `field: Type => <json>` a default, `= <json> => <json>` both.

mod dimensions;
mod error;
mod identity;
mod json;
mod macros;
mod merge_patch;
mod number;
mod pieces;
mod pointer;
mod quantity;
mod query;
mod raw;
mod schemas;
mod shape;
mod text;
mod words;

use domain::error::Violations;
use serde_json::Value;

pub use dimensions::DimensionCodes;
pub use error::*;
pub use identity::{AnyJson, CurrentPassword, NewPassword, PermissionName, TemplateName};
pub use json::{MEMBERS_MAX, check_json, parse_body};
pub use macros::{
    camel, camel_length, default_member, member, object, raw_default_member, raw_member, summary,
};
pub use merge_patch::{Kept, MergePatch, Patchable, check_member};
pub use number::{Int, amount_schema};
pub use pointer::Pointer;
pub use query::{QueryPairs, WireQuery, parameter, parse_parameter};
pub use raw::{Raw, RawMembers, TREE_VALUES_MAX};
pub use schemas::{ObjectSchema, Schemas, nullable, with_description};
pub use shape::{ITEMS_MAX, List, Optional, Patch};
pub use text::{CODE_PATTERN, Paragraphs, RequiredText, TEXT_PATTERN, Text};
pub use words::{IntoOption, word};

/// A type that can be read from a request.
pub trait WireType: Sized {
    /// JSON Schema (2020-12, as in OpenAPI 3.1); component schemas are registered in `schemas` and answered as `$ref`.
    fn schema(schemas: &mut Schemas) -> Value;

    /// Reports every problem at and below `at` and goes on; `None` if there was any.
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self>;

    /// Parses JSON that is not read yet. A type that may be large reads it piece by piece; the tree that others are read from
    /// has a bound.
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let tree = raw.tree(at, errors)?;
        Self::parse(&tree, at, errors)
    }

    /// Parses the text of a parameter.
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        Self::parse(&Value::String(text.to_owned()), at, errors)
    }

    /// Whether a parameter of this type may stand more than once.
    const REPEATED: bool = false;

    /// All values of a parameter that may stand more than once, at least one.
    fn parse_texts(texts: &[&str], at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        Self::parse_text(texts.first().copied().unwrap_or_default(), at, errors)
    }

    /// The value of an absent member; `None` means that the member is required.
    fn absent() -> Option<Self> {
        None
    }
}
