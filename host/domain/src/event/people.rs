//! Who customers are, and what they want to hear from us.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::id::MessageId;
use crate::law::class::Category;
use crate::law::consent::{Consent, Evidence, Source};
use crate::message::{Identity, Profile};
use crate::platform::Detail;
use crate::sealed::{Lookup, Sealed};

/// `contact-created`, in `contact/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactCreated {
    /// Who it is.
    pub identity: Sealed<Identity>,
    /// What they call themselves.
    pub profile: Sealed<Profile>,
    /// By what they are found again.
    pub lookups: Vec<Lookup>,
    /// The language to speak with them, as `es`.
    pub language: String,
}

/// `contact-updated`, in `contact/…`. What is absent stays as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactUpdated {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Sealed<Profile>>,
    /// All identifiers that are known now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Sealed<Identity>>,
    /// By what they are found, besides what was known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
}

/// `contact-identity-changed`, in `contact/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactIdentityChanged {
    /// What is new.
    pub change: IdentityPart,
    /// All identifiers that are known now; none if they are as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Sealed<Identity>>,
    /// By what the contact is found from now on, besides what was known. Takes it from whoever was found by it before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// By what the contact is found no more: a phone that was given up will be somebody else's one day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Lookup>,
    /// When, by Meta's clock.
    pub at: Time,
    /// Meta's words and the new identity key, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Sealed<Detail>>,
    /// By what the wamid of the message is found again that told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// What of an identity changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityPart {
    /// The phone.
    Phone,
    /// The business-scoped user id.
    UserId,
    /// The key that secures the chat: another device, or another person on it.
    Key,
}

/// `contact-erased`, in `contact/…`, the last event of its stream. Who did it and when are the event's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactErased {
    /// On what ground, in the words of whoever did it. It is kept for ever and says nothing of the person.
    pub reason: String,
    /// The policy that asked for it, as `contacts = "5y"`; none if a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// `contact-held`, in `contact/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactHeld {
    /// Why the data must be kept. It says nothing of the person.
    pub reason: String,
}

/// `contact-released`, in `contact/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactReleased {
    /// Why the data need not be kept any more. It says nothing of the person.
    pub reason: String,
}

/// `contact-exported`, in `contact/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactExported {
    /// How many events the document tells of.
    pub events: u64,
}

/// `consent-changed`, in `contact/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentChanged {
    /// Of which messages.
    pub category: Category,
    /// What the customer wants.
    pub consent: Consent,
    /// Whether an opt-in named the business.
    #[serde(default)]
    pub names_business: bool,
    /// How we know.
    pub source: Source,
    /// When the customer said so: by Meta's clock where Meta told. What was said last counts.
    pub at: Time,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Sealed<Evidence>>,
}

/// `contact-surveyed`, in `contact/…`, in the same commit as `rating-asked`: nobody is asked every other day how it was, whichever
/// number they write to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSurveyed {
    /// By which message.
    pub message: MessageId,
    /// When.
    pub at: Time,
}

/// `contact-approached`, in `contact/…`, in the same commit as the first `send-attempted` of the message. It counts even
/// if the attempt fails: better one message too few.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactApproached {
    /// By which message.
    pub message: MessageId,
    /// Of which category.
    pub category: Category,
    /// When.
    pub at: Time,
}
