//! Webhooks that are safe on the disk, per second, against a server that does nothing but keep them.
//!
//! Behind the acks the whole product works: contacts are made, rules decide, answers leave, statuses come back. The
//! rounds of the two alternate and the ratio is taken round by round, so that a noisy machine slows both alike. Whoever
//! is not measured is stopped, because the host would otherwise work on what it took while the other one is measured.

use std::time::Duration;

use anyhow::Result;

use crate::host::Process;
use crate::report::{Report, Target, median};
use crate::{customers, load};

pub(crate) async fn run(report: &mut Report, time: Duration, rounds: usize) -> Result<()> {
    report.load_of_machine("ingest");
    let simulator = customers::whatsapp().await?;
    let host = Process::timonel(&simulator, None).await?;
    let bare = Process::bare().await?;
    bare.pause()?;
    let (mut ours, mut theirs, mut next) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let (posted, acks) = load::closed(host.address(), next..u64::MAX, time).await?;
        next += posted;
        ours.push(acks);
        host.pause()?;
        bare.resume()?;
        let (_, acks) = load::closed(bare.address(), 0..u64::MAX, time).await?;
        theirs.push(acks);
        bare.pause()?;
        host.resume()?;
    }
    let answered: u64 = simulator.sent().values().sum();
    let ratios = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
    report.row("ingest", "bare server: durable acks", median(theirs), "/s", None);
    report.row("ingest", "timonel: durable acks", median(ours), "/s", None);
    report.row("ingest", "timonel / bare", median(ratios), "×", Some(Target::AtLeast(0.5)));
    let seconds = time.as_secs_f64() * rounds as f64;
    report.row("ingest", "timonel: messages sent meanwhile", answered as f64 / seconds, "/s", None);
    Ok(())
}
