//! The journal, folded forward in memory to every moment at which rules were asked.
//!
//! What rules were told is taken from what was kept of it, so that the input is the same to the last byte. Where no rule of a kind
//! was in force nothing was kept: then the place that the case got tells that rules would have been asked, and the input is made of
//! the fold. Rules that look after cases are asked in silences, of which the journal says nothing: see `silence`.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Time;
use domain::agent::Agent;
use domain::backtest::{Came, Waits};
use domain::contact::Contact;
use domain::conversation::{Case, Conversation, Holder};
use domain::decision::{Digest, Kind, MemoryScope, Outcome, Place, Traces, Verdict, Why};
use domain::event::{CaseQueued, Chooser, Event, MessageReceived, Recorded, RequestEnded, RuleDecided};
use domain::id::{AgentId, ContactId, ConversationId, QueueId, RuleId};
use domain::rule::mode::Mode;
use domain::sealed::Key;
use domain::stream::Stream;
use rules::{Answered, Rule, Seen, contract};

use super::moment::{Kept, Moment, Readable, Team};
use super::silence::Silence;
use super::{AT_ONCE, Contender, Reaches, Span};
use crate::command::DeskError;
use crate::input::{self, Scene};
use crate::requests;
use crate::shared::Shared;

/// A conversation as far as it is folded.
pub(super) struct Told {
    pub(super) state: Conversation,
    /// The last event.
    pub(super) heard: Heard,
    /// The version of the last event that rules may be asked because of.
    command: u64,
    /// What the customer wrote, if it was that.
    message: Option<MessageReceived>,
    /// What a service answered, if it was that.
    answer: Option<(u64, RequestEnded)>,
    /// Whether responding and routing rules were asked because of it.
    responded: bool,
    routed: bool,
    /// Routing rules were asked, and where the case goes is not said yet.
    waits: Option<Moment>,
    /// The time that goes by in it.
    pub(super) silence: Silence,
}

/// An event of a conversation.
#[derive(Clone, Copy)]
pub(super) struct Heard {
    pub(super) seq: u64,
    pub(super) version: u64,
    pub(super) time: Time,
}

impl Heard {
    fn of(recorded: &Recorded) -> Self {
        Self { seq: recorded.seq, version: recorded.version, time: recorded.time }
    }
}

/// At what rules are asked.
pub(super) struct At<'a> {
    pub(super) id: ConversationId,
    /// The event behind which they are.
    pub(super) event: u64,
    pub(super) time: Time,
    pub(super) kind: Kind,
    pub(super) why: Why,
    /// The case that it is about, which may have ended.
    pub(super) case: &'a Case,
    pub(super) key: Key,
}

/// Everything that is folded.
pub(super) struct Past<'a> {
    pub(super) shared: &'a Shared,
    pub(super) contender: &'a Contender,
    pub(super) span: Span,
    reaches: Reaches<'a>,
    conversations: HashMap<ConversationId, Told>,
    /// Those of which nothing more comes and whose last silence is not looked at.
    left: Option<std::collections::hash_map::IntoIter<ConversationId, Told>>,
    contacts: HashMap<ContactId, Arc<Contact>>,
    agents: HashMap<AgentId, Agent>,
    team: Option<Arc<Team>>,
    kept: Arc<Kept>,
    /// Conversations of which a routing round waits for its place.
    unsettled: usize,
    /// Whether the other rules are those in force now.
    same_rules: bool,
    /// Moments that can be tried, in the order of the journal.
    pub(super) ready: Vec<Moment>,
    /// Decisions of which nothing can be read any more.
    pub(super) erased: u64,
    /// Decisions in the span that other rules made.
    pub(super) by_others: u64,
    pub(super) waits: Waits,
}

impl<'a> Past<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        contender: &'a Contender,
        span: Span,
        reaches: Reaches<'a>,
    ) -> Self {
        Self {
            shared,
            contender,
            span,
            reaches,
            conversations: HashMap::new(),
            left: None,
            contacts: HashMap::new(),
            agents: HashMap::new(),
            team: None,
            kept: Arc::default(),
            unsettled: 0,
            same_rules: true,
            ready: Vec::new(),
            erased: 0,
            by_others: 0,
            waits: Waits::default(),
        }
    }

    /// Whether nothing of what was asked waits for what came of it.
    pub(super) fn is_settled(&self) -> bool {
        self.unsettled == 0
    }

    /// Nothing more comes. To be called until it says that nothing is left of what was folded.
    pub(super) fn end(&mut self) -> Result<bool, DeskError> {
        let until = self.span.to.min(self.shared.now());
        let left = self.left.take();
        let mut left = left.unwrap_or_else(|| std::mem::take(&mut self.conversations).into_iter());
        for (id, mut told) in left.by_ref().take(AT_ONCE) {
            self.ready.extend(told.waits.take());
            self.was_nobody_asked(id, &mut told)?;
            self.goes_by(id, &mut told, until)?;
        }
        let over = left.len() == 0;
        self.left = Some(left);
        Ok(over)
    }

    /// Takes in an event.
    pub(super) fn take(&mut self, recorded: &Recorded) -> Result<(), DeskError> {
        match (&recorded.stream, &recorded.event) {
            (Stream::Company, Event::GenerationActivated(active)) => {
                let own = &self.contender.rule;
                let now = self.contender.now.rules().filter(|rule| rule.definition().id != *own);
                let then = active.rules.iter().filter(|one| one.rule != *own);
                self.same_rules =
                    then.map(|one| (&one.rule, one.component, one.settings, one.mode)).eq(now.map(stands));
            }
            (Stream::Contact(id), Event::ContactCreated(created)) => {
                self.contacts.insert(*id, Arc::new(Contact::created(created)));
            }
            (Stream::Contact(id), event) => {
                if let Some(contact) = self.contacts.get_mut(id) {
                    Arc::make_mut(contact).fold(event);
                }
            }
            (Stream::Agent(id), event) => {
                self.agents.entry(id.clone()).or_default().fold(recorded.time, event);
                self.team = None;
            }
            (Stream::Conversation(id), Event::ConversationStarted(started)) => {
                let told = Told {
                    state: Conversation::started(started.contact, started.number.clone()),
                    heard: Heard::of(recorded),
                    command: recorded.version,
                    message: None,
                    answer: None,
                    responded: false,
                    routed: false,
                    waits: None,
                    silence: Silence::default(),
                };
                self.conversations.insert(*id, told);
            }
            (Stream::Conversation(id), _) => self.spoken(*id, recorded)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn is_within(&self, time: Time) -> bool {
        (self.span.from..self.span.to).contains(&time)
    }

    fn spoken(&mut self, id: ConversationId, recorded: &Recorded) -> Result<(), DeskError> {
        let Some(mut told) = self.conversations.remove(&id) else { return Ok(()) };
        if told.waits.is_some() {
            self.settle(&mut told, &recorded.event);
        }
        self.before(id, &mut told, recorded)?;
        match &recorded.event {
            Event::MessageReceived(received) => {
                (told.command, told.message, told.answer) = (recorded.version, Some(received.clone()), None);
                (told.responded, told.routed) = (false, false);
            }
            // Whoever looks for a place after an answer goes by what the customer wrote.
            Event::RequestEnded(ended) => {
                (told.command, told.answer) = (recorded.version, Some((recorded.version, ended.clone())));
                (told.responded, told.routed) = (false, false);
            }
            Event::TimerFired(_)
            | Event::CaseMoved(_)
            | Event::CaseAccepted(_)
            | Event::CaseAssigned(_)
            | Event::CaseClosed(_) => {
                if let Event::CaseAssigned(given) = &recorded.event
                    && let Some(Holder::Queue { place, since }) =
                        told.state.case.as_ref().map(|case| &case.holder)
                {
                    self.waits.given(given.case, &place.queue, *since, recorded.time, &given.agent);
                }
                (told.command, told.message, told.answer) = (recorded.version, None, None);
                (told.responded, told.routed) = (false, false);
            }
            Event::RuleDecided(decided) => {
                match decided.of {
                    Kind::Responding => told.responded = true,
                    Kind::Routing => told.routed = true,
                    _ => {}
                }
                if self.is_within(recorded.time) {
                    self.decided(id, &mut told, recorded, decided)?;
                }
            }
            Event::CaseQueued(queued) if queued.by == Chooser::Default && self.is_within(recorded.time) => {
                self.nobody_asked(id, &mut told, recorded, queued)?;
            }
            Event::RuleRemembered(noted) if recorded.time < self.span.from => {
                let owner = match noted.scope {
                    MemoryScope::Conversation => id.to_bytes(),
                    MemoryScope::Contact => noted.contact.to_bytes(),
                };
                let slot = (noted.rule.clone(), noted.scope, owner, noted.slot);
                let kept = Arc::make_mut(&mut self.kept);
                match &noted.value {
                    Some(value) => drop(kept.insert(slot, value.clone())),
                    None => drop(kept.remove(&slot)),
                }
            }
            Event::ConversationErased(_) => return Ok(()),
            _ => {}
        }
        told.state.fold(recorded.time, &recorded.actor, &recorded.event);
        told.heard = Heard::of(recorded);
        self.conversations.insert(id, told);
        Ok(())
    }

    /// Routing rules were asked: does this say where the case goes?
    fn settle(&mut self, told: &mut Told, event: &Event) {
        let place = match event {
            Event::CaseQueued(queued) if matches!(queued.by, Chooser::Rule(_) | Chooser::Default) => {
                Some(chosen(&queued.place))
            }
            // What a decision brings with it comes before the place.
            Event::CaseLabelled(_)
            | Event::RuleRemembered(_)
            | Event::ReplyQueued(_)
            | Event::TimerSet(_)
            | Event::TimerCancelled(_) => return,
            _ => None,
        };
        if let Some(mut moment) = told.waits.take() {
            moment.then = place.map_or(Came::Stays, Came::Placed);
            self.ready.push(moment);
            self.unsettled -= 1;
        }
    }

    /// Rules were asked.
    fn decided(
        &mut self,
        id: ConversationId,
        told: &mut Told,
        recorded: &Recorded,
        decided: &RuleDecided,
    ) -> Result<(), DeskError> {
        let watched = told.silence.came.take().filter(|_| decided.of == Kind::Following);
        let case = match (decided.of, &watched) {
            (Kind::Responding | Kind::Routing, _) => told.state.case.clone(),
            (Kind::Following, Some(watched)) => Some(watched.case.clone()),
            _ => None,
        };
        let Some(case) = case else { return Ok(()) };
        let Some(key) = self.shared.keys.contact(told.state.contact)? else {
            self.erased += 1;
            return Ok(());
        };
        let Ok(traces) = decided.traces.open(&key) else {
            self.erased += 1;
            return Ok(());
        };
        let at = At {
            id,
            event: recorded.seq,
            time: recorded.time,
            kind: decided.of,
            why: decided.why,
            case: &case,
            key,
        };
        let Some(mut moment) = self.moment(told, at, Some(&traces), &[]) else { return Ok(()) };
        moment.followed = watched.map(|watched| watched.at);
        self.by_others += u64::from(!self.same_rules);
        if matches!(decided.why, Why::Wake | Why::Answer) && decided.of == Kind::Responding {
            let asked = decided.asked.first().map(|asked| &asked.rule);
            moment.only = asked.or(decided.not_asked.first().map(|one| &one.rule)).cloned();
        }
        if decided.of == Kind::Routing {
            told.waits = Some(moment);
            self.unsettled += 1;
            return Ok(());
        }
        moment.then = responded(decided, &traces);
        self.ready.push(moment);
        Ok(())
    }

    /// A case got its place although no rule was asked: there was none of the kind.
    fn nobody_asked(
        &mut self,
        id: ConversationId,
        told: &mut Told,
        recorded: &Recorded,
        queued: &CaseQueued,
    ) -> Result<(), DeskError> {
        let wrote = told.message.is_some();
        let Some(case) = told.state.case.clone() else { return Ok(()) };
        let missing = [(Kind::Responding, told.responded || !wrote), (Kind::Routing, told.routed)];
        for (kind, asked) in missing {
            if asked {
                continue;
            }
            let Some(key) = self.shared.keys.contact(told.state.contact)? else {
                self.erased += 1;
                return Ok(());
            };
            let why = if wrote { Why::Message } else { Why::Returned };
            let at = At { id, event: recorded.seq, time: recorded.time, kind, why, case: &case, key };
            if let Some(mut moment) = self.moment(told, at, None, &[]) {
                moment.then = match kind {
                    Kind::Routing => Came::Placed(chosen(&queued.place)),
                    _ => Came::Left { to_people: true },
                };
                self.ready.push(moment);
            }
        }
        Ok(())
    }

    /// What rules are told and can read. `attrs` are for an input of which nothing was kept.
    pub(super) fn moment(
        &mut self,
        told: &Told,
        at: At<'_>,
        traces: Option<&Traces>,
        attrs: &[(String, String)],
    ) -> Option<Moment> {
        let At { id, event, time, kind, why, case, key } = at;
        let state = &told.state;
        if !(self.reaches)(&state.number, case.queue()) {
            return None;
        }
        let known = Arc::clone(self.contacts.get(&state.contact)?);
        let message = told.message.as_ref().filter(|_| kind != Kind::Following).and_then(|received| {
            let inbound = received.body.open(&key).ok()?;
            Some(input::message(&inbound.content, received.sent_at))
        });
        let tags = case.tags.as_ref().and_then(|tags| tags.open(&key).ok()).unwrap_or_default();
        let kept = traces.and_then(|traces| traces.0.first());
        let input = match kept {
            Some(trace) => Seen::again(&trace.input, message.as_ref(), &[]).ok()?,
            None => {
                let scene = Scene {
                    company: &self.contender.company,
                    conversation: state,
                    case,
                    now: time,
                    language: known.language.clone(),
                    tags: tags.clone(),
                };
                contract::Input { attrs: attrs.to_vec(), ..scene.input(why, message, None) }
            }
        };
        let answer = told.answer.as_ref().filter(|_| why == Why::Answer).and_then(|(version, ended)| {
            let answer = requests::response(ended, ended.body.open(&key).ok()?);
            Some(Answered { version: *version, answer })
        });
        let calls = traces.into_iter().flat_map(|traces| &traces.0).flat_map(|trace| &trace.calls);
        let readable = Readable {
            store: self.shared.store.clone(),
            keys: Arc::clone(&self.shared.keys),
            company: Arc::clone(&self.contender.company),
            conversation: id,
            number: state.number.clone(),
            // What was said last is not what these are asked about.
            before: if kind == Kind::Following { told.heard.version + 1 } else { told.command },
            contact: state.contact,
            known,
            key,
            tags: tags.0.into_iter().collect(),
            attended: state.attended.clone(),
            calls: calls.filter(|call| call.function == "team.candidates").cloned().collect(),
            team: self.team(),
            answer,
            at: time,
            kept: Arc::clone(&self.kept),
        };
        Some(Moment {
            event,
            conversation: id,
            case: case.id,
            number: state.number.clone(),
            kind,
            why,
            time,
            only: None,
            followed: None,
            input,
            then: Came::Stays,
            queue: case.queue().cloned(),
            unplaced: case.holder == Holder::Rules,
            command: told.command,
            readable: Arc::new(readable),
        })
    }

    fn team(&mut self) -> Arc<Team> {
        let agents = &self.agents;
        let stands = || agents.iter().map(|(id, agent)| (id.clone(), (agent.presence, agent.cases.len())));
        Arc::clone(self.team.get_or_insert_with(|| Arc::new(stands().collect())))
    }
}

/// A place without what the host added.
fn chosen(place: &Place) -> Place {
    Place { avoid: None, ..place.clone() }
}

/// What tells whether a rule decides as another one did.
fn stands(rule: &Rule) -> (&RuleId, Digest, Digest, Mode) {
    let definition = rule.definition();
    (&definition.id, definition.linked.admitted().digest, rule.settings(), definition.mode)
}

/// What came of asking rules that do something.
fn responded(decided: &RuleDecided, traces: &Traces) -> Came {
    let by = decided.asked.iter().position(|asked| asked.outcome.decides());
    let found = by.and_then(|place| Some((decided.asked.get(place)?, traces.0.get(place)?)));
    let verdict = |outcome: &Outcome| match outcome {
        Outcome::Answered => Some(Verdict::Answered),
        Outcome::AnsweredAndRoute => Some(Verdict::AnsweredAndRoute),
        Outcome::HandedOver => Some(Verdict::HandOver),
        _ => None,
    };
    match found.and_then(|(asked, trace)| Some((verdict(&asked.outcome)?, trace))) {
        Some((verdict, trace)) => Came::dealt(verdict, &trace.effects),
        None => Came::Left { to_people: matches!(decided.why, Why::Message | Why::Answer) },
    }
}

/// The queue of a place.
pub(super) fn queue(came: &Came) -> Option<QueueId> {
    match came {
        Came::Placed(Place { queue, .. }) => Some(queue.clone()),
        _ => None,
    }
}
