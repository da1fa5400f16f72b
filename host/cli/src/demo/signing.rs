//! The demo's own signer: a process beside it, with a directory of its own, as a company has it.
//!
//! In a company it runs under another account, so that whoever has the host's does not have the key. Here it cannot; all else
//! is the same.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::settings::{Audit, Destination};

/// What the record of the demo is called.
const ORIGIN: &str = "demo.timonel.invalid/audit";

/// How long it may take to open its socket.
const PATIENCE: Duration = Duration::from_secs(5);

/// A signer that runs, and ends with whoever started it.
pub(crate) struct Signing {
    child: Child,
    dir: PathBuf,
}

/// Starts a signer in a directory beside the data.
pub(crate) fn start(data: &Path) -> anyhow::Result<Signing> {
    let dir = data.join("audit-signer");
    std::fs::create_dir_all(&dir)
        .with_context(|| format!("`--data` is `{}`: it cannot be made", data.display()))?;
    let program = std::env::current_exe().context("the program cannot find itself")?;
    // A run before may have left one, at which nobody answers.
    let _ = std::fs::remove_file(dir.join("socket"));
    let child = Command::new(program)
        .args(["audit-signer", "--leash", "--origin", ORIGIN, "--dir"])
        .arg(dir.join("private"))
        .arg("--socket")
        .arg(dir.join("socket"))
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("the signer of the audit cannot be started")?;
    let signing = Signing { child, dir };
    // Or the host would say that nobody signs, and ask again in a minute.
    let begun = Instant::now();
    while !signing.dir.join("socket").exists() && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(signing)
}

impl Signing {
    /// How a host has its record signed here.
    pub(crate) fn audit(&self) -> Audit {
        let to = vec![Destination::Directory(self.dir.join("checkpoints"))];
        Audit { signer: Some(self.dir.join("socket")), to, ..Audit::default() }
    }
}

impl Drop for Signing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
