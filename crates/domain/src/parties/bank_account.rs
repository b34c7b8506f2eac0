//! Bank accounts of parties: where their money goes, and who made sure of it (R45).

use super::iban::Iban;
use super::party::PartyId;
use crate::country::Country;
use crate::error::{Violation, Violations};
use crate::ids::{Id, UserId};
use crate::money::CurrencyCode;
use crate::platform::FOUR_EYES_REQUIRED;
use crate::time::Timestamp;

pub type PartyBankAccountId = Id<PartyBankAccount>;

/// Longest account number that is no IBAN, in characters.
pub const ACCOUNT_NUMBER_LENGTH_MAX: usize = 40;

crate::errors! {
    BANK_ACCOUNT_NUMBER = "bank_account_number", Rule, User,
        "A bank account has either an IBAN, or an account number with its bank and country.",
        "للحساب البنكي إما رقم IBAN أو رقم حساب مع اسم البنك والدولة.";
    BANK_ACCOUNT_COUNTRY = "bank_account_country", Rule, User,
        "The IBAN is of {expected}, so the country is not {country}.",
        "رقم IBAN يخص الدولة {expected}، فلا تكون الدولة {country}.";
}

crate::choices! {
    /// Whether somebody else made sure that the account is the party's.
    pub enum Verification {
        Unverified = "unverified",
        Verified = "verified",
    }
}

/// An account at a bank to which a party is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyBankAccount {
    pub id: PartyBankAccountId,
    pub party_id: PartyId,
    /// The name of the account holder, as the bank has it.
    pub holder: String,
    pub iban: Option<Iban>,
    pub account_number: Option<String>,
    pub bank_name: Option<String>,
    pub country: Option<Country>,
    pub currency: CurrencyCode,
    pub status: Verification,
    /// The user who changed it last; `None` is the product itself.
    pub changed_by: Option<UserId>,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<Timestamp>,
    /// Whether the party is active: of those, an IBAN belongs to one.
    pub party_active: bool,
    pub version: i64,
}

impl PartyBankAccount {
    /// Everything about the account that contradicts itself.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        let mut incomplete = |at| violations.push(Violation::new(&BANK_ACCOUNT_NUMBER).at(at));
        match (&self.iban, &self.account_number) {
            (None, None) => incomplete("/iban"),
            (Some(_), Some(_)) => incomplete("/accountNumber"),
            (None, Some(_)) => {
                if self.bank_name.is_none() {
                    incomplete("/bankName");
                }
                if self.country.is_none() {
                    incomplete("/country");
                }
            }
            (Some(_), None) => {}
        }
        let of_iban = self.iban.as_ref().and_then(Iban::country);
        if let (Some(expected), Some(country)) = (of_iban, &self.country)
            && expected != *country
        {
            let differs = Violation::new(&BANK_ACCOUNT_COUNTRY).at("/country");
            violations.push(differs.with("expected", expected).with("country", country));
        }
        violations
    }

    /// The account after a change by `user`: whatever changed, somebody else has to look again.
    #[must_use]
    pub fn changed_by(self, user: Option<UserId>) -> Self {
        Self {
            status: Verification::Unverified,
            changed_by: user,
            verified_by: None,
            verified_at: None,
            ..self
        }
    }

    /// The account as `user` verifies it, who must not be the one who changed it last.
    pub fn verified_by(&self, user: Option<UserId>, at: Timestamp) -> Result<Self, Violation> {
        match user {
            Some(user) if self.changed_by != Some(user) => Ok(Self {
                status: Verification::Verified,
                verified_by: Some(user),
                verified_at: Some(at),
                ..self.clone()
            }),
            _ => Err(Violation::new(&FOUR_EYES_REQUIRED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> Option<UserId> {
        Some(UserId::new(uuid::Uuid::from_u128(number)))
    }

    fn account() -> PartyBankAccount {
        PartyBankAccount {
            id: PartyBankAccountId::new(uuid::Uuid::nil()),
            party_id: PartyId::new(uuid::Uuid::nil()),
            holder: "Horizon Contracting Co.".to_owned(),
            iban: Iban::parse("SA0380000000608010167519").ok(),
            account_number: None,
            bank_name: None,
            country: Country::parse("SA").ok(),
            currency: CurrencyCode::parse("SAR").unwrap(),
            status: Verification::Unverified,
            changed_by: user(1),
            verified_by: None,
            verified_at: None,
            party_active: true,
            version: 1,
        }
    }

    fn pointers(account: &PartyBankAccount) -> Vec<String> {
        account.check().into_vec().into_iter().map(|violation| violation.pointer).collect()
    }

    #[test]
    fn an_account_has_one_kind_of_number() {
        assert!(account().check().is_empty());
        let number = Some("0012345".to_owned());
        assert_eq!(
            pointers(&PartyBankAccount { account_number: number.clone(), ..account() }),
            ["/accountNumber"]
        );
        assert_eq!(pointers(&PartyBankAccount { iban: None, ..account() }), ["/iban"]);
        let bare = PartyBankAccount { iban: None, account_number: number, country: None, ..account() };
        assert_eq!(pointers(&bare), ["/bankName", "/country"]);
        let abroad = PartyBankAccount { country: Country::parse("AE").ok(), ..account() };
        assert_eq!(pointers(&abroad), ["/country"]);
    }

    #[test]
    fn another_user_verifies_and_any_change_undoes_it() {
        let now = Timestamp::from_micros(1);
        assert_eq!(account().verified_by(user(1), now).unwrap_err().def, &FOUR_EYES_REQUIRED);
        assert_eq!(account().verified_by(None, now).unwrap_err().def, &FOUR_EYES_REQUIRED);
        let verified = account().verified_by(user(2), now).unwrap();
        assert_eq!((verified.status, verified.verified_by), (Verification::Verified, user(2)));
        let changed = verified.changed_by(user(2));
        assert_eq!(
            (changed.status, changed.verified_by, changed.verified_at),
            (Verification::Unverified, None, None)
        );
        assert!(changed.verified_by(user(2), now).is_err() && changed.verified_by(user(1), now).is_ok());
    }
}
