//! What the tests of this crate share: a host with a cache of its own, guests made from `tests/guests`, and a company to
//! ask them about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::decision::MemoryScope;
use domain::id::{ConversationId, QueueId, RuleId};
use rules::contract::{Agent, Calendar, CaseView, Customer, Input, LocalTime, Message, Who};
use rules::{
    Config, Definition, Grant, Host, Limits, Mode, Question, Refusal, Remembered, Rule, Scope, Snapshot,
    Unavailable, Worker,
};

pub(crate) use crate::make::{component, component_of};

/// The queues of the company.
pub(crate) fn queues() -> BTreeSet<QueueId> {
    ["sales", "support"].into_iter().map(QueueId::from).collect()
}

/// A host whose guests are given little, so that each limit is met soon.
pub(crate) fn limits() -> Limits {
    Limits { decision_fuel: 1_000_000, preparation_fuel: 10_000_000, ..Limits::default() }
}

/// A host and the directory of its cache, which goes with it.
pub(crate) struct Bench {
    pub(crate) host: Host,
    pub(crate) cache: tempfile::TempDir,
}

pub(crate) fn worker() -> Worker {
    Worker { program: PathBuf::from(env!("CARGO_BIN_EXE_compile-worker")), args: Vec::new() }
}

pub(crate) fn start_with(limits: Limits) -> Bench {
    let cache = tempfile::tempdir().unwrap();
    let host = start_in(cache.path(), limits);
    Bench { host, cache }
}

pub(crate) fn start_in(cache: &Path, limits: Limits) -> Host {
    Host::start(Config { cache: cache.to_owned(), worker: worker(), limits, concurrency: 2 }).unwrap()
}

pub(crate) fn start() -> Bench {
    start_with(limits())
}

impl Bench {
    /// A reference plugin with the settings that it names as an example.
    pub(crate) fn plugin(&self, name: &str) -> Rule {
        let component = plugin(name);
        let admitted = self.host.admit(&component).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        self.try_rule(&component, &admitted.description.example_settings).unwrap()
    }

    /// Admits, grants everything, and prepares with these settings.
    pub(crate) fn try_rule(&self, component: &[u8], settings: &str) -> Result<Rule, Refusal> {
        let admitted = self.host.admit(component)?;
        let linked = self.host.link(&admitted, &Grant::all_of(&admitted))?;
        self.host.prepare(Definition {
            id: RuleId::from(admitted.description.name.as_str()),
            set: "test".to_owned(),
            linked,
            settings: settings.to_owned(),
            scope: Scope::default(),
            mode: Mode::Live,
            version: None,
            until: None,
        })
    }

    pub(crate) fn rule(&self, guest: &str) -> Rule {
        self.try_rule(&component(guest), "").unwrap_or_else(|refusal| panic!("{guest}: {refusal}"))
    }
}

/// What a generation is asked, of one conversation.
pub(crate) fn asking<'a>(input: &'a Input, snapshot: &'a Arc<dyn Snapshot>) -> Question<'a> {
    Question { conversation: ConversationId::from_bytes([7; 16]), input, snapshot }
}

/// A reference plugin, as it is kept in `plugins/components`.
pub(crate) fn plugin(name: &str) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/components");
    fs::read(directory.join(format!("{name}.wasm"))).unwrap()
}

/// One function with so many calls, which is what compilers take longest for.
pub(crate) fn bomb(blocks: usize) -> Vec<u8> {
    let body = "(local.set 0 (call_indirect (type $f) (local.get 0) (local.get 0)))\n".repeat(blocks);
    wat::parse_str(format!(
        "(component (core module
            (type $f (func (param i32) (result i32)))
            (table 10 funcref)
            (func (param i32) (result i32) {body} (local.get 0))))"
    ))
    .unwrap()
}

/// Sunday morning, a customer writes in Spanish.
pub(crate) fn input() -> Input {
    Input {
        why: "message".to_owned(),
        now: 1_795_352_400_000,
        local: local("2026-11-22", 7, 600),
        calendar: Calendar { open: true, next_change: None, next_change_local: None },
        number: "main".to_owned(),
        language: "es".to_owned(),
        message: Some(message("Hola, ¿dónde está mi pedido?")),
        case: CaseView {
            id: "04fh1c9".to_owned(),
            opened: 1_795_352_400_000,
            queue: None,
            priority: 0,
            waiting_since: None,
            automatic_messages: 0,
            tags: Vec::new(),
            attrs: Vec::new(),
        },
        wake_note: None,
        attrs: Vec::new(),
    }
}

pub(crate) fn local(date: &str, weekday: u8, minute: u16) -> LocalTime {
    LocalTime { date: date.to_owned(), weekday, minute, zone: "America/Bogota".to_owned() }
}

pub(crate) fn message(text: &str) -> Message {
    Message {
        at: 1_795_352_400_000,
        author: "customer".to_owned(),
        kind: "text".to_owned(),
        text: text.to_owned(),
        payload: String::new(),
        attrs: Vec::new(),
    }
}

pub(crate) fn agent(id: &str, skills: &[&str], presence: &str, load: u32) -> Agent {
    Agent {
        id: id.to_owned(),
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        presence: presence.to_owned(),
        load,
        capacity: 4,
        last_attended: None,
        attrs: Vec::new(),
    }
}

/// A conversation with a past.
#[derive(Default)]
pub(crate) struct Company {
    pub(crate) agents: Vec<Agent>,
    /// What any rule noted, by key.
    pub(crate) notes: BTreeMap<String, String>,
}

pub(crate) fn company() -> Arc<dyn Snapshot> {
    let agents = vec![agent("ana", &["es", "pt"], "available", 1), agent("joao", &["pt"], "away", 0)];
    let notes = BTreeMap::from([("sales".to_owned(), "asked for a price".to_owned())]);
    Arc::new(Company { agents, notes })
}

impl Snapshot for Company {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        let all = [(3, "Buenos días"), (7, "Quiero cambiar mi pedido")];
        let skip = all.len().saturating_sub(limit as usize);
        Ok(all[skip..]
            .iter()
            .map(|(version, text)| Remembered { version: *version, message: message(text) })
            .collect())
    }

    fn profile(&self) -> Result<Customer, Unavailable> {
        Ok(Customer {
            name: "Lucía".to_owned(),
            language: "es".to_owned(),
            tags: vec!["vip".to_owned()],
            attrs: Vec::new(),
        })
    }

    fn identity(&self) -> Result<Who, Unavailable> {
        Err(Unavailable { because: "not in this test".to_owned() })
    }

    fn team(&self, _: &QueueId, skills: &[String]) -> Result<Vec<Agent>, Unavailable> {
        let has_all = |agent: &&Agent| skills.iter().all(|skill| agent.skills.contains(skill));
        Ok(self.agents.iter().filter(has_all).cloned().collect())
    }

    fn memory(&self, _: &RuleId, _: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        Ok(self.notes.get(key).cloned())
    }
}
