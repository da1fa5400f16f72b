//! How long a large journal takes to open: after a clean end, after a kill, and when everything that is folded from it has
//! to be folded again; and how long it takes to check every byte of it, as `timonel journal verify` does.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Result;
use journal::RealDisk;
use store::{Opened, Paths, Store};

use crate::fill::{self, Filler};
use crate::host;
use crate::report::{Report, Target};

/// How long events are written before the kill.
const WRITING: Duration = Duration::from_secs(3);

pub(crate) fn run(report: &mut Report, events: u64) -> Result<()> {
    report.load_of_machine("reopen");
    let directory = host::directory()?;
    let data = directory.path();
    let (store, _, _) = open(data)?;
    let started = Instant::now();
    let mut filler = Filler::new(&store)?;
    while store.last_seq() < events {
        filler.batch()?;
    }
    filler.finish()?;
    let written = store.last_seq();
    report.row("reopen", "events", written as f64, "", None);
    report.row("reopen", "written and folded", rate(written, started.elapsed()), "/s", None);
    drop(filler);
    store.close()?;
    drop(store);
    let paths = Paths::within(data);
    report.row("reopen", "journal", megabytes(&paths.journal)?, "MB", None);
    report.row("reopen", "projections", megabytes(&paths.projection)?, "MB", None);

    let target = Some(Target::Below(5.0));
    let (store, _, took) = open(data)?;
    report.row("reopen", "after a clean end", took.as_secs_f64(), "s", target);
    store.close()?;
    drop(store);

    killed(data)?;
    let (store, opened, took) = open(data)?;
    report.row("reopen", "after kill -9", took.as_secs_f64(), "s", target);
    report.row("reopen", "after kill -9: events that had to be folded", opened.folded as f64, "", None);
    store.close()?;
    drop(store);

    let started = Instant::now();
    let verified = journal::verify(&RealDisk, &paths.journal, &mut |_| {})?;
    let took = started.elapsed();
    report.row("reopen", "verify: every byte checked", took.as_secs_f64(), "s", None);
    report.row("reopen", "verify: events", rate(verified.entries, took), "/s", None);

    fs::remove_dir_all(&paths.projection)?;
    let (store, opened, took) = open(data)?;
    report.row("reopen", "without projections, all folded again", took.as_secs_f64(), "s", None);
    report.row("reopen", "without projections: events folded", rate(opened.folded, took), "/s", None);
    store.close()?;
    Ok(())
}

fn open(data: &Path) -> Result<(Store, Opened, Duration)> {
    let started = Instant::now();
    let (store, opened) = fill::open(data)?;
    Ok((store, opened, started.elapsed()))
}

/// Lets another process write and kills it amid that.
fn killed(data: &Path) -> Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut child = command.arg("fill").arg(data).stdout(Stdio::piped()).spawn()?;
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut String::new())?;
    }
    std::thread::sleep(WRITING);
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn rate(events: u64, time: Duration) -> f64 {
    events as f64 / time.as_secs_f64()
}

fn megabytes(path: &Path) -> Result<f64> {
    fn bytes(path: &Path) -> Result<u64> {
        if !path.is_dir() {
            return Ok(fs::metadata(path)?.len());
        }
        fs::read_dir(path)?.map(|entry| bytes(&entry?.path())).sum()
    }
    Ok(bytes(path)? as f64 / 1e6)
}
