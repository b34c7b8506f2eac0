//! `/exports`: the books as files.

mod ledger;

use application::accounting::reports::error::REPORT_RANGE_REVERSED;
use application::authorize::Access;

use self::ledger::LedgerExportQuery;
use crate::extract::Media;
use crate::operation::Operations;

const TAG: &str = "exports";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The books as files, for programs that check them independently.");
    ops.get("/exports/ledger", ledger::get)
        .id("export_ledger")
        .tag(TAG)
        .summary("Export the whole ledger")
        .description(
            "`format=ndjson`: one entry a line with its lines, hash and place in the chain. `format=hledger`: a journal \
             for hledger, whose `balance --cost` equals the trial balance.",
        )
        .access(Access::Permission("accounting.export.read"))
        .query::<LedgerExportQuery>()
        .file(&[Media::NdJson, Media::OctetStream])
        .open_ended()
        .errors(&[&REPORT_RANGE_REVERSED]);
}
