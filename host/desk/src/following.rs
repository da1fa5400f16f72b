//! Looking after a case as time goes by: one that nobody answers, one that the customer has left, one that has ended.
//!
//! Rules name the moments at which they want to be asked, and a conversation has one timer for the first of them that may come. What
//! is counted from changes with every message, and the timer does not: it is moved only if something is due earlier, and whoever finds
//! it out of date when it fires sets the next. So a message costs no timer, and a company without such rules nothing at all.

use domain::Time;
use domain::conversation::{Case, Conversation, Holder, Timer};
use domain::decision::{Choice, Effect, Moment, Since};
use domain::event::{CaseRated, ContactSurveyed, Ended, Purpose, RatingAsked, Refused, TimerCancelled};
use domain::id::CaseId;
use domain::message::{Inbound, Outgoing, ReplyButton};
use domain::stream::{Actor, Stream};
use domain::window::Service;
use jiff::SignedDuration;
use rules::Question;

use crate::attend;
use crate::command::DeskError;
use crate::input::{self, instant};
use crate::snapshot::View;
use crate::work::Work;

/// When a customer says how it was.
pub(crate) const RATED: Moment = Moment { since: Since::Rated, seconds: 0 };

/// How a tap on an answer begins, before the case and the score.
pub const TAPPED: &str = "timonel/rated/";

/// Sees to it that the rules are asked at the next moment that they named: behind every command, because almost each of them can
/// change what there is to follow.
pub(crate) fn arm(work: &mut Work<'_>) -> Result<(), DeskError> {
    let Some((case, since, from)) = followed(work) else { return Ok(()) };
    let Some(moment) = next(work, since, from) else { return Ok(()) };
    let due = after(from, moment.seconds);
    let is_armed = |timer: &Timer| matches!(timer.purpose, Purpose::Follow { ended: None, .. });
    let pending = work.conversation.timers.iter().find(|(_, timer)| is_armed(timer));
    if let Some((timer, set)) = pending.map(|(id, timer)| (*id, timer.due)) {
        if set <= due {
            return Ok(());
        }
        work.record(Actor::Host, TimerCancelled { timer })?;
    }
    attend::timer_at(work, due, Purpose::Follow { case, moment, from, ended: None })
}

/// The same of a case that has just ended.
pub(crate) fn ended(work: &mut Work<'_>, case: Case, code: &str) -> Result<(), DeskError> {
    let ended = Ended { case: Box::new(case), code: code.to_owned() };
    let from = work.now;
    arm_ended(work, ended, from, 0)
}

/// A moment has come, if it is still one.
pub(crate) fn due(
    work: &mut Work<'_>,
    case: CaseId,
    moment: Moment,
    from: Time,
    ended: Option<Ended>,
) -> Result<(), DeskError> {
    let Some(ended) = ended else {
        if followed(work) == Some((case, moment.since, from)) {
            let open = work.case().cloned().ok_or(DeskError::Missing("an open case"))?;
            consult(work, moment, from, &open, Vec::new())?;
        }
        return Ok(());
    };
    if work.case().is_some() || work.conversation.last_inbound.is_some_and(|written| written > from) {
        return Ok(());
    }
    consult(work, moment, from, &ended.case, told_of_end(&ended.code))?;
    arm_ended(work, ended, from, moment.seconds + 1)
}

/// Whether this is how the customer says how it was.
pub(crate) fn rated(work: &mut Work<'_>, inbound: &Inbound, at: Time) -> Result<bool, DeskError> {
    let Some((case, score)) = tapped(inbound.content.payload()) else { return Ok(false) };
    let survey = work.conversation.survey.as_ref().filter(|survey| survey.case.id == case);
    let Some(survey) = survey.cloned() else { return Ok(false) };
    if survey.score.is_some() {
        return Ok(true);
    }
    let agent = match &survey.case.holder {
        Holder::Agent { agent, .. } => Some(agent.clone()),
        Holder::Rules | Holder::Queue { .. } => None,
    };
    let queue = survey.case.queue().cloned();
    work.record(Actor::Customer, CaseRated { case, queue, agent, score, at })?;
    consult(work, RATED, at, &survey.case, told_of_score(score))?;
    Ok(true)
}

/// Asks the customer how it was.
pub(crate) fn survey(
    work: &mut Work<'_>,
    actor: &Actor,
    case: &Case,
    body: &str,
    choices: &[Choice],
) -> Result<(), DeskError> {
    let button = |choice: &Choice| ReplyButton {
        id: format!("{TAPPED}{}/{}", case.id, choice.score),
        title: choice.title.clone(),
    };
    let buttons = choices.iter().map(button).collect();
    let message = attend::reply(work, actor.clone(), &Outgoing::Buttons { body: body.to_owned(), buttons })?;
    work.record(actor.clone(), RatingAsked { case: Box::new(case.clone()), message })?;
    let contact = work.conversation.contact;
    let (version, _) = work.shared.contact(contact)?;
    let surveyed = ContactSurveyed { message, at: work.now };
    work.record_in(Stream::Contact(contact), version, actor.clone(), surveyed)
}

/// Why the customer is not asked now how it was.
pub(crate) fn may_not_ask(work: &Work<'_>) -> Result<Option<Refused>, DeskError> {
    let (_, contact) = work.shared.contact(work.conversation.contact)?;
    let is_closed = matches!(work.conversation.windows(work.now).service, Service::Closed { .. });
    Ok(if contact.was_surveyed_lately(work.now) {
        Some(Refused::AskedLately)
    } else {
        is_closed.then_some(Refused::WindowClosed)
    })
}

fn consult(
    work: &mut Work<'_>,
    moment: Moment,
    from: Time,
    case: &Case,
    told: Vec<(String, String)>,
) -> Result<(), DeskError> {
    let mut input = input::of_case(work, case, moment.since.why(), None, None)?;
    input.attrs = attrs(&work.conversation, work.now, moment, from);
    input.attrs.extend(told);
    let view = View::of(work)?;
    let asking = Question { conversation: work.id, input: &input, snapshot: &view };
    let round = work.active.generation.follow(&work.shared.rules, moment, &asking);
    work.shared.meters.round(&round);
    let decided = round.decided.clone();
    let mut refused = Vec::new();
    if let Some(decided) = &decided {
        refused = attend::refusals(work, &decided.rule, &decided.effects)?;
        refused.extend(out_of_time(work, moment, case, &decided.effects));
    }
    attend::record(work, case.id, round, refused.clone())?;
    match decided {
        Some(decided) => attend::apply(work, case, &decided.rule, &decided.effects, &refused),
        None => Ok(()),
    }
}

/// What cannot be done at such a moment.
fn out_of_time(work: &Work<'_>, moment: Moment, case: &Case, effects: &[Effect]) -> Option<Refused> {
    let closes = |effect: &Effect| matches!(effect, Effect::Resolve { .. });
    let is_open = work.case().is_some_and(|open| open.id == case.id);
    if !is_open && effects.iter().any(attend::needs_case) {
        return Some(Refused::CaseEnded);
    }
    (moment.since == Since::Unanswered && effects.iter().any(closes)).then_some(Refused::CustomerWaits)
}

/// What rules are told besides the case.
pub(crate) fn attrs(
    conversation: &Conversation,
    now: Time,
    moment: Moment,
    from: Time,
) -> Vec<(String, String)> {
    let named = |name: &str, value: u64| (name.to_owned(), value.to_string());
    let mut attrs = vec![named("seconds", u64::from(moment.seconds)), named("from", instant(from))];
    if let Service::Open { until } = conversation.windows(now).service {
        attrs.push(named("window-until", instant(until)));
    }
    let answered = conversation.attended.values().max();
    attrs.extend(answered.map(|at| named("agent-answered", instant(*at))));
    attrs
}

/// What rules are told of a case that has ended.
pub(crate) fn told_of_end(code: &str) -> Vec<(String, String)> {
    vec![("code".to_owned(), code.to_owned())]
}

/// What rules are told of a customer who has said how it was.
pub(crate) fn told_of_score(score: u8) -> Vec<(String, String)> {
    vec![("score".to_owned(), score.to_string())]
}

fn arm_ended(work: &mut Work<'_>, ended: Ended, from: Time, seconds: u32) -> Result<(), DeskError> {
    let Some(moment) = work.active.generation.next_moment(Since::Closed, seconds) else { return Ok(()) };
    let case = ended.case.id;
    let due = after(from, moment.seconds);
    attend::timer_at(work, due, Purpose::Follow { case, moment, from, ended: Some(ended) })
}

/// Which case, and what of time going by there is to follow.
fn followed(work: &Work<'_>) -> Option<(CaseId, Since, Time)> {
    let (since, from) = work.conversation.followed()?;
    Some((work.case()?.id, since, from))
}

/// The first moment that has not been, also if it is past: a host that was down catches up. What had passed before an agent answered
/// is nobody's silence.
fn next(work: &Work<'_>, since: Since, from: Time) -> Option<Moment> {
    let been = work.conversation.followed_to.filter(|been| been.moment.since == since && been.from == from);
    let unseen = been.map_or(0, |been| been.moment.seconds + 1);
    work.active.generation.next_moment(since, unseen.max(gone(&work.conversation, since, from)))
}

/// How much of a silence had passed, in seconds, before an agent answered.
pub(crate) fn gone(conversation: &Conversation, since: Since, from: Time) -> u32 {
    let answered = conversation.attended.values().max().filter(|_| since == Since::Quiet);
    answered.and_then(|at| u32::try_from(at.duration_since(from).as_secs()).ok()).unwrap_or(0)
}

pub(crate) fn after(from: Time, seconds: u32) -> Time {
    from.saturating_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Time::MAX)
}

fn tapped(payload: &str) -> Option<(CaseId, u8)> {
    let (case, score) = payload.strip_prefix(TAPPED)?.split_once('/')?;
    let score = score.parse().ok().filter(|score| (1..=5).contains(score))?;
    Some((case.parse().ok()?, score))
}
