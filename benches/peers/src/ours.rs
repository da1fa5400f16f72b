//! The component of the example, as it is in the repository: in wasmtime and nothing else, and in the host of this repository, which
//! limits it in time, memory and what it may ask, takes no word of its answer unchecked, and keeps a trace from which the decision can
//! be made again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use domain::decision::{Kind, Verdict, Why};
use domain::id::{ConversationId, QueueId, RuleId};
use rules::contract::Input;
use rules::{
    Config, Definition, Generation, Grant, Host, Limits, Mode, Question, Rule, Scope, Snapshot, Worker,
};

use crate::company::{self, Company, MESSAGES, WORDS};
use crate::{Peer, Placed, Seat, bare};

/// What this program is called with to compile a component.
pub(crate) const WORKER: &str = "compile-worker";

fn component() -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/rules/tests/fixtures/0.1.0");
    std::fs::read(fixtures.join("rust-routing.wasm")).unwrap()
}

fn host(cache: &Path) -> Host {
    let worker = Worker { program: std::env::current_exe().unwrap(), args: vec![WORKER.into()] };
    Host::start(Config { cache: cache.to_owned(), worker, limits: Limits::default(), concurrency: 2 })
        .unwrap()
}

pub(crate) struct Bare {
    bare: bare::Bare,
    inputs: Vec<bare::Input>,
}

impl Bare {
    pub(crate) fn new(cache: &Path) -> Self {
        let reset = host(cache).reset();
        let bare = bare::Bare::new(&component(), &company::settings(), reset, Company(0));
        Self { bare, inputs: (0..MESSAGES.len()).map(|n| bare::converted(company::input(n))).collect() }
    }
}

impl Peer for Bare {
    fn seat(&self) -> Seat<'_> {
        Box::new(|message| {
            let place = self.bare.decide(Company(message), &self.inputs[message])?;
            Some(Placed { queue: place.queue, priority: place.priority, reason: place.reason })
        })
    }
}

pub(crate) struct Ours {
    host: Host,
    rule: Rule,
    /// If it is asked in one, as in a company.
    generation: Option<Generation>,
    inputs: Vec<Input>,
    snapshots: Vec<Arc<dyn Snapshot>>,
}

impl Ours {
    pub(crate) fn asked(cache: &Path) -> Self {
        let host = host(cache);
        let admitted = host.admit(&component()).unwrap();
        let definition = Definition {
            id: RuleId::from("words"),
            set: "routing".to_owned(),
            linked: host.link(&admitted, &Grant::all_of(&admitted)).unwrap(),
            settings: company::settings(),
            scope: Scope::default(),
            mode: Mode::Live,
            version: None,
            until: None,
        };
        Self {
            rule: host.prepare(definition).unwrap(),
            host,
            generation: None,
            inputs: (0..MESSAGES.len()).map(company::input).collect(),
            snapshots: (0..MESSAGES.len()).map(|n| Arc::new(Company(n)) as Arc<dyn Snapshot>).collect(),
        }
    }

    pub(crate) fn round(cache: &Path) -> Self {
        let asked = Self::asked(cache);
        let queues: BTreeSet<_> = WORDS.iter().map(|(_, queue)| QueueId::from(*queue)).collect();
        Self { generation: Some(Generation::new(1, vec![asked.rule.clone()], queues)), ..asked }
    }
}

impl Peer for Ours {
    fn seat(&self) -> Seat<'_> {
        let conversation = ConversationId::from_bytes([0; 16]);
        Box::new(move |message| {
            let (input, snapshot) = (&self.inputs[message], &self.snapshots[message]);
            let (verdict, reason) = match &self.generation {
                None => {
                    let answer = self.host.ask(&self.rule, Kind::Routing, input, snapshot);
                    (answer.verdict.unwrap(), answer.reason)
                }
                Some(generation) => {
                    let asking = Question { conversation, input, snapshot };
                    let decided = generation.route(&self.host, Why::Message, &asking).decided?;
                    (decided.verdict, decided.reason)
                }
            };
            let Verdict::Place(place) = verdict else { return None };
            Some(Placed { queue: place.queue.to_string(), priority: place.priority, reason })
        })
    }
}
