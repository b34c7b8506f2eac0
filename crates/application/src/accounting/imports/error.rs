//! The errors of a file.

domain::errors! {
    IMPORT_REFUSED = "import_refused", Rule, User,
        "{problems} found in the file and nothing was kept. Up to {max} are listed under errors with their row and column.",
        "وُجدت {problems} في الملف ولم يُحفظ شيء. يُذكر منها حتى {max} ضمن errors مع رقم الصف واسم العمود.";
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
        "'{name}' is not a column of this file. Did you mean {nearest}? Known: {allowed}.",
        "'{name}' ليس عمودًا معروفًا في هذا الملف. هل تقصد {nearest}؟ المعروف: {allowed}.";
    IMPORT_DIMENSION_UNKNOWN = "import_dimension_unknown", Rule, User,
        "'{name}' is neither a column of this file nor the code of a dimension. Create the dimension first, or import with \
         createDimensions=true. The nearest name is {nearest}. Known columns: {allowed}.",
        "'{name}' ليس عمودًا معروفًا في هذا الملف ولا رمزًا لبُعد. أنشئ البُعد أولًا أو استورد مع createDimensions=true. أقرب اسم هو \
         {nearest}. الأعمدة المعروفة: {allowed}.";
    IMPORT_DIMENSION_PAIRS = "import_dimension_pairs", Rule, User,
        "Dimensions are written as code=value, separated by semicolons.", "تُكتب الأبعاد بالصيغة رمز=قيمة وتفصل بينها فاصلة منقوطة.";
    IMPORT_DIMENSION_INACTIVE = "import_dimension_inactive", Rule, User,
        "The dimension {name} is not active.", "البُعد {name} غير نشط.";
    IMPORT_COLUMN_OF_ENTRY = "import_column_of_entry", Rule, Developer,
        "'{name}' belongs to the entry, not to one of its lines.", "'{name}' يخص القيد وليس أحد سطوره.";
    IMPORT_CELL_WITHOUT_COLUMN = "import_cell_without_column", Rule, User,
        "Field {field} has a value but its column has no heading.", "الحقل {field} فيه قيمة لكن عموده بلا عنوان.";
    IMPORT_TOO_MANY_DIMENSIONS = "import_too_many_dimensions", Rule, User,
        "At most {max} columns may name dimensions.", "بحد أقصى {max} عمودًا للأبعاد.";
    IMPORT_TOO_MANY_COLUMNS = "import_too_many_columns", Rule, User,
        "The file has more than {max} columns that are not known.", "في الملف أكثر من {max} عمودًا غير معروف.";
    IMPORT_ROW_TOO_LONG = "import_row_too_long", TooLarge, User,
        "Row {row} is longer than {max} bytes; write the lines of a long entry as rows of their own.",
        "الصف {row} أطول من {max} بايت؛ اكتب سطور القيد الطويل في صفوف مستقلة.";
    IMPORT_QUOTE_UNCLOSED = "import_quote_unclosed", Rule, User,
        "A quotation mark opens in row {row}, column {column}, and is not closed. Write a quotation mark inside a quoted text twice.",
        "علامة اقتباس تُفتح في الصف {row} والعمود {column} ولا تُغلق. اكتب علامة الاقتباس داخل النص المقتبس مرتين.";
    IMPORT_ROW_LENGTH = "import_row_length", Rule, User,
        "The row has {found} fields; the header has {expected}.", "في الصف {found} حقلًا وفي العناوين {expected}.";
    IMPORT_ROW_NOT_UTF8 = "import_row_not_utf8", Rule, User,
        "The row is not text in the encoding of the file, which is UTF-8 unless another one is named.",
        "الصف ليس نصًا بترميز الملف، وهو UTF-8 ما لم يُذكر غيره.";
    IMPORT_ROW_NOT_JSON = "import_row_not_json", Rule, Developer,
        "The row is not a JSON object: {reason}.", "الصف ليس كائن JSON: {reason}.";
    IMPORT_ENCODING_DIFFERS = "import_encoding_differs", Rule, User,
        "The file is not in the encoding {encoding}: its byte order mark is that of {found}. Name the encoding that it has.",
        "ترميز الملف ليس {encoding}: علامة ترتيب البايت فيه هي علامة {found}. اذكر ترميز الملف.";
    IMPORT_ENCODING_UNMARKED = "import_encoding_unmarked", Rule, User,
        "The file has no byte order mark, which {encoding} needs. Save it with one.",
        "لا توجد في الملف علامة ترتيب البايت اللازمة للترميز {encoding}. احفظه معها.";
    IMPORT_WORKBOOK_AS_TEXT = "import_workbook_as_text", Rule, User,
        "The file is a workbook and no text file. Send it as {mediaType}, or save it as CSV.",
        "الملف مصنف جداول وليس ملفًا نصيًا. أرسله بالنوع {mediaType} أو احفظه بصيغة CSV.";
    IMPORT_DELIMITER_DIFFERS = "import_delimiter_differs", Rule, User,
        "The separator is said to be {delimiter}, and the file's own line sep= says {found}.",
        "المذكور أن الفاصل هو {delimiter}، بينما يذكر سطر sep= في الملف {found}.";
    IMPORT_HEADER_EMPTY = "import_header_empty", Rule, User,
        "Row {row}, which has the headings, is empty.", "الصف {row} الذي فيه العناوين فارغ.";
    IMPORT_HEADING_MISSING = "import_heading_missing", Rule, User,
        "The file has no heading '{heading}', from which the column {column} is taken.",
        "ليس في الملف العنوان '{heading}' الذي يؤخذ منه العمود {column}.";
    IMPORT_CELLS_MERGED = "import_cells_merged", Rule, User,
        "The cells {cells} are merged, so that only the first one has a value. Unmerge them.",
        "الخلايا {cells} مدمجة فلا قيمة إلا في أولها. ألغِ دمجها.";
    IMPORT_CELL_NUMBER_WRITTEN = "import_cell_number_written", Rule, User,
        "'{value}' is not a number as this file writes them, such as {example}: decimalMark is {decimalMark}, thousandsMark is {thousandsMark}. \
         Name the marks that the file has.",
        "'{value}' ليس عددًا كما يكتب هذا الملف الأعداد، مثل {example}: العلامة decimalMark هي {decimalMark} وthousandsMark هي {thousandsMark}. \
         اذكر علامات الملف.";
    IMPORT_CELL_OTHER_DIGITS = "import_cell_other_digits", Rule, User,
        "'{value}' has digits of the kind {digits}. Name the digits that the file has.",
        "في '{value}' أرقام من النوع {digits}. اذكر نوع أرقام الملف.";
    IMPORT_CELL_DATE_WRITTEN = "import_cell_date_written", Rule, User,
        "'{value}' is not a date as this file writes them, {format}, such as {example}.",
        "'{value}' ليس تاريخًا كما يكتب هذا الملف التواريخ، {format}، مثل {example}.";
    IMPORT_CELL_NOT_DATE = "import_cell_not_date", Rule, User,
        "The cell holds the number {value} and not a date. Format it as a date.",
        "في الخلية العدد {value} وليس تاريخًا. نسّقها كتاريخ.";
    IMPORT_CELL_DATE = "import_cell_date", Rule, User,
        "The cell holds the date {value}, which this column cannot have. Format it as text and write it again.",
        "في الخلية التاريخ {value} وهذا العمود لا يقبله. نسّقها كنص واكتبها من جديد.";
    IMPORT_CELL_PERCENT = "import_cell_percent", Rule, User,
        "The cell shows {value} per cent, which this column cannot have. Format it as a number.",
        "تعرض الخلية {value} في المئة وهذا العمود لا يقبلها. نسّقها كعدد.";
    IMPORT_CELL_EMPTY = "import_cell_empty", Rule, User,
        "This is required.", "هذا الحقل مطلوب.";
    IMPORT_CELL_NO_TEXT = "import_cell_no_text", Rule, Developer,
        "Expected a text or a number.", "المتوقع نص أو رقم.";
    IMPORT_CELL_NO_FLAG = "import_cell_no_flag", Rule, User,
        "'{value}' is neither true nor false.", "'{value}' ليست true ولا false.";
    IMPORT_CELL_DIMENSIONS = "import_cell_dimensions", Rule, User,
        "'{value}' does not name dimensions and values, such as cost-centre=ADMIN; branch=RUH.",
        "'{value}' لا تسمي أبعادًا وقيمًا مثل cost-centre=ADMIN; branch=RUH.";
    IMPORT_ENTRY_FIELD_DIFFERS = "import_entry_field_differs", Rule, User,
        "Entry {entry} has '{value}' here and '{first}' in another of its rows.",
        "القيد {entry} فيه هنا '{value}' وفي صف آخر من صفوفه '{first}'.";
    IMPORT_DESCRIPTIONS_DIFFER = "import_descriptions_differ", Rule, User,
        "The rows of entry {entry} have different descriptions, so a row cannot have a line_description as well.",
        "صفوف القيد {entry} فيها أوصاف مختلفة، فلا يمكن أن يكون لصف منها line_description أيضًا.";
    IMPORT_ENTRY_TOO_LONG = "import_entry_too_long", TooLarge, User,
        "Entry {entry} has more than {max} lines.", "القيد {entry} فيه أكثر من {max} سطر.";
    IMPORT_ACCOUNT_TWICE = "import_account_twice", Rule, User,
        "Account {code} is in row {first} already.", "الحساب {code} موجود في الصف {first}.";
    IMPORT_ACCOUNT_DIFFERS = "import_account_differs", Conflict, User,
        "Account {code} exists with {stored}, not {value}. Import with update=true to change it.",
        "الحساب {code} موجود وقيمته {stored} وليس {value}. استورد مع update=true لتغييره.";
    IMPORT_ROW_REPEATED = "import_row_repeated", Rule, User,
        "Row {first} is about the same already.", "الصف {first} يخص الشيء نفسه.";
    IMPORT_ITEM_DIFFERS = "import_item_differs", Conflict, User,
        "Item {code} exists and is not as this row says. Import with update=true to change it.",
        "الصنف {code} موجود وليس كما في هذا الصف. استورد مع update=true لتغييره.";
    IMPORT_ITEM_UNITS_TOO_MANY = "import_item_units_too_many", Rule, User,
        "Item {code} has {max} units already, and no more are taken.", "للصنف {code} {max} وحدة، ولا يقبل المزيد.";
    IMPORT_PRICE_DIFFERS = "import_price_differs", Conflict, User,
        "The list has another price from {from} on. Import with update=true to change it.",
        "في القائمة سعر آخر ابتداءً من {from}. استورد مع update=true لتغييره.";
    IMPORT_PARENT_UNKNOWN = "import_parent_unknown", Rule, User,
        "There is no account {code}, neither in the file nor in the chart.",
        "لا يوجد حساب بالرمز {code} لا في الملف ولا في دليل الحسابات.";
    IMPORT_PARTY_TWICE = "import_party_twice", Rule, User,
        "Party {code} is in row {first} already.", "الطرف {code} موجود في الصف {first}.";
    IMPORT_PARTY_DIFFERS = "import_party_differs", Conflict, User,
        "Party {code} exists and differs from the file. Import with update=true to change it.",
        "الطرف {code} موجود ويختلف عن الملف. استورد مع update=true لتغييره.";
    IMPORT_PARTY_ROLE = "import_party_role", Rule, User,
        "The party is neither a customer nor a supplier that this could belong to; a credit limit belongs to a customer.",
        "الطرف ليس عميلًا ولا موردًا تخصه هذه القيمة؛ وحد الائتمان يخص العميل.";
    IMPORT_DUPLICATE = "import_duplicate", Conflict, User,
        "The content of this file was imported before: at {at}, as import {import}, {entries} entries or documents, numbers {numbers}. \
         Import with allowDuplicate=true to have it once more.",
        "استُورد محتوى هذا الملف من قبل: في {at} بالاستيراد {import}، وعدد قيوده أو مستنداته {entries}، وأرقامها {numbers}. \
         استورد مع allowDuplicate=true ليُضاف مرة أخرى.";
    IMPORT_TOO_MANY_DOCUMENTS = "import_too_many_documents", TooLarge, User,
        "A file has at most {max} documents; split it.", "بحد أقصى {max} مستندًا في الملف؛ قسّمه إلى ملفات.";
    IMPORT_DOCUMENT_FIELD_DIFFERS = "import_document_field_differs", Rule, User,
        "Document {document} has '{value}' here and '{first}' in another of its rows.",
        "المستند {document} فيه هنا '{value}' وفي صف آخر من صفوفه '{first}'.";
    IMPORT_DOCUMENT_EXISTS = "import_document_exists", Conflict, User,
        "The party has the document {number} ({id}) with the reference '{reference}' already. Import with allowDuplicate=true to have it once more.",
        "لدى الطرف المستند {number} ({id}) بالمرجع '{reference}' من قبل. استورد مع allowDuplicate=true ليُضاف مرة أخرى.";
    IMPORT_DOCUMENT_UNKNOWN = "import_document_unknown", Rule, User,
        "The party has no posted document with the number or the reference '{value}' that this could be about.",
        "ليس للطرف مستند مُرحّل رقمه أو مرجعه '{value}' يمكن أن يخصه هذا.";
    IMPORT_DOCUMENT_AMBIGUOUS = "import_document_ambiguous", Rule, User,
        "Several posted documents have the reference '{value}'; give the number of the one that is meant.",
        "لأكثر من مستند مُرحّل المرجع '{value}'؛ أدخل رقم المستند المقصود.";
    IMPORT_PERMISSION_NEEDED = "import_permission_needed", Forbidden, Administrator,
        "For this import you need the permission {permission} as well.",
        "لهذا الاستيراد تحتاج أيضًا إلى الصلاحية {permission}.";
    OPENING_DATE_MISSING = "opening_date_missing", Rule, User,
        "Give the date of the opening balances, in a column date or as the parameter date.",
        "أدخل تاريخ الأرصدة الافتتاحية في عمود date أو في المعامل date.";
}
