//! Lists: what a resource lets its callers filter and sort by, what one request asked for, and one page.

use domain::error::Violation;
use domain::money::Amount;
use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Items on a page when the caller does not say.
pub const PAGE_LIMIT_DEFAULT: u32 = 50;
/// Most items on a page.
pub const PAGE_LIMIT_MAX: u32 = 1_000;
/// Most values in one `[in]` filter.
pub const IN_VALUES_MAX: usize = 100;
/// Most filters in one request.
pub const FILTERS_MAX: usize = 20;

domain::errors! {
    INVALID_CURSOR = "invalid_cursor", Malformed, Developer,
        "The cursor is not one of this list, or the sort order changed.", "المؤشر لا يخص هذه القائمة أو تغيّر ترتيب الفرز.";
    UNKNOWN_PARAMETER = "unknown_parameter", Malformed, Developer,
        "'{name}' is not a parameter here. Allowed: {allowed}.", "'{name}' ليس معاملًا معروفًا هنا. المسموح: {allowed}.";
    INVALID_PARAMETER = "invalid_parameter", Malformed, Developer,
        "'{name}' has the value '{value}'; expected {expected}.", "المعامل '{name}' قيمته '{value}'؛ المتوقع {expected}.";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Id,
    Text,
    Date,
    Timestamp,
    Amount,
    Integer,
    Boolean,
    /// A name, found by any part of it: folded like the search column it stands for.
    Search,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// One field callers may filter or sort by, under the name it has in the JSON.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    pub name: &'static str,
    pub kind: FieldKind,
    pub filter: bool,
    pub sort: bool,
}

impl FieldSpec {
    pub const fn new(name: &'static str, kind: FieldKind) -> Self {
        Self { name, kind, filter: true, sort: false }
    }
    #[must_use]
    pub const fn sortable(mut self) -> Self {
        self.sort = true;
        self
    }
}

/// What one list offers. Sorting always ends with `id`, so that pages neither repeat nor skip.
#[derive(Debug, Clone, Copy)]
pub struct ListSpec {
    pub resource: &'static str,
    pub fields: &'static [FieldSpec],
    pub default_sort: &'static [(&'static str, Direction)],
    /// Names that `expand=` takes.
    pub expand: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterOp {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    /// Contains, folded for search (`text::search_form`) where the column is a search column.
    Like,
    In,
    IsNull,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterValue {
    Id(Uuid),
    Text(String),
    Date(chrono::NaiveDate),
    Timestamp(Timestamp),
    Amount(Amount),
    Integer(i64),
    Boolean(bool),
    Many(Vec<FilterValue>),
}

#[derive(Debug, Clone)]
pub struct Filter {
    pub field: &'static str,
    pub op: FilterOp,
    pub value: FilterValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    #[default]
    None,
    Exact,
}

/// One parsed list request.
#[derive(Debug, Clone)]
pub struct ListQuery {
    pub filters: Vec<Filter>,
    pub sort: Vec<(&'static str, Direction)>,
    pub limit: u32,
    /// Opaque; made and read by the adapter.
    pub cursor: Option<String>,
    pub count: Count,
    pub expand: Vec<&'static str>,
}

impl ListQuery {
    /// The first page in the default order.
    pub fn first(spec: &ListSpec, limit: u32) -> Self {
        Self {
            filters: Vec::new(),
            sort: spec.default_sort.to_vec(),
            limit,
            cursor: None,
            count: Count::None,
            expand: Vec::new(),
        }
    }
    #[must_use]
    pub fn filter(mut self, field: &'static str, op: FilterOp, value: FilterValue) -> Self {
        self.filters.push(Filter { field, op, value });
        self
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Only with `count=exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
        }
    }
}

/// The violation for a cursor that does not belong to the list.
pub fn invalid_cursor() -> Violation {
    Violation::new(&INVALID_CURSOR)
}
