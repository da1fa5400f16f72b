//! What people prove themselves with, folded from their stream.
//!
//! Who somebody is and what they may stands in the company's matrix; here is only how they show that they are that person.
//! Nothing here opens a door by itself: a session and a token count as long as the matrix knows their person. The host
//! keeps nothing that could be used if it were read: a SHA-256 of what is random, and sealed what is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Time;
use crate::decision::Digest;
use crate::event::Event;
use crate::id::{LoanId, PersonId, SessionId, TokenId};
use crate::outside::Entropy;
use crate::raci::action::Action;
use crate::raci::loan::{Loan, WordLent};
use crate::sealed::{Key, SealError};

/// What one person proves themselves with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Access {
    /// The link that they were sent last, until it is opened.
    pub invitation: Option<Invitation>,
    /// The hash of their password.
    pub password: Option<Hidden>,
    /// The secret of their second factor.
    pub second_factor: Option<Hidden>,
    /// The last step of it that was used.
    pub last_step: Option<u64>,
    /// The recovery codes that are left.
    pub recovery: BTreeSet<Digest>,
    /// Where they are signed in, or were until a session ran out.
    pub sessions: BTreeMap<SessionId, Session>,
    /// Their tokens.
    pub tokens: BTreeMap<TokenId, Token>,
    /// What they have lent of their word, or had until it ran out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub loans: BTreeMap<LoanId, Loan>,
    /// As whom the company's identity provider knows them, since they signed in by it for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// When they signed in last.
    pub last_sign_in: Option<Time>,
    /// Since when they have left, if they have.
    pub left: Option<Time>,
}

/// A link that sets a password, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The SHA-256 of what is in it.
    pub digest: Digest,
    /// Until when it opens.
    pub until: Time,
}

/// Somebody is signed in on a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The SHA-256 of what the browser keeps.
    pub digest: Digest,
    /// Since when.
    pub opened: Time,
    /// The last moment at which it counts.
    pub until: Time,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// On what.
    pub device: String,
    /// The sessions that were in use in another place at the same time.
    pub along_with: BTreeSet<SessionId>,
    /// Whether it was opened by the company's identity provider.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_provider: bool,
}

/// An account at an identity provider. An address can be given to somebody else; this is nobody else's, ever (OpenID Connect
/// Core, 5.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The SHA-256 of the provider's name for the account (`sub`).
    pub subject: Digest,
}

/// What a program proves itself with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The SHA-256 of its secret.
    pub digest: Digest,
    /// What it is for.
    pub name: String,
    /// The tasks and actions that it is limited to.
    pub scopes: Vec<String>,
    /// Since when.
    pub issued: Time,
    /// The last moment at which it counts.
    pub until: Time,
    /// Who answered for the program when it was issued: for another owner it does not count, who does not know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
}

impl Token {
    /// Whether it reaches an action: it names it, or all the tasks that it belongs to.
    pub fn covers(&self, action: Action) -> bool {
        let named = |word: String| self.scopes.contains(&word);
        let tasks = action.tasks();
        named(action.word()) || (!tasks.is_empty() && tasks.iter().all(|task| named(task.word())))
    }
}

impl Access {
    /// Takes in one event of the stream.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::PersonReturned(_) => self.left = None,
            // What was decided before somebody left and is written after it opens nothing, now or when they are back.
            _ if self.left.is_some() => {}
            Event::PersonInvited(invited) => {
                self.invitation = Some(Invitation { digest: invited.digest, until: invited.until });
            }
            Event::PasswordSet(set) if set.anew => {
                let (loans, identity) = (std::mem::take(&mut self.loans), self.identity.take());
                *self = Self { password: Some(set.password.clone()), loans, identity, ..Self::default() };
            }
            Event::PasswordSet(set) => {
                self.password = Some(set.password.clone());
                self.sessions.clear();
            }
            Event::SecondFactorSet(set) => {
                self.second_factor = Some(set.secret.clone());
                self.last_step = Some(set.step);
                self.sessions.retain(|_, session| session.second_factor);
            }
            Event::RecoveryCodesSet(set) => self.recovery = set.codes.iter().copied().collect(),
            Event::RecoveryCodeUsed(used) => drop(self.recovery.remove(&used.code)),
            Event::SecondFactorUsed(used) => self.last_step = self.last_step.max(Some(used.step)),
            Event::SessionOpened(opened) => {
                self.sessions.retain(|_, session| session.until > time);
                self.last_sign_in = Some(time);
                let session = Session {
                    digest: opened.digest,
                    opened: time,
                    until: opened.until,
                    second_factor: opened.second_factor,
                    device: opened.device.clone(),
                    along_with: BTreeSet::new(),
                    by_provider: opened.by_provider,
                };
                self.sessions.insert(opened.session, session);
            }
            Event::SessionEnded(ended) => drop(self.sessions.remove(&ended.session)),
            Event::SessionsOverlapped(overlapped) => {
                let (one, other) = (overlapped.session, overlapped.other);
                for (of, with) in [(one, other), (other, one)] {
                    if let Some(session) = self.sessions.get_mut(&of) {
                        session.along_with.insert(with);
                    }
                }
            }
            Event::TokenIssued(issued) => {
                self.tokens.retain(|_, token| token.until > time);
                let token = Token {
                    digest: issued.digest,
                    name: issued.name.clone(),
                    scopes: issued.scopes.clone(),
                    issued: time,
                    until: issued.until,
                    owner: issued.owner.clone(),
                };
                self.tokens.insert(issued.token, token);
            }
            Event::TokenRevoked(revoked) => drop(self.tokens.remove(&revoked.token)),
            Event::IdentityBound(bound) => self.identity = Some(bound.identity.clone()),
            Event::IdentityForgotten(_) => {
                self.identity = None;
                self.sessions.retain(|_, session| !session.by_provider);
            }
            Event::WordLent(lent) => {
                self.loans.retain(|_, loan| loan.until > time);
                let WordLent { loan, to, tasks, until } = lent.clone();
                self.loans.insert(loan, Loan { to, tasks, since: time, until });
            }
            Event::WordReturned(returned) => drop(self.loans.remove(&returned.loan)),
            Event::SignedOutEverywhere(_) => {
                self.sessions.clear();
                self.tokens.clear();
                self.invitation = None;
            }
            Event::PersonLeft(_) => {
                *self = Self { left: Some(time), last_sign_in: self.last_sign_in, ..Self::default() };
            }
            _ => {}
        }
    }

    /// Whether there is anything that could be used.
    pub fn is_open(&self) -> bool {
        !self.sessions.is_empty() || !self.tokens.is_empty() || self.invitation.is_some()
    }
}

/// A secret of a person that has to be read again: sealed with a key of the host's, for this person and this purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Vec<u8>);

impl Hidden {
    /// Seals it. `what` names the purpose and has to be given again.
    pub fn seal(
        plain: &[u8],
        person: &PersonId,
        what: &str,
        key: &Key,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealError> {
        key.seal(&context(person, what), plain, entropy).map(Self)
    }

    /// Opens it.
    pub fn open(&self, person: &PersonId, what: &str, key: &Key) -> Result<Vec<u8>, SealError> {
        key.open(&context(person, what), &self.0)
    }
}

fn context(person: &PersonId, what: &str) -> Vec<u8> {
    [b"person\0", what.as_bytes(), b"\0", person.as_str().as_bytes()].concat()
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hidden({} bytes)", self.0.len())
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map(Self).map_err(de::Error::custom)
    }
}
