//! Names of columns: how they are written, and what they are also called.

/// A column of a file of accounts or of journal entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Entry,
    Date,
    Description,
    Account,
    Debit,
    Credit,
    Currency,
    LineDescription,
    Reference,
    DocumentDate,
    Party,
    DueDate,
    Rate,
    CompanyAmount,
    TaxCode,
    ControlReason,
    Journal,
    Code,
    ParentCode,
    Name,
    NameAr,
    NameEn,
    Type,
    Subtype,
    IsPosting,
    Control,
    CashFlow,
    Active,
    Reconcilable,
}

/// How many columns there are.
pub const COLUMNS: usize = Column::Reconcilable as usize + 1;

/// A column with its name and its other names. Names are compared without case, spaces, `_` and `-`.
type Named = (Column, &'static str, &'static [&'static str]);

pub static ENTRY_COLUMNS: &[Named] = &[
    (Column::Entry, "entry", &["entryid", "entryno", "entrynumber", "journalentry", "القيد", "رقمالقيد"]),
    (Column::Date, "date", &["postingdate", "التاريخ", "تاريخ"]),
    (Column::Description, "description", &["narration", "memo", "البيان", "الوصف"]),
    (Column::Account, "account", &["accountcode", "الحساب", "رمزالحساب"]),
    (Column::Debit, "debit", &["dr", "مدين"]),
    (Column::Credit, "credit", &["cr", "دائن"]),
    (Column::Currency, "currency", &["currencycode", "العملة"]),
    (Column::LineDescription, "line_description", &["linenote", "linememo", "بيانالسطر"]),
    (Column::Reference, "reference", &["ref", "المرجع"]),
    (Column::DocumentDate, "document_date", &["تاريخالمستند"]),
    (Column::Party, "party", &["partner", "الطرف"]),
    (Column::DueDate, "due_date", &["تاريخالاستحقاق"]),
    (Column::Rate, "rate", &["exchangerate", "سعرالصرف"]),
    (Column::CompanyAmount, "company_amount", &["baseamount"]),
    (Column::TaxCode, "tax_code", &["رمزالضريبة"]),
    (Column::ControlReason, "control_reason", &[]),
    (Column::Journal, "journal", &["journalcode", "دفتراليومية"]),
];

pub static ACCOUNT_COLUMNS: &[Named] = &[
    (Column::Code, "code", &["account", "accountcode", "الرمز", "رمزالحساب"]),
    (Column::ParentCode, "parent_code", &["parent", "الحسابالأب"]),
    (Column::Name, "name", &["accountname", "الاسم", "اسمالحساب"]),
    (Column::NameAr, "name_ar", &["arabicname", "الاسمبالعربية"]),
    (Column::NameEn, "name_en", &["englishname", "الاسمبالإنجليزية"]),
    (Column::Type, "type", &["accounttype", "النوع"]),
    (Column::Subtype, "subtype", &[]),
    (Column::IsPosting, "is_posting", &["posting"]),
    (Column::Currency, "currency", &["currencycode", "العملة"]),
    (Column::Control, "control", &["controlkind"]),
    (Column::CashFlow, "cash_flow", &[]),
    (Column::Active, "active", &["isactive"]),
    (Column::Reconcilable, "reconcilable", &["isreconcilable"]),
];

/// The column that a header means.
pub fn column(names: &[Named], header: &str) -> Option<Column> {
    let plain: String = header
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect();
    let found = names
        .iter()
        .find(|(_, name, others)| name.replace('_', "") == plain || others.contains(&plain.as_str()));
    found.map(|(column, ..)| *column)
}

/// The name of a column as this product writes it.
pub fn name(column: Column) -> &'static str {
    ENTRY_COLUMNS
        .iter()
        .chain(ACCOUNT_COLUMNS)
        .find(|(known, ..)| *known == column)
        .map_or("", |(_, name, _)| *name)
}
