//! Currencies that entries may be in. The company currency is always there and always active.

use async_trait::async_trait;
use domain::accounting::currency::CurrencyRecord;
use domain::error::Violation;
use domain::money::{AMOUNT_SCALE, Currency, CurrencyCode};
use domain::text::LocalizedName;

use super::error::COMPANY_CURRENCY_FIXED;
use crate::error::{ALREADY_EXISTS, AppResult};
use crate::master_data::{Check, MasterData};
use crate::views::NameView;
use crate::wire::{Int, Optional};
use crate::{request, resource, view};

request! {
    /// A currency that entries may be in.
    pub struct NewCurrency as CreateCurrencyBody {
        /// Three letters of ISO 4217.
        code: CurrencyCode = "EGP",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "جنيه مصري", "en": "Egyptian pound" },
        /// Decimals of its amounts; those of ISO 4217 when left out. They never change.
        scale: Option<Int<0, { AMOUNT_SCALE as i64 }>>,
        /// Whether entries may use the currency.
        active: bool => true,
    }

    /// Changes to a currency (JSON Merge Patch). Members that are left out stay as they are.
    pub struct CurrencyChange as UpdateCurrencyBody {
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// Whether entries may use the currency. They may always use the company currency.
        active: Optional<bool>,
    }
}

view! {
    /// A currency that entries may be in.
    pub struct CurrencyView of CurrencyRecord {
        /// ISO 4217; also its id.
        code: String,
        name: Option<NameView>,
        /// Decimals of its amounts.
        scale: u8,
        active: bool,
        /// The currency of the books, which is always there and always active.
        company: bool,
    }
}

resource! {
    CurrencyRecord by code: CurrencyCode = "accounting", "currency", "currencies" at "/currencies", "/currencies/{code}";
    en: "a", "currency", "currencies"; ar: "العملات";
    about: "Currencies that entries may be in; the company currency is always there.";
    bodies: NewCurrency, CurrencyChange => CurrencyView; cached: Currency;
    remembered by posting;
    list: code sortable, active; order: code;
    refuses: create [&ALREADY_EXISTS], change [&COMPANY_CURRENCY_FIXED], delete unused [&COMPANY_CURRENCY_FIXED];
}

#[async_trait]
impl MasterData for CurrencyRecord {
    async fn create(new: &NewCurrency, code: CurrencyCode, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let company = check.uow.ledger().company_currency().await?.code == code;
        let scale = new.scale.and_then(|scale| u8::try_from(scale.0).ok());
        Ok(Some(Self {
            code,
            scale: scale.unwrap_or(Currency::iso(code).scale),
            name: Some(new.name.clone()),
            active: new.active || company,
            company,
            version: 1,
        }))
    }

    /// Decimals stay, because stored amounts have them.
    async fn change(&self, change: &CurrencyChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        if self.company && change.active.0 == Some(false) {
            check.refuse(Violation::new(&COMPANY_CURRENCY_FIXED).at("/active").with("currency", self.code));
        }
        Ok(Some(Self {
            name: change.name.0.clone().or_else(|| self.name.clone()),
            active: change.active.or(&self.active),
            ..self.clone()
        }))
    }

    async fn delete(&self, check: &mut Check<'_>) -> AppResult<()> {
        if self.company {
            check.refuse(Violation::new(&COMPANY_CURRENCY_FIXED).with("currency", self.code));
        }
        Ok(())
    }
}
