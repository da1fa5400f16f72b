//! A change that waits for its approvals.
//!
//! One mechanism for everything that can hurt many customers: somebody proposes it, whoever is consulted is heard, whoever
//! answers for each of its rows signs, and then the host carries it out. A signature is one of a content: it binds to the
//! hash of what was signed, and an edit leaves all of them behind. Who has to sign is asked of the matrix that is in force
//! when the host looks, never of the one that is proposed, so that no role writes itself a right.

pub mod due;
pub mod event;
pub mod judgement;
pub mod ratifying;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::decision::Digest;
use crate::event::Event;
use crate::id::{PersonId, ProposalId};
use crate::json::Json;
use crate::raci::task::Task;
use event::{Content, Opinion};
use judgement::{Demands, Judged, Verdict};
use ratifying::Mark;

/// What kind of change it is. Each has its own content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What is in force of the company's files: rules, calendars, people, the matrix.
    Company,
    /// A rule that no file of the company names: another one, another version of it, or none any more.
    Rule,
    /// Something that is wanted of a template.
    Template,
    /// A customer is to be forgotten.
    Erasure,
    /// All that is known of a customer is to be handed out.
    Export,
    /// One template to many customers.
    Campaign,
    /// So many single sends of one template that they are a campaign.
    Mass,
    /// Many cases are to go somewhere else.
    Move,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Stage {
    /// It waits for people, or for its time.
    Open,
    /// All agreed; the host is about to carry it out.
    Approved,
    /// The host began to carry it out. After this it either ends, or nobody knows whether it did.
    Begun,
    /// It is done.
    Live {
        /// Since when.
        since: Time,
    },
    /// It was tried and could not be done.
    Failed {
        /// Why, in words.
        why: String,
    },
    /// Somebody who answers for it said no.
    Rejected {
        /// Who.
        by: PersonId,
        /// Why.
        why: String,
        /// When.
        at: Time,
    },
    /// Who proposed it took it back.
    Withdrawn,
    /// It waited for too long.
    Expired,
}

impl Stage {
    /// Whether people may still say something to it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// Whether nothing will become of it any more, or all has.
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Open | Self::Approved | Self::Begun)
    }
}

/// That somebody went past the approvals, in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forced {
    /// Who.
    pub by: PersonId,
    /// The emergency.
    pub why: String,
    /// When.
    pub at: Time,
    /// Who looked at it afterwards, and what they found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<(PersonId, String)>,
}

/// A proposal, folded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its name.
    pub id: ProposalId,
    /// What kind of change.
    pub kind: Kind,
    /// In one line, for those who decide. It names no customer.
    pub title: String,
    /// Why it is wanted.
    pub reason: String,
    /// The change itself, in the form of its kind.
    pub content: Json,
    /// The SHA-256 of all that those who sign have read: what a signature is one of.
    pub hash: Digest,
    /// The rows that it belongs to: who answers for each of them has to sign.
    pub tasks: BTreeSet<Task>,
    /// Who wrote this content, and so does not sign it.
    pub author: PersonId,
    /// Since when the content is as it is.
    pub since: Time,
    /// Not carried out before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
    /// What those who are consulted said of this content.
    #[serde(default)]
    pub heard: BTreeMap<PersonId, Opinion>,
    /// Who signed this content, and when.
    #[serde(default)]
    pub signed: BTreeMap<PersonId, Time>,
    /// What approver rules said of this content; none as long as no rule was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// How far it is.
    pub stage: Stage,
    /// What came of it, once it is carried out.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub answer: Json,
    /// If somebody went past the approvals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<Forced>,
    /// If it is in force by the word of somebody who works here no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Who said after that that it is theirs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ratified: BTreeSet<PersonId>,
    /// When those whom it waits for were reminded last, if they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded: Option<Time>,
}

/// The hash that a signature binds to: of the change, its rows, its reason and its hour.
fn hash(content: &Content) -> Digest {
    Digest::of(Json::of(content).text().as_bytes())
}

impl Proposal {
    /// From its first event.
    pub fn new(id: ProposalId, content: &Content, at: Time) -> Self {
        Self {
            id,
            kind: content.kind,
            title: content.title.clone(),
            reason: content.reason.clone(),
            content: content.content.clone(),
            hash: hash(content),
            tasks: content.tasks.clone(),
            author: content.by.clone(),
            since: at,
            not_before: content.not_before,
            heard: BTreeMap::new(),
            signed: BTreeMap::new(),
            judged: None,
            stage: Stage::Open,
            answer: Json::default(),
            forced: None,
            mark: None,
            ratified: BTreeSet::new(),
            reminded: None,
        }
    }

    /// What an event makes of it. A word on another content than the one that stands here changes nothing.
    pub fn fold(&mut self, event: &Event, at: Time) {
        match event {
            Event::ProposalEdited(content) => *self = Self::new(self.id, content, at),
            Event::ProposalHeard(heard) if heard.of == self.hash => {
                // The last word is said after all others: whoever signed before an objection has to look again.
                if !heard.opinion.agrees {
                    self.signed.clear();
                }
                self.heard.insert(heard.by.clone(), heard.opinion.clone());
            }
            Event::ProposalSigned(signed) if signed.of == self.hash => {
                self.signed.insert(signed.by.clone(), at);
            }
            Event::ProposalJudged(judged) if judged.of == self.hash => {
                let known = self.judged.as_ref().is_some_and(|known| known.says_the_same(&judged.judgements));
                // Whoever signed before a rule had something to say has to look again, as after an objection.
                if !known && judged.judgements.iter().any(|one| one.tightens()) {
                    self.signed.clear();
                }
                let (generation, judgements) = (judged.generation, judged.judgements.clone());
                self.judged = Some(Judged { generation, at, judgements });
            }
            Event::ProposalRejected(rejected) if rejected.of == self.hash => {
                let (by, why) = (rejected.by.clone(), rejected.why.clone());
                self.stage = Stage::Rejected { by, why, at };
            }
            Event::ProposalWithdrawn(_) => self.stage = Stage::Withdrawn,
            Event::ProposalExpired(_) => self.stage = Stage::Expired,
            Event::ProposalApproved(approved) if approved.of == self.hash => self.stage = Stage::Approved,
            Event::ProposalForced(forced) if forced.of == self.hash => {
                let (by, why) = (forced.by.clone(), forced.why.clone());
                self.forced = Some(Forced { by, why, at, reviewed: None });
                self.stage = Stage::Approved;
            }
            Event::ProposalReviewed(reviewed) => {
                if let Some(forced) = &mut self.forced {
                    forced.reviewed = Some((reviewed.by.clone(), reviewed.found.clone()));
                }
            }
            Event::ProposalMarked(marked) => {
                self.mark = Some(Mark::of(marked, self.mark.as_ref(), at));
                self.reminded = None;
            }
            Event::ProposalRatified(ratified) => {
                self.mark = self.mark.take().and_then(|mark| mark.without(&ratified.rows));
                self.ratified.insert(ratified.by.clone());
            }
            Event::ProposalSuperseded(_) => self.mark = None,
            Event::ProposalReminded(_) => self.reminded = Some(at),
            Event::ProposalBegun(_) => self.stage = Stage::Begun,
            Event::ProposalDone(done) => {
                self.stage = Stage::Live { since: at };
                self.answer = done.answer.clone();
            }
            Event::ProposalFailed(failed) => self.stage = Stage::Failed { why: failed.why.clone() },
            _ => {}
        }
    }

    /// What approver rules demand of it beyond the matrix, each with what it demands.
    fn demands(&self) -> impl Iterator<Item = &Demands> {
        let judgements = self.judged.iter().flat_map(|judged| &judged.judgements);
        judgements.filter_map(|judgement| match &judgement.verdict {
            Verdict::Require(demands) => Some(demands),
            Verdict::Approve | Verdict::Reject | Verdict::Failed { .. } => None,
        })
    }

    /// The rows of which somebody has to sign: its own, and those that an approver rule asks for.
    pub fn rows(&self) -> BTreeSet<Task> {
        let more = self.demands().flat_map(|demands| demands.signatures.keys());
        self.tasks.iter().chain(more).copied().collect()
    }

    /// Whether somebody has still to do something about it: decide it, look at what was done without a decision, or say that it
    /// is theirs since those who decided it left.
    pub fn is_pending(&self) -> bool {
        !self.stage.is_over()
            || self.mark.is_some()
            || self.forced.as_ref().is_some_and(|forced| forced.reviewed.is_none())
    }
}

#[cfg(test)]
mod tests;
