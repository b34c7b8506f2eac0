//! The login of an identity (row B7): a token of Entra, and no password.

use std::collections::BTreeSet;

use erp_stubs::Service;
use testkit::Server;

use super::{Door, sign_in, until};

/// The audience that the tokens must have.
const DATABASE: &str = "https://database.windows.net";

/// The tokens of the logins so far; each is checked.
fn tokens(door: &Door) -> BTreeSet<String> {
    let tokens = door.sql.logins().into_iter().map(|login| {
        assert_eq!((login.user.as_str(), login.password.as_str()), ("", ""));
        assert_eq!(login.application, "ERP-API");
        let fed_auth = login.fed_auth.expect("a login without a token");
        assert!(fed_auth.echo, "the client repeats what the server said of tokens");
        fed_auth.token
    });
    tokens.collect()
}

fn logs_no(token: &str, server: &Server) {
    assert!(!server.log().contains(token), "{}", server.log());
}

/// Proves: B7, X06.
#[tokio::test(flavor = "multi_thread")]
async fn an_identity_logs_in_with_a_token_and_no_password() {
    let door = Door::new().await;
    let server = door.started(door.identified("Production", &door.sql.place())).await;
    sign_in(&server, "somebody@home.example").await;
    let tokens = tokens(&door);
    assert_eq!(tokens.len(), 1, "one token for several logins");
    let token = tokens.first().unwrap();
    assert!(door.stubs.entra().is_good(token, DATABASE), "it is for the database");
    assert!(door.sql.logins().len() > 1);
    assert_eq!(door.stubs.requests(Service::Entra).iter().filter(|asked| asked.method == "POST").count(), 1);
    assert!(!door.sql.wire_shows(token), "whoever listens on the way could be us");
    logs_no(token, &server);
}

/// Tokens live an hour, connections for days.
/// Proves: B7.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_connection_has_a_new_token_where_the_old_one_ends() {
    let door = Door::new().await;
    door.stubs.entra().set_life_seconds(60);
    let server = door.started(door.identified("Production", &door.sql.place())).await;
    let before = tokens(&door);
    door.sql.cut();
    sign_in(&server, "somebody@home.example").await;
    until("a login with a new token", async || !tokens(&door).is_subset(&before)).await;
    let after = tokens(&door);
    let new = after.difference(&before).next().unwrap();
    assert!(door.stubs.entra().is_good(new, DATABASE));
    logs_no(new, &server);
}

/// The user id of the string chooses among the identities of a machine.
#[tokio::test(flavor = "multi_thread")]
async fn another_identity_may_be_named() {
    let door = Door::new().await;
    let database = format!("{};User Id=another;Authentication=Active Directory Default", door.sql.place());
    let output = testkit::server::refused(&mut door.identified("Production", &database));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(78) && said.contains("AADSTS700016"), "{said}");
    let known = database.replace("another", erp_stubs::entra::CLIENT);
    let mut command = door.identified("Production", &known);
    command.env("AZURE_CLIENT_ID", "another");
    let _server = door.started(command).await;
    assert_eq!(tokens(&door).len(), 1);
}
