//! The first content of a new ledger. Only missing things are created, so that a template may be applied again.

use chrono::NaiveDate;
use domain::accounting::currency::CurrencyRecord;
use domain::accounting::journal::{Journal, JournalKind};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::number_series::{NumberReset, NumberSeriesRecord};
use domain::money::CurrencyCode;
use domain::text::{Code, LocalizedName};

use super::journal_plan::JournalPlan;
use super::sa_standard;
use crate::accounting::currencies::NewCurrency;
use crate::accounting::fiscal_years::{FirstYear, first_fiscal_years};
use crate::accounting::journals::NewJournal;
use crate::accounting::ledger_settings::update::save;
use crate::accounting::number_series::{DOCUMENT_TYPE_DEFAULT, NewNumberSeries};
use crate::accounting::ports::ledger::JournalKey;
use crate::accounting::views::ledger_settings::SetupSummary;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::create_missing;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

domain::choices! {
    /// The template of a new ledger.
    pub enum Template {
        /// The company currency, the journals every ledger needs and a fiscal year; no account.
        Empty = "empty",
        /// A chart, journals, currencies, dimensions, tax codes, units, categories of items, posting rules and report layouts as common in Saudi Arabia.
        SaStandard = "sa-standard",
    }
}

#[derive(Debug, Clone, Copy)]
pub struct SetupOptions {
    pub first_year: FirstYear,
    /// A fiscal year is there for this day.
    pub today: NaiveDate,
}

pub(super) static GENERAL: JournalPlan = JournalPlan {
    code: "GENERAL",
    kind: JournalKind::General,
    pattern: "GJ-{FY}-{000000}",
    ar: "اليومية العامة",
    en: "General journal",
};
static OPENING: JournalPlan = JournalPlan {
    code: "OPENING",
    kind: JournalKind::Opening,
    pattern: "OB-{FY}-{000000}",
    ar: "الأرصدة الافتتاحية",
    en: "Opening balances",
};
static CLOSING: JournalPlan = JournalPlan {
    code: "CLOSING",
    kind: JournalKind::Closing,
    pattern: "CL-{FY}-{000000}",
    ar: "إقفال السنة",
    en: "Year close",
};

/// Creates the records of the template that the tenant lacks, and leaves existing ones as they are.
pub async fn apply_template(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    template: Template,
    options: SetupOptions,
) -> AppResult<SetupSummary> {
    let mut summary = SetupSummary { template: template.as_str().to_owned(), ..SetupSummary::default() };
    let company = uow.ledger().company_currency().await?.code;
    summary.currencies += ensure_currency(ctx, uow, company).await?;
    let mut journals = vec![&GENERAL, &OPENING, &CLOSING];
    if template == Template::SaStandard {
        for code in sa_standard::CURRENCIES {
            summary.currencies += ensure_currency(ctx, uow, CurrencyCode::parse(code)?).await?;
        }
        journals.extend(sa_standard::JOURNALS);
    }
    for plan in journals {
        let (series, journal) = ensure_journal(ctx, uow, plan).await?;
        summary.number_series += series;
        summary.journals += journal;
    }
    let years = first_fiscal_years(uow, options.first_year, options.today).await?;
    summary.fiscal_years = u32::try_from(years).unwrap_or(u32::MAX);
    if template == Template::SaStandard {
        summary.number_series += sa_standard::ensure_document_series(ctx, uow).await?;
        summary.accounts = sa_standard::ensure_chart(uow).await?;
        summary.dimensions = sa_standard::ensure_dimensions(ctx, uow).await?;
        summary.tax_codes = sa_standard::ensure_tax_codes(ctx, uow).await?;
        summary.payment_terms = sa_standard::ensure_payment_terms(ctx, uow).await?;
        summary.party_groups = sa_standard::ensure_party_groups(ctx, uow).await?;
        summary.units = sa_standard::ensure_units(ctx, uow).await?;
        summary.item_categories = sa_standard::ensure_categories(ctx, uow).await?;
        summary.price_lists = sa_standard::ensure_price_list(ctx, uow, company).await?;
        summary.posting_rules = sa_standard::ensure_posting_rules(uow).await?;
        summary.report_layouts = sa_standard::ensure_report_layouts(ctx, uow).await?;
        summary.ledger_settings = ensure_settings(uow, &sa_standard::LEDGER_ACCOUNTS).await?;
    }
    Ok(summary)
}

async fn ensure_currency(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    code: CurrencyCode,
) -> AppResult<u32> {
    let name = currency_name(code)?;
    let new = NewCurrency { code, name, scale: None, active: true };
    create_missing::<CurrencyRecord>(ctx, uow, [new]).await
}

/// The name of a currency of the region or its trade; others are named by their code.
pub fn currency_name(code: CurrencyCode) -> AppResult<LocalizedName> {
    let (ar, en) = sa_standard::currency_name(code.as_str()).unwrap_or((code.as_str(), code.as_str()));
    Ok(LocalizedName::parse(Some(ar), Some(en))?)
}

async fn ensure_journal(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    plan: &JournalPlan,
) -> AppResult<(u32, u32)> {
    if uow.ledger().journal(JournalKey::Code(plan.code)).await?.is_some() {
        return Ok((0, 0));
    }
    let code = Code::parse(plan.code)?;
    let name = LocalizedName::parse(Some(plan.ar), Some(plan.en))?;
    let series = NewNumberSeries {
        code: code.clone(),
        name: name.clone(),
        document_type: Code::parse(DOCUMENT_TYPE_DEFAULT)?,
        branch_id: None,
        branch_code: None,
        pattern: RequiredText::of(plan.pattern)?,
        reset: NumberReset::FiscalYear,
        gapless: true,
        active: true,
    };
    let series = create_missing::<NumberSeriesRecord>(ctx, uow, [series]).await?;
    let (number_series_id, number_series_code) = (None, Some(code.clone()));
    let new = NewJournal { code, name, kind: plan.kind, number_series_id, number_series_code, active: true };
    Ok((series, create_missing::<Journal>(ctx, uow, [new]).await?))
}

/// Names the accounts the ledger posts to, where none is named.
async fn ensure_settings(
    uow: &mut dyn UnitOfWork,
    accounts: &[(LedgerAccountRole, &'static str)],
) -> AppResult<u32> {
    let old = uow.ledger().settings().await?;
    let company = uow.ledger().company_currency().await?.code;
    let codes = accounts.iter().map(|(_, code)| (*code).to_owned()).collect();
    let ids = uow.ledger().accounts_by_code(&codes).await?;
    let (mut settings, mut named) = (old, 0);
    for (role, code) in accounts {
        let Some(id) = ids.get(*code).filter(|_| settings.account(*role).is_none()) else { continue };
        let Some(stored) = uow.accounts().find(*id).await? else { continue };
        // An own account under the template's code need not be fit for it.
        if role.check(&stored.value.facts(), company).is_ok() {
            settings.accounts.set(*role, Some(*id));
            named += 1;
        }
    }
    if named > 0 {
        settings.version += 1;
        save(uow, &old, &settings).await?;
    }
    Ok(named)
}
