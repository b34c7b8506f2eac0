//! Journals: the books that entries are posted in.

mod series;

use async_trait::async_trait;
use domain::accounting::journal::{JOURNAL_USED_NO_CHANGE, Journal, JournalKind};
use domain::error::Violation;
use domain::ids::{JournalId, NumberSeriesId};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use self::series::{pointer, resolve, series_after};
use super::error::{JOURNAL_SERIES_FIXED, JOURNAL_UNKNOWN};
use super::ports::ledger::JournalKey;
use crate::error::AppResult;
use crate::master_data::{Check, MasterData};
use crate::reference::{Reference, by_id_or_code};
use crate::views::NameView;
use crate::wire::{Optional, REQUIRED};
use crate::{request, resource, shown_word, view, word_type};

word_type!(JournalKind, "journalKind");
shown_word!(JournalKind);

request! {
    /// A new journal.
    pub struct NewJournal as CreateJournalBody {
        /// Short code, unique in the tenant.
        code: Code = "ADJ",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "يومية التسويات", "en": "Adjustments" },
        /// Decides which locks apply to its entries.
        kind: JournalKind => "general",
        /// The series that numbers its entries, by id.
        number_series_id: Option<NumberSeriesId>,
        /// The series by its code. One of the two is required.
        number_series_code: Option<Code> = "GENERAL",
        /// Whether the journal takes entries.
        active: bool => true,
    }

    /// Changes to a journal (JSON Merge Patch). Members that are left out stay as they are.
    pub struct JournalChange as UpdateJournalBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// Cannot change once the journal has entries.
        kind: Optional<JournalKind>,
        /// The series that numbers its entries, by id. Cannot change once the journal has entries.
        number_series_id: Optional<NumberSeriesId>,
        /// The series by its code.
        number_series_code: Optional<Code>,
        /// Whether the journal takes entries.
        active: Optional<bool>,
    }
}

view! {
    /// A book of entries.
    pub struct JournalView of Journal {
        id: Uuid,
        code: String,
        name: NameView,
        /// `general`, `sales`, `purchase`, `bank`, `cash`, `opening` or `closing`; decides which locks apply.
        kind: &'static str,
        /// The series that numbers its entries.
        number_series_id: Uuid,
        active: bool,
    }
}

resource! {
    Journal by id: JournalId = "accounting", "journal", "journals" at "/journals", "/journals/{id}";
    en: "a", "journal", "journals"; ar: "دفاتر اليومية";
    about: "The books that entries are posted in, each with its own hash chain.";
    bodies: NewJournal, JournalChange => JournalView; unique code; cached: Journal;
    remembered by posting;
    list: id sortable, code sortable, name, kind, number_series_id, active; order: code;
    refuses: create [], change [&JOURNAL_USED_NO_CHANGE, &JOURNAL_SERIES_FIXED], delete unused [];
}

#[async_trait]
impl MasterData for Journal {
    async fn create(new: &NewJournal, id: JournalId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let series = by_id_or_code(new.number_series_id, new.number_series_code.clone());
        let Some(series) = series else {
            check.refuse(Violation::new(&REQUIRED).at("/numberSeriesId"));
            return Ok(None);
        };
        let Check { uow, violations, .. } = check;
        let Some(found) = resolve(*uow, &series, violations).await? else { return Ok(None) };
        series_after(*uow, (found, true), (id, &new.code), pointer(&series), violations).await?;
        Ok(Some(Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            kind: new.kind,
            number_series_id: found,
            active: new.active,
            version: 1,
        }))
    }

    async fn change(&self, change: &JournalChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let code = change.code.or(&self.code);
        let named = by_id_or_code(change.number_series_id.0, change.number_series_code.0.clone());
        let series = named_series(self, &code, named.as_ref(), check).await?;
        let next = Self {
            code,
            name: change.name.or(&self.name),
            kind: change.kind.or(&self.kind),
            number_series_id: series.unwrap_or(self.number_series_id),
            active: change.active.or(&self.active),
            ..self.clone()
        };
        let has_entries = check.uow.journal_entries().journal_has_entries(self.id).await?;
        if has_entries && next.number_series_id != self.number_series_id {
            let at = named.as_ref().map_or("/numberSeriesId", pointer);
            check.refuse(Violation::new(&JOURNAL_SERIES_FIXED).at(at).with("code", &self.code));
        }
        check.violations.check("", self.may_become(&next, has_entries));
        Ok(Some(next))
    }
}

/// The series that a change names. A new code or series changes the numbers that the series gives: no other series may give
/// them, and those given before stay known.
async fn named_series(
    journal: &Journal,
    code: &Code,
    named: Option<&Reference<NumberSeriesId>>,
    check: &mut Check<'_>,
) -> AppResult<Option<NumberSeriesId>> {
    let Check { uow, violations, .. } = check;
    let found = match named {
        Some(series) => resolve(*uow, series, violations).await?,
        None => None,
    };
    let other = found.filter(|id| *id != journal.number_series_id);
    if *code == journal.code && other.is_none() {
        return Ok(found);
    }
    let at = named.filter(|_| other.is_some()).map_or("/code", pointer);
    let series = (other.unwrap_or(journal.number_series_id), other.is_some());
    let after = series_after(*uow, series, (journal.id, code), at, violations).await?;
    if let Some(numbers) = after.filter(|_| violations.is_empty()) {
        uow.number_series().save_earlier(numbers.id, &numbers.earlier).await?;
    }
    Ok(found)
}

/// The journal that a member names; one that is not there is refused.
pub(super) async fn journal_named(
    reference: Option<&Reference<JournalId>>,
    check: &mut Check<'_>,
) -> AppResult<Option<JournalId>> {
    let (key, at) = match reference {
        None => return Ok(None),
        Some(Reference::Id(id)) => (JournalKey::Id(*id), "/journalId"),
        Some(Reference::Code(code)) => (JournalKey::Code(code), "/journalCode"),
    };
    let found = check.uow.ledger().journal(key).await?;
    if found.is_none() {
        check.refuse(Violation::new(&JOURNAL_UNKNOWN).at(at));
    }
    Ok(found.map(|facts| facts.journal.id))
}
