//! Backups of the embedded database as an operator uses them: by the server's calendar, by command, and back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::time::Timestamp;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::system::{SystemClock, SystemIds};
use serde_json::{Value, json};
use testkit::peers::Azurite;
use testkit::server::{Server, command, free_port};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "/wECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_erp-api"))
}

/// A folder with a server's data, and the settings of its backups.
struct Place {
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    fn new(log_seconds: &str) -> Self {
        let settings = [
            ("Bootstrap:Template", "sa-standard"),
            ("Backup:Enabled", "true"),
            ("Backup:EncryptionKey", KEY),
            ("Backup:LogSeconds", log_seconds),
            ("Admin:Urls", &format!("http://127.0.0.1:{}", free_port())),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
        Self { folder: tempfile::tempdir().unwrap(), settings }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn start(&self) -> Api {
        let settings: Vec<_> =
            self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let server = Server::start(binary(), self.folder.path(), &settings).await;
        let token = server.token().await;
        Api { server, token, client: reqwest::Client::new() }
    }

    /// Runs a command; answers whether it succeeded and what it said.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = command(binary(), self.folder.path());
        for (key, value) in &self.settings {
            command.env(key.replace(':', "__"), value);
        }
        let output = command.args(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (output.status.success(), said.concat())
    }

    #[track_caller]
    fn must(&self, arguments: &[&str]) -> String {
        let (good, text) = self.run(arguments);
        assert!(good, "{arguments:?}: {text}");
        text
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let (good, text) = self.run(arguments);
        assert!(!good, "{arguments:?}: {text}");
        text
    }

    fn list(&self) -> Vec<Value> {
        self.must(&["backup", "list", "--json"])
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The disk with the books is gone; the backups were elsewhere.
    fn lose_the_disk(&self) {
        for name in ["data/erp.db", "data/erp.db-wal", "data/erp.db-shm"] {
            let _ = std::fs::remove_file(self.path(name));
        }
        let _ = std::fs::remove_dir_all(self.path("data/erp.db.archive"));
    }
}

struct Api {
    server: Server,
    token: String,
    client: reqwest::Client,
}

impl Api {
    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Option<Value> {
        let url = format!("{}/api/v1{path}", self.server.url);
        let mut request = self.client.request(method.parse().unwrap(), url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.ok()?.error_for_status().ok()?.json().await.ok()
    }

    /// One posting, with the moments before it was sent and after it was acknowledged.
    async fn post(&self, mark: &str) -> Option<Posting> {
        let lines = json!([{ "accountCode": "6210", "debit": "5.00", "dimensions": { "cost-centre": "ADMIN" } },
            { "accountCode": "1113", "credit": "5.00" }]);
        let date = &now().to_string()[..10];
        let body = json!({ "postingDate": date, "description": mark, "lines": lines, "post": true });
        let before = now();
        self.send("POST", "/journal-entries", Some(body)).await?;
        Some(Posting { mark: mark.to_owned(), before, after: now() })
    }
}

struct Posting {
    mark: String,
    before: Timestamp,
    after: Timestamp,
}

#[allow(clippy::disallowed_methods)] // the moments of another program, the server's client
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
}

/// The marks of the postings that a database holds.
async fn marks(database: &Path) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    std::fs::copy(database, &copy).unwrap();
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let db = Db::open_sqlite(&copy, SqliteOptions::default(), clock, ids, SqlUnitOfWork::open).await.unwrap();
    let text = "SELECT description FROM journal_entry WHERE description LIKE 'mark-%' AND status = 'posted'";
    let rows = db.query_text(text, &[]).await.unwrap();
    rows.into_iter().map(|row| row.columns("mark").get("description").unwrap()).collect()
}

/// Everything acknowledged until a moment is there, and nothing that was asked for after it.
#[track_caller]
fn is_the_moment(found: &BTreeSet<String>, postings: &[Posting], at: Timestamp) {
    for posting in postings {
        if posting.after <= at {
            assert!(
                found.contains(&posting.mark),
                "{} of {} is missing at {at}",
                posting.mark,
                posting.after
            );
        }
        if posting.before > at {
            assert!(
                !found.contains(&posting.mark),
                "{} of {} is there at {at}",
                posting.mark,
                posting.before
            );
        }
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn kinds(list: &[Value], kind: &str) -> usize {
    list.iter().filter(|entry| entry["kind"] == kind).count()
}

/// Proves: L1, L3, L6, X71.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_moment_comes_back_exactly_after_the_disk_is_lost() {
    let place = Place::new("1");
    let api = place.start().await;
    until("a full backup and a log come by themselves", || {
        let list = place.list();
        kinds(&list, "full") > 0 && kinds(&list, "log") > 0
    })
    .await;
    let mut postings = Vec::new();
    for number in 0..60 {
        postings.push(api.post(&format!("mark-{number}")).await.unwrap());
        if number == 25 {
            let said = place.must(&["backup", "diff", "--label", "at noon"]);
            assert!(said.contains("at noon"), "{said}");
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let last = postings.last().unwrap().after;
    let covered = |entry: &Value| Timestamp::parse(entry["coversUntil"].as_str().unwrap()).unwrap();
    until("a log after the last posting", || place.list().iter().any(|entry| covered(entry) > last)).await;
    let metrics =
        reqwest::get(format!("{}/metrics", api.server.admin_url())).await.unwrap().text().await.unwrap();
    for line in [
        r#"erp_backup_last_success_timestamp_seconds{kind="log"} "#,
        r#"erp_backup_size_bytes{kind="full"} "#,
        r#"erp_backup_failures_total{kind="diff"} 0"#,
        "erp_backup_last_verified_timestamp_seconds ",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    api.server.kill();
    place.lose_the_disk();

    for posting in [3, 24, 26, 40, 59] {
        let at = postings[posting].after;
        let copy = place.path(&format!("copy-{posting}.db"));
        place.must(&["restore", "--at", &at.to_string(), "--to", copy.to_str().unwrap()]);
        is_the_moment(&marks(&copy).await, &postings, at);
    }
    let at = postings[30].before;
    let said = place.must(&["restore", "--at", &at.to_string()]);
    assert!(said.contains("Restored and verified"), "{said}");
    let late = place.refused(&["restore", "--at", "2199-01-01T00:00:00Z"]);
    assert!(late.contains("The best that can be restored is"), "{late}");

    // The books go on from there, on a chain of their own. What a killed process was working on is gone.
    let abandoned = place.path("data/erp.db.backup-abandoned");
    let foreign = place.path("data/backup-of-somebody");
    std::fs::create_dir(&abandoned).unwrap();
    std::fs::create_dir(&foreign).unwrap();
    let api = place.start().await;
    assert!(!abandoned.exists() && foreign.exists());
    is_the_moment(&marks(&place.path("data/erp.db")).await, &postings, at);
    let checks = api.send("GET", "/integrity/checks", None).await.unwrap();
    assert_eq!(checks["ok"], true, "{checks}");
    let posting = api.post("mark-again").await.unwrap();
    let before = place.list().len();
    until("the restored database is backed up, too", || kinds(&place.list()[before..], "full") > 0).await;
    until("with what came after it", || place.list().iter().any(|entry| covered(entry) > posting.after))
        .await;
    api.server.kill();
    place.lose_the_disk();
    place.must(&["restore", "--latest"]);
    let found = marks(&place.path("data/erp.db")).await;
    assert!(found.contains("mark-again"), "{found:?}");
    let left: Vec<_> =
        std::fs::read_dir(place.path("data")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("restoring")), "{left:?}");
    is_the_moment(&found, &postings, at);
}

/// Proves: L6, X69.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_backed_up_yet_is_before_a_restore() {
    let place = Place::new("3600");
    let api = place.start().await;
    until("a full backup", || kinds(&place.list(), "full") > 0).await;
    let mut postings = Vec::new();
    for number in 0..5 {
        postings.push(api.post(&format!("mark-{number}")).await.unwrap());
    }
    api.server.kill();
    // The database is damaged; its log is not.
    let database = place.path("data/erp.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[..4096].fill(7);
    std::fs::write(&database, bytes).unwrap();
    let said = place.must(&["restore", "--latest"]);
    assert!(said.contains("What was not backed up yet is now"), "{said}");
    assert_eq!(marks(&database).await.len(), 5);
}

/// Proves: L6, X72, X73.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_or_missing_backup_is_named_before_anything_is_touched() {
    let place = Place::new("3600");
    let api = place.start().await;
    until("a full backup", || kinds(&place.list(), "full") > 0).await;
    let mut marks_at = Vec::new();
    for number in 0..3 {
        marks_at.push(api.post(&format!("mark-{number}")).await.unwrap().after);
        place.must(&["backup", "log"]);
    }
    assert_eq!(api.server.stop(), 0);
    let whole = place.must(&["backup", "verify"]);
    assert!(!whole.contains("DAMAGED") && whole.lines().count() >= 4, "{whole}");
    let at = place.list().last().unwrap()["coversUntil"].as_str().unwrap().to_owned();
    let plan = place.must(&["dr", "plan", "--at", &at]);
    assert!(plan.contains("1. ") && plan.contains("full") && plan.matches("  log ").count() >= 3, "{plan}");

    let logs: Vec<_> =
        place.list().into_iter().filter(|entry| entry["kind"] == "log" && entry["bytes"] != 0).collect();
    let id = |entry: &Value| entry["id"].as_str().unwrap().to_owned();
    let broken = logs[logs.len() - 2].clone();
    let store = place.path("data/backups/00000000-0000-0000-0000-000000000000");
    let data = store.join("backups").join(id(&broken));
    let sound = std::fs::read(&data).unwrap();
    let mut changed = sound.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(&data, &changed).unwrap();
    let told = place.refused(&["backup", "verify"]);
    assert!(told.contains("DAMAGED") && told.contains(&id(&broken)) && told.contains("SHA-256"), "{told}");
    let before = std::fs::read(place.path("data/erp.db")).unwrap();
    let told = place.refused(&["restore", "--at", &at]);
    assert!(told.contains(&id(&broken)), "{told}");
    assert!(std::fs::read(place.path("data/erp.db")).unwrap() == before, "nothing was touched");
    std::fs::write(&data, &sound).unwrap();

    let manifest = store.join("backup-manifests").join(id(&broken));
    let kept = std::fs::read(&manifest).unwrap();
    std::fs::remove_file(&manifest).unwrap();
    let told = place.refused(&["dr", "plan", "--at", &at]);
    let best = logs[logs.len() - 3]["coversUntil"].as_str().unwrap();
    assert!(told.contains("chain of backups is broken") && told.contains(best), "{told} {best}");
    place.must(&["dr", "plan", "--at", best]);
    std::fs::write(&manifest, kept).unwrap();

    let other = Place { folder: place.folder, settings: place.settings.clone() }
        .with("Backup:EncryptionKey", OTHER_KEY);
    let told = other.refused(&["restore", "--at", &at]);
    assert!(told.contains("is sealed with the key"), "{told}");
    let again = other.with("Backup:RetiredEncryptionKeys:0", KEY);
    again.must(&["restore", "--at", &at]);
    assert_eq!(marks(&again.path("data/erp.db")).await.len(), 3);
}

/// Proves: L4, X74.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_back_with_the_rows_that_point_to_them() {
    let azurite = Azurite::start().await;
    let place = Place::new("3600").with("Backup:ConnectionString", &azurite.connection_string());
    let api = place.start().await;
    let entries = api.send("GET", "/journal-entries?limit=1", None).await.unwrap();
    let entry = entries["items"][0]["id"].as_str().unwrap().to_owned();
    let url = format!(
        "{}/api/v1/attachments?documentType=journal_entry&documentId={entry}&name=a.pdf",
        api.server.url
    );
    let request = api.client.post(url).bearer_auth(&api.token).header("Content-Type", "application/pdf");
    let stored = request.body("%PDF-1.4 receipt").send().await.unwrap();
    assert_eq!(stored.status(), 201);
    let stored: Value = stored.json().await.unwrap();
    place.must(&["backup", "full"]);
    assert_eq!(api.server.stop(), 0);
    let blobs = place.path("data/blobs");
    std::fs::remove_dir_all(&blobs).unwrap();
    place.lose_the_disk();

    let said = place.must(&["restore", "--latest"]);
    assert!(said.contains("Files: 0 there, 1 put back, 0 missing"), "{said}");
    let api = place.start().await;
    let path = format!("{}/api/v1/attachments/{}/content", api.server.url, stored["id"].as_str().unwrap());
    let content = api.client.get(path).bearer_auth(&api.token).send().await.unwrap();
    assert_eq!(content.headers()["content-type"], "application/pdf");
    assert_eq!(content.text().await.unwrap(), "%PDF-1.4 receipt");
}

#[tokio::test]
async fn backups_need_settings_that_make_sense() {
    let place = Place::new("60").with("Backup:EncryptionKey", "c2hvcnQ=");
    let told = place.refused(&["config", "check"]);
    assert!(
        told.contains("Backup:EncryptionKey") && told.contains("32 bytes") && !told.contains("c2hvcnQ="),
        "{told}"
    );
    let off = Place::new("60").with("Backup:Enabled", "false");
    let api = off.start().await;
    let told = off.refused(&["backup", "log"]);
    assert!(told.contains("Backup:Enabled is not true"), "{told}");
    assert_eq!(
        reqwest::get(format!("{}/admin/backups", api.server.admin_url())).await.unwrap().status(),
        404
    );
}

/// From a file, as when the server is gone.
///
/// Proves: L6, GV13.
#[tokio::test]
async fn a_plan_for_sql_server_is_made_from_a_catalogue() {
    let place = Place::new("60");
    let backup = |kind: &str, time: &str, first: u32, last: u32| {
        let mut backup = json!({ "kind": kind, "startedAt": format!("2024-01-15T{time}:00Z"),
            "finishedAt": format!("2024-01-15T{time}:02Z"), "firstLsn": first.to_string(), "lastLsn": last.to_string(),
            "url": format!("https://backups.example/{kind}-{}", time.replace(':', "")) });
        match kind {
            "full" => backup["checkpointLsn"] = json!("7"),
            "diff" => backup["baseLsn"] = json!("7"),
            _ => {}
        }
        backup
    };
    let mut all = vec![backup("full", "02:00", 5, 10), backup("diff", "14:00", 90, 100)];
    for step in 0..8 {
        all.push(backup("log", &format!("14:{:02}", step * 5 + 5), 95 + step * 10, 105 + step * 10));
    }
    let write = |name: &str, all: &[Value]| std::fs::write(place.path(name), json!(all).to_string()).unwrap();
    write("all.json", &all);
    let plan = ["dr", "plan", "--at", "2024-01-15T14:30:00Z", "--catalogue"];
    let script = place.must(&[&plan[..], &["all.json"]].concat());
    assert_eq!(script.matches("RESTORE LOG [ErpRestored]").count(), 7, "{script}");
    assert!(script.contains("log-1435") && !script.contains("log-1440"), "{script}");
    all.retain(|backup| backup["url"] != "https://backups.example/log-1420");
    write("gap.json", &all);
    let told = place.refused(&[&plan[..], &["gap.json"]].concat());
    assert!(told.contains("The best that can be restored is 2024-01-15T14:15:00"), "{told}");
}
