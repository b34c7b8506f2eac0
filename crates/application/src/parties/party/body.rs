//! The bodies that make and change parties.

use domain::country::Country;
use domain::error::Language;
use domain::items::match_policy::MatchPolicy;
use domain::items::price_list::PriceListId;
use domain::money::{Amount, CurrencyCode, Percentage};
use domain::parties::address::{ADDRESS_CODE_LENGTH_MAX, ADDRESSES_MAX, AddressRole};
use domain::parties::contact::{CONTACT_ROLE_LENGTH_MAX, CONTACTS_MAX, PHONE_LENGTH_MAX};
use domain::parties::dunning_profile::DunningProfileId;
use domain::parties::party::{DUPLICATE_REASON_LENGTH_MAX, PartyKind};
use domain::parties::party_group::PartyGroupId;
use domain::parties::payment_term::PaymentTermId;
use domain::parties::registration::{REGISTRATIONS_MAX, RegistrationScheme};
use domain::parties::roles::{BLOCK_REASON_LENGTH_MAX, CreditCheck, CustomerBlock, Residency, SupplierBlock};
use domain::platform::EmailAddress;
use domain::tax::tax_code::TaxCodeId;
use domain::text::{Code, LocalizedName, NAME_LENGTH_MAX};

use crate::request;
use crate::wire::{List, Optional, Patch, RequiredText};

/// Most roles of an address: one of each.
pub const ADDRESS_ROLES_MAX: usize = AddressRole::ALL.len();
/// Longest number of a registration as it is written, with spaces and dashes, in characters.
pub const REGISTRATION_TEXT_LENGTH_MAX: usize = 60;

request! {
    /// A number under which an authority knows the party.
    pub struct RegistrationBody {
        /// The register: `VAT`, `CRN` (commercial registration), `700` (unified number), `TIN`, `NAT` (national identity), `IQA`
        /// (residence permit), `MOM`, `MLS` and `SAG` (licences of the Saudi ministries of municipalities, labour and investment),
        /// `GCC`, `PAS` (passport) or `OTH`.
        scheme: RegistrationScheme = "CRN",
        /// The number. Spaces and dashes are left out, and Arabic digits become those of ASCII. Numbers of Saudi Arabia have the form
        /// of their scheme.
        number: RequiredText<REGISTRATION_TEXT_LENGTH_MAX> = "1010010000",
        /// The country of the register.
        country: Country => "SA",
    }

    /// An address in parts.
    pub struct AddressBody {
        /// The uses of the address; a party has one legal address.
        roles: List<AddressRole, ADDRESS_ROLES_MAX> = ["legal", "billing"] => [],
        street: Option<LocalizedName> = { "ar": "طريق الملك فهد", "en": "King Fahd Road" },
        additional_street: Option<LocalizedName>,
        /// The building number; 4 digits in Saudi Arabia.
        building_number: Option<RequiredText<ADDRESS_CODE_LENGTH_MAX>> = "2929",
        /// The additional number; 4 digits in Saudi Arabia.
        additional_number: Option<RequiredText<ADDRESS_CODE_LENGTH_MAX>>,
        district: Option<LocalizedName> = { "ar": "العليا", "en": "Al Olaya" },
        city: Option<LocalizedName> = { "ar": "الرياض", "en": "Riyadh" },
        /// The postal code; 5 digits in Saudi Arabia.
        postal_code: Option<RequiredText<ADDRESS_CODE_LENGTH_MAX>> = "12214",
        province: Option<LocalizedName>,
        country: Country => "SA",
        /// The short address of the Saudi post: 4 letters and 4 digits.
        short_address: Option<RequiredText<ADDRESS_CODE_LENGTH_MAX>>,
    }

    /// A person to talk to at the party.
    pub struct ContactBody {
        name: RequiredText<NAME_LENGTH_MAX> = "سارة القحطاني",
        /// The person's role, as free text.
        role: Option<RequiredText<CONTACT_ROLE_LENGTH_MAX>> = "Accounts payable",
        email: Option<EmailAddress>,
        phone: Option<RequiredText<PHONE_LENGTH_MAX>> = "+966 11 555 0100",
    }

    /// The customer role of a party. Members left out stay as they are; where there was no customer, they are none.
    pub struct CustomerBody {
        /// The group, by its id; null for none.
        group_id: Patch<PartyGroupId>,
        /// The group, by its code; null for none.
        group_code: Patch<Code>,
        /// The payment terms, by their id; null for none.
        payment_term_id: Patch<PaymentTermId>,
        /// The payment terms, by their code; null for none.
        payment_term_code: Patch<Code>,
        /// The currency of documents that name none.
        currency: Patch<CurrencyCode>,
        /// The most that the customer may owe, in the company currency; null for no limit.
        credit_limit: Patch<Amount>,
        /// The documents at which the limit is checked; `none` at first.
        credit_check: Optional<CreditCheck>,
        /// The transactions for which the customer is blocked; `none` at first.
        blocked: Optional<CustomerBlock>,
        /// The reason for the block; required while the customer is blocked, and forgotten after it.
        blocked_reason: Patch<RequiredText<BLOCK_REASON_LENGTH_MAX>>,
        /// The tax code of sales that name none, by its id; of the kind `vat_sale`. Null for none.
        tax_treatment_id: Patch<TaxCodeId>,
        /// The tax code of sales that name none, by its code; null for none.
        tax_treatment_code: Patch<Code>,
        /// The list in which prices are looked up first, by its id; null for none.
        price_list_id: Patch<PriceListId>,
        /// The list in which prices are looked up first, by its code; null for none.
        price_list_code: Patch<Code>,
        /// How the customer is reminded of what is overdue: a dunning profile, by its id; null for none.
        dunning_profile_id: Patch<DunningProfileId>,
        /// The dunning profile by its code; null for none.
        dunning_profile_code: Patch<Code>,
    }

    /// The supplier role of a party. Members left out stay as they are; where there was no supplier, they are none.
    pub struct SupplierBody {
        /// The group, by its id; null for none.
        group_id: Patch<PartyGroupId>,
        /// The group, by its code; null for none.
        group_code: Patch<Code>,
        /// The payment terms, by their id; null for none.
        payment_term_id: Patch<PaymentTermId>,
        /// The payment terms, by their code; null for none.
        payment_term_code: Patch<Code>,
        /// The currency of documents that name none.
        currency: Patch<CurrencyCode>,
        /// The transactions for which the supplier is blocked; `none` at first.
        blocked: Optional<SupplierBlock>,
        /// The reason for the block; required while the supplier is blocked, and forgotten after it.
        blocked_reason: Patch<RequiredText<BLOCK_REASON_LENGTH_MAX>>,
        /// Whether the supplier is taxed in the company's country; `resident` at first.
        residency: Optional<Residency>,
        /// The tax that is withheld from payments to a non-resident supplier: a tax code of the kind `wht`, by its id. Null for none.
        withholding_id: Patch<TaxCodeId>,
        /// The tax that is withheld from payments, by the code of its tax code; null for none.
        withholding_code: Patch<Code>,
        /// How far receipts may go beyond the quantity of orders to the supplier, in per cent, where neither the line nor its item says it.
        /// Null leaves it to the company profile.
        over_receipt_percent: Patch<Percentage>,
        /// Whether bills of the supplier wait for the receipt of what is ordered (`three_way`) or not (`two_way`), where neither the line
        /// nor its item says it. Null leaves it to the company profile.
        match_policy: Patch<MatchPolicy>,
    }

    /// A new party.
    pub struct NewParty as CreatePartyBody {
        /// Short code, unique in the tenant; lines of the ledger name the party by it.
        code: Code = "C001",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "شركة الأفق للمقاولات", "en": "Horizon Contracting Co." },
        kind: PartyKind => "company",
        country: Country => "SA",
        /// The language in which the party is written to.
        language: Language => "ar",
        /// Whether the party stands for customers without a name, who pay at once: it has no credit and sells nothing.
        anonymous: bool => false,
        /// The customer role; left out, the party is no customer.
        customer: Option<CustomerBody> = { "creditLimit": "50000.00", "creditCheck": "order" },
        /// The supplier role; left out, the party is no supplier.
        supplier: Option<SupplierBody>,
        /// The numbers under which authorities know it, at most one of a scheme. Active parties do not share a VAT number (unless it
        /// is that of a VAT group), a commercial registration or a unified number.
        registrations: List<RegistrationBody, REGISTRATIONS_MAX> = [{ "scheme": "VAT", "number": "399999999910003" }] => [],
        addresses: List<AddressBody, ADDRESSES_MAX> = [{ "roles": ["legal"], "street": { "en": "King Fahd Road" }, "buildingNumber": "2929", "district": { "en": "Al Olaya" }, "city": { "en": "Riyadh" }, "postalCode": "12214" }] => [],
        contacts: List<ContactBody, CONTACTS_MAX> = [{ "name": "سارة القحطاني", "phone": "+966 11 555 0100" }] => [],
        /// The reason for which the party may have a number of another active party. Needs the permission
        /// `parties.party.allow_duplicate`, and is kept only where there is such a party.
        allow_duplicate_reason: Option<RequiredText<DUPLICATE_REASON_LENGTH_MAX>>,
    }

    /// Changes to a party (JSON Merge Patch). Members that are left out stay as they are.
    pub struct PartyChange as UpdatePartyBody {
        /// Short code, unique in the tenant. Cannot change once a line of the ledger names the party.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        kind: Optional<PartyKind>,
        country: Optional<Country>,
        /// The language in which the party is written to.
        language: Optional<Language>,
        /// Whether the party stands for customers without a name, who pay at once.
        anonymous: Optional<bool>,
        /// Changes to the customer role, merged into it; null removes the role.
        customer: Patch<CustomerBody>,
        /// Changes to the supplier role, merged into it; null removes the role.
        supplier: Patch<SupplierBody>,
        /// All numbers under which authorities know it.
        registrations: Optional<List<RegistrationBody, REGISTRATIONS_MAX>>,
        /// All addresses.
        addresses: Optional<List<AddressBody, ADDRESSES_MAX>>,
        /// All contacts.
        contacts: Optional<List<ContactBody, CONTACTS_MAX>>,
        /// The reason for which the party may have a number of another active party. Needs the permission
        /// `parties.party.allow_duplicate`, and is looked at where `registrations` change.
        allow_duplicate_reason: Patch<RequiredText<DUPLICATE_REASON_LENGTH_MAX>>,
    }
}
