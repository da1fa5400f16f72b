//! Memory of a host that has nothing to do: what a small company pays for having one.

use std::time::Duration;

use anyhow::Result;

use crate::customers;
use crate::host::Process;
use crate::report::{Report, Target};

pub(crate) async fn run(report: &mut Report) -> Result<()> {
    report.load_of_machine("idle");
    let simulator = customers::whatsapp().await?;
    let host = Process::timonel(&simulator, None).await?;
    let before = host.processor_seconds()?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let megabytes = host.resident()? as f64 / 1e6;
    report.row("idle", "resident memory 5 s after the start", megabytes, "MB", Some(Target::Below(120.0)));
    let percent = (host.processor_seconds()? - before) / 5.0 * 100.0;
    report.row("idle", "processor meanwhile, of one core", percent, "%", None);
    Ok(())
}
