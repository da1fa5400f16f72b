//! A customer's message, a timer: what the rules are asked, and what is done of what they answer.
//!
//! Responders are asked while no person holds the case, routers when it needs a place. What a rule wants is an effect;
//! the invariants of the host stand between the two and say, in the decision itself, what was not done and why.

use domain::Time;
use domain::company::Company;
use domain::conversation::{Case, Holder, Timer};
use domain::decision::{Effect, MemoryScope, Place, Verdict, Why};
use domain::event::{
    CaseClosed, CaseLabelled, CaseOpened, CaseQueued, CaseWoken, Chooser, CustomerReferred, Label,
    MessageReceived, Note, PreferenceEnded, Purpose, Refused, Remembered, ReplyQueued, RuleDecided,
    RuleRemembered, TimerCancelled, TimerFired, TimerSet, Woken,
};
use domain::id::{CaseId, MessageId, NumberId, QueueId, RuleId, TimerId};
use domain::message::{Content, Inbound, Outgoing};
use domain::stream::Actor;
use jiff::SignedDuration;
use rules::{Answered, Question, Round};

use crate::command::{CommandError, DeskError, Done};
use crate::consent;
use crate::escalation;
use crate::following;
use crate::handing;
use crate::input::{self, input};
use crate::mass;
use crate::media;
use crate::requests;
use crate::snapshot::{self, View};
use crate::templates;
use crate::work::Work;

/// Keys that a rule may have in its memory of one conversation or contact.
const MEMORY_KEYS: usize = 32;

/// Takes in a customer's message.
pub(crate) fn message(
    work: &mut Work<'_>,
    inbound: &Inbound,
    sent_at: Time,
    webhook: u64,
) -> Result<Done, DeskError> {
    let lookup = work.shared.keys.lookup("wamid", &inbound.wamid);
    if work.shared.store.referent(&lookup)?.is_some() {
        return Ok(Done::Repeated);
    }
    let message = MessageId::new(work.now, &*work.shared.entropy);
    let received = MessageReceived {
        message,
        sent_at,
        content: inbound.content.kind().to_owned(),
        lookup,
        body: work.seal(inbound)?,
        webhook,
    };
    work.record(Actor::Customer, received)?;
    if inbound.beside.referral.is_some() {
        work.record(Actor::Host, CustomerReferred { at: sent_at })?;
    }
    if consent::heard(work, inbound, sent_at)? {
        return Ok(Done::Recorded);
    }
    if following::rated(work, inbound, sent_at)? {
        return Ok(Done::Recorded);
    }
    media::take_in(work, &inbound.content, message)?;
    if matches!(inbound.content, Content::Reaction { .. }) {
        // A thumb under an answer asks for nothing.
        return Ok(Done::Recorded);
    }
    if let Some(case) = work.case().filter(|case| case.snoozed.is_some()).map(|case| case.id) {
        work.record(Actor::Host, CaseWoken { case, by: Woken::Written })?;
    }
    if work.case().is_none() {
        let case = CaseId::random(&*work.shared.entropy);
        work.record(Actor::Host, CaseOpened { case })?;
    }
    if matches!(work.case().map(|case| &case.holder), Some(Holder::Agent { .. })) {
        expect_answer(work)?;
    } else {
        consult(work, Why::Message, Some((inbound, sent_at)), None)?;
    }
    Ok(Done::Recorded)
}

/// Takes in that a timer is due.
pub(crate) fn timer(work: &mut Work<'_>, timer: TimerId) -> Result<Done, DeskError> {
    let Some(set) = work.conversation.timers.get(&timer).cloned() else { return Ok(Done::Repeated) };
    if set.due > work.now {
        return Ok(Done::Repeated);
    }
    work.record(Actor::Host, TimerFired { timer, due: set.due })?;
    let waits = |work: &Work<'_>, id: CaseId| {
        work.case().is_some_and(|case| case.id == id && matches!(case.holder, Holder::Queue { .. }))
    };
    match set.purpose {
        Purpose::EndPreference { case } if waits(work, case) => {
            work.record(Actor::Host, PreferenceEnded { case })?;
        }
        Purpose::EndOffer { case } => handing::lapse(work, case)?,
        Purpose::Rescue { case } => {
            let awake = work.case().is_some_and(|known| known.id == case && known.snoozed.is_none());
            if awake && work.conversation.unanswered.is_some() {
                handing::rescue(work)?;
            }
        }
        Purpose::Escalate { case } => escalation::due(work, case)?,
        Purpose::EndSnooze { case } => {
            if work.case().is_some_and(|known| known.id == case && known.snoozed.is_some()) {
                work.record(Actor::Host, CaseWoken { case, by: Woken::Due })?;
            }
        }
        Purpose::Follow { case, moment, from, ended } => following::due(work, case, moment, from, ended)?,
        Purpose::Overflow { case } if waits(work, case) => place(work, Why::Overflow, None)?,
        Purpose::Wake { rule, note } => {
            let held = matches!(work.case().map(|case| &case.holder), Some(Holder::Agent { .. }));
            if work.case().is_some() && !held {
                let note = note.open(&work.key)?;
                let again = CallAgain { rule, note: Some(note.0), answer: None };
                consult(work, Why::Wake, None, Some(again))?;
            }
        }
        Purpose::EndPreference { .. } | Purpose::Overflow { .. } => {}
    }
    Ok(Done::Recorded)
}

/// The one rule that is to be called again, and what brings it.
pub(crate) struct CallAgain {
    pub(crate) rule: RuleId,
    /// What it noted when it asked to be woken.
    pub(crate) note: Option<String>,
    /// What a service answered.
    pub(crate) answer: Option<Answered>,
}

/// Asks the responding rules, or the one that is to be called again, and then the routing rules if a person is needed.
pub(crate) fn consult(
    work: &mut Work<'_>,
    why: Why,
    message: Option<(&Inbound, Time)>,
    again: Option<CallAgain>,
) -> Result<(), DeskError> {
    let (only, note, answer) = match again {
        Some(CallAgain { rule, note, answer }) => (Some(rule), note, answer),
        None => (None, None, None),
    };
    let case = work.case().cloned().ok_or(DeskError::Missing("an open case"))?;
    // Of an answer the message that led there is what a router goes by, and not the rule: it has said what it needs to know.
    let input = input(work, why, message.filter(|_| why != Why::Answer), note)?;
    let view = View::answered(work, answer)?;
    let generation = &work.active.generation;
    let asking = Question { conversation: work.id, input: &input, snapshot: &view };
    let round = match &only {
        Some(rule) => generation.call_again(&work.shared.rules, rule, why, &asking),
        None => generation.respond(&work.shared.rules, why, &asking),
    };
    work.shared.meters.round(&round);
    let decided = round.decided.clone();
    let refused = match &decided {
        Some(decided) => refusals(work, &decided.rule, &decided.effects)?,
        None => Vec::new(),
    };
    record(work, case.id, round, refused.clone())?;
    let needs_person = match &decided {
        // Nobody dealt with what the customer wrote, or with what was to help with it.
        None => matches!(why, Why::Message | Why::Answer),
        Some(decided) => {
            refused.contains(&Refused::AutomaticLimit)
                || refused.contains(&Refused::TooManyRequests)
                || matches!(decided.verdict, Verdict::AnsweredAndRoute | Verdict::HandOver)
        }
    };
    if let Some(decided) = &decided {
        apply(work, &case, &decided.rule, &decided.effects, &refused)?;
    }
    let unplaced = matches!(work.case().map(|case| &case.holder), Some(Holder::Rules));
    if needs_person && unplaced {
        let why = if decided.is_some() || why == Why::Answer { Why::HandedOver } else { why };
        place(work, why, message)?;
    }
    Ok(())
}

/// Asks the routing rules for a place. Without one the case goes to the number's own queue, so that it is never nowhere.
pub(crate) fn place(
    work: &mut Work<'_>,
    why: Why,
    message: Option<(&Inbound, Time)>,
) -> Result<(), DeskError> {
    let open = work.case().cloned().ok_or(DeskError::Missing("an open case"))?;
    let case = open.id;
    let input = input(work, why, message, None)?;
    let view = View::of(work)?;
    let asking = Question { conversation: work.id, input: &input, snapshot: &view };
    let round = work.active.generation.route(&work.shared.rules, why, &asking);
    work.shared.meters.round(&round);
    let decided = round.decided.clone();
    let chosen = decided.as_ref().and_then(|decided| match &decided.verdict {
        Verdict::Place(place) => Some(known_part(&work.active.company, place)),
        _ => None,
    });
    let (chosen, refused) = chosen.map_or_else(Default::default, |(place, refused)| (Some(place), refused));
    record(work, case, round, refused)?;
    let (place, by) = match decided {
        Some(decided) => {
            apply(work, &open, &decided.rule, &decided.effects, &[])?;
            match chosen {
                Some(place) => (place, Chooser::Rule(decided.rule)),
                _ => return Ok(()),
            }
        }
        None if why == Why::Overflow => return Ok(()),
        None => (own_place(work), Chooser::Default),
    };
    // Whoever waited, or was attended, does not lose their turn; and whoever gave it back is not who is asked next.
    let (since, avoid) = match work.case().map(|case| &case.holder) {
        Some(Holder::Queue { since, place }) => (*since, place.avoid.clone()),
        Some(Holder::Agent { since, agent, .. }) => (*since, Some(agent.clone())),
        Some(Holder::Rules) | None => (work.now, None),
    };
    let place = Place { avoid, ..place };
    let (prefer, overflow) = (place.prefer.clone(), place.overflow_after);
    work.record(Actor::Host, CaseQueued { case, place, since, by })?;
    if let Some(prefer) = prefer {
        set_timer(work, prefer.for_seconds, Purpose::EndPreference { case })?;
    }
    if let Some(seconds) = overflow {
        set_timer(work, seconds, Purpose::Overflow { case })?;
    }
    Ok(())
}

/// A place without what the company does not know: it stands in the journal for ever and is not sealed, so that nothing of a
/// customer may get there.
pub(crate) fn known_part(company: &Company, place: &Place) -> (Place, Vec<Refused>) {
    let mut place = place.clone();
    let mut refused = Vec::new();
    let agents = company.agents();
    let asked = place.skills.len();
    place.skills.retain(|skill| agents.iter().any(|agent| agent.skills.contains(skill)));
    if place.skills.len() < asked {
        refused.push(Refused::UnknownSkill);
    }
    let preferred = place.prefer.take();
    let known = preferred.clone().filter(|preferred| agents.iter().any(|agent| agent.id == preferred.agent));
    if known != preferred {
        refused.push(Refused::UnknownAgent);
    }
    place.prefer = known;
    (place, refused)
}

/// Where a case goes of which no rule says where: the queue that it was in, or the number's own.
pub(crate) fn default_place(company: &Company, number: &NumberId, own: Option<&QueueId>) -> Place {
    Place::in_queue(own.cloned().unwrap_or_else(|| company.default_queue(number)))
}

fn own_place(work: &Work<'_>) -> Place {
    let own = work.case().and_then(|case| case.queue());
    default_place(&work.active.company, &work.conversation.number, own)
}

/// Keeps what a round of rules came to. A round in which there was no rule to ask is no decision.
pub(crate) fn record(
    work: &mut Work<'_>,
    case: CaseId,
    round: Round,
    refused: Vec<Refused>,
) -> Result<(), DeskError> {
    if round.asked.is_empty() && round.not_asked.is_empty() && round.shadowed.is_empty() {
        return Ok(());
    }
    let decided = RuleDecided {
        case,
        of: round.kind,
        why: round.why,
        generation: round.generation,
        traces: work.seal(&round.traces)?,
        asked: round.asked,
        not_asked: round.not_asked,
        shadowed: round.shadowed,
        refused,
    };
    work.record(Actor::Host, decided)
}

/// The invariants that what a rule wants runs into.
pub(crate) fn refusals(
    work: &Work<'_>,
    rule: &RuleId,
    effects: &[Effect],
) -> Result<Vec<Refused>, DeskError> {
    let says = |effect: &&Effect| matches!(effect, Effect::Reply { .. } | Effect::Survey { .. });
    let replies = effects.iter().filter(says).count();
    let sent = work.conversation.automatic_within_the_hour(work.now);
    let (company, mut refused) = (&work.active.company, Vec::new());
    if replies > 0 && sent as usize + replies > company.automatic_limit() as usize {
        refused.push(Refused::AutomaticLimit);
    }
    let unknown = |effect: &Effect| matches!(effect, Effect::Resolve { code } if !company.counts_by(code));
    if effects.iter().any(unknown) {
        refused.push(Refused::UnknownCode);
    }
    if requests::are_too_many(work, rule, effects)? {
        refused.push(Refused::TooManyRequests);
    }
    for effect in effects {
        match effect {
            Effect::Reply { message: message @ Outgoing::Template(_) } => {
                let offered = templates::category(work.shared, &work.conversation.number, message)?.is_ok();
                if !offered || whatsapp::check(message).is_err() {
                    refused.push(Refused::TemplateNotOffered);
                }
            }
            Effect::Survey { .. } => refused.extend(following::may_not_ask(work)?),
            Effect::Reassign { to } => refused.extend(handing::not_moved(work, to)),
            _ => {}
        }
    }
    Ok(refused)
}

/// Whether something can be done to an open case alone.
pub(crate) fn needs_case(effect: &Effect) -> bool {
    !matches!(effect, Effect::Reply { .. } | Effect::Survey { .. } | Effect::Remember { .. })
}

/// Does what a rule wants, in the order in which it asked for it.
pub(crate) fn apply(
    work: &mut Work<'_>,
    about: &Case,
    rule: &RuleId,
    effects: &[Effect],
    refused: &[Refused],
) -> Result<(), DeskError> {
    let actor = || Actor::Rule(rule.clone());
    let refuses = |what: &[Refused]| what.iter().any(|what| refused.contains(what));
    let is_open = |work: &Work<'_>| work.case().is_some_and(|open| open.id == about.id);
    let was_open = is_open(work);
    let case = about.id;
    for effect in effects {
        if was_open && !is_open(work) {
            return Ok(());
        }
        if !was_open && needs_case(effect) {
            continue;
        }
        match effect {
            Effect::Reply { .. } | Effect::Survey { .. } | Effect::Resolve { .. }
                if refuses(&[Refused::AutomaticLimit]) => {}
            Effect::Reply { message: Outgoing::Template(_) } if refuses(&[Refused::TemplateNotOffered]) => {}
            Effect::Reply { message: message @ Outgoing::Template(_) } => {
                match mass::queue(work, actor(), message) {
                    Ok(_) => {}
                    Err(CommandError::Desk(error)) => return Err(error),
                    Err(error) => tracing::warn!(%rule, %error, "a rule's template is not sent"),
                }
            }
            Effect::Reply { message } => {
                reply(work, actor(), message)?;
            }
            Effect::Survey { .. } if refuses(&[Refused::AskedLately, Refused::WindowClosed]) => {}
            Effect::Survey { body, choices } => {
                let about = work.case().filter(|open| open.id == case).unwrap_or(about).clone();
                following::survey(work, &actor(), &about, body, choices)?;
            }
            Effect::Reassign { to } => handing::reassign(work, rule, to)?,
            Effect::AddTag { tag } => {
                let mut tags = input::tags(work)?;
                if tags.0.insert(tag.clone()) {
                    let label = Label::Tags(work.seal(&tags)?);
                    work.record(actor(), CaseLabelled::new(case, label))?;
                }
            }
            Effect::RemoveTag { tag } => {
                let mut tags = input::tags(work)?;
                if tags.0.remove(tag) {
                    let label = Label::Tags(work.seal(&tags)?);
                    work.record(actor(), CaseLabelled::new(case, label))?;
                }
            }
            Effect::Note { text } => {
                let label = Label::Note(work.seal(&Note(text.clone()))?);
                work.record(actor(), CaseLabelled::new(case, label))?;
            }
            Effect::Priority { value } => {
                work.record(actor(), CaseLabelled::new(case, Label::Priority(*value)))?;
            }
            Effect::Resolve { .. } if refuses(&[Refused::CustomerWaits]) => {}
            Effect::Resolve { code } => {
                let counts = work.active.company.counts_by(code);
                let code = if counts { code.as_str() } else { CaseClosed::OTHER };
                let code = code.to_owned();
                end(work, actor(), &code)?;
            }
            Effect::WakeAfter { seconds, note } => {
                cancel_wakes(work, rule)?;
                let note = work.seal(&Note(note.clone()))?;
                set_timer(work, *seconds, Purpose::Wake { rule: rule.clone(), note })?;
            }
            Effect::WakeCancel => cancel_wakes(work, rule)?,
            Effect::Request { .. } if refused.contains(&Refused::TooManyRequests) => {}
            Effect::Request { request } => requests::make(work, rule, request)?,
            Effect::Remember { scope, key, value } => {
                remember(work, rule, *scope, key, value.as_deref())?;
            }
        }
    }
    Ok(())
}

/// Ends the open case, whoever has it.
pub(crate) fn end(work: &mut Work<'_>, actor: Actor, code: &str) -> Result<(), DeskError> {
    let case = work.case().cloned().ok_or(DeskError::Missing("an open case"))?;
    work.record(actor.clone(), CaseClosed { case: case.id, code: code.to_owned() })?;
    if let Holder::Agent { agent, .. } = &case.holder {
        handing::release(work, actor, agent, case.id)?;
    }
    following::ended(work, case, code)
}

/// Queues a message to the customer.
pub(crate) fn reply(work: &mut Work<'_>, actor: Actor, message: &Outgoing) -> Result<MessageId, DeskError> {
    let id = MessageId::new(work.now, &*work.shared.entropy);
    let queued = ReplyQueued {
        message: id,
        case: work.case().map(|case| case.id),
        number: work.conversation.number.clone(),
        content: message.kind().to_owned(),
        category: templates::category(work.shared, &work.conversation.number, message)?.unwrap_or_default(),
        campaign: None,
        body: work.seal(message)?,
    };
    work.record(actor, queued)?;
    Ok(id)
}

/// From when on an agent has a customer who wrote, the queue's time runs until they answer.
pub(crate) fn expect_answer(work: &mut Work<'_>) -> Result<(), DeskError> {
    let Some((case, queue)) = work.case().and_then(|case| match &case.holder {
        Holder::Agent { queue, .. } => Some((case.id, queue.clone())),
        Holder::Rules | Holder::Queue { .. } => None,
    }) else {
        return Ok(());
    };
    let runs = |timer: &Timer| matches!(timer.purpose, Purpose::Rescue { .. });
    match work.active.company.rescue_after(&queue) {
        Some(minutes) if !work.conversation.timers.values().any(runs) => {
            set_timer(work, minutes * 60, Purpose::Rescue { case })
        }
        _ => Ok(()),
    }
}

pub(crate) fn set_timer(work: &mut Work<'_>, seconds: u32, purpose: Purpose) -> Result<(), DeskError> {
    let due = work.now.saturating_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Time::MAX);
    timer_at(work, due, purpose)
}

/// Has something happen at a moment.
pub(crate) fn timer_at(work: &mut Work<'_>, due: Time, purpose: Purpose) -> Result<(), DeskError> {
    let timer = TimerId::random(&*work.shared.entropy);
    work.record(Actor::Host, TimerSet { timer, due, purpose })
}

fn cancel_wakes(work: &mut Work<'_>, rule: &RuleId) -> Result<(), DeskError> {
    let of_rule = |purpose: &Purpose| matches!(purpose, Purpose::Wake { rule: of, .. } if of == rule);
    let timers: Vec<TimerId> = work
        .conversation
        .timers
        .iter()
        .filter(|(_, timer)| of_rule(&timer.purpose))
        .map(|(timer, _)| *timer)
        .collect();
    for timer in timers {
        work.record(Actor::Host, TimerCancelled { timer })?;
    }
    Ok(())
}

fn remember(
    work: &mut Work<'_>,
    rule: &RuleId,
    scope: MemoryScope,
    key: &str,
    value: Option<&str>,
) -> Result<(), DeskError> {
    let owner = match scope {
        MemoryScope::Conversation => work.id.to_bytes(),
        MemoryScope::Contact => work.conversation.contact.to_bytes(),
    };
    let slot = snapshot::slot(&work.shared.keys, rule, key);
    let store = &work.shared.store;
    let known = store.memory(rule, scope, owner, &slot)?.is_some();
    if !known && value.is_some() && store.memory_keys(rule, scope, owner)? >= MEMORY_KEYS {
        tracing::warn!(%rule, "a rule has filled its memory of a conversation or contact: the note is dropped");
        return Ok(());
    }
    let value = value.map(|value| work.seal(&Remembered(value.to_owned()))).transpose()?;
    let contact = work.conversation.contact;
    work.record(Actor::Rule(rule.clone()), RuleRemembered { rule: rule.clone(), scope, contact, slot, value })
}
