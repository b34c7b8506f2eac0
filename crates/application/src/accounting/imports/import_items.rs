//! Takes a file of items, or of their units, into the tenant: all of it, or nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use domain::error::{Violation, Violations};
use domain::ids::JobId;
use domain::items::barcode::BARCODE_TAKEN;
use domain::items::item::{Blocked, Item, ItemId, ItemKind, Tracking};
use domain::text::{Code, code_key};

use super::cells::Place;
use super::error::{IMPORT_ITEM_DIFFERS, IMPORT_ROW_REPEATED};
use super::import_entries::needs;
use super::item_file::{FileItem, ItemFile};
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, unless_cancelled};
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::items::{BarcodeInput, ItemInput, Learned, check_barcodes};
use crate::master_data::{insert, replace};
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::ports::stored::Stored;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

pub struct ImportItems {
    pub file: Arc<ItemFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportItems {
    const NAME: &'static str = "import_items";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        needs(ctx, "items.item.create")?;
        if self.options.update {
            needs(ctx, "items.item.update")?;
        }
        let mut errors = self.file.errors.clone();
        let mut work = Work::of(uow, &self.file, self.options.update, &mut errors).await?;
        work.check(uow, &mut errors).await?;
        if !errors.is_empty() {
            return Err(errors.into_error());
        }
        let mut meter = Meter::new(&*self.progress, self.file.count() as u64);
        meter.step(work.skipped)?;
        let result = ImportResultView {
            items: work.created.len() as u64,
            items_updated: work.updated.len() as u64,
            skipped: work.skipped,
            ..self.options.result(ImportKind::Items, ctx.dry_run)
        };
        for (_, item) in work.created {
            insert(uow, item).await?;
            meter.step(1)?;
        }
        for (_, before, item) in work.updated {
            replace(uow, &before, item).await?;
            meter.step(1)?;
        }
        jobs::finish_in(uow, self.job, &result, self.file.count()).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

/// The items with one of these codes, in whatever letter case, by the key of the code.
pub(super) async fn items_like(
    uow: &mut dyn UnitOfWork,
    codes: impl Iterator<Item = &Code> + Send,
) -> AppResult<HashMap<String, Stored<Item>>> {
    let keys: BTreeSet<String> = codes.map(Code::key).collect();
    let there = uow.items().codes_like(&keys).await?;
    let named = there.into_iter().map(Reference::Code).collect();
    let stored = uow.items().items(&named).await?;
    Ok(stored.into_iter().map(|stored| (code_key(stored.value.code.as_str()), stored)).collect())
}

/// The records that the file creates and changes.
#[derive(Default)]
struct Work {
    created: Vec<(Place, Item)>,
    updated: Vec<(Place, Stored<Item>, Item)>,
    skipped: u64,
}

impl Work {
    async fn of(
        uow: &mut dyn UnitOfWork,
        file: &ItemFile,
        update: bool,
        errors: &mut RowErrors,
    ) -> AppResult<Self> {
        let mut stored = items_like(uow, file.rows.iter().map(|(_, row)| &row.code)).await?;
        let inputs: Vec<ItemInput> = file
            .rows
            .iter()
            .map(|(_, row)| input(row, stored.get(&row.code.key()).map(|stored| &stored.value)))
            .collect();
        let learned = Learned::of(uow, inputs.iter()).await?;
        let (mut work, mut rows) = (Self::default(), HashMap::new());
        for ((place, row), input) in file.rows.iter().zip(&inputs) {
            if let Some(first) = rows.insert(row.code.key(), place.row) {
                errors.push(*place, "code", Violation::new(&IMPORT_ROW_REPEATED).with("first", first));
                continue;
            }
            let before = stored.remove(&row.code.key());
            let id = before.as_ref().map_or_else(|| ItemId::new(uow.new_id()), |before| before.value.id);
            let mut violations = Violations::new();
            let old = before.as_ref().map(|before| &before.value);
            let item = input.item(id, old, &learned, &mut violations);
            if let Some(item) = &item {
                violations.extend(item.check().into_vec());
                check_barcodes(item, &learned.owners, &mut violations);
            }
            note(*place, violations, errors);
            let Some(item) = item else { continue };
            match before {
                None => work.created.push((*place, item)),
                Some(before) if before.value == item => work.skipped += 1,
                Some(before) if update => work.updated.push((*place, before, item)),
                Some(_) => {
                    let differs = Violation::new(&IMPORT_ITEM_DIFFERS).with("code", &row.code);
                    errors.push(*place, "code", differs);
                }
            }
        }
        Ok(work)
    }

    /// Barcodes that two rows have, and what prices keep as it is.
    async fn check(&mut self, uow: &mut dyn UnitOfWork, errors: &mut RowErrors) -> AppResult<()> {
        let mut owners: HashMap<String, (ItemId, Code)> = HashMap::new();
        let created = self.created.iter().map(|(place, item)| (place, item));
        let written = created.chain(self.updated.iter().map(|(place, _, item)| (place, item)));
        for (place, item) in written {
            for barcode in &item.barcodes {
                let owner = owners.entry(barcode.key()).or_insert_with(|| (item.id, item.code.clone()));
                if owner.0 != item.id {
                    let taken = Violation::new(&BARCODE_TAKEN).with("value", &barcode.code);
                    errors.push(*place, "barcode", taken.with("item", &owner.1));
                }
            }
        }
        for (place, before, item) in &self.updated {
            let fixed = before.value.may_become(item, true);
            if fixed.is_empty() || uow.items().priced_units(item.id).await?.is_empty() {
                continue;
            }
            note(*place, fixed, errors);
        }
        Ok(())
    }
}

/// The item as the row leaves it.
fn input(row: &FileItem, before: Option<&Item>) -> ItemInput {
    let mut input = before.map_or_else(|| new_input(row), ItemInput::of);
    input.name = row.name.clone();
    input.category = named(Some(&row.category));
    input.base_unit = named(Some(&row.base_unit));
    input.kind = row.kind.unwrap_or(input.kind);
    input.sales_unit = named(row.sales_unit.as_ref()).or(input.sales_unit);
    input.purchase_unit = named(row.purchase_unit.as_ref()).or(input.purchase_unit);
    input.sales_price = row.sales_price.or(input.sales_price);
    input.sales_tax_code = named(row.sales_tax_code.as_ref()).or(input.sales_tax_code);
    input.purchase_tax_code = named(row.purchase_tax_code.as_ref()).or(input.purchase_tax_code);
    input.weight = row.weight.or(input.weight);
    input.volume = row.volume.or(input.volume);
    input.hs_code = row.hs_code.clone().or(input.hs_code);
    input.match_policy = row.match_policy.or(input.match_policy);
    input.over_receipt_percent = row.over_receipt_percent.or(input.over_receipt_percent);
    input.blocked = row.blocked.unwrap_or(input.blocked);
    let kept = if input.blocked == Blocked::None { None } else { input.blocked_reason };
    input.blocked_reason = row.blocked_reason.clone().or(kept);
    input.active = row.active.unwrap_or(input.active);
    if let Some((code, kind)) = &row.barcode
        && !input.barcodes.iter().any(|barcode| barcode.code == *code)
    {
        input.barcodes.push(BarcodeInput { code: code.clone(), unit: None, kind: *kind });
    }
    input
}

fn named<T>(code: Option<&Code>) -> Option<Reference<T>> {
    code.map(|code| Reference::Code(code.to_string()))
}

fn new_input(row: &FileItem) -> ItemInput {
    ItemInput {
        code: row.code.clone(),
        name: row.name.clone(),
        description: None,
        kind: ItemKind::Stock,
        category: None,
        base_unit: None,
        tracking: Tracking::None,
        purchase_unit: None,
        sales_unit: None,
        sales_price: None,
        sales_tax_code: None,
        purchase_tax_code: None,
        weight: None,
        volume: None,
        hs_code: None,
        match_policy: None,
        over_receipt_percent: None,
        blocked: Blocked::None,
        blocked_reason: None,
        active: true,
        units: Vec::new(),
        barcodes: Vec::new(),
    }
}

/// Notes what is wrong with an item at the columns of its row.
fn note(place: Place, violations: Violations, errors: &mut RowErrors) {
    for violation in violations.into_vec() {
        let member = violation.pointer.split('/').nth(1).unwrap_or_default();
        let column = match member {
            "categoryId" | "categoryCode" => "category",
            "baseUnitId" | "baseUnitCode" => "base_unit",
            "salesUnitId" | "salesUnitCode" => "sales_unit",
            "purchaseUnitId" | "purchaseUnitCode" => "purchase_unit",
            "salesPrice" => "sales_price",
            "salesTaxCodeId" | "salesTaxCode" => "tax_sale",
            "purchaseTaxCodeId" | "purchaseTaxCode" => "tax_purchase",
            "blockedReason" => "blocked_reason",
            "barcodes" => "barcode",
            "kind" => "kind",
            "weight" => "weight",
            "volume" => "volume",
            _ => "code",
        };
        errors.push(place, column, violation);
    }
}
