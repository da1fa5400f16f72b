//! All active rules at one moment, prepared and immutable.
//!
//! A generation is swapped as one pointer: a decision sees all of the old rules or all of the new ones, and whoever
//! returns to the former state returns to the same prepared rules. Only what rules did lately changes within it, and whether
//! they rest, and both go with a rule into the next generation if its component and settings are the same.
//!
//! The policy when a rule fails is one for both kinds here: the next rule is asked, as if this one had said nothing. For
//! responding that is silence; for routing the case falls through to the caller's default queue. A failure never stops
//! the rules after it, and never lets an effect of the failed rule through.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Time;
use domain::decision::{
    Asked, Effect, Kind, Moment, NotAsked, Shadowed, Since, Skipped, Traces, Verdict, Why,
};
use domain::id::{ConversationId, QueueId, RuleId};
use domain::rule::mode::Mode;

use crate::contract::Input;
use crate::host::Host;
use crate::lately::Beside;
use crate::rule::{Rule, covers};
use crate::run::Answer;
use crate::snapshot::Snapshot;
use crate::trace::Seen;

/// All active rules at one moment.
#[derive(Debug)]
pub struct Generation {
    /// Counts the swaps.
    pub number: u64,
    rules: Vec<Rule>,
    queues: BTreeSet<QueueId>,
}

/// What is done with a rule when its turn comes.
enum Turn {
    Skipped(Skipped),
    Counts,
    /// Asked, and what it says changes nothing.
    Shadow,
}

/// What rules are asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Of which conversation: a canary has always the same ones.
    pub conversation: ConversationId,
    /// What they are told.
    pub input: &'a Input,
    /// What they may read.
    pub snapshot: &'a Arc<dyn Snapshot>,
}

/// What came of asking the rules of one kind.
#[derive(Debug)]
pub struct Round {
    /// Which.
    pub kind: Kind,
    /// Why they were asked.
    pub why: Why,
    /// By which generation.
    pub generation: u64,
    /// The rules that were asked, in order.
    pub asked: Vec<Asked>,
    /// The rules of the kind that were not, in order.
    pub not_asked: Vec<NotAsked>,
    /// The rules of the kind that were asked and did not count, in order.
    pub shadowed: Vec<Shadowed>,
    /// What they saw and said: those that were asked, then those that did not count.
    pub traces: Traces,
    /// What the first of them decided that did not abstain; none if all did.
    pub decided: Option<Decided>,
}

/// Which rules of a kind are asked.
#[derive(Debug, Clone, Copy)]
pub enum Meant<'a> {
    /// All of them.
    All,
    /// One, by its name.
    One(&'a RuleId),
    /// Those that want to be asked at a moment.
    At(Moment),
}

impl Meant<'_> {
    fn includes(self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::One(id) => rule.definition.id == *id,
            Self::At(moment) => rule.moments.contains(&moment),
        }
    }
}

/// What rules of one kind would come to.
#[derive(Debug)]
pub struct Tried {
    /// The rules that were asked, in order.
    pub asked: Vec<Asked>,
    /// What the first of them decided that did not abstain; none if all did.
    pub decided: Option<Decided>,
}

/// What a rule decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Which rule.
    pub rule: RuleId,
    /// What.
    pub verdict: Verdict,
    /// What it wants to happen.
    pub effects: Vec<Effect>,
    /// Why, in its words.
    pub reason: String,
}

impl Generation {
    /// `rules` in the order of their sets. A place in any other queue than these is a fault of the rule that names it.
    pub fn new(number: u64, rules: Vec<Rule>, queues: BTreeSet<QueueId>) -> Self {
        Self { number, rules, queues }
    }

    /// The rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// Asks the responding rules, until one deals with it.
    pub fn respond(&self, host: &Host, why: Why, asking: &Question<'_>) -> Round {
        self.ask(host, Kind::Responding, why, Meant::All, asking)
    }

    /// Asks the one responding rule that is to be called again: it wanted to be woken, or has an answer. Nobody is asked if it
    /// is not of this generation.
    pub fn call_again(&self, host: &Host, rule: &RuleId, why: Why, asking: &Question<'_>) -> Round {
        self.ask(host, Kind::Responding, why, Meant::One(rule), asking)
    }

    /// Asks the routing rules, until one names a place.
    pub fn route(&self, host: &Host, why: Why, asking: &Question<'_>) -> Round {
        self.ask(host, Kind::Routing, why, Meant::All, asking)
    }

    /// Asks the rules that look after cases and want to be asked then, until one does something.
    pub fn follow(&self, host: &Host, moment: Moment, asking: &Question<'_>) -> Round {
        self.ask(host, Kind::Following, moment.since.why(), Meant::At(moment), asking)
    }

    /// The first moment, so many seconds later or more, at which a rule wants to look after a case.
    pub fn next_moment(&self, since: Since, seconds: u32) -> Option<Moment> {
        let rules = self.rules.iter().filter(|rule| rule.definition.mode != Mode::Off);
        let moments = rules.flat_map(|rule| rule.moments.iter());
        moments.filter(|moment| moment.since == since && moment.seconds >= seconds).min().copied()
    }

    /// What the rules of a kind that are meant would come to. Nothing of it is kept: no trace, and nothing of what rules
    /// did lately, so that whoever tries many changes nothing for those that are in force.
    pub fn would(&self, host: &Host, kind: Kind, meant: Meant<'_>, asking: &Question<'_>) -> Tried {
        let Question { conversation, input, snapshot } = *asking;
        let mut asked = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.is(kind) && meant.includes(rule)) {
            if !matches!(rule.turn(conversation, input, false), Turn::Counts) {
                continue;
            }
            let answer = self.possible(host.ask(rule, kind, input, snapshot));
            let decided = answer.decided();
            asked.push(answer.asked);
            if decided.is_some() {
                return Tried { asked, decided };
            }
        }
        Tried { asked, decided: None }
    }

    fn ask(&self, host: &Host, kind: Kind, why: Why, meant: Meant<'_>, asking: &Question<'_>) -> Round {
        let mut round = Round {
            kind,
            why,
            generation: self.number,
            asked: Vec::new(),
            not_asked: Vec::new(),
            shadowed: Vec::new(),
            traces: Traces(Vec::new()),
            decided: None,
        };
        let Question { conversation, input, snapshot } = *asking;
        let mut seen = None;
        let mut shadows = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.is(kind) && meant.includes(rule)) {
            let turn = rule.turn(conversation, input, round.decided.is_some());
            if let Turn::Skipped(because) = turn {
                round.not_asked.push(NotAsked { rule: rule.definition.id.clone(), because });
                continue;
            }
            let answer = self.possible(host.ask(rule, kind, input, snapshot));
            rule.breaker.record(&answer.asked.outcome, input.now);
            let seen = seen.get_or_insert_with(|| Seen::of(input));
            if matches!(turn, Turn::Shadow) {
                shadows.push((rule, answer, round.decided.is_some()));
            } else {
                rule.lately.record(&answer.asked, &answer.reason, Beside::Agrees, input.now);
                round.add(answer, seen);
            }
        }
        for (rule, answer, behind) in shadows {
            let agrees = round.agrees(&answer);
            let beside = match (agrees, behind) {
                (true, _) => Beside::Agrees,
                (false, false) => Beside::Differs,
                (false, true) => Beside::DiffersBehind,
            };
            rule.lately.record(&answer.asked, &answer.reason, beside, input.now);
            round.traces.0.push(answer.trace(seen.get_or_insert_with(|| Seen::of(input))));
            round.shadowed.push(Shadowed { asked: answer.asked, agrees });
        }
        round
    }

    /// Which queues there are is known here and not to the guest's call.
    fn possible(&self, answer: Answer) -> Answer {
        match &answer.verdict {
            Some(Verdict::Place(place)) if !self.queues.contains(&place.queue) => answer.nowhere(),
            _ => answer,
        }
    }
}

impl Rule {
    fn turn(&self, conversation: ConversationId, input: &Input, decided: bool) -> Turn {
        let definition = &self.definition;
        let mode = definition.mode;
        let over = |until: Time| i64::try_from(input.now).is_ok_and(|now| now >= until.as_millisecond());
        if mode == Mode::Off {
            Turn::Skipped(Skipped::Off)
        } else if definition.until.is_some_and(over) {
            Turn::Skipped(Skipped::EnvelopeOver)
        } else if !covers(&definition.scope, input) {
            Turn::Skipped(Skipped::OutOfScope)
        } else if mode == Mode::Shadow {
            // Also behind one that decided: where it stands in the order is what one wants to find out.
            if self.breaker.lets(input.now) { Turn::Shadow } else { Turn::Skipped(Skipped::BreakerOpen) }
        } else if !mode.counts_for(&definition.id, conversation) {
            Turn::Skipped(Skipped::NotInCanary)
        } else if decided {
            Turn::Skipped(Skipped::Decided)
        } else if !self.breaker.lets(input.now) {
            Turn::Skipped(Skipped::BreakerOpen)
        } else {
            Turn::Counts
        }
    }
}

impl Round {
    /// Whether the case would have gone the same way if this had counted. Whoever abstains or fails leaves it to the others.
    fn agrees(&self, answer: &Answer) -> bool {
        let Some(verdict) = answer.verdict.as_ref().filter(|_| answer.asked.outcome.decides()) else {
            return true;
        };
        self.decided
            .as_ref()
            .is_some_and(|decided| decided.verdict == *verdict && decided.effects == answer.effects)
    }

    fn add(&mut self, answer: Answer, seen: &Seen) {
        self.traces.0.push(answer.trace(seen));
        self.decided = answer.decided();
        self.asked.push(answer.asked);
    }
}

impl Answer {
    /// What it decided; none if it left it to the next rule.
    fn decided(&self) -> Option<Decided> {
        let verdict = self.verdict.clone().filter(|_| self.asked.outcome.decides())?;
        let (rule, reason) = (self.asked.rule.clone(), self.reason.clone());
        Some(Decided { rule, verdict, effects: self.effects.clone(), reason })
    }
}
