//! The child process that looks into a component.
//!
//! Compilation is the one place where a stranger's bytes can take time and memory that no fuel measures, and where a bug
//! of the compiler would be reached first. So it happens in a process of its own, with little memory, low priority, an
//! empty environment and a parent that kills it when its time is over. The program is ours: the same binary with other
//! arguments, so that the compiled code fits the engine that runs it.
//!
//! The component comes from standard input and the answer goes to standard output as JSON, both of them files, so that
//! nobody waits for anybody's pipe.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use domain::decision::Digest;
use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};
use serde::{Deserialize, Serialize};
use wasmtime::component::Component;

use crate::engine::{self, Reset};
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::trial::{self, Found};
use crate::walk::walk;

/// What the child is told, as the last of its arguments.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// What the bytes of the component have to hash to.
    pub(crate) digest: Digest,
    /// The file to write the compiled component to.
    pub(crate) output: PathBuf,
    pub(crate) limits: Limits,
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Report {
    /// It may be taken, and its code is in the file.
    Compiled {
        found: Found,
        /// The SHA-256 of the compiled code.
        code: Digest,
        micros: u64,
    },
    /// It may not.
    Refused(Refusal),
}

/// The exit code that says: a failure of the host, and nothing about the component. A compiler that gives up ends with a
/// signal, or with the code of a panic.
pub(crate) const OURS: u8 = 1;

/// The whole life of the child. A `Refusal` is a success of it; a failure is explained on standard error.
pub fn main() -> ExitCode {
    let done = work().and_then(|report| {
        let mut answer = io::stdout().lock();
        serde_json::to_writer(&mut answer, &report)?;
        answer.flush()
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If even that cannot be written, the exit code has to do.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(OURS)
        }
    }
}

fn work() -> io::Result<Report> {
    let order = std::env::args().next_back().unwrap_or_default();
    let order: Order = serde_json::from_str(&order)?;
    // Low, but not lowest: somebody waits for the answer.
    nice(10)?;
    // It may well be killed, and nobody wants gigabytes of a stranger's code on disk for it.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;

    let mut bytes = Vec::new();
    io::stdin().lock().take(order.limits.component as u64 + 1).read_to_end(&mut bytes)?;
    if Digest::of(&bytes) != order.digest {
        return Err(io::Error::other("the bytes are not those that were to be compiled"));
    }
    Ok(compiled(&bytes, &order)?.unwrap_or_else(Report::Refused))
}

fn compiled(bytes: &[u8], order: &Order) -> io::Result<Result<Report, Refusal>> {
    if let Err(refusal) = walk(bytes, &order.limits.structure) {
        return Ok(Err(refusal));
    }
    let engine = engine::running(&order.limits, 1, Reset::Blind).map_err(io::Error::other)?;
    let started = Instant::now();
    let component = {
        let _limited = Limited::to(order.limits.compile_memory)?;
        match Component::new(&engine, bytes) {
            Ok(component) => component,
            Err(error) => return Ok(Err(Refusal::NotCompilable { detail: format!("{error:#}") })),
        }
    };
    let micros = started.elapsed().as_micros().try_into().unwrap_or(u64::MAX);
    let code = component.serialize().map_err(failed)?;
    fs::write(&order.output, &code)?;
    Ok(trial::tried(&engine, &component, &order.limits).map(|found| Report::Compiled {
        found,
        code: Digest::of(&code),
        micros,
    }))
}

fn failed(error: wasmtime::Error) -> io::Error {
    io::Error::other(format!("{error:#}"))
}

/// A limit on what the address space of this process may grow by while a component is compiled. It counts from what the
/// process has, because the pool reserves gigabytes of addresses without using them, and is lifted before the guest is
/// tried, which has limits of its own.
struct Limited(Rlimit);

impl Limited {
    fn to(bytes: u64) -> io::Result<Self> {
        let before = getrlimit(Resource::As);
        let most = address_space()?.saturating_add(bytes);
        let most = before.current.map_or(most, |current| current.min(most));
        setrlimit(Resource::As, Rlimit { current: Some(most), maximum: before.maximum })?;
        Ok(Self(before))
    }
}

/// Bytes of address space that this process has.
fn address_space() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kibibytes =
        status.lines().find_map(|line| line.strip_prefix("VmSize:")?.split_whitespace().next()?.parse().ok());
    kibibytes
        .map(|kibibytes: u64| kibibytes * 1024)
        .ok_or_else(|| io::Error::other("/proc/self/status names no VmSize"))
}

impl Drop for Limited {
    fn drop(&mut self) {
        // A failure leaves the limit in place, and the trial says that there is no room.
        let _ = setrlimit(Resource::As, self.0);
    }
}
