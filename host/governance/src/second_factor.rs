//! How a second factor comes to be: an app that shares a secret with us, and codes for the day on which it is lost.
//!
//! The secret is ours and counts only when the app has shown that it has it; until then it lies in memory.

use domain::Time;
use domain::access::{Access, Hidden, Session};
use domain::decision::Digest;
use domain::event::{RecoveryCodesSet, SecondFactorSet, SessionEnded};
use domain::id::{PersonId, SessionId};
use domain::raci::Raci;
use domain::raci::person::Person;
use domain::stream::Actor;
use jiff::SignedDuration;

use crate::error::AccessError;
use crate::limits::Tried;
use crate::people::People;
use crate::sign_in::{self, Refused, Second};
use crate::signing_in::{Shown, SignedIn};
use crate::using::Origin;
use crate::{secrets, totp};

/// How long somebody may take to set up their authenticator app.
const PENDING: SignedDuration = SignedDuration::from_mins(10);

/// How long a sign-in by the provider stands for a password.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// What the secret of a second factor is sealed as. Never change it.
pub(crate) const SECOND_FACTOR: &str = "second-factor";

/// A second factor is being set up.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The secret, as authenticator apps take it.
    pub secret: String,
}

/// A second factor is set.
#[derive(Debug, Clone)]
pub struct SecondFactor {
    /// The codes for the day on which it is lost. They are told once.
    pub recovery_codes: Vec<String>,
    /// The session that takes the place of the one that had none.
    pub signed_in: SignedIn,
}

/// By what somebody shows once more that it is them, for what a stolen session must not do.
#[derive(Debug, Clone)]
pub enum Again {
    /// Their password.
    Password(String),
    /// A session that the company's provider opened a moment ago.
    Session(SessionId),
}

impl People {
    /// Begins to set up a second factor, another one if there is one already.
    pub async fn begin_second_factor(
        &self,
        person: &Person,
        again: Again,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<Begun, AccessError> {
        self.show_again(person, again, raci, origin).await?;
        let mut secret = vec![0; 20];
        self.entropy().fill(&mut secret);
        let shown = secrets::base32(&secret);
        let until = self.now().saturating_add(PENDING).unwrap_or(Time::MAX);
        self.pending(|pending| pending.insert(person.id.clone(), (secret, until)));
        Ok(Begun { secret: shown })
    }

    /// Sets it up with a first code. `session` is replaced by one that was opened with it.
    pub async fn set_second_factor(
        &self,
        person: &Person,
        session: SessionId,
        digits: &str,
        origin: &Origin,
    ) -> Result<SecondFactor, AccessError> {
        let id = &person.id;
        let tried = [Tried::Account(id.clone())];
        let now = self.now();
        self.limits(|limits| limits.begin(&tried, now)).map_err(AccessError::TooOften)?;
        let pending = self.pending(|pending| {
            pending.retain(|_, (_, until)| *until > now);
            pending.get(id).cloned()
        });
        let (secret, _) = pending.ok_or(AccessError::NotBegun)?;
        let step = totp::shown(&secret, digits, now, None).ok_or(AccessError::Wrong)?;
        self.limits(|limits| limits.was_right(&tried));
        let recovery_codes = secrets::recovery_codes(self.entropy());
        let codes = recovery_codes.iter().map(|code| secrets::recovery_digest(code)).collect();
        let secret = Hidden::seal(&secret, id, SECOND_FACTOR, self.hiding(), self.entropy())?;
        let (signed_in, opened) = self.open(person, self.shown_in(id, session)?, false, origin);
        let events = vec![
            SecondFactorSet { secret, step }.into(),
            RecoveryCodesSet { codes }.into(),
            SessionEnded { session }.into(),
            opened,
        ];
        self.write(id, None, Actor::Person(id.clone()), events).await?;
        self.pending(|pending| pending.remove(id));
        Ok(SecondFactor { recovery_codes, signed_in })
    }

    /// Somebody whom the provider let in without a second factor shows theirs. `session` is replaced by one that was opened
    /// with it.
    pub async fn show_second_factor(
        &self,
        person: &Person,
        session: SessionId,
        second: &Second,
        origin: &Origin,
    ) -> Result<SignedIn, AccessError> {
        let id = &person.id;
        let tried = [Tried::Account(id.clone())];
        self.limits(|limits| limits.begin(&tried, self.now())).map_err(AccessError::TooOften)?;
        loop {
            let (version, access) = self.store().access(id)?;
            let secret = access.second_factor.as_ref().ok_or(AccessError::Wrong)?;
            let secret = secret.open(id, SECOND_FACTOR, self.hiding())?;
            let used =
                sign_in::used_up(&access, &secret, second, self.now()).map_err(|_| AccessError::Wrong)?;
            let (signed_in, opened) = self.open(person, self.shown_in(id, session)?, false, origin);
            let events = vec![used, SessionEnded { session }.into(), opened];
            match self.write(id, Some(version), Actor::Person(id.clone()), events).await {
                // Somebody was faster, perhaps with the same code.
                Err(AccessError::Stale) => {}
                written => {
                    self.limits(|limits| limits.was_right(&tried));
                    return written.map(|()| signed_in);
                }
            }
        }
    }

    /// What is shown in the session that takes the place of one, now with a second factor.
    fn shown_in(&self, id: &PersonId, session: SessionId) -> Result<Shown, AccessError> {
        let access = self.store().access(id)?.1;
        let by_provider = access.sessions.get(&session).is_some_and(|session| session.by_provider);
        Ok(Shown { second_factor: true, by_provider })
    }

    /// Makes other recovery codes.
    pub async fn renew_recovery_codes(
        &self,
        person: &Person,
        again: Again,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<Vec<String>, AccessError> {
        self.show_again(person, again, raci, origin).await?;
        let recovery_codes = secrets::recovery_codes(self.entropy());
        let codes: Vec<Digest> = recovery_codes.iter().map(|code| secrets::recovery_digest(code)).collect();
        let set = RecoveryCodesSet { codes };
        self.write(&person.id, None, Actor::Person(person.id.clone()), vec![set.into()]).await?;
        Ok(recovery_codes)
    }

    async fn show_again(
        &self,
        person: &Person,
        again: Again,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<(), AccessError> {
        let id = &person.id;
        match again {
            Again::Password(password) => {
                let right = |_: &Access, _: Option<&[u8]>, fits: bool, _, _: &Person| match fits {
                    true => Ok((vec![], ())),
                    false => Err(Refused::Wrong),
                };
                self.prove(id, password, origin, raci, right).await
            }
            Again::Session(session) => {
                let access = self.store().access(id)?.1;
                let fresh = |session: &Session| {
                    let whole = session.second_factor || access.second_factor.is_none();
                    session.by_provider && whole && self.now().duration_since(session.opened) < FRESH
                };
                let session = access.sessions.get(&session).filter(|session| fresh(session));
                session.map(drop).ok_or(AccessError::NotFresh)
            }
        }
    }
}
