//! The changes that someone with write access to the database file can make, and which proof names each.

use application::accounting::fiscal_periods::CloseFiscalPeriod;
use application::accounting::integrity::{ChainEnd, HeadInput, IntegrityRun};
use application::accounting::locks::SetLock;
use application::accounting::ports::integrity::IntegrityQueries;
use application::accounting::views::integrity::{ChainVerificationView, IntegrityHeadView};
use application::ports::progress::Progress;
use domain::accounting::hash_chain::{DimensionSets, HashVersion, entry_hash};
use domain::accounting::journal_entry::EntryHeader;
use domain::accounting::lock::LockKind;
use domain::error::Language;
use domain::ids::{FiscalPeriodId, JournalId};
use futures::TryStreamExt;
use uuid::Uuid;

use super::books::{Books, date, line, with_dimensions};

/// Three ordinary entries, the second reversed, and one with dimensions.
async fn some() -> Books {
    let books = Books::open().await;
    books.post("2026-01-10", &[("1010", "10"), ("4010", "-10")]).await;
    let second = books.post("2026-01-11", &[("1010", "20"), ("4010", "-20")]).await;
    books.reverse(&second, "2026-02-01").await.unwrap();
    let east = with_dimensions(line("1010", "5"), &[("branch", "east"), ("project", "alpha")]);
    books.post_lines("2026-02-02", vec![east, line("4010", "-5")]).await.unwrap();
    books
}

impl Books {
    fn tamper(&self, sql: &str) {
        self.connection().execute_batch(sql).unwrap();
    }

    async fn verify(&self) -> ChainVerificationView {
        self.integrity().verify(self.tenant, None).await.unwrap()
    }

    async fn head(&self) -> IntegrityHeadView {
        let now = domain::time::Timestamp::from_micros(0);
        self.integrity().head(self.tenant, now).await.unwrap()
    }

    /// Codes of the checks that fail.
    async fn failing(&self) -> Vec<&'static str> {
        let view = self.integrity().checks(self.tenant, Language::English).await.unwrap();
        view.checks.into_iter().filter(|check| !check.ok).map(|check| check.code).collect()
    }

    async fn finding(&self, code: &str) -> String {
        let view = self.integrity().checks(self.tenant, Language::English).await.unwrap();
        let check = view.checks.into_iter().find(|check| check.code == code).unwrap();
        let finding = &check.findings[0];
        format!("{}: {}", finding.subject, finding.detail)
    }
}

/// The head as whoever kept it sends it back.
fn kept(head: &IntegrityHeadView) -> HeadInput {
    let bytes = |hex: &str| {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        <[u8; 32]>::try_from((0..64).step_by(2).map(byte).collect::<Vec<_>>()).unwrap()
    };
    let end = |chain: &application::accounting::views::integrity::ChainHeadView| ChainEnd {
        journal: chain.journal_id.map(JournalId::new),
        position: chain.position,
        hash: bytes(&chain.hash),
    };
    HeadInput {
        tenant: Some(domain::ids::TenantId::new(head.tenant_id)),
        chains: head.chains.iter().map(end).collect(),
        digest: Some(bytes(&head.digest)),
    }
}

#[tokio::test]
async fn sound_books_verify_down_to_the_audit_log() {
    let books = some().await;
    assert_eq!(books.failing().await, Vec::<&str>::new());
    let view = books.verify().await;
    assert!(view.ok && view.audit.ok, "{view:?}");
    // Each posting is a change, and the reversal is one of the entry it reverses, too.
    assert_eq!((view.audit.rows, view.audit.before_chain), (5, 0));
}

#[tokio::test]
async fn who_posted_and_created_an_entry_and_why_cannot_be_changed() {
    let someone = "X'00000000000000000000000000000099'";
    for change in [
        format!("posted_by = {someone}"),
        format!("created_by = {someone}"),
        format!("recurring_entry_id = {someone}"),
        format!("copied_from_id = {someone}"),
        "reason = 'another'".to_owned(),
        "reason = NULL".to_owned(),
        "created_at = created_at + 1".to_owned(),
        "hash_version = 1".to_owned(),
    ] {
        let books = some().await;
        books.tamper(&format!("UPDATE journal_entry SET {change} WHERE number = 'GJ-2026-000003'"));
        let view = books.verify().await;
        let broken = view.journals[0].first_broken.clone().unwrap();
        assert_eq!(broken.number.as_deref(), Some("GJ-2026-000003"), "{change}");
        assert_eq!((broken.differs, view.journals[0].broken), (vec!["content"], 1), "{change}");
    }
}

#[tokio::test]
async fn the_values_of_a_dimension_set_cannot_be_changed() {
    let to = |code: &str| format!("(SELECT id FROM dimension_value WHERE code = '{code}')");
    let moved =
        format!("UPDATE dimension_set_value SET value_id = {} WHERE value_id = {}", to("west"), to("east"));
    let dropped = format!("DELETE FROM dimension_set_value WHERE value_id = {}", to("east"));
    let emptied = "DELETE FROM dimension_set_value".to_owned();
    for change in [moved, dropped, emptied] {
        let books = some().await;
        books.tamper(&change);
        let view = books.verify().await;
        let broken = view.journals[0].first_broken.clone().unwrap();
        assert_eq!(
            (broken.number.as_deref(), broken.differs),
            (Some("GJ-2026-000004"), vec!["content"]),
            "{change}"
        );
        assert_eq!(books.failing().await, ["dimension_sets"], "{change}");
    }
    // A forger who also writes the matching key still does not know the hash.
    let books = some().await;
    books.tamper(&format!(
        "UPDATE dimension_set_value SET value_id = {} WHERE value_id = {}",
        to("west"),
        to("east")
    ));
    let key = {
        let pairs = vec![
            (Uuid::from_u128(101).into(), Uuid::from_u128(1_001_001).into()),
            (Uuid::from_u128(102).into(), Uuid::from_u128(1_002_000).into()),
        ];
        domain::accounting::dimension::DimensionCombination::new(pairs).unwrap().key()
    };
    books.connection().execute("UPDATE dimension_set SET content_key = ?1", [key]).unwrap();
    assert_eq!(books.failing().await, Vec::<&str>::new());
    assert_eq!(books.verify().await.journals[0].broken, 1);
}

#[tokio::test]
async fn an_audit_log_that_was_emptied_or_edited_is_named() {
    let third = "id = (SELECT id FROM outbox_event WHERE sequence = 3)";
    for (change, differs) in [
        (
            format!("UPDATE audit_log SET user_id = X'00000000000000000000000000000099' WHERE {third}"),
            vec!["content"],
        ),
        (format!("UPDATE audit_log SET before_document = '{{}}' WHERE {third}"), vec!["content"]),
        (format!("UPDATE audit_log SET after_document = 'no JSON' WHERE {third}"), vec!["content"]),
        (format!("UPDATE audit_log SET actor_kind = 'user' WHERE {third}"), vec!["content"]),
        (format!("UPDATE audit_log SET request_id = 'x' WHERE {third}"), vec!["content"]),
        (
            format!("UPDATE audit_log SET recorded_at = recorded_at + 1 WHERE {third}"),
            vec!["content", "event"],
        ),
        (format!("UPDATE audit_log SET action = 'updated' WHERE {third}"), vec!["content", "event"]),
        (format!("UPDATE audit_log SET hash = zeroblob(32) WHERE {third}"), vec!["content"]),
        (format!("DELETE FROM audit_log WHERE {third}"), vec!["missing"]),
    ] {
        let books = some().await;
        books.tamper(&change);
        let view = books.verify().await;
        let broken = view.audit.first_broken.clone().unwrap();
        assert_eq!((broken.position, broken.differs), (3, differs), "{change}");
        assert!(!view.ok && view.journals[0].ok, "{change}");
    }
    let books = some().await;
    books.tamper("DELETE FROM audit_log");
    assert_eq!(books.failing().await, ["feed_matches_ledger", "audit_log"]);
    assert_eq!(books.finding("audit_log").await, "audit_log: 0 rows for 5 changes");
    assert!(!books.verify().await.audit.ok);

    let books = some().await;
    books.tamper(&format!("UPDATE audit_log SET after_document = '{{}}' WHERE {third}"));
    assert_eq!(books.failing().await, ["audit_log"]);
    assert_eq!(books.finding("audit_log").await, "3 journal_entry.posted: the audit row says something else");

    // The counter's own hash is the end of the chain.
    let books = some().await;
    books.tamper("UPDATE counter SET audit_hash = zeroblob(32)");
    let broken = books.verify().await.audit.first_broken.unwrap();
    assert_eq!((broken.position, broken.id, broken.differs), (5, None, vec!["chain_head"]));
}

#[tokio::test]
async fn a_period_that_was_opened_or_a_lock_that_was_moved_behind_the_audit_log_is_named() {
    let books = some().await;
    let january = FiscalPeriodId::new(Uuid::from_u128((2026 << 8) + 1));
    books.run(CloseFiscalPeriod { id: january }).await.unwrap();
    for (kind, day) in [(LockKind::Hard, "2026-01-31"), (LockKind::Tax, "2026-02-28")] {
        books.run(SetLock { kind, locked_through: Some(date(day)), reason: None }).await.unwrap();
    }
    assert_eq!(books.failing().await, Vec::<&str>::new());
    let id = format!("X'{:032X}'", january.uuid().as_u128());
    for (change, undo, finding) in [
        (
            format!("UPDATE fiscal_period SET status = 'open' WHERE id = {id}"),
            format!("UPDATE fiscal_period SET status = 'closed' WHERE id = {id}"),
            "is open, audited as closed",
        ),
        (
            "UPDATE fiscal_year SET status = 'closed' WHERE code = '2026'".to_owned(),
            "UPDATE fiscal_year SET status = 'open' WHERE code = '2026'".to_owned(),
            "fiscal_year 2026: is closed, audited as open",
        ),
        (
            "UPDATE ledger_lock SET locked_through = 20251231 WHERE kind = 'hard'".to_owned(),
            "UPDATE ledger_lock SET locked_through = 20260131 WHERE kind = 'hard'".to_owned(),
            "lock hard: is 2025-12-31, audited as 2026-01-31",
        ),
        (
            "UPDATE ledger_lock SET locked_through = NULL WHERE kind = 'hard'".to_owned(),
            "UPDATE ledger_lock SET locked_through = 20260131 WHERE kind = 'hard'".to_owned(),
            "lock hard: is none, audited as 2026-01-31",
        ),
        (
            "DELETE FROM ledger_lock WHERE kind = 'tax'".to_owned(),
            "UPDATE ledger_lock SET version = version".to_owned(),
            "lock tax: is none, audited as 2026-02-28",
        ),
    ] {
        books.tamper(&change);
        assert_eq!(books.failing().await, ["states_as_audited"], "{change}");
        let found = books.finding("states_as_audited").await;
        assert!(found.ends_with(finding), "{change}: {found}");
        books.tamper(&undo);
    }
}

/// Tables that a posting writes, apart from entries, lines, audit log and feed.
const DERIVED: [&str; 6] = [
    "account_balance",
    "daily_balance",
    "dimension_balance",
    "journal_chain",
    "number_series_counter",
    "counter",
];

#[tokio::test]
async fn a_last_entry_that_was_removed_with_everything_it_left_is_named_by_the_feed_and_by_an_earlier_head() {
    let books = some().await;
    let copies: String =
        DERIVED.iter().map(|table| format!("CREATE TABLE was_{table} AS SELECT * FROM {table};")).collect();
    books.tamper(&copies);
    let before = books.head().await;
    books.post("2026-03-01", &[("1010", "7"), ("4010", "-7")]).await;
    let after = books.head().await;
    let put_back =
        |table: &&str| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM was_{table};");
    let last = "(SELECT id FROM journal_entry WHERE chain_sequence = 5)";
    books.tamper(&format!(
        "DELETE FROM ledger_line WHERE entry_id = {last}; DELETE FROM journal_entry WHERE id = {last};"
    ));
    books.tamper(&DERIVED[..5].iter().map(put_back).collect::<String>());

    assert_eq!(books.failing().await, ["feed_matches_ledger"]);
    assert!(books.finding("feed_matches_ledger").await.ends_with("posted by the event 6, not in the ledger"));
    let view = books.verify().await;
    assert!(view.journals[0].ok, "the books that are left agree with themselves");
    let broken = view.audit.first_broken.unwrap();
    assert_eq!((broken.position, broken.differs), (6, vec!["ledger"]));

    // With feed and audit log cut to match, nothing inside the database tells any more.
    books.tamper(
        "DELETE FROM audit_log WHERE id = (SELECT id FROM outbox_event WHERE sequence = 6); \
         DELETE FROM outbox_event WHERE sequence = 6;",
    );
    books.tamper(&put_back(&DERIVED[5]));
    assert_eq!(books.failing().await, Vec::<&str>::new());
    assert!(books.verify().await.ok);
    let compared = books.integrity().verify(books.tenant, Some(&kept(&after))).await.unwrap();
    assert!(!compared.ok);
    let head = compared.earlier_head.unwrap();
    let differs: Vec<_> = head.chains.iter().map(|chain| (chain.chain, chain.differs)).collect();
    assert_eq!(differs, [("journal", Some("missing")), ("audit", Some("missing"))]);
    assert_eq!(head.digest_ok, Some(true));
    let older = books.integrity().verify(books.tenant, Some(&kept(&before))).await.unwrap();
    assert!(older.ok, "{older:?}");

    // An entry posted in its place has the old place and another hash.
    books.post("2026-03-01", &[("1010", "8"), ("4010", "-8")]).await;
    let compared = books.integrity().verify(books.tenant, Some(&kept(&after))).await.unwrap();
    let head = compared.earlier_head.unwrap();
    let differs: Vec<_> = head.chains.iter().map(|chain| chain.differs).collect();
    assert_eq!(differs, [Some("hash"), Some("hash")]);
    let mut forged = kept(&after);
    forged.chains.pop();
    let compared = books.integrity().verify(books.tenant, Some(&forged)).await.unwrap();
    assert_eq!(compared.earlier_head.unwrap().digest_ok, Some(false));
}

/// Makes the books what an earlier version of the product would have left: hashes of version 1, audit rows without chain.
async fn age(books: &Books) {
    let mut lines = IntegrityQueries::chained_lines(&*books.db, books.tenant, books.journal);
    let mut entries: Vec<(EntryHeader, Vec<_>)> = Vec::new();
    while let Some(row) = lines.try_next().await.unwrap() {
        if entries.last().is_none_or(|(header, _)| header.id != row.header.entry.id) {
            entries.push((row.header.entry, Vec::new()));
        }
        entries.last_mut().unwrap().1.extend(row.line);
    }
    let connection = books.connection();
    let mut previous = domain::accounting::hash_chain::GENESIS;
    for (header, lines) in entries {
        let header = EntryHeader { hash_version: HashVersion::One, ..header };
        let hash = entry_hash(&previous, &header, &lines, &DimensionSets::new());
        let sql = "UPDATE journal_entry SET hash_version = 1, reason = NULL, previous_hash = ?1, hash = ?2 WHERE id = ?3";
        connection.execute(sql, (previous, hash, *header.id.uuid().as_bytes())).unwrap();
        previous = hash;
    }
    connection.execute("UPDATE journal_chain SET hash = ?1", [previous]).unwrap();
    books.tamper(
        "UPDATE audit_log SET id = randomblob(16), chain_sequence = NULL, hash = NULL; \
         UPDATE counter SET audit_hash = NULL;",
    );
}

#[tokio::test]
async fn entries_and_audit_rows_of_earlier_versions_still_verify_and_are_followed_by_new_ones() {
    let books = some().await;
    age(&books).await;
    let view = books.verify().await;
    assert!(view.ok, "{view:?}");
    assert_eq!((view.audit.rows, view.audit.before_chain), (0, 5));
    assert_eq!(books.failing().await, Vec::<&str>::new());
    assert_eq!(books.head().await.chains.len(), 1, "there is no chain over the audit log yet");

    books.post("2026-03-01", &[("1010", "7"), ("4010", "-7")]).await;
    let view = books.verify().await;
    assert!(view.ok, "{view:?}");
    assert_eq!((view.journals[0].entries, view.audit.rows, view.audit.before_chain), (5, 1, 5));
    assert_eq!(books.failing().await, Vec::<&str>::new());
    let head = books.head().await;
    let ends: Vec<_> = head.chains.iter().map(|chain| (chain.chain, chain.position, chain.version)).collect();
    assert_eq!(ends, [("journal", 5, 2), ("audit", 6, 1)]);

    let versions: Vec<i64> = {
        let connection = books.connection();
        let mut statement =
            connection.prepare("SELECT hash_version FROM journal_entry ORDER BY chain_sequence").unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(versions, [1, 1, 1, 1, 2]);
    // The hash of an old entry covers no reason, so that one was added is told otherwise.
    books.tamper("UPDATE journal_entry SET reason = 'late' WHERE number = 'GJ-2026-000003'");
    assert_eq!(books.verify().await.journals[0].broken, 1);
    books.tamper("UPDATE journal_entry SET reason = NULL WHERE number = 'GJ-2026-000003'");
    books.tamper("DELETE FROM audit_log WHERE hash IS NULL AND rowid = 1");
    assert_eq!(books.failing().await.last(), Some(&"audit_log"));
    let broken = books.verify().await.audit.first_broken.unwrap();
    assert_eq!((broken.position, broken.differs), (0, vec!["missing"]));
}

#[tokio::test]
async fn an_integrity_run_names_the_tenant_whose_books_do_not_hold_and_in_what() {
    struct Silent;
    impl Progress for Silent {
        fn advance(&self, _: u64, _: u64) {}
    }
    let books = some().await;
    let run = async |only| {
        let run = IntegrityRun { integrity: books.integrity(), tenants: books.db.clone(), only };
        let view = run.run(&Silent).await.unwrap();
        serde_json::from_slice::<serde_json::Value>(&view.body).unwrap()
    };
    let whole = run(None).await;
    assert_eq!(
        (&whole["ok"], &whole["tenants"], &whole["entries"]),
        (&true.into(), &1.into(), &4.into()),
        "{whole}"
    );
    books.tamper("UPDATE journal_entry SET description = 'forged' WHERE number = 'GJ-2026-000002'");
    books.tamper("DELETE FROM audit_log");
    let whole = run(Some(books.tenant)).await;
    assert_eq!((&whole["ok"], &whole["broken"]), (&false.into(), &1.into()), "{whole}");
    let finding = &whole["findings"][0];
    assert_eq!(finding["tenantId"], books.tenant.to_string());
    assert_eq!(finding["checks"], serde_json::json!(["feed_matches_ledger", "audit_log"]));
    assert_eq!(finding["chains"], serde_json::json!(["GENERAL", "audit"]));
}
