//! What is of record: what people and rules decided, and what governs.
//!
//! The audit's tree grows by these events and by no others. A kind that is of record stays so, and one that is not never
//! becomes so: with another answer here, a tree that is built anew would have another root than those that were signed.

use super::Event;

impl Event {
    /// Whether it is an entry of the audit's record.
    pub fn of_record(&self) -> bool {
        match self {
            // Who did what, and what was signed.
            Self::Acted(_) | Self::CheckpointSigned(_) | Self::CheckpointHanded(_) => true,
            // What governs.
            Self::GenerationActivated(_)
            | Self::SendingStopped(_)
            | Self::SendingResumed(_)
            | Self::TemplateChanged(_)
            | Self::TemplatesSynced(_)
            | Self::TemplateSubmitted(_)
            | Self::NumberChanged(_)
            | Self::AccountChanged(_) => true,
            // What people agree on.
            Self::CompanyAdopted(_)
            | Self::RuleVersioned(_)
            | Self::RuleAgreed(_)
            | Self::RuleWithdrawn(_)
            | Self::RuleMoved(_)
            | Self::RuleBacktested(_)
            | Self::RuleReturned(_)
            | Self::RuleSetMoved(_)
            | Self::PluginUploaded(_)
            | Self::AuthorRegistered(_)
            | Self::QuickReplyKept(_)
            | Self::QuickReplyDropped(_)
            | Self::AuthorRevoked(_)
            | Self::ProposalMade(_)
            | Self::ProposalEdited(_)
            | Self::ProposalJudged(_)
            | Self::ProposalHeard(_)
            | Self::ProposalSigned(_)
            | Self::ProposalRejected(_)
            | Self::ProposalWithdrawn(_)
            | Self::ProposalExpired(_)
            | Self::ProposalApproved(_)
            | Self::ProposalForced(_)
            | Self::ProposalReviewed(_)
            | Self::ProposalMarked(_)
            | Self::ProposalRatified(_)
            | Self::ProposalSuperseded(_)
            | Self::ProposalBegun(_)
            | Self::ProposalDone(_)
            | Self::ProposalFailed(_) => true,
            // What goes to many customers: who wanted it, who it goes to, who stopped it.
            Self::CampaignDrafted(_)
            | Self::CampaignListed(_)
            | Self::CampaignProposed(_)
            | Self::CampaignBegun(_)
            | Self::CampaignStopped(_)
            | Self::TemplateHeld(_)
            | Self::TemplateReleased(_) => true,
            // Each message that is queued is an entry, and so is what is held.
            Self::CampaignAdvanced(_)
            | Self::CampaignCleared(_)
            | Self::TemplateCounted(_)
            | Self::SendHeld(_) => false,
            // Who may come in, and who did.
            Self::PersonInvited(_)
            | Self::PasswordSet(_)
            | Self::SecondFactorSet(_)
            | Self::RecoveryCodesSet(_)
            | Self::RecoveryCodeUsed(_)
            | Self::SessionOpened(_)
            | Self::SessionEnded(_)
            | Self::SessionsOverlapped(_)
            | Self::TokenIssued(_)
            | Self::TokenRevoked(_)
            | Self::SignedOutEverywhere(_)
            | Self::PersonLeft(_)
            | Self::PersonReturned(_)
            | Self::IdentityBound(_)
            | Self::IdentityForgotten(_)
            | Self::IdentityRefused(_)
            | Self::WordLent(_)
            | Self::WordReturned(_) => true,
            // What people are told follows from what happened, and from whose it is.
            Self::ProposalReminded(_) | Self::NoticeGiven(_) | Self::NoticesTold(_) => false,
            Self::SubscriberJoined(_) | Self::SubscriberTold(_) | Self::SubscriberGivenUp(_) => false,
            // That somebody knew of it is theirs.
            Self::NoticesRead(_) => true,
            // Each session that was opened says whether one was shown.
            Self::SecondFactorUsed(_) => false,
            // What is done with the data of customers, and what they allowed.
            Self::ContactErased(_)
            | Self::ConversationErased(_)
            | Self::ContactHeld(_)
            | Self::ContactReleased(_)
            | Self::ContactExported(_)
            | Self::ConsentChanged(_) => true,
            // What people and rules decide about cases, and say to customers.
            Self::RuleDecided(_)
            | Self::CaseAssigned(_)
            | Self::CaseAccepted(_)
            | Self::CaseClosed(_)
            | Self::CaseMoved(_)
            | Self::RatingAsked(_)
            | Self::CaseRated(_)
            | Self::CaseEscalated(_)
            | Self::CaseOffered(_)
            | Self::CaseOfferEnded(_)
            | Self::HelpAsked(_)
            | Self::HelpEnded(_)
            | Self::MoveAsked(_)
            | Self::MoveProposed(_)
            | Self::MoveBegun(_)
            | Self::ShiftEnded(_)
            | Self::CaseLabelled(_)
            | Self::ReplyQueued(_)
            | Self::PresenceSet(_)
            | Self::MediaUploaded(_) => true,
            // Each case that a move of many moved is an entry. A sleep is a mark for its agent alone.
            Self::MoveAdvanced(_) | Self::CaseSnoozed(_) | Self::CaseWoken(_) => false,
            // What a figure means, and that a day of them is complete.
            Self::FiguresDefined(_) | Self::DaySealed(_) => true,
            // What people should have looked at, and what rules were moved by.
            Self::AlertRaised(_) | Self::AlertEnded(_) => true,
            // Each sum follows from facts, and the day that it is of is sealed.
            Self::Measured(_) => false,
            // What came in, and what became of it.
            Self::WebhookReceived(_)
            | Self::WebhooksProcessed(_)
            | Self::MessageReceived(_)
            | Self::MessageNotUnderstood(_)
            | Self::ElementReread(_)
            | Self::MessageEdited(_)
            | Self::MessageRevoked(_)
            | Self::MessageEchoed(_)
            | Self::CallChanged(_)
            | Self::HandoverChanged(_)
            | Self::PlatformNotice(_) => false,
            // Who customers are.
            Self::ContactCreated(_)
            | Self::ContactUpdated(_)
            | Self::ContactIdentityChanged(_)
            | Self::ConversationStarted(_)
            | Self::CustomerReferred(_)
            | Self::EntryPointOpened(_) => false,
            // What follows from decisions.
            Self::CaseOpened(_)
            | Self::CaseSettled(_)
            | Self::PromiseEnded(_)
            | Self::CaseQueued(_)
            | Self::PreferenceEnded(_)
            | Self::RuleRemembered(_)
            | Self::TimerSet(_)
            | Self::TimerCancelled(_)
            | Self::TimerFired(_)
            | Self::CapacityTaken(_)
            | Self::CapacityReleased(_)
            | Self::MediaWanted(_)
            | Self::MediaStored(_)
            | Self::MediaUnavailable(_) => false,
            // What rules ask outside: the decision that it follows from is of record, and so is the one that it leads to.
            Self::RequestMade(_)
            | Self::RequestAttempted(_)
            | Self::RequestDelayed(_)
            | Self::RequestEnded(_) => false,
            // The way of a message.
            Self::SendAttempted(_)
            | Self::SendAccepted(_)
            | Self::SendRefused(_)
            | Self::SendInDoubt(_)
            | Self::SendUnseen(_)
            | Self::DuplicateDetected(_)
            | Self::PersonCalled(_)
            | Self::SendWithheld(_)
            | Self::StatusChanged(_)
            | Self::SendPostponed(_)
            | Self::MessageCharged(_)
            | Self::ContactApproached(_)
            | Self::ContactSurveyed(_) => false,
        }
    }
}
