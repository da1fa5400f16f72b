//! What all parts share: the numbers, the people, the queue towards the webhook, and the feed of what happens.
//!
//! The queue has no bound, because Meta forgets nothing for seven days either: what a host does not take waits here.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::http::Uri;
use tokio::sync::{broadcast, mpsc, watch};
use whatsapp::AppSecrets;

use crate::caller::{Client, Posting};
use crate::clock::{Clock, millis};
use crate::dice::Dice;
use crate::event::Event;
use crate::happening::Down;
use crate::line::Line;
use crate::media::Media;
use crate::options::{Delays, Options, Person};
use crate::people::People;
use crate::phones::{Message, Phones, Tick};
use crate::reach::Reach;
use crate::report::{Counts, Report};
use crate::rules::Rules;
use crate::templates::Catalogue;
use crate::trouble::{Hiding, Trouble};
use crate::update::{Shown, Update};

pub(crate) struct World {
    pub(crate) lines: BTreeMap<String, Line>,
    pub(crate) people: People,
    pub(crate) phones: Phones,
    pub(crate) templates: Mutex<Catalogue>,
    pub(crate) media: Media,
    pub(crate) reach: Reach,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) secrets: AppSecrets,
    pub(crate) client: Client,
    pub(crate) posting: Posting,
    pub(crate) delays: Delays,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) counts: Counts,
    /// How Meta is not there at the moment, and until when in milliseconds since 1970.
    pub(crate) down: watch::Sender<Option<(Down, u64)>>,
    seed: u64,
    rules: ArcSwap<Rules>,
    trouble: ArcSwap<Trouble>,
    webhook: watch::Sender<Option<Uri>>,
    ended: watch::Sender<bool>,
    queue: mpsc::UnboundedSender<Update>,
    waiting: AtomicUsize,
    traces: AtomicU64,
}

impl World {
    pub(crate) fn new(
        options: &Options,
        webhook: Option<Uri>,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Update>) {
        let (queue, queued) = mpsc::unbounded_channel();
        let seed = options.seed.unwrap_or_else(Dice::seed_of_this_run);
        let dice = Dice::new(seed);
        let numbers = options.numbers.iter().cloned();
        let world = Self {
            lines: numbers.map(|number| (number.id.clone(), Line::new(number))).collect(),
            people: People::new(&options.phones),
            phones: Phones::new(options.remember, &options.phones),
            templates: Mutex::new(Catalogue::new(dice.about("templates"))),
            media: Media::new(dice.about("media")),
            reach: Reach::default(),
            events: broadcast::Sender::new(4_096),
            secrets: AppSecrets::new(&options.app_secret, None),
            client: crate::caller::client(),
            posting: Posting::new(options),
            delays: options.delays,
            clock: Clock::new(options.ahead, options.speed),
            dice,
            counts: Counts::new(options.by_reference),
            down: watch::Sender::new(None),
            seed,
            rules: ArcSwap::from_pointee(options.rules.clone()),
            trouble: ArcSwap::from_pointee(options.trouble.clone()),
            webhook: watch::Sender::new(webhook),
            ended: watch::Sender::new(false),
            queue,
            waiting: 0.into(),
            traces: 0.into(),
        };
        (Arc::new(world), queued)
    }

    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    pub(crate) fn set_rules(&self, rules: Rules) {
        self.rules.store(Arc::new(rules));
    }

    pub(crate) fn trouble(&self) -> Arc<Trouble> {
        self.trouble.load_full()
    }

    pub(crate) fn set_trouble(&self, trouble: Trouble) {
        self.trouble.store(Arc::new(trouble));
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

    /// Runs something until it or this world ends.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut ended = self.ended.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = task => {}
                _ = ended.wait_for(|ended| *ended) => {}
            }
        });
    }

    /// Does something when so much time of this world has passed, counted from now and not from when a thread is free.
    pub(crate) fn after(self: &Arc<Self>, time: Duration, act: impl FnOnce(&Arc<Self>) + Send + 'static) {
        let (world, due) = (self.clone(), self.clock.now() + millis(time));
        self.spawn(async move {
            world.clock.until(due).await;
            act(&world);
        });
    }

    /// Ends everything that runs by itself.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// So many updates do not wait any more.
    pub(crate) fn settled(&self, updates: usize) {
        self.waiting.fetch_sub(updates, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self) -> BTreeMap<String, u64> {
        self.lines.iter().map(|(id, line)| (id.clone(), line.sent())).collect()
    }

    pub(crate) fn report(&self) -> Report {
        self.counts.report(self.seed)
    }

    /// Tells the host something, as soon as it takes it; or later, or twice, if there is such trouble.
    pub(crate) fn tell_host(self: &Arc<Self>, update: Update) {
        let (trouble, dice) = (self.trouble(), update.dice);
        let webhooks = &trouble.webhooks;
        if dice.about("repeated").happens(webhooks.repeated) {
            let after = dice.about("again").between(&webhooks.again);
            self.counts.repeated.add(1);
            self.enqueue_later(update.again(), after);
        }
        if dice.about("delayed").happens(webhooks.delayed) {
            self.enqueue_later(update, dice.about("delay").between(&webhooks.delay));
        } else {
            self.enqueue(update);
        }
    }

    fn enqueue(&self, update: Update) {
        self.counts.updates.add(1);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // It fails only when the simulation ends.
        let _ = self.queue.send(update);
    }

    fn enqueue_later(self: &Arc<Self>, update: Update, after: Duration) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.after(after, |world| {
            world.enqueue(update);
            world.settled(1);
        });
    }

    /// What an update shows of somebody's phone.
    pub(crate) fn shown(&self, person: &Person, dice: Dice) -> Shown {
        if !person.hidden {
            return Shown::Phone;
        }
        match self.trouble().hiding {
            Hiding::Absent => Shown::Absent,
            Hiding::Empty => Shown::Empty,
            Hiding::UserId => Shown::UserId,
            Hiding::Mixed => match dice.about("hiding").below(3) {
                0 => Shown::Absent,
                1 => Shown::Empty,
                _ => Shown::UserId,
            },
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

    /// Who somebody is in the books, and which dice are theirs.
    pub(crate) fn who(&self, person: &Person) -> Dice {
        self.dice.about(&person.user_id)
    }

    /// What Meta's support asks for.
    pub(crate) fn trace(&self) -> String {
        let nth = self.traces.fetch_add(1, Ordering::Relaxed);
        format!("A{:016x}", self.dice.about("trace").nth(nth).number())
    }
}
