//! Telemetry on its way from the tap to the destinations that the settings name.

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use application::ports::configuration::SecretText;
use domain::time::Timestamp;
use infrastructure::secrets::identity::TokenSource;
use infrastructure::system::machine_name;
use infrastructure::telemetry::{
    Destination, Exporter, FLUSH_PATIENCE, Format, INGESTION_PATH, Identity, Statistics,
};
use signals::event::Event;
use signals::{Fed, SAMPLER_TICK};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tracing::{error, info};

use super::azure_identity::azure_identity;
use super::stores::build;
use crate::config::{Environment, LiveSettings, Settings, Telemetry};
use crate::metrics::Metrics;
use crate::telemetry::tap::Item;
use crate::telemetry::tap::UserIds;
use crate::telemetry::{Enrichers, Naming, Tap, Time};

const TARGET: &str = "erp::telemetry";
/// Ticks of the sampler between two exports of metrics: a minute (H4).
const METRICS_TICKS: u64 = 60;

/// The identity of this process, in every event.
pub fn enrichers(environment: Environment) -> Enrichers {
    Enrichers::standard(machine(), environment.name())
}

/// The machine's own name, or the pod's.
pub fn machine() -> String {
    machine_name().unwrap_or_else(|| "unknown".to_owned())
}

/// Version and revision. Where the build was told no revision, what tells it from others.
fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| match option_env!("ERP_REVISION") {
        Some(revision) if !revision.is_empty() => format!("{}+{revision}", env!("CARGO_PKG_VERSION")),
        _ => build(),
    });
    &VERSION
}

/// Telemetry of the process; clones are the same. The thread that exports is started when there is somewhere to.
#[derive(Clone)]
pub struct Exporting(Arc<Shared>);

struct Shared {
    tap: Tap,
    now: Time,
    began: Timestamp,
    development: bool,
    state: Mutex<State>,
}

struct State {
    /// Until the thread is started.
    fed: Option<(Fed<Item>, Naming)>,
    exporter: Option<Exporter>,
    applied: Option<Telemetry>,
}

/// Sends what is left when it is dropped, however that comes about.
pub struct EndAtEnd(Exporting);

impl Drop for EndAtEnd {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Exporting {
    /// Exports nothing before [`Exporting::apply`].
    pub fn new(environment: Environment, now: Time) -> Self {
        let (tap, fed) = Tap::new(0.0, now.clone());
        let development = environment.is_development();
        let naming = Naming {
            enrichers: enrichers(environment),
            user_ids: UserIds::default(),
            // Outside development, callers come through a gateway that ends TLS.
            scheme: if development { "http" } else { "https" },
            calls: 0,
        };
        let state = State { fed: Some((fed, naming)), exporter: None, applied: None };
        let began = now();
        Self(Arc::new(Shared { tap, now, began, development, state: Mutex::new(state) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn tap(&self) -> &Tap {
        &self.0.tap
    }

    pub fn version(&self) -> &'static str {
        version()
    }

    pub fn ended_at_end(&self) -> EndAtEnd {
        EndAtEnd(self.clone())
    }

    pub fn statistics(&self) -> Vec<Statistics> {
        self.state().exporter.as_ref().map(Exporter::statistics).unwrap_or_default()
    }

    /// Exports to where these settings say from now on.
    pub fn apply(&self, settings: &Settings) {
        let telemetry = &settings.telemetry;
        self.0.tap.set_traces_per_second(telemetry.traces_per_second as f64);
        let mut state = self.state();
        let rest = |telemetry: &Telemetry| Telemetry { traces_per_second: 0, ..telemetry.clone() };
        if state.applied.as_ref().is_some_and(|applied| rest(applied) == rest(telemetry)) {
            return;
        }
        state.applied = Some(telemetry.clone());
        let destinations = match destinations(telemetry, self.0.development) {
            Ok(destinations) => destinations,
            Err(reason) => {
                error!(target: TARGET, reason, "Telemetry stays as it was: {{reason}}");
                return;
            }
        };
        let names = destinations.iter().map(|to| to.name).collect::<Vec<_>>().join(", ");
        let open = !destinations.is_empty();
        if open && let Some((fed, mut naming)) = state.fed.take() {
            naming.user_ids = telemetry.user_ids;
            let identity = Identity {
                application: "ERP-API".to_owned(),
                instance: machine(),
                version: version().to_owned(),
                environment: settings.environment.name().to_owned(),
            };
            match Exporter::start(identity, fed, move |item| naming.event(item)) {
                Ok(exporter) => state.exporter = Some(exporter),
                Err(error) => error!(target: TARGET, %error, "There is no telemetry: {{error}}"),
            }
        }
        if let Some(exporter) = &state.exporter {
            exporter.set_destinations(destinations);
            self.0.tap.open(open);
            drop(state);
            if open {
                info!(target: TARGET, names, "Telemetry goes to {{names}}");
            } else {
                info!(target: TARGET, "Telemetry goes nowhere from now on");
            }
        }
    }

    /// Follows the settings, and keeps the pace of what is exported, until the process stops.
    pub async fn keep(self, live: LiveSettings, metrics: Metrics, mut stopped: watch::Receiver<bool>) {
        let mut settings = live.watch();
        let mut interval = tokio::time::interval(SAMPLER_TICK);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut ticks, mut last) = (0_u64, tokio::time::Instant::now());
        loop {
            tokio::select! {
                now = interval.tick() => {
                    self.0.tap.turn(now.saturating_duration_since(last).max(Duration::from_millis(1)));
                    last = now;
                    ticks += 1;
                    if ticks.is_multiple_of(METRICS_TICKS) {
                        self.export_metrics(&metrics);
                    }
                }
                changed = settings.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let settings = settings.borrow_and_update().clone();
                    self.apply(&settings);
                }
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        // The last ones of this process.
        self.export_metrics(&metrics);
    }

    fn export_metrics(&self, metrics: &Metrics) {
        if !self.0.tap.is_open() {
            return;
        }
        // Metrics ask for the state, too.
        let exporter = self.state().exporter.clone();
        if let Some(exporter) = exporter {
            let (began, time) = (self.0.began.micros(), (self.0.now)().micros());
            exporter.send(Event::Numbers { began, time, families: metrics.read() });
        }
    }

    /// Sends what is left, for some seconds at most (H8).
    fn end(&self) {
        self.0.tap.open(false);
        let exporter = self.state().exporter.take();
        if let Some(exporter) = exporter {
            exporter.end(FLUSH_PATIENCE);
        }
    }
}

fn destinations(telemetry: &Telemetry, development: bool) -> Result<Vec<Destination>, String> {
    let mut all = Vec::new();
    if let Some(insights) = &telemetry.application_insights {
        let tokens: Option<Arc<dyn TokenSource>> = match insights.identity {
            false => None,
            true => Some(Arc::new(azure_identity(development, None).map_err(|error| error.to_string())?)),
        };
        all.push(Destination {
            name: "application-insights",
            url: format!("{}{INGESTION_PATH}", insights.ingestion_endpoint),
            format: Format::Insights(insights.instrumentation_key.clone()),
            headers: Vec::new(),
            tokens,
        });
    }
    let otlp = |name, url: String, format, headers: &[(String, SecretText)]| Destination {
        name,
        url,
        format,
        headers: headers.to_vec(),
        tokens: None,
    };
    if let Some(seq) = &telemetry.seq {
        let headers: Vec<_> =
            seq.api_key.iter().map(|key| ("X-Seq-ApiKey".to_owned(), key.clone())).collect();
        let url = |path| format!("{}/ingest/otlp/v1/{path}", seq.server_url);
        all.push(otlp("seq-logs", url("logs"), Format::OtlpLogs, &headers));
        all.push(otlp("seq-traces", url("traces"), Format::OtlpTraces, &headers));
    }
    if let Some(collector) = &telemetry.otlp {
        let url = |path| format!("{}/v1/{path}", collector.endpoint);
        let headers = &collector.headers;
        all.push(otlp("otlp-logs", url("logs"), Format::OtlpLogs, headers));
        all.push(otlp("otlp-traces", url("traces"), Format::OtlpTraces, headers));
        all.push(otlp("otlp-metrics", url("metrics"), Format::OtlpMetrics, headers));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use signals::{Kind, Metric, Registry};

    use super::*;
    use crate::config::{ApplicationInsights, live_for_tests};

    static THREADS: Metric =
        Metric::new("process_threads", Kind::Gauge, "x").exported("process.thread.count");
    /// The destination does not exist: the test only watches whether the numbers are read.
    const NOWHERE: &str = "InstrumentationKey=k;IngestionEndpoint=http://127.0.0.1:9/";

    /// Proves: H4.
    #[tokio::test(start_paused = true)]
    async fn numbers_are_sent_every_minute_and_at_the_end() {
        let live = live_for_tests(false);
        let mut settings = Settings::clone(&live.current());
        settings.telemetry.application_insights = Some(ApplicationInsights::parse(NOWHERE).unwrap());
        let now = || Timestamp::parse("2024-01-15T14:30:05Z").unwrap();
        let exporting = Exporting::new(Environment::Development, Arc::new(now));
        exporting.apply(&settings);
        let sent = Arc::new(AtomicU32::new(0));
        let (mut registry, counted) = (Registry::default(), sent.clone());
        registry.add(&THREADS, move |samples| {
            counted.fetch_add(1, Ordering::Relaxed);
            samples.number(9.0);
        });
        let (stop, stopped) = watch::channel(false);
        let keeping = tokio::spawn(exporting.keep(live, Metrics::new(registry), stopped));
        for (seconds, expected) in [(55, 0), (10, 1), (50, 1), (10, 2)] {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            assert_eq!(sent.load(Ordering::Relaxed), expected, "after {seconds} s more");
        }
        stop.send(true).unwrap();
        keeping.await.unwrap();
        assert_eq!(sent.load(Ordering::Relaxed), 3, "the last ones of the process");
    }
}
