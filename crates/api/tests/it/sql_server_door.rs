//! The real binary before a stub of SQL Server: with what it logs in, what it refuses to start with, and what requests get
//! when there is no connection for them. Needs no server.

mod connections;
mod refusals;
mod tokens;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use erp_stubs::tds::{Answer, Gate};
use erp_stubs::{Stubs, entra};
use reqwest::Response;
use tempfile::TempDir;
use testkit::server::ADMIN_URLS;
use testkit::{Server, SqlServerStub, until};

/// A process that has not answered by then hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// The answer to an unknown client, as OAuth says (RFC 6749, 5.2).
const UNKNOWN: u16 = 400;
/// The first statement of a sign-in.
const SIGN_IN: &str = "FROM app_user";

/// The servers around the product, and its folder.
struct Door {
    stubs: Stubs,
    sql: SqlServerStub,
    folder: TempDir,
}

impl Door {
    async fn new() -> Self {
        let (stubs, sql) = (Stubs::start().await.unwrap(), SqlServerStub::start().await);
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("secrets")).unwrap();
        std::fs::write(folder.path().join("ca.pem"), stubs.ca_pem()).unwrap();
        std::fs::write(folder.path().join("token"), "federated-token").unwrap();
        Self { stubs, sql, folder }
    }

    /// The binary with this database and nothing else from the cloud.
    fn command(&self, environment: &str, database: &str) -> Command {
        let folder = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_erp-api"));
        command
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .env("ASPNETCORE_ENVIRONMENT", environment)
            .env("Secrets__Directory", folder.join("secrets"))
            .env("SSL_CERT_FILE", folder.join("ca.pem"))
            .env("KeyVault__Uri", format!("file://{}", folder.join("secrets").display()))
            .env("Admin__Urls", ADMIN_URLS)
            // The address of processes that are refused; one that serves has its own.
            .env("ASPNETCORE_URLS", "http://127.0.0.1:0")
            .env("Auth__SigningKeys__0", "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae")
            .env("ConnectionStrings__DefaultConnection", database)
            .env("ConnectionStrings__Redis", "memory://")
            .env("AzureStorage__ConnectionString", "file://blobs")
            .env("ApplicationInsights__ConnectionString", "off");
        command
    }

    /// The command with a workload identity.
    fn identified(&self, environment: &str, database: &str) -> Command {
        let mut command = self.command(environment, database);
        command
            .env("AZURE_AUTHORITY_HOST", self.stubs.origin())
            .env("AZURE_TENANT_ID", entra::TENANT)
            .env("AZURE_CLIENT_ID", entra::CLIENT)
            .env("AZURE_FEDERATED_TOKEN_FILE", self.folder.path().join("token"));
        command
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the command until it serves.
    async fn started(&self, command: Command) -> Server {
        let mut server = Server::launch(command, self.folder(), &[]);
        server.wait_until_ready().await;
        server
    }
}

/// Somebody whom nobody knows signs in.
async fn sign_in(server: &Server, name: &str) -> Response {
    let form = [("grant_type", "password"), ("username", name), ("password", "correct horse battery staple")];
    let url = format!("{}/api/v1/auth/token", server.url);
    reqwest::Client::new().post(url).form(&form).timeout(LIMIT).send().await.unwrap()
}

#[track_caller]
fn come_again(answer: &Response) {
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

/// G1: as many as there are connections are served, the others are told when to come again.
/// Proves: G1, X58.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_no_connection_is_told_to_come_again() {
    let door = Door::new().await;
    let database = door.sql.connection_string("Max Pool Size=1;Connect Timeout=1");
    let server = door.started(door.command("Production", &database)).await;
    let gate = Gate::default();
    door.sql.always(SIGN_IN, Answer::Behind(gate.clone()));
    let first = sign_in(&server, "first@home.example");
    let others = async {
        until("the only connection is busy", async || door.sql.asked(SIGN_IN) == 1).await;
        let (second, third) =
            tokio::join!(sign_in(&server, "second@home.example"), sign_in(&server, "third@home.example"));
        come_again(&second);
        come_again(&third);
        assert_eq!(door.sql.asked(SIGN_IN), 1, "they did not get as far as the server");
        gate.open();
    };
    let (first, ()) = tokio::join!(first, others);
    assert_eq!(first.status(), UNKNOWN, "whoever had it was answered");
    assert_eq!(sign_in(&server, "second@home.example").await.status(), UNKNOWN);
}

/// G2: one transient error costs a request nothing; when they do not end it is told to come again.
/// Proves: G2, X61.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_moves_costs_a_request_a_moment_or_a_503() {
    let door = Door::new().await;
    let server = door.started(door.command("Production", &door.sql.connection_string(""))).await;
    door.sql.next(1, SIGN_IN, Answer::error_of(40613, 17));
    assert_eq!(sign_in(&server, "first@home.example").await.status(), UNKNOWN);
    door.sql.always(SIGN_IN, Answer::error_of(40501, 20));
    come_again(&sign_in(&server, "second@home.example").await);
    door.sql.always(SIGN_IN, Answer::Well);
    assert_eq!(sign_in(&server, "third@home.example").await.status(), UNKNOWN);
}
