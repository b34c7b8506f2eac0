//! Lists of prices (R55).

use chrono::NaiveDate;

use super::price::check_validity;
use crate::error::{Violation, Violations};
use crate::ids::Id;
use crate::money::CurrencyCode;
use crate::text::{Code, LocalizedName};

pub type PriceListId = Id<PriceList>;

crate::errors! {
    PRICE_LIST_HAS_PRICES = "price_list_has_prices", Conflict, User,
        "Price list {code} has prices, so its {member} no longer changes. Make a new list instead.",
        "قائمة الأسعار {code} فيها أسعار، لذا لا يتغير {member} بعد الآن. أنشئ قائمة جديدة بدلًا منها.";
}

/// A list of prices in one currency, all of them with VAT or all without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    pub id: PriceListId,
    pub code: Code,
    pub name: LocalizedName,
    pub currency: CurrencyCode,
    pub prices_include_vat: bool,
    /// Whoever has no list of his own gets the prices of this one, in its currency.
    pub is_default: bool,
    pub valid_from: Option<NaiveDate>,
    /// The last day.
    pub valid_to: Option<NaiveDate>,
    pub active: bool,
    pub version: i64,
}

impl PriceList {
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        if let Some(from) = self.valid_from {
            violations.check("", check_validity(from, self.valid_to));
        }
        violations
    }

    /// Everything that keeps the list from becoming `next` once it has prices.
    pub fn may_become(&self, next: &Self, has_prices: bool) -> Violations {
        let mut violations = Violations::new();
        for (changed, member) in [
            (next.currency != self.currency, "currency"),
            (next.prices_include_vat != self.prices_include_vat, "pricesIncludeVat"),
        ] {
            if changed && has_prices {
                let fixed = Violation::new(&PRICE_LIST_HAS_PRICES).at(format!("/{member}"));
                violations.push(fixed.with("code", &self.code).with("member", member));
            }
        }
        violations
    }

    /// Whether its prices apply on a day.
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.active
            && self.valid_from.is_none_or(|from| from <= date)
            && self.valid_to.is_none_or(|to| date <= to)
    }
}
