//! Errors in a workbook and its cells.

domain::errors! {
    SPREADSHEET_DAMAGED = "spreadsheet_damaged", Malformed, User,
        "The file is not a workbook in the XLSX format that can be read: {part}, {reason}. Save it again as .xlsx.",
        "الملف ليس مصنفًا بصيغة XLSX يمكن قراءته: {part}، {reason}. احفظه من جديد بصيغة .xlsx.";
    SPREADSHEET_ENCRYPTED = "spreadsheet_encrypted", Malformed, User,
        "The file is encrypted or in the older format .xls. Save it as .xlsx without a password.",
        "الملف محمي بكلمة مرور أو بصيغة .xls القديمة. احفظه بصيغة .xlsx دون كلمة مرور.";
    SPREADSHEET_TOO_LARGE = "spreadsheet_too_large", TooLarge, User,
        "The workbook is too large: {part} has more than {max} {unit}. Split it, or send it as CSV.",
        "المصنف كبير جدًا: في {part} أكثر من {max} {unit}. قسّمه أو أرسله بصيغة CSV.";
    SPREADSHEET_SHEET_UNKNOWN = "spreadsheet_sheet_unknown", Rule, User,
        "The workbook has no sheet '{name}'. Its sheets are: {sheets}.", "ليس في المصنف ورقة '{name}'. أوراقه: {sheets}.";
    CELL_ERROR_VALUE = "cell_error_value", Rule, User,
        "The cell shows the error {value}.", "الخلية تعرض الخطأ {value}.";
    CELL_FORMULA_WITHOUT_VALUE = "cell_formula_without_value", Rule, User,
        "The cell has a formula without a stored value. Open the file in a spreadsheet program and save it.",
        "في الخلية صيغة دون قيمة محفوظة. افتح الملف في برنامج جداول واحفظه.";
    CELL_NUMBER_INEXACT = "cell_number_inexact", Rule, User,
        "A spreadsheet cannot hold the number {value} exactly, since it has more than 15 digits. Store it as text.",
        "لا يستطيع الجدول حفظ العدد {value} بدقة لأن أرقامه أكثر من 15. احفظه نصًا.";
    CELL_DATE_OUT_OF_RANGE = "cell_date_out_of_range", Rule, User,
        "{value} is formatted as a date and is none: spreadsheets count days from 1 March 1900 on.",
        "القيمة {value} منسّقة كتاريخ وليست تاريخًا: تَعُدّ الجداول الأيام ابتداءً من 1 مارس 1900.";
}
