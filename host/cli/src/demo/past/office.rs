//! A host without a door and without threads: every part of it takes its step when it is told to, by a clock that is set by hand. What it
//! sends arrives at once, at people who are played.

use std::collections::VecDeque;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use desk::{Call, Called, Desk, DeskError, Parts, Reply, Services};
use domain::Time;
use domain::conversation::Conversation;
use domain::event::WebhookReceived;
use domain::id::ConversationId;
use domain::outside::{Clock, Entropy};
use domain::sealed::SealedBody;
use domain::stream::{Actor, Stream};
use domain::subscriber::SecretAt;
use jiff::tz::TimeZone;
use journal::{Disk, DiskFile, Held, RealDisk};
use serde_json::{Value, json};
use store::{CommitError, Draft, Drive, Paths, Store};
use whatsapp::{Answer, Network, OwnedSend};

use crate::host;
use crate::rulebook;
use crate::settings::Settings;
use crate::system::{SystemEntropy, boot};

/// After how long something goes on for ever.
const FOREVER: Duration = Duration::from_secs(60);

/// A clock that is set.
pub(super) struct PastClock(AtomicI64);

impl PastClock {
    pub(super) fn at(time: Time) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(time.as_millisecond())))
    }

    pub(super) fn set(&self, time: Time) {
        self.0.store(time.as_millisecond(), Ordering::Relaxed);
    }
}

impl Clock for PastClock {
    fn now(&self) -> Time {
        Time::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or(Time::UNIX_EPOCH)
    }
}

/// A WhatsApp that takes everything.
#[derive(Default)]
struct Taker {
    taken: Mutex<(u64, VecDeque<Taken>)>,
}

/// A message that was taken.
pub(super) struct Taken {
    pub(super) wamid: String,
    pub(super) send: OwnedSend,
}

impl Network for Taker {
    fn send<'a>(&'a self, send: OwnedSend) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.0 += 1;
        let wamid = format!("wamid.past.{}", taken.0);
        taken.1.push_back(Taken { wamid: wamid.clone(), send });
        Box::pin(std::future::ready(Answer::Accepted { wamid }))
    }
}

/// The system of orders, as it was: everything is on its way.
struct Orders;

impl Services for Orders {
    fn ask<'a>(&'a self, call: &'a Call) -> Called<'a> {
        let number = call.to.to_string().rsplit('/').next().unwrap_or_default().to_owned();
        let body = json!({ "number": number, "state": "on-the-way" }).to_string().into_bytes();
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Box::pin(std::future::ready(Ok(Reply { status: 200, headers, body })))
    }

    fn secret(&self, _: &SecretAt) -> Result<String, String> {
        Ok("past".to_owned())
    }
}

/// The disk, without waiting for it: what is lived through is worth nothing until all of it is, and then it is closed as a whole.
struct Unhurried(RealDisk);

struct UnhurriedFile(Box<dyn DiskFile>);

impl Disk for Unhurried {
    fn create_dir_all(&self, dir: &Path) -> std::io::Result<()> {
        self.0.create_dir_all(dir)
    }
    fn list(&self, dir: &Path) -> std::io::Result<Vec<String>> {
        self.0.list(dir)
    }
    fn open(&self, file: &Path, create: bool) -> std::io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(UnhurriedFile(self.0.open(file, create)?)))
    }
    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()> {
        self.0.rename(from, to)
    }
    fn remove(&self, file: &Path) -> std::io::Result<()> {
        self.0.remove(file)
    }
    fn sync_dir(&self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
    fn lock(&self, file: &Path) -> std::io::Result<Option<Held>> {
        self.0.lock(file)
    }
}

impl DiskFile for UnhurriedFile {
    fn len(&self) -> std::io::Result<u64> {
        self.0.len()
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(offset, buf)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_at(offset, bytes)
    }
    fn truncate(&self, len: u64) -> std::io::Result<()> {
        self.0.truncate(len)
    }
    fn sync_data(&self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether a journal lies there already.
pub(in crate::demo) fn has_past(data: &Path) -> bool {
    Paths::within(data).journal.exists()
}

/// The host.
pub(super) struct Office {
    pub(super) desk: Desk,
    parts: Parts,
    clock: Arc<PastClock>,
    network: Arc<Taker>,
}

impl Office {
    /// Opens what the host of these settings will open after it.
    pub(super) fn open(settings: &Settings, at: Time) -> anyhow::Result<Self> {
        let clock = PastClock::at(at);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let keys = host::keys(settings, Arc::clone(&entropy))?;
        let store = Self::store_of(&settings.data, clock.clone())?;
        let rules = Arc::new(host::engine(&settings.data)?);
        let plugins = host::plugins(&settings.data);
        let reference = rulebook::keep_reference(&plugins)?;
        let signed = rulebook::signed(&settings.policy, &plugins)?;
        let company = settings.policy.company.clone();
        let (active, began) = desk::begin(&store, &rules, &plugins, company, signed)?;
        let network = Arc::new(Taker::default());
        let outside = desk::Outside {
            store,
            keys,
            media: host::media(&settings.data.join("media")),
            plugins,
            reference,
            rules,
            clock: clock.clone(),
            entropy,
            network: network.clone(),
            services: Arc::new(Orders),
            active,
        };
        let (desk, parts) = desk::assemble(outside, 1);
        let mut office = Self { desk: desk.clone(), parts, clock, network };
        office.drive(async move { desk.announce(began).await })??;
        Ok(office)
    }

    /// The journal of a directory, driven by whoever calls.
    pub(super) fn store_of(data: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Store> {
        let disk = Arc::new(Unhurried(RealDisk));
        let opened = Store::open(disk, &Paths::within(data), clock, &boot(), Drive::Inline, &mut |_, _| {})?;
        Ok(opened.0)
    }

    pub(super) fn clock(&self) -> Arc<PastClock> {
        Arc::clone(&self.clock)
    }

    /// Has somebody do something, while the desk works.
    pub(super) fn drive<T>(&mut self, act: impl Future<Output = T>) -> anyhow::Result<T> {
        drive(&mut self.parts.workers, act)
    }

    /// What was posted by Meta.
    pub(super) fn post(&self, number: &str, members: &Value) -> anyhow::Result<()> {
        let mut value = json!({
            "messaging_product": "whatsapp", "metadata": { "display_phone_number": number, "phone_number_id": number },
        });
        if let (Some(value), Some(members)) = (value.as_object_mut(), members.as_object()) {
            value.extend(members.clone());
        }
        let changes = json!([{ "field": "messages", "value": value }]);
        let body = json!({
            "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }],
        });
        let (body, today) = (body.to_string(), self.clock.now().to_zoned(TimeZone::UTC).date());
        let key = self.desk.keys().day(today, today)?.context("there is no key of the day")?;
        let sealed = SealedBody::seal(body.as_bytes(), today, &key, &SystemEntropy)?;
        let received = WebhookReceived { bytes: body.len() as u64, body: sealed };
        self.desk.store().append(Draft::new(Stream::Webhooks, Actor::Meta, received)?).now()?;
        Ok(())
    }

    /// Lets every part do what it can, until there is nothing to do at this moment.
    pub(super) fn settle(&mut self) -> anyhow::Result<()> {
        let mut quiet = 0;
        while quiet < 2 {
            let before = self.desk.store().last_seq();
            self.parts.dispatcher.step()?;
            self.parts.timers.step()?;
            self.parts.matcher.step()?;
            work(&mut self.parts.workers)?;
            for job in self.parts.sender.pick()? {
                let ended = now(self.parts.sender.deliver(job))?;
                self.parts.sender.settle(job, ended);
            }
            for errand in self.parts.requester.pick()? {
                let flown = now(self.parts.requester.deliver(errand.clone()))?;
                self.parts.requester.settle(&errand, flown)?;
            }
            quiet = if self.desk.store().last_seq() == before { quiet + 1 } else { 0 };
        }
        Ok(())
    }

    /// Has what was agreed on carried out, and what happened counted and looked at.
    pub(super) fn count(&mut self) -> anyhow::Result<()> {
        let Parts { carrier, workers, .. } = &mut self.parts;
        drive(workers, carrier.step())??;
        while gone_on(now(self.parts.measurer.step())?, false)? {}
        gone_on(now(self.parts.lookout.step())?, ())
    }

    /// When a timer is due.
    pub(super) fn due(&self) -> anyhow::Result<Option<Time>> {
        Ok(self.parts.timers.next()?)
    }

    /// The next message that was sent to somebody.
    pub(super) fn taken(&self) -> Option<Taken> {
        self.network.taken.lock().unwrap_or_else(PoisonError::into_inner).1.pop_front()
    }

    /// A conversation with somebody.
    pub(super) fn conversation_of(
        &self,
        phone: &str,
    ) -> anyhow::Result<Option<(ConversationId, Conversation)>> {
        for (id, state) in self.desk.store().conversations()? {
            let key = self.desk.keys().contact(state.contact)?;
            let contact = self.desk.store().contact(state.contact)?.1;
            let identity = key.zip(contact).and_then(|(key, contact)| contact.identity.open(&key).ok());
            if identity.and_then(|identity| identity.phone).as_deref() == Some(phone) {
                return Ok(Some((id, state)));
            }
        }
        Ok(None)
    }

    /// Leaves all of it to the host that comes after.
    pub(super) fn close(self) -> anyhow::Result<()> {
        Ok(self.desk.store().close()?)
    }
}

fn drive<T>(workers: &mut [desk::Worker], act: impl Future<Output = T>) -> anyhow::Result<T> {
    let mut act = pin!(act);
    let mut context = Context::from_waker(Waker::noop());
    let begun = Instant::now();
    while begun.elapsed() < FOREVER {
        if let Poll::Ready(done) = act.as_mut().poll(&mut context) {
            return Ok(done);
        }
        work(workers)?;
        // Rules are prepared on a thread of their own.
        std::thread::yield_now();
    }
    anyhow::bail!("something that was done in the past does not end")
}

fn work(workers: &mut [desk::Worker]) -> anyhow::Result<()> {
    let worked = workers.iter_mut().all(desk::Worker::step);
    anyhow::ensure!(worked, "the journal cannot be written any more");
    Ok(())
}

/// What has nothing to wait for.
fn now<T>(done: impl Future<Output = T>) -> anyhow::Result<T> {
    match pin!(done).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Ok(done),
        Poll::Pending => anyhow::bail!("the past waits for something"),
    }
}

/// What somebody else wrote meanwhile is looked at the next time.
fn gone_on<T>(done: Result<T, DeskError>, otherwise: T) -> anyhow::Result<T> {
    match done {
        Ok(done) => Ok(done),
        Err(DeskError::Commit(CommitError::Conflict { .. })) => Ok(otherwise),
        Err(error) => Err(error.into()),
    }
}
