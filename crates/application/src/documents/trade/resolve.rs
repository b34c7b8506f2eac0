//! Lines and charges with their items, prices, taxes and accounts.

use std::collections::HashMap;

use domain::accounting::dimension::DimensionCombination;
use domain::accounting::posting_rule::PostingKeys;
use domain::documents::document_type::TradeSide;
use domain::documents::posting::CodeTax;
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, DimensionSetId};
use domain::items::item::{Item, UNIT_UNKNOWN_FOR_ITEM};
use domain::items::unit::Unit;
use domain::money::quantity::QUANTITY_SCALE;
use domain::money::{CurrencyCode, Percentage, Quantity};
use domain::tax::category::Treatment;
use domain::tax::document::{Charge, Discount, Line as TaxLine};
use domain::tax::tax_code::{TaxCode, TaxCodeId, TaxKind};
use domain::text::LocalizedName;

use super::accounts::{LineSlots, code_tax};
use super::facts::{Facts, Role, own_tax_code, own_unit};
use super::header::Dates;
use super::line::{ChargeLine, Line};
use super::prices::{LinePrice, PriceScope, Prices};
use crate::accounting::error::DIMENSION_VALUE_UNKNOWN;
use crate::documents::error::LINE_TAX_MISSING;
use crate::error::AppResult;
use crate::items::known::Names;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// A line or a charge of which everything is known.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub item: Option<Item>,
    pub unit: Option<Unit>,
    /// The quantity in base units of the item.
    pub base_quantity: Quantity,
    /// One step of the base unit, where conversion rounds: the parts may come to another quantity than the whole.
    pub rounding: Quantity,
    pub description: String,
    pub price: Option<LinePrice>,
    pub discount: Option<Discount>,
    /// Its tax code in [`Codes`].
    pub code: usize,
    pub account: AccountId,
    pub dimensions: DimensionCombination,
    pub dimension_set: DimensionSetId,
}

/// The tax codes of a document in the order in which its lines name them.
#[derive(Default)]
pub struct Codes {
    at: HashMap<TaxCodeId, usize>,
    pub taxes: Vec<CodeTax>,
    /// The tax that the document itself charges at each code.
    pub treatments: Vec<Treatment>,
    /// The rate of each code, which the buyer owes where the document does not charge it.
    pub rates: Vec<Percentage>,
    pub codes: Vec<TaxCode>,
}

/// The context in which lines are resolved.
pub struct Resolver<'a> {
    pub facts: &'a Facts,
    pub prices: &'a Prices,
    pub scope: PriceScope,
    pub role: Role,
    pub dates: Dates,
    pub slots: LineSlots,
    pub currency: CurrencyCode,
    pub codes: Codes,
}

/// The part of a line that is resolved before its account.
struct Begun<'a> {
    item: Option<&'a Item>,
    code: usize,
    keys: PostingKeys,
}

impl<'a> Resolver<'a> {
    pub async fn line(
        &mut self,
        uow: &mut dyn UnitOfWork,
        line: &Line,
        violations: &mut Violations,
    ) -> AppResult<Option<Resolved>> {
        let before = violations.len();
        let begun = self.begin(&line.at, line.item.as_ref(), line.tax_code.as_deref(), violations);
        if let (Some(begun), Some(kept)) = (&begun, &line.kept) {
            kept.check(&line.at, begun.item, self.codes.codes[begun.code].code.as_str(), violations);
        }
        let (unit, price) = match begun.as_ref().and_then(|begun| begun.item) {
            Some(item) => self.priced(line, item, violations),
            None => (None, line.unit_price.map(|price| LinePrice { price, source: "given", discount: None })),
        };
        let (base_quantity, rounding) = self.in_base(line, begun.as_ref().and_then(|begun| begun.item), unit);
        let combination = self.combination(line, violations);
        let Some(begun) = begun else { return Ok(None) };
        let account =
            self.slots.account(self.facts, line.account.as_ref(), &begun.keys, &line.at, violations);
        let (Some(account), Some(dimensions)) = (account, combination) else { return Ok(None) };
        if violations.len() != before {
            return Ok(None);
        }
        let dimension_set = match dimensions == DimensionCombination::EMPTY {
            true => DimensionSetId::EMPTY,
            false => uow.ledger().dimension_set(&dimensions).await?,
        };
        let listed = price.and_then(|price| price.discount).map(Discount::Percent);
        Ok(Some(Resolved {
            item: begun.item.cloned(),
            unit: unit.cloned(),
            base_quantity,
            rounding,
            description: described(line.description.as_deref(), begun.item),
            price,
            discount: line.discount.or(listed),
            code: begun.code,
            account,
            dimensions,
            dimension_set,
        }))
    }

    pub fn charge(&mut self, charge: &ChargeLine, violations: &mut Violations) -> Option<Resolved> {
        let begun = self.begin(&charge.at, charge.item.as_ref(), charge.tax_code.as_deref(), violations)?;
        let account =
            self.slots.account(self.facts, charge.account.as_ref(), &begun.keys, &charge.at, violations)?;
        Some(Resolved {
            item: begun.item.cloned(),
            unit: None,
            base_quantity: Quantity::ZERO,
            rounding: Quantity::ZERO,
            description: described(charge.description.as_deref(), begun.item),
            price: None,
            discount: None,
            code: begun.code,
            account,
            dimensions: DimensionCombination::EMPTY,
            dimension_set: DimensionSetId::EMPTY,
        })
    }

    fn begin(
        &mut self,
        at: &str,
        item: Option<&Reference<domain::items::item::ItemId>>,
        tax_code: Option<&str>,
        violations: &mut Violations,
    ) -> Option<Begun<'a>> {
        let names = Names { at, id: "itemId", code: "itemCode" };
        let facts = self.facts;
        let item = match item {
            Some(reference) => Some(facts.items.named(reference, names, None, violations)?),
            None => None,
        };
        let allowed: &[TaxKind] = match self.scope.side {
            TradeSide::Sale => &[TaxKind::Sale],
            TradeSide::Purchase => &[TaxKind::Purchase, TaxKind::ReverseCharge],
        };
        let code = self.code(at, item, tax_code, allowed, violations)?;
        let tax = &self.codes.codes[code];
        let keys = PostingKeys {
            party_group: self.role.group,
            item_category: item.map(|item| item.category_id),
            item_kind: item.map(|item| item.kind),
            tax_code: Some(tax.id),
            tax_category: tax.category,
            currency: Some(self.currency),
        };
        Some(Begun { item, code, keys })
    }

    /// The tax code of the line, of its item or of the party.
    fn code(
        &mut self,
        at: &str,
        item: Option<&Item>,
        named: Option<&str>,
        allowed: &[TaxKind],
        violations: &mut Violations,
    ) -> Option<usize> {
        let default = item.and_then(|item| own_tax_code(item, self.scope.side)).or(self.role.tax_code);
        let reference = match (named, default) {
            (Some(code), _) => Reference::Code(code.to_owned()),
            (None, Some(id)) => Reference::Id(id),
            (None, None) => {
                violations.push(Violation::new(&LINE_TAX_MISSING).at(format!("{at}/taxCode")));
                return None;
            }
        };
        let names = Names { at, id: "taxCode", code: "taxCode" };
        let code = self.facts.codes.named(&reference, names, None, violations)?;
        if let Some(known) = self.codes.at.get(&code.id).filter(|_| allowed.contains(&code.kind)) {
            return Some(*known);
        }
        let treatment = match code.treatment(self.dates.rates, allowed) {
            Ok(treatment) => treatment,
            Err(refused) => {
                let at = format!("{at}/taxCode");
                violations.extend(refused.into_iter().map(|violation| violation.at(at.clone())));
                return None;
            }
        };
        let tax = code_tax(self.facts, code, treatment.rate(), violations)?;
        let index = self.codes.taxes.len();
        // A supplier abroad charges nothing: the buyer owes the VAT.
        let charged = if tax.reverse_charge.is_some() { Treatment::NOTHING } else { treatment };
        self.codes.taxes.push(tax);
        self.codes.treatments.push(charged);
        self.codes.rates.push(treatment.rate());
        self.codes.codes.push(code.clone());
        self.codes.at.insert(code.id, index);
        Some(index)
    }

    /// The tax code of a line of tax only, and the account for what is not recovered of it.
    pub fn tax_only(
        &mut self,
        at: &str,
        named: Option<&str>,
        allowed: &[TaxKind],
        violations: &mut Violations,
    ) -> Option<(usize, AccountId)> {
        let code = self.code(at, None, named, allowed, violations)?;
        let tax = &self.codes.codes[code];
        let keys = PostingKeys {
            party_group: self.role.group,
            tax_code: Some(tax.id),
            tax_category: tax.category,
            currency: Some(self.currency),
            ..PostingKeys::default()
        };
        let account = self.slots.account(self.facts, None, &keys, at, violations)?;
        Some((code, account))
    }

    /// The unit of a line with an item, and its price.
    fn priced(
        &self,
        line: &Line,
        item: &'a Item,
        violations: &mut Violations,
    ) -> (Option<&'a Unit>, Option<LinePrice>) {
        let own = own_unit(item, self.scope.side).unwrap_or(item.base_unit_id);
        let reference = line.unit.clone().unwrap_or(Reference::Id(own));
        let names = Names { at: &line.at, id: "unitId", code: "unitCode" };
        let Some(unit) = self.facts.units.named(&reference, names, Some(own), violations) else {
            return (None, None);
        };
        let Some(base_quantity) = self.converted(line, item, unit) else {
            let unknown = Violation::new(&UNIT_UNKNOWN_FOR_ITEM).at(names.pointer(&reference));
            violations.push(unknown.with("unit", &unit.code).with("item", &item.code));
            return (None, None);
        };
        let Some(base_quantity) = violations.check(&format!("{}/quantity", line.at), base_quantity) else {
            return (Some(unit), None);
        };
        (Some(unit), self.prices.of(self.scope, line, (item, unit), base_quantity, violations))
    }

    /// The quantity of a line in base units; `None` where the item has no such unit.
    fn converted(&self, line: &Line, item: &Item, unit: &Unit) -> Option<Result<Quantity, Violation>> {
        let decimals = self.base_decimals(item);
        let kept = line.kept.as_ref();
        let kept = kept.and_then(|kept| kept.base_quantity(unit.id.uuid(), line.quantity, decimals));
        kept.or_else(|| Some(item.ratio(unit.id)?.base_quantity(line.quantity, decimals)))
    }

    fn base_decimals(&self, item: &Item) -> u8 {
        self.facts.units.get(&Reference::Id(item.base_unit_id)).map_or(0, |base| base.decimals)
    }

    /// The quantity of a line in base units, and the step to which converting rounded it; zero where it did not.
    fn in_base(&self, line: &Line, item: Option<&Item>, unit: Option<&Unit>) -> (Quantity, Quantity) {
        let (Some(item), Some(unit)) = (item, unit) else { return (line.quantity, Quantity::ZERO) };
        let Some(base) = self.converted(line, item, unit) else { return (line.quantity, Quantity::ZERO) };
        let decimals = self.base_decimals(item);
        let kept = line.kept.as_ref().and_then(|kept| kept.rounds(unit.id.uuid(), decimals));
        // Pieces come out whole or are refused.
        let rounds = kept.unwrap_or_else(|| {
            decimals > 0 && item.ratio(unit.id).is_some_and(|ratio| ratio.denominator() != 1)
        });
        let step = 10_i64.pow(QUANTITY_SCALE.saturating_sub(u32::from(decimals)));
        (base.unwrap_or(line.quantity), Quantity::from_scaled(if rounds { step } else { 0 }))
    }

    fn combination(&self, line: &Line, violations: &mut Violations) -> Option<DimensionCombination> {
        let mut pairs = Vec::with_capacity(line.dimensions.len());
        for (dimension, value) in &line.dimensions {
            match self.facts.dimensions.get(&(dimension.clone(), value.clone())) {
                Some(pair) => pairs.push(*pair),
                None => {
                    let unknown =
                        Violation::new(&DIMENSION_VALUE_UNKNOWN).at(format!("{}/dimensions", line.at));
                    violations.push(unknown.with("dimension", dimension).with("value", value));
                }
            }
        }
        let whole = pairs.len() == line.dimensions.len();
        let found = violations.check(&format!("{}/dimensions", line.at), DimensionCombination::new(pairs));
        found.filter(|_| whole)
    }

    /// The line as taxes are calculated of it.
    pub fn tax_line(&self, line: &Line, resolved: &Resolved) -> TaxLine {
        TaxLine {
            quantity: line.quantity,
            unit_price: resolved.price.map(|price| price.price).unwrap_or_default(),
            price_base_quantity: if line.unit_price.is_some() {
                line.price_base_quantity
            } else {
                Quantity::ONE
            },
            discount: resolved.discount,
            charge: domain::money::Amount::ZERO,
            tax: self.codes.treatments[resolved.code],
        }
    }

    pub fn tax_charge(&self, charge: &ChargeLine, resolved: &Resolved) -> Charge {
        Charge { amount: charge.amount, tax: self.codes.treatments[resolved.code] }
    }
}

fn described(given: Option<&str>, item: Option<&Item>) -> String {
    let name = |name: &LocalizedName| match (name.ar(), name.en()) {
        (Some(ar), Some(en)) => format!("{ar} / {en}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    };
    given.map(str::to_owned).or_else(|| item.map(|item| name(&item.name))).unwrap_or_default()
}
