//! What a decision costs over wasmtime itself.
//!
//! `bare` is what anyone would write first: the same component, the same engine settings, host functions that answer the
//! same; a store, an instance from `instantiate_pre`, one call, and everything dropped. `ask` is ours: the same with
//! permit, limits, checks, recording and verdict. Rounds of both alternate and the ratio is taken round by round, so
//! that a noisy machine slows both alike; what is printed are medians.
//!
//!     cargo bench --workspace --bench decision

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark is no part of the host")]

#[path = "bare/mod.rs"]
mod bare;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use domain::decision::{Kind, MemoryScope, Why};
use domain::id::{QueueId, RuleId};
use rules::contract::{Agent, Calendar, CaseView, Customer, Input, LocalTime, Message, Who};
use rules::{
    Config, Definition, Generation, Grant, Host, Limits, Meant, Mode, Question, Remembered, Scope, Seen,
    Snapshot, Unavailable, Worker,
};

/// As the host has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of which the median is taken.
const ROUNDS: usize = 31;
/// Decisions in a round: about 50 ms.
const DECISIONS: usize = 2_000;

fn main() {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/components");
    let component = std::fs::read(plugins.join("skills-router.wasm")).unwrap();

    let directory = tempfile::tempdir().unwrap();
    let worker = Worker { program: PathBuf::from(env!("CARGO_BIN_EXE_compile-worker")), args: Vec::new() };
    let config =
        Config { cache: directory.path().to_owned(), worker, limits: Limits::default(), concurrency: 2 };
    let host = Host::start(config.clone()).unwrap();
    let (admitted, first) = timed(|| host.admit(&component).unwrap());
    let (_, again) = timed(|| Host::start(config.clone()).unwrap().admit(&component).unwrap());
    println!("admission of skills-router ({} KB):", component.len() / 1000);
    println!("  first, in a child        {:>9.1} ms", millis(first));
    println!("  of which compiling       {:>9.1} ms", millis(admitted.compile_time));
    println!("  from the cache           {:>9.1} ms (with the start of a host)", millis(again));

    let linked = host.link(&admitted, &Grant::all_of(&admitted)).unwrap();
    let (rule, prepare) = timed(|| {
        host.prepare(Definition {
            id: RuleId::from("place"),
            set: "routing".to_owned(),
            linked,
            settings: admitted.description.example_settings.clone(),
            scope: Scope::default(),
            mode: Mode::Live,
            version: None,
            until: None,
        })
        .unwrap()
    });
    println!("  reading its settings     {:>9.1} µs\n", prepare.as_secs_f64() * 1e6);

    let snapshot: Arc<dyn Snapshot> = Arc::new(Company);
    let input = input();
    let answer = host.ask(&rule, Kind::Routing, &input, &snapshot);
    println!("the decision: {} ({} units of fuel)\n", answer.reason, answer.asked.fuel);

    let queues: BTreeSet<_> = ["cobranza"].into_iter().map(QueueId::from).collect();
    let conversation = domain::id::ConversationId::from_bytes([0; 16]);
    let asking = Question { conversation, input: &input, snapshot: &snapshot };
    let generation = Generation::new(1, vec![rule.clone()], queues);
    let bare = bare::Bare::new(&component, &admitted.description.example_settings, host.reset(), Company);
    let asked = bare::converted(input.clone());
    assert!(bare.decide(Company, &asked).is_some(), "both decide the same");

    let (mut plain, mut ours, mut traced, mut rounds, mut tried) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        plain.push(repeated(|| drop(black_box(bare.decide(Company, &asked)))));
        ours.push(repeated(|| drop(black_box(host.ask(&rule, Kind::Routing, &input, &snapshot)))));
        traced.push(repeated(|| {
            let answer = host.ask(&rule, Kind::Routing, &input, &snapshot);
            drop(black_box(serde_json::to_vec(&answer.trace(&Seen::of(&input))).unwrap()));
        }));
        rounds.push(repeated(|| {
            drop(black_box(generation.route(&host, Why::Message, &asking)));
        }));
        tried.push(repeated(|| drop(black_box(generation.would(&host, Kind::Routing, Meant::All, &asking)))));
    }
    println!("{:<32}{:>10}{:>10}", "one decision of skills-router", "µs", "× bare");
    for (name, times) in [
        ("bare wasmtime", &plain),
        ("ask", &ours),
        ("ask, trace encoded as JSON", &traced),
        ("round of a generation", &rounds),
        ("round that is only tried", &tried),
    ] {
        let ratios = times.iter().zip(&plain).map(|(time, plain)| time / plain).collect();
        println!("{name:<32}{:>10.2}{:>10.2}", median(times.clone()), median(ratios));
    }
    println!("\ntried by two threads: {:.0} decisions a second", by_two(&host, &generation, asking));
}

/// Decisions that two threads try in a second, the median of rounds.
fn by_two(host: &Host, generation: &Generation, asking: Question<'_>) -> f64 {
    let round = || {
        let (_, time) = timed(|| {
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        for _ in 0..DECISIONS {
                            drop(black_box(generation.would(host, Kind::Routing, Meant::All, &asking)));
                        }
                    });
                }
            });
        });
        2.0 * DECISIONS as f64 / time.as_secs_f64()
    };
    median((0..ROUNDS).map(|_| round()).collect())
}

/// Microseconds of one.
fn repeated(mut decide: impl FnMut()) -> f64 {
    let started = Instant::now();
    for _ in 0..DECISIONS {
        decide();
    }
    started.elapsed().as_secs_f64() * 1e6 / DECISIONS as f64
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let done = work();
    (done, started.elapsed())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Ten agents, of whom nine could take the case. What a snapshot reads is in memory.
#[derive(Clone, Copy)]
struct Company;

static TEAM: LazyLock<Vec<Agent>> = LazyLock::new(|| {
    let agent = |number: u32| Agent {
        id: format!("agent-{number}"),
        skills: vec!["billing".into(), if number == 0 { "pt".into() } else { "es".into() }],
        presence: "available".into(),
        load: number,
        capacity: 12,
        last_attended: (number == 3).then_some(1_795_000_000_000),
        attrs: vec![],
    };
    (0..10).map(agent).collect()
});

impl Snapshot for Company {
    fn history(&self, _: u32) -> Result<Vec<Remembered>, Unavailable> {
        Ok(Vec::new())
    }

    fn profile(&self) -> Result<Customer, Unavailable> {
        Ok(Customer { name: "Lucía".into(), language: "es".into(), tags: vec!["vip".into()], attrs: vec![] })
    }

    fn identity(&self) -> Result<Who, Unavailable> {
        Ok(Who { phone: Some("+573001234567".into()), user_id: None })
    }

    fn team(&self, _: &QueueId, _: &[String]) -> Result<Vec<Agent>, Unavailable> {
        Ok(TEAM.clone())
    }

    fn memory(&self, _: &RuleId, _: MemoryScope, _: &str) -> Result<Option<String>, Unavailable> {
        Ok(None)
    }
}

fn input() -> Input {
    Input {
        why: "message".into(),
        now: 1_795_352_400_000,
        local: LocalTime {
            date: "2026-11-22".into(),
            weekday: 7,
            minute: 600,
            zone: "America/Bogota".into(),
        },
        calendar: Calendar { open: true, next_change: None, next_change_local: None },
        number: "soporte".into(),
        language: "es".into(),
        message: Some(Message {
            at: 1_795_352_400_000,
            author: "customer".into(),
            kind: "text".into(),
            text:
                "Buenas tardes, todavía no me llegó la factura de este mes. ¿Me la pueden reenviar por aquí?"
                    .into(),
            payload: String::new(),
            attrs: vec![],
        }),
        case: CaseView {
            id: "04fh1c9g2kq7m0000000000000".into(),
            opened: 1_795_352_400_000,
            queue: None,
            priority: 0,
            waiting_since: None,
            automatic_messages: 0,
            tags: vec![],
            attrs: vec![],
        },
        wake_note: None,
        attrs: vec![],
    }
}
