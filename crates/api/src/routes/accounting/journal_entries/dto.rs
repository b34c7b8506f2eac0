//! Bodies of journal entries.

use std::collections::BTreeMap;

use application::accounting::entry_input::{LineInput, Reference};
use chrono::NaiveDate;
use domain::accounting::journal_entry::{
    LINES_MAX, PARTY_LENGTH_MAX, REFERENCE_LENGTH_MAX, TAX_CODE_LENGTH_MAX,
};
use domain::error::Violations;
use domain::ids::{AccountId, JournalId};
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::{Code, DESCRIPTION_LENGTH_MAX};
use serde_json::{Value, json};

use crate::request;
use crate::wire::{List, Optional, Patch, Pointer, Schemas, Text, WireType, wrong_type};

/// Longest notes, in characters.
pub const NOTES_LENGTH_MAX: usize = 2_000;

request! {
    /// A new journal entry.
    pub struct CreateJournalEntryBody {
        /// The journal by id; or by code; the general journal when neither is given.
        journal_id: Option<JournalId>,
        /// The journal by code.
        journal_code: Option<Code> = "GENERAL",
        /// The date it counts for; lies in an open fiscal period.
        posting_date: NaiveDate = "2026-01-31",
        /// The date of the document behind it.
        document_date: Option<NaiveDate>,
        /// Of lines that name none; the company currency when left out.
        currency: Option<CurrencyCode> = "SAR",
        /// What happened.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>> = "Office rent January",
        /// Number of the document behind it.
        reference: Option<Text<REFERENCE_LENGTH_MAX>> = "INV-4711",
        /// For colleagues; may change after posting.
        notes: Option<Text<NOTES_LENGTH_MAX>>,
        /// Why control accounts (receivable, payable, inventory, VAT) are posted to by hand.
        control_reason: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// Debits and credits; they balance when the entry is posted.
        lines: List<JournalEntryLineBody, LINES_MAX>,
        /// Post at once.
        post: bool => false,
    }

    /// One line of an entry: an account and either a debit or a credit.
    pub struct JournalEntryLineBody {
        /// The account by id, or by code.
        account_id: Option<AccountId>,
        /// The account by code.
        account_code: Option<Code> = "6210",
        /// In the line's currency; either this or `credit`.
        debit: Option<Amount> = "5000.00",
        /// In the line's currency; either this or `debit`.
        credit: Option<Amount>,
        /// The entry's currency when left out.
        currency: Option<CurrencyCode>,
        /// Company units for one unit of the currency; the rate of the posting date when left out.
        rate: Option<Rate>,
        /// The amount in the company currency; converted when left out.
        company_amount: Option<Amount>,
        /// Dimension code to value code.
        dimensions: Option<DimensionCodes>,
        /// The entry's description when left out.
        description: Option<Text<DESCRIPTION_LENGTH_MAX>>,
        /// Required on receivable and payable accounts.
        party: Option<Text<PARTY_LENGTH_MAX>>,
        /// When it falls due.
        due_date: Option<NaiveDate>,
        /// Number of the document the line belongs to.
        reference: Option<Text<REFERENCE_LENGTH_MAX>>,
        /// Tax code the line was computed with.
        tax_code: Option<Text<TAX_CODE_LENGTH_MAX>>,
    }

    /// Changes to an entry (JSON Merge Patch): left out stays, null empties.
    pub struct UpdateJournalEntryBody {
        /// Another journal, by id.
        journal_id: Optional<JournalId>,
        /// Another journal, by code.
        journal_code: Optional<Code>,
        /// The date it counts for.
        posting_date: Optional<NaiveDate>,
        /// The date of the document behind it.
        document_date: Patch<NaiveDate>,
        /// Of lines that name none.
        currency: Optional<CurrencyCode>,
        /// What happened.
        description: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// Number of the document behind it.
        reference: Patch<Text<REFERENCE_LENGTH_MAX>>,
        /// For colleagues.
        notes: Patch<Text<NOTES_LENGTH_MAX>>,
        /// Why control accounts are posted to by hand.
        control_reason: Patch<Text<DESCRIPTION_LENGTH_MAX>>,
        /// All lines; they replace the ones before.
        lines: Optional<List<JournalEntryLineBody, LINES_MAX>>,
    }

    /// How to reverse an entry.
    pub struct ReverseJournalEntryBody {
        /// Not before the entry's own; today when left out.
        posting_date: Option<NaiveDate>,
        /// Becomes the description of the reversal.
        reason: crate::wire::RequiredText<DESCRIPTION_LENGTH_MAX> = "Posted twice",
    }

    /// How to copy an entry.
    pub struct CopyJournalEntryBody {
        /// Of the new draft; today when left out.
        posting_date: Option<NaiveDate>,
    }
}

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
        let Value::Object(members) = value else { return wrong_type("an object", value, at, errors) };
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

/// The journal by id or else by code.
pub fn journal(id: Option<JournalId>, code: Option<Code>) -> Option<Reference<JournalId>> {
    id.map(Reference::Id).or_else(|| code.map(|code| Reference::Code(code.into_string())))
}

pub fn lines(lines: List<JournalEntryLineBody, LINES_MAX>) -> Vec<LineInput> {
    lines.0.into_iter().map(LineInput::from).collect()
}

impl From<JournalEntryLineBody> for LineInput {
    fn from(line: JournalEntryLineBody) -> Self {
        let code = line.account_code.map(|code| Reference::Code(code.into_string()));
        Self {
            account: line.account_id.map(Reference::Id).or(code),
            debit: line.debit,
            credit: line.credit,
            currency: line.currency,
            rate: line.rate,
            company_amount: line.company_amount,
            dimensions: line.dimensions.unwrap_or_default().0,
            description: line.description.map(Into::into),
            party: line.party.map(Into::into),
            due_date: line.due_date,
            reference: line.reference.map(Into::into),
            tax_code: line.tax_code.map(Into::into),
        }
    }
}
