//! What streams fold to, and the form in which that lies on the disk: the stream's version, then the state as JSON.

use std::collections::BTreeMap;

use domain::access::Access;
use domain::agent::Agent;
use domain::campaign::Campaign;
use domain::contact::Contact;
use domain::conversation::{Conversation, Holder};
use domain::delivery::{Delivery, Sending};
use domain::lane::Lane;
use domain::moving::Move;
use domain::notice::inbox::Inbox;
use domain::proposal::Proposal;
use domain::quick_reply::QuickReplies;
use domain::rule::book::RuleBook;
use domain::sends::Sends;
use domain::stops::Stops;
use domain::stream::Stream;
use domain::subscriber::Progress;
use serde::de::DeserializeOwned;

use crate::layout;
use crate::projection::ProjectionError;

/// The state of a stream. Webhooks, measures, the audit and the telling have a version only.
#[derive(Debug, Clone)]
pub(crate) enum State {
    Nothing,
    Company(Stops),
    Contact(Contact),
    Conversation(Box<Conversation>),
    Message(Delivery),
    Agent(Agent),
    Proposal(Box<Proposal>),
    Rules(Box<RuleBook>),
    QuickReplies(Box<QuickReplies>),
    Person(Access),
    Inbox(Box<Inbox>),
    Subscriber(Progress),
    Campaign(Box<Campaign>),
    Sends(Sends),
    Move(Box<Move>),
    /// Of somebody who was forgotten.
    Erased,
}

/// What stands in the place of the JSON of a state that is forgotten.
const ERASED: &[u8] = b"erased";

/// A state, and how many events it was folded from.
#[derive(Debug, Clone)]
pub(crate) struct Versioned {
    pub(crate) version: u64,
    pub(crate) state: State,
}

/// A kind of state that can be asked for.
pub(crate) trait Folded: Clone {
    fn of(state: &State) -> Option<&Self>;
}

macro_rules! folded {
    ($($kind:ident = $variant:ident)*) => {$(
        impl Folded for $kind {
            fn of(state: &State) -> Option<&Self> {
                match state {
                    State::$variant(state) => Some(state),
                    _ => None,
                }
            }
        }
    )*};
}

folded! {
    Stops = Company Contact = Contact Conversation = Conversation Delivery = Message Agent = Agent
    Proposal = Proposal RuleBook = Rules QuickReplies = QuickReplies Access = Person Campaign = Campaign Sends = Sends Inbox = Inbox
    Progress = Subscriber Move = Move
}

impl Versioned {
    /// Of a stream in which nothing happened yet.
    pub(crate) fn new() -> Self {
        Self { version: 0, state: State::Nothing }
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = self.version.to_be_bytes().to_vec();
        match &self.state {
            State::Nothing => {}
            State::Company(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Erased => bytes.extend_from_slice(ERASED),
            State::Contact(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Conversation(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Message(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Agent(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Proposal(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Rules(state) => serde_json::to_writer(&mut bytes, state)?,
            State::QuickReplies(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Person(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Inbox(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Subscriber(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Campaign(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Sends(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Move(state) => serde_json::to_writer(&mut bytes, state)?,
        }
        Ok(bytes)
    }

    pub(crate) fn decode(stream: &Stream, bytes: &[u8]) -> Result<Self, ProjectionError> {
        fn known<T: DeserializeOwned>(bytes: &[u8], state: fn(T) -> State) -> Result<State, ProjectionError> {
            match bytes {
                [] => Ok(State::Nothing),
                ERASED => Ok(State::Erased),
                json => Ok(state(serde_json::from_slice(json)?)),
            }
        }
        let (version, bytes) = version(bytes)?;
        let state = match stream {
            Stream::Webhooks | Stream::Audit | Stream::Telling | Stream::Measures => State::Nothing,
            Stream::Company => known(bytes, State::Company)?,
            Stream::Contact(_) => known(bytes, State::Contact)?,
            Stream::Conversation(_) => known(bytes, |state| State::Conversation(Box::new(state)))?,
            Stream::Message(_) => known(bytes, State::Message)?,
            Stream::Agent(_) => known(bytes, State::Agent)?,
            Stream::Proposal(_) => known(bytes, |state| State::Proposal(Box::new(state)))?,
            Stream::Rules => known(bytes, |state| State::Rules(Box::new(state)))?,
            Stream::QuickReplies => known(bytes, |state| State::QuickReplies(Box::new(state)))?,
            Stream::Person(_) => known(bytes, State::Person)?,
            Stream::Subscriber(_) => known(bytes, State::Subscriber)?,
            Stream::Inbox(_) => known(bytes, |state| State::Inbox(Box::new(state)))?,
            Stream::Campaign(_) => known(bytes, |state| State::Campaign(Box::new(state)))?,
            Stream::Sends(_) => known(bytes, State::Sends)?,
            Stream::Move(_) => known(bytes, |state| State::Move(Box::new(state)))?,
        };
        Ok(Self { version, state })
    }
}

/// Whether the state in some bytes is that of somebody who was forgotten.
pub(crate) fn is_erased(bytes: &[u8]) -> bool {
    version(bytes).is_ok_and(|(_, state)| state == ERASED)
}

/// The version in front of a state, and the rest.
pub(crate) fn version(bytes: &[u8]) -> Result<(u64, &[u8]), ProjectionError> {
    let (version, rest) =
        bytes.split_first_chunk::<8>().ok_or(ProjectionError::Broken("a stream's state"))?;
    Ok((u64::from_be_bytes(*version), rest))
}

impl State {
    /// The entries of the indexes that follow from a state.
    pub(crate) fn implied(&self, stream: &Stream) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut entries = BTreeMap::new();
        match (self, stream) {
            (Self::Conversation(conversation), Stream::Conversation(id)) => {
                for (timer, set) in &conversation.timers {
                    entries.insert(layout::timer(set.due, *id, *timer), Vec::new());
                }
                for (request, pending) in &conversation.requests {
                    let key = layout::request(&pending.rule, pending.leg.due(), *id, *request);
                    entries.insert(key, layout::millis(pending.until).to_vec());
                }
                if let Some(case) = &conversation.case
                    && let Some(offer) = &case.offer
                {
                    entries.insert(layout::offered(&offer.to, *id), Vec::new());
                }
                for person in conversation.case.iter().flat_map(|case| &case.consulted) {
                    entries.insert(layout::consulted(person, *id), Vec::new());
                }
                if let Some(case) = &conversation.case
                    && let Holder::Queue { place, since } = &case.holder
                    && let Ok(place_json) = serde_json::to_vec(place)
                {
                    entries.insert(layout::waiting(&place.queue, case.priority, *since, *id), place_json);
                }
            }
            (Self::Message(delivery), Stream::Message(id)) if delivery.state.pending() => {
                let Delivery { number, queued, .. } = delivery;
                let ids = [id.to_bytes(), delivery.conversation.to_bytes()].concat();
                let lane = Lane::from(delivery.class);
                if let Sending::Postponed { until } = delivery.state {
                    let place = [&ids[..], &[lane as u8], number.as_str().as_bytes()].concat();
                    entries.insert(layout::postponed(until, *queued), place);
                } else {
                    entries.insert(layout::outbox(number, lane, *queued), ids);
                }
            }
            (Self::Proposal(proposal), Stream::Proposal(id)) => {
                entries.insert(layout::proposal(*id), vec![u8::from(proposal.is_pending())]);
            }
            (Self::Campaign(campaign), Stream::Campaign(id)) => {
                entries.insert(layout::campaign(*id), vec![u8::from(campaign.is_active())]);
            }
            (Self::Move(one), Stream::Move(id)) => {
                entries.insert(layout::case_move(*id), vec![u8::from(one.is_running())]);
            }
            (Self::Agent(agent), Stream::Agent(id)) if agent.ended.is_some() && !agent.cases.is_empty() => {
                entries.insert(layout::leaving(id), Vec::new());
            }
            (Self::Sends(sends), Stream::Sends(owner)) if !sends.held.is_empty() => {
                entries.insert(layout::held_of(owner), Vec::new());
            }
            (Self::Person(access), Stream::Person(id)) => {
                let sessions = access.sessions.values().map(|session| layout::session(&session.digest));
                let tokens = access.tokens.keys().map(|token| layout::token(*token));
                let invitation = access.invitation.iter().map(|sent| layout::invitation(&sent.digest));
                for (loan, lent) in &access.loans {
                    if let Ok(json) = serde_json::to_vec(lent) {
                        entries.insert(layout::loan(id, *loan), json);
                    }
                }
                for key in sessions.chain(tokens).chain(invitation) {
                    entries.insert(key, id.as_str().as_bytes().to_vec());
                }
            }
            _ => {}
        }
        entries
    }
}
