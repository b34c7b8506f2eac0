//! Combinations of dimension values, stored once (R9).

use std::collections::{BTreeSet, HashMap};

use application::accounting::ports::ledger::{DimensionPair, FoundSet, SetCodes};
use application::ports::storage_error::StorageResult;
use application::unit_of_work::UnitOfWork;
use domain::accounting::dimension::DimensionCombination;
use domain::ids::DimensionSetId;

use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Value};
use crate::statements;

statements! {
    SET_FIND = "accounting.dimension_set.find" as reference: "SELECT id FROM dimension_set WHERE tenant_id = ?1 AND content_key = ?2";
    SET_INSERT = "accounting.dimension_set.insert": "INSERT INTO dimension_set (tenant_id, id, content_key) VALUES (?1, ?2, ?3)";
}

pub static SET_VALUE_INSERT: Bulk = Bulk::new(
    "accounting.dimension_set_value.insert",
    "dimension_set_value",
    &[("tenant_id", Kind::Id), ("set_id", Kind::Id), ("dimension_id", Kind::Id), ("value_id", Kind::Id)],
);
pub static BULKS: &[&Bulk] = &[&SET_VALUE_INSERT];

pub static VALUES: Lookup = Lookup::new(
    "accounting.dimension_value.by_code",
    "SELECT d.code AS dimension_code, v.code, d.id AS dimension_id, v.id FROM dimension_value v \
     INNER JOIN dimension d ON d.tenant_id = v.tenant_id AND d.id = v.dimension_id \
     WHERE v.tenant_id = ?1 AND v.active = 1 AND d.active = 1",
    ("v.code", Kind::Text(50)),
)
.reference();
pub static SET_CODES: Lookup = Lookup::new(
    "accounting.dimension_set.codes",
    "SELECT s.set_id, d.code AS dimension_code, v.code AS value_code, d.id AS dimension_id, v.id AS value_id \
     FROM dimension_set_value s \
     INNER JOIN dimension d ON d.tenant_id = s.tenant_id AND d.id = s.dimension_id \
     INNER JOIN dimension_value v ON v.tenant_id = s.tenant_id AND v.id = s.value_id WHERE s.tenant_id = ?1",
    ("s.set_id", Kind::Id),
)
.reference();
pub static LOOKUPS: &[&Lookup] = &[&VALUES, &SET_CODES];

impl SqlUnitOfWork {
    pub(crate) async fn find_dimension_values(
        &mut self,
        pairs: &BTreeSet<(String, String)>,
    ) -> StorageResult<HashMap<(String, String), DimensionPair>> {
        let codes: BTreeSet<&String> = pairs.iter().map(|(_, value)| value).collect();
        let rows = self.tx.lookup(&VALUES, self.tenant, codes.into_iter().map(Value::from)).await?;
        let mut found = HashMap::new();
        for row in rows {
            let mut columns = row.columns("dimension_value");
            let key = (columns.get("dimension_code")?, columns.get("code")?);
            if pairs.contains(&key) {
                found.insert(key, (columns.get("dimension_id")?, columns.get("id")?));
            }
        }
        Ok(found)
    }

    pub(crate) async fn find_or_store_set(
        &mut self,
        combination: &DimensionCombination,
    ) -> StorageResult<DimensionSetId> {
        if combination.is_empty() {
            return Ok(DimensionSetId::EMPTY);
        }
        let key = combination.key();
        if let Some(row) = self.tx.find(&SET_FIND, &[self.tenant.into(), key.into()]).await? {
            return row.single("dimension_set", "id");
        }
        let (tenant, id) = (self.tenant, DimensionSetId::new(self.new_id()));
        self.tx.apply(&SET_INSERT, &[tenant.into(), id.into(), key.into()]).await?;
        let rows = combination
            .pairs()
            .iter()
            .map(|(dimension, value)| vec![tenant.into(), id.into(), (*dimension).into(), (*value).into()]);
        self.tx.insert_many(&SET_VALUE_INSERT, rows.collect::<Vec<_>>().into_iter()).await?;
        Ok(id)
    }

    pub(crate) async fn find_sets(
        &mut self,
        sets: &BTreeSet<DimensionSetId>,
    ) -> StorageResult<HashMap<DimensionSetId, FoundSet>> {
        let mut found: HashMap<DimensionSetId, (Vec<DimensionPair>, SetCodes)> =
            HashMap::with_capacity(sets.len());
        for row in self.tx.lookup(&SET_CODES, self.tenant, sets.iter().map(|set| (*set).into())).await? {
            let mut columns = row.columns("dimension_set_value");
            let (pairs, codes) = found.entry(columns.get("set_id")?).or_default();
            codes.insert(columns.get("dimension_code")?, columns.get("value_code")?);
            pairs.push((columns.get("dimension_id")?, columns.get("value_id")?));
        }
        let combine = |(set, (pairs, codes))| {
            let combination = DimensionCombination::new(pairs).ok()?;
            Some((set, FoundSet { combination, codes }))
        };
        Ok(found.into_iter().filter_map(combine).collect())
    }
}
