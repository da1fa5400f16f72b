//! Where the tools of other languages lie. They are fetched by their own package managers, once, into a directory of the cache:
//! what is missing is said with the command that brings it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

/// The directory of a tool of this version, if something of it is there; otherwise what to do.
pub(super) fn find(tool: &str, holds: &str, install: impl Fn(&str) -> String) -> anyhow::Result<PathBuf> {
    let dir = cache()?.join(tool);
    if !dir.join(holds).exists() {
        bail!("{tool} is missing. Get it once, with\n    {}", install(&dir.display().to_string()));
    }
    Ok(dir)
}

/// `TIMONEL_TOOLS`, or a directory in the cache of this account.
fn cache() -> anyhow::Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("TIMONEL_TOOLS")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("timonel/tools")))
        .or_else(|| Some(std::env::home_dir()?.join(".cache/timonel/tools")))
        .context("neither TIMONEL_TOOLS nor HOME is set")
}

/// The first of some programs that is there; otherwise what to do.
pub(super) fn program(names: &[&str], install: &str) -> anyhow::Result<String> {
    let there = |name: &&&str| {
        let ran = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        ran.is_ok_and(|status| status.success())
    };
    let found = names.iter().find(there).with_context(|| {
        format!("{} is missing. Get it once, with\n    {install}", names.first().copied().unwrap_or_default())
    })?;
    Ok((*found).to_owned())
}

/// Runs a tool in a directory; what it says goes to the author.
pub(super) fn run(command: &mut Command, dir: &Path) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.current_dir(dir).status().with_context(|| format!("{program} cannot be run"))?;
    ensure!(status.success(), "{program} failed ({status}): what it said stands above");
    Ok(())
}
