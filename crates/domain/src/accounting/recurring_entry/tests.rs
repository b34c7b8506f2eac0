use uuid::Uuid;

use super::*;
use crate::accounting::journal_entry::LineAmount;
use crate::accounting::recurrence::{Frequency, Recurrence};
use crate::accounting::recurring::Changed;
use crate::ids::{AccountId, RecurringEntryId};
use crate::text::{Code, LocalizedName};
use crate::time::parse_date;

fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

fn monthly(day_of_month: u8, start: &str, end: Option<&str>) -> Recurrence {
    let every = Frequency::Monthly { day_of_month, interval: 1 };
    Recurrence::new(every, day(start), end.map(day)).unwrap()
}

fn line(account: u128, amount: LineAmount) -> NewLine {
    NewLine::new(AccountId::new(Uuid::from_u128(account)), amount)
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn rent(recurrence: Recurrence) -> NewRecurringEntry {
    NewRecurringEntry {
        id: RecurringEntryId::new(Uuid::from_u128(1)),
        code: Code::parse("RENT").unwrap(),
        name: LocalizedName::parse(Some("الإيجار"), Some("Rent")).unwrap(),
        recurrence,
        template: EntryTemplate {
            changed_by: Vec::new(),
            journal_id: JournalId::new(Uuid::from_u128(2)),
            currency: CurrencyCode::parse("SAR").unwrap(),
            description: Some("Rent {month}/{year}".to_owned()),
            reference: Some("R-{date}".to_owned()),
            control_reason: None,
            lines: vec![
                line(1, LineAmount::Debit(amount("500"))),
                line(2, LineAmount::Credit(amount("500"))),
            ],
        },
        auto_post: true,
        active: true,
        ordered_by: None,
    }
}

/// In books without currencies of their own: amounts are told in ISO's decimals.
fn made(new: NewRecurringEntry) -> Result<RecurringEntry, Vec<Violation>> {
    RecurringEntry::new(new, &HashMap::new())
}

fn codes<T: std::fmt::Debug>(result: Result<T, Vec<Violation>>) -> Vec<(&'static str, String)> {
    result.unwrap_err().into_iter().map(|v| (v.def.code, v.pointer)).collect()
}

#[test]
fn it_runs_through_its_dates_and_ends() {
    let mut entry = made(rent(monthly(31, "2026-01-15", Some("2026-03-31")))).unwrap();
    assert_eq!(entry.upcoming(9), ["2026-01-31", "2026-02-28", "2026-03-31"].map(day));
    assert_eq!(entry.settled_through, None);
    assert_eq!(entry.due(day("2026-01-30")), None);
    assert_eq!(entry.due(day("2026-02-01")), Some(day("2026-01-31")));
    for _ in 0..3 {
        entry = entry.advance();
    }
    assert_eq!((entry.next_date, entry.version), (None, 4));
    assert_eq!(entry.settled_through, Some(day("2026-03-31")));
}

#[test]
fn placeholders_become_the_date() {
    let entry = made(rent(monthly(1, "2026-07-01", None))).unwrap();
    let made = entry.entry_on(day("2026-07-01"), JournalEntryId::new(Uuid::from_u128(9)));
    assert_eq!(made.description.as_deref(), Some("Rent 07/2026"));
    assert_eq!(made.reference.as_deref(), Some("R-2026-07-01"));
    assert_eq!(made.posting_date, day("2026-07-01"));
}

fn rhythm(recurrence: Recurrence) -> RecurringEntryPatch {
    RecurringEntryPatch { recurrence: Some(recurrence), ..Default::default() }
}

fn changed(entry: RecurringEntry, patch: RecurringEntryPatch, today: &str) -> RecurringEntry {
    let Changed { entry, dropped } = entry.update(patch, day(today), &HashMap::new()).unwrap();
    assert_eq!(dropped, []);
    entry
}

#[test]
fn another_rhythm_goes_on_after_the_last_occurrence() {
    let entry = made(rent(monthly(1, "2026-03-01", None))).unwrap();
    let today = "2026-03-15";
    let earlier = changed(entry.clone(), rhythm(monthly(1, "2026-01-01", None)), today);
    assert_eq!(earlier.next_date, Some(day("2026-01-01")), "nothing was made yet");
    let ran = entry.advance();
    let later = changed(ran.clone(), rhythm(monthly(15, "2026-01-01", None)), today);
    assert_eq!(later.next_date, Some(day("2026-03-15")), "the first one after the first of March");
    let ended = changed(ran, rhythm(monthly(1, "2026-03-01", Some("2026-03-31"))), today);
    assert_eq!(ended.next_date, None);
    let extended = changed(ended, rhythm(monthly(1, "2026-03-01", Some("2026-06-30"))), today);
    assert_eq!(extended.next_date, Some(day("2026-04-01")));
}

#[test]
fn no_month_is_lost_between_two_days_of_the_month() {
    let mut entry = made(rent(monthly(5, "2026-01-01", None))).unwrap();
    while entry.next_date < Some(day("2026-05-05")) {
        entry = entry.advance();
    }
    let today = "2026-11-28";
    for (day_of_month, expected) in
        [(3, "2026-05-03"), (5, "2026-05-05"), (31, "2026-04-30"), (5, "2026-05-05")]
    {
        entry = changed(entry, rhythm(monthly(day_of_month, "2026-01-01", None)), today);
        assert_eq!(entry.next_date, Some(day(expected)));
    }
    let quarterly = Frequency::Monthly { day_of_month: 31, interval: 3 };
    let early =
        changed(entry, rhythm(Recurrence::new(quarterly, day("2025-01-01"), None).unwrap()), "2026-05-04");
    assert_eq!(early.next_date, Some(day("2026-04-30")), "nothing was overdue");
}

#[test]
fn a_pause_loses_nothing_unless_asked_to() {
    let entry = made(rent(monthly(1, "2026-01-01", None))).unwrap().advance();
    let active = |active| RecurringEntryPatch { active: Some(active), ..Default::default() };
    let paused = changed(entry, active(false), "2026-01-10");
    assert_eq!(paused.due(day("2026-12-31")), None);
    let resumed = changed(paused.clone(), active(true), "2026-04-02");
    assert_eq!(resumed.next_date, Some(day("2026-02-01")));
    let Changed { entry, dropped } = paused
        .update(
            RecurringEntryPatch { drop_overdue: true, ..active(true) },
            day("2026-04-02"),
            &HashMap::new(),
        )
        .unwrap();
    assert_eq!(dropped, ["2026-02-01", "2026-03-01", "2026-04-01"].map(day));
    assert_eq!((entry.next_date, entry.settled_through), (Some(day("2026-05-01")), Some(day("2026-04-02"))));
}

#[test]
fn what_would_lose_an_overdue_occurrence_is_refused_and_named() {
    let entry = made(rent(monthly(5, "2026-01-01", None))).unwrap().advance();
    let today = day("2026-04-20");
    let refused = |recurrence| {
        let refused = entry.clone().update(rhythm(recurrence), today, &HashMap::new()).unwrap_err();
        (refused[0].def.code, refused[0].pointer.clone(), refused[0].param("dates").unwrap().to_owned())
    };
    let code = "recurring_entry_drops_overdue";
    let all = "2026-02-05, 2026-03-05, 2026-04-05".to_owned();
    assert_eq!(refused(monthly(5, "2026-05-01", None)), (code, "/startDate".to_owned(), all.clone()));
    let later = monthly(5, "2026-03-01", None);
    assert_eq!(refused(later), (code, "/startDate".to_owned(), "2026-02-05".to_owned()));
    let sooner = monthly(5, "2026-01-01", Some("2026-03-31"));
    assert_eq!(refused(sooner), (code, "/endDate".to_owned(), "2026-04-05".to_owned()));
    let yearly = Recurrence::new(Frequency::Yearly { month: 12, day: 31 }, day("2026-01-01"), None).unwrap();
    assert_eq!(refused(yearly), (code, "/schedule".to_owned(), all));
    let asked = RecurringEntryPatch { drop_overdue: true, ..rhythm(yearly) };
    let Changed { entry, dropped } = entry.clone().update(asked, today, &HashMap::new()).unwrap();
    assert_eq!((dropped.len(), entry.next_date), (3, Some(day("2026-12-31"))));
}

#[test]
fn rows_of_earlier_versions_say_how_far_they_are_settled() {
    let through = |recurrence, next: Option<&str>| RecurringEntry::settled_before(&recurrence, next.map(day));
    let rhythm = monthly(31, "2026-01-15", Some("2026-04-15"));
    assert_eq!(through(rhythm, Some("2026-01-31")), None);
    assert_eq!(through(rhythm, Some("2026-03-31")), Some(day("2026-02-28")));
    assert_eq!(through(rhythm, None), Some(day("2026-03-31")));
}

#[test]
fn everything_wrong_with_a_template_is_said_at_once() {
    let mut new = rent(monthly(31, "2026-01-01", Some("2026-01-15")));
    new.template.lines[1].amount = LineAmount::Credit(amount("499"));
    new.template.description = Some("x".repeat(501));
    let refused = codes(made(new.clone()));
    let expected = [
        ("recurring_entry_never_due", "/schedule"),
        ("text_too_long", "/description"),
        ("unbalanced_entry", "/lines"),
    ];
    assert_eq!(refused, expected.map(|(code, at)| (code, at.to_owned())));
    new.template.lines.truncate(1);
    assert!(codes(made(new)).contains(&("entry_too_few_lines", "/lines".to_owned())));
}

#[test]
fn drafts_may_be_unbalanced() {
    let mut new = rent(monthly(1, "2026-01-01", None));
    new.template.lines[1].amount = LineAmount::Credit(amount("499"));
    new.auto_post = false;
    assert!(made(new).is_ok());
}

#[test]
fn amounts_are_told_in_the_decimals_of_the_tenants_currency() {
    let mut new = rent(monthly(1, "2026-01-01", None));
    new.template.lines[1].amount = LineAmount::Credit(amount("499.5"));
    let told = |known: &HashMap<CurrencyCode, Currency>| -> Vec<String> {
        let refused = RecurringEntry::new(new.clone(), known).unwrap_err();
        ["debit", "credit", "difference", "currency"]
            .map(|name| refused[0].param(name).unwrap().to_owned())
            .to_vec()
    };
    let code = new.template.currency;
    assert_eq!(told(&HashMap::new()), ["500.00", "499.50", "0.50", "SAR"]);
    assert_eq!(
        told(&[(code, Currency { code, scale: 4 })].into()),
        ["500.0000", "499.5000", "0.5000", "SAR"]
    );
}
