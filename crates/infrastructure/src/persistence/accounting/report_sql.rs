//! The sums of reports as one statement: closed pieces, one branch for each source and bucket, every value a parameter.

use application::accounting::ports::reports::{Bucket, LedgerFilter, MovementQuery, Openings};
use chrono::NaiveDate;
use domain::ids::TenantId;

use crate::sql::composed::Composed;
use crate::sql::value::id_list;

/// Marks the branch that says how far the books are recorded.
pub const RECORDED_BRANCH: i64 = -1;
/// Marks the branch of sums by party.
pub const PARTY_BRANCH: i64 = -2;
/// Marks the branch of what income and expense accounts moved in every period.
pub const PERIOD_BRANCH: i64 = -3;

/// Absent values of the union's columns, with their types: SQL Server would take the first ones for integers.
const NO_ID: &str = "CAST(NULL AS BINARY(16))";
const NO_PARTY: &str = "CAST(NULL AS NVARCHAR(100))";
const NO_MOMENT: &str = "CAST(NULL AS DATETIME2(6))";
const NO_DAY: &str = "CAST(NULL AS DATE)";

const FLOW_TYPES: &str = "('income', 'expense')";
/// Which rate a sum is translated at: that of a period, where income and expenses moved in one.
const PERIOD_OF_FLOW: &str = "CASE WHEN a.type IN ('income', 'expense') THEN p.start_date END";
const CLOSES_FLOW: &str =
    "CASE WHEN p.kind = 'closing' AND a.type IN ('income', 'expense') THEN 1 ELSE 0 END";
/// Equity has the rate of each day.
const CLOSES: &str = "CASE WHEN p.kind = 'closing' THEN 1 ELSE 0 END";

impl Composed {
    /// `AND column IN (…)` for every dimension of the filter, and its currency.
    pub fn filter(&mut self, filter: &LedgerFilter, alias: &str) -> String {
        let mut text = String::new();
        if let Some(currency) = filter.currency {
            let currency = self.param(currency);
            text.push_str(&format!(" AND {alias}.currency = {currency}"));
        }
        for selection in &filter.dimensions {
            let dimension = self.param(selection.dimension);
            let values = self.param(id_list(selection.values.iter().map(|value| value.uuid())));
            text.push_str(&format!(
                " AND {alias}.dimension_set_id IN (SELECT s.set_id FROM dimension_set_value s \
                 WHERE s.tenant_id = ?1 AND s.dimension_id = {dimension} AND s.value_id IN ({{ids {values}}}))"
            ));
        }
        text
    }

    /// `AND p.kind …`: without the closing periods that end on or after a day.
    pub fn closing(&mut self, excluded_from: Option<NaiveDate>) -> String {
        let Some(day) = excluded_from else { return String::new() };
        let day = self.param(day);
        format!(" AND (p.kind = 'regular' OR p.end_date < {day})")
    }

    /// `AND column >= … AND column <= …`
    pub fn between(&mut self, column: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
        let mut text = String::new();
        if let Some(from) = from {
            let from = self.param(from);
            text.push_str(&format!(" AND {column} >= {from}"));
        }
        if let Some(to) = to {
            let to = self.param(to);
            text.push_str(&format!(" AND {column} <= {to}"));
        }
        text
    }
}

/// Opening entries, and the entries that take them back.
const OPENING_ENTRIES: &str = "SELECT o.id AS id FROM journal_entry o \
     WHERE o.tenant_id = ?1 AND o.kind = 'opening' UNION ALL SELECT o.reversed_by_id AS id FROM journal_entry o \
     WHERE o.tenant_id = ?1 AND o.kind = 'opening' AND o.reversed_by_id IS NOT NULL";

/// Maintained balances keep opening balances in shards of their own, below zero.
fn openings_by_shard(bucket: &Bucket) -> &'static str {
    match bucket.openings {
        Openings::Counted => "",
        Openings::LeftOut => " AND b.shard >= 0",
        Openings::Alone => " AND b.shard < 0",
    }
}

fn openings_by_entry(bucket: &Bucket) -> String {
    match bucket.openings {
        Openings::Counted => String::new(),
        Openings::LeftOut => format!(" AND b.entry_id NOT IN ({OPENING_ENTRIES})"),
        Openings::Alone => format!(" AND b.entry_id IN ({OPENING_ENTRIES})"),
    }
}

/// The source of sums.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Maintained balances of whole periods, and of the days of a period that is not whole.
    Balances,
    /// Maintained balances by dimension set, and lines for the days of a period that is not whole.
    DimensionSets,
    /// Lines only.
    Lines,
}

/// Which sums of a source: where a branch puts what it finds.
#[derive(Clone, Copy)]
struct Target {
    bucket: i64,
    grouped: bool,
    /// Sums of equity accounts by day; of a report in the company currency they are among the others.
    by_day: bool,
}

impl Target {
    fn plain(bucket: i64) -> Self {
        Self { bucket, grouped: false, by_day: false }
    }
}

/// The statement of all sums of a query: bucket, account, group, party, recorded-at, debit, credit.
pub fn movements(tenant: TenantId, query: &MovementQuery) -> Composed {
    let mut sql = Composed::new(tenant);
    let mut branches = vec![recorded(query)];
    let plain = match (query.known_at, query.filter.dimensions.is_empty()) {
        (Some(_), _) => Source::Lines,
        (None, true) => Source::Balances,
        (None, false) => Source::DimensionSets,
    };
    let grouped = if query.known_at.is_some() { Source::Lines } else { Source::DimensionSets };
    for (index, bucket) in (0..).zip(&query.buckets) {
        let target = Target::plain(index);
        branches.extend(branches_of(&mut sql, query, plain, bucket, target));
        if query.group.is_some() {
            let target = Target { grouped: true, ..target };
            branches.extend(branches_of(&mut sql, query, grouped, bucket, target));
        }
    }
    if let Some(through) = query.translated_through {
        let target = Target::plain(PERIOD_BRANCH);
        branches.push(flows_by_period(&mut sql, query, plain, through, target));
        if query.group.is_some() {
            let target = Target { grouped: true, ..target };
            branches.push(flows_by_period(&mut sql, query, grouped, through, target));
        }
    }
    if let Some(bucket) = query.parties {
        branches.push(parties(&mut sql, query, bucket));
    }
    sql.text = branches.join(" UNION ALL ");
    sql
}

/// The entry at the end of the journals' chains that was recorded last.
fn recorded(query: &MovementQuery) -> String {
    let untranslated = no_rate(query);
    format!(
        "SELECT {RECORDED_BRANCH} AS bucket, {NO_ID} AS account_id, {NO_ID} AS group_id, {NO_PARTY} AS party, \
         MAX(x.recorded_at) AS recorded_at, 0 AS debit, 0 AS credit{untranslated} FROM (SELECT (SELECT e.recorded_at \
         FROM journal_entry e WHERE e.tenant_id = c.tenant_id AND e.journal_id = c.journal_id \
         AND e.chain_sequence = c.sequence AND e.chain_sequence IS NOT NULL) AS recorded_at \
         FROM journal_chain c WHERE c.tenant_id = ?1) x"
    )
}

fn branches_of(
    sql: &mut Composed,
    query: &MovementQuery,
    source: Source,
    bucket: &Bucket,
    target: Target,
) -> Vec<String> {
    let mut branches = Vec::new();
    if query.translated_through.is_some() {
        branches.push(equity_by_day(sql, query, bucket, Target { by_day: true, ..target }));
    }
    if source == Source::Lines {
        branches.push(lines(sql, query, bucket, target));
        return branches;
    }
    let table = if source == Source::Balances { "account_balance" } else { "dimension_balance" };
    branches.push(whole_periods(sql, query, table, bucket, target));
    if bucket.from.is_some() || bucket.to.is_some() {
        branches.push(match source {
            Source::Balances => part_periods_by_day(sql, query, bucket, target),
            _ => part_periods_by_line(sql, query, bucket, target),
        });
    }
    branches
}

/// The columns of a branch whose sums have no rate of their own.
fn no_rate(query: &MovementQuery) -> String {
    if query.translated_through.is_none() {
        return String::new();
    }
    format!(", {NO_DAY} AS on_day, 0 AS closing")
}

/// What a branch of translated sums has beside: columns, joined accounts, a condition, and what it is grouped by.
#[derive(Default)]
struct Rated {
    columns: String,
    join: &'static str,
    condition: &'static str,
    by: String,
}

impl Rated {
    fn of(query: &MovementQuery, target: Target, from: &str) -> Self {
        if query.translated_through.is_none() {
            return Self::default();
        }
        let (day, closing) =
            if target.by_day { ("b.posting_date", CLOSES) } else { (PERIOD_OF_FLOW, CLOSES_FLOW) };
        let join = if from.contains("account a ") {
            ""
        } else {
            " INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id"
        };
        Self {
            columns: format!(", {day} AS on_day, {closing} AS closing"),
            join,
            condition: if target.by_day { "" } else { " AND a.type <> 'equity'" },
            by: format!(", {day}, {closing}"),
        }
    }
}

/// `SELECT … FROM {from} WHERE {condition} GROUP BY …` over the rows of alias `b`.
fn branch(sql: &mut Composed, query: &MovementQuery, target: Target, from: &str, condition: &str) -> String {
    let foreign = if query.filter.currency.is_some() { "currency_" } else { "" };
    let (group, join, by) = match query.group.filter(|_| target.grouped) {
        Some(dimension) => {
            let dimension = sql.param(dimension);
            let join = format!(
                " INNER JOIN dimension_set_value g ON g.tenant_id = b.tenant_id AND g.set_id = b.dimension_set_id \
                 AND g.dimension_id = {dimension}"
            );
            ("g.value_id", join, ", g.value_id")
        }
        None => (NO_ID, String::new(), ""),
    };
    let filter = sql.filter(&query.filter, "b");
    let Rated { columns, join: accounts, condition: rated, by: rated_by } = Rated::of(query, target, from);
    format!(
        "SELECT {} AS bucket, b.account_id, {group} AS group_id, {NO_PARTY} AS party, {NO_MOMENT} AS recorded_at, \
         SUM(b.{foreign}debit) AS debit, SUM(b.{foreign}credit) AS credit{columns} \
         FROM {from}{accounts}{join} WHERE {condition}{rated}{filter} GROUP BY b.account_id{by}{rated_by}",
        target.bucket
    )
}

/// Period by period: written as a cross join, because SQLite keeps the order of one and would otherwise read the rows of
/// every period and look each period up.
const OF_PERIOD: &str = "p.tenant_id = ?1 AND b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id";

fn whole_periods(
    sql: &mut Composed,
    query: &MovementQuery,
    table: &str,
    bucket: &Bucket,
    target: Target,
) -> String {
    let mut condition = OF_PERIOD.to_owned();
    condition.push_str(&sql.between("p.start_date", bucket.from, None));
    condition.push_str(&sql.between("p.end_date", None, bucket.to));
    condition.push_str(&sql.closing(bucket.closing_excluded_from));
    condition.push_str(openings_by_shard(bucket));
    let from = format!("fiscal_period p CROSS JOIN {table} b");
    branch(sql, query, target, &from, &condition)
}

/// The periods that reach over an end of the bucket: `p.end_date >= from AND p.start_date <= to`, but not whole.
fn part_periods(sql: &mut Composed, bucket: &Bucket) -> String {
    let mut condition = OF_PERIOD.to_owned();
    condition.push_str(&sql.between("p.end_date", bucket.from, None));
    condition.push_str(&sql.between("p.start_date", None, bucket.to));
    let mut cut = Vec::new();
    if let Some(from) = bucket.from {
        let from = sql.param(from);
        cut.push(format!("p.start_date < {from}"));
    }
    if let Some(to) = bucket.to {
        let to = sql.param(to);
        cut.push(format!("p.end_date > {to}"));
    }
    condition.push_str(&format!(" AND ({})", cut.join(" OR ")));
    condition.push_str(&sql.closing(bucket.closing_excluded_from));
    condition.push_str(&sql.between("b.posting_date", bucket.from, bucket.to));
    condition
}

fn part_periods_by_day(sql: &mut Composed, query: &MovementQuery, bucket: &Bucket, target: Target) -> String {
    let condition = part_periods(sql, bucket) + openings_by_shard(bucket);
    branch(sql, query, target, "fiscal_period p CROSS JOIN daily_balance b", &condition)
}

/// Along the accounts, because lines are found by account and date.
fn part_periods_by_line(
    sql: &mut Composed,
    query: &MovementQuery,
    bucket: &Bucket,
    target: Target,
) -> String {
    let mut condition = part_periods(sql, bucket);
    condition.push_str(
        " AND a.tenant_id = p.tenant_id AND b.account_id = a.id AND b.posting_date >= p.start_date \
         AND b.posting_date <= p.end_date",
    );
    condition.push_str(&openings_by_entry(bucket));
    let from = "fiscal_period p CROSS JOIN account a CROSS JOIN ledger_line b";
    branch(sql, query, target, from, &condition)
}

/// The conditions of lines of alias `b`: dates, moment and closing periods.
fn line_conditions(sql: &mut Composed, query: &MovementQuery, bucket: &Bucket) -> String {
    let mut condition = "b.tenant_id = ?1".to_owned();
    if let Some(known_at) = query.known_at {
        let known_at = sql.param(known_at);
        condition.push_str(&format!(" AND b.recorded_at <= {known_at}"));
    }
    condition.push_str(&sql.between("b.posting_date", bucket.from, bucket.to));
    condition.push_str(&sql.closing(bucket.closing_excluded_from));
    condition
}

const LINES: &str =
    "ledger_line b INNER JOIN fiscal_period p ON p.tenant_id = b.tenant_id AND p.id = b.fiscal_period_id";

fn lines(sql: &mut Composed, query: &MovementQuery, bucket: &Bucket, target: Target) -> String {
    let condition = line_conditions(sql, query, bucket);
    if bucket.openings == Openings::Alone {
        // From the few entries to their lines, instead of through all lines.
        let from = format!("({OPENING_ENTRIES}) x CROSS JOIN {LINES}");
        return branch(sql, query, target, &from, &format!("{condition} AND b.entry_id = x.id"));
    }
    let condition = condition + &openings_by_entry(bucket);
    branch(sql, query, target, LINES, &condition)
}

/// Lines of equity accounts are few, and each day has its rate.
fn equity_by_day(sql: &mut Composed, query: &MovementQuery, bucket: &Bucket, target: Target) -> String {
    let mut condition = line_conditions(sql, query, bucket);
    condition.push_str(" AND a.tenant_id = ?1 AND a.type = 'equity' AND b.account_id = a.id");
    condition.push_str(&openings_by_entry(bucket));
    let from = "account a CROSS JOIN ledger_line b \
         INNER JOIN fiscal_period p ON p.tenant_id = b.tenant_id AND p.id = b.fiscal_period_id";
    branch(sql, query, target, from, &condition)
}

/// What income and expense accounts moved in every regular period that ends by a day: what closing entries move on.
fn flows_by_period(
    sql: &mut Composed,
    query: &MovementQuery,
    source: Source,
    through: NaiveDate,
    target: Target,
) -> String {
    let flows = format!(" AND p.kind = 'regular' AND a.type IN {FLOW_TYPES}");
    if source == Source::Lines {
        let condition = line_conditions(sql, query, &Bucket::new(None, Some(through))) + &flows;
        return branch(sql, query, target, LINES, &condition);
    }
    let table = if source == Source::Balances { "account_balance" } else { "dimension_balance" };
    let condition = OF_PERIOD.to_owned() + &sql.between("p.end_date", None, Some(through)) + &flows;
    branch(sql, query, target, &format!("fiscal_period p CROSS JOIN {table} b"), &condition)
}

fn parties(sql: &mut Composed, query: &MovementQuery, bucket: Bucket) -> String {
    let untranslated = no_rate(query);
    let foreign = if query.filter.currency.is_some() { "currency_" } else { "" };
    let condition = line_conditions(sql, query, &bucket);
    let filter = sql.filter(&query.filter, "b");
    format!(
        "SELECT {PARTY_BRANCH} AS bucket, b.account_id, {NO_ID} AS group_id, b.party, {NO_MOMENT} AS recorded_at, \
         SUM(b.{foreign}debit) AS debit, SUM(b.{foreign}credit) AS credit{untranslated} \
         FROM account a CROSS JOIN ledger_line b \
         INNER JOIN fiscal_period p ON p.tenant_id = b.tenant_id AND p.id = b.fiscal_period_id \
         WHERE {condition} AND a.tenant_id = ?1 AND a.control <> 'none' AND b.account_id = a.id{filter} \
         GROUP BY b.account_id, b.party"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::dialect::Dialect;

    #[test]
    fn what_is_not_filtered_by_dimension_never_reads_a_line() {
        let day = |text| domain::time::parse_date(text).ok();
        let query = MovementQuery {
            buckets: vec![
                Bucket::new(None, day("2025-12-31")),
                Bucket::of_openings(day("2026-01-01"), day("2026-03-15")),
                Bucket::new(day("2026-01-01"), day("2026-03-15"))
                    .without_closing_from(day("2026-01-01"))
                    .without_openings(),
            ],
            ..MovementQuery::default()
        };
        let sql = movements(TenantId::new(uuid::Uuid::nil()), &query);
        assert!(!sql.text.contains("ledger_line"), "{}", sql.text);
        assert!(!Dialect::SqlServer.render(&sql.text).contains('?'));
        assert_eq!(sql.text.matches("UNION ALL").count(), 6);
    }
}
