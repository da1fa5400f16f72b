//! How access ends: a session, all of them, or everything because somebody has left.

use domain::event::{PersonLeft, PersonReturned, SessionEnded, SignedOutEverywhere};
use domain::id::{PersonId, SessionId};
use domain::raci::Raci;
use domain::raci::loan::WordReturned;
use domain::stream::Actor;

use crate::error::AccessError;
use crate::people::People;

impl People {
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

    /// Somebody does not work here any more: nothing of theirs counts from now on.
    pub async fn leave(&self, id: &PersonId, actor: Actor, seen: Option<u64>) -> Result<(), AccessError> {
        if self.store().access(id)?.1.left.is_some() {
            return Err(AccessError::Left(id.clone()));
        }
        self.write(id, seen, actor, vec![PersonLeft {}.into()]).await
    }

    /// Somebody works here again, and can be invited. What they were lent when they left is over.
    pub async fn come_back(&self, id: &PersonId, actor: Actor, seen: Option<u64>) -> Result<(), AccessError> {
        if self.store().access(id)?.1.left.is_none() {
            return Err(AccessError::NotLeft(id.clone()));
        }
        for (from, loan, lent) in self.loans()?.into_iter().filter(|(_, _, loan)| loan.to == *id) {
            self.write(&from, None, actor.clone(), vec![WordReturned::of(loan, lent).into()]).await?;
        }
        self.write(id, seen, actor, vec![PersonReturned {}.into()]).await
    }

    /// Those who have left.
    pub fn gone(&self) -> Result<Vec<PersonId>, AccessError> {
        let known = self.store().people()?.into_iter();
        Ok(known.filter(|(_, access)| access.left.is_some()).map(|(id, _)| id).collect())
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
}
