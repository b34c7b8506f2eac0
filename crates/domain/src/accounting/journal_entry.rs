//! Journal entries: a draft is validated against the tenant's rules, then posted for ever (R1–R8, R11).
//!
//! `DraftEntry -> ValidatedEntry -> PostedEntry`, each consuming the one before. Only a balanced entry can be a
//! [`ValidatedEntry`], and only from one can a [`PostedEntry`] be made.

mod branches;
mod convert;
mod draft;
mod header;
mod line;
mod posted;
#[cfg(test)]
mod properties;
mod reversal;
mod rules;
mod source;
#[cfg(test)]
mod tests;
mod validate;

pub use branches::Balancing;
pub use convert::company_amount;
pub use draft::{DraftEntry, EntryPatch, NewEntry};
pub use header::{EntryHeader, EntryOrigin, HashVersion};
pub use line::{LineAmount, LineDetails, NewLine, PostedLine};
pub use posted::{ChainLink, PostedEntry, ValidatedEntry};
pub use reversal::check_reverse_on;
pub use rules::PostingRules;
pub use source::{EntrySource, EntrySourceKind};

/// Most lines of an entry sent as one document.
pub const LINES_MAX: usize = 10_000;
/// Most lines of an imported entry.
pub const JOURNAL_LINES_MAX: usize = 100_000;
/// Fewest lines of a posted entry (R6).
pub const LINES_MIN: usize = 2;
/// Most violations reported for one entry; who has more mends these first.
pub const ENTRY_VIOLATIONS_MAX: usize = 1_000;
/// Longest reference, party and tax code, in characters.
pub const REFERENCE_LENGTH_MAX: usize = 100;
pub const PARTY_LENGTH_MAX: usize = 100;
pub const TAX_CODE_LENGTH_MAX: usize = 50;

crate::errors! {
    ENTRY_TOO_MANY_LINES = "entry_too_many_lines", TooLarge, User,
        "An entry has at most {max} lines; this has {count}.", "بحد أقصى {max} سطرًا في القيد؛ العدد الحالي {count}.";
    ENTRY_TOO_FEW_LINES = "entry_too_few_lines", Rule, User,
        "An entry has at least {min} lines.", "يحتوي القيد على {min} أسطر على الأقل.";
    UNBALANCED_ENTRY = "unbalanced_entry", Rule, User,
        "Debits {debit} and credits {credit} differ by {difference} {currency}.",
        "مجموع المدين {debit} ومجموع الدائن {credit} يختلفان بمقدار {difference} {currency}.";
    ENTRY_TOTAL_OUT_OF_RANGE = "entry_total_out_of_range", Rule, User,
        "The entry's total is larger than 922,337,203,685,477.5807.",
        "إجمالي القيد أكبر من 922,337,203,685,477.5807.";
    LINE_NEEDS_ONE_SIDE = "line_needs_one_side", Rule, User,
        "A line has either a debit or a credit, greater than zero.",
        "للسطر إما مبلغ مدين أو مبلغ دائن، وأكبر من صفر.";
    LINE_AMOUNT_NOT_POSITIVE = "line_amount_not_positive", Rule, User,
        "The amount must be greater than zero.", "يجب أن يكون المبلغ أكبر من صفر.";
    CURRENCY_UNKNOWN = "currency_unknown", Rule, User,
        "Currency {currency} is not set up.", "العملة {currency} غير معرّفة.";
    EXCHANGE_RATE_MISSING = "exchange_rate_missing", Rule, User,
        "There is no exchange rate from {currency} to {company} for the posting date.",
        "لا يوجد سعر صرف من {currency} إلى {company} لتاريخ الترحيل.";
    EXCHANGE_RATE_INVALID = "exchange_rate_invalid", Rule, User,
        "The exchange rate must be greater than 0 and below 900,000,000.",
        "يجب أن يكون سعر الصرف أكبر من 0 وأقل من 900,000,000.";
    EXCHANGE_RATE_NOT_ONE = "exchange_rate_not_one", Rule, User,
        "A line in the company currency {currency} has the rate 1.", "سعر الصرف لسطر بعملة الشركة {currency} هو 1.";
    COMPANY_AMOUNT_DIFFERS = "company_amount_differs", Rule, User,
        "In the company currency {currency} both amounts are the same.",
        "المبلغان متساويان بعملة الشركة {currency}.";
    COMPANY_AMOUNT_INCONSISTENT = "company_amount_inconsistent", Rule, User,
        "The company amount {amount} does not follow from the rate: it would be {expected}.",
        "مبلغ عملة الشركة {amount} لا يتفق مع سعر الصرف: القيمة المتوقعة {expected}.";
    COMPANY_AMOUNT_ZERO = "company_amount_zero", Rule, User,
        "The amount is too small: in {currency} nothing would be left of it.",
        "المبلغ صغير جدًا: لن يبقى منه شيء بعملة {currency}.";
    ROUNDING_ACCOUNT_MISSING = "rounding_account_missing", Rule, Administrator,
        "Conversion leaves {difference} {currency}; set up an active posting account for rounding.",
        "ينتج عن التحويل فرق {difference} {currency}؛ عرّف حساب ترحيل نشطًا لفروق التقريب.";
    ACCOUNT_UNKNOWN = "account_unknown", Rule, User,
        "There is no such account.", "الحساب غير موجود.";
    ACCOUNT_INACTIVE = "account_inactive", Rule, User,
        "Account {account} is not active.", "الحساب {account} غير نشط.";
    ACCOUNT_IS_HEADING = "account_is_heading", Rule, User,
        "Account {account} is a heading and takes no postings.", "الحساب {account} حساب رئيسي ولا يقبل الترحيل.";
    ACCOUNT_CURRENCY_DIFFERS = "account_currency_differs", Rule, User,
        "Account {account} takes only {currency}.", "الحساب {account} لا يقبل إلا العملة {currency}.";
    CONTROL_REASON_REQUIRED = "control_reason_required", Rule, User,
        "Account {account} is a control account: give the entry's reason for posting to it by hand (controlReason).",
        "الحساب {account} حساب رقابي: اذكر سبب الترحيل اليدوي إليه (controlReason).";
    PARTY_REQUIRED = "party_required", Rule, User,
        "Account {account} requires a party on the line.", "الحساب {account} يتطلب تحديد الطرف في السطر.";
    FISCAL_PERIOD_MISSING = "fiscal_period_missing", Rule, User,
        "No fiscal period contains {date}.", "لا توجد فترة مالية تشمل {date}.";
    FISCAL_PERIOD_CLOSED = "fiscal_period_closed", Rule, User,
        "The fiscal period of {date} is closed.", "الفترة المالية للتاريخ {date} مقفلة.";
    CLOSING_PERIOD_RESERVED = "closing_period_reserved", Rule, Developer,
        "The closing period takes year-close entries only.", "فترة الإقفال لا تقبل إلا قيود إقفال السنة.";
    CLOSING_ENTRY_NEEDS_CLOSING_PERIOD = "closing_entry_needs_closing_period", Rule, Developer,
        "A year-close entry belongs in the closing period.", "قيد إقفال السنة مكانه فترة الإقفال.";
    REVERSAL_ONLY_BY_REVERSING = "reversal_only_by_reversing", Rule, Developer,
        "A reversal is made by reversing a posted entry.", "يُنشأ قيد العكس بعكس قيد مرحّل.";
    REVERSAL_IS_FIXED = "reversal_is_fixed", Conflict, User,
        "The lines and currency of a reversal are those of the entry it reverses.",
        "أسطر قيد العكس وعملته هي نفسها في القيد المعكوس.";
    ENTRY_IS_REVERSAL = "entry_is_reversal", Conflict, User,
        "Entry {number} is a reversal and cannot be reversed.", "القيد {number} قيد عكس ولا يمكن عكسه.";
    REVERSAL_NOT_COPIED = "reversal_not_copied", Conflict, User,
        "Entry {number} is a reversal and cannot be copied. Copy the entry that it reverses.",
        "القيد {number} قيد عكس ولا يمكن نسخه. انسخ القيد الذي يعكسه.";
    ENTRY_ALREADY_REVERSED = "entry_already_reversed", Conflict, User,
        "Entry {number} is already reversed.", "القيد {number} معكوس بالفعل.";
    REVERSAL_BEFORE_ENTRY = "reversal_before_entry", Rule, User,
        "Entry {number} of {date} cannot be reversed on an earlier date.",
        "لا يمكن عكس القيد {number} المؤرخ {date} بتاريخ سابق له.";
    REVERSE_ON_NOT_LATER = "reverse_on_not_later", Rule, User,
        "The entry is taken back after its posting date {date}, not on {given}.",
        "يُعكس القيد بعد تاريخ ترحيله {date} وليس في {given}.";
    ENTRY_BELONGS_TO_DOCUMENT = "entry_belongs_to_document", Conflict, User,
        "Entry {number} was made for a document and is not reversed by itself: {remedy}.",
        "القيد {number} أُنشئ لمستند ولا يُعكس وحده: {remedy}.";
    ENTRY_HAS_ALLOCATIONS = "entry_has_allocations", Conflict, User,
        "Lines of entry {number} are allocated. Undo these allocations first.",
        "أسطر من القيد {number} مخصصة. ألغِ هذه التخصيصات أولًا.";
    POSTED_ENTRY_CORRUPT = "posted_entry_corrupt", Internal, Operator,
        "The stored entry {number} does not balance.", "القيد المخزن {number} غير متوازن.";
}

crate::choices! {
    /// Why an entry exists.
    pub enum EntryKind {
        Standard = "standard",
        Opening = "opening",
        /// Year close: the only kind that the closing period takes (R12).
        Closing = "closing",
        Reversal = "reversal",
        Revaluation = "revaluation",
    }
}

crate::choices! {
    /// How far a draft is on the way through approval (R150). A posted entry keeps that it was approved.
    pub enum EntryApproval {
        PendingApproval = "pending_approval",
        Approved = "approved",
    }
}

crate::choices! {
    /// Where an entry stands in its life (R1).
    pub enum EntryStatus {
        Draft = "draft",
        Posted = "posted",
        Reversed = "reversed",
    }
}
