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
        /// The code people type.
        code: Code = "6215",
        /// Its name.
        name: LocalizedName = { "ar": "إيجار المستودع", "en": "Warehouse rent" },
        /// What it measures.
        r#type: AccountType = "expense",
        /// A finer class, for reports.
        subtype: Option<Text<SUBTYPE_LENGTH_MAX>> = "admin",
        /// The heading it lies below, by id.
        parent_id: Option<AccountId>,
        /// The heading by code.
        parent_code: Option<Code>,
        /// False for a heading.
        is_posting: bool => true,
        /// The only currency it takes; any when left out.
        currency: Option<CurrencyCode>,
        /// The sub-ledger it sums up.
        control: ControlKind => "none",
        /// Where its movements appear in the cash flow statement; operating when left out, none for a heading.
        cash_flow: Option<CashFlowActivity>,
        /// Its lines are matched with one another.
        reconcilable: bool => false,
        /// Takes entries.
        active: bool => true,
    }

    /// Changes to an account (JSON Merge Patch): left out stays, null empties.
    pub struct UpdateAccountBody {
        /// The code people type.
        code: Optional<Code>,
        /// Its name.
        name: Optional<LocalizedName>,
        /// What it measures; stays once there are entries.
        r#type: Optional<AccountType>,
        /// A finer class, for reports.
        subtype: Patch<Text<SUBTYPE_LENGTH_MAX>>,
        /// The heading it lies below, by id; null for none.
        parent_id: Patch<AccountId>,
        /// The heading by code; null for none.
        parent_code: Patch<Code>,
        /// False for a heading.
        is_posting: Optional<bool>,
        /// The only currency it takes; null for any.
        currency: Patch<CurrencyCode>,
        /// The sub-ledger it sums up; stays once there are entries.
        control: Optional<ControlKind>,
        /// Where its movements appear in the cash flow statement.
        cash_flow: Optional<CashFlowActivity>,
        /// Its lines are matched with one another.
        reconcilable: Optional<bool>,
        /// Takes entries.
        active: Optional<bool>,
    }
}

query! {
    /// How the chart is arranged.
    pub struct AccountTreeQuery {
        /// One list with level and path instead of nested accounts.
        flat: bool => false,
    }

    /// Which balance.
    pub struct AccountBalanceQuery {
        /// Lines up to this posting date; today when left out.
        as_of: Option<NaiveDate>,
        /// Lines recorded up to this moment, which has passed; all when left out. A heading has the accounts below it
        /// that it had then.
        known_at: Option<Timestamp>,
    }

    /// Which lines.
    pub struct AccountLedgerQuery {
        /// The first posting date.
        from: Option<NaiveDate>,
        /// The last posting date; today when left out, unless `from` is later.
        to: Option<NaiveDate>,
        /// Lines on a page, 50 when left out; with CSV or NDJSON all lines are sent unless this is given.
        limit: Option<Int<1, { PAGE_LIMIT_MAX as i64 }>>,
        /// The `nextCursor` of the page before, with the same `from` and `to`.
        cursor: Option<Text<CURSOR_LENGTH_MAX>>,
    }
}
