//! Tax codes: what a line of a document says about its tax.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::error::Violations;
use domain::money::Percentage;
use domain::tax::category::TaxCategory;
use domain::tax::exemption::ExemptionReason;
use domain::tax::tax_code::{
    IrrecoverableTo, RATES_MAX, TAX_CODE_BOX_UNFIT, TAX_CODE_RATES_KEPT, TAX_CODE_USED, TaxCode, TaxCodeId,
    TaxKind, TaxRate, TaxRates,
};
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::changes::refuse_used;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Records, Shown};
use crate::paging::FieldKind;
use crate::views::NameView;
use crate::wire::{List, Optional, Patch};
use crate::{request, resource, view};

request! {
    /// A rate and the first day on which it holds.
    pub struct TaxRateBody {
        /// The first day; the rate holds until the next one begins.
        from: NaiveDate = "2020-07-01",
        /// The rate in per cent.
        rate: Percentage = "15",
    }

    /// A new tax code.
    pub struct NewTaxCode as CreateTaxCodeBody {
        /// Short code, unique in the tenant, that lines of documents name.
        code: Code = "S15-SERVICES",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "خدمات بالنسبة الأساسية", "en": "Services at the standard rate" },
        /// The kind of tax: VAT on sales, on purchases, on services from abroad (reverse charge) or on imports; tax that is
        /// withheld from payments abroad; or no tax at all.
        kind: TaxKind = "vat_sale",
        /// The category of VAT: `S` bears tax, `Z` is zero-rated, `E` exempt, `O` out of scope. Required for VAT, and for
        /// nothing else.
        category: Option<TaxCategory> = "S",
        /// The reason for which a sale bears no tax, which must belong to the category. Required for sales of the categories
        /// `Z`, `E` and `O`.
        reason: Option<ExemptionReason>,
        /// The share of the VAT on a purchase that is recovered.
        recoverable_percent: Percentage => "100",
        /// The destination of the irrecoverable VAT on a purchase: the cost of the purchase, or an account of its own.
        irrecoverable_to: IrrecoverableTo => "cost",
        /// The box of the VAT return for VAT that is owed: sales and reverse charge. Required where the code bears tax.
        output_box: Option<Code> = "1",
        /// The box of the VAT return for VAT that is recovered: purchases. Required where the code bears tax that is recovered.
        input_box: Option<Code>,
        /// The rates in the order of their dates. Required where the code bears tax; everything else has the rate 0.
        rates: Option<List<TaxRateBody, RATES_MAX>> = [{ "from": "2018-01-01", "rate": "5" }, { "from": "2020-07-01", "rate": "15" }],
        /// Whether new documents may name the code.
        active: bool => true,
    }

    /// Changes to a tax code (JSON Merge Patch). Members that are left out stay as they are.
    pub struct TaxCodeChange as UpdateTaxCodeBody {
        /// Short code, unique in the tenant. Cannot change once the code is used.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// Cannot change once the code is used.
        kind: Optional<TaxKind>,
        /// Cannot change once the code is used.
        category: Patch<TaxCategory>,
        /// Cannot change once the code is used.
        reason: Patch<ExemptionReason>,
        /// The share of the VAT on a purchase that is recovered from now on.
        recoverable_percent: Optional<Percentage>,
        /// The destination of the irrecoverable VAT on a purchase from now on.
        irrecoverable_to: Optional<IrrecoverableTo>,
        /// The box of the VAT return for VAT that is owed. Cannot change once the code is used.
        output_box: Patch<Code>,
        /// The box of the VAT return for VAT that is recovered. Cannot change once the code is used.
        input_box: Patch<Code>,
        /// All rates. Once the code is used, the rates there are stay, and later ones may follow.
        rates: Optional<List<TaxRateBody, RATES_MAX>>,
        /// Whether new documents may name the code.
        active: Optional<bool>,
    }
}

/// A rate and the first day on which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaxRateView {
    pub from: NaiveDate,
    /// The rate in per cent.
    pub rate: String,
}

impl Shown<TaxRates> for Vec<TaxRateView> {
    fn shown(rates: &TaxRates) -> Self {
        rates.iter().map(|rate| TaxRateView { from: rate.from, rate: rate.rate.to_string() }).collect()
    }
}

view! {
    /// A tax code that lines of documents name.
    pub struct TaxCodeView of TaxCode {
        id: Uuid,
        code: String,
        name: NameView,
        /// `vat_sale`, `vat_purchase`, `vat_purchase_rc` (reverse charge), `vat_import`, `wht` (withholding tax) or `none`.
        kind: &'static str,
        /// `S`, `Z`, `E` or `O`; null where the code is not of VAT.
        category: Option<&'static str>,
        /// The reason for which sales bear no tax, as e-invoices name it.
        reason: Option<&'static str>,
        /// The share of input VAT that is recovered, in per cent.
        recoverable_percent: String,
        /// `cost` or `account`: where the rest goes.
        irrecoverable_to: &'static str,
        /// The box of the VAT return for what is owed.
        output_box: Option<String>,
        /// The box of the VAT return for what is recovered.
        input_box: Option<String>,
        /// The rates in the order of their dates.
        rates: Vec<TaxRateView>,
        active: bool,
    }
}

resource! {
    TaxCode by id: TaxCodeId = "tax", "tax_code", "tax_codes" at "/tax-codes", "/tax-codes/{id}";
    en: "a", "tax code", "tax codes"; ar: "رموز الضريبة";
    about: "What lines of documents say about their tax: category, reason, rates and boxes of the return.";
    bodies: NewTaxCode, TaxCodeChange => TaxCodeView; unique code; cached: TaxCode;
    list: id sortable, code sortable, name,
        kind = FieldKind::Word(&["vat_sale", "vat_purchase", "vat_purchase_rc", "vat_import", "wht", "none"]),
        category nullable = FieldKind::Word(&["S", "Z", "E", "O"]), active;
    order: code;
    refuses: create [&TAX_CODE_BOX_UNFIT], change [&TAX_CODE_BOX_UNFIT, &TAX_CODE_USED, &TAX_CODE_RATES_KEPT], delete unused [];
}

impl NewTaxCode {
    /// The tax code that this makes, with its rates in order.
    pub(crate) fn made(&self, id: TaxCodeId, rates: TaxRates) -> TaxCode {
        TaxCode {
            id,
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            category: self.category,
            reason: self.reason,
            recoverable_percent: self.recoverable_percent,
            irrecoverable_to: self.irrecoverable_to,
            output_box: self.output_box.clone(),
            input_box: self.input_box.clone(),
            rates,
            active: self.active,
            version: 1,
        }
    }
}

#[async_trait]
impl MasterData for TaxCode {
    async fn create(new: &NewTaxCode, id: TaxCodeId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let rates = new.rates.as_ref().map_or(&[][..], |rates| &rates.0);
        let Some(rates) = tax_rates(rates, &mut check.violations) else { return Ok(None) };
        let value = new.made(id, rates);
        check.violations.extend(value.check().into_vec());
        check.violations.extend(value.check_boxes().into_vec());
        Ok(Some(value))
    }

    async fn change(&self, change: &TaxCodeChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let rates = match &change.rates.0 {
            Some(rates) => tax_rates(&rates.0, &mut check.violations),
            None => Some(self.rates.clone()),
        };
        let Some(rates) = rates else { return Ok(None) };
        let next = Self {
            id: self.id,
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            kind: change.kind.or(&self.kind),
            category: patched(&change.category, &self.category),
            reason: patched(&change.reason, &self.reason),
            recoverable_percent: change.recoverable_percent.or(&self.recoverable_percent),
            irrecoverable_to: change.irrecoverable_to.or(&self.irrecoverable_to),
            output_box: patched(&change.output_box, &self.output_box),
            input_box: patched(&change.input_box, &self.input_box),
            rates,
            active: change.active.or(&self.active),
            version: self.version + 1,
        };
        check.violations.extend(next.check().into_vec());
        let used = !Records::<Self>::used_by(check.uow, self.id).await?.is_empty();
        check.violations.extend(self.may_become(&next, used).into_vec());
        check.violations.extend(self.check_boxes_of(&next, used).into_vec());
        Ok(Some(next))
    }

    /// Items and posting rules that name the code do not fix what it says, as posted lines do.
    async fn delete(&self, check: &mut Check<'_>) -> AppResult<()> {
        let mut users = check.uow.items().users_of_tax_code(self.id).await?;
        if check.uow.posting_rules().names_tax_code(self.id).await? {
            users.push("posting-rules");
        }
        refuse_used(&users)
    }
}

fn tax_rates(rates: &[TaxRateBody], violations: &mut Violations) -> Option<TaxRates> {
    let rates = rates.iter().map(|rate| TaxRate { from: rate.from, rate: rate.rate }).collect();
    match TaxRates::new(rates) {
        Ok(rates) => Some(rates),
        Err(refused) => {
            violations.extend(refused);
            None
        }
    }
}

fn patched<T: Clone>(patch: &Patch<T>, old: &Option<T>) -> Option<T> {
    patch.clone().into_option().unwrap_or_else(|| old.clone())
}
