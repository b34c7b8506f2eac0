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
        .description(
            "`amount` is the line's amount in the company currency, on whichever side. `text` looks in the description, \
             reference and party of a line and in the number, description and reference of its entry; letter case and \
             Arabic letter variants do not matter. `dimension=cost-centre:ADMIN` finds lines with exactly that value.",
        )
        .access(super::journal_entries::READ)
        .list::<LedgerLineView>(&LEDGER_LINE_LIST);
}
