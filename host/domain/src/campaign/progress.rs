//! How a campaign fares, counted: each message is in one place, and the counts are kept by the difference when it moves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delivery::{Delivery, Sending, Status};
use crate::event::Refused;

/// Where a message of a campaign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// It waits for its turn, or for its hour.
    Queued,
    /// WhatsApp has it, or may have it.
    Sent,
    /// It is on the customer's device.
    Delivered,
    /// The customer saw it.
    Read,
    /// WhatsApp refused it, or it will never arrive.
    Failed,
    /// The law or a person kept it back.
    Withheld,
}

impl Place {
    /// Of a message.
    pub fn of(delivery: &Delivery) -> Self {
        match (delivery.status, &delivery.state) {
            (Some(Status::Failed), _) => Self::Failed,
            (Some(Status::Read | Status::Played), _) => Self::Read,
            (Some(Status::Delivered), _) => Self::Delivered,
            (Some(Status::Sent), _) => Self::Sent,
            (None, Sending::Queued | Sending::Waiting { .. } | Sending::Postponed { .. }) => Self::Queued,
            (None, Sending::Refused { .. }) => Self::Failed,
            (None, Sending::Withheld) => Self::Withheld,
            (None, Sending::Attempting | Sending::Accepted | Sending::InDoubt { .. } | Sending::Unknown) => {
                Self::Sent
            }
        }
    }
}

/// The messages of a campaign, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// By where they are.
    #[serde(default)]
    pub places: BTreeMap<Place, u32>,
    /// Those that were kept back, by why.
    #[serde(default)]
    pub withheld: BTreeMap<Refused, u32>,
}

/// A place, and why a message was kept back if it was.
pub type Spot = (Place, Option<Refused>);

/// Where a message is, and why it was kept back.
pub fn spot(delivery: &Delivery) -> Spot {
    let place = Place::of(delivery);
    (place, delivery.withheld.filter(|_| place == Place::Withheld))
}

impl Progress {
    /// A message went from one place to another; from none if it is new.
    pub fn moved(&mut self, from: Option<Spot>, to: Spot) {
        if let Some((place, why)) = from {
            take(&mut self.places, place);
            if let Some(why) = why {
                take(&mut self.withheld, why);
            }
        }
        let (place, why) = to;
        *self.places.entry(place).or_default() += 1;
        if let Some(why) = why {
            *self.withheld.entry(why).or_default() += 1;
        }
    }

    /// How many are in a place.
    pub fn at(&self, place: Place) -> u32 {
        self.places.get(&place).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn all(&self) -> u32 {
        self.places.values().sum()
    }
}

fn take<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&key);
        }
    }
}
