//! The repositories: SQL text, rows into domain values, no business rule.
//!
//! One struct, [`SqlUnitOfWork`], is the open transaction and implements every repository port; the read side
//! implements the `*Queries` ports on [`Db`](crate::sql::db::Db).

pub mod accounting;
pub mod bookkeeping;
pub mod company;
pub mod documents;
pub mod items;
pub mod parties;
pub mod platform;
mod search;
pub mod settlement;
pub mod table;
pub mod tax;

use std::collections::HashMap;
use std::sync::Arc;

use application::accounting::approvals::ports::ApprovalRepository;
use application::accounting::budgets::ports::BudgetRepository;
use application::accounting::deferrals::ports::DeferralRepository;
use application::accounting::distribution_runs::ports::DistributionRepository;
use application::accounting::line_matches::ports::LineMatchRepository;
use application::accounting::ports::account_merge::AccountMergeRepository;
use application::accounting::ports::accounts::AccountRepository;
use application::accounting::ports::dimension_rules::DimensionRuleRepository;
use application::accounting::ports::dimensions::DimensionRepository;
use application::accounting::ports::exchange_rates::ExchangeRateRepository;
use application::accounting::ports::fiscal_years::FiscalYearRepository;
use application::accounting::ports::imports::ImportRepository;
use application::accounting::ports::journal_entries::JournalEntryRepository;
use application::accounting::ports::ledger::LedgerRepository;
use application::accounting::ports::ledger_settings::LedgerSettingsRepository;
use application::accounting::ports::locks::LockRepository;
use application::accounting::ports::number_series::NumberSeriesRepository;
use application::accounting::ports::posting_rules::PostingRuleRepository;
use application::accounting::ports::recurring::RecurringRepository;
use application::accounting::revaluation_runs::ports::RevaluationRepository;
use application::company::ports::CompanyRepository;
use application::documents::ports::DocumentRepository;
use application::documents::recurring::template::InvoiceTemplate;
use application::items::ports::ItemRepository;
use application::parties::ports::PartyRepository;
use application::platform::attachments::ports::{AttachmentRepository, StoredBlobRepository};
use application::platform::jobs::JobRepository;
use application::platform::log_levels::LogLevelRepository;
use application::platform::ports::LeaseRepository;
use application::platform::ports::RetentionRepository;
use application::platform::ports::{
    ApiKeyRepository, InvitationRepository, RoleRepository, SessionRepository, TenantRepository,
    UserRepository,
};
use application::ports::bookkeeping::Bookkeeping;
use application::ports::change::Change;
use application::ports::clock::Ids;
use application::ports::codes::CodeRepository;
use application::settlement::dunning::ports::DunningRepository;
use application::settlement::ports::OpenItemRepository;
use application::settlement::write_offs::ports::WriteOffRepository;
use application::tax::tax_entries::TaxEntryRepository;
use application::tax::vat_returns::ports::VatReturnRepository;
use application::tax::withholding::ports::WithholdingRepository;
use application::unit_of_work::UnitOfWork;
use domain::accounting::approval::{ApprovalDelegation, ApprovalPolicy};
use domain::accounting::budget::{Budget, BudgetException};
use domain::accounting::currency::CurrencyRecord;
use domain::accounting::dimension::{Dimension, DimensionDefault, DimensionRuleRecord, DimensionValue};
use domain::accounting::distribution::{DistributionKey, StatisticalFigure};
use domain::accounting::exchange_rate::ExchangeRate;
use domain::accounting::import_profile::ImportProfile;
use domain::accounting::journal::Journal;
use domain::accounting::number_series::NumberSeriesRecord;
use domain::accounting::posting_rule::PostingRule;
use domain::accounting::recurring_entry::EntryTemplate;
use domain::accounting::report_layout::ReportLayout;
use domain::company::branch::Branch;
use domain::error::Violation;
use domain::ids::TenantId;
use domain::items::category::ItemCategory;
use domain::items::item::Item;
use domain::items::price::ItemPrice;
use domain::items::price_list::PriceList;
use domain::parties::bank_account::PartyBankAccount;
use domain::parties::dunning_profile::DunningProfile;
use domain::parties::party::Party;
use domain::parties::party_group::PartyGroup;
use domain::parties::payment_term::PaymentTerm;
use domain::tax::tax_code::TaxCode;
use domain::time::Timestamp;
use uuid::Uuid;

use self::accounting::balances::PendingBalances;
use self::bookkeeping::FeedHead;
use self::table::{Table, TableSql};
use crate::sql::bulk::{Accumulate, Bulk};
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::list::ListSql;
use crate::sql::statement::{Lookup, Statement};
use crate::sql::tx::Tx;
use crate::sql::unit::Unit;

/// The open transaction with every repository on it.
pub struct SqlUnitOfWork {
    pub(crate) tx: Tx,
    pub(crate) tenant: TenantId,
    pub(crate) now: Timestamp,
    pub(crate) changes: Vec<Change>,
    pub(crate) pending_balances: PendingBalances,
    warnings: Vec<Violation>,
    /// Ends of change feeds. The one writer of SQLite keeps them between works.
    pub(crate) feed_heads: HashMap<TenantId, FeedHead>,
    ids: Arc<dyn Ids>,
}

impl SqlUnitOfWork {
    pub fn new(tx: Tx, ids: Arc<dyn Ids>) -> Self {
        let nowhere = TenantId::new(Uuid::nil());
        Self {
            tx,
            tenant: nowhere,
            now: Timestamp::from_micros(0),
            changes: Vec::new(),
            pending_balances: PendingBalances::default(),
            warnings: Vec::new(),
            feed_heads: HashMap::new(),
            ids,
        }
    }

    /// Opens a unit of work for the writers, which know no repositories.
    pub fn open(tx: Tx, ids: Arc<dyn Ids>) -> Box<dyn Unit> {
        Box::new(Self::new(tx, ids))
    }
}

impl Unit for SqlUnitOfWork {
    fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }
    fn reset(&mut self, tenant: TenantId, now: Timestamp) {
        self.tenant = tenant;
        self.now = now;
        self.changes.clear();
        self.pending_balances.clear();
        self.warnings.clear();
    }
    fn into_tx(self: Box<Self>) -> Tx {
        self.tx
    }
}

/// One struct implements every repository; each accessor hands it out as one of them.
macro_rules! repositories {
    ($($accessor:ident: $repository:path,)*) => {$(
        fn $accessor(&mut self) -> &mut dyn $repository {
            self
        }
    )*};
}

impl UnitOfWork for SqlUnitOfWork {
    fn tenant(&self) -> TenantId {
        self.tenant
    }
    fn enter_tenant(&mut self, tenant: TenantId) {
        self.tx.enter(tenant);
        self.tenant = tenant;
    }
    fn now(&self) -> Timestamp {
        self.now
    }
    fn new_id(&mut self) -> Uuid {
        self.ids.new_id()
    }
    fn warnings(&mut self) -> &mut Vec<Violation> {
        &mut self.warnings
    }
    fn record(&mut self, change: Change) {
        self.changes.push(change);
    }
    repositories! {
        api_keys: ApiKeyRepository,
        attachments: AttachmentRepository,
        fiscal_years: FiscalYearRepository,
        bookkeeping: Bookkeeping,
        accounts: AccountRepository,
        approvals: ApprovalRepository,
        deferrals: DeferralRepository,
        dimension_rules: DimensionRuleRepository,
        dimensions: DimensionRepository,
        documents: DocumentRepository,
        distributions: DistributionRepository,
        dunning: DunningRepository,
        exchange_rates: ExchangeRateRepository,
        journal_entries: JournalEntryRepository,
        ledger: LedgerRepository,
        budgets: BudgetRepository,
        codes: CodeRepository,
        company: CompanyRepository,
        items: ItemRepository,
        imports: ImportRepository,
        invitations: InvitationRepository,
        jobs: JobRepository,
        leases: LeaseRepository,
        log_levels: LogLevelRepository,
        ledger_settings: LedgerSettingsRepository,
        line_matches: LineMatchRepository,
        locks: LockRepository,
        number_series: NumberSeriesRepository,
        open_items: OpenItemRepository,
        parties: PartyRepository,
        posting_rules: PostingRuleRepository,
        recurring_entries: RecurringRepository<EntryTemplate>,
        recurring_invoices: RecurringRepository<InvoiceTemplate>,
        retention: RetentionRepository,
        account_merges: AccountMergeRepository,
        revaluations: RevaluationRepository,
        roles: RoleRepository,
        sessions: SessionRepository,
        stored_blobs: StoredBlobRepository,
        tax_entries: TaxEntryRepository,
        tenants: TenantRepository,
        users: UserRepository,
        vat_returns: VatReturnRepository,
        withholding: WithholdingRepository,
        write_offs: WriteOffRepository,
    }
}

/// Every table of master data.
pub fn tables() -> Vec<&'static TableSql> {
    // One a line, as they are added.
    #[rustfmt::skip]
    let tables = vec![
        CurrencyRecord::table(),
        Dimension::table(),
        DimensionValue::table(),
        ExchangeRate::table(),
        Journal::table(),
        DimensionDefault::table(),
        DimensionRuleRecord::table(),
        PostingRule::table(),
        ApprovalPolicy::table(),
        ApprovalDelegation::table(),
        Budget::table(),
        BudgetException::table(),
        DistributionKey::table(),
        StatisticalFigure::table(),
        Branch::table(),
        NumberSeriesRecord::table(),
        ImportProfile::table(),
        ReportLayout::table(),
        TaxCode::table(),
        PaymentTerm::table(),
        PartyGroup::table(),
        DunningProfile::table(),
        Party::table(),
        PartyBankAccount::table(),
        domain::items::unit::Unit::table(),
        ItemCategory::table(),
        Item::table(),
        PriceList::table(),
        ItemPrice::table(),
    ];
    tables
}

/// Every statement of the product, for the golden files and for preparing each on a migrated database.
pub fn statements() -> Vec<&'static Statement> {
    let tables: Vec<_> = tables().iter().flat_map(|table| table.statements()).collect();
    let modules = [
        accounting::statements(),
        documents::statements(),
        company::statements(),
        items::statements(),
        parties::statements(),
        platform::statements(),
        settlement::statements(),
        tax::statements(),
    ];
    [bookkeeping::ALL, &modules.concat(), &tables].concat()
}

/// Every bulk insert, likewise.
pub fn bulks() -> Vec<&'static Bulk> {
    [
        bookkeeping::BULKS,
        &accounting::bulks(),
        &documents::bulks(),
        &items::bulks(),
        &settlement::bulks(),
        &tax::bulks(),
    ]
    .concat()
}

/// Every change of many rows, likewise.
pub fn bulk_updates() -> Vec<&'static BulkUpdate> {
    [accounting::bulk_updates(), documents::bulk_updates(), settlement::bulk_updates()].concat()
}

/// Every accumulation, likewise.
pub fn accumulations() -> Vec<&'static Accumulate> {
    accounting::accumulations()
}

/// Every look-up by keys, likewise.
pub fn lookups() -> Vec<&'static Lookup> {
    let modules = [
        accounting::lookups(),
        documents::lookups(),
        items::lookups(),
        parties::lookups(),
        platform::lookups(),
        settlement::lookups(),
        tax::lookups(),
    ];
    modules.concat()
}

/// Every list, likewise.
pub fn lists() -> Vec<&'static ListSql> {
    let tables = tables().into_iter().map(|table| &table.list).collect();
    [accounting::lists(), documents::lists(), platform::lists(), settlement::lists(), tax::lists(), tables]
        .concat()
}
