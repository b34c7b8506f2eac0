//! The input and the result of a tax calculation (R61).

use super::category::{TaxCategory, Treatment};
use super::exemption::ExemptionReason;
use crate::money::{Amount, Currency, Percentage, Price, Quantity};

/// Most lines of a document.
pub const LINES_MAX: usize = 10_000;
/// Most charges of a document.
pub const CHARGES_MAX: usize = 1_000;

/// A share of an amount, or an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    Percent(Percentage),
    Amount(Amount),
}

/// A line: so many units at a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub quantity: Quantity,
    pub unit_price: Price,
    /// The number of units that the price is for.
    pub price_base_quantity: Quantity,
    pub discount: Option<Discount>,
    /// The amount that is added to the line after its discount.
    pub charge: Amount,
    pub tax: Treatment,
}

/// Freight, packing and the like, charged on the whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub amount: Amount,
    pub tax: Treatment,
}

/// A document before its taxes are known. All amounts and prices include VAT, or none does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub currency: Currency,
    pub prices_include_vat: bool,
    pub lines: Vec<Line>,
    pub discount: Option<Discount>,
    pub charges: Vec<Charge>,
}

/// The amounts of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineTax {
    /// Quantity times price.
    pub amount: Amount,
    /// The line's own discount and, with prices that include VAT, its part of the document's.
    pub discount: Amount,
    pub charge: Amount,
    pub net: Amount,
    /// For show only where prices exclude VAT: the VAT of a document is not the sum of these.
    pub vat: Amount,
    /// Net and VAT.
    pub gross: Amount,
}

/// The amounts of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChargeTax {
    pub net: Amount,
    /// The VAT of the line; for display only where prices exclude VAT.
    pub vat: Amount,
    pub gross: Amount,
}

/// Everything of one category and rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    pub category: TaxCategory,
    pub rate: Percentage,
    /// The one reason that its lines and charges name, if any does.
    pub reason: Option<ExemptionReason>,
    /// The net amounts of its lines.
    pub lines_net: Amount,
    /// Its part of the document's discount; with prices that include VAT that is in the lines.
    pub discount: Amount,
    /// The net amounts of its charges.
    pub charges: Amount,
    pub taxable: Amount,
    pub vat: Amount,
}

/// The amounts of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    pub lines_net: Amount,
    pub discount: Amount,
    pub charges: Amount,
    pub net: Amount,
    pub vat: Amount,
    /// Net and VAT.
    pub total: Amount,
}

/// The taxes of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    pub lines: Vec<LineTax>,
    pub charges: Vec<ChargeTax>,
    /// The tax groups in the order in which the document names them, lines before charges.
    pub groups: Vec<Group>,
    pub totals: Totals,
}
