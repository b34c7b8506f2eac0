//! `erp-api diag`: what costs most.

use std::fmt::Write;

use infrastructure::sql::meter::SLOW_STATEMENT;
use infrastructure::sql::mssql::diagnose::{self, SlowQueriesOf, SlowQuery};

use super::stores::sql_server_options;
use super::{Failure, print, sql_login};
use crate::cli::SlowQueriesArgs;
use crate::config::{DatabaseChoice, Settings};

/// Characters of a query that are shown; the Query Store has all of it.
const TEXT_LENGTH_MAX: usize = 240;

/// The embedded engine keeps no account of queries; what was slow is in the log.
pub async fn slow_queries(settings: &Settings, args: SlowQueriesArgs) -> Result<(), Failure> {
    let DatabaseChoice::SqlServer(text) = &settings.database.choice else {
        return print(&format!(
            "The embedded engine keeps no account of its queries. Statements of more than {} ms are in the log, under \
             erp::sql.\n",
            SLOW_STATEMENT.as_millis()
        ));
    };
    let of = if args.cache { SlowQueriesOf::Cache } else { SlowQueriesOf::QueryStore { hours: args.hours } };
    let options = sql_server_options(text.expose(), settings)?;
    let tokens = sql_login::tokens(settings, &options).await?;
    let queries = diagnose::slow_queries(&options, Some(tokens), of).await?;
    print(&table(&queries))
}

fn table(queries: &[SlowQuery]) -> String {
    if queries.is_empty() {
        return "Nothing is on record.\n".to_owned();
    }
    let mut out = String::from("      runs   total ms  average ms     CPU ms  reads/run  query\n");
    for query in queries {
        let text = query.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().take(TEXT_LENGTH_MAX).collect();
        let SlowQuery { executions, total_ms, average_ms, cpu_ms, average_reads, .. } = query;
        let _ = writeln!(
            out,
            "{executions:>10} {total_ms:>10} {average_ms:>11} {cpu_ms:>10} {average_reads:>10}  {text}"
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: G9.
    #[test]
    fn a_line_is_a_query() {
        assert_eq!(table(&[]), "Nothing is on record.\n");
        let query = SlowQuery {
            executions: 12,
            total_ms: 3_400,
            average_ms: 283,
            cpu_ms: 2_000,
            average_reads: 71,
            text: format!("SELECT\n    1 {}", "x".repeat(500)),
        };
        let table = table(&[query]);
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("        12       3400         283       2000         71  SELECT 1 x"));
        assert!(lines[1].len() < 320);
    }
}
