//! R13: opening entries, balanced through the opening account, with open items per document.

use application::accounting::opening_balances::CreateOpeningBalances;
use application::accounting::ports::opening_balances::OpeningBalanceQueries;
use application::accounting::reverse_journal_entry::ReverseJournalEntry;
use infrastructure::sql::migrate::MIGRATIONS;
use uuid::Uuid;

use super::{Books, codes, day, figures, line};

fn opening(lines: &[&str]) -> CreateOpeningBalances {
    CreateOpeningBalances {
        posting_date: None,
        description: None,
        reference: None,
        lines: lines.iter().map(|text| line(text)).collect(),
    }
}

const LINES: [&str; 4] = [
    "1000 500 0",
    "1100 230 0 party=C-1 ref=INV-7 due=2025-02-01",
    "1100 70 0 party=C-1 ref=INV-9 due=2025-03-01",
    "1200 100 0 in=USD",
];

#[tokio::test]
async fn opening_balances_are_posted_and_reversed_part_by_part() {
    let books = Books::with_years(1).await;
    let opened = || books.house.db.opening_balances(books.tenant);
    assert!(opened().await.unwrap().entries.is_empty());
    let posted = books.run(opening(&LINES)).await.unwrap();
    assert_eq!((&posted["kind"], &posted["postingDate"]), (&"opening".into(), &"2025-01-01".into()));
    assert_eq!((&posted["number"], &posted["lineCount"]), (&"OPENING-2025-00001".into(), &5.into()));
    assert_eq!(posted["lines"][1]["reference"], "INV-7");
    assert_eq!(posted["lines"][2]["dueDate"], "2025-03-01");
    assert_eq!(posted["lines"][3]["companyDebit"], "375.00");
    let expected = [("1000", "500"), ("1100", "300"), ("1200", "375"), ("3900", "-1175")];
    assert_eq!(books.balances(None).await, figures(&expected));
    let capital = books.run(opening(&["3100 0 1175"])).await.unwrap();
    assert_eq!(capital["number"], "OPENING-2025-00002");
    let shown = opened().await.unwrap();
    assert_eq!((shown.complete, shown.opening_account_balance.as_str()), (true, "0.00"));
    let id: Uuid = posted["id"].as_str().unwrap().parse().unwrap();
    let ids: Vec<_> = shown.entries.iter().map(|entry| entry.id.to_string()).collect();
    assert_eq!(ids, [capital["id"].as_str().unwrap(), &id.to_string()]);
    let reversal = ReverseJournalEntry {
        id: id.into(),
        posting_date: Some(day("2025-01-01")),
        reason: "wrong".to_owned(),
    };
    books.run(reversal).await.unwrap();
    let shown = opened().await.unwrap();
    assert_eq!((shown.complete, shown.opening_account_balance.as_str()), (false, "1175.00"));
    assert_eq!(shown.entries.len(), 1, "the other part stays");
    books.run(opening(&["1000 10 0", "3100 0 10"])).await.unwrap();
    let expected = [("1000", "10"), ("3100", "-1185"), ("3900", "1175")];
    assert_eq!(books.balances(None).await, figures(&expected));
}

#[tokio::test]
async fn everything_wrong_with_opening_balances_is_said_at_once() {
    let books = Books::with_years(1).await;
    let unknown = books.run(opening(&["9999 1 0", "1000 0 0"])).await.unwrap_err();
    assert_eq!(codes(&unknown), ["account_code_unknown", "line_needs_one_side"]);
    let own = books.run(opening(&["3900 1 0"])).await.unwrap_err();
    assert_eq!(codes(&own), ["opening_account_in_lines"]);
    let nobody = books.run(opening(&["1100 5 0"])).await.unwrap_err();
    assert_eq!(codes(&nobody), ["party_required"]);
    assert_eq!(nobody.violations[0].pointer, "/lines/0/party");
    assert!(books.balances(None).await.is_empty());
}

#[tokio::test]
async fn books_without_fiscal_years_have_no_first_day() {
    let books = Books::new().await;
    assert_eq!(codes(&books.run(opening(&LINES)).await.unwrap_err()), ["fiscal_years_missing"]);
}

impl Books {
    /// Every row of maintained balances that holds anything, as text.
    async fn maintained(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (table, keys) in TABLES {
            let columns = format!("{keys}, shard, debit, credit, currency_debit, currency_credit");
            let sql = format!(
                "SELECT {columns} FROM {table} WHERE tenant_id = ?1 AND (debit <> 0 OR credit <> 0) ORDER BY {keys}, shard"
            );
            let rows = self.house.db.query_text(&sql, &[self.tenant.into()]).await.unwrap();
            found.extend(rows.into_iter().map(|row| format!("{table} {:?}", row.into_values())));
        }
        found
    }
}

const TABLES: [(&str, &str); 3] = [
    ("account_balance", "tenant_id, fiscal_period_id, account_id, currency"),
    ("daily_balance", "tenant_id, fiscal_period_id, posting_date, account_id, currency"),
    ("dimension_balance", "tenant_id, fiscal_period_id, account_id, dimension_set_id, currency"),
];

#[tokio::test]
async fn books_of_an_earlier_version_get_the_same_opening_figures() {
    let books = Books::with_years(1).await;
    let posted =
        books.run(opening(&["1000 500 0 branch=R", "1200 100 0 in=USD", "4000 0 40 branch=J"])).await;
    books.post("2025-01-01", &["1000 70 0 branch=R", "4000 0 70"]).await.unwrap();
    books.post("2025-02-03", &["5000 5 0", "1000 0 5 branch=R"]).await.unwrap();
    let id: Uuid = posted.unwrap()["id"].as_str().unwrap().parse().unwrap();
    let undo = |date| ReverseJournalEntry {
        id: id.into(),
        posting_date: Some(day(date)),
        reason: "wrong".to_owned(),
    };
    books.run(undo("2025-02-03")).await.unwrap();
    books.run(opening(&["1000 10 0 branch=R", "3100 0 10"])).await.unwrap();

    let place = &books.house.place;
    let expected = books.maintained().await;
    assert!(expected.iter().any(|row| row.contains("Int(-1)")), "{expected:#?}");
    for (table, keys) in TABLES {
        // One shard for all, as it was.
        let sums = "SUM(debit), SUM(credit), SUM(currency_debit), SUM(currency_credit)";
        let sql = format!(
            "INSERT INTO {table} ({keys}, shard, debit, credit, currency_debit, currency_credit) \
             SELECT {keys}, 99, {sums} FROM {table} GROUP BY {keys}; DELETE FROM {table} WHERE shard <> 99; \
             UPDATE {table} SET shard = 0;"
        );
        place.run(&sql).await.unwrap();
    }
    assert_ne!(books.maintained().await, expected);
    let migration = MIGRATIONS.iter().find(|migration| migration.name == "0012_opening_shard").unwrap();
    let (_, statements) = migration.text(place.dialect()).split_once("'opening';\n").unwrap();
    place.run(statements).await.unwrap();
    assert_eq!(books.maintained().await, expected);
}
