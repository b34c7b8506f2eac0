//! Takes a file of parties: all of it, or nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use domain::error::Violation;
use domain::ids::JobId;
use domain::parties::bank_account::{PartyBankAccount, PartyBankAccountId, Verification};
use domain::parties::party::{Party, PartyId};

use super::error::IMPORT_PARTY_DIFFERS;
use super::import_entries::needs;
use super::party_file::{FileParty, PartyFile};
use super::party_target::{column_of, target};
use super::row_errors::RowErrors;
use super::{IMPORT, ImportKind, ImportOptions, Meter, unless_cancelled};
use crate::accounting::views::import_result::ImportResultView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::{Check, insert, replace};
use crate::parties::bank_accounts::iban_taken;
use crate::parties::party::{Known, Sharing};
use crate::parties::ports::IbanHolder;
use crate::platform::jobs;
use crate::platform::on_behalf::with_rights_of_now;
use crate::ports::progress::Progress;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

pub struct ImportParties {
    pub file: Arc<PartyFile>,
    pub options: ImportOptions,
    /// Finished in the same transaction.
    pub job: Option<JobId>,
    pub progress: Arc<dyn Progress>,
}

#[async_trait]
impl Command for ImportParties {
    const NAME: &'static str = "import_parties";
    const ACCESS: Access = Access::Permission(IMPORT);
    type Output = ImportResultView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<ImportResultView>> {
        // The import may have waited since it was asked for.
        let ctx = &with_rights_of_now(ctx, uow, Self::ACCESS).await?;
        needs(ctx, "parties.party.create")?;
        let updates = |row: &FileParty| row.update.unwrap_or(self.options.update);
        if self.file.parties.iter().any(updates) {
            needs(ctx, "parties.party.update")?;
        }
        let mut work = Work::load(uow, &self.file).await?;
        let mut meter = Meter::new(&*self.progress, self.file.parties.len() as u64);
        for row in &self.file.parties {
            work.row(ctx, uow, row, updates(row)).await?;
            meter.step(1)?;
        }
        work.share(uow).await?;
        if !work.errors.is_empty() {
            return Err(work.errors.into_error());
        }
        let result = work.keep(ctx, uow, &self.options).await?;
        jobs::finish_in(uow, self.job, &result, self.file.parties.len()).await?;
        unless_cancelled(&*self.progress)?;
        Ok(Done::new(result))
    }
}

/// A row with the party that it asks for.
struct Target<'f> {
    row: &'f FileParty,
    party: Party,
    stored: Option<Stored<Party>>,
    /// The row has an IBAN that the party lacks.
    account: bool,
}

/// The parties as they will be, with what is wrong with them.
struct Work<'f> {
    stored: HashMap<PartyId, Stored<Party>>,
    /// The ids by the key of the code.
    ids: HashMap<String, PartyId>,
    ibans: HashMap<String, IbanHolder>,
    known: Known,
    targets: Vec<Target<'f>>,
    skipped: u64,
    errors: RowErrors,
}

impl<'f> Work<'f> {
    async fn load(uow: &mut dyn UnitOfWork, file: &PartyFile) -> AppResult<Self> {
        let mut ids = uow.parties().ids_by_code_key().await?;
        let named: BTreeSet<String> = file.parties.iter().map(|row| row.code.key()).collect();
        ids.retain(|key, _| named.contains(key));
        let stored = uow.parties().parties(&ids.values().copied().collect()).await?;
        let ibans: BTreeSet<String> =
            file.parties.iter().filter_map(|row| row.iban.as_ref().map(ToString::to_string)).collect();
        let holders = uow.parties().iban_holders(&ibans).await?;
        Ok(Self {
            stored: stored.into_iter().map(|stored| (stored.value.id, stored)).collect(),
            ids,
            ibans: holders.into_iter().map(|holder| (holder.iban.clone(), holder)).collect(),
            known: Known::default(),
            targets: Vec::with_capacity(file.parties.len()),
            skipped: 0,
            errors: file.errors.clone(),
        })
    }

    async fn row(
        &mut self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        row: &'f FileParty,
        update: bool,
    ) -> AppResult<()> {
        let stored = self.ids.get(&row.code.key()).and_then(|id| self.stored.get(id)).cloned();
        let id = stored.as_ref().map_or_else(|| PartyId::new(uow.new_id()), |stored| stored.value.id);
        let mut check = Check::new(ctx, uow);
        let before = stored.as_ref().map(|stored| &stored.value);
        let party = target(row, before, id, &mut self.known, &mut check, &mut self.errors).await?;
        for violation in check.violations.into_vec() {
            self.errors.push(row.place, column_of(&violation, &party), violation);
        }
        let account = self.lacks_account(row, &party);
        match before {
            Some(before) if *before == party && !account => self.skipped += 1,
            Some(_) if !update => {
                let differs = Violation::new(&IMPORT_PARTY_DIFFERS).with("code", &row.code);
                self.errors.push(row.place, "code", differs);
            }
            _ => self.targets.push(Target { row, party, stored, account }),
        }
        Ok(())
    }

    /// Whether the party has to get a bank account with the row's IBAN. Another party's is refused.
    fn lacks_account(&mut self, row: &FileParty, party: &Party) -> bool {
        let Some(iban) = &row.iban else { return false };
        let holder = IbanHolder {
            account: PartyBankAccountId::new(party.id.uuid()),
            party: party.id,
            code: party.code.to_string(),
            iban: iban.to_string(),
        };
        match self.ibans.get(iban.as_str()) {
            Some(other) if other.party != party.id => {
                self.errors.push(row.place, "iban", iban_taken(other, "/iban"));
                false
            }
            Some(_) => false,
            None => {
                self.ibans.insert(iban.to_string(), holder);
                true
            }
        }
    }

    /// Refuses numbers that two active parties would share, of which one or both are in the file.
    async fn share(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<()> {
        let parties: Vec<&Party> = self.targets.iter().map(|target| &target.party).collect();
        let mut sharing = Sharing::read(&parties, uow).await?;
        for target in &self.targets {
            let unchanged = target
                .stored
                .as_ref()
                .is_some_and(|stored| stored.value.registrations == target.party.registrations);
            if !target.party.is_active() || unchanged {
                continue;
            }
            for violation in sharing.violations(&target.party) {
                let column = column_of(&violation, &target.party);
                self.errors.push(target.row.place, column, violation);
            }
            sharing.add(&target.party);
        }
        Ok(())
    }

    async fn keep(
        mut self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        options: &ImportOptions,
    ) -> AppResult<ImportResultView> {
        let mut result =
            ImportResultView { skipped: self.skipped, ..options.result(ImportKind::Parties, ctx.dry_run) };
        let company = self.known.company(uow).await?.code;
        for Target { row, party, stored, account } in self.targets {
            let bank_account = row.iban.clone().filter(|_| account).map(|iban| PartyBankAccount {
                id: PartyBankAccountId::new(uow.new_id()),
                party_id: party.id,
                holder: party.name.en().or(party.name.ar()).unwrap_or_default().to_owned(),
                country: iban.country(),
                iban: Some(iban),
                account_number: None,
                bank_name: None,
                currency: row.currency.unwrap_or(company),
                status: Verification::Unverified,
                changed_by: ctx.actor.user_id(),
                verified_by: None,
                verified_at: None,
                party_active: party.is_active(),
                version: 1,
            });
            match stored {
                None => {
                    insert(uow, party).await?;
                    result.parties += 1;
                }
                Some(stored) if stored.value != party => {
                    replace(uow, &stored, party).await?;
                    result.parties_updated += 1;
                }
                Some(_) => {}
            }
            if let Some(bank_account) = bank_account {
                insert(uow, bank_account).await?;
                result.bank_accounts += 1;
            }
        }
        Ok(result)
    }
}
