//! `/ledger-lines`: posted lines, read only.

mod list;

use application::accounting::ports::journal_entries::LEDGER_LINE_LIST;
use application::accounting::views::journal_entry::LedgerLineView;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    ops.tag("ledger lines", "Every posted line with what its entry says; the source of all reports.");
    ops.get("/ledger-lines", list::list)
        .id("list_ledger_lines")
        .tag("ledger lines")
        .summary("List posted lines")
        .access(super::journal_entries::READ)
        .list::<LedgerLineView>(&LEDGER_LINE_LIST);
}
