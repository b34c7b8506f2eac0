//! Parties by their numbers, names and entries.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::parties::bank_account::{PartyBankAccount, PartyBankAccountId};
use domain::parties::party::{Party, PartyId};
use domain::parties::registration::RegistrationScheme;

use super::same_name::SameNameView;
use crate::error::AppResult;
use crate::ports::storage_error::StorageResult;
use crate::ports::stored::Stored;

/// An active party that has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberHolder {
    pub party: PartyId,
    pub code: String,
    pub number: String,
}

/// A bank account, of an active party, that has an IBAN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IbanHolder {
    pub account: PartyBankAccountId,
    pub party: PartyId,
    pub code: String,
    pub iban: String,
}

#[async_trait]
pub trait PartyRepository: Send {
    /// The active parties that have one of the numbers, which are of a scheme that no two share. MUST be one statement however
    /// many numbers there are.
    async fn number_holders(
        &mut self,
        scheme: RegistrationScheme,
        numbers: &BTreeSet<String>,
    ) -> StorageResult<Vec<NumberHolder>>;

    /// The accounts of active parties with one of the IBANs, likewise.
    async fn iban_holders(&mut self, ibans: &BTreeSet<String>) -> StorageResult<Vec<IbanHolder>>;

    /// The active parties with a name whose form for comparison is this one, by code, at most `limit`.
    async fn named_alike(&mut self, key: &str, limit: u32) -> StorageResult<Vec<SameNameView>>;

    /// The parties with these ids, likewise.
    async fn parties(&mut self, ids: &BTreeSet<PartyId>) -> StorageResult<Vec<Stored<Party>>>;

    /// The ids of parties by the keys of their codes ([`code_key`](domain::text::code_key)), all of the tenant's. MUST read them in bounded
    /// pieces.
    async fn ids_by_code_key(&mut self) -> StorageResult<HashMap<String, PartyId>>;

    /// Whether a line of the ledger names the party, or another party was merged into it.
    async fn is_on_lines(&mut self, party: PartyId) -> StorageResult<bool>;

    /// Makes the code of a party one of another party, with the codes that were its already, and gives that one its bank accounts, unless
    /// others may have their IBANs by now.
    async fn merge(&mut self, from: &Party, into: &Party) -> StorageResult<()>;

    async fn bank_accounts_of(&mut self, party: PartyId) -> StorageResult<Vec<Stored<PartyBankAccount>>>;

    /// Tells the accounts of a party whether it is active.
    async fn set_accounts_active(&mut self, party: PartyId, active: bool) -> StorageResult<()>;
}

#[async_trait]
pub trait PartyQueries: Send + Sync {
    /// Active parties whose name has the key in either language, in the order of their codes, `limit` at most.
    async fn same_name(&self, tenant: TenantId, key: &str, limit: u32) -> AppResult<Vec<SameNameView>>;
}
