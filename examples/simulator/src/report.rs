//! What this world did, counted, so that a test can hold it against what a host believes.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// Everything that was counted since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// The seed: the same one and the same options give the same again.
    pub seed: u64,
    /// The host's requests to send.
    pub requests: Requests,
    /// Accepted messages by `biz_opaque_callback_data`; those without one are not here. Needs `Options::by_reference`.
    pub references: BTreeMap<String, Reference>,
    /// References that were accepted more than once.
    pub duplicates: u64,
    /// Statuses that were told, by their word.
    pub statuses: BTreeMap<String, u64>,
    /// Messages of customers.
    pub written: u64,
    /// The calls of the webhook.
    pub webhooks: WebhookCalls,
}

/// Requests to send a message: `asked` is the sum of `accepted`, `refused` and `lost`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Requests {
    /// How many there were.
    pub asked: u64,
    /// How many became messages, whatever was answered.
    pub accepted: u64,
    /// Of those, how many were never answered.
    pub lost_answers: u64,
    /// Of those, how many were answered with an error.
    pub hidden_by_errors: u64,
    /// How many were refused, by Meta's code.
    pub refused: BTreeMap<i64, u64>,
    /// How many were lost before they were read.
    pub lost: u64,
}

/// What became of one reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reference {
    /// How often it was accepted: more than once is a duplicate on the customer's phone.
    pub accepted: u64,
    /// How many of those the host was not told of in the answer.
    pub untold: u64,
    /// The messages.
    pub wamids: Vec<String>,
}

/// Calls of the host's webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct WebhookCalls {
    /// How often it was called.
    pub posted: u64,
    /// How many of the calls were answered with 200.
    pub acknowledged: u64,
    /// How many of the calls repeated one that was not.
    pub retried: u64,
    /// How many of the calls repeated one that was answered with 200.
    pub reposted: u64,
    /// Updates that were due to be told, each counted once, and once more if it is told twice.
    pub updates: u64,
    /// Of those, the ones that had been told before.
    pub repeated: u64,
    /// Updates in posts that were answered with 200.
    pub delivered: u64,
    /// Updates that were given up after seven days.
    pub dropped: u64,
}

/// Where it is counted: cheap where messages pass, exact when asked.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) asked: Count,
    pub(crate) accepted: Count,
    pub(crate) lost_answers: Count,
    pub(crate) hidden_by_errors: Count,
    pub(crate) lost: Count,
    pub(crate) written: Count,
    pub(crate) posted: Count,
    pub(crate) acknowledged: Count,
    pub(crate) retried: Count,
    pub(crate) reposted: Count,
    pub(crate) updates: Count,
    pub(crate) repeated: Count,
    pub(crate) delivered: Count,
    pub(crate) dropped: Count,
    /// In the order of `WORDS`.
    statuses: [Count; WORDS.len()],
    refused: Mutex<BTreeMap<i64, u64>>,
    references: Option<Mutex<HashMap<String, Reference>>>,
}

const WORDS: [&str; 5] = ["sent", "delivered", "read", "played", "failed"];

#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, n: usize) {
        self.0.fetch_add(n as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counts {
    pub(crate) fn new(by_reference: bool) -> Self {
        Self { references: by_reference.then(Mutex::default), ..Self::default() }
    }

    pub(crate) fn status(&self, word: &str) {
        if let Some(count) = WORDS.iter().position(|known| *known == word).and_then(|n| self.statuses.get(n))
        {
            count.add(1);
        }
    }

    pub(crate) fn refused(&self, code: i64) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// A message was accepted; `told` is whether the host gets to know it by the answer.
    pub(crate) fn accepted(&self, reference: &str, wamid: &str, told: bool) {
        self.accepted.add(1);
        let Some(references) = self.references.as_ref().filter(|_| !reference.is_empty()) else { return };
        let mut references = references.lock().unwrap_or_else(PoisonError::into_inner);
        let of = references.entry(reference.to_owned()).or_default();
        of.accepted += 1;
        of.untold += u64::from(!told);
        of.wamids.push(wamid.to_owned());
    }

    pub(crate) fn report(&self, seed: u64) -> Report {
        let references: BTreeMap<_, _> = self
            .references
            .as_ref()
            .map(|references| references.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .into_iter()
            .flatten()
            .collect();
        Report {
            seed,
            requests: Requests {
                asked: self.asked.get(),
                accepted: self.accepted.get(),
                lost_answers: self.lost_answers.get(),
                hidden_by_errors: self.hidden_by_errors.get(),
                refused: self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone(),
                lost: self.lost.get(),
            },
            duplicates: references.values().filter(|of| of.accepted > 1).count() as u64,
            references,
            statuses: WORDS
                .iter()
                .zip(&self.statuses)
                .map(|(word, n)| ((*word).to_owned(), n.get()))
                .collect(),
            written: self.written.get(),
            webhooks: WebhookCalls {
                posted: self.posted.get(),
                acknowledged: self.acknowledged.get(),
                retried: self.retried.get(),
                reposted: self.reposted.get(),
                updates: self.updates.get(),
                repeated: self.repeated.get(),
                delivered: self.delivered.get(),
                dropped: self.dropped.get(),
            },
        }
    }
}
