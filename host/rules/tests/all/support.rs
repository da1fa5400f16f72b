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
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

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

/// A guest of `tests/guests` as a component, made with the released contract.
pub(crate) fn component(guest: &str) -> Vec<u8> {
    component_of(guest, |wit| wit)
}

/// The same with a contract that was changed.
pub(crate) fn component_of(guest: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests");
    let text = fs::read_to_string(directory.join(format!("{guest}.wat"))).unwrap();
    let own = text.lines().filter(|line| !line.starts_with(";;")).collect::<Vec<_>>().join("\n");
    if own.starts_with("(component") || own.starts_with("(module") {
        return wat::parse_str(own).unwrap();
    }
    let common = fs::read_to_string(directory.join("common.wat")).unwrap();
    // Imports have to come first, so what is common is appended.
    let mut whole = format!("(module\n{own}\n");
    for (name, piece) in pieces(&common) {
        if !own.contains(&format!("(export \"{name}\")")) {
            whole.push_str(&piece);
        }
    }
    whole.push(')');

    let mut module = wat::parse_str(&whole).unwrap_or_else(|error| panic!("{guest}: {error}"));
    let exports = |kind: &str| own.contains(&format!("timonel:rules/{kind}@0.1.0#"));
    let world = match (exports("routing"), exports("responding")) {
        (true, true) => "both",
        (false, true) => "responder",
        _ if exports("approving") => "approver",
        _ => "router",
    };
    let mut resolve = Resolve::default();
    let contract: String = ["types", "capabilities", "exports", "worlds"]
        .map(|file| wit(&format!("{file}.wit")).replace("package timonel:rules@0.1.0;", ""))
        .concat();
    resolve.push_str("contract.wit", &format!("package timonel:rules@0.1.0;\n{}", change(contract))).unwrap();
    let package = resolve
        .push_str(
            "guests.wit",
            "package timonel:guests;
             world router { include timonel:rules/everything@0.1.0; include timonel:rules/router@0.1.0; }
             world responder { include timonel:rules/everything@0.1.0; include timonel:rules/responder@0.1.0; }
             world approver { include timonel:rules/approver@0.1.0; }
             world both { include router; include responder; }",
        )
        .unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .unwrap_or_else(|error| panic!("{guest}: {error:#}"))
}

fn wit(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/0.1.0").join(file)).unwrap()
}

/// The pieces of `common.wat`: what follows a comment line with a single name, up to the next.
fn pieces(common: &str) -> Vec<(String, String)> {
    let mut pieces: Vec<(String, String)> = Vec::new();
    for line in common.lines() {
        let name = line.strip_prefix(";; ").filter(|name| !name.contains(' '));
        match (name, pieces.last_mut()) {
            (Some(name), _) => pieces.push((name.to_owned(), String::new())),
            (None, Some((_, piece))) => *piece += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    pieces
}

/// A reference plugin, as it is kept in `plugins/components`.
pub(crate) fn plugin(name: &str) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/components");
    fs::read(directory.join(format!("{name}.wasm"))).unwrap()
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
