//! The body that changes the company profile.

use domain::company::branch::BranchId;
use domain::company::profile::VatPeriod;
use domain::items::match_policy::MatchPolicy;
use domain::money::{Amount, CurrencyCode, Percentage};
use domain::parties::registration::REGISTRATIONS_MAX;
use domain::settlement::bad_debt::BAD_DEBT_MONTHS_MAX;
use domain::settlement::tolerance::TOLERANCES_MAX;
use domain::text::{Code, LocalizedName};

use crate::company::address::CompanyAddressBody;
use crate::parties::party::{REGISTRATION_TEXT_LENGTH_MAX, RegistrationBody};
use crate::request;
use crate::wire::{Int, List, Optional, Patch, RequiredText};

request! {
    /// Changes to the company profile (JSON Merge Patch). Members that are left out stay as they are.
    pub struct CompanyProfileChange as UpdateCompanyProfileBody {
        /// The legal name in Arabic, English or both.
        legal_name: Optional<LocalizedName>,
        /// The VAT number: 15 digits that begin and end with 3. Spaces and dashes are left out, and Arabic digits become those of
        /// ASCII. Null where the company is not registered for VAT.
        vat_number: Patch<RequiredText<REGISTRATION_TEXT_LENGTH_MAX>>,
        /// All other numbers under which authorities know the company, at most one of a scheme and none of the scheme `VAT`.
        registrations: Optional<List<RegistrationBody, REGISTRATIONS_MAX>>,
        /// The national address, merged into what it was; null removes it.
        address: Patch<CompanyAddressBody>,
        /// How long a period of the VAT return is.
        vat_period: Optional<VatPeriod>,
        /// Whether prices of new documents include VAT.
        prices_include_vat: Optional<bool>,
        /// How far the price on a bill may be from that of the order, in per cent. The larger of the two tolerances counts.
        price_tolerance_percent: Optional<Percentage>,
        /// The tolerance of prices as an amount in the company currency, for one base unit.
        price_tolerance_amount: Optional<Amount>,
        /// How far receipts may go beyond the ordered quantity, in per cent, of items that do not say it themselves.
        over_receipt_percent: Optional<Percentage>,
        /// Whether bills wait for the receipt of what is ordered (`three_way`) or not (`two_way`), of items that do not say it
        /// themselves.
        match_policy: Optional<MatchPolicy>,
        /// Whether a discount for early payment leaves VAT as it was, so that no note is made of it.
        discount_without_vat: Optional<bool>,
        /// The differences of payments that may be written off, at most one for each currency. Replaces those before.
        payment_tolerances: Optional<List<PaymentToleranceBody, TOLERANCES_MAX>>,
        /// The months after a supply from which VAT of a bad debt may be taken back; 12 at first.
        bad_debt_months: Optional<Int<1, BAD_DEBT_MONTHS_MAX>>,
        /// The debt, in the company currency, beyond which that needs a proof of the claim; 100,000 at first.
        bad_debt_proof_above: Optional<Amount>,
        /// The branch of documents that name none, by its id; null leaves it to the only active branch.
        default_branch_id: Patch<BranchId>,
        /// That branch, by its code.
        default_branch_code: Patch<Code>,
    }

    /// The difference of a payment that may be written off in a currency.
    pub struct PaymentToleranceBody {
        currency: CurrencyCode = "SAR",
        /// The largest difference.
        amount: Amount = "0.50",
        /// The largest share of the item, in per cent; the smaller of both decides. By default any share.
        percent: Option<Percentage> = "1",
    }
}
