//! What a request for a revaluation may name.

use std::collections::BTreeSet;

use domain::accounting::account::AccountType;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::accounting::revaluation::ForeignBalance;
use domain::error::{Violation, Violations};
use domain::money::CurrencyCode;

use super::create::CreateRevaluationRun;
use super::{
    REVALUATION_ACCOUNT_TWICE, REVALUATION_ACCOUNT_TYPE, REVALUATION_COMPANY_CURRENCY, REVALUATION_RATE_TWICE,
};
use crate::accounting::error::ACCOUNT_CODE_UNKNOWN;
use crate::accounting::ports::books::Books;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::RATE_WITHOUT_BALANCE;

impl CreateRevaluationRun {
    /// The accounts to value beside those that always are. Refuses rates and accounts that could have no effect.
    pub(super) async fn asked(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
    ) -> AppResult<BTreeSet<String>> {
        let mut violations = Violations::new();
        self.check_rates(uow, books, &mut violations).await?;
        let named = self.named_accounts(uow, books, &mut violations).await?;
        Ok(violations.into_result(named)?)
    }

    async fn check_rates(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<()> {
        let given: BTreeSet<CurrencyCode> = self.given_rates().map(|rate| rate.currency).collect();
        books.learn_currencies(uow, &given).await?;
        let mut seen = BTreeSet::new();
        for (index, rate) in self.given_rates().enumerate() {
            let code = rate.currency;
            let def = if code == books.company.code {
                &REVALUATION_COMPANY_CURRENCY
            } else if !books.currencies.contains_key(&code) {
                &CURRENCY_UNKNOWN
            } else if !seen.insert(code) {
                &REVALUATION_RATE_TWICE
            } else {
                continue;
            };
            let refused = Violation::new(def).at(format!("/rates/{index}/currency"));
            violations.push(refused.with("currency", code));
        }
        Ok(())
    }

    async fn named_accounts(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<BTreeSet<String>> {
        let codes = self.account_codes.as_ref().map(|codes| codes.0.as_slice()).unwrap_or_default();
        let named: BTreeSet<String> = codes.iter().map(ToString::to_string).collect();
        let known = books.accounts_by_code(uow, &named).await?;
        books.learn_accounts(uow, known.values().copied().collect()).await?;
        let mut seen = BTreeSet::new();
        for (index, code) in codes.iter().enumerate() {
            let at = format!("/accountCodes/{index}");
            let Some(id) = known.get(code.as_str()) else {
                violations.push(Violation::new(&ACCOUNT_CODE_UNKNOWN).at(at).with("code", code));
                continue;
            };
            let account_type = books.accounts.get(id).map(|account| account.account_type);
            let def = if !matches!(account_type, Some(AccountType::Asset | AccountType::Liability)) {
                &REVALUATION_ACCOUNT_TYPE
            } else if !seen.insert(code) {
                &REVALUATION_ACCOUNT_TWICE
            } else {
                continue;
            };
            violations.push(Violation::new(def).at(at).with("account", code));
        }
        Ok(named)
    }

    /// Warns of each rate that no balance needs.
    pub(super) fn warn_of_rates(&self, uow: &mut dyn UnitOfWork, balances: &[ForeignBalance]) {
        for (index, rate) in self.given_rates().enumerate() {
            if balances.iter().all(|balance| balance.currency != rate.currency) {
                let idle = Violation::new(&RATE_WITHOUT_BALANCE).at(format!("/rates/{index}"));
                uow.warnings().push(idle.with("currency", rate.currency));
            }
        }
    }
}
