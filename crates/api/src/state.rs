//! What handlers depend on. Each takes the one part it needs as `State<…>`.

use std::sync::Arc;

use application::accounting::ports::close_checklist::CloseChecklistQueries;
use application::accounting::ports::fiscal_years::FiscalYearQueries;
use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::ports::locks::LockQueries;
use application::accounting::ports::opening_balances::OpeningBalanceQueries;
use application::accounting::ports::recurring_entries::RecurringEntryQueries;
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
    pub close_checklist: Arc<dyn CloseChecklistQueries>,
    pub fiscal_years: Arc<dyn FiscalYearQueries>,
    pub journal_entries: Arc<dyn JournalEntryQueries>,
    pub locks: Arc<dyn LockQueries>,
    pub opening_balances: Arc<dyn OpeningBalanceQueries>,
    pub recurring_entries: Arc<dyn RecurringEntryQueries>,
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
        Q: CloseChecklistQueries
            + FiscalYearQueries
            + JournalEntryQueries
            + LockQueries
            + OpeningBalanceQueries
            + RecurringEntryQueries
            + 'static,
    {
        Self {
            application,
            authenticator,
            sign_in,
            close_checklist: queries.clone(),
            fiscal_years: queries.clone(),
            journal_entries: queries.clone(),
            locks: queries.clone(),
            opening_balances: queries.clone(),
            recurring_entries: queries.clone(),
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
    Arc<dyn CloseChecklistQueries>: state => state.close_checklist.clone();
    Arc<dyn FiscalYearQueries>: state => state.fiscal_years.clone();
    Arc<dyn JournalEntryQueries>: state => state.journal_entries.clone();
    Arc<dyn LockQueries>: state => state.locks.clone();
    Arc<dyn OpeningBalanceQueries>: state => state.opening_balances.clone();
    Arc<dyn RecurringEntryQueries>: state => state.recurring_entries.clone();
}
