//! The schemas of answers: a view, a page of them.

use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::wire::Schemas;

pub fn view<T: ToSchema>(schemas: &mut Schemas) -> Value {
    schemas.view::<T>()
}

pub fn page<T: ToSchema>(schemas: &mut Schemas) -> Value {
    let name = format!("{}Page", T::name());
    schemas.named::<PageOf<T>>(&name, |schemas| page_of(item::<T>(schemas)))
}

/// Compiled once and not for each type of item.
fn page_of(item: Value) -> Value {
    json!({
        "type": "object",
        "description": "One page of a list.",
        "required": ["items", "nextCursor"],
        "properties": {
            "items": { "type": "array", "items": item },
            "nextCursor": {
                "type": ["string", "null"],
                "description": "Pass it as `cursor` for the next page; null on the last one.",
            },
            "total": { "type": "integer", "minimum": 0, "description": "The number of items; present only with `count`." },
            "totalRelation": {
                "type": "string",
                "enum": ["exact", "atLeast"],
                "description": "Present only with `count=estimated`: `atLeast` if there are more than `total` items, otherwise `exact`.",
            },
        },
    })
}

/// An item of a list: the view, of which `fields` may leave only some members.
fn item<T: ToSchema>(schemas: &mut Schemas) -> Value {
    schemas.view::<T>();
    let mut schema = serde_json::to_value(T::schema()).unwrap_or_else(|_| json!({}));
    if let Some(members) = schema.as_object_mut() {
        members.remove("required");
    }
    schemas.named::<ItemOf<T>>(&format!("{}Item", T::name()), |_| schema)
}

/// Only a name for the schema of a list's item.
struct ItemOf<T>(std::marker::PhantomData<T>);

/// Only a name for the page's schema.
struct PageOf<T>(std::marker::PhantomData<T>);
