//! `/imports`: files of accounts, journal entries and opening balances.

mod create;
mod format;
mod upload;

use application::accounting::imports::IMPORT;
use application::accounting::imports::error::{
    IMPORT_COLUMN_MISSING, IMPORT_PERMISSION_NEEDED, IMPORT_REFUSED, IMPORT_TOO_LONG, IMPORT_UNREADABLE,
};
use application::accounting::views::import_result::ImportResultView;
use application::authorize::Access;
use application::platform::jobs::{JobView, TOO_MANY_JOBS};
use serde_json::{Value, json};

pub use create::Importer;

use crate::extract::accept::{CSV, NDJSON};
use crate::operation::Operations;
use crate::wire::{RequiredText, Schemas};

const TAG: &str = "imports";
const DESCRIPTION: &str = "A CSV or NDJSON file, kept as a whole or not at all: every problem is listed at once with its row and column. Answers with \
what was imported when that takes less than two seconds (`Prefer: wait=60` for so many, at most 60), otherwise (or with \
`Prefer: respond-async`) 202 and a job.\n\n\
**accounts**: `code, type`, and `parent_code, name, name_ar, name_en, subtype, is_posting, currency, control, cash_flow, reconcilable, \
active`. **journal-entries**: `entry, date, account, debit, credit`, and `description, currency, line_description, reference, document_date, \
party, due_date, rate, company_amount, tax_code, control_reason, journal`; any further column names a dimension. Rows with the same `entry` \
are one entry, whether or not they follow one another. **opening-balances**: `account`, `debit` or `credit`, and the other columns of a line; \
they become one entry, balanced through the opening account. An NDJSON line is a row with these members, or an entry with its `lines`.";

const PREFER: &str = "`wait=60`: so many seconds before it becomes a job, at most 60. `respond-async`: a job at once. `Preference-Applied` tells.";

fn csv(_: &mut Schemas) -> Value {
    json!({ "type": "string", "description": "A header line and rows, UTF-8; separated by comma, semicolon or tab." })
}

fn ndjson(_: &mut Schemas) -> Value {
    json!({ "type": "string", "description": "One row or one entry a line." })
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Whole files into the books.");
    ops.post("/imports", create::create)
        .id("create_import")
        .tag(TAG)
        .summary("Import a file")
        .description(DESCRIPTION)
        .access(Access::Permission(IMPORT))
        .raw_body(CSV, csv)
        .also_raw_body(NDJSON, ndjson)
        .query::<create::ImportQuery>()
        .ok::<ImportResultView>()
        .accepted::<JobView>()
        .header::<RequiredText<100>>("Prefer", PREFER)
        .upload()
        .errors(&[
            &IMPORT_REFUSED,
            &IMPORT_COLUMN_MISSING,
            &IMPORT_PERMISSION_NEEDED,
            &IMPORT_TOO_LONG,
            &IMPORT_UNREADABLE,
            &TOO_MANY_JOBS,
        ]);
    ops.post("/journal-entries/import", create::create_journal_entries)
        .id("import_journal_entries")
        .tag(TAG)
        .summary("Import journal entries")
        .description("The same as `POST /imports?type=journal-entries`.")
        .access(Access::Permission(IMPORT))
        .raw_body(CSV, csv)
        .also_raw_body(NDJSON, ndjson)
        .query::<create::ImportEntriesQuery>()
        .ok::<ImportResultView>()
        .accepted::<JobView>()
        .header::<RequiredText<100>>("Prefer", PREFER)
        .upload()
        .errors(&[&IMPORT_REFUSED, &IMPORT_PERMISSION_NEEDED, &TOO_MANY_JOBS]);
}
