//! One condition of a list: `field=value`, `field[op]=value`.

use std::borrow::Cow;

use application::paging::{
    FieldKind, FieldSpec, Filter, FilterOp, FilterValue, IN_VALUES_MAX, INVALID_PARAMETER, ListSpec,
    UNKNOWN_PARAMETER,
};
use chrono::NaiveDate;
use domain::error::{Language, Phrase, Violation, Violations};
use domain::items::barcode::barcode_key;
use domain::money::Amount;
use domain::text::Code;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::wire::{A_WHOLE_NUMBER, Pointer, TRUE_OR_FALSE, Text, WireType, quoted};

/// Longest text of a filter, in characters.
pub const FILTER_LENGTH_MAX: usize = 200;

/// The operators a field takes, under their names in the query; those of missing values only where there are some.
pub fn operators(field: &FieldSpec) -> impl Iterator<Item = (&'static str, FilterOp)> {
    use FilterOp::{Eq, Gt, Gte, In, IsNull, Like, Lt, Lte, Ne};
    let of_kind: &[(&'static str, FilterOp)] = match field.kind {
        FieldKind::Id | FieldKind::Word(_) => &[("", Eq), ("ne", Ne), ("in", In)],
        FieldKind::Boolean => &[("", Eq), ("ne", Ne)],
        FieldKind::Barcode | FieldKind::DimensionValue => &[("", Eq)],
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
        ],
        FieldKind::Date | FieldKind::Timestamp | FieldKind::Amount | FieldKind::Integer => {
            &[("", Eq), ("ne", Ne), ("gt", Gt), ("gte", Gte), ("lt", Lt), ("lte", Lte), ("in", In)]
        }
    };
    of_kind.iter().copied().chain(field.nullable.then_some(("isNull", IsNull)))
}

/// The name of a filter parameter: `number` or `number[like]`.
pub fn parameter_name(field: &str, operator: &str) -> String {
    if operator.is_empty() { field.to_owned() } else { format!("{field}[{operator}]") }
}

/// The violation for a parameter whose value does not do.
pub fn invalid(name: &str, value: &str, expected: Phrase) -> Violation {
    Violation::new(&INVALID_PARAMETER)
        .with("name", quoted(name))
        .with("value", quoted(value))
        .with_phrase("expected", expected)
        .at(Pointer::parameter(&quoted(name)).to_string())
}

/// The text after the `=` of a condition.
#[derive(Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// A parameter's value: commas separate the values of `[in]`.
    Parameter(&'a str),
    /// One value inside `or`.
    One(Cow<'a, str>),
    /// Several inside `or`: `(a,b)`.
    Many(Vec<Cow<'a, str>>),
}

impl Given<'_> {
    /// As it was written, for messages.
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Parameter(text) => Cow::Borrowed(text),
            Self::One(text) => Cow::Borrowed(text),
            Self::Many(texts) => Cow::Owned(format!("({})", texts.join(","))),
        }
    }

    fn single(&self) -> Option<&str> {
        match self {
            Self::Parameter(text) => Some(text),
            Self::One(text) => Some(text),
            Self::Many(_) => None,
        }
    }

    fn values(&self) -> Vec<&str> {
        match self {
            Self::Parameter(text) => text.split(',').take(IN_VALUES_MAX + 1).collect(),
            Self::One(text) => vec![text],
            Self::Many(texts) => texts.iter().map(AsRef::as_ref).collect(),
        }
    }
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The parameter that is named when it is wrong.
    pub parameter: &'a str,
    /// The other words that may stand there beside conditions.
    pub others: &'a [&'a str],
}

/// Reads one condition, or reports what is wrong with it.
pub fn parse(
    spec: &'static ListSpec,
    name: &str,
    given: &Given<'_>,
    place: Place<'_>,
    errors: &mut Violations,
) -> Option<Filter> {
    let (field_name, operator) = match name.split_once('[') {
        Some((field, rest)) => (field, rest.strip_suffix(']').unwrap_or("?")),
        None => (name, ""),
    };
    let field = spec.fields.iter().find(|field| field.filter && field.name == field_name);
    let op = field.and_then(|field| {
        let (_, op) = operators(field).find(|(text, _)| *text == operator)?;
        Some((field, op))
    });
    let Some((field, op)) = op else {
        errors.push(unknown(spec, field, name, place));
        return None;
    };
    let value = match op {
        FilterOp::In => parse_many(field.kind, &given.values()),
        _ => given.single().and_then(|text| match op {
            FilterOp::IsNull => parse_value(FieldKind::Boolean, text),
            FilterOp::Like if text.is_empty() => None,
            _ => parse_value(field.kind, text),
        }),
    };
    if value.is_none() {
        let violation = invalid(name, &given.text(), expected(field.kind, op));
        errors.push(violation.at(Pointer::parameter(&quoted(place.parameter)).to_string()));
    }
    value.map(|value| Filter { field: field.name, op, value })
}

fn unknown(spec: &ListSpec, field: Option<&FieldSpec>, name: &str, place: Place<'_>) -> Violation {
    let allowed: Vec<String> = match field {
        Some(field) => operators(field).map(|(op, _)| parameter_name(field.name, op)).collect(),
        None => {
            let filters = spec.fields.iter().filter(|field| field.filter).map(|field| field.name);
            place.others.iter().copied().chain(filters).map(str::to_owned).collect()
        }
    };
    Violation::new(&UNKNOWN_PARAMETER)
        .with("name", quoted(name))
        .with("allowed", allowed.join(", "))
        .at(Pointer::parameter(&quoted(place.parameter)).to_string())
}

fn parse_many(kind: FieldKind, values: &[&str]) -> Option<FilterValue> {
    if values.len() > IN_VALUES_MAX {
        return None;
    }
    values.iter().map(|value| parse_value(kind, value)).collect::<Option<_>>().map(FilterValue::Many)
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
        FieldKind::Barcode => read::<Code>(value).map(|code| FilterValue::Text(barcode_key(code.as_str()))),
        FieldKind::DimensionValue => dimension_value(value).map(FilterValue::Text),
        FieldKind::Date => read::<NaiveDate>(value).map(FilterValue::Date),
        FieldKind::Timestamp => read::<Timestamp>(value).map(FilterValue::Timestamp),
        FieldKind::Amount => read::<Amount>(value).map(FilterValue::Amount),
        FieldKind::Integer => read::<i64>(value).map(FilterValue::Integer),
        FieldKind::Boolean => read::<bool>(value).map(FilterValue::Boolean),
        FieldKind::Word(words) => words.contains(&value).then(|| FilterValue::Text(value.to_owned())),
    }
}

/// Two codes as they are stored.
fn dimension_value(text: &str) -> Option<String> {
    let (dimension, value) = text.split_once(':')?;
    Some(format!("{}:{}", Code::parse(dimension).ok()?, Code::parse(value).ok()?))
}

fn expected(kind: FieldKind, op: FilterOp) -> Phrase {
    let one = match kind {
        _ if op == FilterOp::IsNull => TRUE_OR_FALSE,
        FieldKind::Id => Phrase::literal("UUID"),
        FieldKind::Text | FieldKind::Search => Phrase::made(
            format!("text of at most {FILTER_LENGTH_MAX} characters"),
            format!("نص لا يزيد على {FILTER_LENGTH_MAX} حرف"),
        ),
        FieldKind::Barcode => Phrase::new("a barcode such as 6281000000007", "باركود مثل 6281000000007"),
        FieldKind::DimensionValue => {
            Phrase::new("dimension:value such as cost-centre:ADMIN", "dimension:value مثل cost-centre:ADMIN")
        }
        FieldKind::Date => Phrase::new("a date such as 2026-11-22", "تاريخ مثل 2026-11-22"),
        FieldKind::Timestamp => {
            Phrase::new("a timestamp such as 2026-11-22T10:30:00Z", "وقت مثل 2026-11-22T10:30:00Z")
        }
        FieldKind::Amount => Phrase::new("an amount such as 1234.50", "مبلغ مثل 1234.50"),
        FieldKind::Integer => A_WHOLE_NUMBER,
        FieldKind::Boolean => TRUE_OR_FALSE,
        FieldKind::Word(words) => {
            let words = words.join(", ");
            Phrase::made(format!("one of {words}"), format!("إحدى القيم {words}"))
        }
    };
    if op != FilterOp::In {
        return one;
    }
    let each = |language| one.text(language);
    Phrase::made(
        format!("up to {IN_VALUES_MAX} values, separated by commas, each {}", each(Language::English)),
        format!("ما لا يزيد على {IN_VALUES_MAX} قيمة تفصل بينها فواصل، كل منها {}", each(Language::Arabic)),
    )
}
