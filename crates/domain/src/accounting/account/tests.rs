use uuid::Uuid;

use super::*;

fn id(n: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(n))
}

fn fields(n: u128, code: &str) -> NewAccount {
    NewAccount {
        id: id(n),
        code: Code::parse(code).unwrap(),
        name: LocalizedName::parse(Some("النقد"), Some("Cash")).unwrap(),
        account_type: AccountType::Asset,
        subtype: None,
        parent_id: None,
        is_posting: true,
        currency: None,
        control: ControlKind::None,
        reconcilable: false,
        cash_flow: CashFlowActivity::Cash,
        active: true,
    }
}

fn heading(n: u128, code: &str) -> Account {
    Account::new(NewAccount { is_posting: false, cash_flow: CashFlowActivity::None, ..fields(n, code) })
        .unwrap()
}

fn codes(violations: Vec<Violation>) -> Vec<(&'static str, String)> {
    violations.into_iter().map(|v| (v.def.code, v.pointer)).collect()
}

#[test]
fn types_know_their_side_and_statement() {
    assert_eq!(AccountType::parse("revenue").unwrap(), AccountType::Income);
    assert_eq!(AccountType::Income.as_str(), "income");
    assert_eq!(AccountType::Expense.normal_side(), NormalBalance::Debit);
    assert_eq!(AccountType::Income.normal_side(), NormalBalance::Credit);
    assert!(AccountType::Equity.is_balance_sheet() && !AccountType::Expense.is_balance_sheet());
}

#[test]
fn a_new_account_reports_everything_at_once() {
    let refused = Account::new(NewAccount {
        subtype: Some("x".repeat(SUBTYPE_LENGTH_MAX + 1)),
        parent_id: Some(id(1)),
        is_posting: false,
        control: ControlKind::Payable,
        ..fields(1, "1000")
    })
    .unwrap_err();
    assert_eq!(
        codes(refused),
        [
            ("text_too_long", "/subtype".to_owned()),
            ("account_cycle", "/parentId".to_owned()),
            ("account_heading_attribute", "/control".to_owned()),
            ("account_control_unfit", "/control".to_owned()),
        ]
    );
}

#[test]
fn receivables_require_a_party() {
    let account = Account::new(NewAccount { control: ControlKind::Receivable, ..fields(1, "1200") }).unwrap();
    assert!(account.requires_party() && account.facts().requires_party);
    assert!(
        !Account::new(NewAccount { control: ControlKind::Vat, ..fields(1, "1300") })
            .unwrap()
            .requires_party()
    );
}

#[test]
fn a_parent_is_a_heading_of_the_same_statement_and_not_below_the_account() {
    let child = Account::new(fields(1, "1001")).unwrap();
    let parent = heading(2, "10");
    assert_eq!(child.check_parent(&parent, &[id(3)]), Ok(()));

    let posting = Account::new(fields(4, "1002")).unwrap();
    assert_eq!(child.check_parent(&posting, &[]).unwrap_err().def, &ACCOUNT_PARENT_IS_POSTING);
    let other = Account::from_stored(
        NewAccount { account_type: AccountType::Expense, is_posting: false, ..fields(5, "50") },
        1,
    );
    let equity = Account::from_stored(
        NewAccount { account_type: AccountType::Equity, is_posting: false, ..fields(6, "30") },
        1,
    );
    assert_eq!(child.check_parent(&equity, &[]), Ok(()));
    assert_eq!(child.check_parent(&other, &[]).unwrap_err().def, &ACCOUNT_PARENT_TYPE_DIFFERS);
    assert_eq!(child.check_parent(&parent, &[id(7), id(1)]).unwrap_err().def, &ACCOUNT_CYCLE);
    assert_eq!(parent.check_parent(&parent, &[]).unwrap_err().def, &ACCOUNT_CYCLE);
    let deep: Vec<_> = (10..30).map(id).collect();
    assert_eq!(child.check_parent(&parent, &deep).unwrap_err().def, &ACCOUNT_TOO_DEEP);
}

#[test]
fn a_used_account_keeps_what_its_entries_rely_on() {
    let account = Account::new(fields(1, "1001")).unwrap();
    let used = AccountUsage { has_entries: true, ..AccountUsage::default() };
    let patch = || AccountPatch {
        account_type: Some(AccountType::Liability),
        is_posting: Some(false),
        currency: Some(Some(CurrencyCode::parse("USD").unwrap())),
        ..AccountPatch::default()
    };
    assert_eq!(
        codes(account.update(patch(), used).unwrap_err()),
        [
            ("account_used_no_heading", "/isPosting".to_owned()),
            ("account_used_no_change", "/type".to_owned()),
            ("account_used_no_change", "/currency".to_owned()),
        ]
    );
    let changed = account.update(patch(), AccountUsage::default()).unwrap();
    assert_eq!(
        (changed.account_type(), changed.is_posting(), changed.version()),
        (AccountType::Liability, false, 2)
    );

    let reclassified =
        AccountPatch { cash_flow: Some(CashFlowActivity::Investing), ..AccountPatch::default() };
    assert!(account.update(reclassified.clone(), used).is_ok(), "its years are open");
    let settled = AccountUsage { has_settled_entries: true, ..used };
    assert_eq!(
        codes(account.update(reclassified, settled).unwrap_err()),
        [("account_settled_no_change", "/cashFlow".to_owned())]
    );
    let harmless = AccountPatch { active: Some(false), ..AccountPatch::default() };
    assert!(!account.update(harmless, used).unwrap().active());
}

#[test]
fn a_heading_with_accounts_below_it_stays_a_heading() {
    let parent = heading(2, "10");
    let patch = AccountPatch { is_posting: Some(true), ..AccountPatch::default() };
    let with_children = AccountUsage { has_children: true, ..AccountUsage::default() };
    assert_eq!(
        codes(parent.update(patch.clone(), with_children).unwrap_err()),
        [("account_has_children", "/isPosting".to_owned())]
    );
    assert!(parent.update(patch, AccountUsage::default()).unwrap().is_posting());
}
