//! `/reports`: the statements of the general ledger.

mod balance_sheet;
mod cash_flow;
mod control_accounts;
pub mod csv_options;
mod general_ledger;
mod income_statement;
pub mod listed;
mod open_lines;
pub mod query;
pub mod render;
mod statement;
mod statement_lines;
pub mod tables;
mod translated_query;
mod trial_balance;
mod words;

use application::accounting::error::ACCOUNT_CODE_UNKNOWN;
use application::accounting::reports::error::{
    FIGURE_ONE_VALUE, FIGURE_ROW_OR_ACCOUNT, KNOWN_AT_IN_FUTURE, PRESENTATION_AND_CURRENCY,
    PRESENTATION_OF_CASH_FLOW, REPORT_DATES_CONFLICT, REPORT_FILTER_TOO_LARGE, REPORT_GROUP_AND_COMPARE,
    REPORT_NEEDS_RANGE, REPORT_OUTSIDE_FISCAL_YEARS, REPORT_RANGE_REVERSED, REPORT_TOO_MANY_COLUMNS,
    REPORT_TOO_MANY_LINES, REPORTING_CURRENCY_NONE, REPORTING_CURRENCY_OTHER, STATEMENT_BUDGET_ALONE,
    STATEMENT_BUDGET_PERIODS, STATEMENT_BUDGET_UNFIT, STATEMENT_LAYOUT_BROKEN, STATEMENT_ONE_DAY,
    STATEMENT_TOO_MANY_COLUMNS, STATEMENT_TOO_MANY_PERIODS, TRANSLATION_RATE_MISSING,
};
use application::accounting::views::layout_statement::{FigureLinesView, LayoutStatementView};
use application::accounting::views::reports::{
    ControlAccountsView, GeneralLedgerView, StatementView, TrialBalanceView,
};
use application::authorize::Access;
use application::error::UNKNOWN_REFERENCE;
use application::printing::error::PRINT_TOO_LARGE;
use domain::error::ErrorDef;

use self::query::{DayQuery, IncomeQuery, LedgerQuery, RangeQuery};
use self::statement::StatementQuery;
use self::statement_lines::StatementLinesQuery;
use self::translated_query::{BalanceSheetQuery, TrialBalanceQuery};
use crate::extract::Media;
use crate::operation::Operations;

pub const READ: Access = Access::Permission("accounting.report.read");
pub const TAG: &str = "reports";
pub const FORMS: [Media; 4] = [Media::Json, Media::Csv, Media::Xlsx, Media::Pdf];
const ERRORS: [&ErrorDef; 8] = [
    &PRINT_TOO_LARGE,
    &KNOWN_AT_IN_FUTURE,
    &REPORT_DATES_CONFLICT,
    &REPORT_FILTER_TOO_LARGE,
    &REPORT_NEEDS_RANGE,
    &REPORT_OUTSIDE_FISCAL_YEARS,
    &REPORT_RANGE_REVERSED,
    &UNKNOWN_REFERENCE,
];

/// What every report in the reporting currency may refuse.
const TRANSLATED: [&ErrorDef; 4] = [
    &PRESENTATION_AND_CURRENCY,
    &REPORTING_CURRENCY_NONE,
    &REPORTING_CURRENCY_OTHER,
    &TRANSLATION_RATE_MISSING,
];

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Reports: statements of the general ledger as JSON, CSV, a spreadsheet or PDF, in English or Arabic.",
    );
    ops.get("/reports/trial-balance", trial_balance::get)
        .id("get_trial_balance")
        .tag(TAG)
        .summary("Trial balance")
        .description(
            "Lists every account that had postings. Opening entries dated in the range, and their \
             reversals, are included in `opening`. The CSV begins with the columns `account,debit,credit`, \
             which are the code and the closing balance on its side, and has no line of totals.",
        )
        .access(READ)
        .query::<TrialBalanceQuery>()
        .view::<TrialBalanceView>()
        .media(&FORMS)
        .errors(&ERRORS)
        .errors(&TRANSLATED);
    ops.get("/reports/general-ledger", general_ledger::get)
        .id("get_general_ledger")
        .tag(TAG)
        .summary("General ledger")
        .description(
            "Accounts with their lines and the balance after each line. Opening entries dated in the range \
             are included in `opening` and not listed as lines. JSON is paged; CSV and NDJSON stream the \
             whole ledger from one snapshot.",
        )
        .access(READ)
        .query::<LedgerQuery>()
        .ok::<GeneralLedgerView>()
        .media(&[Media::Json, Media::Csv, Media::NdJson, Media::Xlsx, Media::Pdf])
        .long()
        .errors(&ERRORS)
        .errors(&[&ACCOUNT_CODE_UNKNOWN, &REPORT_TOO_MANY_LINES]);
    statements(ops);
    layouts(ops);
}

fn layouts(ops: &mut Operations) {
    ops.get("/reports/statement", statement::get)
        .id("get_statement")
        .tag(TAG)
        .summary("Statement by layout")
        .description(
            "A report layout filled with figures: one period or several side by side with their total, each with a comparison, a \
             budget and variances on request, or with the values of a dimension. Changes in equity have opening, profit, other \
             movements and closing side by side. Every figure has the address of its lines. Accounts that the statement \
             should show and no row of the layout takes are listed, so that it ties to the trial balance.",
        )
        .access(READ)
        .query::<StatementQuery>()
        .view::<LayoutStatementView>()
        .media(&FORMS)
        .errors(&ERRORS)
        .errors(&TRANSLATED)
        .errors(&[
            &PRESENTATION_OF_CASH_FLOW,
            &REPORT_GROUP_AND_COMPARE,
            &REPORT_TOO_MANY_COLUMNS,
            &STATEMENT_LAYOUT_BROKEN,
            &STATEMENT_ONE_DAY,
            &STATEMENT_TOO_MANY_COLUMNS,
            &STATEMENT_BUDGET_ALONE,
            &STATEMENT_BUDGET_PERIODS,
            &STATEMENT_BUDGET_UNFIT,
            &STATEMENT_TOO_MANY_PERIODS,
        ]);
    ops.get("/reports/statement-lines", statement_lines::get)
        .id("list_statement_lines")
        .tag(TAG)
        .summary("Lines of a figure")
        .description(
            "The lines that make up one figure of a statement by layout, in order of account, date, entry and line. The \
             `amount`s of all pages add up to the figure. Statements have the addresses.",
        )
        .access(READ)
        .query::<StatementLinesQuery>()
        .ok::<FigureLinesView>()
        .errors(&ERRORS)
        .errors(&[
            &ACCOUNT_CODE_UNKNOWN,
            &FIGURE_ONE_VALUE,
            &FIGURE_ROW_OR_ACCOUNT,
            &STATEMENT_LAYOUT_BROKEN,
            &STATEMENT_ONE_DAY,
        ]);
}

fn statements(ops: &mut Operations) {
    ops.get("/reports/balance-sheet", balance_sheet::get)
        .id("get_balance_sheet")
        .tag(TAG)
        .summary("Balance sheet")
        .description(
            "Profit that no closing entry has moved yet, of this year and of earlier years, is shown in \
             equity.",
        )
        .access(READ)
        .query::<BalanceSheetQuery>()
        .view::<StatementView>()
        .media(&FORMS)
        .errors(&ERRORS)
        .errors(&TRANSLATED);
    ops.get("/reports/income-statement", income_statement::get)
        .id("get_income_statement")
        .tag(TAG)
        .summary("Income statement")
        .description(
            "Covers the fiscal year up to today unless a range is given, and leaves out opening and closing \
             entries.",
        )
        .access(READ)
        .query::<IncomeQuery>()
        .view::<StatementView>()
        .media(&FORMS)
        .errors(&ERRORS)
        .errors(&TRANSLATED)
        .errors(&[&REPORT_GROUP_AND_COMPARE, &REPORT_TOO_MANY_COLUMNS]);
    ops.get("/reports/cash-flow", cash_flow::get)
        .id("get_cash_flow")
        .tag(TAG)
        .summary("Cash flow statement")
        .description(
            "Uses the indirect method: the profit, the changes by the accounts' cash flow activity and, \
             beside their sum, the change of the cash accounts themselves. Cash from opening entries in the \
             range counts as present at its beginning.",
        )
        .access(READ)
        .query::<RangeQuery>()
        .view::<StatementView>()
        .media(&FORMS)
        .errors(&ERRORS);
    ops.get("/reports/control-accounts", control_accounts::get)
        .id("get_control_accounts")
        .tag(TAG)
        .summary("Control accounts")
        .description(
            "For receivables, payables, inventory and VAT: the balance of the control account beside the \
             sum of its lines, by party.",
        )
        .access(READ)
        .query::<DayQuery>()
        .view::<ControlAccountsView>()
        .media(&FORMS)
        .errors(&ERRORS);
    open_lines::operation(ops);
}
