use super::super::catalogue::{Contract, MIGRATIONS};
use super::*;
use crate::sql::dialect::Dialect;

const OLD: &str = "CREATE TABLE own (id INTEGER NOT NULL);";

#[track_caller]
fn adds(text: &str) {
    assert_eq!(objections(&format!("{OLD} {text}")), Vec::<String>::new(), "{text}");
}

#[track_caller]
fn objects(text: &str, because: &str) {
    let found = objections(&format!("{OLD} {text}"));
    assert!(matches!(&found[..], [one] if one.contains(because)), "{text}: {found:?}");
}

/// Proves: E14, X94.
#[test]
fn what_only_adds_is_told_from_what_the_version_before_cannot_live_with() {
    adds("ALTER TABLE account ADD COLUMN colour TEXT CHECK (length(colour) <= 9)");
    adds("ALTER TABLE account ADD a INT NULL, b BIT NOT NULL CONSTRAINT df_account_b DEFAULT 0");
    adds("CREATE INDEX ix_account_name ON account (tenant_id, name)");
    adds(
        "ALTER TABLE account ADD COLUMN x INTEGER; CREATE UNIQUE INDEX uq ON account (code, x) WHERE x IS NOT NULL",
    );
    adds(
        "ALTER TABLE account ADD x BIGINT NULL;\nGO\nUPDATE a SET x = 1, a.x = 2 FROM account AS a WHERE a.id > 1",
    );
    adds(
        "CREATE TABLE note (id BLOB, CONSTRAINT fk_note_id FOREIGN KEY (id) REFERENCES tenant (id) ON DELETE CASCADE)",
    );
    adds(
        "CREATE UNIQUE INDEX uq_own_id ON own (id); INSERT INTO own (id) SELECT id FROM account; UPDATE own SET id = 2",
    );

    objects("DROP TABLE account", "'drop table account …'");
    objects("DROP INDEX ix_account_name", "drop index");
    objects("DELETE FROM account", "delete from account");
    objects("EXEC sp_rename 'account', 'konto'", "exec sp_rename");
    objects("WITH n AS (SELECT 1) UPDATE account SET code = 1", "more than one thing");
    objects("CREATE VIEW v AS SELECT 1", "not known to add only");
    objects("ALTER TABLE account RENAME COLUMN a TO b", "not known to add only");
    objects("ALTER TABLE account ALTER COLUMN code NVARCHAR(20) NOT NULL", "more than one thing");
    objects("ALTER TABLE account ADD COLUMN x INTEGER NOT NULL", "account.x is required");
    objects("ALTER TABLE account ADD a INT NULL, b INT NOT NULL", "account.b is required");
    objects("ALTER TABLE account ADD CONSTRAINT ck CHECK (a > 1)", "constraint on account");
    objects("ALTER TABLE account ADD COLUMN x INTEGER CHECK (x > code)", "more than itself");
    objects("ALTER TABLE account ADD COLUMN x INTEGER UNIQUE", "more than itself");
    objects("CREATE UNIQUE INDEX uq ON account (code)", "makes values of account unique");
    objects(
        "ALTER TABLE account ADD x INT NOT NULL DEFAULT 1; CREATE UNIQUE INDEX uq ON account (x) WHERE x IS NOT NULL",
        "unique",
    );
    objects("UPDATE account SET code = 1", "rewrites account.code");
    objects("UPDATE a SET code = 1 FROM account AS a", "rewrites account.code");
    objects("UPDATE account SET (a, b) = (1, 2)", "rewrites account");
    objects("INSERT INTO account (id) VALUES (1)", "writes rows of account");
    objects(
        "CREATE TABLE note (id BLOB, FOREIGN KEY (id) REFERENCES account (id))",
        "rows of note hold rows of account",
    );
    objects("CREATE TABLE b (id INT)\nDROP TABLE account", "more than one thing");
}

/// A migration that the version before cannot live with says so and why, and none says so wrongly.
/// Proves: E14, X94.
#[test]
fn every_migration_is_named_as_what_it_is() {
    for migration in MIGRATIONS {
        let found = [Dialect::Sqlite, Dialect::SqlServer].map(|dialect| objections(migration.text(dialect)));
        let found = found.concat();
        let name = migration.name;
        match migration.contract {
            None => assert!(found.is_empty(), "{name} has to be named in the catalogue: {found:?}"),
            Some(Contract::Statements(_)) => assert!(!found.is_empty(), "{name} only adds"),
            Some(Contract::Meaning(_)) => assert!(found.is_empty(), "{name}, by its statements: {found:?}"),
        }
    }
}
