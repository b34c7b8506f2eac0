//! The services of the cloud profile: a database of its own on the SQL Server, a Redis and an Azurite of its own.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::peers::{Azurite, Redis};
use super::programs::Programs;
use super::{Result, SQL_SERVER, table, text};

pub struct Cloud {
    pub redis: Redis,
    azurite: Azurite,
    database: Database,
}

impl Cloud {
    pub fn start(sql_server: &str, programs: &Programs, folder: &Path) -> Result<Self> {
        let program = programs.drop_database();
        if !program.is_file() {
            return Err(format!("{} is not there: a database would be left behind", program.display()));
        }
        let folder = folder.join("peers");
        text(std::fs::create_dir_all(&folder))?;
        // Several may measure on one server, also from machines that number their processes alike.
        let name = format!("erp_bench_{:016x}", RandomState::new().build_hasher().finish());
        table::progress(&format!("on the SQL Server, for as long as this runs: the database {name}"));
        let database = Database { name, server: sql_server.to_owned(), program };
        Ok(Self { redis: Redis::start(&folder)?, azurite: Azurite::start(&folder)?, database })
    }

    /// The settings of the server. It makes the database itself, as it does in Development.
    pub fn settings(&self) -> [(&'static str, String); 3] {
        let database = format!("{};Database={}", self.database.server, self.database.name);
        [
            ("ConnectionStrings__DefaultConnection", database),
            ("ConnectionStrings__Redis", self.redis.address.clone()),
            ("AzureStorage__ConnectionString", self.azurite.connection_string()),
        ]
    }
}

/// A database that is removed with the value.
struct Database {
    name: String,
    server: String,
    program: PathBuf,
}

impl Drop for Database {
    fn drop(&mut self) {
        let removed = Command::new(&self.program).arg(&self.name).env(SQL_SERVER, &self.server).status();
        if !removed.is_ok_and(|status| status.success()) {
            table::progress(&format!("the database {} is still on the SQL Server: remove it", self.name));
        }
    }
}
