//! A fact as rules are shown it: where it happened, and what can be counted of it by name.
//!
//! Wall time is what the fact says; business time is added here, by the calendar of its queue that is in force when it is counted.

use super::fact::{At, Fact, What};
use super::figure::{Hour, Place};
use crate::company::Company;
use crate::id::{AgentId, CaseId, NumberId};

/// A fact that can be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown<'a> {
    /// The fact.
    pub fact: &'a Fact,
    /// The case that it is about.
    pub case: Option<CaseId>,
    /// When it happened, on the company's wall clock.
    pub hour: Hour,
    /// Where.
    pub place: Place,
    /// Durations in milliseconds (those by the calendar end in `-business`) and counts.
    pub numbers: Vec<(String, u64)>,
    /// Words of the company's: codes, states.
    pub words: Vec<(String, String)>,
}

impl<'a> Shown<'a> {
    /// Of a fact, to the rules of a company.
    pub fn of(fact: &'a Fact, company: &Company) -> Self {
        let Parts { at, number, agent, lengths, counts, words } = Parts::of(&fact.what);
        let mut numbers = Vec::new();
        for (name, length) in lengths {
            let Some(length) = length else { continue };
            numbers.push((name.to_owned(), length));
            if let Some(at) = at {
                let calendar = company.calendar(&at.number, at.queue.as_ref());
                let business = calendar.open_before(fact.time, length);
                numbers.push((format!("{name}-business"), business));
            }
        }
        numbers.extend(counts.into_iter().map(|(name, count)| (name.to_owned(), u64::from(count))));
        Self {
            fact,
            case: at.map(|at| at.case),
            hour: Hour::of(fact.time, company.zone()),
            place: Place {
                number: at.map(|at| &at.number).or(number).cloned(),
                queue: at.and_then(|at| at.queue.clone()),
                agent: agent.cloned(),
                label: String::new(),
            },
            numbers,
            words: words.into_iter().map(|(name, word)| (name.to_owned(), word.to_owned())).collect(),
        }
    }
}

/// What the kinds of facts have in common.
#[derive(Default)]
struct Parts<'a> {
    at: Option<&'a At>,
    /// Where it is of no case.
    number: Option<&'a NumberId>,
    agent: Option<&'a AgentId>,
    lengths: Vec<(&'static str, Option<u64>)>,
    counts: Vec<(&'static str, u32)>,
    words: Vec<(&'static str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn of(what: &'a What) -> Self {
        match what {
            What::CaseQueued { at, again } => {
                Self { at: Some(at), counts: vec![("again", u32::from(*again))], ..Self::default() }
            }
            What::CaseAssigned { at, agent, waited } => Self {
                at: Some(at),
                agent: Some(agent),
                lengths: vec![("waited", *waited)],
                ..Self::default()
            },
            What::CaseAnswered { at, agent, since_queued, since_written } => Self {
                at: Some(at),
                agent: agent.as_ref(),
                lengths: vec![("since-queued", *since_queued), ("since-written", *since_written)],
                ..Self::default()
            },
            What::TurnAnswered { at, agent, waited } => Self {
                at: Some(at),
                agent: agent.as_ref(),
                lengths: vec![("waited", Some(*waited))],
                ..Self::default()
            },
            What::CaseResolved { at, agent, code, lasted, answers, transfers } => Self {
                lengths: vec![("lasted", Some(*lasted))],
                ..Self::resolved(at, agent.as_ref(), code, *answers, *transfers)
            },
            What::CaseReturned { at, agent, code, answers, transfers, after } => Self {
                lengths: vec![("after", Some(*after))],
                ..Self::resolved(at, agent.as_ref(), code, *answers, *transfers)
            },
            What::CaseSettled { at, agent, code, answers, transfers } => {
                Self::resolved(at, agent.as_ref(), code, *answers, *transfers)
            }
            What::CaseRated { at, agent, score } => Self {
                at: Some(at),
                agent: agent.as_ref(),
                counts: vec![("score", u32::from(*score))],
                ..Self::default()
            },
            What::PromiseEnded { at, agent, first, kept, waited } => Self {
                at: Some(at),
                agent: agent.as_ref(),
                lengths: vec![("waited", Some(*waited))],
                counts: vec![("kept", u32::from(*kept))],
                words: vec![("answer", if *first { "first" } else { "next" })],
                ..Self::default()
            },
            What::MessageReached { number, class, campaign, step, .. } => Self {
                number: Some(number),
                counts: vec![("campaign", u32::from(*campaign))],
                words: vec![("class", class), ("step", step.word())],
                ..Self::default()
            },
            What::CaseMoved { at, agent, how, held } => Self {
                at: Some(at),
                agent: agent.as_ref(),
                lengths: vec![("held", *held)],
                words: vec![("how", how.word())],
                ..Self::default()
            },
            What::PresenceEnded { agent, presence, code, lasted } => Self {
                agent: Some(agent),
                lengths: vec![("lasted", Some(*lasted))],
                words: std::iter::once(("presence", presence.word()))
                    .chain(code.iter().map(|code| ("code", code.as_str())))
                    .collect(),
                ..Self::default()
            },
        }
    }

    fn resolved(at: &'a At, agent: Option<&'a AgentId>, code: &'a str, answers: u32, transfers: u32) -> Self {
        let counts = vec![("answers", answers), ("transfers", transfers)];
        Self { at: Some(at), agent, counts, words: vec![("code", code)], ..Self::default() }
    }
}
