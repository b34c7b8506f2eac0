//! Whether the prices of bills are those of the orders (R86): both without VAT, for one base unit, after all discounts. Charges that
//! no order has are worth a warning. The VAT of a customs bill is compared with the rate of its base.

use domain::documents::document_type::TradeSide;
use domain::documents::posting::TaxOnly;
use domain::documents::price_match::{DocumentBasis, PriceTolerance, PricedLine, prices_match};
use domain::error::Violation;
use domain::money::{Amount, Currency, Percentage, Price, Quantity};
use domain::tax::document::{Calculation, Discount};

use super::content::Content;
use super::facts::Facts;
use super::line::Line;
use super::ordered::{OrderedLine, Orders};
use super::prepare::Preparing;
use super::resolve::Resolved;
use super::tax_only::TaxOnlyLine;
use crate::documents::error::{CUSTOMS_TAX_DIFFERS, PRICE_MISMATCH};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::CHARGES_NOT_ORDERED;

/// Who has it accepts prices on bills that are not those of the order.
const ACCEPT_DIFFERENCE: &str = "purchase.invoice.accept_difference";

/// The difference that rounding of a declaration to whole units explains, in ten-thousandths.
const CUSTOMS_TOLERANCE: i64 = 10_000;

/// The line of an order with its price.
fn ordered_price(ordered: &OrderedLine) -> Option<PricedLine> {
    let line = &ordered.line;
    let percent = line.discount_percent.as_deref().map(Percentage::parse);
    let amount = line.discount_amount.as_deref().map(Amount::parse);
    let quantity = Quantity::parse(&line.quantity).ok()?;
    Some(PricedLine {
        quantity,
        unit_price: Price::parse(&line.unit_price).ok()?,
        price_base_quantity: Quantity::parse(&line.price_base_quantity).ok()?,
        discount_percent: percent.and_then(Result::ok).unwrap_or_default(),
        discount_amount: amount.and_then(Result::ok).unwrap_or_default(),
        base_quantity: line
            .base_quantity
            .as_deref()
            .map_or(Some(quantity), |text| Quantity::parse(text).ok())?,
        document: ordered.basis,
    })
}

fn billed_price(line: &Line, resolved: &Resolved, document: DocumentBasis) -> PricedLine {
    PricedLine {
        quantity: line.quantity,
        unit_price: resolved.price.map(|price| price.price).unwrap_or_default(),
        price_base_quantity: if line.unit_price.is_some() { line.price_base_quantity } else { Quantity::ONE },
        discount_percent: match resolved.discount {
            Some(Discount::Percent(percent)) => percent,
            _ => Percentage::default(),
        },
        discount_amount: match resolved.discount {
            Some(Discount::Amount(amount)) => amount,
            _ => Amount::ZERO,
        },
        base_quantity: resolved.base_quantity,
        document,
    }
}

/// The price of a line that is not the one of the order.
fn price_mismatch(
    (line, resolved): (&Line, &Resolved),
    document: DocumentBasis,
    tolerance: PriceTolerance,
) -> Option<Violation> {
    let ordered = line.ordered.as_ref()?;
    let (wanted, billed) = (ordered_price(ordered)?, billed_price(line, resolved, document));
    if prices_match(&wanted, &billed, tolerance) {
        return None;
    }
    let text = |price: &PricedLine| price.net_price().map(|price| price.to_string()).unwrap_or_default();
    let mismatch = Violation::new(&PRICE_MISMATCH).at(format!("{}/unitPrice", line.at));
    let mismatch = mismatch.with("billed", text(&billed)).with("ordered", text(&wanted));
    Some(mismatch.with("line", ordered.line.line_no).with("number", &ordered.number))
}

impl Preparing<'_> {
    /// Whether somebody who may has accepted what differs.
    pub(super) fn accepts_differences(&self) -> bool {
        self.input.accept_difference.is_some() && self.ctx.permissions.allows(ACCEPT_DIFFERENCE)
    }

    /// Prices of bills that are not those of the orders, unless somebody who may has accepted them.
    pub(super) fn price_mismatches(
        &self,
        content: &Content,
        calculation: &Calculation,
        facts: &Facts,
    ) -> Vec<Violation> {
        if self.document_type.side() == TradeSide::Sale || self.accepts_differences() {
            return Vec::new();
        }
        let tolerance = facts.company.price_tolerance;
        let mismatch = |(line, resolved): &(Line, Resolved)| {
            let document = self.basis(content, calculation, resolved);
            price_mismatch((line, resolved), document, tolerance)
        };
        content.lines.iter().filter_map(mismatch).collect()
    }

    /// What the document does to the price of a line.
    fn basis(&self, content: &Content, calculation: &Calculation, resolved: &Resolved) -> DocumentBasis {
        let includes = content.document.prices_include_vat;
        let (percent, amount) = self.input.discount;
        let sum = |column: fn(&domain::tax::document::LineTax) -> Amount| {
            Amount::sum(calculation.lines.iter().map(column))
        };
        let of = |amount: Amount| match includes {
            true => sum(|line| line.gross)?.checked_add(amount),
            false => sum(|line| line.net),
        };
        let rate = content.codes.treatments.get(resolved.code).map(|tax| tax.rate());
        DocumentBasis {
            discount_percent: percent.unwrap_or_default(),
            discount: amount.and_then(|amount| Some((amount, of(amount)?))),
            vat: rate.filter(|rate| includes && !rate.is_zero()),
        }
    }

    /// The warning that a bill has more charges than its orders, which have them on their first bill.
    pub(super) async fn charges_not_ordered(
        &self,
        uow: &mut dyn UnitOfWork,
        orders: &Orders,
        calculation: &Calculation,
        scale: u8,
    ) -> AppResult<Option<Violation>> {
        let billed = Amount::sum(calculation.charges.iter().map(|charge| charge.net)).unwrap_or_default();
        let bills = self.document_type.side() == TradeSide::Purchase && !orders.all().is_empty();
        if !bills || !billed.is_positive() {
            return Ok(None);
        }
        let mut ordered = Amount::ZERO;
        for order in orders.all().iter().filter(|order| !order.view.charges.is_empty()) {
            let progress = uow.documents().line_progress(order.id).await?;
            if progress.iter().all(|line| !line.billed().is_positive()) {
                let charges = order.view.charges.iter().filter_map(|charge| Amount::parse(&charge.net).ok());
                let sum = Amount::sum(charges).and_then(|sum| ordered.checked_add(sum));
                ordered = sum.unwrap_or(ordered);
            }
        }
        let text = |amount: Amount| amount.display(scale);
        let warning = Violation::new(&CHARGES_NOT_ORDERED).at("/charges");
        Ok((billed > ordered).then(|| warning.with("billed", text(billed)).with("ordered", text(ordered))))
    }

    /// Import VAT that is far from what the rate makes of its base, unless somebody who may has accepted it with a reason (R86).
    pub(super) fn customs_differences(&self, content: &Content, currency: Currency) -> Vec<Violation> {
        if self.accepts_differences() {
            return Vec::new();
        }
        let difference = |(line, one): &(TaxOnlyLine, TaxOnly)| {
            let rate = *content.codes.rates.get(one.code)?;
            let computed = rate.of(one.base, currency.scale)?;
            let apart = one.tax.checked_sub(computed)?.abs();
            let text = |amount: Amount| amount.display(currency.scale);
            (apart.scaled() > CUSTOMS_TOLERANCE).then(|| {
                Violation::new(&CUSTOMS_TAX_DIFFERS)
                    .at(format!("{}/taxAmount", line.at()))
                    .with("rate", rate)
                    .with("base", text(one.base))
                    .with("computed", text(computed))
                    .with("given", text(one.tax))
            })
        };
        content.tax_only.lines.iter().filter_map(difference).collect()
    }
}
