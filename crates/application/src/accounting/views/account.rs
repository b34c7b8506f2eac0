//! Accounts as the API shows them, one by one and as the tree they form.

use std::collections::HashMap;

use domain::accounting::account::Account;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use crate::ports::stored::Stored;

/// An account of the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    /// The type of the account: `asset`, `liability`, `equity`, `income` or `expense`.
    #[serde(rename = "type")]
    pub account_type: &'static str,
    pub subtype: Option<String>,
    pub parent_id: Option<Uuid>,
    /// Whether the account takes postings; a heading does not.
    pub is_posting: bool,
    /// The only currency that the account takes; null for any.
    pub currency: Option<String>,
    /// The sub-ledger that the account sums up: `receivable`, `payable`, `inventory`, `vat` or `none`.
    pub control: &'static str,
    /// Whether lines on the account must name a party.
    pub requires_party: bool,
    /// The activity under which its movements appear in the cash flow statement: `operating`, `investing`, `financing`,
    /// `cash` or `none`.
    pub cash_flow: &'static str,
    pub reconcilable: bool,
    pub active: bool,
    /// The account into which this one was merged; null when it was not.
    pub merged_into_id: Option<Uuid>,
    /// The side on which the account usually has its balance: `debit` or `credit`.
    pub normal_balance: &'static str,
    #[schema(format = "date-time")]
    pub updated_at: String,
    pub version: i64,
}

impl From<&Stored<Account>> for AccountView {
    fn from(stored: &Stored<Account>) -> Self {
        let account = &stored.value;
        Self {
            id: account.id().uuid(),
            code: account.code().to_string(),
            name: NameView::from(account.name()),
            account_type: account.account_type().as_str(),
            subtype: account.subtype().map(str::to_owned),
            parent_id: account.parent_id().map(|id| id.uuid()),
            is_posting: account.is_posting(),
            currency: account.currency().map(|code| code.to_string()),
            control: account.control().as_str(),
            requires_party: account.requires_party(),
            cash_flow: account.cash_flow().as_str(),
            reconcilable: account.reconcilable(),
            active: account.active(),
            merged_into_id: account.merged_into().map(|id| id.uuid()),
            normal_balance: account.account_type().normal_side().as_str(),
            updated_at: stored.updated_at.to_string(),
            version: account.version(),
        }
    }
}

/// The whole chart in the order of codes, each account below its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountTreeView {
    pub items: Vec<AccountNodeView>,
}

/// An account with its place in the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountNodeView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    #[serde(rename = "type")]
    pub account_type: &'static str,
    pub parent_id: Option<Uuid>,
    pub is_posting: bool,
    pub active: bool,
    /// The depth in the chart: 1 for an account without a heading.
    pub level: u32,
    /// The codes from the top down to the account itself.
    pub path: Vec<String>,
    /// The accounts below this one; present only when the tree is nested.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub children: Option<Vec<AccountNodeView>>,
}

/// Arranges accounts, given in the order of their codes, as a tree: nested, or flat with level and path.
pub fn account_tree(accounts: Vec<AccountView>, flat: bool) -> AccountTreeView {
    let mut children: HashMap<Option<Uuid>, Vec<AccountView>> = HashMap::new();
    for account in accounts {
        children.entry(account.parent_id).or_default().push(account);
    }
    let mut items = Vec::new();
    if flat {
        flatten(None, &mut children, &mut Vec::new(), &mut items);
    } else {
        items = nest(None, &mut children, &mut Vec::new());
    }
    AccountTreeView { items }
}

type Children = HashMap<Option<Uuid>, Vec<AccountView>>;

// The depth of the recursion is that of the chart, which the domain limits.
fn nest(parent: Option<Uuid>, children: &mut Children, path: &mut Vec<String>) -> Vec<AccountNodeView> {
    let mut nodes = Vec::new();
    for account in children.remove(&parent).unwrap_or_default() {
        path.push(account.code.clone());
        let mut node = node(account, path);
        node.children = Some(nest(Some(node.id), children, path));
        nodes.push(node);
        path.pop();
    }
    nodes
}

fn flatten(
    parent: Option<Uuid>,
    children: &mut Children,
    path: &mut Vec<String>,
    nodes: &mut Vec<AccountNodeView>,
) {
    for account in children.remove(&parent).unwrap_or_default() {
        path.push(account.code.clone());
        let node = node(account, path);
        let id = node.id;
        nodes.push(node);
        flatten(Some(id), children, path, nodes);
        path.pop();
    }
}

fn node(account: AccountView, path: &[String]) -> AccountNodeView {
    AccountNodeView {
        id: account.id,
        code: account.code,
        name: account.name,
        account_type: account.account_type,
        parent_id: account.parent_id,
        is_posting: account.is_posting,
        active: account.active,
        level: u32::try_from(path.len()).unwrap_or(u32::MAX),
        path: path.to_vec(),
        children: None,
    }
}
