//! Whether entries may be posted, by what the books say.

use chrono::NaiveDate;
use domain::accounting::approval::APPROVAL_REQUIRED;
use domain::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use domain::accounting::journal::JournalKind;
use domain::accounting::journal_entry::{
    DraftEntry, ENTRY_VIOLATIONS_MAX, EntryKind, FISCAL_PERIOD_CLOSED, FISCAL_PERIOD_MISSING, NewEntry,
    PostingRules, ValidatedEntry,
};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::lock::{Locks, check_posting_date};
use domain::accounting::posting_rule::PostingProfile;
use domain::error::Violation;
use domain::ids::{FiscalPeriodId, JournalId, UserId};
use domain::money::AMOUNT_OUT_OF_RANGE;
use domain::tax::by_hand::{HandFacts, HandTax, HandTaxes};
use domain::time::Timestamp;
use uuid::Uuid;

use super::approval::{WithApproval, deciding};
use super::learn::period_kind;
use super::{Checked, Posting};
use crate::accounting::error::{JOURNAL_INACTIVE, JOURNAL_UNKNOWN};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::ledger::JournalFacts;

impl Books {
    /// Every check of a posting. The books MUST have learnt what the entry names.
    pub fn check(&self, now: Timestamp, entry: Posting) -> Result<Checked, Vec<Violation>> {
        let approved = entry.approved;
        let (checked, needed) = self.checked(now, entry)?;
        if let Some((policy, _)) = needed
            && !approved
        {
            return Err(vec![Violation::new(&APPROVAL_REQUIRED).with("policy", &policy.code)]);
        }
        Ok(checked)
    }

    /// The checks of [`check`](Self::check) without approval, and the policy that asks for it with the entry's total.
    pub(super) fn checked(&self, now: Timestamp, entry: Posting) -> Result<WithApproval<'_>, Vec<Violation>> {
        let content = entry.draft.content();
        let journal = self.usable_journal(content.journal_id).map_err(|refused| vec![refused])?;
        let closing = content.kind == EntryKind::Closing;
        let period = self.period(period_kind(closing), content.posting_date);
        let rules = (period.map(|found| &found.period), &self.locks);
        let Posting { draft, meta, draft_version, .. } = entry;
        let fitting = self.fitting_policies(&draft);
        let branches = self.branches_of(&draft);
        let (entry, taxes) = self.validate(now, draft, journal, rules)?;
        let needed = deciding(fitting, &entry, meta.whole)?;
        let entry = self.balance_branches(entry, branches.as_ref()).map_err(|refused| vec![refused])?;
        Ok((Checked { entry, meta, draft_version, taxes }, needed))
    }

    /// The violations that would refuse the posting on every date: periods and locks apart, because they change. The books
    /// MUST have learnt what the entry names.
    pub fn check_on_any_date(&self, now: Timestamp, draft: DraftEntry) -> Vec<Violation> {
        let date = draft.posting_date();
        let open = PeriodFacts {
            id: FiscalPeriodId::new(Uuid::nil()),
            start: date,
            end: date,
            kind: FiscalPeriodKind::Regular,
            status: FiscalPeriodStatus::Open,
        };
        let mut refused: Vec<_> = self.usable_journal(draft.journal_id()).err().into_iter().collect();
        if let Some(journal) = self.journals.get(&draft.journal_id()) {
            let refused_by_rules = self.validate(now, draft, journal, (Some(&open), &Locks::default()));
            refused.extend(refused_by_rules.err().unwrap_or_default());
        }
        refused
    }

    /// The journal, if it takes entries. The books MUST have asked for it.
    pub fn usable_journal(&self, id: JournalId) -> Result<&JournalFacts, Violation> {
        let unknown = || Violation::new(&JOURNAL_UNKNOWN).at("/journalId");
        let facts = self.journals.get(&id).ok_or_else(unknown)?;
        if !facts.journal.active {
            let inactive = Violation::new(&JOURNAL_INACTIVE).at("/journalId");
            return Err(inactive.with("journal", &facts.journal.code));
        }
        Ok(facts)
    }

    /// Whether something may take effect on a day: in an open period that no lock for all journals covers. The books MUST
    /// have [learnt](Self::learn_date) the day.
    pub fn check_date(&self, now: Timestamp, date: NaiveDate) -> Result<(), Violation> {
        let period = self.period(FiscalPeriodKind::Regular, date).map(|found| found.period.status);
        let refuse = |def| Err(Violation::new(def).with("date", date));
        match period {
            None => return refuse(&FISCAL_PERIOD_MISSING),
            Some(FiscalPeriodStatus::Closed) => return refuse(&FISCAL_PERIOD_CLOSED),
            Some(FiscalPeriodStatus::Open) => {}
        }
        let who = (self.user.unwrap_or(UserId::new(Uuid::nil())), now);
        check_posting_date(date, JournalKind::General, false, &self.locks, &self.exceptions, who)
    }

    fn validate(
        &self,
        now: Timestamp,
        draft: DraftEntry,
        journal: &JournalFacts,
        (period, locks): (Option<&PeriodFacts>, &Locks),
    ) -> Result<(ValidatedEntry, Vec<HandTax>), Vec<Violation>> {
        let rates = self.rates_on(draft.posting_date());
        let rules = PostingRules {
            company: self.company,
            currencies: &self.currencies,
            inactive_currencies: &self.inactive_currencies,
            accounts: &self.accounts,
            rates: &rates,
            rounding_account: self.settings.account(LedgerAccountRole::Rounding),
            dimension_rules: &self.dimension_rules,
            dimension_tree: &self.dimension_tree,
            period,
            locks,
            exceptions: &self.exceptions,
            user: self.user.unwrap_or(UserId::new(Uuid::nil())),
            now,
            journal_kind: journal.journal.kind,
        };
        let taxes = match draft.source() {
            None => self.hand_taxes(draft.content()),
            Some(_) => Ok(None),
        };
        let Some(taxes) = (match taxes {
            Ok(taxes) => taxes,
            Err(mut refused) => {
                refused.splice(0..0, draft.validate(&rules).err().unwrap_or_default());
                refused.truncate(ENTRY_VIOLATIONS_MAX);
                return Err(refused);
            }
        }) else {
            return Ok((draft.validate(&rules)?, Vec::new()));
        };
        let entry = draft.with_tax_bases(taxes.bases()).validate(&rules)?;
        let made = taxes.taxes(&entry).ok_or_else(|| vec![Violation::new(&AMOUNT_OUT_OF_RANGE)])?;
        Ok((entry, made))
    }

    /// The VAT of a manual journal entry; `None` where no line names a tax code or a VAT account.
    fn hand_taxes(&self, entry: &NewEntry) -> Result<Option<HandTaxes<'_>>, Vec<Violation>> {
        static NO_RULES: PostingProfile = PostingProfile::NONE;
        let has_base = || entry.lines.iter().any(|line| line.details.tax_base.is_some());
        if self.profile.is_none() && self.tax_codes.is_empty() && !has_base() {
            return Ok(None);
        }
        let facts = HandFacts {
            company: self.company,
            currencies: &self.currencies,
            accounts: &self.accounts,
            codes: &self.tax_codes,
            profile: self.profile.as_ref().unwrap_or(&NO_RULES),
        };
        HandTaxes::of(entry, facts).map(Some)
    }
}
