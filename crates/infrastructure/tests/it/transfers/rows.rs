//! Every error of a file is reported with its row and column, all at once, and nothing is kept.

use application::accounting::imports::{ImportKind, ImportOptions};
use domain::error::{Category, Language};
use domain::money::Amount;

use super::books::{Books, posted, problems};
use crate::store::literal;

async fn books() -> Books {
    let books = Books::new("USD").await;
    books.accounts("1000,asset,Cash\n4000,revenue,Sales\n9000,asset,Heading").await;
    books
}

async fn nothing_kept(books: &Books) {
    for table in
        ["journal_entry", "ledger_line", "dimension", "dimension_value", "fiscal_year", "account_balance"]
    {
        assert_eq!(books.count(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

#[tokio::test]
async fn every_bad_row_is_named_with_its_column() {
    let books = books().await;
    let text = "entry,date,description,account,debit,credit,currency,due_date,rate,project\n\
        A,2026-01-01,ok,1000,10.00,,USD,,,P1\n\
        A,2026-01-01,ok,4000,,10.00,USD,,,\n\
        B,2026-13-01,bad date,1000,5.00,,,,,\n\
        C,2026-01-02,no side,1000,,,,,,\n\
        C,2026-01-02,both sides,4000,1.00,1.00,,,,\n\
        D,2026-01-03,unknown account,7777,1.00,,,,,\n\
        D,2026-01-03,no number,4000,,1.00x,,,,\n\
        E,2026-01-04,unbalanced,1000,3.00,,,,,\n\
        E,2026-01-04,unbalanced,4000,,2.00,,,,\n\
        F,2026-01-05,currency,1000,3.00,,EURO,,,\n\
        F,2026-01-05,due,4000,,3.00,USD,soon,,\n\
        ,2026-01-06,no entry,1000,1.00,,,,,\n\
        G,,no date,1000,1.00,,,,,\n\
        H,2026-01-07,short row,1000\n\
        I,2026-01-08,negative,1000,-1.00,,,,,\n\
        I,2026-01-08,negative,4000,,-1.00,,,,\n\
        J,2026-01-09,many decimals,1000,1.005,,,,,\n\
        J,2026-01-10,other date,4000,,1.005,,,,\n";
    let error = books.entries(text).await.unwrap_err();
    assert_eq!(error.category(), Category::Rule);
    let expected: Vec<(u32, &str, &str)> = vec![
        (4, "date", "invalid_date"),
        (5, "debit", "line_needs_one_side"),
        (6, "debit", "line_needs_one_side"),
        (7, "account", "account_code_unknown"),
        (8, "credit", "invalid_amount"),
        (9, "entry", "unbalanced_entry"),
        (11, "currency", "invalid_currency"),
        (12, "due_date", "invalid_date"),
        (13, "entry", "import_cell_empty"),
        (14, "date", "import_cell_empty"),
        (15, "", "import_row_length"),
        (16, "debit", "line_amount_not_positive"),
        (17, "credit", "line_amount_not_positive"),
        (18, "debit", "amount_scale_exceeded"),
        (19, "date", "import_entry_field_differs"),
        (19, "credit", "amount_scale_exceeded"),
    ];
    let found = problems(&error);
    let mut found: Vec<_> = found.iter().map(|(row, column, code)| (*row, column.as_str(), *code)).collect();
    found.sort_unstable();
    let mut expected = expected;
    expected.sort_unstable();
    assert_eq!(found, expected);
    let first = &error.violations[0];
    assert_eq!(first.pointer, "/rows/4/date");
    let headline = error.headline.as_ref().unwrap();
    assert!(
        headline.text(Language::English).starts_with("16 problems"),
        "{}",
        headline.text(Language::English)
    );
    nothing_kept(&books).await;
}

#[tokio::test]
async fn the_first_thousand_problems_are_listed_and_all_are_counted() {
    let books = books().await;
    let mut text = String::from("entry,date,account,debit,credit\n");
    for row in 0..3_000 {
        text.push_str(&format!("E{row},2026-01-01,nowhere,1,\n"));
    }
    let error = books.entries(&text).await.unwrap_err();
    assert_eq!(error.violations.len(), 1_000);
    assert!(error.headline.unwrap().text(Language::English).starts_with("3000 problems"));
    nothing_kept(&books).await;
}

#[tokio::test]
async fn a_header_that_cannot_be_used_is_refused() {
    let books = books().await;
    let error = books.entries("entry,account,debit,Debit\n1,1000,1,1\n").await.unwrap_err();
    let codes: Vec<_> = error.violations.iter().map(|v| (v.pointer.as_str(), v.def.code)).collect();
    assert_eq!(
        codes,
        [
            ("/rows/1/Debit", "import_column_twice"),
            ("/rows/1/date", "import_column_missing"),
            ("/rows/1/credit", "import_column_missing"),
        ]
    );
    assert!(books.entries("").await.is_err());
    assert!(books.entries("entry,date,account,debit,credit\n").await.is_err());
}

#[tokio::test]
async fn files_as_programs_write_them_are_read() {
    let books = books().await;
    let text = "\u{feff}Entry;Posting Date;Narration;Account_Code;DR;CR;المرجع\r\n\
        1;2026-02-01;\"two\r\nlines; and more\";1000;10.50;0;R-1\r\n\
        \r\n\
        2;2026-02-02;another;1000;1;;\r\n\
        1;2026-02-01;other words;4000;;10.5;\r\n\
        2;2026-02-02;another;4000;0.00;1.00;\r\n";
    let result = books.entries(text).await.unwrap();
    assert_eq!((result.entries, result.lines), (2, 4));
    // Only the first row names R-1, so it is that line's; the rows describe themselves differently.
    let entry =
        "SELECT count(*) FROM journal_entry WHERE reference = '1' AND line_count = 2 AND description IS NULL";
    assert_eq!(books.count(entry).await, 1);
    let first = "SELECT count(*) FROM ledger_line WHERE reference = 'R-1' AND description LIKE 'two%more'";
    assert_eq!(books.count(first).await, 1);
    let second = "SELECT count(*) FROM ledger_line WHERE reference IS NULL AND description = 'other words'";
    assert_eq!(books.count(second).await, 1);
}

#[tokio::test]
async fn ndjson_holds_rows_or_whole_entries() {
    let books = books().await;
    let text = concat!(
        "{\"entry\":\"1\",\"date\":\"2026-03-01\",\"account\":\"1000\",\"debit\":12345678901234.56,\"project\":\"P 1\"}\n",
        "{\"entry\":\"1\",\"date\":\"2026-03-01\",\"account\":\"4000\",\"credit\":\"12345678901234.56\"}\n",
        "{\"date\":\"2026-03-02\",\"description\":\"whole\",\"lines\":[{\"accountCode\":\"1000\",\"debit\":1,\
         \"dimensions\":{\"project\":\"P 1\"},\"description\":\"own\"},{\"account\":\"4000\",\"credit\":1}]}\n",
    );
    let result = books.entries(text).await.unwrap();
    assert_eq!((result.entries, result.lines, result.dimension_values), (2, 4, 1));
    let large = Amount::parse("12345678901234.56").unwrap();
    let large = literal(books.place.dialect(), &large.into());
    let kept = format!("SELECT count(*) FROM ledger_line WHERE debit = {large}");
    assert_eq!(books.count(&kept).await, 1);
    assert_eq!(books.count("SELECT count(*) FROM ledger_line WHERE description = 'own'").await, 1);

    let bad = concat!(
        "{\"entry\":\"9\",\"date\":\"2026-03-02\",\"lines\":[{\"account\":\"1000\",\"debit\":\"x\"},{\"account\":\"4000\",\"credit\":[1]}]}\n",
        "nonsense\n",
        "{\"date\":\"2026-03-02\",\"lines\":[{\"account\":\"none\",\"debit\":1},{\"account\":\"4000\",\"credit\":2}]}\n",
    );
    let error = books.entries(bad).await.unwrap_err();
    let pointers: Vec<_> = error.violations.iter().map(|v| (v.pointer.as_str(), v.def.code)).collect();
    assert!(pointers.contains(&("/rows/1/lines/0/debit", "invalid_amount")), "{pointers:?}");
    assert!(pointers.contains(&("/rows/1/lines/1/credit", "import_cell_no_text")), "{pointers:?}");
    assert!(pointers.contains(&("/rows/2/", "import_row_not_json")), "{pointers:?}");
    assert!(pointers.contains(&("/rows/3/lines/0/account", "account_code_unknown")), "{pointers:?}");
}

#[tokio::test]
async fn drafts_wait_for_their_period_but_must_balance() {
    let books = books().await;
    let drafts = ImportOptions::default();
    let good = "entry,date,account,debit,credit\n1,2026-01-01,1000,5,\n1,2026-01-01,4000,,5\n";
    let result = books.import(ImportKind::JournalEntries, good, drafts.clone()).await.unwrap();
    assert_eq!((result.posted, result.entries, result.first_number), (false, 1, None));
    assert_eq!(books.count("SELECT count(*) FROM journal_entry WHERE status = 'draft'").await, 1);
    let bad = "entry,date,account,debit,credit\n1,2026-01-01,1000,5,\n1,2026-01-01,4000,,4\n";
    let error = books.import(ImportKind::JournalEntries, bad, drafts).await.unwrap_err();
    assert_eq!(problems(&error), [(2, "entry".to_owned(), "unbalanced_entry")]);

    let post = ImportOptions { create_periods: false, ..posted() };
    let other = good.replace(",5", ",6");
    let error = books.import(ImportKind::JournalEntries, &other, post).await.unwrap_err();
    assert_eq!(problems(&error), [(2, "date".to_owned(), "fiscal_period_missing")]);
}

#[tokio::test]
async fn unknown_dimensions_are_errors_where_they_may_not_be_created() {
    let books = books().await;
    let text = "entry,date,account,debit,credit,project\n1,2026-01-01,1000,5,,P1\n1,2026-01-01,4000,,5,\n";
    let options = ImportOptions { create_dimensions: false, ..posted() };
    let error = books.import(ImportKind::JournalEntries, text, options.clone()).await.unwrap_err();
    assert_eq!(problems(&error), [(1, "project".to_owned(), "import_dimension_unknown")]);
    nothing_kept(&books).await;
    books.entries(text).await.unwrap();
    let other = text.replace(",5,", ",6,").replace(",,5", ",,6");
    let again = books.import(ImportKind::JournalEntries, &other, options).await.unwrap();
    assert_eq!((again.dimensions.len(), again.dimension_values), (0, 0));
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_and_keeps_nothing() {
    let mut books = books().await;
    books.ctx.dry_run = true;
    let text = "entry,date,account,debit,credit,project\n1,2026-01-01,1000,5,,P1\n1,2026-01-01,4000,,5,\n";
    let result = books.entries(text).await.unwrap();
    assert!(result.dry_run);
    assert_eq!((result.fiscal_years, result.dimension_values), (1, 1));
    assert_eq!(
        (result.first_number, result.last_number),
        (None, None),
        "another entry may take the number before"
    );
    nothing_kept(&books).await;
}
