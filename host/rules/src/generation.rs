//! All active rules at one moment, prepared and immutable.
//!
//! A generation is swapped as one pointer: a decision sees all of the old rules or all of the new ones, and whoever
//! returns to the former state returns to the same prepared rules. Only the breakers change within it.
//!
//! The policy when a rule fails is one for both kinds here: the next rule is asked, as if this one had said nothing. For
//! responding that is silence; for routing the case falls through to the caller's default queue. A failure never stops
//! the rules after it, and never lets an effect of the failed rule through.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::decision::{Asked, Effect, Kind, NotAsked, Skipped, Traces, Verdict, Why};
use domain::id::{QueueId, RuleId};

use crate::breaker::Breaker;
use crate::contract::Input;
use crate::host::Host;
use crate::rule::{Mode, Rule};
use crate::run::{self, Answer};
use crate::snapshot::Snapshot;
use crate::trace::Seen;

/// All active rules at one moment.
#[derive(Debug)]
pub struct Generation {
    /// Counts the swaps.
    pub number: u64,
    seats: Vec<Seat>,
    queues: BTreeSet<QueueId>,
}

#[derive(Debug)]
struct Seat {
    rule: Rule,
    breaker: Breaker,
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
    /// What the asked ones saw and said.
    pub traces: Traces,
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
        let seats = rules.into_iter().map(|rule| Seat { rule, breaker: Breaker::default() }).collect();
        Self { number, seats, queues }
    }

    /// The rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.seats.iter().map(|seat| &seat.rule)
    }

    /// Asks the responding rules, until one deals with it.
    pub fn respond(&self, host: &Host, why: Why, input: &Input, snapshot: &Arc<dyn Snapshot>) -> Round {
        self.ask(host, Kind::Responding, why, None, input, snapshot)
    }

    /// Asks the one responding rule that wanted to be called again. Nobody is asked if it is not of this generation.
    pub fn wake(&self, host: &Host, rule: &RuleId, input: &Input, snapshot: &Arc<dyn Snapshot>) -> Round {
        self.ask(host, Kind::Responding, Why::Wake, Some(rule), input, snapshot)
    }

    /// Asks the routing rules, until one names a place.
    pub fn route(&self, host: &Host, why: Why, input: &Input, snapshot: &Arc<dyn Snapshot>) -> Round {
        self.ask(host, Kind::Routing, why, None, input, snapshot)
    }

    fn ask(
        &self,
        host: &Host,
        kind: Kind,
        why: Why,
        only: Option<&RuleId>,
        input: &Input,
        snapshot: &Arc<dyn Snapshot>,
    ) -> Round {
        let mut round = Round {
            kind,
            why,
            generation: self.number,
            asked: Vec::new(),
            not_asked: Vec::new(),
            traces: Traces(Vec::new()),
            decided: None,
        };
        let mut seen = None;
        let meant = |seat: &&Seat| only.is_none_or(|only| seat.rule.definition.id == *only);
        for seat in self.seats.iter().filter(|seat| seat.rule.is(kind)).filter(meant) {
            if let Some(because) = seat.skipped(input, round.decided.is_some()) {
                round.not_asked.push(NotAsked { rule: seat.rule.definition.id.clone(), because });
                continue;
            }
            let answer = self.possible(host.ask(&seat.rule, kind, input, snapshot));
            seat.breaker.record(&answer.asked.outcome, input.now);
            round.add(answer, seen.get_or_insert_with(|| Seen::of(input)));
        }
        round
    }

    /// Which queues there are is known here and not to the guest's call.
    fn possible(&self, mut answer: Answer) -> Answer {
        if let Some(Verdict::Place(place)) = &answer.verdict
            && !self.queues.contains(&place.queue)
        {
            let failed = run::nonsense(format!("there is no queue `{}`", place.queue));
            answer.asked.outcome = failed.outcome;
            answer.reason = failed.text;
            answer.verdict = None;
            answer.effects.clear();
        }
        answer
    }
}

impl Seat {
    fn skipped(&self, input: &Input, decided: bool) -> Option<Skipped> {
        let definition = &self.rule.definition;
        if definition.mode == Mode::Off {
            Some(Skipped::Off)
        } else if !definition.scope.covers(input) {
            Some(Skipped::OutOfScope)
        } else if decided {
            Some(Skipped::Decided)
        } else if !self.breaker.lets(input.now) {
            Some(Skipped::BreakerOpen)
        } else {
            None
        }
    }
}

impl Round {
    fn add(&mut self, answer: Answer, seen: &Seen) {
        self.traces.0.push(answer.trace(seen));
        let Answer { asked, verdict, reason, effects, .. } = answer;
        if let Some(verdict) = verdict
            && asked.outcome.decides()
        {
            self.decided = Some(Decided { rule: asked.rule.clone(), verdict, effects, reason });
        }
        self.asked.push(asked);
    }
}
