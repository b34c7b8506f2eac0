//! Conversion from a line's currency to the company currency (R7).

use std::collections::HashMap;

use super::{
    COMPANY_AMOUNT_DIFFERS, COMPANY_AMOUNT_INCONSISTENT, COMPANY_AMOUNT_ZERO, EXCHANGE_RATE_INVALID,
    EXCHANGE_RATE_MISSING, EXCHANGE_RATE_NOT_ONE, LINE_AMOUNT_NOT_POSITIVE, NewLine,
};
use crate::error::Violation;
use crate::money::{AMOUNT_SCALE_EXCEEDED, Amount, Currency, CurrencyCode, RATE_SCALE, Rate};

/// The rate and company amount of a line whose amount is positive.
///
/// A company amount given is kept; otherwise it is converted half-up at the line's rate or the one in `rates`.
/// Violations point into the line: `/rate`, `/companyAmount`, `/debit` or `/credit`.
pub fn company_amount(
    line: &NewLine,
    currency: CurrencyCode,
    company: Currency,
    rates: &HashMap<CurrencyCode, Rate>,
) -> Result<(Rate, Amount), Violation> {
    let amount = line.amount.amount();
    if currency == company.code {
        return same_currency(line, amount, company);
    }
    if line.rate.is_some_and(|rate| !rate.is_valid()) {
        return Err(Violation::new(&EXCHANGE_RATE_INVALID).at("/rate"));
    }
    let Some(given) = line.company_amount else {
        let rate = line.rate.or_else(|| rates.get(&currency).copied()).ok_or_else(|| {
            Violation::new(&EXCHANGE_RATE_MISSING)
                .at("/rate")
                .with("currency", currency)
                .with("company", company.code)
        })?;
        let converted = amount.convert(rate, company.scale);
        let converted = converted.ok_or_else(|| out_of_range(line))?;
        if !converted.is_positive() {
            return Err(Violation::new(&COMPANY_AMOUNT_ZERO)
                .at(format!("/{}", line.amount.field()))
                .with("currency", company.code));
        }
        return Ok((rate, converted));
    };
    check_given(given, company)?;
    let invalid = || Violation::new(&EXCHANGE_RATE_INVALID).at("/companyAmount");
    let rate = match line.rate {
        Some(rate) => rate,
        None => Rate::between(amount, given).ok_or_else(invalid)?,
    };
    check_follows(amount, rate, given, company)?;
    Ok((rate, given))
}

fn same_currency(line: &NewLine, amount: Amount, company: Currency) -> Result<(Rate, Amount), Violation> {
    if line.rate.is_some_and(|rate| rate != Rate::ONE) {
        return Err(Violation::new(&EXCHANGE_RATE_NOT_ONE).at("/rate").with("currency", company.code));
    }
    if line.company_amount.is_some_and(|given| given != amount) {
        return Err(Violation::new(&COMPANY_AMOUNT_DIFFERS)
            .at("/companyAmount")
            .with("currency", company.code));
    }
    Ok((Rate::ONE, amount))
}

fn check_given(given: Amount, company: Currency) -> Result<(), Violation> {
    if !given.is_positive() {
        return Err(Violation::new(&LINE_AMOUNT_NOT_POSITIVE).at("/companyAmount"));
    }
    if !given.fits(company.scale) {
        return Err(scale_exceeded(given, company).at("/companyAmount"));
    }
    Ok(())
}

/// One minor unit is left to whoever rounded the amount, and what the digits of the rate cannot tell.
fn check_follows(amount: Amount, rate: Rate, given: Amount, company: Currency) -> Result<(), Violation> {
    let expected = amount.convert(rate, company.scale);
    let precision = i128::from(amount.scaled()) / 10_i128.pow(RATE_SCALE) + 1;
    let tolerance = i128::from(company.minor_unit().scaled()) + precision;
    let follows =
        expected.is_some_and(|e| (i128::from(e.scaled()) - i128::from(given.scaled())).abs() <= tolerance);
    if follows {
        return Ok(());
    }
    Err(Violation::new(&COMPANY_AMOUNT_INCONSISTENT)
        .at("/companyAmount")
        .with("amount", given.display(company.scale))
        .with("expected", expected.map(|e| e.display(company.scale)).unwrap_or_default()))
}

pub(super) fn scale_exceeded(amount: Amount, currency: Currency) -> Violation {
    Violation::new(&AMOUNT_SCALE_EXCEEDED)
        .with("currency", currency.code)
        .with("decimals", currency.scale)
        .with("value", amount.display(currency.scale))
}

fn out_of_range(line: &NewLine) -> Violation {
    Violation::new(&crate::money::AMOUNT_OUT_OF_RANGE).at(format!("/{}", line.amount.field()))
}
