//! Forgetting by policy: contacts who have not been active for as long as the company said.
//!
//! A clock that is wrong by years, or a slip in a file, would forget a whole company's customers in one night, and nothing
//! brings them back. So what runs by itself stops before it forgets many at once and says how a person lets it go on.

use std::collections::BTreeSet;

use domain::Time;
use domain::id::ContactId;
use domain::stream::Actor;

use crate::assemble::Desk;
use crate::command::DeskError;
use crate::erasure::{Cause, ErasureError, Term};

/// Contacts that may be forgotten in one run without a person: as many as this, or a tenth of all, whichever is more.
const ALONE: usize = 100;

/// A contact whose term is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Who.
    pub contact: ContactId,
    /// When they were last active.
    pub last_activity: Time,
    /// Whether a duty keeps them.
    pub held: bool,
}

/// What the policy says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The policy, as `contacts = "5y"`.
    pub policy: String,
    /// Who was last active before this moment is to be forgotten.
    pub before: Time,
    /// Who that is, the longest ago first.
    pub expired: Vec<Expired>,
    /// Of so many.
    pub of: usize,
}

impl Due {
    /// How many would be forgotten.
    pub fn count(&self) -> usize {
        self.expired.iter().filter(|expired| !expired.held).count()
    }

    /// Whether they are so many that a person has to say so.
    pub fn needs_person(&self) -> bool {
        self.count() > ALONE.max(self.of / 10)
    }
}

impl Desk {
    /// Whose term is over. None without a policy. Looks at every contact.
    pub fn retention_due(&self) -> Result<Option<Due>, DeskError> {
        let shared = self.shared();
        let Some(kept) = shared.active.load().company.retention().contacts else { return Ok(None) };
        let before = kept.until(shared.now());
        let contacts = shared.store.contacts()?;
        let mut expired = Vec::new();
        for contact in &contacts {
            let Some(last_activity) = self.last_activity(*contact)? else { continue };
            if last_activity < before {
                let (_, known) = shared.store.contact(*contact)?;
                let held = known.is_some_and(|known| known.hold.is_some());
                expired.push(Expired { contact: *contact, last_activity, held });
            }
        }
        expired.sort_by_key(|expired| (expired.last_activity, expired.contact));
        Ok(Some(Due { policy: format!("contacts = \"{kept}\""), before, expired, of: contacts.len() }))
    }

    /// Forgets those whose term is over and whom nothing keeps. Gives how many.
    pub async fn retain(&self, due: &Due, by: &Actor) -> Result<usize, ErasureError> {
        let cause = Cause {
            reason: "the term of the company's retention policy is over".to_owned(),
            term: Some(Term { policy: due.policy.clone(), before: due.before }),
        };
        let mut erased = BTreeSet::new();
        for expired in due.expired.iter().filter(|expired| !expired.held) {
            match self.end(expired.contact, &cause, by).await {
                Ok(done) => drop(erased.insert(done.contact)),
                Err(ErasureError::Held(_) | ErasureError::Already(_) | ErasureError::Active) => {}
                Err(error) => {
                    self.destroy(erased).await?;
                    return Err(error);
                }
            }
        }
        let count = erased.len();
        if count > 0 {
            self.destroy(erased).await?;
        }
        Ok(count)
    }
}
