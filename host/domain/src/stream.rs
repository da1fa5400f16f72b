//! Streams: what events belong to, and who made them.
//!
//! A stream is the unit of order and of conflict. Its version counts its events; whoever writes says which version they
//! have seen.

use std::fmt;
use std::str::FromStr;

use crate::id::{
    AgentId, CampaignId, ContactId, ConversationId, MessageId, MoveId, NotAnId, OperatorId, PersonId,
    ProposalId, RuleId, SubscriberId,
};
use crate::text::as_text;

/// What an event belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Bodies as Meta posted them.
    Webhooks,
    /// What concerns the whole company: its rules, its settings.
    Company,
    /// Who a customer is.
    Contact(ContactId),
    /// What is said and done with one customer on one of our numbers.
    Conversation(ConversationId),
    /// The way of one outgoing message: attempts, answers, statuses.
    Message(MessageId),
    /// Presence and cases of an agent: where capacity is decided.
    Agent(AgentId),
    /// A change that waits for its approvals.
    Proposal(ProposalId),
    /// What a person proves themselves with.
    Person(PersonId),
    /// What a person was told.
    Inbox(PersonId),
    /// How far an address of the company's was told what happens.
    Subscriber(SubscriberId),
    /// How far people were told what they have to be.
    Telling,
    /// What became of rules after they were signed.
    Rules,
    /// The quick replies that the company shares.
    QuickReplies,
    /// One template to many customers.
    Campaign(CampaignId),
    /// Many cases that go somewhere else.
    Move(MoveId),
    /// The templates that somebody sends one by one: where the mass threshold is decided.
    Sends(Actor),
    /// What was counted of the operation.
    Measures,
    /// Who did what, and what was signed of it.
    Audit,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhooks => f.write_str("webhooks"),
            Self::Company => f.write_str("company"),
            Self::Contact(id) => write!(f, "contact/{id}"),
            Self::Conversation(id) => write!(f, "conversation/{id}"),
            Self::Message(id) => write!(f, "message/{id}"),
            Self::Agent(id) => write!(f, "agent/{id}"),
            Self::Proposal(id) => write!(f, "proposal/{id}"),
            Self::Person(id) => write!(f, "person/{id}"),
            Self::Inbox(id) => write!(f, "inbox/{id}"),
            Self::Subscriber(id) => write!(f, "subscriber/{id}"),
            Self::Telling => f.write_str("telling"),
            Self::Rules => f.write_str("rules"),
            Self::QuickReplies => f.write_str("quick-replies"),
            Self::Campaign(id) => write!(f, "campaign/{id}"),
            Self::Move(id) => write!(f, "move/{id}"),
            Self::Sends(actor) => write!(f, "sends/{actor}"),
            Self::Measures => f.write_str("measures"),
            Self::Audit => f.write_str("audit"),
        }
    }
}

/// A text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAStream {
    /// No such kind of stream.
    #[error(
        "`{0}` names no stream: webhooks, company, rules, quick-replies, measures, audit, telling, contact/…, conversation/…, message/…, agent/…, \
         proposal/…, person/…, campaign/…, move/…, sends/…, inbox/… or subscriber/… was expected"
    )]
    Kind(String),
    /// The part behind the slash.
    #[error(transparent)]
    Id(#[from] NotAnId),
}

impl FromStr for Stream {
    type Err = NotAStream;

    fn from_str(text: &str) -> Result<Self, NotAStream> {
        Ok(match text.split_once('/') {
            None if text == "webhooks" => Self::Webhooks,
            None if text == "company" => Self::Company,
            None if text == "rules" => Self::Rules,
            None if text == "quick-replies" => Self::QuickReplies,
            None if text == "measures" => Self::Measures,
            None if text == "audit" => Self::Audit,
            None if text == "telling" => Self::Telling,
            Some(("contact", id)) => Self::Contact(id.parse()?),
            Some(("conversation", id)) => Self::Conversation(id.parse()?),
            Some(("message", id)) => Self::Message(id.parse()?),
            Some(("agent", id)) => Self::Agent(id.into()),
            Some(("proposal", id)) => Self::Proposal(id.parse()?),
            Some(("person", id)) => Self::Person(id.into()),
            Some(("inbox", id)) => Self::Inbox(id.into()),
            Some(("subscriber", id)) => Self::Subscriber(id.into()),
            Some(("campaign", id)) => Self::Campaign(id.parse()?),
            Some(("move", id)) => Self::Move(id.parse()?),
            Some(("sends", actor)) => {
                Self::Sends(actor.parse().map_err(|_| NotAStream::Kind(text.to_owned()))?)
            }
            _ => return Err(NotAStream::Kind(text.to_owned())),
        })
    }
}

/// Who made an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The host itself.
    Host,
    /// Meta, by a webhook or an answer.
    Meta,
    /// The customer.
    Customer,
    /// A rule.
    Rule(RuleId),
    /// An agent.
    Agent(AgentId),
    /// Somebody of the company, whom the matrix knows.
    Person(PersonId),
    /// Somebody who runs the host of a company that describes no people.
    Operator(OperatorId),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Meta => f.write_str("meta"),
            Self::Customer => f.write_str("customer"),
            Self::Rule(id) => write!(f, "rule/{id}"),
            Self::Agent(id) => write!(f, "agent/{id}"),
            Self::Person(id) => write!(f, "person/{id}"),
            Self::Operator(id) => write!(f, "operator/{id}"),
        }
    }
}

/// A text that names no actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names nobody who acts: host, meta, customer, rule/…, agent/…, person/… or operator/… was expected"
)]
pub struct NotAnActor(String);

impl FromStr for Actor {
    type Err = NotAnActor;

    fn from_str(text: &str) -> Result<Self, NotAnActor> {
        Ok(match text.split_once('/') {
            None if text == "host" => Self::Host,
            None if text == "meta" => Self::Meta,
            None if text == "customer" => Self::Customer,
            Some(("rule", id)) => Self::Rule(id.into()),
            Some(("agent", id)) => Self::Agent(id.into()),
            Some(("person", id)) => Self::Person(id.into()),
            Some(("operator", id)) => Self::Operator(id.into()),
            _ => return Err(NotAnActor(text.to_owned())),
        })
    }
}

as_text! { Stream Actor }
