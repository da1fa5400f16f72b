//! Words that are lent: whoever answers for a row hands their word on it to somebody else, until a moment.
//!
//! A word that is lent is still the word of whoever lent it. So it is not handed on, it counts once however many say it, and
//! what its owner wrote it does not sign. It counts by the matrix that is in force when somebody looks, and by the clock: at
//! the moment at which it ends it was never there.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Raci;
use super::letters::Letters;
use super::person::{Person, Target};
use super::task::Task;
use crate::Time;
use crate::id::{LoanId, PersonId};

/// The longest that a word is lent for.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A word that somebody has lent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// To whom.
    pub to: PersonId,
    /// On which rows.
    pub tasks: BTreeSet<Task>,
    /// Since when.
    pub since: Time,
    /// Until when: at this moment it counts no more.
    pub until: Time,
}

/// `word-lent`, in `person/…`: they hand their word to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordLent {
    /// What the loan is called.
    pub loan: LoanId,
    /// To whom.
    pub to: PersonId,
    /// On which rows.
    pub tasks: BTreeSet<Task>,
    /// Until when.
    pub until: Time,
}

/// `word-returned`, in `person/…`: the loan ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordReturned {
    /// Which.
    pub loan: LoanId,
    /// To whom it was lent.
    pub to: PersonId,
    /// On which rows.
    pub tasks: BTreeSet<Task>,
}

impl WordReturned {
    /// That a loan is over.
    pub fn of(loan: LoanId, lent: Loan) -> Self {
        Self { loan, to: lent.to, tasks: lent.tasks }
    }
}

/// A word that counts for somebody else at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lent {
    from: PersonId,
    to: PersonId,
    task: Task,
}

/// Why a word cannot be lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLent {
    /// It is not theirs.
    #[error(
        "`tasks`: you lend your word only on rows for which you answer yourself (A), in the whole company"
    )]
    NotYours(Task),
    /// To nobody.
    #[error("`tasks` is empty: name the rows, as \"audit\"")]
    NoTasks,
    /// To somebody who can have none.
    #[error(
        "`to`: a word is lent to another person of the company, not to a program, nor to whoever is external or scoped"
    )]
    ToWhom,
    /// For too long, or not at all.
    #[error("`until`: a moment within the next 30 days was expected")]
    Until,
}

/// Whether somebody belongs wholly to the company: then they can lend a word, and be lent one.
fn is_whole(person: &Person) -> bool {
    !person.external && !person.service && person.reaches(&Target::default())
}

impl Raci {
    /// Whether somebody may lend their word on some rows.
    pub fn may_lend(
        &self,
        from: &Person,
        to: &Person,
        tasks: &BTreeSet<Task>,
        until: Time,
        now: Time,
    ) -> Result<(), NotLent> {
        if tasks.is_empty() {
            return Err(NotLent::NoTasks);
        }
        if let Some(task) = tasks.iter().find(|task| !self.answers(from, **task)) {
            return Err(NotLent::NotYours(*task));
        }
        if to.id == from.id || !is_whole(to) {
            return Err(NotLent::ToWhom);
        }
        let longest = now.saturating_add(LONGEST).unwrap_or(Time::MAX);
        if until <= now || until > longest { Err(NotLent::Until) } else { Ok(()) }
    }

    /// The same matrix with the words that are lent at a moment. What whoever lent it has no more is not lent.
    pub fn lending<'a>(
        mut self,
        loans: impl IntoIterator<Item = (&'a PersonId, &'a Loan)>,
        now: Time,
    ) -> Self {
        let mut lent = Vec::new();
        for (from, loan) in loans {
            let (Some(lender), Some(to)) = (self.by_id(from), self.by_id(&loan.to)) else { continue };
            if now >= loan.until || !is_whole(to) || to.id == lender.id {
                continue;
            }
            for task in loan.tasks.iter().filter(|task| self.answers(lender, **task)) {
                lent.push(Lent { from: from.clone(), to: loan.to.clone(), task: *task });
            }
        }
        lent.sort_by(|a, b| a.from.cmp(&b.from));
        self.lent = lent;
        self
    }

    /// Whether somebody answers for a row by themselves, in the whole company.
    pub fn answers(&self, person: &Person, task: Task) -> bool {
        is_whole(person) && self.own_letters(person, task).has(Letters::A)
    }

    /// Whose word on a row somebody has: their own if they answer for it, and otherwise those that they were lent.
    pub fn words_of<'a>(&'a self, person: &'a Person, task: Task) -> Vec<&'a PersonId> {
        if self.own_letters(person, task).has(Letters::A) {
            return vec![&person.id];
        }
        self.lent_to(person, task).collect()
    }

    pub(super) fn lent_to(&self, person: &Person, task: Task) -> impl Iterator<Item = &PersonId> {
        let id = person.id.clone();
        self.lent.iter().filter(move |lent| lent.to == id && lent.task == task).map(|lent| &lent.from)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two who answer for most things, one who steers, one who attends, one who steers a queue, one of another company, a program.
    fn company() -> Raci {
        Raci::parse(
            r#"people = [
                { id = "ricardo", name = "Ricardo", roles = ["admin"] },
                { id = "paula", name = "Paula", roles = ["admin"] },
                { id = "marta", name = "Marta", roles = ["supervisor"] },
                { id = "ana", name = "Ana", roles = ["agent"] },
                { id = "luz", name = "Luz", roles = ["supervisor"], scope = { queues = ["ventas"] } },
                { id = "norte", name = "Norte", roles = ["supervisor"], external = true },
                { id = "bi", name = "BI", roles = ["admin"], service = true, owner = "ricardo" },
            ]"#,
        )
        .unwrap()
    }

    const PEOPLE: [&str; 7] = ["ricardo", "paula", "marta", "ana", "luz", "norte", "bi"];

    fn at(second: i64) -> Time {
        Time::from_second(1_795_352_400 + second).unwrap()
    }

    fn loan(to: &str, tasks: &[Task], until: i64) -> Loan {
        Loan { to: to.into(), tasks: tasks.iter().copied().collect(), since: at(0), until: at(until) }
    }

    #[test]
    fn a_word_is_lent_by_whoever_has_it_to_whoever_can_have_one_and_for_a_while() {
        let raci = company();
        let may = |from: &str, to: &str, tasks: &[Task], until: i64| {
            let (from, to) = (raci.by_id(&from.into()).unwrap(), raci.by_id(&to.into()).unwrap());
            raci.may_lend(from, to, &tasks.iter().copied().collect(), at(until), at(0))
        };
        let audit = [Task::Audit];
        assert_eq!(may("ricardo", "marta", &audit, 60), Ok(()));
        assert_eq!(may("ricardo", "marta", &[], 60), Err(NotLent::NoTasks));
        assert_eq!(may("marta", "ana", &audit, 60), Err(NotLent::NotYours(Task::Audit)));
        for nobody in ["ricardo", "luz", "norte", "bi"] {
            assert_eq!(may("ricardo", nobody, &audit, 60), Err(NotLent::ToWhom), "{nobody}");
        }
        for wrong in [0, -1, LONGEST.as_secs() + 1] {
            assert_eq!(may("ricardo", "marta", &audit, wrong), Err(NotLent::Until));
        }
    }

    #[test]
    fn what_was_lent_is_not_handed_on() {
        let (first, second) = (loan("marta", &[Task::Audit], 60), loan("ana", &[Task::Audit], 60));
        let raci = company().lending([(&"ricardo".into(), &first), (&"marta".into(), &second)], at(1));
        let letters = |id: &str| raci.letters(raci.by_id(&id.into()).unwrap(), Task::Audit);
        assert!(letters("marta").has(Letters::A) && !letters("ana").has(Letters::A));
        let marta = raci.by_id(&"marta".into()).unwrap();
        assert_eq!(raci.words_of(marta, Task::Audit), [&PersonId::from("ricardo")]);
        let to_ana = [Task::Audit].into();
        assert_eq!(
            raci.may_lend(marta, raci.by_id(&"ana".into()).unwrap(), &to_ana, at(60), at(1)),
            Err(NotLent::NotYours(Task::Audit))
        );
    }

    proptest! {
        /// Whatever is lent, by whomever and to whomever: nobody gets more than the last word of somebody who has it and lent it
        /// to them, and at its end everything is as the matrix says.
        #[test]
        fn nobody_has_more_than_they_were_lent_and_nothing_of_it_afterwards(
            lent in proptest::collection::vec((0..7_usize, 0..7_usize, 0..Task::ALL.len(), 1..100_i64), 0..8),
            now in 0..120_i64,
        ) {
            let plain = company();
            let loans: Vec<(PersonId, Loan)> = lent
                .iter()
                .map(|(from, to, task, until)| (PEOPLE[*from].into(), loan(PEOPLE[*to], &[Task::ALL[*task]], *until)))
                .collect();
            let raci = company().lending(loans.iter().map(|(from, loan)| (from, loan)), at(now));
            for person in plain.people() {
                for task in Task::ALL {
                    let (own, with) = (plain.letters(person, task), raci.letters(person, task));
                    prop_assert_eq!(raci.own_letters(person, task), own);
                    let by_loan = loans.iter().any(|(from, loan)| {
                        let lender = plain.by_id(from).unwrap();
                        loan.to == person.id && loan.tasks.contains(&task) && loan.until > at(now) && plain.answers(lender, task)
                    });
                    let may = !person.external && !person.service && person.scope.is_empty();
                    let expected = if by_loan && may { own | Letters::A } else { own };
                    // Whoever lends to themselves has it anyway.
                    prop_assert_eq!(with, expected);
                }
            }
        }
    }
}
