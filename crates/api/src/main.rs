//! The binary: parses the command line and hands over to `bootstrap`.

use std::process::ExitCode;

/// Posting allocates many small values on the writer's thread and frees them on others.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    erp_api::bootstrap::main(std::env::args().skip(1))
}
