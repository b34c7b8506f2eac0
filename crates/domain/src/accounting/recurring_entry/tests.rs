use uuid::Uuid;

use super::*;
use crate::accounting::journal_entry::LineAmount;
use crate::accounting::recurrence::Frequency;
use crate::ids::AccountId;
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
    }
}

fn codes<T: std::fmt::Debug>(result: Result<T, Vec<Violation>>) -> Vec<(&'static str, String)> {
    result.unwrap_err().into_iter().map(|v| (v.def.code, v.pointer)).collect()
}

#[test]
fn it_runs_through_its_dates_and_ends() {
    let mut entry = RecurringEntry::new(rent(monthly(31, "2026-01-15", Some("2026-03-31")))).unwrap();
    assert_eq!(entry.upcoming(9), ["2026-01-31", "2026-02-28", "2026-03-31"].map(day));
    assert!(!entry.has_run());
    assert_eq!(entry.due(day("2026-01-30")), None);
    assert_eq!(entry.due(day("2026-02-01")), Some(day("2026-01-31")));
    for _ in 0..3 {
        entry = entry.advance();
    }
    assert_eq!((entry.next_date, entry.version, entry.has_run()), (None, 4, true));
}

#[test]
fn placeholders_become_the_date() {
    let entry = RecurringEntry::new(rent(monthly(1, "2026-07-01", None))).unwrap();
    let made = entry.entry_on(day("2026-07-01"), JournalEntryId::new(Uuid::from_u128(9)));
    assert_eq!(made.description.as_deref(), Some("Rent 07/2026"));
    assert_eq!(made.reference.as_deref(), Some("R-2026-07-01"));
    assert_eq!(made.posting_date, day("2026-07-01"));
}

#[test]
fn another_rhythm_goes_on_where_the_old_one_stands() {
    let entry = RecurringEntry::new(rent(monthly(1, "2026-03-01", None))).unwrap();
    let rhythm = |recurrence| RecurringEntryPatch { recurrence: Some(recurrence), ..Default::default() };
    let today = day("2026-03-15");
    let earlier = entry.clone().update(rhythm(monthly(1, "2026-01-01", None)), today).unwrap();
    assert_eq!(earlier.next_date, Some(day("2026-01-01")), "nothing was made yet");
    let ran = entry.advance();
    let later = ran.clone().update(rhythm(monthly(15, "2026-01-01", None)), today).unwrap();
    assert_eq!(later.next_date, Some(day("2026-04-15")), "March was made");
    let ended = ran.update(rhythm(monthly(1, "2026-03-01", Some("2026-03-31"))), today).unwrap();
    assert_eq!(ended.next_date, None);
    let extended = ended.update(rhythm(monthly(1, "2026-03-01", Some("2026-06-30"))), today).unwrap();
    assert_eq!(extended.next_date, Some(day("2026-04-01")));
}

#[test]
fn a_pause_is_skipped() {
    let entry = RecurringEntry::new(rent(monthly(1, "2026-01-01", None))).unwrap();
    let active = |active| RecurringEntryPatch { active: Some(active), ..Default::default() };
    let paused = entry.update(active(false), day("2026-01-10")).unwrap();
    assert_eq!(paused.due(day("2026-12-31")), None);
    let resumed = paused.update(active(true), day("2026-04-02")).unwrap();
    assert_eq!(resumed.next_date, Some(day("2026-05-01")));
}

#[test]
fn everything_wrong_with_a_template_is_said_at_once() {
    let mut new = rent(monthly(31, "2026-01-01", Some("2026-01-15")));
    new.template.lines[1].amount = LineAmount::Credit(amount("499"));
    new.template.description = Some("x".repeat(501));
    let refused = codes(RecurringEntry::new(new.clone()));
    let expected = [
        ("recurring_entry_never_due", "/schedule"),
        ("text_too_long", "/description"),
        ("unbalanced_entry", "/lines"),
    ];
    assert_eq!(refused, expected.map(|(code, at)| (code, at.to_owned())));
    new.template.lines.truncate(1);
    assert!(codes(RecurringEntry::new(new)).contains(&("entry_too_few_lines", "/lines".to_owned())));
}

#[test]
fn drafts_may_be_unbalanced() {
    let mut new = rent(monthly(1, "2026-01-01", None));
    new.template.lines[1].amount = LineAmount::Credit(amount("499"));
    new.auto_post = false;
    assert!(RecurringEntry::new(new).is_ok());
}
