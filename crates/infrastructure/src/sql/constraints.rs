//! The meaning of a violated constraint to a caller.
//!
//! Commands look before they write, so that all errors of a request are answered together. A constraint speaks where
//! two of them looked at the same moment, or where a command does not look. Every unique constraint of the schema stands
//! in one of the lists below; a test holds them to both schemas.

use std::sync::OnceLock;

use application::ports::storage_error::StorageError;

use super::dialect::Dialect;
use super::migrate::MIGRATIONS;

/// A unique constraint over values that people choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unique {
    pub name: &'static str,
    /// As SQLite names them in its message.
    pub columns: &'static str,
    /// The member of the request, which is also where the violation points.
    pub field: &'static str,
}

const fn unique(name: &'static str, columns: &'static str, field: &'static str) -> Unique {
    Unique { name, columns, field }
}

/// Answered as `already_exists`.
pub static CHOSEN: &[Unique] = &[
    unique("uq_tenant_code", "tenant.code", "code"),
    unique("uq_app_user_email", "app_user.email", "email"),
    unique("uq_membership_email", "membership.tenant_id, membership.email", "email"),
    unique("uq_role_code", "role.tenant_id, role.code", "code"),
    unique(
        "pk_role_permission",
        "role_permission.tenant_id, role_permission.role_id, role_permission.permission",
        "permissions",
    ),
    unique(
        "uq_role_assignment_user_role",
        "role_assignment.tenant_id, role_assignment.user_id, role_assignment.role_id",
        "roleId",
    ),
    unique("pk_currency", "currency.tenant_id, currency.code", "code"),
    unique(
        "uq_exchange_rate_date",
        "exchange_rate.tenant_id, exchange_rate.currency, exchange_rate.rate_date",
        "date",
    ),
    unique("uq_account_code", "account.tenant_id, account.code", "code"),
    unique("uq_number_series_code", "number_series.tenant_id, number_series.code", "code"),
    unique("uq_import_profile_code", "import_profile.tenant_id, import_profile.code", "code"),
    unique("uq_report_layout_code", "report_layout.tenant_id, report_layout.code", "code"),
    unique("uq_journal_code", "journal.tenant_id, journal.code", "code"),
    unique(
        "uq_posting_rule_keys",
        "posting_rule.tenant_id, posting_rule.slot, posting_rule.keys_text",
        "slot",
    ),
    unique("uq_approval_policy_code", "approval_policy.tenant_id, approval_policy.code", "code"),
    unique("uq_deferral_code", "deferral.tenant_id, deferral.code", "code"),
    unique("uq_budget_code", "budget.tenant_id, budget.code", "code"),
    unique("uq_distribution_key_code", "distribution_key.tenant_id, distribution_key.code", "code"),
    unique(
        "uq_statistical_figure_date",
        "statistical_figure.tenant_id, statistical_figure.measure, statistical_figure.value_id, statistical_figure.figure_date",
        "date",
    ),
    unique("uq_branch_code", "branch.tenant_id, branch.code", "code"),
    unique("uq_tax_code_code", "tax_code.tenant_id, tax_code.code", "code"),
    unique("uq_payment_term_code", "payment_term.tenant_id, payment_term.code", "code"),
    unique("uq_dunning_profile_code", "dunning_profile.tenant_id, dunning_profile.code", "code"),
    unique("uq_party_group_code", "party_group.tenant_id, party_group.code", "code"),
    unique("uq_party_code", "party.tenant_id, party.code", "code"),
    unique("uq_party_vat_number", "party.tenant_id, party.vat_number", "registrations"),
    unique("uq_party_cr_number", "party.tenant_id, party.cr_number", "registrations"),
    unique("uq_party_unified_number", "party.tenant_id, party.unified_number", "registrations"),
    unique("uq_party_bank_account_iban", "party_bank_account.tenant_id, party_bank_account.iban", "iban"),
    unique("uq_unit_code", "unit.tenant_id, unit.code", "code"),
    unique("uq_item_category_code", "item_category.tenant_id, item_category.code", "code"),
    unique("uq_item_code", "item.tenant_id, item.code", "code"),
    unique("pk_item_barcode", "item_barcode.tenant_id, item_barcode.code", "barcodes"),
    unique("uq_price_list_code", "price_list.tenant_id, price_list.code", "code"),
    unique("uq_price_list_default", "price_list.tenant_id, price_list.currency", "isDefault"),
    unique(
        "uq_price_key",
        "price.tenant_id, price.price_list_id, price.item_id, price.unit_id, price.quantity_from, price.valid_from",
        "validFrom",
    ),
    unique("uq_fiscal_year_code", "fiscal_year.tenant_id, fiscal_year.code", "code"),
    unique("uq_fiscal_year_start", "fiscal_year.tenant_id, fiscal_year.start_date", "start"),
    unique("uq_dimension_code", "dimension.tenant_id, dimension.code", "code"),
    unique(
        "uq_dimension_value_code",
        "dimension_value.tenant_id, dimension_value.dimension_id, dimension_value.code",
        "code",
    ),
    unique(
        "uq_dimension_default_account",
        "dimension_default.tenant_id, dimension_default.account_id, dimension_default.dimension_id",
        "dimensionId",
    ),
    unique(
        "uq_dimension_default_journal",
        "dimension_default.tenant_id, dimension_default.account_id, dimension_default.dimension_id, dimension_default.journal_id",
        "dimensionId",
    ),
    unique("uq_recurring_entry_code", "recurring_entry.tenant_id, recurring_entry.code", "code"),
    unique("uq_recurring_invoice_code", "recurring_invoice.tenant_id, recurring_invoice.code", "code"),
];

/// Explained by the application itself, by the constraint's name or columns.
pub static EXPLAINED: &[&str] = &["uq_journal_entry_number", "uq_document_number"];

/// Rows that several transactions may make at once on first use: the one that came second runs again and finds it.
pub static FIRST_USE: [&str; 29] = [
    // The same request under the same key, twice at once: the second run finds the answer of the first.
    "pk_idempotency",
    "uq_journal_entry_chain",
    "uq_recurring_occurrence_date",
    // The same occurrence twice at once: the second run sees what became of it.
    "uq_recurring_run_date",
    // The same file twice at once: the second run sees that it was imported.
    "uq_import_file_fingerprint",
    // Two undo the same allocation at once: the second run sees that it is undone.
    "uq_allocation_undoes",
    // The same day valued twice at once: the second run sees that it was done.
    "uq_revaluation_run_date",
    // The same key run twice at once for a period: the second run sees that it was done.
    "uq_distribution_run_period",
    // The same period prepared or amended twice at once: the second run sees the draft of the first.
    "uq_vat_return_period",
    "uq_vat_return_amendment",
    // The same number of a supplier twice at once: the second run finds the document of the first.
    "uq_document_supplier_key",
    "uq_withholding_return_month",
    // An item reminded of twice at once: the second run sees that it has reached the level.
    "pk_dunning_item",
    "pk_membership",
    "pk_tenant_setting",
    "pk_ledger_settings",
    "pk_company_profile",
    "pk_ledger_lock",
    "pk_counter",
    "pk_lease",
    "pk_log_levels",
    "pk_number_series_counter",
    "pk_journal_chain",
    "pk_account_balance",
    "pk_budget_hold",
    "pk_daily_balance",
    "pk_dimension_balance",
    "pk_tax_day",
    "uq_dimension_set_content_key",
];

/// Values that the product itself makes: a second one is a defect, not an answer.
pub static GENERATED: &[&str] = &[
    "pk_tenant",
    "pk_app_user",
    "pk_invitation",
    "uq_invitation_token_hash",
    "pk_role",
    "pk_role_assignment",
    "pk_api_key",
    "uq_api_key_secret_hash",
    "pk_refresh_token",
    "uq_refresh_token_hash",
    "pk_audit_log",
    "pk_outbox_event",
    "pk_job",
    "pk_job_runner",
    "pk_exchange_rate",
    "pk_document",
    "pk_document_tax",
    "pk_document_line",
    "pk_line_progress",
    "pk_document_link",
    "pk_write_off",
    "pk_dunning_profile",
    "pk_party_alias",
    "uq_party_alias_party",
    "pk_dunning_run",
    "pk_dunning_notice",
    "pk_account",
    "pk_account_history",
    "pk_number_series",
    "pk_import_profile",
    "pk_report_layout",
    "pk_journal",
    "pk_tax_code",
    "pk_payment_term",
    "pk_party_group",
    "pk_party",
    "pk_party_bank_account",
    "pk_unit",
    "pk_item_category",
    "pk_item",
    "pk_item_unit",
    "pk_price_list",
    "pk_price",
    "pk_fiscal_year",
    "pk_fiscal_period",
    "uq_fiscal_period_number",
    "pk_lock_exception",
    "pk_dimension",
    "pk_dimension_value",
    "pk_dimension_set",
    "pk_dimension_set_value",
    "pk_dimension_rule",
    "pk_dimension_default",
    "pk_posting_rule",
    "pk_approval_policy",
    "pk_approval_delegation",
    "pk_approval",
    "pk_approval_approver",
    "pk_approval_person",
    "pk_branch",
    "pk_journal_entry",
    "pk_journal_entry_draft",
    "pk_ledger_line",
    "pk_open_line",
    "pk_line_match",
    "pk_line_match_line",
    "pk_recurring_entry",
    "pk_recurring_invoice",
    "pk_recurring_occurrence",
    "pk_recurring_run",
    "pk_import_file",
    "pk_stored_blob",
    "pk_attachment",
    "uq_journal_entry_source",
    "pk_open_item",
    "uq_open_item_line",
    "pk_allocation",
    "pk_allocation_item",
    "pk_deferral",
    "pk_budget",
    "pk_budget_exception",
    "pk_budget_line",
    "pk_distribution_key",
    "pk_distribution_run",
    "pk_statistical_figure",
    "pk_revaluation_run",
    "pk_tax_entry",
    "pk_vat_return",
    "pk_vat_return_entry",
    "pk_withholding_entry",
    "pk_withholding_return",
    "pk_withholding_return_entry",
];

/// The unique constraint SQLite names by its columns.
pub fn by_columns(columns: &str) -> Option<&'static Unique> {
    CHOSEN.iter().find(|unique| unique.columns == columns)
}

/// The unique constraint SQL Server names. Servers that make index names of their own put something behind ours.
pub fn by_name(name: &str) -> Option<&'static Unique> {
    let fits = CHOSEN.iter().filter(|unique| name.starts_with(unique.name));
    fits.max_by_key(|unique| unique.name.len())
}

/// Whether a row that was made by another transaction meanwhile is all that is wrong.
pub fn is_first_use(name: &str) -> bool {
    FIRST_USE.iter().any(|known| name.starts_with(known))
}

/// A reference from one table to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    pub name: String,
    pub child: String,
    pub parent: String,
    /// The referring column that is not the tenant.
    pub column: String,
}

impl ForeignKey {
    /// The name of the constraint is made of table and column, everywhere.
    pub fn new(child: &str, column: &str, parent: &str) -> Self {
        Self {
            name: format!("fk_{child}_{column}"),
            child: child.to_owned(),
            parent: parent.to_owned(),
            column: column.to_owned(),
        }
    }

    /// The change refers to something that is not there.
    pub fn unknown(&self, value: Option<String>, detail: String) -> StorageError {
        StorageError::UnknownReference {
            constraint: self.name.clone(),
            field: member(&self.column),
            resource: resource(&self.parent),
            value,
            detail,
        }
    }

    /// The row to delete is referred to.
    pub fn in_use(&self, detail: String) -> StorageError {
        StorageError::InUse { constraint: self.name.clone(), users: resource(&self.child), detail }
    }
}

/// Every foreign key of SQL Server's schema, read from its migrations once.
pub fn foreign_keys() -> &'static [ForeignKey] {
    static KEYS: OnceLock<Vec<ForeignKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut keys = Vec::new();
        for migration in MIGRATIONS {
            let mut table = "";
            for line in migration.text(Dialect::SqlServer).lines().map(str::trim) {
                let named = line.strip_prefix("CREATE TABLE ").or_else(|| line.strip_prefix("ALTER TABLE "));
                if let Some(rest) = named {
                    table = rest.split_whitespace().next().unwrap_or_default();
                }
                keys.extend(foreign_key(table, line));
            }
        }
        keys
    })
}

/// `… FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id)`
fn foreign_key(table: &str, line: &str) -> Option<ForeignKey> {
    let (columns, rest) = line.split_once("FOREIGN KEY (")?.1.split_once(')')?;
    let parent = rest.split_once("REFERENCES ")?.1.split([' ', '(']).next()?;
    Some(ForeignKey::new(table, columns.rsplit(", ").next()?, parent))
}

/// The foreign key SQL Server names.
pub fn foreign_key_named(name: &str) -> Option<&'static ForeignKey> {
    let fits = foreign_keys().iter().filter(|key| name.starts_with(&key.name));
    fits.max_by_key(|key| key.name.len())
}

/// `role_id` is `roleId` in a request.
fn member(column: &str) -> String {
    let mut words = column.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

/// A table holds the resource of its name.
fn resource(table: &str) -> String {
    match table {
        "app_user" | "membership" => "user".to_owned(),
        "ledger_line" | "journal_entry_draft" => "journal_entry".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_resources_have_the_names_of_the_api() {
        assert_eq!(member("number_series_id"), "numberSeriesId");
        assert_eq!(member("currency"), "currency");
        assert_eq!(resource("app_user"), "user");
        let key = foreign_key_named("fk_role_assignment_role_id").unwrap();
        assert_eq!((key.child.as_str(), key.parent.as_str()), ("role_assignment", "role"));
    }
}
