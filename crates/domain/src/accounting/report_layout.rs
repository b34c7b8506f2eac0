//! Report layouts: statements as data. A row of a layout takes accounts, adds other rows up, or is a heading.

mod check;
mod formula;
mod kinds;
#[cfg(test)]
mod tests;

pub use check::Weights;
pub use formula::{Formula, Term};
pub use kinds::{LayoutKind, Measure, Parts, RowKind};

use crate::accounting::account::{AccountType, CashFlowActivity, NormalBalance};
use crate::ids::Id;
use crate::text::{Code, LocalizedName};

pub type ReportLayoutId = Id<ReportLayout>;

/// Most rows of a layout.
pub const LAYOUT_ROWS_MAX: usize = 500;
/// Most ranges of accounts, and most headings, of one row.
pub const ROW_SELECTIONS_MAX: usize = 50;
/// Longest formula, in characters.
pub const FORMULA_LENGTH_MAX: usize = 2_000;
/// The deepest level of a row.
pub const ROW_LEVEL_MAX: i64 = 9;
/// How often a formula may count one row of accounts, through other formulas, too.
pub const ROW_WEIGHT_MAX: i64 = 1_000;

crate::errors! {
    LAYOUT_ROW_TWICE = "layout_row_twice", Rule, User,
        "The code {code} stands for two rows of the layout.", "الرمز {code} مستخدم لسطرين في القالب.";
    LAYOUT_ROW_UNKNOWN = "layout_row_unknown", Rule, User,
        "No row of the layout has the code {code}.", "لا يوجد في القالب سطر بالرمز {code}.";
    LAYOUT_ROW_NO_FIGURE = "layout_row_no_figure", Rule, User,
        "The row {code} is a heading and has no figure.", "السطر {code} عنوان وليس له مبلغ.";
    LAYOUT_FORMULA_INVALID = "layout_formula_invalid", Rule, User,
        "A formula is codes of rows with + or - between them, each separated by a space, such as A + B - C; '{text}' is not expected there.",
        "الصيغة رموز أسطر بينها + أو - وتفصلها مسافات، مثل A + B - C؛ و'{text}' غير متوقع في موضعه.";
    LAYOUT_FORMULA_CIRCULAR = "layout_formula_circular", Rule, User,
        "The formula is circular: {path}.", "الصيغة دائرية: {path}.";
    LAYOUT_FORMULA_WEIGHT = "layout_formula_weight", Rule, User,
        "The formula counts the row {code} more than {max} times.", "تحتسب الصيغة السطر {code} أكثر من {max} مرة.";
    LAYOUT_FORMULA_MISSING = "layout_formula_missing", Rule, User,
        "A row of this kind needs a formula.", "يحتاج هذا النوع من الأسطر إلى صيغة.";
    LAYOUT_ROW_WITHOUT_ACCOUNTS = "layout_row_without_accounts", Rule, User,
        "Say which accounts the row takes: by ranges of codes, headings, account types or cash flow activities.",
        "حدد حسابات السطر: بمدى الرموز أو العناوين أو أنواع الحسابات أو أنشطة التدفق النقدي.";
    LAYOUT_MEMBER_OF_KIND = "layout_member_of_kind", Rule, Developer,
        "{member} is for rows of the kind {kind} only.", "{member} للأسطر من النوع {kind} فقط.";
    LAYOUT_RANGE_ORDER = "layout_range_order", Rule, User,
        "The range from {from} to {to} is empty.", "المدى من {from} إلى {to} فارغ.";
    LAYOUT_RANGES_OVERLAP = "layout_ranges_overlap", Rule, User,
        "The range {range} overlaps {other} of the row {row}, so that accounts would be counted twice.",
        "المدى {range} يتداخل مع {other} في السطر {row} فتُحتسب حسابات مرتين.";
    LAYOUT_ACCOUNT_TWICE = "layout_account_twice", Rule, User,
        "The account {account} is counted by the rows {first} and {second}.",
        "الحساب {account} محتسب في السطرين {first} و{second}.";
    LAYOUT_MEASURE_OF_EQUITY = "layout_measure_of_equity", Rule, User,
        "Rows of changes in equity show opening, movement and closing side by side and have no measure of their own.",
        "أسطر التغيرات في حقوق الملكية تعرض الافتتاحي والحركة والختامي متجاورة ولا مقياس خاصًا بها.";
}

/// Accounts whose code is the first one, the last one or between them, as texts are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRange {
    pub from: Code,
    pub to: Code,
}

impl CodeRange {
    pub fn contains(&self, code: &str) -> bool {
        self.from.as_str() <= code && code <= self.to.as_str()
    }
    fn overlaps(&self, other: &Self) -> bool {
        self.from.as_str() <= other.to.as_str() && other.from.as_str() <= self.to.as_str()
    }
}

impl std::fmt::Display for CodeRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.to {
            return write!(f, "{}", self.from);
        }
        write!(f, "{}..{}", self.from, self.to)
    }
}

/// The accounts of a row. Conditions of several sorts must all hold; ranges and headings are one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAccounts {
    pub ranges: Vec<CodeRange>,
    /// Codes of headings; the accounts below them are meant.
    pub headings: Vec<Code>,
    pub types: Vec<AccountType>,
    pub activities: Vec<CashFlowActivity>,
    /// `None` is the measure of the layout's kind.
    pub measure: Option<Measure>,
    /// The side on which the figure is positive.
    pub side: NormalBalance,
    /// Shows what other rows count, and is not counted itself.
    pub memo: bool,
}

/// What a row asks about an account.
pub struct AccountFacts<'a> {
    pub code: &'a str,
    pub account_type: AccountType,
    pub activity: CashFlowActivity,
    /// The codes of the headings above it.
    pub above: &'a [&'a str],
}

impl Default for RowAccounts {
    /// No conditions, debits positive.
    fn default() -> Self {
        Self {
            ranges: Vec::new(),
            headings: Vec::new(),
            types: Vec::new(),
            activities: Vec::new(),
            measure: None,
            side: NormalBalance::Debit,
            memo: false,
        }
    }
}

impl RowAccounts {
    pub fn takes(&self, account: &AccountFacts<'_>) -> bool {
        let placed = self.ranges.iter().any(|range| range.contains(account.code))
            || self.headings.iter().any(|heading| account.above.contains(&heading.as_str()));
        (placed || self.ranges.is_empty() && self.headings.is_empty())
            && (self.types.is_empty() || self.types.contains(&account.account_type))
            && (self.activities.is_empty() || self.activities.contains(&account.activity))
    }

    /// 1 where debits are positive, -1 where credits are.
    pub const fn sign(&self) -> i64 {
        match self.side {
            NormalBalance::Debit => 1,
            NormalBalance::Credit => -1,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowContent {
    Heading,
    Accounts(RowAccounts),
    Formula(Formula),
    Total(Formula),
}

/// A row of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayoutRow {
    /// Unique in the layout.
    pub code: Code,
    pub name: LocalizedName,
    pub content: RowContent,
    /// Depth, shown as indentation.
    pub level: u8,
    /// Counts, and is not shown.
    pub hidden: bool,
}

impl LayoutRow {
    pub const fn kind(&self) -> RowKind {
        match self.content {
            RowContent::Heading => RowKind::Heading,
            RowContent::Accounts(_) => RowKind::Accounts,
            RowContent::Formula(_) => RowKind::Formula,
            RowContent::Total(_) => RowKind::Total,
        }
    }
    pub const fn accounts(&self) -> Option<&RowAccounts> {
        match &self.content {
            RowContent::Accounts(accounts) => Some(accounts),
            _ => None,
        }
    }
    pub const fn formula(&self) -> Option<&Formula> {
        match &self.content {
            RowContent::Formula(formula) | RowContent::Total(formula) => Some(formula),
            _ => None,
        }
    }
}

/// A statement as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLayout {
    pub id: ReportLayoutId,
    pub code: Code,
    pub name: LocalizedName,
    pub kind: LayoutKind,
    pub rows: Vec<LayoutRow>,
    pub version: i64,
}

impl ReportLayout {
    /// The parts that a row of accounts shows.
    pub fn parts_of(&self, accounts: &RowAccounts) -> Parts {
        accounts.measure.unwrap_or(self.kind.measure()).parts()
    }

    /// The accounts that should stand in some row, and with which parts, so that the statement ties to the trial balance.
    pub fn covers(&self, account_type: AccountType, activity: CashFlowActivity) -> Parts {
        let (both, movement) = (Measure::Closing.parts(), Measure::Movement.parts());
        match self.kind {
            LayoutKind::BalanceSheet => both,
            LayoutKind::IncomeStatement if !account_type.is_balance_sheet() => movement,
            LayoutKind::CashFlow if activity != CashFlowActivity::Cash => movement,
            LayoutKind::EquityChanges
                if account_type == AccountType::Equity || !account_type.is_balance_sheet() =>
            {
                both
            }
            LayoutKind::IncomeStatement | LayoutKind::CashFlow | LayoutKind::EquityChanges => {
                Parts::default()
            }
            LayoutKind::Custom => {
                let counted = self.rows.iter().filter_map(LayoutRow::accounts).filter(|row| !row.memo);
                counted.fold(Parts::default(), |all, row| all.or(self.parts_of(row)))
            }
        }
    }

    pub fn row(&self, code: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.code.as_str() == code)
    }
}
