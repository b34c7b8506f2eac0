//! Customers and suppliers over HTTP.

mod bank_accounts;
mod party;
mod payment_terms;

use domain::parties::dunning_profile::DunningProfile;
use domain::parties::party_group::PartyGroup;

use super::master_data;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    payment_terms::operations(ops);
    master_data::operations::<PartyGroup>(ops);
    master_data::operations::<DunningProfile>(ops);
    party::operations(ops);
    bank_accounts::operations(ops);
}
