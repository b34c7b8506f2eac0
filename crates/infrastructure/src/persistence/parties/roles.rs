//! The columns of a party as a customer and as a supplier; all are null where it is none.

use application::ports::storage_error::StorageResult;
use domain::items::match_policy::MatchPolicy;
use domain::parties::roles::{CreditCheck, Customer, CustomerBlock, Residency, Supplier, SupplierBlock};

use crate::persistence::table::{Column, optional};
use crate::sql::value::{Columns, Value};

impl Column for Option<Customer> {
    fn put(&self, values: &mut Vec<Value>) {
        let customer = self.as_ref();
        values.extend([
            customer.is_some().into(),
            customer.and_then(|customer| customer.group_id).into(),
            customer.and_then(|customer| customer.payment_term_id).into(),
            customer.and_then(|customer| customer.currency).into(),
            customer.and_then(|customer| customer.credit_limit).into(),
            customer.map(|customer| customer.credit_check.as_str()).into(),
            customer.map(|customer| customer.blocked.as_str()).into(),
            customer.and_then(|customer| customer.blocked_reason.as_deref()).into(),
            customer.and_then(|customer| customer.tax_treatment_id).into(),
            customer.and_then(|customer| customer.price_list_id).into(),
            customer.and_then(|customer| customer.dunning_profile_id).into(),
        ]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let is_customer: bool = columns.get("is_customer")?;
        let customer = Customer {
            group_id: columns.get("customer_group_id")?,
            payment_term_id: columns.get("customer_payment_term_id")?,
            currency: columns.get("customer_currency")?,
            credit_limit: columns.get("credit_limit")?,
            credit_check: optional(columns, "credit_check", |text| CreditCheck::parse(text).ok())?
                .unwrap_or(CreditCheck::None),
            blocked: optional(columns, "customer_blocked", |text| CustomerBlock::parse(text).ok())?
                .unwrap_or(CustomerBlock::None),
            blocked_reason: columns.get("customer_blocked_reason")?,
            tax_treatment_id: columns.get("tax_treatment_id")?,
            price_list_id: columns.get("price_list_id")?,
            dunning_profile_id: columns.get("dunning_profile_id")?,
        };
        Ok(is_customer.then_some(customer))
    }
}

impl Column for Option<Supplier> {
    fn put(&self, values: &mut Vec<Value>) {
        let supplier = self.as_ref();
        values.extend([
            supplier.is_some().into(),
            supplier.and_then(|supplier| supplier.group_id).into(),
            supplier.and_then(|supplier| supplier.payment_term_id).into(),
            supplier.and_then(|supplier| supplier.currency).into(),
            supplier.map(|supplier| supplier.blocked.as_str()).into(),
            supplier.and_then(|supplier| supplier.blocked_reason.as_deref()).into(),
            supplier.map(|supplier| supplier.residency.as_str()).into(),
            supplier.and_then(|supplier| supplier.withholding_id).into(),
        ]);
        supplier.and_then(|supplier| supplier.over_receipt_percent).put(values);
        values.push(supplier.and_then(|supplier| supplier.match_policy).map(|policy| policy.as_str()).into());
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        let is_supplier: bool = columns.get("is_supplier")?;
        let supplier = Supplier {
            group_id: columns.get("supplier_group_id")?,
            payment_term_id: columns.get("supplier_payment_term_id")?,
            currency: columns.get("supplier_currency")?,
            blocked: optional(columns, "supplier_blocked", |text| SupplierBlock::parse(text).ok())?
                .unwrap_or(SupplierBlock::None),
            blocked_reason: columns.get("supplier_blocked_reason")?,
            residency: optional(columns, "residency", |text| Residency::parse(text).ok())?
                .unwrap_or(Residency::Resident),
            withholding_id: columns.get("withholding_id")?,
            over_receipt_percent: Column::take(columns, &["supplier_over_receipt_percent"])?,
            match_policy: optional(columns, "supplier_match_policy", |text| MatchPolicy::parse(text).ok())?,
        };
        Ok(is_supplier.then_some(supplier))
    }
}
