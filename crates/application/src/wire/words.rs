//! `word_type!`: enumerations of the domain as words.

use domain::error::{Violation, Violations};
use serde_json::Value;

use super::{Pointer, UNKNOWN_WORD, quoted, string};

/// One of `words`, by the domain's own parser.
pub fn word<T, R: IntoOption<T>>(
    value: &Value,
    words: &[&'static str],
    parse: impl FnOnce(&'static str) -> R,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<T> {
    let text = string(value, at, errors)?;
    let parsed = words.iter().find(|word| **word == text).and_then(|word| parse(word).into_option());
    if parsed.is_none() {
        let violation =
            Violation::new(&UNKNOWN_WORD).with("value", quoted(text)).with("allowed", words.join(", "));
        errors.push(violation.at(at.to_string()));
    }
    parsed
}

/// Parsers of the domain answer either way.
pub trait IntoOption<T> {
    fn into_option(self) -> Option<T>;
}
impl<T> IntoOption<T> for Option<T> {
    fn into_option(self) -> Option<T> {
        self
    }
}
impl<T, E> IntoOption<T> for Result<T, E> {
    fn into_option(self) -> Option<T> {
        self.ok()
    }
}

/// Makes a domain enumeration with `parse(&str)` (answering `Option` or `Result`) a wire type.
///
/// `word_type!(T, "name")` takes the words from `T::ALL` and `as_str`; with a list, only those words are taken.
#[macro_export]
macro_rules! word_type {
    ($type:ty, $name:literal) => {
        impl $crate::wire::WireType for $type {
            fn schema(_: &mut $crate::wire::Schemas) -> ::serde_json::Value {
                let words: Vec<&str> = <$type>::ALL.iter().map(|word| word.as_str()).collect();
                ::serde_json::json!({ "type": "string", "title": $name, "enum": words })
            }
            fn parse(
                value: &::serde_json::Value,
                at: &$crate::wire::Pointer<'_>,
                errors: &mut ::domain::error::Violations,
            ) -> Option<Self> {
                let words: Vec<&'static str> = <$type>::ALL.iter().map(|word| word.as_str()).collect();
                $crate::wire::word(value, &words, |word| <$type>::parse(word), at, errors)
            }
        }
    };
    ($type:ty, $name:literal, [$($word:literal),+ $(,)?]) => {
        impl $crate::wire::WireType for $type {
            fn schema(_: &mut $crate::wire::Schemas) -> ::serde_json::Value {
                ::serde_json::json!({ "type": "string", "title": $name, "enum": [$($word),+] })
            }
            fn parse(
                value: &::serde_json::Value,
                at: &$crate::wire::Pointer<'_>,
                errors: &mut ::domain::error::Violations,
            ) -> Option<Self> {
                $crate::wire::word(value, &[$($word),+], |word| <$type>::parse(word), at, errors)
            }
        }
    };
}
