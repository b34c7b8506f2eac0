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
use serde_json::{Value, json};

use super::account_file::{AccountFile, FileAccount};
use super::error::{IMPORT_ACCOUNT_DIFFERS, IMPORT_PARENT_UNKNOWN};
use super::import_entries::needs;
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, Progress};
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult, STALE_VERSION};
use crate::platform::jobs;
use crate::ports::change::Change;
use crate::ports::unit_of_work::UnitOfWork;

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
        chart.check_parents(&self.file);
        if !chart.errors.is_empty() {
            return Err(chart.errors.into_error());
        }
        let result = chart.keep(uow, ctx.dry_run).await?;
        jobs::finish_in(uow, self.job, &result, self.file.accounts.len()).await?;
        Ok(Done::new(result))
    }
}

/// The chart as it will be, with what is wrong with it.
struct Chart {
    accounts: HashMap<AccountId, Account>,
    by_code: HashMap<String, AccountId>,
    /// Ids of the accounts of the file, also of those that are new.
    ids: HashMap<String, AccountId>,
    /// Codes that rows of the file name as their parent.
    parents: HashSet<String>,
    currencies: HashSet<CurrencyCode>,
    created: Vec<AccountId>,
    /// Changed accounts as they were.
    updated: Vec<Account>,
    skipped: u64,
    errors: RowErrors,
}

impl Chart {
    async fn load(uow: &mut dyn UnitOfWork, file: &AccountFile) -> AppResult<Self> {
        let facts = uow.ledger_batch().session_facts(None).await?;
        let stored = uow.imports().chart().await?;
        let by_code: HashMap<_, _> =
            stored.iter().map(|account| (account.code().as_str().to_owned(), account.id())).collect();
        let mut ids = HashMap::with_capacity(file.accounts.len());
        for row in &file.accounts {
            let code = row.code.as_str();
            let id = by_code.get(code).copied().unwrap_or_else(|| AccountId::new(uow.new_id()));
            ids.insert(code.to_owned(), id);
        }
        Ok(Self {
            accounts: stored.into_iter().map(|account| (account.id(), account)).collect(),
            by_code,
            ids,
            parents: file.accounts.iter().filter_map(|row| row.parent.clone()).collect(),
            currencies: facts.currencies.keys().copied().chain([facts.company.code]).collect(),
            created: Vec::new(),
            updated: Vec::new(),
            skipped: 0,
            errors: file.errors.clone(),
        })
    }

    fn parent(&mut self, row: &FileAccount) -> Option<AccountId> {
        let code = row.parent.as_ref()?;
        let found = self.ids.get(code).or_else(|| self.by_code.get(code)).copied();
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
        match self.by_code.get(row.code.as_str()).and_then(|id| self.accounts.get(id)).cloned() {
            Some(stored) => self.existing(uow, row, &stored, parent_id, update).await?,
            None => self.new_account(row, parent_id),
        }
        Ok(())
    }

    fn new_account(&mut self, row: &FileAccount, parent_id: Option<AccountId>) {
        let Some(id) = self.ids.get(row.code.as_str()).copied() else { return };
        let fields = NewAccount {
            id,
            code: row.code.clone(),
            name: row.name.clone(),
            account_type: row.account_type,
            subtype: row.subtype.clone(),
            parent_id,
            // What others lie below is a heading, unless the file says otherwise.
            is_posting: row.is_posting.unwrap_or_else(|| !self.parents.contains(row.code.as_str())),
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
        let differences = self.differences(row, stored, parent_id);
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
        let mut usage: AccountUsage = uow.imports().account_usage(stored.id()).await?;
        usage.has_children |= self.parents.contains(row.code.as_str());
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
                self.accounts.insert(account.id(), account);
                self.updated.push(stored.clone());
            }
            Err(violations) => self.note(row, violations),
        }
        Ok(())
    }

    /// Columns whose value in the file is another than the stored one: column, stored, file.
    fn differences(
        &self,
        row: &FileAccount,
        stored: &Account,
        parent_id: Option<AccountId>,
    ) -> Vec<(&'static str, String, String)> {
        let mut found = Vec::new();
        let mut compare = |column, old: String, new: Option<String>| {
            if let Some(new) = new.filter(|new| *new != old) {
                found.push((column, old, new));
            }
        };
        let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
        let parent = stored.parent_id().and_then(|id| self.accounts.get(&id)).map(|p| p.code().as_str());
        compare("name_ar", text(stored.name().ar()), row.name.ar().map(str::to_owned));
        compare("name_en", text(stored.name().en()), row.name.en().map(str::to_owned));
        compare("type", stored.account_type().to_string(), Some(row.account_type.to_string()));
        compare("subtype", text(stored.subtype()), row.subtype.clone());
        if parent_id.is_some() {
            compare("parent_code", text(parent), row.parent.clone());
        }
        compare("is_posting", stored.is_posting().to_string(), row.is_posting.map(|flag| flag.to_string()));
        let currency = stored.currency().map(|currency| currency.to_string());
        compare("currency", text(currency.as_deref()), row.currency.map(|currency| currency.to_string()));
        compare("control", stored.control().to_string(), row.control.map(|kind| kind.to_string()));
        compare("cash_flow", stored.cash_flow().to_string(), row.cash_flow.map(|kind| kind.to_string()));
        compare("active", stored.active().to_string(), row.active.map(|flag| flag.to_string()));
        compare(
            "reconcilable",
            stored.reconcilable().to_string(),
            row.reconcilable.map(|flag| flag.to_string()),
        );
        found
    }

    /// Every account of the file in its place in the tree, as the tree will be.
    fn check_parents(&mut self, file: &AccountFile) {
        for row in &file.accounts {
            let account = self.ids.get(row.code.as_str()).and_then(|id| self.accounts.get(id));
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
    async fn keep(self, uow: &mut dyn UnitOfWork, dry_run: bool) -> AppResult<ImportResultView> {
        let mut created: Vec<&Account> = self.created.iter().filter_map(|id| self.accounts.get(id)).collect();
        created.sort_by_key(|account| self.ancestors(account).len());
        let created: Vec<Account> = created.into_iter().cloned().collect();
        uow.imports().add_accounts(&created).await?;
        for account in &created {
            record(uow, "created", None, account);
        }
        for before in &self.updated {
            let Some(account) = self.accounts.get(&before.id()) else { continue };
            if !uow.imports().replace_account(account).await? {
                let stale = Violation::new(&STALE_VERSION).with("current", before.version());
                return Err(AppError::new(stale));
            }
            record(uow, "updated", Some(before), account);
        }
        Ok(ImportResultView {
            r#type: ImportKind::Accounts.as_str().to_owned(),
            dry_run,
            accounts: created.len() as u64,
            accounts_updated: self.updated.len() as u64,
            skipped: self.skipped,
            ..ImportResultView::default()
        })
    }
}

fn record(uow: &mut dyn UnitOfWork, action: &'static str, before: Option<&Account>, after: &Account) {
    let change = Change {
        tenant: uow.tenant(),
        entity: "account",
        entity_id: after.id().uuid(),
        action,
        before: before.map(document),
        after: Some(document(after)),
    };
    uow.record(change);
}

fn document(account: &Account) -> Value {
    json!({
        "id": account.id().uuid(),
        "code": account.code().as_str(),
        "name": { "ar": account.name().ar(), "en": account.name().en() },
        "type": account.account_type().as_str(),
        "subtype": account.subtype(),
        "parentId": account.parent_id().map(AccountId::uuid),
        "isPosting": account.is_posting(),
        "currency": account.currency().map(|currency| currency.to_string()),
        "control": account.control().as_str(),
        "cashFlow": account.cash_flow().as_str(),
        "reconcilable": account.reconcilable(),
        "active": account.active(),
        "version": account.version(),
    })
}
