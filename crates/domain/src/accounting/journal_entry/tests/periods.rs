//! Periods, locks and the closing period (R11, R12).

use super::*;
use crate::accounting::lock::DATE_LOCKED;

fn validate(books: &Books, change: impl FnOnce(&mut NewEntry)) -> Result<ValidatedEntry, Vec<Violation>> {
    let mut entry = content(vec![debit(CASH, "1"), credit(SALES, "1")]);
    change(&mut entry);
    DraftEntry::new(entry, LINES_MAX).unwrap().validate(&books.rules())
}

#[test]
fn the_posting_date_lies_in_an_open_period() {
    let mut books = Books::new();
    assert!(validate(&books, |entry| entry.posting_date = day("2026-01-31")).is_ok());
    let outside = validate(&books, |entry| entry.posting_date = day("2026-02-01"));
    assert_eq!(said(outside), only(&FISCAL_PERIOD_MISSING, "/postingDate"));

    books.period.as_mut().unwrap().status = FiscalPeriodStatus::Closed;
    assert_eq!(said(validate(&books, |_| ())), only(&FISCAL_PERIOD_CLOSED, "/postingDate"));
    books.period = None;
    assert_eq!(said(validate(&books, |_| ())), only(&FISCAL_PERIOD_MISSING, "/postingDate"));
}

#[test]
fn the_closing_period_takes_year_close_entries_and_they_go_nowhere_else() {
    let mut books = Books::new();
    let closing = |entry: &mut NewEntry| entry.kind = EntryKind::Closing;
    assert_eq!(said(validate(&books, closing)), only(&CLOSING_ENTRY_NEEDS_CLOSING_PERIOD, "/postingDate"));
    books.period.as_mut().unwrap().kind = FiscalPeriodKind::Closing;
    assert_eq!(said(validate(&books, |_| ())), only(&CLOSING_PERIOD_RESERVED, "/postingDate"));
    assert!(validate(&books, closing).is_ok());
}

#[test]
fn year_close_empties_accounts_that_are_no_longer_used() {
    let mut books = Books::new();
    books.period.as_mut().unwrap().kind = FiscalPeriodKind::Closing;
    let closed = validate(&books, |entry| {
        entry.kind = EntryKind::Closing;
        entry.lines[1].account = account(INACTIVE);
    });
    assert!(closed.is_ok());
}

#[test]
fn only_a_year_close_still_uses_a_currency_that_is_inactive() {
    let mut books = Books::new();
    books.inactive_currencies.insert(code("USD"));
    let foreign = |entry: &mut NewEntry| {
        entry.currency = code("USD");
        entry.lines.iter_mut().for_each(|line| line.rate = Some(rate("3.75")));
    };
    assert_eq!(said(validate(&books, foreign)), only(&CURRENCY_UNKNOWN, "/currency"));
    books.period.as_mut().unwrap().kind = FiscalPeriodKind::Closing;
    let closed = validate(&books, |entry| {
        foreign(entry);
        entry.kind = EntryKind::Closing;
    });
    assert!(closed.is_ok());
}

#[test]
fn locked_dates_take_no_entries() {
    let mut books = Books::new();
    books.locks = Locks::from_stored([(LockKind::Fiscal, day("2026-01-15"))]);
    assert_eq!(said(validate(&books, |_| ())), only(&DATE_LOCKED, "/postingDate"));
    assert!(validate(&books, |entry| entry.posting_date = day("2026-01-16")).is_ok());

    books.locks = Locks::from_stored([(LockKind::Sales, day("2026-01-31"))]);
    assert!(validate(&books, |_| ()).is_ok());
    books.journal_kind = JournalKind::Sales;
    assert_eq!(said(validate(&books, |_| ())), only(&DATE_LOCKED, "/postingDate"));
}

#[test]
fn the_tax_lock_stops_entries_that_touch_vat() {
    let mut books = Books::new();
    books.locks = Locks::from_stored([(LockKind::Tax, day("2026-01-31"))]);
    assert!(validate(&books, |_| ()).is_ok());
    let touching = validate(&books, |entry| {
        entry.lines[1].account = account(VAT);
        entry.control_reason = Some("correction".to_owned());
    });
    assert_eq!(said(touching), only(&DATE_LOCKED, "/postingDate"));
}

#[test]
fn lines_and_date_are_refused_together() {
    let mut books = Books::new();
    books.period = None;
    let refused = validate(&books, |entry| entry.lines[0].account = account(HEADING));
    assert_eq!(
        said(refused),
        [only(&ACCOUNT_IS_HEADING, "/lines/0/accountId"), only(&FISCAL_PERIOD_MISSING, "/postingDate")]
            .concat()
    );
}
