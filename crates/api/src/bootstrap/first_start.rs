//! The first start on an empty database: one tenant with its books, and its administrator.

use std::fmt;
use std::sync::Arc;

use application::accounting::fiscal_years::FirstYear;
use application::accounting::setup::{self, SetupOptions, apply_template, example_books};
use application::context::RequestContext;
use application::error::AppResult;
use application::platform::ports::Turn;
use application::tenancy::bootstrap::{AfterProvision, bootstrap_administrator};
use application::tenancy::provision::{Entry, NewAdministrator, NewTenant};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::country::Country;
use domain::error::{Language, Violation};
use domain::money::CurrencyCode;
use domain::platform::{EmailAddress, Password};
use domain::text::{Code, LocalizedName};

use super::Failure;
use super::wiring::Parts;
use crate::config::{Bootstrap, Settings, Template};

/// Random bytes in a generated password.
const PASSWORD_BYTES: usize = 15;

/// How the first administrator is called until they say otherwise.
const ADMINISTRATOR_NAME: &str = "Administrator";

/// The message to the owner of a new database.
pub struct Welcome {
    tenant: String,
    email: String,
    /// Only when it was generated.
    password: Option<String>,
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  Tenant          {}", self.tenant)?;
        writeln!(f, "  Administrator   {}", self.email)?;
        match &self.password {
            Some(password) => writeln!(f, "  Password        {password}   (shown only this once)"),
            None => writeln!(f, "  Password        as configured in Bootstrap:AdminPassword"),
        }
    }
}

/// Fills an empty database; `None` when it was not empty.
pub async fn provision(settings: &Settings, parts: &Parts) -> Result<Option<Welcome>, Failure> {
    if !parts.database.is_empty().await? {
        return Ok(None);
    }
    let bootstrap = &settings.bootstrap;
    bootstrap.check_for_empty_database(settings.environment)?;
    let email = bootstrap.admin_email.clone().unwrap_or_default();
    let generated = bootstrap.admin_password.is_none().then(|| {
        let secret = parts.application.ids.secret();
        URL_SAFE_NO_PAD.encode(&secret[..PASSWORD_BYTES])
    });
    let password = match (&bootstrap.admin_password, &generated) {
        (Some(password), _) => password.expose().to_owned(),
        (None, generated) => generated.clone().unwrap_or_default(),
    };
    let new = tenant(settings, parts, &email, &password).await?;
    let after = Arc::new(Books { template: bootstrap.template });
    let created = bootstrap_administrator(&parts.application, new, after).await?;
    Ok(created.map(|_| Welcome { tenant: bootstrap.tenant.clone(), email, password: generated }))
}

fn told(key: &'static str) -> impl Fn(Violation) -> Failure {
    move |violation| Failure::Configuration(format!("{key}: {}", violation.text(Language::English)))
}

/// Arabic and English.
fn company(bootstrap: &Bootstrap) -> (&str, &str) {
    match bootstrap.template {
        Template::SaStandard => ("شركة المثال التجارية", "Example Trading Company"),
        Template::Empty => (bootstrap.tenant.as_str(), bootstrap.tenant.as_str()),
    }
}

/// Checks the address and password of the first administrator.
fn credentials(
    bootstrap: &Bootstrap,
    email: &str,
    password: &str,
) -> Result<(EmailAddress, Password), Failure> {
    let address = EmailAddress::parse(email).map_err(told("Bootstrap:AdminEmail"))?;
    let (ar, en) = company(bootstrap);
    let words = [ADMINISTRATOR_NAME, &bootstrap.tenant, ar, en];
    let password = Password::choose(password, &address, &words).map_err(told("Bootstrap:AdminPassword"))?;
    Ok((address, password))
}

/// Checks that the configured values, as far as there are any, can fill an empty database.
pub fn check(bootstrap: &Bootstrap) -> Result<(), Failure> {
    Code::parse(&bootstrap.tenant).map_err(told("Bootstrap:Tenant"))?;
    match (&bootstrap.admin_email, &bootstrap.admin_password) {
        (Some(email), Some(password)) => credentials(bootstrap, email, password.expose()).map(|_| ()),
        (Some(email), None) => EmailAddress::parse(email).map(|_| ()).map_err(told("Bootstrap:AdminEmail")),
        (None, _) => Ok(()),
    }
}

async fn tenant(
    settings: &Settings,
    parts: &Parts,
    email: &str,
    password: &str,
) -> Result<NewTenant, Failure> {
    let bootstrap = &settings.bootstrap;
    let (ar, en) = company(bootstrap);
    let (address, password) = credentials(bootstrap, email, password)?;
    let password_hash = parts.state.sign_in.passwords.hash(password, &Turn::default()).await?;
    Ok(NewTenant {
        code: Code::parse(&bootstrap.tenant).map_err(told("Bootstrap:Tenant"))?,
        name: LocalizedName::parse(Some(ar), Some(en)).map_err(told("Bootstrap:Tenant"))?,
        currency: CurrencyCode::parse(&bootstrap.currency).map_err(told("Bootstrap:Currency"))?,
        country: Country::parse("SA").map_err(told("Bootstrap:Tenant"))?,
        time_zone: None,
        template: template_name(bootstrap.template).to_owned(),
        administrator: NewAdministrator {
            email: address,
            name: ADMINISTRATOR_NAME.to_owned(),
            locale: Language::English,
            entry: Entry::Platform(password_hash),
        },
    })
}

fn template_name(template: Template) -> &'static str {
    match template {
        Template::SaStandard => "sa-standard",
        Template::Empty => "empty",
    }
}

/// The accounting template, and for the demonstration a few months of books.
struct Books {
    template: Template,
}

#[async_trait]
impl AfterProvision for Books {
    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork, _new: &NewTenant) -> AppResult<()> {
        let today = ctx.today(uow.now());
        let options = SetupOptions { first_year: FirstYear::default(), today };
        let template = match self.template {
            Template::SaStandard => setup::Template::SaStandard,
            Template::Empty => setup::Template::Empty,
        };
        apply_template(ctx, uow, template, options).await?;
        if self.template == Template::SaStandard {
            example_books(ctx, uow, today).await?;
        }
        Ok(())
    }
}
