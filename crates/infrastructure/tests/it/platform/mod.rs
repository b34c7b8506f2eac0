//! Identity and tenancy end to end below HTTP: real database, real tokens, a clock the test moves.

mod api_keys;
mod evidence;
mod isolation;
mod leadership;
mod recent_changes;
mod revocation;
mod rights;
mod sign_in;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use application::accounting::fiscal_years::FirstYear;
use application::command::{Application, Command, Executed, execute};
use application::context::{IfMatch, RequestContext};
use application::error::AppResult;
use application::platform::identity::{Authenticator, Credential, Identity};
use application::platform::invitations::{Acceptor, CreateInvitation, InvitationToken, NewAccount, accept};
use application::platform::ports::{Caller, PlatformQueries, Turn};
use application::platform::sign_in::{SignIn, Tokens};
use application::platform::sign_in_policy::SignInPolicy;
use application::ports::clock::{Clock, Ids};
use application::tenancy::bootstrap::{AfterProvision, bootstrap_administrator};
use application::tenancy::create_tenant::CreateTenant;
use application::tenancy::provision::{Entry, NewAdministrator, NewTenant};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::country::Country;
use domain::error::Language;
use domain::ids::{RoleId, TenantId, UserId};
use domain::money::CurrencyCode;
use domain::platform::{EmailAddress, Password};
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;
use infrastructure::cache::followed::FollowedDatabase;
use infrastructure::cache::memory::{CACHE_BYTES_DEFAULT, MemoryCache, Ttl};
use infrastructure::identity::authenticator::{CachedAuthenticator, Sources};
use infrastructure::identity::keys::SigningKey;
use infrastructure::identity::passwords::Argon2Passwords;
use infrastructure::identity::tokens::JwtTokens;
use infrastructure::sql::db::Db;
use infrastructure::system::SystemIds;

use crate::store::{Place, Store};

pub const PASSWORD: &str = "correct horse battery staple";

/// Moves only when told, but for the microsecond that tells calls apart.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// A platform with the tenant `home` and its administrator.
pub struct House {
    pub db: Arc<Db>,
    pub app: Application,
    pub sign_in: SignIn,
    pub authenticator: CachedAuthenticator,
    pub clock: Arc<FixedClock>,
    pub home: TenantId,
    pub place: Place,
}

struct NoBooks;

#[async_trait]
impl AfterProvision for NoBooks {
    async fn run(&self, _: &RequestContext, _: &mut dyn UnitOfWork, _: &NewTenant) -> AppResult<()> {
        Ok(())
    }
}

pub fn caller() -> Caller {
    Caller { request_id: Arc::from("test"), language: Language::English, source: None }
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

impl House {
    pub async fn new() -> Self {
        let clock = Arc::new(FixedClock(AtomicI64::new(1_790_000_000_000_000)));
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let Store { db, place } = Store::open(clock.clone(), ids.clone()).await;
        let cache = Arc::new(MemoryCache::new(CACHE_BYTES_DEFAULT, Ttl::default()));
        let database = Arc::new(FollowedDatabase::new(db.clone(), cache.clone()));
        let app = Application { database, cache, clock: clock.clone(), ids: ids.clone() };
        let key = SigningKey::new("test", vec![7; 32]).unwrap();
        let sign_in = SignIn {
            app: app.clone(),
            queries: db.clone(),
            passwords: Arc::new(Argon2Passwords::with_cost(ids, (64, 1), 4).unwrap()),
            tokens: Arc::new(JwtTokens::new("erp", "erp-api", &[key]).unwrap()),
            policy: SignInPolicy::default(),
            attempts: Arc::default(),
        };
        let authenticator = CachedAuthenticator::new(Sources {
            tokens: sign_in.tokens.clone(),
            oidc: Arc::default(),
            queries: db.clone(),
            access: db.clone(),
            database: db.clone(),
            cache: app.cache.clone(),
            clock: clock.clone(),
        });
        let nowhere = TenantId::new(uuid::Uuid::nil());
        let mut house = Self { db, app, sign_in, authenticator, clock, home: nowhere, place };
        let new = house.new_tenant("home").await;
        house.home = bootstrap_administrator(&house.app, new, Arc::new(NoBooks))
            .await
            .unwrap()
            .expect("a new database");
        house
    }

    /// `admin@<code>.example` administers it.
    pub async fn new_tenant(&self, code: &str) -> NewTenant {
        NewTenant {
            code: Code::parse(code).unwrap(),
            name: LocalizedName::parse(None, Some(code)).unwrap(),
            currency: CurrencyCode::parse("SAR").unwrap(),
            country: Country::parse("SA").unwrap(),
            time_zone: None,
            template: "empty".to_owned(),
            administrator: NewAdministrator {
                email: email(&format!("admin@{code}.example")),
                name: "Admin".to_owned(),
                locale: Language::English,
                entry: match code {
                    "home" => Entry::Platform(self.hash(PASSWORD).await),
                    _ => Entry::Password(self.hash(PASSWORD).await),
                },
            },
        }
    }

    /// Another tenant, made by the platform's administrator.
    pub async fn tenant(&self, code: &str) -> TenantId {
        let ctx = self.administrator("home").await;
        let new = self.new_tenant(code).await;
        TenantId::new(
            execute(&self.app, &ctx, CreateTenant { new, first_year: FirstYear::default() })
                .await
                .unwrap()
                .id
                .unwrap(),
        )
    }

    pub async fn tokens(&self, email: &str) -> AppResult<Tokens> {
        self.sign_in.password(email, PASSWORD, None, &caller()).await
    }

    pub async fn who(&self, token: &str) -> AppResult<Identity> {
        let token = token.to_owned();
        let key = token.starts_with("erp_");
        let credential = if key { Credential::ApiKey(token) } else { Credential::Bearer(token) };
        self.authenticator.authenticate(&credential).await
    }

    /// The context of a request with this token; `If-Match: *`.
    pub async fn ctx(&self, token: &str) -> RequestContext {
        let identity = self.who(token).await.unwrap();
        let mut ctx = RequestContext::system(identity.tenant, "test");
        (ctx.actor, ctx.permissions) = (identity.actor, identity.permissions);
        ctx.platform_admin = identity.platform_admin;
        ctx.time_zone = identity.time_zone;
        ctx.if_match = Some(IfMatch::Any);
        ctx
    }

    pub async fn administrator(&self, code: &str) -> RequestContext {
        let tokens = self.tokens(&format!("admin@{code}.example")).await.unwrap();
        self.ctx(&tokens.access_token).await
    }

    pub async fn run<C: Command>(&self, ctx: &RequestContext, command: C) -> AppResult<Executed> {
        execute(&self.app, ctx, command).await
    }

    pub async fn hash(&self, password: &str) -> domain::platform::PasswordHash {
        self.sign_in.passwords.hash(Password::attempt(password).unwrap(), &Turn::default()).await.unwrap()
    }

    /// Invites someone with roles by code; answers what they accept with.
    pub async fn invite(&self, ctx: &RequestContext, address: &str, roles: &[&str]) -> AppResult<String> {
        let by_code = self.roles(ctx.tenant).await;
        let token = InvitationToken::generate(&*self.app.ids);
        let command = CreateInvitation {
            email: email(address),
            name: "Guest".to_owned(),
            locale: Language::Arabic,
            roles: roles.iter().map(|code| by_code[*code]).collect(),
            token_hash: token.hash,
        };
        self.run(ctx, command).await.map(|_| token.into_text())
    }

    /// A new account by an invitation; answers who it is.
    pub async fn accept(&self, token: &str) -> AppResult<UserId> {
        let new = NewAccount { password: PASSWORD.to_owned(), name: None, locale: None };
        let executed = accept(&self.sign_in, token, Acceptor::New(new), &caller()).await?;
        let view: serde_json::Value = serde_json::from_slice(&executed.body).unwrap();
        Ok(view["user"]["id"].as_str().unwrap().parse().unwrap())
    }

    /// Invites someone with roles by code, who accepts; answers who they are.
    pub async fn user(&self, ctx: &RequestContext, address: &str, roles: &[&str]) -> UserId {
        let token = self.invite(ctx, address, roles).await.unwrap();
        self.accept(&token).await.unwrap()
    }

    pub async fn roles(&self, tenant: TenantId) -> BTreeMap<String, RoleId> {
        use application::paging::ListQuery;
        use application::platform::roles::ROLE_LIST;
        let page = self.db.roles(tenant, &ListQuery::first(&ROLE_LIST, 100)).await.unwrap();
        page.items.into_iter().map(|role| (role.code, RoleId::new(role.id))).collect()
    }

    /// How many rows, by a text without parameters.
    pub async fn count(&self, sql: &str) -> i64 {
        let rows = self.db.query_text(sql, &[]).await.unwrap();
        rows.into_iter().next().unwrap().single("test", "count").unwrap()
    }
}

#[tokio::test]
async fn the_first_start_happens_once() {
    let house = House::new().await;
    let again = house.new_tenant("other").await;
    let second = bootstrap_administrator(&house.app, again, Arc::new(NoBooks)).await.unwrap();
    assert_eq!(second, None);
    let ctx = house.administrator("home").await;
    assert!(ctx.platform_admin && ctx.permissions.allows("*"));
    let codes: Vec<_> = house.roles(house.home).await.into_keys().collect();
    assert_eq!(
        codes,
        ["accountant", "administrator", "auditor", "bookkeeper", "financial_controller", "integration"]
    );
    assert_eq!(
        house.count("SELECT COUNT(*) AS count FROM currency WHERE code = 'SAR' AND scale = 2").await,
        1
    );
}
