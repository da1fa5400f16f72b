//! What people may have to be told of, in the order in which it happened, and what each of them was told.
//!
//! Such events are rare among all others, so they have an index of their own: whoever tells of them, and whoever follows them
//! live, goes on from any number without reading what lies between.

use domain::id::{LoanId, PersonId, SubscriberId};
use domain::notice::inbox::Inbox;
use domain::raci::loan::Loan;
use domain::stream::Stream;
use domain::subscriber::Progress;

use crate::layout;
use crate::projection::ProjectionError;
use crate::store::Store;

impl Store {
    /// The numbers of events after `after` that people may have to be told of or were told by, in order.
    pub fn happenings(&self, after: u64, limit: usize) -> Result<Vec<u64>, ProjectionError> {
        let range = layout::happening(after.saturating_add(1))..layout::happening(u64::MAX);
        let found = self.tree().first(range, limit)?;
        Ok(found.iter().filter_map(|(key, _)| layout::number(key)).collect())
    }

    /// The last event of which everybody was told who had to be, with the version of the stream `telling`; none if nobody was
    /// ever told of anything.
    pub fn told(&self) -> Result<(u64, Option<u64>), ProjectionError> {
        let version = self.tree().state(&Stream::Telling)?.version;
        Ok((version, self.tree().get(layout::TOLD)?.as_deref().and_then(layout::number)))
    }

    /// How far an address of the company's was told what happens; none if it is new.
    pub fn subscriber(&self, id: &SubscriberId) -> Result<(u64, Option<Progress>), ProjectionError> {
        self.folded(&Stream::Subscriber(id.clone()))
    }

    /// Whose word is lent to whom, whether it counts at this moment or not.
    pub fn loans(&self) -> Result<Vec<(PersonId, LoanId, Loan)>, ProjectionError> {
        let broken = || ProjectionError::Broken("a word that is lent");
        self.all(layout::LOANS.to_vec())?
            .iter()
            .map(|(key, value)| {
                let name =
                    key.get(1..key.len().saturating_sub(17)).and_then(|name| std::str::from_utf8(name).ok());
                let from = PersonId::from(name.ok_or_else(broken)?);
                let loan = LoanId::from_bytes(layout::tail(key).ok_or_else(broken)?);
                Ok((from, loan, serde_json::from_slice(value)?))
            })
            .collect()
    }

    /// What somebody was told. Whoever was told nothing has an empty one.
    pub fn inbox(&self, person: &PersonId) -> Result<(u64, Inbox), ProjectionError> {
        let (version, inbox) = self.folded::<Inbox>(&Stream::Inbox(person.clone()))?;
        Ok((version, inbox.unwrap_or_default()))
    }
}
