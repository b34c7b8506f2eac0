//! Background work: recurring entries and invoices fall due, fiscal years end, remembered answers grow old. If several processes
//! share a database, only the leader does it.

use std::future::Future;
use std::time::Duration;

use application::accounting::deferrals::run_due::{self, run_due_deferrals};
use application::accounting::fiscal_years::make_next_year_ahead;
use application::accounting::recurring::{RecurringRun, Recurs, run_due_occurrences};
use application::command::Application;
use application::documents::orders::expire_quotations;
use application::documents::recurring::template::InvoiceTemplate;
use application::error::AppResult;
use application::paging::{FilterOp, FilterValue, ListQuery, PAGE_LIMIT_MAX};
use application::platform::attachments::sweep;
use application::platform::jobs::{RENEWAL, fail_interrupted, keep_runner};
use application::platform::retention::purge_idempotency;
use application::platform::tenants::TENANT_LIST;
use application::platform::views::TenantView;
use chrono::NaiveDate;
use domain::accounting::recurring_entry::EntryTemplate;
use domain::ids::TenantId;
use domain::time_zone::TimeZone;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};

use super::leader::{Candidate, Leading};
use super::wiring::Parts;
use crate::state::AppState;

/// How often the background looks whether something is due.
pub const TICK: Duration = Duration::from_secs(60);
/// Ticks between two rounds that also do what is not urgent: next fiscal years, cleaning up.
const HOURLY_TICKS: u64 = 60;

/// Starts the background work; the future ends when it has stopped and the lease is handed back.
pub fn start(parts: &Parts, stopped: watch::Receiver<bool>) -> impl Future<Output = ()> + use<> {
    Standing::of(parts).start(parts, stopped)
}

/// A process that is about to stand for the background work.
pub struct Standing {
    candidate: Candidate,
    /// Whether it does the work.
    pub leading: Leading,
}

impl Standing {
    pub fn of(parts: &Parts) -> Self {
        let app = parts.state.application.clone();
        let (candidate, leading) = Candidate::new(app, parts.state.switches.clone());
        Self { candidate, leading }
    }

    /// Starts the background work, as [`start`] does.
    pub fn start(self, parts: &Parts, stopped: watch::Receiver<bool>) -> impl Future<Output = ()> + use<> {
        let app = parts.state.application.clone();
        // Not waited for: it goes on while jobs do, until the process ends.
        tokio::spawn(note_runner(parts.state.clone(), stopped.clone()));
        let worker = Worker { app, state: parts.state.clone(), leading: self.leading, stopped };
        let (end, ended) = watch::channel(false);
        let standing = tokio::spawn(self.candidate.run(ended));
        let running = tokio::spawn(worker.run());
        async move {
            let _ = running.await;
            let _ = end.send(true);
            let _ = standing.await;
        }
    }
}

/// Says every few seconds that this process lives, as long as it runs jobs of users; also one that is not the leader.
async fn note_runner(state: AppState, stopped: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(RENEWAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        match state.jobs.is_idle() {
            true if *stopped.borrow() => return,
            true => continue,
            false => {}
        }
        if let Err(error) = keep_runner(&state.application, state.jobs.runner()).await {
            warn!(%error, "It cannot be noted that this process runs jobs: {{error}}");
        }
    }
}

struct Worker {
    app: Application,
    state: AppState,
    leading: Leading,
    stopped: watch::Receiver<bool>,
}

impl Worker {
    async fn run(self) {
        let (mut led, mut rounds) = (false, 0_u64);
        let (mut stopped, mut leading) = (self.stopped.clone(), self.leading.clone());
        let mut interval = tokio::time::interval(TICK);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut looks = tokio::time::interval(RENEWAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let only_jobs = tokio::select! {
                _ = looks.tick() => true,
                _ = interval.tick() => false,
                leads = leading.changed(led) => {
                    led = leads;
                    interval.reset();
                    false
                }
                _ = stopped.wait_for(|stopped| *stopped) => return,
            };
            if !self.may_go_on() {
                continue;
            }
            if only_jobs {
                let runner = self.state.jobs.runner();
                told("interrupted jobs", fail_interrupted(&self.app, runner).await);
                continue;
            }
            self.round(rounds % HOURLY_TICKS == 0).await;
            rounds += 1;
        }
    }

    /// Asked before each step, so that a process that is no longer the leader begins nothing more.
    fn may_go_on(&self) -> bool {
        self.leading.now() && self.state.switches.runs_jobs() && !*self.stopped.borrow()
    }

    async fn round(&self, hourly: bool) {
        self.tenants(hourly).await;
        if hourly && self.may_go_on() {
            told("old idempotency keys", purge_idempotency(&self.app).await);
        }
        if hourly && self.may_go_on() {
            told("files without an owner", self.sweep().await);
        }
    }

    async fn sweep(&self) -> AppResult<u64> {
        Ok(sweep(&self.app, &*self.state.files.store).await?.removed)
    }

    /// Does the work of every active tenant, a page of tenants at a time. A failure of one tenant does not hold up
    /// the others.
    async fn tenants(&self, hourly: bool) {
        let active = FilterValue::Text("active".to_owned());
        let mut query = ListQuery::first(&TENANT_LIST, PAGE_LIMIT_MAX).filter("status", FilterOp::Eq, active);
        loop {
            let page = match self.state.sign_in.queries.tenants(&query).await {
                Ok(page) => page,
                Err(error) => return error!(%error, "Background work cannot list the tenants: {{error}}"),
            };
            for tenant in page.items {
                // First the year, into which entries may fall due.
                if hourly && self.may_go_on() {
                    self.next_fiscal_year(&tenant).await;
                }
                if !self.may_go_on() {
                    return;
                }
                self.occurrences::<EntryTemplate>(&tenant).await;
                if !self.may_go_on() {
                    return;
                }
                self.occurrences::<InvoiceTemplate>(&tenant).await;
                if !self.may_go_on() {
                    return;
                }
                let today = self.today(&tenant);
                let run = async { run_due_deferrals(&self.app, TenantId::new(tenant.id), today?).await };
                told_due(&tenant, run_due::CAUSE, run.await);
                if hourly && self.may_go_on() {
                    self.quotations(&tenant).await;
                }
            }
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return,
            }
        }
    }

    /// Makes the fiscal year after one that ends soon.
    async fn next_fiscal_year(&self, tenant: &TenantView) {
        let make = async {
            let zone = TimeZone::parse(&tenant.time_zone)?;
            make_next_year_ahead(&self.app, TenantId::new(tenant.id), zone).await
        };
        match make.await {
            Ok(true) => info!(tenant = %tenant.id, "The next fiscal year of {{tenant}} was made"),
            Ok(false) => {}
            Err(error) => {
                error!(%error, tenant = %tenant.id, "The next fiscal year of {{tenant}} cannot be made: {{error}}")
            }
        }
    }

    /// Expires the quotations that nobody has answered while they were valid.
    async fn quotations(&self, tenant: &TenantView) {
        let expire = async {
            let today = TimeZone::parse(&tenant.time_zone)?.day_of(self.app.clock.now());
            expire_quotations(&self.app, TenantId::new(tenant.id), today).await
        };
        match expire.await {
            Ok(0) => {}
            Ok(count) => info!(tenant = %tenant.id, count, "{{count}} quotations of {{tenant}} have expired"),
            Err(error) => error!(%error, tenant = %tenant.id, "Quotations of {{tenant}}: {{error}}"),
        }
    }

    /// Makes what is due of one kind on the tenant's day.
    async fn occurrences<T: Recurs>(&self, tenant: &TenantView) {
        let today = self.today(tenant);
        let run = async { run_due_occurrences::<T>(&self.app, TenantId::new(tenant.id), today?).await };
        told_due(tenant, T::NAMES.cause, run.await);
    }

    /// The tenant's day.
    fn today(&self, tenant: &TenantView) -> AppResult<NaiveDate> {
        Ok(TimeZone::parse(&tenant.time_zone)?.day_of(self.app.clock.now()))
    }
}

fn told_due(tenant: &TenantView, kind: &'static str, run: AppResult<RecurringRun>) {
    match run {
        Ok(run) if run.drafted + run.posted + run.failed > 0 => info!(
            tenant = %tenant.id, kind, drafted = run.drafted, posted = run.posted, failed = run.failed,
            "Due of {{kind}} in {{tenant}}: {{drafted}} drafted, {{posted}} posted, {{failed}} refused"
        ),
        Ok(_) => {}
        Err(error) => error!(%error, tenant = %tenant.id, kind, "Due of {{kind}} in {{tenant}}: {{error}}"),
    }
}

fn told(what: &str, result: AppResult<u64>) {
    match result {
        Ok(0) => {}
        Ok(count) => info!(what, count, "Cleaned up {{count}} {{what}}"),
        Err(error) => error!(what, %error, "Cleaning up {{what}} failed: {{error}}"),
    }
}
