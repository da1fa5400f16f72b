//! What approver rules said of a content, before people were asked to sign it.
//!
//! They tighten what the matrix demands and never loosen it: approving changes nothing, a demand adds, a rejection stands
//! until the content is another one or somebody goes past the approvals. A rule that failed has said nothing, and people
//! read that it failed. One event holds what all of them said under one generation, so that a rule which is gone says
//! nothing any more either.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::Time;
use crate::decision::{Digest, Outcome};
use crate::id::{RoleId, RuleId};
use crate::json::Json;
use crate::law::language::Language;
use crate::raci::task::Task;

/// The longest wait that a rule may demand, in seconds: a week.
pub const LONGEST_WAIT: u32 = 7 * 86_400;

/// The most signatures of one row that a rule may demand. Of as many as there are people who could give one.
pub const MOST_SIGNATURES: u32 = 20;

/// `proposal-judged`: what the approver rules of one generation said of one content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalJudged {
    /// Of which content.
    pub of: Digest,
    /// Under which generation.
    pub generation: u64,
    /// What they were shown. It is all that a judgement follows from, and nothing personal stands in it.
    pub input: Json,
    /// What each of them said, in their order.
    pub judgements: Vec<Judgement>,
}

/// What one rule said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Which rule.
    pub rule: RuleId,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// The SHA-256 of what it was shown.
    pub input: Digest,
    /// What it said.
    pub verdict: Verdict,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// What it computed, in units of fuel. The same for the same input.
    pub fuel: u64,
    /// What that took, in microseconds of wall time on this machine.
    pub micros: u64,
}

/// What a rule said of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Verdict {
    /// It has nothing against it.
    Approve,
    /// It is not to be carried out like this.
    Reject,
    /// Only if more is there than the matrix demands.
    Require(Demands),
    /// It failed, and so has said nothing.
    Failed {
        /// How, and who is to blame.
        outcome: Outcome,
        /// For whoever has to repair it.
        text: String,
    },
}

/// What a rule demands beyond the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Demands {
    /// Signatures that a row takes in all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signatures: BTreeMap<Task, u32>,
    /// Roles of which somebody has to sign.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<RoleId>,
    /// Seconds that pass since the content was written.
    #[serde(default)]
    pub wait: u32,
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// For programs, as `link-shortener`.
    pub code: String,
    /// For people, by language: `es`, `pt`, `en`.
    pub words: BTreeMap<String, String>,
}

impl Reason {
    /// In somebody's language, in another one if it is not said in theirs, and as its code if it is said in none.
    pub fn words(&self, language: Language) -> &str {
        let own = self.words.get(language.code());
        own.or_else(|| self.words.values().next()).unwrap_or(&self.code)
    }
}

/// What is known of a content once rules were asked, folded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Under which generation.
    pub generation: u64,
    /// When.
    pub at: Time,
    /// What each of them said.
    pub judgements: Vec<Judgement>,
}

impl Judged {
    /// Whether others said the same for the same reasons: nobody has to look again because a figure in them is another.
    pub(super) fn says_the_same(&self, judgements: &[Judgement]) -> bool {
        let said = |one: &Judgement| {
            let codes: Vec<String> = one.reasons.iter().map(|reason| reason.code.clone()).collect();
            (one.rule.clone(), one.verdict.clone(), codes)
        };
        self.judgements.iter().map(said).eq(judgements.iter().map(said))
    }
}

impl Judgement {
    /// Whether it asks for more than the matrix does.
    pub fn tightens(&self) -> bool {
        matches!(self.verdict, Verdict::Reject | Verdict::Require(_))
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Company,
        Self::Rule,
        Self::Template,
        Self::Erasure,
        Self::Export,
        Self::Campaign,
        Self::Mass,
        Self::Move,
    ];

    /// The word of the files, as `template`.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }
}
