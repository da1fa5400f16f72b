//! What the agents of the demo do with each other's cases: now and then one asks a colleague to take one over, and leaves a note; or ends
//! the shift, and a colleague takes over what is left. Whoever tries the demo is asked first; a colleague who is played answers after a
//! while.

use std::collections::BTreeSet;
use std::sync::Arc;

use desk::{Act, CommandError, Desk, DeskError};
use domain::agent::Presence;
use domain::company::{AgentDescription, Company};
use domain::conversation::Holder;
use domain::id::{AgentId, ConversationId};
use domain::stream::Actor;
use governance::People;

use super::dice::Dice;
use super::{Pace, is_taken};

/// What they tell each other.
const WHYS: [&str; 3] =
    ["Sabes más de esto que yo", "Salgo a una reunión en cinco minutos", "Lo atendiste la semana pasada"];

/// What they note.
const NOTES: [&str; 3] = [
    "Prefiere que le escriban por la tarde",
    "Ya se le envió la factura",
    "Quedó de mandar una foto del daño",
];

/// Looks at what is to be handed over after which somebody ends the shift.
const SHIFT: u32 = 15;

/// Goes on for as long as the demo runs.
pub(super) async fn hand(desk: Desk, people: People, pace: Pace) {
    let mut dice = pace.dice("handing");
    let company = Arc::clone(&desk.active().company);
    let is_taken = |agent: &AgentId| is_taken(&people, agent);
    for looked in 1_u32.. {
        tokio::time::sleep(pace.seconds(20.0)).await;
        let done = match looked % SHIFT {
            0 => leave(&desk, &company, &mut dice, is_taken).await,
            _ => once(&desk, &company, &mut dice, is_taken).await,
        };
        if let Err(error) = done {
            tracing::debug!(%error, "no case was handed over");
        }
    }
}

/// Somebody who has a case and does not stay ends the shift, and names who is to have it: a colleague of the same queue who is there.
pub(in crate::demo) async fn leave(
    desk: &Desk,
    company: &Company,
    dice: &mut Dice,
    stays: impl Fn(&AgentId) -> bool,
) -> Result<(), CommandError> {
    let here = |agent: &&AgentDescription| is_here(desk, &agent.id);
    let mut leaving = Vec::new();
    for agent in company.agents().iter().filter(here).filter(|agent| !stays(&agent.id)) {
        let colleague = company
            .agents()
            .iter()
            .filter(here)
            .find(|other| other.id != agent.id && other.queues.first() == agent.queues.first());
        if let (Some(colleague), Some(case)) = (colleague, accepted(desk, &agent.id)?) {
            leaving.push((agent.id.clone(), colleague.id.clone(), case));
        }
    }
    let Some((agent, colleague, case)) = dice.one_of(&leaving) else { return Ok(()) };
    let note = dice.one_of(&NOTES).copied().unwrap_or_default().to_owned();
    desk.end_shift(agent, Some(colleague.clone()), vec![(*case, note)]).await?;
    Ok(())
}

/// Answers what was asked, or has somebody ask.
pub(in crate::demo) async fn once(
    desk: &Desk,
    company: &Company,
    dice: &mut Dice,
    is_taken: impl Fn(&AgentId) -> bool,
) -> Result<(), CommandError> {
    let played = |agent: &&AgentDescription| !is_taken(&agent.id);
    let mut asked = false;
    for agent in company.agents() {
        let offers = desk.store().offers(&agent.id).map_err(DeskError::from)?;
        asked |= !offers.is_empty();
        for conversation in offers {
            if !played(&agent) {
                continue;
            }
            let takes = Act::Answer { agent: agent.id.clone(), takes: true };
            if desk.hand(conversation, takes).await.is_err() {
                let declines = Act::Answer { agent: agent.id.clone(), takes: false };
                desk.hand(conversation, declines).await?;
            }
        }
    }
    if asked {
        return Ok(());
    }
    let visitor =
        company.agents().iter().find(|agent| !played(agent)).filter(|agent| is_here(desk, &agent.id));
    let others: Vec<&AgentDescription> =
        company.agents().iter().filter(played).filter(|agent| is_here(desk, &agent.id)).collect();
    let Some(from) = dice.one_of(&others) else { return Ok(()) };
    let to = visitor.or_else(|| others.iter().find(|agent| agent.id != from.id).copied());
    let (Some(to), Some(conversation)) = (to, accepted(desk, &from.id)?) else { return Ok(()) };
    let words = |all: &[&str], dice: &mut Dice| dice.one_of(all).copied().unwrap_or_default().to_owned();
    let by = Actor::Agent(from.id.clone());
    let note = Act::Note { by, text: words(&NOTES, dice), mentions: BTreeSet::new(), hands: None };
    desk.hand(conversation, note).await?;
    let offer = Act::Offer { agent: from.id.clone(), to: to.id.clone(), why: words(&WHYS, dice) };
    desk.hand(conversation, offer).await?;
    Ok(())
}

fn is_here(desk: &Desk, agent: &AgentId) -> bool {
    desk.store().agent(agent).is_ok_and(|(_, state)| state.presence == Presence::Available)
}

/// A case that an agent has accepted.
fn accepted(desk: &Desk, agent: &AgentId) -> Result<Option<ConversationId>, CommandError> {
    let (_, state) = desk.store().agent(agent).map_err(DeskError::from)?;
    for conversation in state.cases.into_values() {
        let (_, known) = desk.store().conversation(conversation).map_err(DeskError::from)?;
        // What sleeps is let sleep.
        let awake = known.and_then(|known| known.case).filter(|case| case.snoozed.is_none());
        if matches!(awake.map(|case| case.holder), Some(Holder::Agent { accepted: Some(_), .. })) {
            return Ok(Some(conversation));
        }
    }
    Ok(None)
}
