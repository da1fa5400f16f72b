//! What a rule may read, as a trait: this crate knows no store.
//!
//! The caller binds a snapshot to one conversation at one version, so that everything that a decision reads is of one
//! moment. Its methods are called in the middle of a guest's call, on the thread that asked; they read from memory.

use domain::decision::MemoryScope;
use domain::id::{QueueId, RuleId};

use crate::contract::{Agent, Customer, Message, Response, Who};

/// The host has not got what was asked for. The rule is told so and goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{because}")]
pub struct Unavailable {
    /// In words for the author of the rule. It says nothing of the customer.
    pub because: String,
}

/// A message of the conversation, and the event that holds it. A trace keeps the version alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// The version of the event in the conversation's stream.
    pub version: u64,
    /// What the rule sees.
    pub message: Message,
}

/// What a service answered, and the event that holds it. A trace keeps the version alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The version of the event in the conversation's stream.
    pub version: u64,
    /// What the rule sees.
    pub answer: Response,
}

/// What a rule may read of one conversation.
///
/// Shared, and not borrowed for the length of a call, because the data of a wasmtime store has to be `'static`.
pub trait Snapshot: Send + Sync {
    /// The latest messages before the one in the input, oldest first, at most `limit`.
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable>;

    /// What the company knows of the customer, without what identifies them.
    fn profile(&self) -> Result<Customer, Unavailable>;

    /// What identifies the customer.
    fn identity(&self) -> Result<Who, Unavailable>;

    /// The agents of a queue who have all these skills, in a stable order.
    fn team(&self, queue: &QueueId, skills: &[String]) -> Result<Vec<Agent>, Unavailable>;

    /// What the rule noted before this call.
    fn memory(&self, rule: &RuleId, scope: MemoryScope, key: &str) -> Result<Option<String>, Unavailable>;

    /// What a service answered, if the rule is asked because of that.
    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        Ok(None)
    }
}

/// Of whoever judges or counts: there is no conversation. Nothing of it is linked either, unless the component is a rule of another kind too.
pub(crate) struct Nobody;

fn nobody<T>() -> Result<T, Unavailable> {
    Err(Unavailable {
        because: "there is no conversation where proposals are judged and facts are counted".to_owned(),
    })
}

impl Snapshot for Nobody {
    fn history(&self, _: u32) -> Result<Vec<Remembered>, Unavailable> {
        nobody()
    }

    fn profile(&self) -> Result<Customer, Unavailable> {
        nobody()
    }

    fn identity(&self) -> Result<Who, Unavailable> {
        nobody()
    }

    fn team(&self, _: &QueueId, _: &[String]) -> Result<Vec<Agent>, Unavailable> {
        nobody()
    }

    fn memory(&self, _: &RuleId, _: MemoryScope, _: &str) -> Result<Option<String>, Unavailable> {
        nobody()
    }
}
