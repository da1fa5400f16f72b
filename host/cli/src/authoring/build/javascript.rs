//! JavaScript by componentize-js: the module and a whole engine for it in one component, with nothing of WASI left in it.

use std::process::Command;

use anyhow::Context as _;

use super::super::project::Project;
use super::super::tools;

const VERSION: &str = "0.23.0";
/// What calls componentize-js. It has no program of its own that takes what is switched off.
const SCRIPT: &str = include_str!("javascript/componentize.mjs");

pub(super) fn build(project: &Project) -> anyhow::Result<Vec<u8>> {
    let node =
        tools::program(&["node"], "apt-get install --no-install-recommends nodejs npm   # 20 or newer")?;
    let tool = tools::find(
        &format!("componentize-js-{VERSION}"),
        "node_modules/@bytecodealliance/componentize-js/package.json",
        |dir| {
            format!(
                "npm install --no-fund --no-audit --prefix {dir} @bytecodealliance/componentize-js@{VERSION}"
            )
        },
    )?;
    let dir = std::path::absolute(&project.dir)?;
    let script = dir.join("build/componentize.mjs");
    std::fs::write(&script, SCRIPT).with_context(|| format!("{} cannot be written", script.display()))?;
    // It reads the contract in a sandbox of its own, which follows no links.
    let wit = super::laid_out(project)?;
    let out = dir.join("build/unnamed.wasm");
    let mut command = Command::new(node);
    command.arg(&script).arg(&tool).arg(dir.join("rule.js")).arg(wit).arg(super::WORLD).arg(&out);
    tools::run(&mut command, &dir)?;
    std::fs::read(&out).with_context(|| format!("{} cannot be read", out.display()))
}
