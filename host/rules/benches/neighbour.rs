//! What a rule that behaves notices of one that does not, in the same host, on another thread.
//!
//! The well-behaved rule is asked alone, and then again while a hostile guest is asked as fast as it can be; both in each round, so
//! that a noisy machine slows both alike. What is printed are medians over rounds of the ratio of both. Nothing rests here
//! between faults as it does in a generation, where the fifth one in a row stops a rule for a minute.
//!
//! The first row is no hostile guest at all: what a neighbour costs because it uses the same machine. On a machine that others use too,
//! a 99th of a hundred is mostly the turn of somebody else, so there is a second ratio: of the same times without what the thread
//! waited for a processor (`/proc/thread-self/schedstat`). What it waits for inside the host (locks, permits, memory) is in both.
//!
//!     cargo bench --workspace --bench neighbour

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark is no part of the host"
)]

#[path = "../tests/guests/make.rs"]
mod make;
#[path = "../tests/all/support.rs"]
#[allow(dead_code, unused_imports, reason = "it is what tests share")]
mod support;

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::decision::Kind;
use rules::{Limits, Rule, Snapshot};

use support::{Bench, bomb, company, input, start_with};

/// As the host has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of which the median is taken.
const ROUNDS: usize = 7;

/// How long a rule is asked in each half of a round: some ten thousand times.
const HALF: Duration = Duration::from_millis(700);

/// What happens beside it.
enum Beside {
    /// A guest that is asked for decisions.
    Asked(Box<Rule>),
    /// Components that take long to compile, another one each time.
    Admitted,
}

fn main() {
    let bench = start_with(Limits::default());
    let honest = bench.plugin("skills-router");
    let snapshot: Arc<dyn Snapshot> = company();
    let mut classes =
        vec![("nothing hostile: the same rule", Beside::Asked(Box::new(bench.plugin("skills-router"))))];
    for (class, guest) in [
        ("an endless loop", "loops_in_call"),
        ("endless memory", "grows"),
        ("endless tables", "grows_tables"),
        ("endless recursion", "recurses"),
        ("traps", "traps"),
        ("floods of calls", "floods_calls"),
        ("floods of bytes", "floods_bytes"),
        ("giant arguments", "giant_argument"),
        ("giant returns", "giant_result"),
    ] {
        classes.push((class, Beside::Asked(Box::new(bench.rule(guest)))));
    }
    classes.push(("compile bombs at admission", Beside::Admitted));

    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    println!("load {}, medians of {ROUNDS} rounds\n", load.split(' ').next().unwrap());
    println!(
        "{:<34}{:>11}{:>11}{:>9}{:>11}{:>9}{:>9}",
        "beside it", "p99 alone", "p99", "× p99", "own alone", "own p99", "× own"
    );
    let mut bombs = 0;
    for (class, beside) in &classes {
        let mut halves = vec![];
        for _ in 0..ROUNDS {
            let alone = nineties(&bench, &honest, &snapshot);
            let over = AtomicBool::new(false);
            let beside_it = std::thread::scope(|scope| {
                scope.spawn(|| misbehave(&bench, beside, &over, &snapshot, &mut bombs));
                // Until it is under way.
                std::thread::sleep(Duration::from_millis(20));
                let measured = nineties(&bench, &honest, &snapshot);
                over.store(true, Ordering::Relaxed);
                measured
            });
            halves.push((alone, beside_it));
        }
        let of = |value: fn(&(Nineties, Nineties)) -> f64| median(halves.iter().map(value).collect());
        println!(
            "{class:<34}{:>8.0} µs{:>8.0} µs{:>9.2}{:>8.0} µs{:>6.0} µs{:>9.2}",
            of(|(alone, _)| alone.wall),
            of(|(_, beside)| beside.wall),
            of(|(alone, beside)| beside.wall / alone.wall),
            of(|(alone, _)| alone.own),
            of(|(_, beside)| beside.own),
            of(|(alone, beside)| beside.own / alone.own),
        );
    }
}

/// Goes on until it is over.
fn misbehave(
    bench: &Bench,
    beside: &Beside,
    over: &AtomicBool,
    snapshot: &Arc<dyn Snapshot>,
    bombs: &mut usize,
) {
    while !over.load(Ordering::Relaxed) {
        match beside {
            Beside::Asked(rule) => drop(bench.host.ask(rule, Kind::Routing, &input(), snapshot)),
            Beside::Admitted => {
                *bombs += 1;
                drop(bench.host.admit(&bomb(3_000 + *bombs)));
            }
        }
    }
}

/// The 99th of a hundred decisions, in microseconds.
struct Nineties {
    wall: f64,
    /// Without waiting for a processor.
    own: f64,
}

fn nineties(bench: &Bench, rule: &Rule, snapshot: &Arc<dyn Snapshot>) -> Nineties {
    let schedule = File::open("/proc/thread-self/schedstat").unwrap();
    let (input, started) = (input(), Instant::now());
    let (mut wall, mut own) = (Vec::new(), Vec::new());
    while started.elapsed() < HALF {
        let waited = waited(&schedule);
        let asked = Instant::now();
        let answer = bench.host.ask(rule, Kind::Routing, &input, snapshot);
        let took = asked.elapsed();
        wall.push(took.as_secs_f64() * 1e6);
        own.push(took.saturating_sub(self::waited(&schedule) - waited).as_secs_f64() * 1e6);
        assert!(answer.verdict.is_some(), "{}", answer.reason);
    }
    Nineties { wall: ninety_ninth(wall), own: ninety_ninth(own) }
}

/// How long this thread was ready and had no processor.
fn waited(schedule: &File) -> Duration {
    let mut text = [0; 64];
    let length = schedule.read_at(&mut text, 0).unwrap();
    let text = std::str::from_utf8(&text[..length]).unwrap();
    Duration::from_nanos(text.split_whitespace().nth(1).unwrap().parse().unwrap())
}

fn ninety_ninth(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() * 99 / 100]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
