//! The people of the demo: customers with something to ask, and agents who answer them.
//!
//! They know what people in their place know and use what such people use: customers have a phone, agents have the desk's
//! commands. What they say is written down in `stories` and `phrases`; when they say it follows from a seed and a pace.

pub(super) mod agents;
mod customers;
pub(super) mod dice;
pub(super) mod handing;
pub(super) mod phrases;
mod ratings;
pub(super) mod stories;

use std::sync::Arc;
use std::time::Duration;

use desk::Desk;
use domain::id::AgentId;
use domain::outside::Clock;
use governance::People;
use tokio::task::JoinSet;

use dice::Dice;

/// How fast they live, and what their choices follow from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) speed: f64,
    pub(super) seed: u64,
}

impl Pace {
    /// So many seconds of their life.
    pub(super) fn seconds(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.speed)
    }

    /// Dice of one player's own.
    pub(super) fn dice(&self, player: &str) -> Dice {
        Dice::of(self.seed, player)
    }
}

/// Whether whoever tries the demo sits in an agent's place: then nobody plays them.
fn is_taken(people: &People, agent: &AgentId) -> bool {
    people.summary(&agent.as_str().into()).is_ok_and(|known| !known.access.sessions.is_empty())
}

/// Lets the agents come to work, and the customers write if they are to.
pub(super) fn start(
    tasks: &mut JoinSet<()>,
    desk: &Desk,
    phones: &Arc<simulator::Handle>,
    (people, clock): (&People, &Arc<dyn Clock>),
    pace: Pace,
    customers: bool,
) {
    tasks.spawn(agents::keep_presence(desk.clone(), people.clone(), Arc::clone(clock), pace));
    for agent in desk.active().company.agents() {
        tasks.spawn(agents::attend(desk.clone(), people.clone(), agent.clone(), Arc::clone(clock), pace));
    }
    tasks.spawn(handing::hand(desk.clone(), people.clone(), pace));
    if customers {
        tasks.spawn(customers::write(desk.clone(), Arc::clone(phones), pace));
        tasks.spawn(ratings::tap(Arc::clone(phones), pace));
    }
}
