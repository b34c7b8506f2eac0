//! The parameters of one operation: those of its path, its query or list, and the headers it listens to.

use application::paging::{
    FILTERS_MAX, FieldKind, FieldSpec, FilterOp, IN_VALUES_MAX, ListSpec, OR_DEPTH_MAX, OR_LENGTH_MAX,
    PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX,
};
use chrono::NaiveDate;
use domain::money::Amount;
use domain::text::Code;
use domain::time::Timestamp;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::extract::filter::{FILTER_LENGTH_MAX, operators, parameter_name};
use crate::extract::list_params::CURSOR_LENGTH_MAX;
use crate::extract::or_filter::OR;
use crate::operation::{Operation, QueryParameters};
use crate::wire::{Schemas, Text, WireType};

pub fn of(operation: &Operation, schemas: &mut Schemas) -> Vec<Value> {
    let mut parameters = path(operation, schemas);
    match operation.query {
        QueryParameters::None => {}
        QueryParameters::Declared(declared) => parameters.extend(declared(schemas)),
        QueryParameters::List(spec, view) => {
            let view = view(schemas);
            let members = schemas.properties(&view).into_iter().map(|(name, _)| name.to_owned()).collect();
            parameters.extend(list(spec, members, schemas));
        }
    }
    let mut refer =
        |name: &str| parameters.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
    if operation.command {
        refer("DryRun");
    }
    if operation.command || operation.keyed {
        refer("IdempotencyKey");
    }
    if operation.if_match {
        refer("IfMatch");
    }
    if operation.method == Method::GET && operation.answers.iter().any(|answer| answer.etag) {
        refer("IfNoneMatch");
    }
    if operation.answers.iter().any(|answer| answer.status == 206) {
        refer("Range");
    }
    refer("AcceptLanguage");
    for (name, description, schema) in &operation.headers {
        parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": description, "schema": schema(schemas),
        }));
    }
    parameters
}

fn path(operation: &Operation, schemas: &mut Schemas) -> Vec<Value> {
    let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| {
            let name = name.trim_start_matches('*');
            let declared = operation.path_parameters.iter().find(|(known, _, _)| *known == name);
            let (description, schema) = match declared {
                Some((_, description, schema)) => ((*description).to_owned(), schema(schemas)),
                None => ("The id.".to_owned(), <Uuid as WireType>::schema(schemas)),
            };
            json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
        })
        .collect()
}

fn list(spec: &ListSpec, members: Vec<String>, schemas: &mut Schemas) -> Vec<Value> {
    let query = |name: &str, text: &str, schema: Value| {
        let mut parameter = json!({ "name": name, "in": "query", "required": false, "description": text });
        if schema["type"] == "array" {
            parameter["style"] = json!("form");
            parameter["explode"] = json!(false);
        }
        parameter["schema"] = schema;
        parameter
    };
    let words = |words: Vec<String>| json!({ "type": "array", "minItems": 1, "maxItems": words.len(), "uniqueItems": true, "items": { "type": "string", "enum": words } });
    let mut parameters = vec![
        query(
            "limit",
            "Items on a page; with CSV or NDJSON the whole list is sent unless this is given.",
            json!({ "type": "integer", "minimum": 1, "maximum": PAGE_LIMIT_MAX, "default": PAGE_LIMIT_DEFAULT }),
        ),
        query(
            "cursor",
            "The `nextCursor` of the previous page.",
            json!({ "type": "string", "minLength": 1, "maxLength": CURSOR_LENGTH_MAX }),
        ),
    ];
    let sortable: Vec<&str> = spec.fields.iter().filter(|field| field.sort).map(|field| field.name).collect();
    if !sortable.is_empty() {
        let items: Vec<String> =
            sortable.iter().flat_map(|name| [(*name).to_owned(), format!("-{name}")]).collect();
        let mut schema = words(items);
        schema["maxItems"] = json!(sortable.len());
        parameters.push(query(
            "sort",
            "The fields to sort by, each at most once; `-` before a name sorts in descending order.",
            schema,
        ));
    }
    if !members.is_empty() {
        parameters.push(query("fields", "The members of the items to return.", words(members)));
    }
    if !spec.expand.is_empty() {
        let names = spec.expand.iter().map(|name| (*name).to_owned()).collect();
        parameters.push(query("expand", "The related data to include in the items.", words(names)));
    }
    parameters.push(query(
        "count",
        "`exact`: also answer how many there are, as `total`. `estimated`: count no further than 10,000; \
         `totalRelation` says whether there are more.",
        json!({ "type": "string", "enum": ["exact", "estimated"] }),
    ));
    parameters.push(or(spec, query));
    for field in spec.fields.iter().filter(|field| field.filter) {
        for (operator, op) in operators(field) {
            let name = parameter_name(field.name, operator);
            parameters.push(query(&name, &meaning(field, op), filter_schema(spec, field, op, schemas)));
        }
    }
    parameters
}

/// The alternatives of conditions, with two of the list's own fields as an example.
fn or(spec: &ListSpec, query: impl Fn(&str, &str, Value) -> Value) -> Value {
    let text = format!(
        "At least one of these conditions holds: `(status=draft,postingDate[gte]=2026-01-01)`. They are written like the \
         other parameters of this list, with `and(…)` and `or(…)` for groups, up to {OR_DEPTH_MAX} deep; several values of \
         `[in]` as `field[in]=(a,b)`; a value with a comma, bracket or double quote stands in double quotes. Up to \
         {FILTERS_MAX} conditions in all."
    );
    let schema =
        json!({ "type": "string", "minLength": 3, "maxLength": OR_LENGTH_MAX, "pattern": r"^\(.+\)$" });
    let mut parameter = query(OR, &text, schema);
    let example = |field: &FieldSpec| Some(format!("{}={}", field.name, example_value(field.kind)?));
    let members: Vec<String> =
        spec.fields.iter().filter(|field| field.filter).filter_map(example).take(2).collect();
    parameter["example"] = json!(format!("({})", members.join(",")));
    parameter
}

/// A value a field of this kind takes.
fn example_value(kind: FieldKind) -> Option<&'static str> {
    match kind {
        FieldKind::Id => Some("01928c3e-7d4a-7c1e-9f00-3a5b6c7d8e9f"),
        FieldKind::Text | FieldKind::Search => Some("A-100"),
        FieldKind::Barcode => Some("6281000000007"),
        FieldKind::DimensionValue => Some("cost-centre:ADMIN"),
        FieldKind::Date => Some("2026-01-31"),
        FieldKind::Timestamp => Some("2026-01-31T00:00:00Z"),
        FieldKind::Amount => Some("100.00"),
        FieldKind::Integer => Some("1"),
        FieldKind::Boolean => Some("true"),
        FieldKind::Word(words) => words.first().copied(),
    }
}

fn meaning(field: &FieldSpec, op: FilterOp) -> String {
    let name = field.name;
    match op {
        FilterOp::Eq => format!("`{name}` is this."),
        FilterOp::Ne => format!("`{name}` is not this."),
        FilterOp::Gt => format!("`{name}` is greater than this."),
        FilterOp::Gte => format!("`{name}` is this or greater."),
        FilterOp::Lt => format!("`{name}` is less than this."),
        FilterOp::Lte => format!("`{name}` is this or less."),
        FilterOp::Like if matches!(field.kind, FieldKind::Search) => {
            format!("`{name}` contains this; letter case and Arabic letter variants do not matter.")
        }
        FilterOp::Like => format!("`{name}` contains this; letter case does not matter."),
        FilterOp::In => format!("`{name}` is one of these."),
        FilterOp::IsNull => format!("`{name}` is missing (true) or there (false)."),
    }
}

fn filter_schema(spec: &ListSpec, field: &FieldSpec, op: FilterOp, schemas: &mut Schemas) -> Value {
    let one = match field.kind {
        _ if op == FilterOp::IsNull => bool::schema(schemas),
        FieldKind::Id => <Uuid as WireType>::schema(schemas),
        FieldKind::Text | FieldKind::Search => Text::<FILTER_LENGTH_MAX>::schema(schemas),
        FieldKind::Barcode => Code::schema(schemas),
        FieldKind::DimensionValue => {
            json!({ "type": "string", "pattern": "^[^:,\\s]{1,50}:[^:,\\s]{1,50}$" })
        }
        FieldKind::Date => NaiveDate::schema(schemas),
        FieldKind::Timestamp => Timestamp::schema(schemas),
        FieldKind::Amount => Amount::schema(schemas),
        FieldKind::Integer => i64::schema(schemas),
        FieldKind::Boolean => bool::schema(schemas),
        FieldKind::Word(words) => {
            json!({ "type": "string", "title": title(spec.resource, field.name), "enum": words })
        }
    };
    match op {
        FilterOp::In => json!({ "type": "array", "minItems": 1, "maxItems": IN_VALUES_MAX, "items": one }),
        FilterOp::Like => {
            let mut schema = one;
            schema["minLength"] = json!(1);
            schema
        }
        _ => one,
    }
}

/// `journal_entry` and `status` as `journalEntryStatus`: the name of the words in generated clients.
fn title(resource: &str, field: &str) -> String {
    let mut title = String::new();
    for part in resource.split('_').chain([field]) {
        let mut letters = part.chars();
        let first = letters.next().filter(|_| !title.is_empty()).map(|letter| letter.to_ascii_uppercase());
        match first {
            Some(first) => title.extend([first].into_iter().chain(letters)),
            None => title.push_str(part),
        }
    }
    title
}
