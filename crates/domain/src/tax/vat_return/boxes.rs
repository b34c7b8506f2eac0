//! The boxes of a return as data: numbers and captions belong to the authority of a country and change without notice.

use crate::tax::tax_entry::TaxSide;

/// One box of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxDef {
    pub code: &'static str,
    pub ar: &'static str,
    pub en: &'static str,
    pub content: BoxContent,
}

/// The origin of the figures of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxContent {
    /// The entries that name the box. The bases of one side make the amount, so that a reverse charge, which has both, counts
    /// once; VAT counts for the group that the box belongs to and the other side is taken off.
    Entries { group: TaxSide, base: TaxSide },
    /// The sum of other boxes.
    Total(&'static [&'static str]),
    /// The VAT of one box less that of another.
    Due { output: &'static str, input: &'static str },
    /// Corrections of earlier returns. They stand in the boxes of the entries that make them.
    Corrections,
    /// The credit that the returns before have left.
    CreditBroughtForward,
    /// The net VAT owed, or reclaimable if negative.
    Net,
}

const fn entries(
    code: &'static str,
    (group, base): (TaxSide, TaxSide),
    ar: &'static str,
    en: &'static str,
) -> BoxDef {
    BoxDef { code, ar, en, content: BoxContent::Entries { group, base } }
}

const fn computed(code: &'static str, content: BoxContent, ar: &'static str, en: &'static str) -> BoxDef {
    BoxDef { code, ar, en, content }
}

const SALES: (TaxSide, TaxSide) = (TaxSide::Output, TaxSide::Output);
const PURCHASES: (TaxSide, TaxSide) = (TaxSide::Input, TaxSide::Input);
/// Owed and recovered by the same buyer: the base is what the supplier charged, however much of the VAT is recovered.
const REVERSE_CHARGE: (TaxSide, TaxSide) = (TaxSide::Input, TaxSide::Output);

/// The return of Saudi Arabia.
pub static KSA: &[BoxDef] = &[
    entries("1", SALES, "المبيعات الخاضعة للنسبة الأساسية", "Standard rated sales"),
    entries(
        "2",
        SALES,
        "المبيعات للمواطنين (الخدمات الصحية الخاصة والتعليم الأهلي)",
        "Sales to citizens (private healthcare and private education)",
    ),
    entries("3", SALES, "المبيعات المحلية الخاضعة لنسبة الصفر", "Zero-rated domestic sales"),
    entries("4", SALES, "الصادرات", "Exports"),
    entries("5", SALES, "المبيعات المعفاة", "Exempt sales"),
    computed("6", BoxContent::Total(&["1", "2", "3", "4", "5"]), "إجمالي المبيعات", "Total sales"),
    entries("7", PURCHASES, "المشتريات المحلية الخاضعة للنسبة الأساسية", "Standard rated domestic purchases"),
    entries(
        "8",
        PURCHASES,
        "الاستيرادات الخاضعة للضريبة المدفوعة في الجمارك",
        "Imports subject to VAT paid at customs",
    ),
    entries(
        "9",
        REVERSE_CHARGE,
        "الاستيرادات الخاضعة للضريبة وفق آلية الاحتساب العكسي",
        "Imports subject to VAT accounted for through the reverse charge mechanism",
    ),
    entries("10", PURCHASES, "المشتريات الخاضعة لنسبة الصفر", "Zero-rated purchases"),
    entries("11", PURCHASES, "المشتريات المعفاة", "Exempt purchases"),
    computed("12", BoxContent::Total(&["7", "8", "9", "10", "11"]), "إجمالي المشتريات", "Total purchases"),
    computed(
        "13",
        BoxContent::Due { output: "6", input: "12" },
        "إجمالي ضريبة القيمة المضافة المستحقة عن الفترة",
        "Total VAT due for the period",
    ),
    computed(
        "14",
        BoxContent::Corrections,
        "تصحيحات من الفترات السابقة",
        "Corrections from previous periods",
    ),
    computed(
        "15",
        BoxContent::CreditBroughtForward,
        "ضريبة القيمة المضافة المرحّلة من الفترات السابقة",
        "VAT credit carried forward from previous periods",
    ),
    computed(
        "16",
        BoxContent::Net,
        "صافي الضريبة المستحقة أو القابلة للاسترداد",
        "Net VAT due or reclaimable",
    ),
];

pub fn box_def(code: &str) -> Option<&'static BoxDef> {
    KSA.iter().find(|def| def.code == code)
}

/// The codes of the boxes that entries may name.
pub fn boxes_of_entries() -> Vec<&'static str> {
    let holds = |def: &&BoxDef| matches!(def.content, BoxContent::Entries { .. });
    KSA.iter().filter(holds).map(|def| def.code).collect()
}

impl BoxDef {
    /// The codes of the boxes whose entries make this one.
    pub fn parts(&self) -> Vec<&'static str> {
        match self.content {
            BoxContent::Entries { .. } => vec![self.code],
            BoxContent::Total(codes) => codes.to_vec(),
            BoxContent::Due { .. } | BoxContent::Net => boxes_of_entries(),
            BoxContent::Corrections | BoxContent::CreditBroughtForward => Vec::new(),
        }
    }
}
