//! Customers and suppliers in SQL.

mod bank_accounts;
mod dunning_profiles;
mod lists;
pub mod numbers;
mod party;
mod party_groups;
mod payment_terms;
mod roles;

use crate::sql::statement::{Lookup, Statement};

pub fn statements() -> Vec<&'static Statement> {
    numbers::ALL.to_vec()
}

pub fn lookups() -> Vec<&'static Lookup> {
    numbers::LOOKUPS.to_vec()
}
