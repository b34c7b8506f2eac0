//! The progress of order lines, and the links that say why, in SQL.

use application::documents::ports::{DocumentLink, LinkKind};
use application::ports::storage_error::StorageResult;
use domain::documents::progress::LineProgress;
use domain::money::Amount;

use super::rows::progress_columns;
use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

statements! {
    LINE_PROGRESS = "documents.line_progress.of_order":
        concat!("SELECT ", progress_columns!(), " FROM line_progress p WHERE p.tenant_id = ?1 AND p.document_id = ?2 ORDER BY p.line_no");
    DELETE_LINE = "documents.line_progress.delete":
        "DELETE FROM line_progress WHERE tenant_id = ?1 AND document_id = ?2 AND line_no = ?3 AND version = ?4";
    OPEN_ORDERS = "documents.line_progress.open_orders":
        "SELECT CAST(SUM(exposure) AS DECIMAL(19,4)) AS exposure FROM line_progress WHERE tenant_id = ?1 \
         AND party_id IN (SELECT p.id AS party_id FROM party p WHERE p.tenant_id = ?1 AND p.id = ?2 UNION ALL SELECT s.party_id \
         FROM party_alias s WHERE s.tenant_id = ?1 AND s.survivor_id = ?2) AND exposure <> 0";
    LINKS_FROM = "documents.document_link.from_document":
        "SELECT from_line, to_id, to_line, kind, quantity FROM document_link WHERE tenant_id = ?1 AND from_id = ?2 \
         ORDER BY from_line, to_id, to_line, kind";
    OVERDUE = "documents.document.overdue_quotations":
        "SELECT id FROM document WHERE tenant_id = ?1 AND state = 'sent' AND valid_until < ?2 ORDER BY valid_until, id {page ?3}";
}

pub(super) static PROGRESS_INSERT: Bulk = Bulk::new(
    "documents.line_progress.insert",
    "line_progress",
    &[
        ("tenant_id", Kind::Id),
        ("document_id", Kind::Id),
        ("line_no", Kind::Int),
        ("party_id", Kind::Id),
        ("item_id", Kind::Id),
        ("ordered", Kind::Millionths),
        ("cancelled", Kind::Millionths),
        ("delivered", Kind::Millionths),
        ("returned", Kind::Millionths),
        ("invoiced", Kind::Millionths),
        ("credited", Kind::Millionths),
        ("amount", Kind::Amount),
        ("exposure", Kind::Amount),
        ("beyond", Kind::Millionths),
        ("two_way", Kind::Bool),
        ("version", Kind::Int),
    ],
);
pub(super) static LINK_INSERT: Bulk = Bulk::new(
    "documents.document_link.insert",
    "document_link",
    &[
        ("tenant_id", Kind::Id),
        ("from_id", Kind::Id),
        ("from_line", Kind::Int),
        ("to_id", Kind::Id),
        ("to_line", Kind::Int),
        ("kind", Kind::Text(10)),
        ("quantity", Kind::Millionths),
    ],
);
pub(super) static BULKS: &[&Bulk] = &[&PROGRESS_INSERT, &LINK_INSERT];

/// A line is written over the version that it was read at.
pub(super) static MOVE_LINE: BulkUpdate = BulkUpdate::new(
    "documents.line_progress.move",
    "line_progress",
    &[
        ("tenant_id", Kind::Id),
        ("document_id", Kind::Id),
        ("line_no", Kind::Int),
        ("read_version", Kind::Int),
        ("new_item", Kind::Id),
        ("new_ordered", Kind::Millionths),
        ("new_cancelled", Kind::Millionths),
        ("new_delivered", Kind::Millionths),
        ("new_returned", Kind::Millionths),
        ("new_invoiced", Kind::Millionths),
        ("new_credited", Kind::Millionths),
        ("new_amount", Kind::Amount),
        ("new_exposure", Kind::Amount),
        ("new_beyond", Kind::Millionths),
        ("new_two_way", Kind::Bool),
    ],
    3,
    (
        "item_id = ?5, ordered = ?6, cancelled = ?7, delivered = ?8, returned = ?9, invoiced = ?10, credited = ?11, \
         amount = ?12, exposure = ?13, beyond = ?14, two_way = ?15, version = version + 1",
        "version = ?4",
    ),
);

/// The values of an order line that may change, in the order of both statements.
pub(super) fn progress_values(line: &LineProgress, exposure: Amount) -> Vec<Value> {
    vec![
        line.item.into(),
        line.ordered.into(),
        line.cancelled.into(),
        line.delivered.into(),
        line.returned.into(),
        line.invoiced.into(),
        line.credited.into(),
        line.amount.into(),
        exposure.into(),
        line.beyond.into(),
        line.two_way.into(),
    ]
}

pub(super) fn read_link(columns: &mut Columns) -> StorageResult<DocumentLink> {
    Ok(DocumentLink {
        from_line: columns.get("from_line")?,
        to: columns.get("to_id")?,
        to_line: columns.get("to_line")?,
        kind: columns.parse("kind", |text| LinkKind::parse(text).ok())?,
        quantity: columns.get("quantity")?,
    })
}
