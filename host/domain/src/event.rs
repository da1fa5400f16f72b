//! The facts that the journal keeps, for ever.
//!
//! Each kind has a name and a version. A kind never changes its meaning: a new form gets the next version, and the old
//! one is lifted to it when it is read (`lift`). Nothing personal stands here in clear.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Time;
use crate::decision::{Asked, Digest, Kind, MemoryScope, NotAsked, Place, Traces, Why};
use crate::delivery::{Status, Unseen};
use crate::id::{AgentId, CaseId, ContactId, ConversationId, MessageId, NumberId, QueueId, RuleId, TimerId};
use crate::law::class::{Category, Class};
use crate::law::consent::{Consent, Evidence, Source};
use crate::law::pricing::Charge;
use crate::law::spending::Month;
use crate::media::{MediaStored, MediaUnavailable, MediaUploaded, MediaWanted};
use crate::message::{Edit, Identity, Inbound, Outgoing, Profile, Side};
use crate::platform::{
    AccountChange, CallStep, Detail, Handover, NumberChange, Origin, TemplateChange, TemplateName,
};
use crate::sealed::{Lookup, Personal, Sealed, SealedBody};
use crate::stops::{Scope, Traffic};
use crate::stream::{Actor, Stream};
use crate::templates::{TemplateSubmitted, TemplatesSynced};

/// An event in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its number in the journal, from 1, without gaps.
    pub seq: u64,
    /// When the host committed it.
    pub time: Time,
    /// What it belongs to.
    pub stream: Stream,
    /// Its number in the stream, from 1, without gaps.
    pub version: u64,
    /// Who made it.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
}

/// The form of an event on the disk. `seq` is the journal's own.
#[derive(Serialize, Deserialize)]
pub struct Written<'a> {
    /// When.
    pub time: Time,
    /// Of what.
    pub stream: Stream,
    /// Which of it.
    pub version: u64,
    /// What kind of event.
    #[serde(borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    /// In which form.
    pub form: u16,
    /// By whom.
    pub actor: Actor,
    /// The event's own fields.
    #[serde(borrow)]
    pub data: &'a RawValue,
}

/// Why an entry of the journal could not be read as an event.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    /// Not the envelope that this program writes.
    #[error("the entry is not an event: {0}")]
    Envelope(serde_json::Error),
    /// A kind or a form that this version has never heard of.
    #[error(
        "`{kind}` in form {form} is not known to this version of Timonel: a later one wrote it, use that one"
    )]
    Unknown {
        /// The kind.
        kind: String,
        /// Its form.
        form: u16,
    },
    /// The fields are not those of the kind.
    #[error("the fields of `{kind}` are not as expected: {source}")]
    Data {
        /// The kind.
        kind: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

impl Recorded {
    /// The bytes that the journal keeps.
    pub fn encode(
        time: Time,
        stream: &Stream,
        version: u64,
        actor: &Actor,
        event: &Event,
    ) -> Result<Vec<u8>, serde_json::Error> {
        let data = event.data()?;
        serde_json::to_vec(&Written {
            time,
            stream: stream.clone(),
            version,
            kind: event.kind().into(),
            form: event.form(),
            actor: actor.clone(),
            data: &data,
        })
    }

    /// Reads what `encode` wrote, this version or any before.
    pub fn decode(seq: u64, bytes: &[u8]) -> Result<Self, NotAnEvent> {
        let written: Written<'_> = serde_json::from_slice(bytes).map_err(NotAnEvent::Envelope)?;
        let event = Event::lift(&written.kind, written.form, written.data)?;
        Ok(Self {
            seq,
            time: written.time,
            stream: written.stream,
            version: written.version,
            actor: written.actor,
            event,
        })
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($data:ident) = $kind:literal, form $form:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($data),)*
        }

        impl Event {
            /// All kinds that there are.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The name of its kind.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                }
            }

            /// The form in which its fields are written now.
            pub fn form(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $form,)*
                }
            }

            /// Its own fields.
            pub fn data(&self) -> Result<Box<RawValue>, serde_json::Error> {
                match self {
                    $(Self::$variant(data) => serde_json::value::to_raw_value(data),)*
                }
            }

            /// Reads the fields of a kind in any form that was ever written.
            pub fn lift(kind: &str, form: u16, data: &RawValue) -> Result<Self, NotAnEvent> {
                match (kind, form) {
                    $(($kind, $form) => serde_json::from_str(data.get()).map(Self::$variant),)*
                    _ => return Err(NotAnEvent::Unknown { kind: kind.to_owned(), form }),
                }
                .map_err(|source| NotAnEvent::Data { kind: kind.to_owned(), source })
            }
        }

        $(impl From<$data> for Event {
            fn from(data: $data) -> Self {
                Self::$variant(data)
            }
        })*
    };
}

events! {
    /// Meta posted a body and its signature was right.
    WebhookReceived(WebhookReceived) = "webhook-received", form 1;
    /// Everything in some bodies has become events.
    WebhooksProcessed(WebhooksProcessed) = "webhook-processed", form 1;
    /// The rules of the company were replaced as a whole.
    GenerationActivated(GenerationActivated) = "generation-activated", form 1;
    /// Somebody wrote to us for the first time.
    ContactCreated(ContactCreated) = "contact-created", form 1;
    /// A contact has another name, or a further identifier.
    ContactUpdated(ContactUpdated) = "contact-updated", form 1;
    /// A contact has another phone, user id or identity key, and is the same contact.
    ContactIdentityChanged(ContactIdentityChanged) = "contact-identity-changed", form 1;
    /// A contact wrote to a number of ours for the first time.
    ConversationStarted(ConversationStarted) = "conversation-started", form 1;
    /// The customer said something.
    MessageReceived(MessageReceived) = "message-received", form 1;
    /// Meta sent something that this version does not understand.
    MessageNotUnderstood(MessageNotUnderstood) = "message-not-understood", form 1;
    /// What was said is said differently now.
    MessageEdited(MessageEdited) = "message-edited", form 1;
    /// What was said was taken back.
    MessageRevoked(MessageRevoked) = "message-revoked", form 1;
    /// Something was said that this host neither received nor sent.
    MessageEchoed(MessageEchoed) = "message-echoed", form 1;
    /// Somebody calls, or has called.
    CallChanged(CallChanged) = "call-changed", form 1;
    /// Somebody else answers in a conversation, or we do again.
    HandoverChanged(HandoverChanged) = "handover-changed", form 1;
    /// A template may be sent, or not any more; or it counts, or reads, differently.
    TemplateChanged(TemplateChanged) = "template-changed", form 1;
    /// Looking at an account showed templates that were not known, or not like this.
    TemplatesSynced(TemplatesSynced) = "templates-synced", form 1;
    /// Somebody wants something of a template, and Meta took it.
    TemplateSubmitted(TemplateSubmitted) = "template-submitted", form 1;
    /// A number of ours may do more or less, or is called differently.
    NumberChanged(NumberChanged) = "number-changed", form 1;
    /// An account of ours may do more or less.
    AccountChanged(AccountChanged) = "account-changed", form 1;
    /// Meta told something that nothing here acts on.
    PlatformNotice(PlatformNotice) = "platform-notice", form 1;
    /// The bytes of a medium are to be fetched.
    MediaWanted(MediaWanted) = "media-wanted", form 1;
    /// The bytes of a medium are here.
    MediaStored(MediaStored) = "media-stored", form 1;
    /// The bytes of a medium could not be fetched.
    MediaUnavailable(MediaUnavailable) = "media-unavailable", form 1;
    /// Meta holds a medium of ours.
    MediaUploaded(MediaUploaded) = "media-uploaded", form 1;
    /// A case was opened.
    CaseOpened(CaseOpened) = "case-opened", form 1;
    /// Rules were asked, and this is what they answered.
    RuleDecided(RuleDecided) = "rule-decided", form 1;
    /// The case waits for a person in a queue.
    CaseQueued(CaseQueued) = "case-queued", form 1;
    /// The case waits for anyone now, and no longer for one agent.
    PreferenceEnded(PreferenceEnded) = "case-preference-ended", form 1;
    /// The case was given to an agent.
    CaseAssigned(CaseAssigned) = "case-assigned", form 1;
    /// The agent has taken it up.
    CaseAccepted(CaseAccepted) = "case-accepted", form 1;
    /// The case is resolved.
    CaseClosed(CaseClosed) = "case-closed", form 1;
    /// Tags, priority or a note of the case changed.
    CaseLabelled(CaseLabelled) = "case-labelled", form 1;
    /// A message to the customer is to be sent.
    ReplyQueued(ReplyQueued) = "reply-queued", form 1;
    /// A rule noted something, or forgot it.
    RuleRemembered(RuleRemembered) = "rule-remembered", form 1;
    /// Something is to happen later.
    TimerSet(TimerSet) = "timer-set", form 1;
    /// It is not to happen any more.
    TimerCancelled(TimerCancelled) = "timer-cancelled", form 1;
    /// The moment came.
    TimerFired(TimerFired) = "timer-fired", form 1;
    /// An agent came, went, or took a break.
    PresenceSet(PresenceSet) = "presence-set", form 1;
    /// A place of the agent's capacity is used.
    CapacityTaken(CapacityTaken) = "capacity-taken", form 1;
    /// A place of the agent's capacity is free again.
    CapacityReleased(CapacityReleased) = "capacity-released", form 1;
    /// The message is about to be handed to WhatsApp.
    SendAttempted(SendAttempted) = "send-attempted", form 1;
    /// WhatsApp took it.
    SendAccepted(SendAccepted) = "send-accepted", form 1;
    /// WhatsApp refused it, or could not be reached.
    SendRefused(SendRefused) = "send-refused", form 1;
    /// Nobody knows whether WhatsApp took it.
    SendInDoubt(SendInDoubt) = "send-in-doubt", form 1;
    /// Nothing was heard of it for too long.
    SendUnseen(SendUnseen) = "send-unseen", form 1;
    /// The customer has a message twice.
    DuplicateDetected(DuplicateDetected) = "duplicate-detected", form 1;
    /// Nothing, or no template, leaves from a number or from all of them.
    SendingStopped(SendingStopped) = "sending-stopped", form 1;
    /// It may leave again.
    SendingResumed(SendingResumed) = "sending-resumed", form 1;
    /// A person has to change something before such messages are accepted.
    PersonCalled(PersonCalled) = "person-called", form 1;
    /// The host did not send it, because it may not.
    SendWithheld(SendWithheld) = "send-withheld", form 1;
    /// WhatsApp told how the message fares.
    StatusChanged(StatusChanged) = "status-changed", form 1;
    /// The host does not send it yet, because it may not yet.
    SendPostponed(SendPostponed) = "send-postponed", form 1;
    /// What the message costs is known, or is known better.
    MessageCharged(MessageCharged) = "message-charged", form 1;
    /// The customer wants messages of a category, or no more of them.
    ConsentChanged(ConsentChanged) = "consent-changed", form 1;
    /// The customer is about to be written to without having asked for it.
    ContactApproached(ContactApproached) = "contact-approached", form 1;
    /// The customer came by an advertisement or the button of a page.
    CustomerReferred(CustomerReferred) = "customer-referred", form 1;
    /// Meta told until when messages are free because of that.
    EntryPointOpened(EntryPointOpened) = "entry-point-opened", form 1;
}

/// `webhook-received`, in `webhooks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookReceived {
    /// Length of the body in bytes.
    pub bytes: u64,
    /// The body, sealed with the key of the day.
    pub body: SealedBody,
}

/// `webhook-processed`, in `webhooks`: one event closes a run of bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhooksProcessed {
    /// What became of each.
    pub webhooks: Vec<Processed>,
}

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processed {
    /// The number of its `webhook-received`.
    pub seq: u64,
    /// Updates that became events.
    pub taken: u32,
    /// Updates that had been seen before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeated: u32,
    /// Updates that were not understood.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub strange: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// `generation-activated`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerationActivated {
    /// Its number. Decisions carry it.
    pub generation: u64,
    /// The rules in the order in which they are asked.
    pub rules: Vec<ActiveRule>,
}

/// A rule of a generation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveRule {
    /// Its name.
    pub rule: RuleId,
    /// The rule set it stands in.
    pub set: String,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// The functions of the host that it was granted.
    pub grant: Vec<String>,
}

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

/// `conversation-started`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationStarted {
    /// With whom.
    pub contact: ContactId,
    /// On which of our numbers.
    pub number: NumberId,
}

/// `message-received`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageReceived {
    /// Our identifier of it.
    pub message: MessageId,
    /// When the customer wrote it, by Meta's clock, in whole seconds.
    pub sent_at: Time,
    /// Its kind in one word: `text`, `image` …
    pub content: String,
    /// By what its wamid is found again.
    pub lookup: Lookup,
    /// What was said.
    pub body: Sealed<Inbound>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `message-not-understood`: in `conversation/…` where the contact is known, else in `webhooks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageNotUnderstood {
    /// The field of the webhook: `messages`, `flows` …
    pub field: String,
    /// What was expected and what was found, without personal data.
    pub why: String,
    /// The element as it came.
    pub raw: Strange,
    /// By what it is found again. Older hosts had one for elements with a wamid only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// An element that was not understood, sealed for whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strange {
    /// It names a contact.
    Of(Sealed<Raw>),
    /// It names nobody: sealed like the body it came in.
    Body(SealedBody),
}

/// `message-edited`, in `conversation/…`. May come before the message that it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageEdited {
    /// Who changed it.
    pub by: Side,
    /// By what the wamid of the message that was changed is found.
    pub original: Lookup,
    /// When, by Meta's clock. Of several edits the latest counts.
    pub at: Time,
    /// The kind of what it says now, in one word.
    pub content: String,
    /// By what the wamid of the change is found again.
    pub lookup: Lookup,
    /// What it says now.
    pub body: Sealed<Edit>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `message-revoked`, in `conversation/…`. May come before the message that it takes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRevoked {
    /// Who took it back.
    pub by: Side,
    /// By what the wamid of the message that was taken back is found.
    pub original: Lookup,
    /// When, by Meta's clock.
    pub at: Time,
    /// By what the wamid of the taking back is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `message-echoed`, in `conversation/…`: a line of the history that asks for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageEchoed {
    /// Our identifier of it.
    pub message: MessageId,
    /// Who wrote it.
    pub by: Side,
    /// How it came about.
    pub origin: Origin,
    /// When it was written, by Meta's clock.
    pub sent_at: Time,
    /// Its kind in one word.
    pub content: String,
    /// By what its wamid is found again.
    pub lookup: Lookup,
    /// What was said.
    pub body: Sealed<Inbound>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `call-changed`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallChanged {
    /// By what the call is found: all its steps have the same.
    pub call: Lookup,
    /// What happened.
    pub step: CallStep,
    /// When, by Meta's clock.
    pub at: Time,
    /// The same as Meta sent it, with what a telephone needs.
    pub raw: Sealed<Raw>,
    /// By what this step is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `handover-changed`, in `conversation/…` where the customer is known, else in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandoverChanged {
    /// On which of our numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// Who answered and who answers.
    pub handover: Handover,
    /// When, by Meta's clock.
    pub at: Time,
    /// The same as Meta sent it, with what the other side left for us.
    pub raw: Strange,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `template-changed`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateChanged {
    /// The account (WABA) that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Which.
    pub template: TemplateName,
    /// What is new.
    pub change: TemplateChange,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `number-changed`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberChanged {
    /// The account (WABA) that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Which, as it is displayed: Meta tells no identifier here.
    pub display: String,
    /// What is new.
    pub change: NumberChange,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `account-changed`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountChanged {
    /// Which account (WABA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What is new.
    pub change: AccountChange,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `platform-notice`: in `conversation/…` where exactly one customer is named who is known, else in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformNotice {
    /// The field of the webhook: `flows`, `security` …
    pub field: String,
    /// What of it, in one word of Meta's: `FLOW_STATUS_CHANGE`, `errors`; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// The account (WABA) or the portfolio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Our number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// The value as Meta sent it.
    pub value: Noticed,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// The value of a notice, sealed for whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Noticed {
    /// It names no customer, as JSON.
    Company(String),
    /// It names a contact.
    Of(Sealed<Raw>),
    /// It may name somebody who is no contact: sealed like the body it came in.
    Body(SealedBody),
}

/// JSON as Meta sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw(pub String);

impl Personal for Raw {
    const LABEL: &'static str = "webhook.element";
}

/// `case-opened`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseOpened {
    /// The case.
    pub case: CaseId,
}

/// `rule-decided`, in `conversation/…`: one round of rules of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleDecided {
    /// The case it is about.
    pub case: CaseId,
    /// The kind of rule that was asked.
    #[serde(rename = "rules")]
    pub of: Kind,
    /// Why they were asked.
    pub why: Why,
    /// The generation that they belong to. A round never mixes two.
    pub generation: u64,
    /// Who was asked, in order.
    pub asked: Vec<Asked>,
    /// Who was not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_asked: Vec<NotAsked>,
    /// What the host did not do of what was decided, because it may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What they saw and said, in the order of `asked`.
    pub traces: Sealed<Traces>,
}

/// An invariant of the host that a decision ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// So many automatic messages have gone out within the hour that a person has to come first.
    AutomaticLimit,
    /// The customer has not written for 24 hours.
    WindowClosed,
    /// The customer does not want such messages.
    OptedOut,
    /// The customer has not agreed to marketing.
    NoOptIn,
    /// Such messages are not sent to the customer's country.
    CountryClosed,
    /// Not at this hour or on this day.
    ContactHours,
    /// The customer was written to often enough.
    ContactFrequency,
    /// The month's money is spent.
    MonthlyCap,
    /// The month's money of the number is spent.
    NumberCap,
    /// The month's money of the rule is spent.
    RuleCap,
    /// Meta does not send the template, or made something else of it.
    TemplateNotOffered,
}

/// `case-queued`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseQueued {
    /// The case.
    pub case: CaseId,
    /// Where it waits, for whom, how urgently.
    pub place: Place,
    /// Since when it waits: kept when only the place changes, so that nobody loses their turn.
    pub since: Time,
    /// Who chose the place.
    pub by: Chooser,
}

/// Who chose a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chooser {
    /// A routing rule.
    Rule(RuleId),
    /// No rule did, so the number's own queue has it.
    Default,
}

/// `case-preference-ended`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreferenceEnded {
    /// The case.
    pub case: CaseId,
}

/// `case-assigned`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseAssigned {
    /// The case.
    pub case: CaseId,
    /// To whom.
    pub agent: AgentId,
    /// The queue it had waited in.
    pub queue: QueueId,
}

/// `case-accepted`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseAccepted {
    /// The case.
    pub case: CaseId,
    /// By whom.
    pub agent: AgentId,
}

/// `case-closed`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseClosed {
    /// The case.
    pub case: CaseId,
    /// How it ended, as a code of the company: letters and hyphens.
    pub code: String,
}

impl CaseClosed {
    /// Whether a text can be a code: 1 to 40 letters and hyphens. Without digits and spaces no customer's data fits in.
    pub fn is_code(text: &str) -> bool {
        (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    }
}

/// `case-labelled`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseLabelled {
    /// The case.
    pub case: CaseId,
    /// What changed.
    pub label: Label,
}

/// A mark on a case. Words are sealed: a rule may write into them whatever it has read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// All tags that the case has now.
    Tags(Sealed<Tags>),
    /// A note for the agents.
    Note(Sealed<Note>),
    /// 0 is normal, 9 is most urgent.
    Priority(u8),
}

/// The tags of a case, in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tags(pub std::collections::BTreeSet<String>);

impl Personal for Tags {
    const LABEL: &'static str = "case.tags";
}

/// A note for colleagues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note(pub String);

impl Personal for Note {
    const LABEL: &'static str = "case.note";
}

/// `reply-queued`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplyQueued {
    /// Our identifier of it.
    pub message: MessageId,
    /// The case it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The number it leaves from.
    pub number: NumberId,
    /// Its kind in one word.
    pub content: String,
    /// As what a template counts; none for what is no template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// What is said.
    pub body: Sealed<Outgoing>,
}

impl ReplyQueued {
    /// What it is before the law. A template of which the category is not known counts as marketing: what is asked of
    /// that is asked of no other.
    pub fn class(&self) -> Class {
        match self.content.as_str() {
            "template" => Class::Template(self.category.unwrap_or(Category::Marketing)),
            _ => Class::Service,
        }
    }
}

/// `rule-remembered`, in `conversation/…`, also for the memory on the contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleRemembered {
    /// Whose memory.
    pub rule: RuleId,
    /// On what.
    pub scope: MemoryScope,
    /// The contact.
    pub contact: ContactId,
    /// By what the key is found again.
    pub slot: Lookup,
    /// What is noted; none forgets it.
    pub value: Option<Sealed<Remembered>>,
}

/// A value in a rule's memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered(pub String);

impl Personal for Remembered {
    const LABEL: &'static str = "rule.memory";
}

/// `timer-set`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerSet {
    /// The timer.
    pub timer: TimerId,
    /// When it is due.
    pub due: Time,
    /// What for.
    pub purpose: Purpose,
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Purpose {
    /// Call a rule again.
    Wake {
        /// Which.
        rule: RuleId,
        /// What it noted.
        note: Sealed<Note>,
    },
    /// Stop waiting for one agent.
    EndPreference {
        /// For this case.
        case: CaseId,
    },
    /// Ask the routing rules again.
    Overflow {
        /// About this case.
        case: CaseId,
    },
}

/// `timer-cancelled`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerCancelled {
    /// The timer.
    pub timer: TimerId,
}

/// `timer-fired`, in `conversation/…`. The event's own time says when it really was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerFired {
    /// The timer.
    pub timer: TimerId,
    /// When it was due.
    pub due: Time,
}

/// `presence-set`, in `agent/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresenceSet {
    /// What the agent is now.
    pub presence: crate::agent::Presence,
}

/// `capacity-taken`, in `agent/…`, in the same commit as `case-assigned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityTaken {
    /// By which case.
    pub case: CaseId,
    /// In which conversation.
    pub conversation: ConversationId,
}

/// `capacity-released`, in `agent/…`, in the same commit as what ended the assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityReleased {
    /// By which case.
    pub case: CaseId,
}

/// `send-attempted`, in `message/…`: on the disk before the first byte leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendAttempted {
    /// 1 for the first attempt.
    pub attempt: u32,
}

/// `send-accepted`, in `message/…`. Accepted is not delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendAccepted {
    /// Which attempt.
    pub attempt: u32,
    /// WhatsApp's identifier.
    pub wamid: Sealed<Wamid>,
    /// By what it is found again.
    pub lookup: Lookup,
}

/// WhatsApp's identifier of a message. It contains the customer's phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wamid(pub String);

impl Personal for Wamid {
    const LABEL: &'static str = "message.wamid";
}

/// `send-refused`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendRefused {
    /// Which attempt.
    pub attempt: u32,
    /// Meta's error code; 0 if the request never reached Meta.
    pub code: i64,
    /// Meta's words for the code, or ours.
    pub why: String,
    /// When it is tried again; none if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Time>,
    /// Whether what was queued behind it in its conversation may leave meanwhile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lets_pass: bool,
}

/// `send-in-doubt`, in `message/…`. A status that echoes our reference settles it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendInDoubt {
    /// Which attempt.
    pub attempt: u32,
    /// What happened instead of an answer.
    pub why: String,
}

/// `send-unseen`, in `message/…`: nothing was heard of an attempt in doubt for as long as statuses take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendUnseen {
    /// Which attempt.
    pub attempt: u32,
    /// What follows.
    pub then: Unseen,
}

/// `duplicate-detected`, in `message/…`: the customer has it twice. Only a resend that the class allows can lead to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateDetected {
    /// The attempt that turns out to have arrived too.
    pub attempt: u32,
    /// The one that was known to have arrived.
    pub beside: u32,
}

/// `sending-stopped`, in `company`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingStopped {
    /// From where.
    pub scope: Scope,
    /// Of what.
    pub traffic: Traffic,
    /// Meta's code, if that is why; none if somebody paused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What the code means, or the reason that was given.
    pub why: String,
}

/// `sending-resumed`, in `company`: whatever stopped it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingResumed {
    /// From where.
    pub scope: Scope,
}

/// `person-called`, in `company`: a message will not be accepted until a person has changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCalled {
    /// The number that sent it.
    pub number: NumberId,
    /// The first message that ran into it.
    pub message: MessageId,
    /// Meta's code.
    pub code: i64,
    /// What it means.
    pub why: String,
}

/// `send-withheld`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendWithheld {
    /// The invariant.
    pub because: Refused,
}

/// `status-changed`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// What it is now.
    pub status: Status,
    /// The attempt that it speaks of, where it echoes our reference. Older hosts did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// When, by Meta's clock.
    pub at: Time,
    /// Why it failed: code and Meta's title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// WhatsApp's identifier, where our own answer to the send had been lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wamid: Option<Sealed<Wamid>>,
    /// By what that is found again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// An error that Meta reports of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Meta's code.
    pub code: i64,
    /// Meta's title for the code.
    pub title: String,
}

/// `send-postponed`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendPostponed {
    /// Not before this moment.
    pub until: Time,
    /// The invariant.
    pub because: Refused,
}

/// `message-charged`, in `message/…`: in the same commit as what makes it known. Sums are kept by the difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageCharged {
    /// The number it leaves from.
    pub number: NumberId,
    /// The month it is counted in.
    pub month: Month,
    /// Who had it sent.
    pub by: Actor,
    /// What was charged until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Charge>,
    /// What is charged now; none for a message that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Charge>,
    /// Whether Meta said so; else it is the host's estimate.
    #[serde(default)]
    pub reported: bool,
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

/// `customer-referred`, in `conversation/…`, in the same commit as the message that tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerReferred {
    /// When the customer wrote, by Meta's clock.
    pub at: Time,
}

/// `entry-point-opened`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryPointOpened {
    /// Until when all messages are free, as Meta says.
    pub until: Time,
}
