//! Whether a code is taken, in whatever letter case. Keys of the database tell letters by their case.

use domain::text::Code;

use crate::sql::statement::Statement;
use crate::sql::value::{Value, code_list};

/// What is asked about the codes of a table.
pub struct CodeSql {
    pub taken: CodeTaken,
    /// Which record has a code.
    pub id: Statement,
}

impl CodeSql {
    pub fn statements(&self) -> [&Statement; 3] {
        let [spelled, folded] = self.taken.statements();
        [spelled, folded, &self.id]
    }
}

/// Whether another record has a code; made by [`code_taken!`](crate::code_taken).
pub struct CodeTaken {
    /// Looks up each spelling in the unique index.
    pub spelled: Statement,
    /// Reads every code of a tenant; for codes of too many spellings.
    pub folded: Statement,
}

impl CodeTaken {
    pub fn statements(&self) -> [&Statement; 2] {
        [&self.spelled, &self.folded]
    }

    /// The statement that finds the code, and its second parameter.
    pub fn asked(&self, code: &Code) -> (&Statement, Value) {
        match code.spellings() {
            Some(spellings) => (&self.spelled, code_list(spellings.iter().map(String::as_str))),
            None => (&self.folded, code_list([code.as_str(), &code.key()].into_iter())),
        }
    }
}

/// The statements that ask whether a record other than `?3` has one of the codes `?2`, below the parent `?4`. SQLite's
/// `LOWER` knows the letters of ASCII only.
#[macro_export]
macro_rules! code_taken {
    ($module:literal, $table:literal, $code:ident $(, $parent_id:ident)?) => {
        $crate::persistence::table::CodeTaken {
            spelled: $crate::code_taken!(@statement $module, $table, ".code_taken", (
                stringify!($code), " IN ({codes ?2})"
            ) $(, $parent_id)?),
            folded: $crate::code_taken!(@statement $module, $table, ".code_folded", (
                "(", stringify!($code), " IN ({codes ?2}) OR LOWER(", stringify!($code), ") IN ({codes ?2}))"
            ) $(, $parent_id)?),
        }
    };
    (@statement $module:literal, $table:literal, $name:literal, ($($condition:tt)+) $(, $parent_id:ident)?) => {
        $crate::sql::statement::Statement::new(concat!($module, ".", $table, $name), concat!(
            "SELECT {first} 1 FROM ", $table, " WHERE tenant_id = ?1 AND ", $($condition)+, " AND id <> ?3"
            $(, " AND ", stringify!($parent_id), " = ?4")?, " {only}"
        ))
    };
}
