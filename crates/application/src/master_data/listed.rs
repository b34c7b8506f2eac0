//! From the type of a field to what a list lets callers do with it.

use chrono::NaiveDate;
use domain::ids::Id;
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;

use crate::paging::{FieldKind, FieldSpec};

/// A value by which lists filter.
pub trait Listed {
    const KIND: FieldKind;
    /// Some records have none.
    const NULLABLE: bool = false;
}

macro_rules! listed {
    ($($type:ty => $kind:ident;)*) => {$(
        impl Listed for $type {
            const KIND: FieldKind = FieldKind::$kind;
        }
    )*};
}
listed! {
    bool => Boolean;
    u8 => Integer;
    u32 => Integer;
    i64 => Integer;
    String => Text;
    Code => Text;
    CurrencyCode => Text;
    LocalizedName => Search;
    NaiveDate => Date;
    Timestamp => Timestamp;
}

impl<T> Listed for Id<T> {
    const KIND: FieldKind = FieldKind::Id;
}

impl<T: Listed> Listed for Option<T> {
    const KIND: FieldKind = T::KIND;
    const NULLABLE: bool = true;
}

/// The field of a list that stands for a field of the record; the accessor only tells its type.
pub const fn listed<R, T: Listed>(name: &'static str, _: fn(&R) -> &T) -> FieldSpec {
    let field = FieldSpec::new(name, T::KIND);
    if T::NULLABLE { field.nullable() } else { field }
}
