//! Master data in SQL: [`table!`](crate::table) names the columns of a resource once, and its statements, its list and the
//! reading of its rows follow.

mod column;
mod text;

use application::error::AppResult;
use application::master_data::{MasterData, Reads, Records};
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::ports::stored::Stored;
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::text::Code;
use uuid::Uuid;

pub(crate) use column::{Column, optional, search_text};
pub(crate) use text::{Text, insert, update};

use super::SqlUnitOfWork;
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
    pub code_taken: Option<Statement>,
    /// Each finds a row when a resource refers to the record, which is the second parameter.
    pub users: &'static [(Statement, &'static str)],
    /// Documents that are kept as JSON may mention the record.
    pub mentioned: bool,
    pub list: ListSql,
}

impl TableSql {
    /// Every statement, for the golden files and the prepare test.
    pub fn statements(&'static self) -> impl Iterator<Item = &'static Statement> {
        let own = [&self.find, &self.insert, &self.update, &self.delete];
        let users = self.users.iter().map(|(statement, _)| statement);
        own.into_iter().chain(self.code_taken.as_ref()).chain(users)
    }
}

/// Master data that is kept in a table; implemented by [`table!`](crate::table).
pub(crate) trait Table: MasterData<Key: Into<Value>> {
    fn table() -> &'static TableSql;

    /// The columns between the key and the time.
    fn values(&self) -> Vec<Value>;

    /// Reads the key, the columns and the version.
    fn read(columns: &mut Columns) -> StorageResult<Self>;
}

fn stored<R: Table>(columns: &mut Columns) -> StorageResult<Stored<R>> {
    Ok(Stored { value: R::read(columns)?, updated_at: columns.get("updated_at")? })
}

fn stored_row<R: Table>(row: Option<Row>) -> StorageResult<Option<Stored<R>>> {
    row.map(|row| stored(&mut row.columns(R::table().name))).transpose()
}

impl SqlUnitOfWork {
    /// The parameters of insert and update.
    fn row_of<R: Table>(&self, record: &R) -> Vec<Value> {
        let mut values = vec![self.tenant.into(), record.key().into()];
        values.extend(record.values());
        values.extend([self.now.into(), record.version().into()]);
        values
    }
}

#[async_trait]
impl<R: Table> Records<R> for SqlUnitOfWork {
    async fn find(&mut self, key: R::Key) -> StorageResult<Option<Stored<R>>> {
        let row = self.tx.find(&R::table().find, &[self.tenant.into(), key.into()]).await?;
        stored_row(row)
    }

    async fn code_taken(&mut self, code: &Code, own: Option<R::Key>) -> StorageResult<bool> {
        let Some(statement) = &R::table().code_taken else { return Ok(false) };
        let own = own.map_or(Value::Id(Uuid::nil()), Into::into);
        let params = [self.tenant.into(), code.as_str().into(), code.key().into(), own];
        Ok(self.tx.find(statement, &params).await?.is_some())
    }

    async fn used_by(&mut self, key: R::Key) -> StorageResult<Vec<&'static str>> {
        self.flush_balances().await?;
        let table = R::table();
        let params = [self.tenant.into(), key.into()];
        let mut users = Vec::new();
        for (statement, resource) in table.users {
            if !users.contains(resource) && self.tx.find(statement, &params).await?.is_some() {
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
        self.tx.execute_one(&R::table().insert, &row).await
    }

    async fn update(&mut self, record: &R) -> StorageResult<bool> {
        let row = self.row_of(record);
        Ok(self.tx.execute(&R::table().update, &row).await? == 1)
    }

    async fn delete(&mut self, key: R::Key, version: i64) -> StorageResult<bool> {
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

    async fn page(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<R::View>> {
        let view = |columns: &mut Columns| Ok(R::View::from(&stored::<R>(columns)?));
        R::table().list.page(self, tenant, query, None, view).await
    }
}

/// Keeps a resource of master data in a table.
///
/// `columns` names each field with its columns, `computed` fields that are only read, `search` the fields that the column
/// `search` holds, `list` the columns of the list's fields.
///
/// ```ignore
/// table! {
///     Journal: "accounting.journal", "journal" by id from "journal t";
///     columns { code: [code], name: [name_ar, name_en], kind: [kind], active: [active] }
///     computed {}
///     search { code, name }
///     list { id, code, name => search, kind, active, updated_at }
///     unique code
///     used by { "journal-entries": "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 {only}" }
///     mentioned true
/// }
/// ```
#[macro_export]
macro_rules! table {
    (
        $type:ty: $statement:literal, $table:literal by $key:ident from $from:literal;
        columns { $($field:ident: [$($column:ident),+]),* $(,)? }
        computed { $($computed:ident: $expression:literal),* $(,)? }
        $(search { $($search:ident),+ $(,)? })?
        list { $($listed:ident $(=> $listed_column:ident)?),* $(,)? }
        $(unique $code:ident)?
        used by { $($user:literal $(($which:literal))?: $uses:literal),* $(,)? }
        mentioned $mentioned:literal
    ) => {
        const _: () = {
            use $crate::persistence::table::{Column, Table, TableSql, Text};
            use $crate::sql::statement::Statement;
            use $crate::sql::value::{Columns, Value};

            const COLUMNS: &[&str] =
                &[$($(stringify!($column),)+)* $($crate::table!(@search $($search)+),)?];
            const SELECT: &str = concat!(
                "SELECT t.", stringify!($key), $($(", t.", stringify!($column),)+)*
                $(", ", $expression, " AS ", stringify!($computed),)* ", t.version, t.updated_at FROM ", $from
            );
            static INSERT: Text = $crate::persistence::table::insert($table, stringify!($key), COLUMNS);
            static UPDATE: Text = $crate::persistence::table::update($table, stringify!($key), COLUMNS);
            const USERS_COUNT: usize = <[&str]>::len(&[$($user),*]);
            static USERS: [(Statement, &str); USERS_COUNT] = [$((
                Statement::new(concat!($statement, ".used_by.", $user $(, ".", $which)?), $uses),
                $user,
            )),*];
            static TABLE: TableSql = TableSql {
                name: $table,
                find: Statement::new(concat!($statement, ".find"), concat!(
                    "SELECT t.", stringify!($key), $($(", t.", stringify!($column),)+)*
                    $(", ", $expression, " AS ", stringify!($computed),)* ", t.version, t.updated_at FROM ", $from,
                    " WHERE t.tenant_id = ?1 AND t.", stringify!($key), " = ?2"
                )),
                insert: Statement::new(concat!($statement, ".insert"), INSERT.as_str()),
                update: Statement::new(concat!($statement, ".update"), UPDATE.as_str()),
                delete: Statement::new(concat!($statement, ".delete"), concat!(
                    "DELETE FROM ", $table, " WHERE tenant_id = ?1 AND ", stringify!($key), " = ?2 AND version = ?3"
                )),
                code_taken: $crate::table!(@unique $statement, $table, $($code)?),
                users: &USERS,
                mentioned: $mentioned,
                list: $crate::sql::list::ListSql {
                    spec: <$type as ::application::master_data::MasterData>::RESOURCE.fields,
                    select: SELECT,
                    tenant: "t.tenant_id",
                    key: &[concat!("t.", stringify!($key))],
                    columns: &[$((
                        ::application::wire_name!($listed),
                        $crate::table!(@listed $listed $($listed_column)?),
                    )),*],
                    sorted_as: &[],
                },
            };

            impl Table for $type {
                fn table() -> &'static TableSql {
                    &TABLE
                }

                fn values(&self) -> Vec<Value> {
                    let mut values = Vec::with_capacity(COLUMNS.len());
                    $(Column::put(&self.$field, &mut values);)*
                    $(values.push($crate::persistence::table::search_text(&[$(&self.$search),+]));)?
                    values
                }

                fn read(columns: &mut Columns) -> ::application::ports::storage_error::StorageResult<Self> {
                    Ok(Self {
                        $key: Column::take(columns, &[stringify!($key)])?,
                        $($field: Column::take(columns, &[$(stringify!($column)),+])?,)*
                        $($computed: Column::take(columns, &[stringify!($computed)])?,)*
                        version: columns.get("version")?,
                    })
                }
            }
        };
    };
    (@search $($search:ident)+) => { "search" };
    (@unique $statement:literal, $table:literal,) => { None };
    (@unique $statement:literal, $table:literal, $code:ident) => {
        Some(Statement::new(concat!($statement, ".code_taken"), concat!(
            "SELECT {first} 1 FROM ", $table, " WHERE tenant_id = ?1 AND (", stringify!($code), " = ?2 OR LOWER(",
            stringify!($code), ") = ?3) AND id <> ?4 {only}"
        )))
    };
    (@listed $field:ident) => { concat!("t.", stringify!($field)) };
    (@listed $field:ident $column:ident) => { concat!("t.", stringify!($column)) };
}
