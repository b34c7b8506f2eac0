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
/// Most conditions in one request, those inside `or` included.
pub const FILTERS_MAX: usize = 20;
/// How deep groups of conditions stand in one another, `or` itself included.
pub const OR_DEPTH_MAX: usize = 3;
/// Longest `or`, in bytes.
pub const OR_LENGTH_MAX: usize = 8_000;
/// How far `count=estimated` counts; what is more is "at least this many".
pub const COUNT_ESTIMATED_MAX: u64 = 10_000;

domain::errors! {
    INVALID_CURSOR = "invalid_cursor", Malformed, Developer,
        "The cursor is not one of this list, or the sort order changed.", "المؤشر لا يخص هذه القائمة أو تغيّر ترتيب الفرز.";
    UNKNOWN_PARAMETER = "unknown_parameter", Malformed, Developer,
        "'{name}' is not a parameter here. Allowed: {allowed}.", "'{name}' ليس معاملًا معروفًا هنا. المسموح: {allowed}.";
    INVALID_PARAMETER = "invalid_parameter", Malformed, Developer,
        "'{name}' has the value '{value}'; expected {expected}.", "المعامل '{name}' قيمته '{value}'؛ المتوقع {expected}.";
    INVALID_OR = "invalid_or", Malformed, Developer,
        "'or' cannot be read from character {position} on: expected {expected}. It is written (field=value,field[op]=value,and(…,…)); a value with a comma, bracket or quote stands in double quotes.",
        "لا يمكن قراءة 'or' ابتداءً من الحرف {position}: المتوقع {expected}. يكتب هكذا: (field=value,field[op]=value,and(…,…))؛ والقيمة التي فيها فاصلة أو قوس أو علامة اقتباس توضع بين علامتي اقتباس مزدوجتين.";
    PARAMETER_TOO_LONG = "parameter_too_long", Malformed, Developer,
        "'{name}' is longer than {max} bytes.", "المعامل '{name}' أطول من {max} بايت.";
    TOO_MANY_FILTERS = "too_many_filters", Malformed, Developer,
        "{count} conditions were given; at most {max} are accepted, including those inside 'or'.",
        "عدد الشروط {count}؛ والحد الأقصى {max} بما فيها الشروط داخل 'or'.";
    FILTERS_TOO_DEEP = "filters_too_deep", Malformed, Developer,
        "Groups of conditions are nested at most {max} deep, including 'or' itself.",
        "لا تتداخل مجموعات الشروط أكثر من {max} مستويات، بما فيها 'or' نفسه.";
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
    /// A barcode, found in the form in which barcodes are compared.
    Barcode,
    /// The code of a dimension and that of one of its values: `cost-centre:ADMIN`.
    DimensionValue,
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
    /// Some of the items have none: such a field takes `[isNull]`, too.
    pub nullable: bool,
}

impl FieldSpec {
    pub const fn new(name: &'static str, kind: FieldKind) -> Self {
        Self { name, kind, filter: true, sort: false, nullable: false }
    }
    #[must_use]
    pub const fn sortable(mut self) -> Self {
        self.sort = true;
        self
    }
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}

/// The fields of one list. Sorting always ends with `id`, so that pages neither repeat nor skip.
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

/// Conditions inside `or`.
#[derive(Debug, Clone)]
pub enum Condition {
    One(Filter),
    /// Every one of them holds.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    #[default]
    None,
    Exact,
    /// Counts as far as [`COUNT_ESTIMATED_MAX`], so that its cost is bounded.
    Estimated,
}

/// One parsed list request.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Every one of them holds.
    pub filters: Vec<Filter>,
    /// Besides, at least one of these holds, unless there are none.
    pub any: Vec<Condition>,
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
        Self { sort: spec.default_sort.to_vec(), ..Self::page(limit, None) }
    }
    /// One page of what has neither filters nor an order to choose.
    pub fn page(limit: u32, cursor: Option<String>) -> Self {
        Self {
            filters: Vec::new(),
            any: Vec::new(),
            sort: Vec::new(),
            limit,
            cursor,
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

/// Whether a total is the number itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TotalRelation {
    Exact,
    /// There are more than were counted.
    AtLeast,
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
    /// The number of items in the whole list; present only with `count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Only with `count=estimated`: `atLeast` when there are more than 10,000, which `total` then is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_relation: Option<TotalRelation>,
}

impl<T> Page<T> {
    /// A page without a count.
    pub fn new(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { items, next_cursor, total: None, total_relation: None }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        let (items, page) = self.split();
        page.with(items.into_iter().map(f).collect())
    }

    /// The items, and the page without them.
    pub fn split(self) -> (Vec<T>, Page<()>) {
        let Self { items, next_cursor, total, total_relation } = self;
        (items, Page { items: Vec::new(), next_cursor, total, total_relation })
    }

    /// The page with other items.
    pub fn with<U>(self, items: Vec<U>) -> Page<U> {
        let Self { next_cursor, total, total_relation, .. } = self;
        Page { items, next_cursor, total, total_relation }
    }
}

/// The violation for a cursor that does not belong to the list.
pub fn invalid_cursor() -> Violation {
    Violation::new(&INVALID_CURSOR)
}
