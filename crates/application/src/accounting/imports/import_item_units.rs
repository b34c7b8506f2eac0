//! Takes a file of units of items into the tenant: all of it, or nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::JobId;
use domain::items::item::{ITEM_UNITS_MAX, Item, ItemUnit};
use domain::items::unit::Unit;

use super::cells::Place;
use super::error::{IMPORT_ITEM_DIFFERS, IMPORT_ITEM_UNITS_TOO_MANY, IMPORT_ROW_REPEATED};
use super::import_entries::needs;
use super::import_items::items_like;
use super::item_file::{FileItemUnit, ItemUnitFile};
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, unless_cancelled};
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::changes::unknown_reference;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::items::Known;
use crate::master_data::replace;
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

pub struct ImportItemUnits {
    pub file: Arc<ItemUnitFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportItemUnits {
    const NAME: &'static str = "import_item_units";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        needs(ctx, "items.item.update")?;
        let mut work = Work::of(uow, &self.file).await?;
        for (place, row) in &self.file.rows {
            work.row(*place, row, self.options.update);
        }
        if !work.errors.is_empty() {
            return Err(work.errors.into_error());
        }
        let mut meter = Meter::new(&*self.progress, work.items.len() as u64);
        let mut updated = 0;
        for (before, item) in work.items.into_values() {
            if before.value != item {
                replace(uow, &before, item).await?;
                updated += 1;
            }
            meter.step(1)?;
        }
        let result = ImportResultView {
            items_updated: updated,
            skipped: work.skipped,
            ..self.options.result(ImportKind::ItemUnits, ctx.dry_run)
        };
        jobs::finish_in(uow, self.job, &result, self.file.count()).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

struct Work {
    /// The items before and after the import, by the key of the code.
    items: HashMap<String, (Stored<Item>, Item)>,
    units: Known<Unit>,
    /// Item and unit of each row so far, with its number.
    rows: HashMap<(String, String), u32>,
    skipped: u64,
    errors: RowErrors,
}

impl Work {
    async fn of(uow: &mut dyn UnitOfWork, file: &ItemUnitFile) -> AppResult<Self> {
        let items = items_like(uow, file.rows.iter().map(|(_, row)| &row.item)).await?;
        let codes = file.rows.iter().map(|(_, row)| Reference::Code(row.unit.to_string()));
        let units: BTreeSet<_> = codes.collect();
        let items = items.into_iter().map(|(key, stored)| {
            let item = stored.value.clone();
            (key, (stored, item))
        });
        Ok(Self {
            items: items.collect(),
            units: Known::new(uow.items().units(&units).await?),
            rows: HashMap::new(),
            skipped: 0,
            errors: file.errors.clone(),
        })
    }

    fn row(&mut self, place: Place, row: &FileItemUnit, update: bool) {
        let key = row.item.key();
        if let Some(first) = self.rows.insert((key.clone(), row.unit.key()), place.row) {
            return self.errors.push(
                place,
                "unit",
                Violation::new(&IMPORT_ROW_REPEATED).with("first", first),
            );
        }
        let unit = self.units.get(&Reference::Code(row.unit.to_string()));
        if unit.is_none() {
            self.errors.push(place, "unit", unknown_reference("", "unit", &row.unit));
        }
        let Some((_, item)) = self.items.get_mut(&key) else {
            return self.errors.push(place, "item", unknown_reference("", "item", &row.item));
        };
        let Some(unit_id) = unit.map(|unit| unit.id) else { return };
        let there = item.ratio(unit_id);
        if there == Some(row.ratio) {
            self.skipped += 1;
            return;
        }
        if there.is_some() && (!update || unit_id == item.base_unit_id) {
            let differs = Violation::new(&IMPORT_ITEM_DIFFERS).with("code", &row.item);
            return self.errors.push(place, "numerator", differs);
        }
        let full = item.units.len() >= ITEM_UNITS_MAX;
        match item.units.iter_mut().find(|unit| unit.unit_id == unit_id) {
            Some(unit) => unit.ratio = row.ratio,
            None if !full => item.units.push(ItemUnit { unit_id, ratio: row.ratio }),
            None => {
                let many = Violation::new(&IMPORT_ITEM_UNITS_TOO_MANY).with("max", ITEM_UNITS_MAX);
                self.errors.push(place, "unit", many.with("code", &row.item));
            }
        }
    }
}
