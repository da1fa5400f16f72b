//! What people do about their own access, and what is done about it: each is one commit in the stream of the person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Time;
use domain::access::{Access, Hidden, Session, Token};
use domain::decision::Digest;
use domain::event::{
    Event, PasswordSet, PersonInvited, PersonLeft, PersonReturned, RecoveryCodesSet, SecondFactorSet,
    SessionEnded, SessionOpened, SignedOutEverywhere, TokenIssued, TokenRevoked,
};
use domain::id::{PersonId, SessionId, TokenId};
use domain::outside::{Clock, Entropy};
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::sealed::SealError;
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use store::{CommitError, Draft, KeyStore, ProjectionError, Store};

use crate::limits::{Limits, Tried};
use crate::password::{self, Busy, Hashing, WeakPassword};
use crate::sign_in::{self, Refused, Second};
use crate::standing::{self, LONGEST};
use crate::using::{Origin, Uses};
use crate::{secrets, totp};

/// How long an invitation can be opened.
const INVITED: SignedDuration = SignedDuration::from_hours(1);

/// How long somebody may take to set up their authenticator app.
const PENDING: SignedDuration = SignedDuration::from_mins(10);

/// The longest that a token counts, in days.
const TOKEN_DAYS: i64 = 366;

/// What a hash is sealed as. Never change it.
const PASSWORD: &str = "password";

/// What the secret of a second factor is sealed as. Never change it.
const SECOND_FACTOR: &str = "second-factor";

/// Why something about access was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The person, the password or the code is wrong. It is not said which.
    #[error("the person, the password or the code is wrong")]
    Wrong,
    /// The password is right.
    #[error("the password is right: send it again with `code` or `recovery-code`")]
    SecondFactorNeeded,
    /// Too many were wrong.
    #[error("too many attempts: try again in {} s", .0.as_secs() + 1)]
    TooOften(SignedDuration),
    /// Too many sign in at this moment.
    #[error("too many sign in at this moment: try again in a second")]
    Busy,
    /// The password is not taken.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The link is worth nothing.
    #[error("the invitation was used, is too old or was replaced by another: ask for a new one")]
    NoInvitation,
    /// The matrix knows nobody of that name.
    #[error("`{0}` is nobody in the file of the matrix (`raci`)")]
    NoPerson(PersonId),
    /// They have left.
    #[error("`{0}` has left: say first that they are back")]
    Left(PersonId),
    /// They have not.
    #[error("`{0}` has not left")]
    NotLeft(PersonId),
    /// It is a program.
    #[error("`{0}` is a program: it has tokens, which its owner issues, and no password")]
    Service(PersonId),
    /// It is somebody else's program, or none.
    #[error("`{0}` is no program that you answer for")]
    NotYours(PersonId),
    /// There is no set-up to finish.
    #[error("no second factor is being set up: begin again")]
    NotBegun,
    /// The word is no scope.
    #[error("`{0}` in `scopes` is no task and no action: /api/v1/openapi.json has the list")]
    NoScope(String),
    /// It has none.
    #[error("`scopes` is empty: a token is limited to tasks or actions, as \"monitor-sla\"")]
    NoScopes,
    /// It would count for ever.
    #[error("`days` is {0}: 1 to 366 was expected")]
    Days(i64),
    /// Its name says nothing.
    #[error("`name` is what the token is for, in 1 to 60 characters")]
    Name,
    /// There is none of that name.
    #[error("there is no such session or token")]
    NotThere,
    /// Somebody else changed it meanwhile.
    #[error("it was changed since it was read: read it again")]
    Stale,
    /// Nothing was written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Something could not be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Something could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<Busy> for AccessError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

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

/// A link was made.
#[derive(Debug, Clone)]
pub struct Invited {
    /// What is in it.
    pub secret: String,
    /// Until when it opens.
    pub until: Time,
}

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
}

impl People {
    /// Of a host. It makes a hash, so it takes a moment.
    pub fn new(store: Store, keys: Arc<KeyStore>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let hashing = Hashing::new(&*entropy);
        let (limits, pending, uses) = (Mutex::default(), Mutex::default(), Uses::default());
        Self(Arc::new(Inner { store, keys, clock, entropy, hashing, limits, pending, uses }))
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

    fn entropy(&self) -> &dyn Entropy {
        &*self.0.entropy
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
        access.tokens.retain(|_, token| standing::token(token, now));
        let sessions = access.sessions.keys();
        let sessions_used = sessions.filter_map(|id| Some((*id, self.uses().session(*id)?))).collect();
        let tokens_used = access.tokens.keys().filter_map(|id| Some((*id, self.uses().token(*id)?)));
        Ok(Summary { version, tokens_used: tokens_used.collect(), access, sessions_used })
    }

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
            let half = standing::is_half(raci, person, let_in.second_factor);
            let ended = instead.and_then(|kept| ended(access, kept));
            let (signed_in, opened) = self.open(person, let_in.second_factor, half, origin);
            let events = let_in.used.into_iter().chain(ended).chain([opened]).collect();
            Ok((events, signed_in))
        })
        .await
    }

    /// Somebody who is signed in shows their password again, for what a stolen session must not do.
    async fn prove<T>(
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
        let known = known.map(|hash| hash.open(id, PASSWORD, self.0.keys.of_people())).transpose()?;
        let known = known.map(|hash| String::from_utf8_lossy(&hash).into_owned());
        let fits = self.0.hashing.fits(password, known).await?;
        let Some(person) = person else { return Err(AccessError::Wrong) };
        loop {
            let fits = fits && access.password == hash;
            let secret = access.second_factor.as_ref();
            let secret =
                secret.map(|secret| secret.open(id, SECOND_FACTOR, self.0.keys.of_people())).transpose()?;
            let decided = decide(&access, secret.as_deref(), fits, self.now(), person);
            match &decided {
                Ok(_) => self.limits(|limits| limits.was_right(&tried)),
                // Half of a sign-in must not be a way to guess the other half for ever.
                Err(Refused::SecondFactorNeeded) => self.limits(|limits| limits.take_back(&tried)),
                Err(Refused::Wrong) => {}
            }
            let (events, done) = decided.map_err(|refused| match refused {
                Refused::Wrong => AccessError::Wrong,
                Refused::SecondFactorNeeded => AccessError::SecondFactorNeeded,
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
        let person = self.standing(raci, &id)?.filter(|person| counts && !person.service);
        let person = person.ok_or(AccessError::NoInvitation)?;
        password::check(&password, person)?;
        self.limits(|limits| limits.was_right(&tried));
        let set = PasswordSet { password: self.hash(&id, password).await?, anew: true };
        let (signed_in, opened) = self.open(person, false, standing::is_half(raci, person, false), origin);
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
        password::check(&new, person)?;
        let hash = self.hash(&person.id, new).await?;
        self.prove(&person.id, old, origin, raci, |_, _, fits, _, person| {
            if !fits {
                return Err(Refused::Wrong);
            }
            let set = PasswordSet { password: hash.clone(), anew: false };
            let half = standing::is_half(raci, person, second_factor);
            let (signed_in, opened) = self.open(person, second_factor, half, origin);
            Ok((vec![set.into(), opened], signed_in))
        })
        .await
    }

    /// Begins to set up a second factor, another one if there is one already.
    pub async fn begin_second_factor(
        &self,
        person: &Person,
        password: String,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<Begun, AccessError> {
        let right = |_: &Access, _: Option<&[u8]>, fits: bool, _, _: &Person| match fits {
            true => Ok((vec![], ())),
            false => Err(Refused::Wrong),
        };
        self.prove(&person.id, password, origin, raci, right).await?;
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
        let secret = Hidden::seal(&secret, id, SECOND_FACTOR, self.0.keys.of_people(), self.entropy())?;
        let (signed_in, opened) = self.open(person, true, false, origin);
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

    /// Makes other recovery codes.
    pub async fn renew_recovery_codes(
        &self,
        person: &Person,
        password: String,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<Vec<String>, AccessError> {
        let recovery_codes = secrets::recovery_codes(self.entropy());
        let codes: Vec<Digest> = recovery_codes.iter().map(|code| secrets::recovery_digest(code)).collect();
        self.prove(&person.id, password, origin, raci, |_, _, fits, _, _| match fits {
            true => Ok((vec![RecoveryCodesSet { codes: codes.clone() }.into()], ())),
            false => Err(Refused::Wrong),
        })
        .await?;
        Ok(recovery_codes)
    }

    /// Opens a session without a password: for the demo, where everybody is invented.
    pub async fn let_in(&self, person: &Person, origin: &Origin) -> Result<SignedIn, AccessError> {
        let (signed_in, opened) = self.open(person, true, false, origin);
        self.write(&person.id, None, Actor::Host, vec![opened]).await?;
        Ok(signed_in)
    }

    /// Ends one session.
    pub async fn end_session(
        &self,
        id: &PersonId,
        session: SessionId,
        actor: Actor,
    ) -> Result<(), AccessError> {
        if !self.store().access(id)?.1.sessions.contains_key(&session) {
            return Err(AccessError::NotThere);
        }
        self.write(id, None, actor, vec![SessionEnded { session }.into()]).await
    }

    /// Ends all sessions and revokes all tokens.
    pub async fn sign_out_everywhere(
        &self,
        id: &PersonId,
        actor: Actor,
        seen: Option<u64>,
    ) -> Result<(), AccessError> {
        self.write(id, seen, actor, vec![SignedOutEverywhere {}.into()]).await
    }

    /// Issues a token, to a person or to a program that they answer for. What it is kept as is told once.
    pub async fn issue_token(
        &self,
        issuer: &Person,
        program: Option<&PersonId>,
        name: &str,
        scopes: Vec<String>,
        days: i64,
        raci: &Raci,
    ) -> Result<(TokenId, String, Token), AccessError> {
        let whose = match program {
            None => &issuer.id,
            Some(program) => {
                let theirs = raci.by_id(program).filter(|one| one.owner.as_ref() == Some(&issuer.id));
                &theirs.ok_or_else(|| AccessError::NotYours(program.clone()))?.id
            }
        };
        let name = name.trim();
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(AccessError::Name);
        }
        if scopes.is_empty() {
            return Err(AccessError::NoScopes);
        }
        let is_known = |word: &String| {
            Task::ALL.iter().any(|task| task.word() == *word)
                || Action::ALL.iter().any(|action| action.word() == *word)
        };
        if let Some(strange) = scopes.iter().find(|word| !is_known(word)) {
            return Err(AccessError::NoScope(strange.clone()));
        }
        if !(1..=TOKEN_DAYS).contains(&days) {
            return Err(AccessError::Days(days));
        }
        let now = self.now();
        let until = now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Time::MAX);
        let (id, secret) = (TokenId::random(self.entropy()), secrets::random(self.entropy()));
        let digest = Digest::of(secret.as_bytes());
        let issued = TokenIssued { token: id, digest, name: name.to_owned(), scopes: scopes.clone(), until };
        self.write(whose, None, Actor::Person(issuer.id.clone()), vec![issued.into()]).await?;
        let token = Token { digest, name: name.to_owned(), scopes, issued: now, until };
        Ok((id, secrets::token(id, &secret), token))
    }

    /// Revokes a token, of a person or of a program that they answer for.
    pub async fn revoke_token(&self, id: TokenId, by: &Person, raci: &Raci) -> Result<(), AccessError> {
        let whose = self.store().person_by_token(id)?.ok_or(AccessError::NotThere)?;
        let answers = |program: &Person| program.owner.as_ref() == Some(&by.id);
        if whose != by.id && !raci.by_id(&whose).is_some_and(answers) {
            return Err(AccessError::NotThere);
        }
        self.write(&whose, None, Actor::Person(by.id.clone()), vec![TokenRevoked { token: id }.into()]).await
    }

    /// Somebody does not work here any more: nothing of theirs counts from now on.
    pub async fn leave(&self, id: &PersonId, actor: Actor, seen: Option<u64>) -> Result<(), AccessError> {
        if self.store().access(id)?.1.left.is_some() {
            return Err(AccessError::Left(id.clone()));
        }
        self.write(id, seen, actor, vec![PersonLeft {}.into()]).await
    }

    /// Somebody works here again, and can be invited.
    pub async fn come_back(&self, id: &PersonId, actor: Actor, seen: Option<u64>) -> Result<(), AccessError> {
        if self.store().access(id)?.1.left.is_none() {
            return Err(AccessError::NotLeft(id.clone()));
        }
        self.write(id, seen, actor, vec![PersonReturned {}.into()]).await
    }

    /// Ends what is open of people whom the matrix does not know any more, so that nothing of it counts again if they are
    /// written there once more. Gives who they are.
    pub async fn shut_out_strangers(&self, raci: &Raci) -> Result<Vec<PersonId>, AccessError> {
        let known = self.store().people()?.into_iter();
        let open = known.filter(|(id, access)| raci.by_id(id).is_none() && access.is_open());
        let strangers: Vec<PersonId> = open.map(|(id, _)| id).collect();
        for id in &strangers {
            self.write(id, None, Actor::Host, vec![SignedOutEverywhere {}.into()]).await?;
        }
        Ok(strangers)
    }

    fn open(&self, person: &Person, second_factor: bool, half: bool, origin: &Origin) -> (SignedIn, Event) {
        let (session, keep) = (SessionId::random(self.entropy()), secrets::random(self.entropy()));
        let opened = SessionOpened {
            session,
            digest: Digest::of(keep.as_bytes()),
            until: self.now().saturating_add(LONGEST).unwrap_or(Time::MAX),
            second_factor,
            device: origin.device.clone(),
        };
        (SignedIn { person: person.id.clone(), keep, session, half }, opened.into())
    }

    async fn hash(&self, id: &PersonId, password: String) -> Result<Hidden, AccessError> {
        let hash = self.0.hashing.hash(password, self.entropy()).await?;
        Ok(Hidden::seal(hash.as_bytes(), id, PASSWORD, self.0.keys.of_people(), self.entropy())?)
    }

    fn limits<T>(&self, with: impl FnOnce(&mut Limits) -> T) -> T {
        with(&mut self.0.limits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn pending<T>(&self, with: impl FnOnce(&mut HashMap<PersonId, (Vec<u8>, Time)>) -> T) -> T {
        with(&mut self.0.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes events of a person. `seen` is the version at which they have to fit, if it matters.
    async fn write(
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

/// The end of the session that a browser kept until now, if it was one of theirs.
fn ended(access: &Access, kept: &str) -> Option<Event> {
    let digest = Digest::of(kept.as_bytes());
    let is_it = |(_, session): &(&SessionId, &Session)| session.digest == digest;
    access.sessions.iter().find(is_it).map(|(id, _)| SessionEnded { session: *id }.into())
}
