//! What an event costs in a young journal and in an old one.
//!
//! A host must not slow down with the years. Events are written as `reopen` does, and at ten thousand, a hundred thousand
//! and so on it is measured what the next ones cost until they are durable and folded. Several runs of events are timed at
//! each of these ages and the median is taken, because what is folded is carried to sled in pushes.

use std::time::Instant;

use anyhow::Result;

use crate::fill::{self, Filler};
use crate::host;
use crate::report::{Report, Target, median};

/// The age at which it is measured first, in events. Most customers are new then; later the same ones come again.
const YOUNG: u64 = 10_000;

/// Events that are timed at once, and how often that is done at each age.
const RUN: u64 = 10_000;
const RUNS: usize = 8;

pub(crate) fn run(report: &mut Report, events: u64) -> Result<()> {
    report.load_of_machine("growth");
    let directory = host::directory()?;
    let (store, _) = fill::open(directory.path())?;
    let mut filler = Filler::new(&store)?;
    let (mut young, mut age) = (None, YOUNG);
    while age <= events {
        while store.last_seq() < age {
            filler.batch()?;
        }
        filler.finish()?;
        let mut costs = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let (from, started) = (store.last_seq(), Instant::now());
            while store.last_seq() < from + RUN {
                filler.batch()?;
            }
            filler.finish()?;
            costs.push(started.elapsed().as_secs_f64() * 1e6 / (store.last_seq() - from) as f64);
        }
        let cost = median(costs);
        report.row("growth", format!("an event, after {age} of them"), cost, "µs", None);
        match young {
            None => young = Some(cost),
            Some(young) => {
                let measure = format!("after {age} ÷ after {YOUNG}");
                report.row("growth", measure, cost / young, "×", Some(Target::Below(1.2)));
            }
        }
        age *= 10;
    }
    drop(filler);
    Ok(store.close()?)
}
