//! What rules ask of services outside, as their conversation sees it: asked, tried, tried again, ended, and the rule asked anew.

use domain::Time;
use domain::conversation::Holder;
use domain::decision::{Effect, Why};
use domain::event::{RequestDelayed, RequestEnded, RequestMade};
use domain::id::{RequestId, RuleId};
use domain::message::Inbound;
use domain::request::{Answer, Ended, Failed, Pending, Request, SINCE_MESSAGE};
use domain::stream::Actor;
use jiff::SignedDuration;
use rules::{Answered, contract};
use store::Line;

use crate::attend::{self, CallAgain};
use crate::command::{DeskError, Done};
use crate::requester::Flown;
use crate::shared::Shared;
use crate::work::Work;

/// For how long a request is tried, from when it was made. The customer is waiting.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

/// Lines in which the customer's last message is looked for.
const LINES: usize = 10;

/// How often a request is tried.
const ATTEMPTS: u32 = 4;

/// Requests of a rule that are not answered. One that has more floods.
const OPEN: usize = 100;

/// Answers that say that another attempt may fare better (RFC 9110 and 6585).
const BUSY: [u16; 4] = [429, 502, 503, 504];

/// Whether a rule asks too much for that to be done.
pub(crate) fn are_too_many(work: &Work<'_>, rule: &RuleId, effects: &[Effect]) -> Result<bool, DeskError> {
    let wanted = effects.iter().filter(|effect| matches!(effect, Effect::Request { .. })).count();
    if wanted == 0 {
        return Ok(false);
    }
    let asked = work.conversation.asked as usize + wanted > SINCE_MESSAGE as usize;
    Ok(asked || work.shared.store.requests_open(rule, OPEN)? >= OPEN)
}

/// Keeps what a rule wants asked, so that it will be.
pub(crate) fn make(work: &mut Work<'_>, rule: &RuleId, request: &Request) -> Result<(), DeskError> {
    let made = RequestMade {
        request: RequestId::random(&*work.shared.entropy),
        rule: rule.clone(),
        case: work.case_id()?,
        to: request.to.origin(),
        method: request.method,
        until: work.now.saturating_add(PATIENCE).unwrap_or(Time::MAX),
        body: work.seal(request)?,
    };
    work.record(Actor::Rule(rule.clone()), made)
}

/// Decides on what came of an attempt: another one, or the end, after which the rule is asked.
pub(crate) fn flown(work: &mut Work<'_>, request: RequestId, flown: &Flown) -> Result<Done, DeskError> {
    let Some(pending) = work.conversation.requests.get(&request).cloned() else { return Ok(Done::Repeated) };
    if pending.attempts != flown.attempt {
        return Ok(Done::Repeated);
    }
    let asked = pending.body.open(&work.key)?;
    if let Some(again_at) = again(work, &pending, &asked, flown) {
        let delayed = RequestDelayed {
            request,
            attempt: flown.attempt,
            failed: flown.answer.as_ref().err().copied(),
            status: flown.answer.as_ref().ok().map(|(answer, _)| answer.status),
            again_at,
        };
        work.record(Actor::Host, delayed)?;
        return Ok(Done::Recorded);
    }
    let (ended, answer) = match &flown.answer {
        Ok((answer, bytes)) => (Ended::Answered { status: answer.status, bytes: *bytes }, answer.clone()),
        Err(failed) => {
            // An attempt that was never made takes nothing back of an earlier one that may have been heard.
            let failed = if pending.doubtful && !failed.may_be_done() { Failed::NoAnswer } else { *failed };
            (Ended::Failed { failed }, Answer::none(asked.purpose.clone()))
        }
    };
    let ended = RequestEnded {
        request,
        rule: pending.rule.clone(),
        to: asked.to.origin(),
        method: asked.method,
        ended,
        attempts: flown.attempt,
        millis: flown.millis,
        body: work.seal(&answer)?,
    };
    let response = response(&ended, answer);
    work.record(Actor::Host, ended)?;
    // A person who has the case needs no rule, and another case is not the one in which it was asked.
    let asks = work
        .case()
        .is_some_and(|case| case.id == pending.case && !matches!(case.holder, Holder::Agent { .. }));
    if asks {
        let answer = Answered { version: work.version + 1, answer: response };
        let again = CallAgain { rule: pending.rule, note: None, answer: Some(answer) };
        let message = last_message(work)?;
        let message = message.as_ref().map(|(inbound, at)| (inbound, *at));
        attend::consult(work, Why::Answer, message, Some(again))?;
    }
    Ok(Done::Recorded)
}

/// What the customer wrote last, if it stands as it was written: whoever looks for a place goes by that.
fn last_message(work: &Work<'_>) -> Result<Option<(Inbound, Time)>, DeskError> {
    let store = &work.shared.store;
    let lines = store.history(work.id, None, LINES)?;
    let written = lines.iter().rev().find_map(|(_, line)| match line {
        Line::Inbound(received) => Some(received),
        _ => None,
    });
    let Some(received) = written else { return Ok(None) };
    let amended = store.amended(&received.lookup)?;
    if amended.revoked.is_some() || amended.edited.is_some() {
        return Ok(None);
    }
    Ok(Some((received.body.open(&work.key)?, received.sent_at)))
}

/// When it is tried again; none if it is not.
fn again(work: &Work<'_>, pending: &Pending, asked: &Request, flown: &Flown) -> Option<Time> {
    let (may, wished) = match &flown.answer {
        // One that was not heard is as good as none.
        Err(failed) => (failed.may_pass() && (asked.repeatable || !failed.may_be_done()), None),
        Ok((answer, _)) => (asked.repeatable && BUSY.contains(&answer.status), answer.retry_after()),
    };
    let pause = pause(work.shared, flown.attempt.max(1)).max(SignedDuration::from_secs(wished.unwrap_or(0)));
    let at = work.now.saturating_add(pause).ok()?;
    (may && flown.attempt < ATTEMPTS && at < pending.until).then_some(at)
}

/// Half of a pause that doubles from a second on, and up to the other half by chance.
fn pause(shared: &Shared, attempt: u32) -> SignedDuration {
    let half = 500 * 2_i64.saturating_pow(attempt - 1);
    let mut chance = [0; 4];
    shared.entropy.fill(&mut chance);
    SignedDuration::from_millis(half + i64::from(u32::from_be_bytes(chance)) % half)
}

/// What a rule reads of an end.
pub(crate) fn response(ended: &RequestEnded, answer: Answer) -> contract::Response {
    let Answer { purpose, status, headers, body } = answer;
    let outcome = match ended.ended {
        Ended::Answered { .. } => "answered".to_owned(),
        Ended::Failed { failed } => failed.word(),
    };
    contract::Response {
        purpose,
        outcome,
        status,
        headers,
        body,
        attempts: ended.attempts,
        attrs: Vec::new(),
    }
}
