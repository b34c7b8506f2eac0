//! The specification's three settings files start the real binary against real peers. Only hosts, ports, names and secrets
//! in them are replaced. Runs with `ERP_TEST_PROFILE=cloud`; Staging and Production want a server whose certificate is
//! good, so they need the file of its authority in `ERP_TEST_SQLSERVER_CA`; without it `scripts/test-cloud` skips them.

use std::path::Path;

use application::ports::clock::{Clock, Ids};
use domain::time_zone::TimeZone;
use erp_stubs::{Stubs, entra};
use infrastructure::sql::mssql::connection_string::{Login, SqlServerOptions};
use infrastructure::sql::mssql::migrate::drop_database;
use infrastructure::system::{SystemClock, SystemIds};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::cloud::AZURITE;
use testkit::peers::{RedisServer, RedisSetup};
use testkit::server::command;
use testkit::sql_server::needed;
use testkit::world::entry;
use testkit::{Server, not_run};

const DEVELOPMENT: &str = include_str!("../../src/config/fixtures/appsettings.Development.json");
const STAGING: &str = include_str!("../../src/config/fixtures/appsettings.Staging.json");
const PRODUCTION: &str = include_str!("../../src/config/fixtures/appsettings.Production.json");

/// The authority that signed the server's certificate, a PEM file.
const AUTHORITY: &str = "ERP_TEST_SQLSERVER_CA";
const TELEMETRY: &str = "InstrumentationKey=00000000-0000-0000-0000-000000000001";

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_erp-api"))
}

/// Where the servers of one test are, and its folder.
struct Peers {
    sql: SqlServerOptions,
    redis: RedisServer,
    stubs: Stubs,
    azurite: String,
    folder: TempDir,
}

impl Peers {
    async fn start(redis: RedisSetup) -> Self {
        let sql = needed();
        let database = format!("erp_test_files_{}", SystemIds.new_id().simple());
        Self {
            sql: SqlServerOptions { database: Some(database), ..sql },
            redis: RedisServer::with(redis).await,
            stubs: Stubs::start().await.unwrap(),
            azurite: std::env::var(AZURITE).expect("run the suite with scripts/test-cloud"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn sql_server(&self) -> String {
        format!("{},{}", self.sql.host, self.sql.port)
    }

    fn database(&self) -> &str {
        self.sql.database.as_deref().unwrap()
    }

    fn login(&self) -> (&str, &str) {
        match &self.sql.login {
            Login::Password { user, password } => (user, password),
            Login::Identity { .. } => panic!("ERP_TEST_SQLSERVER needs a user and a password"),
        }
    }

    /// One setting of Azurite's connection string.
    fn azurite(&self, name: &str) -> &str {
        let prefix = format!("{name}=");
        self.azurite.split(';').find_map(|part| part.strip_prefix(&prefix)).unwrap()
    }

    /// Writes the file with its replacements, each of which must be there.
    fn write(&self, environment: &str, text: &str, replaced: &[(&str, &str)]) {
        let mut text = text.to_owned();
        for (from, to) in replaced {
            assert!(text.contains(from), "{from} is not in the file");
            let quoted = Value::from(*to).to_string();
            text = text.replace(from, quoted.trim_matches('"'));
        }
        std::fs::write(self.folder.path().join(format!("appsettings.{environment}.json")), text).unwrap();
    }

    /// Settings that only the process's environment has: where it listens, whom it trusts, who it is.
    fn environment(&self, name: &str) -> Vec<(String, String)> {
        let folder = self.folder.path();
        let mut authorities = self.stubs.ca_pem().to_owned();
        authorities.push_str(&String::from_utf8(self.redis.authority_if_any()).unwrap());
        // `TrustServerCertificate` is for Development only.
        if name != "Development" {
            let file = std::env::var(AUTHORITY)
                .expect("ERP_TEST_SQLSERVER_CA names the file of the server's authority");
            authorities.push_str(&std::fs::read_to_string(file).unwrap());
        }
        std::fs::write(folder.join("ca.pem"), authorities).unwrap();
        std::fs::write(folder.join("token"), "federated-token").unwrap();
        let path = |file: &str| folder.join(file).display().to_string();
        let pairs = [
            ("ASPNETCORE_ENVIRONMENT", name.to_owned()),
            ("SSL_CERT_FILE", path("ca.pem")),
            ("AZURE_AUTHORITY_HOST", self.stubs.origin()),
            ("AZURE_TENANT_ID", entra::TENANT.to_owned()),
            ("AZURE_CLIENT_ID", entra::CLIENT.to_owned()),
            ("AZURE_FEDERATED_TOKEN_FILE", path("token")),
            ("Bootstrap__Template", "empty".to_owned()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// `erp-api migrate`, as a job does before the deployment.
    fn migrate(&self, environment: &[(String, String)]) {
        let mut command = command(binary(), self.folder.path());
        command.arg("migrate").envs(environment.iter().cloned());
        let output = command.output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("applied"), "{said}");
    }

    /// Starts, signs in, posts, uploads, reads back, looks at its health, and stops.
    async fn works(self, environment: &[(String, String)]) {
        let settings: Vec<_> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let server = Server::start(binary(), self.folder.path(), &settings).await;
        let api = Api { token: server.token().await, url: format!("{}/api/v1", server.url) };
        for (code, kind) in [("1000", "asset"), ("4000", "income")] {
            let body = json!({ "code": code, "name": { "en": code }, "type": kind });
            api.post("/accounts", &body).await;
        }
        let today = TimeZone::of_country("SA").day_of(SystemClock.now()).to_string();
        let sale = entry(&today, &[("1000", "5.00", ""), ("4000", "", "5.00")], true);
        let posted = api.post("/journal-entries", &sale).await;
        assert_eq!(posted["status"], "posted", "{posted}");

        let bytes = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n".as_slice();
        let id = posted["id"].as_str().unwrap();
        let path = format!("/attachments?documentType=journal_entry&documentId={id}&name=receipt.pdf");
        let upload = api.request("POST", &path).header("Content-Type", "application/pdf").body(bytes);
        let attached = api.json(upload).await;
        let path = format!("/attachments/{}/content", attached["id"].as_str().unwrap());
        let read = api.request("GET", &path).send().await.unwrap();
        assert_eq!((read.status().as_u16(), read.bytes().await.unwrap().as_ref()), (200, bytes));

        let health = reqwest::Client::new().get(format!("{}/health", server.url)).bearer_auth(&api.token);
        let health: Value = health.send().await.unwrap().json().await.unwrap();
        assert_eq!(health["status"], "Healthy", "{health}");
        assert_eq!(server.stop(), 0);
        drop_database(&self.sql).await.unwrap();
    }
}

struct Api {
    url: String,
    token: String,
}

impl Api {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.url);
        reqwest::Client::new().request(method.parse().unwrap(), url).bearer_auth(&self.token)
    }

    async fn json(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 201, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.request("POST", path).header("Content-Type", "application/json");
        self.json(request.body(body.to_string())).await
    }
}

/// Proves: B2, B3, B5.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn the_development_file_starts_a_server_on_its_peers() {
    let peers = Peers::start(RedisSetup::default()).await;
    let (user, password) = peers.login();
    peers.write(
        "Development",
        DEVELOPMENT,
        &[
            ("Server=localhost;", &format!("Server={};", peers.sql_server())),
            ("ErpDev", peers.database()),
            ("User Id=sa", &format!("User Id={user}")),
            ("YourStrong@Password", password),
            ("localhost:6379", &peers.redis.connection_string()),
            // The word stands for an account on port 10000; another port is written out.
            ("UseDevelopmentStorage=true", &peers.azurite),
        ],
    );
    let environment = peers.environment("Development");
    peers.works(&environment).await;
}

/// Whether the server's authority is known; without it nothing but Development can connect.
fn knows_the_authority() -> bool {
    let known = std::env::var(AUTHORITY).is_ok();
    if !known {
        not_run(&format!("needs {AUTHORITY}, because TrustServerCertificate is for Development only"));
    }
    known
}

const TLS: RedisSetup =
    RedisSetup { password: Some("of-this-test"), tls: true, durable: false, cluster: false, lines: &[] };

/// Proves: B2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn the_staging_file_starts_a_server_on_its_peers() {
    let peers = Peers::start(TLS).await;
    if !knows_the_authority() {
        return;
    }
    peers.stubs.vault().set("jwt-key", "q8Rr2vX0mYw1ZpLk7NfTb5Hc9JdSg3Ae");
    // The file logs in with the process's identity and stores files with it; the peers know accounts with secrets.
    let (user, password) = peers.login();
    let login = format!("{};User Id={user};Password={password}", peers.database());
    let account = format!(
        "AccountName={};AccountKey={};BlobEndpoint={}",
        peers.azurite("AccountName"),
        peers.azurite("AccountKey"),
        peers.azurite("BlobEndpoint")
    );
    peers.write(
        "Staging",
        STAGING,
        &[
            ("erp-staging.database.windows.net", &peers.sql_server()),
            ("ErpStaging", &login),
            ("erp-staging.redis.cache.windows.net:6380", &peers.redis.endpoint()),
            ("password=...", "password=of-this-test"),
            ("AccountName=erpstaging", &account),
            ("https://erp-staging-kv.vault.azure.net/", &format!("{}/", peers.stubs.origin())),
            ("InstrumentationKey=...", TELEMETRY),
        ],
    );
    let environment = peers.environment("Staging");
    peers.migrate(&environment);
    peers.works(&environment).await;
}

/// Proves: B2, B12.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn the_production_file_starts_a_server_on_its_peers() {
    let peers = Peers::start(TLS).await;
    if !knows_the_authority() {
        return;
    }
    let (user, password) = peers.login();
    let (sql_server, database) = (peers.sql_server(), peers.database());
    let vault = peers.stubs.vault();
    vault.set("jwt-key", "T5bHc9JdSg3Aeq8Rr2vX0mYw1ZpLk7Nf");
    let text = format!("Server={sql_server};Database={database};User Id={user};Password={password}");
    vault.set("ConnectionStrings--DefaultConnection", &text);
    vault.set("ConnectionStrings--Redis", &peers.redis.connection_string());
    vault.set("AzureStorage--ConnectionString", &peers.azurite);
    vault.set("ApplicationInsights--ConnectionString", TELEMETRY);
    let origin = format!("{}/", peers.stubs.origin());
    peers.write("Production", PRODUCTION, &[("https://erp-prod-kv.vault.azure.net/", &origin)]);
    let environment = peers.environment("Production");
    peers.migrate(&environment);
    peers.works(&environment).await;
}
