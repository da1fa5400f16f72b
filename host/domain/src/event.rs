//! The facts that the journal keeps, for ever.
//!
//! Each kind has a name and a version. A kind never changes its meaning: a new form gets the next version, and the old
//! one is lifted to it when it is read (`lift`). Nothing personal stands here in clear.

mod access;
mod audit;
mod case;
mod company;
mod conversation;
mod helping;
mod moving;
mod people;
mod quick_replies;
mod record;
mod requests;
mod rules;
mod sending;
mod webhooks;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Time;
use crate::backtest::event::RuleBacktested;
use crate::campaign::event::{
    CampaignAdvanced, CampaignBegun, CampaignCleared, CampaignDrafted, CampaignListed, CampaignProposed,
    CampaignStopped,
};
use crate::measure::alert::{AlertEnded, AlertRaised};
use crate::measure::event::{DaySealed, FiguresDefined, Measured};
use crate::media::{MediaStored, MediaUnavailable, MediaUploaded, MediaWanted};
use crate::moving::{MoveAdvanced, MoveAsked, MoveBegun, MoveProposed};
use crate::notice::{NoticeGiven, NoticesRead, NoticesTold};
use crate::proposal::event::{
    ProposalApproved, ProposalBegun, ProposalDone, ProposalEdited, ProposalExpired, ProposalFailed,
    ProposalForced, ProposalHeard, ProposalMade, ProposalRejected, ProposalReminded, ProposalReviewed,
    ProposalSigned, ProposalWithdrawn,
};
use crate::proposal::judgement::ProposalJudged;
use crate::proposal::ratifying::{ProposalMarked, ProposalRatified, ProposalSuperseded};
use crate::raci::loan::{WordLent, WordReturned};
use crate::sends::{SendHeld, TemplateCounted, TemplateHeld, TemplateReleased};
use crate::stream::{Actor, Stream};
use crate::subscriber::{SubscriberGivenUp, SubscriberJoined, SubscriberTold};
use crate::templates::{TemplateSubmitted, TemplatesSynced};

pub use access::*;
pub use audit::*;
pub use case::*;
pub use company::*;
pub use conversation::*;
pub use helping::*;
pub use moving::*;
pub use people::*;
pub use quick_replies::*;
pub use requests::*;
pub use rules::*;
pub use sending::*;
pub use webhooks::*;

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
    /// The number of the `acted` that it came of; none if nobody asked for it, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<u64>,
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
            cause: None,
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
    /// What was agreed on is in force, whatever lies in the company's files.
    CompanyAdopted(CompanyAdopted) = "company-adopted", form 1;
    /// A version of a rule is in force for the first time.
    RuleVersioned(RuleVersioned) = "rule-versioned", form 1;
    /// A rule that no file names was agreed on.
    RuleAgreed(RuleAgreed) = "rule-agreed", form 1;
    /// A rule that no file names is none any more.
    RuleWithdrawn(RuleWithdrawn) = "rule-withdrawn", form 1;
    /// A rule was moved within what was signed.
    RuleMoved(RuleMoved) = "rule-moved", form 1;
    /// A rule is as it was signed, or as it was before.
    RuleReturned(RuleReturned) = "rule-returned", form 1;
    /// A set of rules is asked, or is not.
    RuleSetMoved(RuleSetMoved) = "rule-set-moved", form 1;
    /// A version of a rule was tried on the past.
    RuleBacktested(RuleBacktested) = "rule-backtested", form 1;
    /// A component was admitted and is kept.
    PluginUploaded(PluginUploaded) = "plugin-uploaded", form 1;
    /// An author's key is known.
    AuthorRegistered(AuthorRegistered) = "author-registered", form 1;
    /// An author's key is trusted no more.
    AuthorRevoked(AuthorRevoked) = "author-revoked", form 1;
    /// A text that the company shares is there, or is another.
    QuickReplyKept(QuickReplyKept) = "quick-reply-kept", form 1;
    /// It is not there any more.
    QuickReplyDropped(QuickReplyDropped) = "quick-reply-dropped", form 1;
    /// Somebody wrote to us for the first time.
    ContactCreated(ContactCreated) = "contact-created", form 1;
    /// A contact has another name, or a further identifier.
    ContactUpdated(ContactUpdated) = "contact-updated", form 1;
    /// A contact has another phone, user id or identity key, and is the same contact.
    ContactIdentityChanged(ContactIdentityChanged) = "contact-identity-changed", form 1;
    /// A contact was forgotten: the key that opened what is sealed is destroyed.
    ContactErased(ContactErased) = "contact-erased", form 1;
    /// A conversation ended because its contact was forgotten.
    ConversationErased(ConversationErased) = "conversation-erased", form 1;
    /// A contact must not be forgotten for now.
    ContactHeld(ContactHeld) = "contact-held", form 1;
    /// A contact may be forgotten again.
    ContactReleased(ContactReleased) = "contact-released", form 1;
    /// Everything that is known of a contact was handed out.
    ContactExported(ContactExported) = "contact-exported", form 1;
    /// A contact wrote to a number of ours for the first time.
    ConversationStarted(ConversationStarted) = "conversation-started", form 1;
    /// The customer said something.
    MessageReceived(MessageReceived) = "message-received", form 1;
    /// Meta sent something that this version does not understand.
    MessageNotUnderstood(MessageNotUnderstood) = "message-not-understood", form 1;
    /// What had not been understood is, and comes again as a body of its own.
    ElementReread(ElementReread) = "element-reread", form 1;
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
    /// A rule asked the customer how it was.
    RatingAsked(RatingAsked) = "rating-asked", form 1;
    /// The customer said how it was.
    CaseRated(CaseRated) = "case-rated", form 1;
    /// A part of the time within which an answer was promised is over.
    CaseEscalated(CaseEscalated) = "case-escalated", form 1;
    /// What a queue promised was kept or broken.
    PromiseEnded(PromiseEnded) = "promise-ended", form 1;
    /// The customer of a resolved case did not come back.
    CaseSettled(CaseSettled) = "case-settled", form 1;
    /// A person had the case go elsewhere.
    CaseMoved(CaseMoved) = "case-moved", form 1;
    /// A colleague is asked to take the case over.
    CaseOffered(CaseOffered) = "case-offered", form 1;
    /// They did not, or are not asked any more.
    CaseOfferEnded(CaseOfferEnded) = "case-offer-ended", form 1;
    /// The agent of the case asks for help.
    HelpAsked(HelpAsked) = "help-asked", form 1;
    /// Somebody gave it, or it is not needed any more.
    HelpEnded(HelpEnded) = "help-ended", form 1;
    /// There is nothing to do about the case for a while.
    CaseSnoozed(CaseSnoozed) = "case-snoozed", form 1;
    /// There is again.
    CaseWoken(CaseWoken) = "case-woken", form 1;
    /// A move of many cases is wanted: which, where to and why.
    MoveAsked(MoveAsked) = "move-asked", form 1;
    /// Others are asked to agree to it.
    MoveProposed(MoveProposed) = "move-proposed", form 1;
    /// It is carried out.
    MoveBegun(MoveBegun) = "move-begun", form 1;
    /// One more of its cases was moved, or left where it was.
    MoveAdvanced(MoveAdvanced) = "move-advanced", form 1;
    /// A rule counts figures from now on.
    FiguresDefined(FiguresDefined) = "figures-defined", form 1;
    /// Facts were counted.
    Measured(Measured) = "measured", form 1;
    /// All facts of a day are counted.
    DaySealed(DaySealed) = "day-sealed", form 1;
    /// There is something that people should look at.
    AlertRaised(AlertRaised) = "alert-raised", form 1;
    /// There is not any more.
    AlertEnded(AlertEnded) = "alert-ended", form 1;
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
    /// A rule wants something asked of a service outside.
    RequestMade(RequestMade) = "request-made", form 1;
    /// It is about to be asked.
    RequestAttempted(RequestAttempted) = "request-attempted", form 1;
    /// It is asked once more, later.
    RequestDelayed(RequestDelayed) = "request-delayed", form 1;
    /// It was answered, or will not be.
    RequestEnded(RequestEnded) = "request-ended", form 1;
    /// An agent came, went, or took a break.
    PresenceSet(PresenceSet) = "presence-set", form 1;
    /// An agent's shift is over: nothing more is given to them, and what they hold goes where somebody attends it.
    ShiftEnded(ShiftEnded) = "shift-ended", form 1;
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
    /// A contact was asked how it was.
    ContactSurveyed(ContactSurveyed) = "contact-surveyed", form 1;
    /// The customer came by an advertisement or the button of a page.
    CustomerReferred(CustomerReferred) = "customer-referred", form 1;
    /// Meta told until when messages are free because of that.
    EntryPointOpened(EntryPointOpened) = "entry-point-opened", form 1;
    /// Somebody proposes a change.
    ProposalMade(ProposalMade) = "proposal-made", form 1;
    /// The change is another one now: what was said of the earlier one does not count.
    ProposalEdited(ProposalEdited) = "proposal-edited", form 1;
    /// The approver rules have said what they think of a content.
    ProposalJudged(ProposalJudged) = "proposal-judged", form 1;
    /// Somebody who is consulted has spoken.
    ProposalHeard(ProposalHeard) = "proposal-heard", form 1;
    /// Somebody who answers for it agrees.
    ProposalSigned(ProposalSigned) = "proposal-signed", form 1;
    /// Somebody who answers for it does not.
    ProposalRejected(ProposalRejected) = "proposal-rejected", form 1;
    /// Who proposed it does not want it any more.
    ProposalWithdrawn(ProposalWithdrawn) = "proposal-withdrawn", form 1;
    /// Nobody decided it in time.
    ProposalExpired(ProposalExpired) = "proposal-expired", form 1;
    /// Everything that the matrix demands is there.
    ProposalApproved(ProposalApproved) = "proposal-approved", form 1;
    /// Somebody went past the approvals.
    ProposalForced(ProposalForced) = "proposal-forced", form 1;
    /// Somebody else looked at that afterwards.
    ProposalReviewed(ProposalReviewed) = "proposal-reviewed", form 1;
    /// Somebody who signed what is in force has left.
    ProposalMarked(ProposalMarked) = "proposal-marked", form 1;
    /// Somebody else says that it is theirs now.
    ProposalRatified(ProposalRatified) = "proposal-ratified", form 1;
    /// Something else is in its place.
    ProposalSuperseded(ProposalSuperseded) = "proposal-superseded", form 1;
    /// The host carries it out.
    ProposalBegun(ProposalBegun) = "proposal-begun", form 1;
    /// It was carried out.
    ProposalDone(ProposalDone) = "proposal-done", form 1;
    /// It could not be.
    ProposalFailed(ProposalFailed) = "proposal-failed", form 1;
    /// Those whom it waits for are to be told once more.
    ProposalReminded(ProposalReminded) = "proposal-reminded", form 1;
    /// Somebody is told of something.
    NoticeGiven(NoticeGiven) = "notice-given", form 1;
    /// Somebody has read what they were told.
    NoticesRead(NoticesRead) = "notices-read", form 1;
    /// Everybody was told who had to be, up to some event.
    NoticesTold(NoticesTold) = "notices-told", form 1;
    /// An address of the company's is told what happens from here on.
    SubscriberJoined(SubscriberJoined) = "subscriber-joined", form 1;
    /// It was told of an event.
    SubscriberTold(SubscriberTold) = "subscriber-told", form 1;
    /// It did not take an event for too long.
    SubscriberGivenUp(SubscriberGivenUp) = "subscriber-given-up", form 1;
    /// Somebody wants a campaign, or wants it otherwise.
    CampaignDrafted(CampaignDrafted) = "campaign-drafted", form 1;
    /// Who is in a list of a campaign.
    CampaignListed(CampaignListed) = "campaign-listed", form 1;
    /// Others are asked to agree to a campaign.
    CampaignProposed(CampaignProposed) = "campaign-proposed", form 1;
    /// A campaign is being sent.
    CampaignBegun(CampaignBegun) = "campaign-begun", form 1;
    /// The next messages of a campaign are queued.
    CampaignAdvanced(CampaignAdvanced) = "campaign-advanced", form 1;
    /// Nothing of a campaign leaves any more.
    CampaignStopped(CampaignStopped) = "campaign-stopped", form 1;
    /// What a stopped campaign had queued is taken back.
    CampaignCleared(CampaignCleared) = "campaign-cleared", form 1;
    /// Somebody sent a template.
    TemplateCounted(TemplateCounted) = "template-counted", form 1;
    /// Somebody sent so many of a template that others have to agree.
    TemplateHeld(TemplateHeld) = "template-held", form 1;
    /// What such a message would say.
    SendHeld(SendHeld) = "send-held", form 1;
    /// Such messages are sent, or never will be.
    TemplateReleased(TemplateReleased) = "template-released", form 1;
    /// Somebody may set a password by a link, once.
    PersonInvited(PersonInvited) = "person-invited", form 1;
    /// Somebody has another password.
    PasswordSet(PasswordSet) = "password-set", form 1;
    /// Somebody has another second factor.
    SecondFactorSet(SecondFactorSet) = "second-factor-set", form 1;
    /// A code of the second factor was used.
    SecondFactorUsed(SecondFactorUsed) = "second-factor-used", form 1;
    /// Somebody has other recovery codes.
    RecoveryCodesSet(RecoveryCodesSet) = "recovery-codes-set", form 1;
    /// A recovery code was used.
    RecoveryCodeUsed(RecoveryCodeUsed) = "recovery-code-used", form 1;
    /// Somebody signed in.
    SessionOpened(SessionOpened) = "session-opened", form 1;
    /// A session ended before its time.
    SessionEnded(SessionEnded) = "session-ended", form 1;
    /// An account was in use in two places at once.
    SessionsOverlapped(SessionsOverlapped) = "sessions-overlapped", form 1;
    /// A program can prove itself.
    TokenIssued(TokenIssued) = "token-issued", form 1;
    /// It cannot any more.
    TokenRevoked(TokenRevoked) = "token-revoked", form 1;
    /// No session and no token of somebody counts any more.
    SignedOutEverywhere(SignedOutEverywhere) = "signed-out-everywhere", form 1;
    /// Somebody does not work here any more.
    PersonLeft(PersonLeft) = "person-left", form 1;
    /// Somebody works here again.
    PersonReturned(PersonReturned) = "person-returned", form 1;
    /// An account at the company's identity provider is somebody's.
    IdentityBound(IdentityBound) = "identity-bound", form 1;
    /// It is not any more.
    IdentityForgotten(IdentityForgotten) = "identity-forgotten", form 1;
    /// Somebody was not let in of whom the provider said that it is they.
    IdentityRefused(IdentityRefused) = "identity-refused", form 1;
    /// Somebody hands their word on some rows to somebody else.
    WordLent(WordLent) = "word-lent", form 1;
    /// They have it back before its time.
    WordReturned(WordReturned) = "word-returned", form 1;
    /// Somebody is about to do something, or was refused.
    Acted(Acted) = "acted", form 1;
    /// The signer vouches for the record up to here.
    CheckpointSigned(CheckpointSigned) = "checkpoint-signed", form 1;
    /// A checkpoint is outside.
    CheckpointHanded(CheckpointHanded) = "checkpoint-handed", form 1;
}
