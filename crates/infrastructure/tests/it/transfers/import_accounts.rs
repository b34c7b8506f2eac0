//! Charts of accounts: trees in any order, repeated imports, changes on request.

use application::accounting::imports::{ImportKind, ImportOptions};

use super::books::{Books, problems};

async fn import(
    books: &Books,
    text: &str,
    update: bool,
) -> Result<(u64, u64, u64), Vec<(u32, String, &'static str)>> {
    let options = ImportOptions { update, ..ImportOptions::default() };
    match books.import(ImportKind::Accounts, text, options).await {
        Ok(result) => Ok((result.accounts, result.accounts_updated, result.skipped)),
        Err(error) => Err(problems(&error)),
    }
}

#[tokio::test]
async fn parents_may_come_later_and_headings_are_known_by_their_children() {
    let books = Books::new("USD").await;
    let text = "code,parent_code,name,type,currency\n1110,110,Cash,asset,USD\n110,1,Current,asset,\n1,,الأصول,asset,\n4000,,Sales,Revenue,\n";
    assert_eq!(import(&books, text, false).await, Ok((4, 0, 0)));
    assert_eq!(books.count("SELECT count(*) FROM account WHERE is_posting = 1").await, 2);
    assert_eq!(
        books.count("SELECT count(*) FROM account WHERE name_ar = 'الأصول' AND name_en IS NULL").await,
        1
    );
    assert_eq!(books.count("SELECT count(*) FROM account WHERE type = 'income'").await, 1);
    let tree = "SELECT count(*) FROM account a JOIN account p ON p.id = a.parent_id WHERE p.code = '110' AND a.code = '1110'";
    assert_eq!(books.count(tree).await, 1);
    assert_eq!(import(&books, text, false).await, Ok((0, 0, 4)), "the same file again changes nothing");

    let changed = text.replace("Cash", "Cash on hand");
    let refused = vec![(2, "name_en".to_owned(), "import_account_differs")];
    assert_eq!(import(&books, &changed, false).await, Err(refused));
    assert_eq!(import(&books, &changed, true).await, Ok((0, 1, 3)));
    assert_eq!(books.count("SELECT version FROM account WHERE name_en = 'Cash on hand'").await, 2);
}

#[tokio::test]
async fn what_is_wrong_with_accounts_is_named() {
    let books = Books::new("USD").await;
    let text = "code,parent_code,name,type,is_posting,currency,control\n\
        1,,Assets,asset,false,,\n\
        2,1,Child,expense,,,\n\
        3,9,Orphan,asset,,,\n\
        4,,Nothing,assets,,,\n\
        5,,,asset,,,\n\
        1,,Again,asset,,,\n\
        6 6,,Space,asset,,,\n\
        7,,Money,asset,,XXX,\n\
        8,,Flag,asset,perhaps,,\n\
        A,B,Round,asset,false,,\n\
        B,A,Round,asset,false,,\n\
        C,,Control,income,,,receivable\n";
    let mut found = import(&books, text, false).await.unwrap_err();
    found.sort();
    let expected = [
        (3, "parent_code", "account_parent_type_differs"),
        (4, "parent_code", "import_parent_unknown"),
        (5, "type", "invalid_choice"),
        (6, "name", "name_missing"),
        (7, "code", "import_account_twice"),
        (8, "code", "invalid_code"),
        (9, "currency", "currency_unknown"),
        (10, "is_posting", "import_cell_no_flag"),
        (11, "parent_code", "account_cycle"),
        (12, "parent_code", "account_cycle"),
        (13, "control", "account_control_unfit"),
    ];
    let expected: Vec<_> = expected.map(|(row, column, code)| (row, column.to_owned(), code)).into();
    assert_eq!(found, expected);
    assert_eq!(books.count("SELECT count(*) FROM account").await, 0);
}
