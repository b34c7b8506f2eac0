//! Every metric of the server: name, kind, labels, meaning. docs/METRICS.md is made of this.

use signals::Kind::{Counter, Gauge, Histogram};
use signals::Metric;

macro_rules! metrics {
    ($($name:ident = $metric:expr;)*) => {
        $(pub static $name: Metric = $metric;)*
        /// Every metric, in the order in which they are shown.
        pub static ALL: &[&Metric] = &[$(&$name),*];
    };
}

metrics! {
    RESPONSE_P50 = Metric::new("erp_response_time_p50_seconds", Gauge,
        "Half of the requests of the last minute were answered within this time. Target: below 0.1.")
        .exported("erp.response_time.p50");
    RESPONSE_P95 = Metric::new("erp_response_time_p95_seconds", Gauge,
        "95 of 100 requests of the last minute were answered within this time. Target: below 0.2.")
        .exported("erp.response_time.p95");
    RESPONSE_P99 = Metric::new("erp_response_time_p99_seconds", Gauge,
        "99 of 100 requests of the last minute were answered within this time. Target: below 0.5.")
        .exported("erp.response_time.p99");
    DATABASE_P95 = Metric::new("erp_database_query_time_p95_seconds", Gauge,
        "95 of 100 statements of the last minute were answered within this time. Target: below 0.05.")
        .exported("erp.database_query_time.p95");
    CACHE_HIT_RATIO = Metric::new("erp_cache_hit_ratio", Gauge,
        "The share of the last minute's look-ups that the cache answered, from 0 to 1. Target: above 0.9.")
        .exported("erp.cache.hit_ratio");
    CONCURRENT_USERS = Metric::new("erp_concurrent_users", Gauge,
        "Different signed-in users who sent a request within the last five minutes, accurate to one in a hundred. \
         Target: the server can serve more than 1000.")
        .exported("erp.concurrent_users");
    REQUESTS_PER_SECOND = Metric::new("erp_requests_per_second", Gauge,
        "Requests a second over the last minute. Target: the server can serve more than 500.")
        .exported("erp.requests_per_second");
    CPU_USAGE = Metric::new("erp_cpu_usage_ratio", Gauge,
        "Processor time of the last minute as a share of what the process may use, from 0 to 1. Target: below 0.7.")
        .exported("process.cpu.utilization");
    MEMORY_USAGE = Metric::new("erp_memory_usage_ratio", Gauge,
        "Memory that the process holds as a share of what it may use, from 0 to 1. Target: below 0.8.")
        .exported("erp.memory.utilization");

    HTTP_REQUESTS = Metric::new("http_server_requests_total", Counter,
        "Requests that have ended, by the class of their status; `gone` are those whose caller went away or whose answer \
         broke off. Health, /metrics and the operations of batches are not counted.")
        .by(&["method", "route", "status"]);
    HTTP_DURATION = Metric::new("http_server_request_duration_seconds", Histogram,
        "How long requests took, to the end of their answer.").by(&["method", "route"]);
    HTTP_RUNNING = Metric::new("http_server_active_requests", Gauge, "Requests that are running now.").by(&["class"]);
    HTTP_WAITING = Metric::new("http_server_waiting_requests", Gauge, "Requests that are waiting for their turn.").by(&["class"]);
    HTTP_LIMIT = Metric::new("http_server_active_requests_limit", Gauge,
        "The number of requests that may run at once at this moment.");
    HTTP_REFUSED = Metric::new("http_server_refused_requests_total", Counter,
        "Requests refused because more came than could be served.");
    EXCEPTIONS = Metric::new("erp_exceptions_total", Counter, "Requests that failed with 5xx, refusals because of overload not counted.");
    TRANSFERS = Metric::new("erp_transfers", Gauge, "Uploads, imports, exports and reports as files in progress.");
    TRANSFERS_LIMIT = Metric::new("erp_transfers_limit", Gauge, "The number of these that may be in progress at once.");
    BYTES = Metric::new("erp_bytes_in_flight", Gauge, "Bytes of bodies and answers in memory.").by(&["callers"]);
    BYTES_LIMIT = Metric::new("erp_bytes_in_flight_limit", Gauge, "The number of these bytes that may be in memory.").by(&["callers"]);

    WRITER_WAITING = Metric::new("erp_writer_queue_length", Gauge,
        "Changes that are waiting for the database's writer.");
    WRITER_OLDEST = Metric::new("erp_writer_queue_oldest_seconds", Gauge,
        "The seconds for which the oldest of these changes has waited.");
    DB_DURATION = Metric::new("db_client_operation_duration_seconds", Histogram,
        "How long statements took: by themselves (`read`), or in the transaction of a change (`write`).")
        .by(&["operation"]);
    DB_FAILURES = Metric::new("db_client_operation_failures_total", Counter,
        "Statements that failed, including those refused because of what they would have written.");
    DB_STATEMENTS = Metric::new("db_client_statements_total", Counter,
        "Statements sent to the database; many rows at once count as one.");
    DB_ROUND_TRIPS = Metric::new("db_client_round_trips_total", Counter,
        "Requests sent to the database server; none where there is no server.");
    DB_CONNECTIONS = Metric::new("db_client_connections", Gauge, "Connections to the database.").by(&["state"]);
    DB_CONNECTIONS_MAX = Metric::new("db_client_connections_limit", Gauge, "The largest number of connections to the database.");
    DB_CONNECTIONS_WAITING = Metric::new("db_client_connections_waiting", Gauge, "Requests that are waiting for a connection.");
    DB_CONNECTION_WAIT = Metric::new("db_client_connection_wait_seconds", Histogram,
        "How long requests waited for a connection, including those that got none.");
    DB_DIALS = Metric::new("db_client_dials_total", Counter,
        "Connections that were opened, each with its login; only with a database server.");
    DB_DIALS_FAILED = Metric::new("db_client_dials_failed_total", Counter,
        "Attempts to open a connection that failed: no answer, too slow, or the login was refused.");

    CACHE_HITS = Metric::new("cache_hits_total", Counter, "Look-ups that were answered, by class and level of the cache.")
        .by(&["class", "level"]);
    CACHE_MISSES = Metric::new("cache_misses_total", Counter, "Look-ups that were not answered.").by(&["class", "level"]);
    CACHE_LOADS = Metric::new("cache_loads_total", Counter, "Values read from the database for the cache.");
    CACHE_ENTRIES = Metric::new("cache_entries", Gauge, "Values in this process's cache.");
    CACHE_BYTES = Metric::new("cache_bytes", Gauge, "The bytes of the values in this process's cache.");
    REDIS_UP = Metric::new("redis_up", Gauge, "1 while Redis is used, 0 while the process works without it.");
    REDIS_ERRORS = Metric::new("redis_errors_total", Counter, "Operations of Redis that failed.");
    REDIS_OUTAGES = Metric::new("redis_outages_total", Counter, "How often the process began to work without Redis.");
    OUTBOX_LAG = Metric::new("erp_outbox_lag_seconds", Gauge,
        "How long the oldest change of this process has been waiting to be announced to other processes; 0 when there is none.");
    OUTBOX_LENGTH = Metric::new("erp_outbox_length", Gauge, "Changes that have not been announced to other processes.");

    JOBS = Metric::new("erp_jobs_running", Gauge, "Jobs that are running in this process.");
    LEADER = Metric::new("erp_leader", Gauge, "1 in the process that does the background work for all processes.");
    CONFIGURATION_AGE = Metric::new("erp_configuration_age_seconds", Gauge,
        "Time since a source of settings last answered.").by(&["source"]);
    CONFIGURATION_RELOADS = Metric::new("erp_configuration_reloads_total", Counter, "Changed settings that were put into force.");

    BACKUP_LAST = Metric::new("erp_backup_last_success_timestamp_seconds", Gauge,
        "The moment through which the last backup of a kind covers every commit, in seconds since 1970. Like the next four \
         metrics, only where this process takes backups.").by(&["kind"]);
    BACKUP_BYTES = Metric::new("erp_backup_size_bytes", Gauge, "Size of the last backup of a kind in the store.").by(&["kind"]);
    BACKUP_FAILURES = Metric::new("erp_backup_failures_total", Counter, "Backups that failed.").by(&["kind"]);
    BACKUP_VERIFIED = Metric::new("erp_backup_last_verified_timestamp_seconds", Gauge,
        "The moment at which a backup was last read back and found complete.");
    RESTORE_DRILL = Metric::new("erp_restore_drill_last_success_timestamp_seconds", Gauge,
        "The moment of the last restore drill that found the books in order.");

    LOG_EVENTS = Metric::new("erp_log_events_total", Counter, "Logged events by level.").by(&["level"]);
    LOG_DROPPED = Metric::new("erp_log_events_dropped_total", Counter,
        "Events that were not written because more came than could be written.");
    TELEMETRY = Metric::new("erp_telemetry_items_total", Counter,
        "Items exported, by destination: `delivered`, `refused` by it, or `dropped` because it could not be reached.")
        .by(&["destination", "outcome"]);
    TELEMETRY_DROPPED = Metric::new("erp_telemetry_items_dropped_total", Counter,
        "Items that were not handed over for export, because more came than could be taken.");
    TELEMETRY_WAITING = Metric::new("erp_telemetry_waiting_bytes", Gauge, "Bytes that are waiting to be exported.").by(&["destination"]);

    PROCESS_CPU = Metric::new("process_cpu_seconds_total", Counter, "Processor time of the process.")
        .exported("process.cpu.time");
    PROCESS_MEMORY = Metric::new("process_resident_memory_bytes", Gauge, "Memory that the process holds.")
        .exported("process.memory.usage");
    PROCESS_FILES = Metric::new("process_open_fds", Gauge, "Open files and sockets.")
        .exported("process.unix.file_descriptor.count");
    PROCESS_FILES_MAX = Metric::new("process_max_fds", Gauge, "Files and sockets that may be open.");
    PROCESS_THREADS = Metric::new("process_threads", Gauge, "Threads.").exported("process.thread.count");
    PROCESS_START = Metric::new("process_start_time_seconds", Gauge, "The moment at which the process started, in seconds since 1970.");
    EXCEPTIONS_PER_SECOND = Metric::new("erp_exceptions_per_second", Gauge,
        "Requests a second that failed with 5xx over the last minute.").exported("erp.exceptions_per_second");
    BUILD = Metric::new("erp_build_info", Gauge, "Always 1; the labels say what is running.").by(&["version", "environment", "database"]);
}
