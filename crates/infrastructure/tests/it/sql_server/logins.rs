//! The content of LOGIN7 (row G3), and where it is sent (row G5).

use application::ports::storage_error::StorageError;
use erp_stubs::tds::Answer;
use infrastructure::system::machine_name;
use testkit::SqlServerStub;
use testkit::sql_server_stub::{DATABASE, PASSWORD, USER};

use super::{opened, read};

/// Proves: G3.
#[tokio::test]
async fn the_login_says_who_asks_and_from_where() {
    let stub = SqlServerStub::start().await;
    let db = opened(&stub, "").await.unwrap();
    read(&db).await.unwrap();
    db.ping().await.unwrap();
    let logins = stub.logins();
    assert!(logins.len() >= 3, "of the schema's look, of requests, of health");
    for login in logins {
        assert_eq!(login.application, "ERP-API");
        assert_eq!(Some(login.host_name), machine_name());
        assert_eq!((login.user.as_str(), login.password.as_str()), (USER, PASSWORD));
        assert_eq!((login.database.as_str(), login.server.as_str()), (DATABASE, "localhost"));
        assert_eq!((login.fed_auth, login.read_only), (None, false));
    }
}

/// Proves: G3.
#[tokio::test]
async fn the_string_may_say_otherwise() {
    let stub = SqlServerStub::start().await;
    let more = "Application Name=Month end;Workstation ID=desk-7;ApplicationIntent=ReadOnly;Packet Size=4096";
    let db = opened(&stub, more).await.unwrap();
    read(&db).await.unwrap();
    for login in stub.logins() {
        assert_eq!((login.application.as_str(), login.host_name.as_str()), ("Month end", "desk-7"));
        assert_eq!((login.read_only, login.packet_size), (true, 4_096));
    }
}

/// Azure's gateway sends clients on to the server that has the database.
/// Proves: G5, X31, X61.
#[tokio::test]
async fn a_redirection_is_followed_once() {
    let (gateway, server) = (SqlServerStub::start().await, SqlServerStub::start().await);
    gateway.logins_get(Answer::Route("localhost".to_owned(), server.port()));
    let db = opened(&gateway, "TrustServerCertificate=true").await.unwrap();
    read(&db).await.unwrap();
    assert_eq!(server.asked("FROM book"), 1);
    assert!(gateway.requests().is_empty() && server.logins().len() == gateway.logins().len());
    for login in server.logins() {
        assert_eq!((login.database.as_str(), login.password.as_str()), (DATABASE, PASSWORD));
        assert_eq!(login.application, "ERP-API");
    }
    // Each new connection asks the gateway again, which may name another server by then.
    let next = SqlServerStub::start().await;
    gateway.logins_get(Answer::Route("localhost".to_owned(), next.port()));
    server.stop().await;
    read(&db).await.unwrap();
    assert_eq!(next.asked("FROM book"), 1);
}

/// Proves: G5.
#[tokio::test]
async fn a_second_redirection_is_not_followed() {
    let (gateway, other, third) =
        (SqlServerStub::start().await, SqlServerStub::start().await, SqlServerStub::start().await);
    gateway.logins_get(Answer::Route("localhost".to_owned(), other.port()));
    other.logins_get(Answer::Route("localhost".to_owned(), third.port()));
    let Err(refused) = opened(&gateway, "TrustServerCertificate=true").await else {
        panic!("it was followed twice")
    };
    assert!(matches!(&refused, StorageError::Unavailable(text) if text.contains("redirect")), "{refused}");
    assert_eq!((gateway.dials(), other.dials(), third.dials()), (1, 1, 0));
    // Nor is a circle.
    let circle = SqlServerStub::start().await;
    circle.logins_get(Answer::Route("localhost".to_owned(), circle.port()));
    assert!(opened(&circle, "").await.is_err());
    assert_eq!(circle.dials(), 2);
}
