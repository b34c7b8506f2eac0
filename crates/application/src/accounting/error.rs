//! Errors of the ledger's use cases that are not rules of one aggregate.

domain::errors! {
    JOURNAL_UNKNOWN = "journal_unknown", Rule, User,
        "There is no such journal.", "دفتر اليومية غير موجود.";
    JOURNAL_INACTIVE = "journal_inactive", Rule, User,
        "Journal {journal} is not active.", "دفتر اليومية {journal} غير نشط.";
    ENTRY_NOT_DRAFT = "entry_not_draft", Conflict, User,
        "The entry is posted; only drafts change. Reverse it instead.",
        "القيد مرحّل ولا يتغير إلا المسودات. استخدم العكس بدلًا من ذلك.";
    ENTRY_NOT_POSTED = "entry_not_posted", Conflict, User,
        "The entry is still a draft.", "القيد ما زال مسودة.";
    ENTRY_FIELD_FIXED = "entry_field_fixed", Conflict, User,
        "After posting only reference and notes change.", "بعد الترحيل لا يتغير سوى المرجع والملاحظات.";
    ACCOUNT_REFERENCE_MISSING = "account_reference_missing", Rule, Developer,
        "Give accountId or accountCode.", "أدخل accountId أو accountCode.";
    ACCOUNT_CODE_UNKNOWN = "account_code_unknown", Rule, User,
        "There is no account {code}.", "لا يوجد حساب بالرمز {code}.";
    DIMENSION_VALUE_UNKNOWN = "dimension_value_unknown", Rule, User,
        "Dimension {dimension} has no active value {value}.", "لا توجد في البُعد {dimension} قيمة نشطة {value}.";
    POST_PERMISSION_NEEDED = "post_permission_needed", Forbidden, Administrator,
        "To post you need the permission accounting.journal_entry.post.",
        "للترحيل تحتاج إلى الصلاحية accounting.journal_entry.post.";
}
