//! The README's walk-through, every line of it, against the real binary.

use std::path::Path;
use std::process::Command;

use testkit::Server;
use testkit::world::PASSWORD;

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const README: &str = include_str!("../../../../README.md");

#[tokio::test]
async fn every_line_of_the_readme_does_what_it_says() {
    let script = README.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings = [("Bootstrap:Template", "sa-standard"), ("Bootstrap:AdminEmail", "admin@example.com")];
    let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder.path())
        .env("API", format!("{}/api/v1", server.url))
        .env("PASSWORD", PASSWORD)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(r#""status":"draft""#), "{said}");
    assert!(said.contains(r#""status":"posted""#), "{said}");
    assert!(said.contains("\naccount,debit,credit") || said.contains("}account,debit,credit"), "{said}");
    assert!(said.contains("\n6210,") && said.contains("\n1113,"), "{said}");
    assert!(said.contains("invalid_date") && said.contains("amount"), "{said}");
    for expected in [
        r#""number":"INV-"#,
        r#""total":"3450.00""#,
        r#""number":"RCT-"#,
        "HORIZON,1450.00",
        r#""name":{"ar":"#,
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let journal = std::fs::read_to_string(folder.path().join("ledger.journal")).unwrap();
    assert!(journal.contains("Office rent"), "{journal}");
}
