//! Recurring entries: a template, a rhythm, and how far its occurrences are settled.
//!
//! An occurrence is settled once it was made, skipped, or failed and noted as such. After any change, the next date is the
//! first one of the rhythm after the last that was settled, so no occurrence comes twice and none is passed over.

mod change;

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};

use super::journal_entry::{
    DraftEntry, ENTRY_TOO_FEW_LINES, EntryKind, LINES_MIN, NewEntry, NewLine, UNBALANCED_ENTRY,
};
use super::recurrence::{OCCURRENCES_MAX, Recurrence};
use crate::error::{Violation, Violations};
use crate::ids::{ApiKeyId, JournalEntryId, JournalId, RecurringEntryId, UserId};
use crate::money::{Amount, Currency, CurrencyCode};
use crate::text::{Code, LocalizedName};

pub use change::{Changed, RecurringEntryPatch};

/// Most lines of a template.
pub const TEMPLATE_LINES_MAX: usize = 1_000;
/// Failed occurrences of one recurring entry; with so many it makes no more until some of them are made or skipped.
pub const FAILED_OCCURRENCES_MAX: u32 = 100;

crate::errors! {
    RECURRING_ENTRY_NEVER_DUE = "recurring_entry_never_due", Rule, User,
        "No occurrence lies between {start} and {end}.", "لا يوجد أي موعد استحقاق بين {start} و{end}.";
    RECURRING_ENTRY_INACTIVE = "recurring_entry_inactive", Conflict, User,
        "Recurring entry {code} is not active.", "القيد المتكرر {code} غير نشط.";
    RECURRING_ENTRY_DROPS_OVERDUE = "recurring_entry_drops_overdue", Conflict, User,
        "Overdue occurrences that would never be made ({count}): {dates}. Run or skip them first, or send dropOverdue.",
        "مواعيد مستحقة لن تُنشأ قيودها أبدًا ({count}): {dates}. نفّذها أو تخطَّها أولًا، أو أرسل dropOverdue.";
    RECURRING_OCCURRENCE_NOT_OPEN = "recurring_occurrence_not_open", Conflict, User,
        "{date} is neither the next occurrence nor one that failed.",
        "{date} ليس الموعد التالي ولا موعدًا سبق أن تعذّر.";
    RECURRING_ENTRY_ENDED = "recurring_entry_ended", Conflict, User,
        "Recurring entry {code} has no open occurrence.", "ليس للقيد المتكرر {code} أي موعد مفتوح.";
}

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
}

/// The orderer of entries: a person, or a machine with a part of that person's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orderer {
    pub user: UserId,
    pub key: Option<ApiKeyId>,
}

/// The data of a new recurring entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecurringEntry {
    pub id: RecurringEntryId,
    pub code: Code,
    pub name: LocalizedName,
    pub recurrence: Recurrence,
    pub template: EntryTemplate,
    /// Post what falls due instead of leaving a draft.
    pub auto_post: bool,
    pub active: bool,
    /// Whose rights its entries are made with.
    pub ordered_by: Option<Orderer>,
}

/// A template that becomes an entry each time it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurringEntry {
    pub id: RecurringEntryId,
    pub code: Code,
    pub name: LocalizedName,
    pub recurrence: Recurrence,
    pub template: EntryTemplate,
    /// Every occurrence through this day is made, skipped or failed; `None` before the first.
    pub settled_through: Option<NaiveDate>,
    /// The first occurrence after `settled_through`; `None` when nothing falls due any more.
    pub next_date: Option<NaiveDate>,
    pub auto_post: bool,
    pub active: bool,
    /// The user who made the entry what it is, with whose rights its occurrences are made. `None` when unknown.
    pub ordered_by: Option<Orderer>,
    pub version: i64,
}

impl RecurringEntry {
    /// All violations at once, those of the template at its own members; `known` are the tenant's currencies among those of
    /// the template, in whose decimals amounts are told.
    pub fn new(
        new: NewRecurringEntry,
        known: &HashMap<CurrencyCode, Currency>,
    ) -> Result<Self, Vec<Violation>> {
        let NewRecurringEntry { id, code, name, recurrence, template, auto_post, active, ordered_by } = new;
        let entry = Self {
            id,
            code,
            name,
            recurrence,
            template,
            settled_through: None,
            next_date: first(&recurrence),
            auto_post,
            active,
            ordered_by,
            version: 1,
        };
        entry.checked(true, known)
    }

    /// How far the occurrences of a stored entry are settled, where its row comes from a version that did not note it.
    pub fn settled_before(recurrence: &Recurrence, next_date: Option<NaiveDate>) -> Option<NaiveDate> {
        if next_date == first(recurrence) {
            return None;
        }
        recurrence.last_before(next_date.or_else(|| recurrence.end()?.succ_opt())?)
    }

    /// The date that is due by `through`, if the entry is active.
    pub fn due(&self, through: NaiveDate) -> Option<NaiveDate> {
        self.next_date.filter(|date| self.active && *date <= through)
    }

    /// The next dates in order, at most `count`.
    pub fn upcoming(&self, count: usize) -> Vec<NaiveDate> {
        std::iter::successors(self.next_date, |date| self.recurrence.next_after(*date))
            .take(count.min(OCCURRENCES_MAX))
            .collect()
    }

    /// The entry of one date, its placeholders filled in.
    pub fn entry_on(&self, date: NaiveDate, id: JournalEntryId) -> NewEntry {
        let fill = |text: &Option<String>| text.as_deref().map(|text| fill(text, date));
        let template = &self.template;
        let lines = template.lines.iter().map(|line| {
            let mut line = line.clone();
            line.details.description = fill(&line.details.description);
            line.details.reference = fill(&line.details.reference);
            line
        });
        NewEntry {
            id,
            journal_id: template.journal_id,
            kind: EntryKind::Standard,
            posting_date: date,
            document_date: None,
            currency: template.currency,
            description: fill(&template.description),
            reference: fill(&template.reference),
            control_reason: template.control_reason.clone(),
            reverses: None,
            lines: lines.collect(),
        }
    }

    /// After the occurrence of `next_date` was made, skipped or failed.
    #[must_use]
    pub fn advance(self) -> Self {
        let settled_through = self.next_date.or(self.settled_through);
        let next_date = next(&self.recurrence, settled_through);
        Self { settled_through, next_date, version: self.version + 1, ..self }
    }

    /// The occurrences due by `through`, active or not, at most [`OCCURRENCES_MAX`].
    pub fn overdue(&self, through: NaiveDate) -> Vec<NaiveDate> {
        self.upcoming(OCCURRENCES_MAX).into_iter().take_while(|date| *date <= through).collect()
    }

    fn checked(
        self,
        rhythm_is_new: bool,
        known: &HashMap<CurrencyCode, Currency>,
    ) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        let (start, end) = (self.recurrence.start(), self.recurrence.end());
        if rhythm_is_new && first(&self.recurrence).is_none() {
            violations.push(
                Violation::new(&RECURRING_ENTRY_NEVER_DUE)
                    .at("/schedule")
                    .with("start", start)
                    .with("end", end.map(|end| end.to_string()).unwrap_or_default()),
            );
        }
        // Every date is as long as any other, so the start stands for all of them.
        let sample = self.entry_on(start, JournalEntryId::new(self.id.uuid()));
        violations.extend(DraftEntry::new(sample, TEMPLATE_LINES_MAX).err().into_iter().flatten());
        if self.template.lines.len() < LINES_MIN {
            violations.push(Violation::new(&ENTRY_TOO_FEW_LINES).at("/lines").with("min", LINES_MIN));
        } else if self.auto_post {
            violations.extend(self.template.unbalanced(known));
        }
        violations.into_result(self)
    }
}

impl EntryTemplate {
    /// Every currency it names.
    pub fn currencies(&self) -> BTreeSet<CurrencyCode> {
        self.lines.iter().filter_map(|line| line.currency).chain([self.currency]).collect()
    }

    /// Why entries made from it could never be posted; only seen where all lines share one currency.
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

/// The first occurrence that is not settled.
fn next(recurrence: &Recurrence, settled_through: Option<NaiveDate>) -> Option<NaiveDate> {
    match settled_through {
        Some(date) => recurrence.next_after(date),
        None => first(recurrence),
    }
}

fn first(recurrence: &Recurrence) -> Option<NaiveDate> {
    from(recurrence, recurrence.start())
}

/// The first occurrence on or after `date`.
fn from(recurrence: &Recurrence, date: NaiveDate) -> Option<NaiveDate> {
    recurrence.next_after(date.pred_opt()?)
}

fn fill(text: &str, date: NaiveDate) -> String {
    text.replace("{date}", &date.to_string())
        .replace("{month}", &format!("{:02}", date.month()))
        .replace("{year}", &date.year().to_string())
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
