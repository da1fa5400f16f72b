//! To which tasks of the matrix everything belongs that somebody can do: the one table.
//!
//! Routes, commands, kinds of rule and functions of the contract each name an action, and the action's row here says whose
//! it is. So a route can neither be without a row nor be about another one than the command that asks it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::letters::Letters;
use super::task::Task;
use crate::decision::Kind;
use crate::proposal;

/// What a row has to say of somebody for them to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// To look: any letter. C cannot be heard and I cannot be told about what they may not see.
    Seeing,
    /// To say something of it before it is so, as who proposes it does: R, A or C.
    Speaking,
    /// To do it by hand: R or A.
    Doing,
    /// To sign that a machine does it from now on: A.
    Signing,
}

impl Takes {
    /// The letters of which one is enough.
    pub fn letters(self) -> Letters {
        match self {
            Self::Seeing => Letters::RA | Letters::C | Letters::I,
            Self::Speaking => Letters::RA | Letters::C,
            Self::Doing => Letters::RA,
            Self::Signing => Letters::A,
        }
    }
}

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// Of whom each of these rows says enough.
    To(&'static [Task], Takes),
    /// Of everybody in the company: what they may know of themselves, or do with what is theirs.
    Own,
    /// Of everybody.
    Public,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident => $belongs:expr;)*) => {
        /// Something that somebody can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Action {
            $($(#[$doc])* $action,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$action),*];

            /// Whose it is.
            pub const fn belongs(self) -> Belongs {
                use Belongs::{Own, Public};
                use Task::*;
                const fn see(tasks: &'static [Task]) -> Belongs {
                    Belongs::To(tasks, Takes::Seeing)
                }
                const fn may(tasks: &'static [Task]) -> Belongs {
                    Belongs::To(tasks, Takes::Doing)
                }
                const fn sign(tasks: &'static [Task]) -> Belongs {
                    Belongs::To(tasks, Takes::Signing)
                }
                match self {
                    $(Self::$action => $belongs,)*
                }
            }
        }
    };
}

actions! {
    /// Meta posts what happened. Its signature is the permission.
    ReceiveWebhooks => Public;
    /// A machine looks whether the host works; it names nobody.
    ReadHealth => Public;
    /// The demo and its page: invented people, on one machine.
    TryTheDemo => Public;
    /// Shows who one is: with a password, a code, or the link of an invitation.
    SignIn => Public;
    /// Reads what the API can do.
    ReadApi => Public;

    /// Reads who may do what.
    ReadMatrix => Own;
    /// Looks at a component that one has.
    InspectPlugin => Own;
    /// Reads who one is here, and signs out.
    SeeOneself => Own;
    /// Sets one's own second factor.
    SecureOneself => Own;
    /// Looks after one's own password, sessions and tokens.
    KeepOwnAccess => Own;

    /// Reads what people have still to agree on, as far as a row of it says anything of them.
    ReadProposals => Own;
    /// Wants a change. Which rows have to let them is a matter of the change (`domain::proposal`).
    Propose => Own;
    /// Says something of a proposal, signs it, or ends it: its rows say who may (`domain::proposal::due`).
    DecideProposals => Own;

    /// Reads whose word is lent to whom.
    ReadDelegations => Own;
    /// Lends one's word to somebody, or takes it back: on rows for which one answers (`domain::raci::loan`).
    DelegateWord => Own;

    /// Reads what one was told, and says that one has read it.
    ReadInbox => Own;
    /// Hands in a component. It does nothing until a rule with it is agreed on.
    UploadPlugin => Own;
    /// Reads the components that one handed in; all of them where the row of rules says anything of one.
    ReadPlugins => Own;
    /// Asks a component that one may read about an invented conversation: nobody's, and nothing of it is done.
    TryPlugin => Own;
    /// Reads whose signatures on components are known.
    ReadAuthors => see(&[AdjustRoutingRules]);
    /// Makes an author's key known.
    RegisterAuthor => may(&[ManageAccess]);
    /// Trusts an author's key no more, so that what was signed with it stops.
    RevokeAuthor => may(&[EmergencyStop]);
    /// Reads which rules are asked, and how they stand.
    ReadRules => see(&[AdjustRoutingRules]);
    /// Reads why something happened in a conversation. What rules read and said takes the row of customers' data besides.
    ExplainDecisions => see(&[AdjustRoutingRules]);
    /// Tries a rule on what happened: it reads what it reads for whoever tries it, and changes nothing.
    TryRules => see(&[AdjustRoutingRules]);
    /// Moves rules within what was signed, and returns to what was.
    MoveRules => may(&[AdjustRoutingRules]);

    /// Reads how the host is.
    ReadStatus => see(&[MonitorSla]);
    /// Reads who waits and who attends, as far as they reach.
    ReadBoard => see(&[MonitorSla]);
    /// Reads figures: one's own as an agent, those of one's scope for whom the rows let do more than look.
    ReadFigures => see(&[Reporting]);
    /// Reads what does not leave, and why.
    ReadStops => see(&[MonitorSla]);
    /// Lets nothing leave.
    PauseSending => may(&[EmergencyStop]);
    /// Lets messages leave again.
    ResumeSending => may(&[EmergencyStop]);

    /// Reads which conversations wait and who has them. Whom they are with is masked, but for one's own.
    ListConversations => see(&[AttendConversations]);
    /// Reads what was said in a conversation.
    ReadConversation => see(&[AttendConversations]);
    /// Takes up a case, writes to its customer, resolves it.
    AttendCase => may(&[AttendConversations]);
    /// Gives back the case that one holds, asks a colleague to take it over, or takes over what one is asked for: nobody is given
    /// anything against their will, so it is part of attending.
    PassCaseOn => may(&[AttendConversations]);
    /// Leaves a note for colleagues on a case that one may read.
    NoteOnCase => see(&[AttendConversations]);
    /// Says that one is writing to the customer whose case one has: it is forgotten within seconds.
    ShowWriting => may(&[AttendConversations]);
    /// Takes a case from somebody, or gives it to somebody.
    MoveCase => may(&[ReassignCases]);
    /// Reads which moves of many cases there were, and what one would come to.
    ReadMoves => see(&[ReassignCases]);
    /// Moves many cases: up to the company's threshold at once, beyond it when others agree.
    MoveCases => may(&[ReassignCases]);
    /// Comes, goes, and takes a break.
    KeepPresence => Own;
    /// Looks for words in the conversations that one reads: of one's own cases, or with the row of customers' data of all one reaches.
    SearchConversations => see(&[AttendConversations]);
    /// Reads the quick replies that the company shares, and calls one up for a customer.
    ReadQuickReplies => see(&[AttendConversations, QuickReplies]);
    /// Writes them, changes them and drops them.
    KeepQuickReplies => may(&[QuickReplies]);
    /// Reads the picture or document of a message.
    ReadMedium => see(&[AttendConversations]);
    /// Hands a file to Meta, to be sent in a conversation.
    UploadMedium => may(&[AttendConversations]);

    /// Reads the company as its files describe it: numbers, queues, hours, and what is promised of them.
    ReadCompany => see(&[Numbers]);
    /// Reads what was spent in a month, by number and by rule.
    ReadSpending => may(&[Reporting]);
    /// Reads with what the company is connected: who is told, what rules may ask, and what its secrets are called.
    ReadIntegrations => see(&[ConfigureIntegrations]);

    /// Reads the templates.
    ReadTemplates => see(&[ModifyTemplates]);
    /// Makes, changes and deletes templates.
    ChangeTemplates => may(&[ModifyTemplates]);

    /// Sends one customer a template.
    SendTemplate => may(&[AttendConversations]);
    /// Reads the campaigns and how they fare.
    ReadCampaigns => see(&[DraftCampaigns]);
    /// Drafts a campaign, looks whom it reaches, and asks others to agree.
    DraftCampaign => may(&[DraftCampaigns]);
    /// Lets nothing of a campaign leave any more.
    StopCampaign => may(&[EmergencyStop]);

    /// Finds out whether somebody is a customer.
    FindContact => may(&[CustomerData]);
    /// Hands out all that is known of a customer.
    ExportContact => may(&[ExportData]);
    /// Forgets customers.
    EraseContacts => may(&[EraseData]);
    /// Keeps a customer from being forgotten, or no longer.
    HoldContact => may(&[EraseData]);

    /// Runs the host, or makes its data directory anew: whoever does has all keys.
    RunHost => may(&[ManageAccess]);
    /// Reads who can sign in, how safely, and where they are.
    ReadAccess => see(&[ManageAccess]);
    /// Invites people, signs them out, and lets them go.
    ChangeAccess => may(&[ManageAccess]);
    /// Copies the journal or the keys.
    BackUp => may(&[ManageAccess]);
    /// Reads what Meta told that nothing acts on.
    ReadNotices => may(&[ConfigureIntegrations]);
    /// Reads what rules ask of services outside, and how that ends.
    ReadRequests => see(&[AdjustRoutingRules, ConfigureIntegrations]);
    /// Has what was not understood read again.
    ReadAgain => may(&[ConfigureIntegrations]);
    /// Reads who did what, has a checkpoint signed, and hands out the record and its proofs.
    ReadAudit => may(&[Audit]);
    /// Reads what one did oneself, and who did something that concerns one.
    ReadOwnRecord => Own;
    /// Reads every event, what is sealed of customers too.
    ReadJournal => may(&[Audit, CustomerData]);
    /// Checks that nothing of the journal is damaged.
    VerifyJournal => see(&[Audit]);

    /// Lets a rule say where conversations go.
    DeployRouting => sign(&[AdjustRoutingRules]);
    /// Lets a rule attend customers while no person does.
    DeployResponding => sign(&[AdjustRoutingRules, AttendConversations]);
    /// Lets a rule judge what is proposed of the company's files.
    JudgeCompany => sign(&[ManageAccess]);
    /// Lets a rule judge what rules are agreed on.
    JudgeRules => sign(&[AdjustRoutingRules]);
    /// Lets a rule judge campaigns, and single sends that are one.
    JudgeCampaigns => sign(&[ApproveCampaigns]);
    /// Lets a rule judge that many cases go somewhere else.
    JudgeMoves => sign(&[ReassignCases]);
    /// Lets a rule judge what is proposed of templates.
    JudgeTemplates => sign(&[ModifyTemplates]);
    /// Lets a rule judge that customers are forgotten.
    JudgeErasures => sign(&[EraseData]);
    /// Lets a rule judge that customers' data are handed out.
    JudgeExports => sign(&[ExportData]);
    /// Lets a rule count what boards show and what is of record, or say what people should look at.
    DeployMeasuring => sign(&[MonitorSla, Reporting]);
    /// Lets a rule write, label, wake up and log.
    LetRuleAct => sign(&[AdjustRoutingRules, AttendConversations]);
    /// Lets a rule resolve cases.
    LetRuleClose => sign(&[AttendConversations, Reporting]);
    /// Lets a rule read the conversation, and remember something of it.
    LetRuleRead => sign(&[AttendConversations]);
    /// Lets a rule read who could take a case.
    LetRuleSeeTeam => sign(&[ReassignCases]);
    /// Lets a rule know who a customer is, or remember something of them across numbers.
    LetRuleIdentify => sign(&[ManageAccess]);
    /// Lets a rule send templates, which cost money.
    LetRuleTemplate => sign(&[ModifyTemplates, AdjustRoutingRules, AttendConversations]);
    /// Lets a rule have cases go elsewhere.
    LetRuleReassign => sign(&[ReassignCases, AdjustRoutingRules, AttendConversations]);
    /// Lets a rule have services outside asked.
    LetRuleRequest => sign(&[ConfigureIntegrations]);
}

impl Action {
    /// To let rules of a kind decide. An approver belongs to whom that belongs which it judges.
    pub fn deploying(kind: Kind, judges: &BTreeSet<proposal::Kind>) -> Vec<Self> {
        match kind {
            Kind::Routing => vec![Self::DeployRouting],
            Kind::Responding | Kind::Following => vec![Self::DeployResponding],
            Kind::Measuring | Kind::Alerting => vec![Self::DeployMeasuring],
            Kind::Approving => judges.iter().copied().map(Self::judging).collect(),
        }
    }

    /// To let a rule judge proposals of a kind.
    pub const fn judging(kind: proposal::Kind) -> Self {
        match kind {
            proposal::Kind::Company => Self::JudgeCompany,
            proposal::Kind::Rule => Self::JudgeRules,
            proposal::Kind::Campaign | proposal::Kind::Mass => Self::JudgeCampaigns,
            proposal::Kind::Move => Self::JudgeMoves,
            proposal::Kind::Template => Self::JudgeTemplates,
            proposal::Kind::Erasure => Self::JudgeErasures,
            proposal::Kind::Export => Self::JudgeExports,
        }
    }

    /// Its word where programs name it, as `pause-sending`.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }

    /// Whether it is kept who does it, or tries to. All is, but for looking at how the host is and at what is one's own.
    pub const fn is_audited(self) -> bool {
        let looks = matches!(
            self,
            Self::ReadStatus
                | Self::ReadBoard
                | Self::ReadStops
                | Self::ReadTemplates
                | Self::ReadQuickReplies
                | Self::ReadMatrix
                | Self::ReadRules
                | Self::ReadRequests
                | Self::ReadFigures
                | Self::ReadCampaigns
                | Self::ReadCompany
                | Self::ReadSpending
                | Self::ReadIntegrations
                | Self::ListConversations
                | Self::ReadMoves
                | Self::ShowWriting
        );
        let own = matches!(
            self,
            Self::ReadOwnRecord
                | Self::InspectPlugin
                | Self::ReadPlugins
                | Self::SeeOneself
                | Self::ReadProposals
                | Self::ReadDelegations
                | Self::ReadInbox
        );
        !looks && !own && !matches!(self.belongs(), Belongs::Public)
    }

    /// The tasks that it belongs to. None if it is everybody's.
    pub const fn tasks(self) -> &'static [Task] {
        match self.belongs() {
            Belongs::To(tasks, _) => tasks,
            Belongs::Own | Belongs::Public => &[],
        }
    }
}
