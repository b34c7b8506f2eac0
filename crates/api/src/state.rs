//! What handlers depend on. Each takes the one part it needs as `State<…>`.

use std::sync::Arc;

use application::accounting::ports::accounts::AccountQueries;
use application::accounting::ports::currencies::CurrencyQueries;
use application::accounting::ports::dimension_rules::DimensionRuleQueries;
use application::accounting::ports::dimensions::DimensionQueries;
use application::accounting::ports::exchange_rates::ExchangeRateQueries;
use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::ports::journals::JournalQueries;
use application::accounting::ports::ledger_settings::LedgerSettingsQueries;
use application::accounting::ports::number_series::NumberSeriesQueries;
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
    pub accounts: Arc<dyn AccountQueries>,
    pub currencies: Arc<dyn CurrencyQueries>,
    pub dimension_rules: Arc<dyn DimensionRuleQueries>,
    pub dimensions: Arc<dyn DimensionQueries>,
    pub exchange_rates: Arc<dyn ExchangeRateQueries>,
    pub journal_entries: Arc<dyn JournalEntryQueries>,
    pub journals: Arc<dyn JournalQueries>,
    pub ledger_settings: Arc<dyn LedgerSettingsQueries>,
    pub number_series: Arc<dyn NumberSeriesQueries>,
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
        Q: AccountQueries
            + CurrencyQueries
            + DimensionRuleQueries
            + DimensionQueries
            + ExchangeRateQueries
            + JournalEntryQueries
            + JournalQueries
            + LedgerSettingsQueries
            + NumberSeriesQueries
            + 'static,
    {
        Self {
            application,
            authenticator,
            sign_in,
            accounts: queries.clone(),
            currencies: queries.clone(),
            dimension_rules: queries.clone(),
            dimensions: queries.clone(),
            exchange_rates: queries.clone(),
            journal_entries: queries.clone(),
            journals: queries.clone(),
            ledger_settings: queries.clone(),
            number_series: queries.clone(),
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
    Arc<dyn AccountQueries>: state => state.accounts.clone();
    Arc<dyn CurrencyQueries>: state => state.currencies.clone();
    Arc<dyn DimensionRuleQueries>: state => state.dimension_rules.clone();
    Arc<dyn DimensionQueries>: state => state.dimensions.clone();
    Arc<dyn ExchangeRateQueries>: state => state.exchange_rates.clone();
    Arc<dyn JournalEntryQueries>: state => state.journal_entries.clone();
    Arc<dyn JournalQueries>: state => state.journals.clone();
    Arc<dyn LedgerSettingsQueries>: state => state.ledger_settings.clone();
    Arc<dyn NumberSeriesQueries>: state => state.number_series.clone();
}
