//! What all parts share: the numbers, the phones, the queue towards the webhook, and the feed of what happens.
//!
//! The queue has no bound, because Meta forgets nothing for seven days either: what a host does not take waits here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::Uri;
use serde::Serialize;
use serde_json::json;
use tokio::sync::{broadcast, mpsc, watch};
use whatsapp::AppSecrets;

use crate::caller::Client;
use crate::id::{From, Ids};
use crate::options::{Delays, Number, Options, Person};
use crate::phones::{Message, Phones, Said, Side, Tick};
use crate::update::{self, Update};

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The host asked for a message and got its wamid.
    Accepted {
        /// The company's number.
        number: String,
        /// The customer's phone; empty if only their user id is known.
        phone: String,
        /// The message.
        wamid: String,
        /// The host's `biz_opaque_callback_data`.
        opaque: String,
    },
    /// A message, of either side, is on a customer's phone.
    Message {
        /// The customer's phone.
        phone: String,
        /// The message.
        message: Message,
    },
    /// A customer's message got another tick.
    Tick {
        /// The customer's phone.
        phone: String,
        /// The message.
        wamid: String,
        /// The tick.
        tick: Tick,
    },
    /// A customer put an emoji on a message of the company, or took it off.
    Reaction {
        /// The customer's phone.
        phone: String,
        /// The message of the company.
        wamid: String,
        /// None when it was taken off.
        emoji: Option<String>,
    },
    /// The company is writing.
    Typing {
        /// The customer's phone.
        phone: String,
        /// The company's number.
        number: String,
    },
    /// A phone is shown that was not.
    Phone {
        /// Whose it is.
        person: Person,
    },
    /// The webhook was called.
    Posted {
        /// How many updates it carried.
        updates: usize,
        /// The HTTP status; None if there was none.
        http: Option<u16>,
        /// How long it took.
        took: Duration,
    },
}

/// A number of the company at work.
pub(crate) struct Line {
    pub(crate) number: Arc<Number>,
    /// Messages it was asked to send: the first thousand of a month are free.
    sent: AtomicU64,
}

pub(crate) struct World {
    pub(crate) lines: BTreeMap<String, Line>,
    pub(crate) phones: Phones,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) ids: Ids,
    pub(crate) secrets: AppSecrets,
    pub(crate) client: Client,
    pub(crate) concurrency: usize,
    pub(crate) batch: usize,
    pub(crate) retry: Duration,
    delays: Delays,
    ahead: i64,
    webhook: watch::Sender<Option<Uri>>,
    queue: mpsc::UnboundedSender<Update>,
    waiting: AtomicUsize,
}

impl World {
    pub(crate) fn new(
        options: Options,
        webhook: Option<Uri>,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Update>) {
        let (queue, queued) = mpsc::unbounded_channel();
        let line = |number: Number| (number.id.clone(), Line { number: Arc::new(number), sent: 0.into() });
        let world = Self {
            lines: options.numbers.into_iter().map(line).collect(),
            phones: Phones::new(options.remember, options.phones),
            events: broadcast::Sender::new(4_096),
            ids: Ids::new(),
            secrets: AppSecrets::new(&options.app_secret, None),
            client: crate::caller::client(),
            concurrency: options.concurrency.max(1),
            batch: options.batch.clamp(1, 1_000),
            retry: options.retry,
            delays: options.delays,
            ahead: options.ahead,
            webhook: watch::Sender::new(webhook),
            queue,
            waiting: 0.into(),
        };
        (Arc::new(world), queued)
    }

    /// Seconds since 1970, by the clock of this world.
    pub(crate) fn now(&self) -> u64 {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        machine.saturating_add_signed(self.ahead)
    }

    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if self.events.receiver_count() > 0 {
            // It fails only if the last listener has just gone.
            let _ = self.events.send(event());
        }
    }

    pub(crate) fn set_webhook(&self, uri: Uri) {
        self.webhook.send_replace(Some(uri));
    }

    /// Waits for it if it was not told yet.
    pub(crate) async fn webhook(&self) -> Option<Uri> {
        let mut told = self.webhook.subscribe();
        told.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Nobody takes from the queue any more.
    pub(crate) fn ended(&self) -> bool {
        self.queue.is_closed()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn delivered(&self, updates: usize) {
        self.waiting.fetch_sub(updates, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self) -> BTreeMap<String, u64> {
        self.lines.iter().map(|(id, line)| (id.clone(), line.sent.load(Ordering::Relaxed))).collect()
    }

    pub(crate) fn enqueue(&self, update: Update) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // It fails only when the simulation ends.
        let _ = self.queue.send(update);
    }

    /// Takes a message of the company and lets it fare.
    pub(crate) fn accept(self: &Arc<Self>, line: &Line, to: Person, said: Said, opaque: &str) -> String {
        let wamid = self.ids.wamid(From::Company, &to.phone);
        let free = line.sent.fetch_add(1, Ordering::Relaxed) < update::FREE_PER_MONTH;
        self.tell(|| Event::Accepted {
            number: line.number.id.clone(),
            phone: to.phone.clone(),
            wamid: wamid.clone(),
            opaque: opaque.to_owned(),
        });
        let sent =
            Sent { number: line.number.clone(), to, wamid: wamid.clone(), opaque: opaque.to_owned(), free };
        tokio::spawn(self.clone().fare(sent, said));
        wamid
    }

    async fn fare(self: Arc<Self>, sent: Sent, said: Said) {
        pause(self.delays.sent).await;
        self.enqueue(sent.status(self.now(), "sent", true));
        pause(self.delays.delivered).await;
        let message = Message::new(&sent.wamid, &sent.number.id, Side::Company, self.now(), said);
        self.show(&sent.to.phone, message);
        self.enqueue(sent.status(self.now(), "delivered", true));
        if let Some(delay) = self.delays.read {
            pause(delay).await;
            self.enqueue(sent.status(self.now(), "read", false));
        }
    }

    /// Puts a message on a phone, if that phone is shown.
    pub(crate) fn show(&self, phone: &str, message: Message) {
        if self.phones.add(phone, &message) {
            self.tell(|| Event::Message { phone: phone.to_owned(), message });
        }
    }

    /// A customer's message made its way.
    pub(crate) fn tick(&self, phone: &str, wamid: &str, tick: Tick) {
        if self.phones.tick(phone, wamid, tick) {
            self.tell(|| Event::Tick { phone: phone.to_owned(), wamid: wamid.to_owned(), tick });
        }
    }
}

/// A message of the company on its way.
struct Sent {
    number: Arc<Number>,
    to: Person,
    wamid: String,
    opaque: String,
    free: bool,
}

impl Sent {
    fn status(&self, at: u64, status: &str, priced: bool) -> Update {
        let mut json = json!({
            "id": self.wamid,
            "status": status,
            "timestamp": at.to_string(),
            "recipient_user_id": self.to.user_id,
        });
        if !self.to.hidden && !self.to.phone.is_empty() {
            json["recipient_id"] = self.to.phone.as_str().into();
        }
        if !self.opaque.is_empty() {
            json["biz_opaque_callback_data"] = self.opaque.as_str().into();
        }
        if priced {
            json["pricing"] = update::pricing(self.free);
        }
        Update::status(self.number.clone(), &self.to, json)
    }
}

async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}
