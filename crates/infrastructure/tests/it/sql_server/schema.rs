//! The schema of another version, at a start outside Development (row E14).

use application::ports::storage_error::StorageError;
use erp_stubs::tds::{Answer, Rows};
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::MIGRATIONS;
use testkit::SqlServerStub;

use super::opened;

/// This version's schema, and one migration more.
fn newer(stub: &SqlServerStub, expand_only: bool) {
    let next = MIGRATIONS.last().unwrap().number + 1;
    let known = MIGRATIONS.iter().fold(Rows::of(&["number", "checksum"]), |rows, migration| {
        rows.row(vec![migration.number.into(), migration.checksum(Dialect::SqlServer).into()])
    });
    stub.always("FROM schema_migration", Answer::rows(known.row(vec![next.into(), "x".into()])));
    let expansions = Rows::of(&["number"]);
    let expansions = if expand_only { expansions.row(vec![next.into()]) } else { expansions };
    stub.always("WHERE expand_only = 1", Answer::rows(expansions));
}

/// Proves: E14, X94.
#[tokio::test]
async fn a_newer_schema_is_taken_when_it_only_adds() {
    let stub = SqlServerStub::start().await;
    newer(&stub, true);
    opened(&stub, "").await.unwrap();
    newer(&stub, false);
    let refused = opened(&stub, "").await.err().unwrap();
    assert!(matches!(refused, StorageError::Unusable(_)), "{refused}");
    assert!(refused.to_string().contains("does more than add"), "{refused}");
}

/// Proves: E14.
#[tokio::test]
async fn an_older_schema_is_not_started_on() {
    let stub = SqlServerStub::start().await;
    stub.always("FROM schema_migration", Answer::rows(Rows::of(&["number", "checksum"])));
    let refused = opened(&stub, "").await.err().unwrap().to_string();
    assert!(refused.contains("run `erp-api migrate` first"), "{refused}");
}
