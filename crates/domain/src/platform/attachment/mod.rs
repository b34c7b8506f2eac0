//! Files that belong to documents: how they are called, of which type they are, and what is never kept.

mod content_type;
mod file_name;
mod sniff;

pub use content_type::{CONTENT_TYPE_LENGTH_MAX, ContentType, STANDARD_TYPES};
pub use file_name::{FILE_NAME_LENGTH_MAX, FileName};
pub use sniff::{SNIFF_BYTES, check_content};

/// Attachments of one document, those not yet uploaded included.
pub const ATTACHMENTS_PER_DOCUMENT_MAX: u32 = 200;

crate::errors! {
    INVALID_FILE_NAME = "invalid_file_name", Rule, User,
        "A file name has 1 to {max} characters and none of / \\ : * ? \" < > |.",
        "اسم الملف من 1 إلى {max} حرفًا ودون الرموز / \\ : * ? \" < > |.";
    FILE_NAME_REFUSED = "file_name_refused", Rule, User,
        "Files whose names end in .{extension} are not accepted, because they can run or show active content.",
        "لا تُقبل الملفات التي تنتهي أسماؤها بـ .{extension} لأنها قابلة للتنفيذ أو تعرض محتوى نشطًا.";
    INVALID_CONTENT_TYPE = "invalid_content_type", Rule, Developer,
        "'{value}' is not a media type such as application/pdf.", "'{value}' ليس نوع محتوى مثل application/pdf.";
    CONTENT_TYPE_REFUSED = "content_type_refused", UnsupportedMedia, User,
        "Files of the type {value} are not accepted. Accepted: {allowed}.", "لا تُقبل ملفات من النوع {value}. المقبول: {allowed}.";
    EXECUTABLE_REFUSED = "executable_refused", Rule, User,
        "The file is a program or a script, whatever its name says; such files are never kept.",
        "الملف برنامج أو نص تنفيذي مهما كان اسمه، ولا تُحفظ مثل هذه الملفات أبدًا.";
    ACTIVE_CONTENT_REFUSED = "active_content_refused", Rule, User,
        "The file holds a web page or a drawing that can run scripts; such files are never kept.",
        "يحتوي الملف على صفحة ويب أو رسم يمكنه تشغيل نصوص برمجية، ولا تُحفظ مثل هذه الملفات أبدًا.";
    CONTENT_TYPE_MISMATCH = "content_type_mismatch", Rule, User,
        "The file does not look like {declared}.", "محتوى الملف لا يبدو من النوع {declared}.";
}

crate::choices! {
    /// Which documents can have attachments.
    pub enum DocumentType {
        JournalEntry = "journal_entry",
        Quotation = "quotation",
        SalesOrder = "sales_order",
        PurchaseOrder = "purchase_order",
        SalesInvoice = "sales_invoice",
        SalesCreditNote = "sales_credit_note",
        SalesDebitNote = "sales_debit_note",
        PurchaseInvoice = "purchase_invoice",
        PurchaseCreditNote = "purchase_credit_note",
        Receipt = "receipt",
        Payment = "payment",
    }
}

crate::choices! {
    pub enum AttachmentStatus {
        /// Announced; its bytes are still to come.
        Pending = "pending",
        Stored = "stored",
    }
}
