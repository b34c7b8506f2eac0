//! Customers and suppliers: who they are, how they pay, and where their money goes.

pub mod address;
pub mod bank_account;
pub mod contact;
pub mod dunning_profile;
pub mod iban;
pub mod party;
pub mod party_group;
pub mod payment_term;
pub mod registration;
pub mod roles;
