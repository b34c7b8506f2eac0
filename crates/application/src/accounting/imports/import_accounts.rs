//! Takes a file of accounts into the chart: all of it, or nothing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use domain::accounting::account::{
    Account, AccountPatch, AccountUsage, CashFlowActivity, ControlKind, NewAccount,
};
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::error::Violation;
use domain::ids::{AccountId, JobId};
use domain::money::CurrencyCode;
use domain::text::code_key;
use domain::time::Timestamp;

use super::account_changes::differences;
use super::account_defaults::Defaults;
use super::account_file::{AccountFile, FileAccount};
use super::error::{IMPORT_ACCOUNT_DIFFERS, IMPORT_PARENT_UNKNOWN};
use super::import_entries::needs;
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, unless_cancelled};
use crate::accounting::accounts::ACCOUNT;
use crate::accounting::line_matches;
use crate::accounting::views::account::AccountView;
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

pub struct ImportAccounts {
    pub file: Arc<AccountFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportAccounts {
    const NAME: &'static str = "import_accounts";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        // The import may have waited since it was asked for.
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        needs(ctx, "accounting.account.create")?;
        if self.options.update {
            needs(ctx, "accounting.account.update")?;
        }
        let mut chart = Chart::load(uow, &self.file).await?;
        let mut meter = Meter::new(&*self.progress, self.file.accounts.len() as u64);
        for row in &self.file.accounts {
            chart.row(uow, row, self.options.update).await?;
            meter.step(1)?;
        }
        let chart = chart.checked(&self.file)?;
        for permission in chart.defaults.permissions() {
            needs(ctx, permission)?;
        }
        let result = chart.keep(uow, &self.options, ctx.dry_run).await?;
        jobs::finish_in(uow, self.job, &result, self.file.accounts.len()).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

/// Adds the accounts that the chart lacks and answers how many; those that are there stay as they are.
pub async fn add_missing_accounts(uow: &mut dyn UnitOfWork, accounts: Vec<FileAccount>) -> AppResult<u32> {
    let mut file = AccountFile { accounts, ..AccountFile::default() };
    let mut chart = Chart::load(uow, &file).await?;
    file.accounts.retain(|row| !chart.by_code.contains_key(&row.code.key()));
    for row in &file.accounts {
        chart.row(uow, row, false).await?;
    }
    let added = chart.checked(&file)?.keep(uow, &ImportOptions::default(), false).await?.accounts;
    Ok(u32::try_from(added).unwrap_or(u32::MAX))
}

/// The chart as it will be, with what is wrong with it.
struct Chart {
    accounts: HashMap<AccountId, Account>,
    /// The times of the last changes of stored accounts.
    updated_at: HashMap<AccountId, Timestamp>,
    /// The ids by the key of the code, like the members below.
    by_code: HashMap<String, AccountId>,
    /// Ids of the accounts of the file, also of those that are new.
    ids: HashMap<String, AccountId>,
    /// Codes that rows of the file name as their parent.
    parents: HashSet<String>,
    currencies: HashSet<CurrencyCode>,
    created: Vec<AccountId>,
    /// Changed accounts as they were.
    updated: Vec<Stored<Account>>,
    defaults: Defaults,
    skipped: u64,
    errors: RowErrors,
}

impl Chart {
    async fn load(uow: &mut dyn UnitOfWork, file: &AccountFile) -> AppResult<Self> {
        let named = file.accounts.iter().filter_map(|row| row.currency).collect();
        let active = uow.ledger().currencies(&named).await?.into_iter().filter(|(_, active)| *active);
        let company = uow.ledger().company_currency().await?.code;
        let stored = uow.imports().chart().await?;
        let by_code: HashMap<_, _> =
            stored.iter().map(|stored| (stored.value.code().key(), stored.value.id())).collect();
        let mut ids = HashMap::with_capacity(file.accounts.len());
        for row in &file.accounts {
            let code = row.code.key();
            let id = by_code.get(&code).copied().unwrap_or_else(|| AccountId::new(uow.new_id()));
            ids.insert(code, id);
        }
        Ok(Self {
            updated_at: stored.iter().map(|stored| (stored.value.id(), stored.updated_at)).collect(),
            accounts: stored.into_iter().map(|stored| (stored.value.id(), stored.value)).collect(),
            by_code,
            ids,
            parents: file.accounts.iter().filter_map(|row| row.parent.as_deref().map(code_key)).collect(),
            currencies: active.map(|(currency, _)| currency.code).chain([company]).collect(),
            created: Vec::new(),
            updated: Vec::new(),
            defaults: Defaults::load(uow, file).await?,
            skipped: 0,
            errors: file.errors.clone(),
        })
    }

    fn parent(&mut self, row: &FileAccount) -> Option<AccountId> {
        let code = row.parent.as_ref()?;
        let found = {
            let key = code_key(code);
            self.ids.get(&key).or_else(|| self.by_code.get(&key)).copied()
        };
        if found.is_none() {
            let unknown = Violation::new(&IMPORT_PARENT_UNKNOWN).with("code", code);
            self.errors.push(row.place, "parent_code", unknown);
        }
        found
    }

    async fn row(&mut self, uow: &mut dyn UnitOfWork, row: &FileAccount, update: bool) -> AppResult<()> {
        let parent_id = self.parent(row);
        if let Some(currency) = row.currency.filter(|currency| !self.currencies.contains(currency)) {
            let unknown = Violation::new(&CURRENCY_UNKNOWN).with("currency", currency);
            self.errors.push(row.place, "currency", unknown);
        }
        match self.by_code.get(&row.code.key()).and_then(|id| self.accounts.get(id)).cloned() {
            Some(stored) => self.existing(uow, row, &stored, parent_id, update).await?,
            None => self.new_account(row, parent_id),
        }
        if let Some(id) = self.ids.get(&row.code.key()).copied() {
            self.defaults.row(uow, (row, id), update, &mut self.errors);
        }
        Ok(())
    }

    fn new_account(&mut self, row: &FileAccount, parent_id: Option<AccountId>) {
        let Some(id) = self.ids.get(&row.code.key()).copied() else { return };
        let fields = NewAccount {
            id,
            code: row.code.clone(),
            name: row.name.clone(),
            account_type: row.account_type,
            subtype: row.subtype.clone(),
            parent_id,
            // An account that others lie below is a heading, unless the file says otherwise.
            is_posting: row.is_posting.unwrap_or_else(|| !self.parents.contains(&row.code.key())),
            currency: row.currency,
            control: row.control.unwrap_or(ControlKind::None),
            reconcilable: row.reconcilable.unwrap_or(false),
            cash_flow: row.cash_flow.unwrap_or(CashFlowActivity::None),
            active: row.active.unwrap_or(true),
        };
        match Account::new(fields) {
            Ok(account) => {
                self.accounts.insert(id, account);
                self.created.push(id);
            }
            Err(violations) => self.note(row, violations),
        }
    }

    async fn existing(
        &mut self,
        uow: &mut dyn UnitOfWork,
        row: &FileAccount,
        stored: &Account,
        parent_id: Option<AccountId>,
        update: bool,
    ) -> AppResult<()> {
        let parent = stored.parent_id().and_then(|id| self.accounts.get(&id));
        let moved = parent_id.filter(|id| Some(*id) != stored.parent_id());
        let parent = moved.map(|_| parent.map(|parent| parent.code().as_str()));
        let differences = differences(row, stored, parent);
        if differences.is_empty() {
            self.skipped += 1;
            return Ok(());
        }
        if !update {
            for (column, old, new) in differences {
                let violation = Violation::new(&IMPORT_ACCOUNT_DIFFERS).with("code", &row.code);
                self.errors.push(row.place, column, violation.with("stored", old).with("value", new));
            }
            return Ok(());
        }
        let mut usage: AccountUsage = uow.accounts().usage(stored.id()).await?;
        usage.has_children |= self.parents.contains(&row.code.key());
        let patch = AccountPatch {
            code: None,
            name: Some(row.name.clone()),
            account_type: Some(row.account_type),
            subtype: row.subtype.clone().map(Some),
            parent_id: parent_id.map(Some),
            is_posting: row.is_posting,
            currency: row.currency.map(Some),
            control: row.control,
            reconcilable: row.reconcilable,
            cash_flow: row.cash_flow,
            active: row.active,
        };
        match stored.update(patch, usage) {
            Ok(account) => {
                let refused = line_matches::account::refuse_with_matches(uow, stored, &account).await?;
                if let Some(refused) = refused {
                    self.errors.push(row.place, "reconcilable", refused);
                }
                let updated_at = self.updated_at.get(&stored.id()).copied().unwrap_or_else(|| uow.now());
                self.accounts.insert(account.id(), account);
                self.updated.push(Stored { value: stored.clone(), updated_at });
            }
            Err(violations) => self.note(row, violations),
        }
        Ok(())
    }

    /// The chart, or everything that is wrong with the file: also the places of its accounts in the tree, as that will be.
    fn checked(mut self, file: &AccountFile) -> AppResult<Self> {
        self.check_parents(file);
        if self.errors.is_empty() { Ok(self) } else { Err(self.errors.into_error()) }
    }

    fn check_parents(&mut self, file: &AccountFile) {
        for row in &file.accounts {
            let account = self.ids.get(&row.code.key()).and_then(|id| self.accounts.get(id));
            let Some(account) = account else { continue };
            let Some(parent) = account.parent_id().and_then(|id| self.accounts.get(&id)) else { continue };
            if let Err(violation) = account.check_parent(parent, &self.ancestors(parent)) {
                self.errors.push(row.place, "parent_code", violation);
            }
        }
    }

    /// Nearest first; stops where the tree would go round.
    fn ancestors(&self, account: &Account) -> Vec<AccountId> {
        let mut found = Vec::new();
        let mut next = account.parent_id();
        while let Some(id) = next.filter(|id| *id != account.id() && !found.contains(id)) {
            found.push(id);
            next = self.accounts.get(&id).and_then(Account::parent_id);
        }
        found
    }

    fn note(&mut self, row: &FileAccount, violations: Vec<Violation>) {
        for violation in violations {
            let column = match violation.pointer.trim_start_matches('/') {
                "isPosting" => "is_posting",
                "cashFlow" => "cash_flow",
                "parentId" => "parent_code",
                "type" => "type",
                "subtype" => "subtype",
                "currency" => "currency",
                "control" => "control",
                "reconcilable" => "reconcilable",
                _ => "code",
            };
            self.errors.push(row.place, column, violation);
        }
    }

    /// Writes what is new and what changed, headings before what lies below them.
    async fn keep(
        self,
        uow: &mut dyn UnitOfWork,
        options: &ImportOptions,
        dry_run: bool,
    ) -> AppResult<ImportResultView> {
        let mut created: Vec<&Account> = self.created.iter().filter_map(|id| self.accounts.get(id)).collect();
        created.sort_by_key(|account| self.ancestors(account).len());
        let created: Vec<Account> = created.into_iter().cloned().collect();
        uow.imports().add_accounts(&created).await?;
        let now = uow.now();
        for account in &created {
            let view = AccountView::from(&Stored { value: account.clone(), updated_at: now });
            record(uow, ACCOUNT, view.id, "created", None, Some(&view));
        }
        for before in &self.updated {
            let Some(account) = self.accounts.get(&before.value.id()) else { continue };
            if !uow.accounts().update(account).await? {
                return Err(stale(before.value.version()));
            }
            line_matches::account::follow(uow, &before.value, account).await?;
            let view = AccountView::from(&Stored { value: account.clone(), updated_at: now });
            record(uow, ACCOUNT, view.id, "updated", Some(&AccountView::from(before)), Some(&view));
        }
        self.defaults.keep(uow).await?;
        Ok(ImportResultView {
            accounts: created.len() as u64,
            accounts_updated: self.updated.len() as u64,
            skipped: self.skipped,
            ..options.result(ImportKind::Accounts, dry_run)
        })
    }
}
