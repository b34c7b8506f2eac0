//! The customer and supplier roles of a party (R41).

use super::dunning_profile::DunningProfileId;
use super::party_group::PartyGroupId;
use super::payment_term::PaymentTermId;
use crate::error::{Violation, Violations};
use crate::items::match_policy::MatchPolicy;
use crate::items::price_list::PriceListId;
use crate::money::{Amount, Currency, CurrencyCode, Percentage};
use crate::tax::tax_code::TaxCodeId;

/// Longest reason of a block, in characters.
pub const BLOCK_REASON_LENGTH_MAX: usize = 200;

crate::errors! {
    BLOCK_REASON_MISSING = "block_reason_missing", Rule, User,
        "Say why the party is blocked.", "اذكر سبب إيقاف التعامل مع الطرف.";
    CREDIT_LIMIT_NEGATIVE = "credit_limit_negative", Rule, User,
        "A credit limit is not negative.", "لا يكون حد الائتمان سالبًا.";
    WITHHOLDING_RESIDENT = "withholding_resident", Rule, User,
        "Tax is withheld from payments to non-resident suppliers only.",
        "تُستقطع الضريبة من المدفوعات إلى الموردين غير المقيمين فقط.";
}

crate::choices! {
    /// The documents at which a customer's credit is checked.
    pub enum CreditCheck {
        None = "none",
        Order = "order",
        Delivery = "delivery",
        Invoice = "invoice",
        All = "all",
    }
}

crate::choices! {
    /// The transactions for which a customer is blocked.
    pub enum CustomerBlock {
        None = "none",
        Orders = "orders",
        Deliveries = "deliveries",
        Invoices = "invoices",
        All = "all",
    }
}

impl CustomerBlock {
    /// Both blocks together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, block) | (block, Self::None) => block,
            (one, another) if one == another => one,
            _ => Self::All,
        }
    }
}

crate::choices! {
    /// The transactions for which a supplier is blocked.
    pub enum SupplierBlock {
        None = "none",
        Orders = "orders",
        Payments = "payments",
        All = "all",
    }
}

crate::choices! {
    /// The tax residency of a supplier.
    pub enum Residency {
        /// Taxed in the company's country.
        Resident = "resident",
        /// Abroad: tax may be withheld from payments.
        NonResident = "non_resident",
    }
}

/// A party that buys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub group_id: Option<PartyGroupId>,
    pub payment_term_id: Option<PaymentTermId>,
    /// The currency of documents that name none.
    pub currency: Option<CurrencyCode>,
    /// The credit limit in the company currency; `None` is no limit.
    pub credit_limit: Option<Amount>,
    pub credit_check: CreditCheck,
    pub blocked: CustomerBlock,
    /// There only while the customer is blocked.
    pub blocked_reason: Option<String>,
    /// The tax code of sales that name none.
    pub tax_treatment_id: Option<TaxCodeId>,
    /// The list in which prices are looked up first.
    pub price_list_id: Option<PriceListId>,
    /// How it is reminded of what is overdue.
    pub dunning_profile_id: Option<DunningProfileId>,
}

impl Customer {
    /// Everything about the customer that contradicts itself; pointers begin at the customer.
    pub fn check(&self, company: Currency) -> Violations {
        let mut violations = Violations::new();
        if self.blocked != CustomerBlock::None && self.blocked_reason.is_none() {
            violations.push(Violation::new(&BLOCK_REASON_MISSING).at("/blockedReason"));
        }
        if let Some(limit) = self.credit_limit {
            let at = "/creditLimit";
            if limit.is_negative() {
                violations.push(Violation::new(&CREDIT_LIMIT_NEGATIVE).at(at));
            }
            violations.check(at, limit.check_in(company));
        }
        violations
    }
}

/// A party that sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    pub group_id: Option<PartyGroupId>,
    pub payment_term_id: Option<PaymentTermId>,
    /// The currency of documents that name none.
    pub currency: Option<CurrencyCode>,
    pub blocked: SupplierBlock,
    /// There only while the supplier is blocked.
    pub blocked_reason: Option<String>,
    pub residency: Residency,
    /// The tax code of what is withheld from payments.
    pub withholding_id: Option<TaxCodeId>,
    /// How far receipts may go beyond orders to it; `None` is what the company says.
    pub over_receipt_percent: Option<Percentage>,
    /// Whether its bills wait for receipts; `None` is what the company says.
    pub match_policy: Option<MatchPolicy>,
}

impl Supplier {
    /// Everything about the supplier that contradicts itself; pointers begin at the supplier.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        if self.blocked != SupplierBlock::None && self.blocked_reason.is_none() {
            violations.push(Violation::new(&BLOCK_REASON_MISSING).at("/blockedReason"));
        }
        if self.residency == Residency::Resident && self.withholding_id.is_some() {
            violations.push(Violation::new(&WITHHOLDING_RESIDENT).at("/withholdingId"));
        }
        violations
    }
}

#[cfg(test)]
mod tests {
    use super::CustomerBlock::{All, Deliveries, None, Orders};

    #[test]
    fn blocks_add_up() {
        assert_eq!(None.and(Orders), Orders);
        assert_eq!(Orders.and(None), Orders);
        assert_eq!(Orders.and(Orders), Orders);
        assert_eq!(Orders.and(Deliveries), All);
    }
}
