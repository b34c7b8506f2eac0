//! The column `default_dimensions` of a file of accounts: values for lines that name none (R156).

use std::collections::HashMap;

use domain::accounting::dimension::{
    DIMENSION_VALUE_IS_HEADING, DIMENSIONS_PER_LINE_MAX, DUPLICATE_DIMENSION, Dimension, DimensionDefault,
    DimensionDefaultId, DimensionValue, TOO_MANY_DIMENSIONS,
};
use domain::error::Violation;
use domain::ids::{AccountId, DimensionId, DimensionValueId};
use domain::text::code_key;

use super::account_file::{AccountFile, FileAccount};
use super::cells::quoted;
use super::error::{IMPORT_ACCOUNT_DIFFERS, IMPORT_CELL_DIMENSIONS};
use super::row_errors::RowErrors;
use crate::accounting::dimension_defaults::DimensionDefaultView;
use crate::accounting::error::DIMENSION_VALUE_UNKNOWN;
use crate::changes::{record, stale};
use crate::error::AppResult;
use crate::master_data::Records;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

const COLUMN: &str = "default_dimensions";
const ENTITY: &str = "dimension_default";

/// The codes of dimensions and values in a cell such as `cost-centre=ADMIN; branch=RUH`.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, Violation> {
    let unread = || Violation::new(&IMPORT_CELL_DIMENSIONS).with("value", quoted(text));
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in text.split([';', '؛']).map(str::trim).filter(|part| !part.is_empty()) {
        let (dimension, value) = part.split_once('=').ok_or_else(unread)?;
        let (dimension, value) = (dimension.trim(), value.trim());
        if dimension.is_empty() || value.is_empty() {
            return Err(unread());
        }
        if pairs.iter().any(|(named, _)| code_key(named) == code_key(dimension)) {
            return Err(Violation::new(&DUPLICATE_DIMENSION));
        }
        pairs.push((dimension.to_owned(), value.to_owned()));
    }
    if pairs.len() > DIMENSIONS_PER_LINE_MAX {
        let many = Violation::new(&TOO_MANY_DIMENSIONS).with("max", DIMENSIONS_PER_LINE_MAX);
        return Err(many.with("count", pairs.len()));
    }
    Ok(pairs)
}

/// The defaults that there are, and those that the file asks for.
#[derive(Default)]
pub(super) struct Defaults {
    dimensions: HashMap<String, Dimension>,
    values: HashMap<(DimensionId, String), DimensionValue>,
    stored: HashMap<(AccountId, DimensionId), DimensionDefault>,
    new: Vec<DimensionDefault>,
    changed: Vec<(DimensionDefault, DimensionDefault)>,
}

impl Defaults {
    /// Reads dimensions and defaults, if the file has any.
    pub(super) async fn load(uow: &mut dyn UnitOfWork, file: &AccountFile) -> AppResult<Self> {
        if file.accounts.iter().all(|row| row.default_dimensions.is_none()) {
            return Ok(Self::default());
        }
        let dimensions = uow.imports().all_dimensions().await?.into_iter();
        let values = uow.imports().all_dimension_values().await?.into_iter();
        let stored = uow.imports().dimension_defaults().await?.into_iter();
        Ok(Self {
            dimensions: dimensions.map(|dimension| (dimension.code.key(), dimension)).collect(),
            values: values.map(|value| ((value.dimension_id, value.code.key()), value)).collect(),
            stored: stored.map(|default| ((default.account_id, default.dimension_id), default)).collect(),
            ..Self::default()
        })
    }

    /// Plans what a row asks for. `update` says whether what is stored may be changed.
    pub(super) fn row(
        &mut self,
        uow: &mut dyn UnitOfWork,
        (row, account): (&FileAccount, AccountId),
        update: bool,
        errors: &mut RowErrors,
    ) {
        for (dimension, value) in row.default_dimensions.iter().flatten() {
            let (dimension_id, value_id) = match self.value(dimension, value) {
                Ok(found) => found,
                Err(refused) => {
                    errors.push(row.place, COLUMN, refused);
                    continue;
                }
            };
            match self.stored.get(&(account, dimension_id)) {
                Some(stored) if stored.value_id == value_id && stored.active => {}
                Some(stored) if update => {
                    let next = DimensionDefault {
                        value_id,
                        active: true,
                        version: stored.version + 1,
                        ..stored.clone()
                    };
                    self.changed.push((stored.clone(), next));
                }
                Some(stored) => {
                    let differs = Violation::new(&IMPORT_ACCOUNT_DIFFERS).with("code", &row.code);
                    let differs = differs.with("stored", format!("{dimension}={}", self.code_of(stored)));
                    errors.push(row.place, COLUMN, differs.with("value", format!("{dimension}={value}")));
                }
                None => self.new.push(DimensionDefault {
                    id: DimensionDefaultId::new(uow.new_id()),
                    account_id: account,
                    journal_id: None,
                    dimension_id,
                    value_id,
                    active: true,
                    version: 1,
                }),
            }
        }
    }

    /// The permissions that keeping them takes.
    pub(super) fn permissions(&self) -> impl Iterator<Item = &'static str> {
        let create = (!self.new.is_empty()).then_some("accounting.dimension_default.create");
        let update = (!self.changed.is_empty()).then_some("accounting.dimension_default.update");
        create.into_iter().chain(update)
    }

    /// Writes and notes them; the accounts are there by now.
    pub(super) async fn keep(self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let view = |value: &DimensionDefault, updated_at| {
            DimensionDefaultView::from(&Stored { value: value.clone(), updated_at })
        };
        let now = uow.now();
        for default in &self.new {
            Records::<DimensionDefault>::insert(uow, default).await?;
            record(uow, ENTITY, default.id.uuid(), "created", None, Some(&view(default, now)));
        }
        for (before, default) in &self.changed {
            if !Records::<DimensionDefault>::update(uow, default).await? {
                return Err(stale(before.version));
            }
            let (before, after) = (view(before, now), view(default, now));
            record(uow, ENTITY, default.id.uuid(), "updated", Some(&before), Some(&after));
        }
        Ok(())
    }

    fn value(&self, dimension: &str, value: &str) -> Result<(DimensionId, DimensionValueId), Violation> {
        let found = self.dimensions.get(&code_key(dimension)).filter(|dimension| dimension.active);
        let of = |id: DimensionId| self.values.get(&(id, code_key(value))).filter(|value| value.active);
        let Some(found) = found.and_then(|dimension| of(dimension.id)) else {
            let unknown = Violation::new(&DIMENSION_VALUE_UNKNOWN).with("dimension", quoted(dimension));
            return Err(unknown.with("value", quoted(value)));
        };
        if !found.postable {
            return Err(Violation::new(&DIMENSION_VALUE_IS_HEADING).with("value", &found.code));
        }
        Ok((found.dimension_id, found.id))
    }

    fn code_of(&self, default: &DimensionDefault) -> String {
        let value = self.values.values().find(|value| value.id == default.value_id);
        value.map(|value| value.code.to_string()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_dimensions_and_values() {
        let pair = |dimension: &str, value: &str| (dimension.to_owned(), value.to_owned());
        let expected = [pair("cost-centre", "ADMIN"), pair("branch", "RUH")];
        assert_eq!(pairs("cost-centre=ADMIN; branch = RUH;").unwrap(), expected);
        assert_eq!(pairs("cost-centre=ADMIN؛branch=RUH").unwrap(), expected);
        for (text, code) in [
            ("ADMIN", "import_cell_dimensions"),
            ("a=", "import_cell_dimensions"),
            ("a=1;A=2", "duplicate_dimension"),
        ] {
            assert_eq!(pairs(text).unwrap_err().def.code, code, "{text}");
        }
    }
}
