//! Lines with the values that they take from the line that they correct and from the document.

use std::collections::BTreeMap;

use domain::documents::match_policy::OwnMatch;
use domain::documents::note::CORRECTED_LINE_UNKNOWN;
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, Id};
use domain::items::item::ItemId;
use domain::items::unit::UnitId;
use domain::money::{Amount, Percentage, Price, Quantity};
use domain::tax::document::Discount;

use super::input::one_discount;
use super::kept_of_line::KeptOfLine;
use super::ordered::OrderedLine;
use super::ordered_charges::OrderedCharge;
use super::original::Original;
use super::parts::{DocumentChargeBody, DocumentLineBody};
use crate::documents::error::{LINE_PRICE_MISSING, LINE_TEXT_MISSING, QUANTITY_NOT_POSITIVE};
use crate::documents::views::{DocumentChargeView, DocumentLineView};
use crate::reference::{Reference, by_id_or_code};

/// A line that is complete but for what items, prices and posting rules add.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where it stands in the request.
    pub at: String,
    pub item: Option<Reference<ItemId>>,
    pub description: Option<String>,
    pub quantity: Quantity,
    pub unit: Option<Reference<UnitId>>,
    pub unit_price: Option<Price>,
    pub price_base_quantity: Quantity,
    pub discount: Option<Discount>,
    pub tax_code: Option<String>,
    pub account: Option<Reference<AccountId>>,
    pub dimensions: BTreeMap<String, String>,
    pub corrects_line_no: Option<u32>,
    /// Whether it is worth what the corrected line was, for its quantity.
    pub carries: bool,
    /// The line of an order that it bills.
    pub ordered: Option<OrderedLine>,
    /// What the line that it corrects or bills says of its item, its tax and its unit.
    pub kept: Option<KeptOfLine>,
    /// The number that a line of an order keeps, and of other lines the place.
    pub line_no: Option<u32>,
    /// How it is matched, where it says so itself.
    pub matching: OwnMatch,
}

/// A charge, likewise.
#[derive(Debug, Clone)]
pub struct ChargeLine {
    pub at: String,
    pub item: Option<Reference<ItemId>>,
    pub description: Option<String>,
    pub amount: Amount,
    pub tax_code: Option<String>,
    pub account: Option<Reference<AccountId>>,
    /// The charge of an order that it bills, or of which a note takes the bill back.
    pub ordered: Option<OrderedCharge>,
}

impl Line {
    /// The line of a body, completed by the line that it corrects or bills.
    pub fn of(
        index: usize,
        body: &DocumentLineBody,
        (original, ordered): (Option<&Original>, Option<OrderedLine>),
        header: &BTreeMap<String, String>,
        violations: &mut Violations,
    ) -> Self {
        let at = format!("/lines/{index}");
        let discount = one_discount(&at, (body.discount_percent, body.discount_amount), violations);
        let line_no = body.corrects_line_no.as_ref().and_then(|number| u32::try_from(number.0).ok());
        let corrected = match (line_no, original) {
            (Some(number), Some(original)) => {
                let found = original.document.lines.iter().find(|line| line.line_no == number);
                if found.is_none() {
                    let unknown = Violation::new(&CORRECTED_LINE_UNKNOWN).at(format!("{at}/correctsLineNo"));
                    violations.push(unknown.with("number", original.number()).with("line", number));
                }
                found
            }
            _ => None,
        };
        let base = match (corrected, &ordered) {
            (Some(line), _) => Some(Self::again(index, line, body.quantity)),
            (None, Some(ordered)) => Some(Self::of_order(index, &ordered.line, body)),
            (None, None) => None,
        };
        let kept = base.as_ref().and_then(|base| base.kept.clone());
        let dimensions = match (&body.dimensions, &base) {
            (Some(own), _) => header.iter().chain(&own.0).map(|(d, v)| (d.clone(), v.clone())).collect(),
            (None, Some(base)) => base.dimensions.clone(),
            (None, None) => header.clone(),
        };
        let given = Self {
            item: by_id_or_code(body.item_id, body.item_code.clone()),
            description: body.description.as_deref().filter(|text| !text.is_empty()).map(str::to_owned),
            quantity: body.quantity,
            unit: by_id_or_code(body.unit_id, body.unit_code.clone()),
            unit_price: body.unit_price,
            price_base_quantity: body.price_base_quantity,
            discount,
            tax_code: body.tax_code.as_ref().map(ToString::to_string),
            account: by_id_or_code(body.account_id, body.account_code.clone()),
            dimensions,
            corrects_line_no: corrected.map(|line| line.line_no),
            carries: corrected.is_some_and(|line| takes_price(line, body)),
            kept: kept.clone(),
            ordered,
            line_no: body.line_no.as_ref().map_or(Some(number(index)), |number| u32::try_from(number.0).ok()),
            matching: OwnMatch { policy: body.match_policy, over_receipt: body.over_receipt_percent },
            at,
        };
        let line = match base {
            Some(base) => given.over(base),
            None => given,
        };
        line.check(violations);
        line
    }

    /// The number of the line that stands at `index`.
    pub fn number(&self, index: usize) -> u32 {
        self.line_no.unwrap_or_else(|| number(index))
    }

    /// A line of a posted document in another quantity.
    pub fn again(index: usize, line: &DocumentLineView, quantity: Quantity) -> Self {
        let percent = line.discount_percent.as_deref().and_then(|text| Percentage::parse(text).ok());
        let amount = line.discount_amount.as_deref().and_then(|text| Amount::parse(text).ok());
        let whole = Quantity::parse(&line.quantity).unwrap_or(quantity);
        Self {
            at: format!("/lines/{index}"),
            line_no: Some(number(index)),
            item: line.item_id.map(|id| Reference::Id(Id::new(id))),
            description: Some(line.description.clone()),
            quantity,
            unit: line.unit_id.map(|id| Reference::Id(Id::new(id))),
            unit_price: Price::parse(&line.unit_price).ok(),
            price_base_quantity: Quantity::parse(&line.price_base_quantity).unwrap_or(Quantity::ONE),
            discount: percent.map(Discount::Percent).or_else(|| {
                amount.and_then(|amount| in_proportion(amount, quantity, whole)).map(Discount::Amount)
            }),
            tax_code: Some(line.tax_code.clone()),
            // Returns are posted to an account of their own.
            account: None,
            dimensions: line.dimensions.clone(),
            corrects_line_no: Some(line.line_no),
            carries: false,
            kept: Some(KeptOfLine::new(line)),
            ordered: None,
            matching: OwnMatch::default(),
        }
    }

    /// A line of an order as an invoice bills it: with the order's account, and with its price unless the unit differs.
    fn of_order(index: usize, line: &DocumentLineView, body: &DocumentLineBody) -> Self {
        let base = Self::again(index, line, body.quantity);
        let by_id = body.unit_id.is_some_and(|id| Some(id.uuid()) != line.unit_id);
        let by_code =
            body.unit_code.as_ref().is_some_and(|code| Some(&code.to_string()) != line.unit_code.as_ref());
        let unit_price = base.unit_price.filter(|_| !(by_id || by_code));
        Self { account: Some(Reference::Id(AccountId::new(line.account_id))), unit_price, ..base }
    }

    /// Fills members that are not given from `base`.
    fn over(self, base: Self) -> Self {
        let own_price = self.unit_price.is_some();
        Self {
            item: self.item.or(base.item),
            description: self.description.or(base.description),
            unit: self.unit.or(base.unit),
            price_base_quantity: if own_price { self.price_base_quantity } else { base.price_base_quantity },
            unit_price: self.unit_price.or(base.unit_price),
            discount: if own_price { self.discount } else { self.discount.or(base.discount) },
            tax_code: self.tax_code.or(base.tax_code),
            account: self.account.or(base.account),
            ..self
        }
    }

    fn check(&self, violations: &mut Violations) {
        if self.item.is_none() && self.description.is_none() {
            violations.push(Violation::new(&LINE_TEXT_MISSING).at(format!("{}/description", self.at)));
        }
        if self.item.is_none() && self.unit_price.is_none() {
            violations.push(Violation::new(&LINE_PRICE_MISSING).at(format!("{}/unitPrice", self.at)));
        }
        if !self.quantity.is_positive() {
            violations.push(Violation::new(&QUANTITY_NOT_POSITIVE).at(format!("{}/quantity", self.at)));
        }
    }
}

/// Whether a line of a note takes price, discount and tax of the corrected one.
fn takes_price(line: &DocumentLineView, body: &DocumentLineBody) -> bool {
    let unit = body.unit_id.is_none_or(|id| Some(id.uuid()) == line.unit_id);
    let unit_code = body.unit_code.as_ref().is_none_or(|code| Some(code.to_string()) == line.unit_code);
    let tax_code = body.tax_code.as_ref().is_none_or(|code| code.to_string() == line.tax_code);
    let own = body.unit_price.is_some() || body.discount_percent.is_some() || body.discount_amount.is_some();
    !own && unit && unit_code && tax_code
}

/// Lines are counted from 1.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// A discount that was given for the whole quantity.
fn in_proportion(amount: Amount, quantity: Quantity, whole: Quantity) -> Option<Amount> {
    let part = |quantity: Quantity| Amount::from_scaled(quantity.scaled());
    if quantity == whole { Some(amount) } else { amount.share(part(quantity), part(whole), 2) }
}

impl ChargeLine {
    pub fn of(index: usize, body: &DocumentChargeBody, violations: &mut Violations) -> Self {
        let at = format!("/charges/{index}");
        let item = by_id_or_code(body.item_id, body.item_code.clone());
        let description = body.description.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
        if item.is_none() && description.is_none() {
            violations.push(Violation::new(&LINE_TEXT_MISSING).at(format!("{at}/description")));
        }
        Self {
            item,
            description,
            amount: body.amount,
            tax_code: body.tax_code.as_ref().map(ToString::to_string),
            account: by_id_or_code(body.account_id, body.account_code.clone()),
            ordered: None,
            at,
        }
    }

    /// A charge of a posted document once more, in prices as the document has them.
    pub fn again(index: usize, charge: &DocumentChargeView, include_vat: Option<bool>) -> Self {
        let amount = if include_vat == Some(true) { &charge.gross } else { &charge.net };
        Self {
            at: format!("/charges/{index}"),
            item: charge.item_id.map(|id| Reference::Id(Id::new(id))),
            description: Some(charge.description.clone()),
            amount: Amount::parse(amount).unwrap_or_default(),
            tax_code: Some(charge.tax_code.clone()),
            account: None,
            ordered: OrderedCharge::of_view(charge),
        }
    }
}
