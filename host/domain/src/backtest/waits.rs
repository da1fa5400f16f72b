//! How long cases waited in the queues, and how long others would have waited there at the same time.
//!
//! Nobody knows how long a case would have waited where it never was: those that were there at the time tell it best. A move of
//! many cases would also have made that queue slower, which this leaves out; so it is an estimate, and says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Moved;
use crate::Time;
use crate::id::{AgentId, CaseId, QueueId};

/// How far apart cases may have been queued to tell something of each other, in milliseconds: half an hour.
const NEAR: i64 = 30 * 60 * 1_000;

/// A case that waited in a queue until an agent had it.
#[derive(Debug, Clone)]
struct Waited {
    /// When it was queued.
    queued: Time,
    /// For how long, in milliseconds.
    millis: i64,
    /// Who got it.
    agent: AgentId,
}

/// How long cases really waited.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    /// By case, in the order in which they were given to agents.
    cases: BTreeMap<CaseId, Vec<Waited>>,
    /// By queue: when, and how long each of those waited that were queued then.
    queues: BTreeMap<QueueId, BTreeMap<i64, Vec<i64>>>,
}

/// How the waiting of cases that would have gone elsewhere compares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Wait {
    /// Cases that would have waited longer.
    pub longer: u64,
    /// Cases that would have waited as long or less.
    pub shorter: u64,
    /// Cases of which nobody can tell: nobody was given them, or nobody waited there at the time.
    pub unknown: u64,
    /// By how much more they would have waited, in milliseconds: the median of those of which it can be told. Less than 0 if they
    /// would have been attended sooner.
    pub median_millis: i64,
    /// Of whom cases would have gone elsewhere, and how many.
    pub agents: BTreeMap<AgentId, u64>,
}

impl Waits {
    /// A case that waited since `queued` was given to an agent.
    pub fn given(&mut self, case: CaseId, queue: &QueueId, queued: Time, at: Time, agent: &AgentId) {
        let millis = (at.as_millisecond() - queued.as_millisecond()).max(0);
        self.queues
            .entry(queue.clone())
            .or_default()
            .entry(queued.as_millisecond())
            .or_default()
            .push(millis);
        let waited = Waited { queued, millis, agent: agent.clone() };
        self.cases.entry(case).or_default().push(waited);
    }

    /// The median of those who were queued there about then.
    fn there(&self, queue: &QueueId, at: Time) -> Option<i64> {
        let at = at.as_millisecond();
        let near = self.queues.get(queue)?.range(at - NEAR..=at + NEAR);
        median(near.flat_map(|(_, waits)| waits).copied().collect())
    }

    /// What it would have meant for cases to go elsewhere.
    pub fn of<'a>(&self, moved: impl IntoIterator<Item = &'a Moved>) -> Wait {
        let (mut wait, mut more) = (Wait::default(), Vec::new());
        for one in moved {
            let was = self.cases.get(&one.case).into_iter().flatten().find(|was| was.queued >= one.time);
            let was = was.or_else(|| self.cases.get(&one.case)?.last());
            if let Some(was) = was {
                *wait.agents.entry(was.agent.clone()).or_default() += 1;
            }
            match was.and_then(|was| Some(self.there(&one.to, one.time)? - was.millis)) {
                None => wait.unknown += 1,
                Some(difference) => {
                    *(if difference > 0 { &mut wait.longer } else { &mut wait.shorter }) += 1;
                    more.push(difference);
                }
            }
        }
        wait.median_millis = median(more).unwrap_or(0);
        wait
    }
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
