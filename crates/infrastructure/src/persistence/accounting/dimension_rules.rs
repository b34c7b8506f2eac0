//! Dimension rules in SQL.

use application::accounting::ports::dimension_rules::DimensionRuleRepository;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::accounting::dimension::{AccountSelector, DimensionRule, DimensionRuleKind, DimensionRuleRecord};
use domain::ids::{AccountId, DimensionId, DimensionValueId};
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::table;

table! {
    DimensionRuleRecord in "accounting", "dimension_rule" by id;
    columns {
        account: [account_id, account_code_prefix],
        kind: [kind, dimension_id, value_id, combination],
        active,
    }
}

impl Column for AccountSelector {
    fn put(&self, values: &mut Vec<Value>) {
        values.extend([self.account().into(), self.code_prefix().into()]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let account: Option<AccountId> = columns.get("account_id")?;
        let prefix: Option<String> = columns.get("account_code_prefix")?;
        Ok(match (account, prefix) {
            (Some(account), _) => Self::Account(account),
            (None, Some(prefix)) => Self::CodePrefix(prefix),
            (None, None) => Self::All,
        })
    }
}

impl Column for DimensionRuleKind {
    fn put(&self, values: &mut Vec<Value>) {
        let pairs = self.values().iter().map(|(dimension, value)| format!("[\"{dimension}\",\"{value}\"]"));
        let json = format!("[{}]", pairs.collect::<Vec<_>>().join(","));
        let combination = self.dimension().is_none().then_some(json);
        let word = self.as_str().into();
        values.extend([word, self.dimension().into(), self.value().into(), combination.into()]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let kind: String = columns.get("kind")?;
        let dimension: Option<DimensionId> = columns.get("dimension_id")?;
        let value: Option<DimensionValueId> = columns.get("value_id")?;
        let combination: Option<String> = columns.get("combination")?;
        let corrupt =
            |column| StorageError::Corrupt { table: "dimension_rule", column, detail: kind.clone() };
        let dimension = dimension.ok_or_else(|| corrupt("dimension_id"));
        Ok(match kind.as_str() {
            "mandatory" => Self::Mandatory { dimension: dimension? },
            "fixed" => {
                let value = value.ok_or_else(|| corrupt("value_id"))?;
                Self::Fixed { dimension: dimension?, value }
            }
            "forbidden" => Self::Forbidden { dimension: dimension? },
            "optional" => Self::Optional { dimension: dimension? },
            word => {
                let pairs: Vec<(Uuid, Uuid)> = serde_json::from_str(&combination.unwrap_or_default())
                    .map_err(|_| corrupt("combination"))?;
                let values = pairs.into_iter().map(|(d, v)| (d.into(), v.into())).collect();
                match word {
                    "allowed_combination" => Self::AllowedCombination { values },
                    _ => Self::BlockedCombination { values },
                }
            }
        })
    }
}

#[async_trait]
impl DimensionRuleRepository for SqlUnitOfWork {
    async fn active_rules(&mut self) -> StorageResult<Vec<DimensionRule>> {
        self.read_dimension_rules().await
    }
}
