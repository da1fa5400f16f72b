//! What a rule returned, and how it came to that.
//!
//! A decision has two halves. `Asked` holds what may be counted and shown to anyone: which rule, which bytes, what
//! outcome, what cost. `Trace` holds what the rule saw and said, which is about the customer, and is sealed.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::id::{AgentId, QueueId, RuleId};
use crate::json::Json;
use crate::message::Outgoing;
use crate::request::Request;
use crate::sealed::Personal;

/// A SHA-256, by which components and settings are known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From the bytes of a SHA-256.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a key of the projections.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 hexadecimal digits, for people.
    pub fn short(&self) -> String {
        HEXLOWER.encode(&self.0[..6])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.short())
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(de::Error::custom)?;
        bytes.try_into().map(Self).map_err(|_| de::Error::custom("a digest has 64 hexadecimal digits"))
    }
}

/// The kinds of rule, each an exported interface of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Finds the place of a case.
    Routing,
    /// Attends the customer while no person does.
    Responding,
    /// Looks after a case as time goes by.
    Following,
    /// Judges what people propose, before they sign it.
    Approving,
    /// Counts what happened.
    Measuring,
    /// Watches figures.
    Alerting,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Routing, Self::Responding, Self::Following, Self::Approving, Self::Measuring, Self::Alerting];

    /// Whether it is asked because a customer wrote.
    pub fn is_asked_of_messages(self) -> bool {
        matches!(self, Self::Routing | Self::Responding)
    }

    /// Whether it is told nothing of any customer, and may import nothing but a log for its author.
    pub fn is_told_little(self) -> bool {
        matches!(self, Self::Approving | Self::Measuring | Self::Alerting)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Routing => "routing",
            Self::Responding => "responding",
            Self::Following => "following",
            Self::Approving => "approving",
            Self::Measuring => "measuring",
            Self::Alerting => "alerting",
        })
    }
}

/// Why rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The customer wrote.
    Message,
    /// The moment came that a rule had asked to be called at.
    Wake,
    /// A timer of the host brought it.
    Timer,
    /// The case waited longer than its place allows.
    Overflow,
    /// An agent gave the case back.
    Returned,
    /// A responding rule handed the case over.
    HandedOver,
    /// A service answered what a rule had wanted asked, or will not answer.
    Answer,
    /// The customer wrote to the agent who has the case, and no person has answered for a while.
    Unanswered,
    /// The customer was answered, and has not written for a while.
    Quiet,
    /// The case was closed a while ago.
    Closed,
    /// The customer said how it was.
    Rated,
}

/// What time is counted from when a rule looks after a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// The customer wrote to the agent who has the case, and no person has answered.
    Unanswered,
    /// The customer was answered, and has not written again.
    Quiet,
    /// The case was closed.
    Closed,
    /// The customer said how it was.
    Rated,
}

impl Since {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Unanswered, Self::Quiet, Self::Closed, Self::Rated];

    /// Why rules are asked then.
    pub const fn why(self) -> Why {
        match self {
            Self::Unanswered => Why::Unanswered,
            Self::Quiet => Why::Quiet,
            Self::Closed => Why::Closed,
            Self::Rated => Why::Rated,
        }
    }
}

/// When a rule that looks after cases wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// What the time is counted from.
    pub since: Since,
    /// How long after it: at most [`Moment::LATEST`].
    pub seconds: u32,
}

impl Moment {
    /// As long as a rule may wait, in seconds: 30 days.
    pub const LATEST: u32 = 30 * 86_400;

    /// The most that one rule may name.
    pub const MOST: usize = 16;
}

impl Why {
    /// The word of the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Wake => "wake",
            Self::Timer => "timer",
            Self::Overflow => "overflow",
            Self::Returned => "returned",
            Self::HandedOver => "handed-over",
            Self::Answer => "answer",
            Self::Unanswered => "unanswered",
            Self::Quiet => "quiet",
            Self::Closed => "closed",
            Self::Rated => "rated",
        }
    }
}

/// A place for a case, as a routing rule named it and the host accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Where it waits.
    pub queue: QueueId,
    /// What its agent must be able to do, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// 0 is normal, 9 is most urgent.
    #[serde(default)]
    pub priority: u8,
    /// Whom it waits for at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefer: Option<Preference>,
    /// Seconds after which the routing rules are asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow_after: Option<u32>,
    /// Who gave it back, or did not answer: it is given to others, as long as others serve the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avoid: Option<AgentId>,
}

impl Place {
    /// A queue, and nothing else that matters.
    pub fn in_queue(queue: QueueId) -> Self {
        Self { queue, skills: vec![], priority: 0, prefer: None, overflow_after: None, avoid: None }
    }
}

/// One agent is waited for before anyone else may have the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// Whom.
    pub agent: AgentId,
    /// For how long, at most 86,400.
    pub for_seconds: u32,
}

/// What a rule answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not mine.
    Abstain,
    /// Dealt with.
    Answered,
    /// Dealt with, and a person should continue.
    AnsweredAndRoute,
    /// A person should take it.
    HandOver,
    /// The case goes here.
    Place(Place),
}

/// How a call of a rule ended, in a form that says nothing of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Outcome {
    /// The rule left it to the next one.
    Abstained,
    /// The rule dealt with it.
    Answered,
    /// The rule dealt with it and asks for a person.
    AnsweredAndRoute,
    /// The rule asks for a person.
    HandedOver,
    /// The rule named a place.
    Placed,
    /// The rule failed.
    GuestFault {
        /// How.
        fault: Fault,
    },
    /// The rule called what it had not been granted.
    Denied {
        /// What it called.
        function: String,
    },
    /// We failed: the rule is not to blame.
    HostFault,
}

impl Outcome {
    /// Whether the rule decided, so that nobody after it is asked.
    pub fn decides(&self) -> bool {
        matches!(self, Self::Answered | Self::AnsweredAndRoute | Self::HandedOver | Self::Placed)
    }

    /// Whether the call failed, whoever is to blame.
    pub fn failed(&self) -> bool {
        matches!(self, Self::GuestFault { .. } | Self::Denied { .. } | Self::HostFault)
    }
}

/// The ways in which a rule can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It stopped at an instruction that may not be executed: a panic, a division by zero.
    Trap,
    /// It used up its fuel, or the time of the backstop.
    OutOfFuel,
    /// It asked for more memory than it may have.
    OutOfMemory,
    /// Its stack grew too deep.
    StackOverflow,
    /// It returned more bytes than it may.
    TooMuchOutput,
    /// It called the host too often or with too much.
    TooManyCalls,
    /// It returned an error of its own.
    Error,
    /// It returned what makes no sense: a queue that does not exist, a priority of 200.
    Nonsense,
}

/// One rule that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which rule.
    pub rule: RuleId,
    /// The rule set it belongs to.
    pub set: String,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// How it ended.
    pub outcome: Outcome,
    /// The host's functions that it called, `interface.function`, and how often.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calls: BTreeMap<String, u32>,
    /// What it computed, in units of fuel. The same for the same input.
    pub fuel: u64,
    /// What that took, in microseconds of wall time on this machine.
    pub micros: u64,
}

/// One rule that was asked in the shadow of the others: what it said changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadowed {
    /// The rule, and how it ended.
    #[serde(flatten)]
    pub asked: Asked,
    /// Whether the case would have gone the same way with it.
    pub agrees: bool,
}

/// One rule that was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAsked {
    /// Which rule.
    pub rule: RuleId,
    /// Why not.
    pub because: Skipped,
}

/// Why a rule was not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skipped {
    /// Another rule had decided before.
    Decided,
    /// The case is outside its scope.
    OutOfScope,
    /// It is switched off.
    Off,
    /// It failed too often of late and rests.
    BreakerOpen,
    /// It counts for a part of the conversations, and this is none of them.
    NotInCanary,
    /// What was signed of it is over.
    EnvelopeOver,
}

/// What a rule saw and said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Which rule.
    pub rule: RuleId,
    /// The input, without the message itself: that is the event before the decision.
    pub input: Json,
    /// What it asked the host, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// What it wrote to its log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<LogLine>,
    /// Its reason, in its own words; the text of the fault if it failed.
    pub reason: String,
    /// What it wanted to happen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// The traces of all rules of one round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Traces(pub Vec<Trace>);

impl Personal for Traces {
    const LABEL: &'static str = "decision.traces";
}

/// One call of a rule to the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// `interface.function`.
    pub function: String,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub arguments: Json,
    /// What the host answered. History is answered by reference: the versions of its events.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub answer: Json,
}

/// A line that a rule left for its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info` or `warn`.
    pub level: String,
    /// The line.
    pub text: String,
}

/// What a rule wants to happen. The host decides whether it may.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Effect {
    /// Write to the customer.
    Reply {
        /// What.
        message: Outgoing,
    },
    /// Add a tag to the case.
    AddTag {
        /// 1 to 40 characters.
        tag: String,
    },
    /// Take a tag from the case.
    RemoveTag {
        /// Which.
        tag: String,
    },
    /// Leave a note for the agents.
    Note {
        /// 1 to 2,000 characters.
        text: String,
    },
    /// Change the case's priority.
    Priority {
        /// 0 to 9.
        value: u8,
    },
    /// Resolve the case.
    Resolve {
        /// 1 to 40 characters.
        code: String,
    },
    /// Be called again, once.
    WakeAfter {
        /// 1 to 2,592,000.
        seconds: u32,
        /// Handed back then; at most 256 characters.
        note: String,
    },
    /// Not be called again.
    WakeCancel,
    /// Ask the customer how it was.
    Survey {
        /// The question, 1 to 1,024 characters.
        body: String,
        /// What can be tapped: two or three.
        choices: Vec<Choice>,
    },
    /// Have the case wait elsewhere.
    Reassign {
        /// Where.
        to: Elsewhere,
    },
    /// Have something asked of a service outside.
    Request {
        /// What.
        request: Request,
    },
    /// Note something, or forget it.
    Remember {
        /// Where.
        scope: MemoryScope,
        /// 1 to 64 bytes.
        key: String,
        /// At most 4,096 bytes; none forgets.
        value: Option<String>,
    },
}

/// One answer to the question how it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the customer taps, 1 to 20 characters.
    pub title: String,
    /// What it counts as: 1 is worst, 5 is best.
    pub score: u8,
}

/// Where a rule has a case wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Elsewhere {
    /// In a queue.
    Queue {
        /// Which.
        queue: QueueId,
        /// What its agent must be able to do, all of it.
        skills: Vec<String>,
    },
    /// For one agent first, in a queue of theirs.
    Agent(Preference),
}

/// Whose memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoryScope {
    /// Of the rule on the conversation.
    Conversation,
    /// Of the rule on the contact, across the company's numbers.
    Contact,
}
