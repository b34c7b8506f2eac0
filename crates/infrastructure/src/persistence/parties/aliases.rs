//! Codes of merged parties (R46): what was posted under them belongs to the party that survived.

use std::borrow::Cow;
use std::collections::BTreeSet;

use application::error::AppResult;
use application::paging::{Condition, Filter, FilterOp, FilterValue, ListQuery};
use domain::ids::TenantId;
use uuid::Uuid;

use crate::sql::db::Db;
use crate::sql::value::{code_list, id_list};
use crate::statements;

/// A column of the alias whose `$key` is the value of a column of the table `$row`, or else that value.
macro_rules! of_alias {
    ($wanted:literal, $key:literal, $row:literal, $column:literal) => {
        concat!(
            "COALESCE((SELECT s.",
            $wanted,
            " FROM party_alias s WHERE s.tenant_id = ",
            $row,
            ".tenant_id AND s.",
            $key,
            " = ",
            $row,
            ".",
            $column,
            "), ",
            $row,
            ".",
            $column,
            ")"
        )
    };
}
pub(in crate::persistence) use of_alias;

/// The code of the survivor of a party whose code is in a column, or else the code. `$row` is the table that has it.
macro_rules! survivor {
    ($row:literal, $column:literal) => {
        $crate::persistence::parties::aliases::of_alias!("survivor", "code", $row, $column)
    };
}
pub(in crate::persistence) use survivor;

/// The id of the survivor of a party whose id is in a column, or else the id.
macro_rules! survivor_id {
    ($row:literal, $column:literal) => {
        $crate::persistence::parties::aliases::of_alias!("survivor_id", "party_id", $row, $column)
    };
}
pub(in crate::persistence) use survivor_id;

/// The codes of one party: its own, which is the parameter, and those of parties that were merged into it.
macro_rules! codes_of {
    ($code:literal) => {
        concat!(
            "(SELECT ",
            $code,
            " {exact} AS code UNION ALL SELECT s.code FROM party_alias s WHERE s.tenant_id = ?1 AND s.survivor = ",
            $code,
            ")"
        )
    };
}
pub(in crate::persistence) use codes_of;

/// The codes of several parties and of those merged into them; the parameter is a list of codes.
macro_rules! codes_of_all {
    ($codes:literal) => {
        concat!(
            "({codes ",
            $codes,
            "} UNION ALL SELECT s.code FROM party_alias s WHERE s.tenant_id = ?1 AND s.survivor IN ({codes ",
            $codes,
            "}))"
        )
    };
}
pub(in crate::persistence) use codes_of_all;

statements! {
    CODES = "parties.party_alias.codes":
        "SELECT s.code FROM party_alias s WHERE s.tenant_id = ?1 AND s.survivor IN ({codes ?2})";
    IDS = "parties.party_alias.ids":
        "SELECT s.party_id FROM party_alias s WHERE s.tenant_id = ?1 AND s.survivor_id IN ({ids ?2})";
}

/// The list as asked for, with what belongs to parties that were merged into those that it is filtered by. `code` and `id` are the
/// fields that name a party.
pub(in crate::persistence) async fn with_merged<'q>(
    db: &Db,
    tenant: TenantId,
    query: &'q ListQuery,
    (code, id): (Option<&str>, Option<&str>),
) -> AppResult<Cow<'q, ListQuery>> {
    let named = |filter: &&Filter| Some(filter.field) == code || Some(filter.field) == id;
    let is_one_of = |filter: &&Filter| matches!(filter.op, FilterOp::Eq | FilterOp::In);
    let conditions = query.any.iter().filter_map(|condition| match condition {
        Condition::One(filter) => Some(filter),
        _ => None,
    });
    let filters = query.filters.iter().chain(conditions).filter(named).filter(is_one_of);
    let values: Vec<&FilterValue> = filters.flat_map(|filter| one_by_one(&filter.value)).collect();
    if values.is_empty() {
        return Ok(Cow::Borrowed(query));
    }
    let codes: BTreeSet<&str> = values.iter().filter_map(|value| text(value)).collect();
    let ids: BTreeSet<Uuid> = values.iter().filter_map(|value| uuid(value)).collect();
    let mut more = Vec::new();
    if !codes.is_empty() {
        let codes = code_list(codes.into_iter());
        for row in db.query(&CODES, &[tenant.into(), codes]).await? {
            more.push(FilterValue::Text(row.single("party_alias", "code")?));
        }
    }
    if !ids.is_empty() {
        for row in db.query(&IDS, &[tenant.into(), id_list(ids.into_iter())]).await? {
            more.push(FilterValue::Id(row.single("party_alias", "party_id")?));
        }
    }
    if more.is_empty() {
        return Ok(Cow::Borrowed(query));
    }
    let mut wider = query.clone();
    let conditions = wider.any.iter_mut().filter_map(|condition| match condition {
        Condition::One(filter) => Some(filter),
        _ => None,
    });
    for filter in wider.filters.iter_mut().chain(conditions) {
        if named(&&*filter) && is_one_of(&&*filter) {
            widen(filter, &more, Some(filter.field) == code);
        }
    }
    Ok(Cow::Owned(wider))
}

/// Adds the values of the filter's kind.
fn widen(filter: &mut Filter, more: &[FilterValue], of_codes: bool) {
    let mut values: Vec<FilterValue> = one_by_one(&filter.value).cloned().collect();
    values.extend(more.iter().filter(|value| text(value).is_some() == of_codes).cloned());
    filter.op = FilterOp::In;
    filter.value = FilterValue::Many(values);
}

fn one_by_one(value: &FilterValue) -> impl Iterator<Item = &FilterValue> {
    match value {
        FilterValue::Many(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    }
    .iter()
}

fn text(value: &FilterValue) -> Option<&str> {
    match value {
        FilterValue::Text(text) => Some(text),
        _ => None,
    }
}

fn uuid(value: &FilterValue) -> Option<Uuid> {
    match value {
        FilterValue::Id(id) => Some(*id),
        _ => None,
    }
}
