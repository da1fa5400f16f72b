//! How somebody is let in: by a link once, and by their password from then on.

use domain::Time;
use domain::access::{Access, Hidden, Session};
use domain::decision::Digest;
use domain::event::{Event, PasswordSet, PersonInvited, SessionEnded, SessionOpened};
use domain::id::{PersonId, SessionId};
use domain::raci::Raci;
use domain::raci::person::Person;
use domain::stream::Actor;
use jiff::SignedDuration;

use crate::error::AccessError;
use crate::limits::Tried;
use crate::people::People;
use crate::second_factor::SECOND_FACTOR;
use crate::sign_in::{self, Refused, Second};
use crate::standing::LONGEST;
use crate::using::Origin;
use crate::{secrets, standing};

/// How long an invitation can be opened.
const INVITED: SignedDuration = SignedDuration::from_hours(1);

/// What a hash is sealed as. Never change it.
const PASSWORD: &str = "password";

/// What somebody shows to be let in.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Who they say they are.
    pub person: PersonId,
    /// Their password.
    pub password: String,
    /// What they show besides.
    pub second: Option<Second>,
}

/// Somebody is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// What the browser has to keep.
    pub keep: String,
    /// What the session is called.
    pub session: SessionId,
    /// Whether they still owe a second factor: then they can set one and do nothing else.
    pub half: bool,
}

/// What somebody showed to have a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) second_factor: bool,
    pub(crate) by_provider: bool,
}

impl Shown {
    /// A password, perhaps with a second factor.
    pub(crate) fn password(second_factor: bool) -> Self {
        Self { second_factor, by_provider: false }
    }
}

/// A link was made.
#[derive(Debug, Clone)]
pub struct Invited {
    /// What is in it.
    pub secret: String,
    /// Until when it opens.
    pub until: Time,
}

impl People {
    /// Lets somebody in. `instead` is the session that the browser has until now, which ends.
    pub async fn sign_in(
        &self,
        proof: Proof,
        instead: Option<&str>,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<SignedIn, AccessError> {
        let id = proof.person.clone();
        let (password, second) = (proof.password, proof.second);
        self.prove(&id, password, origin, raci, move |access, secret, fits, now, person| {
            let let_in = sign_in::decide(access, fits, secret, second.as_ref(), now)?;
            if !self.takes_password_of(&person.id) {
                return Err(Refused::ByProvider);
            }
            let half = standing::is_half(raci, person, let_in.second_factor);
            let ended = instead.and_then(|kept| ended(access, kept));
            let (signed_in, opened) = self.open(person, Shown::password(let_in.second_factor), half, origin);
            let events = let_in.used.into_iter().chain(ended).chain([opened]).collect();
            Ok((events, signed_in))
        })
        .await
    }

    /// Somebody shows their password, to be let in or for what a stolen session must not do. `decide` says what follows; it is
    /// asked again when somebody else was faster.
    pub(crate) async fn prove<T>(
        &self,
        id: &PersonId,
        password: String,
        origin: &Origin,
        raci: &Raci,
        decide: impl Fn(&Access, Option<&[u8]>, bool, Time, &Person) -> Result<(Vec<Event>, T), Refused>,
    ) -> Result<T, AccessError> {
        let tried = [Tried::Account(id.clone()), Tried::address(origin.address)];
        self.limits(|limits| limits.begin(&tried, self.now())).map_err(AccessError::TooOften)?;
        let (mut version, mut access) = self.store().access(id)?;
        let person = self.standing(raci, id)?.filter(|person| !person.service);
        let hash = access.password.clone();
        let known = hash.as_ref().filter(|_| person.is_some());
        let known = known.map(|hash| hash.open(id, PASSWORD, self.hiding())).transpose()?;
        let known = known.map(|hash| String::from_utf8_lossy(&hash).into_owned());
        let fits = self.hashing().fits(password, known).await?;
        let Some(person) = person else { return Err(AccessError::Wrong) };
        loop {
            let fits = fits && access.password == hash;
            let secret = access.second_factor.as_ref();
            let secret = secret.map(|secret| secret.open(id, SECOND_FACTOR, self.hiding())).transpose()?;
            let decided = decide(&access, secret.as_deref(), fits, self.now(), person);
            match &decided {
                Ok(_) => self.limits(|limits| limits.was_right(&tried)),
                // Half of a sign-in must not be a way to guess the other half for ever.
                Err(Refused::SecondFactorNeeded) => self.limits(|limits| limits.take_back(&tried)),
                Err(Refused::Wrong | Refused::ByProvider) => {}
            }
            let (events, done) = decided.map_err(|refused| match refused {
                Refused::Wrong => AccessError::Wrong,
                Refused::SecondFactorNeeded => AccessError::SecondFactorNeeded,
                Refused::ByProvider => AccessError::ByProvider,
            })?;
            match self.write(id, Some(version), Actor::Person(id.clone()), events).await {
                // Somebody was faster, perhaps with the same code.
                Err(AccessError::Stale) => (version, access) = self.store().access(id)?,
                written => return written.map(|()| done),
            }
        }
    }

    /// Makes a link that lets somebody set a password, once. One of before opens nothing any more.
    pub async fn invite(
        &self,
        id: &PersonId,
        raci: &Raci,
        actor: Actor,
        seen: Option<u64>,
    ) -> Result<Invited, AccessError> {
        let person = raci.by_id(id).ok_or_else(|| AccessError::NoPerson(id.clone()))?;
        if person.service {
            return Err(AccessError::Service(id.clone()));
        }
        if self.store().access(id)?.1.left.is_some() {
            return Err(AccessError::Left(id.clone()));
        }
        if !self.takes_password_of(id) {
            return Err(AccessError::ByProvider);
        }
        let secret = secrets::random(self.entropy());
        let until = self.now().saturating_add(INVITED).unwrap_or(Time::MAX);
        let invited = PersonInvited { digest: Digest::of(secret.as_bytes()), until };
        self.write(id, seen, actor, vec![invited.into()]).await?;
        Ok(Invited { secret, until })
    }

    /// Opens a link: sets the password and signs in. Whatever the person had before counts no more.
    pub async fn accept(
        &self,
        secret: &str,
        password: String,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<SignedIn, AccessError> {
        let tried = [Tried::address(origin.address)];
        self.limits(|limits| limits.begin(&tried, self.now())).map_err(AccessError::TooOften)?;
        let digest = Digest::of(secret.as_bytes());
        let id = self.store().person_by_invitation(&digest)?.ok_or(AccessError::NoInvitation)?;
        let (version, access) = self.store().access(&id)?;
        let counts = access.invitation.is_some_and(|sent| sent.digest == digest && sent.until > self.now());
        let counts = counts && self.takes_password_of(&id);
        let person = self.standing(raci, &id)?.filter(|person| counts && !person.service);
        let person = person.ok_or(AccessError::NoInvitation)?;
        self.check(&password, person).await?;
        self.limits(|limits| limits.was_right(&tried));
        let set = PasswordSet { password: self.hash(&id, password).await?, anew: true };
        let (signed_in, opened) =
            self.open(person, Shown::password(false), standing::is_half(raci, person, false), origin);
        match self.write(&id, Some(version), Actor::Person(id.clone()), vec![set.into(), opened]).await {
            Err(AccessError::Stale) => Err(AccessError::NoInvitation),
            written => written.map(|()| signed_in),
        }
    }

    /// Somebody takes another password. All their sessions end, and a new one begins.
    pub async fn change_password(
        &self,
        person: &Person,
        second_factor: bool,
        old: String,
        new: String,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<SignedIn, AccessError> {
        self.check(&new, person).await?;
        let hash = self.hash(&person.id, new).await?;
        self.prove(&person.id, old, origin, raci, |_, _, fits, _, person| {
            if !fits {
                return Err(Refused::Wrong);
            }
            let set = PasswordSet { password: hash.clone(), anew: false };
            let half = standing::is_half(raci, person, second_factor);
            let (signed_in, opened) = self.open(person, Shown::password(second_factor), half, origin);
            Ok((vec![set.into(), opened], signed_in))
        })
        .await
    }

    /// Opens a session without a password: for the demo, where everybody is invented.
    pub async fn let_in(&self, person: &Person, origin: &Origin) -> Result<SignedIn, AccessError> {
        let (signed_in, opened) = self.open(person, Shown::password(true), false, origin);
        self.write(&person.id, None, Actor::Host, vec![opened]).await?;
        Ok(signed_in)
    }

    pub(crate) fn open(
        &self,
        person: &Person,
        shown: Shown,
        half: bool,
        origin: &Origin,
    ) -> (SignedIn, Event) {
        let (session, keep) = (SessionId::random(self.entropy()), secrets::random(self.entropy()));
        let opened = SessionOpened {
            session,
            digest: Digest::of(keep.as_bytes()),
            until: self.now().saturating_add(LONGEST).unwrap_or(Time::MAX),
            second_factor: shown.second_factor,
            device: origin.device.clone(),
            by_provider: shown.by_provider,
        };
        (SignedIn { person: person.id.clone(), keep, session, half }, opened.into())
    }

    async fn hash(&self, id: &PersonId, password: String) -> Result<Hidden, AccessError> {
        let hash = self.hashing().hash(password, self.entropy()).await?;
        Ok(Hidden::seal(hash.as_bytes(), id, PASSWORD, self.hiding(), self.entropy())?)
    }
}

/// The end of the session that a browser kept until now, if it was one of theirs.
pub(crate) fn ended(access: &Access, kept: &str) -> Option<Event> {
    let digest = Digest::of(kept.as_bytes());
    let is_it = |(_, session): &(&SessionId, &Session)| session.digest == digest;
    access.sessions.iter().find(is_it).map(|(id, _)| SessionEnded { session: *id }.into())
}
