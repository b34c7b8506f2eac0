//! Optional, nullable and repeated values.

use domain::error::{Violation, Violations};
use serde_json::{Value, json};

use super::{AN_ARRAY, Pointer, Raw, Schemas, TOO_FEW_ITEMS, TOO_MANY_ITEMS, WireType, nullable, wrong_type};

/// Most items of a plain `Vec<T>`; a list that may be longer (lines of a document) says so as `List<T, MAX>`.
pub const ITEMS_MAX: usize = 1_000;

/// Absent and null are the same: not given.
impl<T: WireType> WireType for Option<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        nullable(T::schema(schemas))
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::parse(value, at, errors).map(Some) }
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if raw.is_null() { Some(None) } else { T::parse_raw(raw, at, errors).map(Some) }
    }
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        T::parse_text(text, at, errors).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// A member of a JSON merge patch (RFC 7396): left out, removed, or replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<T: Clone> Patch<T> {
    /// The new value, none, or what there was.
    pub fn or<U: From<T> + Clone>(&self, old: &Option<U>) -> Option<U> {
        match self {
            Self::Absent => old.clone(),
            Self::Null => None,
            Self::Value(value) => Some(value.clone().into()),
        }
    }
}

impl<T> Patch<T> {
    /// `None`: leave it; `Some(None)`: remove it; `Some(Some(v))`: replace it.
    pub fn into_option(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(f(value)),
        }
    }
}

impl<T: WireType> WireType for Patch<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        nullable(T::schema(schemas))
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if value.is_null() { Some(Self::Null) } else { T::parse(value, at, errors).map(Self::Value) }
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if raw.is_null() { Some(Self::Null) } else { T::parse_raw(raw, at, errors).map(Self::Value) }
    }
    fn absent() -> Option<Self> {
        Some(Self::Absent)
    }
}

/// May be left out, but null is an error: a merge patch of something that cannot be removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Optional<T>(pub Option<T>);

impl<T: Clone> Optional<T> {
    /// The new value, or what there was.
    pub fn or(&self, old: &T) -> T {
        self.0.as_ref().unwrap_or(old).clone()
    }
}

impl<T: WireType> WireType for Optional<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        T::schema(schemas)
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        T::parse(value, at, errors).map(|value| Self(Some(value)))
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        T::parse_raw(raw, at, errors).map(|value| Self(Some(value)))
    }
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        T::parse_text(text, at, errors).map(|value| Self(Some(value)))
    }
    fn absent() -> Option<Self> {
        Some(Self(None))
    }
}

/// From `MIN` to `MAX` items, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T, const MAX: usize, const MIN: usize = 0>(pub Vec<T>);

impl<T: WireType, const MAX: usize, const MIN: usize> WireType for List<T, MAX, MIN> {
    fn schema(schemas: &mut Schemas) -> Value {
        let mut schema = json!({ "type": "array", "items": T::schema(schemas), "maxItems": MAX });
        if MIN > 0 {
            schema["minItems"] = json!(MIN);
        }
        schema
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Array(items) = value else { return wrong_type(AN_ARRAY, value, at, errors) };
        within::<MIN, MAX>(items.len(), at, errors)?;
        let before = errors.len();
        let parsed: Vec<T> = items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| T::parse(item, &at.index(index), errors))
            .collect();
        (errors.len() == before).then_some(Self(parsed))
    }
    /// Counted before anything is read; reading ends when there are as many errors as an answer tells.
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        if !raw.is_array() {
            return raw.wrong_type(AN_ARRAY, at, errors);
        }
        let count = raw.len();
        within::<MIN, MAX>(count, at, errors)?;
        let before = errors.len();
        let (mut parsed, mut index) = (Vec::with_capacity(count), 0);
        raw.items(|item| {
            parsed.extend(T::parse_raw(item, &at.index(index), errors));
            index += 1;
            !errors.is_full()
        });
        (errors.len() == before).then_some(Self(parsed))
    }
    /// Comma-separated.
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let items: Vec<&str> = text.split(',').filter(|item| !item.is_empty()).take(MAX + 1).collect();
        within::<MIN, MAX>(items.len(), at, errors)?;
        let before = errors.len();
        let parsed: Vec<T> = items.into_iter().filter_map(|item| T::parse_text(item, at, errors)).collect();
        (errors.len() == before).then_some(Self(parsed))
    }
}

fn within<const MIN: usize, const MAX: usize>(
    count: usize,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<()> {
    let violation = if count > MAX {
        Violation::new(&TOO_MANY_ITEMS).with("max", MAX)
    } else if count < MIN {
        Violation::new(&TOO_FEW_ITEMS).with("min", MIN)
    } else {
        return Some(());
    };
    errors.push(violation.with("count", count).at(at.to_string()));
    None
}

impl<T: WireType> WireType for Vec<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        List::<T, ITEMS_MAX>::schema(schemas)
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        List::<T, ITEMS_MAX>::parse(value, at, errors).map(|list| list.0)
    }
    fn parse_raw(raw: Raw<'_>, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        List::<T, ITEMS_MAX>::parse_raw(raw, at, errors).map(|list| list.0)
    }
    fn parse_text(text: &str, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        List::<T, ITEMS_MAX>::parse_text(text, at, errors).map(|list| list.0)
    }
}
