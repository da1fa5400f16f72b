//! The days behind the demo. A board, a figure and a backtest say something of a company that was at work yesterday, so it was: before
//! the door opens, the days up to now are lived through by the same desk, rules and agents, by a clock that goes from one thing
//! that happens to the next. What the journal has of it is what it would have of any other week.
//!
//! The morning ends in the middle of its work: the agents of one queue have been to a training, so some wait, some for too long; what one
//! customer asked for yesterday sleeps until shortly before their window closes, and another one's has closed; somebody has just ended the early shift; and a rule that
//! was agreed on yesterday is tried in the shadow, where it fails at each case and soon rests.

mod customers;
mod office;

use std::sync::atomic::{AtomicBool, Ordering};

use domain::Time;
use domain::company::Company;
use domain::conversation::Holder;
use domain::id::{AgentId, QueueId};
use domain::outside::Clock as _;
use domain::proposal::Kind;
use domain::rule::mode::Mode;
use domain::rule::moving::Wish;
use domain::stream::Actor;
use governance::{ProposalError, Word};
use jiff::{SignedDuration, ToSpan as _};

use super::players::Pace;
use super::players::agents::{Player, Presences, later};
use super::players::handing;
use crate::settings::Settings;
use customers::{Customers, Visit};
use office::Office;

/// How fast people live in it: these are the minutes of a real day.
const SPEED: f64 = 0.25;

/// The queue whose agents were away, and for how long before it ends.
const TRAINED: (&str, SignedDuration) = ("ventas", SignedDuration::from_mins(12));

/// How long before it ends somebody asked for something that is to be done today, and how long after it that is due. The window is a
/// day: some close soon, and some have closed, so that only a template is left to be sent. There are two of each, because not
/// everybody who comes meets a person.
const PROMISED: [(SignedDuration, SignedDuration); 4] = [
    (SignedDuration::from_mins(25 * 60 + 20), SignedDuration::from_mins(90)),
    (SignedDuration::from_mins(24 * 60 + 40), SignedDuration::from_mins(80)),
    (SignedDuration::from_mins(23 * 60 + 20), SignedDuration::from_mins(15)),
    (SignedDuration::from_mins(23 * 60 + 5), SignedDuration::from_mins(20)),
];

/// The least time between two looks at who comes and goes.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How often somebody asks a colleague to take a case over.
const HANDED: SignedDuration = SignedDuration::from_mins(45);

/// How long before it ends the rule of the next month was put in the shadow.
const SHADOWED: SignedDuration = SignedDuration::from_hours(49);

/// How long before it ends another rule was agreed on, for the shadow.
const AGREED: SignedDuration = SignedDuration::from_hours(26);

/// One counter for all, as they would like to have it. That queue is not there yet, and in the shadow it is seen before a customer is in
/// it.
const COUNTER: &str = r#"{
    "rule": "mostrador-único", "set": "enrutamiento", "plugin": "skills-router", "mode": "shadow",
    "settings": { "otherwise": { "queue": "mostrador" } }
}"#;

/// The queue one of whose agents ends an early shift, and how long before it ends: it is at work two hours before those of Bogotá, who
/// are needed there.
const LEFT: (&str, SignedDuration) = ("postventa", SignedDuration::from_mins(1));

/// How often somebody counts and looks whether what was counted is to be looked at.
const COUNTED: SignedDuration = SignedDuration::from_mins(10);

/// Whether a journal lies there already: then there is a past, or another company.
pub(super) use office::has_past as has_been_lived;

/// Lives through so many days before `until`, unless somebody wants it to stop. Says which day it is at, as the company calls it.
pub(super) fn live(
    settings: &Settings,
    until: Time,
    days: u8,
    seed: u64,
    wants_to_stop: &AtomicBool,
    mut at: impl FnMut(&str),
) -> anyhow::Result<()> {
    let pace = Pace { speed: SPEED, seed };
    let company = &settings.policy.company;
    let first = super::hours::local(company, until).date().checked_sub(i32::from(days).days())?;
    let begins =
        first.to_datetime(jiff::civil::time(6, 0, 0, 0)).to_zoned(company.zone().clone())?.timestamp();
    let mut office = Office::open(settings, begins)?;
    let clock = office.clock();
    let mut customers = Customers::coming(pace, company, begins, until);
    let mut presences = Presences::new(office.desk.clone(), clock.clone(), pace);
    let mut players: Vec<Player> = company
        .agents()
        .iter()
        .map(|agent| Player::new(office.desk.clone(), agent.clone(), clock.clone(), pace))
        .collect();
    let (mut looked, mut counted, mut handed, mut day) = (None, begins, begins, None);
    let (mut dice, mut asked, mut is_shadowed) = (pace.dice("handing of the past"), false, false);
    let (mut is_agreed, mut has_left) = (false, false);
    while clock.now() < until && !wants_to_stop.load(Ordering::Relaxed) {
        let now = clock.now();
        let today = super::hours::local(company, now).date();
        if day.replace(today) != Some(today) {
            at(&today.strftime("%A %-d").to_string());
        }
        if looked.is_none_or(|looked| now.duration_since(looked) >= MINUTE) {
            looked = Some(now);
            let trains = until.duration_since(now) <= TRAINED.1;
            let away: Vec<AgentId> = company
                .agents()
                .iter()
                .map(|agent| agent.id.clone())
                .filter(|agent| trains && serves(company, agent, TRAINED.0))
                .collect();
            office.drive(presences.look(|agent| away.contains(agent)))?;
            for agent in &away {
                office.drive(train(&office.desk.clone(), company, agent))?;
            }
        }
        // Whoever is asked answers the next minute.
        if now.duration_since(handed) >= if asked { MINUTE } else { HANDED } {
            (handed, asked) = (now, !asked);
            let desk = office.desk.clone();
            // A colleague may be gone by now.
            let _ = office.drive(handing::once(&desk, company, &mut dice, |_| false))?;
        }
        if !is_shadowed && until.duration_since(now) <= SHADOWED {
            is_shadowed = true;
            shadow(&mut office, company)?;
        }
        if !is_agreed && until.duration_since(now) <= AGREED {
            is_agreed = true;
            agree(&mut office, company)?;
        }
        if !has_left && until.duration_since(now) <= LEFT.1 {
            has_left = true;
            let desk = office.desk.clone();
            // Nobody may have anything to leave.
            let _ = office
                .drive(handing::leave(&desk, company, &mut dice, |agent| !serves(company, agent, LEFT.0)))?;
        }
        customers.act(&mut office, now)?;
        office.settle()?;
        for player in &mut players {
            // What one did meanwhile, the desk refuses to the other, and both go on.
            let _ = office.drive(player.look())?;
        }
        // On a Sunday nobody promises anything.
        if let Some((phone, wakes)) = customers.waits_until_tomorrow(now)
            && promise(&mut office, &phone, wakes)?
        {
            customers.sleeps(&phone);
        }
        office.settle()?;
        if now.duration_since(counted) >= COUNTED {
            counted = now;
            office.count()?;
        }
        let quiet = if company_is_open(company, now) { MINUTE } else { COUNTED };
        let next = [customers.due(), office.due()?, players.iter().filter_map(Player::due).min()];
        let next = next.into_iter().flatten().min().unwrap_or(Time::MAX);
        let soonest = later(now, std::time::Duration::from_millis(500));
        clock.set(next.clamp(soonest, now.saturating_add(quiet)?).min(until));
    }
    office.count()?;
    office.close()
}

fn company_is_open(company: &Company, now: Time) -> bool {
    let numbers = company.numbers().first().map(|number| &number.id);
    let open = |queue: &QueueId| numbers.is_some_and(|n| company.calendar(n, Some(queue)).state(now).open);
    company.queues().iter().any(|queue| open(&queue.id))
}

fn serves(company: &Company, agent: &AgentId, queue: &str) -> bool {
    company.agent(agent).is_some_and(|agent| agent.queues.contains(&QueueId::from(queue)))
}

/// Is at a training.
async fn train(desk: &desk::Desk, company: &Company, agent: &AgentId) {
    let code = company.pause_codes().get(1).map(String::as_str);
    if let Err(error) = desk.set_presence(agent, domain::agent::Presence::Break, code).await {
        tracing::debug!(%error, %agent, "nobody went to a training");
    }
}

/// Whoever answers for rules has the one of the next month asked, and not heard.
fn shadow(office: &mut Office, company: &Company) -> anyhow::Result<()> {
    let Some(marta) = company.raci().people().iter().find(|person| person.id.as_str() == "marta").cloned()
    else {
        return Ok(());
    };
    let desk = office.desk.clone();
    let moved = office.drive(async move {
        let (actor, wish) =
            (Actor::Person(marta.id.clone()), Wish { mode: Some(Mode::Shadow), ..Wish::default() });
        let why = "A ver qué diría antes de diciembre";
        desk.move_rule(&marta, actor, &"campaña-diciembre".into(), &wish, why).await
    })?;
    if let Err(error) = moved {
        tracing::debug!(%error, "no rule was put in the shadow");
    }
    Ok(())
}

/// Who answers for what a rule may do agrees on trying another one.
fn agree(office: &mut Office, company: &Company) -> anyhow::Result<()> {
    let (desk, raci) = (office.desk.clone(), company.raci());
    let who = |id: &str| raci.people().iter().find(|person| person.id.as_str() == id).cloned();
    let (Some(patricia), Some(marta), Some(ricardo)) = (who("patricia"), who("marta"), who("ricardo")) else {
        return Ok(());
    };
    let (content, tasks, title) = desk.check_rule(&serde_json::from_str(COUNTER)?)?;
    let reason = "Una sola cola para el mostrador: a ver a quiénes llevaría".to_owned();
    let wish = governance::Wish { kind: Kind::Rule, title, reason, content, tasks, not_before: None };
    office.drive(async move {
        let proposals = desk.proposals();
        let made = proposals.propose(wish, &patricia, &Actor::Person(patricia.id.clone()), raci).await?;
        for signs in [marta, ricardo] {
            let by = Actor::Person(signs.id.clone());
            proposals.say(made.id, made.hash, &Word::Sign, &signs, &by, raci).await?;
        }
        Ok::<_, ProposalError>(())
    })??;
    Ok(())
}

/// What is to be done tomorrow sleeps until then, in the hands of whoever has it. Says whether it does.
fn promise(office: &mut Office, phone: &str, wakes: Time) -> anyhow::Result<bool> {
    let Some((conversation, state)) = office.conversation_of(phone)? else { return Ok(false) };
    let is_answered = state.unanswered.is_none();
    let Some(case) = state.case.filter(|case| case.answered && is_answered) else { return Ok(false) };
    let Holder::Agent { agent, accepted: Some(_), .. } = case.holder else { return Ok(false) };
    let act = desk::Act::Snooze { agent, until: Some(wakes) };
    let desk = office.desk.clone();
    Ok(office.drive(async move { desk.hand(conversation, act).await })?.is_ok())
}

impl Customers {
    /// Everybody who comes: more on working days, most in the morning, and a few when nobody is there.
    fn coming(pace: Pace, company: &Company, from: Time, until: Time) -> Self {
        let mut dice = pace.dice("arrivals");
        let mut visits = Vec::new();
        let mut hour = from;
        while hour < until {
            let many =
                if company_is_open(company, hour) { dice.between(3.0, 7.0) } else { dice.between(0.0, 0.8) };
            for _ in 0..many.round() as u32 {
                let at = later(hour, std::time::Duration::from_secs_f64(dice.between(0.0, 3_600.0)));
                visits.push(Visit::of_anybody(at));
            }
            hour = later(hour, std::time::Duration::from_secs(3_600));
        }
        visits.retain(|visit| visit.at() < until);
        let ago = |span: SignedDuration| until.checked_sub(span).unwrap_or(from);
        for (before, wakes) in PROMISED {
            visits.push(Visit::for_tomorrow(ago(before), until.saturating_add(wakes).unwrap_or(until)));
        }
        // They come to a queue in which nobody takes cases.
        for minutes in [11, 9, 7, 6, 4, 2, 1] {
            visits.push(Visit::for_a_person(ago(SignedDuration::from_mins(minutes))));
        }
        for (order, repair) in [(200, 170), (150, 110), (90, 75)] {
            visits.push(Visit::for_an_order(ago(SignedDuration::from_secs(order))));
            visits.push(Visit::for_a_repair(ago(SignedDuration::from_secs(repair))));
        }
        visits.sort_by_key(Visit::at);
        Self::of(visits, pace)
    }
}
