//! Bodies and parameters of accounts.

use application::paging::PAGE_LIMIT_MAX;
use chrono::NaiveDate;
use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind, SUBTYPE_LENGTH_MAX};
use domain::ids::AccountId;
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;

use crate::extract::list_params::CURSOR_LENGTH_MAX;
use crate::wire::{Int, Optional, Patch, Text};
use crate::{query, request};

request! {
    /// A new account.
    pub struct CreateAccountBody {
        /// The code that people type.
        code: Code = "6215",
        /// The name.
        name: LocalizedName = { "ar": "إيجار المستودع", "en": "Warehouse rent" },
        /// The type of the account.
        r#type: AccountType = "expense",
        /// A finer classification of the account, for reports.
        subtype: Option<Text<SUBTYPE_LENGTH_MAX>> = "admin",
        /// The heading above it, by its id.
        parent_id: Option<AccountId>,
        /// The heading above it, by its code.
        parent_code: Option<Code>,
        /// Whether the account takes postings; false for a heading.
        is_posting: bool => true,
        /// The only currency that the account takes; any currency by default.
        currency: Option<CurrencyCode>,
        /// The sub-ledger that the account sums up.
        control: ControlKind => "none",
        /// The activity under which its movements appear in the cash flow statement; by default `operating`, for a
        /// heading `none`.
        cash_flow: Option<CashFlowActivity>,
        /// Whether the lines of the account are matched with one another.
        reconcilable: bool => false,
        /// Whether the account takes entries.
        active: bool => true,
    }

    /// Changes to an account (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateAccountBody {
        /// The code that people type.
        code: Optional<Code>,
        /// The name.
        name: Optional<LocalizedName>,
        /// The type of the account. It is fixed once the account has entries.
        r#type: Optional<AccountType>,
        /// A finer classification of the account, for reports.
        subtype: Patch<Text<SUBTYPE_LENGTH_MAX>>,
        /// The heading above it, by its id; null for none.
        parent_id: Patch<AccountId>,
        /// The heading above it, by its code; null for none.
        parent_code: Patch<Code>,
        /// Whether the account takes postings; false for a heading.
        is_posting: Optional<bool>,
        /// The only currency that the account takes; null for any.
        currency: Patch<CurrencyCode>,
        /// The sub-ledger that the account sums up. It is fixed once the account has entries.
        control: Optional<ControlKind>,
        /// The activity under which its movements appear in the cash flow statement.
        cash_flow: Optional<CashFlowActivity>,
        /// Whether the lines of the account are matched with one another.
        reconcilable: Optional<bool>,
        /// Whether the account takes entries.
        active: Optional<bool>,
    }
}

query! {
    /// How the chart is arranged.
    pub struct AccountTreeQuery {
        /// Whether to answer one list with level and path instead of nested accounts.
        flat: bool => false,
    }

    /// The balance to answer.
    pub struct AccountBalanceQuery {
        /// Only lines up to this posting date count; today by default.
        as_of: Option<NaiveDate>,
        /// A moment in the past: counts only lines that were recorded up to it. By default all lines count. A heading
        /// has the accounts below it that it had at that moment.
        known_at: Option<Timestamp>,
    }

    /// The lines to answer.
    pub struct AccountLedgerQuery {
        /// The first posting date.
        from: Option<NaiveDate>,
        /// The last posting date; today by default, unless `from` is later.
        to: Option<NaiveDate>,
        /// The number of lines on a page, 50 by default; with CSV or NDJSON all lines are sent unless this is given.
        limit: Option<Int<1, { PAGE_LIMIT_MAX as i64 }>>,
        /// The `nextCursor` of the previous page, with the same `from` and `to`.
        cursor: Option<Text<CURSOR_LENGTH_MAX>>,
    }
}
