//! `/exports`: the books as files.

mod content;
mod create;
mod ledger;

use application::accounting::ledger_export::EXPORT_NOT_READY;
use application::accounting::reports::error::REPORT_RANGE_REVERSED;
use application::authorize::Access;
use application::platform::jobs::{JobView, TOO_MANY_JOBS};
use application::ports::blobs::FILE_STORE_UNAVAILABLE;

use self::ledger::LedgerExportQuery;
use crate::extract::Media;
use crate::operation::Operations;
use crate::problem::RANGE_NOT_SATISFIABLE;

const TAG: &str = "exports";
const READ: Access = Access::Permission("accounting.export.read");

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Exports: the books as files, for programs that check them independently.");
    ops.get("/exports/ledger", ledger::get)
        .id("export_ledger")
        .tag(TAG)
        .summary("Export the whole ledger")
        .description(
            "`format=ndjson` has one entry a line, with its lines, hash and position in the chain. \
             `format=hledger` is a journal for hledger, whose `balance --cost` equals the trial balance.",
        )
        .access(READ)
        .query::<LedgerExportQuery>()
        .file(&[Media::NdJson, Media::OctetStream])
        .open_ended()
        .errors(&[&REPORT_RANGE_REVERSED]);
    ops.post("/exports/ledger", create::create)
        .id("create_ledger_export")
        .tag(TAG)
        .summary("Export the whole ledger into a file")
        .description(
            "For books that take too long to export in one request: a job writes the file, and its result \
             has the path of the file. The file is kept for 7 days. There is no dry run.",
        )
        .access(READ)
        .query::<LedgerExportQuery>()
        .accepted::<JobView>()
        .errors(&[&REPORT_RANGE_REVERSED, &TOO_MANY_JOBS]);
    ops.get("/exports/{id}/content", content::get)
        .id("get_export_content")
        .tag(TAG)
        .summary("Download an exported file")
        .description("`id` is that of the job. `Range` reads a part.")
        .access(READ)
        .content()
        .errors(&[&RANGE_NOT_SATISFIABLE, &EXPORT_NOT_READY, &FILE_STORE_UNAVAILABLE]);
}
