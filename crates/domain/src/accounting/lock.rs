//! Locks on dates that are finished with, and the exceptions a person may be given (R11).

use chrono::{Days, NaiveDate};

use super::journal::JournalKind;
use crate::error::Violation;
use crate::ids::{LockExceptionId, UserId};
use crate::text;
use crate::time::Timestamp;

/// Longest reason of an exception, in characters.
pub const LOCK_REASON_LENGTH_MAX: usize = 500;
/// How far beyond today a lock that can be moved back may reach, in days: to the end of the year that runs.
pub const LOCK_AHEAD_DAYS_MAX: u64 = 366;

crate::errors! {
    DATE_LOCKED = "date_locked", Rule, User,
        "The {lock} lock covers everything through {date}.", "قفل {lock} يشمل كل ما هو حتى {date}.";
    HARD_LOCK_MOVES_BACK = "hard_lock_moves_back", Conflict, Administrator,
        "The hard lock stands at {date} and never moves back.", "القفل النهائي عند {date} ولا يعود إلى الوراء.";
    HARD_LOCK_IN_FUTURE = "hard_lock_in_future", Rule, Administrator,
        "The hard lock is permanent, so it can reach today, {today}, at the latest.",
        "القفل النهائي دائم، لذا لا يتجاوز تاريخ اليوم {today}.";
    LOCK_TOO_FAR = "lock_too_far", Rule, Administrator,
        "A lock reaches at most {max} days beyond today, to {date}.",
        "لا يتجاوز القفل {max} يومًا بعد تاريخ اليوم، أي {date}.";
    LOCK_REASON_REQUIRED = "lock_reason_required", Rule, Administrator,
        "Give the reason for moving the lock back.", "اذكر سبب إرجاع القفل.";
    HARD_LOCK_NO_EXCEPTION = "hard_lock_no_exception", Rule, Administrator,
        "There are no exceptions to the hard lock.", "لا استثناءات من القفل النهائي.";
    LOCK_EXCEPTION_EXPIRY = "lock_exception_expiry", Rule, Administrator,
        "An exception expires after it starts.", "ينتهي الاستثناء بعد بدايته.";
}

crate::choices! {
    /// Which entries a lock stops.
    pub enum LockKind {
        /// Every journal.
        Fiscal = "fiscal",
        /// Sales journals.
        Sales = "sales",
        /// Purchase journals.
        Purchase = "purchase",
        /// Entries with a line on a VAT account or with a tax code, once the return is filed.
        Tax = "tax",
        /// Every journal, without exception and for ever.
        Hard = "hard",
    }
}

/// Per kind the date through which it is locked; `None` locks nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Locks {
    dates: [Option<NaiveDate>; LockKind::ALL.len()],
}

impl Locks {
    /// As stored; without the check of [`Locks::set_lock`].
    pub fn from_stored(dates: impl IntoIterator<Item = (LockKind, NaiveDate)>) -> Self {
        let mut locks = Self::default();
        for (kind, date) in dates {
            locks.dates[kind as usize] = Some(date);
        }
        locks
    }

    pub fn through(&self, kind: LockKind) -> Option<NaiveDate> {
        self.dates[kind as usize]
    }

    /// The locks that are set, to store or to show.
    pub fn iter(&self) -> impl Iterator<Item = (LockKind, NaiveDate)> + '_ {
        LockKind::ALL.iter().filter_map(|kind| self.through(*kind).map(|date| (*kind, date)))
    }

    /// Moves a lock: the hard one only forward and not beyond today, the others not far beyond it.
    pub fn set_lock(
        self,
        kind: LockKind,
        through: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, Violation> {
        let refuse = |def| Violation::new(def).at("/lockedThrough");
        if kind == LockKind::Hard && self.moves_back(kind, through) {
            let current = self.through(kind).map(|date| date.to_string()).unwrap_or_default();
            return Err(refuse(&HARD_LOCK_MOVES_BACK).with("date", current));
        }
        let furthest = today.checked_add_days(Days::new(LOCK_AHEAD_DAYS_MAX)).unwrap_or(NaiveDate::MAX);
        if kind == LockKind::Hard && through.is_some_and(|date| date > today) {
            return Err(refuse(&HARD_LOCK_IN_FUTURE).with("today", today));
        }
        if through.is_some_and(|date| date > furthest) {
            return Err(refuse(&LOCK_TOO_FAR).with("max", LOCK_AHEAD_DAYS_MAX).with("date", furthest));
        }
        let mut locks = self;
        locks.dates[kind as usize] = through;
        Ok(locks)
    }

    /// Whether days that are locked now would no longer be.
    pub fn moves_back(&self, kind: LockKind, through: Option<NaiveDate>) -> bool {
        self.through(kind).is_some_and(|current| through.is_none_or(|date| date < current))
    }
}

/// A person's leave to post into locked dates for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockException {
    pub id: LockExceptionId,
    pub kind: LockKind,
    pub user_id: UserId,
    pub starts: Timestamp,
    pub expires_at: Timestamp,
    pub reason: String,
}

impl LockException {
    /// A new exception: not to the hard lock, with a reason, expiring after it starts; all violations at once.
    pub fn new(
        id: LockExceptionId,
        kind: LockKind,
        user_id: UserId,
        (starts, expires_at): (Timestamp, Timestamp),
        reason: &str,
    ) -> Result<Self, Vec<Violation>> {
        let mut violations = crate::error::Violations::new();
        if kind == LockKind::Hard {
            violations.push(Violation::new(&HARD_LOCK_NO_EXCEPTION).at("/kind"));
        }
        if expires_at <= starts {
            violations.push(Violation::new(&LOCK_EXCEPTION_EXPIRY).at("/expiresAt"));
        }
        let reason = violations
            .check("/reason", text::required_text(reason, LOCK_REASON_LENGTH_MAX))
            .unwrap_or_default();
        violations.into_result(Self { id, kind, user_id, starts, expires_at, reason })
    }

    fn lifts(&self, kind: LockKind, user: UserId, now: Timestamp) -> bool {
        self.kind == kind && self.user_id == user && self.starts <= now && now < self.expires_at
    }
}

/// Whether a user may post on this date now; the strongest lock in the way is named, at `/postingDate`.
pub fn check_posting_date(
    date: NaiveDate,
    journal: JournalKind,
    touches_tax: bool,
    locks: &Locks,
    exceptions: &[LockException],
    (user, now): (UserId, Timestamp),
) -> Result<(), Violation> {
    use LockKind::{Fiscal, Hard, Purchase, Sales, Tax};
    for kind in [Hard, Fiscal, Tax, Sales, Purchase] {
        let applies = match kind {
            Hard | Fiscal => true,
            Tax => touches_tax,
            Sales => journal == JournalKind::Sales,
            Purchase => journal == JournalKind::Purchase,
        };
        let Some(through) = locks.through(kind) else { continue };
        if !applies || date > through {
            continue;
        }
        // Checked here too: a stored exception to the hard lock, however it came about, lifts nothing.
        let lifted = kind != Hard && exceptions.iter().any(|exception| exception.lifts(kind, user, now));
        if !lifted {
            return Err(Violation::new(&DATE_LOCKED)
                .at("/postingDate")
                .with("lock", kind)
                .with("date", through));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::time::parse_date;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }
    fn user(n: u128) -> UserId {
        UserId::new(Uuid::from_u128(n))
    }
    fn exception(kind: LockKind, user_id: UserId, starts: i64, expires: i64) -> LockException {
        let id = LockExceptionId::new(Uuid::from_u128(1));
        let (starts, expires_at) = (Timestamp::from_micros(starts), Timestamp::from_micros(expires));
        LockException { id, kind, user_id, starts, expires_at, reason: "late invoice".to_owned() }
    }
    fn locked(kind: LockKind, journal: JournalKind, tax: bool, exceptions: &[LockException]) -> bool {
        let locks = Locks::from_stored([(kind, day("2026-03-31"))]);
        let check = |date| check_posting_date(day(date), journal, tax, &locks, exceptions, (user(1), NOW));
        assert!(check("2026-04-01").is_ok(), "a lock ends with its date");
        check("2026-03-31").is_err()
    }

    #[test]
    fn each_lock_stops_its_own_journals() {
        use JournalKind::{General, Purchase, Sales};
        for journal in JournalKind::ALL {
            assert!(locked(LockKind::Hard, *journal, false, &[]));
            assert!(locked(LockKind::Fiscal, *journal, false, &[]));
            assert!(!locked(LockKind::Tax, *journal, false, &[]));
            assert!(locked(LockKind::Tax, *journal, true, &[]));
        }
        assert!(locked(LockKind::Sales, Sales, false, &[]) && !locked(LockKind::Sales, General, true, &[]));
        assert!(
            locked(LockKind::Purchase, Purchase, false, &[]) && !locked(LockKind::Purchase, Sales, true, &[])
        );
    }

    #[test]
    fn an_exception_is_for_one_person_one_lock_and_a_while() {
        let general = JournalKind::General;
        let fiscal = LockKind::Fiscal;
        assert!(!locked(fiscal, general, false, &[exception(fiscal, user(1), 0, 2_000_000)]));
        assert!(locked(fiscal, general, false, &[exception(fiscal, user(2), 0, 2_000_000)]));
        assert!(locked(fiscal, general, false, &[exception(LockKind::Tax, user(1), 0, 2_000_000)]));
        assert!(locked(fiscal, general, false, &[exception(fiscal, user(1), 0, 1_000_000)]), "expired");
        assert!(
            locked(fiscal, general, false, &[exception(fiscal, user(1), 1_000_001, 2_000_000)]),
            "not yet"
        );
        assert!(locked(LockKind::Hard, general, false, &[exception(LockKind::Hard, user(1), 0, 2_000_000)]));
    }

    #[test]
    fn the_hard_lock_never_moves_back() {
        let today = day("2026-04-30");
        let locks = Locks::default().set_lock(LockKind::Hard, Some(day("2026-03-31")), today).unwrap();
        for back in [None, Some(day("2026-03-30"))] {
            assert_eq!(locks.set_lock(LockKind::Hard, back, today).unwrap_err().def, &HARD_LOCK_MOVES_BACK);
        }
        assert!(locks.set_lock(LockKind::Hard, Some(today), today).is_ok());
        let fiscal = locks.set_lock(LockKind::Fiscal, Some(day("2026-05-31")), today).unwrap();
        assert_eq!(Locks::from_stored(fiscal.iter()), fiscal);
        assert!(fiscal.moves_back(LockKind::Fiscal, None) && !fiscal.moves_back(LockKind::Sales, None));
        assert_eq!(fiscal.set_lock(LockKind::Fiscal, None, today).unwrap().through(LockKind::Fiscal), None);
    }

    #[test]
    fn no_lock_reaches_far_into_the_future() {
        let today = day("2026-04-30");
        let set = |kind, date| Locks::default().set_lock(kind, Some(day(date)), today);
        for date in ["2026-05-01", "2062-04-30", "2199-12-31"] {
            assert_eq!(set(LockKind::Hard, date).unwrap_err().def, &HARD_LOCK_IN_FUTURE);
        }
        for kind in [LockKind::Fiscal, LockKind::Sales, LockKind::Purchase, LockKind::Tax] {
            assert!(set(kind, "2027-05-01").is_ok());
            let refused = set(kind, "2027-05-02").unwrap_err();
            assert_eq!((refused.def, refused.pointer.as_str()), (&LOCK_TOO_FAR, "/lockedThrough"));
        }
    }

    #[test]
    fn an_exception_says_why_and_ends() {
        let id = LockExceptionId::new(Uuid::from_u128(1));
        let refused = LockException::new(id, LockKind::Hard, user(1), (NOW, NOW), " ").unwrap_err();
        let codes: Vec<_> = refused.iter().map(|v| (v.def.code, v.pointer.as_str())).collect();
        assert_eq!(
            codes,
            [
                ("hard_lock_no_exception", "/kind"),
                ("lock_exception_expiry", "/expiresAt"),
                ("text_empty", "/reason")
            ]
        );
        assert!(LockException::new(id, LockKind::Tax, user(1), (NOW, NOW.plus_seconds(60)), "audit").is_ok());
    }
}
