//! Price lists.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::currency::CurrencyRecord;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::error::Violation;
use domain::items::price::VALIDITY_REVERSED;
use domain::items::price_list::{PRICE_LIST_HAS_PRICES, PriceList, PriceListId};
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::changes::already_exists;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Records};
use crate::views::NameView;
use crate::wire::{Optional, Patch};
use crate::{request, resource, view};

request! {
    /// A new price list.
    pub struct NewPriceList as CreatePriceListBody {
        /// Short code, unique in the tenant.
        code: Code = "WHOLESALE",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "أسعار الجملة", "en": "Wholesale prices" },
        /// The currency of its prices. Cannot change once it has prices.
        currency: CurrencyCode = "SAR",
        /// Whether the prices of the list include VAT. Cannot change once it has prices.
        prices_include_vat: bool => false,
        /// Whether it is the default list of its currency, for customers who have no other list. A currency has one such
        /// list.
        is_default: bool => false,
        /// The first day on which its prices hold; null for any day.
        valid_from: Option<NaiveDate>,
        /// The last day on which its prices hold; null for any day.
        valid_to: Option<NaiveDate>,
        /// Whether the prices of the list apply.
        active: bool => true,
    }

    /// Changes to a price list (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct PriceListChange as UpdatePriceListBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The currency of its prices. Cannot change once it has prices.
        currency: Optional<CurrencyCode>,
        /// Whether the prices of the list include VAT. Cannot change once it has prices.
        prices_include_vat: Optional<bool>,
        /// Whether it is the default list of its currency, for customers who have no other list.
        is_default: Optional<bool>,
        /// The first day on which its prices hold; null for any day.
        valid_from: Patch<NaiveDate>,
        /// The last day on which its prices hold; null for any day.
        valid_to: Patch<NaiveDate>,
        /// Whether the prices of the list apply.
        active: Optional<bool>,
    }
}

view! {
    /// A list of prices in one currency.
    pub struct PriceListView of PriceList {
        id: Uuid,
        code: String,
        name: NameView,
        currency: String,
        prices_include_vat: bool,
        /// Whether it is the default list of its currency, for customers who have no other list.
        is_default: bool,
        valid_from: Option<NaiveDate>,
        /// The last day.
        valid_to: Option<NaiveDate>,
        active: bool,
    }
}

resource! {
    PriceList by id: PriceListId = "items", "price_list", "price_lists" at "/price-lists", "/price-lists/{id}";
    en: "a", "price list", "price lists" + " and their prices"; ar: "قوائم الأسعار";
    about: "Lists of prices by item, unit, quantity and date, and prices looked up in them.";
    bodies: NewPriceList, PriceListChange => PriceListView; unique code;
    list: id sortable, code sortable, name, currency, is_default, active; order: code;
    refuses:
        create [&CURRENCY_UNKNOWN, &VALIDITY_REVERSED],
        change [&CURRENCY_UNKNOWN, &VALIDITY_REVERSED, &PRICE_LIST_HAS_PRICES],
        delete unused [];
}

/// Where a second default list of a currency is refused.
const IS_DEFAULT: &str = "isDefault";

#[async_trait]
impl MasterData for PriceList {
    async fn create(new: &NewPriceList, id: PriceListId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let value = Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            currency: new.currency,
            prices_include_vat: new.prices_include_vat,
            is_default: new.is_default,
            valid_from: new.valid_from,
            valid_to: new.valid_to,
            active: new.active,
            version: 1,
        };
        checked(value, check).await.map(Some)
    }

    async fn change(&self, change: &PriceListChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let next = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            currency: change.currency.or(&self.currency),
            prices_include_vat: change.prices_include_vat.or(&self.prices_include_vat),
            is_default: change.is_default.or(&self.is_default),
            valid_from: change.valid_from.or(&self.valid_from),
            valid_to: change.valid_to.or(&self.valid_to),
            active: change.active.or(&self.active),
            ..self.clone()
        };
        let has_prices = !Records::<Self>::used_by(check.uow, self.id).await?.is_empty();
        check.violations.extend(self.may_become(&next, has_prices).into_vec());
        checked(next, check).await.map(Some)
    }
}

async fn checked(value: PriceList, check: &mut Check<'_>) -> AppResult<PriceList> {
    check.violations.extend(value.check().into_vec());
    if Records::<CurrencyRecord>::find(check.uow, value.currency).await?.is_none() {
        let unknown = Violation::new(&CURRENCY_UNKNOWN).at("/currency");
        check.refuse(unknown.with("currency", value.currency));
    }
    if value.is_default {
        let other = check.uow.items().default_price_list(value.currency).await?;
        if other.is_some_and(|other| other != value.id) {
            check.refuse(already_exists(IS_DEFAULT, value.currency));
        }
    }
    Ok(value)
}
