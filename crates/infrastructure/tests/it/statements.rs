//! Every statement of the product: rendered for both engines, prepared on a migrated database.

use domain::time::Timestamp;
use infrastructure::persistence;
use infrastructure::sql::dialect::{Dialect, HOOKS};
use infrastructure::sql::migrate::{NEVER_DELETED, migrate_sqlite};

/// Name and text of everything, for one dialect.
fn rendered(dialect: Dialect) -> Vec<(&'static str, String)> {
    let sqlite = dialect == Dialect::Sqlite;
    let mut all = Vec::new();
    all.extend(persistence::statements().into_iter().map(|s| (s.name, s.render(dialect))));
    for lookup in persistence::lookups() {
        all.push((lookup.name, if sqlite { lookup.sqlite().to_owned() } else { lookup.mssql().to_owned() }));
    }
    for bulk in persistence::bulks() {
        let joined = || format!("{};\n-- of one row\n{}", bulk.mssql(), bulk.mssql_one());
        all.push((bulk.name, if sqlite { bulk.sqlite().to_owned() } else { joined() }));
    }
    for update in persistence::bulk_updates() {
        let (few, one, many) = (update.mssql(), update.mssql_one(), update.mssql_many());
        let joined = || format!("{few};\n-- of one row\n{one};\n-- of very many\n{many}");
        all.push((update.name, if sqlite { update.sqlite().to_owned() } else { joined() }));
    }
    for accumulate in persistence::accumulations() {
        let (update, insert) = accumulate.sqlite().clone();
        let joined = || format!("{};\n-- of very many\n{}", accumulate.mssql(), accumulate.mssql_many());
        let text = if sqlite { format!("{update};\n{insert}") } else { joined() };
        all.push((accumulate.name, text));
    }
    all.sort_unstable();
    all
}

pub fn migrated() -> rusqlite::Connection {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    migrate_sqlite(&mut connection, Timestamp::from_micros(0)).unwrap();
    connection
}

/// SQLite's plan, a step a line.
pub fn plan(connection: &rusqlite::Connection, text: &str) -> String {
    let mut prepared = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
    let parameters = vec![rusqlite::types::Null; prepared.parameter_count()];
    let rows =
        prepared.query_map(rusqlite::params_from_iter(parameters), |row| row.get::<_, String>(3)).unwrap();
    rows.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
}

#[test]
fn names_are_unique() {
    let names: Vec<_> = rendered(Dialect::Sqlite).into_iter().map(|(name, _)| name).collect();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_statement_prepares_on_sqlite() {
    let connection = migrated();
    let mut bad = Vec::new();
    for (name, text) in rendered(Dialect::Sqlite) {
        for part in text.split(";\n") {
            if let Err(error) = connection.prepare(part) {
                bad.push(format!("{name}: {error}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Look-ups outside a transaction are one statement for all keys, and find them through an index.
#[test]
fn keys_are_looked_up_together_through_an_index() {
    let connection = migrated();
    for lookup in persistence::lookups() {
        let plan = plan(&connection, lookup.sqlite_many());
        assert!(!plan.replace("SCAN json_each", "").contains("SCAN"), "{}\n{plan}", lookup.name);
    }
}

/// SQLite turns `EXISTS` into a join that it may make last, after reading everything that the question would have left out.
#[test]
fn whether_something_exists_is_asked_where_it_stands() {
    let connection = migrated();
    let mut joined = Vec::new();
    for (name, text) in rendered(Dialect::Sqlite) {
        for part in text.split(";\n").filter(|part| part.starts_with("SELECT")) {
            if plan(&connection, part).contains(" EXISTS ") {
                joined.push(name);
            }
        }
    }
    assert!(joined.is_empty(), "{joined:?}");
}

/// Tables of which a tenant has very many rows.
const LARGE: [&str; 17] = [
    "account_balance",
    "allocation",
    "allocation_item",
    "attachment",
    "audit_log",
    "daily_balance",
    "document",
    "item",
    "journal_entry",
    "journal_entry_draft",
    "ledger_line",
    "line_progress",
    "open_item",
    "outbox_event",
    "party",
    "price",
    "tax_entry",
];

/// Statements that read all that a tenant has in a large table: checks, exports and questions about everything, and whether a
/// thing that is to be deleted is in use.
const OF_EVERYTHING: [&str; 17] = [
    ".code_folded",
    ".delete",
    ".mentions",
    ".naming_tax_code",
    ".used_by.",
    "_as_known",
    // A merge of accounts is rare, and looks for the account in texts that have no index.
    "accounting.account_merge.",
    "accounting.close_checklist.sub_ledgers",
    "accounting.evidence.",
    "accounting.export.",
    "accounting.integrity.",
    "accounting.journal_entry.of_journal",
    "accounting.number_series.numbers",
    "accounting.report.",
    "accounting.revaluation_run.balances",
    "accounting.revaluation_run.items",
    "items.item.codes_like",
];

/// The table that a name in a plan stands for.
fn table_of<'t>(text: &'t str, name: &'t str) -> &'t str {
    let words: Vec<&str> = text.split([' ', ',', '(', ')']).filter(|word| !word.is_empty()).collect();
    let named = words.windows(3).find(|words| matches!(words[0], "FROM" | "JOIN") && words[2] == name);
    named.map_or(name, |words| words[1])
}

/// A tenant may have millions of rows, and few of them are wanted.
#[test]
fn a_few_rows_are_found_without_reading_all_of_a_tenant() {
    let connection = migrated();
    let mut bad = Vec::new();
    for (name, text) in rendered(Dialect::Sqlite) {
        if OF_EVERYTHING.iter().any(|part| name.contains(part)) {
            continue;
        }
        for part in text.split(";\n") {
            for step in plan(&connection, part).lines() {
                let alias = step.split(' ').nth(1).unwrap_or_default();
                let all = step.ends_with("(tenant_id=?)") || step.starts_with("SCAN ");
                if all && LARGE.contains(&table_of(part, alias)) {
                    bad.push(format!("{name}: {step}"));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// The text SQL Server will be given; a change shows in the diff of the snapshot.
#[test]
fn sql_server_text_is_as_reviewed() {
    let text: Vec<_> =
        rendered(Dialect::SqlServer).into_iter().map(|(name, text)| format!("-- {name}\n{text};")).collect();
    insta::assert_snapshot!("sql_server", text.join("\n\n"));
}

/// Words that only one engine understands, and so must be a hook.
pub fn foreign_words(name: &str, text: &str) -> Vec<String> {
    let foreign = [
        "ON CONFLICT",
        "RETURNING",
        "IFNULL(",
        "||",
        " LIMIT ",
        "MERGE ",
        "GLOB ",
        "datetime(",
        "strftime(",
        "INDEXED BY",
        " TRUE",
        " FALSE",
        "json_each",
        "unhex(",
        "IS NOT DISTINCT",
        " USING (",
        "NULLS ",
        "TOTAL(",
    ];
    let rendered = Dialect::SqlServer.render(text);
    let found = foreign.iter().filter(|word| rendered.contains(**word)).map(|word| format!("{name}: {word}"));
    let unknown = rendered.contains(['{', '}']);
    found.chain(unknown.then(|| format!("{name}: an unknown hook; known are {HOOKS:?}"))).collect()
}

#[test]
fn statements_use_the_common_language() {
    let texts = rendered(Dialect::SqlServer);
    let bad: Vec<_> = texts.iter().flat_map(|(name, text)| foreign_words(name, text)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn few_statements_have_two_texts() {
    let all = persistence::statements();
    let split = all.iter().filter(|statement| statement.is_split()).count();
    assert!(split * 100 <= all.len() * 15, "{split} of {} statements have two texts", all.len());
}

/// The ledger of one account is a walk along its index: no scan and no sort, whatever the size of the ledger.
#[test]
fn an_account_is_read_through_its_index_alone() {
    let connection = migrated();
    let plan = |name: &str| -> String {
        let statement = persistence::statements().into_iter().find(|s| s.name == name).unwrap();
        plan(&connection, statement.sqlite())
    };
    for name in ["accounting.ledger_line.of_account", "accounting.ledger_line.of_account_day"] {
        let plan = plan(name);
        assert!(
            plan.contains("ix_ledger_line_account (tenant_id=? AND account_id=? AND posting_date"),
            "{name}\n{plan}"
        );
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{name}\n{plan}");
    }
    for name in ["accounting.account_balance.through_periods", "accounting.daily_balance.through_day"] {
        let plan = plan(name);
        assert!(!plan.replace("SCAN json_each", "").contains("SCAN"), "{name}\n{plan}");
        assert!(
            plan.contains("SEARCH b USING PRIMARY KEY (tenant_id=? AND fiscal_period_id=? AND"),
            "{name}\n{plan}"
        );
    }
}

#[test]
fn rows_that_others_may_depend_on_are_never_deleted() {
    let statements = persistence::statements();
    assert!(statements.len() > 100);
    for table in NEVER_DELETED {
        for text in statements.iter().map(|statement| statement.render(Dialect::Sqlite)) {
            assert!(!text.contains(&format!("DELETE FROM {table} ")), "{text}");
        }
    }
}
