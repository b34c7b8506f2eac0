//! VAT returns (R119): prepared from the tax entries of a period, filed in the order of periods, amended afterwards.

pub mod amend;
pub mod create;
pub mod delete;
pub mod file;
pub mod ports;
pub mod prepare;
mod settle;
pub mod views;

use domain::error::Violation;
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::tax::tax_entry::TaxEntry;
use domain::tax::vat_return::{
    BoxFigure, Figures, VAT_OPENING_CREDIT, VAT_RETURN_FILED, VatReturnId, VatReturnStatus, figures,
};

use self::ports::StoredReturn;
use self::views::{KeptBox, LATE_INLINE_MAX, LateEntryView, ReturnDocument, VatReturnView};
use crate::changes::record;
use crate::command::check_version;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub const READ: &str = "tax.vat_return.read";
const ENTITY: &str = "vat_return";

/// Reads the entries of a return and puts them into its boxes.
async fn compute(
    uow: &mut dyn UnitOfWork,
    stored: &StoredReturn,
    company_scale: u8,
) -> AppResult<(Figures, ReturnDocument)> {
    let scope = stored.scope();
    let sums = uow.vat_returns().box_sums(scope).await?;
    let credit = credit(uow, stored).await?;
    let made = figures(&sums, credit).ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE))?;
    let max = i64::try_from(LATE_INLINE_MAX).unwrap_or(i64::MAX);
    let late = match sums.iter().any(|sum| sum.late()) {
        true => uow.vat_returns().late_entries(scope, max).await?,
        false => Vec::new(),
    };
    let document = ReturnDocument {
        boxes: made.boxes.iter().map(|one| kept_box(one, company_scale)).collect(),
        late: late.iter().map(|entry| late_entry(entry, company_scale)).collect(),
        unplaced: uow.vat_returns().unplaced_entries(scope).await?,
    };
    Ok((made, document))
}

/// The credit that a return takes up. An amendment takes none: the next ordinary return does.
async fn credit(uow: &mut dyn UnitOfWork, stored: &StoredReturn) -> AppResult<Amount> {
    if stored.amends.is_some() {
        return Ok(Amount::ZERO);
    }
    let opening = stored.opening_credit;
    let first = opening.is_zero() || uow.vat_returns().last_filed_return().await?.is_none();
    if opening.is_negative() || !first {
        return Err(Violation::new(&VAT_OPENING_CREDIT).at("/openingCredit").into());
    }
    let left = uow.vat_returns().credit_left().await?.checked_add(opening);
    Ok(left.ok_or_else(|| Violation::new(&AMOUNT_OUT_OF_RANGE).at("/openingCredit"))?)
}

impl StoredReturn {
    fn set_figures(&mut self, made: &Figures) {
        self.due = made.due;
        self.credit = made.credit;
        self.net = made.net;
        self.late_vat = made.late_vat;
        self.entry_count = made.entry_count;
    }

    fn has_figures(&self, made: &Figures) -> bool {
        (self.due, self.credit, self.net) == (made.due, made.credit, made.net)
            && (self.late_vat, self.entry_count) == (made.late_vat, made.entry_count)
    }
}

/// The return to change, if it is a draft at the version that the caller has seen.
async fn draft(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: VatReturnId,
) -> AppResult<(StoredReturn, ReturnDocument)> {
    let found = uow.vat_returns().find_return(id).await?;
    let (stored, document) = found.ok_or_else(|| AppError::not_found(ENTITY))?;
    check_version(ctx, stored.version)?;
    match stored.status {
        VatReturnStatus::Draft => Ok((stored, document)),
        VatReturnStatus::Filed => Err(AppError::of(&VAT_RETURN_FILED)),
    }
}

fn kept_box(figure: &BoxFigure, company_scale: u8) -> KeptBox {
    let text = |amount: Amount| amount.display(company_scale);
    KeptBox {
        code: figure.def.code.to_owned(),
        amount: figure.amount.map(text),
        adjustment: figure.adjustment.map(text),
        vat: text(figure.vat),
    }
}

fn late_entry(entry: &TaxEntry, company_scale: u8) -> LateEntryView {
    LateEntryView {
        tax_entry_id: entry.id.uuid(),
        document_number: entry.document_number.clone(),
        party: entry.party.clone(),
        tax_date: entry.tax_date,
        due_date: entry.due_date,
        tax_code: entry.tax_code.clone(),
        side: entry.side.to_string(),
        code: entry.return_box.as_ref().map(ToString::to_string).unwrap_or_default(),
        base: entry.base.display(company_scale),
        tax: entry.tax.display(company_scale),
    }
}

fn note(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&VatReturnView>,
    after: &VatReturnView,
) {
    record(uow, ENTITY, after.id, action, before, Some(after));
}
