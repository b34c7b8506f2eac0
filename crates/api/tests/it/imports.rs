//! Imports as a client sees them: results, problems with row and column, jobs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Answer, TenantKit, World};

/// A job that takes longer never ends; the machine and its database may be slow.
const ENDED_WITHIN: Duration = Duration::from_secs(180);
const GOOD: &str = "entry,date,description,account,debit,credit,currency,project\n\
    1,2031-01-15,Sale,1000,115.00,,,P 1\n1,2031-01-15,Sale,4000,,115.00,,P 1\n";

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    let accounts = "code,name,type\n1000,Cash,asset\n4000,Sales,revenue\n";
    upload(&tenant, "/imports?type=accounts", &[], accounts).await.expect(200);
    (world, tenant)
}

async fn upload(tenant: &TenantKit, path: &str, headers: &[&str], text: &str) -> Answer {
    let kind = if text.starts_with('{') { "application/x-ndjson" } else { "text/csv" };
    let kind = format!("Content-Type: {kind}");
    let headers = headers.iter().copied().chain([kind.as_str()]);
    // However busy the machine is: what these tests are about is seldom how long it takes.
    let patient = headers.clone().all(|header| !header.starts_with("Prefer")).then_some("Prefer: wait=60");
    let headers: Vec<&str> = headers.chain(patient).collect();
    tenant.client.call("POST", path, &headers, text.to_owned()).await
}

async fn entries(tenant: &TenantKit) -> usize {
    tenant.client.get("/journal-entries").await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_file_is_imported_and_posted_at_once() {
    let (_world, tenant) = books().await;
    let path = POSTED;
    let dry = upload(&tenant, &format!("{path}&dryRun=true"), &[], GOOD).await.expect(200).json();
    assert_eq!((&dry["dryRun"], &dry["entries"]), (&json!(true), &json!(1)));
    assert_eq!(entries(&tenant).await, 0);

    let result = upload(&tenant, path, &["Idempotency-Key: once"], GOOD).await.expect(200).json();
    assert_eq!((&result["lines"], &result["dimensions"]), (&json!(2), &json!(["project"])));
    assert_eq!(result["firstNumber"], result["lastNumber"]);
    let again = upload(&tenant, path, &["Idempotency-Key: once"], GOOD).await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", result));
    let other =
        upload(&tenant, path, &["Idempotency-Key: once"], &GOOD.replace("115", "116")).await.expect(422);
    assert_eq!(other.code(), "idempotency_key_reused");
    assert_eq!(entries(&tenant).await, 1);

    upload(&tenant, "/journal-entries/import", &[], &GOOD.replace("Sale", "Another sale")).await.expect(200);
    assert_eq!(entries(&tenant).await, 2, "without post=true they are drafts");
}

#[tokio::test]
async fn problems_have_row_and_column() {
    let (_world, tenant) = books().await;
    let bad = "entry,date,account,debit,credit\n1,2031-01-15,1000,1,\n1,2031-01-15,4444,,1\n2,soon,1000,1,\n";
    let refused = upload(&tenant, "/imports?type=journal-entries", &[], bad).await.expect(422).json();
    assert_eq!(refused["code"], "import_refused");
    assert_eq!(refused["errors"][0]["pointer"], "/rows/3/account");
    assert_eq!(
        (&refused["errors"][0]["row"], &refused["errors"][0]["column"]),
        (&json!(3), &json!("account"))
    );
    assert_eq!(
        (&refused["errors"][1]["row"], &refused["errors"][1]["code"]),
        (&json!(4), &json!("invalid_date"))
    );
    let arabic =
        upload(&tenant, "/imports?type=journal-entries", &["Accept-Language: ar"], bad).await.expect(422);
    assert!(arabic.json()["detail"].as_str().unwrap().contains("مشكلتان"), "{}", arabic.text());
    assert_eq!(entries(&tenant).await, 0);

    upload(&tenant, "/imports?type=everything", &[], bad).await.expect(422);
    let kind = ["Content-Type: application/json"];
    tenant.client.call("POST", "/imports?type=accounts", &kind, bad).await.expect(415);
    upload(&tenant, "/imports?type=accounts", &[], "").await.expect(422);
}

/// Clients that only know files as bytes say nothing else of them.
#[tokio::test]
async fn a_file_that_does_not_say_what_it_is_is_looked_at() {
    let (_world, tenant) = books().await;
    let accounts = [
        "code,name,type\n1001,A,asset\n",
        "code\tname\ttype\n1002\tB\tasset\n",
        "{\"code\":\"1003\",\"name\":\"C\",\"type\":\"asset\"}\n",
        "\u{feff}{\"code\":\"1004\",\"name\":\"D\",\"type\":\"asset\"}\n",
    ];
    let bytes = ["Content-Type: application/octet-stream", "Prefer: wait=60"];
    for file in accounts {
        let imported = tenant.client.call("POST", "/imports?type=accounts", &bytes, file).await.expect(200);
        assert_eq!(imported.json()["accounts"], 1, "{file}");
    }
}

async fn ended(tenant: &TenantKit, location: &str) -> Value {
    let began = Instant::now();
    loop {
        let job = tenant.client.get(location).await.ok();
        if job["status"] != "running" {
            return job;
        }
        assert!(began.elapsed() < ENDED_WITHIN, "the job did not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_job_tells_its_progress_and_what_came_of_it() {
    let (world, tenant) = books().await;
    let path = POSTED;
    let accepted = upload(&tenant, path, &["Prefer: respond-async"], GOOD).await.expect(202);
    let location = accepted.header("location").to_owned();
    assert!(location.starts_with("/api/v1/jobs/"), "{location}");
    let job = ended(&tenant, &location).await;
    assert_eq!(
        (&job["status"], &job["progress"], &job["done"]),
        (&json!("succeeded"), &json!(100), &json!(2))
    );
    assert_eq!(job["result"]["entries"], 1);

    let bad = GOOD.replace("4000", "4444");
    let accepted = upload(&tenant, path, &["Prefer: respond-async"], &bad).await.expect(202);
    let job = ended(&tenant, accepted.header("location")).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("import_refused")));
    assert_eq!(job["error"]["errors"][0]["row"], 3);
    let late = tenant.client.post(&format!("{}/cancel", accepted.header("location")), Value::Null).await;
    assert_eq!(late.expect(409).code(), "job_not_running");

    let jobs = tenant.client.get("/jobs?status=failed").await.ok();
    assert_eq!(jobs["items"].as_array().unwrap().len(), 1);
    let other = world.tenant("beta", "SAR", "empty").await;
    other.client.get(&location).await.expect(404);
}

/// A file that takes a while: so many entries of two lines.
fn large(entries: usize) -> String {
    let mut text = "entry,date,account,debit,credit\n".to_owned();
    for number in 0..entries {
        text.push_str(&format!("{number},2031-01-15,1000,1,\n{number},2031-01-15,4000,,1\n"));
    }
    text
}

const POSTED: &str = "/imports?type=journal-entries&post=true&createPeriods=true&createDimensions=true";

#[tokio::test]
async fn a_cancelled_import_keeps_nothing() {
    let (world, tenant) = books().await;
    let other = world.tenant("beta", "SAR", "empty").await;
    let accepted = upload(&tenant, POSTED, &["Prefer: respond-async"], &large(10_000)).await.expect(202);
    let location = accepted.header("location").to_owned();
    other.client.post(&format!("{location}/cancel"), Value::Null).await.expect(404);
    let asked = tenant.client.post(&format!("{location}/cancel"), Value::Null).await.expect(200).json();
    assert_eq!((&asked["status"], &asked["cancelRequested"]), (&json!("running"), &json!(true)));
    let job = ended(&tenant, &location).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("cancelled"), &json!("job_cancelled")));
    assert_eq!(entries(&tenant).await, 0);
    let years = tenant.client.get("/fiscal-years?code=2031").await.ok();
    assert_eq!(years["items"], json!([]), "nor the periods it would have made");
    let next = upload(&tenant, POSTED, &[], GOOD).await.expect(200).json();
    assert!(next["firstNumber"].as_str().unwrap().ends_with("000001"), "no number is lost: {next}");
}

/// Every moment at which a caller may go away: while it sends, while the job is noted, while it waits for the result.
#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_job_that_nobody_works_at() {
    let (_world, tenant) = books().await;
    let text = large(200);
    let again = format!("{POSTED}&allowDuplicate=true");
    for moment in 0..40 {
        let pause = Duration::from_micros(moment * 700);
        let _ = tokio::time::timeout(pause, upload(&tenant, &again, &[], &text)).await;
    }
    let jobs = loop {
        // The last one may still have to be noted.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let jobs = tenant.client.get("/jobs?type=import_journal_entries&limit=100").await.ok();
        let jobs = jobs["items"].as_array().unwrap().clone();
        if jobs.iter().all(|job| job["status"] != "running") {
            break jobs;
        }
    };
    assert!(jobs.iter().all(|job| job["status"] == "succeeded"), "{jobs:?}");
    let kept = tenant.client.get("/journal-entries?count=exact&limit=1").await.ok();
    assert_eq!(kept["total"], 200 * jobs.len(), "what a job says it kept is what there is");
}

#[tokio::test]
async fn an_upload_that_breaks_off_gives_its_place_back() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_erp-api"));
    let server = testkit::Server::start(binary, folder.path(), &[("Bootstrap:Template", "empty")]).await;
    let token = server.token().await;
    let address = server.url.strip_prefix("http://").unwrap();
    for _ in 0..8 {
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /api/v1/imports?type=accounts HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: text/csv\r\nContent-Length: 1000000\r\n\r\ncode,name,type\n1000,Cash,asset\n"
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.flush().unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let client = reqwest::Client::new();
    let request = |method: reqwest::Method, path: &str| {
        client.request(method, format!("{}/api/v1{path}", server.url)).bearer_auth(&token)
    };
    let list = |path: &'static str| {
        let request = request(reqwest::Method::GET, path);
        async move { request.send().await.unwrap().json::<Value>().await.unwrap() }
    };
    assert_eq!(list("/accounts").await["items"], json!([]), "half a file is no file");
    assert_eq!(list("/jobs").await["items"], json!([]));
    let whole = request(reqwest::Method::POST, "/imports?type=accounts")
        .header("Content-Type", "text/csv")
        .body("code,name,type\n1000,Cash,asset\n");
    assert_eq!(whole.send().await.unwrap().status(), 200);
}
