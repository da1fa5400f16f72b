//! Hands messages to WhatsApp: which, from which number, when.
//!
//! Each number has its own lanes and its own pace (`lanes`, `pace`); what one attempt is stands in `attempt`. The outbox
//! lies in the projections, and only the next few messages of each lane are in memory, so a campaign of any size costs
//! nothing while it waits. Messages of one conversation leave one after the other: order matters to whoever reads.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use domain::Time;
use domain::id::{ConversationId, MessageId, NumberId};
use domain::lane::Lane;
use domain::stops::Stops;
use jiff::SignedDuration;
use store::Outbox;

use crate::attempt;
use crate::command::DeskError;
use crate::doubt::{Doubts, Outcome};
use crate::lanes::Lanes;
use crate::pace::{Bucket, Pairs};
use crate::shared::Shared;

/// Messages of a number on their way at once, by lane: when Meta is slow, there is room left for who is more urgent.
/// WhatsApp takes 1,000 a second and number at most and answers in some 200 ms.
const FLYING: [usize; 3] = [256, 192, 128];

/// Messages of a lane that are read from the outbox at once.
const TOGETHER: usize = 256;

/// Messages of a lane from which on no more are read.
const ENOUGH: usize = 64;

/// How long to wait after a failure of our own.
const OWN_FAILURE: SignedDuration = SignedDuration::from_secs(1);

/// Sends what is in the outbox.
pub struct Sender {
    shared: Arc<Shared>,
    lines: Vec<Line>,
    /// The place of each number in `lines`.
    places: HashMap<NumberId, usize>,
    later: BTreeMap<(Time, u64), Job>,
    busy: HashMap<ConversationId, Busy>,
    doubts: Doubts,
    /// Messages that had been postponed and are in memory now.
    resumed: HashSet<MessageId>,
    /// Whether there are numbers of which Meta has not been asked what they may.
    strangers: bool,
}

/// A number and what waits to leave from it.
struct Line {
    number: NumberId,
    lanes: Lanes<Job>,
    /// The last message that was read from each lane.
    read: [u64; 3],
    bucket: Bucket,
    pairs: Pairs,
    flying: usize,
    /// When the bucket has something again.
    dry: Option<Time>,
}

/// A conversation with a message that is on its way or to be tried again.
struct Busy {
    with: MessageId,
    behind: VecDeque<Job>,
}

/// A message to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    pub(crate) message: MessageId,
    pub(crate) conversation: ConversationId,
    pub(crate) queued: u64,
    /// The place of its number.
    line: usize,
    lane: Lane,
    /// It was in doubt, and nothing was heard of it for as long as statuses take.
    pub(crate) unseen: bool,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// For good.
    Settled,
    /// To be sent at another time, while its conversation goes on.
    Postponed,
    /// To be tried again, before what is behind it.
    Again(Time),
    /// The same, because too many messages leave: from the number, or from all of them.
    TooMany {
        /// When it is tried again.
        again: Time,
        /// Whether all numbers are concerned.
        everywhere: bool,
    },
    /// Nobody knows, since a moment.
    Doubtful(Time),
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            lines: Vec::new(),
            places: HashMap::new(),
            later: BTreeMap::new(),
            busy: HashMap::new(),
            doubts: Doubts::default(),
            resumed: HashSet::new(),
            strangers: false,
        }
    }

    /// The messages that may leave now. Each has to be given to `deliver`, and its end to `settle`.
    pub fn pick(&mut self) -> Result<Vec<Job>, DeskError> {
        let now = self.shared.now();
        for outcome in self.doubts.look(&self.shared, now)? {
            match outcome {
                Outcome::Seen(job) => self.release(job),
                Outcome::Unseen(job) => self.wait_first(Job { unseen: true, ..job }),
            }
        }
        self.read(now)?;
        while let Some(entry) = self.later.first_entry()
            && entry.key().0 <= now
        {
            let job = entry.remove();
            self.wait_first(job);
        }
        let (_, stops) = self.shared.store.stops()?;
        let mut picked = Vec::new();
        for line in &mut self.lines {
            line.pick(&stops, now, &mut self.busy, &mut self.later, &mut picked);
        }
        Ok(picked)
    }

    /// Takes in how an attempt ended.
    pub fn settle(&mut self, job: Job, ended: Ended) {
        let job = Job { unseen: false, ..job };
        if let Some(line) = self.lines.get_mut(job.line) {
            line.flying -= 1;
        }
        // The conversation stays busy but where it is released: what was queued behind goes on waiting.
        match ended {
            Ended::Settled | Ended::Postponed => self.release(job),
            Ended::Again(at) => drop(self.later.insert((at, job.queued), job)),
            Ended::TooMany { again, everywhere } => {
                let now = self.shared.now();
                for (place, line) in self.lines.iter_mut().enumerate() {
                    if everywhere || place == job.line {
                        line.bucket.slow(now);
                    }
                }
                self.later.insert((again, job.queued), job);
            }
            Ended::Doubtful(since) => self.doubts.push(job, since),
        }
    }

    /// When something has to be looked at again even if nothing happens.
    pub fn next(&self) -> Option<Time> {
        let later = self.later.keys().next().map(|(at, _)| *at);
        let dry = self.lines.iter().filter_map(|line| line.dry).min();
        [later, dry, self.doubts.next()].into_iter().flatten().min()
    }

    /// How long there is nothing to do if nothing happens; `most` at most.
    pub(crate) fn nap(&self, most: Duration) -> Duration {
        let next = self.next().map(|next| next.duration_since(self.shared.now()));
        // A millisecond at least: what is due and cannot leave waits for something else.
        let next =
            next.map(|next| Duration::try_from(next).unwrap_or_default().max(Duration::from_millis(1)));
        next.map_or(most, |next| next.min(most))
    }

    /// Asks Meta what the numbers may, if one is new or `again` it is time to.
    pub(crate) fn learn(&mut self, again: bool) -> Option<impl Future<Output = ()> + Send + 'static> {
        let asks = std::mem::take(&mut self.strangers) || again;
        let shared = Arc::clone(&self.shared);
        asks.then_some(async move { shared.throughput.ask(&*shared.network).await })
    }

    /// Makes one attempt, and keeps how it ended.
    pub fn deliver(&self, job: Job) -> impl Future<Output = Ended> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            match attempt::attempt(&shared, job).await {
                Ok(ended) => ended,
                Err(DeskError::Erased) => Ended::Settled,
                Err(error) => {
                    tracing::error!(%error, message = %job.message, "a message could not be sent: trying again");
                    Ended::Again(shared.now() + OWN_FAILURE)
                }
            }
        }
    }

    /// Reads the next messages of the lanes that have become short.
    fn read(&mut self, now: Time) -> Result<(), DeskError> {
        let inbound = self.shared.inbound.take();
        for number in self.shared.store.outbox_numbers()? {
            let place = self.line(&number, now);
            for lane in Lane::ALL {
                let Some(line) = self.lines.get_mut(place) else { continue };
                let Some(read) = line.read.get_mut(lane.place()) else { continue };
                if line.lanes.len(lane) >= ENOUGH {
                    continue;
                }
                for waiting in self.shared.store.outbox(&number, lane, *read, TOGETHER)? {
                    *read = waiting.queued;
                    if !self.resumed.contains(&waiting.message) {
                        line.lanes.push_back(lane, Job::new(waiting, place, lane));
                    }
                }
            }
        }
        if self.resumed.len() < TOGETHER {
            for (number, lane, waiting) in self.shared.store.postponed(now, TOGETHER)? {
                let place = self.line(&number, now);
                if self.resumed.insert(waiting.message)
                    && let Some(line) = self.lines.get_mut(place)
                {
                    line.lanes.push_back(lane, Job::new(waiting, place, lane));
                }
            }
        }
        for (number, came) in inbound {
            if let Some(line) = self.places.get(&number).and_then(|place| self.lines.get_mut(*place)) {
                line.bucket.came(came);
            }
        }
        Ok(())
    }

    /// The place of a number. One from which nothing left before gets one.
    fn line(&mut self, number: &NumberId, now: Time) -> usize {
        let (throughput, new) = self.shared.throughput.of(&self.shared.active.load().company, number);
        self.strangers |= new;
        if let Some(place) = self.places.get(number) {
            if let Some(line) = self.lines.get_mut(*place) {
                line.bucket.allow(throughput);
            }
            return *place;
        }
        let place = self.lines.len();
        self.lines.push(Line {
            number: number.clone(),
            lanes: Lanes::default(),
            read: [0; 3],
            bucket: Bucket::new(throughput, now),
            pairs: Pairs::default(),
            flying: 0,
            dry: None,
        });
        self.places.insert(number.clone(), place);
        place
    }

    fn wait_first(&mut self, job: Job) {
        if let Some(line) = self.lines.get_mut(job.line) {
            line.lanes.push_front(job.lane, job);
        }
    }

    /// Lets the conversation of a message go on.
    fn release(&mut self, job: Job) {
        self.resumed.remove(&job.message);
        let behind = self.busy.remove(&job.conversation).map(|busy| busy.behind).unwrap_or_default();
        for job in behind.into_iter().rev() {
            self.wait_first(job);
        }
    }
}

impl Line {
    fn pick(
        &mut self,
        stops: &Stops,
        now: Time,
        busy: &mut HashMap<ConversationId, Busy>,
        later: &mut BTreeMap<(Time, u64), Job>,
        picked: &mut Vec<Job>,
    ) {
        loop {
            self.dry = None;
            let (flying, number) = (self.flying, &self.number);
            let has_room = |lane: Lane| FLYING.get(lane.place()).is_some_and(|room| flying < *room);
            let may = |lane| has_room(lane) && stops.hold(number, lane).is_none();
            if let Err(at) = self.bucket.ready(now) {
                let waits = Lane::ALL.into_iter().any(|lane| self.lanes.len(lane) > 0 && may(lane));
                self.dry = waits.then_some(at);
                return;
            }
            let Some(job) = self.lanes.next(may) else { return };
            let conversation = busy
                .entry(job.conversation)
                .or_insert_with(|| Busy { with: job.message, behind: VecDeque::new() });
            if conversation.with != job.message {
                conversation.behind.push_back(job);
            } else if let Err(at) = self.pairs.take(job.conversation, now) {
                later.insert((at, job.queued), job);
            } else {
                self.bucket.spend();
                self.flying += 1;
                picked.push(job);
            }
        }
    }
}

impl Job {
    fn new(waiting: Outbox, line: usize, lane: Lane) -> Self {
        let Outbox { queued, message, conversation } = waiting;
        Self { message, conversation, queued, line, lane, unseen: false }
    }
}
