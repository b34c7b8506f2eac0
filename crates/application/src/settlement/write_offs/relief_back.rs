//! The relief of a write-off that is reversed: the customer has paid after all, so the VAT is owed again.

use chrono::NaiveDate;
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind};
use domain::ids::JournalEntryId;
use domain::tax::tax_entry::{TaxEntry, TaxEntryId};

use super::ports::StoredWriteOff;
use super::relief_share::give_groups_back;
use super::views::VatReliefView;
use crate::accounting::ledger::{Ledger, reversal_of};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The number of the write-off's entry that takes its relief back.
const RELIEF_REVERSAL_PART: u32 = 3;

/// Takes the relief back on the day of the reversal, or on its own day if that is later.
pub(super) async fn take_relief_back(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    write_off: &StoredWriteOff,
    (date, reason): (NaiveDate, &str),
) -> AppResult<Option<VatReliefView>> {
    let Some(relief) = &write_off.vat_relief else { return Ok(None) };
    let date = date.max(relief.date);
    let entry = JournalEntryId::new(relief.entry_id);
    let source = EntrySource::part(EntrySourceKind::WriteOff, write_off.id.uuid(), RELIEF_REVERSAL_PART);
    let posting = reversal_of(ctx, uow, entry, source, reason, Some(date)).await?;
    let reversal = posting.draft.id();
    Ledger::open(ctx, uow)
        .await?
        .post_noted(uow, vec![posting])
        .await
        .map_err(|error| error.of_the_whole(""))?;
    let mut opposite = Vec::new();
    let relieved = uow.tax_entries().entries_of(write_off.id.uuid()).await?;
    give_groups_back(uow, &relieved).await?;
    for taken in relieved {
        let owed = taken.negated().ok_or_else(|| AppError::internal("a relief cannot be taken back"))?;
        let id = TaxEntryId::new(uow.new_id());
        opposite.push(TaxEntry { id, entry: reversal, tax_date: date, posting_date: date, ..owed });
    }
    uow.tax_entries().insert_tax_entries(&opposite).await?;
    Ok(Some(VatReliefView { reversal_entry_id: Some(reversal.uuid()), ..relief.clone() }))
}
