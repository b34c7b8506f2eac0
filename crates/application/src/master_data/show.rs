//! From values to what the API shows of them.

use domain::country::Country;
use domain::error::Language;
use domain::ids::Id;
use domain::money::{CurrencyCode, Percentage, Price, Quantity, Rate};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::views::NameView;

/// How a value looks in an answer.
pub trait Shown<T> {
    fn shown(value: &T) -> Self;
}

macro_rules! shown {
    ($($from:ty => $to:ty: $value:ident => $shown:expr;)*) => {$(
        impl Shown<$from> for $to {
            fn shown($value: &$from) -> Self {
                $shown
            }
        }
    )*};
}
shown! {
    bool => bool: value => *value;
    u8 => u8: value => *value;
    u32 => u32: value => *value;
    i64 => i64: value => *value;
    String => String: value => value.clone();
    chrono::NaiveDate => chrono::NaiveDate: value => *value;
    Code => String: value => value.to_string();
    Country => String: value => value.to_string();
    Language => String: value => value.as_str().to_owned();
    CurrencyCode => String: value => value.to_string();
    Percentage => String: value => value.to_string();
    Rate => String: value => value.to_string();
    Quantity => String: value => value.to_string();
    Price => String: value => value.to_string();
    LocalizedName => NameView: value => NameView::from(value);
}

impl<T> Shown<Id<T>> for Uuid {
    fn shown(value: &Id<T>) -> Self {
        value.uuid()
    }
}

impl<T, S: Shown<T>> Shown<Option<T>> for Option<S> {
    fn shown(value: &Option<T>) -> Self {
        value.as_ref().map(S::shown)
    }
}

/// Applies `show` to the record; a function, so that the compiler knows the type of its parameter.
pub fn show_by<R, S>(record: &R, show: impl Fn(&R) -> S) -> S {
    show(record)
}

/// An enumeration of the domain is shown by its word, and lists filter by it.
#[macro_export]
macro_rules! shown_word {
    ($type:ty) => {
        impl $crate::master_data::Shown<$type> for &'static str {
            fn shown(value: &$type) -> Self {
                value.as_str()
            }
        }

        impl $crate::master_data::Listed for $type {
            const KIND: $crate::paging::FieldKind = $crate::paging::FieldKind::Word(<$type>::WORDS);
        }
    };
}

/// Declares what the API answers of a record: the members named, then `updatedAt` and `version`. A member is the record's
/// field of that name, or what the function after `=` makes of the record.
#[macro_export]
macro_rules! view {
    (
        $(#[doc = $doc:literal])*
        pub struct $view:ident of $value:ty {
            $($(#[$field_meta:meta])* $field:ident: $type:ty $(= $show:expr)?,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, ::serde::Serialize, ::utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $view {
            $($(#[$field_meta])* pub $field: $type,)*
            #[schema(format = "date-time")]
            pub updated_at: String,
            pub version: i64,
        }

        impl From<&$crate::ports::stored::Stored<$value>> for $view {
            fn from(stored: &$crate::ports::stored::Stored<$value>) -> Self {
                let value = &stored.value;
                Self {
                    $($field: $crate::view!(@member value, $field $(, $show)?),)*
                    updated_at: stored.updated_at.to_string(),
                    version: value.version,
                }
            }
        }
    };
    (@member $value:ident, $field:ident) => {
        $crate::master_data::Shown::shown(&$value.$field)
    };
    (@member $value:ident, $field:ident, $show:expr) => {
        $crate::master_data::show_by($value, $show)
    };
}
