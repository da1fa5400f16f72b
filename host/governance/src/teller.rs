//! The teller: tells people what the matrix says that they are to be told.
//!
//! It goes through what happened in the order of the journal, asks the matrix that is in force when it comes to an event whom
//! that concerns, and writes all notices of it together with how far it is: so a host that stops in between tells nobody
//! twice and leaves nobody out. It also has those reminded for whom a proposal waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::company::Company;
use domain::event::{Event, Recorded};
use domain::id::PersonId;
use domain::notice::whom::{rights, whom, whom_rights};
use domain::notice::{Matter, NoticeGiven, NoticesTold, Part, Rights};
use domain::raci::Raci;
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft, OpenError, ProjectionError, Store, Topic};
use tokio::sync::watch;

use crate::proposals::{ProposalError, Proposals};

/// How often it thinks of the clock.
const NAP: Duration = Duration::from_secs(1);

/// Events that are told of in one commit.
const AT_ONCE: usize = 64;

/// Why nobody could be told.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// What was proposed cannot be read, or nobody reminded.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// The projections cannot be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// Nothing could be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Tells people what they are to be told.
pub struct Teller {
    store: Store,
    proposals: Proposals,
    in_force: Box<dyn Fn() -> (u64, Arc<Company>) + Send + Sync>,
    /// Whoever was not told of events up to here is not any more.
    from: u64,
}

impl Teller {
    /// One that goes on where the last one was. Where there was none it begins with what happens from now on. `in_force` is
    /// asked for the company that is, and for the number of its generation.
    pub fn new(
        store: Store,
        proposals: Proposals,
        in_force: impl Fn() -> (u64, Arc<Company>) + Send + Sync + 'static,
    ) -> Result<Self, TellError> {
        let from = store.told()?.1.unwrap_or(store.last_seq());
        Ok(Self { store, proposals, in_force: Box::new(in_force), from })
    }

    /// Tells of all that happened.
    pub async fn step(&mut self) -> Result<(), TellError> {
        let company = (self.in_force)().1;
        for proposal in self.proposals.list(true)? {
            self.proposals.remind(proposal.id, company.raci(), company.approvals()).await?;
        }
        loop {
            let mut causes = self.store.happenings(self.from, AT_ONCE)?;
            let (generation, company) = (self.in_force)();
            // What is said to be in force is so a moment later.
            if let Some(coming) = self.first_after(generation, &causes)? {
                causes.truncate(coming);
            }
            let Some(last) = causes.last().copied() else { return Ok(()) };
            // A company that describes nobody has nobody to tell.
            if company.is_governed() {
                self.tell(&causes, last, &company).await?;
            }
            self.from = last;
        }
    }

    /// The first of some events that puts a later generation in force.
    fn first_after(&self, generation: u64, causes: &[u64]) -> Result<Option<usize>, TellError> {
        for (n, cause) in causes.iter().enumerate() {
            if let Some(Event::GenerationActivated(active)) =
                self.store.event(*cause)?.map(|recorded| recorded.event)
                && active.generation > generation
            {
                return Ok(Some(n));
            }
        }
        Ok(None)
    }

    async fn tell(&self, causes: &[u64], last: u64, company: &Company) -> Result<(), TellError> {
        let (version, told) = self.store.told()?;
        let mut drafts = vec![Draft::new(Stream::Telling, Actor::Host, NoticesTold { up_to: last })?];
        let raci = self.proposals.at_work(company.raci())?;
        let (mut activated, mut news) = (None, false);
        // What is written already was written by a commit of which the answer did not come back.
        for cause in causes.iter().copied().filter(|cause| told.is_none_or(|told| *cause > told)) {
            let Some(recorded) = self.store.event(cause)? else { continue };
            // What is told is no news.
            if matches!(recorded.event, Event::NoticeGiven(_)) {
                continue;
            }
            news = true;
            match &recorded.event {
                // The matrix is compared with what people know of it, so the last one says all.
                Event::GenerationActivated(_) => activated = Some(recorded),
                _ => drafts.extend(self.of(&recorded, &raci)?),
            }
        }
        if let Some(recorded) = activated {
            drafts.extend(self.of_rights(&recorded, &raci)?);
        }
        if news {
            self.store.commit(vec![(Stream::Telling, version)], drafts).await?;
        }
        Ok(())
    }

    fn of(&self, recorded: &Recorded, raci: &Raci) -> Result<Vec<Draft>, TellError> {
        let proposal = match recorded.stream {
            Stream::Proposal(id) => self.store.proposal(id)?.1,
            _ => None,
        };
        let Some(matter) = Matter::of(recorded, proposal.as_ref()) else { return Ok(Vec::new()) };
        let told = whom(&matter, &recorded.actor, proposal.as_ref(), raci);
        let drafts = told.into_iter().map(|(person, part)| given(person, recorded, part, matter.clone()));
        Ok(drafts.collect::<Result<_, _>>()?)
    }

    /// Who has other letters than they know of.
    fn of_rights(&self, recorded: &Recorded, raci: &Raci) -> Result<Vec<Draft>, TellError> {
        let (mut changed, mut anybody_knows) = (BTreeMap::<PersonId, Rights>::new(), false);
        for person in raci.people().iter().filter(|person| !person.service) {
            let (known, now) = (self.store.inbox(&person.id)?.1.rights, rights(person, raci));
            anybody_knows |= known.is_some();
            if known.as_ref() != Some(&now) {
                changed.insert(person.id.clone(), now);
            }
        }
        let told = whom_rights(&changed, anybody_knows, raci);
        let drafts = told.into_iter().map(|(person, matter)| given(person, recorded, Part::Happened, matter));
        Ok(drafts.collect::<Result<_, _>>()?)
    }
}

fn given(person: PersonId, recorded: &Recorded, part: Part, matter: Matter) -> Result<Draft, CommitError> {
    let given = NoticeGiven { cause: recorded.seq, part, matter, by: recorded.actor.clone() };
    Draft::new(Stream::Inbox(person), Actor::Host, given)
}

/// Drives a teller for as long as the host runs. It may be ended at any moment.
pub async fn telling(mut teller: Teller) {
    let mut happened: watch::Receiver<u64> = teller.store.watch(Topic::Happenings);
    let mut said = String::new();
    loop {
        happened.mark_unchanged();
        match teller.step().await {
            Ok(()) => said.clear(),
            // Once, and not every second.
            Err(error) if error.to_string() != said => {
                tracing::error!(%error, "people could not be told what happened: trying again");
                said = error.to_string();
            }
            Err(_) => {}
        }
        tokio::select! {
            changed = happened.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
