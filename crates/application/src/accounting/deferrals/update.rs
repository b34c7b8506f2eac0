//! `PATCH /deferrals/{id}`: what is not posted may still change.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::approval::ENTRY_AWAITS_APPROVAL;
use domain::accounting::deferral::{
    DEFERRAL_LENGTH_ONE, DEFERRAL_PARTS_MAX, DEFERRAL_POSTED, DeferralLength, DeferralLineStatus,
    DeferralMethod, DeferralStatus, DeferralTerms,
};
use domain::accounting::journal_entry::REFERENCE_LENGTH_MAX;
use domain::error::{Violation, Violations};
use domain::ids::JournalId;
use domain::money::Amount;
use domain::text::{Code, LocalizedName};

use super::create::{Periods, check_postable, planned};
use super::ports::{DeferralId, StoredDeferral};
use super::run::{closed, find, save};
use super::views::DeferralView;
use super::{UPDATE, note};
use crate::accounting::entry_input::resolve_known_journal;
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::reference::optional;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Optional, Patch, Text};

request! {
    /// Changes to a deferral (JSON Merge Patch). Members that are left out stay as they are. Entries that are posted keep what they have.
    pub struct UpdateDeferralBody {
        /// What it is; it describes the entries to come.
        name: Optional<LocalizedName>,
        /// The reference of the entries to come; null removes it.
        reference: Patch<Text<REFERENCE_LENGTH_MAX>>,
        /// The journal of the entries to come, by its id.
        journal_id: Optional<JournalId>,
        /// The journal of the entries to come, by its code.
        journal_code: Optional<Code>,
        /// The amount; it changes only while no line is posted, as do the members below.
        amount: Optional<Amount>,
        /// The first day that the amount is for. The rate stays as it is.
        start: Optional<NaiveDate>,
        /// The last day; give either the end or the number of periods.
        end: Optional<NaiveDate>,
        /// The number of months; give either the end or the number of periods.
        periods: Optional<Periods>,
        /// The method by which it is spread.
        method: Optional<DeferralMethod>,
    }
}

pub struct UpdateDeferral {
    pub id: DeferralId,
    pub body: UpdateDeferralBody,
}

#[async_trait]
impl Command for UpdateDeferral {
    const NAME: &'static str = "update_deferral";
    const ACCESS: Access = Access::Permission(UPDATE);
    type Output = DeferralView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DeferralView>> {
        let before = find(uow, self.id).await?;
        check_version(ctx, before.version)?;
        if before.status != DeferralStatus::Active {
            return Err(closed(&before));
        }
        let mut books = Books::open(ctx, uow).await?;
        let mut deferral = self.changed(uow, &mut books, &before).await?;
        if before.lines.iter().all(|line| line.entry.is_none()) {
            check_postable(uow, &mut books, &deferral).await?;
        }
        let legend = before.legend(uow, &mut books).await?;
        save(uow, &mut deferral).await?;
        let view = deferral.full_view(&legend);
        note(uow, "updated", Some(&before.full_view(&legend)), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}

impl UpdateDeferral {
    async fn changed(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        before: &StoredDeferral,
    ) -> AppResult<StoredDeferral> {
        let body = &self.body;
        let mut violations = Violations::new();
        let mut deferral = before.clone();
        deferral.name = body.name.or(&before.name);
        if let Some(reference) = body.reference.clone().into_option() {
            deferral.reference = reference.map(Text::into_string);
        }
        let journal = optional(body.journal_id.clone(), body.journal_code.clone());
        if journal.is_some() {
            let found = resolve_known_journal(uow, books, journal.as_ref()).await?;
            deferral.journal = violations.check("", found).unwrap_or(before.journal);
        }
        let terms = [
            ("/amount", body.amount.0.is_some()),
            ("/start", body.start.0.is_some()),
            ("/end", body.end.0.is_some()),
            ("/periods", body.periods.0.is_some()),
            ("/method", body.method.0.is_some()),
        ];
        let given: Vec<&str> = terms.into_iter().filter(|(_, given)| *given).map(|(at, _)| at).collect();
        let is_posted = before.lines.iter().any(|line| line.status == DeferralLineStatus::Posted);
        if is_posted {
            let posted = |at: &&str| Violation::new(&DEFERRAL_POSTED).at(*at).with("code", &before.code);
            violations.extend(given.iter().map(posted).collect::<Vec<_>>());
        } else if !given.is_empty() {
            if before.lines.iter().any(|line| line.status == DeferralLineStatus::Waiting) {
                return Err(AppError::of(&ENTRY_AWAITS_APPROVAL));
            }
            self.respread(uow, books, &mut deferral, &mut violations).await?;
        }
        Ok(violations.into_result(deferral)?)
    }

    /// Makes the schedule anew.
    async fn respread(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        deferral: &mut StoredDeferral,
        violations: &mut Violations,
    ) -> AppResult<()> {
        let body = &self.body;
        let length = match (&body.periods.0, body.end.0) {
            (Some(_), Some(_)) => {
                violations.push(Violation::new(&DEFERRAL_LENGTH_ONE).at("/end"));
                return Ok(());
            }
            (Some(periods), None) => {
                DeferralLength::Periods(u16::try_from(periods.0).unwrap_or(DEFERRAL_PARTS_MAX))
            }
            (None, end) => DeferralLength::Until(end.unwrap_or(deferral.end)),
        };
        books.learn_currencies(uow, &[deferral.currency].into()).await?;
        let company = books.company;
        let known = books.currencies.get(&deferral.currency).copied();
        let currency = known.or((deferral.currency == company.code).then_some(company));
        let terms = DeferralTerms {
            amount: body.amount.or(&deferral.amount),
            currency: currency.ok_or_else(|| AppError::internal("the currency of a deferral is gone"))?,
            company,
            rate: deferral.rate,
            start: body.start.or(&deferral.start),
            length,
            method: body.method.or(&deferral.method),
        };
        match terms.schedule() {
            Ok((end, parts)) => {
                deferral.amount = terms.amount;
                deferral.start = terms.start;
                deferral.method = terms.method;
                deferral.end = end;
                deferral.lines = parts.into_iter().map(planned).collect();
            }
            Err(refused) => violations.extend(refused),
        }
        Ok(())
    }
}
