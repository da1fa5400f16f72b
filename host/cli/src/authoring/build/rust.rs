//! Rust, for `wasm32-unknown-unknown`: no WASI by construction.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use super::super::project::Project;
use super::super::toolchain;

pub(super) fn build(project: &Project) -> anyhow::Result<Vec<u8>> {
    let found = toolchain::find()?;
    let toolchain = found.first().context("no compiler was found")?;
    // Several plugins can share what is built of the standard library and of packages.
    let shared = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // Where this machine keeps the standard library is nobody's business who reads the component.
    let renames =
        toolchain.sources.iter().map(|from| format!("--remap-path-prefix={}=/rust", from.display()));
    let flags: Vec<String> =
        toolchain.rustflags.iter().map(|flag| (*flag).to_owned()).chain(renames).collect();
    let target = std::path::absolute(shared.unwrap_or_else(|| project.dir.join("target")))?;
    let built = toolchain
        .cargo("build")
        .args(["--quiet", "--release", "--lib", "--target-dir"])
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .current_dir(&project.dir)
        .status();
    let built = built.context("cargo cannot be run")?;
    ensure!(built.success(), "cargo failed with {}: what it said stands above", toolchain.version);
    super::encoded(&module(project, &target.join("wasm32-unknown-unknown/release"))?)
}

/// What cargo built. Its name is that of the package.
fn module(project: &Project, dir: &Path) -> anyhow::Result<Vec<u8>> {
    let path = dir.join(project.manifest.name.replace('-', "_")).with_extension("wasm");
    std::fs::read(&path).with_context(|| {
        format!(
            "{} is not there: `[package] name` in Cargo.toml and `name` in plugin.toml have to be the same, and \
             `[lib] crate-type` has to be `[\"cdylib\"]`",
            path.display()
        )
    })
}
