//! The company profile: [`CompanyRepository`] and [`CompanyQueries`] in SQL.

use application::company::ports::{CompanyQueries, CompanyRepository};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::company::branch::BranchFacts;
use domain::company::profile::{CompanyProfile, CompanyRegistrations, VatPeriod};
use domain::documents::match_policy::OrderMatch;
use domain::documents::price_match::PriceTolerance;
use domain::ids::TenantId;
use domain::items::match_policy::MatchPolicy;
use domain::money::{Amount, CurrencyCode, Percentage};
use domain::parties::address::Address;
use domain::settlement::bad_debt::BadDebtRelief;
use domain::settlement::tolerance::{PaymentTolerance, PaymentTolerances};
use domain::text::LocalizedName;
use serde::{Deserialize, Serialize};

use crate::persistence::SqlUnitOfWork;
use crate::persistence::accounting::company_money::no_tenant;
use crate::persistence::table::{Column, optional};
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row, Value};
use crate::{statements, word_column};

word_column!(VatPeriod);
word_column!(MatchPolicy);

statements! {
    // The tenant's name stands in for the legal one until a profile is saved.
    FIND = "company.company_profile.find" as reference:
        "SELECT t.name_ar, t.name_en, p.version, p.legal_name_ar, p.legal_name_en, p.vat_number, p.registrations, p.address, \
         p.vat_period, p.prices_include_vat, p.price_tolerance_percent, p.price_tolerance_amount, p.discount_without_vat, \
         p.payment_tolerances, p.bad_debt_months, p.bad_debt_proof_above, p.default_branch_id, \
         p.over_receipt_percent, p.match_policy FROM tenant t LEFT JOIN company_profile p ON p.tenant_id = t.id WHERE t.id = ?1";
    UPDATE = "company.company_profile.update":
        "UPDATE company_profile SET legal_name_ar = ?3, legal_name_en = ?4, vat_number = ?5, registrations = ?6, address = ?7, \
         vat_period = ?8, prices_include_vat = ?9, price_tolerance_percent = ?10, price_tolerance_amount = ?11, \
         discount_without_vat = ?12, payment_tolerances = ?13, bad_debt_months = ?14, bad_debt_proof_above = ?15, \
         default_branch_id = ?16, over_receipt_percent = ?17, match_policy = ?18, updated_at = ?19, version = ?2 \
         WHERE tenant_id = ?1 AND version = ?2 - 1";
    INSERT = "company.company_profile.insert":
        "INSERT INTO company_profile (tenant_id, version, legal_name_ar, legal_name_en, vat_number, registrations, address, \
         vat_period, prices_include_vat, price_tolerance_percent, price_tolerance_amount, discount_without_vat, \
         payment_tolerances, bad_debt_months, bad_debt_proof_above, default_branch_id, over_receipt_percent, match_policy, created_at, \
         updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?19)";
    BRANCHES = "company.branch.all" as reference:
        "SELECT id, code, name_ar, name_en, registrations, address, active FROM branch WHERE tenant_id = ?1 ORDER BY code";
}

#[async_trait]
impl CompanyRepository for SqlUnitOfWork {
    async fn profile(&mut self) -> StorageResult<CompanyProfile> {
        let row = self.tx.find(&FIND, &[self.tenant.into()]).await?;
        row.map_or_else(no_tenant, read)
    }

    async fn branches(&mut self) -> StorageResult<Vec<BranchFacts>> {
        let rows = self.tx.query(&BRANCHES, &[self.tenant.into()]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("branch");
            Ok(BranchFacts {
                id: columns.get("id")?,
                code: columns.get("code")?,
                name: LocalizedName::take(&mut columns, &["name_ar", "name_en"])?,
                registrations: CompanyRegistrations::take(&mut columns, &["registrations"])?,
                address: <Option<Address> as Column>::take(&mut columns, &["address"])?,
                active: columns.get("active")?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn save_profile(&mut self, profile: &CompanyProfile) -> StorageResult<bool> {
        let mut params: Vec<Value> = vec![self.tenant.into(), profile.version.into()];
        profile.legal_name.put(&mut params);
        profile.vat_number.put(&mut params);
        profile.registrations.put(&mut params);
        profile.address.put(&mut params);
        profile.vat_period.put(&mut params);
        profile.prices_include_vat.put(&mut params);
        params.push(Amount::from_scaled(profile.price_tolerance.percent.scaled()).into());
        params.push(profile.price_tolerance.amount.into());
        profile.discount_without_vat.put(&mut params);
        params.push(tolerances_document(&profile.payment_tolerances).as_deref().into());
        params.push(profile.bad_debt_relief.months.into());
        params.push(profile.bad_debt_relief.proof_above.into());
        profile.default_branch.put(&mut params);
        profile.matching.over_receipt.put(&mut params);
        profile.matching.policy.put(&mut params);
        params.push(self.now.into());
        if self.tx.execute(&UPDATE, &params).await? == 1 {
            return Ok(true);
        }
        if profile.version != 1 || self.profile().await?.version != 0 {
            return Ok(false);
        }
        self.tx.execute_one(&INSERT, &params).await?;
        Ok(true)
    }
}

#[async_trait]
impl CompanyQueries for Db {
    async fn company_profile(&self, tenant: TenantId) -> AppResult<CompanyProfile> {
        let row = self.find(&FIND, &[tenant.into()]).await?;
        Ok(row.map_or_else(no_tenant, read)?)
    }
}

fn read(row: Row) -> StorageResult<CompanyProfile> {
    let mut columns = row.columns("company_profile");
    let name = LocalizedName::take(&mut columns, &["name_ar", "name_en"])?;
    let version: Option<i64> = columns.get("version")?;
    let Some(version) = version else {
        return Ok(CompanyProfile::unsaved(name));
    };
    Ok(CompanyProfile {
        legal_name: LocalizedName::take(&mut columns, &["legal_name_ar", "legal_name_en"])?,
        vat_number: columns.get("vat_number")?,
        registrations: CompanyRegistrations::take(&mut columns, &["registrations"])?,
        address: <Option<Address> as Column>::take(&mut columns, &["address"])?,
        vat_period: VatPeriod::take(&mut columns, &["vat_period"])?,
        prices_include_vat: columns.get("prices_include_vat")?,
        price_tolerance: PriceTolerance {
            // As an amount: both are ten-thousandths.
            percent: Percentage::from_scaled(columns.get::<Amount>("price_tolerance_percent")?.scaled())
                .unwrap_or_default(),
            amount: columns.get("price_tolerance_amount")?,
        },
        discount_without_vat: columns.get("discount_without_vat")?,
        payment_tolerances: optional(&mut columns, "payment_tolerances", tolerances_in)?.unwrap_or_default(),
        bad_debt_relief: read_relief(&mut columns)?,
        default_branch: columns.get("default_branch_id")?,
        matching: OrderMatch {
            over_receipt: Percentage::take(&mut columns, &["over_receipt_percent"])?,
            policy: MatchPolicy::take(&mut columns, &["match_policy"])?,
        },
        version,
    })
}

/// A profile of an earlier version has no conditions of its own.
fn read_relief(columns: &mut Columns) -> StorageResult<BadDebtRelief> {
    let usual = BadDebtRelief::default();
    let months: Option<u32> = columns.get("bad_debt_months")?;
    let proof_above: Option<Amount> = columns.get("bad_debt_proof_above")?;
    Ok(BadDebtRelief {
        months: months.unwrap_or(usual.months),
        proof_above: proof_above.unwrap_or(usual.proof_above),
    })
}

#[derive(Serialize, Deserialize)]
struct StoredTolerance {
    currency: String,
    amount: String,
    percent: Option<String>,
}

/// `None` where there are none, as in rows of the time before.
fn tolerances_document(tolerances: &PaymentTolerances) -> Option<String> {
    let stored = |tolerance: &PaymentTolerance| StoredTolerance {
        currency: tolerance.currency.to_string(),
        amount: tolerance.amount.display(0),
        percent: tolerance.percent.map(|percent| percent.to_string()),
    };
    let stored: Vec<_> = tolerances.all().iter().map(stored).collect();
    (!stored.is_empty()).then(|| serde_json::json!(stored).to_string())
}

fn tolerances_in(text: &str) -> Option<PaymentTolerances> {
    let read = |stored: StoredTolerance| {
        let percent = stored.percent.as_deref().map(Percentage::parse).transpose().ok()?;
        let (currency, amount) = (CurrencyCode::parse(&stored.currency), Amount::parse(&stored.amount));
        Some(PaymentTolerance { currency: currency.ok()?, amount: amount.ok()?, percent })
    };
    let stored: Vec<StoredTolerance> = serde_json::from_str(text).ok()?;
    PaymentTolerances::new(stored.into_iter().map(read).collect::<Option<_>>()?).ok()
}
