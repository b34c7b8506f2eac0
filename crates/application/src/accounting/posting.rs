//! The one way into the ledger (R3): validate, balances, number and chain, lines, all in the caller's transaction.

use std::collections::BTreeSet;

use domain::accounting::fiscal_period::{FiscalPeriodKind, FiscalPeriodStatus, PeriodFacts};
use domain::accounting::hash_chain::DimensionSets;
use domain::accounting::journal_entry::{
    ChainLink, DraftEntry, EntryKind, EntryOrigin, NewEntry, PostedEntry, PostingRules, ValidatedEntry,
};
use domain::accounting::lock::Locks;
use domain::accounting::number_series::NumberContext;
use domain::error::Violation;
use domain::ids::{FiscalPeriodId, FiscalYearId, UserId};
use uuid::Uuid;

use super::error::{JOURNAL_INACTIVE, JOURNAL_UNKNOWN};
use super::fiscal_years::ensure_next_year;
use super::opening_balances;
use super::ports::journal_entries::EntryMeta;
use super::ports::ledger::{ChainHead, FactsRequest, JournalFacts, PostingFacts};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// An entry in the ledger with the facts it was posted under, for the answer.
#[derive(Debug)]
pub struct Posting {
    pub entry: PostedEntry,
    pub meta: EntryMeta,
    pub facts: PostingFacts,
    pub version: i64,
}

/// Posts a draft. `stored_version` is that of the draft in storage, if it is there; it is replaced.
///
/// The number is taken after everything that can fail has been checked, so a refused posting burns none (R14).
pub async fn post(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    draft: DraftEntry,
    meta: EntryMeta,
    stored_version: Option<i64>,
) -> AppResult<Posting> {
    if draft.kind() == EntryKind::Opening {
        // Drafts of opening entries may be many: by import, by copying.
        opening_balances::refuse_second(uow).await?;
    }
    let request = facts_request(ctx, draft.content(), uow).await?;
    let facts = facts(ctx, uow, &request).await?;
    let journal = journal(&facts)?.clone();
    let posting_date = draft.posting_date();
    let validated = validate(ctx, uow, draft, &facts, &journal)?;
    uow.ledger().add_to_balances(&validated, posting_date).await?;
    let entry = number_and_chain(ctx, uow, validated, (posting_date, &meta), &facts, &journal).await?;
    uow.journal_entries().insert_posted(&entry, &meta, stored_version).await?;
    let version = stored_version.unwrap_or_default() + 1;
    Ok(Posting { entry, meta, facts, version })
}

/// Runs every check of a posting and answers what it would be, without number and without effect.
pub async fn check(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    draft: DraftEntry,
) -> AppResult<ValidatedEntry> {
    let request = facts_request(ctx, draft.content(), uow).await?;
    let facts = facts(ctx, uow, &request).await?;
    let journal = journal(&facts)?.clone();
    validate(ctx, uow, draft, &facts, &journal)
}

/// The violations that would refuse the posting on every date: periods and locks apart, because they change.
pub async fn check_on_any_date(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    draft: DraftEntry,
) -> AppResult<Vec<Violation>> {
    let date = draft.posting_date();
    let request = facts_request(ctx, draft.content(), uow).await?;
    let facts = uow.ledger().posting_facts(&request).await?;
    let open = PeriodFacts {
        id: FiscalPeriodId::new(Uuid::nil()),
        start: date,
        end: date,
        kind: FiscalPeriodKind::Regular,
        status: FiscalPeriodStatus::Open,
    };
    let facts = PostingFacts { period: Some(open), locks: Locks::default(), ..facts };
    let mut refused = Vec::new();
    let journal = match journal(&facts) {
        Ok(journal) => journal.clone(),
        Err(error) => {
            refused.extend(error.violations);
            match &facts.journal {
                Some(journal) => journal.clone(),
                None => return Ok(refused),
            }
        }
    };
    match validate(ctx, uow, draft, &facts, &journal) {
        Ok(_) => Ok(refused),
        Err(error) => {
            refused.extend(error.violations);
            Ok(refused)
        }
    }
}

/// The books at the moment of posting. A date in the fiscal year after the last one makes that year.
async fn facts(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    request: &FactsRequest,
) -> AppResult<PostingFacts> {
    let facts = uow.ledger().posting_facts(request).await?;
    if facts.period.is_none() && !request.closing && ensure_next_year(ctx, uow, request.posting_date).await? {
        return Ok(uow.ledger().posting_facts(request).await?);
    }
    Ok(facts)
}

async fn facts_request(
    ctx: &RequestContext,
    entry: &NewEntry,
    uow: &mut dyn UnitOfWork,
) -> AppResult<FactsRequest> {
    let mut accounts: BTreeSet<_> = entry.lines.iter().map(|line| line.account).collect();
    let settings = uow.ledger().settings().await?;
    accounts.extend(settings.rounding_account_id);
    let mut currencies: BTreeSet<_> = entry.lines.iter().filter_map(|line| line.currency).collect();
    currencies.insert(entry.currency);
    Ok(FactsRequest {
        journal_id: entry.journal_id,
        posting_date: entry.posting_date,
        closing: entry.kind == EntryKind::Closing,
        accounts,
        currencies,
        dimension_values: entry
            .lines
            .iter()
            .flat_map(|line| line.dimensions.pairs())
            .map(|pair| pair.1)
            .collect(),
        user: ctx.actor.user_id(),
    })
}

fn journal(facts: &PostingFacts) -> AppResult<&JournalFacts> {
    let journal = facts.journal.as_ref().ok_or_else(|| Violation::new(&JOURNAL_UNKNOWN).at("/journalId"))?;
    if !journal.journal.active {
        let violation =
            Violation::new(&JOURNAL_INACTIVE).at("/journalId").with("journal", &journal.journal.code);
        return Err(violation.into());
    }
    Ok(journal)
}

fn validate(
    ctx: &RequestContext,
    uow: &dyn UnitOfWork,
    draft: DraftEntry,
    facts: &PostingFacts,
    journal: &JournalFacts,
) -> AppResult<ValidatedEntry> {
    let rules = PostingRules {
        company: facts.company,
        currencies: &facts.currencies,
        accounts: &facts.accounts,
        rates: &facts.rates,
        rounding_account: facts.settings.rounding_account_id,
        dimension_rules: &facts.dimension_rules,
        dimension_tree: &facts.dimension_tree,
        period: facts.period.as_ref(),
        locks: &facts.locks,
        exceptions: &facts.exceptions,
        user: ctx.actor.user_id().unwrap_or(UserId::new(Uuid::nil())),
        now: uow.now(),
        journal_kind: journal.journal.kind,
    };
    Ok(draft.validate(&rules)?)
}

/// The users who made and post an entry, and the reason.
pub(super) fn origin(ctx: &RequestContext, validated: &ValidatedEntry, meta: &EntryMeta) -> EntryOrigin {
    EntryOrigin {
        created_at: meta.created_at,
        created_by: meta.created_by,
        posted_by: ctx.actor.user_id(),
        recurring_entry_id: meta.recurring_entry_id,
        copied_from: meta.copied_from,
        reason: validated.reversal_reason().map(str::to_owned),
    }
}

/// Adds to `known` the values of every dimension set on the lines; the entry's hash covers them (R5).
pub(super) async fn load_sets(
    uow: &mut dyn UnitOfWork,
    validated: &ValidatedEntry,
    known: &mut DimensionSets,
) -> AppResult<()> {
    let sets = validated.lines().iter().map(|line| line.dimension_set);
    let missing: BTreeSet<_> = sets.filter(|set| !set.is_empty() && !known.contains_key(set)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    known.extend(uow.ledger().dimension_combinations(&missing).await?);
    match missing.into_iter().find(|set| !known.contains_key(set)) {
        Some(set) => Err(AppError::internal(format!("the dimension set {set} has lost its values"))),
        None => Ok(()),
    }
}

async fn number_and_chain(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    validated: ValidatedEntry,
    (posting_date, meta): (chrono::NaiveDate, &EntryMeta),
    facts: &PostingFacts,
    journal: &JournalFacts,
) -> AppResult<PostedEntry> {
    let fiscal_year =
        facts.fiscal_year.as_ref().map_or("", |(_, code): &(FiscalYearId, String)| code.as_str());
    let mut sets = DimensionSets::new();
    load_sets(uow, &validated, &mut sets).await?;
    let series = &journal.series;
    let period_key = series.period_key(posting_date, fiscal_year);
    let (sequence, head) =
        uow.ledger().next_number_and_head(series.id, &period_key, journal.journal.id).await?;
    let context = NumberContext {
        date: posting_date,
        fiscal_year_code: fiscal_year,
        journal_code: journal.journal.code.as_str(),
        branch: None,
    };
    let number = series.format(sequence.unsigned_abs(), &context)?;
    let link = ChainLink { tenant_id: uow.tenant(), sequence: head.sequence + 1, previous_hash: head.hash };
    let origin = origin(ctx, &validated, meta);
    let entry = validated.post(number, uow.now(), link, origin, &sets);
    let next = ChainHead { sequence: link.sequence, hash: *entry.hash() };
    uow.ledger().save_chain_head(journal.journal.id, next).await?;
    Ok(entry)
}
