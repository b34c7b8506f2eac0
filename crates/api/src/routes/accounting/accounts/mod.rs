//! `/accounts`: the chart, balances and the ledger of one account.

mod balance;
mod create;
mod delete;
mod dto;
mod get;
mod ledger;
mod list;
mod merge;
mod tree;
mod update;

use application::accounting::accounts::create::CreateAccount;
use application::accounting::accounts::delete::DeleteAccount;
use application::accounting::accounts::merge::{MergeAccount, MergeAccountBody};
use application::accounting::accounts::update::UpdateAccount;
use application::accounting::error::{ACCOUNT_IN_LEDGER_SETTINGS, CHART_TOO_LARGE};
use application::accounting::ports::accounts::ACCOUNT_LIST;
use application::accounting::reports::error::KNOWN_AT_IN_FUTURE;
use application::accounting::views::account::{AccountTreeView, AccountView};
use application::accounting::views::account_balance::{AccountBalanceView, AccountLedgerView};
use application::accounting::views::account_merge::AccountMergeView;
use application::authorize::Access;
use application::error::{ALREADY_EXISTS, IN_USE, UNKNOWN_REFERENCE};
use domain::accounting::account::merge::{
    ACCOUNT_MERGE_CASH_FLOW, ACCOUNT_MERGE_CURRENCY, ACCOUNT_MERGE_EARLY, ACCOUNT_MERGE_INACTIVE,
    ACCOUNT_MERGE_OPEN_LINES, ACCOUNT_MERGE_RECONCILABLE, ACCOUNT_MERGE_SELF, ACCOUNT_MERGE_TOO_LARGE,
    ACCOUNT_MERGE_TYPE, ACCOUNT_MERGE_UNFIT, ACCOUNT_MERGE_WAITING, ACCOUNT_MERGED,
};
use domain::accounting::account::{
    ACCOUNT_CYCLE, ACCOUNT_HAS_CHILDREN, ACCOUNT_PARENT_IS_POSTING, ACCOUNT_PARENT_TYPE_DIFFERS,
    ACCOUNT_TOO_DEEP, ACCOUNT_USED_NO_CHANGE, ACCOUNT_USED_NO_HEADING,
};
use domain::accounting::line_match::ACCOUNT_HAS_LINE_MATCHES;

use crate::media::{CSV, NDJSON};
use crate::operation::Operations;

const READ: Access = Access::Permission("accounting.account.read");
const PATH: &str = "/accounts";
const TAG: &str = "accounts";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The chart of accounts: headings with posting accounts below them.");
    ops.get(PATH, list::list)
        .id("list_accounts")
        .tag(TAG)
        .summary("List accounts")
        .access(READ)
        .list::<AccountView>(&ACCOUNT_LIST);
    ops.post(PATH, create::create)
        .id("create_account")
        .tag(TAG)
        .summary("Create an account")
        .command::<CreateAccount>()
        .body::<dto::CreateAccountBody>()
        .created::<AccountView>()
        .errors(&[
            &ALREADY_EXISTS,
            &UNKNOWN_REFERENCE,
            &ACCOUNT_PARENT_IS_POSTING,
            &ACCOUNT_PARENT_TYPE_DIFFERS,
            &ACCOUNT_TOO_DEEP,
        ]);
    ops.get("/accounts/tree", tree::tree)
        .id("get_account_tree")
        .tag(TAG)
        .summary("Get the whole chart")
        .description(
            "The tree is nested, or with `flat=true` one list with level and path, in the order of the \
             codes.",
        )
        .access(READ)
        .query::<dto::AccountTreeQuery>()
        .ok::<AccountTreeView>()
        .errors(&[&CHART_TOO_LARGE]);
    ops.get("/accounts/{id}", get::get)
        .id("get_account")
        .tag(TAG)
        .summary("Get an account")
        .access(READ)
        .view::<AccountView>();
    ops.patch("/accounts/{id}", update::update)
        .id("update_account")
        .tag(TAG)
        .summary("Change an account")
        .description(
            "Once the account has entries, its type, currency and control kind are fixed. An account that becomes \
             `reconcilable` has every line that was posted to it open, and cannot cease to be while matches stand.",
        )
        .command::<UpdateAccount>()
        .if_match()
        .body::<dto::UpdateAccountBody>()
        .ok::<AccountView>()
        .errors(&[
            &ALREADY_EXISTS,
            &ACCOUNT_CYCLE,
            &ACCOUNT_HAS_CHILDREN,
            &ACCOUNT_USED_NO_CHANGE,
            &ACCOUNT_USED_NO_HEADING,
            &ACCOUNT_IN_LEDGER_SETTINGS,
            &ACCOUNT_HAS_LINE_MATCHES,
            &ACCOUNT_MERGED,
        ]);
    endings(ops);
    figures(ops);
}

fn endings(ops: &mut Operations) {
    ops.delete("/accounts/{id}", delete::delete)
        .id("delete_account")
        .tag(TAG)
        .summary("Delete an unused account")
        .command::<DeleteAccount>()
        .if_match()
        .no_content()
        .errors(&[&IN_USE]);
    ops.post("/accounts/{id}/merge", merge::merge)
        .id("merge_account")
        .tag(TAG)
        .summary("Merge an account into another one")
        .description(
            "Posted lines stay; what the account holds moves by an entry, in every currency and combination of dimension \
             values. Drafts, recurring entries and invoices, posting rules, rules and defaults of dimensions, approval \
             policies, budget lines, active deferrals, targets of distribution keys and the ledger settings name the \
             survivor; ranges of codes stay as they are. A merge is not undone. With `dryRun=true` the answer says what \
             would change.",
        )
        .command::<MergeAccount>()
        .if_match()
        .body::<MergeAccountBody>()
        .ok::<AccountMergeView>()
        .errors(&[
            &UNKNOWN_REFERENCE,
            &ACCOUNT_MERGED,
            &ACCOUNT_MERGE_SELF,
            &ACCOUNT_MERGE_UNFIT,
            &ACCOUNT_MERGE_INACTIVE,
            &ACCOUNT_MERGE_TYPE,
            &ACCOUNT_MERGE_CURRENCY,
            &ACCOUNT_MERGE_RECONCILABLE,
            &ACCOUNT_MERGE_CASH_FLOW,
            &ACCOUNT_MERGE_OPEN_LINES,
            &ACCOUNT_MERGE_WAITING,
            &ACCOUNT_MERGE_EARLY,
            &ACCOUNT_MERGE_TOO_LARGE,
        ]);
}

fn figures(ops: &mut Operations) {
    ops.get("/accounts/{id}/balance", balance::balance)
        .id("get_account_balance")
        .tag(TAG)
        .summary("Get the balance of an account")
        .description(
            "Answers the balance up to a posting date, and as it was known at a moment. For a heading it is \
             the sum of the accounts below it.",
        )
        .access(READ)
        .query::<dto::AccountBalanceQuery>()
        .ok::<AccountBalanceView>()
        .errors(&[&KNOWN_AT_IN_FUTURE]);
    ops.get("/accounts/{id}/ledger", ledger::ledger)
        .id("get_account_ledger")
        .tag(TAG)
        .summary("Get the lines of an account with their running balance")
        .description(
            "JSON is answered page by page; CSV and NDJSON stream all lines. Opening entries dated in the \
             range are included in `openingBalance` and not listed as lines.",
        )
        .access(READ)
        .query::<dto::AccountLedgerQuery>()
        .ok::<AccountLedgerView>()
        .also(CSV)
        .also(NDJSON);
}
