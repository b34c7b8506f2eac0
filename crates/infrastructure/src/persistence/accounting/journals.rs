//! Journals: [`JournalRepository`] and [`JournalQueries`] in SQL.

use application::accounting::ports::journals::{JournalQueries, JournalRepository};
use application::accounting::ports::stored::Stored;
use application::accounting::views::journal::JournalView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::journal::{Journal, JournalKind};
use domain::ids::{JournalId, TenantId};

use super::columns::{read_code, read_name, search_column};
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

/// The columns in which [`read`] reads a journal.
macro_rules! journal_columns {
    () => {
        "SELECT j.id, j.code, j.name_ar, j.name_en, j.kind, j.number_series_id, j.active, j.version, j.updated_at FROM journal j"
    };
}

statements! {
    FIND = "accounting.journal.find": concat!(journal_columns!(), " WHERE j.tenant_id = ?1 AND j.id = ?2");
    HAS_ENTRIES = "accounting.journal.has_entries":
        "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 {only}";
    INSERT = "accounting.journal.insert":
        "INSERT INTO journal (tenant_id, id, code, name_ar, name_en, search, kind, number_series_id, active, created_at, \
         updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)";
    UPDATE = "accounting.journal.update":
        "UPDATE journal SET code = ?3, name_ar = ?4, name_en = ?5, search = ?6, kind = ?7, number_series_id = ?8, \
         active = ?9, updated_at = ?10, version = ?11 WHERE tenant_id = ?1 AND id = ?2 AND version = ?11 - 1";
    DELETE = "accounting.journal.delete": "DELETE FROM journal WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::journals::JOURNAL_LIST,
    select: journal_columns!(),
    tenant: "j.tenant_id",
    key: &["j.id"],
    columns: &[
        ("id", "j.id"),
        ("code", "j.code"),
        ("name", "j.search"),
        ("kind", "j.kind"),
        ("numberSeriesId", "j.number_series_id"),
        ("active", "j.active"),
        ("updatedAt", "j.updated_at"),
    ],
    sorted_as: &[],
};

fn read(columns: &mut Columns) -> StorageResult<Stored<Journal>> {
    Ok(Stored { value: read_journal(columns)?, updated_at: columns.get("updated_at")? })
}

#[async_trait]
impl JournalRepository for SqlUnitOfWork {
    async fn find(&mut self, id: JournalId) -> StorageResult<Option<Stored<Journal>>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read(&mut row.columns("journal"))).transpose()
    }

    async fn users(&mut self, id: JournalId) -> StorageResult<Vec<&'static str>> {
        let key = [self.tenant.into(), id.into()];
        let mut users = self.users_of(&[(&HAS_ENTRIES, "journal-entries")], &key).await?;
        self.add_mentions(&id.to_string(), &mut users).await?;
        Ok(users)
    }

    async fn insert(&mut self, journal: &Journal) -> StorageResult<()> {
        let params = self.journal_params(journal);
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update(&mut self, journal: &Journal) -> StorageResult<bool> {
        let params = self.journal_params(journal);
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete(&mut self, id: JournalId, version: i64) -> StorageResult<bool> {
        Ok(self.tx.execute(&DELETE, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }
}

impl SqlUnitOfWork {
    fn journal_params(&self, journal: &Journal) -> [Value; 11] {
        [
            self.tenant.into(),
            journal.id.into(),
            journal.code.as_str().into(),
            journal.name.ar().into(),
            journal.name.en().into(),
            search_column(&journal.code, &journal.name),
            journal.kind.as_str().into(),
            journal.number_series_id.into(),
            journal.active.into(),
            self.now.into(),
            journal.version.into(),
        ]
    }
}

#[async_trait]
impl JournalQueries for Db {
    async fn journal(&self, tenant: TenantId, id: JournalId) -> AppResult<Option<JournalView>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        Ok(Some(JournalView::from(&read(&mut row.columns("journal"))?)))
    }

    async fn journals(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<JournalView>> {
        LIST.page(self, tenant, query, None, |columns| Ok(JournalView::from(&read(columns)?))).await
    }
}

/// `id, code, name_ar, name_en, kind, number_series_id, active, version`
pub(crate) fn read_journal(columns: &mut Columns) -> StorageResult<Journal> {
    Ok(Journal {
        id: columns.get("id")?,
        code: read_code(columns)?,
        name: read_name(columns)?,
        kind: columns.parse("kind", |text| JournalKind::parse(text).ok())?,
        number_series_id: columns.get("number_series_id")?,
        active: columns.get("active")?,
        version: columns.get("version")?,
    })
}
