//! `/fiscal-years`: made with their periods, closed in order, reopened from the last.

mod actions;
pub mod dto;
mod read;
mod write;

use application::accounting::fiscal_years::{
    CLOSING_JOURNAL_MISSING, CloseFiscalYear, CreateFiscalYear, DeleteFiscalYear, GenerateFiscalYears,
    LEDGER_OUT_OF_BALANCE, RETAINED_EARNINGS_ACCOUNT_MISSING, ReopenFiscalYear, UpdateFiscalYear,
};
use application::accounting::ports::fiscal_years::FISCAL_YEAR_LIST;
use application::accounting::views::fiscal_year::{
    FiscalYearCloseView, FiscalYearReopenView, FiscalYearView, GeneratedFiscalYearsView,
};
use application::authorize::Access;
use application::error::IN_USE;
use domain::accounting::fiscal_year::{
    FISCAL_YEAR_ALREADY_CLOSED, FISCAL_YEAR_ALREADY_OPEN, FISCAL_YEAR_BETWEEN, FISCAL_YEAR_CODE_TAKEN,
    FISCAL_YEAR_EARLIER_OPEN, FISCAL_YEAR_END_BEFORE_START, FISCAL_YEAR_GAP, FISCAL_YEAR_LATER_CLOSED,
    FISCAL_YEAR_LONG_NUMBERS, FISCAL_YEAR_OVERLAPS, FISCAL_YEAR_TOO_LONG,
};
use domain::accounting::lock::DATE_LOCKED;

use crate::operation::Operations;

const READ: Access = Access::Permission("accounting.fiscal_year.read");
const PATH: &str = "/fiscal-years";
const TAG: &str = "fiscal years";
const CREATED: &str = "The year has twelve months, or ends on the day that is given: a short or long first year, or one that moves the end of the \
                       year. Its periods are the months or quarters of the calendar (the first and the last in part, where the year begins or ends \
                       within one) and a closing period. It follows the last year or comes directly before the first. The year after the last one is \
                       made automatically when an entry dated in it is posted, at most 366 days before it begins, unless the setting \
                       `fiscal-year-automatic` is false.";

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "Fiscal years. They follow each other without gaps, are closed in order, and are reopened from the \
         last.",
    );
    ops.get(PATH, read::list)
        .id("list_fiscal_years")
        .tag(TAG)
        .summary("List fiscal years")
        .access(READ)
        .list::<FiscalYearView>(&FISCAL_YEAR_LIST);
    ops.post(PATH, write::create)
        .id("create_fiscal_year")
        .tag(TAG)
        .summary("Create a fiscal year")
        .description(CREATED)
        .command::<CreateFiscalYear>()
        .body::<dto::CreateFiscalYearBody>()
        .created::<FiscalYearView>()
        .errors(&[
            &FISCAL_YEAR_TOO_LONG,
            &FISCAL_YEAR_END_BEFORE_START,
            &FISCAL_YEAR_LONG_NUMBERS,
            &FISCAL_YEAR_OVERLAPS,
            &FISCAL_YEAR_GAP,
            &FISCAL_YEAR_CODE_TAKEN,
            &FISCAL_YEAR_LATER_CLOSED,
        ]);
    ops.post("/fiscal-years/generate", write::generate)
        .id("generate_fiscal_years")
        .tag(TAG)
        .summary("Generate several fiscal years")
        .description("Creates years that follow each other from `start`, all of them or none.")
        .command::<GenerateFiscalYears>()
        .body::<dto::GenerateFiscalYearsBody>()
        .ok::<GeneratedFiscalYearsView>()
        .errors(&[&FISCAL_YEAR_OVERLAPS, &FISCAL_YEAR_GAP, &FISCAL_YEAR_LATER_CLOSED]);
    ops.get("/fiscal-years/{id}", read::get)
        .id("get_fiscal_year")
        .tag(TAG)
        .summary("Get a fiscal year")
        .description("The periods of the year are at `/fiscal-periods?fiscalYearId=`.")
        .access(READ)
        .view::<FiscalYearView>();
    ops.patch("/fiscal-years/{id}", write::update)
        .id("update_fiscal_year")
        .tag(TAG)
        .summary("Rename a fiscal year")
        .command::<UpdateFiscalYear>()
        .if_match()
        .body::<dto::UpdateFiscalYearBody>()
        .ok::<FiscalYearView>();
    ops.delete("/fiscal-years/{id}", write::delete)
        .id("delete_fiscal_year")
        .tag(TAG)
        .summary("Delete an unused fiscal year")
        .description(
            "Only the first or the last year can be deleted, and only while it is open and no entry, draft \
             or posted, is dated in it.",
        )
        .command::<DeleteFiscalYear>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE, &FISCAL_YEAR_BETWEEN, &FISCAL_YEAR_ALREADY_CLOSED]);
    close_and_reopen(ops);
}

fn close_and_reopen(ops: &mut Operations) {
    ops.post("/fiscal-years/{id}/close", actions::close)
        .id("close_fiscal_year")
        .tag(TAG)
        .summary("Close a fiscal year")
        .description(
            "Posts one closing entry in the closing period that moves what income and expense accounts hold to retained \
             earnings, per combination of dimensions, then closes all periods and the year. After an adjustment of a \
             reopened year it moves only what remains. With `dryRun` the entry is shown and nothing is kept.",
        )
        .command::<CloseFiscalYear>()
        .if_match()
        .ok::<FiscalYearCloseView>()
        .long()
        .errors(&[
            &FISCAL_YEAR_ALREADY_CLOSED,
            &FISCAL_YEAR_EARLIER_OPEN,
            &RETAINED_EARNINGS_ACCOUNT_MISSING,
            &CLOSING_JOURNAL_MISSING,
            &LEDGER_OUT_OF_BALANCE,
            &DATE_LOCKED,
        ]);
    ops.post("/fiscal-years/{id}/reopen", actions::reopen)
        .id("reopen_fiscal_year")
        .tag(TAG)
        .summary("Reopen a fiscal year")
        .description(
            "Reopens the year for an adjustment; its closing entry stays. The year's periods stay closed \
             unless `openPeriods` is true.",
        )
        .command::<ReopenFiscalYear>()
        .if_match()
        .body::<dto::ReopenFiscalYearBody>()
        .ok::<FiscalYearReopenView>()
        .errors(&[&FISCAL_YEAR_ALREADY_OPEN, &FISCAL_YEAR_LATER_CLOSED]);
}
