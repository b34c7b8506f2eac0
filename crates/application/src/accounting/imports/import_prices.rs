//! Takes a file of prices into their lists: all of it, or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::{Violation, Violations};
use domain::ids::JobId;
use domain::items::price_list::PriceList;

use super::cells::Place;
use super::error::IMPORT_PRICE_DIFFERS;
use super::import_entries::needs;
use super::item_file::{FilePrice, PriceFile};
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, unless_cancelled};
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::changes::unknown_reference;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::items::Known;
use crate::items::prices::{Learned, Plan, Planned, PriceInput};
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

pub struct ImportPrices {
    pub file: Arc<PriceFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportPrices {
    const NAME: &'static str = "import_prices";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        needs(ctx, "items.price_list.create")?;
        if self.options.update {
            needs(ctx, "items.price_list.update")?;
        }
        let mut errors = self.file.errors.clone();
        let today = ctx.today(uow.now());
        let planned = planned(uow, &self.file, today, &mut errors).await?;
        let plan = match Plan::of(uow, planned).await? {
            Ok(plan) => plan,
            Err(refused) => {
                for (index, violation) in refused {
                    note(self.file.rows[index].0, violation, &mut errors);
                }
                Plan::default()
            }
        };
        if !self.options.update {
            for (index, _, price) in &plan.updated {
                let differs = Violation::new(&IMPORT_PRICE_DIFFERS).with("from", price.valid_from);
                errors.push(self.file.rows[*index].0, "price", differs);
            }
        }
        if !errors.is_empty() {
            return Err(errors.into_error());
        }
        let mut meter = Meter::new(&*self.progress, self.file.count() as u64);
        let result = ImportResultView {
            prices: plan.created.len() as u64,
            prices_updated: plan.updated.len() as u64,
            skipped: plan.unchanged as u64,
            ..self.options.result(ImportKind::Prices, ctx.dry_run)
        };
        plan.carry_out(uow).await?;
        meter.step(self.file.count() as u64)?;
        jobs::finish_in(uow, self.job, &result, self.file.count()).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

/// The prices of the rows; the index is that of the row.
async fn planned(
    uow: &mut dyn UnitOfWork,
    file: &PriceFile,
    today: NaiveDate,
    errors: &mut RowErrors,
) -> AppResult<Vec<Planned>> {
    let lists: BTreeSet<_> = file.rows.iter().map(|(_, row)| Reference::Code(row.list.to_string())).collect();
    let lists: Known<PriceList> = Known::new(uow.items().price_lists(&lists).await?);
    let inputs: Vec<PriceInput> = file.rows.iter().map(|(_, row)| input(row, today)).collect();
    let learned = Learned::of(uow, inputs.iter()).await?;
    let mut planned = Vec::with_capacity(inputs.len());
    for (index, ((place, row), input)) in file.rows.iter().zip(&inputs).enumerate() {
        let Some(list) = lists.get(&Reference::Code(row.list.to_string())) else {
            errors.push(*place, "list", unknown_reference("", "price_list", &row.list));
            continue;
        };
        let mut violations = Violations::new();
        let price = input.price(list.id, "", &learned, &mut violations);
        for violation in violations.into_vec() {
            note(*place, violation, errors);
        }
        planned.extend(price.map(|price| Planned { index, price }));
    }
    Ok(planned)
}

fn input(row: &FilePrice, today: NaiveDate) -> PriceInput {
    PriceInput {
        item: Some(Reference::Code(row.item.to_string())),
        unit: Some(Reference::Code(row.unit.to_string())),
        quantity_from: row.quantity_from,
        valid_from: row.valid_from.unwrap_or(today),
        valid_to: row.valid_to,
        price: row.price,
        discount_percent: row.discount_percent,
    }
}

/// Notes what is wrong with a price at the column of its row.
fn note(place: Place, violation: Violation, errors: &mut RowErrors) {
    let column = match violation.pointer.as_str() {
        "/itemCode" => "item",
        "/unitCode" => "unit",
        "/quantityFrom" => "quantity_from",
        "/validFrom" => "valid_from",
        "/validTo" => "valid_to",
        _ => "price",
    };
    errors.push(place, column, violation);
}
