//! How long a webhook waits for its 200 at a load that a large company has, while the whole product works behind it.

use std::time::Duration;

use anyhow::Result;

use crate::customers;
use crate::host::Process;
use crate::load::{self, Schedule};
use crate::report::{Report, Target};

/// Webhooks a second.
const RATE: u64 = 1_000;

pub(crate) async fn run(report: &mut Report, time: Duration) -> Result<()> {
    report.load_of_machine("latency");
    let simulator = customers::whatsapp().await?;
    let host = Process::timonel(&simulator, None).await?;
    let mut latencies = load::open(host.address(), Schedule::new(0, RATE, time)).await?;
    let of = format!("ack of a webhook at {RATE} a second");
    report.latencies("latency", &of, &mut latencies, Some(Target::Below(50.0)));
    Ok(())
}
