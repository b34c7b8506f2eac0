//! The company and its branches, in SQL.

mod branches;
mod profile;

use crate::sql::statement::Statement;

pub fn statements() -> Vec<&'static Statement> {
    profile::ALL.to_vec()
}
