//! Fiscal years join without gaps, disappear only unused, and are made where an import needs them.

use std::collections::BTreeSet;

use application::accounting::fiscal_years::{
    CloseFiscalYear, CreateFiscalYear, DeleteFiscalYear, Ensured, GenerateFiscalYears, UpdateFiscalYear,
    ensure_fiscal_years,
};
use application::authorize::Access;
use application::command::{Command, Done};
use application::context::RequestContext;
use application::error::AppResult;
use application::permission_set::PermissionSet;
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::accounting::fiscal_year::PeriodPattern;
use domain::text::LocalizedName;

use super::{Books, codes, day};

const YEARS: &str = "SELECT COUNT(*) AS count FROM fiscal_year WHERE tenant_id = ?1";
const PERIODS: &str = "SELECT COUNT(*) AS count FROM fiscal_period WHERE tenant_id = ?1";

fn generate(start: &str, years: u8) -> GenerateFiscalYears {
    GenerateFiscalYears { start: day(start), years, pattern: PeriodPattern::Quarterly }
}

#[tokio::test]
async fn generated_years_join_on_either_side() {
    let books = Books::with_years(1).await;
    let later = books.run(generate("2026-01-01", 2)).await.unwrap();
    assert_eq!(later["items"][1]["code"], "2027");
    let earlier = books.run(generate("2022-01-01", 3)).await.unwrap();
    assert_eq!(earlier["items"][0]["start"], "2022-01-01", "in order");
    assert_eq!((books.count(YEARS).await, books.count(PERIODS).await), (6, 13 + 5 * 5));
    let gap = books.run(generate("2030-01-01", 1)).await.unwrap_err();
    assert_eq!(codes(&gap), ["fiscal_year_gap"]);
    let overlap = books.run(generate("2027-07-01", 1)).await.unwrap_err();
    assert_eq!(codes(&overlap), ["fiscal_year_overlaps"]);
    let partly = books.run(generate("2020-01-01", 3)).await.unwrap_err();
    assert_eq!(codes(&partly), ["fiscal_year_overlaps"]);
    assert_eq!(books.count(YEARS).await, 6, "all or none");
}

#[tokio::test]
async fn a_year_is_renamed_and_deleted_while_unused() {
    let books = Books::with_years(2).await;
    let name = LocalizedName::parse(Some("السنة الأولى"), Some("First year")).unwrap();
    let id = books.year("2025").await.into();
    let renamed = books.run(UpdateFiscalYear { id, name: Some(Some(name)) }).await.unwrap();
    assert_eq!((&renamed["name"]["en"], &renamed["version"]), (&"First year".into(), &2.into()));
    books.post("2025-06-01", &["5000 1 0", "1000 0 1"]).await.unwrap();
    assert_eq!(codes(&books.run(DeleteFiscalYear { id }).await.unwrap_err()), ["in_use"]);
    let third = CreateFiscalYear {
        start: day("2027-01-01"),
        end: None,
        code: None,
        name: None,
        pattern: PeriodPattern::Monthly,
    };
    books.run(third).await.unwrap();
    let between = books.run(DeleteFiscalYear { id: books.year("2026").await.into() }).await.unwrap_err();
    assert_eq!(codes(&between), ["fiscal_year_between"]);
    books.run(DeleteFiscalYear { id: books.year("2027").await.into() }).await.unwrap();
    assert_eq!((books.count(YEARS).await, books.count(PERIODS).await), (2, 26));
}

#[tokio::test]
async fn no_year_joins_before_a_closed_one() {
    let books = Books::with_years(1).await;
    books.run(CloseFiscalYear { id: books.year("2025").await.into() }).await.unwrap();
    assert_eq!(codes(&books.run(generate("2024-01-01", 1)).await.unwrap_err()), ["fiscal_year_later_closed"]);
}

/// The step of an import before it posts.
struct Ensure {
    from: &'static str,
    to: &'static str,
}

#[async_trait]
impl Command for Ensure {
    const NAME: &'static str = "ensure";
    const ACCESS: Access = Access::SignedIn;
    type Output = usize;
    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<usize>> {
        let dates = BTreeSet::from([day(self.from), day(self.to)]);
        match ensure_fiscal_years(ctx, uow, &dates).await? {
            Ensured::Made(made) => Ok(Done::new(made)),
            Ensured::TooFar(far) => {
                let violations: Vec<_> = far.into_iter().map(|(_, violation)| violation).collect();
                Err(violations.into())
            }
        }
    }
}

fn ensure(from: &'static str, to: &'static str) -> Ensure {
    Ensure { from, to }
}

#[tokio::test]
async fn missing_years_are_made_and_no_others() {
    let books = Books::new().await;
    assert_eq!(books.run(ensure("2023-05-01", "2024-02-01")).await.unwrap(), 2);
    assert_eq!(books.run(ensure("2023-01-01", "2024-12-31")).await.unwrap(), 0);
    assert_eq!(books.run(ensure("2021-12-31", "2026-01-01")).await.unwrap(), 4);
    assert_eq!(books.count(YEARS).await, 6);
    let mut ctx = books.ctx.clone();
    ctx.permissions = std::sync::Arc::new(PermissionSet::from_grants(["accounting.import.create"]));
    assert!(books.house.run(&ctx, ensure("2025-01-01", "2025-12-31")).await.is_ok(), "none is missing");
    let refused = books.house.run(&ctx, ensure("2027-01-01", "2027-01-01")).await.unwrap_err();
    assert_eq!(codes(&refused), ["permission_denied"]);
}
