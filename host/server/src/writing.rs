//! Who is writing to a customer at this moment, so that nobody writes beside them.
//!
//! It lasts for seconds and is worth nothing afterwards, so it is in no journal: a host that starts anew knows of nobody, and a page
//! on which somebody writes says so again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::id::{ConversationId, PersonId};

/// For how long somebody is taken to be writing after they said so: a page says it every three seconds.
const LASTS: Duration = Duration::from_secs(6);

/// Those who are writing. Cheap to clone.
#[derive(Clone, Default)]
pub struct Writing(Arc<Mutex<HashMap<ConversationId, (PersonId, Instant)>>>);

impl Writing {
    /// Somebody is.
    pub(crate) fn begins(&self, conversation: ConversationId, person: PersonId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, since)| since.elapsed() < LASTS);
        all.insert(conversation, (person, Instant::now()));
    }

    /// What they wrote is said, or dropped.
    pub(crate) fn ends(&self, conversation: ConversationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&conversation);
    }

    /// Who is, if somebody is.
    pub(crate) fn in_conversation(&self, conversation: ConversationId) -> Option<PersonId> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (person, since) = all.get(&conversation)?;
        (since.elapsed() < LASTS).then(|| person.clone())
    }
}
