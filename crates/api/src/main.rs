//! The binary: parses the command line and hands over to `bootstrap`.

use std::process::ExitCode;

fn main() -> ExitCode {
    erp_api::bootstrap::main(std::env::args().skip(1))
}
