//! `table!` and what goes with it: constants and calls.

/// Keeps a resource of master data in a table.
///
/// `columns` names the fields, with their columns where these are called otherwise or several; `computed` are fields that are
/// only read; `used by` finds what refers to a record by its key, `mentioned by` by its key as a JSON string, and
/// `found by` are fields of the list that stand in another table: a condition with `{key}` for the value; `beside` names the
/// rows of other tables that say what the record's row says;
/// `mentioned true` looks into drafts and recurring entries, too; `search` names the fields that the column `search` holds. A list's field `name` is looked for in `search`, any
/// other is the column or field of that name.
///
/// ```ignore
/// table! {
///     Journal in "accounting", "journal" by id;
///     columns { code, name: [name_ar, name_en], kind, active }
///     search { code, name }
///     unique code
///     used by { "journal-entries": "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND journal_id = ?2 {only}" }
///     mentioned true
/// }
/// ```
#[macro_export]
macro_rules! table {
    (
        $type:ident in $module:literal, $table:literal by $key:ident
            $(, below $parent:literal as $parent_id:ident)? $(, joined $join:literal)?;
        columns { $($field:ident $(: [$($column:ident),+])?),* $(,)? }
        $(computed { $($computed:ident: $expression:literal),* $(,)? })?
        $(search { $($search:ident),+ $(,)? })?
        $(unique $code:ident)?
        $(used by { $($user:literal $(($which:literal))?: $uses:literal),* $(,)? })?
        $(mentioned by { $($mentioner:literal: $mentions:literal),* $(,)? })?
        $(mentioned $mentioned:literal)?
        $(found by { $($found:literal: $finds:literal),* $(,)? })?
        $(beside $beside:path;)?
    ) => {
        const _: () = {
            use $crate::persistence::table::{
                Column, ColumnName, FieldColumns, Table, TableSql, Text, count, insert, joined, list_columns,
                select, update,
            };
            use $crate::sql::statement::Statement;
            use $crate::sql::value::{Columns, Value};

            const KEY: ColumnName = $crate::table!(@column $key, $key);
            const FIELDS: &[FieldColumns] = &[$($crate::table!(@columns $field $([$($column),+])?)),*];
            const WRITTEN: &[FieldColumns] = &[
                $($crate::table!(@columns $field $([$($column),+])?),)*
                $($crate::table!(@search $($search)+),)?
            ];
            static SELECT: Text = select(
                concat!($table, " t" $(, " ", $join)?),
                KEY,
                FIELDS,
                &[$($(concat!($expression, " AS ", stringify!($computed))),*)?],
            );
            static FIND: Text =
                joined(SELECT.as_str(), concat!(" WHERE t.tenant_id = ?1 AND t.", stringify!($key), " = ?2"));
            static INSERT: Text = insert($table, KEY, WRITTEN);
            static UPDATE: Text = update($table, KEY, WRITTEN);
            const FOUND: &[(&str, &str)] = &[$($(($found, $finds)),*)?];
            static LISTED: [(&str, &str); count(WRITTEN) + 2 + FOUND.len()] =
                list_columns(KEY, WRITTEN, FOUND);
            const USERS_COUNT: usize = <[&str]>::len(&[$($($user),*)?]);
            static USERS: [(Statement, &str); USERS_COUNT] = [$($((
                Statement::new(concat!($module, ".", $table, ".used_by.", $user $(, ".", $which)?), $uses),
                $user,
            )),*)?];
            const MENTIONS_COUNT: usize = <[&str]>::len(&[$($($mentioner),*)?]);
            static MENTIONS: [(Statement, &str); MENTIONS_COUNT] = [$($((
                Statement::new(concat!($module, ".", $table, ".mentioned_by.", $mentioner), $mentions),
                $mentioner,
            )),*)?];
            static TABLE: TableSql = TableSql {
                name: $table,
                find: Statement::new(concat!($module, ".", $table, ".find"), FIND.as_str()),
                insert: Statement::new(concat!($module, ".", $table, ".insert"), INSERT.as_str()),
                update: Statement::new(concat!($module, ".", $table, ".update"), UPDATE.as_str()),
                delete: Statement::new(concat!($module, ".", $table, ".delete"), concat!(
                    "DELETE FROM ", $table, " WHERE tenant_id = ?1 AND ", stringify!($key), " = ?2 AND version = ?3"
                )),
                codes: $crate::table!(@unique $module, $table, ($($code)?), $($parent_id)?),
                parent: $crate::table!(@parent $module, $table, $($parent, $parent_id)?),
                users: &USERS,
                mentions: &MENTIONS,
                mentioned: $crate::table!(@mentioned $($mentioned)?),
                list: $crate::sql::list::ListSql {
                    spec: <$type as ::application::master_data::Described>::RESOURCE.fields,
                    select: SELECT.as_str(),
                    tenant: "t.tenant_id",
                    key: &[KEY.selected],
                    columns: &LISTED,
                    sorted_as: &[],
                },
            };

            impl Table for $type {
                const SELECT: &'static str = SELECT.as_str();

                fn table() -> &'static TableSql {
                    &TABLE
                }

                $(fn beside() -> &'static [$crate::persistence::table::Beside<Self>] {
                    &$beside
                })?

                fn values(&self) -> Vec<Value> {
                    let mut values = Vec::with_capacity(LISTED.len());
                    $(Column::put(&self.$field, &mut values);)*
                    $(values.push($crate::persistence::table::search_text(&[$(&self.$search),+]));)?
                    values
                }

                fn read(columns: &mut Columns) -> ::application::ports::storage_error::StorageResult<Self> {
                    Ok(Self {
                        $key: Column::take(columns, &[stringify!($key)])?,
                        $($field: Column::take(columns, $crate::table!(@names $field $([$($column),+])?))?,)*
                        $($($computed: Column::take(columns, &[stringify!($computed)])?,)*)?
                        version: columns.get("version")?,
                    })
                }
            }
        };
    };
    (@column $column:ident, $listed:ident) => {
        ColumnName {
            column: stringify!($column),
            selected: concat!("t.", stringify!($column)),
            listed: ::application::wire_name!($listed),
        }
    };
    (@columns $field:ident) => { &[$crate::table!(@column $field, $field)] };
    (@columns $field:ident [$column:ident]) => { &[$crate::table!(@column $column, $field)] };
    (@columns $field:ident [$($column:ident),+]) => { &[$($crate::table!(@column $column, $column)),+] };
    (@search $($search:ident)+) => { &[ColumnName { column: "search", selected: "t.search", listed: "name" }] };
    (@names $field:ident) => { &[stringify!($field)] };
    (@names $field:ident [$($column:ident),+]) => { &[$(stringify!($column)),+] };
    (@mentioned) => { false };
    (@mentioned $mentioned:literal) => { $mentioned };
    (@parent $module:literal, $table:literal,) => { None };
    (@parent $module:literal, $table:literal, $parent:literal, $parent_id:ident) => {
        Some($crate::persistence::table::ParentSql {
            exists: Statement::new(
                concat!($module, ".", $table, ".parent_exists"),
                concat!("SELECT 1 FROM ", $parent, " WHERE tenant_id = ?1 AND id = ?2"),
            ),
            condition: concat!("t.", stringify!($parent_id), " = ?2"),
        })
    };
    (@unique $module:literal, $table:literal, (), $($parent_id:ident)?) => { None };
    (@unique $module:literal, $table:literal, ($code:ident), $($parent_id:ident)?) => {
        Some($crate::persistence::table::CodeSql {
            taken: $crate::code_taken!($module, $table, $code $(, $parent_id)?),
            id: Statement::new(concat!($module, ".", $table, ".id_by_code"), concat!(
                "SELECT id FROM ", $table, " WHERE tenant_id = ?1 AND ", stringify!($code), " = ?2"
                $(, " AND ", stringify!($parent_id), " = ?3")?
            )),
        })
    };
}

/// The text of a select of a table's rows with another condition than the key.
#[macro_export]
macro_rules! rows_of {
    ($type:ty, $condition:literal) => {{
        static TEXT: $crate::persistence::table::Text = $crate::persistence::table::joined(
            <$type as $crate::persistence::table::Table>::SELECT,
            $condition,
        );
        TEXT.as_str()
    }};
}
