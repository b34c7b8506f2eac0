//! Which bytes a listener on the way can read, and which server the product tells its password (rows B3, X10).

use std::sync::Arc;

use erp_stubs::tds::{Answer, Encrypting, Encryption, Rows};
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::db::Db;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::engine::OpenSqlServer;
use infrastructure::sql::mssql::migrate::Migrating;
use infrastructure::system::{SystemClock, SystemIds};
use testkit::SqlServerStub;
use testkit::sql_server_stub::{PASSWORD, USER};

use super::opened;

/// In a question, and in its answer.
const ASKED: &str = "sentinel_of_the_question";
const ANSWERED: &str = "sentinel of the answer";

/// Asks and is answered; how the logins came.
async fn session(stub: &SqlServerStub, more: &str) -> Vec<Encryption> {
    stub.always(ASKED, Answer::rows(Rows::single("name", ANSWERED)));
    let db = opened(stub, more).await.unwrap_or_else(|error| panic!("{more}: {error}"));
    let rows = db.query_text(&format!("SELECT name FROM {ASKED}"), &[]).await.unwrap();
    let name: String = rows.into_iter().next().unwrap().single("book", "name").unwrap();
    assert_eq!(name, ANSWERED);
    stub.logins().iter().map(|login| login.encryption).collect()
}

/// Proves: B3, X10.
#[tokio::test]
async fn nobody_on_the_way_reads_anything_of_a_session() {
    let ways = [
        ("", Encryption::Session),
        ("Encrypt=True", Encryption::Session),
        ("Encrypt=Mandatory", Encryption::Session),
        ("Encrypt=yes;TrustServerCertificate=true", Encryption::Session),
        ("Encrypt=Strict", Encryption::Strict),
    ];
    for (more, expected) in ways {
        let stub = SqlServerStub::start().await;
        let came = session(&stub, more).await;
        assert!(came.iter().all(|way| *way == expected), "{more}: {came:?}");
        for secret in [ASKED, ANSWERED, PASSWORD, USER] {
            assert!(!stub.wire_shows(secret), "{more}: {secret} can be read");
        }
    }
}

/// Shows what the other test would see if there were no encryption, and what remains of it.
/// Proves: B3.
#[tokio::test]
async fn without_encryption_the_login_is_still_encrypted() {
    let stub = SqlServerStub::start().await;
    let came = session(&stub, "Encrypt=False").await;
    assert!(came.iter().all(|way| *way == Encryption::Login), "{came:?}");
    assert!(stub.wire_shows(ASKED) && stub.wire_shows(ANSWERED), "the books go over the network as they are");
    assert!(!stub.wire_shows(PASSWORD) && !stub.wire_shows(USER));
    // A server that insists has its way.
    let insisting = SqlServerStub::start().await;
    insisting.encrypting(Encrypting::Required);
    let came = session(&insisting, "Encrypt=False").await;
    assert!(came.iter().all(|way| *way == Encryption::Session), "{came:?}");
    assert!(!insisting.wire_shows(ASKED));
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_hears_no_login() {
    // TDS 8 does not ask.
    for more in ["", "Encrypt=False", "Encrypt=False;TrustServerCertificate=true"] {
        let stub = SqlServerStub::start().await;
        stub.encrypting(Encrypting::Unsupported);
        assert!(opened(&stub, more).await.is_err(), "{more}");
        assert!(stub.dials() > 0 && stub.logins().is_empty(), "{more}");
        assert!(!stub.wire_shows(PASSWORD) && !stub.wire_shows(USER), "{more}");
    }
}

/// The options of a string that names the server as it stands here.
async fn reached(stub: &SqlServerStub, server: &str, more: &str) -> Result<(), String> {
    let port = stub.port();
    let text = format!("Server=tcp:{server},{port};Database=erp;User Id={USER};Password={PASSWORD};{more}");
    let open = OpenSqlServer {
        options: SqlServerOptions::parse(&text).unwrap(),
        tokens: None,
        migrating: Migrating::Check,
    };
    let opened = Db::open_sql_server(open, Arc::new(SystemClock), Arc::new(SystemIds), SqlUnitOfWork::open);
    opened.await.map(|_| ()).map_err(|error| error.to_string())
}

/// Proves: B3, X10.
#[tokio::test]
async fn a_certificate_that_is_not_trusted_hears_no_login() {
    let stub = SqlServerStub::start().await;
    let trusted = format!("ServerCertificate={}", stub.authority().display());
    for encrypt in ["", "Encrypt=Strict;", "Encrypt=False;"] {
        let refused = reached(&stub, "localhost", encrypt).await.unwrap_err();
        assert!(refused.contains("certificate"), "{encrypt} {refused}");
        // Nor does one for another name.
        let other = format!("{encrypt}{trusted};HostNameInCertificate=sql.example");
        let refused = reached(&stub, "localhost", &other).await.unwrap_err();
        assert!(refused.contains("certificate"), "{encrypt} {refused}");
    }
    assert!(stub.dials() >= 6 && stub.logins().is_empty());
    reached(&stub, "localhost", &trusted).await.unwrap();
    reached(&stub, "127.0.0.1", &format!("{trusted};HostNameInCertificate=localhost")).await.unwrap();
    reached(&stub, "localhost", "TrustServerCertificate=True").await.unwrap();
}
