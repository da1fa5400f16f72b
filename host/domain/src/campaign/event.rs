//! The events of a campaign, in `campaign/…`. Contacts stand in them by their ids.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Plan;
use super::audience::LeftOut;
use crate::decision::Digest;
use crate::id::{ContactId, ProposalId};

/// `campaign-drafted`: a plan, the first one or another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignDrafted {
    /// What is wanted.
    pub plan: Plan,
}

/// `campaign-listed`: a part of a list. The last one that is written of a part counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignListed {
    /// Of which list.
    pub list: List,
    /// Which part, from 0.
    pub part: u32,
    /// Who, in the order of their ids.
    pub contacts: Vec<ContactId>,
}

/// A list of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    /// Whom somebody named.
    Asked,
    /// Whom it goes to.
    Audience,
}

/// `campaign-proposed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignProposed {
    /// In which proposal.
    pub proposal: ProposalId,
}

/// `campaign-begun`: what was agreed on is being sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignBegun {
    /// The proposal; none in a company in which nobody else could agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalId>,
    /// What was signed.
    pub of: Digest,
    /// How long the list is.
    pub contacts: u32,
    /// Who is in it.
    pub digest: Digest,
    /// The digest of the template's words.
    pub words: Digest,
}

/// `campaign-advanced`: in the commit that queues the messages, so that none is queued twice and none is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignAdvanced {
    /// How many of the list were queued or skipped.
    pub to: u32,
    /// Of these, who was skipped now, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<LeftOut, u32>,
}

/// Why a campaign was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Somebody wanted it.
    Person,
    /// The template says something else than what was agreed on.
    OtherWords,
    /// The host came back from a backup, and it is not known how far it was.
    Restored,
}

/// `campaign-stopped`: nothing of it leaves from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignStopped {
    /// Why.
    pub why: Why,
    /// In the words of whoever stopped it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// `campaign-cleared`: what was queued of so many of the list and had not left is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignCleared {
    /// How many of the list.
    pub to: u32,
}
