//! What it costs to keep a decision after it was made: its traces as JSON, sealed, in the journal and folded.
//!
//! `cargo bench -p rules` says what making one costs. A commit is measured alone, where it waits for the disk, and with
//! others, where it shares a sync with them.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, Result};
use domain::message::Outgoing;
use domain::stream::{Actor, Stream};
use store::{Draft, Store};

use crate::fill::{self, Customer, Filler};
use crate::host;
use crate::report::{Report, median};

/// Decisions in a round.
const DECISIONS: usize = 2_000;

/// Commits on their way at once, where they share a sync.
const TOGETHER: usize = 64;

pub(crate) fn run(report: &mut Report, rounds: usize) -> Result<()> {
    report.load_of_machine("keep");
    let directory = host::directory()?;
    let (store, _) = fill::open(directory.path())?;
    let mut filler = Filler::new(&store)?;
    filler.batch()?;
    filler.finish()?;
    let customer = filler.customer().context("nobody wrote")?;
    let answer =
        Outgoing::Text { body: "Su pedido va en camino: llega mañana entre las 8 y las 12.".to_owned() };
    let traces = customer.traces(&answer);
    let (mut encoded, mut sealed, mut alone, mut shared) = (vec![], vec![], vec![], vec![]);
    for _ in 0..rounds {
        encoded.push(micros(DECISIONS, || Ok(serde_json::to_vec(&traces)?))?);
        sealed.push(micros(DECISIONS, || customer.seal(&traces))?);
        alone.push(micros(DECISIONS / 10, || {
            Ok(store.commit(Vec::new(), vec![draft(customer, &answer)?]).wait()?)
        })?);
        let together = |store: &Store| -> Result<()> {
            let drafts = (0..TOGETHER).map(|_| draft(customer, &answer)).collect::<Result<Vec<_>>>()?;
            let tickets: Vec<_> =
                drafts.into_iter().map(|draft| store.commit(Vec::new(), vec![draft])).collect();
            tickets.into_iter().try_for_each(|ticket| Ok(ticket.wait().map(drop)?))
        };
        shared.push(micros(DECISIONS / TOGETHER, || together(&store))? / TOGETHER as f64);
    }
    report.row("keep", "traces of a decision as JSON", median(encoded), "µs", None);
    report.row("keep", "the same, sealed", median(sealed), "µs", None);
    report.row("keep", "a decision sealed and committed, alone", median(alone), "µs", None);
    let measure = format!("a decision sealed and committed, {TOGETHER} together");
    report.row("keep", measure, median(shared), "µs", None);
    drop(filler);
    Ok(store.close()?)
}

fn draft(customer: &Customer, answer: &Outgoing) -> Result<Draft> {
    let stream = Stream::Conversation(customer.conversation);
    Ok(Draft::new(stream, Actor::Host, customer.decision(answer)?)?)
}

/// Microseconds of one.
fn micros<T>(times: usize, mut work: impl FnMut() -> Result<T>) -> Result<f64> {
    let started = Instant::now();
    for _ in 0..times {
        black_box(work()?);
    }
    Ok(started.elapsed().as_secs_f64() * 1e6 / times as f64)
}
