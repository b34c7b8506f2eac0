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
    ACCOUNT_IN_LEDGER_SETTINGS = "account_in_ledger_settings", Conflict, Administrator,
        "The ledger settings name account {code}; choose another account there first.",
        "الحساب {code} مستخدم في إعدادات الدفتر؛ اختر حسابًا آخر هناك أولًا.";
    ACCOUNT_IN_POSTING_RULES = "account_in_posting_rules", Conflict, Administrator,
        "Posting rule {rule} names account {code} for {slot}; choose another account there first.",
        "قاعدة الترحيل {rule} تحدد الحساب {code} لـ {slot}؛ اختر حسابًا آخر هناك أولًا.";
    CHART_TOO_LARGE = "chart_too_large", Rule, Developer,
        "The chart has more than {max} accounts: read it as a list instead of a tree.",
        "يحتوي دليل الحسابات على أكثر من {max} حساب: اقرأه كقائمة بدلًا من شجرة.";
    JOURNAL_SERIES_FIXED = "journal_series_fixed", Conflict, User,
        "Journal {code} has entries; its number series no longer changes, or its numbers could no longer be proven gapless.",
        "دفتر اليومية {code} عليه قيود؛ لا يمكن تغيير تسلسل أرقامه وإلا تعذّر إثبات عدم وجود فجوات.";
    NUMBER_SERIES_INACTIVE = "number_series_inactive", Rule, Administrator,
        "Number series {code} is not active.", "تسلسل الأرقام {code} غير نشط.";
    NUMBER_SERIES_NEEDS_BRANCH = "number_series_needs_branch", Rule, Administrator,
        "Number series {code} is that of a branch, which journal entries do not have.",
        "تسلسل الأرقام {code} لفرع، ولا فرع لقيود اليومية.";
    COMPANY_CURRENCY_FIXED = "company_currency_fixed", Conflict, Administrator,
        "{currency} is the currency of the books: it cannot be deleted or deactivated.", "{currency} هي عملة الدفاتر: تبقى معرّفة ونشطة.";
    COMPANY_CURRENCY_RATE = "company_currency_rate", Rule, User,
        "{currency} is the currency of the books; its rate is always 1.", "{currency} هي عملة الدفاتر، وسعر صرفها 1 دائمًا.";
    EXCHANGE_RATE_REPEATED = "exchange_rate_repeated", Rule, User,
        "There are two rates for {currency} on {date}.", "يوجد سعران للعملة {currency} بتاريخ {date}.";
    DIMENSION_VALUE_TOO_DEEP = "dimension_value_too_deep", Rule, User,
        "The values of a dimension have at most {max} levels.", "لا تتجاوز قيم البُعد {max} مستوى.";
    DIMENSION_RULE_MEMBER_MISSING = "dimension_rule_member_missing", Rule, User,
        "A rule of kind {kind} needs this.", "القاعدة من نوع {kind} تتطلب هذا الحقل.";
    DIMENSION_RULE_MEMBER_UNUSED = "dimension_rule_member_unused", Rule, User,
        "A rule of kind {kind} has no use for this.", "لا معنى لهذا الحقل في قاعدة من نوع {kind}.";
    DIMENSION_RULE_ONE_SELECTOR = "dimension_rule_one_selector", Rule, User,
        "A rule is for one account or for a code prefix, not for both.",
        "القاعدة لحساب واحد أو لبادئة رمز، وليس لكليهما.";
    DIMENSION_VALUE_ELSEWHERE = "dimension_value_elsewhere", Rule, User,
        "Value {value} belongs to another dimension.", "القيمة {value} تتبع بُعدًا آخر.";
    COMBINATION_TOO_SMALL = "combination_too_small", Rule, User,
        "A combination names at least {min} values.", "الجمع بين القيم يتضمن {min} قيم على الأقل.";
    EXAMPLE_BOOKS_NEED_TEMPLATE = "example_books_need_template", Conflict, Administrator,
        "The example books need the accounts of the template sa-standard.",
        "تتطلب الدفاتر النموذجية حسابات القالب sa-standard.";
}
