//! `/ledger-lines`: posted lines, read only.

mod list;

use application::accounting::ports::journal_entries::LEDGER_LINE_LIST;
use application::accounting::views::journal_entry::LedgerLineView;

use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    ops.tag(
        "ledger lines",
        "Every posted line together with its entry's header. All reports are made from these lines.",
    );
    ops.get("/ledger-lines", list::list)
        .id("list_ledger_lines")
        .tag("ledger lines")
        .summary("List posted lines")
        .access(super::journal_entries::READ)
        .list::<LedgerLineView>(&LEDGER_LINE_LIST);
}
