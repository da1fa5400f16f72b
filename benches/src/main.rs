//! What Timonel does per second, how fast it answers, and what it needs.
//!
//! The real program is measured, not parts of it: `timonel serve` runs as a process of its own on a real disk, its
//! webhooks come over real connections, and its answers go to the simulated WhatsApp. Whoever offers the load runs on
//! the same machine and needs its share of it, so the figures are lower bounds; that share is measured too.
//!
//!     cargo build --release -p timonel
//!     cargo run --release -p benches -- all

#![allow(clippy::print_stdout, reason = "the result goes to whoever ran it")]

mod access;
mod audit;
mod bare;
mod consoles;
mod customers;
mod fill;
mod growth;
mod host;
mod idle;
mod ingest;
mod keep;
mod latency;
mod load;
mod reopen;
mod report;
mod sustained;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;

use report::Report;

/// As the host has it: what goes straight to the store here is measured as there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures the real program.", max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
    /// Seconds of each measurement.
    #[arg(long, global = true, default_value_t = 10)]
    seconds: u64,
    /// Rounds of which the median is taken.
    #[arg(long, global = true, default_value_t = 5)]
    rounds: usize,
    /// Events in the journal that is reopened, and up to which `growth` goes: 10000000 there shows years.
    #[arg(long, global = true, default_value_t = 1_000_000)]
    events: u64,
    /// For `consoles`: what opens a page in a real browser and measures it, as `python3 benches/consoles.py`.
    #[arg(long, global = true)]
    browser: Option<String>,
    /// Write the result as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand, Clone)]
enum Benchmark {
    /// Webhooks that are safe on the disk, per second, against a server that does nothing else.
    Ingest,
    /// How long a webhook waits for its 200.
    Latency,
    /// Messages that are decided, journaled and answered, per second.
    Sustained,
    /// How long it takes to know whether somebody may do something.
    Access,
    /// How long it takes to check an exported record against its checkpoints.
    Audit,
    /// Memory of a host that has nothing to do.
    Idle,
    /// How long a message takes until it is in front of its agent, with 200 consoles open and 10,000 conversations.
    Consoles,
    /// What it costs to keep a decision: encoding, sealing, committing.
    Keep,
    /// How long a large journal takes to open, to check and to fold.
    Reopen,
    /// What an event costs in a young journal and in an old one.
    Growth,
    /// All of them.
    All,
    /// The server that `ingest` compares with.
    #[command(hide = true)]
    Bare { listen: SocketAddr, file: PathBuf },
    /// Writes events until it is killed, for `reopen`.
    #[command(hide = true)]
    Fill { data: PathBuf },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut report = Report::new(arguments.json);
    measure(&arguments, &arguments.benchmark, &mut report)?;
    report.finish()
}

fn measure(arguments: &Arguments, benchmark: &Benchmark, report: &mut Report) -> Result<()> {
    let time = Duration::from_secs(arguments.seconds);
    match benchmark {
        Benchmark::Ingest => Runtime::new()?.block_on(ingest::run(report, time, arguments.rounds)),
        Benchmark::Latency => Runtime::new()?.block_on(latency::run(report, time)),
        Benchmark::Sustained => Runtime::new()?.block_on(sustained::run(report, time)),
        Benchmark::Access => access::run(report, arguments.rounds),
        Benchmark::Audit => audit::run(report, arguments.events, arguments.rounds),
        Benchmark::Idle => Runtime::new()?.block_on(idle::run(report)),
        Benchmark::Consoles => {
            Runtime::new()?.block_on(consoles::run(report, time, arguments.browser.as_deref()))
        }
        Benchmark::Keep => keep::run(report, arguments.rounds),
        Benchmark::Reopen => reopen::run(report, arguments.events),
        Benchmark::Growth => growth::run(report, arguments.events),
        Benchmark::All => {
            use Benchmark::{
                Access, Audit, Consoles, Growth, Idle, Ingest, Keep, Latency, Reopen, Sustained,
            };
            [Access, Audit, Idle, Keep, Latency, Consoles, Sustained, Ingest, Reopen, Growth]
                .iter()
                .try_for_each(|benchmark| measure(arguments, benchmark, report))
        }
        Benchmark::Bare { listen, file } => Runtime::new()?.block_on(bare::serve(*listen, file)),
        Benchmark::Fill { data } => fill::until_killed(data),
    }
}
