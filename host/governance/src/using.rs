//! Who asks, by what they prove themselves with: looked at with every request, so that whoever left is out with the next.
//!
//! When something was used last is remembered in memory alone. A session that was used before a restart counts from when
//! it was opened, so that none is ever open for longer than it should be.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Time;
use domain::access::{Access, Token};
use domain::decision::Digest;
use domain::event::SessionsOverlapped;
use domain::id::{PersonId, SessionId, TokenId};
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::raci::refusal::Refusal;
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use store::Draft;
use subtle::ConstantTimeEq as _;

use crate::error::AccessError;
use crate::people::People;
use crate::{secrets, standing};

/// Two sessions that are used within this time are in use at the same time.
const TOGETHER: SignedDuration = SignedDuration::from_mins(5);

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// From which machine. It is kept in memory and nowhere else.
    pub address: IpAddr,
    /// What it says it is, in few words.
    pub device: String,
}

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// They are signed in.
    Session {
        /// Where.
        id: SessionId,
        /// Whether they still owe a second factor.
        half: bool,
    },
    /// A program of theirs, or a program that is one.
    Token {
        /// Which.
        id: TokenId,
        /// What it may.
        token: Token,
    },
}

/// Somebody who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub person: Person,
    /// How we know.
    pub by: By,
}

impl Known {
    /// Whether what they are known by reaches an action at all. Whether they may is the matrix's to say.
    pub fn reaches(&self, action: Action) -> Result<(), Refusal> {
        match (&self.by, action) {
            (_, Action::SeeOneself)
            | (By::Session { .. }, Action::SecureOneself)
            | (By::Session { half: false, .. }, _) => Ok(()),
            (By::Session { half: true, .. }, _) => Err(Refusal::SecondFactorFirst),
            // A token that leaked must not be a way to a password, to somebody else's, or to more tokens.
            (
                By::Token { .. },
                Action::SecureOneself
                | Action::KeepOwnAccess
                | Action::ChangeAccess
                | Action::DelegateWord
                | Action::DecideProposals,
            ) => Err(Refusal::NotByToken),
            (By::Token { token, .. }, action) if token.covers(action) => Ok(()),
            (By::Token { .. }, action) => Err(Refusal::NotInToken(action)),
        }
    }
}

/// What a request shows counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

/// What is remembered of uses.
#[derive(Default)]
pub(crate) struct Uses {
    sessions: Mutex<HashMap<SessionId, (Time, Origin)>>,
    tokens: Mutex<HashMap<TokenId, Time>>,
    /// Pairs that were told, so that a burst of requests tells one once.
    told: Mutex<HashSet<(SessionId, SessionId)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uses {
    pub(crate) fn session(&self, id: SessionId) -> Option<Time> {
        locked(&self.sessions).get(&id).map(|(at, _)| *at)
    }

    pub(crate) fn token(&self, id: TokenId) -> Option<Time> {
        locked(&self.tokens).get(&id).copied()
    }

    /// Remembers a use of a session, and gives the one that was in use somewhere else a moment before.
    pub(crate) fn of_session(
        &self,
        id: SessionId,
        access: &Access,
        origin: &Origin,
        now: Time,
    ) -> Option<SessionId> {
        let mut sessions = locked(&self.sessions);
        let elsewhere = |other: SessionId| {
            sessions.get(&other).is_some_and(|(at, from)| {
                // One session wanders from one network to another, and never from one device to another.
                let apart = if other == id { from.device != origin.device } else { from != origin };
                now.duration_since(*at) < TOGETHER && apart
            })
        };
        let along_with = access.sessions.get(&id).map(|session| &session.along_with);
        let others = access.sessions.keys().copied().filter(|other| elsewhere(*other));
        let mut news = others.filter(|other| along_with.is_none_or(|known| !known.contains(other)));
        let mut told = locked(&self.told);
        let other = news.find(|other| told.insert((id.min(*other), id.max(*other))));
        if !sessions.contains_key(&id) {
            sessions.retain(|_, (at, _)| now.duration_since(*at) < standing::IDLE);
            told.retain(|(one, _)| *one == id || sessions.contains_key(one));
        }
        sessions.insert(id, (now, origin.clone()));
        other
    }
}

impl People {
    /// Who keeps a session, if it counts.
    pub fn by_session(
        &self,
        kept: &str,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<Result<Known, Unknown>, AccessError> {
        let (digest, now) = (Digest::of(kept.as_bytes()), self.now());
        let Some(id) = self.store().person_by_session(&digest)? else { return Ok(Err(Unknown)) };
        let (_, access) = self.store().access(&id)?;
        let found = access.sessions.iter().find(|(_, session)| session.digest == digest);
        let person = self.standing(raci, &id)?.filter(|person| !person.service);
        let (Some((session, opened)), Some(person)) = (found, person) else { return Ok(Err(Unknown)) };
        if !standing::session(opened, self.uses().session(*session), now) {
            return Ok(Err(Unknown));
        }
        if let Some(other) = self.uses().of_session(*session, &access, origin, now) {
            let overlapped = SessionsOverlapped { session: *session, other };
            // Nobody waits for it: it is for those who look at the sessions later.
            drop(self.store().append(Draft::new(Stream::Person(id), Actor::Host, overlapped)?));
            tracing::warn!(person = %person.id, "an account is in use in two places at the same time");
        }
        let half = standing::is_half(raci, person, opened.second_factor);
        Ok(Ok(Known { person: person.clone(), by: By::Session { id: *session, half } }))
    }

    /// Whose a token is, if it counts.
    pub fn by_token(&self, token: &str, raci: &Raci) -> Result<Result<Known, Unknown>, AccessError> {
        let Some((id, secret)) = secrets::parts(token) else { return Ok(Err(Unknown)) };
        let Some(of) = self.store().person_by_token(id)? else { return Ok(Err(Unknown)) };
        let (_, mut access) = self.store().access(&of)?;
        let (Some(token), Some(person)) = (access.tokens.remove(&id), self.standing(raci, &of)?) else {
            return Ok(Err(Unknown));
        };
        let digest = Digest::of(secret.as_bytes());
        let fits = bool::from(digest.as_bytes().ct_eq(token.digest.as_bytes()));
        let now = self.now();
        if !fits || !standing::token(&token, person, now) {
            return Ok(Err(Unknown));
        }
        locked(&self.uses().tokens).insert(id, now);
        Ok(Ok(Known { person: person.clone(), by: By::Token { id, token } }))
    }

    /// The person behind what let somebody in, if it still counts. To look is no use of it: a session that does nothing else
    /// ends when it should.
    pub fn still(&self, known: &Known, raci: &Raci) -> Result<Option<Person>, AccessError> {
        let (id, now) = (&known.person.id, self.now());
        let Some(person) = self.standing(raci, id)? else { return Ok(None) };
        let (_, access) = self.store().access(id)?;
        let counts = match &known.by {
            By::Session { id, .. } => access.sessions.get(id).is_some_and(|opened| {
                standing::session(opened, self.uses().session(*id), now)
                    && !standing::is_half(raci, person, opened.second_factor)
            }),
            By::Token { id, .. } => {
                access.tokens.get(id).is_some_and(|token| standing::token(token, person, now))
            }
        };
        Ok(counts.then(|| person.clone()))
    }

    /// Whether somebody whom the matrix knows works here: they have not left, nor has whoever answers for them.
    pub fn works_here(&self, raci: &Raci, id: &PersonId) -> Result<bool, AccessError> {
        Ok(self.standing(raci, id)?.is_some())
    }

    /// The person, if they work here at this moment.
    pub(crate) fn standing<'a>(
        &self,
        raci: &'a Raci,
        id: &PersonId,
    ) -> Result<Option<&'a Person>, AccessError> {
        let mut failed = None;
        let person = standing::person(raci, id, |id| match self.store().access(id) {
            Ok((_, access)) => access.left.is_some(),
            Err(error) => {
                failed = Some(error);
                true
            }
        });
        failed.map_or(Ok(person), |error| Err(error.into()))
    }
}
