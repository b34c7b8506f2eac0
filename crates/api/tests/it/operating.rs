//! `/api/v1/admin/…` of the real binary: what the platform's administrators see of the process and do with it.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Server, World, until};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
/// Every debug line has it.
const DEBUG_LINE: &str = "DBG] ";

struct Administrator {
    server: Server,
    token: String,
    _folder: tempfile::TempDir,
}

impl Administrator {
    async fn of(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings: Vec<_> = [EMPTY].iter().chain(settings).copied().collect();
        let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
        let token = server.token().await;
        Self { server, token, _folder: folder }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let url = format!("{}/api/v1{path}", self.server.url);
        let mut request = reqwest::Client::new().request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

/// None of it is a tenant's: its own administrators, with every permission there is, see nothing.
#[tokio::test]
async fn only_the_platforms_administrators_see_the_process() {
    let world = World::new().await;
    let other = world.tenant("other", "SAR", "empty").await;
    for (method, path, body) in [
        ("GET", "/admin/overview", ""),
        ("GET", "/admin/slow-statements", ""),
        ("GET", "/admin/configuration", ""),
        ("GET", "/admin/feature-flags", ""),
        ("GET", "/admin/log-level", ""),
        ("PUT", "/admin/log-level", r#"{"default":"Debug"}"#),
        ("DELETE", "/admin/log-level", ""),
        ("POST", "/admin/outbox/replay", "{}"),
        ("POST", "/admin/integrity-runs", "{}"),
    ] {
        assert_eq!(world.anonymous().call(method, path, &[], body).await.status, 401, "{method} {path}");
        let refused = other.client.call(method, path, &["Content-Type: application/json"], body).await;
        assert_eq!(
            (refused.status.as_u16(), &*refused.code()),
            (403, "permission_denied"),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn the_overview_is_that_of_the_running_process() {
    let admin = Administrator::of(&[]).await;
    for _ in 0..20 {
        admin.get("/accounts").await;
    }
    let seen = admin.get("/admin/overview").await;
    assert_eq!(seen["process"]["processId"], admin.server.process_id());
    assert_eq!(
        (&seen["process"]["environment"], &seen["process"]["database"]),
        (&json!("Development"), &json!("sqlite"))
    );
    assert_ne!(seen["process"]["host"], "");
    assert_eq!(seen["health"]["status"], "Healthy", "{seen}");
    let names = |list: &Value, member: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one[member].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&seen["health"]["entries"], "name"), ["sqlite", "blob-storage", "custom-check"]);
    assert_eq!(names(&seen["targets"], "metric").len(), 9);
    let memory = &seen["targets"][8];
    assert_eq!(memory["metric"], "erp_memory_usage_ratio");
    assert!(memory["value"].as_f64().unwrap() > 0.0 && memory["met"].is_boolean(), "{memory}");
    assert!(
        seen["load"]["requestsLimit"].as_f64().unwrap() >= 1.0 && seen["load"]["requestsRunning"] == 1.0,
        "{seen}"
    );
    assert_eq!(seen["outbox"], Value::Null, "there is no other process");
    until("this process leads", async || admin.get("/admin/overview").await["load"]["leader"] == true).await;
    let cache = admin.get("/admin/overview").await["cache"].clone();
    assert!(cache.as_array().unwrap().iter().any(|class| class["hits"].as_f64() > Some(0.0)), "{cache}");
    assert_eq!(admin.server.stop(), 0);
}

#[tokio::test]
async fn the_configuration_in_effect_names_sources_and_shows_no_secret() {
    let admin = Administrator::of(&[
        ("Limits:BodyBytes", "54321"),
        ("Seq:ApiKey", "sentinel-key"),
        ("Auth:Passwort", "sentinel"),
    ])
    .await;
    let seen = admin.get("/admin/configuration").await;
    assert!(!seen.to_string().contains("sentinel"), "{seen}");
    let setting = |key: &str| {
        let all = seen["settings"].as_array().unwrap().iter();
        let mut found = all.filter(|setting| setting["key"] == key).cloned();
        found.next().unwrap_or_else(|| panic!("{key} is not in {seen}"))
    };
    let shown = |key: &str, value: Value, source: Value, state: &str| {
        assert_eq!(setting(key), json!({ "key": key, "value": value, "source": source, "state": state }));
    };
    shown("Limits:BodyBytes", json!("54321"), json!("environment"), "used");
    shown("Seq:ApiKey", json!("***"), json!("environment"), "used");
    shown("Auth:Passwort", json!("***"), json!("environment"), "unknown");
    shown("Seq:ServerUrl", Value::Null, Value::Null, "used");
    assert_eq!((&seen["reloads"], &seen["restartNeededFor"]), (&json!(0), &json!([])));

    // A file that changes meanwhile.
    let file = admin.server.folder.join("appsettings.json");
    std::fs::write(
        file,
        r#"{ "Cache": { "Ttl": { "Transactional": 7 } }, "Limits": { "ConcurrentTransfers": 3 } }"#,
    )
    .unwrap();
    until("the file counts", async || admin.get("/admin/configuration").await["reloads"] == 1).await;
    let waiting = admin.get("/admin/configuration").await["restartNeededFor"].clone();
    assert_eq!(waiting, json!(["Limits:ConcurrentTransfers"]));
}

#[tokio::test]
async fn feature_flags_are_shown_as_they_are_defined() {
    let world = World::new().await;
    let flag = json!({
        "id": "Beta", "enabled": true,
        "conditions": { "requirement_type": "All", "client_filters": [
            { "name": "Microsoft.Targeting", "parameters": { "Audience": { "Users": ["a@b.example"],
                "Groups": [{ "Name": "home", "RolloutPercentage": 50 }], "DefaultRolloutPercentage": 10 } } },
            { "name": "Nobody.Knows" },
        ] },
        "variants": [{ "name": "Wide" }],
    });
    world.parts.state.flags.load([("Off", "false")], [("feature_flags:Beta", &*flag.to_string())]);
    let seen = world.home().await.get("/admin/feature-flags").await.ok();
    let nobody = json!({ "kind": "closed", "percentage": null, "users": [], "groups": [] });
    let targeting =
        json!({ "kind": "targeting", "percentage": 10.0, "users": ["a@b.example"], "groups": ["home"] });
    assert_eq!(
        seen["items"],
        json!([
            { "id": "Beta", "enabled": true, "requirement": "all", "conditions": [targeting, nobody], "variants": ["Wide"] },
            { "id": "Off", "enabled": false, "requirement": "any", "conditions": [], "variants": [] },
        ])
    );
}

/// In the process that is asked at once, in the audit log, and until it ends.
///
/// Proves: J1.
#[tokio::test]
async fn log_levels_of_all_processes_change_for_a_while() {
    let admin = Administrator::of(&[]).await;
    let debug_lines = || admin.server.log().matches(DEBUG_LINE).count();
    assert_eq!(debug_lines(), 0);
    let body = json!({ "default": "Debug", "overrides": { "erp::sql": "Error" }, "seconds": 600 });
    let (status, _) = admin.ask(Method::PUT, "/admin/log-level?dryRun=true", Some(body.clone())).await;
    assert_eq!(status, 200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(admin.get("/admin/log-level").await["until"], Value::Null, "only tried");

    let (status, changed) = admin.ask(Method::PUT, "/admin/log-level", Some(body)).await;
    assert_eq!((status, &changed["default"]), (StatusCode::OK, &json!("Debug")), "{changed}");
    until("the level counts", async || admin.get("/admin/log-level").await["until"] == changed["until"])
        .await;
    assert_eq!(admin.get("/admin/log-level").await["inForce"]["overrides"]["erp::sql"], "Error");
    // Requests of probes are the ones that only show at this level.
    reqwest::get(format!("{}/health/live", admin.server.url)).await.unwrap();
    until("debug lines", async || debug_lines() > 0).await;
    let audit = admin.get("/audit-log?entity=log_levels").await;
    assert_eq!(audit["items"][0]["action"], "changed", "{audit}");

    let (status, _) = admin.ask(Method::DELETE, "/admin/log-level", None).await;
    assert_eq!(status, 200);
    until("the configured levels", async || admin.get("/admin/log-level").await["until"] == Value::Null)
        .await;

    for (body, place) in [
        (json!({ "default": "Loud" }), "/default"),
        (json!({ "overrides": {} }), "/default"),
        (json!({ "default": "Debug", "seconds": 86_401 }), "/seconds"),
    ] {
        let (status, refused) = admin.ask(Method::PUT, "/admin/log-level", Some(body.clone())).await;
        assert_eq!(
            (status.as_u16(), &refused["errors"][0]["pointer"]),
            (422, &json!(place)),
            "{body}: {refused}"
        );
    }
}

/// The level that was shared before a process begins counts in it, too.
#[tokio::test]
async fn a_process_that_begins_takes_over_the_levels_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let token = server.token().await;
    let put = |url: String, token: String| async move {
        let request = reqwest::Client::new().put(format!("{url}/api/v1/admin/log-level")).bearer_auth(token);
        request.json(&json!({ "default": "Debug", "seconds": 600 })).send().await.unwrap().status()
    };
    assert_eq!(put(server.url.clone(), token).await, 200);
    assert_eq!(server.stop(), 0);
    let server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let levels = format!("{}/admin/log-level", server.admin_url());
    until("the level counts", async || {
        let seen: Value = reqwest::get(&levels).await.unwrap().json().await.unwrap();
        seen["inForce"]["default"] == "Debug"
    })
    .await;
}

#[tokio::test]
async fn slow_statements_are_named_with_how_often_and_how_long() {
    let world = World::new().await;
    let meter = world.parts.database.meter();
    let long_ago = Instant::now() - Duration::from_millis(80);
    let failed: Result<(), String> = Ok(());
    for _ in 0..3 {
        meter.took(infrastructure::sql::meter::Ran::Read, ("ledger.slow_one", "SELECT 1"), long_ago, &failed);
    }
    let seen = world.parts.database.meter().slow_statements();
    let one = seen.iter().find(|one| one.statement == "ledger.slow_one").unwrap();
    assert!(one.count == 3 && one.max_ms >= 80 && one.total_ms >= 240, "{one:?}");
    // A world without a process around it has no measurements.
    assert_eq!(world.home().await.get("/admin/slow-statements").await.ok(), json!({ "items": [] }));
}

/// Everybody is told again of what has changed: a value that another process changed behind the cache's back is seen.
#[tokio::test]
async fn a_replay_of_the_outbox_makes_caches_forget_what_has_changed() {
    let world = World::new().await;
    let home = world.home().await;
    home.post("/accounts", json!({ "code": "1000", "name": { "en": "Cash" }, "type": "asset" }))
        .await
        .expect(201);
    let replay = async |path: &str, minutes: i64| home.post(path, json!({ "minutes": minutes })).await;
    let tried = replay("/admin/outbox/replay?dryRun=true", 60).await.ok();
    assert_eq!((&tried["dryRun"], &tried["tenants"]), (&json!(true), &json!(1)), "{tried}");
    let told = replay("/admin/outbox/replay", 60).await.ok();
    assert_eq!((&told["dryRun"], &told["tenants"]), (&json!(false), &json!(1)), "{told}");
    assert!(told["entities"].as_u64() > Some(0), "{told}");
    let audit = home.get("/audit-log?entity=outbox").await.ok();
    assert_eq!(
        (&audit["items"][0]["action"], audit["items"].as_array().unwrap().len()),
        (&json!("replayed"), 1)
    );
    for minutes in [0, 1_441] {
        replay("/admin/outbox/replay", minutes).await.expect(422);
    }
    world.clock.advance_seconds(7_200);
    assert_eq!(
        world.home().await.post("/admin/outbox/replay?dryRun=true", json!({ "minutes": 30 })).await.ok()["tenants"],
        0,
        "nothing lately"
    );
}

#[tokio::test]
async fn an_integrity_run_proves_the_books_of_every_tenant_or_of_one() {
    let world = World::new().await;
    let home = world.home().await;
    let other = world.tenant("other", "SAR", "sa-standard").await;
    let ended = async |created: Value| {
        let path = format!("/jobs/{}", created["id"].as_str().unwrap());
        let began = Instant::now();
        loop {
            let job = home.get(&path).await.ok();
            if job["status"] != "running" {
                return job;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{job}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let whole = home.post("/admin/integrity-runs", json!({})).await.expect(202);
    assert!(whole.header("location").starts_with("/api/v1/jobs/"));
    let job = ended(whole.json()).await;
    assert_eq!((&job["type"], &job["status"]), (&json!("integrity_run"), &json!("succeeded")), "{job}");
    assert_eq!(
        (&job["result"]["ok"], &job["result"]["tenants"], &job["result"]["findings"]),
        (&json!(true), &json!(2), &json!([]))
    );

    let only = json!({ "tenantId": other.client.get("/tenants/current").await.ok()["id"] });
    let job = ended(home.post("/admin/integrity-runs", only).await.expect(202).json()).await;
    assert_eq!((&job["result"]["ok"], &job["result"]["tenants"]), (&json!(true), &json!(1)), "{job}");
    let nobody = json!({ "tenantId": uuid::Uuid::from_u128(7) });
    home.post("/admin/integrity-runs", nobody).await.expect(404);
}
