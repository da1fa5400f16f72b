//! All parts of a host in one process, with a clock, a disk, a network and random bytes that the test holds.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use desk::{Active, Call, Called, Desk, DeskError, Lost, Outside, Parts, Services};
use domain::Time;
use domain::company::{Company, Description};
use domain::event::{Event, Recorded, WebhookReceived};
use domain::law::countries::Countries;
use domain::law::prices::Prices;
use domain::outside::{Clock, Entropy};
use domain::request::{Destination, Failed};
use domain::sealed::{Key, SealedBody};
use domain::stream::{Actor, Stream};
use domain::subscriber::SecretAt;
use journal::SimDisk;
use rules::{Definition, Generation, Grant, Mode, Scope};
use store::{CommitError, Draft, Drive, KeyStore, Paths, Store};
use whatsapp::{Answer, Network, OwnedSend};

/// A company with one queue and one agent.
pub const SHOP: &str = r#"
name = "Ferretería"
[[queues]]
id = "general"
[[agents]]
id = "ana"
name = "Ana"
queues = ["general"]
"#;

/// Numbers that follow from a seed (SplitMix64).
pub struct Seeded(AtomicU64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    pub fn next(&self) -> u64 {
        let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A clock that stands still until it is told.
pub struct HandClock(pub AtomicI64);

impl HandClock {
    pub fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(time.parse::<Time>().unwrap().as_millisecond())))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A WhatsApp that sometimes is not there, and sometimes takes a message and loses the answer.
pub struct Whatsapp {
    seed: Seeded,
    /// Of a hundred sends: how many never get there, and of how many the answer is lost.
    unreachable: AtomicU64,
    lost: u64,
    pub taken: Mutex<Vec<OwnedSend>>,
    /// What it answers to the next sends, before the dice are asked.
    pub script: Mutex<VecDeque<Answer>>,
}

impl Whatsapp {
    pub fn new(seed: u64, unreachable: u64, lost: u64) -> Arc<Self> {
        Arc::new(Self {
            seed: Seeded::new(seed),
            unreachable: unreachable.into(),
            lost,
            taken: Mutex::default(),
            script: Mutex::default(),
        })
    }
}

impl Whatsapp {
    /// What it took, and loses the answer of: nobody but a status will tell.
    pub fn loses_the_answer(&self) {
        self.answers(Answer::InDoubt { why: "the answer was lost".to_owned() });
    }

    /// With what code it refuses the next send.
    pub fn refuses(&self, code: i64) {
        let (title, details, action) = (String::new(), String::new(), whatsapp::action(code, 400));
        self.answers(Answer::Refused { code, http: 400, title, details, action });
    }

    fn answers(&self, answer: Answer) {
        self.script.lock().unwrap().push_back(answer);
    }

    /// From now on so many of a hundred sends never get there.
    pub fn unreachable(&self, of_a_hundred: u64) {
        self.unreachable.store(of_a_hundred, Ordering::Relaxed);
    }
}

impl Network for Whatsapp {
    fn send<'a>(&'a self, send: OwnedSend) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        if let Some(answer) = self.script.lock().unwrap().pop_front() {
            if !matches!(answer, Answer::Refused { .. }) {
                self.taken.lock().unwrap().push(send);
            }
            return Box::pin(std::future::ready(answer));
        }
        let dice = self.seed.below(100);
        let unreachable = self.unreachable.load(Ordering::Relaxed);
        let answer = if dice < unreachable {
            Answer::NotSent { why: "nobody is there".to_owned() }
        } else {
            let mut taken = self.taken.lock().unwrap();
            taken.push(send);
            if dice < unreachable + self.lost {
                Answer::InDoubt { why: "the answer was lost".to_owned() }
            } else {
                Answer::Accepted { wamid: format!("wamid.out.{}", taken.len()) }
            }
        };
        Box::pin(std::future::ready(answer))
    }
}

/// One engine for all tests: components are compiled once.
static ENGINE: LazyLock<Arc<rules::Host>> = LazyLock::new(|| {
    let cache = std::env::temp_dir().join(format!("timonel-tests-{}", std::process::id()));
    let worker = rules::Worker {
        program: PathBuf::from(env!("CARGO_BIN_EXE_timonel")),
        args: vec!["compile-worker".into()],
    };
    let limits = rules::Limits::default();
    Arc::new(rules::Host::start(rules::Config { cache, worker, limits, concurrency: 16 }).unwrap())
});

/// Nobody outside.
struct NoServices;

impl Services for NoServices {
    fn ask<'a>(&'a self, _: &'a Call) -> Called<'a> {
        let lost = Lost { failed: Failed::NotReached, why: "there is nobody".to_owned() };
        Box::pin(std::future::ready(Err(lost)))
    }

    fn secret(&self, _: &SecretAt) -> Result<String, String> {
        Err("there is none".to_owned())
    }
}

/// A company, its rules as (id, component, settings), and everything that is outside of it.
pub struct House {
    pub disk: SimDisk,
    pub clock: Arc<HandClock>,
    pub entropy: Arc<Seeded>,
    pub whatsapp: Arc<Whatsapp>,
    /// Another WhatsApp than that.
    pub network: Option<Arc<dyn Network>>,
    pub company: &'static str,
    pub rules: &'static [(&'static str, &'static str, &'static str)],
    pub workers: usize,
    pub drive: Drive,
    /// What rules may have asked, and where; nothing answers if none.
    pub services: Arc<dyn Services>,
    pub asks: Vec<Destination>,
    /// The company's tables, instead of those that are built in.
    pub countries: Option<&'static str>,
    pub prices: Option<&'static str>,
    /// Plugins that a rule can be made of, besides those in force.
    pub shelf: Vec<&'static str>,
    dir: tempfile::TempDir,
}

/// A host of that company, open.
pub struct Open {
    pub desk: Desk,
    pub parts: Parts,
}

/// A reference plugin, or a guest of the tests.
fn component_of(name: &str) -> Vec<u8> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../plugins/components/{name}.wasm"));
    std::fs::read(path).unwrap_or_else(|_| crate::guests::component(name))
}

impl House {
    pub fn new(
        seed: u64,
        company: &'static str,
        rules: &'static [(&'static str, &'static str, &'static str)],
    ) -> Self {
        Self {
            disk: SimDisk::new(seed),
            clock: HandClock::at("2026-11-23T15:00:00Z"),
            entropy: Arc::new(Seeded::new(seed ^ 0xdead)),
            whatsapp: Whatsapp::new(seed ^ 0xbeef, 0, 0),
            network: None,
            company,
            rules,
            workers: 2,
            drive: Drive::Inline,
            services: Arc::new(NoServices),
            asks: Vec::new(),
            countries: None,
            prices: None,
            shelf: Vec::new(),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub fn paths(&self) -> Paths {
        // The journal is on the disk that can crash; sled has none that could, and is only ever a consequence of it.
        Paths { journal: "/data/journal".into(), projection: self.dir.path().join("projection") }
    }

    pub fn lose_projections(&self) {
        let _ = std::fs::remove_dir_all(self.paths().projection);
    }

    pub fn open(&self) -> Result<Open, Box<dyn std::error::Error>> {
        let disk = Arc::new(self.disk.clone());
        let master = Key::from_bytes([7; 32]);
        let keys =
            Arc::new(KeyStore::open(disk.clone(), "/data/keys".as_ref(), &master, self.entropy.clone())?);
        let clock: Arc<dyn Clock> = self.clock.clone();
        let (store, _) =
            Store::open(disk, &self.paths(), clock.clone(), "this boot", self.drive, &mut |_, _| {})?;
        let plugins = store::PluginFiles::new(Arc::new(self.disk.clone()), "/data/plugins".as_ref());
        let mut reference = std::collections::BTreeMap::new();
        for component in &self.shelf {
            reference.insert((*component).to_owned(), plugins.keep(&component_of(component))?);
        }
        let outside = Outside {
            store,
            keys,
            media: store::MediaFiles::new(
                Arc::new(self.disk.clone()),
                "/data/media".as_ref(),
                self.entropy.clone(),
            ),
            plugins,
            reference,
            rules: ENGINE.clone(),
            clock,
            entropy: self.entropy.clone(),
            network: self.network.clone().unwrap_or_else(|| self.whatsapp.clone()),
            services: self.services.clone(),
            active: self.active(),
        };
        let (desk, parts) = desk::assemble(outside, self.workers);
        Ok(Open { desk, parts })
    }

    fn active(&self) -> Active {
        let description: Description = toml::from_str(self.company).unwrap();
        let countries = self.countries.map(|text| Countries::parse(text, "America/Bogota").unwrap());
        let prices = self.prices.map(|text| Prices::parse(text).unwrap());
        let company = Company::under(description, countries, prices).unwrap();
        let prepared = self.rules.iter().map(|(id, component, settings)| {
            let admitted = ENGINE.admit(&component_of(component)).unwrap();
            let linked = ENGINE.link(&admitted, &Grant::all_of(&admitted).asking(&self.asks)).unwrap();
            let definition = Definition {
                id: (*id).into(),
                set: "all".to_owned(),
                linked,
                settings: (*settings).to_owned(),
                scope: Scope::default(),
                mode: Mode::Live,
                version: None,
                until: None,
            };
            ENGINE.prepare(definition).unwrap()
        });
        let queues = company.queues().iter().map(|queue| queue.id.clone()).collect();
        let generation = Generation::new(1, prepared.collect(), queues);
        Active { company: Arc::new(company), files: Arc::from([]), generation: Arc::new(generation) }
    }

    /// Takes a webhook as the server does.
    pub fn post(&self, desk: &Desk, body: &str) -> Result<u64, CommitError> {
        let today = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let Ok(Some(key)) = desk.keys().day(today, today) else { return Err(CommitError::Closed) };
        self.post_under(desk, body, &key)
    }

    /// The same, sealed with a key that may be another than the day's.
    pub fn post_under(&self, desk: &Desk, body: &str, key: &Key) -> Result<u64, CommitError> {
        let today = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let received = WebhookReceived {
            bytes: body.len() as u64,
            body: SealedBody::seal(body.as_bytes(), today, key, &*self.entropy).unwrap(),
        };
        let draft = Draft::new(Stream::Webhooks, Actor::Meta, received)?;
        match self.drive {
            Drive::Inline => desk.store().append(draft).now(),
            Drive::Threads => desk.store().append(draft).wait(),
        }
    }

    pub fn text(&self, wamid: &str, phone: &str, text: &str) -> String {
        self.body(&serde_json::json!({"messages": [{
            "from": phone, "id": wamid, "timestamp": self.clock.now().as_second().to_string(),
            "type": "text", "text": {"body": text},
        }]}))
    }

    pub fn status(&self, wamid: &str, opaque: &str, status: &str) -> String {
        self.status_with(wamid, opaque, status, serde_json::json!({}))
    }

    /// A status with members of its own: `pricing`, `errors` …
    pub fn status_with(&self, wamid: &str, opaque: &str, status: &str, more: serde_json::Value) -> String {
        let mut told = serde_json::json!({
            "id": wamid, "status": status, "timestamp": self.clock.now().as_second().to_string(),
            "recipient_id": "573001112233", "biz_opaque_callback_data": opaque,
        });
        told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.body(&serde_json::json!({"statuses": [told]}))
    }

    pub fn body(&self, members: &serde_json::Value) -> String {
        let mut value = serde_json::json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "576015550100", "phone_number_id": "1"},
        });
        value.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::json!({
            "object": "whatsapp_business_account",
            "entry": [{"id": "2", "changes": [{"field": "messages", "value": value}]}],
        })
        .to_string()
    }
}

impl Open {
    /// Lets every part do what it can, once. False if the disk is gone.
    pub fn round(&mut self) -> bool {
        let dispatched = self.parts.dispatcher.step().is_ok();
        let timed = self.parts.timers.step().is_ok();
        let matched = self.parts.matcher.step().is_ok();
        let worked = self.parts.workers.iter_mut().all(|worker| worker.step());
        let sent = self.send();
        let asked = self.ask();
        let counted = self.count();
        dispatched && timed && matched && worked && sent && asked && counted
    }

    /// Counts what has waited for long enough.
    pub fn count(&mut self) -> bool {
        let counted = block_on(self.parts.measurer.step());
        let looked = block_on(self.parts.lookout.step());
        matches!(counted, Ok(_) | Err(DeskError::Commit(CommitError::Conflict { .. })))
            && matches!(looked, Ok(()) | Err(DeskError::Commit(CommitError::Conflict { .. })))
    }

    /// Sends what may leave.
    pub fn send(&mut self) -> bool {
        let Ok(jobs) = self.parts.sender.pick() else { return false };
        for job in jobs {
            let ended = block_on(self.parts.sender.deliver(job));
            self.parts.sender.settle(job, ended);
        }
        true
    }

    /// Has asked what may be.
    pub fn ask(&mut self) -> bool {
        let Ok(errands) = self.parts.requester.pick() else { return false };
        for errand in errands {
            let flown = block_on(self.parts.requester.deliver(errand.clone()));
            if self.parts.requester.settle(&errand, flown).is_err() {
                return false;
            }
        }
        true
    }

    /// Has somebody do something, while the workers work.
    pub fn carry_out<T, F>(&mut self, act: impl FnOnce(Desk) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let act = act(self.desk.clone());
        let acting = std::thread::spawn(move || block_on(act));
        while !acting.is_finished() {
            assert!(self.parts.workers.iter_mut().all(|worker| worker.step()));
            std::thread::yield_now();
        }
        acting.join().unwrap()
    }

    /// Rounds until nothing happens any more.
    pub fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 3 {
            let before = self.desk.store().last_seq();
            assert!(self.round());
            quiet = if self.desk.store().last_seq() == before { quiet + 1 } else { 0 };
        }
    }
}

pub fn events(desk: &Desk) -> Vec<Recorded> {
    desk.store().events(1).map(Result::unwrap).collect()
}

pub fn of_kind(desk: &Desk, kind: &str) -> Vec<Event> {
    events(desk).into_iter().map(|event| event.event).filter(|event| event.kind() == kind).collect()
}

/// Drives a future that has nothing to wait for but the disk of the test.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
