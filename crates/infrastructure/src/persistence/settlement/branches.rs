//! The branch of an open item or of a line of a control account.

/// The code of the branch of a row that names an entry and a line of it: that of the document for which the entry was made, else the
/// line's value of the dimension `branch`, which lines by hand have, too. Null where there is neither.
macro_rules! branch_of {
    ($row:literal) => {
        concat!(
            "COALESCE((SELECT bd.branch_code FROM journal_entry be INNER JOIN document bd ON bd.tenant_id = be.tenant_id \
             AND bd.id = be.source_id WHERE be.tenant_id = ",
            $row,
            ".tenant_id AND be.id = ",
            $row,
            ".entry_id), (SELECT bv.code FROM ledger_line bl INNER JOIN dimension_set_value bs ON bs.tenant_id = bl.tenant_id \
             AND bs.set_id = bl.dimension_set_id INNER JOIN dimension_value bv ON bv.tenant_id = bs.tenant_id AND bv.id = bs.value_id \
             INNER JOIN dimension bm ON bm.tenant_id = bs.tenant_id AND bm.id = bs.dimension_id WHERE bl.tenant_id = ",
            $row,
            ".tenant_id AND bl.entry_id = ",
            $row,
            ".entry_id AND bl.line_no = ",
            $row,
            ".line_no AND bm.code = 'branch'))"
        )
    };
}
pub(in crate::persistence) use branch_of;
