//! Writes a journal as a company would: customers who write, rules that answer, messages that are sent and delivered.
//!
//! It goes straight to the store, because a million events over the whole product would take an hour. Each fact has the
//! size that it has there; keys and identifiers are real. Its clock runs ahead of the machine's, or a customer would write fifty
//! times within minutes and be answered by rules each time, which no host does; and what facts there are is counted, as a
//! host does.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Result;
use domain::Time;
use domain::decision::{Asked, Call, Digest, Effect, Kind, Outcome, Trace, Traces, Why};
use domain::delivery::Status;
use domain::event::{
    CaseOpened, ContactCreated, ConversationStarted, Event, MessageReceived, Processed, ReplyQueued,
    RuleDecided, SendAccepted, SendAttempted, StatusChanged, Wamid, WebhookReceived, WebhooksProcessed,
};
use domain::id::{CaseId, ContactId, ConversationId, MessageId, NumberId};
use domain::json::Json;
use domain::measure::event::Measured;
use domain::message::{Beside, Content, Identity, Inbound, Outgoing, Profile};
use domain::outside::{Clock, Entropy};
use domain::sealed::{Key, Lookup, Personal, Sealed, SealedBody};
use domain::stream::{Actor, Stream};
use journal::RealDisk;
use serde_json::json;
use store::{Draft, Drive, Opened, Paths, Store, Ticket};

use crate::customers::{self, CUSTOMERS};

/// Messages in one commit.
const EXCHANGES: usize = 64;

/// Commits on their way.
const FLYING: usize = 8;

/// From one message to the next, in milliseconds: ten million events are six weeks of a company.
const APART: i64 = 3_000;

/// Commits until the facts of one are counted.
const UNCOUNTED: usize = 8;

/// How far the clock is ahead of the machine's, in milliseconds.
static AHEAD: AtomicI64 = AtomicI64::new(0);

struct System;

impl Clock for System {
    fn now(&self) -> Time {
        let now = Time::now();
        let ahead = now.as_millisecond() + AHEAD.load(Ordering::Relaxed);
        Time::from_millisecond(ahead).unwrap_or(now)
    }
}

impl Entropy for System {
    fn fill(&self, bytes: &mut [u8]) {
        // Without random bytes all ids are alike, and the store refuses what comes of that.
        let _ = getrandom::fill(bytes);
    }
}

/// Opens a store.
pub(crate) fn open(data: &Path) -> Result<(Store, Opened)> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let paths = Paths::within(data);
    let disk = Arc::new(RealDisk);
    Ok(Store::open(disk, &paths, Arc::new(System), boot.trim(), Drive::Threads, &mut |_, _| {})?)
}

/// Opens a store, says so, and writes until somebody kills it.
pub(crate) fn until_killed(data: &Path) -> Result<()> {
    let (store, _) = open(data)?;
    println!("writing");
    let mut filler = Filler::new(&store)?;
    loop {
        filler.batch()?;
    }
}

/// Writes to a store to which nobody else does.
pub(crate) struct Filler<'a> {
    store: &'a Store,
    lookups: Key,
    day: Key,
    customers: Vec<Customer>,
    /// Of all messages so far.
    written: u64,
    /// What the next event will be.
    next_seq: u64,
    flying: VecDeque<Ticket>,
    /// The commits of which nobody has counted the facts: the first and the last event of each.
    uncounted: VecDeque<(u64, u64)>,
}

pub(crate) struct Customer {
    contact: ContactId,
    pub(crate) conversation: ConversationId,
    case: CaseId,
    number: NumberId,
    key: Key,
}

impl<'a> Filler<'a> {
    pub(crate) fn new(store: &'a Store) -> Result<Self> {
        Ok(Self {
            store,
            lookups: Key::random(&System),
            day: Key::random(&System),
            customers: Vec::new(),
            written: 0,
            next_seq: store.last_seq() + 1,
            flying: VecDeque::new(),
            uncounted: VecDeque::new(),
        })
    }

    /// Writes the messages of some customers, and everything that follows from them.
    pub(crate) fn batch(&mut self) -> Result<()> {
        let (mut drafts, mut webhooks) = (Vec::new(), Vec::new());
        for _ in 0..EXCHANGES {
            let webhook = self.next_seq + drafts.len() as u64;
            webhooks.push(Processed { seq: webhook, taken: 1, repeated: 0, strange: 0 });
            self.exchange(webhook, &mut drafts)?;
        }
        drafts.push(Draft::new(Stream::Webhooks, Actor::Host, WebhooksProcessed { webhooks })?);
        if self.uncounted.len() == UNCOUNTED
            && let Some((from, to)) = self.uncounted.pop_front()
        {
            let counted = Measured { generation: 1, from, to, facts: 2 * EXCHANGES as u32, by: Vec::new() };
            drafts.push(Draft::new(Stream::Measures, Actor::Host, counted)?);
        }
        let first = self.next_seq;
        self.next_seq += drafts.len() as u64;
        self.uncounted.push_back((first, self.next_seq - 1));
        self.flying.push_back(self.store.commit(Vec::new(), drafts));
        if self.flying.len() >= FLYING
            && let Some(oldest) = self.flying.pop_front()
        {
            oldest.wait()?;
        }
        Ok(())
    }

    /// Somebody who has written.
    pub(crate) fn customer(&self) -> Option<&Customer> {
        self.customers.first()
    }

    /// Waits until everything is durable and folded.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.flying.drain(..).try_for_each(|ticket| ticket.wait().map(drop))?;
        Ok(())
    }

    /// A message of the customer whose turn it is.
    fn exchange(&mut self, webhook: u64, drafts: &mut Vec<Draft>) -> Result<()> {
        let n = self.written;
        self.written += 1;
        AHEAD.fetch_add(APART, Ordering::Relaxed);
        let body = customers::body(n);
        let today = System.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let sealed = SealedBody::seal(&body, today, &self.day, &System)?;
        let received = WebhookReceived { bytes: body.len() as u64, body: sealed };
        drafts.push(Draft::new(Stream::Webhooks, Actor::Meta, received)?);
        if n < CUSTOMERS {
            self.introduce(n, drafts)?;
        }
        let Some(customer) = self.customers.get((n % CUSTOMERS) as usize) else { return Ok(()) };
        let conversation = Stream::Conversation(customer.conversation);
        let mut say = |stream: &Stream, actor: Actor, event: Event| -> Result<()> {
            drafts.push(Draft::new(stream.clone(), actor, event)?);
            Ok(())
        };
        let wamid = format!("wamid.HBgMNTczMDA{n:032}VAgASGBYA");
        let content = Content::Text {
            body: "Buenas tardes, ¿en qué va mi pedido? Lo hice el lunes y todavía no me ha llegado nada."
                .into(),
        };
        let received = MessageReceived {
            message: MessageId::new(System.now(), &System),
            sent_at: System.now(),
            content: content.kind().into(),
            lookup: Lookup::of(&self.lookups, "wamid", &wamid),
            body: customer.seal(&Inbound { wamid, content, answers: None, beside: Beside::default() })?,
            webhook,
        };
        say(&conversation, Actor::Customer, received.into())?;
        if n < CUSTOMERS {
            say(&conversation, Actor::Host, CaseOpened { case: customer.case }.into())?;
        }
        let answer =
            Outgoing::Text { body: "Su pedido va en camino: llega mañana entre las 8 y las 12.".into() };
        say(&conversation, Actor::Host, customer.decision(&answer)?.into())?;
        let message = MessageId::new(System.now(), &System);
        let queued = ReplyQueued {
            category: None,
            message,
            case: Some(customer.case),
            number: customer.number.clone(),
            content: answer.kind().into(),
            campaign: None,
            body: customer.seal(&answer)?,
        };
        say(&conversation, Actor::Rule("quick-answers".into()), queued.into())?;
        let delivery = Stream::Message(message);
        say(&delivery, Actor::Host, SendAttempted { attempt: 1 }.into())?;
        let wamid = format!("wamid.HBgMNTczMDA{n:032}VAgARGBIA");
        let lookup = Lookup::of(&self.lookups, "wamid", &wamid);
        let accepted = SendAccepted { attempt: 1, wamid: customer.seal(&Wamid(wamid))?, lookup };
        say(&delivery, Actor::Host, accepted.into())?;
        for status in [Status::Sent, Status::Delivered] {
            let (at, problems) = (System.now(), Vec::new());
            let changed =
                StatusChanged { status, attempt: None, at, problems, wamid: None, lookup: None, webhook };
            say(&delivery, Actor::Meta, changed.into())?;
        }
        Ok(())
    }

    fn introduce(&mut self, n: u64, drafts: &mut Vec<Draft>) -> Result<()> {
        let customer = Customer {
            contact: ContactId::random(&System),
            conversation: ConversationId::random(&System),
            case: CaseId::random(&System),
            number: format!("1065403522{:05}", n % 50).into(),
            key: Key::random(&System),
        };
        let (phone, user_id) = (format!("57300{n:07}"), format!("CO.{n:020}"));
        let lookups =
            [("user-id", &user_id), ("phone", &phone)].map(|(kind, of)| Lookup::of(&self.lookups, kind, of));
        let created = ContactCreated {
            identity: customer.seal(&Identity {
                phone: Some(phone),
                user_id: Some(user_id),
                parent_user_id: None,
            })?,
            profile: customer.seal(&Profile { name: format!("Clienta {n}"), ..Profile::default() })?,
            lookups: lookups.to_vec(),
            language: "es".into(),
        };
        drafts.push(Draft::new(Stream::Contact(customer.contact), Actor::Meta, created)?);
        let started = ConversationStarted { contact: customer.contact, number: customer.number.clone() };
        drafts.push(Draft::new(Stream::Conversation(customer.conversation), Actor::Meta, started)?);
        self.customers.push(customer);
        Ok(())
    }
}

impl Customer {
    pub(crate) fn seal<T: Personal>(&self, value: &T) -> Result<Sealed<T>> {
        Ok(Sealed::seal(value, self.contact, &self.key, &System)?)
    }

    /// What two rules saw and said.
    pub(crate) fn traces(&self, answer: &Outgoing) -> Traces {
        let input = Json::of(&json!({
            "why": "message", "now": 1_795_352_400_000_u64, "number": "soporte", "language": "es",
            "local": {"date": "2026-11-22", "weekday": 7, "minute": 600, "zone": "America/Bogota"},
            "calendar": {"open": true}, "attrs": [],
            "case": {"id": self.case, "opened": 1_795_352_400_000_u64, "priority": 0, "tags": []},
        }));
        let trace = |rule: &str, reason: &str, effects| Trace {
            rule: rule.into(),
            input: input.clone(),
            calls: vec![Call {
                function: "memory.get".into(),
                arguments: Json::of(&json!(["failures"])),
                answer: Json::of(&json!("0")),
            }],
            log: Vec::new(),
            reason: reason.into(),
            effects,
        };
        Traces(vec![
            trace("office-hours", "Está abierto", Vec::new()),
            trace("quick-answers", "Palabra «pedido»", vec![Effect::Reply { message: answer.clone() }]),
        ])
    }

    /// Two rules were asked: one abstained, one answered.
    pub(crate) fn decision(&self, answer: &Outgoing) -> Result<RuleDecided> {
        let digest = Digest::of(b"a plugin");
        let asked = |rule: &str, outcome| Asked {
            rule: rule.into(),
            set: "attention".into(),
            component: digest,
            settings: digest,
            outcome,
            calls: [("memory.get".to_owned(), 1)].into(),
            fuel: 20_000,
            micros: 40,
        };
        Ok(RuleDecided {
            case: self.case,
            of: Kind::Responding,
            why: Why::Message,
            generation: 1,
            asked: vec![asked("office-hours", Outcome::Abstained), asked("quick-answers", Outcome::Answered)],
            not_asked: Vec::new(),
            shadowed: Vec::new(),
            refused: Vec::new(),
            traces: self.seal(&self.traces(answer))?,
        })
    }
}
