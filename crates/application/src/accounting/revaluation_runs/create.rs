//! `POST /revaluation-runs`: values what is held and owed in foreign currencies, and posts the differences.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::accounting::journal_entry::{
    EXCHANGE_RATE_MISSING, EntryKind, EntrySource, EntrySourceKind, NewEntry, NewLine,
};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::revaluation::{
    ForeignBalance, MissingAccount, RevaluationAccounts, Revalued, revaluation_lines,
};
use domain::error::{Violation, Violations};
use domain::ids::JournalEntryId;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::Code;

use super::ports::{RevaluationRunId, StoredRun};
use super::views::{RUN_LINES_INLINE_MAX, RevaluationLineView, RevaluationRunView};
use super::{REVALUATION_ACCOUNT_MISSING, REVALUATION_DONE, REVALUATION_TOO_LARGE, REVALUED_MAX, note};
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::warnings;
use crate::wire::List;

/// Most rates and most accounts that a request names.
const RATES_MAX: usize = 200;
const ACCOUNTS_MAX: usize = 1_000;

request! {
    /// The closing rate of a currency.
    pub struct ClosingRateBody {
        currency: CurrencyCode = "USD",
        /// Units of the company currency for one unit of the currency.
        rate: Rate = "3.77",
    }

    /// Values foreign balances on a day.
    pub struct CreateRevaluationRun as CreateRevaluationRunBody {
        /// The day; a day is valued once, until the run is undone.
        date: NaiveDate = "2026-03-31",
        /// Closing rates; by default the exchange rate in force on the day.
        rates: Option<List<ClosingRateBody, RATES_MAX>>,
        /// The codes of further asset and liability accounts to value, such as loans. Receivables, payables, cash, and accounts
        /// that are kept in one foreign currency are always valued.
        account_codes: Option<List<Code, ACCOUNTS_MAX>>,
    }
}

#[async_trait]
impl Command for CreateRevaluationRun {
    const NAME: &'static str = "create_revaluation_run";
    const ACCESS: Access = Access::Permission("accounting.revaluation_run.create");
    type Output = RevaluationRunView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<RevaluationRunView>> {
        if let Some(run) = uow.revaluations().run_on(self.date).await? {
            let done = Violation::new(&REVALUATION_DONE).at("/date").with("date", self.date);
            return Err(done.with("id", run).into());
        }
        let mut books = Books::open(ctx, uow).await?;
        let named = self.asked(uow, &mut books).await?;
        let balances = self.balances(uow, &books, &named).await?;
        self.warn_of_rates(uow, &balances);
        let rates = self.rates(uow, &mut books, &balances).await?;
        let mut revalued = Vec::with_capacity(balances.len());
        for balance in balances {
            let Some(rate) = rates.get(&balance.currency) else { continue };
            revalued.push(balance.at(*rate, books.company.scale)?);
        }
        let id = RevaluationRunId::new(uow.new_id());
        let entries = self.post(ctx, uow, books.clone(), id, &revalued).await?;
        self.keep(ctx, uow, &mut books, id, entries, &revalued).await
    }
}

impl CreateRevaluationRun {
    /// The balances to revalue: open items, and the balances of accounts.
    async fn balances(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &Books,
        named: &BTreeSet<String>,
    ) -> AppResult<Vec<ForeignBalance>> {
        let company = books.company.code;
        let max = i64::try_from(REVALUED_MAX).unwrap_or(i64::MAX).saturating_add(1);
        let mut balances = Vec::new();
        for control in [ControlKind::Receivable, ControlKind::Payable] {
            balances.extend(uow.revaluations().foreign_items(control, self.date, company, max).await?);
        }
        for account in uow.revaluations().foreign_balances(self.date, company).await? {
            if account.monetary || named.contains(&account.code) {
                balances.push(account.balance);
            }
        }
        if balances.len() > REVALUED_MAX {
            return Err(Violation::new(&REVALUATION_TOO_LARGE).with("max", REVALUED_MAX).into());
        }
        Ok(balances)
    }

    pub(super) fn given_rates(&self) -> impl Iterator<Item = &ClosingRateBody> {
        self.rates.iter().flat_map(|rates| &rates.0)
    }

    /// The rate of each currency that is held; those that are missing are all named.
    async fn rates(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        balances: &[ForeignBalance],
    ) -> AppResult<BTreeMap<CurrencyCode, Rate>> {
        let held: BTreeSet<CurrencyCode> = balances.iter().map(|balance| balance.currency).collect();
        books.learn_currencies(uow, &held).await?;
        let mut rates: BTreeMap<_, _> =
            self.given_rates().map(|given| (given.currency, given.rate)).collect();
        let wanted = held.iter().copied().filter(|code| !rates.contains_key(code)).collect();
        let in_force = books.rates_of(uow, &wanted, self.date).await?;
        let mut violations = Violations::new();
        for code in wanted {
            match in_force.get(&code) {
                Some(rate) => drop(rates.insert(code, *rate)),
                None => {
                    let missing = Violation::new(&EXCHANGE_RATE_MISSING).at("/rates").with("currency", code);
                    violations.push(missing.with("company", books.company.code));
                }
            }
        }
        Ok(violations.into_result(rates)?)
    }

    /// Posts the entry and its mirror on the next day, unless nothing differs.
    async fn post(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        mut books: Books,
        run: RevaluationRunId,
        revalued: &[Revalued],
    ) -> AppResult<Option<[JournalEntryId; 2]>> {
        let settings = &books.settings;
        let accounts = RevaluationAccounts {
            receivable: settings.account(LedgerAccountRole::ReceivableRevaluation),
            payable: settings.account(LedgerAccountRole::PayableRevaluation),
            unrealised: settings.account(LedgerAccountRole::UnrealisedExchange),
        };
        let lines = revaluation_lines(revalued, accounts).map_err(missing_account)?;
        if lines.is_empty() {
            return Ok(None);
        }
        let journal_id =
            resolve_journal(uow, &mut books, None).await?.map_err(|violation| violation.at(""))?;
        let mirrored = lines.iter().map(|line| NewLine { amount: line.amount.opposite(), ..line.clone() });
        let next = self.date.succ_opt().ok_or_else(|| AppError::internal("there is no day after"))?;
        let mirrored = mirrored.collect();
        let mut ids = [JournalEntryId::new(uow.new_id()), JournalEntryId::new(uow.new_id())];
        ids.sort();
        let currency = books.company.code;
        let mut postings = Vec::with_capacity(ids.len());
        for (part, (date, lines)) in (0..).zip([(self.date, lines), (next, mirrored)]) {
            let entry = NewEntry {
                kind: EntryKind::Revaluation,
                description: Some(description(self.date, part)),
                ..NewEntry::new(ids[part as usize], journal_id, date, currency, lines)
            };
            let source = EntrySource::part(EntrySourceKind::RevaluationRun, run.uuid(), part);
            postings.push(Posting::of(ctx, uow, entry, source)?);
        }
        let mut ledger = Ledger::with(ctx, books);
        ledger.post_noted(uow, postings).await.map_err(|error| error.of_the_whole("/date"))?;
        Ok(Some(ids))
    }

    async fn keep(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        id: RevaluationRunId,
        entries: Option<[JournalEntryId; 2]>,
        revalued: &[Revalued],
    ) -> AppResult<Done<RevaluationRunView>> {
        let difference = Amount::sum(revalued.iter().map(|one| one.difference));
        let run = StoredRun {
            id,
            date: self.date,
            undone: false,
            difference: difference.ok_or_else(|| AppError::internal("differences no longer fit"))?,
            entry: entries.map(|[entry, _]| entry),
            mirror_entry: entries.map(|[_, mirror]| mirror),
            line_count: u32::try_from(revalued.len()).unwrap_or(u32::MAX),
            created_by: ctx.actor.user_id(),
            created_at: uow.now(),
            version: 1,
        };
        let shown = &revalued[..revalued.len().min(RUN_LINES_INLINE_MAX)];
        books.learn_accounts(uow, shown.iter().map(|one| one.balance.account).collect()).await?;
        let lines: Vec<_> = shown.iter().map(|one| line_view(one, books)).collect();
        uow.revaluations().insert_run(&run, &lines).await?;
        let view = run.view(books.company.scale);
        note(uow, "posted", None, &view);
        let warnings = warnings::shown(&std::mem::take(uow.warnings()), ctx.language);
        Ok(Done::of(id.uuid(), run.version, RevaluationRunView { lines: Some(lines), warnings, ..view }))
    }
}

fn line_view(one: &Revalued, books: &Books) -> RevaluationLineView {
    let balance = &one.balance;
    let scale =
        books.currencies.get(&balance.currency).map_or(books.company.scale, |currency| currency.scale);
    let account = books.account_names.get(&balance.account);
    let company = |amount: Amount| amount.display(books.company.scale);
    RevaluationLineView {
        account_id: balance.account.uuid(),
        account_code: account.map(|account| account.code.clone()).unwrap_or_default(),
        open_item_id: balance.item.as_ref().map(|(id, _)| id.uuid()),
        party: balance.item.as_ref().map(|(_, party)| party.clone()),
        currency: balance.currency.to_string(),
        balance: balance.balance.display(scale),
        company_balance: company(balance.company_balance),
        rate: one.rate.to_string(),
        value: company(one.value),
        difference: company(one.difference),
    }
}

fn description(date: NaiveDate, part: u32) -> String {
    match part {
        0 => format!("إعادة تقييم العملات الأجنبية {date} / Revaluation of foreign currencies {date}"),
        _ => format!("رد إعادة التقييم {date} / Reversal of the revaluation of {date}"),
    }
}

fn missing_account(missing: Result<MissingAccount, Violation>) -> AppError {
    let role = match missing {
        Ok(MissingAccount::Receivable) => LedgerAccountRole::ReceivableRevaluation,
        Ok(MissingAccount::Payable) => LedgerAccountRole::PayableRevaluation,
        Ok(MissingAccount::Unrealised) => LedgerAccountRole::UnrealisedExchange,
        Err(violation) => return violation.into(),
    };
    let member = role.pointer().trim_start_matches('/');
    Violation::new(&REVALUATION_ACCOUNT_MISSING).with("member", member).into()
}
