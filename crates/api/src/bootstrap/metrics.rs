//! The source of each metric.

mod sources;

use std::sync::Arc;
use std::time::Duration;

use application::platform::backups::BackupKind;
use application::platform::backups::service::{BackupService, KindStatistics};
use application::ports::cache::{BreakerState, RedisStatistics};
use domain::time::Timestamp;
use infrastructure::cache::layered::LayeredCache;
use infrastructure::sql::meter::Ran;
use signals::Registry;

pub use self::sources::Sources;
use super::Parts;
use super::health_checks::database_name;
use super::leader::Leading;
use super::telemetry::Exporting;
use crate::config::{LiveSettings, Settings, Source};
use crate::metrics::{Metrics, defs, process};
use crate::resources::{Resources, memory_usage, resident_bytes};
use crate::telemetry::Logs;

/// The other parts of the process that metrics are read from.
pub struct Others<'a> {
    pub settings: &'a Settings,
    pub parts: &'a Parts,
    pub live: &'a LiveSettings,
    pub logs: &'a Logs,
    pub leading: Leading,
    pub exporting: &'a Exporting,
    pub backups: Option<Arc<dyn BackupService>>,
}

/// Every metric, as far as there is something to read.
pub fn metrics(sources: &Arc<Sources>, others: Others<'_>) -> Metrics {
    let mut registry = Registry::default();
    targets(&mut registry, sources);
    requests(&mut registry, sources);
    database(&mut registry, sources);
    cache(&mut registry, sources, others.parts.live.redis.as_ref());
    rest(&mut registry, &others);
    if let Some(service) = &others.backups {
        backups(&mut registry, service);
    }
    of_process(&mut registry, sources, &others);
    Metrics::new(registry)
}

/// A metric read from the sources.
macro_rules! read {
    ($registry:ident, $sources:ident: $($metric:ident => |$from:ident, $samples:ident| $read:expr;)*) => {$({
        let $from = $sources.clone();
        $registry.add(&defs::$metric, move |$samples| $read);
    })*};
}

fn targets(registry: &mut Registry, sources: &Arc<Sources>) {
    let resources = Resources::of_process();
    read!(registry, sources:
        RESPONSE_P50 => |from, samples| samples.maybe(from.targets.response(0.5));
        RESPONSE_P95 => |from, samples| samples.maybe(from.targets.response(0.95));
        RESPONSE_P99 => |from, samples| samples.maybe(from.targets.response(0.99));
        DATABASE_P95 => |from, samples| samples.maybe(from.targets.statement(0.95));
        CACHE_HIT_RATIO => |from, samples| samples.maybe(from.targets.hit_ratio());
        CONCURRENT_USERS => |from, samples| samples.number(from.observing.users.estimate());
        REQUESTS_PER_SECOND => |from, samples| samples.maybe(from.targets.requests_per_second());
        CPU_USAGE => |from, samples| samples.maybe(from.targets.cpu(resources.cpus));
        EXCEPTIONS_PER_SECOND => |from, samples| samples.maybe(from.targets.failed_per_second());
    );
    registry.add(&defs::MEMORY_USAGE, |samples| samples.maybe(memory_usage()));
}

fn requests(registry: &mut Registry, sources: &Arc<Sources>) {
    read!(registry, sources:
        HTTP_REQUESTS => |from, samples| from.observing.routes.requests(samples);
        HTTP_DURATION => |from, samples| from.observing.routes.durations(samples);
        HTTP_RUNNING => |from, samples| {
            let requests = from.overload.snapshot().requests;
            let reads = requests.running.saturating_sub(requests.running_writes);
            samples.labelled(["read"], reads as f64);
            samples.labelled(["write"], requests.running_writes as f64);
        };
        HTTP_WAITING => |from, samples| {
            let requests = from.overload.snapshot().requests;
            samples.labelled(["read"], requests.waiting_reads as f64);
            samples.labelled(["write"], requests.waiting_writes as f64);
        };
        HTTP_LIMIT => |from, samples| samples.count(from.overload.snapshot().requests.limit as u64);
        HTTP_REFUSED => |from, samples| samples.count(from.observing.refused.read());
        EXCEPTIONS => |from, samples| samples.count(from.observing.failed.read());
        TRANSFERS => |from, samples| samples.count(from.overload.snapshot().transfers.used as u64);
        TRANSFERS_LIMIT => |from, samples| samples.count(from.overload.snapshot().transfers.limit as u64);
        BYTES => |from, samples| {
            let snapshot = from.overload.snapshot();
            samples.labelled(["known"], snapshot.bytes_in_flight.used as f64);
            samples.labelled(["anonymous"], snapshot.anonymous_bytes_in_flight.used as f64);
        };
        BYTES_LIMIT => |from, samples| {
            let snapshot = from.overload.snapshot();
            samples.labelled(["known"], snapshot.bytes_in_flight.limit as f64);
            samples.labelled(["anonymous"], snapshot.anonymous_bytes_in_flight.limit as f64);
        };
        WRITER_WAITING => |from, samples| samples.count(from.overload.snapshot().writer.waiting as u64);
        WRITER_OLDEST => |from, samples| {
            let oldest = from.overload.snapshot().writer.oldest_ms.unwrap_or(0);
            samples.number(Duration::from_millis(oldest).as_secs_f64());
        };
    );
}

fn database(registry: &mut Registry, sources: &Arc<Sources>) {
    read!(registry, sources:
        DB_DURATION => |from, samples| {
            let meter = from.database.meter();
            samples.durations(vec!["read".into()], meter.durations(Ran::Read));
            samples.durations(vec!["write".into()], meter.durations(Ran::Write));
        };
        DB_FAILURES => |from, samples| samples.count(from.database.meter().failures());
        DB_STATEMENTS => |from, samples| samples.count(from.database.asked().statements);
        DB_ROUND_TRIPS => |from, samples| samples.count(from.database.asked().round_trips);
        DB_CONNECTIONS => |from, samples| {
            let connections = from.database.connections();
            samples.labelled(["used"], connections.used as f64);
            samples.labelled(["idle"], connections.idle as f64);
        };
        DB_CONNECTIONS_MAX => |from, samples| samples.count(from.database.connections().max as u64);
        DB_CONNECTIONS_WAITING => |from, samples| samples.count(from.database.connections().waiting as u64);
        DB_CONNECTION_WAIT => |from, samples| samples.durations(Vec::new(), from.database.meter().waits());
        DB_DIALS => |from, samples| samples.maybe(from.dials().map(|dials| dials.all as f64));
        DB_DIALS_FAILED => |from, samples| samples.maybe(from.dials().map(|dials| dials.failed as f64));
    );
}

fn cache(registry: &mut Registry, sources: &Arc<Sources>, redis: Option<&Arc<LayeredCache>>) {
    read!(registry, sources:
        CACHE_HITS => |from, samples| {
            for class in from.cache.statistics().classes {
                samples.labelled([class.class, class.level], class.hits as f64);
            }
        };
        CACHE_MISSES => |from, samples| {
            for class in from.cache.statistics().classes {
                samples.labelled([class.class, class.level], class.misses as f64);
            }
        };
        CACHE_LOADS => |from, samples| samples.count(from.cache.statistics().loads);
        CACHE_ENTRIES => |from, samples| samples.count(from.cache.statistics().memory_entries);
        CACHE_BYTES => |from, samples| samples.count(from.cache.statistics().memory_bytes);
        REDIS_UP => |from, samples| {
            let up = |redis: RedisStatistics| u8::from(redis.breaker != BreakerState::Open);
            samples.maybe(from.redis().map(|redis| f64::from(up(redis))));
        };
        REDIS_ERRORS => |from, samples| samples.maybe(from.redis().map(|redis| redis.errors as f64));
        REDIS_OUTAGES => |from, samples| samples.maybe(from.redis().map(|redis| redis.opened as f64));
        OUTBOX_LENGTH => |from, samples| {
            samples.maybe(from.redis().map(|redis| redis.pending_invalidations as f64));
        };
    );
    if let Some(redis) = redis.cloned() {
        registry.add(&defs::OUTBOX_LAG, move |samples| {
            samples.number(redis.untold_for().unwrap_or_default().as_secs_f64());
        });
    }
}

fn rest(registry: &mut Registry, others: &Others<'_>) {
    let (jobs, leading) = (others.parts.state.jobs.clone(), others.leading.clone());
    registry.add(&defs::JOBS, move |samples| samples.count(jobs.count() as u64));
    registry.add(&defs::LEADER, move |samples| samples.count(u64::from(leading.now())));
    let live = others.live.clone();
    registry.add(&defs::CONFIGURATION_AGE, move |samples| {
        for (source, name) in
            [(Source::KeyVault, "key-vault"), (Source::AppConfiguration, "app-configuration")]
        {
            if let Some(age) = live.age(source) {
                samples.labelled([name], age.as_secs_f64());
            }
        }
    });
    let live = others.live.clone();
    registry.add(&defs::CONFIGURATION_RELOADS, move |samples| samples.count(live.reloads()));
    let logs = others.logs.clone();
    registry.add(&defs::LOG_EVENTS, move |samples| {
        for (level, count) in logs.counts() {
            samples.labelled([level.name()], count as f64);
        }
    });
    let logs = others.logs.clone();
    registry.add(&defs::LOG_DROPPED, move |samples| samples.count(logs.dropped()));
    let exporting = others.exporting.clone();
    registry.add(&defs::TELEMETRY, move |samples| {
        for one in exporting.statistics() {
            samples.labelled([one.destination, "delivered"], one.delivered as f64);
            samples.labelled([one.destination, "refused"], one.refused as f64);
            samples.labelled([one.destination, "dropped"], one.dropped as f64);
        }
    });
    let exporting = others.exporting.clone();
    registry.add(&defs::TELEMETRY_WAITING, move |samples| {
        for one in exporting.statistics() {
            samples.labelled([one.destination], one.waiting_bytes as f64);
        }
    });
    let exporting = others.exporting.clone();
    registry.add(&defs::TELEMETRY_DROPPED, move |samples| samples.count(exporting.tap().feed().dropped()));
}

/// Only where this process takes backups.
fn backups(registry: &mut Registry, service: &Arc<dyn BackupService>) {
    type Read = fn(&KindStatistics) -> Option<f64>;
    let kinds: [(_, Read); 3] = [
        (&defs::BACKUP_LAST, |kind| kind.last.map(seconds)),
        (&defs::BACKUP_BYTES, |kind| kind.bytes.map(|bytes| bytes as f64)),
        (&defs::BACKUP_FAILURES, |kind| Some(kind.failures as f64)),
    ];
    for (def, read) in kinds {
        let from = service.clone();
        registry.add(def, move |samples| {
            let statistics = from.statistics();
            for kind in BackupKind::ALL {
                if let Some(value) = read(statistics.of(*kind)) {
                    samples.labelled([kind.as_str()], value);
                }
            }
        });
    }
    let from = service.clone();
    registry.add(&defs::BACKUP_VERIFIED, move |samples| {
        samples.maybe(from.statistics().verified_at.map(seconds))
    });
    let from = service.clone();
    registry
        .add(&defs::RESTORE_DRILL, move |samples| samples.maybe(from.statistics().drilled_at.map(seconds)));
}

/// Since 1970.
fn seconds(moment: Timestamp) -> f64 {
    moment.micros() as f64 / 1e6
}

fn of_process(registry: &mut Registry, sources: &Arc<Sources>, others: &Others<'_>) {
    registry
        .add(&defs::PROCESS_CPU, |samples| samples.maybe(process::cpu_time().map(|time| time.as_secs_f64())));
    registry.add(&defs::PROCESS_MEMORY, |samples| {
        let bytes = resident_bytes();
        samples.maybe((bytes > 0).then_some(bytes as f64));
    });
    registry
        .add(&defs::PROCESS_FILES, |samples| samples.maybe(process::open_files().map(|files| files as f64)));
    registry
        .add(&defs::PROCESS_THREADS, |samples| samples.maybe(process::threads().map(|count| count as f64)));
    registry.add(&defs::PROCESS_FILES_MAX, |samples| samples.count(Resources::of_process().open_files));
    let (clock, sources) = (others.parts.state.application.clock.clone(), sources.clone());
    registry.add(&defs::PROCESS_START, move |samples| {
        let now = clock.now().micros() as f64 / 1e6;
        samples.number((now - sources.began.elapsed().as_secs_f64()).round());
    });
    let environment = others.settings.environment.name();
    let database = database_name(others.parts.database.dialect());
    let version = others.exporting.version();
    registry.add(&defs::BUILD, move |samples| samples.labelled([version, environment, database], 1.0));
}
