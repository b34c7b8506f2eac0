//! The template `sa-standard`: a chart, journals, currencies, dimensions, tax codes, payment terms, party groups, units, posting rules and report layouts as common in Saudi Arabia.

mod document_series;
mod items;
mod parties;
mod posting_rules;
mod report_layouts;
mod tax_codes;

pub(super) use document_series::ensure_document_series;
pub(super) use items::{STANDARD, ensure_categories, ensure_price_list, ensure_units};
pub(super) use parties::{ensure_party_groups, ensure_payment_terms};
pub(super) use posting_rules::ensure_posting_rules;
pub(super) use report_layouts::ensure_report_layouts;
pub(super) use tax_codes::ensure_tax_codes;

use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::accounting::dimension::Dimension;
use domain::accounting::journal::JournalKind;
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::text::{Code, LocalizedName};
use serde::Deserialize;

use super::journal_plan::JournalPlan;
use crate::accounting::dimensions::NewDimension;
use crate::accounting::imports::{FileAccount, Place, add_missing_accounts};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::create_missing;
use crate::unit_of_work::UnitOfWork;

/// Headings come before the accounts below them.
const CHART: &str = include_str!("chart.csv");

pub(super) const CURRENCIES: [&str; 8] = ["SAR", "USD", "EUR", "AED", "KWD", "BHD", "OMR", "GBP"];

pub(super) static JOURNALS: [&JournalPlan; 4] = [
    &JournalPlan {
        code: "SALES",
        kind: JournalKind::Sales,
        pattern: "SJ-{FY}-{000000}",
        ar: "يومية المبيعات",
        en: "Sales journal",
    },
    &JournalPlan {
        code: "PURCHASE",
        kind: JournalKind::Purchase,
        pattern: "PJ-{FY}-{000000}",
        ar: "يومية المشتريات",
        en: "Purchase journal",
    },
    &JournalPlan {
        code: "BANK",
        kind: JournalKind::Bank,
        pattern: "BJ-{FY}-{000000}",
        ar: "يومية البنك",
        en: "Bank journal",
    },
    &JournalPlan {
        code: "CASH",
        kind: JournalKind::Cash,
        pattern: "CJ-{FY}-{000000}",
        ar: "يومية الصندوق",
        en: "Cash journal",
    },
];

pub(super) const LEDGER_ACCOUNTS: [(LedgerAccountRole, &str); 7] = [
    (LedgerAccountRole::RetainedEarnings, "3140"),
    (LedgerAccountRole::Opening, "3190"),
    (LedgerAccountRole::Rounding, "7140"),
    (LedgerAccountRole::ExchangeDifferences, "7130"),
    (LedgerAccountRole::UnrealisedExchange, "7131"),
    (LedgerAccountRole::ReceivableRevaluation, "1127"),
    (LedgerAccountRole::PayableRevaluation, "2118"),
];

/// Code, Arabic and English name.
pub(super) const DIMENSIONS: [(&str, &str, &str); 3] = [
    ("cost-centre", "مركز التكلفة", "Cost centre"),
    ("project", "المشروع", "Project"),
    ("branch", "الفرع", "Branch"),
];

/// Arabic and English name of a currency of the region or its trade.
pub(super) fn currency_name(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "SAR" => ("ريال سعودي", "Saudi riyal"),
        "USD" => ("دولار أمريكي", "US dollar"),
        "EUR" => ("يورو", "Euro"),
        "AED" => ("درهم إماراتي", "UAE dirham"),
        "KWD" => ("دينار كويتي", "Kuwaiti dinar"),
        "BHD" => ("دينار بحريني", "Bahraini dinar"),
        "OMR" => ("ريال عماني", "Omani rial"),
        "QAR" => ("ريال قطري", "Qatari riyal"),
        "GBP" => ("جنيه إسترليني", "Pound sterling"),
        _ => return None,
    })
}

/// One row of the chart.
#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    parent: Option<String>,
    posting: u8,
    #[serde(rename = "type")]
    account_type: String,
    subtype: Option<String>,
    control: String,
    cash_flow: String,
    reconcilable: u8,
    name_ar: String,
    name_en: String,
}

impl Row {
    fn account(self, place: Place) -> AppResult<FileAccount> {
        Ok(FileAccount {
            place,
            code: Code::parse(&self.code)?,
            name: LocalizedName::parse(Some(&self.name_ar), Some(&self.name_en))?,
            account_type: AccountType::parse(&self.account_type)?,
            parent: self.parent,
            subtype: self.subtype,
            currency: None,
            is_posting: Some(self.posting == 1),
            control: Some(ControlKind::parse(&self.control)?),
            cash_flow: Some(CashFlowActivity::parse(&self.cash_flow)?),
            active: Some(true),
            reconcilable: Some(self.reconcilable == 1),
            default_dimensions: None,
        })
    }
}

fn chart() -> AppResult<Vec<FileAccount>> {
    let mut reader = csv::Reader::from_reader(CHART.as_bytes());
    let numbered = (1..).zip(reader.deserialize::<Row>());
    let account = |(number, row): (u32, csv::Result<Row>)| {
        row.map_err(|error| AppError::internal(format!("chart: {error}")))?.account(Place::row(number))
    };
    numbered.map(account).collect()
}

pub(super) async fn ensure_chart(uow: &mut dyn UnitOfWork) -> AppResult<u32> {
    add_missing_accounts(uow, chart()?).await
}

pub(super) async fn ensure_dimensions(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<u32> {
    let body = |(code, ar, en)| -> AppResult<NewDimension> {
        let name = LocalizedName::parse(Some(ar), Some(en))?;
        Ok(NewDimension { code: Code::parse(code)?, name, active: true })
    };
    let dimensions = DIMENSIONS.into_iter().map(body).collect::<AppResult<Vec<_>>>()?;
    create_missing::<Dimension>(ctx, uow, dimensions).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_chart_is_whole() {
        let chart = chart().unwrap();
        assert_eq!(chart.len(), 134);
        let mut seen = BTreeSet::new();
        for account in &chart {
            if let Some(parent) = &account.parent {
                assert!(seen.contains(parent.as_str()), "{} comes before its heading", account.code);
            }
            assert!(seen.insert(account.code.as_str()), "{} is there twice", account.code);
            assert!(account.name.ar().is_some() && account.name.en().is_some());
        }
        let control = |kind| -> Vec<&str> {
            chart.iter().filter(|a| a.control == Some(kind)).map(|a| a.code.as_str()).collect()
        };
        assert_eq!(control(ControlKind::Receivable), ["1121", "1122"]);
        assert_eq!(control(ControlKind::Payable), ["2111", "2112"]);
        assert_eq!(control(ControlKind::Inventory), ["1131", "1132", "1133", "1134"]);
        let cash = chart.iter().filter(|a| a.cash_flow == Some(CashFlowActivity::Cash)).count();
        assert_eq!(cash, 4);
        for (_, code) in LEDGER_ACCOUNTS {
            assert!(chart.iter().any(|a| a.code.as_str() == code && a.is_posting == Some(true)));
        }
    }
}
