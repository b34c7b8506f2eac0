//! The texts of lists and reports, which are composed when they are asked: a representative set of each.

use std::fmt::Write as _;

use application::accounting::ports::ledger_export::ExportRange;
use application::accounting::ports::reports::{
    Bucket, DimensionSelection, FigureSelection, LedgerFilter, LineKey, LineSelection, MovementQuery,
};
use application::paging::{
    Condition, Count, Direction, FieldKind, FieldSpec, Filter, FilterOp, FilterValue, ListQuery,
};
use application::platform::change_feed::EventQuery;
use chrono::NaiveDate;
use domain::ids::{AccountId, DimensionId, DimensionValueId, JournalEntryId, TenantId};
use domain::money::{Amount, CurrencyCode};
use domain::time::Timestamp;
use infrastructure::persistence;
use infrastructure::persistence::accounting::report_lines_sql::{
    all_lines, exported_lines, lines_of_account, lines_of_figure,
};
use infrastructure::persistence::accounting::report_sql::movements;
use infrastructure::persistence::platform::change_feed::events;
use infrastructure::sql::composed::Composed;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::list::ListSql;
use infrastructure::sql::list_cursor;
use infrastructure::sql::value::Value;
use uuid::Uuid;

use crate::column_names::faults;
use crate::statements::{foreign_words, migrated, plan};

fn tenant() -> TenantId {
    TenantId::new(id(0))
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

/// A filter of one field, by an operator of its kind; `number` makes its value another than its neighbours'.
fn filter(field: &FieldSpec, number: usize) -> Filter {
    let text = |text: &str| FilterValue::Text(format!("{text}{number}"));
    let moment = Timestamp::from_micros(1_700_000_000_000_000 + i64::try_from(number).unwrap());
    let (op, value) = match field.kind {
        FieldKind::Id => {
            let ids = [1, 2].map(|n| FilterValue::Id(id(number as u128 * 10 + n)));
            (FilterOp::In, FilterValue::Many(ids.to_vec()))
        }
        FieldKind::Text => (FilterOp::Like, text("50%_[")),
        FieldKind::Search => (FilterOp::Like, text("نقد")),
        FieldKind::Barcode => (FilterOp::Eq, text("6281000000007")),
        FieldKind::DimensionValue => (FilterOp::Eq, text("cost-centre:ADMIN")),
        FieldKind::Date => (FilterOp::Gte, FilterValue::Date("2026-01-31".parse().unwrap())),
        FieldKind::Timestamp => (FilterOp::Lt, FilterValue::Timestamp(moment)),
        FieldKind::Amount => (FilterOp::Lte, FilterValue::Amount(Amount::from_scaled(1 + number as i64))),
        FieldKind::Integer => (FilterOp::Gt, FilterValue::Integer(number as i64)),
        FieldKind::Boolean => (FilterOp::Eq, FilterValue::Boolean(true)),
        FieldKind::Word(_) => (FilterOp::Ne, text("word")),
    };
    Filter { field: field.name, op, value }
}

fn missing(field: &FieldSpec) -> Condition {
    let value = FilterValue::Boolean(true);
    Condition::One(Filter { field: field.name, op: FilterOp::IsNull, value })
}

/// Every filter, alternatives of them, every order, a cursor and an exact count.
fn everything(list: &ListSql) -> ListQuery {
    let mut query = ListQuery::first(list.spec, 50);
    let filtered = || list.spec.fields.iter().filter(|field| field.filter);
    query.filters = filtered().zip(0..).map(|(field, number)| filter(field, number)).collect();
    let (first, last) = (filtered().next().unwrap(), filtered().next_back().unwrap());
    let both = vec![Condition::One(filter(last, 101)), missing(first)];
    query.any = vec![Condition::One(filter(first, 100)), Condition::All(both)];
    let sorted = list.spec.fields.iter().filter(|field| field.sort);
    let directions = [Direction::Descending, Direction::Ascending].into_iter().cycle();
    query.sort = sorted.map(|field| field.name).zip(directions).collect();
    query.count = Count::Exact;
    let order = list.compose(tenant(), &query, None).unwrap().order;
    let values = (0..order.len()).map(|n| Value::Text(format!("last{n}"))).collect();
    query.cursor = Some(list_cursor::write(&order, values).unwrap());
    query
}

fn lists() -> Vec<(String, Composed)> {
    let mut all = Vec::new();
    for list in persistence::lists() {
        let name = list.spec.resource;
        let first = ListQuery { count: Count::Estimated, ..ListQuery::first(list.spec, 50) };
        for (what, query) in [("first page", first), ("everything", everything(list))] {
            let composed = list.compose(tenant(), &query, None).unwrap();
            all.push((format!("list {name}: {what}"), composed.page));
            all.push((format!("list {name}: {what}, count"), composed.count.unwrap()));
        }
    }
    all
}

/// A page of the ledger is a walk along an index, however long the ledger is and however far on the page.
#[test]
fn pages_of_the_ledger_sort_and_scan_nothing() {
    let connection = migrated();
    let account = Filter { field: "accountId", op: FilterOp::Eq, value: FilterValue::Id(id(7)) };
    let list = |name: &str, filters: &[Filter]| {
        let lists = persistence::lists();
        let mut named = lists.iter().filter(|list| list.spec.resource == name);
        let by_account = named.clone().count() == 2 && filters.is_empty();
        let list = if by_account { named.nth(1) } else { named.next() }.unwrap();
        (*list, ListQuery { filters: filters.to_vec(), ..ListQuery::first(list.spec, 50) })
    };
    for (name, filters) in
        [("journal_entry", vec![]), ("ledger_line", vec![]), ("ledger_line", vec![account.clone()])]
    {
        let (list, mut query) = list(name, &filters);
        for later in [false, true] {
            if later {
                let order = list.compose(tenant(), &query, None).unwrap().order;
                let values = (0..order.len()).map(|n| Value::Int(n as i64)).collect();
                query.cursor = Some(list_cursor::write(&order, values).unwrap());
            }
            let page = list.compose(tenant(), &query, None).unwrap().page;
            // The lines of one entry may be put in order; they are few.
            let plan = plan(&connection, &Dialect::Sqlite.render(&page.text))
                .replace("USE TEMP B-TREE FOR LAST TERM OF ORDER BY", "");
            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{name}, {filters:?}\n{plan}");
            assert!(!later || plan.contains(">?)") || plan.contains("<?)"), "begins at the cursor\n{plan}");
        }
    }
}

/// Looking something up reads what it names along an index, or walks the list in its order: nothing is sorted and nothing read twice.
#[test]
fn lookups_in_the_ledger_go_along_an_index() {
    let connection = migrated();
    let text = |text: &str| FilterValue::Text(text.to_owned());
    let amount = || FilterValue::Amount(Amount::from_scaled(12_500_000));
    for (resource, field, op, value, index) in [
        (
            "ledger_line",
            "accountCode",
            FilterOp::Eq,
            text("1113"),
            "ix_ledger_line_account (tenant_id=? AND account_id=?",
        ),
        ("ledger_line", "amount", FilterOp::Eq, amount(), "ix_journal_entry_posting_date (tenant_id=?"),
        ("ledger_line", "amount", FilterOp::Gte, amount(), "ix_journal_entry_posting_date (tenant_id=?"),
        ("ledger_line", "text", FilterOp::Like, text("إيجار"), "ix_journal_entry_posting_date (tenant_id=?"),
        (
            "ledger_line",
            "dimension",
            FilterOp::Eq,
            text("cc:A"),
            "ix_journal_entry_posting_date (tenant_id=?",
        ),
        (
            "ledger_line",
            "reference",
            FilterOp::Eq,
            text("INV-1"),
            "ix_journal_entry_posting_date (tenant_id=?",
        ),
        (
            "ledger_line",
            "postedBy",
            FilterOp::Eq,
            FilterValue::Id(id(3)),
            "ix_journal_entry_posting_date (tenant_id=?",
        ),
        (
            "journal_entry",
            "accountCode",
            FilterOp::Eq,
            text("1113"),
            "ix_ledger_line_account (tenant_id=? AND account_id=?",
        ),
        (
            "journal_entry",
            "party",
            FilterOp::Eq,
            text("C-1"),
            "ix_ledger_line_party (tenant_id=? AND party=?)",
        ),
        ("journal_entry", "lineAmount", FilterOp::Eq, amount(), "pk_journal_entry"),
        ("journal_entry", "dimension", FilterOp::Eq, text("cc:A"), "pk_journal_entry"),
        ("journal_entry", "text", FilterOp::Like, text("rent"), "pk_journal_entry"),
        ("journal_entry", "createdBy", FilterOp::Eq, FilterValue::Id(id(3)), "pk_journal_entry"),
    ] {
        let of_account = field == "accountCode";
        let lists = persistence::lists();
        let mut named = lists.iter().filter(|list| list.spec.resource == resource);
        let list =
            if resource == "ledger_line" && !of_account { named.nth(1) } else { named.next() }.unwrap();
        let filters = vec![Filter { field, op, value }];
        let query = ListQuery { filters, ..ListQuery::first(list.spec, 50) };
        let page = list.compose(tenant(), &query, None).unwrap().page;
        let plan = plan(&connection, &Dialect::Sqlite.render(&page.text))
            .replace("USE TEMP B-TREE FOR LAST TERM OF ORDER BY", "")
            .replace("PRIMARY KEY (tenant_id=?", "pk_journal_entry (tenant_id=?");
        assert!(plan.contains(index), "{resource} {field}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{resource} {field}\n{plan}");
    }
}

/// An index of drafts alone serves only those who write the word.
#[test]
fn words_of_closed_sets_are_written_and_others_are_parameters() {
    let list = persistence::lists().into_iter().find(|list| list.spec.resource == "journal_entry").unwrap();
    let page = |status: &str| {
        let status =
            Filter { field: "status", op: FilterOp::Eq, value: FilterValue::Text(status.to_owned()) };
        let query = ListQuery { filters: vec![status], ..ListQuery::first(list.spec, 50) };
        list.compose(tenant(), &query, None).unwrap().page.text
    };
    assert!(page("draft").contains("e.status = 'draft'"), "{}", page("draft"));
    assert!(page("' OR 1 = 1").contains("e.status = ?2"), "{}", page("' OR 1 = 1"));
}

fn of_dimension() -> LedgerFilter {
    let values = vec![DimensionValueId::new(id(31)), DimensionValueId::new(id(32))];
    let selection =
        |dimension, values| DimensionSelection { dimension: DimensionId::new(id(dimension)), values };
    LedgerFilter { currency: None, dimensions: vec![selection(3, values), selection(4, Vec::new())] }
}

fn in_currency() -> LedgerFilter {
    LedgerFilter { currency: Some(CurrencyCode::parse("EUR").unwrap()), dimensions: Vec::new() }
}

/// A figure of two accounts, one of which counts with its opening balance, too.
fn figure() -> FigureSelection {
    FigureSelection {
        opening: vec![AccountId::new(id(7))],
        movement: vec![AccountId::new(id(7)), AccountId::new(id(9))],
        from: day("2026-01-01").unwrap(),
        to: day("2026-03-15").unwrap(),
        filter: LedgerFilter::default(),
        without: None,
        known_at: None,
        closing_excluded_from: None,
    }
}

fn place() -> LineKey {
    let (posting_date, entry_id) = (day("2026-02-01").unwrap(), JournalEntryId::new(id(8)));
    LineKey { posting_date, entry_id, line_no: 2 }
}

/// Account by account along the index of their lines, also after a place: nothing is sorted.
#[test]
fn the_lines_of_a_figure_go_along_its_accounts() {
    let connection = migrated();
    for after in [None, Some(("1113", place()))] {
        let page = lines_of_figure(tenant(), &figure(), after, 50);
        let plan = plan(&connection, &Dialect::Sqlite.render(&page.text));
        assert!(plan.contains("ix_ledger_line_account (tenant_id=? AND account_id=?"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE FOR ORDER BY") && !plan.contains("SCAN l"), "{plan}");
    }
}

fn narrow_figure(without: Option<DimensionId>, known_at: Option<Timestamp>) -> Composed {
    let closing_excluded_from = day("2026-01-01");
    let narrow =
        FigureSelection { filter: of_dimension(), without, known_at, closing_excluded_from, ..figure() };
    lines_of_figure(tenant(), &narrow, Some(("1113", place())), 51)
}

/// Of events, all or only some types.
fn event_texts() -> [(String, Composed); 2] {
    let events_of = |types: &[&str]| EventQuery {
        after: 17,
        limit: 100,
        types: types.iter().map(|text| (*text).to_owned()).collect(),
    };
    [
        ("events: all".to_owned(), events(tenant(), &events_of(&[]), 99)),
        (
            "events: of types".to_owned(),
            events(tenant(), &events_of(&["account.*", "journal_entry.posted"]), 99),
        ),
    ]
}

fn reports() -> Vec<(String, Composed)> {
    let balance = Bucket::new(None, day("2026-03-15"));
    let year = Bucket::new(day("2026-01-01"), day("2026-03-15")).without_closing_from(day("2026-01-01"));
    let before = Bucket::new(day("2025-01-01"), day("2025-03-15")).without_closing_from(day("2025-01-01"));
    let openings = Bucket::of_openings(day("2026-01-01"), day("2026-03-15"));
    let known_at = Some(Timestamp::from_micros(1_770_000_000_000_000));
    let group = Some(DimensionId::new(id(5)));
    let translated_through = day("2026-03-15");
    let query = |buckets: &[Bucket]| MovementQuery { buckets: buckets.to_vec(), ..MovementQuery::default() };
    let queries = [
        ("trial balance", query(&[Bucket::new(None, day("2025-12-31")), year])),
        ("trial balance with opening figures", query(&[openings, year.without_openings()])),
        (
            "with opening figures, by dimension",
            MovementQuery { filter: of_dimension(), ..query(&[openings, year.without_openings()]) },
        ),
        (
            "with opening figures, as known",
            MovementQuery { known_at, ..query(&[openings, year.without_openings()]) },
        ),
        ("balance sheet with all time", query(&[Bucket::new(None, None)])),
        ("income statement, compared", query(&[year, before])),
        ("by dimension", MovementQuery { filter: of_dimension(), ..query(&[year]) }),
        ("grouped by dimension", MovementQuery { group, ..query(&[balance]) }),
        ("in a currency", MovementQuery { filter: in_currency(), ..query(&[year]) }),
        ("as known", MovementQuery { known_at, group, filter: of_dimension(), ..query(&[year, before]) }),
        ("translated", MovementQuery { translated_through, ..query(&[openings, year.without_openings()]) }),
        (
            "translated, grouped, by dimension",
            MovementQuery { translated_through, group, filter: of_dimension(), ..query(&[year]) },
        ),
        (
            "translated, as known",
            MovementQuery { translated_through, known_at, ..query(&[openings, balance]) },
        ),
        ("with parties", MovementQuery { parties: Some(balance), ..query(&[balance]) }),
        (
            "with parties, as known, in a currency",
            MovementQuery { parties: Some(balance), known_at, filter: in_currency(), ..query(&[balance]) },
        ),
    ];
    let mut all: Vec<_> = queries
        .into_iter()
        .map(|(name, query)| (format!("report: {name}"), movements(tenant(), &query)))
        .collect();
    let account = AccountId::new(id(7));
    let selection =
        LineSelection { from: day("2026-01-01"), to: day("2026-03-15"), ..LineSelection::default() };
    let narrow = LineSelection {
        filter: of_dimension(),
        known_at,
        closing_excluded_from: day("2026-01-01"),
        without_openings: true,
        ..selection.clone()
    };
    let after = Some(place());
    all.extend([
        ("report: general ledger".to_owned(), all_lines(tenant(), &selection)),
        ("report: general ledger, narrowed".to_owned(), all_lines(tenant(), &narrow)),
        ("report: account ledger".to_owned(), lines_of_account(tenant(), account, &selection, None, 51)),
        ("report: lines of a figure".to_owned(), lines_of_figure(tenant(), &figure(), None, 51)),
        ("report: lines of a figure, narrowed, after".to_owned(), narrow_figure(group, known_at)),
        ("report: account ledger, after".to_owned(), lines_of_account(tenant(), account, &narrow, after, 51)),
        ("export: everything".to_owned(), exported_lines(tenant(), ExportRange { from: None, to: None })),
        (
            "export: a range".to_owned(),
            exported_lines(tenant(), ExportRange { from: day("2026-01-01"), to: day("2026-03-15") }),
        ),
    ]);
    all.extend(event_texts());
    all
}

fn snapshot(texts: Vec<(String, Composed)>) -> String {
    let mut out = String::new();
    for (name, sql) in texts {
        let text = Dialect::SqlServer.render(&sql.text);
        writeln!(out, "-- {name}\n-- {} parameters\n{text};\n", sql.params.len()).unwrap();
    }
    out
}

/// The text SQL Server will be given; a change shows in the diff of the snapshot.
#[test]
fn sql_server_texts_of_lists_are_as_reviewed() {
    insta::assert_snapshot!("sql_server_lists", snapshot(lists()));
}

#[test]
fn sql_server_texts_of_reports_are_as_reviewed() {
    insta::assert_snapshot!("sql_server_reports", snapshot(reports()));
}

#[test]
fn every_composed_text_prepares_on_sqlite() {
    let connection = migrated();
    let bad: Vec<_> = [lists(), reports()]
        .concat()
        .into_iter()
        .filter_map(|(name, sql)| {
            let text = Dialect::Sqlite.render(&sql.text);
            let prepared = connection.prepare(&text);
            match prepared.map(|statement| statement.parameter_count()) {
                Ok(count) if count == sql.params.len() => None,
                Ok(count) => {
                    Some(format!("{name}: {count} parameters in the text, {} given", sql.params.len()))
                }
                Err(error) => Some(format!("{name}: {error}")),
            }
        })
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Filters that look through another table for the rows that they name: a pattern of account codes, and the sets that have the value of a
/// dimension. Each is read once for the page, in the order of an index.
const LOOKED_THROUGH: [&str; 2] = ["accountCode", "dimension"];

/// A page of a list reads no more than its own rows, whatever it shows of others: one tenant may have millions of them.
#[test]
fn lists_find_what_they_show_beside_their_rows() {
    let connection = migrated();
    let mut bad = Vec::new();
    for list in persistence::lists() {
        let Some((own, _)) = list.tenant.split_once('.') else { continue };
        let only = |field: &FieldSpec| ListQuery {
            filters: vec![filter(field, 1)],
            ..ListQuery::first(list.spec, 50)
        };
        let filtered =
            list.spec.fields.iter().filter(|field| field.filter && !LOOKED_THROUGH.contains(&field.name));
        let filtered = filtered.map(only);
        for query in filtered.chain([ListQuery::first(list.spec, 50)]) {
            let page = list.compose(tenant(), &query, None).unwrap().page;
            let plan = plan(&connection, &Dialect::Sqlite.render(&page.text));
            let beside = plan.lines().filter(|step| {
                step.ends_with("(tenant_id=?)") && !step.starts_with(&format!("SEARCH {own} "))
            });
            bad.extend(beside.map(|step| format!("{} {:?}: {step}", list.spec.resource, query.filters)));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn composed_texts_name_their_columns() {
    let connection = migrated();
    let texts = [lists(), reports()].concat();
    let of = |dialect: Dialect, sql: &Composed| dialect.render(&sql.text);
    let bad = texts.iter().flat_map(|(name, sql)| {
        faults(&connection, name, &of(Dialect::Sqlite, sql), &of(Dialect::SqlServer, sql))
    });
    let bad: Vec<_> = bad.collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn composed_texts_use_the_common_language() {
    let texts = [lists(), reports()].concat();
    let bad: Vec<_> = texts.iter().flat_map(|(name, sql)| foreign_words(name, &sql.text)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Every offered field must be readable: it has its column, and a field that is sorted by is never null.
#[test]
fn every_field_of_every_list_has_a_column() {
    let connection = migrated();
    let mut bad = Vec::new();
    for list in persistence::lists() {
        for field in list.spec.fields {
            let Some((_, column)) = list.columns.iter().find(|(name, _)| *name == field.name) else {
                bad.push(format!("{}.{} has no column", list.spec.resource, field.name));
                continue;
            };
            if field.sort
                && !list.sorted_as.iter().any(|(name, _)| *name == field.name)
                && nullable(&connection, list, column)
            {
                bad.push(format!("{}.{} may be null", list.spec.resource, field.name));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Whether the column may be null in its table.
fn nullable(connection: &rusqlite::Connection, list: &ListSql, column: &str) -> bool {
    // Among alternatives the last one decides.
    let column = match column.strip_prefix("COALESCE(").and_then(|rest| rest.strip_suffix(')')) {
        Some(alternatives) => alternatives.rsplit(", ").next().unwrap(),
        None => column,
    };
    let (alias, column) = column.split_once('.').unwrap();
    let words: Vec<&str> = list.select.split_whitespace().collect();
    let at = words.iter().position(|word| *word == alias);
    let at = at.unwrap_or_else(|| panic!("{} has no table {alias} for {column}", list.select));
    let text = "SELECT COUNT(*) FROM pragma_table_info(?1) WHERE name = ?2 AND \"notnull\" = 0 AND pk = 0";
    connection.query_row(text, [words[at - 1], column], |row| row.get::<_, i64>(0)).unwrap() > 0
}

/// All alternatives stand beside the tenant's condition and not in its place.
#[test]
fn alternatives_never_widen_the_tenants_condition() {
    for list in persistence::lists() {
        let query = everything(list);
        let composed = list.compose(tenant(), &query, None).unwrap();
        for text in [composed.page.text, composed.count.unwrap().text] {
            // A query in the select list has a condition of its own before it.
            let own = format!(" WHERE {} = ?1 AND ", list.tenant);
            let (_, condition) = text.split_once(&own).unwrap_or_else(|| panic!("{text}"));
            let mut depth = 0_i32;
            let outermost: String = condition
                .chars()
                .filter(|letter| {
                    depth += i32::from(*letter == '(') - i32::from(*letter == ')');
                    depth == 0
                })
                .collect();
            assert!(!outermost.contains(" OR "), "{outermost}");
        }
    }
}
