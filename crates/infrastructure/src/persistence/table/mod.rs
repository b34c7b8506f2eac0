//! Master data in SQL: [`table!`](crate::table) names the columns of a resource once, and its statements, its list and the
//! reading of its rows follow.

mod codes;
mod column;
mod declare;
mod text;

use application::error::AppResult;
use application::master_data::{Key, MasterData, Parent, ParentOf, Reads, Records, Within};
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::text::Code;

pub(crate) use codes::{CodeSql, CodeTaken};
pub(crate) use column::{Column, optional, search_text};
pub(crate) use text::{ColumnName, FieldColumns, Text, count, insert, joined, list_columns, select, update};

use super::SqlUnitOfWork;
use super::accounting::columns::quoted;
use crate::sql::bulk::Bulk;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::statement::Statement;
use crate::sql::value::{Columns, Row, Value};

/// The SQL of one table.
pub struct TableSql {
    pub name: &'static str,
    pub find: Statement,
    pub insert: Statement,
    pub update: Statement,
    pub delete: Statement,
    /// What is asked about a code.
    pub codes: Option<CodeSql>,
    /// The table of the parents of the records.
    pub parent: Option<ParentSql>,
    /// Each finds a row when a resource refers to the record, which is the second parameter.
    pub users: &'static [(Statement, &'static str)],
    /// Each finds a row whose JSON text mentions the record; the second parameter is a pattern for the key as a string.
    pub mentions: &'static [(Statement, &'static str)],
    /// Documents that are kept as JSON may mention the record.
    pub mentioned: bool,
    pub list: ListSql,
}

/// The SQL for the parent of a table's records.
pub struct ParentSql {
    pub exists: Statement,
    /// `t.dimension_id = ?2`
    pub condition: &'static str,
}

impl TableSql {
    /// Every statement, for the golden files and the prepare test.
    pub fn statements(&'static self) -> impl Iterator<Item = &'static Statement> {
        let own = [&self.find, &self.insert, &self.update, &self.delete];
        let users = self.users.iter().chain(self.mentions).map(|(statement, _)| statement);
        let parent = self.parent.as_ref().map(|parent| &parent.exists);
        let codes = self.codes.iter().flat_map(CodeSql::statements);
        own.into_iter().chain(codes).chain(parent).chain(users)
    }
}

/// Rows of another table that repeat a part of a record's document, so that an index finds it or keeps it unique.
pub(crate) struct Beside<R> {
    /// Removes them, by tenant and key.
    pub clear: &'static Statement,
    pub insert: &'static Bulk,
    pub rows: fn(&R, TenantId) -> Vec<Vec<Value>>,
}

/// Master data that is kept in a table; implemented by [`table!`](crate::table).
pub(crate) trait Table: MasterData<Key: Into<Value>> {
    /// The select of its rows without a condition, for statements that find them otherwise; the table is `t`.
    const SELECT: &'static str;

    fn table() -> &'static TableSql;

    /// Rows of other tables, written with each record and removed with it.
    fn beside() -> &'static [Beside<Self>] {
        &[]
    }

    /// The columns between the key and the time.
    fn values(&self) -> Vec<Value>;

    /// Reads the key, the columns and the version.
    fn read(columns: &mut Columns) -> StorageResult<Self>;
}

impl<P, T> From<Within<P, T>> for Value {
    fn from(key: Within<P, T>) -> Self {
        key.id.into()
    }
}

/// Reads a row of a select of the table.
pub(crate) fn stored<R: Table>(columns: &mut Columns) -> StorageResult<Stored<R>> {
    Ok(Stored { value: R::read(columns)?, updated_at: columns.get("updated_at")? })
}

pub(crate) fn stored_row<R: Table>(row: Option<Row>) -> StorageResult<Option<Stored<R>>> {
    row.map(|row| stored(&mut row.columns(R::table().name))).transpose()
}

impl SqlUnitOfWork {
    /// The parameters of insert and update.
    pub(crate) fn row_of<R: Table>(&self, record: &R) -> Vec<Value> {
        let mut values = vec![self.tenant.into(), record.key().into()];
        values.extend(record.values());
        values.extend([self.now.into(), record.version().into()]);
        values
    }

    async fn add_beside<R: Table>(&mut self, record: &R) -> StorageResult<()> {
        for beside in R::beside() {
            self.tx.insert_many(beside.insert, (beside.rows)(record, self.tenant).into_iter()).await?;
        }
        Ok(())
    }

    async fn clear_beside<R: Table>(&mut self, key: R::Key) -> StorageResult<()> {
        for beside in R::beside() {
            self.tx.apply(beside.clear, &[self.tenant.into(), key.into()]).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl<R: Table> Records<R> for SqlUnitOfWork {
    async fn find(&mut self, key: R::Key) -> StorageResult<Option<Stored<R>>> {
        let row = self.tx.find(&R::table().find, &[self.tenant.into(), key.into()]).await?;
        stored_row(row)
    }

    async fn by_code(&mut self, parent: ParentOf<R>, code: &str) -> StorageResult<Option<R::Key>> {
        let Some(codes) = &R::table().codes else { return Ok(None) };
        let mut params = vec![self.tenant.into(), code.into()];
        params.extend(parent.id().map(Value::Id));
        let Some(row) = self.tx.find(&codes.id, &params).await? else { return Ok(None) };
        Ok(R::Key::of(parent, row.single(R::table().name, "id")?))
    }

    async fn code_taken(&mut self, code: &Code, own: R::Key) -> StorageResult<bool> {
        let Some(codes) = &R::table().codes else { return Ok(false) };
        let (statement, spellings) = codes.taken.asked(code);
        let mut params = vec![self.tenant.into(), spellings, own.into()];
        params.extend(own.parent().id().map(Value::Id));
        Ok(self.tx.find(statement, &params).await?.is_some())
    }

    async fn parent_exists(&mut self, parent: ParentOf<R>) -> StorageResult<bool> {
        let (Some(sql), Some(id)) = (&R::table().parent, parent.id()) else { return Ok(true) };
        Ok(self.tx.find(&sql.exists, &[self.tenant.into(), Value::Id(id)]).await?.is_some())
    }

    async fn used_by(&mut self, key: R::Key) -> StorageResult<Vec<&'static str>> {
        self.flush_balances().await?;
        let table = R::table();
        let by_key = table.users.iter().map(|user| (user, key.into()));
        let text = quoted(&key.to_string());
        let by_text = table.mentions.iter().map(|user| (user, text.clone()));
        let mut users = Vec::new();
        for ((statement, resource), named) in by_key.chain(by_text) {
            if !users.contains(resource)
                && self.tx.find(statement, &[self.tenant.into(), named]).await?.is_some()
            {
                users.push(*resource);
            }
        }
        if table.mentioned {
            self.add_mentions(&key.to_string(), &mut users).await?;
        }
        Ok(users)
    }

    async fn insert(&mut self, record: &R) -> StorageResult<()> {
        let row = self.row_of(record);
        self.tx.execute_one(&R::table().insert, &row).await?;
        self.add_beside(record).await
    }

    async fn update(&mut self, record: &R) -> StorageResult<bool> {
        let row = self.row_of(record);
        if self.tx.execute(&R::table().update, &row).await? != 1 {
            return Ok(false);
        }
        self.clear_beside::<R>(record.key()).await?;
        self.add_beside(record).await?;
        Ok(true)
    }

    async fn delete(&mut self, key: R::Key, version: i64) -> StorageResult<bool> {
        // The removal is undone when the record is at another version.
        self.clear_beside::<R>(key).await?;
        let params = [self.tenant.into(), key.into(), version.into()];
        Ok(self.tx.execute(&R::table().delete, &params).await? == 1)
    }
}

#[async_trait]
impl<R: Table> Reads<R> for Db {
    async fn one(&self, tenant: TenantId, key: R::Key) -> AppResult<Option<Stored<R>>> {
        let row = self.find(&R::table().find, &[tenant.into(), key.into()]).await?;
        Ok(stored_row(row)?)
    }

    async fn page(
        &self,
        tenant: TenantId,
        parent: ParentOf<R>,
        query: &ListQuery,
    ) -> AppResult<Option<Page<R::View>>> {
        let mut below = None;
        if let (Some(sql), Some(id)) = (&R::table().parent, parent.id()) {
            if self.find(&sql.exists, &[tenant.into(), Value::Id(id)]).await?.is_none() {
                return Ok(None);
            }
            below = Some((sql.condition.into(), vec![Value::Id(id)]));
        }
        let view = |columns: &mut Columns| Ok(R::View::from(&stored::<R>(columns)?));
        R::table().list.page(self, tenant, query, below, view).await.map(Some)
    }
}
