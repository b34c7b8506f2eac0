//! Every migration, and which of them the version before cannot live with.

use sha2::{Digest, Sha256};

use super::expansion;
use crate::sql::dialect::Dialect;

/// Why the version before cannot run on the schema that a migration makes. Everything else is expand-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// Statements drop, rename, tighten or rewrite what that version uses.
    Statements(&'static str),
    /// Statements only add, but the version before would do harm.
    Meaning(&'static str),
}

impl Contract {
    pub fn reason(self) -> &'static str {
        match self {
            Self::Statements(reason) | Self::Meaning(reason) => reason,
        }
    }
}

/// One migration with its text for either engine.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub contract: Option<Contract>,
    sqlite: &'static str,
    mssql: &'static str,
}

macro_rules! contract {
    () => {
        None
    };
    ($kind:ident $reason:literal) => {
        Some(Contract::$kind($reason))
    };
}

macro_rules! migrations {
    ($($number:literal $name:literal $(: $kind:ident $reason:literal)?),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            contract: contract!($($kind $reason)?),
            sqlite: include_str!(concat!("../../../../../migrations/sqlite/", $name, ".sql")),
            mssql: include_str!(concat!("../../../../../migrations/mssql/", $name, ".sql")),
        }),*]
    };
}

/// Every migration, in order. `: Statements "why"` and `: Meaning "why"` as in [`Contract`].
pub static MIGRATIONS: &[Migration] = migrations![
    1 "0001_ledger",
    2 "0002_attachments",
    3 "0003_lease",
    4 "0004_job_runner",
    5 "0005_import_file",
    6 "0006_tenant_time_zone",
    7 "0007_unique_numbers": Statements "a number that an earlier version gives twice is refused",
    8 "0008_recurring_occurrences": Statements "an earlier version deletes recurring entries without their occurrences",
    9 "0009_integrity": Meaning "audit rows that an earlier version writes have no place in the chain",
    10 "0010_invitations": Meaning "an earlier version reads and writes addresses where they no longer are",
    11 "0011_code_digits": Statements "an earlier version looks for codes in the digits they were typed in",
    12 "0012_opening_shard": Statements "an earlier version adds opening balances where reports take them for movements",
    13 "0013_dimension_headings": Statements "an earlier version does not read the new kinds of rules",
    14 "0014_account_history": Meaning "changes that an earlier version makes to an account are missing in its history",
    15 "0015_copied_entries",
    16 "0016_ordering_key": Meaning "an order that an earlier version changes keeps the API key of its first orderer",
    17 "0017_log_levels",
    18 "0018_expansions",
    19 "0019_tax_codes",
    20 "0020_parties",
    21 "0021_items",
    22 "0022_open_items": Statements "lines that an earlier version posts have no open items",
    23 "0023_posting_rules",
    24 "0024_tax_entries",
    25 "0025_documents",
    26 "0026_orders",
    27 "0027_settlement": Meaning "an earlier version cannot read the allocations of discounts and write-offs",
    28 "0028_tax_and_withholding": Meaning "VAT that an earlier version posts is missing in the sums of returns",
    29 "0029_documents_by_row": Statements "the table of documents is made anew, with the same columns, on SQLite",
    30 "0030_recurring_invoices",
    31 "0031_receivables",
    32 "0032_import_profiles",
    33 "0033_approvals": Meaning "an earlier version posts and changes entries that wait for approval",
    34 "0034_merged_parties": Meaning "an earlier version does not know that a code stands for another party",
    35 "0035_accruals": Meaning "an earlier version posts accruals without the entry that takes them back",
    36 "0036_report_layouts",
    37 "0037_deferrals",
    38 "0038_distribution",
    39 "0039_budgets": Statements "an earlier version posts more than budgets have left, and deletes fiscal years of budgets",
    40 "0040_line_matches": Statements "lines that an earlier version posts have no open lines",
    41 "0041_opening_entries": Statements "an earlier version takes one of several opening entries for all of them",
    42 "0042_dimension_defaults": Statements "an earlier version posts lines without the dimensions that their accounts add",
    43 "0043_branches": Meaning "an earlier version posts entries that do not balance by branch",
    44 "0044_document_branches": Meaning "an earlier version numbers the documents of every branch in the series of one",
    45 "0045_matching": Statements "the table of the progress of orders is made anew on SQLite, and its checks are wider",
    46 "0046_reporting_currency",
    47 "0047_merged_accounts": Meaning "an earlier version changes accounts that were merged into others",
    48 "0048_supplier_matching": Meaning "an earlier version confirms orders without the tolerance of their supplier",
    49 "0049_due_vat",
];

impl Migration {
    pub fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::SqlServer => self.mssql,
        }
    }

    /// SHA-256 of the text as hexadecimal, without regard to line ends: an applied migration must never change.
    pub fn checksum(&self, dialect: Dialect) -> String {
        let digest = Sha256::digest(self.text(dialect).replace("\r\n", "\n").as_bytes());
        domain::hex::hex(&digest)
    }

    /// Whether the version before runs on the schema that it makes.
    pub fn is_expand_only(&self) -> bool {
        self.contract.is_none()
    }

    /// Why it does not, as operators read it: the reason, and what of the statements shows it.
    pub fn objections(&self, dialect: Dialect) -> Option<String> {
        let reason = self.contract?.reason();
        let found = expansion::objections(self.text(dialect));
        Some(std::iter::once(reason.to_owned()).chain(found).collect::<Vec<_>>().join("; "))
    }
}
