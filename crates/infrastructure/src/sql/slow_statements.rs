//! The account of slow statements, as operators ask the database for it.

use application::ports::slow_statements::{SlowStatement, SlowStatements};

use super::db::Db;

impl SlowStatements for Db {
    fn slow_statements(&self) -> Vec<SlowStatement> {
        self.meter().slow_statements()
    }
}
