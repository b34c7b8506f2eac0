//! Recurring entries: a template, a rhythm, and the next date it falls due.

use chrono::{Datelike, NaiveDate};

use super::journal_entry::{
    DraftEntry, ENTRY_TOO_FEW_LINES, EntryKind, LINES_MIN, NewEntry, NewLine, UNBALANCED_ENTRY,
};
use super::recurrence::{OCCURRENCES_MAX, Recurrence};
use crate::error::{Violation, Violations};
use crate::ids::{JournalEntryId, JournalId, RecurringEntryId};
use crate::money::{Amount, Currency, CurrencyCode};
use crate::text::{Code, LocalizedName};

/// Most lines of a template.
pub const TEMPLATE_LINES_MAX: usize = 1_000;

crate::errors! {
    RECURRING_ENTRY_NEVER_DUE = "recurring_entry_never_due", Rule, User,
        "No occurrence lies between {start} and {end}.", "لا يوجد أي موعد استحقاق بين {start} و{end}.";
    RECURRING_ENTRY_INACTIVE = "recurring_entry_inactive", Conflict, User,
        "Recurring entry {code} is not active.", "القيد المتكرر {code} غير نشط.";
}

/// What each entry is made from. In descriptions and references `{date}`, `{month}` and `{year}` stand for the
/// posting date, its two-digit month and its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryTemplate {
    pub journal_id: JournalId,
    /// Of lines that name none.
    pub currency: CurrencyCode,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub control_reason: Option<String>,
    pub lines: Vec<NewLine>,
}

/// What a new recurring entry is made from.
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
}

/// A template that becomes an entry each time it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurringEntry {
    pub id: RecurringEntryId,
    pub code: Code,
    pub name: LocalizedName,
    pub recurrence: Recurrence,
    pub template: EntryTemplate,
    /// `None` when nothing falls due any more.
    pub next_date: Option<NaiveDate>,
    pub auto_post: bool,
    pub active: bool,
    pub version: i64,
}

/// Changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecurringEntryPatch {
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub recurrence: Option<Recurrence>,
    pub template: Option<EntryTemplate>,
    pub auto_post: Option<bool>,
    pub active: Option<bool>,
}

impl RecurringEntry {
    /// All violations at once, those of the template at its own members.
    pub fn new(new: NewRecurringEntry) -> Result<Self, Vec<Violation>> {
        let NewRecurringEntry { id, code, name, recurrence, template, auto_post, active } = new;
        let next_date = first(&recurrence);
        Self { id, code, name, recurrence, template, next_date, auto_post, active, version: 1 }.checked(true)
    }

    /// The entry after the change, one version later.
    ///
    /// Another rhythm begins where the old one stands, or at its own start while nothing has been made yet. What fell
    /// due while it was inactive is skipped when it becomes active again: it was stopped on purpose.
    pub fn update(self, patch: RecurringEntryPatch, today: NaiveDate) -> Result<Self, Vec<Violation>> {
        let rhythm_changes = patch.recurrence.is_some_and(|recurrence| recurrence != self.recurrence);
        let resumed = !self.active && patch.active == Some(true);
        let recurrence = patch.recurrence.unwrap_or(self.recurrence);
        let mut next_date = match (rhythm_changes, self.next_date) {
            (false, next) => next,
            (true, _) if !self.has_run() => first(&recurrence),
            (true, Some(next)) => from(&recurrence, next),
            (true, None) => self.recurrence.end().and_then(|end| recurrence.next_after(end)),
        };
        if resumed {
            next_date = next_date.and_then(|next| from(&recurrence, next.max(today)));
        }
        let next = Self {
            id: self.id,
            code: patch.code.unwrap_or(self.code),
            name: patch.name.unwrap_or(self.name),
            recurrence,
            template: patch.template.unwrap_or(self.template),
            next_date,
            auto_post: patch.auto_post.unwrap_or(self.auto_post),
            active: patch.active.unwrap_or(self.active),
            version: self.version + 1,
        };
        next.checked(rhythm_changes)
    }

    /// Whether an entry has been made from it.
    pub fn has_run(&self) -> bool {
        self.next_date != first(&self.recurrence)
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
        let lines = template.lines.iter().map(|line| NewLine {
            description: fill(&line.description),
            reference: fill(&line.reference),
            ..line.clone()
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

    /// After the entry of `next_date` was made.
    #[must_use]
    pub fn advance(self) -> Self {
        let next_date = self.next_date.and_then(|date| self.recurrence.next_after(date));
        Self { next_date, version: self.version + 1, ..self }
    }

    fn checked(self, rhythm_is_new: bool) -> Result<Self, Vec<Violation>> {
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
            violations.extend(self.template.unbalanced());
        }
        violations.into_result(self)
    }
}

impl EntryTemplate {
    /// Why entries made from it could never be posted; only seen where all lines share one currency.
    fn unbalanced(&self) -> Option<Violation> {
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
        let scale = Currency::iso(currency).scale;
        let violation = Violation::new(&UNBALANCED_ENTRY)
            .at("/lines")
            .with("debit", debit.display(scale))
            .with("credit", credit.display(scale))
            .with("difference", debit.checked_sub(credit)?.abs().display(scale))
            .with("currency", currency);
        Some(violation)
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
mod tests;
