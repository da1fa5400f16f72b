//! What a webhook tells, one thing at a time.
//!
//! What something in the host acts on has a variant of its own; everything else that Meta documents is a [`Notice`],
//! which is kept, listed and searched; and what is not understood is [`Strange`]. Nothing is dropped.

use domain::Time;
use domain::delivery::Status;
use domain::event::IdentityPart;
use domain::id::NumberId;
use domain::message::{Beside, Content, Edit, Identity, Inbound, Profile, Side};
use domain::platform::{
    AccountChange, CallStep, Handover, NumberChange, Origin, Preference, TemplateChange, TemplateName,
};

/// One thing that happened, as WhatsApp tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// A customer wrote.
    Message {
        /// Our number that received it.
        number: NumberId,
        /// Who wrote.
        sender: Identity,
        /// What they call themselves in WhatsApp, as far as it is told.
        profile: Profile,
        /// WhatsApp's identifier of the message. It contains the phone number.
        wamid: String,
        /// When it was sent, by Meta's clock, to the second.
        sent_at: Time,
        /// What was said.
        content: Content,
        /// The wamid of the message that this one answers.
        answers: Option<String>,
        /// What came with it; `beside.group` if it was written in a group.
        beside: Box<Beside>,
    },
    /// What became of a message of ours. May come late, twice and in any order.
    Status {
        /// Our number that sent it.
        number: NumberId,
        /// The message.
        wamid: String,
        /// What became of it.
        status: Status,
        /// When, by Meta's clock, to the second.
        at: Time,
        /// The `biz_opaque_callback_data` of the send, echoed.
        opaque: Option<String>,
        /// Whom it went to, as far as it says: a status `failed` may name nobody. In a group, the one whom it is about.
        recipient: Identity,
        /// Why it failed.
        errors: Vec<Problem>,
        /// What it costs. Only on `sent` and one of `delivered` and `read`, if at all.
        pricing: Option<Pricing>,
        /// What is told besides, mostly nothing.
        more: Option<Box<StatusMore>>,
    },
    /// Something that was said is said differently now. May come before what it changes.
    Edit {
        /// Our number.
        number: NumberId,
        /// With whom the conversation is.
        customer: Identity,
        /// Who changed it.
        by: Side,
        /// The change.
        edit: Edit,
        /// When, by Meta's clock.
        at: Time,
    },
    /// Something that was said was taken back. May come before what it takes back.
    Revoke {
        /// Our number.
        number: NumberId,
        /// With whom the conversation is.
        customer: Identity,
        /// Who took it back.
        by: Side,
        /// The wamid of the taking back.
        wamid: String,
        /// The wamid of what was taken back.
        original: String,
        /// When, by Meta's clock.
        at: Time,
    },
    /// A customer has another phone, user id or identity key. It says nothing and opens no window.
    Identity {
        /// Our number that was told.
        number: Option<NumberId>,
        /// What changed.
        part: IdentityPart,
        /// Who they were: by this they are known, if they are.
        was: Identity,
        /// What is new of them; what did not change, or is not told, is absent.
        now: Identity,
        /// The wamid, if a message told of it.
        wamid: Option<String>,
        /// When, by Meta's clock.
        at: Time,
        /// Meta's words, or the new identity key.
        detail: String,
    },
    /// A customer wants our marketing, or no more of it.
    Preference {
        /// Our number that was told.
        number: Option<NumberId>,
        /// Who.
        customer: Identity,
        /// What they want.
        preference: Preference,
        /// Meta's words for it.
        detail: String,
        /// When they said so, by Meta's clock.
        at: Time,
    },
    /// A template changed.
    Template {
        /// Its account (WABA).
        account: Option<String>,
        /// Which.
        template: TemplateName,
        /// What is new.
        change: TemplateChange,
        /// When, by Meta's clock.
        at: Option<Time>,
    },
    /// A number of ours changed.
    Number {
        /// Its account (WABA).
        account: Option<String>,
        /// Which, as it is displayed.
        display: String,
        /// What is new.
        change: NumberChange,
        /// When, by Meta's clock.
        at: Option<Time>,
    },
    /// An account of ours changed.
    Account {
        /// Which (WABA).
        account: Option<String>,
        /// What is new.
        change: AccountChange,
        /// When, by Meta's clock.
        at: Option<Time>,
    },
    /// A line of a conversation that was written elsewhere, or before.
    Echo {
        /// Our number.
        number: NumberId,
        /// With whom the conversation is.
        customer: Identity,
        /// Who wrote it.
        by: Side,
        /// How it came about.
        origin: Origin,
        /// What was said.
        inbound: Box<Inbound>,
        /// When it was written, by Meta's clock.
        sent_at: Time,
    },
    /// Somebody calls, or has called.
    Call {
        /// Our number.
        number: NumberId,
        /// The customer.
        customer: Identity,
        /// WhatsApp's identifier of the call.
        id: String,
        /// What happened.
        step: CallStep,
        /// When, by Meta's clock.
        at: Time,
        /// The `biz_opaque_callback_data` of our call, echoed.
        opaque: Option<String>,
        /// Why it failed.
        errors: Vec<Problem>,
        /// The element's own JSON text, with what a telephone needs.
        raw: String,
    },
    /// A group changed.
    Group(Box<Group>),
    /// Somebody else answers in a conversation, or we do again.
    Handover {
        /// Our number.
        number: Option<NumberId>,
        /// With whom the conversation is.
        customer: Option<Identity>,
        /// Who answered and who answers.
        handover: Handover,
        /// When, by Meta's clock.
        at: Time,
        /// The value's own JSON text, with what the other side left for us.
        raw: String,
    },
    /// Something that Meta documents and nothing here acts on.
    Notice(Notice),
    /// Something that this version does not understand.
    Strange(Strange),
}

/// A reason why a message failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Meta's error code: `action` says what it asks for.
    pub code: i64,
    /// Its title.
    pub title: String,
    /// More words. They are Meta's and may name a phone number.
    pub details: String,
}

/// What Meta says of the price of a message (Meta, *Webhooks: statuses*, `pricing`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pricing {
    /// Whether it is charged. Meta means to drop this member.
    pub billable: Option<bool>,
    /// `PMP`, per message, or the old `CBP`, per conversation.
    pub model: String,
    /// `regular`, `free_customer_service`, `free_entry_point` …
    pub kind: String,
    /// `service`, `utility`, `marketing`, `authentication` …
    pub category: String,
}

/// What few statuses tell (Meta, *Webhooks: statuses*).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusMore {
    /// The group that the message went to. The same status comes once for each participant.
    pub group: Option<String>,
    /// The hash of the recipient's identity key, where the identity-change check is on.
    pub identity_key: Option<String>,
    /// Meta's conversation, which it counts prices by: since v24.0 told for free entry points only.
    pub conversation: Option<PricedConversation>,
}

/// What Meta counts prices by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedConversation {
    /// Meta's identifier.
    pub id: String,
    /// Until when it lasts; only on `sent`.
    pub until: Option<Time>,
    /// `service`, `marketing`, `referral_conversion` …
    pub origin: String,
}

/// A change of a group (Meta, *Webhooks: groups*).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// The field of the webhook: `group_lifecycle_update` …
    pub field: String,
    /// Our number.
    pub number: Option<NumberId>,
    /// The group.
    pub id: String,
    /// `group_create`, `group_participants_add` …
    pub what: String,
    /// Meta's identifier of the request of ours that led to it.
    pub request: Option<String>,
    /// What it is called.
    pub subject: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The address by which one joins.
    pub invite_link: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// By whom: `business`, `participant` …
    pub initiated_by: Option<String>,
    /// Meta's identifier of somebody's wish to join.
    pub join_request: Option<String>,
    /// Who came.
    pub added: Vec<Identity>,
    /// Who went.
    pub removed: Vec<Identity>,
    /// Who could not be added or removed, and why.
    pub failed: Vec<(Identity, Vec<Problem>)>,
    /// The picture: MIME type and Base64 of the SHA-256 of its bytes.
    pub picture: Option<(String, String)>,
    /// What went wrong with the whole.
    pub errors: Vec<Problem>,
    /// When, by Meta's clock.
    pub at: Option<Time>,
    /// The element's own JSON text.
    pub raw: String,
}

/// Something that Meta documents and nothing here acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The field of the webhook: `flows`, `security` …
    pub field: String,
    /// What of it, in one word of Meta's; empty if there is none. Never personal.
    pub what: String,
    /// The account (WABA), or the portfolio for `partner_solutions`.
    pub account: Option<String>,
    /// Our number, if it was named.
    pub number: Option<NumberId>,
    /// The customer, if exactly one was named.
    pub contact: Option<Identity>,
    /// The message, if one was named.
    pub wamid: Option<String>,
    /// When, by Meta's clock.
    pub at: Option<Time>,
    /// Whether the value may say something about a person: only the fields that Meta documents as being about the
    /// company alone do not.
    pub personal: bool,
    /// The value's, or the element's, own JSON text, byte for byte.
    pub raw: String,
}

/// An element that is not understood (yet), whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strange {
    /// The field of the webhook; empty where there was none.
    pub field: String,
    /// Our number, if it was named.
    pub number: Option<NumberId>,
    /// The customer, if exactly one was named.
    pub contact: Option<Identity>,
    /// The message, if one was named.
    pub wamid: Option<String>,
    /// What was expected and what was found. Never holds personal data or words of a message.
    pub why: String,
    /// The element's own JSON text, byte for byte.
    pub raw: String,
}
