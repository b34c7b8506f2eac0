//! The statements of [`DocumentRepository`].
//!
//! [`DocumentRepository`]: application::documents::ports::DocumentRepository

use super::rows::document_columns;
use crate::persistence::parties::aliases::{codes_of, survivor};
use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::statement::Lookup;
use crate::sql::value::Kind;
use crate::statements;

macro_rules! receivable {
    () => {
        concat!(
            "SELECT CAST(SUM(i.open_company_amount) AS DECIMAL(19,4)) AS open_amount FROM party p INNER JOIN open_item i \
         ON i.tenant_id = p.tenant_id AND i.control = 'receivable' AND i.party IN ",
            codes_of!("?3"),
            " AND i.settled_on IS NULL WHERE p.tenant_id = ?1 AND p.id = ?2"
        )
    };
}

/// The documents of a type with one of the references, unless they were taken back.
macro_rules! referred {
    () => {
        concat!(
            "SELECT d.id, d.number, d.reference, ",
            survivor!("d", "party_code"),
            " AS party_code FROM document d WHERE d.tenant_id = ?1 AND d.document_type = ?2 AND d.reference IN ({codes ?3}) \
             AND d.reference IS NOT NULL AND d.status <> 'reversed' ORDER BY d.id"
        )
    };
}

statements! {
    FIND = "documents.document.find":
        concat!("SELECT ", document_columns!(), ", d.body, d.content_lines FROM document d WHERE d.tenant_id = ?1 AND d.id = ?2");
    OF_ENTRY = "documents.document.of_entry":
        "SELECT d.id FROM journal_entry e INNER JOIN document d ON d.tenant_id = e.tenant_id AND d.id = e.source_id \
         WHERE e.tenant_id = ?1 AND e.id = ?2";
    INSERT = "documents.document.insert":
        "INSERT INTO document (tenant_id, id, document_type, kind, status, number, series_id, party_id, party_code, \
         document_date, posting_date, currency, total, reference, supplier_key, corrects_id, entry_id, reversal_entry_id, body, \
         content, content_lines, state, order_id, valid_until, branch_id, branch_code, created_by, created_at, posted_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, \
         ?25, ?26, ?27, ?28, ?29, ?30)";
    UPDATE = "documents.document.update":
        "UPDATE document SET kind = ?4, status = ?5, number = ?6, series_id = ?7, party_id = ?8, party_code = ?9, \
         document_date = ?10, posting_date = ?11, currency = ?12, total = ?13, reference = ?14, supplier_key = ?15, \
         corrects_id = ?16, entry_id = ?17, reversal_entry_id = ?18, body = ?19, content = ?20, content_lines = ?21, \
         state = ?22, order_id = ?23, valid_until = ?24, branch_id = ?25, branch_code = ?26, posted_at = ?27, version = ?28 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
    DELETE = "documents.document.delete_draft":
        "DELETE FROM document WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'draft'";
    BY_SUPPLIER_KEY = "documents.document.by_supplier_key":
        "SELECT id FROM document WHERE tenant_id = ?1 AND document_type = ?2 AND party_id IN (SELECT p.id AS party_id FROM party p \
         WHERE p.tenant_id = ?1 AND p.id = ?3 UNION ALL SELECT s.party_id FROM party_alias s WHERE s.tenant_id = ?1 \
         AND s.survivor_id = ?3) AND supplier_key = ?4 AND supplier_key IS NOT NULL";
    UNPOSTED = "documents.document.unposted_of_party":
        "SELECT {top ?3} id FROM document WHERE tenant_id = ?1 AND party_id = ?2 AND entry_id IS NULL ORDER BY id {limit ?3}";
    BY_NUMBERS = "documents.document.by_numbers":
        concat!("SELECT d.id, d.number, d.reference, ", survivor!("d", "party_code"), " AS party_code FROM document d WHERE d.tenant_id = ?1 \
         AND d.document_type IN ({codes ?2}) AND d.number IN ({codes ?3}) AND d.number IS NOT NULL AND d.status = 'posted'");
    BY_REFERENCES = "documents.document.by_references":
        concat!("SELECT d.id, d.number, d.reference, ", survivor!("d", "party_code"), " AS party_code FROM document d WHERE d.tenant_id = ?1 \
         AND d.document_type IN ({codes ?2}) AND d.reference IN ({codes ?3}) AND d.reference IS NOT NULL AND d.status = 'posted'");
    REFERRED = "documents.document.referred":
        referred!(),
        // Locks by writing: two files at once would both find nothing.
        mssql: concat!("UPDATE tenant SET version = version WHERE id = ?1;\n", referred!());
    RECEIVABLE = "documents.document.receivable":
        receivable!(),
        // Locks by writing: who asks for the same party waits, and then reads what this transaction has posted.
        mssql: concat!("UPDATE party SET version = version WHERE tenant_id = ?1 AND id = ?2;\n", receivable!());
    SERIES = "documents.document.series":
        "SELECT {first} s.id, s.code, s.name_ar, s.name_en, s.pattern, s.reset, s.gapless, s.active, s.version \
         FROM number_series s WHERE s.tenant_id = ?1 AND s.document_type = ?2 AND s.active = 1 \
         AND (s.branch_id = ?3 OR s.branch_id IS NULL) ORDER BY CASE WHEN s.branch_id IS NULL THEN 1 ELSE 0 END, s.code {only}";
}

pub(super) static BY_ID: Lookup = Lookup::new(
    "documents.document.by_id",
    concat!(
        "SELECT ",
        document_columns!(),
        ", d.body, d.content_lines FROM document d WHERE d.tenant_id = ?1"
    ),
    ("d.id", Kind::Id),
);
pub(super) static ENTRIES: Lookup = Lookup::new(
    "documents.document.entries",
    "SELECT d.id, d.document_type, d.number, d.entry_id FROM document d WHERE d.tenant_id = ?1 AND d.entry_id IS NOT NULL",
    ("d.id", Kind::Id),
);

/// Invoices and bills of which nothing is open any more.
pub(super) static PAID: Lookup = Lookup::new(
    "documents.document.paid",
    concat!(
        "SELECT ",
        document_columns!(),
        ", d.body, d.content_lines FROM journal_entry e INNER JOIN document d ON d.tenant_id = e.tenant_id AND d.id = e.source_id \
         AND d.entry_id = e.id AND d.status = 'posted' AND d.document_type IN ('sales_invoice', 'purchase_invoice') \
         AND NOT EXISTS (SELECT 1 FROM open_item o WHERE o.tenant_id = d.tenant_id AND o.entry_id = d.entry_id \
         AND o.settled_on IS NULL) WHERE e.tenant_id = ?1"
    ),
    ("e.id", Kind::Id),
);

pub(super) static GROUPS: Lookup = Lookup::new(
    "documents.document_tax.of_documents",
    "SELECT document_id, group_no, category, rate, taxable, vat, used_taxable, used_vat FROM document_tax \
     WHERE tenant_id = ?1",
    ("document_id", Kind::Id),
);
pub(super) static LINES: Lookup = Lookup::new(
    "documents.document_line.of_documents",
    "SELECT document_id, line_no, item_id, quantity, credited_quantity FROM document_line WHERE tenant_id = ?1",
    ("document_id", Kind::Id),
);
pub(super) static LOOKUPS: &[&Lookup] = &[&BY_ID, &ENTRIES, &PAID, &GROUPS, &LINES];

pub(super) static GROUP_INSERT: Bulk = Bulk::new(
    "documents.document_tax.insert",
    "document_tax",
    &[
        ("tenant_id", Kind::Id),
        ("document_id", Kind::Id),
        ("group_no", Kind::Int),
        ("category", Kind::Text(1)),
        ("rate", Kind::Amount),
        ("taxable", Kind::Amount),
        ("vat", Kind::Amount),
        ("used_taxable", Kind::Amount),
        ("used_vat", Kind::Amount),
    ],
);
pub(super) static LINE_INSERT: Bulk = Bulk::new(
    "documents.document_line.insert",
    "document_line",
    &[
        ("tenant_id", Kind::Id),
        ("document_id", Kind::Id),
        ("line_no", Kind::Int),
        ("item_id", Kind::Id),
        ("quantity", Kind::Millionths),
        ("credited_quantity", Kind::Millionths),
    ],
);
pub(super) static BULKS: &[&Bulk] = &[&GROUP_INSERT, &LINE_INSERT];

pub(super) static USE_GROUP: BulkUpdate = BulkUpdate::new(
    "documents.document_tax.use",
    "document_tax",
    &[
        ("tenant_id", Kind::Id),
        ("document_id", Kind::Id),
        ("group_no", Kind::Int),
        ("more_taxable", Kind::Amount),
        ("more_vat", Kind::Amount),
    ],
    3,
    (
        "used_taxable = used_taxable + ?4, used_vat = used_vat + ?5",
        "used_taxable + ?4 BETWEEN 0 AND taxable AND used_vat + ?5 BETWEEN 0 AND vat",
    ),
);
pub(super) static CREDIT_LINE: BulkUpdate = BulkUpdate::new(
    "documents.document_line.credit",
    "document_line",
    &[
        ("tenant_id", Kind::Id),
        ("document_id", Kind::Id),
        ("line_no", Kind::Int),
        ("more_quantity", Kind::Millionths),
    ],
    3,
    ("credited_quantity = credited_quantity + ?4", "credited_quantity + ?4 BETWEEN 0 AND quantity"),
);
