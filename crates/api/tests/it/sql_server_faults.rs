//! What clients see of a SQL Server that hangs, is slow, goes away, refuses the login, ends sessions or loses an answer, as the
//! table of docs/SQL.md says. Needs `ERP_TEST_PROFILE=cloud`, like `sql_server`.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use application::error::AppResult;
use application::ports::clock::Ids;
use application::ports::database::{Database, Outcome, Work};
use application::ports::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::ids::TenantId;
use futures::future::join_all;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::migrate::execute;
use infrastructure::system::SystemIds;
use serde_json::{Value, json};
use testkit::peers::Relay;
use testkit::server::command;
use testkit::sql_server::{database_of, server};
use testkit::world::entry;
use testkit::{Answer, Client, Server, TenantKit, World};
use tokio::sync::Barrier;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
/// `Command Timeout` and `Connect Timeout` where a test waits for them.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Both otherwise: the machine may be busy.
const PATIENT: Duration = Duration::from_secs(30);
/// Beyond the time-out: the wait for the server to acknowledge it, and a busy machine.
const GRACE: Duration = Duration::from_secs(3);
/// The last words of a transaction.
const COMMIT: &str = "COMMIT TRANSACTION;";
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");

fn skipped() -> bool {
    let skipped = server().is_none();
    if skipped {
        eprintln!("not run: needs ERP_TEST_PROFILE=cloud and ERP_TEST_SQLSERVER");
    }
    skipped
}

/// The product with a relay before its database.
struct Faulty {
    relay: Relay,
    options: SqlServerOptions,
    world: World,
    books: TenantKit,
}

impl Faulty {
    /// With more for the connection string.
    async fn new(more: &str) -> Self {
        let relay = relay().await;
        let text = format!("{};{more}", through(&relay).await);
        let world = World::with(&[EMPTY, ("ConnectionStrings:DefaultConnection", &text)]).await;
        let books = world.tenant("acme", "SAR", "empty").await;
        books.accounts(&[("1000", "asset"), ("4000", "income")]).await;
        let options = SqlServerOptions::parse(&text).unwrap();
        Self { relay, options, world, books }
    }

    /// From here on with these time-outs: to make a tenant takes longer on a busy machine.
    async fn timeouts(&self, timeout: Duration) {
        let options =
            SqlServerOptions { command_timeout: timeout, connect_timeout: timeout, ..self.options.clone() };
        self.world.parts.database.reconnect(&options).await.unwrap();
    }

    fn client(&self) -> &Client {
        &self.books.client
    }

    /// Sends entry `key`, worth one riyal, once.
    async fn post(&self, key: usize) -> Timed {
        let began = Instant::now();
        let header = format!("Idempotency-Key: {key}");
        let answer = self.client().call("POST", "/journal-entries", &[&header], sale()).await;
        Timed { answer, took: began.elapsed() }
    }

    /// Asks for a list that is not in the cache; each limit is another one.
    async fn read(&self, limit: usize) -> Timed {
        let began = Instant::now();
        let answer = self.client().get(&format!("/accounts?limit={limit}")).await;
        Timed { answer, took: began.elapsed() }
    }

    /// The number of entry `key`, sent as often as it takes.
    async fn posted(&self, key: usize) -> String {
        for _ in 0..100 {
            let answer = self.post(key).await.answer;
            if answer.status == 201 {
                return answer.json()["number"].as_str().unwrap().to_owned();
            }
            away(&answer);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("entry {key} was never accepted");
    }

    async fn total(&self) -> String {
        self.client().get("/reports/trial-balance?from=2026-01-01&to=2026-12-31").await.ok().to_string()
    }

    /// These entries are in the books, once each and nothing else.
    async fn holds(&self, mut numbers: Vec<String>) {
        numbers.sort();
        let mut listed = Vec::new();
        let page = self.client().get("/journal-entries?limit=1000&sort=number").await.ok();
        for entry in page["items"].as_array().unwrap() {
            listed.push(entry["number"].as_str().unwrap().to_owned());
        }
        assert_eq!(listed, numbers, "every acknowledged entry once, and nothing else");
        for (index, number) in numbers.iter().enumerate() {
            assert!(number.ends_with(&format!("{:06}", index + 1)), "a gap before {number}");
        }
        let (trial, total) = (self.total().await, format!("\"{}.00\"", numbers.len()));
        assert!(trial.contains(&total), "{total}: {trial}");
        let verified = self.client().post("/integrity/verify", json!({})).await.ok();
        assert_eq!(verified["ok"], json!(true), "{verified}");
        let checks = self.client().get("/integrity/checks").await.ok();
        assert_eq!(checks["ok"], json!(true), "{checks}");
    }
}

struct Timed {
    answer: Answer,
    took: Duration,
}

fn sale() -> String {
    entry("2026-03-01", &[("1000", "1", ""), ("4000", "", "1")], true).to_string()
}

async fn relay() -> Relay {
    let options = server().unwrap();
    Relay::to(format!("{}:{}", options.host, options.port)).await
}

/// The connection string of an empty database behind the relay.
async fn through(relay: &Relay) -> String {
    database_of(&format!("tcp:127.0.0.1,{}", relay.port())).await
}

/// What every request gets that the database did not serve.
#[track_caller]
fn away(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    let code = answer.code();
    assert!(["temporarily_unavailable", "outcome_unknown"].contains(&code.as_str()), "{}", answer.text());
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < Duration::from_secs(60), "{what} never happened");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hung_server_costs_its_timeouts_and_nothing_else() {
    if skipped() {
        return;
    }
    let faulty = Faulty::new("Max Pool Size=8").await;
    let mut numbers = vec![faulty.posted(0).await];
    faulty.timeouts(TIMEOUT).await;
    faulty.client().get("/accounts").await.ok();
    faulty.relay.hang();
    // Those who get a connection wait for the command, the others first for a connection and then for the dial.
    let reading = join_all((11..17).map(|limit| faulty.read(limit)));
    let (posted, read) = tokio::join!(join_all((1..=10).map(|key| faulty.post(key))), reading);
    for timed in posted.iter().chain(&read) {
        away(&timed.answer);
        assert!(timed.took <= TIMEOUT * 2 + GRACE, "answered after {:?}", timed.took);
    }
    faulty.relay.heal().await;
    numbers.extend(join_all((1..=10).map(|key| faulty.posted(key))).await);
    // No connection of the pool is left hanging.
    until("as many as the pool has are served at once", async || {
        let answers = join_all((1..=8).map(|limit| faulty.read(limit))).await;
        answers.iter().all(|timed| timed.answer.status == 200)
    })
    .await;
    faulty.timeouts(PATIENT).await;
    faulty.holds(numbers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_reaches_the_server_late_counts_once() {
    if skipped() {
        return;
    }
    let faulty = Faulty::new("Encrypt=False").await;
    let first = faulty.posted(0).await;
    faulty.holds(vec![first.clone()]).await; // what is read is remembered
    faulty.timeouts(TIMEOUT).await;
    faulty.relay.hang_at(COMMIT);
    let unknown = faulty.post(1).await;
    assert_eq!(faulty.relay.caught(), 1);
    away(&unknown.answer);
    assert_eq!(unknown.answer.code(), "outcome_unknown");
    assert!(unknown.took <= TIMEOUT * 2 + GRACE, "answered after {:?}", unknown.took);
    faulty.relay.heal().await;
    faulty.timeouts(PATIENT).await;
    // Also for those who do not ask again.
    until("reports show it", async || faulty.total().await.contains("\"2.00\"")).await;
    let second = faulty.posted(1).await;
    faulty.holds(vec![first, second]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_the_commit_is_told_and_not_done_twice() {
    if skipped() {
        return;
    }
    let faulty = Faulty::new("Encrypt=False").await;
    let mut numbers = vec![faulty.posted(0).await];
    faulty.holds(numbers.clone()).await;
    for key in 1..4 {
        faulty.relay.lose_answer_to(COMMIT);
        let unknown = faulty.post(key).await.answer;
        assert_eq!(faulty.relay.caught(), u32::try_from(key).unwrap());
        away(&unknown);
        assert_eq!(unknown.code(), "outcome_unknown", "it is in the books, and nobody says it is not");
        let total = format!("\"{}.00\"", key + 1);
        until("reports show it", async || faulty.total().await.contains(&total)).await;
        let again = faulty.post(key).await.answer.expect(201);
        let number = again.json()["number"].as_str().unwrap().to_owned();
        assert!(number.ends_with(&format!("{:06}", key + 1)), "the first request's answer: {number}");
        assert_eq!(again.header("idempotency-replayed"), "true");
        numbers.push(number);
        faulty.holds(numbers.clone()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_gives_right_answers() {
    if skipped() {
        return;
    }
    let faulty = Faulty::new("").await;
    let mut numbers = vec![faulty.posted(0).await];
    faulty.relay.slow(Duration::from_millis(50));
    let posted = join_all((1..=6).map(|key| faulty.post(key))).await;
    for Timed { answer, took } in posted {
        assert!(took >= Duration::from_millis(4 * 50), "it was slow: {took:?}");
        numbers.push(answer.expect(201).json()["number"].as_str().unwrap().to_owned());
    }
    faulty.holds(numbers.clone()).await;
    faulty.relay.heal().await;
    faulty.holds(numbers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_and_comes_back_loses_nothing_of_sixteen_clients() {
    const CLIENTS: usize = 16;
    const EACH: usize = 4;
    if skipped() {
        return;
    }
    let faulty = Faulty::new("Max Pool Size=8").await;
    let refused = AtomicU32::new(0);
    let client = async |client: usize| {
        let mut numbers = Vec::new();
        for n in 0..EACH {
            let key = client * EACH + n;
            if faulty.post(key).await.answer.status == 503 {
                refused.fetch_add(1, Ordering::Relaxed);
            }
            numbers.push(faulty.posted(key).await);
        }
        numbers
    };
    let restarting = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(400)).await;
            faulty.relay.go_away().await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            faulty.relay.heal().await;
        }
    };
    let (numbers, ()) = tokio::join!(join_all((0..CLIENTS).map(client)), restarting);
    assert!(refused.load(Ordering::Relaxed) > 0, "somebody was refused");
    faulty.holds(numbers.concat()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_breaks_off_never_looks_whole() {
    if skipped() {
        return;
    }
    let faulty = Faulty::new("").await;
    let lines: Vec<_> = (0..400).flat_map(|_| [("1000", "1", ""), ("4000", "", "1")]).collect();
    for _ in 0..3 {
        faulty.books.post("2026-03-01", &lines).await;
    }
    let export = async || faulty.client().get("/exports/ledger?format=ndjson").await;
    let whole = export().await.expect(200).body;
    assert!(whole.len() > 100_000, "{}", whole.len());
    faulty.relay.slow(Duration::from_millis(20));
    let mut broken = 0;
    for pause in [100, 300, 500, 700, 900] {
        let cutting = async {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            faulty.relay.cut();
        };
        let (answer, ()) = tokio::join!(export(), cutting);
        if answer.status == 200 {
            // A body that ended with an error is read as an empty one.
            assert!(
                answer.body.is_empty() || answer.body == whole,
                "{} of {}",
                answer.body.len(),
                whole.len()
            );
            broken += u32::from(answer.body.is_empty());
        } else {
            away(&answer);
        }
    }
    assert!(broken > 0, "one of them was cut while it was on its way");
    faulty.relay.heal().await;
    assert_eq!(export().await.expect(200).body, whole);
}

/// Takes two leases, whichever comes first, when another has taken the other one.
struct Crossing {
    tenant: TenantId,
    names: [&'static str; 2],
    both_hold_one: Arc<Barrier>,
    runs: AtomicU32,
}

#[async_trait]
impl Work for Crossing {
    fn tenant(&self) -> TenantId {
        self.tenant
    }

    async fn run(&self, uow: &mut dyn UnitOfWork) -> AppResult<Outcome> {
        let first_run = self.runs.fetch_add(1, Ordering::Relaxed) == 0;
        let holder = uow.new_id();
        for name in self.names {
            let now = uow.now();
            assert!(uow.leases().take_or_renew(name, holder, now, now).await?, "every lease has ended");
            if first_run && name == self.names[0] {
                self.both_hold_one.wait().await;
            }
        }
        Ok(Outcome::Commit)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_victim_of_a_deadlock_runs_again_and_both_succeed() {
    if skipped() {
        return;
    }
    let world = World::new().await;
    let tenant = world.parts.database.tenant_by_code("home").await.unwrap().unwrap();
    let work = |names, barrier: &Arc<Barrier>| {
        let both_hold_one = barrier.clone();
        Arc::new(Crossing { tenant, names, both_hold_one, runs: AtomicU32::new(0) })
    };
    // The rows are there.
    let alone = Arc::new(Barrier::new(1));
    world.parts.database.write(work(["one", "other"], &alone)).await.unwrap();
    let barrier = Arc::new(Barrier::new(2));
    let (one, other) = (work(["one", "other"], &barrier), work(["other", "one"], &barrier));
    let began = Instant::now();
    let ended =
        tokio::join!(world.parts.database.write(one.clone()), world.parts.database.write(other.clone()));
    ended.0.unwrap();
    ended.1.unwrap();
    let runs = one.runs.load(Ordering::Relaxed) + other.runs.load(Ordering::Relaxed);
    assert_eq!(runs, 3, "one of them ran twice");
    assert!(began.elapsed() < Duration::from_secs(8), "the server chose a victim: {:?}", began.elapsed());
}

/// Runs T-SQL beside the product.
async fn on_server(sql: &str) {
    let options = SqlServerOptions { database: Some("master".to_owned()), ..server().unwrap() };
    execute(&options, sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_sessions_lose_nothing() {
    if skipped() {
        return;
    }
    let application = format!("faults-{}", SystemIds.new_id().simple());
    let faulty = Faulty::new(&format!("Application Name={application}")).await;
    let kill = format!(
        "DECLARE @kill NVARCHAR(MAX) = N''; \
         SELECT @kill = @kill + N'KILL ' + CAST(session_id AS NVARCHAR(10)) + N';' \
         FROM sys.dm_exec_sessions WHERE program_name = N'{application}'; EXEC sp_executesql @kill;"
    );
    let before = faulty.relay.connections();
    let killing = async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            on_server(&kill).await;
        }
    };
    let (numbers, ()) = tokio::join!(join_all((0..24).map(|key| faulty.posted(key))), killing);
    assert!(faulty.relay.connections() > before + 4, "the sessions did end");
    // Reads find another connection, however many idle ones have died.
    on_server(&kill).await;
    faulty.client().get("/accounts?limit=7").await.ok();
    on_server(&kill).await;
    faulty.holds(numbers).await;
}

/// A login of a test's own.
struct Login {
    name: String,
    password: String,
}

impl Login {
    async fn new() -> Self {
        let name = format!("erp_test_{}", SystemIds.new_id().simple());
        let login = Self { name, password: secret() };
        let Self { name, password } = &login;
        on_server(&format!("CREATE LOGIN {name} WITH PASSWORD = N'{password}'")).await;
        on_server(&format!("ALTER SERVER ROLE sysadmin ADD MEMBER {name}")).await;
        login
    }

    /// Gives it another password.
    async fn change(&mut self) {
        self.password = secret();
        on_server(&format!("ALTER LOGIN {} WITH PASSWORD = N'{}'", self.name, self.password)).await;
    }

    fn with(&self, text: &str) -> String {
        format!("{text};User Id={};Password={}", self.name, self.password)
    }

    /// Where sessions of it are still open, the server keeps it.
    async fn gone(self) {
        let options = SqlServerOptions { database: Some("master".to_owned()), ..server().unwrap() };
        let drop = format!("DROP LOGIN {}", self.name);
        until("the login's sessions end", async || execute(&options, &drop).await.is_ok()).await;
    }
}

fn secret() -> String {
    format!("aB1-{}", SystemIds.new_id().simple())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_login_ends_the_start_with_its_reason() {
    if skipped() {
        return;
    }
    let relay = relay().await;
    let text = through(&relay).await;
    let mut login = Login::new().await;
    let old = login.with(&text);
    login.change().await;
    let start = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command(Path::new(BINARY), folder.path());
        command
            .arg("serve")
            .env("Urls", "http://127.0.0.1:0")
            .env("ConnectionStrings__DefaultConnection", text);
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let (code, said) = start(&old);
    assert_eq!(code, Some(1), "{said}");
    let named = format!("ConnectionStrings:DefaultConnection: 127.0.0.1:{}", relay.port());
    assert!(said.contains(&named) && said.contains("18456"), "{said}");
    for secret in old.split("Password=").skip(1) {
        let secret = secret.split(';').next().unwrap();
        assert!(!said.contains(secret), "a secret in {said}");
    }
    login.gone().await;
    // Nobody there: as clear, and in time.
    relay.go_away().await;
    let began = Instant::now();
    let (code, said) = start(&format!("{text};Connect Timeout={}", TIMEOUT.as_secs()));
    assert!(code == Some(1) && said.contains(&named), "{code:?} {said}");
    assert!(began.elapsed() < TIMEOUT * 2 + GRACE, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_password_is_taken_over_while_the_server_runs() {
    if skipped() {
        return;
    }
    let (relay, folder) = (relay().await, tempfile::tempdir().unwrap());
    let text = through(&relay).await;
    let mut login = Login::new().await;
    let configure = |text: &str| {
        let settings = json!({ "ConnectionStrings": { "DefaultConnection": text } }).to_string();
        std::fs::write(folder.path().join("new"), settings).unwrap();
        std::fs::rename(folder.path().join("new"), folder.path().join("appsettings.json")).unwrap();
    };
    configure(&login.with(&text));
    let server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let api = Api::of(&server).await;
    for (code, kind) in [("1000", "asset"), ("4000", "income")] {
        let body = json!({ "code": code, "name": { "en": code }, "type": kind });
        assert_eq!(api.post("/accounts", "", body.to_string()).await.0, 201);
    }
    let _ = api.post("/fiscal-years/generate", "", json!({ "start": "2026-01-01" }).to_string()).await;
    assert_eq!(api.post("/journal-entries", "0", sale()).await.0, 201);

    // What is connected stays so; who has to connect cannot.
    let old = login.password.clone();
    login.change().await;
    assert_eq!(api.post("/journal-entries", "1", sale()).await.0, 201);
    relay.cut();
    let (status, problem) = api.post("/journal-entries", "2", sale()).await;
    assert_eq!((status, problem["code"].as_str()), (503, Some("temporarily_unavailable")), "{problem}");
    assert!(server.log().contains("18456"), "{}", server.log());
    until("readiness ends", async || api.ready().await == 503).await;

    // The right string comes while the server is away: it counts as soon as it can.
    relay.go_away().await;
    configure(&login.with(&text));
    until("the new string is tried", async || server.log().contains("does not work yet")).await;
    relay.heal().await;
    until("it is taken over", async || api.post("/journal-entries", "2", sale()).await.0 == 201).await;
    until("readiness returns", async || api.ready().await == 200).await;
    let (_, again) = api.post("/journal-entries", "2", sale()).await;
    assert!(again["number"].as_str().unwrap().ends_with("000003"), "nothing failed half-way: {again}");
    let (_, verified) = api.post("/integrity/verify", "", json!({}).to_string()).await;
    assert_eq!(verified["ok"], json!(true), "{verified}");
    let log = server.log();
    assert!(!log.contains(&old) && !log.contains(&login.password), "a secret in {log}");
    assert_eq!(server.stop(), 0);
    login.gone().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_tells_of_a_server_that_hangs_and_of_its_return() {
    if skipped() {
        return;
    }
    let (relay, folder) = (relay().await, tempfile::tempdir().unwrap());
    let text = through(&relay).await;
    let settings = [EMPTY, ("ConnectionStrings:DefaultConnection", text.as_str())];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let api = Api::of(&server).await;
    relay.hang();
    let began = Instant::now();
    assert_eq!(api.get("/health").await, 503);
    assert!(began.elapsed() < Duration::from_secs(2) + GRACE, "{:?}", began.elapsed());
    assert_eq!(api.get("/health/live").await, 200, "to restart it would not help");
    until("readiness ends", async || api.ready().await == 503).await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    relay.heal().await;
    let began = Instant::now();
    until("readiness returns", async || api.ready().await == 200).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(server.stop(), 0, "it stops cleanly when asked");
}

/// A server's clients over the network.
struct Api {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Api {
    async fn of(server: &Server) -> Self {
        Self { http: reqwest::Client::new(), url: server.url.clone(), token: server.token().await }
    }

    /// Status and body; an empty key is none.
    async fn post(&self, path: &str, key: &str, body: String) -> (u16, Value) {
        let request = self.http.post(format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token);
        let request = if key.is_empty() { request } else { request.header("Idempotency-Key", key) };
        let answer = request.header("Content-Type", "application/json").body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> u16 {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().status().as_u16()
    }

    async fn ready(&self) -> u16 {
        self.get("/health/ready").await
    }
}
