//! The members that a line of an entry and a line of a template have in common.

/// Declares the body of a line: the members every line has, and those given. The meaning of `rate`, `description` and
/// `reference` differs, so each kind declares them itself.
macro_rules! line_body {
    ($(#[doc = $doc:literal])* pub struct $name:ident { $($own:tt)* }) => {
        $crate::request! {
            $(#[doc = $doc])*
            pub struct $name {
                /// The account, by its id; give either the id or the code.
                account_id: Option<::domain::ids::AccountId>,
                /// The account, by its code.
                account_code: Option<::domain::text::Code> = "6210",
                /// The debit, in the line's currency. Give either a debit or a credit.
                debit: Option<::domain::money::Amount> = "5000.00",
                /// The credit, in the line's currency. Give either a debit or a credit.
                credit: Option<::domain::money::Amount>,
                /// The currency of the line; by default that of the entry.
                currency: Option<::domain::money::CurrencyCode>,
                /// The values of dimensions: dimension code to value code.
                dimensions: Option<$crate::wire::DimensionCodes>,
                /// The party; required on receivable and payable accounts.
                party: Option<$crate::wire::Text<{ ::domain::accounting::journal_entry::PARTY_LENGTH_MAX }>>,
                /// The tax code of the line.
                tax_code: Option<
                    $crate::wire::Text<{ ::domain::accounting::journal_entry::TAX_CODE_LENGTH_MAX }>,
                >,
                /// The amount before VAT of a line on a VAT account, in the line's currency. It may be left out where the
                /// other lines with the tax code tell it.
                tax_base: Option<::domain::money::Amount>,
                $($own)*
            }
        }

        impl $name {
            /// The line without the members that only some kinds have.
            fn common(self) -> ::application::accounting::entry_input::LineInput {
                use ::application::accounting::entry_input::LineInput;
                use ::application::reference::Reference;
                use ::domain::accounting::journal_entry::LineDetails;
                let code = self.account_code.map(|code| Reference::Code(code.into_string()));
                LineInput {
                    account: self.account_id.map(Reference::Id).or(code),
                    debit: self.debit,
                    credit: self.credit,
                    currency: self.currency,
                    rate: self.rate,
                    company_amount: None,
                    dimensions: self.dimensions.unwrap_or_default().0,
                    details: LineDetails {
                        description: self.description.map(Into::into),
                        party: self.party.map(Into::into),
                        due_date: None,
                        reference: self.reference.map(Into::into),
                        tax_code: self.tax_code.map(Into::into),
                        tax_base: self.tax_base,
                    },
                }
            }
        }
    };
}
pub(crate) use line_body;
