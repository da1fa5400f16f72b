//! `cargo xtask plugins` builds the components of the reference plugins; `cargo xtask plugins --check` proves that those
//! in the repository come from the sources beside them.
//!
//! The components are kept in the repository because the host's tests need them and most machines cannot build them. So
//! two things have to hold: whoever has the toolchain gets the same bytes, and whoever has not can still see that no
//! source changed (`components.lock`). «I cannot tell» (exit 2) is not «it is wrong» (exit 1).

mod build;
mod lock;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::lock::Lock;
use crate::toolchain::{Toolchain, Unable};

const PLUGINS: [&str; 10] = [
    "skills-router",
    "office-hours",
    "closing",
    "quick-answers",
    "template-lint",
    "campaign-guard",
    "kpi-core",
    "kpi-watch",
    "decision-table",
    "crm-lookup",
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["plugins"] => rebuild(),
        ["plugins", "--check"] => check(),
        _ => Err(Unable("usage: cargo xtask plugins [--check]".to_owned()).into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(if error.is::<Unable>() { 2 } else { 1 })
        }
    }
}

fn rebuild() -> Result<()> {
    let root = repository()?;
    // The compiler of last time, if it is here: a rebuild should show what changed in the sources and nothing else.
    let last = Lock::read(&root).map(|lock| lock.built_with).unwrap_or_default();
    let mut found = toolchain::find()?;
    let same = found.iter().position(|toolchain| toolchain.version == last);
    let toolchain = found.swap_remove(same.unwrap_or(0));
    println!("building with {}", toolchain.version);
    let components = build::components(&root, &toolchain)?;
    for (name, bytes) in &components {
        let path = root.join(lock::component(name));
        std::fs::create_dir_all(path.parent().context("a component is in a directory")?)?;
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{:>8} bytes  {}", bytes.len(), lock::component(name));
    }
    Lock::of(&root, &toolchain.version, &components)?.write(&root)
}

fn check() -> Result<()> {
    let root = repository()?;
    let lock = Lock::read(&root)?;
    let mut differences = lock.differences(&root)?;
    if differences.is_empty() {
        let toolchain = the_same(&lock)?;
        for (name, bytes) in build::components(&root, &toolchain)? {
            if std::fs::read(root.join(lock::component(&name)))? != bytes {
                differences.push(format!("{} is not what its sources build to", lock::component(&name)));
            }
        }
    }
    if !differences.is_empty() {
        bail!("{}\nRun `cargo xtask plugins` and commit what it writes.", differences.join("\n"));
    }
    println!("The components are what their sources build to, byte by byte.");
    Ok(())
}

/// Another compiler makes other bytes of the same sources, so only the one that built the components can compare.
fn the_same(lock: &Lock) -> Result<Toolchain> {
    let found = toolchain::find()?;
    let versions = found.iter().map(|toolchain| toolchain.version.clone()).collect::<Vec<_>>().join("; ");
    found.into_iter().find(|toolchain| toolchain.version == lock.built_with).ok_or_else(|| {
        let built_with = &lock.built_with;
        Unable(format!(
            "Cannot compare: the components were built with {built_with}, and here is {versions}."
        ))
        .into()
    })
}

fn repository() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().context("the repository that this was built from is gone")
}
