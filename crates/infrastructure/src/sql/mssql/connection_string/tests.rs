use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> SqlServerOptions {
    SqlServerOptions::parse(text).unwrap()
}

/// GV7, line by line.
/// Proves: B3, G4, GV7, X06, X10, X59.
#[test]
fn the_specifications_strings() {
    let development = parsed(
        "Server=localhost;Database=ErpDev;User Id=sa;Password=YourStrong@Password;TrustServerCertificate=true;",
    );
    assert_eq!((development.host.as_str(), development.port), ("localhost", 1433));
    assert_eq!(development.database.as_deref(), Some("ErpDev"));
    assert_eq!(development.encrypt, Encrypt::Mandatory, "missing Encrypt is TLS for the whole session");
    assert!(development.trust_server_certificate);

    let staging = parsed("Server=erp-staging.database.windows.net;Database=ErpStaging;");
    assert_eq!(staging.login, Login::Identity { client_id: None });
    assert!(!staging.trust_server_certificate);

    let production = parsed(
        "Server=erp.database.windows.net;Database=ErpProd;User Id=erpuser;Password=***;\n Min Pool Size=10;Max Pool \
         Size=100;Connect Timeout=30;\n Application Name=ERP-API;MultipleActiveResultSets=true;",
    );
    assert_eq!((production.pool_min, production.pool_max), (10, 100));
    assert_eq!(production.connect_timeout, Duration::from_secs(30));
    assert_eq!(production.application_name, "ERP-API");
    assert_eq!(production.ignored, ["multipleactiveresultsets"]);

    let quoted = parsed(r#"Data Source=tcp:h,1444;UID=u;PWD="a;b""#);
    assert_eq!((quoted.host.as_str(), quoted.port), ("h", 1444));
    assert_eq!(quoted.login, Login::Password { user: "u".into(), password: "a;b".into() });

    let instance = parsed(r#"Server=h\SQLEXPRESS;PWD="a""b""#);
    assert_eq!(instance.instance.as_deref(), Some("SQLEXPRESS"));
    assert_eq!(instance.login, Login::Password { user: String::new(), password: "a\"b".into() });
    assert_eq!(instance.check_login(), Err("has a Password but no User Id".to_owned()));
    assert_eq!(quoted.check_login(), Ok(()));
}

/// Proves: B3, GV7.
#[test]
fn what_is_wrong_is_named_and_no_password_is_repeated() {
    for (text, message) in [
        ("Server=h;Frobnicate=1", "has the unknown keyword 'frobnicate'"),
        ("Database=d", "names no Server"),
        ("Server=,1433", "has a Server without a host"),
        ("Server=h,x", "has a Server whose port is not a number from 1 to 65535"),
        ("Server=h,0", "has a Server whose port is not a number from 1 to 65535"),
        ("Server=h,99999", "has a Server whose port is not a number from 1 to 65535"),
        ("Server=h;User Id=sa", "has a User Id but no Password"),
        ("Server=h;PWD='hush", "has an unclosed quotation mark in 'pwd'"),
        ("Server=h;PWD='hush'hush;UID=u", "has text after the closing quotation mark of 'pwd'"),
        ("hush", "has a part without '=' after 0 keyword(s)"),
        ("Server=h;=hush", "has a value without a keyword"),
        ("Server=h;Encrypt=maybe", "has an Encrypt that is not True, False or Strict"),
        ("Server=h;Max Pool Size=0", "has a 'max pool size' that is not a whole number from 1 to 2147483647"),
        ("Server=h;Connect Timeout=-1", "has a 'connect timeout' that is not a whole number from 0 to 86400"),
        ("Server=h;ApplicationIntent=x", "has an ApplicationIntent that is not ReadOnly or ReadWrite"),
        (
            "Server=h;TrustServerCertificate=1",
            "has a 'trustservercertificate' that is neither True nor False",
        ),
        (
            "Server=h;Authentication=Kerberos",
            "asks for the Authentication 'Kerberos', which is not supported",
        ),
    ] {
        let error = SqlServerOptions::parse(text).unwrap_err();
        assert_eq!(error, message, "{text}");
        assert!(!error.contains("hush"));
    }
    for (text, part) in [
        ("Server=np:h", "named pipes"),
        ("Server=lpc:h", "shared memory"),
        ("Server=ADMIN:h", "administrator's connection"),
        (r"Server=(LocalDb)\MSSQLLocalDB,1433", "LocalDB"),
        ("Server=localhost:1433", "write the port behind a comma: host,1433"),
        ("Server=sa:hush@127.0.0.1", "has a Server with a user or password in it"),
        ("Server=tcp:hush@127.0.0.1,1433;Database=d", "has a Server with a user or password in it"),
        ("Server=https://hush/x", "has a Server that is a URL"),
        ("Server=a b", "is no host name or address"),
        ("sqlserver://sa:hush@h:1433/d", "is a URL; write Server="),
        ("sqlserver://h:1433;password=hush", "is a URL; write Server="),
        ("\"Server=h;Password=hush\"", "is in quotation marks"),
        ("Data Source=hush.db", "looks like a string of SQLite"),
        ("Data Source=./data/hush.sqlite3;Cache=Shared", "looks like a string of SQLite"),
        ("Data Source=:memory:", "looks like a string of SQLite"),
        (
            "Server=h;Authentication=Active Directory Service Principal;User Id=u;Password=hush",
            "is not supported: use",
        ),
        ("Server=h;Authentication=ActiveDirectoryPassword;User Id=u;Password=hush", "is not supported: use"),
        ("Server=h;Column Encryption Setting=Enabled", "Always Encrypted"),
        ("Server=h;Context Connection=true", "context connection"),
    ] {
        let error = SqlServerOptions::parse(text).unwrap_err();
        assert!(error.contains(part) && !error.contains("hush"), "{text}: {error}");
    }
    let integrated = SqlServerOptions::parse("Server=h;Integrated Security=SSPI").unwrap_err();
    assert!(integrated.starts_with("asks for 'integrated security'"), "{integrated}");
}

/// Proves: G1.
#[test]
fn the_minimum_is_capped_and_the_password_is_not_shown() {
    let options = parsed("Server=.;UID=u;PWD=hush;Min Pool Size=50;Max Pool Size=8;Encrypt=Strict");
    assert_eq!((options.pool_min, options.pool_max), (8, 8));
    assert_eq!(options.host, "localhost");
    assert!(!format!("{options:?}").contains("hush"));
}

/// Keywords and forms that Microsoft.Data.SqlClient takes.
/// Proves: B3.
#[test]
fn the_forms_of_sqlclient_are_taken() {
    for (server, host, port, instance) in [
        ("TCP:host,1433", "host", 1433, None),
        ("tcp : host , 1444", "host", 1444, None),
        (r"host\INST", "host", 1433, Some("INST")),
        (r"host\INST,1500", "host", 1500, None),
        ("", "localhost", 1433, None),
        ("(local)", "localhost", 1433, None),
        ("::1", "::1", 1433, None),
        ("tcp:[fe80::1],1500", "fe80::1", 1500, None),
        ("münchen.example", "münchen.example", 1433, None),
    ] {
        let options = parsed(&format!("Server={server};Database=d"));
        assert_eq!((options.host.as_str(), options.port), (host, port), "{server}");
        assert_eq!(options.instance.as_deref(), instance, "{server}");
    }
    let options = parsed(
        "Server=h;IPAddressPreference=IPv4First;IP Address Preference=IPv6First;ConnectTimeout=9;PacketSize=4096;\
         WorkstationID=w;FailoverPartner=p;Column Encryption Setting=Disabled;ColumnEncryption=disabled;\
         Attestation Protocol=None;Enclave Attestation Url=https://a;Connection Idle Timeout=5;ServerSPN=s;\
         Failover Partner SPN=s;Context Connection=false",
    );
    assert_eq!((options.connect_timeout, options.packet_size), (Duration::from_secs(9), 4096));
    assert_eq!(options.workstation_id.as_deref(), Some("w"));
    assert_eq!(options.ignored.len(), 11);
    for (size, pool) in [(1_000, 1_000), (1_024, 1_000), (50_000, 1_000)] {
        let options = parsed(&format!("Server=h;Max Pool Size={size}"));
        assert_eq!((options.pool_max, options.remarks.len()), (pool, usize::from(size > 1_000)));
    }
    let empty = parsed(
        "Server=h;Connect Timeout=;Integrated Security=;Encrypt=;Max Pool Size=;App=;Pooling=;UID=u;PWD=",
    );
    assert_eq!((empty.connect_timeout, empty.pool_max), (Duration::from_secs(15), POOL_MAX_DEFAULT));
    assert_eq!(empty.login, Login::Password { user: "u".into(), password: String::new() });
    assert_eq!(empty.application_name, "ERP-API");
    assert!(SqlServerOptions::parse("Server=h;Frobnicate=").is_err());
}

proptest! {
    /// Any password survives quoting.
    /// Proves: B3.
    #[test]
    fn quoting_keeps_every_value(password in "\\PC{0,40}") {
        let text = format!("Server=h;UID=u;PWD=\"{}\";Database=d", password.replace('"', "\"\""));
        let options = SqlServerOptions::parse(&text).unwrap();
        prop_assert_eq!(options.login, Login::Password { user: "u".into(), password });
        prop_assert_eq!(options.database.as_deref(), Some("d"));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}") {
        let _ = SqlServerOptions::parse(&text);
    }
}
