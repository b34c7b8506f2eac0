//! The product in the process: real database, real tokens, no socket.

use std::path::Path;
use std::sync::Arc;

use application::command::Application;
use application::platform::sign_in::SignIn;
use application::ports::cache::Cache;
use axum::Router;
use axum::body::Body;
use erp_api::bootstrap::{Parts, api_operations, assemble, configure, http_limits};
use erp_api::config::{Settings, Sources};
use erp_api::event_hub::{AnnouncingCache, EventHub};
use erp_api::middleware::HttpLimits;
use erp_api::state::AppState;
use infrastructure::cache::followed::FollowedDatabase;
use infrastructure::identity::authenticator::{CachedAuthenticator, Sources as Credentials};
use infrastructure::system::SystemIds;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Answer, Client};
use crate::clock::TestClock;
use crate::cloud::Services;

/// The administrator's password in every tenant of a world.
pub const PASSWORD: &str = "correct horse battery staple";
/// Where the clock of a world stands at first.
pub const START: &str = "2026-03-15T09:00:00Z";

pub struct World {
    pub parts: Parts,
    pub clock: Arc<TestClock>,
    pub router: Router,
    settings: Settings,
    folder: Arc<TempDir>,
    services: Option<Arc<Services>>,
}

/// A tenant with its administrator signed in.
#[derive(Clone)]
pub struct TenantKit {
    pub code: String,
    pub email: String,
    pub client: Client,
}

impl World {
    /// An empty database with the platform's first administrator in the tenant `home`, currency SAR, template `empty`.
    pub async fn new() -> Self {
        Self::with(&[("Bootstrap:Template", "empty")]).await
    }

    /// An empty database with further settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::open(folder, settings).await
    }

    /// A world with the tenant `alpha`, which has the Saudi chart of accounts.
    pub async fn books() -> (Self, TenantKit) {
        let world = Self::new().await;
        let tenant = world.tenant("alpha", "SAR", "sa-standard").await;
        (world, tenant)
    }

    /// A world with the tenant `alpha`, which has no other accounts than these.
    pub async fn books_of(accounts: &[(&str, &str)]) -> (Self, TenantKit) {
        let world = Self::new().await;
        let tenant = world.tenant("alpha", "SAR", "empty").await;
        tenant.accounts(accounts).await;
        (world, tenant)
    }

    async fn open(folder: TempDir, settings: &[(&str, &str)]) -> Self {
        let mut pairs = vec![
            ("Data:Directory".to_owned(), folder.path().display().to_string()),
            ("Bootstrap:Tenant".to_owned(), "home".to_owned()),
            ("Bootstrap:AdminEmail".to_owned(), "admin@home.example".to_owned()),
            ("Bootstrap:AdminPassword".to_owned(), PASSWORD.to_owned()),
            // A test signs its people in again and again.
            ("Limits:SignInsPerMinutePerAccount".to_owned(), "0".to_owned()),
        ];
        let services = Services::of_test().await.map(Arc::new);
        pairs.extend(services.iter().flat_map(|services| services.settings.clone()));
        pairs.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let sources = Sources {
            directory: folder.path().to_owned(),
            variables: vec![("ASPNETCORE_ENVIRONMENT".to_owned(), "Development".to_owned())],
            settings: pairs,
            ..Sources::default()
        };
        let configuration = configure(&sources).await.unwrap_or_else(|errors| panic!("{errors}"));
        let settings = configuration.settings;
        std::fs::create_dir_all(&settings.data_directory).unwrap();
        let clock = Arc::new(TestClock::at(START));
        let parts = assemble(&settings, clock.clone(), Arc::new(SystemIds)).await.unwrap();
        erp_api::bootstrap::provision(&settings, &parts).await.unwrap();
        let router = api_operations().into_router(parts.state.clone(), &http_limits(&settings));
        Self { parts, clock, router, settings, folder: Arc::new(folder), services }
    }

    /// Another process on the same services; only where the database is a server.
    pub async fn beside(&self) -> Self {
        let parts = assemble(&self.settings, self.clock.clone(), Arc::new(SystemIds)).await.unwrap();
        let router = api_operations().into_router(parts.state.clone(), &http_limits(&self.settings));
        Self {
            parts,
            clock: self.clock.clone(),
            router,
            settings: self.settings.clone(),
            folder: self.folder.clone(),
            services: self.services.clone(),
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Another process on the same books, with its own cache; the database stands for one that takes several.
    pub fn process(&self, cache: Arc<dyn Cache>) -> Router {
        self.process_with(cache, EventHub::default())
    }

    /// Another process on the same books, with an event hub of the test's own.
    pub fn process_with(&self, cache: Arc<dyn Cache>, events: EventHub) -> Router {
        let (parts, database) = (&self.parts, &self.parts.database);
        let of = &parts.application;
        let announcing = Arc::new(AnnouncingCache::new(cache.clone(), events.clone()));
        let followed = Arc::new(FollowedDatabase::new(database.clone(), announcing.clone()));
        let application = Application { cache: announcing, database: followed, ..of.clone() };
        let sign_in = SignIn { app: application.clone(), ..parts.state.sign_in.clone() };
        let authenticator = CachedAuthenticator::new(Credentials {
            tokens: sign_in.tokens.clone(),
            oidc: Arc::default(),
            queries: database.clone(),
            access: database.clone(),
            database: database.clone(),
            cache,
            clock: self.clock.clone(),
        });
        let state = AppState::new(
            application,
            events,
            Arc::new(authenticator),
            sign_in,
            parts.state.files.clone(),
            database,
        );
        api_operations().into_router(state, &HttpLimits::default())
    }

    /// A client that is not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone(), None)
    }

    /// A client with this token or key.
    pub fn bearer(&self, token: &str) -> Client {
        Client::new(self.router.clone(), Some(token.to_owned()))
    }

    /// Signs in; the tenant is the user's only one unless its code is given.
    pub async fn sign_in(&self, email: &str, password: &str, tenant: Option<&str>) -> Client {
        let tenant = tenant.map_or(String::new(), |tenant| format!("&tenant={tenant}"));
        let form =
            format!("grant_type=password&username={}&password={}{tenant}", encode(email), encode(password));
        let headers = ["Content-Type: application/x-www-form-urlencoded"];
        let answer = self.anonymous().call("POST", "/auth/token", &headers, Body::from(form)).await;
        let token = answer.ok()["access_token"].as_str().unwrap().to_owned();
        self.bearer(&token)
    }

    /// The platform's administrator in the tenant `home`.
    pub async fn home(&self) -> Client {
        self.sign_in("admin@home.example", PASSWORD, Some("home")).await
    }

    /// A new user of the inviter's tenant with these roles and the password [`PASSWORD`]: invited, and accepted by themself.
    /// Answers their id.
    pub async fn user(&self, inviter: &Client, email: &str, roles: &[&str]) -> String {
        let body = json!({ "email": email, "name": "Guest", "roleIds": roles });
        let token = inviter.post("/invitations", body).await.expect(201).json()["token"].clone();
        let accepted = self.accept(&token, PASSWORD).await.expect(200).json();
        accepted["user"]["id"].as_str().unwrap().to_owned()
    }

    /// Accepts an invitation without signing in.
    pub async fn accept(&self, token: &Value, password: &str) -> Answer {
        let body = json!({ "token": token, "password": password });
        self.anonymous().post("/auth/invitations/accept", body).await
    }

    /// A new tenant of its own, as platform administrators make them.
    pub async fn tenant(&self, code: &str, currency: &str, template: &str) -> TenantKit {
        let email = format!("admin@{code}.example");
        let body = json!({
            "code": code,
            "name": { "en": code },
            "currency": currency,
            "country": "SA",
            "template": template,
            "administrator": { "email": email, "name": "Admin", "password": PASSWORD },
        });
        self.home().await.post("/admin/tenants", body).await.expect(201);
        let client = self.sign_in(&email, PASSWORD, None).await;
        TenantKit { code: code.to_owned(), email, client }
    }
}

impl TenantKit {
    /// Creates accounts `(code, type)` that take postings.
    pub async fn accounts(&self, accounts: &[(&str, &str)]) {
        for (code, kind) in accounts {
            let body = json!({ "code": code, "name": { "en": code }, "type": kind });
            self.client.post("/accounts", body).await.expect(201);
        }
    }

    /// Posts an entry of `(account, debit, credit)` lines at once.
    pub async fn post(&self, date: &str, lines: &[(&str, &str, &str)]) -> Value {
        self.client.post("/journal-entries", entry(date, lines, true)).await.expect(201).json()
    }
}

/// The body of a journal entry.
pub fn entry(date: &str, lines: &[(&str, &str, &str)], post: bool) -> Value {
    let line = |(account, debit, credit): &(&str, &str, &str)| {
        let amount = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        json!({ "accountCode": account, "debit": amount(debit), "credit": amount(credit) })
    };
    json!({ "postingDate": date, "lines": lines.iter().map(line).collect::<Vec<_>>(), "post": post })
}

/// Form encoding.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
