//! Dunning profiles in SQL. Their levels are a document in the row.

use application::ports::storage_error::StorageResult;
use domain::items::item::ItemId;
use domain::money::Amount;
use domain::parties::dunning_profile::{
    DunningFee, DunningLevel, DunningLevels, DunningProfile, DunningText,
};
use domain::parties::roles::CustomerBlock;
use domain::tax::tax_code::TaxCodeId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::table;

table! {
    DunningProfile in "parties", "dunning_profile" by id;
    columns { code, name: [name_ar, name_en], levels }
    search { code, name }
    unique code
    used by {
        "parties": "SELECT {first} 1 FROM party WHERE tenant_id = ?1 AND dunning_profile_id = ?2 \
            AND dunning_profile_id IS NOT NULL {only}",
        "dunning-notices": "SELECT {first} 1 FROM dunning_notice WHERE tenant_id = ?1 AND profile_id = ?2 {only}",
    }
}

/// A level as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredLevel {
    days: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<StoredFee>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
    block: String,
}

#[derive(Serialize, Deserialize)]
struct StoredFee {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<Uuid>,
}

impl StoredLevel {
    fn of(level: &DunningLevel) -> Self {
        Self {
            days: level.days_overdue,
            fee: level.fee.map(|fee| StoredFee {
                item: fee.item.map(|id| id.uuid()),
                amount: fee.amount.map(|amount| amount.display(0)),
                tax: fee.tax_code.map(|id| id.uuid()),
            }),
            ar: level.text.ar.clone(),
            en: level.text.en.clone(),
            block: level.block.to_string(),
        }
    }

    fn level(self) -> Option<DunningLevel> {
        let fee = match self.fee {
            None => None,
            Some(fee) => Some(DunningFee {
                item: fee.item.map(ItemId::new),
                amount: match fee.amount {
                    None => None,
                    Some(text) => Some(Amount::parse(&text).ok()?),
                },
                tax_code: fee.tax.map(TaxCodeId::new),
            }),
        };
        let text = DunningText { ar: self.ar, en: self.en };
        Some(DunningLevel {
            days_overdue: self.days,
            fee,
            text,
            block: CustomerBlock::parse(&self.block).ok()?,
        })
    }
}

impl Column for DunningLevels {
    fn put(&self, values: &mut Vec<Value>) {
        let levels: Vec<StoredLevel> = self.iter().map(StoredLevel::of).collect();
        values.push(serde_json::json!(levels).to_string().into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        columns.parse("levels", |text| {
            let stored: Vec<StoredLevel> = serde_json::from_str(text).ok()?;
            Self::new(stored.into_iter().map(StoredLevel::level).collect::<Option<_>>()?).ok()
        })
    }
}
