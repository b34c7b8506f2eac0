//! Turns the body into a calculation, and reports every violation.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::accounting::currency::CurrencyRecord;
use domain::error::{Violation, Violations};
use domain::ids::TenantId;
use domain::money::{Amount, Currency, CurrencyCode, Percentage};
use domain::tax::calculate::calculate;
use domain::tax::category::{TaxCategory, Treatment};
use domain::tax::document::{Charge, Discount, Document, Line};
use domain::tax::exemption::ExemptionReason;
use domain::tax::payable::{Payable, check_payable};
use domain::tax::tax_code::{TaxCode, TaxKind};
use domain::text::Code;

use super::body::{TaxCalculationBody, TaxChargeBody, TaxLineBody};
use super::view::TaxCalculationView;
use crate::changes::unknown_reference;
use crate::error::{AppError, AppResult};
use crate::master_data::Reads;
use crate::master_data::registry::MasterReads;
use crate::tax::ports::TaxCodeQueries;
use crate::wire::REQUIRED;

domain::errors! {
    TAX_MISSING = "tax_missing", Rule, User,
        "Name a tax code, or a category of VAT and its rate.", "اذكر رمز ضريبة، أو فئة ضريبة القيمة المضافة ونسبتها.";
    NAMED_TWICE = "named_twice", Rule, User,
        "Give either {first} or {second}, not both.", "أدخل {first} أو {second}، وليس كليهما.";
}

/// Reverse charge, imports and withheld taxes are not part of the amount that a document asks its receiver to pay.
const KINDS: [TaxKind; 2] = [TaxKind::Sale, TaxKind::Purchase];

/// Calculates the taxes of documents that are not kept.
#[derive(Clone)]
pub struct TaxCalculations {
    pub codes: Arc<dyn TaxCodeQueries>,
    pub master_data: Arc<dyn MasterReads>,
}

/// The members by which a line or a charge names its tax.
struct Named<'b> {
    code: Option<&'b Code>,
    category: Option<TaxCategory>,
    rate: Option<Percentage>,
    reason: Option<ExemptionReason>,
}

impl TaxLineBody {
    fn named(&self) -> Named<'_> {
        let (category, rate, reason) = (self.tax_category, self.tax_rate, self.tax_reason);
        Named { code: self.tax_code.as_ref(), category, rate, reason }
    }
}

impl TaxChargeBody {
    fn named(&self) -> Named<'_> {
        let (category, rate, reason) = (self.tax_category, self.tax_rate, self.tax_reason);
        Named { code: self.tax_code.as_ref(), category, rate, reason }
    }
}

/// The facts that a document is calculated with.
struct Facts {
    currency: Currency,
    tax_date: NaiveDate,
    codes: HashMap<String, TaxCode>,
}

impl TaxCalculations {
    /// `today` is the tax date of a document that does not name one.
    pub async fn run(
        &self,
        tenant: TenantId,
        today: NaiveDate,
        body: &TaxCalculationBody,
    ) -> AppResult<TaxCalculationView> {
        let mut violations = Violations::new();
        let scale = self.scale(tenant, body.currency, &mut violations).await?;
        let decimals = body.decimals.and_then(|decimals| u8::try_from(decimals.0).ok());
        let facts = Facts {
            currency: Currency { code: body.currency, scale: decimals.unwrap_or(scale) },
            tax_date: body.tax_date.unwrap_or(today),
            codes: self.codes.tax_codes(tenant, &codes(body)).await?,
        };
        let document = document(body, &facts, &mut violations);
        let prepaid = body.prepaid_amount.unwrap_or_default();
        let step = body.payable_rounding_step;
        violations.extend(check_payable(prepaid, step, facts.currency));
        let calculation = match calculate(&document) {
            Ok(calculation) if violations.is_empty() => calculation,
            Ok(_) => return Err(violations.into_vec().into()),
            Err(refused) => {
                violations.extend(refused);
                return Err(violations.into_vec().into());
            }
        };
        let payable =
            Payable::of(calculation.totals.total, prepaid, step, facts.currency).map_err(AppError::from)?;
        let prices = (body.prices_include_vat, facts.tax_date);
        Ok(TaxCalculationView::new(facts.currency, prices, &calculation, &payable))
    }

    /// The decimals of a currency of the tenant.
    async fn scale(
        &self,
        tenant: TenantId,
        code: CurrencyCode,
        violations: &mut Violations,
    ) -> AppResult<u8> {
        let stored = Reads::<CurrencyRecord>::one(&*self.master_data, tenant, code).await?;
        Ok(match stored {
            Some(stored) => stored.value.scale,
            None => {
                violations.push(unknown_reference("/currency", "currency", code));
                Currency::iso(code).scale
            }
        })
    }
}

/// Every tax code that the document names.
fn codes(body: &TaxCalculationBody) -> BTreeSet<String> {
    let lines = body.lines.0.iter().filter_map(|line| line.tax_code.as_ref());
    let charges = body.charges.0.iter().filter_map(|charge| charge.tax_code.as_ref());
    lines.chain(charges).map(ToString::to_string).collect()
}

fn document(body: &TaxCalculationBody, facts: &Facts, violations: &mut Violations) -> Document {
    let discount = (body.document_discount_percent, body.document_discount_amount);
    let names = ("documentDiscountPercent", "documentDiscountAmount");
    let discount = one_discount("", discount, names, violations);
    let lines = body.lines.0.iter().enumerate().map(|(index, line)| {
        let at = format!("/lines/{index}");
        let discount = (line.discount_percent, line.discount_amount);
        let discount = one_discount(&at, discount, ("discountPercent", "discountAmount"), violations);
        Line {
            quantity: line.quantity,
            unit_price: line.unit_price,
            price_base_quantity: line.price_base_quantity,
            discount,
            charge: line.charge_amount.unwrap_or_default(),
            tax: treatment(&at, &line.named(), facts, violations),
        }
    });
    let lines = lines.collect();
    let charges = body.charges.0.iter().enumerate().map(|(index, charge)| {
        let tax = treatment(&format!("/charges/{index}"), &charge.named(), facts, violations);
        Charge { amount: charge.amount, tax }
    });
    Document {
        currency: facts.currency,
        prices_include_vat: body.prices_include_vat,
        lines,
        discount,
        charges: charges.collect(),
    }
}

fn one_discount(
    at: &str,
    given: (Option<Percentage>, Option<Amount>),
    (percent, amount): (&'static str, &'static str),
    violations: &mut Violations,
) -> Option<Discount> {
    if let (Some(_), Some(_)) = given {
        let twice = Violation::new(&NAMED_TWICE).at(format!("{at}/{amount}"));
        violations.push(twice.with("first", percent).with("second", amount));
    }
    given.0.map(Discount::Percent).or(given.1.map(Discount::Amount))
}

/// The treatment that a line or a charge names. In the place of one that is wrong stands none at all, so that the rest of the
/// document is checked as well.
fn treatment(at: &str, named: &Named<'_>, facts: &Facts, violations: &mut Violations) -> Treatment {
    let found = match (named.code, named.category) {
        (Some(code), None) if named.rate.is_none() && named.reason.is_none() => by_code(code, facts),
        (Some(_), _) => {
            let twice = Violation::new(&NAMED_TWICE).with("first", "taxCode").with("second", "taxCategory");
            Err(vec![twice.at("/taxCode")])
        }
        (None, Some(category)) => by_category(category, named.rate, named.reason),
        (None, None) => Err(vec![Violation::new(&TAX_MISSING).at("/taxCode")]),
    };
    found.unwrap_or_else(|refused| {
        violations.extend(refused.into_iter().map(|violation| {
            let pointer = format!("{at}{}", violation.pointer);
            violation.at(pointer)
        }));
        Treatment::NOTHING
    })
}

fn by_code(code: &Code, facts: &Facts) -> Result<Treatment, Vec<Violation>> {
    let Some(found) = facts.codes.get(code.as_str()) else {
        return Err(vec![unknown_reference("/taxCode", "tax_code", code)]);
    };
    let refused = |violation: Violation| violation.at("/taxCode");
    found
        .treatment(facts.tax_date, &KINDS)
        .map_err(|violations| violations.into_iter().map(refused).collect())
}

fn by_category(
    category: TaxCategory,
    rate: Option<Percentage>,
    reason: Option<ExemptionReason>,
) -> Result<Treatment, Vec<Violation>> {
    match rate {
        None if category.bears_tax() => Err(vec![Violation::new(&REQUIRED).at("/taxRate")]),
        rate => Treatment::new(category, rate.unwrap_or_default(), reason),
    }
}
