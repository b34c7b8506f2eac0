//! Reports as tables, for CSV and spreadsheets.

use std::collections::BTreeMap;

use application::accounting::reports::captions::Caption;
use application::accounting::views::NameView;
use application::accounting::views::reports::{
    ControlAccountsView, GeneralLedgerRowView, ReportScopeView, StatementLine, StatementSection,
    StatementView, TrialBalanceLineView, TrialBalanceView,
};
use domain::error::Language;

use super::words::word;
use crate::export::{Cell, Column, RowStyle, Table, TableRow};

pub const CODE_WIDTH: u8 = 14;
pub const NAME_WIDTH: u8 = 44;
pub const MONEY_WIDTH: u8 = 18;
pub const NUMBER_WIDTH: u8 = 20;
/// The width of a column with words or days.
pub const WORD_WIDTH: u8 = 12;

pub fn column(key: &str, caption: Caption, width: u8, language: Language) -> Column {
    Column::new(key, caption.text(language), width)
}

/// A name in a language, or else in the other one.
pub fn localized(name: &NameView, language: Language) -> Option<&str> {
    let (first, second) = match language {
        Language::Arabic => (&name.ar, &name.en),
        Language::English => (&name.en, &name.ar),
    };
    first.as_deref().or(second.as_deref())
}

pub(super) fn name(name: &NameView, language: Language) -> Cell {
    localized(name, language).into()
}

/// Title and notes of a spreadsheet: whose report it is, and what it covers.
pub fn titled(scope: &ReportScopeView, language: Language) -> Table {
    let mut notes = vec![format!("{}: {}", Caption::Currency.text(language), scope.currency)];
    if let Cell::Text(company) = name(&scope.company, language) {
        notes.insert(0, company);
    }
    let mut note = |caption: Caption, value: Option<String>| {
        notes.extend(value.map(|value| format!("{}: {value}", caption.text(language))));
    };
    note(Caption::From, scope.from.map(|day| day.to_string()));
    note(Caption::To, scope.to.map(|day| day.to_string()));
    note(Caption::KnownAt, scope.known_at.clone());
    let translated = scope.presentation.iter();
    notes.extend(
        translated.map(|from| format!("{}: {}", Caption::TranslatedFrom.text(language), from.books_currency)),
    );
    let rate = scope.presentation.as_ref().and_then(|from| from.closing_rate.as_ref());
    notes.extend(rate.map(|rate| format!("{}: {rate}", Caption::ClosingRate.text(language))));
    notes.extend(scope.dimensions.iter().cloned());
    Table {
        title: scope.title.clone(),
        notes,
        right_to_left: language == Language::Arabic,
        ..Table::default()
    }
}

/// A translated report says in every row what its amounts are, because a file of rows has no heading.
pub(super) fn in_currency(mut table: Table, scope: &ReportScopeView, language: Language) -> Table {
    if scope.presentation.is_none() {
        return table;
    }
    table.columns.push(column("currency", Caption::Currency, WORD_WIDTH, language));
    let width = table.columns.len();
    for row in &mut table.rows {
        let missing = (width - 1).saturating_sub(row.cells.len());
        row.cells.extend(std::iter::repeat_with(|| Cell::Empty).take(missing));
        row.cells.push(Cell::from(&scope.currency));
    }
    table
}

pub fn trial_balance(view: &TrialBalanceView, language: Language) -> Table {
    let column = |key, caption, width| column(key, caption, width, language);
    let compared = view.scope.comparison.is_some();
    let mut columns = vec![
        column("account", Caption::Account, CODE_WIDTH),
        column("debit", Caption::Debit, MONEY_WIDTH),
        column("credit", Caption::Credit, MONEY_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("type", Caption::Type, WORD_WIDTH),
        column("opening", Caption::Opening, MONEY_WIDTH),
        column("movementDebit", Caption::MovementDebit, MONEY_WIDTH),
        column("movementCredit", Caption::MovementCredit, MONEY_WIDTH),
        column("closing", Caption::Closing, MONEY_WIDTH),
    ];
    if compared {
        columns.push(column("comparison", Caption::Comparison, MONEY_WIDTH));
    }
    let row = |line: &TrialBalanceLineView| {
        let figures = &line.figures;
        let mut cells = vec![
            Cell::from(&line.account),
            figures.debit.into(),
            figures.credit.into(),
            name(&line.name, language),
            word(line.account_type, language),
            figures.opening.into(),
            figures.movement_debit.into(),
            figures.movement_credit.into(),
            figures.closing.into(),
        ];
        if compared {
            cells.push(line.comparison.as_ref().map(|figures| figures.closing).into());
        }
        TableRow { cells, ..TableRow::default() }
    };
    let mut rows: Vec<TableRow> = view.lines.iter().map(row).collect();
    let totals = &view.totals;
    // A sum row would be taken for an account by programs that read the CSV.
    rows.push(TableRow {
        cells: vec![
            Caption::Total.text(language).into(),
            totals.debit.into(),
            totals.credit.into(),
            Cell::Empty,
            Cell::Empty,
            totals.opening.into(),
            totals.movement_debit.into(),
            totals.movement_credit.into(),
            totals.closing.into(),
        ],
        style: RowStyle::Total,
        spreadsheet_only: true,
        ..TableRow::default()
    });
    in_currency(Table { columns, rows, ..titled(&view.scope, language) }, &view.scope, language)
}

/// Balance sheet, income statement and cash flow.
pub fn statement(view: &StatementView, language: Language) -> Table {
    let column = |key, caption, width| column(key, caption, width, language);
    let mut columns = vec![
        column("account", Caption::Account, CODE_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("section", Caption::Section, WORD_WIDTH),
        column("kind", Caption::Kind, WORD_WIDTH),
        column("level", Caption::Level, WORD_WIDTH),
    ];
    columns.extend(view.columns.iter().map(|amounts| {
        let key = match amounts.code.as_str() {
            "current" => "amount",
            "" => "unassigned",
            other => other,
        };
        Column::new(key, &amounts.caption, MONEY_WIDTH)
    }));
    let mut rows = Vec::new();
    for section in &view.sections {
        rows.extend(section_rows(section, language));
    }
    let results = view
        .results
        .iter()
        .map(|line| TableRow { style: RowStyle::Total, ..line_row(line, "result", language) });
    rows.extend(results);
    in_currency(Table { columns, rows, ..titled(&view.scope, language) }, &view.scope, language)
}

fn section_rows(section: &StatementSection, language: Language) -> Vec<TableRow> {
    let mut rows = vec![TableRow {
        cells: vec![Cell::Empty, section.caption.as_str().into(), word(section.code, language)],
        style: RowStyle::Heading,
        spreadsheet_only: true,
        ..TableRow::default()
    }];
    rows.extend(section.lines.iter().map(|line| line_row(line, section.code, language)));
    let mut cells = vec![
        Cell::Empty,
        section.total_caption.as_str().into(),
        word(section.code, language),
        word("total", language),
        Cell::from(0_u8),
    ];
    cells.extend(section.totals.iter().map(|total| Cell::from(*total)));
    rows.push(TableRow { cells, style: RowStyle::Total, ..TableRow::default() });
    rows
}

fn line_row(line: &StatementLine, section: &str, language: Language) -> TableRow {
    let shown = match (&line.name, &line.caption) {
        (Some(named), None) => name(named, language),
        (Some(named), Some(caption)) => match name(named, language) {
            Cell::Text(name) => Cell::Text(format!("{name} ({caption})")),
            other => other,
        },
        (None, caption) => caption.as_ref().into(),
    };
    let mut cells = vec![
        Cell::from(&line.code),
        shown,
        word(section, language),
        word(line.kind, language),
        line.level.into(),
    ];
    cells.extend(line.amounts.iter().map(|amount| Cell::from(*amount)));
    let style = if line.kind == "heading" { RowStyle::Heading } else { RowStyle::Plain };
    TableRow { cells, style, indent: line.level.saturating_sub(1), spreadsheet_only: false }
}

pub fn control_accounts(view: &ControlAccountsView, language: Language) -> Table {
    let column = |key, caption, width| column(key, caption, width, language);
    let columns = vec![
        column("account", Caption::Account, CODE_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("control", Caption::Control, WORD_WIDTH),
        column("kind", Caption::Kind, WORD_WIDTH),
        column("party", Caption::Party, NAME_WIDTH),
        column("balance", Caption::Balance, MONEY_WIDTH),
        column("subLedger", Caption::SubLedger, MONEY_WIDTH),
        column("difference", Caption::Difference, MONEY_WIDTH),
    ];
    let mut rows = Vec::new();
    for line in &view.lines {
        let account =
            || [Cell::from(&line.account), name(&line.name, language), word(line.control, language)];
        let mut cells = Vec::from(account());
        cells.extend([word("account", language), Cell::Empty, line.balance.into()]);
        cells.extend([Cell::from(line.sub_ledger), line.difference.into()]);
        rows.push(TableRow { cells, style: RowStyle::Heading, ..TableRow::default() });
        for party in &line.parties {
            let mut cells = Vec::from(account());
            let named = party.party.as_deref().unwrap_or(Caption::WithoutParty.text(language));
            cells.extend([
                word("party", language),
                named.into(),
                party.balance.into(),
                Cell::Empty,
                Cell::Empty,
            ]);
            rows.push(TableRow { cells, ..TableRow::default() });
        }
    }
    Table { columns, rows, ..titled(&view.scope, language) }
}

pub fn general_ledger_columns(language: Language) -> Vec<Column> {
    let column = |key, caption, width| column(key, caption, width, language);
    vec![
        column("account", Caption::Account, CODE_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("kind", Caption::Kind, WORD_WIDTH),
        column("date", Caption::Date, WORD_WIDTH),
        column("journal", Caption::Journal, WORD_WIDTH),
        column("number", Caption::Number, MONEY_WIDTH),
        column("line", Caption::Line, WORD_WIDTH),
        column("description", Caption::Description, NAME_WIDTH),
        column("party", Caption::Party, MONEY_WIDTH),
        column("reference", Caption::Reference, MONEY_WIDTH),
        column("debit", Caption::Debit, MONEY_WIDTH),
        column("credit", Caption::Credit, MONEY_WIDTH),
        column("balance", Caption::Balance, MONEY_WIDTH),
        column("currency", Caption::Currency, WORD_WIDTH),
        column("currencyDebit", Caption::CurrencyDebit, MONEY_WIDTH),
        column("currencyCredit", Caption::CurrencyCredit, MONEY_WIDTH),
        column("rate", Caption::Rate, WORD_WIDTH),
        column("dimensions", Caption::Dimensions, MONEY_WIDTH),
    ]
}

pub fn general_ledger_row(row: &GeneralLedgerRowView, language: Language) -> TableRow {
    let mut cells = vec![Cell::from(&row.account), (&row.name).into(), word(row.kind, language)];
    let Some(line) = &row.line else {
        cells.extend(std::iter::repeat_n(Cell::Empty, 9));
        cells.push(row.balance.into());
        cells.extend(std::iter::repeat_n(Cell::Empty, 5));
        return TableRow { cells, style: RowStyle::Heading, ..TableRow::default() };
    };
    cells.extend([
        line.posting_date.into(),
        (&line.journal).into(),
        (&line.number).into(),
        line.line_no.into(),
        line.description.as_ref().into(),
        line.party.as_ref().into(),
        line.reference.as_ref().into(),
        line.debit.into(),
        line.credit.into(),
        line.balance.into(),
        Cell::from(&line.currency),
        line.currency_debit.into(),
        line.currency_credit.into(),
        Cell::from(&line.rate),
        dimensions(&line.dimensions),
    ]);
    TableRow { cells, ..TableRow::default() }
}

/// `branch:RUH cost-centre:ADMIN`: codes have no spaces.
fn dimensions(codes: &BTreeMap<String, String>) -> Cell {
    let values: Vec<String> = codes.iter().map(|(dimension, value)| format!("{dimension}:{value}")).collect();
    if values.is_empty() { Cell::Empty } else { Cell::Text(values.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_begins_with_the_company() {
        let scope = ReportScopeView {
            company: NameView { ar: Some("شركة النور".to_owned()), en: Some("Al Noor".to_owned()) },
            title: "Trial balance".to_owned(),
            currency: "SAR".to_owned(),
            from: None,
            to: None,
            known_at: None,
            dimensions: Vec::new(),
            comparison: None,
            presentation: None,
        };
        assert_eq!(titled(&scope, Language::Arabic).notes[0], "شركة النور");
        assert_eq!(titled(&scope, Language::English).notes[0], "Al Noor");
    }
}
