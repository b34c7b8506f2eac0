//! The table of a kind of recurring template, and the statements that follow from its description.

use application::accounting::ports::recurring::{ShownRecurring, StoredRecurring};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::recurring::Recurring;
use domain::ids::TenantId;

use super::recurring_occurrences::OccurrenceSql;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::statement::Statement;
use crate::sql::value::Value;

/// The statements of one kind.
pub struct RecurringSql {
    pub table: &'static str,
    pub find: &'static Statement,
    pub insert: &'static Statement,
    pub update: &'static Statement,
    pub delete: &'static Statement,
    pub used: &'static Statement,
    pub due: &'static Statement,
    pub list: &'static ListSql,
    pub occurrences: &'static OccurrenceSql,
}

/// A kind of what recurs in its table.
#[async_trait]
pub trait RecurringTable: ShownRecurring + Sized {
    const SQL: &'static RecurringSql;
    /// The member that lists show on request only.
    const EXPAND: &'static str;

    fn write(&self) -> StorageResult<String>;
    fn read(text: &str) -> StorageResult<Self>;
    /// The values of further columns, in order.
    fn more(&self) -> Vec<Value>;
    /// How many lines it has, about.
    fn size(&self) -> usize;
    /// The views, with what is shown on request where that is `expanded`.
    async fn views(
        db: &Db,
        tenant: TenantId,
        stored: &[StoredRecurring<Self>],
        expanded: bool,
    ) -> AppResult<Vec<Self::View>>;
    fn upcoming(entry: &Recurring<Self>, count: usize) -> Vec<Self::Upcoming>;
}

#[macro_export]
macro_rules! recurring_columns {
    () => {
        "r.id, r.code, r.name_ar, r.name_en, r.schedule, r.template, r.start_date, r.end_date, r.next_date, \
         r.settled_through, r.auto_post, r.active, r.ordered_by, r.ordered_by_key, r.last_error, r.failed_count, r.version"
    };
}

/// Declares the statements of a kind by its table, the module of their names, and its further columns from `?20` on.
#[macro_export]
macro_rules! recurring_sql {
    (
        $key:literal, $table:literal, more: [$columns:literal, $values:literal, $sets:literal],
        used: $used:literal, list: $spec:expr, filters: [$($filter:expr),*], occurrences: $occurrences:expr
    ) => {
        $crate::statements! {
            FIND = (concat!($key, ".find")):
                concat!("SELECT ", $crate::recurring_columns!(), " FROM ", $table, " r WHERE r.tenant_id = ?1 AND r.id = ?2");
            INSERT = (concat!($key, ".insert")):
                concat!("INSERT INTO ", $table, " (tenant_id, id, code, name_ar, name_en, schedule, template, start_date, end_date, \
                 next_date, auto_post, active, last_error, created_at, updated_at, version, settled_through, ordered_by, failed_count, \
                 ordered_by_key", $columns, ") \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, ?17, ?18, ?19", $values, ")");
            UPDATE = (concat!($key, ".update")):
                concat!("UPDATE ", $table, " SET code = ?3, name_ar = ?4, name_en = ?5, schedule = ?6, template = ?7, start_date = ?8, \
                 end_date = ?9, next_date = ?10, auto_post = ?11, active = ?12, last_error = ?13, updated_at = ?14, version = ?15, \
                 settled_through = ?16, ordered_by = ?17, failed_count = ?18, ordered_by_key = ?19", $sets,
                 " WHERE tenant_id = ?1 AND id = ?2 AND version = ?15 - 1");
            DELETE = (concat!($key, ".delete")):
                concat!("DELETE FROM ", $table, " WHERE tenant_id = ?1 AND id = ?2 AND version = ?3");
            USED = (concat!($key, ".used")): $used;
            DUE = (concat!($key, ".due")):
                concat!("SELECT id AS recurring_id, next_date AS occurrence_date FROM ", $table, " WHERE tenant_id = ?1 AND active = 1 AND next_date <= ?2 \
                 AND (next_date > ?3 OR (next_date = ?3 AND id > ?4)) AND failed_count < ?6 ORDER BY next_date, id {page ?5}");
        }

        pub static LIST: $crate::sql::list::ListSql = $crate::sql::list::ListSql {
            spec: $spec,
            select: concat!("SELECT ", $crate::recurring_columns!(), " FROM ", $table, " r"),
            tenant: "r.tenant_id",
            key: &["r.id"],
            columns: &[
                ("id", "r.id"),
                ("code", "r.code"),
                ("startDate", "r.start_date"),
                ("endDate", "r.end_date"),
                ("nextDate", "r.next_date"),
                ("autoPost", "r.auto_post"),
                ("active", "r.active"),
                ("failedCount", "r.failed_count"),
                $($filter,)*
            ],
            sorted_as: &[],
        };

        static SQL: $crate::persistence::accounting::recurring_table::RecurringSql =
            $crate::persistence::accounting::recurring_table::RecurringSql {
                table: $table,
                find: &FIND,
                insert: &INSERT,
                update: &UPDATE,
                delete: &DELETE,
                used: &USED,
                due: &DUE,
                list: &LIST,
                occurrences: $occurrences,
            };
    };
}
