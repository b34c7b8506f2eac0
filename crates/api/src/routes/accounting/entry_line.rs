//! The members that a line of an entry and a line of a template have in common.

use std::collections::BTreeMap;

use domain::error::Violations;
use domain::text::Code;
use serde_json::{Value, json};

use crate::wire::{AN_OBJECT, Pointer, Schemas, WireType, wrong_type};

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
                dimensions: Option<$crate::routes::accounting::entry_line::DimensionCodes>,
                /// The party; required on receivable and payable accounts.
                party: Option<$crate::wire::Text<{ ::domain::accounting::journal_entry::PARTY_LENGTH_MAX }>>,
                /// The tax code of the line.
                tax_code: Option<
                    $crate::wire::Text<{ ::domain::accounting::journal_entry::TAX_CODE_LENGTH_MAX }>,
                >,
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
                    },
                }
            }
        }
    };
}
pub(crate) use line_body;

/// Dimension code to value code, at most [`DIMENSIONS_MAX`].
#[derive(Debug, Default)]
pub struct DimensionCodes(pub BTreeMap<String, String>);

const DIMENSIONS_MAX: usize = domain::accounting::dimension::DIMENSIONS_PER_LINE_MAX;

impl WireType for DimensionCodes {
    fn schema(schemas: &mut Schemas) -> Value {
        let code = Code::schema(schemas);
        json!({
            "type": "object",
            "description": "Dimension code to value code.",
            "propertyNames": code,
            "additionalProperties": code,
            "maxProperties": DIMENSIONS_MAX,
            "example": { "cost-centre": "ADMIN" },
        })
    }

    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Object(members) = value else { return wrong_type(AN_OBJECT, value, at, errors) };
        let before = errors.len();
        if members.len() > DIMENSIONS_MAX {
            let violation = domain::error::Violation::new(&crate::wire::TOO_MANY_ITEMS)
                .with("max", DIMENSIONS_MAX)
                .with("count", members.len());
            errors.push(violation.at(at.to_string()));
            return None;
        }
        let mut codes = BTreeMap::new();
        for (dimension, value) in members {
            let at = at.member(dimension);
            errors.check(&at.to_string(), Code::parse(dimension));
            if let Some(value) = <Code as WireType>::parse(value, &at, errors) {
                codes.insert(dimension.clone(), value.into_string());
            }
        }
        (errors.len() == before).then_some(Self(codes))
    }
}
