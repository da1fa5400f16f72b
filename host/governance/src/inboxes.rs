//! What people do about what they were told: they read it.

use domain::id::PersonId;
use domain::notice::NoticesRead;
use domain::notice::inbox::Inbox;
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft, ProjectionError, Store};

use crate::teller::TellError;

/// The inboxes of all people. Cheap to clone.
#[derive(Clone)]
pub struct Inboxes(Store);

impl Inboxes {
    /// Those of a store.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// The one of somebody.
    pub fn of(&self, person: &PersonId) -> Result<Inbox, ProjectionError> {
        Ok(self.0.inbox(person)?.1)
    }

    /// Somebody has read some of what they were told, by the numbers of the causes; all of it, if none are named. What they
    /// were not told of, or have read before, changes nothing. Gives how many are still unread.
    pub async fn read(
        &self,
        person: &PersonId,
        which: Option<&[u64]>,
        actor: &Actor,
    ) -> Result<usize, TellError> {
        let stream = Stream::Inbox(person.clone());
        loop {
            let (version, inbox) = self.0.inbox(person)?;
            let unread =
                inbox.notices.iter().filter(|(_, notice)| notice.read.is_none()).map(|(cause, _)| *cause);
            let read: Vec<u64> =
                unread.filter(|cause| which.is_none_or(|which| which.contains(cause))).collect();
            if read.is_empty() {
                return Ok(inbox.unread());
            }
            let draft = Draft::new(stream.clone(), actor.clone(), NoticesRead { notices: read })?;
            match self.0.commit(vec![(stream.clone(), version)], vec![draft]).await {
                Ok(_) => return Ok(self.of(person)?.unread()),
                // Something came meanwhile.
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
