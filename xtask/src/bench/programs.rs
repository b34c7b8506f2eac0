//! The programs of a run: the release binary, its companions, and those of the machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Result;

/// Where `scripts/setup` puts tools of other languages, below the target folder.
const TOOLS: [&str; 2] = ["tools/npm/node_modules/.bin", "tools/bin"];

/// A release binary with its `examples` folder beside it.
pub struct Programs(PathBuf);

impl Programs {
    pub fn build() -> Result<Self> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let packages = ["-p", "erp-api", "-p", "infrastructure", "-p", "erp-stubs"];
        let products = ["--bins", "--example", "bare_route", "--example", "drop_database"];
        let status = Command::new(cargo).args(["build", "--release"]).args(packages).args(products).status();
        if !status.map_err(|error| error.to_string())?.success() {
            return Err("the release build failed".to_owned());
        }
        Self::beside(&target().join("release/erp-api"))
    }

    pub fn beside(path: &Path) -> Result<Self> {
        // Servers run in folders of their own.
        let path = std::path::absolute(path).map_err(|error| error.to_string())?;
        let programs = Self(path);
        for file in [programs.server(), &programs.bare_route()] {
            if !file.is_file() {
                return Err(format!("{} is not there", file.display()));
            }
        }
        Ok(programs)
    }

    pub fn server(&self) -> &Path {
        &self.0
    }

    /// One axum route without anything around it.
    pub fn bare_route(&self) -> PathBuf {
        self.0.with_file_name("examples").join("bare_route")
    }

    /// Key Vault, App Configuration and Entra.
    pub fn stubs(&self) -> PathBuf {
        self.0.with_file_name("erp-stubs")
    }

    /// Removes a database from the SQL Server.
    pub fn drop_database(&self) -> PathBuf {
        self.0.with_file_name("examples").join("drop_database")
    }
}

fn target() -> PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| PathBuf::from("target"), PathBuf::from);
    std::path::absolute(&target).unwrap_or(target)
}

/// A program of this machine.
pub fn of_machine(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = TOOLS.iter().map(|tools| target().join(tools));
    let found = std::env::split_paths(&path).chain(tools).map(|folder| folder.join(name));
    let mut found = found.filter(|file| file.is_file());
    found.next().ok_or_else(|| format!("{name} is not on this machine; scripts/setup installs it"))
}
