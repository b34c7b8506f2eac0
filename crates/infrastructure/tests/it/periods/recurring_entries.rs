//! Recurring entries: caught up after downtime, never twice, failures kept and tried again.

use application::accounting::fiscal_periods::{CloseFiscalPeriod, OpenFiscalPeriod};
use application::accounting::ports::recurring::RecurringQueries;
use application::accounting::recurring::{
    DeleteRecurring, NewOf, PatchOf, RecurringRun, RunRecurring, run_due_occurrences,
};
use application::accounting::recurring_entries::{CreateRecurringEntry, UpdateRecurringEntry};
use application::accounting::views::recurring_entry::RecurringEntryView;
use application::permission_set::PermissionSet;
use application::reference::Reference;
use chrono::Weekday;
use domain::accounting::recurrence::Frequency;
use domain::accounting::recurring_entry::EntryTemplate;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use super::{Books, codes, day, figures, line};

fn rent(code: &str, auto_post: bool) -> CreateRecurringEntry {
    CreateRecurringEntry {
        of: NewOf {
            code: Code::parse(code).unwrap(),
            name: LocalizedName::parse(Some("الإيجار"), Some("Rent")).unwrap(),
            schedule: Frequency::Monthly { day_of_month: 31, interval: 1 },
            start_date: day("2025-01-01"),
            end_date: Some(day("2025-06-30")),
            auto_post,
            active: true,
        },
        journal: Some(Reference::Code("GENERAL".to_owned())),
        currency: None,
        description: Some("Rent {month}/{year}".to_owned()),
        reference: None,
        control_reason: None,
        lines: vec![line("5000 100 0 branch=R"), line("1000 0 100")],
    }
}

fn unchanged(id: Uuid) -> UpdateRecurringEntry {
    UpdateRecurringEntry {
        id: id.into(),
        of: same(),
        journal: None,
        currency: None,
        description: None,
        reference: None,
        control_reason: None,
        lines: None,
    }
}

fn same() -> PatchOf {
    PatchOf {
        code: None,
        name: None,
        schedule: None,
        start_date: None,
        end_date: None,
        auto_post: None,
        active: None,
        drop_overdue: false,
    }
}

impl Books {
    async fn create(&self, command: CreateRecurringEntry) -> Uuid {
        self.run(command).await.unwrap()["id"].as_str().unwrap().parse().unwrap()
    }

    async fn due(&self, today: &str) -> RecurringRun {
        run_due_occurrences::<EntryTemplate>(&self.house.app, self.tenant, day(today)).await.unwrap()
    }

    async fn shown(&self, id: Uuid) -> RecurringEntryView {
        RecurringQueries::<EntryTemplate>::one(&*self.house.db, self.tenant, id.into())
            .await
            .unwrap()
            .unwrap()
    }

    async fn made(&self) -> u64 {
        self.count("SELECT COUNT(*) AS count FROM journal_entry WHERE tenant_id = ?1").await
    }
}

#[tokio::test]
async fn downtime_is_caught_up_without_doubles() {
    let books = Books::with_years(1).await;
    let id = books.create(rent("RENT", true)).await;
    assert_eq!(books.due("2025-01-30").await, RecurringRun::default());
    assert_eq!(books.due("2025-04-15").await, RecurringRun { posted: 3, ..RecurringRun::default() });
    assert_eq!(books.due("2025-04-15").await, RecurringRun::default());
    assert_eq!(books.balances(Some("2025-02")).await, figures(&[("1000", "-100"), ("5000", "100")]));
    assert_eq!(books.branch_balances().await, figures(&[("5000/R", "300")]));
    assert_eq!(books.due("2026-01-01").await.posted, 3);
    let ended = books.shown(id).await;
    assert_eq!((ended.next_date, ended.last_error), (None, None));
    assert_eq!(books.made().await, 6);
    let described = "SELECT COUNT(*) AS count FROM journal_entry WHERE tenant_id = ?1 AND description = 'Rent 02/2025' \
                     AND recurring_entry_id IS NOT NULL AND posted_by = created_by AND posting_date = '20250228'";
    assert_eq!(books.count(described).await, 1);
}

#[tokio::test]
async fn two_runs_at_once_make_each_occurrence_once() {
    let books = Books::with_years(1).await;
    books.create(rent("A", true)).await;
    books.create(rent("B", false)).await;
    let (one, two) = tokio::join!(books.due("2025-12-31"), books.due("2025-12-31"));
    assert_eq!((one.posted + two.posted, one.drafted + two.drafted), (6, 6));
    assert_eq!(books.made().await, 12);
}

#[tokio::test]
async fn a_refused_occurrence_is_kept_and_tried_again_the_next_day() {
    let books = Books::with_years(1).await;
    let id = books.create(rent("A", true)).await;
    books.create(rent("B", true)).await;
    let february = books.period("2025-02").await.into();
    books.run(CloseFiscalPeriod { id: february }).await.unwrap();
    let run = books.due("2025-03-31").await;
    assert_eq!((run.posted, run.failed), (4, 2), "January and March of both");
    let failed = books.shown(id).await;
    let error = failed.last_error.unwrap();
    assert_eq!((error.date, error.attempted_on), (day("2025-02-28"), day("2025-03-31")));
    assert_eq!(
        (error.errors[0].code.as_str(), error.errors[0].pointer.as_str()),
        ("fiscal_period_closed", "/postingDate")
    );
    assert!(error.errors[0].ar.contains("مقفلة"));
    assert_eq!((failed.next_date, failed.failed_count), (Some(day("2025-04-30")), 1));
    books.run(OpenFiscalPeriod { id: february, reason: why() }).await.unwrap();
    assert_eq!(books.due("2025-03-31").await, RecurringRun::default(), "not twice a day");
    assert_eq!(books.due("2025-04-01").await.posted, 2);
    let mended = books.shown(id).await;
    assert_eq!((mended.last_error, mended.failed_count), (None, 0));
}

#[tokio::test]
async fn a_hundred_failures_are_enough() {
    let books = Books::with_years(1).await;
    let weekly = Frequency::Weekly { weekday: Weekday::Sun, interval: 1 };
    let old = CreateRecurringEntry {
        of: NewOf { schedule: weekly, start_date: day("2020-01-01"), end_date: None, ..rent("OLD", true).of },
        ..rent("OLD", true)
    };
    let id = books.create(old).await;
    assert_eq!(books.due("2025-06-30").await, RecurringRun { failed: 100, ..RecurringRun::default() });
    let held = books.shown(id).await;
    assert_eq!((held.failed_count, held.next_date), (100, Some(day("2021-12-05"))));
    assert_eq!(books.due("2025-07-01").await.failed, 100, "the same ones again");
    assert_eq!(books.made().await, 0);
    let given_up = UpdateRecurringEntry { of: PatchOf { drop_overdue: true, ..same() }, ..unchanged(id) };
    let changed = books.run(given_up).await.unwrap();
    assert_eq!((&changed["failedCount"], &changed["lastError"]), (&0.into(), &serde_json::Value::Null));
    let dropped = changed["dropped"].as_array().unwrap();
    assert_eq!(dropped[0], "2020-01-05");
    assert!(dropped.len() > 300 && dropped.is_sorted_by_key(|date| date.as_str()), "{dropped:?}");
    assert_eq!(books.due("2025-07-02").await.failed, 0);
}

#[tokio::test]
async fn rows_of_earlier_versions_go_on_after_their_last_occurrence() {
    let books = Books::with_years(1).await;
    let id = books.create(rent("RENT", true)).await;
    books.due("2025-02-28").await;
    books.house.place.run("UPDATE recurring_entry SET settled_through = NULL").await.unwrap();
    let schedule = Some(Frequency::Monthly { day_of_month: 15, interval: 1 });
    let changed = books
        .run(UpdateRecurringEntry { of: PatchOf { schedule, ..same() }, ..unchanged(id) })
        .await
        .unwrap();
    assert_eq!(
        (&changed["settledThrough"], &changed["nextDate"]),
        (&"2025-02-28".into(), &"2025-03-15".into())
    );
}

#[tokio::test]
async fn a_person_runs_it_early_and_previews_what_comes() {
    let books = Books::with_years(1).await;
    let id = books.create(rent("RENT", false)).await;
    let upcoming = RecurringQueries::<EntryTemplate>::upcoming(&*books.house.db, books.tenant, id.into(), 2)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(upcoming[1].posting_date, day("2025-02-28"));
    assert_eq!(upcoming[1].description.as_deref(), Some("Rent 02/2025"));
    let run =
        books.run(RunRecurring::<EntryTemplate>::new(id.into(), Some(day("2025-02-28")))).await.unwrap();
    assert_eq!(run["entries"].as_array().unwrap().len(), 2);
    assert_eq!(run["entries"][0]["status"], "draft");
    assert_eq!(run["recurringEntry"]["nextDate"], "2025-03-31");
    let none =
        books.run(RunRecurring::<EntryTemplate>::new(id.into(), Some(day("2025-03-01")))).await.unwrap();
    assert_eq!((&none["entries"], &none["failed"]), (&serde_json::json!([]), &serde_json::json!([])));
    let used = books.run(DeleteRecurring::<EntryTemplate>::new(id.into())).await.unwrap_err();
    assert_eq!(codes(&used), ["in_use"]);
    books
        .run(UpdateRecurringEntry { of: PatchOf { active: Some(false), ..same() }, ..unchanged(id) })
        .await
        .unwrap();
    let idle = books.run(RunRecurring::<EntryTemplate>::new(id.into(), None)).await.unwrap_err();
    assert_eq!(codes(&idle), ["recurring_entry_inactive"]);
    assert_eq!(books.due("2025-12-31").await, RecurringRun::default());
}

#[tokio::test]
async fn running_what_posts_needs_the_permission_to_post() {
    let books = Books::with_years(1).await;
    let id = books.create(rent("RENT", true)).await;
    let mut ctx = books.ctx.clone();
    ctx.permissions = std::sync::Arc::new(PermissionSet::from_grants(["accounting.recurring_entry.run"]));
    let command = RunRecurring::<EntryTemplate>::new(id.into(), Some(day("2025-01-31")));
    let refused = books.house.run(&ctx, command).await.unwrap_err();
    assert_eq!(codes(&refused), ["post_permission_needed"]);
    assert_eq!(books.made().await, 0);
}

#[tokio::test]
async fn a_template_changes_as_a_whole_or_in_parts() {
    let books = Books::with_years(1).await;
    let id = books.create(rent("RENT", true)).await;
    let weekly = Frequency::Weekly { weekday: Weekday::Sun, interval: 2 };
    let patch = UpdateRecurringEntry {
        of: PatchOf { schedule: Some(weekly), end_date: Some(None), ..same() },
        description: Some(None),
        lines: Some(vec![line("5100 7 0"), line("1000 0 7")]),
        ..unchanged(id)
    };
    let changed = books.run(patch).await.unwrap();
    assert_eq!(
        (&changed["schedule"]["weekday"], &changed["nextDate"]),
        (&"sunday".into(), &"2025-01-05".into())
    );
    let shown = serde_json::to_value(books.shown(id).await).unwrap();
    assert_eq!(shown, changed, "as stored");
    assert_eq!(shown["lines"][0]["accountCode"], "5100");
    assert_eq!(books.due("2025-01-31").await.posted, 2);
    books
        .run(DeleteRecurring::<EntryTemplate>::new(books.create(rent("OTHER", true)).await.into()))
        .await
        .unwrap();
}

#[tokio::test]
async fn everything_wrong_with_a_template_is_said_at_once() {
    let books = Books::with_years(1).await;
    books.create(rent("RENT", true)).await;
    let wrong = CreateRecurringEntry {
        of: NewOf { end_date: Some(day("2024-12-31")), ..rent("RENT", true).of },
        journal: Some(Reference::Id(Uuid::from_u128(5).into())),
        lines: vec![line("9999 1 0"), line("1000 0 1 branch=NOWHERE")],
        ..rent("RENT", true)
    };
    let refused = books.run(wrong).await.unwrap_err();
    let expected = [
        "already_exists",
        "recurrence_end_before_start",
        "journal_unknown",
        "account_code_unknown",
        "dimension_value_unknown",
    ];
    assert_eq!(codes(&refused), expected);
}

fn why() -> String {
    "late invoice".to_owned()
}
