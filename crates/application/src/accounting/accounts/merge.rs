//! `POST /accounts/{id}/merge`: an account that was there twice becomes one (R162). Posted lines stay; the balance moves by an entry,
//! and what is not posted names the survivor.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::Account;
use domain::accounting::account::merge::{
    ACCOUNT_MERGE_EARLY, ACCOUNT_MERGE_OPEN_LINES, ACCOUNT_MERGE_TOO_LARGE, ACCOUNT_MERGE_WAITING,
    ACCOUNT_MERGED, check_merge,
};
use domain::accounting::journal_entry::{
    DraftEntry, EntryKind, EntrySource, EntrySourceKind, JOURNAL_LINES_MAX, NewEntry, NewLine,
};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::year_close::{RetainedEarnings, closing_lines};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, JournalEntryId};
use domain::text::Code;

use super::ACCOUNT;
use super::naming::renamed;
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ledger_settings::update::save;
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::views::account::AccountView;
use crate::accounting::views::account_merge::{AccountMergeView, RenamedView};
use crate::authorize::Access;
use crate::changes::{record, stale, unknown_reference};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::stored::Stored;
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::shown;
use crate::wire::REQUIRED;

/// Most drafts and templates that are changed by one merge.
pub const MERGED_RECORDS_MAX: usize = 1_000;

request! {
    /// Merges an account into another one.
    pub struct MergeAccountBody {
        /// The account that survives, by its id; give either the id or the code.
        into_id: Option<AccountId>,
        /// The account that survives, by its code.
        into_code: Option<Code> = "6210",
        /// The day on which the balance moves: today by default, or the day of the account's last line if that is later.
        date: Option<NaiveDate> = "2026-03-31",
    }
}

pub struct MergeAccount {
    pub id: AccountId,
    pub body: MergeAccountBody,
}

#[async_trait]
impl Command for MergeAccount {
    const NAME: &'static str = "merge_account";
    const ACCESS: Access = Access::Permission("accounting.account.merge");
    type Output = AccountMergeView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<AccountMergeView>> {
        let from = uow.accounts().find(self.id).await?.ok_or_else(|| AppError::not_found(ACCOUNT))?;
        check_version(ctx, from.value.version())?;
        if from.value.merged_into().is_some() {
            return Err(Violation::new(&ACCOUNT_MERGED).with("code", from.value.code()).into());
        }
        let into = self.survivor(uow, &from.value).await?;
        let date = self.date(ctx, uow, &from.value).await?;
        let mut renames = rename_settings(uow, &from.value, &into.value).await?;
        renames.extend(rename_records(uow, &from.value, &into.value).await?);
        let rows = uow.account_merges().rename_rows(from.value.id(), into.value.id()).await?;
        renames.extend(rows.into_iter().filter(|(_, count)| *count > 0));
        let entry = move_balance(ctx, uow, (&from.value, &into.value), date).await?;
        let merged = from.value.merge(into.value.id());
        if !uow.accounts().update(&merged).await? {
            return Err(stale(from.value.version()));
        }
        let before = AccountView::from(&from);
        let account = AccountView::from(&Stored { value: merged, updated_at: uow.now() });
        let view = AccountMergeView {
            into: AccountView::from(&into),
            date,
            journal_entry_id: entry.map(|id| id.uuid()),
            renamed: renames.into_iter().map(|(resource, count)| RenamedView { resource, count }).collect(),
            warnings: shown(&std::mem::take(uow.warnings()), ctx.language),
            account,
        };
        record(uow, ACCOUNT, before.id, "merged", Some(&before), Some(&view.account));
        Ok(Done::of(before.id, view.account.version, view))
    }
}

impl MergeAccount {
    /// The account that survives, if it may.
    async fn survivor(&self, uow: &mut dyn UnitOfWork, from: &Account) -> AppResult<Stored<Account>> {
        let Some(named) = by_id_or_code(self.body.into_id, self.body.into_code.clone()) else {
            return Err(Violation::new(&REQUIRED).at("/intoId").into());
        };
        let (at, id) = match &named {
            Reference::Id(id) => ("/intoId", Some(*id)),
            Reference::Code(code) => {
                ("/intoCode", uow.ledger().accounts_by_code(&[code.clone()].into()).await?.remove(code))
            }
        };
        let found = match id {
            Some(id) => uow.accounts().find(id).await?,
            None => None,
        };
        let Some(into) = found else {
            let value = match &named {
                Reference::Id(id) => id.to_string(),
                Reference::Code(code) => code.clone(),
            };
            return Err(unknown_reference(at, ACCOUNT, value).into());
        };
        let mut violations = check_merge(from, &into.value, at);
        let code = || from.code();
        if from.opens_lines() && uow.account_merges().has_open_lines(from.id()).await? {
            violations.push(Violation::new(&ACCOUNT_MERGE_OPEN_LINES).with("code", code()));
        }
        if uow.account_merges().awaits_approval(from.id()).await? {
            violations.push(Violation::new(&ACCOUNT_MERGE_WAITING).with("code", code()));
        }
        check_roles(uow, from, &into.value, at, &mut violations).await?;
        Ok(violations.into_result(into)?)
    }

    /// The day on which the balance moves; no line of the account comes after it.
    async fn date(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        from: &Account,
    ) -> AppResult<NaiveDate> {
        let today = ctx.today(uow.now());
        let last = uow.account_merges().last_posting(from.id()).await?;
        let Some(date) = self.body.date else { return Ok(last.map_or(today, |last| last.max(today))) };
        match last.filter(|last| *last > date) {
            None => Ok(date),
            Some(last) => {
                let early = Violation::new(&ACCOUNT_MERGE_EARLY).at("/date").with("code", from.code());
                Err(early.with("last", last).into())
            }
        }
    }
}

/// The survivor is fit for everything that the ledger and documents post to the other one.
async fn check_roles(
    uow: &mut dyn UnitOfWork,
    from: &Account,
    into: &Account,
    at: &str,
    violations: &mut Violations,
) -> AppResult<()> {
    let settings = uow.ledger().settings().await?;
    let company = uow.ledger().company_currency().await?.code;
    let facts = into.facts();
    for role in LedgerAccountRole::ALL {
        if settings.account(role) == Some(from.id())
            && let Err(violation) = role.check(&facts, company)
        {
            violations.push(violation.at(at));
        }
    }
    let profile = uow.posting_rules().posting_profile().await?;
    for rule in profile.naming(from.id()) {
        if let Err(violation) = rule.slot.check(&facts, rule.keys.currency.unwrap_or(company)) {
            violations.push(violation.at(at));
        }
    }
    Ok(())
}

async fn rename_settings(
    uow: &mut dyn UnitOfWork,
    from: &Account,
    into: &Account,
) -> AppResult<Vec<(&'static str, u64)>> {
    let old = uow.ledger().settings().await?;
    let mut settings = old;
    let mut count = 0;
    for role in LedgerAccountRole::ALL {
        if old.account(role) == Some(from.id()) {
            settings.accounts.set(role, Some(into.id()));
            count += 1;
        }
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    settings.version += 1;
    save(uow, &old, &settings).await?;
    Ok(vec![("ledger-settings", count)])
}

/// Drafts, templates and targets name the survivor.
async fn rename_records(
    uow: &mut dyn UnitOfWork,
    from: &Account,
    into: &Account,
) -> AppResult<Vec<(&'static str, u64)>> {
    let max = i64::try_from(MERGED_RECORDS_MAX).unwrap_or(i64::MAX);
    let found =
        uow.account_merges().naming_records(from.id(), from.code().as_str(), max.saturating_add(1)).await?;
    if found.len() > MERGED_RECORDS_MAX {
        let large = Violation::new(&ACCOUNT_MERGE_TOO_LARGE).with("max", MERGED_RECORDS_MAX);
        return Err(large.with("code", from.code()).into());
    }
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for record in found {
        let Some(changed) = renamed(&record, from, into)? else { continue };
        uow.account_merges().rewrite(&changed).await?;
        let resource = changed.kind.as_str();
        match counts.iter_mut().find(|(known, _)| *known == resource) {
            Some((_, count)) => *count += 1,
            None => counts.push((resource, 1)),
        }
    }
    Ok(counts)
}

/// Posts the entry that moves every currency and combination of dimension values, unless nothing is held.
async fn move_balance(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    (from, into): (&Account, &Account),
    date: NaiveDate,
) -> AppResult<Option<JournalEntryId>> {
    let balances = uow.account_merges().held_balances(from.id()).await?;
    let mut books = Books::open(ctx, uow).await?;
    let survivor = RetainedEarnings { account: into.id(), currency: into.currency() };
    let lines: Vec<NewLine> = closing_lines(&balances, survivor, books.company.code)?;
    if lines.is_empty() {
        return Ok(None);
    }
    let journal_id = resolve_journal(uow, &mut books, None).await?.map_err(|violation| violation.at(""))?;
    let id = JournalEntryId::new(uow.new_id());
    let entry = NewEntry {
        id,
        journal_id,
        kind: EntryKind::Standard,
        posting_date: date,
        document_date: None,
        currency: books.company.code,
        description: Some(format!(
            "دمج الحساب {0} في الحساب {1} / Account {0} merged into account {1}",
            from.code(),
            into.code()
        )),
        reference: Some(from.code().to_string()),
        control_reason: None,
        reverses: None,
        lines,
    };
    let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX)?;
    let draft = draft.of(EntrySource::new(EntrySourceKind::AccountMerge, from.id().uuid()));
    let posting = Posting::new(draft, EntryMeta::new(ctx.actor.user_id(), uow.now()));
    Ledger::with(ctx, books)
        .post_noted(uow, vec![posting])
        .await
        .map_err(|error| error.of_the_whole("/date"))?;
    Ok(Some(id))
}
