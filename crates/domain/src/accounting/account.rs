//! The chart of accounts: a tree of headings with posting accounts as its leaves.

mod kinds;
pub mod merge;
#[cfg(test)]
mod tests;

pub use kinds::{AccountType, CashFlowActivity, ControlKind, NormalBalance};

use crate::error::{Violation, Violations};
use crate::ids::AccountId;
use crate::money::CurrencyCode;
use crate::text::{self, Code, LocalizedName};

/// Longest account subtype, in characters.
pub const SUBTYPE_LENGTH_MAX: usize = 50;
/// Deepest level of the chart: a tree of more levels cannot be read by anyone.
pub const ACCOUNT_DEPTH_MAX: usize = 20;

crate::errors! {
    ACCOUNT_PARENT_IS_POSTING = "account_parent_is_posting", Rule, User,
        "Account {parent} takes postings and cannot have accounts below it; choose a heading.",
        "الحساب {parent} حساب ترحيل ولا يمكن إدراج حسابات تحته؛ اختر حسابًا رئيسيًا.";
    ACCOUNT_PARENT_TYPE_DIFFERS = "account_parent_type_differs", Rule, User,
        "An account of type {type} cannot lie below the heading {parent} of type {parentType}: balance sheet and income statement are kept apart.",
        "لا يمكن إدراج حساب من نوع {type} تحت الحساب الرئيسي {parent} من نوع {parentType}: تُفصل حسابات المركز المالي عن حسابات قائمة الدخل.";
    ACCOUNT_CYCLE = "account_cycle", Rule, User,
        "An account cannot lie below itself.", "لا يمكن أن يقع الحساب تحت نفسه.";
    ACCOUNT_TOO_DEEP = "account_too_deep", Rule, User,
        "The chart of accounts has at most {max} levels.", "لا يتجاوز دليل الحسابات {max} مستوى.";
    ACCOUNT_USED_NO_HEADING = "account_used_no_heading", Conflict, User,
        "Account {code} has entries and cannot become a heading.",
        "الحساب {code} عليه قيود ولا يمكن تحويله إلى حساب رئيسي.";
    ACCOUNT_HAS_CHILDREN = "account_has_children", Conflict, User,
        "Account {code} has accounts below it; move them first.",
        "توجد حسابات تحت الحساب {code}؛ انقلها أولًا.";
    ACCOUNT_USED_NO_CHANGE = "account_used_no_change", Conflict, User,
        "Account {code} has entries; its type, currency and control kind no longer change.",
        "الحساب {code} عليه قيود؛ لا يمكن تغيير نوعه أو عملته أو نوع الرقابة عليه.";
    ACCOUNT_SETTLED_NO_CHANGE = "account_settled_no_change", Conflict, User,
        "Account {code} has entries in a closed fiscal year or a hard-locked period, whose cash flow statement would change.",
        "الحساب {code} عليه قيود في سنة مالية مقفلة أو فترة مقفلة نهائيًا، وسيتغير بيان التدفقات النقدية لها.";
    ACCOUNT_CONTROL_UNFIT = "account_control_unfit", Rule, User,
        "Control kind {control} does not fit an account of type {type}.",
        "نوع الرقابة {control} لا يناسب حسابًا من نوع {type}.";
    ACCOUNT_HEADING_ATTRIBUTE = "account_heading_attribute", Rule, User,
        "A heading has no control kind and is not reconciled.",
        "الحساب الرئيسي ليس له نوع رقابة ولا تجري تسويته.";
}

/// The data for creating an account or reading a stored one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub id: AccountId,
    pub code: Code,
    pub name: LocalizedName,
    pub account_type: AccountType,
    pub subtype: Option<String>,
    pub parent_id: Option<AccountId>,
    /// Headings are not.
    pub is_posting: bool,
    /// `None` takes any currency.
    pub currency: Option<CurrencyCode>,
    pub control: ControlKind,
    pub reconcilable: bool,
    pub cash_flow: CashFlowActivity,
    pub active: bool,
}

/// Changes to an account; `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPatch {
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub account_type: Option<AccountType>,
    pub subtype: Option<Option<String>>,
    pub parent_id: Option<Option<AccountId>>,
    pub is_posting: Option<bool>,
    pub currency: Option<Option<CurrencyCode>>,
    pub control: Option<ControlKind>,
    pub reconcilable: Option<bool>,
    pub cash_flow: Option<CashFlowActivity>,
    pub active: Option<bool>,
}

/// How an account is in use, which limits what may change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountUsage {
    pub has_entries: bool,
    /// Some of them in a closed fiscal year or under the hard lock, whose statements no longer change.
    pub has_settled_entries: bool,
    pub has_children: bool,
}

/// One account of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    fields: NewAccount,
    /// The account into which this one was merged.
    merged_into: Option<AccountId>,
    version: i64,
}

/// The facts about an account that posting needs; small enough to be cached for a whole tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFacts {
    pub id: AccountId,
    pub code: String,
    pub is_posting: bool,
    pub active: bool,
    pub currency: Option<CurrencyCode>,
    pub control: ControlKind,
    pub requires_party: bool,
    /// Whether each of its lines is open until it is matched.
    pub opens_lines: bool,
    pub account_type: AccountType,
}

impl Account {
    /// A new account, version 1. Check its place in the tree with [`Account::check_parent`].
    pub fn new(fields: NewAccount) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        let fields = checked(fields, &mut violations);
        violations.into_result(Self { fields, merged_into: None, version: 1 })
    }

    /// An account as stored: its rules held when it was written.
    pub fn from_stored(fields: NewAccount, version: i64) -> Self {
        Self { fields, merged_into: None, version }
    }

    /// The same account, merged into another one or into none, as stored.
    #[must_use]
    pub fn stored_as_merged(self, merged_into: Option<AccountId>) -> Self {
        Self { merged_into, ..self }
    }

    /// The account after it was merged into another one, one version later.
    #[must_use]
    pub fn merge(&self, into: AccountId) -> Self {
        let fields = NewAccount { active: false, ..self.fields.clone() };
        Self { fields, merged_into: Some(into), version: self.version + 1 }
    }

    /// The account after the change, one version later; all violations at once.
    pub fn update(&self, patch: AccountPatch, usage: AccountUsage) -> Result<Self, Vec<Violation>> {
        let old = &self.fields;
        if self.merged_into.is_some() {
            return Err(vec![Violation::new(&merge::ACCOUNT_MERGED).with("code", &old.code)]);
        }
        let fields = NewAccount {
            id: old.id,
            code: patch.code.unwrap_or_else(|| old.code.clone()),
            name: patch.name.unwrap_or_else(|| old.name.clone()),
            account_type: patch.account_type.unwrap_or(old.account_type),
            subtype: patch.subtype.unwrap_or_else(|| old.subtype.clone()),
            parent_id: patch.parent_id.unwrap_or(old.parent_id),
            is_posting: patch.is_posting.unwrap_or(old.is_posting),
            currency: patch.currency.unwrap_or(old.currency),
            control: patch.control.unwrap_or(old.control),
            reconcilable: patch.reconcilable.unwrap_or(old.reconcilable),
            cash_flow: patch.cash_flow.unwrap_or(old.cash_flow),
            active: patch.active.unwrap_or(old.active),
        };
        let mut violations = Violations::new();
        let fields = checked(fields, &mut violations);
        self.check_usage(&fields, usage, &mut violations);
        violations.into_result(Self { fields, merged_into: None, version: self.version + 1 })
    }

    fn check_usage(&self, new: &NewAccount, usage: AccountUsage, violations: &mut Violations) {
        let old = &self.fields;
        let mut refuse = |def, pointer: &str| {
            violations.push(Violation::new(def).at(pointer).with("code", &old.code));
        };
        if old.is_posting && !new.is_posting && usage.has_entries {
            refuse(&ACCOUNT_USED_NO_HEADING, "/isPosting");
        }
        if !old.is_posting && new.is_posting && usage.has_children {
            refuse(&ACCOUNT_HAS_CHILDREN, "/isPosting");
        }
        if old.account_type != new.account_type {
            if usage.has_entries {
                refuse(&ACCOUNT_USED_NO_CHANGE, "/type");
            } else if usage.has_children
                && old.account_type.is_balance_sheet() != new.account_type.is_balance_sheet()
            {
                refuse(&ACCOUNT_HAS_CHILDREN, "/type");
            }
        }
        // Widening to any currency harms no stored line; another currency would contradict them.
        if usage.has_entries && old.currency != new.currency && new.currency.is_some() {
            refuse(&ACCOUNT_USED_NO_CHANGE, "/currency");
        }
        if usage.has_settled_entries && old.cash_flow != new.cash_flow {
            refuse(&ACCOUNT_SETTLED_NO_CHANGE, "/cashFlow");
        }
        if usage.has_entries && old.control != new.control {
            refuse(&ACCOUNT_USED_NO_CHANGE, "/control");
        }
    }

    /// Whether this account may lie below `parent`, whose own ancestors (nearest first) are `ancestors`.
    ///
    /// Parent and child belong to the same statement; within it types may mix, because real charts have
    /// headings such as "Liabilities and equity" or "Net sales" with its discounts.
    pub fn check_parent(&self, parent: &Account, ancestors: &[AccountId]) -> Result<(), Violation> {
        let refuse = |def| Violation::new(def).at("/parentId");
        if parent.id() == self.id() || ancestors.contains(&self.id()) {
            return Err(refuse(&ACCOUNT_CYCLE));
        }
        if parent.is_posting() {
            return Err(refuse(&ACCOUNT_PARENT_IS_POSTING).with("parent", parent.code()));
        }
        if parent.account_type().is_balance_sheet() != self.account_type().is_balance_sheet() {
            return Err(refuse(&ACCOUNT_PARENT_TYPE_DIFFERS)
                .with("type", self.account_type())
                .with("parent", parent.code())
                .with("parentType", parent.account_type()));
        }
        if ancestors.len() + 2 > ACCOUNT_DEPTH_MAX {
            return Err(refuse(&ACCOUNT_TOO_DEEP).with("max", ACCOUNT_DEPTH_MAX));
        }
        Ok(())
    }

    pub fn id(&self) -> AccountId {
        self.fields.id
    }
    pub fn code(&self) -> &Code {
        &self.fields.code
    }
    pub fn name(&self) -> &LocalizedName {
        &self.fields.name
    }
    pub fn account_type(&self) -> AccountType {
        self.fields.account_type
    }
    pub fn subtype(&self) -> Option<&str> {
        self.fields.subtype.as_deref()
    }
    pub fn parent_id(&self) -> Option<AccountId> {
        self.fields.parent_id
    }
    pub fn is_posting(&self) -> bool {
        self.fields.is_posting
    }
    pub fn currency(&self) -> Option<CurrencyCode> {
        self.fields.currency
    }
    pub fn control(&self) -> ControlKind {
        self.fields.control
    }
    pub fn requires_party(&self) -> bool {
        self.fields.control.requires_party()
    }
    pub fn reconcilable(&self) -> bool {
        self.fields.reconcilable
    }
    /// Whether each of its lines is open until it is matched. Lines of receivables and payables are open items instead.
    pub fn opens_lines(&self) -> bool {
        self.reconcilable() && !self.requires_party()
    }
    pub fn cash_flow(&self) -> CashFlowActivity {
        self.fields.cash_flow
    }
    /// The account into which this one was merged.
    pub fn merged_into(&self) -> Option<AccountId> {
        self.merged_into
    }
    pub fn active(&self) -> bool {
        self.fields.active
    }
    pub fn version(&self) -> i64 {
        self.version
    }

    pub fn facts(&self) -> AccountFacts {
        AccountFacts {
            id: self.id(),
            code: self.code().as_str().to_owned(),
            is_posting: self.is_posting(),
            active: self.active(),
            currency: self.currency(),
            control: self.control(),
            requires_party: self.requires_party(),
            opens_lines: self.opens_lines(),
            account_type: self.account_type(),
        }
    }
}

fn checked(mut fields: NewAccount, violations: &mut Violations) -> NewAccount {
    let subtype = text::optional_text(fields.subtype.as_deref(), SUBTYPE_LENGTH_MAX);
    fields.subtype = violations.check("/subtype", subtype).flatten();
    if fields.parent_id == Some(fields.id) {
        violations.push(Violation::new(&ACCOUNT_CYCLE).at("/parentId"));
    }
    if !fields.is_posting && (fields.control.is_control() || fields.reconcilable) {
        let field = if fields.control.is_control() { "/control" } else { "/reconcilable" };
        violations.push(Violation::new(&ACCOUNT_HEADING_ATTRIBUTE).at(field));
    }
    if !fields.control.fits(fields.account_type) {
        violations.push(
            Violation::new(&ACCOUNT_CONTROL_UNFIT)
                .at("/control")
                .with("control", fields.control)
                .with("type", fields.account_type),
        );
    }
    fields
}
