//! Who the customers are, found by their phone and by their user id.
//!
//! Whoever was never introduced exists too, as everybody on the planet does for WhatsApp: they have a phone and nothing
//! else that is known.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::options::Person;

#[derive(Default)]
pub(crate) struct People {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    by_phone: HashMap<String, Arc<Person>>,
    by_user_id: HashMap<String, Arc<Person>>,
}

impl People {
    pub(crate) fn new(people: &[Person]) -> Self {
        let all = Self::default();
        people.iter().for_each(|person| all.introduce(person.clone()));
        all
    }

    /// Takes in who somebody is, or what is new about them.
    pub(crate) fn introduce(&self, person: Person) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let person = Arc::new(person);
        if let Some(before) = known.by_phone.insert(person.phone.clone(), person.clone())
            && before.user_id != person.user_id
        {
            known.by_user_id.remove(&before.user_id);
        }
        known.by_user_id.insert(person.user_id.clone(), person);
    }

    /// Changes what is known of somebody who was introduced.
    pub(crate) fn change(&self, phone: &str, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.by_phone(phone) {
            let mut person = Person::clone(&person);
            change(&mut person);
            self.introduce(person);
        }
    }

    pub(crate) fn by_phone(&self, phone: &str) -> Option<Arc<Person>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).by_phone.get(phone).cloned()
    }

    pub(crate) fn by_user_id(&self, user_id: &str) -> Option<Arc<Person>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).by_user_id.get(user_id).cloned()
    }

    /// Nobody has this phone any more.
    pub(crate) fn forget(&self, phone: &str) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = known.by_phone.remove(phone) {
            known.by_user_id.remove(&person.user_id);
        }
    }
}
