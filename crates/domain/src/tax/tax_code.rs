//! Tax codes: what a line of a document says about its tax (R60).

mod boxes;
mod rates;
#[cfg(test)]
mod tests;

pub use rates::{RATES_MAX, TaxRate, TaxRates};

use chrono::NaiveDate;

use super::category::{TaxCategory, Treatment};
use super::exemption::ExemptionReason;
use crate::error::{Violation, Violations};
use crate::ids::Id;
use crate::money::{Amount, Percentage};
use crate::text::{Code, LocalizedName};

pub type TaxCodeId = Id<TaxCode>;

crate::errors! {
    TAX_CODE_USED = "tax_code_used", Conflict, User,
        "Tax code {code} is used, so its {member} no longer changes. Make a new code instead.",
        "رمز الضريبة {code} مستخدم، لذا لا يتغير {member} بعد الآن. أنشئ رمزًا جديدًا بدلًا من ذلك.";
    TAX_CODE_RATES_KEPT = "tax_code_rates_kept", Conflict, User,
        "Tax code {code} is used: its rates stay, and others are added for later dates only.",
        "رمز الضريبة {code} مستخدم: تبقى نسبه كما هي، ولا تضاف نسب أخرى إلا لتواريخ لاحقة.";
    TAX_CODE_MEMBER_NOT_TAKEN = "tax_code_member_not_taken", Rule, User,
        "A tax code of the kind {kind} has no {member}.", "رمز الضريبة من النوع {kind} ليس له {member}.";
    TAX_CODE_MEMBER_MISSING = "tax_code_member_missing", Rule, User,
        "A tax code of the kind {kind} needs {member}.", "يحتاج رمز الضريبة من النوع {kind} إلى {member}.";
    TAX_CODE_BOX_UNFIT = "tax_code_box_unfit", Rule, User,
        "Box {box} does not take the {member} of a tax code of the kind {kind}; the boxes {allowed} do.",
        "الخانة {box} لا تقبل {member} لرمز ضريبة من النوع {kind}؛ وتقبله الخانات {allowed}.";
    TAX_REASON_MISSING = "tax_reason_missing", Rule, User,
        "Sales of category {category} need the reason for which they bear no tax.",
        "تحتاج مبيعات الفئة {category} إلى سبب عدم خضوعها للضريبة.";
    TAX_RATE_ORDER = "tax_rate_order", Rule, User,
        "Each rate begins on a later date than the one before it; {date} does not.",
        "تبدأ كل نسبة في تاريخ لاحق للنسبة التي قبلها، بخلاف {date}.";
    TAX_RATE_UNKNOWN = "tax_rate_unknown", Rule, User,
        "Tax code {code} has no rate on {date}; its first one holds from {first}.",
        "ليس لرمز الضريبة {code} نسبة في {date}؛ وأول نسبة له تسري من {first}.";
    TAX_CODE_INACTIVE = "tax_code_inactive", Rule, User,
        "Tax code {code} is not active.", "رمز الضريبة {code} غير نشط.";
    TAX_CODE_KIND_NOT_TAKEN = "tax_code_kind_not_taken", Rule, User,
        "Tax code {code} is of the kind {kind}; codes of the kinds {allowed} go here.",
        "رمز الضريبة {code} من النوع {kind}؛ والمقبول هنا الرموز من الأنواع {allowed}.";
}

crate::choices! {
    /// The kind of tax that a code stands for.
    pub enum TaxKind {
        /// VAT on sales.
        Sale = "vat_sale",
        /// VAT that a supplier charges.
        Purchase = "vat_purchase",
        /// VAT that the buyer owes on services from abroad.
        ReverseCharge = "vat_purchase_rc",
        /// VAT that is paid to customs.
        Import = "vat_import",
        /// Tax that is withheld from payments to suppliers abroad.
        Withholding = "wht",
        /// No tax at all.
        None = "none",
    }
}

impl TaxKind {
    pub const fn is_vat(self) -> bool {
        !matches!(self, Self::Withholding | Self::None)
    }
    /// Whether the code has input VAT, which may be recovered.
    pub const fn has_input(self) -> bool {
        matches!(self, Self::Purchase | Self::ReverseCharge | Self::Import)
    }
    /// Whether the code has output VAT, which is owed.
    pub const fn has_output(self) -> bool {
        matches!(self, Self::Sale | Self::ReverseCharge)
    }
}

crate::choices! {
    /// The destination of irrecoverable VAT.
    pub enum IrrecoverableTo {
        /// Irrecoverable VAT is part of the cost of the purchase.
        Cost = "cost",
        /// Irrecoverable VAT has an account of its own.
        Account = "account",
    }
}

/// A tax code: the tax treatment that document lines refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxCode {
    pub id: TaxCodeId,
    pub code: Code,
    pub name: LocalizedName,
    pub kind: TaxKind,
    /// The category; for VAT only.
    pub category: Option<TaxCategory>,
    /// The reason for the exemption; for sales without tax only.
    pub reason: Option<ExemptionReason>,
    /// The share of input VAT that is recovered; all of it where there is none.
    pub recoverable_percent: Percentage,
    pub irrecoverable_to: IrrecoverableTo,
    /// The box of the VAT return for output VAT.
    pub output_box: Option<Code>,
    /// The box of the VAT return for input VAT.
    pub input_box: Option<Code>,
    pub rates: TaxRates,
    pub active: bool,
    pub version: i64,
}

impl TaxCode {
    /// Everything about the code that contradicts its kind or itself.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        self.check_category(&mut violations);
        let mut refuse = |given: bool, member: &'static str| {
            if given {
                violations.push(self.member(&TAX_CODE_MEMBER_NOT_TAKEN, member));
            }
        };
        refuse(self.kind != TaxKind::Sale && self.reason.is_some(), "reason");
        refuse(
            !self.kind.has_input() && self.recoverable_percent != Percentage::HUNDRED,
            "recoverablePercent",
        );
        refuse(!self.kind.has_output() && self.output_box.is_some(), "outputBox");
        refuse(!self.kind.has_input() && self.input_box.is_some(), "inputBox");
        refuse(self.kind == TaxKind::None && !self.rates.is_empty(), "rates");
        let bears_tax =
            self.category.is_some_and(TaxCategory::bears_tax) || self.kind == TaxKind::Withholding;
        if bears_tax && self.rates.is_empty() {
            violations.push(self.member(&TAX_CODE_MEMBER_MISSING, "rates"));
        }
        violations
    }

    fn check_category(&self, violations: &mut Violations) {
        let Some(category) = self.category else {
            if self.kind.is_vat() {
                violations.push(self.member(&TAX_CODE_MEMBER_MISSING, "category"));
            }
            return;
        };
        if !self.kind.is_vat() {
            return violations.push(self.member(&TAX_CODE_MEMBER_NOT_TAKEN, "category"));
        }
        for (index, rate) in self.rates.iter().enumerate() {
            violations.check(&format!("/rates/{index}/rate"), category.check_rate(rate.rate));
        }
        match self.reason {
            Some(reason) if self.kind == TaxKind::Sale => {
                violations.check("/reason", category.check_reason(reason));
            }
            None if self.kind == TaxKind::Sale && !category.bears_tax() => {
                violations.push(Violation::new(&TAX_REASON_MISSING).at("/reason").with("category", category));
            }
            _ => {}
        }
    }

    fn member(&self, def: &'static crate::error::ErrorDef, member: &'static str) -> Violation {
        Violation::new(def).at(format!("/{member}")).with("kind", self.kind).with("member", member)
    }

    /// Everything that keeps the code from becoming `next` once it is used: lines name it by its code, returns are made of its
    /// kind, category and reason, and documents were calculated with its rates.
    pub fn may_become(&self, next: &Self, used: bool) -> Violations {
        let mut violations = Violations::new();
        if !used {
            return violations;
        }
        for (changed, member) in [
            (next.code != self.code, "code"),
            (next.kind != self.kind, "kind"),
            (next.category != self.category, "category"),
            (next.reason != self.reason, "reason"),
        ] {
            if changed {
                let fixed = Violation::new(&TAX_CODE_USED).at(format!("/{member}"));
                violations.push(fixed.with("code", &self.code).with("member", member));
            }
        }
        if !self.rates.only_added_in(&next.rates) {
            violations.push(Violation::new(&TAX_CODE_RATES_KEPT).at("/rates").with("code", &self.code));
        }
        violations
    }

    /// How a supply is treated that names the code: its rate is the one of the tax date. Only codes of the kinds `allowed` are
    /// taken.
    pub fn treatment(&self, date: NaiveDate, allowed: &[TaxKind]) -> Result<Treatment, Vec<Violation>> {
        let refused = |def| Violation::new(def).with("code", &self.code);
        let Some(category) = self.category.filter(|_| allowed.contains(&self.kind)) else {
            let allowed: Vec<&str> = allowed.iter().map(|kind| kind.as_str()).collect();
            let refused = refused(&TAX_CODE_KIND_NOT_TAKEN).with("kind", self.kind);
            return Err(vec![refused.with("allowed", allowed.join(", "))]);
        };
        if !self.active {
            return Err(vec![refused(&TAX_CODE_INACTIVE)]);
        }
        let rate = if category.bears_tax() { self.rate_on(date) } else { Ok(Percentage::ZERO) };
        Treatment::new(category, rate.map_err(|unknown| vec![unknown])?, self.reason)
    }

    /// The rate that holds on a day.
    pub fn rate_on(&self, date: NaiveDate) -> Result<Percentage, Violation> {
        self.rates.on(date).ok_or_else(|| {
            let first = self.rates.iter().next().map(|rate| rate.from.to_string()).unwrap_or_default();
            let unknown = Violation::new(&TAX_RATE_UNKNOWN).with("code", &self.code);
            unknown.with("date", date).with("first", first)
        })
    }

    /// The parts of input VAT that are recovered and that are not. `None` on overflow.
    pub fn recovered(&self, vat: Amount, scale: u8) -> Option<(Amount, Amount)> {
        let recovered = self.recoverable_percent.of(vat, scale)?;
        Some((recovered, vat.checked_sub(recovered)?))
    }
}
