//! A resource that lives nowhere, behind the real router.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use application::authorize::Access;
use application::command::{Application, Executed};
use application::context::{Actor, IfMatch};
use application::error::{AppError, AppResult, UNAUTHENTICATED};
use application::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use application::permission_set::PermissionSet;
use application::platform::identity::{Authenticator, Credential, Identity};
use application::platform::ports::{AccessGrant, AccessTokens, PasswordHasher, Turn};
use application::platform::sign_in::SignIn;
use application::platform::sign_in_policy::SignInPolicy;
use application::ports::cache::{Cache, CacheKey, CacheStatistics, Cached, Flushed, Load};
use application::ports::clock::{Clock, Ids};
use application::ports::database::{Database, Work};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use domain::ids::{AccountId, TenantId, UserId};
use domain::money::Amount;
use domain::platform::{Password, PasswordHash};
use domain::text::{Code, LocalizedName};
use domain::time::Timestamp;
use domain::time_zone::TimeZone;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use infrastructure::blobs::directory::DirectoryBlobs;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::sqlite::options::SqliteOptions;
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::{self, ApiResult};
use crate::attachment_links::AttachmentLinks;
use crate::event_hub::EventHub;
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource, Query, Visitor};
use crate::middleware::HttpLimits;
use crate::operation::Operations;
use crate::state::{AppState, Files};
use crate::wire::{List, Patch, Text};
use crate::{query, request};

pub const THING: &str = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11";

request! {
    /// One line.
    pub struct LineBody {
        account_id: AccountId = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11",
        debit: Amount = "10.00",
    }
    /// A new thing.
    pub struct CreateThingBody {
        /// The code people type.
        code: Code = "1111",
        name: LocalizedName,
        parent_id: Option<AccountId>,
        is_posting: bool => true,
        lines: List<LineBody, 3>,
    }
    /// Changes of a thing.
    pub struct UpdateThingBody {
        note: Patch<Text<20>>,
    }
}

query! {
    /// The scope of a report.
    pub struct ReportQuery {
        /// First day.
        from: Option<chrono::NaiveDate>,
        depth: u8 => 3,
        account_ids: List<AccountId, 10>,
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NameView {
    pub ar: Option<String>,
    pub en: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThingView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    pub note: Option<String>,
}

pub static THING_LIST: ListSpec = ListSpec {
    resource: "thing",
    fields: &[
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("postingDate", FieldKind::Date).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["draft", "posted"])),
        FieldSpec::new("parentId", FieldKind::Id).nullable(),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &["lines"],
};

impl ListSpecSource for ThingView {
    const SPEC: &'static ListSpec = &THING_LIST;
}

fn executed(body: &Value) -> Executed {
    let id = Uuid::parse_str(THING).ok();
    Executed { body: body.to_string().into(), id, version: Some(3), replayed: false }
}

async fn create(ctx: Ctx, Json(body): Json<CreateThingBody>) -> ApiResult {
    let key = ctx.idempotency.as_ref().map(|key| (key.key.clone(), key.request_hash));
    let debits: Vec<_> =
        body.lines.0.iter().map(|line| (line.account_id.to_string(), line.debit.display(2))).collect();
    let names = (body.name.ar(), body.name.en(), body.parent_id.map(|id| id.to_string()));
    let shown = json!({ "debits": debits, "names": names, "code": body.code.as_str(), "isPosting": body.is_posting, "lines": body.lines.0.len(), "key": key });
    answer::created("/things", executed(&shown))
}

async fn update(ctx: Ctx, Id(_): Id<AccountId>, Json(body): Json<UpdateThingBody>) -> ApiResult {
    let note = match body.note {
        Patch::Absent => json!("kept"),
        Patch::Null => json!("removed"),
        Patch::Value(text) => json!(text.into_string()),
    };
    let version = match ctx.if_match {
        Some(IfMatch::Version(version)) => json!(version),
        Some(IfMatch::Any) => json!("any"),
        None => Value::Null,
    };
    answer::ok(executed(&json!({ "note": note, "version": version })))
}

async fn get(Id(id): Id<Uuid>, headers: HeaderMap) -> ApiResult {
    answer::view(&thing(id.as_u128()), Some(3), &headers)
}

async fn report(Query(query): Query<ReportQuery>) -> ApiResult {
    answer::json(&json!({ "depth": query.depth, "accounts": query.account_ids.0.len(), "from": query.from }))
}

pub fn thing(number: u128) -> ThingView {
    let name = NameView { ar: Some("نقد".into()), en: Some(format!("a \"thing\", {number}")) };
    ThingView { id: Uuid::from_u128(number), code: format!("T{number}"), name, note: None }
}

/// Two thousand and three things.
pub async fn page(query: ListQuery) -> AppResult<Page<ThingView>> {
    let start: u128 = query.cursor.as_deref().unwrap_or("0").parse().unwrap_or(0);
    let end = (start + u128::from(query.limit)).min(2_003);
    let next_cursor = (end < 2_003).then(|| end.to_string());
    Ok(Page::new((start..end).map(thing).collect(), next_cursor))
}

async fn list(params: ListParams<ThingView>, accept: Accept) -> ApiResult {
    answer::list(page, params.into_inner(), accept).await
}

async fn public(visitor: Visitor) -> ApiResult {
    answer::json(&json!({ "requestId": &*visitor.request_id }))
}

async fn panics() -> ApiResult {
    panic!("a secret detail");
}

async fn slow() -> ApiResult {
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    answer::json(&json!({}))
}

pub fn operations() -> Operations {
    let mut ops = Operations::new();
    ops.tag("things", "Things to test with.");
    let read = Access::Permission("test.thing.read");
    let post = ops.post("/things", create).id("create_thing").tag("things").summary("Create a thing");
    post.access(Access::Permission("test.thing.create")).body::<CreateThingBody>().created::<ThingView>();
    post.command = true;
    let patch = ops.patch("/things/{id}", update).id("update_thing").tag("things").summary("Change a thing");
    patch.access(read).if_match().body::<UpdateThingBody>().ok::<ThingView>();
    patch.errors(&[&application::error::IN_USE]).command = true;
    ops.get("/things", list)
        .id("list_things")
        .tag("things")
        .summary("List")
        .access(read)
        .list::<ThingView>(&THING_LIST);
    ops.get("/things/{id}", get)
        .id("get_thing")
        .tag("things")
        .summary("One")
        .access(read)
        .view::<ThingView>();
    ops.get("/report", report)
        .id("get_report")
        .tag("things")
        .summary("Report")
        .access(Access::SignedIn)
        .query::<ReportQuery>()
        .ok::<ThingView>()
        .also("text/csv");
    ops.get("/public", public)
        .id("get_public")
        .tag("things")
        .summary("Open")
        .access(Access::Public)
        .ok::<NameView>();
    ops.get("/panic", panics)
        .id("get_panic")
        .tag("things")
        .summary("Fail")
        .access(Access::Public)
        .no_content();
    ops.get("/slow", slow).id("get_slow").tag("things").summary("Wait").access(Access::Public).no_content();
    ops.get("/admin", public)
        .id("get_admin")
        .tag("things")
        .summary("Administrators")
        .access(Access::PlatformAdmin)
        .ok::<NameView>();
    ops
}

pub fn api() -> Router {
    api_with(&HttpLimits::default())
}

pub fn api_with(limits: &HttpLimits) -> Router {
    operations().into_router(state(), limits)
}

pub fn state() -> AppState {
    let stub = Arc::new(Stub);
    let application =
        Application { database: stub.clone(), cache: stub.clone(), clock: stub.clone(), ids: stub.clone() };
    let sign_in = SignIn {
        app: application.clone(),
        queries: empty_database().clone(),
        passwords: stub.clone(),
        tokens: stub.clone(),
        policy: SignInPolicy::default(),
        attempts: Arc::default(),
    };
    AppState::new(application, EventHub::default(), stub, sign_in, files(), empty_database())
}

fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    Files {
        printer: Arc::new(infrastructure::printing::PdfPrinter::default()),
        store: Arc::new(DirectoryBlobs::open(folder.path()).unwrap()),
        policy: Arc::default(),
        links: AttachmentLinks::new(vec![[7; 32]], ""),
    }
}

/// Nothing here reads it; it is only there to be handed out.
fn empty_database() -> &'static Arc<Db> {
    static DATABASE: OnceLock<Arc<Db>> = OnceLock::new();
    DATABASE.get_or_init(|| {
        let open = async || {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("erp.db");
            Arc::new(
                Db::open_sqlite(
                    &file,
                    SqliteOptions::default(),
                    Arc::new(Stub),
                    Arc::new(Stub),
                    SqlUnitOfWork::open,
                )
                .await
                .unwrap(),
            )
        };
        let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        std::thread::spawn(move || runtime().block_on(open())).join().unwrap()
    })
}

/// The answer as a client sees it.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
    /// (pointer, parameter or header; code) of every listed problem.
    pub fn errors(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let place = |e: &Value| text(&e["pointer"]).or(text(&e["parameter"])).or(text(&e["header"]));
        errors.iter().map(|e| (place(e).unwrap(), text(&e["code"]).unwrap())).collect()
    }
}

/// `headers` are `name: value` lines; without an `Authorization` or `X-Api-Key` among them a good one is added.
pub async fn call(api: &Router, method: &str, path: &str, headers: &[&str], body: impl Into<Body>) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    let mut names = Vec::new();
    for line in headers {
        let (name, value) = line.split_once(": ").unwrap();
        names.push(name.to_ascii_lowercase());
        request = request.header(name, value);
    }
    if !names.iter().any(|name| name == "authorization" || name == "x-api-key" || name == "anonymous") {
        request = request.header("Authorization", "Bearer good");
    }
    if matches!(method, "POST" | "PATCH") && !names.iter().any(|name| name == "content-type") {
        request = request.header("Content-Type", "application/json");
    }
    let response: Response = api.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Reply { status: parts.status, headers: parts.headers, body }
}

pub async fn read(path: &str) -> Reply {
    call(&api(), "GET", path, &[], "").await
}

pub struct Stub;

#[async_trait]
impl Authenticator for Stub {
    async fn authenticate(&self, credential: &Credential) -> AppResult<Identity> {
        let grants = match credential {
            Credential::Bearer(token) if token == "good" => vec!["test.*"],
            Credential::Bearer(token) if token == "reader" => vec!["test.thing.read"],
            Credential::ApiKey(key) if key == "erp_good" => vec!["test.*"],
            _ => return Err(AppError::of(&UNAUTHENTICATED)),
        };
        Ok(Identity {
            actor: Actor::User(UserId::new(Uuid::from_u128(1))),
            tenant: TenantId::new(Uuid::from_u128(2)),
            time_zone: TimeZone::UTC,
            permissions: Arc::new(PermissionSet::from_grants(grants)),
            platform_admin: false,
        })
    }
}

#[async_trait]
impl Database for Stub {
    async fn write(&self, _: Arc<dyn Work>) -> AppResult<()> {
        Err(AppError::internal("there is no database here"))
    }
    async fn settle(&self, _: TenantId) -> AppResult<()> {
        Ok(())
    }
}

#[async_trait]
impl Cache for Stub {
    async fn get_or_load(&self, _: CacheKey, load: Load) -> AppResult<Option<Cached>> {
        load().await
    }
    fn peek(&self, _: &CacheKey) -> Option<Cached> {
        None
    }
    async fn invalidate(&self, _: TenantId, _: &[&'static str]) {}
    async fn flush(&self, _: &str, _: bool) -> AppResult<Flushed> {
        Ok(Flushed { keys: 0, complete: true })
    }
    fn statistics(&self) -> CacheStatistics {
        CacheStatistics { classes: Vec::new(), loads: 0, memory_entries: 0, memory_bytes: 0, redis: None }
    }
}

impl Clock for Stub {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }
}

impl Ids for Stub {
    fn new_id(&self) -> Uuid {
        Uuid::from_u128(0x0198_c0de_7b1f_7c3a_9f00_2b6f_1d6a_4e11)
    }
    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }
}

#[async_trait]
impl PasswordHasher for Stub {
    async fn hash(&self, _: Password, _: &Turn) -> AppResult<PasswordHash> {
        Err(AppError::internal("nobody hashes here"))
    }
    async fn verify(&self, _: Password, _: Option<PasswordHash>, _: &Turn) -> AppResult<bool> {
        Ok(false)
    }
}

impl AccessTokens for Stub {
    fn issue(&self, _: &AccessGrant) -> AppResult<String> {
        Err(AppError::internal("nobody signs here"))
    }
    fn verify(&self, _: &str, _: Timestamp) -> AppResult<AccessGrant> {
        Err(AppError::of(&UNAUTHENTICATED))
    }
}
