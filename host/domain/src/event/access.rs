//! How people prove who they are. What only they know is here as a SHA-256 or sealed (`access::Hidden`), and where they
//! were when they did is not here at all.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::access::{Hidden, Identity};
use crate::decision::Digest;
use crate::id::{PersonId, RoleId, SessionId, TokenId};

/// `person-invited`, in `person/…`: whoever opens the link may set a password, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonInvited {
    /// The SHA-256 of what is in the link.
    pub digest: Digest,
    /// Until when it opens.
    pub until: Time,
}

/// `password-set`, in `person/…`. All sessions end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSet {
    /// Its hash, as a PHC string.
    pub password: Hidden,
    /// Whether it was by invitation: then the person begins anew, without second factor and tokens.
    pub anew: bool,
}

/// `second-factor-set`, in `person/…`. All sessions end that were opened without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorSet {
    /// The secret that the person's device shares with the host.
    pub secret: Hidden,
    /// The step of the code that proved it, which is used up.
    pub step: u64,
}

/// `recovery-codes-set`, in `person/…`. Those of before are worth nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodesSet {
    /// Their SHA-256.
    pub codes: Vec<Digest>,
}

/// `recovery-code-used`, in `person/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodeUsed {
    /// Which.
    pub code: Digest,
}

/// `second-factor-used`, in `person/…`: no code of this step or an earlier one counts any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorUsed {
    /// The step: 30 seconds since 1970.
    pub step: u64,
}

/// `session-opened`, in `person/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// What it is called.
    pub session: SessionId,
    /// The SHA-256 of what the browser keeps.
    pub digest: Digest,
    /// The last moment at which it counts, used or not.
    pub until: Time,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// What it was opened on, as `Firefox, Linux`.
    pub device: String,
    /// Whether the company's identity provider said who it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_provider: bool,
}

/// `identity-bound`, in `person/…`: from now on this account at the provider is theirs, and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityBound {
    /// Which.
    pub identity: Identity,
}

/// `identity-forgotten`, in `person/…`: the next account that the provider knows by their name is theirs. Sessions end that it
/// opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityForgotten {}

/// `identity-refused`, in `person/…`: the provider said that it is them, and they were not let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRefused {
    /// Why.
    pub why: WhyRefused,
}

/// Why somebody is not let in of whom the provider says that it is they.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyRefused {
    /// Their name is that of another account now.
    AnotherAccount,
    /// The matrix gives them a role that no group of theirs confirms.
    NotConfirmed(RoleId),
}

/// `session-ended`, in `person/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    /// Which.
    pub session: SessionId,
}

/// `sessions-overlapped`, in `person/…`: the account was in use in two places at the same time. Told once of each pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsOverlapped {
    /// The one that was used.
    pub session: SessionId,
    /// The one that had been used a moment before. The same, if one session was on two devices.
    pub other: SessionId,
}

/// `token-issued`, in `person/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenIssued {
    /// What it is called.
    pub token: TokenId,
    /// The SHA-256 of its secret.
    pub digest: Digest,
    /// What it is for, in the words of whoever issued it.
    pub name: String,
    /// The tasks and actions that it is limited to. Words that are known no more permit nothing.
    pub scopes: Vec<String>,
    /// The last moment at which it counts.
    pub until: Time,
    /// Who answered for the program then; nobody for a person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
}

/// `token-revoked`, in `person/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRevoked {
    /// Which.
    pub token: TokenId,
}

/// `signed-out-everywhere`, in `person/…`: no session, no token and no invitation counts any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOutEverywhere {}

/// `person-left`, in `person/…`: nothing that they prove themselves with counts any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLeft {}

/// `person-returned`, in `person/…`: they may be invited again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonReturned {}
