//! Recurring templates: content, a rhythm, and how far the occurrences are settled.
//!
//! An occurrence is settled once it was made, skipped, or failed and noted as such. After any change, the next date is the
//! first one of the rhythm after the last that was settled, so no occurrence comes twice and none is passed over.

mod change;

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::recurrence::{OCCURRENCES_MAX, Recurrence};
use crate::error::{ErrorDef, Violation, Violations};
use crate::ids::{ApiKeyId, Id, UserId};
use crate::text::{Code, LocalizedName};

pub use change::{Changed, RecurringPatch};

/// Failed occurrences of one recurring thing; with so many it makes no more until some of them are made or skipped.
pub const FAILED_OCCURRENCES_MAX: u32 = 100;

crate::errors! {
    RECURRING_OCCURRENCE_NOT_OPEN = "recurring_occurrence_not_open", Conflict, User,
        "{date} is neither the next occurrence nor one that failed.",
        "{date} ليس الموعد التالي ولا موعدًا سبق أن تعذّر.";
}

/// The content of which something is made each time.
pub trait Template: Clone + PartialEq {
    /// The type that the ids are marked with.
    type Of: fmt::Debug + Clone + Eq + 'static;
    /// The facts against which the content is checked.
    type Known: ?Sized + Sync;
    const ERRORS: RecurringErrors;

    /// The violations because of which nothing could ever be made of it, at its own members; `start` stands for any date.
    fn refusals(&self, start: NaiveDate, auto_post: bool, known: &Self::Known) -> Violations;
}

/// The refusals that name what recurs.
#[derive(Debug, Clone, Copy)]
pub struct RecurringErrors {
    /// With `start` and `end`.
    pub never_due: &'static ErrorDef,
    /// With `count` and `dates`.
    pub drops_overdue: &'static ErrorDef,
    /// With `code`.
    pub inactive: &'static ErrorDef,
    /// With `code`.
    pub ended: &'static ErrorDef,
}

/// The orderer of what is made: a person, or a machine with a part of that person's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orderer {
    pub user: UserId,
    pub key: Option<ApiKeyId>,
}

/// The data of something that recurs from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecurring<T: Template> {
    pub id: Id<T::Of>,
    pub code: Code,
    pub name: LocalizedName,
    pub recurrence: Recurrence,
    pub template: T,
    /// Post what falls due instead of leaving a draft.
    pub auto_post: bool,
    pub active: bool,
    /// Whose rights it is made with.
    pub ordered_by: Option<Orderer>,
}

/// A template of which something is made each time it falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurring<T: Template> {
    pub id: Id<T::Of>,
    pub code: Code,
    pub name: LocalizedName,
    pub recurrence: Recurrence,
    pub template: T,
    /// Every occurrence through this day is made, skipped or failed; `None` before the first.
    pub settled_through: Option<NaiveDate>,
    /// The first occurrence after `settled_through`; `None` when nothing falls due any more.
    pub next_date: Option<NaiveDate>,
    pub auto_post: bool,
    pub active: bool,
    /// The user who made it what it is, with whose rights its occurrences are made. `None` when unknown.
    pub ordered_by: Option<Orderer>,
    pub version: i64,
}

impl<T: Template> Recurring<T> {
    /// All violations at once, those of the template at its own members.
    pub fn new(new: NewRecurring<T>, known: &T::Known) -> Result<Self, Vec<Violation>> {
        let NewRecurring { id, code, name, recurrence, template, auto_post, active, ordered_by } = new;
        let recurring = Self {
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
        recurring.checked(true, known)
    }

    /// How far the occurrences are settled, where a row comes from a version that did not note it.
    pub fn settled_before(recurrence: &Recurrence, next_date: Option<NaiveDate>) -> Option<NaiveDate> {
        if next_date == first(recurrence) {
            return None;
        }
        recurrence.last_before(next_date.or_else(|| recurrence.end()?.succ_opt())?)
    }

    /// The date that is due by `through`, if it is active.
    pub fn due(&self, through: NaiveDate) -> Option<NaiveDate> {
        self.next_date.filter(|date| self.active && *date <= through)
    }

    /// The next dates in order, at most `count`.
    pub fn upcoming(&self, count: usize) -> Vec<NaiveDate> {
        std::iter::successors(self.next_date, |date| self.recurrence.next_after(*date))
            .take(count.min(OCCURRENCES_MAX))
            .collect()
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

    fn checked(self, rhythm_is_new: bool, known: &T::Known) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        let (start, end) = (self.recurrence.start(), self.recurrence.end());
        if rhythm_is_new && first(&self.recurrence).is_none() {
            violations.push(
                Violation::new(T::ERRORS.never_due)
                    .at("/schedule")
                    .with("start", start)
                    .with("end", end.map(|end| end.to_string()).unwrap_or_default()),
            );
        }
        violations.extend(self.template.refusals(start, self.auto_post, known).into_vec());
        violations.into_result(self)
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

/// A text with `{date}`, `{month}` and `{year}` replaced by the date, its two-digit month and its year.
pub fn fill(text: &str, date: NaiveDate) -> String {
    text.replace("{date}", &date.to_string())
        .replace("{month}", &format!("{:02}", date.month()))
        .replace("{year}", &date.year().to_string())
}
