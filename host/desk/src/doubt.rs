//! Messages of which nobody knows whether WhatsApp took them.
//!
//! A status that echoes our reference tells, and while it may still come nothing else of the conversation leaves. How long
//! that is counts from the doubt and ends when everything that Meta posted until then has been worked on: a host that is
//! behind with its webhooks has not heard nothing, it has not listened yet. Time in which the host did not run does not
//! count at all.

use std::collections::VecDeque;

use domain::Time;
use jiff::SignedDuration;

use crate::command::DeskError;
use crate::sender::Job;
use crate::shared::Shared;

/// How long statuses take at most when all is well.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_secs(120);

/// Doubts that are looked at in one go.
const TOGETHER: usize = 16;

/// All doubts. Those that were not looked at for longest come first.
#[derive(Default)]
pub(crate) struct Doubts(VecDeque<(Job, Time)>);

/// What became of a doubt.
pub(crate) enum Outcome {
    /// A status told.
    Seen(Job),
    /// Nothing was heard for as long as statuses take.
    Unseen(Job),
}

impl Doubts {
    /// Nobody knows, since a moment.
    pub(crate) fn push(&mut self, job: Job, since: Time) {
        self.0.push_back((job, since.saturating_add(WINDOW).unwrap_or(Time::MAX)));
    }

    /// Looks at some of them.
    pub(crate) fn look(&mut self, shared: &Shared, now: Time) -> Result<Vec<Outcome>, DeskError> {
        let mut over = Vec::new();
        let mut heard = None;
        for _ in 0..self.0.len().min(TOGETHER) {
            let Some((job, until)) = self.0.pop_front() else { break };
            let (_, delivery) = shared.store.delivery(job.message)?;
            if delivery.is_none_or(|delivery| delivery.state.settled()) {
                over.push(Outcome::Seen(job));
                continue;
            }
            if until <= now {
                let heard = match heard {
                    Some(heard) => heard,
                    None => *heard.insert(heard_until(shared, now)?),
                };
                if until <= heard {
                    over.push(Outcome::Unseen(job));
                    continue;
                }
            }
            self.0.push_back((job, until));
        }
        Ok(over)
    }

    /// When the window of the next one ends.
    pub(crate) fn next(&self) -> Option<Time> {
        self.0.front().map(|(_, until)| *until)
    }
}

/// Until when all that Meta posted has been worked on.
fn heard_until(shared: &Shared, now: Time) -> Result<Time, DeskError> {
    match shared.store.unprocessed(0, 1)?.first() {
        None => Ok(now),
        Some(oldest) => Ok(shared.store.event(*oldest)?.map_or(now, |webhook| webhook.time)),
    }
}
