//! Tax withheld from payments as the API shows it.

use chrono::NaiveDate;
use domain::money::Percentage;
use domain::tax::withholding::{WithholdingEntry, WithholdingReturnId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ports::StoredWithholdingReturn;

/// The withholding tax of a month: a draft that may be prepared again, or what was filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithholdingReturnView {
    pub id: Uuid,
    /// The month, such as `2026-03`.
    pub month: String,
    /// The first day of the month.
    pub from: NaiveDate,
    /// The last day of the month.
    pub to: NaiveDate,
    /// The day by which the tax is declared and paid.
    pub due_date: NaiveDate,
    /// `draft` or `filed`.
    pub status: &'static str,
    /// The number under which the authority has the return.
    pub reference: Option<String>,
    /// The amount paid, before tax, in the company currency.
    pub base: String,
    /// The tax withheld.
    pub tax: String,
    pub entry_count: u64,
    /// The moment at which the figures were computed.
    #[schema(format = "date-time")]
    pub prepared_at: String,
    #[schema(format = "date-time")]
    pub filed_at: Option<String>,
    /// The user who filed it.
    pub filed_by: Option<Uuid>,
    /// The user who prepared it first; null if the product did.
    pub created_by: Option<Uuid>,
    #[schema(format = "date-time")]
    pub created_at: String,
    pub version: i64,
    /// The sums by supplier and tax code. Lists leave them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<WithholdingLineView>>,
}

/// The tax withheld from one supplier at one tax code, in the company currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithholdingLineView {
    /// The code of the supplier.
    pub party: String,
    pub tax_code: String,
    /// The rate in per cent.
    pub rate: String,
    pub base: String,
    pub tax: String,
    pub entry_count: u64,
}

/// The base and the tax of one payment. Entries are never changed: a reversed payment has one more, with negative amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithholdingEntryView {
    pub id: Uuid,
    pub payment_id: Uuid,
    /// The number of the payment.
    pub document_number: String,
    /// The journal entry of the payment, or of its reversal.
    pub entry_id: Uuid,
    /// The account on which the tax is owed.
    pub account_id: Uuid,
    /// The code of the supplier.
    pub party: String,
    pub tax_code: String,
    /// The rate in per cent.
    pub rate: String,
    pub currency: String,
    /// The base in the currency of the payment.
    pub currency_base: String,
    pub currency_tax: String,
    /// The base in the company currency, like the tax.
    pub base: String,
    pub tax: String,
    pub payment_date: NaiveDate,
    /// The filed return that has the entry; null while it is in none.
    pub return_id: Option<Uuid>,
}

impl StoredWithholdingReturn {
    /// The view as lists show it.
    pub fn head(&self, company_scale: u8) -> WithholdingReturnView {
        WithholdingReturnView {
            id: self.id.uuid(),
            month: self.month.to_string(),
            from: self.month.first(),
            to: self.month.last(),
            due_date: self.month.due(),
            status: self.status.as_str(),
            reference: self.reference.clone(),
            base: self.base.display(company_scale),
            tax: self.tax.display(company_scale),
            entry_count: self.entry_count,
            prepared_at: self.prepared_at.to_string(),
            filed_at: self.filed_at.map(|at| at.to_string()),
            filed_by: self.filed_by.map(|id| id.uuid()),
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            version: self.version,
            lines: None,
        }
    }

    pub fn view(&self, company_scale: u8) -> WithholdingReturnView {
        WithholdingReturnView { lines: Some(self.lines.clone()), ..self.head(company_scale) }
    }
}

/// `scales` are those of the payment's currency and of the company's.
pub fn withholding_entry_view(
    entry: &WithholdingEntry,
    in_return: Option<WithholdingReturnId>,
    (scale, company_scale): (u8, u8),
) -> WithholdingEntryView {
    WithholdingEntryView {
        id: entry.id.uuid(),
        payment_id: entry.payment,
        document_number: entry.document_number.clone(),
        entry_id: entry.entry.uuid(),
        account_id: entry.account.uuid(),
        party: entry.party.clone(),
        tax_code: entry.tax_code.clone(),
        rate: Percentage::to_string(&entry.rate),
        currency: entry.currency.to_string(),
        currency_base: entry.currency_base.display(scale),
        currency_tax: entry.currency_tax.display(scale),
        base: entry.base.display(company_scale),
        tax: entry.tax.display(company_scale),
        payment_date: entry.payment_date,
        return_id: in_return.map(|id| id.uuid()),
    }
}
