//! How long a host that starts takes for a hundred plugins that it knows.
//!
//! They are the reference plugins, each with a mark of its own, so that the cache has a hundred different entries of real sizes. Compiling
//! them takes a minute and is not measured. What is: the start of a host, and that each is admitted, linked and has read its settings.
//!
//!     cargo bench --workspace --bench hundred

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark is no part of the host"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use rules::{Config, Definition, Grant, Host, Limits, Mode, Scope, Worker};

/// Plugins.
const HUNDRED: usize = 100;

/// Rounds of which the median is taken.
const ROUNDS: usize = 9;

fn main() {
    let cache = tempfile::tempdir().unwrap();
    let components = components();
    let config = |worker: Worker| Config {
        cache: cache.path().to_owned(),
        worker,
        // A busy machine compiles slowly, which is not what is measured.
        limits: Limits { compile_millis: 120_000, ..Limits::default() },
        concurrency: 2,
    };
    let compiles = Worker { program: PathBuf::from(env!("CARGO_BIN_EXE_compile-worker")), args: Vec::new() };
    let compiled = Instant::now();
    let bytes = load(config(compiles), &components);
    println!(
        "compiled once: {:.1} s; {:.1} MB of code",
        compiled.elapsed().as_secs_f64(),
        bytes as f64 / 1e6
    );

    // This one could not compile: what it loads it has from the cache.
    let idle = || Worker { program: "/bin/false".into(), args: Vec::new() };
    let round = |_| {
        let started = Instant::now();
        load(config(idle()), &components);
        started.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..ROUNDS).map(round).collect();
    times.sort_by(f64::total_cmp);
    let machine = std::fs::read_to_string("/proc/loadavg").unwrap();
    println!(
        "{HUNDRED} plugins from the cache: {:.0} ms, {:.0} to {:.0} in {ROUNDS} rounds (load {})",
        times[ROUNDS / 2],
        times[0],
        times[ROUNDS - 1],
        machine.split(' ').next().unwrap()
    );
}

/// Starts a host with all of them, and gives the bytes of their code.
fn load(config: Config, components: &[Vec<u8>]) -> u64 {
    let host = Host::start(config).unwrap();
    let mut bytes = 0;
    for (number, component) in components.iter().enumerate() {
        let admitted = host.admit(component).unwrap();
        let linked = host.link(&admitted, &Grant::all_of(&admitted)).unwrap();
        let rule = host.prepare(Definition {
            id: format!("rule-{number}").as_str().into(),
            set: "hundred".to_owned(),
            linked,
            settings: admitted.description.example_settings.clone(),
            scope: Scope::default(),
            mode: Mode::Live,
            version: None,
            until: None,
        });
        drop(rule.unwrap());
        bytes += admitted.compiled_bytes;
    }
    bytes
}

/// A hundred different ones.
fn components() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/components");
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let plugins: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    // A custom section of six bytes, called `mark`.
    let marked = |(number, plugin): (usize, &Vec<u8>)| {
        let mark = [&[0, 6, 4][..], b"mark", &[number as u8]].concat();
        [plugin.as_slice(), &mark].concat()
    };
    plugins.iter().cycle().take(HUNDRED).enumerate().map(marked).collect()
}
