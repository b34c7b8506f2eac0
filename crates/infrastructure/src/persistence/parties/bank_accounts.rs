//! Bank accounts of parties in SQL.

use application::ports::storage_error::StorageResult;
use domain::country::Country;
use domain::parties::bank_account::{PartyBankAccount, Verification};
use domain::parties::iban::Iban;

use crate::persistence::table::{Column, optional};
use crate::sql::value::{Columns, Value};
use crate::{table, word_column};

word_column!(Verification);

table! {
    PartyBankAccount in "parties", "party_bank_account" by id, below "party" as party_id;
    columns {
        party_id,
        holder,
        iban,
        account_number,
        bank_name,
        country,
        currency,
        status,
        changed_by,
        verified_by,
        verified_at,
        party_active,
    }
}

impl Column for Option<Iban> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_ref().map(Iban::as_str).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        optional(columns, names.first().copied().unwrap_or_default(), Iban::stored)
    }
}

impl Column for Option<Country> {
    fn put(&self, values: &mut Vec<Value>) {
        values.push(self.as_ref().map(Country::as_str).into());
    }
    fn take(columns: &mut Columns, names: &[&'static str]) -> StorageResult<Self> {
        optional(columns, names.first().copied().unwrap_or_default(), |text| Country::parse(text).ok())
    }
}
