//! The whole from a seed: ingest, decide, assign, send, forget, crash, recover.
//!
//! Nothing here runs at the same time as anything else; the seed chooses what happens next, and where the machine stops.
//! A seed that fails is named, and does the same again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use desk::{Cause, Desk};
use domain::agent::Presence;
use domain::delivery::Sending;
use domain::event::Event;
use domain::id::{AgentId, MessageId};
use domain::sealed::Lookup;
use domain::stream::{Actor, Stream};
use journal::Disk as _;

use crate::assembled::{House, Open, Seeded, Whatsapp, block_on, events, of_kind};
use crate::effort;

const COMPANY: &str = r#"
[[queues]]
id = "general"
[[agents]]
id = "ana"
name = "Ana"
queues = ["general"]
capacity = 2
[[agents]]
id = "beto"
name = "Beto"
queues = ["general"]
capacity = 1
"#;

const RULES: &[(&str, &str, &str)] = &[
    (
        "answers",
        "quick-answers",
        r#"{"answers": [{"words": ["horario"], "text": {"es": "A las 8."}}], "not-understood": {"es": "¿Cómo?"}}"#,
    ),
    ("router", "skills-router", r#"{"otherwise": {"queue": "general", "overflow-after": 60}}"#),
];

const STEPS: u64 = 160;

/// The same twelve seeds on every run. `TIMONEL_SIMULATE` asks for others instead, for so many seconds, and `TIMONEL_SEED`
/// for one.
#[test]
fn whatever_the_seed_nothing_is_lost_and_nothing_is_doubled() {
    let seconds = effort::asked("TIMONEL_SIMULATE", 0);
    let seeds = match std::env::var_os("TIMONEL_SEED") {
        Some(_) => effort::seed()..=effort::seed(),
        None if seconds == 0 => 1..=12,
        None => effort::seed()..=u64::MAX,
    };
    let (begun, most) = (Instant::now(), Duration::from_secs(seconds));
    let (first, mut last) = (*seeds.start(), *seeds.start());
    for seed in seeds {
        if seconds > 0 && begun.elapsed() >= most {
            break;
        }
        last = seed;
        if let Err(panic) = std::panic::catch_unwind(|| Simulation::new(seed).run()) {
            eprintln!("seed {seed} failed; TIMONEL_SEED={seed} does it again");
            std::panic::resume_unwind(panic);
        }
    }
    eprintln!("simulated the seeds {first} to {last}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let story = |seed| {
        let simulation = Simulation::new(seed);
        let open = simulation.run();
        let kinds: Vec<_> =
            events(&open.desk).iter().map(|e| (e.seq, e.stream.to_string(), e.event.kind())).collect();
        kinds
    };
    assert_eq!(story(5), story(5));
}

struct Simulation {
    house: House,
    dice: Seeded,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let mut house = House::new(seed, COMPANY, RULES);
        house.whatsapp = Whatsapp::new(seed, 10, 10);
        Self { house, dice: Seeded::new(seed) }
    }

    fn run(self) -> Open {
        let Self { house, dice } = &self;
        let mut open = house.open().unwrap();
        let mut acknowledged = BTreeMap::new();
        let mut forgotten = Forgotten::default();
        let mut told = 0;
        for step in 0..STEPS {
            let alive = match dice.below(25) {
                0..=7 => {
                    let wamid = format!("wamid.{step}");
                    let text = ["horario", "persona", "qué sé yo"][dice.below(3) as usize];
                    let phone = format!("57300000000{}", dice.below(6));
                    let answer = house.post(&open.desk, &house.text(&wamid, &phone, text));
                    if answer.is_ok() {
                        acknowledged.insert(wamid, phone);
                    }
                    answer.is_ok()
                }
                8..=9 => open.parts.dispatcher.step().is_ok(),
                10..=11 => open.parts.workers.iter_mut().all(|worker| worker.step()),
                12..=13 => open.send(),
                14..=15 => {
                    house.clock.advance(dice.below(40) as i64);
                    open.parts.timers.step().is_ok()
                }
                16..=17 => {
                    let agent = AgentId::from(["ana", "beto"][dice.below(2) as usize]);
                    let presence = [Presence::Available, Presence::Away][usize::from(dice.below(4) == 0)];
                    block_on(open.desk.set_presence(&agent, presence, None)).is_ok()
                }
                18..=19 => self.tell(&open, &mut told),
                20..=21 => open.round(),
                22 => self.forget(&open, &mut forgotten),
                _ => {
                    // The machine stops within the next few writes, or syncs, or between them.
                    house.disk.fail_after(1 + dice.below(12));
                    true
                }
            };
            if !alive {
                open = self.restart(open);
            }
            forgotten.look(&open, house.whatsapp.taken.lock().unwrap().len());
        }
        // The last fault may still be to come: the machine is started once more, and left alone.
        open = self.restart(open);
        for agent in ["ana", "beto"] {
            block_on(open.desk.set_presence(&agent.into(), Presence::Available, None)).unwrap();
        }
        open.settle();
        while self.tell(&open, &mut told) && told < house.whatsapp.taken.lock().unwrap().len() {}
        open.settle();
        // Doubts are given up waiting for, pauses between attempts end.
        for _ in 0..10 {
            house.clock.advance(130);
            open.settle();
            while told < house.whatsapp.taken.lock().unwrap().len() && self.tell(&open, &mut told) {}
            open.settle();
        }
        self.check(&open, &acknowledged, &forgotten);
        open
    }

    /// A customer asks to be forgotten.
    fn forget(&self, open: &Open, forgotten: &mut Forgotten) -> bool {
        let contacts: Vec<_> = open.desk.store().contacts().unwrap().into_iter().collect();
        if contacts.is_empty() {
            return true;
        }
        let contact = contacts[self.dice.below(contacts.len() as u64) as usize];
        let key = open.desk.keys().contact(contact).unwrap().unwrap();
        let known = open.desk.store().contact(contact).unwrap().1.unwrap();
        forgotten.phones.extend(known.identity.open(&key).unwrap().phone);
        let cause = Cause { reason: "solicitud del titular".to_owned(), term: None };
        let erased = block_on(open.desk.erase(contact, &cause, &Actor::Host));
        erased.is_ok() && block_on(open.desk.forget_bodies(Duration::ZERO)).is_ok()
    }

    /// WhatsApp tells the status of the next message that it took.
    fn tell(&self, open: &Open, told: &mut usize) -> bool {
        let next = self.house.whatsapp.taken.lock().unwrap().get(*told).map(|send| send.opaque.clone());
        let Some(opaque) = next else { return true };
        let body = self.house.status(&format!("wamid.out.{}", *told + 1), &opaque, "delivered");
        let kept = self.house.post(&open.desk, &body).is_ok();
        *told += usize::from(kept);
        kept
    }

    fn restart(&self, open: Open) -> Open {
        drop(open);
        self.house.disk.crash();
        if self.dice.below(3) == 0 {
            self.house.lose_projections();
        }
        let open = self.house.open().unwrap();
        open.desk.finish_erasures().unwrap();
        open
    }

    fn check(&self, open: &Open, acknowledged: &BTreeMap<String, String>, forgotten: &Forgotten) {
        assert!(open.desk.store().unprocessed(0, 1).unwrap().is_empty(), "a webhook stays open");
        self.every_message_once(open, acknowledged, forgotten);
        self.nothing_of_who_was_forgotten(open, forgotten);
        self.every_reply_once_or_found_out(open);
        no_agent_beyond_capacity(&open.desk);
        self.rebuilt_is_the_same(open);
    }

    fn every_message_once(
        &self,
        open: &Open,
        acknowledged: &BTreeMap<String, String>,
        forgotten: &Forgotten,
    ) {
        let (keys, store) = (open.desk.keys(), open.desk.store());
        let mut received: BTreeMap<Lookup, usize> = BTreeMap::new();
        for event in of_kind(&open.desk, "message-received") {
            let Event::MessageReceived(message) = event else { unreachable!() };
            match keys.contact(message.body.owner()).unwrap() {
                Some(key) => drop(message.body.open(&key).unwrap()),
                None => assert!(store.erasure(message.body.owner()).unwrap().is_some(), "a key is lost"),
            }
            *received.entry(message.lookup).or_default() += 1;
        }
        for (wamid, phone) in acknowledged {
            let times = received.get(&keys.lookup("wamid", wamid));
            // What was on its way to a customer who was forgotten then is forgotten too.
            let excused = times.is_none() && forgotten.phones.contains(phone);
            assert!(excused || times == Some(&1), "{wamid} was acknowledged");
        }
        assert!(received.values().all(|count| *count == 1), "a message is there twice");
    }

    fn nothing_of_who_was_forgotten(&self, open: &Open, forgotten: &Forgotten) {
        for contact in open.desk.store().erasures().unwrap().keys() {
            assert!(!open.desk.keys().knows(*contact), "the key of {contact} is still there");
            assert!(open.desk.store().contact(*contact).unwrap().1.is_none());
            assert!(open.desk.store().conversations_of(*contact).unwrap().is_empty());
        }
        let taken = self.house.whatsapp.taken.lock().unwrap();
        for (place, send) in taken.iter().enumerate() {
            let message = send.opaque.split(':').nth(1).unwrap().parse().unwrap();
            let late = forgotten.messages.get(&message).is_some_and(|before| place >= *before);
            assert!(!late, "{message} was sent to somebody who had been forgotten");
        }
    }

    /// A reply is sent twice only if nothing was heard of the first attempt for as long as statuses take, and when it
    /// turns out that both arrived the journal says so.
    fn every_reply_once_or_found_out(&self, open: &Open) {
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let mut last = BTreeMap::new();
        for send in self.house.whatsapp.taken.lock().unwrap().iter() {
            let id = send.opaque.split(':').nth(1).unwrap().to_owned();
            let delivery = open.desk.store().delivery(id.parse().unwrap()).unwrap().1.unwrap();
            let before = last.insert(delivery.conversation, delivery.queued);
            assert!(before <= Some(delivery.queued), "a message overtook another of its conversation");
            *taken.entry(id).or_default() += 1;
        }
        let mut doubled: BTreeMap<String, usize> = BTreeMap::new();
        for event in events(&open.desk) {
            if let (Stream::Message(id), Event::DuplicateDetected(_)) = (&event.stream, &event.event) {
                *doubled.entry(id.to_string()).or_default() += 1;
            }
        }
        for event in of_kind(&open.desk, "reply-queued") {
            let Event::ReplyQueued(reply) = event else { unreachable!() };
            let id = reply.message.to_string();
            let delivery = open.desk.store().delivery(reply.message).unwrap().1.unwrap();
            let times = taken.get(&id).copied().unwrap_or(0);
            assert!(
                delivery.resends <= 1 && times <= 1 + delivery.resends as usize,
                "{id} was sent {times} times"
            );
            assert_eq!(
                doubled.get(&id).copied().unwrap_or(0),
                times.saturating_sub(1),
                "{id} is there twice"
            );
            match delivery.state {
                Sending::Accepted => assert!(times > 0, "accepted by nobody"),
                Sending::Withheld => assert!(delivery.erased && times == 0, "nothing else keeps it back"),
                // Stopped twice between the attempt and the socket: nobody can know, and nothing is claimed.
                Sending::Unknown => assert_eq!(times, 0, "WhatsApp told of it, and it is still unknown"),
                other => panic!("{id} ends as {other:?}"),
            }
        }
    }

    fn rebuilt_is_the_same(&self, open: &Open) {
        open.desk.store().close().unwrap();
        let aside = tempfile::tempdir().unwrap();
        let fresh = aside.path().join("projection");
        let disk: std::sync::Arc<dyn journal::Disk> = std::sync::Arc::new(copy(&self.house.disk));
        let folded =
            store::rebuild(disk, &self.house.paths().journal, &fresh, "this boot", &mut |_, _| {}).unwrap();
        assert_eq!(folded, open.desk.store().last_seq());
        // sled holds the tree that is open; what is compared is a copy of its files.
        let closed = aside.path().join("closed");
        copy_files(&self.house.paths().projection, &closed);
        assert_eq!(store::difference(&closed, &fresh).unwrap(), None, "a rebuilt projection differs");
    }
}

/// Who asked to be forgotten, and what was not to be sent from then on.
#[derive(Default)]
struct Forgotten {
    phones: BTreeSet<String>,
    /// By message, how many WhatsApp had taken by then.
    messages: BTreeMap<MessageId, usize>,
}

impl Forgotten {
    fn look(&mut self, open: &Open, taken: usize) {
        for event in of_kind(&open.desk, "reply-queued") {
            let Event::ReplyQueued(reply) = event else { unreachable!() };
            let (_, delivery) = open.desk.store().delivery(reply.message).unwrap();
            if delivery.is_some_and(|delivery| delivery.erased) {
                self.messages.entry(reply.message).or_insert(taken);
            }
        }
    }
}

/// The journal of a store that is open is locked; its bytes can be read all the same.
fn copy(disk: &journal::SimDisk) -> journal::SimDisk {
    let dir = std::path::Path::new("/data/journal");
    let copy = journal::SimDisk::new(0);
    copy.create_dir_all(dir).unwrap();
    for name in disk.list(dir).unwrap() {
        let from = disk.open(&dir.join(&name), false).unwrap();
        let mut bytes = vec![0; from.len().unwrap() as usize];
        let mut read = 0;
        while read < bytes.len() {
            read += from.read_at(read as u64, &mut bytes[read..]).unwrap();
        }
        copy.open(&dir.join(&name), true).unwrap().write_at(0, &bytes).unwrap();
    }
    copy
}

fn copy_files(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_files(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// At no moment of the journal has an agent more cases than allowed, or is given one while away.
pub fn no_agent_beyond_capacity(desk: &Desk) {
    let active = desk.active();
    let mut agents: BTreeMap<AgentId, domain::agent::Agent> = BTreeMap::new();
    for event in events(desk) {
        let Stream::Agent(id) = &event.stream else { continue };
        let agent = agents.entry(id.clone()).or_default();
        if matches!(event.event, Event::CapacityTaken(_)) {
            assert_eq!(agent.presence, Presence::Available, "{id} was given a case while away");
        }
        agent.fold(event.time, &event.event);
        let capacity = active.company.agent(id).unwrap().capacity as usize;
        assert!(agent.cases.len() <= capacity, "{id} has {} cases", agent.cases.len());
    }
}
