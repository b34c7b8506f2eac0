//! How reports find their figures: the work must not grow with the number of entries. Plans are looked at, not clocks.

use application::accounting::ports::reports::{Bucket, DimensionSelection, LedgerFilter, MovementQuery};
use domain::ids::{DimensionId, DimensionValueId};
use infrastructure::persistence::accounting::report_sql::movements;
use infrastructure::sql::dialect::Dialect;
use rusqlite::params_from_iter;
use uuid::Uuid;

use super::books::{Books, date};

async fn plan(query: &MovementQuery) -> String {
    let books = Books::open().await;
    let sql = movements(books.tenant, query);
    let connection = books.connection();
    let text = format!("EXPLAIN QUERY PLAN {}", Dialect::Sqlite.render(&sql.text));
    let mut statement = connection.prepare(&text).unwrap();
    let rows =
        statement.query_map(params_from_iter(sql.params.iter()), |row| row.get::<_, String>(3)).unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

fn plan_of(text: &str) -> String {
    crate::statements::plan(&crate::statements::migrated(), text)
}

/// Only the lines of one entry may be sorted in memory: the rest comes in the order of an index.
#[test]
fn long_reads_sort_nothing_longer_than_an_entry() {
    for name in ["accounting.export.lines", "accounting.integrity.chained_lines"] {
        let all = infrastructure::persistence::statements();
        let statement = all.iter().find(|statement| statement.name == name).unwrap();
        let order =
            if name == "accounting.export.lines" { " ORDER BY e.posting_date, e.id, l.line_no" } else { "" };
        let plan = plan_of(&format!("{}{order}", statement.sqlite()));
        assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{name}: {plan}");
    }
}

fn buckets() -> Vec<Bucket> {
    let (from, to) = (date("2026-01-10"), date("2026-03-20"));
    vec![
        Bucket::new(None, from.pred_opt()),
        Bucket::of_openings(Some(from), Some(to)),
        Bucket::new(Some(from), Some(to)).without_openings(),
    ]
}

#[tokio::test]
async fn a_trial_balance_reads_balances_of_periods_and_of_a_few_days() {
    let plan = plan(&MovementQuery { buckets: buckets(), ..MovementQuery::default() }).await;
    assert!(!plan.contains("ledger_line"), "{plan}");
    for line in plan.lines() {
        assert!(!line.starts_with("SCAN b") && !line.starts_with("SCAN p"), "{plan}");
        if line.starts_with("SEARCH b") {
            assert!(line.contains("tenant_id=? AND fiscal_period_id=?"), "{plan}");
        }
        if line.starts_with("SEARCH e") {
            assert!(line.contains("uq_journal_entry_chain"), "one entry a journal: {plan}");
        }
    }
    assert!(plan.contains("posting_date>? AND posting_date<?"), "{plan}");
}

#[tokio::test]
async fn lines_of_a_part_period_are_found_by_account_and_date() {
    let selection = DimensionSelection {
        dimension: DimensionId::new(Uuid::from_u128(101)),
        values: vec![DimensionValueId::new(Uuid::from_u128(1_001_000))],
    };
    let filter = LedgerFilter { currency: None, dimensions: vec![selection] };
    let plan = plan(&MovementQuery { buckets: buckets(), filter, ..MovementQuery::default() }).await;
    assert!(
        plan.contains(
            "ix_ledger_line_account (tenant_id=? AND account_id=? AND posting_date>? AND posting_date<?)"
        ),
        "{plan}"
    );
}

#[tokio::test]
async fn opening_entries_of_the_past_are_found_without_reading_the_others() {
    let known_at = Some(domain::time::Timestamp::from_micros(1_770_000_000_000_000));
    let openings = Bucket::of_openings(Some(date("2026-01-10")), Some(date("2026-03-20")));
    let plan = plan(&MovementQuery { buckets: vec![openings], known_at, ..MovementQuery::default() }).await;
    assert!(plan.contains("ix_journal_entry_opening (tenant_id=? AND kind=?)"), "{plan}");
    assert!(plan.contains("SEARCH b USING PRIMARY KEY (tenant_id=? AND entry_id=?)"), "{plan}");
}
