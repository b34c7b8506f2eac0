//! Import profiles: how the files of one source are read, saved under a name.

mod columns;
mod words;

use async_trait::async_trait;
use domain::accounting::import_profile::{
    DateFormat, DecimalMark, Delimiter, Digits, FileReading, HEADER_ROW_MAX, HEADING_LENGTH_MAX,
    IMPORT_COLUMN_MAPPED_TWICE, IMPORT_COLUMN_SOURCE, IMPORT_HEADING_IGNORED, IMPORT_MARKS_SAME,
    IMPORT_OPTION_OF_FORMAT, ImportKind, ImportProfile, ImportProfileId, PROFILE_COLUMNS_MAX, TableFormat,
    TextEncoding, ThousandsMark, ValueMarks,
};
use domain::error::Violations;
use domain::ids::TenantId;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

pub use self::columns::{MappedColumnBody, MappedColumnView, check_columns};
use super::imports::error::IMPORT_COLUMN_UNKNOWN;
use crate::changes::unknown_reference;
use crate::error::{AppError, AppResult};
use crate::master_data::registry::MasterReads;
use crate::master_data::{Check, Described, MasterData, Reads};
use crate::paging::{FieldKind, FilterOp, FilterValue, ListQuery};
use crate::views::NameView;
use crate::wire::{Int, List, Optional, Patch, RequiredText};
use crate::{request, resource, view};

request! {
    /// A new import profile.
    pub struct NewImportProfile as CreateImportProfileBody {
        /// Short code, unique in the tenant; `POST /imports?profile=` names it.
        code: Code = "BANK-DE",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "كشف البنك", "en": "Bank statement" },
        /// The type of the imports that it is for.
        import_type: ImportKind = "journal-entries",
        /// The format of the files.
        format: TableFormat => "csv",
        /// The separator between the columns of a CSV file. By default the file's line `sep=` says it, or the header line has most
        /// of it.
        delimiter: Option<Delimiter> = "semicolon",
        /// The encoding of a CSV file. UTF-16 has a byte order mark.
        encoding: TextEncoding => "utf-8",
        /// The sheet of an XLSX file; by default the first one that is not hidden.
        sheet: Option<RequiredText<HEADING_LENGTH_MAX>>,
        /// The row with the headings; the rows above it are left aside.
        header_row: Int<1, HEADER_ROW_MAX> => 1,
        /// How dates are written as text: `iso` is `2026-12-31`, `dmy-slash` `31/12/2026`, `dmy-dot` `31.12.2026`. A day or month below ten
        /// may lack its zero.
        date_format: DateFormat => "iso",
        /// The mark before the decimals.
        decimal_mark: DecimalMark => "point",
        /// The mark between groups of three digits.
        thousands_mark: ThousandsMark => "none",
        /// The digits of numbers and dates. Codes are understood in any.
        digits: Digits => "latin",
        /// Columns and the headings or values that fill them. Other headings are understood as without a profile.
        columns: List<MappedColumnBody, PROFILE_COLUMNS_MAX> = [{ "column": "debit", "heading": "Soll" }] => [],
        /// Headings whose columns are left aside.
        ignored_columns: List<RequiredText<HEADING_LENGTH_MAX>, PROFILE_COLUMNS_MAX> => [],
    }

    /// Changes to an import profile (JSON Merge Patch). Members that are left out stay as they are.
    pub struct ImportProfileChange as UpdateImportProfileBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The type of the imports that it is for.
        import_type: Optional<ImportKind>,
        /// The format of the files.
        format: Optional<TableFormat>,
        /// The separator between the columns of a CSV file.
        delimiter: Patch<Delimiter>,
        /// The encoding of a CSV file.
        encoding: Optional<TextEncoding>,
        /// The sheet of an XLSX file.
        sheet: Patch<RequiredText<HEADING_LENGTH_MAX>>,
        /// The row with the headings.
        header_row: Optional<Int<1, HEADER_ROW_MAX>>,
        /// How dates are written as text.
        date_format: Optional<DateFormat>,
        /// The mark before the decimals.
        decimal_mark: Optional<DecimalMark>,
        /// The mark between groups of three digits.
        thousands_mark: Optional<ThousandsMark>,
        /// The digits of numbers and dates.
        digits: Optional<Digits>,
        /// All columns that are mapped.
        columns: Optional<List<MappedColumnBody, PROFILE_COLUMNS_MAX>>,
        /// All headings whose columns are left aside.
        ignored_columns: Optional<List<RequiredText<HEADING_LENGTH_MAX>, PROFILE_COLUMNS_MAX>>,
    }
}

view! {
    /// How the files of one source are read.
    pub struct ImportProfileView of ImportProfile {
        id: Uuid,
        code: String,
        name: NameView,
        /// The type of the imports that it is for.
        import_type: &'static str,
        /// `csv` or `xlsx`
        format: &'static str,
        /// `comma`, `semicolon`, `tab` or `pipe`; null where the file says it.
        delimiter: Option<&'static str> = |profile| profile.reading.delimiter.map(Delimiter::as_str),
        /// `utf-8`, `utf-16`, `windows-1252` or `windows-1256`
        encoding: &'static str = |profile| profile.reading.encoding.as_str(),
        /// Null is the first sheet that is not hidden.
        sheet: Option<String> = |profile| profile.reading.sheet.clone(),
        header_row: u32 = |profile| profile.reading.header_row,
        /// `iso`, `ymd-slash`, `ymd-joined`, `dmy-slash`, `dmy-hyphen`, `dmy-dot` or `mdy-slash`
        date_format: &'static str = |profile| profile.reading.marks.date_format.as_str(),
        /// `point`, `comma` or `arabic`
        decimal_mark: &'static str = |profile| profile.reading.marks.decimal.as_str(),
        /// `none`, `point`, `comma`, `space`, `apostrophe` or `arabic`
        thousands_mark: &'static str = |profile| profile.reading.marks.thousands.as_str(),
        /// `latin`, `arabic-indic`, `persian` or `any`
        digits: &'static str = |profile| profile.reading.marks.digits.as_str(),
        /// Columns and what fills them.
        columns: Vec<MappedColumnView> = |profile| columns::shown(&profile.reading.columns),
        /// Headings whose columns are left aside.
        ignored_columns: Vec<String> = |profile| profile.reading.ignored.clone(),
    }
}

resource! {
    ImportProfile by id: ImportProfileId
        = "accounting", "import_profile", "import_profiles" at "/import-profiles", "/import-profiles/{id}";
    en: "an", "import profile", "import profiles"; ar: "قوالب الاستيراد";
    about: "How files are read by imports: separators, encodings, marks, digits, dates and headings of one source of files.";
    bodies: NewImportProfile, ImportProfileChange => ImportProfileView; unique code;
    list: id sortable, code sortable, name, import_type = FieldKind::Word(ImportKind::WORDS),
        format = FieldKind::Word(TableFormat::WORDS);
    order: code;
    refuses:
        create [&IMPORT_MARKS_SAME, &IMPORT_OPTION_OF_FORMAT, &IMPORT_COLUMN_SOURCE, &IMPORT_COLUMN_MAPPED_TWICE,
            &IMPORT_HEADING_IGNORED, &IMPORT_COLUMN_UNKNOWN],
        change [&IMPORT_MARKS_SAME, &IMPORT_OPTION_OF_FORMAT, &IMPORT_COLUMN_SOURCE, &IMPORT_COLUMN_MAPPED_TWICE,
            &IMPORT_HEADING_IGNORED, &IMPORT_COLUMN_UNKNOWN],
        delete [];
}

#[async_trait]
impl MasterData for ImportProfile {
    async fn create(
        new: &NewImportProfile,
        id: ImportProfileId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let columns = columns::mapped(&new.columns.0, &mut check.violations);
        let profile = Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            import_type: new.import_type,
            format: new.format,
            reading: FileReading {
                delimiter: new.delimiter,
                encoding: new.encoding,
                sheet: new.sheet.clone().map(String::from),
                header_row: row(new.header_row.0),
                marks: ValueMarks {
                    date_format: new.date_format,
                    decimal: new.decimal_mark,
                    thousands: new.thousands_mark,
                    digits: new.digits,
                },
                columns,
                ignored: texts(&new.ignored_columns.0),
            },
            version: 1,
        };
        Ok(profile.checked(&mut check.violations))
    }

    async fn change(&self, change: &ImportProfileChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let old = &self.reading;
        let columns = match &change.columns.0 {
            Some(bodies) => columns::mapped(&bodies.0, &mut check.violations),
            None => old.columns.clone(),
        };
        let profile = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            import_type: change.import_type.or(&self.import_type),
            format: change.format.or(&self.format),
            reading: FileReading {
                delimiter: change.delimiter.or(&old.delimiter),
                encoding: change.encoding.or(&old.encoding),
                sheet: change.sheet.or(&old.sheet),
                header_row: change.header_row.0.as_ref().map_or(old.header_row, |number| row(number.0)),
                marks: ValueMarks {
                    date_format: change.date_format.or(&old.marks.date_format),
                    decimal: change.decimal_mark.or(&old.marks.decimal),
                    thousands: change.thousands_mark.or(&old.marks.thousands),
                    digits: change.digits.or(&old.marks.digits),
                },
                columns,
                ignored: change
                    .ignored_columns
                    .0
                    .as_ref()
                    .map_or_else(|| old.ignored.clone(), |list| texts(&list.0)),
            },
            ..self.clone()
        };
        Ok(profile.checked(&mut check.violations))
    }
}

/// A profile that does not contradict itself and maps columns that there are.
trait Checked: Sized {
    fn checked(self, violations: &mut Violations) -> Option<Self>;
}

impl Checked for ImportProfile {
    fn checked(self, violations: &mut Violations) -> Option<Self> {
        violations.extend(self.reading.check(self.format));
        check_columns(self.import_type, &self.reading.columns, violations);
        violations.is_empty().then_some(self)
    }
}

/// The profile with a code, or the error of the parameter that names it.
pub async fn find_profile(
    reads: &dyn MasterReads,
    tenant: TenantId,
    code: &Code,
) -> AppResult<ImportProfile> {
    let unknown = || AppError::from(unknown_reference("?profile", ImportProfile::RESOURCE.entity, code));
    let query = ListQuery::page(1, None).filter("code", FilterOp::Eq, FilterValue::Text(code.to_string()));
    let page = Reads::<ImportProfile>::page(reads, tenant, (), &query).await?;
    let found = page.into_iter().flat_map(|page| page.items).next().ok_or_else(unknown)?;
    let stored = Reads::<ImportProfile>::one(reads, tenant, ImportProfileId::new(found.id)).await?;
    Ok(stored.ok_or_else(unknown)?.value)
}

/// A row whose bounds were checked when it was read.
fn row(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(1)
}

fn texts(texts: &[RequiredText<HEADING_LENGTH_MAX>]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}
