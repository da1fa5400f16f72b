//! The key of the audit, in a process of its own.
//!
//! It is small so that it can be read in one go, and it runs under another account than the host, so that whoever takes over
//! the host does not have the key. What it promises by signing is one thing: that the record it signs begins with every record
//! it has signed before. It sees no entry, only sizes, roots and proofs, and has that from nobody's word: it checks the proof
//! itself and remembers what it signed before it answers.
//!
//! It shares no code with the host. The arithmetic of the tree is the verifier's (`audit_verify`).

mod keep;
mod serve;
mod signer;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

pub use keep::{Keep, KeepError};
pub use signer::{Refused, Signer};

/// Holds the key of an audit record and signs its checkpoints, as long as the record only grows.
#[derive(Parser)]
#[command(name = "audit-signer", version, max_term_width = 110)]
struct Arguments {
    /// Where the key and what was signed last are kept: a directory of its own, closed to the account of the host.
    #[arg(long)]
    dir: PathBuf,
    /// The socket at which the host asks.
    #[arg(long)]
    socket: PathBuf,
    /// What the record is called in its checkpoints, as `ferreteria.example/audit`. Counts at the first start, and for ever.
    #[arg(long)]
    origin: String,
    /// Who may connect to the socket, in octal digits. Whoever may can have growth signed that never was, so: the host alone.
    #[arg(long, default_value = "600", value_parser = octal)]
    mode: u32,
    /// End when the standard input ends: for whoever starts it as a child.
    #[arg(long)]
    leash: bool,
}

fn octal(text: &str) -> Result<u32, String> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777);
    mode.ok_or_else(|| "up to three octal digits, as 660, were expected".to_owned())
}

/// The program: `arguments` begin with its name.
#[allow(clippy::print_stderr, reason = "it has no other log")]
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Arguments { dir, socket, origin, mode, leash } = Arguments::parse_from(arguments);
    let opened = Keep::open(&dir, &origin).and_then(Signer::new);
    let signer = match opened {
        Ok(signer) => signer,
        Err(error) => {
            eprintln!("audit-signer: {error}");
            return ExitCode::FAILURE;
        }
    };
    eprintln!("audit-signer: {}", signer.key());
    if leash {
        std::thread::spawn(|| {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            std::process::exit(0);
        });
    }
    if let Err(error) = serve::serve(signer, &socket, mode) {
        eprintln!("audit-signer: `--socket` is `{}`: {error}", socket.display());
    }
    ExitCode::FAILURE
}
