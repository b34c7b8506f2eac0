use std::path::Path;
use std::sync::Arc;

use domain::time::Timestamp;

use super::super::{Enrichers, Format, Level, LevelRules, Outputs, Rolling};
use super::*;
use crate::config::{Gathered, Sources};
use crate::tests::stub::{api, call};

/// The text with which the stub's handler panics; here it is a password.
const SECRET: &str = "a secret detail";

/// The log file of a process that was given the password in a connection string.
fn started(folder: &Path) -> Logs {
    let pair = |key: &str, value: String| (key.to_owned(), value);
    let sources = Sources {
        directory: "/nonexistent".into(),
        variables: vec![
            pair("ASPNETCORE_ENVIRONMENT", "Development".to_owned()),
            pair(
                "ConnectionStrings__DefaultConnection",
                format!("Server=db;Database=erp;User Id=erp;Password={SECRET}"),
            ),
        ],
        ..Sources::default()
    };
    Gathered::local(&sources).unwrap();
    let rolling = Rolling { path: folder.join("erp-.log"), bytes_max: 1 << 20, files_max: 2 };
    let outputs = Outputs { console: Format::Text, file: Some((Format::Text, rolling)) };
    let time = Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap());
    let levels = LevelRules::new(Level::Information, []);
    Logs::start(levels, outputs, Enrichers::default(), time, None).unwrap()
}

/// The hook belongs to the process, which the test runner gives each test for itself.
#[tokio::test]
async fn the_text_of_a_panic_tells_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let logs = started(folder.path());
    log(logs.clone());
    thread::spawn(|| panic!("login failed: {SECRET}")).join().unwrap_err();
    let reply = call(&api(), "GET", "/api/v1/panic", &[], "").await;
    assert_eq!(reply.status.as_u16(), 500);
    let joined = tokio::spawn(async { panic!("lost: {SECRET}") }).await.unwrap_err();
    let error: &(dyn Error + 'static) = &joined;
    tracing::error!(target: "erp", error, "A task ended");
    logs.flush(PATIENCE);
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    for line in [
        "login failed: ***, at ",
        "a handler panicked: ***, at ",
        "lost: ***, at ",
        "with message \"lost: ***\"",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains(SECRET) && !reply.body.contains(SECRET), "{text}");
    assert_eq!(secrets::hide(format!("{SECRET}!")), "***!");
}
