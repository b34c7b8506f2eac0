//! Currencies of a tenant.

use crate::money::CurrencyCode;
use crate::text::LocalizedName;

/// A currency of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyRecord {
    pub code: CurrencyCode,
    pub scale: u8,
    pub name: Option<LocalizedName>,
    pub active: bool,
    /// The currency of the books.
    pub company: bool,
    pub version: i64,
}
