//! The open transaction, bound to one tenant, with every repository on it.

use domain::accounting::recurring_entry::EntryTemplate;
use domain::error::Violation;
use domain::ids::TenantId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::accounting::approvals::ports::ApprovalRepository;
use crate::accounting::budgets::ports::BudgetRepository;
use crate::accounting::deferrals::ports::DeferralRepository;
use crate::accounting::distribution_runs::ports::DistributionRepository;
use crate::accounting::line_matches::ports::LineMatchRepository;
use crate::accounting::ports::account_merge::AccountMergeRepository;
use crate::accounting::ports::accounts::AccountRepository;
use crate::accounting::ports::dimension_rules::DimensionRuleRepository;
use crate::accounting::ports::dimensions::DimensionRepository;
use crate::accounting::ports::exchange_rates::ExchangeRateRepository;
use crate::accounting::ports::fiscal_years::FiscalYearRepository;
use crate::accounting::ports::imports::ImportRepository;
use crate::accounting::ports::journal_entries::JournalEntryRepository;
use crate::accounting::ports::ledger::LedgerRepository;
use crate::accounting::ports::ledger_settings::LedgerSettingsRepository;
use crate::accounting::ports::locks::LockRepository;
use crate::accounting::ports::number_series::NumberSeriesRepository;
use crate::accounting::ports::posting_rules::PostingRuleRepository;
use crate::accounting::ports::recurring::RecurringRepository;
use crate::accounting::revaluation_runs::ports::RevaluationRepository;
use crate::company::ports::CompanyRepository;
use crate::documents::ports::DocumentRepository;
use crate::documents::recurring::template::InvoiceTemplate;
use crate::items::ports::ItemRepository;
use crate::master_data::registry::MasterRecords;
use crate::parties::ports::PartyRepository;
use crate::platform::attachments::ports::{AttachmentRepository, StoredBlobRepository};
use crate::platform::jobs::ports::JobRepository;
use crate::platform::log_levels::LogLevelRepository;
use crate::platform::ports::LeaseRepository;
use crate::platform::ports::RetentionRepository;
use crate::platform::ports::{
    ApiKeyRepository, InvitationRepository, RoleRepository, SessionRepository, TenantRepository,
    UserRepository,
};
use crate::ports::bookkeeping::Bookkeeping;
use crate::ports::change::Change;
use crate::ports::codes::CodeRepository;
use crate::settlement::dunning::ports::DunningRepository;
use crate::settlement::ports::OpenItemRepository;
use crate::settlement::write_offs::ports::WriteOffRepository;
use crate::tax::tax_entries::TaxEntryRepository;
use crate::tax::vat_returns::ports::VatReturnRepository;
use crate::tax::withholding::ports::WithholdingRepository;

/// Everything a command may do to stored data. It *is* the transaction: nothing it did is kept unless the work commits.
pub trait UnitOfWork: MasterRecords {
    /// The tenant every repository of this unit of work is bound to.
    fn tenant(&self) -> TenantId;
    /// Binds to another tenant; for provisioning and platform administration only.
    fn enter_tenant(&mut self, tenant: TenantId);
    /// The moment of this transaction: strictly later than that of every transaction committed before (R10).
    fn now(&self) -> Timestamp;
    fn new_id(&mut self) -> Uuid;
    /// Notes a change; its audit row and its event are written before the commit.
    fn record(&mut self, change: Change);
    /// The warnings about what was done so far, for the answer to the request.
    fn warnings(&mut self) -> &mut Vec<Violation>;
    fn bookkeeping(&mut self) -> &mut dyn Bookkeeping;
    fn fiscal_years(&mut self) -> &mut dyn FiscalYearRepository;
    fn approvals(&mut self) -> &mut dyn ApprovalRepository;
    fn account_merges(&mut self) -> &mut dyn AccountMergeRepository;
    fn accounts(&mut self) -> &mut dyn AccountRepository;
    fn company(&mut self) -> &mut dyn CompanyRepository;
    fn budgets(&mut self) -> &mut dyn BudgetRepository;
    fn codes(&mut self) -> &mut dyn CodeRepository;
    fn deferrals(&mut self) -> &mut dyn DeferralRepository;
    fn dimension_rules(&mut self) -> &mut dyn DimensionRuleRepository;
    fn dimensions(&mut self) -> &mut dyn DimensionRepository;
    fn distributions(&mut self) -> &mut dyn DistributionRepository;
    fn dunning(&mut self) -> &mut dyn DunningRepository;
    fn documents(&mut self) -> &mut dyn DocumentRepository;
    fn exchange_rates(&mut self) -> &mut dyn ExchangeRateRepository;
    fn journal_entries(&mut self) -> &mut dyn JournalEntryRepository;
    fn ledger(&mut self) -> &mut dyn LedgerRepository;
    fn ledger_settings(&mut self) -> &mut dyn LedgerSettingsRepository;
    fn line_matches(&mut self) -> &mut dyn LineMatchRepository;
    fn open_items(&mut self) -> &mut dyn OpenItemRepository;
    fn number_series(&mut self) -> &mut dyn NumberSeriesRepository;
    fn locks(&mut self) -> &mut dyn LockRepository;
    fn parties(&mut self) -> &mut dyn PartyRepository;
    fn posting_rules(&mut self) -> &mut dyn PostingRuleRepository;
    fn recurring_entries(&mut self) -> &mut dyn RecurringRepository<EntryTemplate>;
    fn recurring_invoices(&mut self) -> &mut dyn RecurringRepository<InvoiceTemplate>;
    fn revaluations(&mut self) -> &mut dyn RevaluationRepository;
    fn items(&mut self) -> &mut dyn ItemRepository;
    fn imports(&mut self) -> &mut dyn ImportRepository;
    fn jobs(&mut self) -> &mut dyn JobRepository;
    fn leases(&mut self) -> &mut dyn LeaseRepository;
    fn log_levels(&mut self) -> &mut dyn LogLevelRepository;
    fn retention(&mut self) -> &mut dyn RetentionRepository;
    fn withholding(&mut self) -> &mut dyn WithholdingRepository;
    fn tax_entries(&mut self) -> &mut dyn TaxEntryRepository;
    fn write_offs(&mut self) -> &mut dyn WriteOffRepository;
    fn vat_returns(&mut self) -> &mut dyn VatReturnRepository;
    fn tenants(&mut self) -> &mut dyn TenantRepository;
    fn invitations(&mut self) -> &mut dyn InvitationRepository;
    fn users(&mut self) -> &mut dyn UserRepository;
    fn roles(&mut self) -> &mut dyn RoleRepository;
    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository;
    fn attachments(&mut self) -> &mut dyn AttachmentRepository;
    fn stored_blobs(&mut self) -> &mut dyn StoredBlobRepository;
    fn sessions(&mut self) -> &mut dyn SessionRepository;
}
