//! What came of trying a rule on the past, as people read it: on the page of the rule, and beside a proposal.

use domain::backtest::Difference;
use domain::backtest::event::Report;
use serde_json::Value;

use super::frame::Frame;
use super::telling::lasting;
use super::words::Words;

/// What came of it.
pub(super) struct Outcome {
    pub(super) decisions: u64,
    pub(super) same: u64,
    pub(super) different: u64,
    /// What was left out, and how often.
    pub(super) aside: Vec<(&'static str, u64)>,
    pub(super) differences: Vec<(&'static str, u64)>,
    /// From where to where, and how many.
    pub(super) queues: Vec<(String, String, u64)>,
    /// How the waiting compares.
    pub(super) waits: Vec<(&'static str, String)>,
    /// The events at which it would have been otherwise, and the conversations.
    pub(super) examples: Vec<(&'static str, Vec<(u64, String)>)>,
}

/// Of a report; none if there is none.
pub(super) fn outcome(frame: &Frame, report: &Value) -> Option<Outcome> {
    let report: Report = serde_json::from_value(report.clone()).ok()?;
    let say = frame.say;
    let place = |queue: &Option<domain::id::QueueId>| {
        queue.as_ref().map_or_else(|| say.by_rules().to_owned(), ToString::to_string)
    };
    let aside = [
        (say.simulated(), report.simulated),
        (say.not_asked(), report.not_asked),
        (say.erased(), report.erased),
    ];
    let wait = &report.wait;
    let tells = wait.longer + wait.shorter + wait.unknown > 0;
    let waits = [
        (say.wait_longer(), wait.longer.to_string()),
        (say.wait_shorter(), wait.shorter.to_string()),
        (say.wait_unknown(), wait.unknown.to_string()),
        (say.wait_median(), lasting(wait.median_millis / 1_000)),
    ];
    Some(Outcome {
        decisions: report.decisions,
        same: report.same,
        different: report.differences.values().sum(),
        aside: aside.into_iter().filter(|(_, count)| *count > 0).collect(),
        differences: report.differences.iter().map(|(of, count)| (words(say, *of), *count)).collect(),
        queues: report.queues.iter().map(|flow| (place(&flow.from), place(&flow.to), flow.cases)).collect(),
        waits: if tells { waits.into() } else { Vec::new() },
        examples: report
            .examples
            .iter()
            .map(|(of, few)| {
                (words(say, *of), few.iter().map(|one| (one.event, one.conversation.to_string())).collect())
            })
            .collect(),
    })
}

fn words(say: Words, difference: Difference) -> &'static str {
    match difference {
        Difference::Elsewhere => say.elsewhere(),
        Difference::PlacedOtherwise => say.placed_otherwise(),
        Difference::AnsweredByRule => say.answered_by_rule(),
        Difference::LeftToPeople => say.left_to_people(),
        Difference::AnsweredOtherwise => say.answered_otherwise(),
        Difference::Silent => say.silent(),
    }
}
