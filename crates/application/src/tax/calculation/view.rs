//! The taxes of a document, as decimal strings.

use chrono::NaiveDate;
use domain::money::{Amount, Currency};
use domain::tax::document::{Calculation, ChargeTax, Group, LineTax, Totals};
use domain::tax::payable::Payable;
use serde::Serialize;
use utoipa::ToSchema;

/// The taxes of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxCalculationView {
    pub currency: String,
    pub prices_include_vat: bool,
    /// The day on which the rates of tax codes were looked up.
    pub tax_date: NaiveDate,
    /// In the order of the document.
    pub lines: Vec<TaxLineView>,
    /// In the order of the document.
    pub charges: Vec<TaxChargeView>,
    /// One for each category and rate, in the order in which the document names them.
    pub groups: Vec<TaxGroupView>,
    pub totals: TaxTotalsView,
}

/// The amounts of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxLineView {
    /// Quantity times price.
    pub amount: String,
    /// The discount of the line. With prices that include VAT it holds the line's part of the document's discount, too.
    pub discount: String,
    pub charge: String,
    /// The amount of the line without VAT.
    pub net: String,
    /// The VAT of the line. Where prices exclude VAT it is for show: the VAT of the document is calculated for each group and
    /// is not the sum of its lines.
    pub vat: String,
    /// `net` and `vat` together.
    pub gross: String,
}

/// The amounts of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxChargeView {
    pub net: String,
    /// The VAT of the charge, for show where prices exclude VAT.
    pub vat: String,
    pub gross: String,
}

/// Everything of one category and rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxGroupView {
    /// `S`, `Z`, `E` or `O`.
    pub category: &'static str,
    /// The rate in per cent.
    pub rate: String,
    /// The reason for which the group bears no tax, if a line or its tax code names one.
    pub reason: Option<&'static str>,
    /// The net amounts of its lines.
    pub lines_net: String,
    /// The line's share of the document's discount.
    pub discount: String,
    /// The net amounts of its charges.
    pub charges: String,
    /// `linesNet` less `discount` plus `charges`.
    pub taxable: String,
    /// The VAT on `taxable`, rounded once.
    pub vat: String,
}

/// The amounts of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxTotalsView {
    /// The sum of the lines' net amounts.
    pub lines_net: String,
    /// The document's discount. With prices that include VAT it is 0, because the discount is in the lines.
    pub discount: String,
    /// The sum of the charges' net amounts.
    pub charges: String,
    /// `linesNet` less `discount` plus `charges`.
    pub net: String,
    /// The sum of the groups' VAT.
    pub vat: String,
    /// `net` and `vat` together.
    pub total: String,
    pub prepaid: String,
    /// The rounding difference of the payable amount; negative if rounding lowered it.
    pub rounding: String,
    /// `total` less `prepaid` plus `rounding`.
    pub payable: String,
}

impl TaxCalculationView {
    pub(super) fn new(
        currency: Currency,
        (prices_include_vat, tax_date): (bool, NaiveDate),
        calculation: &Calculation,
        payable: &Payable,
    ) -> Self {
        let text = |amount: Amount| amount.display(currency.scale);
        Self {
            currency: currency.code.to_string(),
            prices_include_vat,
            tax_date,
            lines: calculation.lines.iter().map(|line| TaxLineView::new(line, &text)).collect(),
            charges: calculation.charges.iter().map(|charge| TaxChargeView::new(charge, &text)).collect(),
            groups: calculation.groups.iter().map(|group| TaxGroupView::new(group, &text)).collect(),
            totals: TaxTotalsView::new(&calculation.totals, payable, &text),
        }
    }
}

impl TaxLineView {
    fn new(line: &LineTax, text: &impl Fn(Amount) -> String) -> Self {
        Self {
            amount: text(line.amount),
            discount: text(line.discount),
            charge: text(line.charge),
            net: text(line.net),
            vat: text(line.vat),
            gross: text(line.gross),
        }
    }
}

impl TaxChargeView {
    fn new(charge: &ChargeTax, text: &impl Fn(Amount) -> String) -> Self {
        Self { net: text(charge.net), vat: text(charge.vat), gross: text(charge.gross) }
    }
}

impl TaxGroupView {
    fn new(group: &Group, text: &impl Fn(Amount) -> String) -> Self {
        Self {
            category: group.category.as_str(),
            rate: group.rate.to_string(),
            reason: group.reason.map(|reason| reason.as_str()),
            lines_net: text(group.lines_net),
            discount: text(group.discount),
            charges: text(group.charges),
            taxable: text(group.taxable),
            vat: text(group.vat),
        }
    }
}

impl TaxTotalsView {
    fn new(totals: &Totals, payable: &Payable, text: &impl Fn(Amount) -> String) -> Self {
        Self {
            lines_net: text(totals.lines_net),
            discount: text(totals.discount),
            charges: text(totals.charges),
            net: text(totals.net),
            vat: text(totals.vat),
            total: text(totals.total),
            prepaid: text(payable.prepaid),
            rounding: text(payable.rounding),
            payable: text(payable.payable),
        }
    }
}
