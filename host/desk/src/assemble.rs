//! The parts, put together, and the threads that drive them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use domain::agent::Presence;
use domain::company::Company;
use domain::event::{PresenceSet, ShiftEnded};
use domain::id::{AgentId, ConversationId, NumberId};
use domain::message::{Outgoing, Template};
use domain::stops::Stops;
use domain::stream::{Actor, Stream};
use governance::Proposals;
use store::{Draft, Store, Topic};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::active::Active;
use crate::campaigns::{self, Campaigner};
use crate::carrier::{self, Carrier};
use crate::command::{Command, CommandError, DeskError, Done, Envelope, Owner};
use crate::dispatcher::Dispatcher;
use crate::flood::Gauge;
use crate::halt;
use crate::handing::Act;
use crate::helm::{self, HelmError, Signed};
use crate::inbound::Inbound;
use crate::lookout::Lookout;
use crate::marks::Marks;
use crate::matcher::Matcher;
use crate::measurer::{self, Measurer};
use crate::media::{self, Fetcher};
use crate::meters::Meters;
use crate::requester::{self, Requester};
use crate::sender::Sender;
use crate::shared::{Outside, Shared};
use crate::switchboard::{self, Switchboard};
use crate::templates::{self, Counters, Librarian};
use crate::throughput::{self, Throughput};
use crate::timers::Timers;
use crate::watchman::{self, Watchman};
use crate::worker::Worker;

/// The longest time that a part sleeps. Everything wakes it earlier; this is for what nobody thought of.
pub(crate) const NAP: Duration = Duration::from_secs(1);

/// Where the commands of each worker go.
#[derive(Clone)]
pub(crate) struct Mailboxes(Arc<[mpsc::Sender<Envelope>]>);

impl Mailboxes {
    /// To the worker of a key.
    pub(crate) fn send(&self, envelope: Envelope) -> Result<(), DeskError> {
        // Ids are random, so their bytes spread them evenly.
        let key = usize::from(u16::from_be_bytes([envelope.key[14], envelope.key[15]]));
        let worker = self.0.get(key % self.0.len().max(1)).ok_or(DeskError::Stopping)?;
        worker.send(envelope).map_err(|_| DeskError::Stopping)
    }

    /// To the worker of a key, for an answer.
    pub(crate) fn ask(
        &self,
        key: [u8; 16],
        command: Command,
    ) -> Result<oneshot::Receiver<Result<Done, CommandError>>, DeskError> {
        let (caller, answer) = oneshot::channel();
        self.send(Envelope { key, command, owner: Owner::Caller(caller), tries: 0 })?;
        Ok(answer)
    }
}

/// What people do. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) shared: Arc<Shared>,
    mail: Mailboxes,
}

/// An answer that a worker will give.
type Pending = oneshot::Receiver<Result<Done, CommandError>>;

impl Desk {
    /// An agent takes up a case: one that was given, or one that waits.
    pub async fn accept(&self, agent: &AgentId, conversation: ConversationId) -> Result<Done, CommandError> {
        self.ask(conversation, Command::Accept { conversation, agent: agent.clone() }).await
    }

    /// An agent writes to the customer.
    pub async fn reply(
        &self,
        agent: &AgentId,
        conversation: ConversationId,
        message: Outgoing,
    ) -> Result<Done, CommandError> {
        let message = Arc::new(message);
        self.ask(conversation, Command::Reply { conversation, agent: agent.clone(), message }).await
    }

    /// Somebody sends a template in a conversation, as who they are and not as an agent with a case. Beyond the mass threshold it
    /// is held until others have agreed.
    pub async fn send_template_as(
        &self,
        by: Actor,
        conversation: ConversationId,
        template: Template,
    ) -> Result<Done, CommandError> {
        let template = Arc::new(Outgoing::Template(template));
        self.ask(conversation, Command::Template { conversation, by, template }).await
    }

    /// An agent resolves the case, with a code of the company.
    pub async fn close(
        &self,
        agent: &AgentId,
        conversation: ConversationId,
        code: &str,
    ) -> Result<Done, CommandError> {
        let code = code.into();
        self.ask(conversation, Command::Close { conversation, agent: agent.clone(), code }).await
    }

    /// An agent comes, goes, or takes a break, with one of the company's codes where it has some.
    pub async fn set_presence(
        &self,
        agent: &AgentId,
        presence: Presence,
        code: Option<&str>,
    ) -> Result<Done, CommandError> {
        let active = self.shared.active.load();
        if active.company.agent(agent).is_none() {
            return Err(CommandError::NoAgent(agent.clone()));
        }
        let codes = active.company.pause_codes();
        let known = match (presence, code) {
            (Presence::Break, Some(code)) => codes.iter().any(|known| known == code),
            (Presence::Break, None) => codes.is_empty(),
            (_, code) => code.is_none(),
        };
        if !known {
            return Err(CommandError::NoPause { given: code.map(ToOwned::to_owned), codes: codes.to_vec() });
        }
        self.present(agent, presence, code, Actor::Agent(agent.clone())).await
    }

    /// An agent ends the shift: is given nothing more, and what they hold goes back to its queues, where it waits for a colleague
    /// first if one is named. Each case can be given a note. Says how many cases that were.
    pub async fn end_shift(
        &self,
        agent: &AgentId,
        to: Option<AgentId>,
        notes: Vec<(ConversationId, String)>,
    ) -> Result<usize, CommandError> {
        let active = self.shared.active.load_full();
        for known in [Some(agent), to.as_ref()].into_iter().flatten() {
            if active.company.agent(known).is_none() {
                return Err(CommandError::NoAgent(known.clone()));
            }
        }
        if to.as_ref() == Some(agent) {
            return Err(CommandError::There);
        }
        for (conversation, text) in notes {
            let (_, state) = self.shared.store.agent(agent).map_err(DeskError::from)?;
            if !state.cases.values().any(|held| *held == conversation) {
                return Err(CommandError::NotAccepted);
            }
            let by = Actor::Agent(agent.clone());
            self.hand(conversation, Act::Note { by, text, mentions: BTreeSet::new(), hands: None }).await?;
        }
        let (stream, actor) = (Stream::Agent(agent.clone()), Actor::Agent(agent.clone()));
        let (_, before) = self.shared.store.agent(agent).map_err(DeskError::from)?;
        let ended = || {
            let (version, state) = self.shared.store.agent(agent)?;
            if state.ended.is_some() {
                return Ok(None);
            }
            let draft = Draft::new(stream.clone(), actor.clone(), ShiftEnded { to: to.clone() })?;
            Ok(Some((version, draft)))
        };
        self.shared.decide(stream.clone(), ended).await?;
        // Whoever is at home takes nothing over.
        for conversation in self.shared.store.offers(agent).map_err(DeskError::from)? {
            match self.hand(conversation, Act::Answer { agent: agent.clone(), takes: false }).await {
                Ok(_) | Err(CommandError::NotAsked | CommandError::NoCase | CommandError::NoConversation) => {
                }
                Err(error) => return Err(error),
            }
        }
        // From here on the carrier would do it, too.
        self.clear_desk(agent).await?;
        Ok(before.cases.len())
    }

    /// An agent has left: is given nothing more, and their cases wait in the queues they came from. Gives how many.
    pub async fn hand_over(&self, agent: &AgentId, by: &Actor) -> Result<usize, CommandError> {
        let (_, state) = self.shared.store.agent(agent).map_err(DeskError::from)?;
        if state.presence != Presence::Away {
            self.present(agent, Presence::Away, None, by.clone()).await?;
        }
        let mut handed_over = 0;
        let (_, state) = self.shared.store.agent(agent).map_err(DeskError::from)?;
        for conversation in state.cases.into_values() {
            let (agent, by) = (agent.clone(), by.clone());
            match self.ask(conversation, Command::GiveBack { conversation, agent, by }).await {
                Ok(done) => handed_over += usize::from(done == Done::Recorded),
                // The customer was forgotten meanwhile.
                Err(CommandError::NoConversation) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(handed_over)
    }

    async fn present(
        &self,
        agent: &AgentId,
        presence: Presence,
        code: Option<&str>,
        by: Actor,
    ) -> Result<Done, CommandError> {
        let stream = Stream::Agent(agent.clone());
        let set = || {
            let (version, state) = self.shared.store.agent(agent)?;
            if state.presence == presence && state.code.as_deref() == code {
                return Ok(None);
            }
            let set = PresenceSet { presence, code: code.map(ToOwned::to_owned) };
            let draft = Draft::new(stream.clone(), by.clone(), set)?;
            Ok(Some((version, draft)))
        };
        let set = self.shared.decide(stream.clone(), set).await?;
        Ok(if set { Done::Recorded } else { Done::Repeated })
    }

    /// Lets nothing leave from a number, or from any, until somebody resumes it. What is queued waits. Takes effect at
    /// once: when this returns nothing leaves any more. False if somebody had paused it already.
    pub async fn pause(
        &self,
        actor: Actor,
        number: Option<NumberId>,
        reason: String,
    ) -> Result<bool, DeskError> {
        halt::pause(&self.shared, actor, number, reason).await
    }

    /// Lets messages leave again from a number, or from all of them, whatever stopped them. False if nothing had.
    pub async fn resume(&self, actor: Actor, number: Option<NumberId>) -> Result<bool, DeskError> {
        halt::resume(&self.shared, actor, number).await
    }

    /// What does not leave, and what a person is called for.
    pub fn stops(&self) -> Result<Stops, DeskError> {
        Ok(self.shared.store.stops()?.1)
    }

    /// Puts another company in force, with what its files say of rules; `with` is written with it.
    pub async fn adopt(
        &self,
        company: Company,
        files: Vec<Signed>,
        with: Vec<Draft>,
    ) -> Result<u64, HelmError> {
        helm::adopt(&self.shared, company, files, with).await
    }

    /// Whether a company and what its files say of rules could be put in force.
    pub fn check_files(&self, company: &Company, files: &[Signed]) -> Result<(), HelmError> {
        helm::check(&self.shared, company, files)
    }

    /// Says in the journal what is in force from the start.
    pub async fn announce(&self, drafts: Vec<Draft>) -> Result<(), DeskError> {
        if !drafts.is_empty() {
            self.shared.store.commit(Vec::new(), drafts).await?;
        }
        Ok(())
    }

    /// What is in force.
    pub fn active(&self) -> Arc<Active> {
        self.shared.active.load_full()
    }

    /// What the host counts.
    pub fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// Events and what is folded from them.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Keys, for who may open what is sealed.
    pub fn keys(&self) -> &Arc<store::KeyStore> {
        &self.shared.keys
    }

    /// What people have still to agree on, and what they agreed on.
    pub fn proposals(&self) -> &Proposals {
        &self.shared.proposals
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) async fn ask(
        &self,
        conversation: ConversationId,
        command: Command,
    ) -> Result<Done, CommandError> {
        let answer = self.mail.ask(conversation.to_bytes(), command)?;
        answer.await.unwrap_or(Err(CommandError::Desk(DeskError::Stopping)))
    }
}

/// The parts of a desk, for whoever drives them.
pub struct Parts {
    /// Turns bodies into commands.
    pub dispatcher: Dispatcher,
    /// Decide on commands.
    pub workers: Vec<Worker>,
    /// Gives cases to agents.
    pub matcher: Matcher,
    /// Fire what is due.
    pub timers: Timers,
    /// Hands messages to WhatsApp.
    pub sender: Sender,
    /// Has services outside asked.
    pub requester: Requester,
    /// Fetches media.
    pub fetcher: Fetcher,
    /// Looks what Meta made of the templates.
    pub librarian: Librarian,
    /// Carries out what was approved.
    pub carrier: Carrier,
    /// Undoes changes of rules that do not do well.
    pub watchman: Watchman,
    /// Switches rule sets by the clock and by alerts.
    pub switchboard: Switchboard,
    /// Queues what campaigns say next, and what was held until others agreed.
    pub campaigner: Campaigner,
    /// Has rules count what happened.
    pub measurer: Measurer,
    /// Has rules say what people should look at.
    pub lookout: Lookout,
    store: Store,
}

/// Puts a desk together. `workers` is how many conversations are decided on at the same time.
pub fn assemble(outside: Outside, workers: usize) -> (Desk, Parts) {
    let Outside { store, keys, media, plugins, reference, rules, clock, entropy, network, services, active } =
        outside;
    let proposals = Proposals::new(store.clone(), Arc::clone(&clock), Arc::clone(&entropy));
    let shared = Arc::new(Shared {
        store,
        keys,
        media,
        marks: Marks::new(plugins.clone()),
        plugins,
        reference,
        rules,
        clock,
        entropy,
        network,
        services,
        active: ArcSwap::from_pointee(active),
        helm: tokio::sync::Mutex::default(),
        meters: Meters::default(),
        throughput: Throughput::default(),
        inbound: Inbound::default(),
        capped: tokio::sync::Mutex::default(),
        introducing: tokio::sync::Mutex::default(),
        moving: tokio::sync::Mutex::default(),
        proposals,
        told: crate::escalation::Told::default(),
        counters: Counters::default(),
    });
    let (boxes, mails): (Vec<_>, Vec<_>) = (0..workers.max(1)).map(|_| mpsc::channel()).unzip();
    let mail = Mailboxes(boxes.into());
    let parts = Parts {
        dispatcher: Dispatcher::new(Arc::clone(&shared), mail.clone()),
        workers: mails.into_iter().map(|mail| Worker::new(Arc::clone(&shared), mail)).collect(),
        matcher: Matcher::new(Arc::clone(&shared), mail.clone()),
        timers: Timers::new(Arc::clone(&shared), mail.clone()),
        sender: Sender::new(Arc::clone(&shared)),
        requester: Requester::new(Arc::clone(&shared), mail.clone()),
        fetcher: Fetcher::new(Arc::clone(&shared)),
        librarian: Librarian::new(Arc::clone(&shared)),
        carrier: Carrier::new(Desk { shared: Arc::clone(&shared), mail: mail.clone() }),
        watchman: Watchman::new(Desk { shared: Arc::clone(&shared), mail: mail.clone() }),
        switchboard: Switchboard::new(Arc::clone(&shared)),
        campaigner: Campaigner::new(Arc::clone(&shared)),
        measurer: Measurer::new(Arc::clone(&shared)),
        lookout: Lookout::new(Arc::clone(&shared)),
        store: shared.store.clone(),
    };
    (Desk { shared, mail }, parts)
}

/// A desk at work.
pub struct Running {
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Lets everyone finish what they have begun. What is not begun is in the journal.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let threads = self.threads;
        let _ = tokio::task::spawn_blocking(move || {
            for thread in threads {
                let _ = thread.join();
            }
        })
        .await;
    }
}

impl Parts {
    /// Drives the parts with threads of their own, until they are stopped.
    pub fn run(self, runtime: &Handle) -> std::io::Result<Running> {
        let (stop, stopped) = watch::channel(false);
        let Self {
            dispatcher,
            workers,
            matcher,
            timers,
            sender,
            requester,
            fetcher,
            librarian,
            carrier,
            watchman,
            switchboard,
            campaigner,
            measurer,
            lookout,
            store,
        } = self;
        let waiter = |topic| Waiter {
            runtime: runtime.clone(),
            changed: store.watch(topic),
            stopped: stopped.clone(),
        };
        let mut threads = Vec::new();
        for (n, worker) in workers.into_iter().enumerate() {
            threads.push(named(format!("worker-{n}"), move || worker.run())?);
        }
        let webhooks = waiter(Topic::Webhooks);
        threads.push(named("dispatcher".into(), dispatching(dispatcher, webhooks))?);
        threads.push(named("matcher".into(), matching(matcher, waiter(Topic::Matching)))?);
        threads.push(named("timers".into(), ticking(timers, waiter(Topic::Timers)))?);
        let messages = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let sending = sending(sender, store.watch(Topic::Outbox), stopped.clone());
        threads.push(named("sender".into(), move || messages.block_on(sending))?);
        let media = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let fetching = media::fetching(fetcher, store.watch(Topic::Media), stopped.clone());
        let looking = templates::looking(librarian, store.watch(Topic::Templates), stopped.clone());
        let topics = [Topic::Proposals, Topic::Campaigns].map(|topic| store.watch(topic));
        let campaigning = campaigns::campaigning(campaigner, topics, stopped.clone());
        let chunks = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        threads.push(named("campaigner".into(), move || chunks.block_on(campaigning))?);
        let asking = requester::asking(requester, store.watch(Topic::Requests), stopped.clone());
        let outside = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        threads.push(named("requester".into(), move || outside.block_on(asking))?);
        let switching = switchboard::switching(switchboard, stopped.clone());
        let watching = watchman::watching(watchman, stopped.clone());
        let counting = measurer::measuring(measurer, lookout, stopped.clone());
        let figures = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        threads.push(named("measurer".into(), move || figures.block_on(counting))?);
        let carrying = carrier::carrying(carrier, store.watch(Topic::Proposals), stopped);
        threads.push(named("fetcher".into(), move || {
            media.block_on(async { tokio::join!(fetching, looking, carrying, watching, switching) });
        })?);
        Ok(Running { stop, threads })
    }
}

/// A thread that works on what was taken.
fn named(name: String, body: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name).spawn(|| {
        give_way();
        body();
    })
}

/// Has this thread give way to others.
///
/// Ingest goes before it when cores are short: what is not taken now Meta has to send again, what is not decided now lies
/// in the journal. On Linux a priority is a thread's own; where it cannot be changed everything runs as before.
pub(crate) fn give_way() {
    /// A tenth of the share of a thread of normal priority (setpriority(2), sched(7)).
    const NICE: i32 = 10;
    let _ = rustix::process::nice(NICE);
}

/// How a thread waits for something to happen.
struct Waiter {
    runtime: Handle,
    changed: watch::Receiver<u64>,
    stopped: watch::Receiver<bool>,
}

impl Waiter {
    /// Until something of the topic is folded in, something else wakes it, or at most for `nap`. False when it is time to stop.
    fn wait(&mut self, other: Option<&tokio::sync::Notify>, nap: Duration) -> bool {
        let Self { runtime, changed, stopped } = self;
        if *stopped.borrow() {
            return false;
        }
        runtime.block_on(async {
            let notified = async {
                match other {
                    Some(notify) => notify.notified().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = changed.changed() => changed.is_ok(),
                () = notified => true,
                _ = stopped.changed() => false,
                () = tokio::time::sleep(nap) => true,
            }
        })
    }
}

fn failed(part: &str, error: &DeskError) {
    tracing::error!(%error, part, "a part of the desk failed: trying again");
    std::thread::sleep(NAP);
}

fn dispatching(mut dispatcher: Dispatcher, mut waiter: Waiter) -> impl FnOnce() {
    move || {
        let wake = dispatcher.wake();
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let mut gauge = Gauge::new(u32::try_from(cores).unwrap_or(1), Instant::now());
        loop {
            match dispatcher.step() {
                Ok(true) => {
                    if *waiter.stopped.borrow() {
                        return;
                    }
                    if let Some(rest) = gauge.rest(Instant::now(), dispatcher.webhooks_taken()) {
                        std::thread::sleep(rest);
                    }
                }
                Ok(false) => {
                    if !waiter.wait(Some(&wake), NAP) {
                        return;
                    }
                }
                Err(DeskError::Stopping) => return,
                Err(error) => failed("dispatcher", &error),
            }
        }
    }
}

fn wait_for(answers: Vec<Pending>) {
    for answer in answers {
        match answer.blocking_recv() {
            Ok(Ok(_)) | Err(_) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a command of the host was not carried out"),
        }
    }
}

fn matching(mut matcher: Matcher, mut waiter: Waiter) -> impl FnOnce() {
    move || {
        loop {
            if matcher.is_due() {
                match matcher.step() {
                    Ok(answers) => wait_for(answers),
                    Err(DeskError::Stopping) => return,
                    Err(error) => failed("matcher", &error),
                }
            } else if !waiter.wait(None, NAP) {
                return;
            }
        }
    }
}

/// Looks when a timer was set or taken away, and otherwise ten times a second.
fn ticking(mut timers: Timers, mut waiter: Waiter) -> impl FnOnce() {
    move || {
        loop {
            match timers.step() {
                Ok(answers) if !answers.is_empty() => {
                    wait_for(answers);
                    continue;
                }
                Ok(_) => {}
                Err(DeskError::Stopping) => return,
                Err(error) => failed("timers", &error),
            }
            if !waiter.wait(None, Duration::from_millis(100)) {
                return;
            }
        }
    }
}

async fn sending(mut sender: Sender, mut outbox: watch::Receiver<u64>, mut stopped: watch::Receiver<bool>) {
    let (ended, mut ends) = tokio::sync::mpsc::unbounded_channel();
    let mut flying = 0_usize;
    let mut learned = Instant::now();
    loop {
        let stopping = *stopped.borrow();
        if stopping && flying == 0 {
            return;
        }
        // Before the outbox is read, or what comes in between would be taken for seen.
        outbox.mark_unchanged();
        if !stopping {
            match sender.pick() {
                Ok(jobs) => {
                    for job in jobs {
                        flying += 1;
                        let (ended, delivery) = (ended.clone(), sender.deliver(job));
                        tokio::spawn(async move {
                            // The receiver lives as long as anything flies.
                            let _ = ended.send((job, delivery.await));
                        });
                    }
                }
                Err(error) => {
                    tracing::error!(%error, part = "sender", "a part of the desk failed: trying again")
                }
            }
            let again = learned.elapsed() >= throughput::AGAIN;
            if let Some(learning) = sender.learn(again) {
                learned = Instant::now();
                tokio::spawn(learning);
            }
        }
        tokio::select! {
            Some((job, end)) = ends.recv() => {
                sender.settle(job, end);
                flying -= 1;
                while let Ok((job, end)) = ends.try_recv() {
                    sender.settle(job, end);
                    flying -= 1;
                }
            }
            _ = outbox.changed() => {}
            _ = stopped.changed() => {}
            () = tokio::time::sleep(sender.nap(NAP)) => {}
        }
    }
}
