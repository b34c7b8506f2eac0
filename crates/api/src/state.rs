//! The dependencies of handlers. Each takes the one part it needs as `State<…>`.

use domain::accounting::recurring_entry::EntryTemplate;
use std::ops::Deref;
use std::sync::Arc;

use application::accounting::approvals::ports::ApprovalQueries;
use application::accounting::budgets::ports::BudgetQueries;
use application::accounting::deferrals::ports::DeferralQueries;
use application::accounting::distribution_runs::ports::DistributionQueries;
use application::accounting::line_matches::ports::LineMatchQueries;
use application::accounting::ports::accounts::AccountQueries;
use application::accounting::ports::close_checklist::CloseChecklistQueries;
use application::accounting::ports::exchange_rates::ExchangeRateQueries;
use application::accounting::ports::fiscal_years::FiscalYearQueries;
use application::accounting::ports::integrity::IntegrityQueries;
use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::ports::ledger_export::LedgerExportQueries;
use application::accounting::ports::ledger_settings::LedgerSettingsQueries;
use application::accounting::ports::locks::LockQueries;
use application::accounting::ports::number_series::NumberSeriesQueries;
use application::accounting::ports::opening_balances::OpeningBalanceQueries;
use application::accounting::ports::posting_rules::PostingRuleQueries;
use application::accounting::ports::recurring::RecurringQueries;
use application::accounting::ports::reports::ReportQueries;
use application::accounting::revaluation_runs::ports::RevaluationQueries;
use application::command::Application;
use application::company::ports::CompanyQueries;
use application::documents::ports::DocumentQueries;
use application::documents::recurring::template::InvoiceTemplate;
use application::items::ports::PriceQueries;
use application::master_data::registry::MasterReads;
use application::parties::ports::PartyQueries;
use application::platform::attachments::ports::AttachmentQueries;
use application::platform::attachments::{AttachmentPolicy, Attachments};
use application::platform::audit_log::AuditLogQueries;
use application::platform::change_feed::ChangeFeedQueries;
use application::platform::feature_flags::FeatureFlags;
use application::platform::identity::Authenticator;
use application::platform::jobs::{JobQueries, JobRegistry};
use application::platform::log_levels::LogLevelQueries;
use application::platform::ports::{PasswordHasher, PlatformQueries};
use application::platform::sign_in::SignIn;
use application::ports::blobs::BlobStore;
use application::ports::cache::{Cache, RecentChanges};
use application::ports::clock::{Clock, Ids};
use application::printing::ports::Printer;
use application::settlement::dunning::ports::DunningQueries;
use application::settlement::ports::SettlementQueries;
use application::settlement::write_offs::ports::WriteOffQueries;
use application::tax::ports::TaxCodeQueries;
use application::tax::tax_entries::TaxEntryQueries;
use application::tax::vat_returns::ports::VatReturnQueries;
use application::tax::withholding::ports::WithholdingQueries;
use axum::extract::FromRef;

use crate::attachment_links::AttachmentLinks;
use crate::event_hub::EventHub;
use crate::middleware::{Shed, Switches};
use crate::operating::Operating;
use crate::overload::Overload;

/// Everything a handler may ask for; wired up once at start. Every request gets a clone, so a clone is one count.
#[derive(Clone)]
pub struct AppState(Arc<AppParts>);

impl Deref for AppState {
    type Target = AppParts;
    fn deref(&self) -> &AppParts {
        &self.0
    }
}

/// The parts of [`AppState`].
#[derive(Clone)]
pub struct AppParts {
    pub application: Application,
    pub authenticator: Arc<dyn Authenticator>,
    pub sign_in: SignIn,
    pub events: EventHub,
    pub jobs: JobRegistry,
    pub files: Files,
    pub queries: Queries,
    pub switches: Switches,
    pub flags: FeatureFlags,
    /// Keeps the server standing when it is offered more than it can do.
    pub overload: Overload,
    /// The view of the process for platform administrators.
    pub operating: Operating,
}

/// The file store and what is taken into it, and what makes files.
#[derive(Clone)]
pub struct Files {
    pub printer: Arc<dyn Printer>,
    pub store: Arc<dyn BlobStore>,
    pub policy: Arc<AttachmentPolicy>,
    pub links: AttachmentLinks,
}

impl AppState {
    /// `database` answers every read. `events` are told by the application's cache, so whatever writes should go through
    /// that application.
    pub fn new<Q: AllQueries>(
        application: Application,
        events: EventHub,
        authenticator: Arc<dyn Authenticator>,
        sign_in: SignIn,
        files: Files,
        database: &Arc<Q>,
    ) -> Self {
        let jobs = JobRegistry::new(application.ids.new_id());
        Self(Arc::new(AppParts {
            application,
            authenticator,
            sign_in,
            events,
            jobs,
            files,
            queries: Queries::of(database),
            switches: Switches::default(),
            flags: FeatureFlags::default(),
            overload: Overload::default(),
            operating: Operating::default(),
        }))
    }

    /// The layer that refuses requests at the door.
    pub fn shed(&self, hsts: bool) -> Shed {
        Shed::new(self.overload.admission.clone(), self.application.ids.clone(), hsts)
    }

    /// The state with other limits.
    #[must_use]
    pub fn with_overload(mut self, overload: Overload) -> Self {
        Arc::make_mut(&mut self.0).overload = overload;
        self
    }

    /// The state with information for operators.
    #[must_use]
    pub fn operated_by(mut self, operating: Operating) -> Self {
        Arc::make_mut(&mut self.0).operating = operating;
        self
    }
}

/// One line for each dependency.
macro_rules! parts {
    ($($part:ty: $state:ident => $value:expr;)*) => {$(
        impl FromRef<AppState> for $part {
            fn from_ref($state: &AppState) -> Self {
                $value
            }
        }
    )*};
}

parts! {
    Application: state => state.application.clone();
    SignIn: state => state.sign_in.clone();
    EventHub: state => state.events.clone();
    JobRegistry: state => state.jobs.clone();
    Switches: state => state.switches.clone();
    FeatureFlags: state => state.flags.clone();
    Operating: state => state.operating.clone();
    Arc<dyn PlatformQueries>: state => state.sign_in.queries.clone();
    Arc<dyn PasswordHasher>: state => state.sign_in.passwords.clone();
    Arc<dyn Authenticator>: state => state.authenticator.clone();
    AttachmentLinks: state => state.files.links.clone();
    Arc<dyn BlobStore>: state => state.files.store.clone();
    Arc<dyn Printer>: state => state.files.printer.clone();
    Arc<dyn Cache>: state => state.application.cache.clone();
    Arc<dyn Clock>: state => state.application.clock.clone();
    Arc<dyn Ids>: state => state.application.ids.clone();
    Attachments: state => Attachments {
        app: state.application.clone(),
        store: state.files.store.clone(),
        queries: state.queries.attachments.clone(),
        policy: state.files.policy.clone(),
    };
}

/// The read ports, all answered by the database; one line for each.
macro_rules! queries {
    ($($name:ident: $port:path,)*) => {
        #[derive(Clone)]
        pub struct Queries {
            $(pub $name: Arc<dyn $port>,)*
        }

        impl Queries {
            fn of<Q: AllQueries>(database: &Arc<Q>) -> Self {
                Self { $($name: database.clone(),)* }
            }
        }

        /// A database that answers every read.
        pub trait AllQueries: $($port +)* 'static {}
        impl<Q: $($port +)* 'static> AllQueries for Q {}

        parts! {
            $(Arc<dyn $port>: state => state.queries.$name.clone();)*
        }
    };
}

queries! {
    accounts: AccountQueries,
    approvals: ApprovalQueries,
    attachments: AttachmentQueries,
    audit_log: AuditLogQueries,
    budgets: BudgetQueries,
    change_feed: ChangeFeedQueries,
    close_checklist: CloseChecklistQueries,
    company: CompanyQueries,
    documents: DocumentQueries,
    deferrals: DeferralQueries,
    distributions: DistributionQueries,
    dunning: DunningQueries,
    exchange_rates: ExchangeRateQueries,
    fiscal_years: FiscalYearQueries,
    integrity: IntegrityQueries,
    jobs: JobQueries,
    journal_entries: JournalEntryQueries,
    ledger_export: LedgerExportQueries,
    ledger_settings: LedgerSettingsQueries,
    line_matches: LineMatchQueries,
    locks: LockQueries,
    log_levels: LogLevelQueries,
    master_data: MasterReads,
    number_series: NumberSeriesQueries,
    opening_balances: OpeningBalanceQueries,
    parties: PartyQueries,
    posting_rules: PostingRuleQueries,
    prices: PriceQueries,
    recent_changes: RecentChanges,
    recurring_entries: RecurringQueries<EntryTemplate>,
    recurring_invoices: RecurringQueries<InvoiceTemplate>,
    reports: ReportQueries,
    revaluations: RevaluationQueries,
    settlement: SettlementQueries,
    write_offs: WriteOffQueries,
    tax_codes: TaxCodeQueries,
    tax_entries: TaxEntryQueries,
    vat_returns: VatReturnQueries,
    withholding: WithholdingQueries,
}
