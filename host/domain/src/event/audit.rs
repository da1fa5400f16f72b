//! What is kept so that it can be proved later who did what.

use serde::{Deserialize, Serialize};

use crate::id::{
    AgentId, ContactId, ConversationId, MessageId, NumberId, OperatorId, PersonId, RoleId, SessionId, TokenId,
};
use crate::raci::letters::Letters;
use crate::raci::task::Task;

/// `acted`, in `audit`: somebody is about to do something, or was refused. It is on the disk before anything is done; what
/// comes of it are the events of the same actor that follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Acted {
    /// What: the word of an action, as `export-contact`. A text, so that journals can be read when there is no such action
    /// any more.
    pub action: String,
    /// Whose account it was; none if it was nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The account at the other end, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<OperatorId>,
    /// By what right; none if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Right>,
    /// Why it was refused; none if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Denied>,
    /// From where.
    pub device: Device,
    /// To what, as far as the request says. With nothing in it, to the whole company.
    #[serde(default, skip_serializing_if = "About::is_empty")]
    pub about: About,
    /// Why, in the words of whoever asked. They say nothing of a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The right by which somebody acts: a row of the matrix, and what they are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    /// The row; none for what is everybody's in the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// Their letters in it.
    #[serde(default)]
    pub letters: Letters,
    /// The roles that have them, of those that the person has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
    /// Who lent them the word with which they do it, if their own letters are not enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lent_by: Vec<PersonId>,
}

/// Why somebody was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denied {
    /// The account is nobody's of the company.
    Stranger,
    /// No people are described, and it is not the account that owns the data.
    NotTheOwner,
    /// They lack the letters.
    Letters,
    /// It goes beyond their scope.
    Scope,
    /// It goes beyond what the token was issued for.
    Token,
    /// Their session is one without a second factor, and they have to have one.
    SecondFactor,
}

/// From where somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Device {
    /// The socket of the data directory.
    Socket {
        /// The process at the other end, as the kernel told it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        process: Option<i32>,
    },
    /// A session of the API.
    Session {
        /// Which.
        session: SessionId,
        /// On what, in a few words.
        device: String,
    },
    /// A token of the API.
    Token {
        /// Which.
        token: TokenId,
    },
}

/// What an act is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// One customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// One conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// One message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// One of the company's numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// The agent whose case it was at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// One entry of the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

impl About {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `checkpoint-signed`, in `audit`: the signer vouches for the record up to a number of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSigned {
    /// For how many entries of the record.
    pub size: u64,
    /// The checkpoint as it was signed: a signed note of C2SP.
    pub note: String,
}

/// `checkpoint-handed`, in `audit`: a checkpoint is outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointHanded {
    /// For how many entries of the record it vouches.
    pub size: u64,
    /// Where it is: a directory, or an address.
    pub to: String,
}
