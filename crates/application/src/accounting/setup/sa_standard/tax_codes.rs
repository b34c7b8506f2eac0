//! The tax codes of the template. The recoverable share of `P15-PART` is the company's own, so nothing is recovered until the
//! company says how much.

use domain::money::Percentage;
use domain::tax::category::TaxCategory;
use domain::tax::exemption::ExemptionReason;
use domain::tax::tax_code::{IrrecoverableTo, TaxCode, TaxKind};
use domain::text::{Code, LocalizedName};
use domain::time::parse_date;
use serde::Deserialize;

use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::create_missing;
use crate::tax::tax_codes::{NewTaxCode, TaxRateBody};
use crate::unit_of_work::UnitOfWork;
use crate::wire::List;

const TAX_CODES: &str = include_str!("tax_codes.csv");

/// One row; rates are written `date=percent`, separated by spaces.
#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    kind: String,
    category: Option<String>,
    reason: Option<String>,
    recoverable: String,
    irrecoverable_to: String,
    output_box: Option<String>,
    input_box: Option<String>,
    rates: String,
    name_ar: String,
    name_en: String,
}

impl Row {
    fn body(self) -> AppResult<NewTaxCode> {
        Ok(NewTaxCode {
            code: Code::parse(&self.code)?,
            name: LocalizedName::parse(Some(&self.name_ar), Some(&self.name_en))?,
            kind: TaxKind::parse(&self.kind)?,
            category: self.category.as_deref().map(TaxCategory::parse).transpose()?,
            reason: self.reason.as_deref().map(ExemptionReason::parse).transpose()?,
            recoverable_percent: Percentage::parse(&self.recoverable)?,
            irrecoverable_to: IrrecoverableTo::parse(&self.irrecoverable_to)?,
            output_box: self.output_box.as_deref().map(Code::parse).transpose()?,
            input_box: self.input_box.as_deref().map(Code::parse).transpose()?,
            rates: Some(List(self.rates.split_whitespace().map(rate).collect::<AppResult<_>>()?)),
            active: true,
        })
    }
}

fn rate(text: &str) -> AppResult<TaxRateBody> {
    let (from, rate) =
        text.split_once('=').ok_or_else(|| AppError::internal(format!("tax codes: '{text}' is no rate")))?;
    Ok(TaxRateBody { from: parse_date(from)?, rate: Percentage::parse(rate)? })
}

fn tax_codes() -> AppResult<Vec<NewTaxCode>> {
    let mut reader = csv::Reader::from_reader(TAX_CODES.as_bytes());
    let rows = reader.deserialize::<Row>();
    rows.map(|row| row.map_err(|error| AppError::internal(format!("tax codes: {error}")))?.body()).collect()
}

/// Creates the codes that the tenant lacks and answers how many.
pub(in crate::accounting::setup) async fn ensure_tax_codes(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    create_missing::<TaxCode>(ctx, uow, tax_codes()?).await
}

#[cfg(test)]
mod tests {
    use domain::tax::tax_code::{TaxCodeId, TaxRate, TaxRates};
    use uuid::Uuid;

    use super::*;

    /// As the resource would make it.
    fn made(new: &NewTaxCode) -> TaxCode {
        let rates = new.rates.as_ref().unwrap().0.iter();
        let rates = rates.map(|rate| TaxRate { from: rate.from, rate: rate.rate }).collect();
        new.made(TaxCodeId::new(Uuid::nil()), TaxRates::new(rates).unwrap())
    }

    #[test]
    fn the_codes_are_whole_and_right() {
        let codes = tax_codes().unwrap();
        assert_eq!(codes.len(), 20);
        for code in &codes {
            let wrong = made(code).check().into_vec();
            assert!(wrong.is_empty(), "{}: {wrong:?}", code.code);
            assert!(code.name.ar().is_some() && code.name.en().is_some());
        }
        let on = |code: &str, date: &str| {
            let found = codes.iter().find(|new| new.code.as_str() == code).unwrap();
            made(found).rate_on(parse_date(date).unwrap()).unwrap().to_string()
        };
        assert_eq!(
            [on("S15", "2020-06-30"), on("S15", "2020-07-01"), on("P15", "2026-01-01")],
            ["5", "15", "15"]
        );
        assert_eq!(["WHT5", "WHT15", "WHT20"].map(|code| on(code, "2026-01-01")), ["5", "15", "20"]);
    }
}
