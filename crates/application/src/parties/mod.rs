//! Customers and suppliers, their groups, payment terms and bank accounts.

pub mod bank_accounts;
pub mod dunning_profiles;
pub mod dunning_text;
pub mod party;
pub mod party_groups;
pub mod payment_terms;
pub mod ports;
pub mod same_name;
pub mod words;
