//! Budgets (R160): what accounts may gather in the periods of a fiscal year, and what happens when a posting takes more.

use chrono::NaiveDate;

use super::account::AccountType;
use crate::error::{Violation, Violations};
use crate::ids::{DimensionId, FiscalYearId, Id, UserId};
use crate::text::{Code, LocalizedName};
use crate::time::Timestamp;

pub type BudgetId = Id<Budget>;
pub type BudgetExceptionId = Id<BudgetException>;

/// Most controls of a budget.
pub const BUDGET_CONTROLS_MAX: usize = 100;
/// Most budgets that postings may be compared with.
pub const CONTROLLED_BUDGETS_MAX: usize = 20;

crate::errors! {
    BUDGET_EXCEEDED = "budget_exceeded", Rule, User,
        "The posting takes {amount} from account {account}, for which budget {budget} has {left} left.",
        "يأخذ الترحيل {amount} من الحساب {account}، والمتبقي له في الموازنة {budget} هو {left}.";
    BUDGET_RANGE_ORDER = "budget_range_order", Rule, User,
        "The first account code {from} comes after the last one {to}.",
        "رمز الحساب الأول {from} يأتي بعد الأخير {to}.";
    BUDGET_LOCKED = "budget_locked", Conflict, User,
        "Budget {code} is locked; its lines do not change.", "الموازنة {code} مقفلة ولا تتغير سطورها.";
    BUDGET_YEAR_FIXED = "budget_year_fixed", Conflict, User,
        "Budget {code} has lines; its fiscal year does not change.", "للموازنة {code} سطور، فلا تتغير سنتها المالية.";
    BUDGETS_TOO_MANY = "budgets_too_many", Rule, User,
        "Postings are compared with at most {max} budgets.", "تُقارن القيود مع {max} موازنة بحد أقصى.";
    BUDGET_EXCEPTION_EXPIRED = "budget_exception_expired", Rule, User,
        "The exception ends before it begins.", "ينتهي الاستثناء قبل أن يبدأ.";
}

crate::choices! {
    pub enum BudgetStatus {
        /// Nothing is compared with it.
        Draft = "draft",
        /// Postings are compared with it.
        Active = "active",
        /// Postings are compared with it, and its lines do not change.
        Locked = "locked",
    }
}

crate::choices! {
    /// What happens to a posting that takes more than is left.
    pub enum BudgetMode {
        Nothing = "none",
        Warn = "warn",
        Refuse = "refuse",
    }
}

crate::choices! {
    /// The periods whose budget counts.
    pub enum BudgetSpan {
        /// The period of the posting alone.
        Period = "period",
        /// Every period of the year through that of the posting.
        YearToDate = "year_to_date",
    }
}

/// Accounts whose postings are compared with the budget. The first control that has an account decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetControl {
    /// Codes are compared as texts; both ends belong to the range.
    pub code_from: Code,
    pub code_to: Code,
    /// Each value of the dimension by itself; `None` compares the account as a whole.
    pub dimension: Option<DimensionId>,
    pub mode: BudgetMode,
    pub span: BudgetSpan,
}

/// A budget of a fiscal year. Its lines stand beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub id: BudgetId,
    pub code: Code,
    pub name: LocalizedName,
    pub fiscal_year_id: FiscalYearId,
    pub status: BudgetStatus,
    pub controls: Vec<BudgetControl>,
    pub version: i64,
}

/// A user who may exceed a budget for a while. What they exceed is still warned of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetException {
    pub id: BudgetExceptionId,
    pub budget_id: BudgetId,
    pub user_id: UserId,
    pub expires_at: Timestamp,
    pub reason: String,
    pub version: i64,
}

/// A budget as postings know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllingBudget {
    pub id: BudgetId,
    pub code: Code,
    pub fiscal_year: FiscalYearId,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub controls: Vec<BudgetControl>,
    /// The users who may exceed it, and until when.
    pub excepted: Vec<(UserId, Timestamp)>,
}

impl Budget {
    /// Contradictions in the budget.
    pub fn check(&self) -> Violations {
        let mut violations = Violations::new();
        for (index, control) in self.controls.iter().enumerate() {
            if control.code_from.as_str() > control.code_to.as_str() {
                let order = Violation::new(&BUDGET_RANGE_ORDER).at(format!("/controls/{index}/codeTo"));
                violations.push(order.with("from", &control.code_from).with("to", &control.code_to));
            }
        }
        violations
    }

    /// Whether postings are compared with it.
    pub fn controls_postings(&self) -> bool {
        self.status != BudgetStatus::Draft && !self.controls.is_empty()
    }
}

impl ControllingBudget {
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end
    }

    /// The control that decides about an account, with its index. Only what is spent is compared: expenses and assets.
    pub fn control_of(&self, code: &str, account_type: AccountType) -> Option<(usize, &BudgetControl)> {
        if !matches!(account_type, AccountType::Expense | AccountType::Asset) {
            return None;
        }
        let has =
            |control: &BudgetControl| control.code_from.as_str() <= code && code <= control.code_to.as_str();
        let decides = self.controls.iter().enumerate().find(|(_, control)| has(control));
        decides.filter(|(_, control)| control.mode != BudgetMode::Nothing)
    }

    pub fn may_exceed(&self, user: Option<UserId>, now: Timestamp) -> bool {
        let holds = |(of, until): &(UserId, Timestamp)| Some(*of) == user && *until > now;
        self.excepted.iter().any(holds)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn control(from: &str, to: &str, mode: BudgetMode) -> BudgetControl {
        let code = |text: &str| Code::parse(text).unwrap();
        BudgetControl {
            code_from: code(from),
            code_to: code(to),
            dimension: None,
            mode,
            span: BudgetSpan::Period,
        }
    }

    fn budget(controls: Vec<BudgetControl>) -> ControllingBudget {
        ControllingBudget {
            id: BudgetId::new(Uuid::nil()),
            code: Code::parse("B").unwrap(),
            fiscal_year: FiscalYearId::new(Uuid::nil()),
            start: "2026-01-01".parse().unwrap(),
            end: "2026-12-31".parse().unwrap(),
            controls,
            excepted: vec![(UserId::new(Uuid::from_u128(1)), Timestamp::from_micros(10))],
        }
    }

    #[test]
    fn the_first_control_of_an_account_decides_and_only_spending_is_compared() {
        let budget = budget(vec![
            control("6210", "6210", BudgetMode::Nothing),
            control("62", "6299", BudgetMode::Refuse),
            control("6", "7", BudgetMode::Warn),
        ]);
        let decides = |code: &str, kind| budget.control_of(code, kind).map(|(index, _)| index);
        assert_eq!(decides("6210", AccountType::Expense), None);
        assert_eq!(decides("6220", AccountType::Expense), Some(1));
        assert_eq!(decides("6500", AccountType::Asset), Some(2));
        assert_eq!(decides("6500", AccountType::Income), None);
        assert_eq!(decides("71", AccountType::Expense), None);
        assert!(budget.covers("2026-12-31".parse().unwrap()));
        assert!(!budget.covers("2027-01-01".parse().unwrap()));
    }

    #[test]
    fn an_exception_is_for_its_user_and_ends() {
        let budget = budget(Vec::new());
        let (user, other) = (UserId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        assert!(budget.may_exceed(Some(user), Timestamp::from_micros(9)));
        assert!(!budget.may_exceed(Some(user), Timestamp::from_micros(10)));
        assert!(!budget.may_exceed(Some(other), Timestamp::from_micros(9)));
        assert!(!budget.may_exceed(None, Timestamp::from_micros(9)));
    }
}
