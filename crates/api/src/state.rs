//! What handlers depend on. Each takes the one part it needs as `State<…>`.

use std::sync::Arc;

use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::command::Application;
use application::platform::audit_log::AuditLogQueries;
use application::platform::change_feed::ChangeFeedQueries;
use application::platform::identity::Authenticator;
use application::platform::jobs::{JobQueries, JobRegistry};
use application::platform::ports::{PasswordHasher, PlatformQueries};
use application::platform::sign_in::SignIn;
use application::ports::cache::Cache;
use application::ports::clock::{Clock, Ids};
use axum::extract::FromRef;

use crate::event_hub::{AnnouncingCache, EventHub};
use crate::routes::accounting::imports::Importer;

/// Everything a handler may ask for; wired up once at start.
#[derive(Clone)]
pub struct AppState {
    pub application: Application,
    pub authenticator: Arc<dyn Authenticator>,
    pub sign_in: SignIn,
    pub audit_log: Arc<dyn AuditLogQueries>,
    pub change_feed: Arc<dyn ChangeFeedQueries>,
    pub events: EventHub,
    pub job_queries: Arc<dyn JobQueries>,
    pub jobs: JobRegistry,
    pub journal_entries: Arc<dyn JournalEntryQueries>,
}

impl AppState {
    /// `queries` is the database: it answers every read. The state's application tells event streams of its commits, so
    /// whatever writes should go through that one.
    pub fn new<Q>(
        application: Application,
        authenticator: Arc<dyn Authenticator>,
        sign_in: SignIn,
        queries: &Arc<Q>,
    ) -> Self
    where
        Q: AuditLogQueries + ChangeFeedQueries + JobQueries + JournalEntryQueries + 'static,
    {
        let events = EventHub::default();
        let cache = Arc::new(AnnouncingCache::new(application.cache.clone(), events.clone()));
        Self {
            application: Application { cache, ..application },
            authenticator,
            sign_in,
            audit_log: queries.clone(),
            change_feed: queries.clone(),
            events,
            job_queries: queries.clone(),
            jobs: JobRegistry::default(),
            journal_entries: queries.clone(),
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
    Arc<dyn AuditLogQueries>: state => state.audit_log.clone();
    Arc<dyn ChangeFeedQueries>: state => state.change_feed.clone();
    Arc<dyn JobQueries>: state => state.job_queries.clone();
    Importer: state => Importer {
        app: state.application.clone(),
        registry: state.jobs.clone(),
        queries: state.job_queries.clone(),
        ids: state.application.ids.clone(),
    };
    EventHub: state => state.events.clone();
    JobRegistry: state => state.jobs.clone();
    Arc<dyn JournalEntryQueries>: state => state.journal_entries.clone();
}
