//! Words of the ledger in requests. The words themselves stand at their types.

use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::accounting::budget::{BudgetMode, BudgetSpan, BudgetStatus};
use domain::accounting::deferral::DeferralMethod;
use domain::accounting::distribution::DistributionBasis;
use domain::accounting::fiscal_year::PeriodPattern;
use domain::accounting::ledger_settings::IncomeRate;
use domain::accounting::lock::LockKind;
use domain::accounting::number_series::NumberReset;
use domain::accounting::posting_rule::PostingSlot;

use super::deferrals::cancel::DeferralRest;
use super::dimension_rules::input::RuleWord;
use super::integrity::ChainKind;
use super::ledger_export::ExportFormat;
use super::reports::layout::EquityMeasure;
use super::reports::layout::periods::Periods;
use super::reports::request::Compare;
use super::setup::Template;
use crate::{shown_word, word_type};

word_type!(AccountType, "accountType");
word_type!(ControlKind, "controlKind", ["none", "receivable", "payable", "inventory", "vat"]);
word_type!(CashFlowActivity, "cashFlowActivity", ["none", "operating", "investing", "financing", "cash"]);
word_type!(BudgetMode, "budgetMode");
word_type!(BudgetSpan, "budgetSpan");
shown_word!(BudgetSpan);
word_type!(BudgetStatus, "budgetStatus");
shown_word!(BudgetStatus);
word_type!(DeferralMethod, "deferralMethod");
shown_word!(DeferralMethod);
word_type!(DeferralRest, "deferralRest");
word_type!(RuleWord, "dimensionRuleKind");
word_type!(DistributionBasis, "distributionBasis");
word_type!(IncomeRate, "incomeRate");
shown_word!(IncomeRate);
word_type!(ExportFormat, "exportFormat");
word_type!(PostingSlot, "postingSlot");
shown_word!(PostingSlot);
word_type!(PeriodPattern, "periodPattern");
word_type!(ChainKind, "chainKind");
word_type!(LockKind, "lockKind");
word_type!(NumberReset, "numberReset");
word_type!(Compare, "compare");
word_type!(EquityMeasure, "equityMeasure");
word_type!(Periods, "statementPeriods");
word_type!(Template, "template");
