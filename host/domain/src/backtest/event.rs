//! What is kept of having tried a rule on the past: whoever signs it reads that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Difference, Example, OfRule, Tally, Wait, Waits};
use crate::Time;
use crate::decision::Digest;
use crate::id::{AgentId, QueueId, RuleId};

/// `rule-backtested`, in `rules`: somebody tried a version of a rule on what really happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RuleBacktested {
    /// Which rule.
    pub rule: RuleId,
    /// What it decides, whatever may be done with it (`Version::decides_as`).
    pub version: Digest,
    /// The first moment of the past that it was tried on.
    pub from: Time,
    /// The moment before which it ended.
    pub to: Time,
    /// What came of it.
    pub report: Report,
}

/// What came of trying rules on the past.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// Decisions that were compared.
    pub decisions: u64,
    /// Those that come out the same.
    pub same: u64,
    /// Those that are a simulation, because their case had gone another way before.
    pub simulated: u64,
    /// Rounds that would not have been asked, because a rule would have dealt with it before.
    pub not_asked: u64,
    /// Decisions of which nothing can be read any more.
    pub erased: u64,
    /// Decisions that other versions of the other rules made than those in force now: differences may be theirs.
    pub by_others: u64,
    /// Times that a rule would have been called again, which nobody can try.
    pub wakes: u64,
    /// Times that a service would have been asked, which nobody does.
    #[serde(default)]
    pub requests: u64,
    /// The decisions that would have come out otherwise, by how.
    pub differences: BTreeMap<Difference, u64>,
    /// From which queue to which, and how many cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<Flow>,
    /// Whom would have been waited for first, and how often.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub preferred: BTreeMap<AgentId, u64>,
    /// How the waiting compares: an estimate.
    pub wait: Wait,
    /// What each rule of the candidate's order did.
    pub rules: BTreeMap<RuleId, OfRule>,
    /// Some of what differs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub examples: BTreeMap<Difference, Vec<Example>>,
}

/// Cases that would have gone to another queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Where they went; none if a rule dealt with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<QueueId>,
    /// Where they would have gone; none if a rule would have dealt with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<QueueId>,
    /// How many.
    pub cases: u64,
}

impl Report {
    /// Of everything that was counted.
    pub fn of(tally: Tally, by_others: u64, waits: &Waits) -> Self {
        let mut queues: Vec<Flow> =
            tally.queues.into_iter().map(|((from, to), cases)| Flow { from, to, cases }).collect();
        queues.sort_by_key(|flow| std::cmp::Reverse(flow.cases));
        Self {
            decisions: tally.decisions,
            same: tally.same,
            simulated: tally.simulated,
            not_asked: tally.not_asked,
            erased: tally.erased,
            by_others,
            wakes: tally.wakes,
            requests: tally.requests,
            differences: tally.differences,
            queues,
            preferred: tally.preferred,
            wait: waits.of(&tally.moved),
            rules: tally.rules,
            examples: tally.examples.into_iter().map(|(of, few)| (of, few.into_iter().collect())).collect(),
        }
    }
}
