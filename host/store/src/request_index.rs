//! What rules asked of services outside: what is to be asked, and what became of it.

use domain::Time;
use domain::id::{ConversationId, RequestId, RuleId};
use domain::request::Tally;
use jiff::civil::Date;

use crate::layout;
use crate::projection::ProjectionError;
use crate::store::Store;

/// A request that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whose.
    pub rule: RuleId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Which.
    pub request: RequestId,
    /// Since when.
    pub due: Time,
    /// After this it is not tried any more.
    pub until: Time,
}

impl Store {
    /// The requests that somebody has to look at now, at most so many of each rule: the first that are due.
    pub fn requests_due(&self, now: Time, of_each: usize) -> Result<Vec<Asked>, ProjectionError> {
        let mut due = Vec::new();
        let all = layout::within(layout::REQUESTS.to_vec());
        let mut from = all.start;
        while let Some((key, value)) = self.tree().first(from..all.end.clone(), 1)?.first() {
            let rule = asked(key, value)?.rule;
            let of_rule = layout::within(layout::requests_of(&rule));
            for (key, value) in self.tree().first(of_rule.clone(), of_each)? {
                due.push(asked(&key, &value)?);
            }
            from = of_rule.end;
        }
        due.retain(|asked| asked.due <= now);
        Ok(due)
    }

    /// How many requests of a rule are not answered, counted up to a number.
    pub fn requests_open(&self, rule: &RuleId, most: usize) -> Result<usize, ProjectionError> {
        Ok(self.tree().first(layout::within(layout::requests_of(rule)), most)?.len())
    }

    /// When somebody has to look at the next request.
    pub fn next_request(&self) -> Result<Option<Time>, ProjectionError> {
        let all = self.requests_due(Time::MAX, 1)?;
        Ok(all.iter().map(|asked| asked.due).min())
    }

    /// What became of the requests of a rule since a day of UTC.
    pub fn requests_since(&self, rule: &RuleId, day: Date) -> Result<Tally, ProjectionError> {
        let range = layout::request_day(rule, day)..layout::within(layout::request_days(rule)).end;
        let mut sum = Tally::default();
        for (_, value) in self.tree().first(range, usize::MAX)? {
            sum.add(&serde_json::from_slice(&value)?);
        }
        Ok(sum)
    }

    /// The last requests of a rule that ended, by their events, the latest first.
    pub fn requests_ended(&self, rule: &RuleId, most: usize) -> Result<Vec<u64>, ProjectionError> {
        let ended = self.tree().last(layout::within(layout::requests_ended(rule)), most)?;
        Ok(ended.iter().filter_map(|(key, _)| layout::number(key)).collect())
    }
}

fn asked(key: &[u8], value: &[u8]) -> Result<Asked, ProjectionError> {
    let time = |millis: u64| Time::from_millisecond(i64::try_from(millis).ok()?).ok();
    let parts = || {
        let rest = key.strip_prefix(layout::REQUESTS)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let (rule, rest) = rest.split_at_checked(end)?;
        let (due, rest) = rest.get(1..)?.split_first_chunk::<8>()?;
        let (conversation, request) = rest.split_first_chunk::<16>()?;
        Some(Asked {
            rule: std::str::from_utf8(rule).ok()?.into(),
            conversation: ConversationId::from_bytes(*conversation),
            request: RequestId::from_bytes(request.try_into().ok()?),
            due: time(u64::from_be_bytes(*due))?,
            until: time(layout::number(value)?)?,
        })
    };
    parts().ok_or(ProjectionError::Broken("a request"))
}
