//! Programs under test: `timonel serve`, and the server it is compared with. Both run as processes of their own, so that
//! what they need can be told from what the load needs.
//!
//! Data lies beside the programs, because `/tmp` is memory on many machines, and an fsync there costs nothing.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use simulator::Handle;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::customers::SECRET;

/// A first start compiles the reference plugins.
const PATIENCE: Duration = Duration::from_secs(120);

/// The file of settings.
const SETTINGS: &str = "timonel.toml";

/// What the kernel counts processor time in, per second (Linux, proc(5): USER_HZ).
const TICKS: f64 = 100.0;

/// A program that serves. It ends with this.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    directory: TempDir,
}

/// An empty directory on a real disk.
pub(crate) fn directory() -> Result<TempDir> {
    let beside = programs()?.join("bench-data");
    std::fs::create_dir_all(&beside)?;
    Ok(tempfile::tempdir_in(beside)?)
}

fn programs() -> Result<PathBuf> {
    let mut path = std::env::current_exe()?;
    path.pop();
    Ok(path)
}

impl Process {
    /// A host with an empty data directory, with the rules of a file of settings or those of every new host.
    pub(crate) async fn timonel(simulator: &Handle, settings: Option<&str>) -> Result<Self> {
        let files: Vec<(&str, &str)> = settings.map(|text| (SETTINGS, text)).into_iter().collect();
        Self::timonel_of(simulator, &files).await
    }

    /// The same with more files, of which `timonel.toml` is the one of settings.
    pub(crate) async fn timonel_of(simulator: &Handle, files: &[(&str, &str)]) -> Result<Self> {
        let program = programs()?.join("timonel");
        ensure!(
            program.exists(),
            "{} is not there: run `cargo build --release -p timonel` first",
            program.display()
        );
        let directory = directory()?;
        let mut command = Command::new(program);
        command.arg("serve").env_clear();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text)?;
        }
        if files.iter().any(|(name, _)| *name == SETTINGS) {
            command.arg("--config").arg(directory.path().join(SETTINGS));
        }
        let address = free_address()?;
        command
            .env("TIMONEL_DATA", directory.path().join("data"))
            .env("TIMONEL_LISTEN", address.to_string())
            .env("TIMONEL_APP_SECRET", SECRET)
            .env("TIMONEL_VERIFY_TOKEN", "benchmark")
            .env("TIMONEL_ACCESS_TOKEN", "benchmark")
            .env("TIMONEL_GRAPH_URL", simulator.base_url())
            .env("RUST_LOG", "warn");
        let host = Self::start(command, address, directory).await?;
        simulator.set_webhook(&format!("http://{address}/webhook"))?;
        Ok(host)
    }

    /// The server that does nothing but keep its word.
    pub(crate) async fn bare() -> Result<Self> {
        let (address, directory) = (free_address()?, directory()?);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(address.to_string()).arg(directory.path().join("bodies"));
        Self::start(command, address, directory).await
    }

    async fn start(mut command: Command, address: SocketAddr, directory: TempDir) -> Result<Self> {
        let log = File::create(directory.path().join("log"))?;
        let child = command.stdin(Stdio::null()).stderr(log).spawn()?;
        let mut process = Self { child, address, directory };
        let started = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if process.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                bail!("{command:?} did not start");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(process)
    }

    /// What a command of it says.
    pub(crate) fn timonel_says(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(programs()?.join("timonel"));
        let ran = command.args(arguments).env("TIMONEL_DATA", self.directory.path().join("data")).output()?;
        ensure!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        Ok(String::from_utf8(ran.stdout)?)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops its clock, so that another one has the machine for itself.
    pub(crate) fn pause(&self) -> Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::STOP)?)
    }

    /// Lets it go on.
    pub(crate) fn resume(&self) -> Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::CONT)?)
    }

    /// Bytes of memory that it has, shared pages included.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Seconds of processor time that it has used.
    pub(crate) fn processor_seconds(&self) -> Result<f64> {
        processor_seconds(&self.child.id().to_string())
    }
}

/// Seconds of processor time that this program has used.
pub(crate) fn own_processor_seconds() -> Result<f64> {
    processor_seconds("self")
}

fn processor_seconds(process: &str) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold blanks; behind it utime and stime are the 12th and 13th.
    let (_, behind) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks: Vec<f64> =
        behind.split_whitespace().skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

impl Drop for Process {
    #[allow(clippy::print_stderr, reason = "a complaint of the program may explain a figure")]
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let log = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        for line in log.lines().take(20) {
            eprintln!("  it said: {line}");
        }
    }
}

/// One that nobody listens at, most likely until we do.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
