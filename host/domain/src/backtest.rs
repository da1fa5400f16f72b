//! What other rules would have done with what really happened.
//!
//! A candidate is asked what the rules in force were asked, and what it says is held against what was decided then. On the same
//! input that is exact. From the first difference on a case would have gone another way, and what really came next is no
//! longer what would have come: it is compared too, and counted apart, because it is a simulation.

pub mod event;
mod waits;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::decision::{Asked, Effect, Place, Verdict};
use crate::id::{AgentId, CaseId, ConversationId, QueueId, RuleId};

pub use waits::{Wait, Waits};

/// Examples that are kept of each kind of difference.
pub const EXAMPLES: usize = 5;

/// What came of asking the rules of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    /// A rule dealt with it: what it said, and what it wanted to happen.
    Dealt(Verdict, Vec<Effect>),
    /// No rule did. Whether that leaves it to a person, as what a customer writes does.
    Left {
        /// Whether a person has to come.
        to_people: bool,
    },
    /// The case goes to a place.
    Placed(Place),
    /// It stays where it is.
    Stays,
}

impl Came {
    /// That a responding rule dealt with it. What it noted for itself nobody sees.
    pub fn dealt(verdict: Verdict, effects: &[Effect]) -> Self {
        let seen = effects.iter().filter(|effect| !matches!(effect, Effect::Remember { .. }));
        Self::Dealt(verdict, seen.cloned().collect())
    }

    /// Whether a person has to come.
    pub fn needs_person(&self) -> bool {
        match self {
            Self::Dealt(verdict, _) => matches!(verdict, Verdict::AnsweredAndRoute | Verdict::HandOver),
            Self::Left { to_people } => *to_people,
            Self::Placed(_) | Self::Stays => true,
        }
    }

    /// Whether the case ends with it.
    pub fn closes(&self) -> bool {
        self.effects().iter().any(|effect| matches!(effect, Effect::Resolve { .. }))
    }

    fn effects(&self) -> &[Effect] {
        match self {
            Self::Dealt(_, effects) => effects,
            Self::Left { .. } | Self::Placed(_) | Self::Stays => &[],
        }
    }
}

/// How something would have come out otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// Another queue.
    Elsewhere,
    /// The same queue with other skills, another priority or preference.
    PlacedOtherwise,
    /// A rule would have dealt with what went to a person.
    AnsweredByRule,
    /// A person would have had to come where a rule dealt with it.
    LeftToPeople,
    /// Other words, or something else done.
    AnsweredOtherwise,
    /// A rule would have said nothing where one did, and nobody had to come.
    Silent,
}

impl Difference {
    /// In what `now` differs from `then`; nothing if it is the same.
    pub fn between(then: &Came, now: &Came) -> Option<Self> {
        if then == now {
            return None;
        }
        Some(match (then, now) {
            (Came::Placed(then), Came::Placed(now)) if then.queue == now.queue => Self::PlacedOtherwise,
            (Came::Placed(_) | Came::Stays, _) | (_, Came::Placed(_) | Came::Stays) => Self::Elsewhere,
            (then, now) => match (then.needs_person(), now.needs_person()) {
                (true, false) => Self::AnsweredByRule,
                (false, true) => Self::LeftToPeople,
                // Handed over, or left: a person comes, and the customer has read the same.
                (true, true) if then.effects() == now.effects() => return None,
                (false, false) if matches!(now, Came::Left { .. }) => Self::Silent,
                _ => Self::AnsweredOtherwise,
            },
        })
    }

    /// Its word for programs, as `left-to-people`.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }
}

/// A decision that would have come out otherwise, for people to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Example {
    /// The number of the event behind which the rules were asked.
    pub event: u64,
    /// The conversation.
    pub conversation: ConversationId,
    /// The case.
    pub case: CaseId,
    /// Where it went; none if to no queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<QueueId>,
    /// Where it would have gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<QueueId>,
    /// Whether the case had gone another way before, so that this is a simulation.
    pub simulated: bool,
}

/// What became of a decision.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Where it is in the journal, and what it is about.
    pub at: Example,
    /// When.
    pub time: Time,
    /// In what it differs.
    pub difference: Option<Difference>,
    /// Whom the candidate would have waited for first.
    pub preferred: Option<AgentId>,
}

/// What the candidate's rules did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OfRule {
    /// How often it was asked.
    pub asked: u64,
    /// How often it decided.
    pub decided: u64,
    /// How often it failed.
    pub failed: u64,
    /// Units of fuel in all.
    pub fuel: u64,
    /// Microseconds in all.
    pub micros: u64,
}

/// A case that would have gone to another queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// When.
    pub time: Time,
    /// Which.
    pub case: CaseId,
    /// Where.
    pub to: QueueId,
}

/// What came of many decisions. Tallies of parts add up to that of the whole, in whatever order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Decisions that were compared.
    pub decisions: u64,
    /// Those of them that are a simulation.
    pub simulated: u64,
    /// Those that come out the same.
    pub same: u64,
    /// Rounds that would not have been asked, because a rule would have dealt with it before.
    pub not_asked: u64,
    /// Decisions of which nothing can be read any more.
    pub erased: u64,
    /// The others, by how they differ.
    pub differences: BTreeMap<Difference, u64>,
    /// How many cases would have gone to which queue instead of which; to none and from none, where a rule deals with it.
    pub queues: BTreeMap<(Option<QueueId>, Option<QueueId>), u64>,
    /// Whom the candidate would have waited for.
    pub preferred: BTreeMap<AgentId, u64>,
    /// What each rule did.
    pub rules: BTreeMap<RuleId, OfRule>,
    /// Times that a rule would have been called again, which nobody can try.
    pub wakes: u64,
    /// Times that a service would have been asked, which nobody does; what was really answered is told.
    pub requests: u64,
    /// Cases that would have gone to another queue.
    pub moved: BTreeSet<Moved>,
    /// Some of what differs.
    pub examples: BTreeMap<Difference, BTreeSet<Example>>,
}

impl Tally {
    /// Counts a decision.
    pub fn count(&mut self, compared: Compared) {
        let Compared { at, time, difference, preferred } = compared;
        self.decisions += 1;
        self.simulated += u64::from(at.simulated);
        if let Some(preferred) = preferred {
            *self.preferred.entry(preferred).or_default() += 1;
        }
        let Some(difference) = difference else {
            self.same += 1;
            return;
        };
        *self.differences.entry(difference).or_default() += 1;
        if at.from != at.to && !at.simulated {
            *self.queues.entry((at.from.clone(), at.to.clone())).or_default() += 1;
        }
        if let (Some(_), Some(to)) = (&at.from, &at.to)
            && difference == Difference::Elsewhere
            && !at.simulated
        {
            self.moved.insert(Moved { time, case: at.case, to: to.clone() });
        }
        few(self.examples.entry(difference).or_default(), [at]);
    }

    /// Counts a round that would not have been asked, of a case that went to a queue.
    pub fn not_asked(&mut self, from: Option<QueueId>) {
        self.not_asked += 1;
        if from.is_some() {
            *self.queues.entry((from, None)).or_default() += 1;
        }
    }

    /// Counts what a rule did.
    pub fn asked(&mut self, asked: &Asked) {
        let one = self.rules.entry(asked.rule.clone()).or_default();
        one.asked += 1;
        one.decided += u64::from(asked.outcome.decides());
        one.failed += u64::from(asked.outcome.failed());
        one.fuel += asked.fuel;
        one.micros += asked.micros;
    }

    /// Takes in what came of other decisions.
    pub fn add(&mut self, other: Self) {
        self.decisions += other.decisions;
        self.simulated += other.simulated;
        self.same += other.same;
        self.not_asked += other.not_asked;
        self.erased += other.erased;
        self.wakes += other.wakes;
        self.requests += other.requests;
        self.moved.extend(other.moved);
        other.differences.into_iter().for_each(|(of, n)| *self.differences.entry(of).or_default() += n);
        other.queues.into_iter().for_each(|(of, n)| *self.queues.entry(of).or_default() += n);
        other.preferred.into_iter().for_each(|(of, n)| *self.preferred.entry(of).or_default() += n);
        for (rule, more) in other.rules {
            let one = self.rules.entry(rule).or_default();
            one.asked += more.asked;
            one.decided += more.decided;
            one.failed += more.failed;
            one.fuel += more.fuel;
            one.micros += more.micros;
        }
        for (difference, more) in other.examples {
            few(self.examples.entry(difference).or_default(), more);
        }
    }
}

/// Keeps the first examples.
fn few(kept: &mut BTreeSet<Example>, more: impl IntoIterator<Item = Example>) {
    kept.extend(more);
    while kept.len() > EXAMPLES {
        kept.pop_last();
    }
}

#[cfg(test)]
mod tests;
