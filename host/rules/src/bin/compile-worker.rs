//! What `timonel compile-worker` is to the product: this crate's tests and benchmarks need a child to call.

use std::process::ExitCode;

fn main() -> ExitCode {
    rules::compile_worker::main()
}
