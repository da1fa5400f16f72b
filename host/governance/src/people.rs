//! The access of all people: what is known of it, and the one way in which something is written about it.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Time;
use domain::access::Access;
use domain::event::Event;
use domain::id::{PersonId, SessionId, TokenId};
use domain::outside::{Clock, Entropy};
use domain::raci::Raci;
use domain::raci::person::Person;
use domain::sealed::Key;
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft, KeyStore, Store};

use crate::error::AccessError;
use crate::limits::Limits;
use crate::password::{self, Hashing, WeakPassword};
use crate::standing;
use crate::using::Uses;

/// What there is of somebody's access.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How many events it comes from.
    pub version: u64,
    /// All of it. Sessions and tokens are only those that count.
    pub access: Access,
    /// When sessions were used last, as far as is remembered.
    pub sessions_used: HashMap<SessionId, Time>,
    /// The same for tokens.
    pub tokens_used: HashMap<TokenId, Time>,
}

/// The access of all people. Cheap to clone.
#[derive(Clone)]
pub struct People(Arc<Inner>);

struct Inner {
    store: Store,
    keys: Arc<KeyStore>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    hashing: Hashing,
    limits: Mutex<Limits>,
    /// Second factors that are being set up.
    pending: Mutex<HashMap<PersonId, (Vec<u8>, Time)>>,
    uses: Uses,
    /// A list of passwords that were stolen somewhere.
    breached: Option<PathBuf>,
    /// Whose passwords are taken, if not everybody's.
    passwords_of: Option<BTreeSet<PersonId>>,
}

impl People {
    /// Of a host. `breached` is a list of passwords that are not taken, one a line; `passwords_of` are those who sign in with one
    /// where the others do by the company's provider. It makes a hash, so it takes a moment.
    pub fn new(
        store: Store,
        keys: Arc<KeyStore>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        breached: Option<PathBuf>,
        passwords_of: Option<BTreeSet<PersonId>>,
    ) -> Self {
        let hashing = Hashing::new(&*entropy);
        let (limits, pending, uses) = (Mutex::default(), Mutex::default(), Uses::default());
        Self(Arc::new(Inner {
            store,
            keys,
            clock,
            entropy,
            hashing,
            limits,
            pending,
            uses,
            breached,
            passwords_of,
        }))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn uses(&self) -> &Uses {
        &self.0.uses
    }

    pub(crate) fn now(&self) -> Time {
        self.0.clock.now()
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
    }

    pub(crate) fn hashing(&self) -> &Hashing {
        &self.0.hashing
    }

    /// Refuses a password that is easily guessed, or that attackers have.
    pub(crate) async fn check(&self, password: &str, person: &Person) -> Result<(), AccessError> {
        password::check(password, person)?;
        let Some(list) = self.0.breached.clone() else { return Ok(()) };
        let password = password.to_owned();
        let listed = tokio::task::spawn_blocking(move || password::is_listed(&password, &list)).await;
        match listed.map_err(std::io::Error::other).flatten() {
            Ok(false) => Ok(()),
            Ok(true) => Err(WeakPassword::Breached.into()),
            Err(error) => Err(AccessError::List(error)),
        }
    }

    pub(crate) fn takes_password_of(&self, id: &PersonId) -> bool {
        self.0.passwords_of.as_ref().is_none_or(|these| these.contains(id))
    }

    /// The key of what has to be read again.
    pub(crate) fn hiding(&self) -> &Key {
        self.0.keys.of_people()
    }

    /// Whether no password is of anybody who works here: then the first one has to come from the machine.
    pub fn nobody_can_sign_in(&self, raci: &Raci) -> Result<bool, AccessError> {
        Ok(standing::nobody_can_sign_in(raci, self.store().people()?.iter()))
    }

    /// What there is of somebody's access.
    pub fn summary(&self, person: &PersonId) -> Result<Summary, AccessError> {
        let (version, mut access) = self.store().access(person)?;
        let now = self.now();
        access.sessions.retain(|id, session| standing::session(session, self.uses().session(*id), now));
        access.tokens.retain(|_, token| token.until > now);
        let sessions = access.sessions.keys();
        let sessions_used = sessions.filter_map(|id| Some((*id, self.uses().session(*id)?))).collect();
        let tokens_used = access.tokens.keys().filter_map(|id| Some((*id, self.uses().token(*id)?)));
        Ok(Summary { version, tokens_used: tokens_used.collect(), access, sessions_used })
    }

    pub(crate) fn limits<T>(&self, with: impl FnOnce(&mut Limits) -> T) -> T {
        with(&mut self.0.limits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn pending<T>(&self, with: impl FnOnce(&mut HashMap<PersonId, (Vec<u8>, Time)>) -> T) -> T {
        with(&mut self.0.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes events of a person. `seen` is the version at which they have to fit, if it matters.
    pub(crate) async fn write(
        &self,
        id: &PersonId,
        seen: Option<u64>,
        actor: Actor,
        events: Vec<Event>,
    ) -> Result<(), AccessError> {
        if events.is_empty() {
            return Ok(());
        }
        let stream = Stream::Person(id.clone());
        let drafts = events.into_iter().map(|event| Draft::new(stream.clone(), actor.clone(), event));
        let expect = seen.map(|version| (stream.clone(), version)).into_iter().collect();
        match self.store().commit(expect, drafts.collect::<Result<_, _>>()?).await {
            Err(CommitError::Conflict { .. }) => Err(AccessError::Stale),
            written => Ok(written.map(drop)?),
        }
    }
}
