//! A database file that is damaged, replaced, linked or read by others: what the server, its clients and its operator see.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use testkit::Server;
use testkit::server::{command, free_port};
use testkit::world::entry;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const SETTINGS: &[(&str, &str)] = &[("Bootstrap:Template", "sa-standard")];
const PAGE_BYTES: usize = 4096;

fn database(folder: &Path) -> PathBuf {
    folder.join("data/erp.db")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn start(folder: &Path) -> Server {
    Server::start(Path::new(BINARY), folder, SETTINGS).await
}

/// A stopped server's folder with example books.
async fn books() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(start(folder.path()).await.stop(), 0);
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(Path::new(BINARY), folder).args(arguments).output().unwrap()
}

/// Every page but the first few is overwritten: the engine meets it as soon as it looks.
fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let from = PAGE_BYTES * 8;
    assert!(bytes.len() > from * 4);
    for page in (from..bytes.len() - PAGE_BYTES).step_by(PAGE_BYTES) {
        bytes[page..page + 64].fill(0x5a);
    }
    std::fs::write(file, bytes).unwrap();
}

async fn problem(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} {text}")))
}

#[tokio::test]
async fn a_damaged_database_is_unhealthy_and_takes_no_writes() {
    let folder = books().await;
    let server = start(folder.path()).await;
    let token = server.token().await;
    assert_eq!(server.stop(), 0);
    damage(&database(folder.path()));
    let (url, client) = (format!("http://127.0.0.1:{}", free_port()), reqwest::Client::new());
    let mut child = command(Path::new(BINARY), folder.path())
        .env("ASPNETCORE_URLS", &url)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut unhealthy = false;
    for _ in 0..600 {
        if let Ok(answer) = client.get(format!("{url}/health")).send().await
            && answer.text().await.unwrap().contains("Unhealthy")
        {
            unhealthy = true;
            break;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    if !unhealthy {
        // The damage lies where the start itself reads: it is refused with the file and what to do.
        let output = child.wait_with_output().unwrap();
        let said = said(&output);
        assert!(said.contains("erp.db") && said.contains("Restore a backup"), "{said}");
        return;
    }
    let account = json!({ "code": "9999", "name": { "en": "x" }, "type": "asset" });
    let post = |language: &'static str| {
        let request = client.post(format!("{url}/api/v1/accounts")).bearer_auth(&token).json(&account);
        request.header("Accept-Language", language).send()
    };
    for (language, text) in [("en", "Restore a backup"), ("ar", "نسخة احتياطية")] {
        let (status, problem) = problem(post(language).await.unwrap()).await;
        assert_eq!((status, &problem["code"]), (503, &json!("database_damaged")), "{problem}");
        assert!(problem.to_string().contains(text), "{problem}");
    }
    for path in ["/integrity/checks", "/exports/ledger", "/exports/ledger?format=hledger"] {
        let answer = client.get(format!("{url}/api/v1{path}")).bearer_auth(&token).send().await.unwrap();
        let (status, problem) = problem(answer).await;
        assert_eq!((status, &problem["code"]), (503, &json!("database_damaged")), "{path} {problem}");
    }
    let verify = client.post(format!("{url}/api/v1/integrity/verify")).bearer_auth(&token).json(&json!({}));
    let (status, problem) = problem(verify.send().await.unwrap()).await;
    assert_eq!((status, &problem["code"]), (503, &json!("database_damaged")), "{problem}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_with_its_name_and_the_remedy() {
    let folder = books().await;
    let copy = folder.path().join("copy.db");
    let backed_up = run(folder.path(), &["backup", copy.to_str().unwrap()]);
    assert!(backed_up.status.success(), "{}", said(&backed_up));
    std::fs::write(database(folder.path()), "no database at all. ".repeat(1_000)).unwrap();
    let refused = run(folder.path(), &["serve"]);
    let text = said(&refused);
    assert_eq!(refused.status.code(), Some(1), "{text}");
    assert!(text.contains("erp.db") && text.contains("erp-api restore"), "{text}");
    let restored = run(folder.path(), &["restore", copy.to_str().unwrap()]);
    assert!(restored.status.success(), "{}", said(&restored));
    assert_eq!(start(folder.path()).await.stop(), 0);
}

/// A backup tells the checksum by which it is known again, and names what is wrong with a file's name in plain words.
#[tokio::test]
async fn backups_print_their_checksum_and_say_what_is_wrong_with_a_name() {
    let folder = books().await;
    let copy = folder.path().join("copy.db");
    let made = run(folder.path(), &["backup", copy.to_str().unwrap()]);
    let sum = Command::new("sha256sum").arg(&copy).output().unwrap();
    let sum = String::from_utf8_lossy(&sum.stdout).split(' ').next().unwrap().to_owned();
    assert!(sum.len() == 64 && said(&made).contains(&sum), "{}", said(&made));
    let again = said(&run(folder.path(), &["backup", copy.to_str().unwrap()]));
    assert!(again.contains("copy.db exists already") && !again.contains("storage"), "{again}");
    let absent = said(&run(folder.path(), &["restore", "absent.db"]));
    assert!(absent.contains("absent.db does not exist") && !absent.contains("storage"), "{absent}");
}

/// Bytes of a text that the engine does not look at: only the books themselves know that they were changed.
/// Proves: X73.
#[tokio::test]
async fn a_backup_whose_books_were_changed_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let token = server.token().await;
    let lines = [("1113", "5.00", ""), ("4110", "", "5.00")];
    let mut body = entry("2026-03-01", &lines, true);
    body["description"] = json!("tamper-with-me");
    let url = format!("{}/api/v1", server.url);
    let client = reqwest::Client::new();
    let accounts =
        client.get(format!("{url}/accounts?isPosting=true&limit=2")).bearer_auth(&token).send().await;
    let accounts: Value = accounts.unwrap().json().await.unwrap();
    for line in 0..2 {
        body["lines"][line]["accountCode"] = accounts["items"][line]["code"].clone();
    }
    let periods =
        client.get(format!("{url}/fiscal-periods?kind=regular&status=open&limit=1")).bearer_auth(&token);
    let periods: Value = periods.send().await.unwrap().json().await.unwrap();
    body["postingDate"] = periods["items"][0]["start"].clone();
    let posted =
        client.post(format!("{url}/journal-entries")).bearer_auth(&token).json(&body).send().await.unwrap();
    assert_eq!(posted.status(), 201, "{}", posted.text().await.unwrap());
    assert_eq!(server.stop(), 0);
    let copy = folder.path().join("copy.db");
    assert!(run(folder.path(), &["backup", copy.to_str().unwrap()]).status.success());
    let mut bytes = std::fs::read(&copy).unwrap();
    let text = b"tamper-with-me";
    let places: Vec<_> = bytes
        .windows(text.len())
        .enumerate()
        .filter(|(_, window)| window == text)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] = b'T';
    }
    std::fs::write(&copy, bytes).unwrap();
    let before = std::fs::read(database(folder.path())).unwrap();
    let refused = run(folder.path(), &["restore", copy.to_str().unwrap()]);
    let text = said(&refused);
    assert_eq!(refused.status.code(), Some(1), "{text}");
    assert!(text.contains("hash chain") && text.contains("nothing was restored"), "{text}");
    assert_eq!(std::fs::read(database(folder.path())).unwrap(), before, "the database is as it was");
    let left: Vec<_> = std::fs::read_dir(folder.path().join("data")).unwrap().flatten().collect();
    assert!(left.iter().all(|file| !file.file_name().to_string_lossy().contains("restor")), "{left:?}");
}

/// A copy of the one file after a clean stop has all of the books.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clean_stop_under_load_leaves_the_books_in_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let (token, url) = (server.token().await, format!("{}/api/v1/accounts", server.url));
    let posters: Vec<_> = (0..8)
        .map(|poster| {
            let (token, url) = (token.clone(), url.clone());
            tokio::spawn(async move {
                let client = reqwest::Client::new();
                for n in 0.. {
                    let code = format!("9{poster}{n:06}");
                    let body = json!({ "code": code, "name": { "en": "x".repeat(100) }, "type": "asset" });
                    let Ok(answer) = client.post(&url).bearer_auth(&token).json(&body).send().await else {
                        return n;
                    };
                    if answer.status() != 201 {
                        return n;
                    }
                }
                0
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let code = tokio::task::spawn_blocking(move || server.stop()).await.unwrap();
    assert_eq!(code, 0);
    let mut made = 0;
    for poster in posters {
        made += poster.await.unwrap();
    }
    assert!(made > 0);
    let wal = folder.path().join("data/erp.db-wal");
    assert!(std::fs::metadata(&wal).map_or(0, |file| file.len()) == 0, "the write-ahead log was left behind");
}

#[cfg(unix)]
#[tokio::test]
async fn the_books_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_after("umask 022", Path::new(BINARY), folder.path(), SETTINGS).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let data = folder.path().join("data");
    assert_eq!(mode(&data), 0o700);
    for name in ["erp.db", "erp.db-wal", "erp.db-shm"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    let copy = folder.path().join("copy.db");
    assert!(run(folder.path(), &["backup", copy.to_str().unwrap()]).status.success());
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(server.stop(), 0);
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(run(folder.path(), &["restore", copy.to_str().unwrap()]).status.success());
    assert_eq!(mode(&data.join("erp.db")), 0o600, "a restored file is no wider than one that was made");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_the_database_is_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let other = tempfile::tempdir().unwrap();
    std::fs::create_dir(other.path().join("data")).unwrap();
    std::os::unix::fs::symlink(database(folder.path()), database(other.path())).unwrap();
    let refused = command(Path::new(BINARY), other.path())
        .env("ASPNETCORE_URLS", format!("http://127.0.0.1:{}", free_port()))
        .output()
        .unwrap();
    let text = said(&refused);
    assert_eq!(refused.status.code(), Some(1), "{text}");
    assert!(text.contains("in use by another server"), "{text}");
    assert_eq!(server.stop(), 0);
}

/// A quota of file sizes is a full disk, not the end of the process.
#[cfg(unix)]
#[tokio::test]
async fn a_limit_of_file_sizes_does_not_kill_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let line = "trap - XFSZ; ulimit -S -f 4096";
    let settings = [("Bootstrap:Template", "empty")];
    let server = Server::start_after(line, Path::new(BINARY), folder.path(), &settings).await;
    let (token, url) = (server.token().await, format!("{}/api/v1/accounts", server.url));
    let client = reqwest::Client::new();
    let mut n = 0;
    let refused = loop {
        n += 1;
        let body = json!({ "code": format!("9{n:06}"), "name": { "en": "x".repeat(200) }, "type": "asset" });
        let answer = client.post(&url).bearer_auth(&token).json(&body).send().await.unwrap();
        if answer.status() != 201 {
            break answer;
        }
        assert!(n < 20_000, "the limit was never met");
    };
    let (status, problem) = problem(refused).await;
    assert_eq!((status, &problem["code"]), (503, &json!("storage_full")), "{problem}");
    assert_eq!(server.stop(), 0);
}

/// Values that a server would refuse, `config check` refuses, too; and a refused start leaves no database behind.
#[test]
fn values_an_empty_database_cannot_be_filled_with_are_refused_before_it_is_made() {
    for (key, value, told) in [
        ("Bootstrap__AdminPassword", "admin", "Bootstrap:AdminPassword"),
        ("Bootstrap__AdminEmail", "admin@", "Bootstrap:AdminEmail"),
        ("Bootstrap__Tenant", "no code!", "Bootstrap:Tenant"),
        ("Bootstrap__Currency", "ZZZ", "Bootstrap:Currency"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for arguments in [vec!["config", "check"], vec!["serve"]] {
            let output = command(Path::new(BINARY), folder.path())
                .args(&arguments)
                .env("ASPNETCORE_URLS", format!("http://127.0.0.1:{}", free_port()))
                .env(key, value)
                .output();
            let output = output.unwrap();
            let text = said(&output);
            assert_eq!(output.status.code(), Some(78), "{arguments:?} {text}");
            assert!(text.contains(told), "{arguments:?} {text}");
            assert!(!database(folder.path()).exists(), "{arguments:?} left a database");
        }
    }
}
