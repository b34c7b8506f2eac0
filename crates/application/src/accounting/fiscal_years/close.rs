//! `POST /fiscal-years/{id}/close`: income and expense go to retained earnings, then the year is shut (R12).

use async_trait::async_trait;
use domain::accounting::fiscal_period::{FiscalPeriod, FiscalPeriodKind};
use domain::accounting::fiscal_year::FiscalYear;
use domain::accounting::journal::JournalKind;
use domain::accounting::journal_entry::{DraftEntry, EntryKind, JOURNAL_LINES_MAX, NewEntry, NewLine};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::year_close::{RemainingBalance, RetainedEarnings, closing_lines};
use domain::error::Violation;
use domain::ids::{FiscalYearId, JournalEntryId};

use super::{
    CLOSING_JOURNAL_MISSING, LEDGER_OUT_OF_BALANCE, RETAINED_EARNINGS_ACCOUNT_MISSING, find, record,
    save_period, save_year,
};
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::views::fiscal_year::{FiscalPeriodView, FiscalYearCloseView, FiscalYearView};
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CloseFiscalYear {
    pub id: FiscalYearId,
}

#[async_trait]
impl Command for CloseFiscalYear {
    const NAME: &'static str = "close_fiscal_year";
    const ACCESS: Access = Access::Permission("accounting.fiscal_year.close");
    type Output = FiscalYearCloseView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<FiscalYearCloseView>> {
        let (before, years) = find(uow, self.id).await?;
        check_version(ctx, before.version)?;
        let mut periods = uow.fiscal_years().fiscal_periods(self.id).await?;
        // Violations of the order of years are reported before anything is posted; the periods are closed on the way.
        let year = before.clone().close(&years, &[])?;
        check_balanced(uow, self.id).await?;
        let mut closed = close_periods(uow, &mut periods, FiscalPeriodKind::Regular).await?;
        let lines = remaining_lines(uow, self.id).await?;
        let entry = if lines.is_empty() {
            None
        } else {
            open_closing_period(uow, &before, &mut periods).await?;
            Some(post_closing_entry(ctx, uow, &before, lines).await?)
        };
        closed.extend(close_periods(uow, &mut periods, FiscalPeriodKind::Closing).await?);
        save_year(uow, &year).await?;
        record(uow, "closed", Some(&before), Some(&year), None);
        let fiscal_year = FiscalYearView::from(&year);
        let view = FiscalYearCloseView { fiscal_year, closed_periods: closed, entry };
        Ok(Done::of(year.id.uuid(), year.version, view))
    }
}

/// A year whose own figures do not agree is a defect that closing would hide.
async fn check_balanced(uow: &mut dyn UnitOfWork, year: FiscalYearId) -> AppResult<()> {
    match uow.fiscal_years().periods_out_of_balance(year, None).await? {
        0 => Ok(()),
        count => Err(AppError::new(Violation::new(&LEDGER_OUT_OF_BALANCE).with("count", count))),
    }
}

async fn close_periods(
    uow: &mut dyn UnitOfWork,
    periods: &mut [FiscalPeriod],
    kind: FiscalPeriodKind,
) -> AppResult<Vec<FiscalPeriodView>> {
    let mut views = Vec::new();
    for period in periods.iter_mut().filter(|period| period.kind == kind && period.is_open()) {
        let closed = period.clone().close()?;
        views.push(save_period(uow, "closed", period, &closed, None).await?);
        *period = closed;
    }
    Ok(views)
}

/// After a year was reopened its closing period is still shut; the entry of what remains goes there, too.
async fn open_closing_period(
    uow: &mut dyn UnitOfWork,
    year: &FiscalYear,
    periods: &mut [FiscalPeriod],
) -> AppResult<()> {
    let closing = periods.iter_mut().find(|period| period.kind == FiscalPeriodKind::Closing);
    if let Some(period) = closing.filter(|period| !period.is_open()) {
        let opened = period.clone().open(year.status)?;
        save_period(uow, "opened", period, &opened, None).await?;
        *period = opened;
    }
    Ok(())
}

/// The balances still on income and expense accounts in any currency, moved to retained earnings; empty when there
/// are none.
async fn remaining_lines(uow: &mut dyn UnitOfWork, year: FiscalYearId) -> AppResult<Vec<NewLine>> {
    let balances = uow.fiscal_years().remaining_balances(year).await?;
    if balances.iter().all(RemainingBalance::is_zero) {
        return Ok(Vec::new());
    }
    let settings = uow.ledger().settings().await?;
    let account = settings.account(LedgerAccountRole::RetainedEarnings);
    let account = account.ok_or_else(|| AppError::of(&RETAINED_EARNINGS_ACCOUNT_MISSING))?;
    let stored = uow.accounts().find(account).await?;
    let currency = stored.and_then(|stored| stored.value.currency());
    let company = uow.ledger().company_currency().await?.code;
    Ok(closing_lines(&balances, RetainedEarnings { account, currency }, company)?)
}

async fn post_closing_entry(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    year: &FiscalYear,
    lines: Vec<NewLine>,
) -> AppResult<JournalEntryView> {
    let journal = uow.fiscal_years().journal_of_kind(JournalKind::Closing).await?;
    let journal_id = journal.ok_or_else(|| AppError::of(&CLOSING_JOURNAL_MISSING))?;
    let entry = NewEntry {
        kind: EntryKind::Closing,
        description: Some(format!("إقفال السنة المالية {0} / Close of fiscal year {0}", year.code)),
        reference: Some(year.code.as_str().to_owned()),
        ..NewEntry::new(
            JournalEntryId::new(uow.new_id()),
            journal_id,
            year.end,
            uow.ledger().company_currency().await?.code,
            lines,
        )
    };
    let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?;
    let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
    Ledger::open(ctx, uow).await?.post_one(uow, Posting::new(draft, meta)).await
}
