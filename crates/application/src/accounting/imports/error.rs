//! What can be wrong with a file.

domain::errors! {
    IMPORT_REFUSED = "import_refused", Rule, User,
        "{count} problems were found in the file and nothing was kept. Up to {max} are listed under errors with their row and column.",
        "وُجدت {count} مشكلات في الملف ولم يُحفظ شيء. يُذكر منها حتى {max} ضمن errors مع رقم الصف واسم العمود.";
    IMPORT_EMPTY = "import_empty", Rule, User,
        "The file has no rows.", "الملف لا يحتوي على أي صف.";
    IMPORT_TOO_LONG = "import_too_long", TooLarge, User,
        "A file has at most {max} rows; split it.", "بحد أقصى {max} صفًا في الملف؛ قسّمه إلى ملفات.";
    IMPORT_UNREADABLE = "import_unreadable", Malformed, User,
        "The file cannot be read: {reason}.", "تعذرت قراءة الملف: {reason}.";
    IMPORT_COLUMN_MISSING = "import_column_missing", Rule, User,
        "The column {name} is missing.", "العمود {name} غير موجود.";
    IMPORT_COLUMN_TWICE = "import_column_twice", Rule, User,
        "The column {name} is there twice.", "العمود {name} مكرر.";
    IMPORT_COLUMN_UNKNOWN = "import_column_unknown", Rule, User,
        "'{name}' is not a column of this file. Known: {allowed}.", "'{name}' ليس عمودًا معروفًا في هذا الملف. المعروف: {allowed}.";
    IMPORT_TOO_MANY_DIMENSIONS = "import_too_many_dimensions", Rule, User,
        "At most {max} columns may name dimensions.", "بحد أقصى {max} عمودًا للأبعاد.";
    IMPORT_ROW_LENGTH = "import_row_length", Rule, User,
        "The row has {found} fields; the header has {expected}.", "في الصف {found} حقلًا وفي العناوين {expected}.";
    IMPORT_ROW_NOT_UTF8 = "import_row_not_utf8", Rule, User,
        "The row is not UTF-8 text.", "الصف ليس نصًا بترميز UTF-8.";
    IMPORT_ROW_NOT_JSON = "import_row_not_json", Rule, Developer,
        "The row is not a JSON object: {reason}.", "الصف ليس كائن JSON: {reason}.";
    IMPORT_CELL_EMPTY = "import_cell_empty", Rule, User,
        "This is required.", "هذا الحقل مطلوب.";
    IMPORT_CELL_NO_TEXT = "import_cell_no_text", Rule, Developer,
        "Expected a text or a number.", "المتوقع نص أو رقم.";
    IMPORT_CELL_NO_FLAG = "import_cell_no_flag", Rule, User,
        "'{value}' is neither true nor false.", "'{value}' ليست true ولا false.";
    IMPORT_ENTRY_FIELD_DIFFERS = "import_entry_field_differs", Rule, User,
        "Entry {entry} has '{value}' here and '{first}' in its first row.",
        "القيد {entry} فيه هنا '{value}' وفي صفه الأول '{first}'.";
    IMPORT_ENTRY_TOO_LONG = "import_entry_too_long", TooLarge, User,
        "Entry {entry} has more than {max} lines.", "القيد {entry} فيه أكثر من {max} سطر.";
    IMPORT_ACCOUNT_TWICE = "import_account_twice", Rule, User,
        "Account {code} is in row {first} already.", "الحساب {code} موجود في الصف {first}.";
    IMPORT_ACCOUNT_DIFFERS = "import_account_differs", Conflict, User,
        "Account {code} exists with {stored}, not {value}. Import with update=true to change it.",
        "الحساب {code} موجود وقيمته {stored} وليس {value}. استورد مع update=true لتغييره.";
    IMPORT_PARENT_UNKNOWN = "import_parent_unknown", Rule, User,
        "There is no account {code}, neither in the file nor in the chart.",
        "لا يوجد حساب بالرمز {code} لا في الملف ولا في دليل الحسابات.";
    IMPORT_PERMISSION_NEEDED = "import_permission_needed", Forbidden, Administrator,
        "For this import you need the permission {permission} as well.",
        "لهذا الاستيراد تحتاج أيضًا إلى الصلاحية {permission}.";
    OPENING_DATE_MISSING = "opening_date_missing", Rule, User,
        "Give the date of the opening balances, in a column date or as the parameter date.",
        "أدخل تاريخ الأرصدة الافتتاحية في عمود date أو في المعامل date.";
    JOB_CANCELLED = "job_cancelled", Conflict, User,
        "The job was cancelled; nothing was kept.", "أُلغيت المهمة ولم يُحفظ شيء.";
}
