//! From sources to components. Whatever differs from machine to machine (where the repository is, where cargo keeps the
//! packages, where the standard library lies) is renamed before it can reach the bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_metadata::{AddMetadata, AddMetadataField};

use crate::PLUGINS;
use crate::toolchain::Toolchain;

/// A megabyte is what Rust takes if nobody says otherwise. Before each decision the host looks through all pages of a memory for those
/// that the last one wrote, and nothing that is tested of these rules needs an eighth of that. The stack lies below all else, so
/// that one which is too small is a trap and nothing worse.
const STACK: [&str; 1] = ["-Clink-arg=-zstack-size=131072"];

/// Each plugin's name and the bytes of its component.
pub fn components(root: &Path, toolchain: &Toolchain) -> Result<Vec<(String, Vec<u8>)>> {
    let workspace = root.join("plugins");
    let target = workspace.join("target/guests");

    // The packages are fetched first, because the directories to rename exist only then.
    let fetched = toolchain.cargo("fetch").args(["--quiet", "--locked"]).current_dir(&workspace).status()?;
    ensure!(fetched.success(), "cargo fetch failed");
    let packages = PLUGINS.iter().flat_map(|name| ["--package", name]);
    let built = toolchain
        .cargo("build")
        .args(["--quiet", "--locked", "--release", "--lib"])
        .args(packages)
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(root, toolchain)?.join("\x1f"))
        .current_dir(&workspace)
        .status()?;
    ensure!(built.success(), "the plugins do not build");

    let modules = target.join("wasm32-unknown-unknown/release");
    PLUGINS.iter().map(|name| Ok((name.to_string(), component(name, &modules)?))).collect()
}

fn component(name: &str, modules: &Path) -> Result<Vec<u8>> {
    let module = modules.join(name.replace('-', "_")).with_extension("wasm");
    let module = std::fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let component = wit_component::ComponentEncoder::default().validate(true).module(&module)?.encode()?;
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(name.to_owned());
    metadata.to_wasm(&component)
}

fn rustflags(root: &Path, toolchain: &Toolchain) -> Result<Vec<String>> {
    let mut renames = vec![(root.to_owned(), "/timonel")];
    let registry = cargo_home()?.join("registry/src");
    for index in
        std::fs::read_dir(&registry).with_context(|| format!("cannot read {}", registry.display()))?
    {
        renames.push((index?.path(), "/packages"));
    }
    renames.extend(toolchain.sources.iter().map(|sources| (sources.clone(), "/rust")));
    let renames =
        renames.into_iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    Ok(toolchain.rustflags.iter().chain(&STACK).map(|flag| flag.to_string()).chain(renames).collect())
}

fn cargo_home() -> Result<PathBuf> {
    let own = || Some(std::env::home_dir()?.join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(own)
        .context("neither CARGO_HOME nor HOME is set")
}
