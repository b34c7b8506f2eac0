//! A stub of SQL Server that has this version's schema, as far as a start asks, so that the product opens it. For tests of
//! how the product reaches a server; what it asks there is answered by the real engines in the other tests.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use erp_stubs::tds::{Answer, Cell, Rows, SqlServer};
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::migrate::MIGRATIONS;
use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use tempfile::TempDir;

/// The user of strings that name one.
pub const USER: &str = "erp_app";
pub const PASSWORD: &str = "Only-for-the-stub-1";
pub const DATABASE: &str = "erp";

/// A running stub, with its authority in a file.
pub struct SqlServerStub {
    pub server: SqlServer,
    folder: TempDir,
}

impl Deref for SqlServerStub {
    type Target = SqlServer;

    fn deref(&self) -> &SqlServer {
        &self.server
    }
}

impl SqlServerStub {
    pub async fn start() -> Self {
        let server = SqlServer::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("authority.pem"), server.ca_pem()).unwrap();
        let stub = Self { server, folder };
        stub.answer_a_start();
        stub
    }

    /// Orders the answers that let a start go on; again after [`SqlServer::forget_orders`].
    pub fn answer_a_start(&self) {
        self.always("INFORMATION_SCHEMA.TABLES", Answer::rows(Rows::single("count", 1)));
        let history = MIGRATIONS.iter().fold(Rows::of(&["number", "checksum"]), |rows, migration| {
            let checksum = migration.checksum(Dialect::SqlServer);
            rows.row(vec![migration.number.into(), checksum.into()])
        });
        self.always("FROM schema_migration", Answer::rows(history));
        let tenant = Rows::single("id", Cell::Bytes(vec![7; 16]));
        self.always("SELECT id FROM tenant ORDER BY id", Answer::rows(tenant));
    }

    /// The file with the authority that signed its certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it is and which database, trusted, and nobody who logs in.
    pub fn place(&self) -> String {
        let (port, authority) = (self.port(), self.authority());
        format!("Server=tcp:localhost,{port};Database={DATABASE};ServerCertificate={}", authority.display())
    }

    /// A connection string with a user and `more`, whose words count before.
    pub fn connection_string(&self, more: &str) -> String {
        format!("{};User Id={USER};Password={PASSWORD};{more}", self.place())
    }

    /// The options of such a string.
    pub fn options(&self, more: &str) -> SqlServerOptions {
        SqlServerOptions::parse(&self.connection_string(more)).unwrap()
    }
}
