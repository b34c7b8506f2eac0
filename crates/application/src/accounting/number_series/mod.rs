//! Number series: what may become of them, the next number, and the proof that there are no gaps.

pub mod gaps;
pub mod overlap;
pub mod preview;

use async_trait::async_trait;
use domain::accounting::number_series::{
    NUMBER_PATTERN_BRANCH, NUMBER_PATTERN_CHANGES, NUMBER_PATTERN_COUNTER, NUMBER_PATTERN_LENGTH_MAX,
    NUMBER_PATTERN_REPEATS, NUMBER_SERIES_OVERLAPS, NUMBER_SERIES_RESET_FIXED, NUMBER_SERIES_USED,
    NumberPattern, NumberReset, NumberSeriesRecord,
};
use domain::company::branch::{Branch, BranchId};
use domain::error::{Violation, Violations};
use domain::ids::NumberSeriesId;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use self::overlap::{SeriesNumbers, overlap};
use crate::error::{AppError, AppResult};
use crate::master_data::{Check, Described, MasterData, Records, id_named, nothing_named};
use crate::paging::FieldKind;
use crate::reference::{Reference, by_id_or_code};
use crate::unit_of_work::UnitOfWork;
use crate::views::NameView;
use crate::wire::{Optional, RequiredText};
use crate::{request, resource, view};

/// The document type of a series unless it names another.
pub const DOCUMENT_TYPE_DEFAULT: &str = "journal_entry";
const SEVERAL: &str = "Each number is used by at most one entry of the tenant. A pattern is therefore refused \
                       (`number_series_overlaps`) if it could give a number that another series gives, or that \
                       any series gave before its pattern changed.";

request! {
    /// A new series of numbers.
    pub struct NewNumberSeries as CreateNumberSeriesBody {
        /// The code that people type.
        code: Code = "ADJ",
        /// The name.
        name: LocalizedName = { "ar": "أرقام التسويات", "en": "Adjustments" },
        /// The type of document that the series numbers.
        document_type: Code => "journal_entry",
        /// The branch whose documents it numbers, by its id; by default it numbers those that have no branch or whose branch has no
        /// series for the type. It does not change later.
        branch_id: Option<BranchId>,
        /// The branch, by its code.
        branch_code: Option<Code>,
        /// The pattern: letters, digits and `. _ - /` with `{YYYY}`, `{YY}`, `{MM}`, `{FY}`, `{JOURNAL}`, in the series of a
        /// branch `{BRANCH}`, and one counter of zeros.
        pattern: RequiredText<NUMBER_PATTERN_LENGTH_MAX> = "ADJ-{FY}-{000000}",
        /// The moments at which counting starts again.
        reset: NumberReset => "fiscal_year",
        /// Whether the numbers have no gaps, as the law asks of legal numbers.
        gapless: bool => true,
        /// Whether the series gives numbers.
        active: bool => true,
    }

    /// Changes to a number series (JSON Merge Patch). Members left out stay as they are.
    pub struct NumberSeriesChange as UpdateNumberSeriesBody {
        /// The code that people type.
        code: Optional<Code>,
        /// The name.
        name: Optional<LocalizedName>,
        /// The type of document that the series numbers.
        document_type: Optional<Code>,
        /// The new pattern. Numbers that were given before keep their form.
        pattern: Optional<RequiredText<NUMBER_PATTERN_LENGTH_MAX>>,
        /// The moments at which counting starts again; fixed once a number was given.
        reset: Optional<NumberReset>,
        /// Whether the numbers have no gaps, as the law asks of legal numbers.
        gapless: Optional<bool>,
        /// Whether the series gives numbers. It stays true while a journal uses the series.
        active: Optional<bool>,
    }
}

view! {
    /// A series of document numbers.
    pub struct NumberSeriesView of NumberSeriesRecord {
        id: Uuid,
        code: String,
        name: NameView,
        /// The type of document that the series numbers, such as `journal_entry`.
        document_type: String,
        /// The branch whose documents it numbers; null for all others.
        branch_id: Option<Uuid>,
        /// The pattern, such as `GJ-{FY}-{000000}`.
        pattern: String = |series| series.pattern.as_str().to_owned(),
        /// The period after which counting starts again: `never`, `fiscal_year`, `year` or `month`.
        reset: &'static str = |series| series.pattern.reset().as_str(),
        /// Whether the numbers have no gaps, as the law asks of legal numbers.
        gapless: bool,
        active: bool,
    }
}

resource! {
    NumberSeriesRecord by id: NumberSeriesId
        = "accounting", "number_series", "number_series" at "/number-series", "/number-series/{id}";
    en: "a", "number series", "number series"; ar: "سلاسل الترقيم";
    about: "Number series: legal numbers without gaps, counted in each period of a series.";
    bodies: NewNumberSeries, NumberSeriesChange => NumberSeriesView; unique code; cached: NumberSeries;
    remembered by posting;
    list: id sortable, code sortable, document_type, branch_id, reset = FieldKind::Word(NumberReset::WORDS), gapless, active;
    order: code;
    refuses:
        create [&NUMBER_PATTERN_COUNTER, &NUMBER_PATTERN_REPEATS, &NUMBER_PATTERN_BRANCH, &NUMBER_SERIES_OVERLAPS],
        change [&NUMBER_SERIES_RESET_FIXED, &NUMBER_SERIES_OVERLAPS, &NUMBER_PATTERN_CHANGES, &NUMBER_SERIES_USED],
        delete unused [];
    create says SEVERAL;
    change says SEVERAL;
}

#[async_trait]
impl MasterData for NumberSeriesRecord {
    async fn create(
        new: &NewNumberSeries,
        id: NumberSeriesId,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let branch = by_id_or_code(new.branch_id, new.branch_code.clone());
        let branch = named_branch(branch.as_ref(), check).await?;
        let of_branch = new.branch_id.is_some() || new.branch_code.is_some();
        let pattern = parse_pattern(&new.pattern, (new.reset, of_branch), &mut check.violations);
        let Some(pattern) = pattern.filter(|_| branch.is_some() == of_branch) else { return Ok(None) };
        let numbers = SeriesNumbers {
            id,
            code: new.code.to_string(),
            pattern: pattern.clone(),
            active: new.active,
            has_numbers: false,
            earlier: Vec::new(),
            journals: Vec::new(),
            branch: branch.as_ref().map(|branch| branch.code.to_string()),
        };
        let all = check.uow.number_series().all_numbers().await?;
        let found = overlap(&all, &numbers, &year_codes(check.uow).await?);
        check.violations.extend(found.map(|violation| violation.at("/pattern")));
        Ok(Some(Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            document_type: new.document_type.clone(),
            branch_id: branch.map(|branch| branch.id),
            pattern,
            gapless: new.gapless,
            active: new.active,
            version: 1,
        }))
    }

    async fn change(&self, change: &NumberSeriesChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let Check { uow, violations, .. } = check;
        let all = uow.number_series().all_numbers().await?;
        let numbers = all.iter().find(|numbers| numbers.id == self.id);
        let numbers = numbers.ok_or_else(|| AppError::not_found(Self::RESOURCE.entity))?;
        if self.active && change.active.0 == Some(false) && !numbers.journals.is_empty() {
            // Journals that use the series could no longer post.
            violations.push(still_used(numbers));
        }
        let pattern = match (change.pattern.0.as_deref(), change.reset.0) {
            (None, None) => None,
            (text, reset) => {
                let text = text.unwrap_or(self.pattern.as_str());
                let reset = reset.unwrap_or(self.pattern.reset());
                parse_pattern(text, (reset, self.branch_id.is_some()), violations)
            }
        };
        let next = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            document_type: change.document_type.or(&self.document_type),
            pattern: pattern.unwrap_or_else(|| self.pattern.clone()),
            gapless: change.gapless.or(&self.gapless),
            active: change.active.or(&self.active),
            ..self.clone()
        };
        let allowed = violations.check("", self.may_become(&next, numbers.has_numbers));
        if allowed.is_some() && gives_others(self, &next) {
            let mut after =
                SeriesNumbers { pattern: next.pattern.clone(), active: next.active, ..numbers.clone() };
            violations.check("/pattern", numbers.keep_earlier(&mut after));
            let pointer = if next.pattern == self.pattern { "/active" } else { "/pattern" };
            let found = overlap(&all, &after, &year_codes(*uow).await?);
            violations.extend(found.map(|violation| violation.at(pointer)));
            if violations.is_empty() && after.earlier != numbers.earlier {
                uow.number_series().save_earlier(self.id, &after.earlier).await?;
            }
        }
        Ok(Some(next))
    }
}

/// The branch that a new series names. A violation is noted where there is none.
async fn named_branch(
    named: Option<&Reference<BranchId>>,
    check: &mut Check<'_>,
) -> AppResult<Option<Branch>> {
    let Some(named) = named else { return Ok(None) };
    let at = if matches!(named, Reference::Id(_)) { "/branchId" } else { "/branchCode" };
    let Some(id) = id_named::<Branch>(check.uow, named).await? else {
        check.refuse(nothing_named::<Branch>(at, named));
        return Ok(None);
    };
    Ok(Records::<Branch>::find(check.uow, id).await?.map(|stored| stored.value))
}

/// Every fault of a pattern, at the member it is in.
fn parse_pattern(
    text: &str,
    (reset, of_branch): (NumberReset, bool),
    violations: &mut Violations,
) -> Option<NumberPattern> {
    let new = NumberPattern::parse(text, reset).and_then(|pattern| match pattern.check_new(of_branch) {
        broken if broken.is_empty() => Ok(pattern),
        broken => Err(broken),
    });
    match new {
        Ok(pattern) => Some(pattern),
        Err(broken) => {
            violations.extend(broken.into_iter().map(|violation| violation.at("/pattern")));
            None
        }
    }
}

/// Whether the changed series gives other numbers than before, or gives numbers again.
fn gives_others(old: &NumberSeriesRecord, new: &NumberSeriesRecord) -> bool {
    new.pattern != old.pattern || (new.active && !old.active)
}

fn still_used(numbers: &SeriesNumbers) -> Violation {
    let journals: Vec<&str> = numbers.journals.iter().map(|(_, code)| code.as_str()).collect();
    let used = Violation::new(&NUMBER_SERIES_USED).at("/active").with("code", &numbers.code);
    used.with("journals", journals.join(", "))
}

/// The codes of the tenant's fiscal years, which numbers may name.
pub async fn year_codes(uow: &mut dyn UnitOfWork) -> AppResult<Vec<String>> {
    let years = uow.fiscal_years().fiscal_years().await?;
    Ok(years.into_iter().map(|year| year.code.to_string()).collect())
}
