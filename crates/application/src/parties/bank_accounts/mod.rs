//! Bank accounts of parties.

pub mod verify;

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::country::Country;
use domain::error::Violation;
use domain::money::CurrencyCode;
use domain::parties::bank_account::{
    ACCOUNT_NUMBER_LENGTH_MAX, BANK_ACCOUNT_COUNTRY, BANK_ACCOUNT_NUMBER, PartyBankAccount, Verification,
};
use domain::parties::iban::{IBAN_INVALID, Iban};
use domain::parties::party::{PARTY_DUPLICATE, Party, PartyId};
use domain::text::NAME_LENGTH_MAX;
use uuid::Uuid;

use super::party::Known;
use super::ports::IbanHolder;
use crate::error::AppResult;
use crate::master_data::{Check, Described, MasterData, Records, Within};
use crate::paging::FieldKind;
use crate::wire::{Optional, Patch, RequiredText};
use crate::{request, resource, view};

/// A bank account with its party.
pub type BankAccountKey = Within<Party, PartyBankAccount>;

/// Longest IBAN as it is written, with spaces, in characters.
pub const IBAN_TEXT_LENGTH_MAX: usize = 50;

request! {
    /// A new bank account of a party.
    pub struct NewPartyBankAccount as CreatePartyBankAccountBody {
        /// The name of the account holder, as the bank has it.
        holder: RequiredText<NAME_LENGTH_MAX> = "Horizon Contracting Co.",
        /// The international number of the account. Spaces are left out.
        iban: Option<RequiredText<IBAN_TEXT_LENGTH_MAX>> = "SA03 8000 0000 6080 1016 7519",
        /// The number of an account that has no IBAN; needs `bankName` and `country`.
        account_number: Option<RequiredText<ACCOUNT_NUMBER_LENGTH_MAX>>,
        /// The bank that keeps the account.
        bank_name: Option<RequiredText<NAME_LENGTH_MAX>>,
        /// The country of the bank; with an IBAN that of the IBAN.
        country: Option<Country>,
        /// The currency of the account.
        currency: CurrencyCode = "USD",
    }

    /// Changes to a bank account (JSON Merge Patch). Members left out stay as they are; null clears a member. Whatever changes,
    /// the account is unverified after it.
    pub struct PartyBankAccountChange as UpdatePartyBankAccountBody {
        /// The name of the account holder, as the bank has it.
        holder: Optional<RequiredText<NAME_LENGTH_MAX>>,
        /// The international number of the account. Spaces are left out.
        iban: Patch<RequiredText<IBAN_TEXT_LENGTH_MAX>>,
        /// The number of an account that has no IBAN; needs `bankName` and `country`.
        account_number: Patch<RequiredText<ACCOUNT_NUMBER_LENGTH_MAX>>,
        /// The bank that keeps the account.
        bank_name: Patch<RequiredText<NAME_LENGTH_MAX>>,
        /// The country of the bank; with a new IBAN that of the IBAN.
        country: Patch<Country>,
        /// The currency of the account.
        currency: Optional<CurrencyCode>,
    }
}

view! {
    /// An account at a bank to which a party is paid.
    pub struct PartyBankAccountView of PartyBankAccount {
        id: Uuid,
        party_id: Uuid,
        holder: String,
        iban: Option<String> = |account| account.iban.as_ref().map(ToString::to_string),
        account_number: Option<String>,
        bank_name: Option<String>,
        country: Option<String>,
        currency: String,
        /// `unverified` or `verified`.
        status: &'static str,
        /// The user who changed the account last; null where the product did. Another user verifies it.
        changed_by: Option<Uuid>,
        /// The user who verified the account.
        verified_by: Option<Uuid>,
        /// The moment of that.
        verified_at: Option<String> = |account| account.verified_at.map(|at| at.to_string()),
    }
}

resource! {
    PartyBankAccount by id: BankAccountKey, in party_id: PartyId
        = "parties", "party_bank_account", "party_bank_accounts"
        at "/parties/{id}/bank-accounts", "/parties/{id}/bank-accounts/{bankAccountId}";
    en: "a", "bank account of a party", "the bank accounts of a party"; ar: "الحسابات البنكية للأطراف";
    within: "party", "parties";
    bodies: NewPartyBankAccount, PartyBankAccountChange => PartyBankAccountView;
    list: id sortable, iban nullable = FieldKind::Text, currency, status; order: id;
    refuses:
        create [&IBAN_INVALID, &PARTY_DUPLICATE, &BANK_ACCOUNT_NUMBER, &BANK_ACCOUNT_COUNTRY],
        change [&IBAN_INVALID, &PARTY_DUPLICATE, &BANK_ACCOUNT_NUMBER, &BANK_ACCOUNT_COUNTRY],
        delete [];
    create says "The account is unverified until another user verifies it.";
    change says "The account is unverified after any change, until another user verifies it.";
}

#[async_trait]
impl MasterData for PartyBankAccount {
    async fn create(
        new: &NewPartyBankAccount,
        key: BankAccountKey,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let party = Records::<Party>::find(check.uow, key.parent).await?;
        let party = party.ok_or_else(|| Party::RESOURCE.missing())?.value;
        let iban = new.iban.as_ref().map(|text| check.violations.check("/iban", Iban::parse(text)));
        let country = new.country.clone().or_else(|| iban.as_ref()?.as_ref()?.country());
        let account = Self {
            id: key.id,
            party_id: key.parent,
            holder: new.holder.clone().into(),
            iban: iban.clone().flatten(),
            account_number: new.account_number.clone().map(String::from),
            bank_name: new.bank_name.clone().map(String::from),
            country,
            currency: new.currency,
            status: Verification::Unverified,
            changed_by: check.ctx.actor.user_id(),
            verified_by: None,
            verified_at: None,
            party_active: party.is_active(),
            version: 1,
        };
        Known::default().currency(Some(account.currency), "/currency", check).await?;
        checked(account, iban.is_some_and(|iban| iban.is_none()), check).await
    }

    async fn change(
        &self,
        change: &PartyBankAccountChange,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let given = change.iban.clone().into_option();
        let iban = match &given {
            None => Some(self.iban.clone()),
            Some(None) => Some(None),
            Some(Some(text)) => check.violations.check("/iban", Iban::parse(text)).map(Some),
        };
        let renewed = given.is_some().then(|| iban.as_ref()?.as_ref()?.country()).flatten();
        let country = change.country.clone().into_option();
        let account = Self {
            holder: change.holder.0.clone().map_or_else(|| self.holder.clone(), String::from),
            iban: iban.clone().flatten(),
            account_number: change.account_number.or(&self.account_number),
            bank_name: change.bank_name.or(&self.bank_name),
            country: country.unwrap_or_else(|| renewed.or_else(|| self.country.clone())),
            currency: change.currency.or(&self.currency),
            ..self.clone()
        };
        let other = Some(account.currency).filter(|currency| *currency != self.currency);
        Known::default().currency(other, "/currency", check).await?;
        let account = account.changed_by(check.ctx.actor.user_id());
        checked(account, iban.is_none(), check).await
    }
}

/// The account, if nothing about it is wrong and no other account of an active party has its IBAN.
async fn checked(
    account: PartyBankAccount,
    unreadable: bool,
    check: &mut Check<'_>,
) -> AppResult<Option<PartyBankAccount>> {
    if !unreadable {
        check.violations.extend(account.check().into_vec());
    }
    if let Some(iban) = account.iban.as_ref().filter(|_| account.party_active) {
        let holders = check.uow.parties().iban_holders(&BTreeSet::from([iban.to_string()])).await?;
        if let Some(holder) = holders.iter().find(|holder| holder.account != account.id) {
            check.refuse(iban_taken(holder, "/iban"));
        }
    }
    Ok(Some(account))
}

/// The party of `holder` has the IBAN.
pub fn iban_taken(holder: &IbanHolder, at: &str) -> Violation {
    Violation::new(&PARTY_DUPLICATE)
        .at(at)
        .with("party", &holder.code)
        .with("id", holder.party)
        .with("member", "iban")
        .with("number", &holder.iban)
}
