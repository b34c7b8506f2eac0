//! Changes of recurring templates: no due occurrence is lost.

use chrono::NaiveDate;

use super::{Recurring, Template, next};
use crate::accounting::recurrence::{OCCURRENCES_MAX, Recurrence};
use crate::error::Violation;
use crate::text::{Code, LocalizedName};

/// Dates that one message names.
const NAMED_MAX: usize = 5;

/// Changes; `None` leaves a field as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecurringPatch<T> {
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub recurrence: Option<Recurrence>,
    pub template: Option<T>,
    pub auto_post: Option<bool>,
    pub active: Option<bool>,
    /// Give up what is due by today instead of keeping it due.
    pub drop_overdue: bool,
}

// Derived, it would ask the same of `T`.
impl<T> Default for RecurringPatch<T> {
    fn default() -> Self {
        Self {
            code: None,
            name: None,
            recurrence: None,
            template: None,
            auto_post: None,
            active: None,
            drop_overdue: false,
        }
    }
}

/// The recurring template after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed<T: Template> {
    pub entry: Recurring<T>,
    /// The occurrences that were due before the change and were given up by request.
    pub dropped: Vec<NaiveDate>,
}

impl<T: Template> Recurring<T> {
    /// The template after the change, one version later.
    ///
    /// The next date is the first one of the rhythm after the last occurrence that was settled. Overdue occurrences stay due,
    /// through a pause as well; a change under which an overdue occurrence would have no successor is refused unless it
    /// asks for that. `known` is as in [`Recurring::new`].
    pub fn update(
        self,
        patch: RecurringPatch<T>,
        today: NaiveDate,
        known: &T::Known,
    ) -> Result<Changed<T>, Vec<Violation>> {
        let rhythm_changes = patch.recurrence.is_some_and(|recurrence| recurrence != self.recurrence);
        let recurrence = patch.recurrence.unwrap_or(self.recurrence);
        let overdue = self.overdue(today);
        let mut violations = Vec::new();
        if rhythm_changes && !patch.drop_overdue {
            violations.extend(self.drops(&recurrence, &overdue));
        }
        let dropped = if patch.drop_overdue { overdue } else { Vec::new() };
        let due_by_today = next(&recurrence, self.settled_through).is_some_and(|date| date <= today);
        let settled_through = match dropped.last() {
            // No more than these were named, so no more are given up.
            Some(last) if dropped.len() == OCCURRENCES_MAX => Some(*last),
            None if !(patch.drop_overdue && due_by_today) => self.settled_through,
            _ => self.settled_through.max(Some(today)),
        };
        let entry = Self {
            id: self.id,
            code: patch.code.unwrap_or(self.code),
            name: patch.name.unwrap_or(self.name),
            recurrence,
            template: patch.template.unwrap_or(self.template),
            settled_through,
            next_date: next(&recurrence, settled_through),
            auto_post: patch.auto_post.unwrap_or(self.auto_post),
            active: patch.active.unwrap_or(self.active),
            ordered_by: self.ordered_by,
            version: self.version + 1,
        };
        match entry.checked(rhythm_changes, known) {
            Ok(entry) if violations.is_empty() => Ok(Changed { entry, dropped }),
            Ok(_) => Err(violations),
            Err(refused) => Err(violations.into_iter().chain(refused).collect()),
        }
    }

    /// Whether what is made later would be other than before, so that whoever changes it orders them anew.
    pub fn orders_differently(&self, before: &Self) -> bool {
        let Self { recurrence, template, auto_post, active, .. } = self;
        *recurrence != before.recurrence
            || *template != before.template
            || (*auto_post && !before.auto_post)
            || (*active && !before.active)
    }

    /// The overdue occurrences to which the new rhythm has none that would take their place.
    fn drops(&self, new: &Recurrence, overdue: &[NaiveDate]) -> Option<Violation> {
        let lost = without_successor(&self.recurrence, new, self.settled_through, overdue);
        let pointer = match () {
            () if lost.is_empty() => return None,
            () if new.start() != self.recurrence.start() => "/startDate",
            () if new.end() != self.recurrence.end() => "/endDate",
            () => "/schedule",
        };
        let mut dates: Vec<_> = lost.iter().take(NAMED_MAX).map(ToString::to_string).collect();
        dates.extend((lost.len() > NAMED_MAX).then(|| "…".to_owned()));
        let violation = Violation::new(T::ERRORS.drops_overdue).at(pointer).with("count", lost.len());
        Some(violation.with("dates", dates.join(", ")))
    }
}

/// An overdue occurrence is kept when the new rhythm has one of its own for it between the old neighbours: later than the
/// one before and earlier than the one after.
fn without_successor(
    old: &Recurrence,
    new: &Recurrence,
    settled_through: Option<NaiveDate>,
    overdue: &[NaiveDate],
) -> Vec<NaiveDate> {
    let mut lost = Vec::new();
    let mut candidate = next(new, settled_through);
    let mut previous = settled_through;
    for date in overdue {
        while candidate.is_some_and(|candidate| Some(candidate) <= previous) {
            candidate = candidate.and_then(|date| new.next_after(date));
        }
        let following = old.next_after(*date);
        match candidate {
            Some(taken) if following.is_none_or(|following| taken < following) => {
                candidate = new.next_after(taken);
            }
            _ => lost.push(*date),
        }
        previous = Some(*date);
    }
    lost
}
