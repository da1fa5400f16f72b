//! The program `audit-signer`.

use std::process::ExitCode;

fn main() -> ExitCode {
    audit_signer::main(std::env::args_os())
}
