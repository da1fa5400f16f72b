//! Python by componentize-py: the module and an interpreter in one component, with WASI stubbed away.

use std::process::Command;

use anyhow::Context as _;

use super::super::project::Project;
use super::super::tools;

const VERSION: &str = "0.25.1";

pub(super) fn build(project: &Project) -> anyhow::Result<Vec<u8>> {
    let install = "apt-get install --no-install-recommends python3 python3-pip   # 3.10 or newer";
    let python = tools::program(&["python3"], install)?;
    let tool = tools::find(&format!("componentize-py-{VERSION}"), "componentize_py/__init__.py", |dir| {
        format!("python3 -m pip install --target {dir} componentize-py=={VERSION}")
    })?;
    let dir = std::path::absolute(&project.dir)?;
    let out = dir.join("build/unnamed.wasm");
    let mut command = Command::new(python);
    command
        .args(["-c", "import sys; from componentize_py import script; sys.exit(script())"])
        .env("PYTHONPATH", &tool)
        // What it leaves beside the sources would be taken for one.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg("--wit-path")
        .arg(super::laid_out(project)?)
        .args(["--world", super::WORLD, "componentize", "--stub-wasi", "rule", "--output"])
        .arg(&out);
    tools::run(&mut command, &dir)?;
    std::fs::read(&out).with_context(|| format!("{} cannot be read", out.display()))
}
