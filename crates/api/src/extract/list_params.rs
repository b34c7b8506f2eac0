//! The parameters of a list, read by what its [`ListSpec`] offers.

use std::marker::PhantomData;

use application::paging::{
    Count, Direction, FILTERS_MAX, FieldKind, FieldSpec, Filter, FilterOp, FilterValue, IN_VALUES_MAX,
    INVALID_PARAMETER, ListQuery, ListSpec, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, UNKNOWN_PARAMETER,
};
use axum::extract::FromRequestParts;
use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::money::Amount;
use domain::time::Timestamp;
use http::request::Parts;
use uuid::Uuid;

use crate::problem::Problem;
use crate::wire::{Pointer, QueryPairs, Text, WireType, quoted};

/// Longest text of a filter, in characters.
pub const FILTER_LENGTH_MAX: usize = 200;
/// Longest cursor, in bytes.
pub const CURSOR_LENGTH_MAX: usize = 2_000;
/// Parameters every list takes beside its filters.
pub const COMMON: [&str; 6] = ["limit", "cursor", "sort", "fields", "expand", "count"];

/// Names the list that a [`ListParams`] reads; usually implemented by the view of the list.
pub trait ListSpecSource {
    const SPEC: &'static ListSpec;
}

/// A parsed list request; `.0` is what [`crate::answer::list`] takes.
#[derive(Debug)]
pub struct ListParams<S>(pub ListRequest, PhantomData<S>);

impl<S> ListParams<S> {
    pub fn into_inner(self) -> ListRequest {
        self.0
    }
}

/// What the port is asked, and what of it is shown.
#[derive(Debug, Clone)]
pub struct ListRequest {
    pub query: ListQuery,
    /// Top-level members to show; `None` for all.
    pub fields: Option<Vec<String>>,
    /// The caller said how many: exports stop there, too.
    pub limited: bool,
}

impl<S: ListSpecSource, T: Sync> FromRequestParts<T> for ListParams<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, Problem> {
        let pairs = QueryPairs::parse(parts.uri.query().unwrap_or(""))?;
        parse(S::SPEC, &pairs).map(|request| Self(request, PhantomData)).map_err(Problem::from)
    }
}

/// The operators a field of this kind takes, under their names in the query.
pub fn operators(kind: FieldKind) -> &'static [(&'static str, FilterOp)] {
    use FilterOp::{Eq, Gt, Gte, In, IsNull, Like, Lt, Lte, Ne};
    match kind {
        FieldKind::Id | FieldKind::Word(_) => &[("", Eq), ("ne", Ne), ("in", In), ("isNull", IsNull)],
        FieldKind::Boolean => &[("", Eq), ("ne", Ne), ("isNull", IsNull)],
        FieldKind::Search => &[("", Like), ("like", Like)],
        FieldKind::Text => &[
            ("", Eq),
            ("ne", Ne),
            ("gt", Gt),
            ("gte", Gte),
            ("lt", Lt),
            ("lte", Lte),
            ("like", Like),
            ("in", In),
            ("isNull", IsNull),
        ],
        FieldKind::Date | FieldKind::Timestamp | FieldKind::Amount | FieldKind::Integer => &[
            ("", Eq),
            ("ne", Ne),
            ("gt", Gt),
            ("gte", Gte),
            ("lt", Lt),
            ("lte", Lte),
            ("in", In),
            ("isNull", IsNull),
        ],
    }
}

/// The name of a filter parameter: `number` or `number[like]`.
pub fn parameter_name(field: &str, operator: &str) -> String {
    if operator.is_empty() { field.to_owned() } else { format!("{field}[{operator}]") }
}

/// Reads a list request, reporting everything that is wrong with it.
pub fn parse(spec: &'static ListSpec, pairs: &QueryPairs<'_>) -> Result<ListRequest, Vec<Violation>> {
    let mut errors = Violations::new();
    let mut query = ListQuery::first(spec, PAGE_LIMIT_DEFAULT);
    let mut request_fields = None;
    let mut limited = false;
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in pairs.iter() {
        if seen.contains(&name) {
            errors.push(invalid(name, value, "it only once"));
            continue;
        }
        seen.push(name);
        match name {
            "limit" => match value.parse::<u32>() {
                Ok(limit) if (1..=PAGE_LIMIT_MAX).contains(&limit) && !value.starts_with('+') => {
                    (query.limit, limited) = (limit, true);
                }
                _ => errors.push(invalid(name, value, "a whole number from 1 to 1000")),
            },
            "cursor" if (1..=CURSOR_LENGTH_MAX).contains(&value.len()) => {
                query.cursor = Some(value.to_owned())
            }
            "cursor" => errors.push(invalid(name, value, "the nextCursor of the page before")),
            "sort" => parse_sort(spec, value, &mut query.sort, &mut errors),
            "expand" => parse_expand(spec, value, &mut query.expand, &mut errors),
            "fields" => request_fields = parse_fields(value, &mut errors),
            "count" if value == "exact" => query.count = Count::Exact,
            "count" => errors.push(invalid(name, value, "exact")),
            filter => parse_filter(spec, filter, value, &mut query.filters, &mut errors),
        }
    }
    if query.filters.len() > FILTERS_MAX {
        errors.push(invalid("filters", &query.filters.len().to_string(), "at most 20 filters"));
    }
    errors.into_result(ListRequest { query, fields: request_fields, limited })
}

fn invalid(name: &str, value: &str, expected: &str) -> Violation {
    Violation::new(&INVALID_PARAMETER)
        .with("name", quoted(name))
        .with("value", quoted(value))
        .with("expected", expected)
        .at(Pointer::parameter(&quoted(name)).to_string())
}

fn parse_sort(
    spec: &'static ListSpec,
    value: &str,
    sort: &mut Vec<(&'static str, Direction)>,
    errors: &mut Violations,
) {
    sort.clear();
    for part in value.split(',') {
        let (name, direction) = match part.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (part, Direction::Ascending),
        };
        let field = spec.fields.iter().find(|field| field.sort && field.name == name);
        match field {
            Some(field) if sort.iter().all(|(known, _)| *known != field.name) => {
                sort.push((field.name, direction));
            }
            _ => {
                let names: Vec<_> = spec.fields.iter().filter(|f| f.sort).map(|f| f.name).collect();
                let expected = format!("different ones of {}, each with or without -", names.join(", "));
                errors.push(invalid("sort", value, &expected));
                return;
            }
        }
    }
}

fn parse_expand(
    spec: &'static ListSpec,
    value: &str,
    expand: &mut Vec<&'static str>,
    errors: &mut Violations,
) {
    for part in value.split(',') {
        match spec.expand.iter().find(|name| **name == part) {
            Some(name) if !expand.contains(name) => expand.push(name),
            Some(_) => {}
            None => {
                let names =
                    if spec.expand.is_empty() { "nothing".to_owned() } else { spec.expand.join(", ") };
                errors.push(invalid("expand", part, &names));
            }
        }
    }
}

/// Which members exist is known to the view, so unknown ones are refused when the answer is made.
fn parse_fields(value: &str, errors: &mut Violations) -> Option<Vec<String>> {
    let names: Vec<String> = value.split(',').map(str::to_owned).collect();
    if names.iter().any(String::is_empty) {
        errors.push(invalid("fields", value, "names of members, separated by commas"));
        return None;
    }
    Some(names)
}

fn parse_filter(
    spec: &'static ListSpec,
    name: &str,
    value: &str,
    filters: &mut Vec<Filter>,
    errors: &mut Violations,
) {
    let (field_name, operator) = match name.split_once('[') {
        Some((field, rest)) => (field, rest.strip_suffix(']').unwrap_or("?")),
        None => (name, ""),
    };
    let field = spec.fields.iter().find(|field| field.filter && field.name == field_name);
    let op = field.and_then(|field| {
        let known = operators(field.kind).iter().find(|(text, _)| *text == operator)?;
        Some((field, known.1))
    });
    let Some((field, op)) = op else {
        errors.push(unknown(spec, field, name));
        return;
    };
    let parsed = match op {
        FilterOp::IsNull => parse_value(FieldKind::Boolean, value),
        FilterOp::In => parse_many(field, value),
        FilterOp::Like if value.is_empty() => None,
        _ => parse_value(field.kind, value),
    };
    match parsed {
        Some(value) => filters.push(Filter { field: field.name, op, value }),
        None => errors.push(invalid(name, value, &expected(field.kind, op))),
    }
}

fn unknown(spec: &ListSpec, field: Option<&FieldSpec>, name: &str) -> Violation {
    let allowed: Vec<String> = match field {
        Some(field) => operators(field.kind).iter().map(|(op, _)| parameter_name(field.name, op)).collect(),
        None => {
            let filters = spec.fields.iter().filter(|field| field.filter).map(|field| field.name);
            COMMON.into_iter().chain(filters).map(str::to_owned).collect()
        }
    };
    Violation::new(&UNKNOWN_PARAMETER)
        .with("name", quoted(name))
        .with("allowed", allowed.join(", "))
        .at(Pointer::parameter(&quoted(name)).to_string())
}

fn parse_many(field: &FieldSpec, value: &str) -> Option<FilterValue> {
    let parts: Vec<&str> = value.split(',').take(IN_VALUES_MAX + 1).collect();
    if parts.len() > IN_VALUES_MAX {
        return None;
    }
    parts.into_iter().map(|part| parse_value(field.kind, part)).collect::<Option<_>>().map(FilterValue::Many)
}

fn parse_value(kind: FieldKind, value: &str) -> Option<FilterValue> {
    fn read<T: WireType>(value: &str) -> Option<T> {
        T::parse_text(value, &Pointer::ROOT, &mut Violations::new())
    }
    match kind {
        FieldKind::Id => read::<Uuid>(value).map(FilterValue::Id),
        FieldKind::Text | FieldKind::Search => {
            read::<Text<FILTER_LENGTH_MAX>>(value).map(|text| FilterValue::Text(text.into_string()))
        }
        FieldKind::Date => read::<NaiveDate>(value).map(FilterValue::Date),
        FieldKind::Timestamp => read::<Timestamp>(value).map(FilterValue::Timestamp),
        FieldKind::Amount => read::<Amount>(value).map(FilterValue::Amount),
        FieldKind::Integer => read::<i64>(value).map(FilterValue::Integer),
        FieldKind::Boolean => read::<bool>(value).map(FilterValue::Boolean),
        FieldKind::Word(words) => words.contains(&value).then(|| FilterValue::Text(value.to_owned())),
    }
}

fn expected(kind: FieldKind, op: FilterOp) -> String {
    let one = match kind {
        _ if op == FilterOp::IsNull => "true or false".to_owned(),
        FieldKind::Id => "a UUID".to_owned(),
        FieldKind::Text | FieldKind::Search => format!("text of at most {FILTER_LENGTH_MAX} characters"),
        FieldKind::Date => "a date such as 2026-11-22".to_owned(),
        FieldKind::Timestamp => "a timestamp such as 2026-11-22T10:30:00Z".to_owned(),
        FieldKind::Amount => "an amount such as 1234.50".to_owned(),
        FieldKind::Integer => "a whole number".to_owned(),
        FieldKind::Boolean => "true or false".to_owned(),
        FieldKind::Word(words) => format!("one of {}", words.join(", ")),
    };
    if op == FilterOp::In {
        format!("up to {IN_VALUES_MAX} values, separated by commas, each {one}")
    } else {
        one
    }
}
