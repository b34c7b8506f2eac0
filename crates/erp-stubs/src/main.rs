//! `erp-stubs`: the stubs as a program, for trying the product by hand and for scripts.
//!
//! Writes `ca.pem` and `federated-token` into the directory, prints the addresses as JSON and runs until interrupted.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use erp_stubs::{Ports, Stubs};

#[derive(Parser)]
#[command(about = "Key Vault, App Configuration and Entra on loopback, for development only")]
struct Arguments {
    /// Port of the TLS listener; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Port of the plain listener: managed identity and control.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Where `ca.pem` and `federated-token` are written.
    #[arg(long, default_value = ".")]
    directory: PathBuf,
    /// A secret of the vault, NAME=VALUE; may be repeated.
    #[arg(long = "secret")]
    secrets: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "erp-stubs: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let ports = Ports { tls: arguments.port, plain: arguments.control_port };
    let stubs = Stubs::start_on(ports).await.map_err(|error| error.to_string())?;
    for secret in &arguments.secrets {
        let (name, value) = secret.split_once('=').ok_or("--secret takes NAME=VALUE")?;
        stubs.vault().set(name, value);
    }
    for (name, text) in [("ca.pem", stubs.ca_pem()), ("federated-token", "federated-token")] {
        let path = arguments.directory.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    writeln!(std::io::stdout(), "{:#}", stubs.description()).map_err(|error| error.to_string())?;
    tokio::signal::ctrl_c().await.map_err(|error| error.to_string())
}
