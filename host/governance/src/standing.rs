//! Whether what somebody proves themselves with counts at a moment: asked at every request.

use domain::Time;
use domain::access::{Access, Session, Token};
use domain::id::PersonId;
use domain::raci::Raci;
use domain::raci::person::Person;
use jiff::SignedDuration;

/// How long a session counts that is not used.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// How long a session counts at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// The person, if they work here: the matrix knows them and they have not left; and for a program, who answers for it.
pub(crate) fn person<'a>(
    raci: &'a Raci,
    id: &PersonId,
    mut has_left: impl FnMut(&PersonId) -> bool,
) -> Option<&'a Person> {
    let mut here = |id: &PersonId| raci.by_id(id).filter(|_| !has_left(id));
    let person = here(id)?;
    person.owner.iter().all(|owner| here(owner).is_some()).then_some(person)
}

/// Whether a session counts. `used` is when it was used last, as far as is remembered.
pub(crate) fn session(session: &Session, used: Option<Time>, now: Time) -> bool {
    let idle = now.duration_since(used.unwrap_or(session.opened));
    session.until > now && idle < IDLE
}

/// Whether a token of somebody counts. Those of a program end with the word of who answered for it.
pub(crate) fn token(token: &Token, person: &Person, now: Time) -> bool {
    let answers = token.owner.is_none() || token.owner == person.owner;
    token.until > now && answers
}

/// Whether somebody has to show a second factor and has not.
pub(crate) fn is_half(raci: &Raci, person: &Person, second_factor: bool) -> bool {
    !second_factor && raci.needs_second_factor(person)
}

/// Whether nobody could sign in: no password is of anybody who works here, nor an account at the company's provider.
pub(crate) fn nobody_can_sign_in<'a>(
    raci: &Raci,
    mut known: impl Iterator<Item = (&'a PersonId, &'a Access)>,
) -> bool {
    let can = |access: &Access| access.password.is_some() || access.identity.is_some();
    !known.any(|(id, access)| can(access) && access.left.is_none() && raci.by_id(id).is_some())
}
