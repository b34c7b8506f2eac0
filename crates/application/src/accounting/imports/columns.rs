//! The columns of each kind of file: their names, whom they belong to, what an empty cell means.
//!
//! These tables are the whole truth: parser, OpenAPI document and docs/IMPORTS.md are made from them.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::LazyLock;

use domain::accounting::import_profile::plain_heading;

use super::ImportKind;
use super::budget_file::BUDGET_NAMES;
use super::document_columns::{BILL_NAMES, CREDIT_NOTE_NAMES, INVOICE_NAMES, MONEY_NAMES};
use super::item_columns::{ITEM_NAMES, ITEM_UNIT_NAMES, PRICE_NAMES};
use super::nearest::nearest;
use super::party_columns::PARTY_NAMES;

/// A column of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Entry,
    Date,
    Journal,
    Description,
    EntryReference,
    DocumentDate,
    ControlReason,
    Account,
    Debit,
    Credit,
    Currency,
    Rate,
    CompanyAmount,
    LineDescription,
    Reference,
    Party,
    DueDate,
    TaxCode,
    TaxBase,
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
    DefaultDimensions,
    Country,
    Kind,
    IsCustomer,
    IsSupplier,
    Group,
    VatNumber,
    CrNumber,
    IdScheme,
    IdNumber,
    Street,
    Building,
    AdditionalNumber,
    District,
    City,
    PostalCode,
    Province,
    ShortAddress,
    Email,
    Phone,
    PaymentTerms,
    PriceList,
    CreditLimit,
    Iban,
    Update,
    Category,
    BaseUnit,
    Barcode,
    SalesUnit,
    PurchaseUnit,
    SalesPrice,
    TaxSale,
    TaxPurchase,
    Weight,
    Volume,
    HsCode,
    MatchPolicy,
    OverReceiptPercent,
    Blocked,
    BlockedReason,
    Item,
    Unit,
    Numerator,
    Denominator,
    List,
    Price,
    QuantityFrom,
    ValidFrom,
    ValidTo,
    DiscountPercent,
    Document,
    Quantity,
    UnitPrice,
    DiscountAmount,
    PricesIncludeVat,
    DocumentDiscount,
    Charge,
    ChargeTaxCode,
    SupplierNumber,
    CorrectsNumber,
    CorrectsDate,
    Reason,
    NoteKind,
    Amount,
    Method,
    Invoice,
    Branch,
    Charges,
    Budget,
    Dimensions,
}

/// How many columns there are.
pub const COLUMNS: usize = Column::Dimensions as usize + 1;

/// Whom a cell belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The entry: its rows name one value or none, wherever among them.
    Entry,
    /// The document, likewise.
    Document,
    /// The row's own line.
    Line,
    /// The row's own account.
    Account,
    /// The row's own party.
    Party,
    /// The row's own item.
    Item,
    /// The row alone.
    Row,
}

/// A column with its name, its other names and what it means. Names are compared without case, spaces, `_` and `-`.
#[derive(Debug)]
pub struct Named {
    pub column: Column,
    pub name: &'static str,
    pub others: &'static [&'static str],
    pub of: Of,
    pub required: bool,
    pub empty: &'static str,
}

pub(super) const fn named(
    (column, name, of, required): (Column, &'static str, Of, bool),
    others: &'static [&'static str],
    empty: &'static str,
) -> Named {
    Named { column, name, others, of, required, empty }
}

/// The columns of one kind of file, by every way to write them.
pub struct Columns {
    pub all: &'static [Named],
    /// Words of other programs that name no column here, and the one that is meant.
    meant: &'static [(&'static str, Column)],
    by_name: HashMap<String, Column>,
}

impl Columns {
    fn new(all: &'static [Named], meant: &'static [(&'static str, Column)]) -> Self {
        let names = all.iter().flat_map(|named| {
            let words = named.others.iter().copied().chain([named.name]);
            words.map(|word| (plain_heading(word), named.column))
        });
        Self { all, meant, by_name: names.collect() }
    }

    /// The column that a heading means.
    pub fn column(&self, heading: &str) -> Option<Column> {
        // Most headings are written as this product writes them.
        let exact = self.all.iter().find(|named| named.name == heading).map(|named| named.column);
        exact.or_else(|| self.by_name.get(&plain_heading(heading)).copied())
    }

    pub fn names(&self) -> String {
        self.all.iter().map(|named| named.name).collect::<Vec<_>>().join(", ")
    }

    /// The known name that a heading was probably meant to be.
    pub fn nearest(&self, heading: &str) -> String {
        nearest(heading, self, std::iter::empty()).name
    }

    /// Every word that a mistyped heading may have been, with the name to give for it.
    pub fn words(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.all.iter().flat_map(|named| {
            let others = named.others.iter().map(|word| (*word, *word));
            others.chain([(named.name, named.name)])
        })
    }

    /// The name of the column that another program's word stands for.
    pub fn meant(&self, heading: &str) -> Option<&'static str> {
        let heading = plain_heading(heading);
        self.meant.iter().find(|(word, _)| plain_heading(word) == heading).map(|(_, column)| name(*column))
    }

    /// The columns as a table in Markdown.
    pub fn table(&self) -> String {
        let mut table =
            "| column | of | required | an empty cell, or no column | also |\n|---|---|---|---|---|\n"
                .to_owned();
        for named in self.all {
            let of = match named.of {
                Of::Entry => "entry",
                Of::Document => "document",
                Of::Line => "line",
                Of::Account => "account",
                Of::Party => "party",
                Of::Item => "item",
                Of::Row => "row",
            };
            let required = if named.required { "yes" } else { "" };
            let also: Vec<_> = named.others.iter().map(|word| format!("`{word}`")).collect();
            let (name, empty) = (named.name, named.empty);
            let _ = writeln!(table, "| `{name}` | {of} | {required} | {empty} | {} |", also.join(", "));
        }
        table
    }
}

/// The kind of value that the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Text,
    Number,
    Percent,
    Date,
}

pub(super) const fn cell_kind(column: Column) -> CellKind {
    match column {
        Column::Date
        | Column::DocumentDate
        | Column::DueDate
        | Column::ValidFrom
        | Column::ValidTo
        | Column::CorrectsDate => CellKind::Date,
        Column::DiscountPercent | Column::OverReceiptPercent => CellKind::Percent,
        Column::Debit
        | Column::Credit
        | Column::Rate
        | Column::CompanyAmount
        | Column::TaxBase
        | Column::CreditLimit
        | Column::SalesPrice
        | Column::Weight
        | Column::Volume
        | Column::Numerator
        | Column::Denominator
        | Column::Price
        | Column::QuantityFrom
        | Column::Quantity
        | Column::UnitPrice
        | Column::DiscountAmount
        | Column::DocumentDiscount
        | Column::Charge
        | Column::Amount
        | Column::Charges => CellKind::Number,
        _ => CellKind::Text,
    }
}

static ENTRY_NAMES: &[Named] = &[
    named(
        (Column::Entry, "entry", Of::Entry, true),
        &["entry id", "entry no", "entry number", "journal entry", "القيد", "رقم القيد"],
        "refused; in opening balances all rows are one entry",
    ),
    named(
        (Column::Date, "date", Of::Entry, true),
        &["posting date", "التاريخ", "تاريخ"],
        "the date that other rows of the entry name; refused when none does; of opening balances the parameter `date`, or the first day of the books",
    ),
    named(
        (Column::Journal, "journal", Of::Entry, false),
        &["journal code", "دفتر اليومية"],
        "the journal that other rows of the entry name, or the parameter `journal`",
    ),
    named(
        (Column::Description, "description", Of::Entry, false),
        &["narration", "memo", "البيان", "الوصف"],
        "the description that the other rows of the entry agree on. Rows that differ keep theirs on their lines, and the entry has none",
    ),
    named(
        (Column::EntryReference, "entry_reference", Of::Entry, false),
        &["مرجع القيد"],
        "the `reference` that all its rows agree on, or else the `entry`; none in opening balances",
    ),
    named((Column::DocumentDate, "document_date", Of::Entry, false), &["تاريخ المستند"], "none"),
    named(
        (Column::ControlReason, "control_reason", Of::Entry, false),
        &["سبب الترحيل"],
        "none; opening balances need none",
    ),
    named((Column::Account, "account", Of::Line, true), &["account code", "الحساب", "رمز الحساب"], "refused"),
    named(
        (Column::Debit, "debit", Of::Line, true),
        &["dr", "مدين"],
        "zero; a line has either debit or credit",
    ),
    named((Column::Credit, "credit", Of::Line, true), &["cr", "دائن"], "zero"),
    named(
        (Column::Currency, "currency", Of::Line, false),
        &["currency code", "العملة"],
        "the company currency, whatever other rows say",
    ),
    named(
        (Column::Rate, "rate", Of::Line, false),
        &["exchange rate", "سعر الصرف"],
        "the rate of the posting date",
    ),
    named(
        (Column::CompanyAmount, "company_amount", Of::Line, false),
        &["base amount", "المبلغ بعملة الشركة"],
        "converted at the rate",
    ),
    named(
        (Column::LineDescription, "line_description", Of::Line, false),
        &["line note", "line memo", "بيان السطر"],
        "the entry's description",
    ),
    named((Column::Reference, "reference", Of::Line, false), &["ref", "المرجع"], "none"),
    named((Column::Party, "party", Of::Line, false), &["partner", "الطرف"], "none"),
    named((Column::DueDate, "due_date", Of::Line, false), &["تاريخ الاستحقاق"], "none"),
    named((Column::TaxCode, "tax_code", Of::Line, false), &["رمز الضريبة"], "none"),
    named(
        (Column::TaxBase, "tax_base", Of::Line, false),
        &["taxable amount", "وعاء الضريبة"],
        "told by the other lines with the tax code; refused on VAT accounts where they do not",
    ),
];

static ENTRY_MEANT: &[(&str, Column)] = &[
    ("amount", Column::Debit),
    ("value", Column::Debit),
    ("balance", Column::Debit),
    ("المبلغ", Column::Debit),
    ("number", Column::Entry),
    ("no", Column::Entry),
    ("id", Column::Entry),
    ("الرقم", Column::Entry),
    ("note", Column::LineDescription),
    ("notes", Column::LineDescription),
    ("comment", Column::LineDescription),
    ("comments", Column::LineDescription),
    ("remark", Column::LineDescription),
    ("remarks", Column::LineDescription),
    ("ملاحظات", Column::LineDescription),
    ("account name", Column::Account),
    ("account id", Column::Account),
    ("journal id", Column::Journal),
    ("tax", Column::TaxCode),
];

static ACCOUNT_NAMES: &[Named] = &[
    named(
        (Column::Code, "code", Of::Account, true),
        &["account", "account code", "الرمز", "رمز الحساب"],
        "refused",
    ),
    named((Column::Type, "type", Of::Account, true), &["account type", "النوع"], "refused"),
    named(
        (Column::ParentCode, "parent_code", Of::Account, false),
        &["parent", "الحساب الأب"],
        "none; kept by an existing account, as in every column below",
    ),
    named(
        (Column::Name, "name", Of::Account, false),
        &["account name", "الاسم", "اسم الحساب"],
        "`name_ar` or `name_en` is needed; `name` is Arabic or English by its letters",
    ),
    named(
        (Column::NameAr, "name_ar", Of::Account, false),
        &["arabic name", "الاسم بالعربية"],
        "`name`, if that is Arabic",
    ),
    named(
        (Column::NameEn, "name_en", Of::Account, false),
        &["english name", "الاسم بالإنجليزية"],
        "`name`, if that is not Arabic",
    ),
    named((Column::Subtype, "subtype", Of::Account, false), &["النوع الفرعي"], "none"),
    named(
        (Column::IsPosting, "is_posting", Of::Account, false),
        &["posting", "يقبل الترحيل"],
        "`false` for an account that others of the file lie below, otherwise `true`",
    ),
    named((Column::Currency, "currency", Of::Account, false), &["currency code", "العملة"], "any currency"),
    named((Column::Control, "control", Of::Account, false), &["control kind", "حساب مراقبة"], "`none`"),
    named((Column::CashFlow, "cash_flow", Of::Account, false), &["التدفق النقدي"], "`none`"),
    named(
        (Column::Reconcilable, "reconcilable", Of::Account, false),
        &["is reconcilable", "قابل للمطابقة"],
        "`false`",
    ),
    named(
        (Column::DefaultDimensions, "default_dimensions", Of::Account, false),
        &["default dimension values", "الأبعاد الافتراضية"],
        "none; otherwise the values of lines that name none, such as `cost-centre=ADMIN; branch=RUH`",
    ),
    named((Column::Active, "active", Of::Account, false), &["is active", "نشط"], "`true`"),
];

static ENTRY_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(ENTRY_NAMES, ENTRY_MEANT));
static ACCOUNT_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(ACCOUNT_NAMES, &[]));
static PARTY_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(PARTY_NAMES, &[]));
static ITEM_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(ITEM_NAMES, &[]));
static ITEM_UNIT_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(ITEM_UNIT_NAMES, &[]));
static PRICE_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(PRICE_NAMES, &[]));
static INVOICE_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(INVOICE_NAMES, &[]));
static BILL_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(BILL_NAMES, &[]));
static CREDIT_NOTE_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(CREDIT_NOTE_NAMES, &[]));
static BUDGET_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(BUDGET_NAMES, &[]));
static MONEY_COLUMNS: LazyLock<Columns> = LazyLock::new(|| Columns::new(MONEY_NAMES, &[]));

/// The columns of a kind of file.
pub fn of(kind: ImportKind) -> &'static Columns {
    match kind {
        ImportKind::Accounts => &ACCOUNT_COLUMNS,
        ImportKind::Parties => &PARTY_COLUMNS,
        ImportKind::JournalEntries | ImportKind::OpeningBalances => &ENTRY_COLUMNS,
        ImportKind::Items => &ITEM_COLUMNS,
        ImportKind::ItemUnits => &ITEM_UNIT_COLUMNS,
        ImportKind::Prices => &PRICE_COLUMNS,
        ImportKind::BudgetLines => &BUDGET_COLUMNS,
        ImportKind::Invoices => &INVOICE_COLUMNS,
        ImportKind::PurchaseInvoices => &BILL_COLUMNS,
        ImportKind::CreditNotes => &CREDIT_NOTE_COLUMNS,
        ImportKind::Receipts | ImportKind::Payments => &MONEY_COLUMNS,
    }
}

/// The name of a column as this product writes it.
pub fn name(column: Column) -> &'static str {
    definition(column).map_or("", |named| named.name)
}

/// Whether a column says something about the entry as a whole.
pub fn is_of_entry(column: Column) -> bool {
    definition(column).is_some_and(|named| named.of == Of::Entry)
}

fn definition(column: Column) -> Option<&'static Named> {
    let records =
        [ENTRY_NAMES, ACCOUNT_NAMES, PARTY_NAMES, ITEM_NAMES, ITEM_UNIT_NAMES, PRICE_NAMES, BUDGET_NAMES];
    let documents = [INVOICE_NAMES, BILL_NAMES, CREDIT_NOTE_NAMES, MONEY_NAMES];
    records.into_iter().chain(documents).flatten().find(|named| named.column == column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_as_people_write_them() {
        let columns = of(ImportKind::JournalEntries);
        for (heading, column) in [
            ("Posting Date", Column::Date),
            ("ACCOUNT_CODE", Column::Account),
            ("line-note", Column::LineDescription),
            ("تاريخ المستند", Column::DocumentDate),
            ("رقم القيد", Column::Entry),
            ("documentDate", Column::DocumentDate),
            ("companyAmount", Column::CompanyAmount),
            ("currencyCode", Column::Currency),
        ] {
            assert_eq!(columns.column(heading), Some(column), "{heading}");
        }
        assert_eq!(columns.column("discription"), None);
        assert_eq!(columns.meant("Notes"), Some("line_description"));
    }

    #[test]
    fn no_word_means_two_columns() {
        for kind in ImportKind::ALL.iter().copied() {
            let columns = of(kind);
            assert_eq!(columns.by_name.len(), columns.words().count());
        }
    }
}
