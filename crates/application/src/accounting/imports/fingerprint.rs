//! The meaning of a file's entries as a number: files with the same entries have the same number, in whatever format
//! they are written and in whatever order their rows stand.

use domain::error::Violation;
use domain::ids::JobId;
use domain::money::CurrencyCode;
use domain::text::code_key;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::entry_file::{EntryFile, FileEntry, FileLine};
use super::error::IMPORT_DUPLICATE;
use crate::accounting::ports::imports::{EarlierImport, ImportNote};
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Currencies of a file for which the number is known before the company's is.
const CURRENCIES_MAX: usize = 4;

pub type Fingerprint = [u8; 32];

/// The number of a file, which depends on the company currency when the file names it: an empty cell means the same.
#[derive(Debug, Clone, Default)]
pub struct Fingerprints {
    /// The fingerprint for a company whose currency the file does not name.
    other: Fingerprint,
    named: Vec<(CurrencyCode, Fingerprint)>,
}

impl Fingerprints {
    /// Takes a while for a long file; to be done where blocking is allowed.
    pub fn of(file: &EntryFile) -> Self {
        let mut named: Vec<CurrencyCode> = Vec::new();
        for currency in file.lines.iter().filter_map(|line| line.currency) {
            if named.last() != Some(&currency) && !named.contains(&currency) {
                named.push(currency);
            }
            if named.len() > CURRENCIES_MAX {
                break;
            }
        }
        named.truncate(CURRENCIES_MAX);
        Self {
            other: of_file(file, None),
            named: named.into_iter().map(|currency| (currency, of_file(file, Some(currency)))).collect(),
        }
    }

    pub fn for_company(&self, file: &EntryFile, company: CurrencyCode) -> Fingerprint {
        match self.named.iter().find(|(currency, _)| *currency == company) {
            Some((_, fingerprint)) => *fingerprint,
            None if self.named.len() < CURRENCIES_MAX => self.other,
            None => of_file(file, Some(company)),
        }
    }
}

/// The values that many lines share, as they go into their numbers.
struct Shared<'a> {
    file: &'a EntryFile,
    company: Option<CurrencyCode>,
    accounts: Vec<String>,
    combinations: Vec<Fingerprint>,
}

fn of_file(file: &EntryFile, company: Option<CurrencyCode>) -> Fingerprint {
    let shared = Shared {
        file,
        company,
        accounts: file.accounts.texts().iter().map(|code| code_key(code)).collect(),
        combinations: file.combinations.iter().map(|pairs| of_combination(file, pairs)).collect(),
    };
    let mut entries: Vec<Fingerprint> = file.entries.iter().map(|entry| of_entry(&shared, entry)).collect();
    entries.sort_unstable();
    let mut hash = Sha256::new();
    entries.iter().for_each(|entry| hash.update(entry));
    hash.finalize().into()
}

fn of_combination(file: &EntryFile, pairs: &[(u32, u32)]) -> Fingerprint {
    let mut dimensions: Vec<(String, &str)> = pairs
        .iter()
        .map(|(dimension, value)| {
            let dimension = &file.dimensions[*dimension as usize];
            (code_key(&dimension.heading), dimension.values.get(*value))
        })
        .collect();
    dimensions.sort_unstable();
    let mut hash = Fields(Sha256::new());
    for (dimension, value) in dimensions {
        hash.text(Some(&dimension));
        hash.text(Some(value));
    }
    hash.0.finalize().into()
}

fn of_entry(shared: &Shared<'_>, entry: &FileEntry) -> Fingerprint {
    let file = shared.file;
    let mut hash = Fields(Sha256::new());
    hash.text(Some(&entry.label));
    hash.text(entry.date.map(|date| date.to_string()).as_deref());
    hash.text(entry.document_date.map(|date| date.to_string()).as_deref());
    hash.text(entry.journal.map(|journal| code_key(file.journals.get(journal))).as_deref());
    hash.text(entry.own_description());
    hash.text(entry.reference.as_deref());
    hash.text(entry.control_reason.as_deref());
    let currency = entry.currency.filter(|currency| Some(*currency) != shared.company);
    hash.text(currency.as_ref().map(CurrencyCode::as_str));
    let lines = file.lines[entry.lines.clone()].iter();
    let mut lines: Vec<Fingerprint> = lines.map(|line| of_line(shared, entry, line)).collect();
    lines.sort_unstable();
    lines.iter().for_each(|line| hash.0.update(line));
    hash.0.finalize().into()
}

fn of_line(shared: &Shared<'_>, entry: &FileEntry, line: &FileLine) -> Fingerprint {
    let mut hash = Fields(Sha256::new());
    hash.text(Some(&shared.accounts[line.account as usize]));
    let (debit, credit) = line.amount.columns();
    hash.0.update(debit.scaled().to_be_bytes());
    hash.0.update(credit.scaled().to_be_bytes());
    let currency = line.currency.filter(|currency| Some(*currency) != shared.company);
    hash.text(currency.as_ref().map(CurrencyCode::as_str));
    hash.text(shared.file.description(entry, line));
    hash.text(shared.file.reference(entry, line));
    if let Some(more) = line.more.as_deref() {
        hash.text(more.details.party.as_deref());
        hash.text(more.details.tax_code.as_deref());
        hash.text(more.details.due_date.map(|date| date.to_string()).as_deref());
        hash.text(more.rate.map(|rate| rate.to_string()).as_deref());
        hash.text(more.company_amount.map(|amount| amount.scaled().to_string()).as_deref());
    } else {
        (0..5).for_each(|_| hash.text(None));
    }
    // Only where there is one, so that files without the column keep the number that they had.
    if let Some(base) = line.more.as_deref().and_then(|more| more.details.tax_base) {
        hash.text(Some(&format!("tax_base {}", base.scaled())));
    }
    hash.0.update(shared.combinations[line.combination as usize]);
    hash.0.finalize().into()
}

/// Texts one after the other, so that no two rows of texts look alike.
pub(super) struct Fields(pub(super) Sha256);

impl Fields {
    pub(super) fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.0.update((text.len() as u64 + 1).to_be_bytes());
                self.0.update(text.as_bytes());
            }
            None => self.0.update(0_u64.to_be_bytes()),
        }
    }
}

/// Notes the file as imported, before anything of it is; refuses it when it was before and `allow` is not set.
///
/// A second import of the same file at the same time waits here for the end of the first one. Answers the import's id.
pub async fn note(
    uow: &mut dyn UnitOfWork,
    kind: &'static str,
    fingerprint: Fingerprint,
    (job, allow): (Option<JobId>, bool),
) -> AppResult<Uuid> {
    let earlier = uow.imports().earlier_import(kind, &fingerprint).await?;
    if let Some(earlier) = earlier.as_ref().filter(|_| !allow) {
        return Err(duplicate(earlier).into());
    }
    let id = job.map_or_else(|| uow.new_id(), |job| job.uuid());
    let occurrence = earlier.map_or(1, |earlier| earlier.occurrence + 1);
    let note = ImportNote { id, kind, fingerprint, occurrence, imported_at: uow.now() };
    uow.imports().note_import(&note).await?;
    Ok(id)
}

fn duplicate(earlier: &EarlierImport) -> Violation {
    let numbers = match (&earlier.first_number, &earlier.last_number) {
        (Some(first), Some(last)) if first == last => first.clone(),
        (Some(first), Some(last)) => format!("{first} – {last}"),
        _ => "-".to_owned(),
    };
    Violation::new(&IMPORT_DUPLICATE)
        .with("import", earlier.id)
        .with("at", earlier.imported_at)
        .with("entries", earlier.entries)
        .with("numbers", numbers)
}

#[cfg(test)]
mod tests {
    use domain::accounting::import_profile::FileReading;

    use super::super::{Content, ImportFormat, ImportKind, parse};
    use super::*;

    fn fingerprint(format: ImportFormat, text: &str) -> Fingerprint {
        let reading = FileReading::default();
        let parsed = parse(ImportKind::JournalEntries, format, &reading, text.as_bytes()).unwrap();
        let Content::Entries(file) = parsed.content else { panic!() };
        file.fingerprints.for_company(&file, CurrencyCode::parse("SAR").unwrap())
    }

    const FILE: &str = "entry,date,account,debit,credit,currency,project\n\
        1,2026-02-01,6210,12.50,,,P\n1,2026-02-01,1113,,12.50,,\n2,2026-02-02,6210,3,,USD,\n2,2026-02-02,1113,,3,USD,\n";

    #[test]
    fn what_means_the_same_is_the_same() {
        let known = fingerprint(ImportFormat::Csv, FILE);
        let same = [
            FILE.replace('\n', "\r\n"),
            format!("\u{feff}{FILE}"),
            FILE.replace("12.50", "12.5000"),
            FILE.replace("12.50,,,P", "12.50,,SAR,P"),
            FILE.replace(',', ";"),
            "date,entry,credit,debit,account,currency,project\n2026-02-02,2,3,,1113,USD,\n,1,12.50,,1113,,\n\
             2026-02-01,1,,12.5,6210,SAR,P\n2026-02-02,2,,3,6210,usd,\n"
                .to_owned(),
        ];
        for text in same {
            assert_eq!(fingerprint(ImportFormat::Csv, &text), known, "{text}");
        }
        let json = "{\"entry\":\"1\",\"date\":\"2026-02-01\",\"account\":\"6210\",\"debit\":12.5,\"dimensions\":{\"project\":\"P\"}}\n\
            {\"entry\":\"1\",\"account\":\"1113\",\"credit\":12.50}\n{\"entry\":2,\"date\":\"2026-02-02\",\"account\":\"6210\",\"debit\":3,\"currency\":\"USD\"}\n\
            {\"entry\":\"2\",\"account\":\"1113\",\"credit\":3,\"currency\":\"USD\"}\n";
        assert_eq!(fingerprint(ImportFormat::NdJson, json), known);
    }

    #[test]
    fn what_means_something_else_is_not() {
        let known = fingerprint(ImportFormat::Csv, FILE);
        for (from, to) in [
            ("12.50", "12.51"),
            ("2026-02-01", "2026-02-03"),
            ("6210", "6220"),
            ("USD", "EUR"),
            (",P", ",Q"),
            ("\n1,", "\n3,"),
        ] {
            assert_ne!(fingerprint(ImportFormat::Csv, &FILE.replace(from, to)), known, "{from} {to}");
        }
    }
}
