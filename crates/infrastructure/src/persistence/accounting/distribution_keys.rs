//! Distribution keys and statistical figures in SQL. The targets of a key are a document in its row.

use application::ports::storage_error::StorageResult;
use domain::accounting::distribution::{
    DistributionBasis, DistributionKey, DistributionTarget, StatisticalFigure,
};
use domain::money::Amount;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::persistence::table::Column;
use crate::sql::value::{Columns, Value};
use crate::{table, word_column};

word_column!(DistributionBasis);

table! {
    DistributionKey in "accounting", "distribution_key" by id;
    columns {
        code,
        name: [name_ar, name_en],
        basis,
        source_code_from,
        source_code_to,
        source_dimension_id,
        source_value_id,
        target_dimension_id,
        targets,
        basis_code_from,
        basis_code_to,
        measure,
        journal_id,
        monthly,
        active,
    }
    search { code, name }
    unique code
    used by {
        "distribution-runs": "SELECT {first} 1 FROM distribution_run WHERE tenant_id = ?1 AND key_id = ?2 {only}",
    }
}

const _: () = {
    table! {
        StatisticalFigure in "accounting", "statistical_figure" by id;
        columns { measure, dimension_id, value_id, date: [figure_date], quantity }
    }
};

/// A target as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredTarget {
    id: Uuid,
    /// In ten-thousandths.
    share: i64,
}

impl Column for Vec<DistributionTarget> {
    fn put(&self, values: &mut Vec<Value>) {
        let stored =
            |target: &DistributionTarget| StoredTarget { id: target.id, share: target.share.scaled() };
        values.push(serde_json::json!(self.iter().map(stored).collect::<Vec<_>>()).to_string().into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        let read = |text: &str| serde_json::from_str::<Vec<StoredTarget>>(text).ok();
        let stored = columns.parse(names.first().copied().unwrap_or_default(), read)?;
        let target = |stored: StoredTarget| DistributionTarget {
            id: stored.id,
            share: Amount::from_scaled(stored.share),
        };
        Ok(stored.into_iter().map(target).collect())
    }
}
