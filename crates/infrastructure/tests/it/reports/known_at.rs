//! The books as known at a moment never change afterwards (R10), whatever is posted, reversed or dated back.

use application::accounting::reports::request::ReportRequest;
use domain::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use super::books::{Books, date, request};

#[derive(Debug, Clone)]
enum Step {
    /// Day of 2026, accounts and amount in cents.
    Post { day: u32, debit: usize, credit: usize, cents: u32 },
    /// One of the entries so far, if there is one that can be reversed.
    Reverse { which: usize },
    /// Remember what is known now.
    Remember { to: Option<u32> },
}

const ACCOUNTS: [&str; 5] = ["1010", "1030", "2020", "4010", "5010"];

fn step() -> impl Strategy<Value = Step> {
    let days = 1_u32..=360;
    prop_oneof![
        5 => (days.clone(), 0_usize..5, 1_usize..5, 1_u32..1_000_000).prop_map(|(day, debit, step, cents)| {
            Step::Post { day, debit, credit: (debit + step) % 5, cents }
        }),
        2 => any::<usize>().prop_map(|which| Step::Reverse { which }),
        2 => proptest::option::of(days).prop_map(|to| Step::Remember { to }),
    ]
}

fn day(of_year: u32) -> String {
    chrono::NaiveDate::from_yo_opt(2026, of_year).unwrap().to_string()
}

type Shown = Vec<(String, String)>;

async fn play(steps: Vec<Step>) {
    let books = Books::open().await;
    let mut entries: Vec<Value> = Vec::new();
    let mut remembered: Vec<(ReportRequest, Shown)> = Vec::new();
    for step in steps {
        match step {
            Step::Post { day: of_year, debit, credit, cents } => {
                let amount = format!("{}.{:02}", cents / 100, cents % 100);
                let minus = format!("-{amount}");
                let lines = [(ACCOUNTS[debit], amount.as_str()), (ACCOUNTS[credit], minus.as_str())];
                entries.push(books.post(&day(of_year), &lines).await);
            }
            Step::Reverse { which } if !entries.is_empty() => {
                // A second reversal is refused, which is no fault here.
                let entry = &entries[which % entries.len()];
                let _ = books.reverse(entry, &day(361)).await;
            }
            Step::Reverse { .. } => {}
            Step::Remember { to } => {
                let to = to.map(|of_year| date(&day(of_year)));
                let now = books.application.clock.now();
                let asked = ReportRequest { to, known_at: Some(now), ..request() };
                let known = books.balances(&asked).await;
                let present = books.balances(&ReportRequest { to, ..request() }).await;
                assert_eq!(known, present, "lines and maintained balances agree");
                remembered.push((asked, known));
            }
        }
    }
    for (asked, known) in remembered {
        assert_eq!(books.balances(&asked).await, known);
    }
    let checks = books.integrity().checks(books.tenant, domain::error::Language::English).await.unwrap();
    assert!(checks.ok, "{checks:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn answers_about_the_past_never_change(steps in proptest::collection::vec(step(), 1..30)) {
        tokio::runtime::Runtime::new().unwrap().block_on(play(steps));
    }
}

#[tokio::test]
async fn a_back_dated_entry_is_not_known_before_it_is_recorded() {
    let books = Books::open().await;
    books.post("2026-03-01", &[("1010", "10"), ("4010", "-10")]).await;
    let before: Timestamp = books.application.clock.now();
    books.post("2026-01-01", &[("1010", "5"), ("4010", "-5")]).await;
    let asked = ReportRequest { known_at: Some(before), ..request() };
    assert_eq!(books.balances(&asked).await[0].1, "10.00");
    assert_eq!(books.balances(&request()).await[0].1, "15.00");
}
