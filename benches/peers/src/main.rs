//! What else a Rust program could run a company's rules in, and what a decision costs there.
//!
//! One rule (that of `examples/rules/rust/routing`: the first word known in a customer's message decides, VIPs first), the same
//! thirty messages, the same two threads, the same allocator. All have to place every message alike before anything is timed. Rounds
//! of all alternate, and the ratio to ours is taken round by round, so that a noisy machine slows all alike; what is printed are
//! medians.
//!
//!     benches/peers/run

mod company;
mod extism;
mod native;
mod ours;
mod regorus;
mod rhai;

#[path = "../../../host/rules/benches/bare/mod.rs"]
mod bare;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use company::Company;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of which the median is taken.
const ROUNDS: usize = 15;

/// How long each of two threads decides in a round, in decisions: a number that takes every one of them some 50 ms.
const ABOUT: f64 = 0.05;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    queue: String,
    priority: u8,
    reason: String,
}

/// What decides on one thread.
type Seat<'a> = Box<dyn FnMut(usize) -> Option<Placed> + 'a>;

/// Something in which the rule runs. What it has of each message is made before anything is timed, in its own terms.
trait Peer: Sync {
    /// For one thread.
    fn seat(&self) -> Seat<'_>;
}

fn main() -> ExitCode {
    // Ours compiles in a child: this program, called so.
    if std::env::args().nth(1).as_deref() == Some(ours::WORKER) {
        return rules::compile_worker::main();
    }
    let cache = tempfile::tempdir().unwrap();
    let peers: [(&str, Box<dyn Peer>); 8] = [
        ("native Rust, trusted", Box::new(native::Native)),
        ("rhai 1.27", Box::new(rhai::Rhai::new())),
        ("regorus 0.14, interpreter", Box::new(regorus::Regorus::new())),
        ("extism 1.30, one instance kept", Box::new(extism::Extism::kept())),
        ("extism 1.30, an instance a decision", Box::new(extism::Extism::fresh())),
        ("bare wasmtime 48, an instance a decision", Box::new(ours::Bare::new(cache.path()))),
        ("Timonel, asked", Box::new(ours::Ours::asked(cache.path()))),
        ("Timonel, a round of a generation", Box::new(ours::Ours::round(cache.path()))),
    ];
    for (name, peer) in &peers {
        let mut seat = peer.seat();
        for message in 0..company::MESSAGES.len() {
            assert_eq!(seat(message), native::place(message), "{name}: {}", company::MESSAGES[message]);
        }
    }

    let counts = peers.each_ref().map(|(_, peer)| enough(peer.as_ref()));
    let mut times = peers.each_ref().map(|_| Vec::new());
    let mut alone = peers.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (n, (_, peer)) in peers.iter().enumerate() {
            alone[n].push(by_one(peer.as_ref(), counts[n]));
            times[n].push(by_two(peer.as_ref(), counts[n]));
        }
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    println!("load {}, medians of {ROUNDS} rounds of two threads\n", load.split(' ').next().unwrap());
    println!("{:<42}{:>12}{:>14}{:>14}{:>10}", "", "µs alone", "µs of two", "decisions/s", "× ours");
    let ours = times[6].clone();
    for (((name, _), times), alone) in peers.iter().zip(&times).zip(alone) {
        let ratio = median(times.iter().zip(&ours).map(|(time, ours)| time / ours).collect());
        let (each, alone) = (median(times.clone()), median(alone));
        println!("{name:<42}{alone:>12.2}{each:>14.2}{:>14.0}{ratio:>10.3}", 2e6 / each);
    }
    ExitCode::SUCCESS
}

/// How many decisions take a thread about as long as a round is to be.
fn enough(peer: &dyn Peer) -> usize {
    let mut count = 16;
    loop {
        let each = by_two(peer, count);
        if each * count as f64 >= ABOUT * 1e6 / 4.0 {
            return (ABOUT * 1e6 / each) as usize;
        }
        count *= 4;
    }
}

/// Microseconds that a decision takes.
fn by_one(peer: &dyn Peer, count: usize) -> f64 {
    let mut seat = peer.seat();
    let started = Instant::now();
    for n in 0..count {
        drop(black_box(seat(n % company::MESSAGES.len())));
    }
    started.elapsed().as_secs_f64() * 1e6 / count as f64
}

/// The same of a thread, while another one decides as well.
fn by_two(peer: &dyn Peer, count: usize) -> f64 {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| by_one(peer, count));
        (by_one(peer, count) + other.join().unwrap()) / 2.0
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
