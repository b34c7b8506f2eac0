use application::accounting::posting_rules::NewPostingRule;
use application::authorize::Access;
use application::command::{Command, Done};
use application::context::RequestContext;
use application::error::AppResult;
use application::master_data::Create;
use application::tax::vat_returns::create::CreateVatReturn;
use application::tax::vat_returns::file::FileVatReturn;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::accounting::journal_entry::EntrySourceKind;
use domain::accounting::posting_rule::{PostingRule, PostingSlot};
use domain::error::Language;
use domain::money::{Amount, CurrencyCode, Percentage};
use domain::tax::category::TaxCategory;
use domain::tax::tax_entry::{TaxEntry, TaxEntryId, TaxSide};
use domain::text::Code;
use uuid::Uuid;

use super::books::{Books, account_id, date, foreign, line, with_dimensions};

async fn some() -> Books {
    let books = Books::open().await;
    books.post("2026-01-10", &[("1010", "10"), ("4010", "-10")]).await;
    let middle = books.post("2026-01-11", &[("1010", "20"), ("4010", "-20")]).await;
    books.post("2026-01-12", &[("1010", "30"), ("4010", "-30")]).await;
    books.reverse(&middle, "2026-02-01").await.unwrap();
    let lines = vec![
        with_dimensions(foreign("1010", "10.01", "USD", "3.7512"), &[("branch", "east")]),
        line("4010", "-37.55"),
    ];
    books.post_lines("2026-02-02", lines).await.unwrap();
    books
}

/// Codes of the checks that fail.
async fn failing(books: &Books) -> Vec<&'static str> {
    let view = books.integrity().checks(books.tenant, Language::Arabic).await.unwrap();
    assert_eq!(view.ok, view.checks.iter().all(|check| check.ok));
    assert_eq!(view.checks.len(), 23);
    view.checks.into_iter().filter(|check| !check.ok).map(|check| check.code).collect()
}

#[tokio::test]
async fn sound_books_pass_every_check_and_verify() {
    let books = some().await;
    assert_eq!(failing(&books).await, Vec::<&str>::new());
    let view = books.integrity().verify(books.tenant, None).await.unwrap();
    assert!(view.ok);
    assert_eq!((view.journals[0].entries, view.journals[0].lines), (5, 10));
    let empty = Books::open().await;
    assert_eq!(failing(&empty).await, Vec::<&str>::new());
    assert!(empty.integrity().verify(empty.tenant, None).await.unwrap().ok);
}

/// Changes stored rows behind the product's back, then names what verification finds in the second entry.
async fn tampered(change: &str) -> (Vec<&'static str>, u64, Vec<&'static str>) {
    let books = some().await;
    books.connection().execute_batch(change).unwrap();
    let view = books.integrity().verify(books.tenant, None).await.unwrap();
    let journal = &view.journals[0];
    let broken = journal.first_broken.clone().unwrap();
    assert_eq!(broken.number.as_deref(), Some("GJ-2026-000002"));
    assert!(!view.ok && !journal.ok);
    (broken.differs, journal.broken, failing(&books).await)
}

const SECOND: &str = "(SELECT id FROM journal_entry WHERE number = 'GJ-2026-000002')";

#[tokio::test]
async fn an_altered_line_names_exactly_its_entry() {
    let change =
        format!("UPDATE ledger_line SET description = 'x' WHERE entry_id = {SECOND} AND line_no = 1");
    assert_eq!(tampered(&change).await, (vec!["content"], 1, vec![]));

    let change = format!("UPDATE ledger_line SET debit = 300000 WHERE entry_id = {SECOND} AND debit > 0");
    let (differs, broken, checks) = tampered(&change).await;
    assert_eq!((differs, broken), (vec!["content", "unbalanced", "total"], 1));
    assert_eq!(checks, ["account_balances", "daily_balances", "entries_balanced"]);

    let change =
        format!("UPDATE ledger_line SET posting_date = 20260115 WHERE entry_id = {SECOND} AND line_no = 1");
    let (differs, _, checks) = tampered(&change).await;
    assert_eq!(differs, ["line_header"]);
    assert_eq!(checks, ["daily_balances", "lines_match_entries"]);

    let change = format!("DELETE FROM ledger_line WHERE entry_id = {SECOND} AND line_no = 2");
    let (differs, broken, _) = tampered(&change).await;
    assert_eq!((differs, broken), (vec!["content", "line_count", "unbalanced"], 1));
}

#[tokio::test]
async fn an_altered_header_or_a_rewritten_hash_is_found() {
    let change = "UPDATE journal_entry SET number = 'GJ-2026-000002', description = 'y' WHERE number = 'GJ-2026-000002'";
    assert_eq!(tampered(change).await.0, ["content"]);
    let books = some().await;
    let gone = format!(
        "DELETE FROM ledger_line WHERE entry_id = {SECOND}; DELETE FROM journal_entry WHERE number = 'GJ-2026-000002';"
    );
    books.connection().execute_batch(&gone).unwrap();
    let view = books.integrity().verify(books.tenant, None).await.unwrap();
    let broken = view.journals[0].first_broken.clone().unwrap();
    assert_eq!(broken.number.as_deref(), Some("GJ-2026-000003"), "the one after the missing entry");
    assert_eq!(broken.differs, ["sequence", "previous_hash"]);
    assert_eq!(
        failing(&books).await,
        [
            "account_balances",
            "daily_balances",
            "chain_heads",
            "reversals_mutual",
            "feed_matches_ledger",
            "numbers_gapless"
        ]
    );
}

#[tokio::test]
async fn a_number_on_two_entries_is_found() {
    let books = some().await;
    let change = "UPDATE journal_entry SET number = 'GJ-2026-000002', number_repeat = 1 WHERE number = 'GJ-2026-000003'";
    books.connection().execute_batch(change).unwrap();
    assert_eq!(failing(&books).await, ["numbers_unique"]);
    let view = books.integrity().checks(books.tenant, Language::English).await.unwrap();
    let check = view.checks.iter().find(|check| check.code == "numbers_unique").unwrap();
    let finding = &check.findings[0];
    assert_eq!(
        (finding.subject.as_str(), finding.detail.as_str()),
        ("GJ-2026-000002", "2 entries have this number")
    );
}

#[tokio::test]
async fn a_missing_last_entry_and_a_missing_event_are_found() {
    let books = some().await;
    books
        .connection()
        .execute_batch(
            "DELETE FROM ledger_line WHERE entry_id = (SELECT id FROM journal_entry WHERE chain_sequence = 5); \
             DELETE FROM journal_entry WHERE chain_sequence = 5; DELETE FROM outbox_event WHERE sequence = 3;",
        )
        .unwrap();
    let view = books.integrity().verify(books.tenant, None).await.unwrap();
    assert_eq!(view.journals[0].first_broken.as_ref().unwrap().differs, ["chain_head"]);
    let failing = failing(&books).await;
    for code in ["chain_heads", "numbers_gapless", "events_gapless", "dimension_balances"] {
        assert!(failing.contains(&code), "{code}: {failing:?}");
    }
}

/// Amount and party of an open item are those of the ledger.
#[tokio::test]
async fn an_open_item_that_was_changed_is_found() {
    for (change, found) in [
        ("UPDATE open_item SET party = 'Somebody else'", vec!["open_items_equal_control"]),
        ("DELETE FROM open_item", vec!["open_items_equal_control"]),
        ("UPDATE open_item SET open_amount = 0", vec!["allocations_equal_open"]),
        (
            "UPDATE open_item SET open_company_amount = open_company_amount - 100",
            vec!["open_items_equal_control", "allocations_equal_open"],
        ),
    ] {
        let books = some().await;
        let lines = vec![line("1020", "50"), line("4010", "-50")];
        books.post_lines("2026-02-03", lines).await.unwrap();
        assert_eq!(failing(&books).await, Vec::<&str>::new());
        books.connection().execute_batch(change).unwrap();
        assert_eq!(failing(&books).await, found, "{change}");
    }
}

struct Insert(TaxEntry);

#[async_trait]
impl Command for Insert {
    const NAME: &'static str = "insert_tax_entry_for_test";
    const ACCESS: Access = Access::SignedIn;
    type Output = ();

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<()>> {
        uow.tax_entries().insert_tax_entries(std::slice::from_ref(&self.0)).await?;
        Ok(Done::new(()))
    }
}

/// A rule that has no keys.
fn rule(slot: PostingSlot, account: &str) -> NewPostingRule {
    NewPostingRule {
        slot,
        party_group_id: None,
        party_group_code: None,
        item_category_id: None,
        item_category_code: None,
        item_kind: None,
        tax_code_id: None,
        tax_code: None,
        tax_category: None,
        currency: None,
        account_id: None,
        account_code: Code::parse(account).ok(),
    }
}

/// Books with a filed return of one entry, whose tax of 15 stands on the account 2020.
async fn filed() -> Books {
    let books = Books::open().await;
    for code in ["2133", "1154"] {
        books.account(&books.connection(), code, code, "", "liability", true, ("vat", "none"));
    }
    for (slot, code) in [(PostingSlot::VatSettlement, "2133"), (PostingSlot::VatCredit, "1154")] {
        books.run(Create::<PostingRule>::of(rule(slot, code))).await.unwrap();
    }
    let posted = books.post("2026-02-10", &[("1010", "15"), ("2020", "-15")]).await;
    let amount = |text: &str| Amount::parse(text).unwrap();
    let entry = TaxEntry {
        id: TaxEntryId::new(Uuid::from_u128(1)),
        source_kind: EntrySourceKind::Allocation,
        source_id: Uuid::from_u128(2),
        document_number: "S1".to_owned(),
        entry: posted["id"].as_str().unwrap().parse().unwrap(),
        party: None,
        tax_code: "S15".to_owned(),
        category: TaxCategory::Standard,
        rate: Percentage::parse("15").unwrap(),
        account: Some(account_id("2020")),
        side: TaxSide::Output,
        return_box: Code::parse("1").ok(),
        currency: CurrencyCode::parse("SAR").unwrap(),
        currency_base: amount("100"),
        currency_tax: amount("15"),
        base: amount("100"),
        tax: amount("15"),
        due_date: None,
        tax_date: date("2026-02-10"),
        posting_date: date("2026-02-10"),
        corrects: None,
    };
    books.run(Insert(entry)).await.unwrap();
    let (from, to) = (Some(date("2026-02-01")), Some(date("2026-02-28")));
    let prepared = books
        .run(CreateVatReturn { period: None, from, to, opening_credit: None, earlier_declared: false })
        .await
        .unwrap();
    let id = prepared["id"].as_str().unwrap().parse().unwrap();
    books.run(FileVatReturn { id, reference: "Z-1".to_owned(), posting_date: None }).await.unwrap();
    books
}

#[tokio::test]
async fn a_tax_entry_or_a_filed_return_that_was_changed_is_found() {
    let (accounts, days, returns) =
        ("tax_entries_equal_vat_accounts", "tax_days_equal_entries", "return_entries_once");
    for (change, found) in [
        ("UPDATE tax_entry SET tax = 140000", vec![accounts, days, returns]),
        (
            "UPDATE tax_entry SET account_id = (SELECT id FROM account WHERE code = '1010')",
            vec![accounts, days],
        ),
        ("UPDATE vat_return SET due = 140000", vec![returns]),
        ("UPDATE vat_return SET status = 'draft'", vec![returns]),
        ("DELETE FROM vat_return_entry", vec![days, returns]),
        ("UPDATE tax_day SET base = base + 1", vec![days]),
        ("UPDATE tax_day SET filed_count = 0", vec![days]),
        ("DELETE FROM tax_day", vec![days]),
    ] {
        let books = filed().await;
        assert_eq!(failing(&books).await, Vec::<&str>::new());
        books.connection().execute_batch(change).unwrap();
        assert_eq!(failing(&books).await, found, "{change}");
    }
}
