//! A legal number stands on one entry of the tenant, also in books that were made before this was kept.

use application::accounting::number_series::gaps::gaps;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::MIGRATIONS;

use super::{Books, codes, entry};

const PLAIN: [&str; 2] = ["5000 1 0", "1000 0 1"];

impl Books {
    /// Gives a journal a series of its own that prints what the general journal's prints, as no request can.
    fn doubled(&self, journal: &str) {
        let connection = rusqlite::Connection::open(self.house.db.file().unwrap()).unwrap();
        connection.execute_batch("PRAGMA busy_timeout = 5000").unwrap();
        let sql = format!(
            "INSERT INTO number_series (tenant_id, id, code, name_ar, name_en, document_type, pattern, reset, gapless, \
             active, created_at, updated_at, version) SELECT tenant_id, x'00000000000000000000000000000077', 'TWIN', NULL, \
             'Twin', document_type, 'GENERAL-{{FY}}-{{00000}}', reset, 1, 1, 0, 0, 1 FROM number_series WHERE code = 'ALL'; \
             UPDATE journal SET number_series_id = x'00000000000000000000000000000077' WHERE code = '{journal}';"
        );
        connection.execute_batch(&sql).unwrap();
    }
}

#[tokio::test]
async fn a_second_entry_with_a_number_is_refused_by_name() {
    let books = Books::with_years(1).await;
    books.doubled("SALES");
    books.run(entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap();
    for _ in 0..2 {
        let refused = books.run(entry("SALES", "2025-03-31", &PLAIN)).await.unwrap_err();
        assert_eq!(codes(&refused), ["number_already_used"]);
        assert_eq!(refused.category(), domain::error::Category::Conflict);
    }
    books.run(entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap();
}

/// The schema before numbers were unique in the tenant, with two entries that share a number, then today's.
fn upgraded() -> rusqlite::Connection {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let apply = |numbers: std::ops::RangeInclusive<i64>| {
        for migration in MIGRATIONS.iter().filter(|migration| numbers.contains(&migration.number)) {
            connection.execute_batch(migration.text(Dialect::Sqlite)).unwrap();
        }
    };
    apply(1..=6);
    let insert = |id: u8, journal: u8, number: &str, recorded: u8| {
        let sql = format!(
            "INSERT INTO journal_entry (tenant_id, id, journal_id, kind, status, number, posting_date, currency, total, \
             line_count, created_at, updated_at, recorded_at, version) VALUES (zeroblob(16), \
             x'000000000000000000000000000000{id:02}', x'000000000000000000000000000000{journal:02}', 'standard', 'posted', \
             {number}, 20260305, 'SAR', 1, 2, 1, 1, {recorded}, 1)"
        );
        connection.execute_batch(&sql)
    };
    insert(1, 1, "'GJ-1'", 5).unwrap();
    insert(2, 2, "'GJ-1'", 4).unwrap();
    insert(3, 3, "'GJ-1'", 6).unwrap();
    insert(4, 1, "'GJ-2'", 7).unwrap();
    insert(5, 1, "NULL", 8).unwrap();
    insert(6, 1, "NULL", 9).unwrap();
    apply(7..=i64::MAX);
    assert!(insert(7, 3, "'GJ-2'", 9).is_err(), "from now on a number comes once");
    assert!(insert(8, 3, "'GJ-1'", 9).is_err());
    insert(9, 3, "NULL", 9).unwrap();
    connection
}

#[test]
fn books_with_repeated_numbers_are_kept_as_they_are() {
    let connection = upgraded();
    let mut statement = connection
        .prepare("SELECT hex(substr(id, 16)), number_repeat FROM journal_entry WHERE number IS NOT NULL ORDER BY id")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
    let rows: Vec<_> = rows.collect::<Result<_, _>>().unwrap();
    let expected = [("01", 1), ("02", 0), ("03", 2), ("04", 0)].map(|(id, repeat)| (id.to_owned(), repeat));
    assert_eq!(rows, expected, "the first recorded has the number, the others are told apart");
}

#[tokio::test]
async fn the_proof_of_a_series_tells_numbers_that_another_series_gave() {
    let books = Books::with_years(1).await;
    books.run(entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap();
    books.run(entry("SALES", "2025-03-31", &PLAIN)).await.unwrap();
    let connection = rusqlite::Connection::open(books.house.db.file().unwrap()).unwrap();
    connection.execute_batch("PRAGMA busy_timeout = 5000").unwrap();
    let whole = async || {
        let hex: String = connection
            .query_row("SELECT hex(id) FROM number_series WHERE code = 'ALL'", [], |row| row.get(0))
            .unwrap();
        let id = uuid::Uuid::parse_str(&hex).unwrap();
        gaps(&*books.house.db, books.tenant, id.into()).await.unwrap()
    };
    assert!(whole().await.gapless);
    let twin = "UPDATE journal_entry SET number = 'GENERAL-2025-00001', number_repeat = 1 WHERE number LIKE 'SALES%'";
    connection.execute_batch(twin).unwrap();
    let view = whole().await;
    assert_eq!((view.gapless, view.periods[0].repeated), (false, 2));
}
