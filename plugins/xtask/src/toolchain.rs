//! Where a compiler for wasm32-unknown-unknown comes from: rustup's target, or Debian's packages, which bring the sources
//! of the standard library instead of its binary. Both may be there, in different versions, so all that were found are
//! told apart by their version.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

const TARGET: &str = "wasm32-unknown-unknown";
const HOW_TO_GET_ONE: &str = "\
No compiler for wasm32-unknown-unknown was found. Get one of these:
  rustup target add wasm32-unknown-unknown
  apt-get install --no-install-recommends rustc-web cargo-web rust-web-src libstd-rust-web-dev lld-22   (Debian 12)";

/// This machine cannot do what was asked, which says nothing about what it was asked about.
#[derive(Debug)]
pub(crate) struct Unable(pub(crate) String);

impl std::fmt::Display for Unable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unable {}

pub(crate) struct Toolchain {
    /// What decides on the bytes: the compiler and, where it is a program of its own, the linker.
    pub(crate) version: String,
    cargo: PathBuf,
    environment: Vec<(&'static str, OsString)>,
    arguments: &'static [&'static str],
    pub(crate) rustflags: &'static [&'static str],
    /// Where the standard library's sources are, or were when it was built.
    pub(crate) sources: Vec<PathBuf>,
}

/// The toolchains of this machine, the preferred one first; an error that says how to get one if there is none.
pub(crate) fn find() -> Result<Vec<Toolchain>> {
    let (rustup, debian) = (rustup(), debian());
    match (rustup, debian) {
        (Err(rustup), Err(debian)) => {
            Err(Unable(format!("{HOW_TO_GET_ONE}\nFor rustup's: {rustup:#}.\nFor Debian's: {debian:#}."))
                .into())
        }
        (rustup, debian) => Ok(rustup.into_iter().chain(debian).collect()),
    }
}

fn rustup() -> Result<Toolchain> {
    let rustc = Path::new("rustc");
    let library = PathBuf::from(output(rustc, &["--print", "target-libdir", "--target", TARGET])?);
    ensure!(library.is_dir(), "{} is missing", library.display());
    Ok(Toolchain {
        version: output(rustc, &["--version"])?,
        cargo: std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).into(),
        environment: vec![],
        arguments: &[],
        rustflags: &[],
        sources: vec![],
    })
}

fn debian() -> Result<Toolchain> {
    let (rustc, cargo, linker) =
        (Path::new("/usr/bin/rustc"), Path::new("/usr/bin/cargo"), Path::new("/usr/bin/wasm-ld-22"));
    for program in [rustc, cargo, linker] {
        ensure!(program.exists(), "{} is missing", program.display());
    }
    let sources = Path::new(&output(rustc, &["--print", "sysroot"])?).join("lib/rustlib/src/rust");
    ensure!(sources.join("library/std").is_dir(), "{} is missing", sources.join("library/std").display());
    Ok(Toolchain {
        version: format!("{}, {}", output(rustc, &["--version"])?, output(linker, &["--version"])?),
        cargo: cargo.into(),
        environment: vec![
            ("RUSTC", rustc.into()),
            ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()),
            // -Z on a stable compiler, to build the standard library.
            ("RUSTC_BOOTSTRAP", "1".into()),
        ],
        arguments: &["-Zbuild-std=std,panic_abort"],
        // A guest's panic is a trap and its message is read by nobody: leave the words out.
        rustflags: &["-Zunstable-options", "-Cpanic=immediate-abort"],
        sources: vec![sources.canonicalize()?, sources],
    })
}

impl Toolchain {
    /// A command of cargo that this machine's own settings do not reach.
    pub(crate) fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(&self.cargo);
        for name in
            ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC"]
        {
            cargo.env_remove(name);
        }
        cargo.envs(self.environment.iter().map(|(name, value)| (name, value)));
        cargo.arg(command).args(["--target", TARGET]);
        if command == "build" {
            cargo.args(self.arguments);
        }
        cargo
    }
}

/// The first line that a program answers.
fn output(program: &Path, arguments: &[&str]) -> Result<String> {
    let run = Command::new(program).args(arguments).output();
    let run = run.with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(run.status.success(), "{} {} failed", program.display(), arguments.join(" "));
    Ok(String::from_utf8(run.stdout)?.lines().next().unwrap_or_default().to_owned())
}
