//! Words in the cells of a table: a code in English, what people call it in Arabic.

use domain::error::Language;

use crate::export::Cell;

/// Every code that a report's table has, with its Arabic.
const WORDS: &[(&str, &str)] = &[
    ("account", "حساب"),
    ("asset", "أصل"),
    ("assets", "الأصول"),
    ("closing", "رصيد ختامي"),
    ("computed", "محتسب"),
    ("equity", "حقوق ملكية"),
    ("expense", "مصروف"),
    ("expenses", "المصروفات"),
    ("accounts", "حسابات"),
    ("formula", "صيغة"),
    ("unassigned", "بلا سطر"),
    ("financing", "تمويلي"),
    ("heading", "عنوان"),
    ("income", "إيراد"),
    ("inventory", "مخزون"),
    ("investing", "استثماري"),
    ("liabilities", "الالتزامات"),
    ("liability", "التزام"),
    ("line", "سطر"),
    ("none", "بدون"),
    ("opening", "رصيد افتتاحي"),
    ("operating", "تشغيلي"),
    ("party", "طرف"),
    ("payable", "ذمم دائنة"),
    ("receivable", "ذمم مدينة"),
    ("result", "نتيجة"),
    ("total", "إجمالي"),
    ("vat", "ضريبة القيمة المضافة"),
];

pub fn word(code: &str, language: Language) -> Cell {
    let arabic = || WORDS.iter().find(|(word, _)| *word == code).map(|(_, arabic)| *arabic);
    match language {
        Language::Arabic => arabic().unwrap_or(code).into(),
        Language::English => code.into(),
    }
}
