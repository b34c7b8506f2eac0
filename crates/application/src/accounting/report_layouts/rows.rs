//! Rows of layouts in requests and answers, where they look alike.

use domain::accounting::account::{AccountType, CashFlowActivity, NormalBalance};
use domain::accounting::report_layout::{
    CodeRange, Formula, LAYOUT_FORMULA_MISSING, LAYOUT_MEMBER_OF_KIND, LayoutRow, Measure, ROW_LEVEL_MAX,
    ROW_SELECTIONS_MAX, RowAccounts, RowContent, RowKind,
};
use domain::error::{Violation, Violations};
use domain::text::{Code, LocalizedName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request;
use crate::views::NameView;
use crate::wire::{Int, List};

request! {
    /// A row of a layout.
    pub struct LayoutRowBody {
        /// Short code, unique in the layout; formulas name it.
        code: Code = "REVENUE",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "الإيرادات", "en": "Revenue" },
        /// The content: `accounts`, other rows added up (`formula`, or `total`, which is shown as one), or a `heading`.
        kind: RowKind => "accounts",
        /// Accounts by ranges of codes, as texts are compared.
        accounts: List<CodeRangeBody, ROW_SELECTIONS_MAX> => [],
        /// Accounts below these headings, by their codes. Of several sorts of conditions all must hold; `accounts` and `headings` are
        /// one sort.
        headings: List<Code, ROW_SELECTIONS_MAX> => [],
        /// Accounts of these types.
        account_types: List<AccountType, { AccountType::ALL.len() }> = ["income"] => [],
        /// Accounts of these cash flow activities. An account without one counts as operating, or as financing if it is equity.
        cash_flow: List<CashFlowActivity, { CashFlowActivity::ALL.len() }> => [],
        /// The figure of the accounts. By default the closing balance in a balance sheet, the movement elsewhere. The period of a
        /// balance sheet is the fiscal year of its day.
        measure: Option<Measure>,
        /// The side on which the figure is positive.
        side: NormalBalance = "credit" => "debit",
        /// Codes of rows with `+` or `-` between them, each separated by a space.
        formula: Option<Formula>,
        /// Depth, shown as indentation.
        level: Int<0, ROW_LEVEL_MAX> => 0,
        /// Whether the row only counts in formulas and is not shown.
        hidden: bool => false,
        /// Whether the row shows accounts that other rows count, and is not counted itself.
        memo: bool => false,
    }

    /// A range of account codes.
    pub struct CodeRangeBody {
        /// The first code.
        from: Code = "4000",
        /// The last code; by default the first one.
        to: Option<Code> = "4999",
    }
}

/// A row of a layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LayoutRowView {
    pub code: String,
    pub name: NameView,
    /// `accounts`, `formula`, `total` or `heading`
    pub kind: &'static str,
    /// Accounts by ranges of codes.
    pub accounts: Vec<CodeRangeView>,
    /// Accounts below these headings.
    pub headings: Vec<String>,
    /// Accounts of these types.
    pub account_types: Vec<&'static str>,
    /// Accounts of these cash flow activities.
    pub cash_flow: Vec<&'static str>,
    /// `opening`, `movement` or `closing`; null is the measure of the layout's kind.
    pub measure: Option<&'static str>,
    /// The side on which the figure is positive: `debit` or `credit`.
    pub side: &'static str,
    pub formula: Option<String>,
    pub level: u8,
    /// Whether the row only counts in formulas and is not shown.
    pub hidden: bool,
    /// Whether the row shows accounts that other rows count, and is not counted itself.
    pub memo: bool,
}

/// A range of account codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeRangeView {
    pub from: String,
    pub to: String,
}

impl From<&LayoutRow> for LayoutRowView {
    fn from(row: &LayoutRow) -> Self {
        let none = RowAccounts::default();
        let accounts = row.accounts().unwrap_or(&none);
        let range =
            |range: &CodeRange| CodeRangeView { from: range.from.to_string(), to: range.to.to_string() };
        Self {
            code: row.code.to_string(),
            name: NameView::from(&row.name),
            kind: row.kind().as_str(),
            accounts: accounts.ranges.iter().map(range).collect(),
            headings: accounts.headings.iter().map(ToString::to_string).collect(),
            account_types: accounts.types.iter().map(|kind| kind.as_str()).collect(),
            cash_flow: accounts.activities.iter().map(|activity| activity.as_str()).collect(),
            measure: accounts.measure.map(Measure::as_str),
            side: accounts.side.as_str(),
            formula: row.formula().map(ToString::to_string),
            level: row.level,
            hidden: row.hidden,
            memo: accounts.memo,
        }
    }
}

pub(super) fn read(bodies: &[LayoutRowBody], violations: &mut Violations) -> Vec<LayoutRow> {
    (0..).zip(bodies).map(|(index, body)| row(index, body, violations)).collect()
}

fn row(index: usize, body: &LayoutRowBody, violations: &mut Violations) -> LayoutRow {
    let content = match (body.kind, &body.formula) {
        (RowKind::Accounts, _) => RowContent::Accounts(accounts(body)),
        (RowKind::Heading, _) => RowContent::Heading,
        (RowKind::Formula, Some(formula)) => RowContent::Formula(formula.clone()),
        (RowKind::Total, Some(formula)) => RowContent::Total(formula.clone()),
        (RowKind::Formula | RowKind::Total, None) => {
            violations.push(Violation::new(&LAYOUT_FORMULA_MISSING).at(format!("/rows/{index}/formula")));
            // Refused; the row keeps its place, so that others are named by theirs.
            RowContent::Heading
        }
    };
    for (member, kinds) in misplaced(body) {
        let misplaced = Violation::new(&LAYOUT_MEMBER_OF_KIND).with("member", member).with("kind", kinds);
        violations.push(misplaced.at(format!("/rows/{index}/{member}")));
    }
    LayoutRow {
        code: body.code.clone(),
        name: body.name.clone(),
        content,
        level: u8::try_from(body.level.0).unwrap_or_default(),
        hidden: body.hidden,
    }
}

fn accounts(body: &LayoutRowBody) -> RowAccounts {
    let range = |range: &CodeRangeBody| CodeRange {
        from: range.from.clone(),
        to: range.to.clone().unwrap_or_else(|| range.from.clone()),
    };
    RowAccounts {
        ranges: body.accounts.0.iter().map(range).collect(),
        headings: body.headings.0.clone(),
        types: body.account_types.0.clone(),
        activities: body.cash_flow.0.clone(),
        measure: body.measure,
        side: body.side,
        memo: body.memo,
    }
}

/// Members that say nothing in a row of its kind, and the kinds that they are for.
fn misplaced(body: &LayoutRowBody) -> Vec<(&'static str, &'static str)> {
    let mut misplaced = Vec::new();
    let of_accounts = [
        ("accounts", !body.accounts.0.is_empty()),
        ("headings", !body.headings.0.is_empty()),
        ("accountTypes", !body.account_types.0.is_empty()),
        ("cashFlow", !body.cash_flow.0.is_empty()),
        ("measure", body.measure.is_some()),
        ("memo", body.memo),
    ];
    if body.kind != RowKind::Accounts {
        let given = of_accounts.into_iter().filter(|(_, given)| *given);
        misplaced.extend(given.map(|(member, _)| (member, RowKind::Accounts.as_str())));
    }
    if body.formula.is_some() && !matches!(body.kind, RowKind::Formula | RowKind::Total) {
        misplaced.push(("formula", "formula, total"));
    }
    if body.hidden && body.kind == RowKind::Heading {
        misplaced.push(("hidden", "accounts, formula, total"));
    }
    misplaced
}
