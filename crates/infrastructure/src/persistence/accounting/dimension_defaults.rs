//! Dimension defaults in SQL.

use application::ports::storage_error::StorageResult;
use domain::accounting::dimension::{DimensionDefault, DimensionDefaults};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Table;
use crate::{rows_of, statements, table};

table! {
    DimensionDefault in "accounting", "dimension_default" by id;
    columns { account_id, journal_id, dimension_id, value_id, active }
}

statements! {
    DEFAULTS = "accounting.facts.dimension_defaults" as reference:
        rows_of!(DimensionDefault, " INNER JOIN dimension_value v ON v.tenant_id = t.tenant_id AND v.id = t.value_id \
         INNER JOIN dimension d ON d.tenant_id = t.tenant_id AND d.id = t.dimension_id \
         WHERE t.tenant_id = ?1 AND t.active = 1 AND v.active = 1 AND d.active = 1 ORDER BY t.id");
}

impl SqlUnitOfWork {
    /// The defaults in force, those of inactive values apart.
    pub(crate) async fn read_dimension_defaults(&mut self) -> StorageResult<DimensionDefaults> {
        let rows = self.tx.query(&DEFAULTS, &[self.tenant.into()]).await?.into_iter();
        let read = rows.map(|row| DimensionDefault::read(&mut row.columns("dimension_default")));
        Ok(DimensionDefaults::new(read.collect::<StorageResult<Vec<_>>>()?))
    }
}
