//! How somebody is let in whom the company's identity provider names.
//!
//! The provider and the matrix both have to know them, by the same name, and from the first time on by the same account: a
//! name that was given to somebody else at the provider opens nothing here. What the provider shows besides (groups, a second
//! factor) can only be asked for, and gives nobody anything.

use domain::access::Identity;
use domain::event::{Event, IdentityBound, IdentityForgotten, IdentityRefused, WhyRefused};
use domain::id::{PersonId, RoleId};
use domain::raci::Raci;
use domain::raci::person::Person;
use domain::stream::Actor;

use crate::error::AccessError;
use crate::limits::Tried;
use crate::people::People;
use crate::provider::{Errand, Named, NoWord, Provider, Returned};
use crate::signing_in::{Shown, SignedIn, ended};
use crate::standing;
use crate::using::Origin;

/// Why somebody is not let in by the provider.
#[derive(Debug, thiserror::Error)]
pub enum NotLetIn {
    /// There is no word of the provider that counts.
    #[error(transparent)]
    NoWord(#[from] NoWord),
    /// The matrix knows nobody whom the provider calls so.
    #[error(
        "the identity provider knows you, and the matrix does not: whoever manages access writes `identity` for you in the \
         file of the matrix (`raci`), as the provider calls you"
    )]
    Nobody,
    /// It is another account at the provider.
    #[error(
        "`{0}` signed in with another account of the identity provider before: if yours took its place, whoever manages \
         access says so (`timonel access unbind {0}`)"
    )]
    AnotherAccount(PersonId),
    /// A role is not confirmed.
    #[error(
        "the matrix says that `{person}` is `{role}`, and the identity provider names no group of yours that confirms it \
         (`groups.{role}`): one of both has to be changed"
    )]
    NotConfirmed {
        /// Who.
        person: PersonId,
        /// The role.
        role: RoleId,
    },
    /// Something else.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl People {
    /// Sends a browser to the provider.
    pub async fn begin_by_provider(&self, provider: &Provider) -> Result<Errand, NoWord> {
        provider.begin(self.now(), self.hiding(), self.entropy()).await
    }

    /// Lets somebody in who comes back from it. `keep` is what the browser kept for it, `instead` the session that it has until
    /// now, which ends.
    pub async fn sign_in_by_provider(
        &self,
        provider: &Provider,
        returned: Returned,
        keep: Option<&str>,
        instead: Option<&str>,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<SignedIn, NotLetIn> {
        let tried = [Tried::address(origin.address)];
        self.limits(|limits| limits.begin(&tried, self.now())).map_err(AccessError::TooOften)?;
        let named = provider.finish(keep, returned, self.now(), self.hiding()).await?;
        let id = raci.directory().person(&named.name).ok_or(NotLetIn::Nobody)?;
        let person = self.standing(raci, id)?.filter(|person| !person.service).ok_or(NotLetIn::Nobody)?;
        let signed_in = loop {
            match self.let_in_as(person, &named, instead, raci, origin).await {
                // Somebody was faster.
                Err(NotLetIn::Access(AccessError::Stale)) => {}
                done => break done?,
            }
        };
        self.limits(|limits| limits.was_right(&tried));
        Ok(signed_in)
    }

    async fn let_in_as(
        &self,
        person: &Person,
        named: &Named,
        instead: Option<&str>,
        raci: &Raci,
        origin: &Origin,
    ) -> Result<SignedIn, NotLetIn> {
        let id = &person.id;
        let (version, access) = self.store().access(id).map_err(AccessError::from)?;
        let refused = if !self.is_theirs(id, access.identity.as_ref(), &named.identity)? {
            Some((WhyRefused::AnotherAccount, NotLetIn::AnotherAccount(id.clone())))
        } else {
            raci.directory().unconfirmed(person, &named.groups).map(|role| {
                let error = NotLetIn::NotConfirmed { person: id.clone(), role: role.clone() };
                (WhyRefused::NotConfirmed(role.clone()), error)
            })
        };
        if let Some((why, error)) = refused {
            self.write(id, None, Actor::Host, vec![IdentityRefused { why }.into()]).await?;
            return Err(error);
        }
        let bound = (access.identity.as_ref() != Some(&named.identity))
            .then(|| IdentityBound { identity: named.identity.clone() }.into());
        let half = standing::is_half(raci, person, named.second_factor);
        let shown = Shown { second_factor: named.second_factor, by_provider: true };
        let (signed_in, opened) = self.open(person, shown, half, origin);
        let events: Vec<Event> =
            bound.into_iter().chain(instead.and_then(|kept| ended(&access, kept))).chain([opened]).collect();
        self.write(id, Some(version), Actor::Person(id.clone()), events).await?;
        Ok(signed_in)
    }

    /// Whether an account at the provider is somebody's. Of another provider than before it is as the first time.
    fn is_theirs(
        &self,
        id: &PersonId,
        known: Option<&Identity>,
        shown: &Identity,
    ) -> Result<bool, AccessError> {
        match known {
            Some(known) if known.issuer == shown.issuer => Ok(known == shown),
            // One account must not be two people: they would agree with each other.
            _ => {
                let people = self.store().people()?;
                Ok(!people
                    .iter()
                    .any(|(other, access)| other != id && access.identity.as_ref() == Some(shown)))
            }
        }
    }

    /// The next account that the provider calls by somebody's name is theirs.
    pub async fn unbind(&self, id: &PersonId, actor: Actor, seen: Option<u64>) -> Result<(), AccessError> {
        if self.store().access(id)?.1.identity.is_none() {
            return Err(AccessError::NotBound(id.clone()));
        }
        self.write(id, seen, actor, vec![IdentityForgotten {}.into()]).await
    }
}
