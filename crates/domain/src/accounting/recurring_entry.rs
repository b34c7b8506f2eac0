//! Recurring entries: templates that become entries when they fall due.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::journal_entry::{
    DraftEntry, ENTRY_TOO_FEW_LINES, EntryKind, LINES_MIN, NewEntry, NewLine, UNBALANCED_ENTRY,
};
use super::recurring::{NewRecurring, Recurring, RecurringErrors, RecurringPatch, Template, fill};
use crate::error::{Violation, Violations};
use crate::ids::{JournalEntryId, JournalId, UserId, of};
use crate::money::{Amount, Currency, CurrencyCode};

/// Most lines of a template.
pub const TEMPLATE_LINES_MAX: usize = 1_000;

crate::errors! {
    RECURRING_ENTRY_NEVER_DUE = "recurring_entry_never_due", Rule, User,
        "No occurrence lies between {start} and {end}.", "لا يوجد أي موعد استحقاق بين {start} و{end}.";
    RECURRING_ENTRY_INACTIVE = "recurring_entry_inactive", Conflict, User,
        "Recurring entry {code} is not active.", "القيد المتكرر {code} غير نشط.";
    RECURRING_ENTRY_DROPS_OVERDUE = "recurring_entry_drops_overdue", Conflict, User,
        "Overdue occurrences that would never be made ({count}): {dates}. Run or skip them first, or send dropOverdue.",
        "مواعيد مستحقة لن تُنشأ قيودها أبدًا ({count}): {dates}. نفّذها أو تخطَّها أولًا، أو أرسل dropOverdue.";
    RECURRING_ENTRY_ENDED = "recurring_entry_ended", Conflict, User,
        "Recurring entry {code} has no open occurrence.", "ليس للقيد المتكرر {code} أي موعد مفتوح.";
}

/// A template that becomes an entry each time it falls due.
pub type RecurringEntry = Recurring<EntryTemplate>;
pub type NewRecurringEntry = NewRecurring<EntryTemplate>;
pub type RecurringEntryPatch = RecurringPatch<EntryTemplate>;

/// The template of each entry. In descriptions and references `{date}`, `{month}` and `{year}` stand for the posting
/// date, its two-digit month and its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryTemplate {
    pub journal_id: JournalId,
    /// The currency of lines that do not name their own.
    pub currency: CurrencyCode,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    pub lines: Vec<NewLine>,
    /// Everybody who wrote some of it, of whom nobody approves its entries.
    pub changed_by: Vec<UserId>,
}

impl Template for EntryTemplate {
    type Of = of::RecurringEntry;
    /// The tenant's currencies among those of the template, in whose decimals amounts are told.
    type Known = HashMap<CurrencyCode, Currency>;
    const ERRORS: RecurringErrors = RecurringErrors {
        never_due: &RECURRING_ENTRY_NEVER_DUE,
        drops_overdue: &RECURRING_ENTRY_DROPS_OVERDUE,
        inactive: &RECURRING_ENTRY_INACTIVE,
        ended: &RECURRING_ENTRY_ENDED,
    };

    fn refusals(&self, start: NaiveDate, auto_post: bool, known: &Self::Known) -> Violations {
        let mut violations = Violations::new();
        // Every date is as long as any other, so the start stands for all of them.
        let sample = self.entry_on(start, JournalEntryId::new(Uuid::nil()));
        violations.extend(DraftEntry::new(sample, TEMPLATE_LINES_MAX).err().into_iter().flatten());
        if self.lines.len() < LINES_MIN {
            violations.push(Violation::new(&ENTRY_TOO_FEW_LINES).at("/lines").with("min", LINES_MIN));
        } else if auto_post {
            violations.extend(self.unbalanced(known));
        }
        violations
    }
}

impl RecurringEntry {
    /// The entry of one date, its placeholders filled in.
    pub fn entry_on(&self, date: NaiveDate, id: JournalEntryId) -> NewEntry {
        self.template.entry_on(date, id)
    }
}

impl EntryTemplate {
    /// The entry of one date, its placeholders filled in.
    fn entry_on(&self, date: NaiveDate, id: JournalEntryId) -> NewEntry {
        let fill = |text: &Option<String>| text.as_deref().map(|text| fill(text, date));
        let lines = self.lines.iter().map(|line| {
            let mut line = line.clone();
            line.details.description = fill(&line.details.description);
            line.details.reference = fill(&line.details.reference);
            line
        });
        NewEntry {
            id,
            journal_id: self.journal_id,
            kind: EntryKind::Standard,
            posting_date: date,
            document_date: None,
            currency: self.currency,
            description: fill(&self.description),
            reference: fill(&self.reference),
            control_reason: self.control_reason.clone(),
            reverses: None,
            lines: lines.collect(),
        }
    }

    /// Every currency it names.
    pub fn currencies(&self) -> BTreeSet<CurrencyCode> {
        self.lines.iter().filter_map(|line| line.currency).chain([self.currency]).collect()
    }

    /// The violations because of which entries made from it could never be posted; only seen where all lines share one currency.
    fn unbalanced(&self, known: &HashMap<CurrencyCode, Currency>) -> Option<Violation> {
        let code = |line: &NewLine| line.currency.unwrap_or(self.currency);
        let currency = self.lines.first().map(code)?;
        if self.lines.iter().any(|line| code(line) != currency) {
            return None;
        }
        let side = |debit: bool| {
            let columns = self.lines.iter().map(|line| line.amount.columns());
            Amount::sum(columns.map(|(d, c)| if debit { d } else { c }))
        };
        let (debit, credit) = (side(true)?, side(false)?);
        if debit == credit {
            return None;
        }
        // One that the tenant does not have is refused when it is posted in.
        let scale = known.get(&currency).copied().unwrap_or(Currency::iso(currency)).scale;
        let violation = Violation::new(&UNBALANCED_ENTRY)
            .at("/lines")
            .with("debit", debit.display(scale))
            .with("credit", credit.display(scale))
            .with("difference", debit.checked_sub(credit)?.abs().display(scale))
            .with("currency", currency);
        Some(violation)
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
