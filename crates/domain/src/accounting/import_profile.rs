//! Import profiles: how the files of one source are laid out and how their values are written.
//!
//! An import profile names the marks, digits and dates of a file, so that none of them is guessed, and a cell that does not fit them is refused.

mod marks;
#[cfg(test)]
mod tests;

pub use marks::{DateFormat, DecimalMark, Digits, ThousandsMark, ValueMarks};

use crate::error::{Violation, Violations};
use crate::ids::Id;
use crate::text::{Code, LocalizedName, search_form};

pub type ImportProfileId = Id<ImportProfile>;

/// Most columns that a profile maps, and most that it ignores.
pub const PROFILE_COLUMNS_MAX: usize = 100;
/// Longest heading of a file and longest name of a sheet.
pub const HEADING_LENGTH_MAX: usize = 100;
/// Longest value that stands for every row.
pub const FIXED_VALUE_LENGTH_MAX: usize = 200;
/// The last row that may hold the headings.
pub const HEADER_ROW_MAX: i64 = 100;

crate::errors! {
    IMPORT_MARKS_SAME = "import_marks_same", Rule, User,
        "The decimal mark and the thousands mark are both '{mark}', so that a number could be read in two ways.",
        "الفاصلة العشرية وفاصلة الآلاف كلتاهما '{mark}'، فيمكن قراءة العدد بطريقتين.";
    IMPORT_OPTION_OF_FORMAT = "import_option_of_format", Rule, User,
        "{option} is for files of the format {format} only.", "الخيار {option} للملفات بالصيغة {format} فقط.";
    IMPORT_PROFILE_TYPE = "import_profile_type", Rule, User,
        "The profile {code} is for imports of the type {type}.", "القالب {code} لعمليات الاستيراد من النوع {type}.";
    IMPORT_PROFILE_FORMAT = "import_profile_format", Rule, User,
        "The profile or the options are for files of the format {format}.", "القالب أو الخيارات للملفات بالصيغة {format}.";
    IMPORT_COLUMN_SOURCE = "import_column_source", Rule, User,
        "A column has either a heading, from which it is taken, or a value, which every row has.",
        "للعمود إما heading يؤخذ منه، أو value تأخذها كل الصفوف.";
    IMPORT_COLUMN_MAPPED_TWICE = "import_column_mapped_twice", Rule, User,
        "The column {column} is mapped twice.", "العمود {column} مربوط مرتين.";
    IMPORT_HEADING_IGNORED = "import_heading_ignored", Rule, User,
        "The heading '{heading}' is mapped and ignored at once.", "العنوان '{heading}' مربوط ومتجاهَل في آن واحد.";
}

crate::choices! {
    /// The kind of content of a file.
    pub enum ImportKind {
        Accounts = "accounts",
        JournalEntries = "journal-entries",
        OpeningBalances = "opening-balances",
        Parties = "parties",
        Items = "items",
        ItemUnits = "item-units",
        Prices = "prices",
        BudgetLines = "budget-lines",
        Invoices = "invoices",
        PurchaseInvoices = "purchase-invoices",
        CreditNotes = "credit-notes",
        Receipts = "receipts",
        Payments = "payments",
    }
}

impl ImportKind {
    /// Whether further columns of the file name dimensions.
    pub const fn takes_dimensions(self) -> bool {
        matches!(self, Self::JournalEntries | Self::OpeningBalances)
    }
}

crate::choices! {
    /// The format of files of a table.
    pub enum TableFormat {
        /// Text, with separators between the columns.
        Csv = "csv",
        /// A workbook of Office Open XML.
        Xlsx = "xlsx",
    }
}

crate::choices! {
    /// The separator between the columns of a text file.
    pub enum Delimiter {
        Comma = "comma",
        Semicolon = "semicolon",
        Tab = "tab",
        Pipe = "pipe",
    }
}

impl Delimiter {
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }

    pub fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|delimiter| delimiter.byte() == byte)
    }
}

crate::choices! {
    /// The characters that the bytes of a text file stand for.
    pub enum TextEncoding {
        Utf8 = "utf-8",
        /// UTF-16 with a byte order mark, which says which of its two forms it is.
        Utf16 = "utf-16",
        /// Arabic of Windows.
        Windows1256 = "windows-1256",
        /// Western European of Windows.
        Windows1252 = "windows-1252",
    }
}

/// The source of a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnSource {
    /// The column of the file with this heading.
    Heading(String),
    /// A constant value for every row, written as in requests: `1234.50`, `2026-12-31`.
    Value(String),
}

/// A column of an import, and what fills it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    /// The name of a column of the import, or the code of a dimension.
    pub column: String,
    pub source: ColumnSource,
}

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReading {
    /// `None`: as the media type or the file's line `sep=` says, or the separator that the header line has most of.
    pub delimiter: Option<Delimiter>,
    pub encoding: TextEncoding,
    /// `None` is the first sheet that is not hidden.
    pub sheet: Option<String>,
    /// The row with the headings, from 1; the rows above it are no data.
    pub header_row: u32,
    pub marks: ValueMarks,
    /// Other headings are understood as without a profile.
    pub columns: Vec<MappedColumn>,
    /// Headings whose columns are left aside.
    pub ignored: Vec<String>,
}

impl Default for FileReading {
    fn default() -> Self {
        Self {
            delimiter: None,
            encoding: TextEncoding::Utf8,
            sheet: None,
            header_row: 1,
            marks: ValueMarks::default(),
            columns: Vec::new(),
            ignored: Vec::new(),
        }
    }
}

/// A heading or a column's name without what people write differently: case, separators, Arabic letter variants.
pub fn plain_heading(heading: &str) -> String {
    search_form(heading).chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.')).collect()
}

impl FileReading {
    /// Everything that contradicts itself, at the members of a profile.
    pub fn check(&self, format: TableFormat) -> Vec<Violation> {
        let mut violations = Violations::new();
        let mark = self.marks.decimal.character();
        if self.marks.thousands.characters().contains(&mark) {
            violations.push(Violation::new(&IMPORT_MARKS_SAME).with("mark", mark).at("/thousandsMark"));
        }
        let mut only = |given: bool, option: &str, of: TableFormat| {
            if given && format != of {
                let refused = Violation::new(&IMPORT_OPTION_OF_FORMAT).with("option", option);
                violations.push(refused.with("format", of).at(format!("/{option}")));
            }
        };
        only(self.delimiter.is_some(), "delimiter", TableFormat::Csv);
        only(self.encoding != TextEncoding::Utf8, "encoding", TableFormat::Csv);
        only(self.sheet.is_some(), "sheet", TableFormat::Xlsx);
        self.check_columns(&mut violations);
        violations.into_vec()
    }

    fn check_columns(&self, violations: &mut Violations) {
        let ignored: Vec<String> = self.ignored.iter().map(|heading| plain_heading(heading)).collect();
        let mut seen: Vec<String> = Vec::with_capacity(self.columns.len());
        for (index, mapped) in self.columns.iter().enumerate() {
            let column = plain_heading(&mapped.column);
            if seen.contains(&column) {
                let twice = Violation::new(&IMPORT_COLUMN_MAPPED_TWICE).with("column", &mapped.column);
                violations.push(twice.at(format!("/columns/{index}/column")));
            }
            seen.push(column);
            if let ColumnSource::Heading(heading) = &mapped.source
                && ignored.contains(&plain_heading(heading))
            {
                let both = Violation::new(&IMPORT_HEADING_IGNORED).with("heading", heading);
                violations.push(both.at(format!("/columns/{index}/heading")));
            }
        }
    }
}

/// How the files of one source are read, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProfile {
    pub id: ImportProfileId,
    pub code: Code,
    pub name: LocalizedName,
    pub import_type: ImportKind,
    pub format: TableFormat,
    pub reading: FileReading,
    pub version: i64,
}
