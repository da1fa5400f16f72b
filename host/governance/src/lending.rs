//! People lend their word to each other, and have it back.

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::Time;
use domain::id::{LoanId, PersonId};
use domain::raci::Raci;
use domain::raci::loan::{Loan, WordLent, WordReturned};
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::stream::Actor;

use crate::error::AccessError;
use crate::people::People;

impl People {
    /// The matrix with the words that are lent at this moment. What cannot be read is not lent.
    pub fn with_loans<'a>(&self, raci: &'a Raci) -> Cow<'a, Raci> {
        let loans = self.store().loans().unwrap_or_else(|error| {
            tracing::error!(%error, "the delegations cannot be read: none counts");
            Vec::new()
        });
        if loans.is_empty() {
            return Cow::Borrowed(raci);
        }
        let loans = loans.iter().filter(|(from, _, loan)| {
            let here = |id| self.works_here(raci, id).unwrap_or(false);
            here(from) && here(&loan.to)
        });
        Cow::Owned(raci.clone().lending(loans.map(|(from, _, loan)| (from, loan)), self.now()))
    }

    /// Whose word is lent to whom at this moment.
    pub fn loans(&self) -> Result<Vec<(PersonId, LoanId, Loan)>, AccessError> {
        let now = self.now();
        let mut loans = self.store().loans()?;
        loans.retain(|(_, _, loan)| loan.until > now);
        Ok(loans)
    }

    /// Somebody lends their word on some rows until a moment.
    pub async fn lend(
        &self,
        from: &Person,
        to: &PersonId,
        tasks: BTreeSet<Task>,
        until: Time,
        actor: Actor,
        raci: &Raci,
    ) -> Result<LoanId, AccessError> {
        let to = self.standing(raci, to)?.ok_or_else(|| AccessError::NoPerson(to.clone()))?;
        raci.may_lend(from, to, &tasks, until, self.now())?;
        let loan = LoanId::random(self.entropy());
        let lent = WordLent { loan, to: to.id.clone(), tasks, until };
        self.write(&from.id, None, actor, vec![lent.into()]).await?;
        Ok(loan)
    }

    /// Ends a loan before its time. Whoever lent it or was lent it does, or whoever `manages` access.
    pub async fn end_loan(
        &self,
        loan: LoanId,
        by: &PersonId,
        manages: bool,
        actor: Actor,
    ) -> Result<(), AccessError> {
        let mut loans = self.loans()?.into_iter();
        let found = loans.find(|(from, id, known)| *id == loan && (manages || from == by || known.to == *by));
        let (from, _, lent) = found.ok_or(AccessError::NotThere)?;
        self.write(&from, None, actor, vec![WordReturned::of(loan, lent).into()]).await
    }
}
