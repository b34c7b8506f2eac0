//! The currency of a document and what it is worth, of whatever type it is.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::accounting::journal_entry::{CURRENCY_UNKNOWN, EXCHANGE_RATE_MISSING};
use domain::error::{Violation, Violations};
use domain::money::{Currency, CurrencyCode, Rate};

use crate::accounting::ports::books::Books;
use crate::documents::error::DOCUMENT_RATE_NOT_ONE;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The currency of a document and what it is worth.
#[derive(Debug, Clone, Copy)]
pub struct DocumentMoney {
    /// The currency with the decimals of the document's amounts.
    pub currency: Currency,
    pub company: Currency,
    /// `None` is the company currency.
    pub rate: Option<Rate>,
}

/// The currency, rate and date that a document asks for.
pub(in crate::documents) struct MoneyAsked {
    pub code: CurrencyCode,
    /// The rate that is given; otherwise that of the day decides.
    pub rate: Option<Rate>,
    pub date: NaiveDate,
    /// Most decimals of its amounts.
    pub scale_max: u8,
}

impl DocumentMoney {
    /// Amounts in the company currency.
    pub const fn of_company(company: Currency) -> Self {
        Self { currency: company, company, rate: None }
    }

    /// `None` where the currency is unknown. A rate that is missing is noted as a violation, too.
    pub(in crate::documents) async fn of(
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        asked: MoneyAsked,
        violations: &mut Violations,
    ) -> AppResult<Option<Self>> {
        let (code, company) = (asked.code, books.company);
        let scaled = |scale: u8| Currency { code, scale: scale.min(asked.scale_max) };
        if code == company.code {
            if let Some(rate) = asked.rate.filter(|rate| *rate != Rate::ONE) {
                let differs = Violation::new(&DOCUMENT_RATE_NOT_ONE).at("/rate").with("rate", rate);
                violations.push(differs.with("currency", code));
            }
            return Ok(Some(Self { currency: scaled(company.scale), company, rate: None }));
        }
        let codes = BTreeSet::from([code]);
        books.learn_currencies(uow, &codes).await?;
        let known = books.currencies.get(&code).filter(|_| !books.inactive_currencies.contains(&code));
        let Some(scale) = known.map(|known| known.scale) else {
            violations.push(Violation::new(&CURRENCY_UNKNOWN).at("/currency").with("currency", code));
            return Ok(None);
        };
        let rate = match asked.rate {
            Some(rate) => Some(rate),
            None => books.rates_of(uow, &codes, asked.date).await?.get(&code).copied(),
        };
        if rate.is_none() {
            let missing = Violation::new(&EXCHANGE_RATE_MISSING).at("/rate").with("currency", code);
            violations.push(missing.with("company", company.code));
        }
        Ok(Some(Self { currency: scaled(scale), company, rate }))
    }
}
