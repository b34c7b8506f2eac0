//! The roles every tenant starts with. They belong to the product: a tenant that wants others makes its own.

use domain::error::Violation;
use domain::text::{Code, LocalizedName};

use super::permissions::PERMISSIONS;

/// The code of the role that may do everything.
pub const ADMINISTRATOR: &str = "administrator";

/// One standard role.
pub struct StandardRole {
    code: &'static str,
    name_en: &'static str,
    name_ar: &'static str,
    /// Permission names and prefixes; `{read}` stands for every permission that only reads.
    grants: &'static [&'static str],
}

const READ_ALL: &str = "{read}";

pub static STANDARD_ROLES: &[StandardRole] = &[
    StandardRole {
        code: ADMINISTRATOR, name_en: "Administrator", name_ar: "مسؤول النظام", grants: &["*"]
    },
    StandardRole {
        code: "accountant",
        name_en: "Accountant",
        name_ar: "محاسب",
        // Neither moves a lock or grants an exception to one, nor reopens what is closed, nor approves.
        grants: &[
            "accounting.account.*",
            "accounting.approval.read",
            "accounting.approval_delegation.read",
            "accounting.approval_policy.read",
            "accounting.budget.read",
            "accounting.budget_exception.read",
            "accounting.currency.*",
            "accounting.deferral.*",
            "accounting.dimension.*",
            "accounting.dimension_default.*",
            "accounting.dimension_rule.*",
            "accounting.distribution_key.*",
            "accounting.distribution_run.*",
            "accounting.exchange_rate.*",
            "accounting.export.read",
            "accounting.fiscal_period.close",
            "accounting.fiscal_period.read",
            "accounting.fiscal_year.close",
            "accounting.fiscal_year.create",
            "accounting.fiscal_year.read",
            "accounting.fiscal_year.update",
            "accounting.import.create",
            "accounting.import_profile.*",
            "accounting.integrity.read",
            "accounting.journal.*",
            "accounting.journal_entry.*",
            "accounting.ledger_settings.*",
            "accounting.line_match.*",
            "accounting.lock.read",
            "accounting.lock_exception.read",
            "accounting.number_series.*",
            "accounting.opening_balance.*",
            "accounting.posting_rule.*",
            "accounting.recurring_entry.*",
            "accounting.report.read",
            "accounting.report_layout.*",
            "accounting.revaluation_run.*",
            "accounting.statistical_figure.*",
            "company.*",
            "documents.*",
            "items.*",
            "parties.*",
            "purchase.*",
            "sales.*",
            "settlement.*",
            "tax.*",
            "platform.attachment.*",
            "platform.tenant.read",
            "platform.setting.read",
            "platform.user.read",
            "platform.audit_log.read",
            "platform.event.read",
            "platform.job.*",
        ],
    },
    StandardRole {
        code: "bookkeeper",
        name_en: "Bookkeeper (drafts only)",
        name_ar: "ماسك دفاتر (مسودات فقط)",
        grants: &[
            "accounting.account.read",
            "accounting.journal.read",
            "accounting.journal_entry.read",
            "accounting.journal_entry.create",
            "accounting.journal_entry.update",
            "accounting.journal_entry.delete",
            "accounting.journal_entry.submit",
            "accounting.approval.read",
            "accounting.approval_policy.read",
            "accounting.recurring_entry.read",
            "accounting.recurring_entry.run",
            "accounting.number_series.read",
            "accounting.currency.read",
            "accounting.exchange_rate.read",
            "accounting.fiscal_year.read",
            "accounting.fiscal_period.read",
            "accounting.lock.read",
            "accounting.dimension.read",
            "accounting.dimension_default.read",
            "accounting.dimension_rule.read",
            "accounting.ledger_settings.read",
            "accounting.posting_rule.read",
            "company.company_profile.read",
            "company.branch.read",
            "documents.recurring_invoice.read",
            "documents.recurring_invoice.run",
            "items.unit.read",
            "items.item_category.read",
            "items.item.read",
            "items.price_list.read",
            "items.price_quote.read",
            "parties.party.read",
            "parties.party_group.read",
            "parties.payment_term.read",
            "purchase.purchase_order.read",
            "purchase.purchase_order.create",
            "purchase.purchase_order.update",
            "purchase.purchase_order.delete",
            "purchase.purchase_invoice.read",
            "purchase.purchase_invoice.create",
            "purchase.purchase_invoice.update",
            "purchase.purchase_invoice.delete",
            "purchase.purchase_credit_note.read",
            "purchase.purchase_credit_note.create",
            "purchase.purchase_credit_note.update",
            "purchase.purchase_credit_note.delete",
            "sales.quotation.read",
            "sales.quotation.create",
            "sales.quotation.update",
            "sales.quotation.delete",
            "sales.sales_order.read",
            "sales.sales_order.create",
            "sales.sales_order.update",
            "sales.sales_order.delete",
            "sales.sales_invoice.read",
            "sales.sales_invoice.create",
            "sales.sales_invoice.update",
            "sales.sales_invoice.delete",
            "sales.sales_credit_note.read",
            "sales.sales_credit_note.create",
            "sales.sales_credit_note.update",
            "sales.sales_credit_note.delete",
            "sales.sales_debit_note.read",
            "sales.sales_debit_note.create",
            "sales.sales_debit_note.update",
            "sales.sales_debit_note.delete",
            "settlement.receipt.read",
            "settlement.receipt.create",
            "settlement.receipt.update",
            "settlement.receipt.delete",
            "settlement.payment.read",
            "settlement.payment.create",
            "settlement.payment.update",
            "settlement.payment.delete",
            "settlement.open_item.read",
            "settlement.allocation.read",
            "tax.tax_code.read",
            "tax.tax_calculation.read",
            "tax.tax_entry.read",
            "tax.vat_return.read",
            "tax.withholding_entry.read",
            "tax.withholding_return.read",
            "platform.attachment.*",
            "platform.tenant.read",
            "platform.setting.read",
        ],
    },
    StandardRole {
        code: "financial_controller",
        name_en: "Financial controller (approves, does not post)",
        name_ar: "مراقب مالي (يعتمد ولا يرحّل)",
        grants: &[
            READ_ALL,
            "accounting.approval.*",
            "accounting.approval_delegation.*",
            "accounting.approval_policy.*",
            "accounting.budget.*",
            "accounting.budget_exception.*",
            "accounting.fiscal_period.*",
            "accounting.fiscal_year.close",
            "accounting.fiscal_year.reopen",
            "accounting.lock.*",
            "accounting.lock_exception.*",
        ],
    },
    StandardRole {
        code: "auditor",
        name_en: "Auditor (read only)",
        name_ar: "مراجع (قراءة فقط)",
        grants: &[READ_ALL],
    },
    StandardRole {
        code: "integration",
        name_en: "Integration",
        name_ar: "تكامل الأنظمة",
        grants: &[
            "accounting.account.*",
            "accounting.journal.read",
            "accounting.journal_entry.*",
            "accounting.approval.read",
            "accounting.approval_policy.read",
            "accounting.number_series.read",
            "accounting.currency.read",
            "accounting.exchange_rate.*",
            "accounting.fiscal_year.read",
            "accounting.fiscal_period.read",
            "accounting.dimension.*",
            "accounting.dimension_default.read",
            "accounting.dimension_rule.read",
            "accounting.opening_balance.*",
            "accounting.report.read",
            "accounting.report_layout.read",
            "accounting.import.create",
            "accounting.import_profile.read",
            "accounting.export.read",
            "accounting.ledger_settings.read",
            "accounting.posting_rule.read",
            "company.company_profile.read",
            "company.branch.read",
            "items.*",
            "parties.party.read",
            "parties.party.create",
            "parties.party.update",
            "parties.party_group.read",
            "parties.payment_term.read",
            "purchase.*",
            "sales.*",
            "settlement.*",
            "tax.tax_code.read",
            "tax.tax_calculation.read",
            "tax.tax_entry.read",
            "tax.vat_return.read",
            "tax.withholding_entry.read",
            "tax.withholding_return.read",
            "platform.attachment.*",
            "platform.tenant.read",
            "platform.setting.read",
            "platform.event.read",
            "platform.job.*",
        ],
    },
];

impl StandardRole {
    pub fn code(&self) -> Result<Code, Violation> {
        Code::parse(self.code)
    }

    pub fn name(&self) -> Result<LocalizedName, Violation> {
        LocalizedName::parse(Some(self.name_ar), Some(self.name_en))
    }

    /// The permissions as stored, sorted.
    pub fn permissions(&self) -> Vec<String> {
        let mut grants: Vec<String> =
            self.grants.iter().filter(|g| **g != READ_ALL).map(|g| (*g).to_owned()).collect();
        if self.grants.contains(&READ_ALL) {
            let reading = PERMISSIONS.iter().filter(|spec| spec.name.ends_with(".read"));
            grants.extend(reading.map(|spec| spec.name.to_owned()));
        }
        grants.sort_unstable();
        grants
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission_set::PermissionSet;
    use crate::platform::permissions::is_known;

    fn rights(code: &str) -> PermissionSet {
        let role = STANDARD_ROLES.iter().find(|role| role.code == code).unwrap();
        PermissionSet::from_grants(role.permissions())
    }

    #[test]
    fn every_grant_is_in_the_catalogue() {
        for role in STANDARD_ROLES {
            assert!(role.code().is_ok() && role.name().is_ok());
            assert!(role.permissions().iter().all(|grant| is_known(grant)), "{}", role.code);
        }
    }

    /// The administrator sets a tenant up and may do everything; nobody else combines these.
    #[test]
    fn whoever_posts_neither_lifts_locks_nor_approves_nor_makes_the_rules_for_it() {
        const POSTS: [&str; 4] = [
            "accounting.journal_entry.post",
            "accounting.journal_entry.reverse",
            "accounting.opening_balance.create",
            "accounting.import.create",
        ];
        const CONTROLS: [&str; 11] = [
            "accounting.lock.update",
            "accounting.lock_exception.create",
            "accounting.lock_exception.delete",
            "accounting.fiscal_period.open",
            "accounting.fiscal_year.reopen",
            "accounting.approval.approve",
            "accounting.approval_policy.create",
            "accounting.approval_policy.update",
            "accounting.approval_policy.delete",
            "accounting.approval_delegation.create",
            "accounting.approval_delegation.update",
        ];
        for role in STANDARD_ROLES.iter().filter(|role| role.code != ADMINISTRATOR) {
            let rights = rights(role.code);
            let has = |names: &[&'static str]| names.iter().copied().find(|name| rights.allows(name));
            let both = has(&POSTS).zip(has(&CONTROLS));
            assert_eq!(both, None, "{}", role.code);
        }
        assert!(POSTS.iter().chain(&CONTROLS).all(|name| is_known(name)));
        let controller = rights("financial_controller");
        assert!(CONTROLS.iter().all(|name| controller.allows(name)));
        assert!(POSTS.iter().all(|name| rights("accountant").allows(name)));
    }

    #[test]
    fn a_bookkeeper_cannot_post_and_an_auditor_cannot_write() {
        assert!(rights("bookkeeper").allows("accounting.journal_entry.create"));
        assert!(!rights("bookkeeper").allows("accounting.journal_entry.post"));
        let auditor = rights("auditor");
        assert!(PERMISSIONS.iter().all(|spec| auditor.allows(spec.name) == spec.name.ends_with(".read")));
        assert!(!rights("accountant").allows("platform.user.create"));
    }
}
