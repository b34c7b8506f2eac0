//! How many connections of SQL Server each process may open, so that all of them together leave the server room (rows G1,
//! X60).

use infrastructure::sql::mssql::connection_string::{POOL_LIMIT, SqlServerOptions};
use tracing::{info, warn};

use crate::config::{Database, Settings};

/// Versions that run at once while one replaces the other.
const COLOURS: usize = 2;

/// The share of one process, ⌊0.8 × workers ÷ (replicas × colours)⌋: a fifth of the server's workers is left for health, for
/// migrations and for operators. It may be less than one.
fn share(database: &Database) -> Option<u32> {
    let processes = database.replicas_max.saturating_mul(COLOURS).max(1);
    let share = database.workers_max? * 4 / 5 / processes;
    Some(u32::try_from(share).unwrap_or(u32::MAX))
}

/// Gives a connection string that names no `Max Pool Size` the share.
pub fn apply(options: &mut SqlServerOptions, database: &Database) {
    if let Some(share) = share(database).filter(|_| !options.pool_max_named) {
        options.pool_max = share.clamp(1, POOL_LIMIT);
        options.pool_min = options.pool_min.min(options.pool_max);
    }
}

/// Logs the share of the server's workers that the connections of all processes take, where it is too large or not known.
pub fn tell(options: &SqlServerOptions, settings: &Settings) {
    let database = &settings.database;
    let (pool_max, replicas) = (options.pool_max, database.replicas_max);
    let (Some(share), Some(workers)) = (share(database), database.workers_max) else {
        if !settings.environment.is_development() {
            info!(
                target: "erp::lifetime", MaxPoolSize = pool_max,
                "Whether SQL Server has room for {{MaxPoolSize}} connections of each process is not known: Database:WorkersMax is not set"
            );
        }
        return;
    };
    if pool_max > share {
        warn!(
            target: "erp::lifetime", MaxPoolSize = pool_max, Share = share, Workers = workers, Replicas = replicas,
            "Each process may open {{MaxPoolSize}} connections (Max Pool Size), which is more than its share of {{Share}}: four fifths of {{Workers}} workers (Database:WorkersMax), for {{Replicas}} processes (Database:ReplicasMax) of two versions. Under load SQL Server refuses requests then (10928)"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatabaseChoice;
    use application::ports::configuration::SecretText;
    use std::time::Duration;

    fn database(workers_max: Option<usize>, replicas_max: usize) -> Database {
        Database {
            choice: DatabaseChoice::SqlServer(SecretText::new("Server=h;Database=d")),
            workers_max,
            replicas_max,
            reader_connections: None,
            page_cache_mib: None,
            group_commit_max: 1,
            write_queue_max: 1,
            busy_timeout: Duration::ZERO,
        }
    }

    /// Proves: G1, X60.
    #[test]
    fn the_share_is_rounded_down() {
        let shares = [
            ((200, 10), 8),
            ((200, 3), 26),
            ((100, 1), 40),
            ((99, 1), 39),
            ((400, 10), 16),
            ((24, 10), 0),
            ((100_000, 1), 40_000),
        ];
        for ((workers, replicas), expected) in shares {
            assert_eq!(share(&database(Some(workers), replicas)), Some(expected), "{workers} {replicas}");
        }
        assert_eq!(share(&database(None, 10)), None);
    }

    /// Proves: G1, X60.
    #[test]
    fn a_string_that_names_no_largest_number_gets_the_share() {
        let applied = |text: &str, workers| {
            let mut options = SqlServerOptions::parse(&format!("Server=h;Database=d;{text}")).unwrap();
            apply(&mut options, &database(workers, 10));
            (options.pool_min, options.pool_max)
        };
        assert_eq!(applied("", Some(200)), (0, 8));
        assert_eq!(applied("Min Pool Size=10", Some(200)), (8, 8));
        assert_eq!(applied("", Some(24)), (0, 1), "one at least");
        assert_eq!(applied("", Some(100_000)), (0, POOL_LIMIT));
        assert_eq!(
            applied("Max Pool Size=100;Min Pool Size=10", Some(200)),
            (10, 100),
            "what is said counts"
        );
        assert_eq!(applied("", None), (0, 100));
    }
}
