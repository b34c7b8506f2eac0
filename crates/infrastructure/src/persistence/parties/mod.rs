//! Customers and suppliers in SQL.

pub(in crate::persistence) mod aliases;
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
    [numbers::ALL, aliases::ALL].concat()
}

pub fn lookups() -> Vec<&'static Lookup> {
    numbers::LOOKUPS.to_vec()
}
