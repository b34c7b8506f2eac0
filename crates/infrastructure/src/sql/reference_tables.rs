//! The tables with reference data, which every posting reads and people seldom change.
//!
//! Master data are marked where they are declared (`remembered by posting`), other tables here. Statements find out from their own text which tables they write, so a write
//! is harmless to what postings remember unless its table is marked. A test asks SQLite for the tables that each
//! statement really reads and writes, and refuses a remembered read of a table that is not marked.

use application::master_data::registry::RESOURCES;

use super::value::Value;

/// The effect of a write on the answers that postings remember.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// No remembered answer depends on it.
    Nothing,
    /// Rows are added and never changed, so an answer with rows stays true and one without is never remembered.
    Grows,
    /// The memory of the tenant may be wrong from here on.
    Changes,
}

/// Every marked table but those of master data. The tenant is the first parameter of every statement that writes one.
pub static MARKED: [(&str, Touch); 10] = [
    ("tenant", Touch::Changes),
    ("account", Touch::Changes),
    ("ledger_settings", Touch::Changes),
    ("company_profile", Touch::Changes),
    ("fiscal_year", Touch::Changes),
    ("fiscal_period", Touch::Changes),
    ("ledger_lock", Touch::Changes),
    ("lock_exception", Touch::Changes),
    ("dimension_set", Touch::Grows),
    ("dimension_set_value", Touch::Grows),
];

/// How a table is marked.
pub fn of_table(table: &str) -> Touch {
    let marked = MARKED.iter().find(|(marked, _)| *marked == table).map(|(_, touch)| *touch);
    let reference = || RESOURCES.iter().any(|resource| resource.reference && resource.entity == table);
    marked.or_else(|| reference().then_some(Touch::Changes)).unwrap_or(Touch::Nothing)
}

/// The strongest mark of the tables that a text writes.
pub fn of_writes(text: &str) -> Touch {
    written_tables(text).map(of_table).max().unwrap_or(Touch::Nothing)
}

/// Whether a text reads a table that grows while postings run.
pub fn reads_growing(text: &str) -> bool {
    words(text).any(|word| of_table(word) == Touch::Grows)
}

/// The tables after `INSERT INTO`, `UPDATE` and `DELETE FROM`.
pub fn written_tables(text: &str) -> impl Iterator<Item = &str> {
    let after =
        |previous: &[&str; 2]| matches!(previous, ["INSERT", "INTO"] | ["DELETE", "FROM"] | [_, "UPDATE"]);
    words(text)
        .scan(["", ""], move |previous, word| {
            let found = after(previous).then_some(word);
            *previous = [previous[1], word];
            Some(found)
        })
        .flatten()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Whose reference data a statement with these parameters is about.
pub fn tenant_of(first: Option<&Value>) -> Option<uuid::Uuid> {
    match first {
        Some(Value::Id(tenant)) => Some(*tenant),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_what_it_writes() {
        let tables = |text| written_tables(text).collect::<Vec<_>>();
        assert_eq!(tables("SELECT code FROM account {lock} WHERE id = ?1"), Vec::<&str>::new());
        assert_eq!(tables("INSERT INTO account (id) SELECT id FROM journal"), ["account"]);
        assert_eq!(
            tables("UPDATE role SET version = version WHERE id = ?1;\nDELETE FROM journal WHERE id = ?1"),
            ["role", "journal"]
        );
        assert_eq!(of_writes("UPDATE attachment SET name = ?2 WHERE id = ?1"), Touch::Nothing);
        assert_eq!(of_writes("UPDATE account SET name_en = ?2 WHERE id = ?1"), Touch::Changes);
        assert_eq!(of_writes("INSERT INTO dimension_set (id) VALUES (?1)"), Touch::Grows);
    }
}
