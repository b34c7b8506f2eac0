//! `/imports`: files of accounts, journal entries, opening balances, parties, items, prices and documents.

mod create;
mod format;
mod reading;
mod upload;

use std::sync::LazyLock;

use application::accounting::imports::error::{
    IMPORT_COLUMN_MISSING, IMPORT_COLUMN_UNKNOWN, IMPORT_DUPLICATE, IMPORT_PERMISSION_NEEDED, IMPORT_REFUSED,
    IMPORT_ROW_TOO_LONG, IMPORT_TOO_LONG, IMPORT_UNREADABLE,
};
use application::accounting::imports::{IMPORT, ImportKind, columns};
use application::accounting::views::import_result::ImportResultView;
use application::authorize::Access;
use application::platform::jobs::{JobView, TOO_MANY_JOBS};
use serde_json::{Value, json};

use crate::media::{CSV, NDJSON, OCTET_STREAM, XLSX};
use crate::operation::Operations;
use crate::wire::{RequiredText, Schemas};

const TAG: &str = "imports";
const TSV: &str = "text/tab-separated-values";
static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{INTRODUCTION}\n\n**accounts**\n\n{}\n**journal-entries** and **opening-balances**\n\n{}\n{ENTRIES}\n\n**parties**\n\n{}\n{PARTIES}\n\n\
         **items**\n\n{}\n**item-units**\n\n{}\n**prices**\n\n{}\n{ITEMS}\n\n\
         **invoices**\n\n{}\n**purchase-invoices**\n\n{}\n**credit-notes**\n\n{}\n**receipts** and **payments**\n\n{}\n{DOCUMENTS}\n\n\
         **budget-lines**\n\n{}\n{BUDGETS}",
        columns::of(ImportKind::Accounts).table(),
        columns::of(ImportKind::JournalEntries).table(),
        columns::of(ImportKind::Parties).table(),
        columns::of(ImportKind::Items).table(),
        columns::of(ImportKind::ItemUnits).table(),
        columns::of(ImportKind::Prices).table(),
        columns::of(ImportKind::Invoices).table(),
        columns::of(ImportKind::PurchaseInvoices).table(),
        columns::of(ImportKind::CreditNotes).table(),
        columns::of(ImportKind::Receipts).table(),
        columns::of(ImportKind::BudgetLines).table(),
    )
});

const INTRODUCTION: &str = "A CSV, XLSX or NDJSON file, kept as a whole or not at all: every problem is listed at once with its row and column. The \
answer has the result if the import takes less than two seconds (`Prefer: wait=60` for so many, at most 60); otherwise, or with \
`Prefer: respond-async`, it is 202 with a job.\n\n\
The first row of a CSV or XLSX file names the columns, in any order, in English or Arabic; case, spaces, `_` and `-` do not matter. An unknown column \
is refused with the nearest known name.\n\n\
The server guesses nothing about a file: dates are `2026-12-31` and amounts `1234.50` unless a profile of `/import-profiles` or the parameters name another \
format, other marks or other digits, and a cell that does not fit is refused. `1,234` is an amount only where `decimalMark` or `thousandsMark` says which. \
Numbers and dates of XLSX cells are read as they are stored. `dryRun=true` shows in `reading` how the first rows were read.";

const ENTRIES: &str = "Rows with the same `entry` are one entry, whether or not they follow one another. A value of the entry may be given in one of its \
rows or in all of them; rows with different values are refused, and the order of the rows does not matter. An entry whose rows all name one \
currency is in that currency, any other in the company currency.\n\n\
**opening-balances** need `account` and `debit` or `credit`; all rows are one entry, balanced through the opening account. It is posted, \
as with `POST /opening-balances`, unless `post=false`; journal entries stay drafts, as with `POST /journal-entries`, unless `post=true`. Entries that an approval policy matches are \
refused then (`approval_required`): import drafts and submit them.\n\n\
A further column names a dimension by its code and holds codes or names of its values. Dimensions and values that do not exist are created with \
`createDimensions=true` only, and never with a name that differs from a known one only by a typing error (`discription`, `cost center` beside `cost-centre`): \
create those yourself.\n\n\
A line of NDJSON is a row with these members, or an entry with its `lines`: then `currency`, `rate`, `party`, `due_date`, `tax_code` and dimensions of \
the entry apply to lines that do not name their own, `description` and `reference` are those of the object they stand in, and `entry` may be left out.\n\n\
The same entries are imported once: a file whose rows mean what those of an earlier import of the same type meant, whatever its line ends, \
order, format or `Idempotency-Key`, is refused with `import_duplicate`, which names that import. `allowDuplicate=true` imports it once more, for \
instance after the earlier entries were reversed. Dry runs and failed imports do not count. Accounts cannot be imported twice in any case.";

const PARTIES: &str = "A party is known by its code. Of one that exists, cells that are empty are kept; with `update=true`, or `true` in the column \
`update`, the others are changed, and otherwise a difference is refused. A file has at most 20,000 parties.";

const ITEMS: &str = "Items, units and prices that are there as the file says are skipped; those that differ are changed with `update=true` only. A barcode of \
digits alone is a GTIN. Units that an item does not have yet are added to it, so `item-units` come after `items`, and `sales_unit` and `purchase_unit` \
name units that the item has.";

const BUDGETS: &str = "A row replaces the line that is there for the same account, dimensions and period; an amount of zero removes it. `date` is any day of \
the period, and `dimensions` is written as `branch=RUH; cost-centre=ADMIN`. That needs the permission to change budgets.";

const DOCUMENTS: &str = "Rows with the same `document` are one document, whether or not they follow one another. A value of the document may be given in one \
of its rows or in all of them; rows with different values are refused. Documents are made as with `POST /sales-invoices` and its like, in the order of \
their dates: drafts, or with `post=true` posted. That needs the permission to create documents of the type, and to post them. What a receipt or a payment \
names as `invoice` is paid as far as it is open; of several rows each pays its amount exactly. A file has at most 20,000 documents and 100,000 rows, \
and is imported once, like journal entries. A document whose reference a draft or posted document of the same type and party has already is refused with \
`import_document_exists`, which names it; `allowDuplicate=true` takes it.";

const FILE: &str = "The file, as text in UTF-8 unless `charset` or `encoding` says otherwise. `Content-Type` says what it is: `text/csv` has a header line and rows, separated by comma, semicolon or tab, \
or as a first line `sep=;` says; `text/tab-separated-values` has a header line and rows separated by tabs; `application/x-ndjson` has one row or one \
entry a line; XLSX has a sheet. As `application/octet-stream` the file is XLSX when it begins as an archive, NDJSON when it begins with a brace \
and CSV otherwise.";

const PREFER: &str = "`wait=60` waits up to so many seconds, at most 60, before the work becomes a job; \
                      `respond-async` makes a job at once. `Preference-Applied` tells which was applied.";

fn file(_: &mut Schemas) -> Value {
    json!({ "type": "string", "format": "binary", "description": FILE })
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Imports: whole files of records.");
    ops.post("/imports", create::create)
        .id("create_import")
        .tag(TAG)
        .summary("Import a file")
        .description(&DESCRIPTION)
        .access(Access::Permission(IMPORT))
        .changes()
        .raw_body(OCTET_STREAM, file)
        .body_media_types(&[CSV, TSV, NDJSON, XLSX])
        .query::<create::ImportQuery>()
        .ok::<ImportResultView>()
        .accepted::<JobView>()
        .header::<RequiredText<100>>("Prefer", PREFER)
        .upload()
        .errors(&[
            &IMPORT_REFUSED,
            &IMPORT_DUPLICATE,
            &IMPORT_COLUMN_MISSING,
            &IMPORT_COLUMN_UNKNOWN,
            &IMPORT_PERMISSION_NEEDED,
            &IMPORT_TOO_LONG,
            &IMPORT_ROW_TOO_LONG,
            &IMPORT_UNREADABLE,
            &TOO_MANY_JOBS,
        ]);
    ops.post("/journal-entries/import", create::create_journal_entries)
        .id("import_journal_entries")
        .tag(TAG)
        .summary("Import journal entries")
        .description("The same as `POST /imports?type=journal-entries`.")
        .access(Access::Permission(IMPORT))
        .changes()
        .raw_body(OCTET_STREAM, file)
        .body_media_types(&[CSV, TSV, NDJSON, XLSX])
        .query::<create::ImportEntriesQuery>()
        .ok::<ImportResultView>()
        .accepted::<JobView>()
        .header::<RequiredText<100>>("Prefer", PREFER)
        .upload()
        .errors(&[&IMPORT_REFUSED, &IMPORT_DUPLICATE, &IMPORT_PERMISSION_NEEDED, &TOO_MANY_JOBS]);
}
