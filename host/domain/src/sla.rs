//! What a queue promises its customers, and what happens as the time runs out.
//!
//! Time is that of the queue's calendar: nobody is late at lunch. It runs from when a person owes the customer an answer, wherever the
//! case goes meanwhile, and only a person's answer ends it. Nothing of it is kept but since when: what is due when follows from the
//! policy and the calendar that are in force, so another policy counts at once.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::calendar::Calendar;
use crate::company::Company;
use crate::conversation::{Conversation, Holder, Owed};
use crate::id::QueueId;

/// The most minutes that can be promised: four weeks of open hours, day and night.
const LONGEST: u32 = 40_320;

/// The latest step, in percent of what was promised.
const LATEST: u16 = 1_000;

/// What a queue promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Minutes of the queue's hours within which a person answers a customer who comes to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response: Option<u32>,
    /// The same of what the customer writes later in the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_response: Option<u32>,
    /// From how many percent of that time on a case is at risk.
    #[serde(default = "Policy::default_risk")]
    pub at_risk: u16,
    /// What happens meanwhile, in the order of `at`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

impl Policy {
    const fn default_risk() -> u16 {
        75
    }

    /// What is wrong with it: the key within it, the value, and what was expected.
    pub(crate) fn check(&self, queues: &[&QueueId]) -> Result<(), (String, String, &'static str)> {
        for (key, minutes) in [("first-response", self.first_response), ("next-response", self.next_response)]
        {
            if let Some(minutes) = minutes.filter(|minutes| !(1..=LONGEST).contains(minutes)) {
                return Err((key.into(), minutes.to_string(), "1 to 40320 minutes were expected"));
            }
        }
        if self.first_response.is_none() && self.next_response.is_none() {
            return Err(("first-response".into(), "nothing".into(), "it or `next-response` was expected"));
        }
        if !(1..=99).contains(&self.at_risk) {
            return Err(("at-risk".into(), self.at_risk.to_string(), "1 to 99 percent were expected"));
        }
        let mut before = 0;
        for (i, step) in self.steps.iter().enumerate() {
            let wrong = |key: &str, value: String, expected| {
                Err((format!("steps[{i}]{}{key}", if key.is_empty() { "" } else { "." }), value, expected))
            };
            if step.at <= before || step.at > LATEST {
                let expected = "1 to 1000 percent were expected, and more than in the step before";
                return wrong("at", step.at.to_string(), expected);
            }
            before = step.at;
            if let Some(priority) = step.priority.filter(|priority| *priority > 9) {
                return wrong("priority", priority.to_string(), "0 to 9 were expected");
            }
            if let Some(to) = step.to.as_ref().filter(|to| !queues.contains(to)) {
                return wrong("to", to.to_string(), "one of the queues of this file was expected");
            }
            if !step.tell && step.priority.is_none() && step.to.is_none() {
                return wrong("", "nothing to do".into(), "`priority`, `to` or `tell = true` was expected");
            }
        }
        Ok(())
    }

    /// What it promises a case, if anything.
    fn minutes(&self, first: bool) -> Option<u32> {
        if first { self.first_response } else { self.next_response }
    }
}

/// What happens when a part of the time is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// In percent of what was promised: 100 is when it is broken.
    pub at: u16,
    /// The case is at least so urgent from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// It waits in this queue from then on, whoever had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<QueueId>,
    /// Whoever has to do with watching the service level is told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell: bool,
}

/// What is promised of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// From when on it is at risk.
    pub risk: Time,
    /// Until when it has to be answered.
    pub due: Time,
}

/// How a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// There is time.
    InTime,
    /// There is little left.
    AtRisk,
    /// It is over.
    Late,
}

impl Standing {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::AtRisk => "at-risk",
            Self::Late => "late",
        }
    }
}

impl Term {
    /// How it stands at a moment.
    pub fn standing(&self, now: Time) -> Standing {
        if now >= self.due {
            Standing::Late
        } else if now >= self.risk {
            Standing::AtRisk
        } else {
            Standing::InTime
        }
    }
}

/// How the open case of a conversation stands. None if no answer is owed, or nobody promised one.
pub fn standing(company: &Company, conversation: &Conversation, now: Time) -> Option<Standing> {
    Some(Clock::of(company, conversation)?.term()?.standing(now))
}

/// Since when a customer waits for a person: since an answer is owed, wherever the case went; or since it came to its queue.
pub fn waits_since(conversation: &Conversation) -> Option<Time> {
    let case = conversation.case.as_ref()?;
    let owed = case.owed.as_ref().map(|owed| owed.since);
    match &case.holder {
        Holder::Queue { since, .. } => owed.or(Some(*since)),
        Holder::Agent { .. } => owed,
        Holder::Rules => None,
    }
}

/// How a case stands by what its queue promises; or, while it waits in one that promises nothing, by so many seconds of that queue's
/// hours, with half of them as the risk.
pub fn standing_or(
    company: &Company,
    conversation: &Conversation,
    seconds: Option<u32>,
    now: Time,
) -> Option<Standing> {
    let queue = match &conversation.case.as_ref()?.holder {
        Holder::Queue { place, .. } if company.sla(&place.queue).is_none() => &place.queue,
        _ => return standing(company, conversation, now),
    };
    let (calendar, since) = (company.calendar(&conversation.number, Some(queue)), waits_since(conversation)?);
    let millis = u64::from(seconds?) * 1_000;
    let term =
        Term { risk: calendar.open_after(since, millis / 2)?, due: calendar.open_after(since, millis)? };
    Some(term.standing(now))
}

/// A case, the policy that it is under, and from when on that is counted.
pub struct Clock<'a> {
    policy: &'a Policy,
    calendar: &'a Calendar,
    /// Since when an answer is owed, and which.
    pub owed: Owed,
    promised: SignedDuration,
    /// The step of this queue's policy that was taken last.
    reached: u16,
}

impl<'a> Clock<'a> {
    /// The clock of the open case of a conversation. None if no answer is owed, or nobody promised one.
    pub fn of(company: &'a Company, conversation: &Conversation) -> Option<Self> {
        let case = conversation.case.as_ref()?;
        let (owed, queue) = (case.owed.clone()?, case.queue()?);
        let policy = company.sla(queue)?;
        let promised = SignedDuration::from_mins(policy.minutes(owed.first)?.into());
        let calendar = company.calendar(&conversation.number, Some(queue));
        let reached = owed.reached.get(queue).copied().unwrap_or(0);
        Some(Self { policy, calendar, owed, promised, reached })
    }

    /// What is promised. None if the queue is closed for good.
    pub fn term(&self) -> Option<Term> {
        Some(Term { risk: self.at(self.policy.at_risk)?, due: self.at(100)? })
    }

    /// The next step that was not taken, and when it is due.
    pub fn next(&self) -> Option<(&'a Step, Time)> {
        let step = self.policy.steps.iter().find(|step| step.at > self.reached)?;
        Some((step, self.at(step.at)?))
    }

    /// When so many percent of the time are over.
    fn at(&self, percent: u16) -> Option<Time> {
        let millis = self.promised.as_millis() * i128::from(percent) / 100;
        self.calendar.open_after(self.owed.since, u64::try_from(millis).ok()?)
    }
}
