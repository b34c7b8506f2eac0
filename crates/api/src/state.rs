//! What handlers depend on. Each takes the one part it needs as `State<…>`.

use std::sync::Arc;

use application::accounting::ports::integrity::IntegrityQueries;
use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::ports::ledger_export::LedgerExportQueries;
use application::accounting::ports::reports::ReportQueries;
use application::command::Application;
use application::platform::identity::Authenticator;
use application::platform::ports::{PasswordHasher, PlatformQueries};
use application::platform::sign_in::SignIn;
use application::ports::cache::Cache;
use application::ports::clock::{Clock, Ids};
use axum::extract::FromRef;

/// Everything a handler may ask for; wired up once at start.
#[derive(Clone)]
pub struct AppState {
    pub application: Application,
    pub authenticator: Arc<dyn Authenticator>,
    pub sign_in: SignIn,
    pub integrity: Arc<dyn IntegrityQueries>,
    pub journal_entries: Arc<dyn JournalEntryQueries>,
    pub ledger_export: Arc<dyn LedgerExportQueries>,
    pub reports: Arc<dyn ReportQueries>,
}

impl AppState {
    /// `queries` is the database: it answers every read.
    pub fn new<Q>(
        application: Application,
        authenticator: Arc<dyn Authenticator>,
        sign_in: SignIn,
        queries: &Arc<Q>,
    ) -> Self
    where
        Q: IntegrityQueries + JournalEntryQueries + LedgerExportQueries + ReportQueries + 'static,
    {
        Self {
            application,
            authenticator,
            sign_in,
            integrity: queries.clone(),
            journal_entries: queries.clone(),
            ledger_export: queries.clone(),
            reports: queries.clone(),
        }
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
    Arc<dyn PlatformQueries>: state => state.sign_in.queries.clone();
    Arc<dyn PasswordHasher>: state => state.sign_in.passwords.clone();
    Arc<dyn Authenticator>: state => state.authenticator.clone();
    Arc<dyn Cache>: state => state.application.cache.clone();
    Arc<dyn Clock>: state => state.application.clock.clone();
    Arc<dyn Ids>: state => state.application.ids.clone();
    Arc<dyn IntegrityQueries>: state => state.integrity.clone();
    Arc<dyn JournalEntryQueries>: state => state.journal_entries.clone();
    Arc<dyn LedgerExportQueries>: state => state.ledger_export.clone();
    Arc<dyn ReportQueries>: state => state.reports.clone();
}
