//! Columns and questions that several resources have.

use application::ports::storage_error::StorageResult;
use domain::text::{Code, LocalizedName};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::search::searchable;
use crate::sql::list::contains;
use crate::sql::statement::Statement;
use crate::sql::value::{Columns, Value};
use crate::statements;

statements! {
    IN_DRAFTS = "accounting.journal_entry_draft.mentions":
        "SELECT {first} 1 FROM journal_entry_draft WHERE tenant_id = ?1 AND document LIKE ?2 {escape} {only}";
    IN_RECURRING = "accounting.recurring_entry.mentions":
        "SELECT {first} 1 FROM recurring_entry WHERE tenant_id = ?1 AND template LIKE ?2 {escape} {only}";
}

/// The content of a `search` column: code and names as people type them.
pub fn search_column(code: &Code, name: &LocalizedName) -> Value {
    let all = [code.as_str(), name.ar().unwrap_or(""), name.en().unwrap_or("")].join(" ");
    searchable(&all)
}

impl SqlUnitOfWork {
    /// For each statement that finds a row, the resource that the row stands for.
    pub(crate) async fn users_of(
        &mut self,
        statements: &[(&'static Statement, &'static str)],
        params: &[Value],
    ) -> StorageResult<Vec<&'static str>> {
        let mut users = Vec::new();
        for (statement, resource) in statements {
            if !users.contains(resource) && self.tx.find(statement, params).await?.is_some() {
                users.push(*resource);
            }
        }
        Ok(users)
    }

    /// Adds the resources whose JSON documents mention a thing by its id, or a currency by its code.
    pub(crate) async fn add_mentions(
        &mut self,
        text: &str,
        users: &mut Vec<&'static str>,
    ) -> StorageResult<()> {
        let documents = [(&IN_DRAFTS, "journal-entries"), (&IN_RECURRING, "recurring-entries")];
        let params = [self.tenant.into(), quoted(text)];
        for user in self.users_of(&documents, &params).await? {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        Ok(())
    }
}

/// A `LIKE` pattern for a document in which the text stands as a JSON string.
pub(crate) fn quoted(text: &str) -> Value {
    Value::Text(contains(&format!("\"{text}\"")))
}

/// `name_ar, name_en`
pub(crate) fn read_name(columns: &mut Columns) -> StorageResult<LocalizedName> {
    let (ar, en): (Option<String>, Option<String>) = (columns.get("name_ar")?, columns.get("name_en")?);
    let absurd = "no name, or one that is too long";
    LocalizedName::stored(ar, en).ok_or_else(|| columns.corrupt("name_ar, name_en", absurd))
}

pub(crate) fn read_code(columns: &mut Columns) -> StorageResult<Code> {
    columns.parse("code", Code::stored)
}
