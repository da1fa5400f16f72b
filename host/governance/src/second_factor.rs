//! How a second factor comes to be: an app that shares a secret with us, and codes for the day on which it is lost.
//!
//! The secret is ours and counts only when the app has shown that it has it; until then it lies in memory.

use domain::Time;
use domain::access::{Access, Hidden};
use domain::decision::Digest;
use domain::event::{RecoveryCodesSet, SecondFactorSet, SessionEnded};
use domain::id::SessionId;
use domain::raci::Raci;
use domain::raci::person::Person;
use domain::stream::Actor;
use jiff::SignedDuration;

use crate::error::AccessError;
use crate::limits::Tried;
use crate::people::People;
use crate::sign_in::Refused;
use crate::signing_in::SignedIn;
use crate::using::Origin;
use crate::{secrets, totp};

/// How long somebody may take to set up their authenticator app.
const PENDING: SignedDuration = SignedDuration::from_mins(10);

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

impl People {
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
        let secret = Hidden::seal(&secret, id, SECOND_FACTOR, self.hiding(), self.entropy())?;
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
}
