//! The parameters of a list, read by what its [`ListSpec`] offers.

use std::borrow::Cow;
use std::marker::PhantomData;

use application::paging::{
    Count, Direction, FILTERS_MAX, ListQuery, ListSpec, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, TOO_MANY_FILTERS,
};
use axum::extract::FromRequestParts;
use domain::error::{Phrase, Violation, Violations};
use http::request::Parts;

use super::filter::{self, Given, Place, invalid};
use super::or_filter::{self, OR};
use crate::problem::Problem;
use crate::wire::{ONLY_ONCE, QueryPairs};

/// Longest cursor, in bytes.
pub const CURSOR_LENGTH_MAX: usize = 2_000;
/// Parameters every list takes beside its filters.
pub const COMMON: [&str; 7] = ["limit", "cursor", "sort", "fields", "expand", "count", OR];

const A_CURSOR: Phrase =
    Phrase::new("the nextCursor of the page before", "قيمة nextCursor من الصفحة السابقة");
const EXACT_OR_ESTIMATED: Phrase = Phrase::new("exact or estimated", "exact أو estimated");
const NOTHING: Phrase = Phrase::new("nothing", "لا شيء");
const NAMES_OF_MEMBERS: Phrase =
    Phrase::new("names of members, separated by commas", "أسماء حقول تفصل بينها فواصل");

fn limits() -> Phrase {
    Phrase::made(
        format!("a whole number from 1 to {PAGE_LIMIT_MAX}"),
        format!("عدد صحيح من 1 إلى {PAGE_LIMIT_MAX}"),
    )
}

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

/// The request to the port, and the members of its answer that are shown.
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

/// Reads a list request, reporting everything that is wrong with it.
pub fn parse(spec: &'static ListSpec, pairs: &QueryPairs<'_>) -> Result<ListRequest, Vec<Violation>> {
    let mut errors = Violations::new();
    let mut query = ListQuery::first(spec, PAGE_LIMIT_DEFAULT);
    let mut request_fields = None;
    let mut limited = false;
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in pairs.iter() {
        if seen.contains(&name) {
            if !takes_several(name) {
                errors.push(invalid(name, value, ONLY_ONCE));
            }
            continue;
        }
        seen.push(name);
        let value: &str = &if takes_several(name) { all_of(pairs, name) } else { Cow::Borrowed(value) };
        match name {
            "limit" => match value.parse::<u32>() {
                Ok(limit) if (1..=PAGE_LIMIT_MAX).contains(&limit) && !value.starts_with('+') => {
                    (query.limit, limited) = (limit, true);
                }
                _ => errors.push(invalid(name, value, limits())),
            },
            "cursor" if (1..=CURSOR_LENGTH_MAX).contains(&value.len()) => {
                query.cursor = Some(value.to_owned())
            }
            "cursor" => errors.push(invalid(name, value, A_CURSOR)),
            "sort" => parse_sort(spec, value, &mut query.sort, &mut errors),
            "expand" => parse_expand(spec, value, &mut query.expand, &mut errors),
            "fields" => request_fields = parse_fields(value, &mut errors),
            "count" if value == "exact" => query.count = Count::Exact,
            "count" if value == "estimated" => query.count = Count::Estimated,
            "count" => errors.push(invalid(name, value, EXACT_OR_ESTIMATED)),
            OR => query.any = or_filter::parse(spec, value, &mut errors),
            filter => {
                let place = Place { parameter: filter, others: &COMMON };
                let given = Given::Parameter(value);
                query.filters.extend(filter::parse(spec, filter, &given, place, &mut errors));
            }
        }
    }
    let conditions = query.filters.len() + or_filter::count(&query.any);
    if conditions > FILTERS_MAX {
        let violation = Violation::new(&TOO_MANY_FILTERS).with("count", conditions).with("max", FILTERS_MAX);
        errors.push(violation);
    }
    // A member that is only there when it is expanded is what `fields` asks for, too.
    for name in request_fields.iter().flatten() {
        let member = spec.expand.iter().find(|expandable| **expandable == name.as_str());
        query.expand.extend(member.filter(|member| !query.expand.contains(member)));
    }
    errors.into_result(ListRequest { query, fields: request_fields, limited })
}

/// Several values stand in one parameter, separated by commas. Many generated clients repeat the parameter instead.
fn takes_several(name: &str) -> bool {
    matches!(name, "sort" | "fields" | "expand") || name.ends_with("[in]")
}

fn all_of<'p>(pairs: &'p QueryPairs<'_>, name: &str) -> Cow<'p, str> {
    let mut values = pairs.iter().filter(|(known, _)| *known == name).map(|(_, value)| value);
    let first = values.next().unwrap_or_default();
    values.fold(Cow::Borrowed(first), |all, value| Cow::Owned(format!("{all},{value}")))
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
                let names = names.join(", ");
                let expected = Phrase::made(
                    format!("different ones of {names}, each with or without -"),
                    format!("قيم مختلفة من {names}، وقبل كل منها - أو بدونها"),
                );
                errors.push(invalid("sort", value, expected));
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
                let expected =
                    if spec.expand.is_empty() { NOTHING } else { Phrase::literal(spec.expand.join(", ")) };
                errors.push(invalid("expand", part, expected));
            }
        }
    }
}

/// Which members exist is known to the view, so unknown ones are refused when the answer is made.
fn parse_fields(value: &str, errors: &mut Violations) -> Option<Vec<String>> {
    let names: Vec<String> = value.split(',').map(str::to_owned).collect();
    if names.iter().any(String::is_empty) {
        errors.push(invalid("fields", value, NAMES_OF_MEMBERS));
        return None;
    }
    Some(names)
}
