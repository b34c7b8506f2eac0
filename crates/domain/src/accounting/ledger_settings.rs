//! The accounts the ledger itself posts to, and which accounts are fit for it.

use super::account::{AccountFacts, AccountType};
use crate::error::{ErrorDef, Violation};
use crate::ids::AccountId;
use crate::money::CurrencyCode;

crate::errors! {
    RETAINED_EARNINGS_UNFIT = "retained_earnings_account_unfit", Rule, Administrator,
        "Account {account} cannot take retained earnings: it must be an active posting account of type equity, without control kind, in any currency.",
        "الحساب {account} لا يصلح للأرباح المبقاة: يجب أن يكون حساب ترحيل نشطًا من نوع حقوق الملكية، دون نوع رقابة، ويقبل أي عملة.";
    OPENING_ACCOUNT_UNFIT = "opening_account_unfit", Rule, Administrator,
        "Account {account} cannot balance opening entries: it must be an active posting account of the balance sheet, without control kind, in any currency.",
        "الحساب {account} لا يصلح لموازنة القيود الافتتاحية: يجب أن يكون حساب ترحيل نشطًا من حسابات المركز المالي، دون نوع رقابة، ويقبل أي عملة.";
    ROUNDING_ACCOUNT_UNFIT = "rounding_account_unfit", Rule, Administrator,
        "Account {account} cannot take rounding differences: it must be an active posting account of type income or expense, in any currency.",
        "الحساب {account} لا يصلح لفروق التقريب: يجب أن يكون حساب ترحيل نشطًا من نوع إيراد أو مصروف، ويقبل أي عملة.";
    UNREALISED_EXCHANGE_UNFIT = "unrealised_exchange_account_unfit", Rule, Administrator,
        "Account {account} cannot take unrealised exchange differences: it must be an active posting account of type income or expense, in any currency.",
        "الحساب {account} لا يصلح لفروق الصرف غير المحققة: يجب أن يكون حساب ترحيل نشطًا من نوع إيراد أو مصروف، ويقبل أي عملة.";
    REVALUATION_ACCOUNT_UNFIT = "revaluation_account_unfit", Rule, Administrator,
        "Account {account} cannot take the revaluation of receivables or payables: it must be an active posting account of type asset or liability, without control kind, in any currency.",
        "الحساب {account} لا يصلح لإعادة تقييم الذمم: يجب أن يكون حساب ترحيل نشطًا من نوع أصل أو التزام، دون نوع رقابة، ويقبل أي عملة.";
    EXCHANGE_DIFFERENCES_UNFIT = "exchange_differences_account_unfit", Rule, Administrator,
        "Account {account} cannot take exchange differences: it must be an active posting account of type income or expense, in any currency.",
        "الحساب {account} لا يصلح لفروق الصرف: يجب أن يكون حساب ترحيل نشطًا من نوع إيراد أو مصروف، ويقبل أي عملة.";
    INTER_BRANCH_UNFIT = "inter_branch_account_unfit", Rule, Administrator,
        "Account {account} cannot stand between branches: it must be an active posting account of the balance sheet, without control kind, in any currency.",
        "الحساب {account} لا يصلح حسابًا جاريًا بين الفروع: يجب أن يكون حساب ترحيل نشطًا من حسابات المركز المالي، دون نوع رقابة، ويقبل أي عملة.";
    TRANSLATION_DIFFERENCE_UNFIT = "translation_difference_account_unfit", Rule, Administrator,
        "Account {account} cannot show translation differences: it must be an active posting account of type equity, without control kind, in any currency.",
        "الحساب {account} لا يصلح لفروق الترجمة: يجب أن يكون حساب ترحيل نشطًا من نوع حقوق الملكية، دون نوع رقابة، ويقبل أي عملة.";
    REPORTING_CURRENCY_INCOMPLETE = "reporting_currency_incomplete", Rule, Administrator,
        "A reporting currency needs both reportingCurrency and translationDifferenceAccountId.",
        "تتطلب عملة العرض الإضافية تحديد reportingCurrency وtranslationDifferenceAccountId معًا.";
    REPORTING_CURRENCY_IS_COMPANY = "reporting_currency_is_company", Rule, Administrator,
        "{currency} is the currency of the books; the reporting currency is another one.",
        "{currency} هي عملة الدفاتر؛ وعملة العرض الإضافية عملة أخرى.";
    BALANCING_INCOMPLETE = "balancing_incomplete", Rule, Administrator,
        "Entries balance by a dimension only with both balancingDimensionId and interBranchAccountId.",
        "تُوازن القيود حسب بُعد بتحديد balancingDimensionId وinterBranchAccountId معًا.";
}

crate::choices! {
    /// The rate at which income and expenses of a fiscal period are shown in the reporting currency (IAS 21, paragraphs 39 and 40).
    pub enum IncomeRate {
        /// The mean of the rates in force on each day of the period.
        Average = "average",
        /// The rate in force on the last day of the period.
        PeriodEnd = "period_end",
    }
}

/// The purposes for which the ledger itself posts to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerAccountRole {
    /// Takes profit and loss at year close (R12).
    RetainedEarnings,
    /// Takes what conversion leaves over (R7).
    Rounding,
    /// Balances opening entries (R13).
    Opening,
    /// Takes realised exchange differences (R103).
    ExchangeDifferences,
    /// Takes unrealised exchange differences (R108).
    UnrealisedExchange,
    /// Stands beside receivables with what revaluation makes of them (R108).
    ReceivableRevaluation,
    /// Stands beside payables with what revaluation makes of them (R108).
    PayableRevaluation,
    /// Takes the other side of entries between branches (R157).
    InterBranch,
    /// Shows what translation into the reporting currency leaves over (R161).
    TranslationDifference,
}

impl LedgerAccountRole {
    pub const ALL: [Self; 9] = [
        Self::RetainedEarnings,
        Self::Rounding,
        Self::Opening,
        Self::ExchangeDifferences,
        Self::UnrealisedExchange,
        Self::ReceivableRevaluation,
        Self::PayableRevaluation,
        Self::InterBranch,
        Self::TranslationDifference,
    ];

    /// The member of the settings that names the account.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::RetainedEarnings => "/retainedEarningsAccountId",
            Self::Rounding => "/roundingAccountId",
            Self::Opening => "/openingAccountId",
            Self::ExchangeDifferences => "/exchangeDifferencesAccountId",
            Self::UnrealisedExchange => "/unrealisedExchangeAccountId",
            Self::ReceivableRevaluation => "/receivableRevaluationAccountId",
            Self::PayableRevaluation => "/payableRevaluationAccountId",
            Self::InterBranch => "/interBranchAccountId",
            Self::TranslationDifference => "/translationDifferenceAccountId",
        }
    }

    const fn refusal(self) -> &'static ErrorDef {
        match self {
            Self::RetainedEarnings => &RETAINED_EARNINGS_UNFIT,
            Self::Rounding => &ROUNDING_ACCOUNT_UNFIT,
            Self::Opening => &OPENING_ACCOUNT_UNFIT,
            Self::ExchangeDifferences => &EXCHANGE_DIFFERENCES_UNFIT,
            Self::UnrealisedExchange => &UNREALISED_EXCHANGE_UNFIT,
            Self::ReceivableRevaluation | Self::PayableRevaluation => &REVALUATION_ACCOUNT_UNFIT,
            Self::InterBranch => &INTER_BRANCH_UNFIT,
            Self::TranslationDifference => &TRANSLATION_DIFFERENCE_UNFIT,
        }
    }

    const fn takes(self, account_type: AccountType) -> bool {
        match self {
            Self::RetainedEarnings | Self::TranslationDifference => {
                matches!(account_type, AccountType::Equity)
            }
            Self::Opening | Self::InterBranch => account_type.is_balance_sheet(),
            Self::Rounding | Self::ExchangeDifferences | Self::UnrealisedExchange => {
                !account_type.is_balance_sheet()
            }
            Self::ReceivableRevaluation | Self::PayableRevaluation => {
                matches!(account_type, AccountType::Asset | AccountType::Liability)
            }
        }
    }

    /// Whether the account may play this role; its lines are in the company currency.
    pub fn check(self, account: &AccountFacts, company: CurrencyCode) -> Result<(), Violation> {
        let fit = account.is_posting
            && account.active
            && !account.control.is_control()
            && account.currency.is_none_or(|currency| currency == company)
            && self.takes(account.account_type);
        if fit {
            return Ok(());
        }
        Err(Violation::new(self.refusal()).at(self.pointer()).with("account", &account.code))
    }
}

/// The account that plays each role, where one is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LedgerAccounts([Option<AccountId>; LedgerAccountRole::ALL.len()]);

impl LedgerAccounts {
    pub const fn get(&self, role: LedgerAccountRole) -> Option<AccountId> {
        self.0[role as usize]
    }

    pub const fn set(&mut self, role: LedgerAccountRole, account: Option<AccountId>) {
        self.0[role as usize] = account;
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::accounting::account::ControlKind;

    fn account(account_type: AccountType) -> AccountFacts {
        AccountFacts {
            id: AccountId::new(Uuid::from_u128(1)),
            code: "3140".to_owned(),
            is_posting: true,
            active: true,
            currency: None,
            control: ControlKind::None,
            requires_party: false,
            opens_lines: false,
            account_type,
        }
    }

    #[test]
    fn each_role_takes_its_types_only() {
        let sar = CurrencyCode::parse("SAR").unwrap();
        let fits = |role: LedgerAccountRole| {
            AccountType::ALL
                .iter()
                .copied()
                .filter(|t| role.check(&account(*t), sar).is_ok())
                .collect::<Vec<_>>()
        };
        use AccountType::{Asset, Equity, Expense, Income, Liability};
        assert_eq!(fits(LedgerAccountRole::RetainedEarnings), [Equity]);
        assert_eq!(fits(LedgerAccountRole::Opening), [Asset, Liability, Equity]);
        assert_eq!(fits(LedgerAccountRole::Rounding), [Income, Expense]);
        assert_eq!(fits(LedgerAccountRole::ExchangeDifferences), [Income, Expense]);
        assert_eq!(fits(LedgerAccountRole::UnrealisedExchange), [Income, Expense]);
        assert_eq!(fits(LedgerAccountRole::ReceivableRevaluation), [Asset, Liability]);
        assert_eq!(fits(LedgerAccountRole::TranslationDifference), [Equity]);
    }

    #[test]
    fn headings_closed_accounts_and_other_currencies_are_refused() {
        let sar = CurrencyCode::parse("SAR").unwrap();
        let usd = CurrencyCode::parse("USD").ok();
        let fit = account(AccountType::Equity);
        let refused = [
            AccountFacts { is_posting: false, ..fit.clone() },
            AccountFacts { active: false, ..fit.clone() },
            AccountFacts { currency: usd, ..fit.clone() },
        ];
        for account in refused {
            let violation = LedgerAccountRole::RetainedEarnings.check(&account, sar).unwrap_err();
            assert_eq!(violation.pointer, "/retainedEarningsAccountId");
        }
        let own = AccountFacts { currency: Some(sar), ..fit };
        assert!(LedgerAccountRole::RetainedEarnings.check(&own, sar).is_ok());
    }
}
