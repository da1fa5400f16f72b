//! How many messages a second Meta lets each number send and receive.
//!
//! What the company's file says counts; else what Meta says of the number, asked when it first sends and again each hour,
//! for Meta raises it by itself; else Meta's default.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::company::Company;
use domain::id::NumberId;
use whatsapp::Network;

/// Meta's default (Meta, *Throughput*).
const DEFAULT: u32 = 80;

/// How often Meta is asked again.
pub(crate) const AGAIN: Duration = Duration::from_secs(3_600);

/// What Meta said of each number that sends; none before it was asked, or where it said nothing.
#[derive(Default)]
pub(crate) struct Throughput(Mutex<HashMap<NumberId, Option<u32>>>);

impl Throughput {
    /// Of a number. True beside it if the number was not known before.
    pub(crate) fn of(&self, company: &Company, number: &NumberId) -> (u32, bool) {
        let mut known = self.known();
        let said = known.get(number).copied();
        if said.is_none() {
            known.insert(number.clone(), None);
        }
        (company.throughput(number).or(said.flatten()).unwrap_or(DEFAULT), said.is_none())
    }

    /// Asks Meta about all numbers that send.
    pub(crate) async fn ask(&self, network: &dyn Network) {
        let numbers: Vec<NumberId> = self.known().keys().cloned().collect();
        for number in numbers {
            if let Some(said) = network.throughput(&number).await {
                self.known().insert(number, Some(said));
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<NumberId, Option<u32>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
