//! A file of parties as read: codes not resolved yet.

use domain::country::Country;
use domain::money::{Amount, CurrencyCode};
use domain::parties::address::Address;
use domain::parties::iban::Iban;
use domain::parties::party::PartyKind;
use domain::parties::registration::Registration;
use domain::platform::EmailAddress;
use domain::text::{Code, LocalizedName};

use super::cells::Place;
use super::row_errors::RowErrors;

#[derive(Debug, Clone, Default)]
pub struct PartyFile {
    pub(super) parties: Vec<FileParty>,
    pub(super) errors: RowErrors,
}

/// One row. `None` stands for an empty cell or no column: an existing party keeps its value, a new one gets the default.
#[derive(Debug, Clone)]
pub struct FileParty {
    pub place: Place,
    pub code: Code,
    pub name: LocalizedName,
    pub country: Country,
    pub kind: Option<PartyKind>,
    pub is_customer: Option<bool>,
    pub is_supplier: Option<bool>,
    /// The code of a group.
    pub group: Option<String>,
    pub registrations: Vec<Registration>,
    /// The legal address, where one of its cells is not empty.
    pub address: Option<Address>,
    pub email: Option<EmailAddress>,
    pub phone: Option<String>,
    pub currency: Option<CurrencyCode>,
    /// The code of payment terms.
    pub payment_terms: Option<String>,
    /// The code of a price list.
    pub price_list: Option<String>,
    pub credit_limit: Option<Amount>,
    pub iban: Option<Iban>,
    pub update: Option<bool>,
}
