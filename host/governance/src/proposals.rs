//! What people say of proposals, and what follows: each is one commit in the stream of the proposal.
//!
//! Whether a word counts is decided on the state at the version that is written (`domain::proposal::due`), so that a
//! signature and an edit that meet do not both stand. Carrying out is somebody else's: here a proposal is only approved, begun
//! and ended.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Time;
use domain::decision::Digest;
use domain::event::Event;
use domain::id::{PersonId, ProposalId};
use domain::json::Json;
use domain::outside::{Clock, Entropy};
use domain::proposal::due::{Approvals, Unfit};
use domain::proposal::event::{
    Content, Opinion, ProposalApproved, ProposalBegun, ProposalDone, ProposalEdited, ProposalExpired,
    ProposalFailed, ProposalForced, ProposalHeard, ProposalMade, ProposalRejected, ProposalReminded,
    ProposalReviewed, ProposalSigned, ProposalWithdrawn,
};
use domain::proposal::judgement::ProposalJudged;
use domain::proposal::ratifying::{ProposalMarked, ProposalRatified, ProposalSuperseded};
use domain::proposal::{Kind, Proposal, Stage};
use domain::raci::Raci;
use domain::raci::letters::Letters;
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft, ProjectionError, Store};

/// The longest of what people write here, in bytes.
const WORDS: usize = 1_000;

/// A change that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// What kind of change.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Why.
    pub reason: String,
    /// The change, in the form of its kind.
    pub content: Json,
    /// The rows that it belongs to.
    pub tasks: BTreeSet<Task>,
    /// Not before this.
    pub not_before: Option<Time>,
}

/// What somebody says of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// They were asked, and are for it or against it.
    Heard(Opinion),
    /// They answer for it and agree.
    Sign,
    /// They answer for it and do not.
    Reject(String),
    /// They proposed it and take it back.
    Withdraw,
    /// It is done at once, because of an emergency.
    Force(String),
    /// They looked at what was forced.
    Review(String),
    /// They answer for it now, since those who signed it have left.
    Ratify(String),
}

impl Word {
    /// What was said in words, if anything was.
    pub fn words(&self) -> Option<&str> {
        let words = match self {
            Self::Heard(opinion) => &opinion.words,
            Self::Reject(words) | Self::Force(words) | Self::Review(words) | Self::Ratify(words) => words,
            Self::Sign | Self::Withdraw => return None,
        };
        Some(words.as_str()).filter(|words| !words.is_empty())
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// There is no such proposal.
    #[error("there is no such proposal: `timonel proposal list --all` shows all of them")]
    None,
    /// It does not count.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Who has nothing to say about a row proposes nothing in it.
    #[error("the row “{0}” says nothing of you that lets you propose this: R, A or C is needed")]
    NotYours(Task),
    /// A field is not as it has to be.
    #[error("`{field}` is {what}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// The projections cannot be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Nothing could be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Proposals, and what is said of them. Cheap to clone.
#[derive(Clone)]
pub struct Proposals {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Proposals {
    /// Those of a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, clock, entropy }
    }

    /// The matrix as it is at this moment: without those who have left, whose words count no more and for whom nobody waits,
    /// and with the words that are lent.
    pub fn at_work(&self, raci: &Raci) -> Result<Raci, ProposalError> {
        let people = self.store.people()?;
        let raci = raci.without(&|id| people.get(id).is_some_and(|access| access.left.is_some()));
        let loans = self.store.loans()?;
        Ok(raci.lending(loans.iter().map(|(from, _, loan)| (from, loan)), self.clock.now()))
    }

    /// Those that somebody has still to do something about, or all.
    pub fn list(&self, pending: bool) -> Result<Vec<Proposal>, ProposalError> {
        let mut found = self.store.proposals(pending)?;
        found.sort_by_key(|proposal| std::cmp::Reverse(proposal.since));
        Ok(found)
    }

    /// One of them.
    pub fn get(&self, id: ProposalId) -> Result<Proposal, ProposalError> {
        self.store.proposal(id)?.1.ok_or(ProposalError::None)
    }

    /// Somebody proposes a change.
    pub async fn propose(
        &self,
        wish: Wish,
        by: &Person,
        actor: &Actor,
        raci: &Raci,
    ) -> Result<Proposal, ProposalError> {
        let content = content(wish, by, &self.at_work(raci)?)?;
        let id = ProposalId::random(&*self.entropy);
        let draft = Draft::new(Stream::Proposal(id), actor.clone(), ProposalMade(content))?;
        self.store.commit(vec![(Stream::Proposal(id), 0)], vec![draft]).await?;
        self.get(id)
    }

    /// What the host holds back of somebody is proposed in their name, whatever the matrix says of them: they asked for it, so
    /// they are not the one who agrees.
    pub async fn propose_for(&self, content: Content) -> Result<ProposalId, ProposalError> {
        let id = ProposalId::random(&*self.entropy);
        let draft = Draft::new(Stream::Proposal(id), Actor::Host, ProposalMade(content))?;
        self.store.commit(vec![(Stream::Proposal(id), 0)], vec![draft]).await?;
        Ok(id)
    }

    /// The same with another content. False if it is not open any more.
    pub async fn edit_for(&self, id: ProposalId, content: Content) -> Result<bool, ProposalError> {
        let edit = |known: &Proposal| {
            let edited = || ProposalEdited(content.clone()).into();
            Ok(known.stage.is_open().then(edited))
        };
        Ok(self.write(id, &Actor::Host, edit).await?.is_some())
    }

    /// Somebody makes another one of it. What was said of the former content does not count any more.
    pub async fn edit(
        &self,
        id: ProposalId,
        wish: Wish,
        by: &Person,
        actor: &Actor,
        raci: &Raci,
    ) -> Result<Proposal, ProposalError> {
        let raci = self.at_work(raci)?;
        let content = content(wish, by, &raci)?;
        self.write(id, actor, |known| {
            known.may_edit(by, &raci)?;
            if known.kind != content.kind {
                return Err(field("kind", "another one than that of the proposal"));
            }
            Ok(Some(ProposalEdited(content.clone()).into()))
        })
        .await?;
        self.get(id)
    }

    /// Somebody says something of a content.
    pub async fn say(
        &self,
        id: ProposalId,
        of: Digest,
        word: &Word,
        by: &Person,
        actor: &Actor,
        raci: &Raci,
    ) -> Result<Proposal, ProposalError> {
        let (who, raci) = (|| by.id.clone(), &self.at_work(raci)?);
        match word {
            Word::Reject(words) | Word::Force(words) | Word::Review(words) => {
                if words.trim().is_empty() {
                    return Err(Unfit::Silent.into());
                }
                short("words", words)?;
            }
            Word::Heard(Opinion { words, .. }) | Word::Ratify(words) => short("words", words)?,
            Word::Sign | Word::Withdraw => {}
        }
        self.write(id, actor, |known| {
            let event: Event = match word {
                Word::Heard(opinion) => {
                    known.may_speak(by, &of, raci)?;
                    ProposalHeard { by: who(), of, opinion: opinion.clone() }.into()
                }
                Word::Sign => {
                    known.may_sign(by, &of, raci)?;
                    ProposalSigned { by: who(), of }.into()
                }
                Word::Reject(why) => {
                    known.may_reject(by, &of, raci)?;
                    ProposalRejected { by: who(), of, why: why.clone() }.into()
                }
                Word::Withdraw => {
                    known.may_withdraw(&by.id)?;
                    ProposalWithdrawn { by: who() }.into()
                }
                Word::Force(why) => {
                    known.may_force(by, &of, raci)?;
                    ProposalForced { by: who(), of, why: why.clone() }.into()
                }
                Word::Review(found) => {
                    known.may_review(by, raci)?;
                    ProposalReviewed { by: who(), found: found.clone() }.into()
                }
                Word::Ratify(words) => {
                    let rows = known.may_ratify(by, raci)?;
                    ProposalRatified { by: who(), rows, words: words.clone() }.into()
                }
            };
            Ok(Some(event))
        })
        .await?;
        self.get(id)
    }

    /// Keeps what approver rules said of a content, unless it is another one by now.
    pub async fn judged(&self, id: ProposalId, judged: ProposalJudged) -> Result<(), ProposalError> {
        let stands = |known: &Proposal| known.stage.is_open() && known.hash == judged.of;
        self.write(id, &Actor::Host, |known| Ok(stands(known).then(|| judged.clone().into()))).await?;
        Ok(())
    }

    /// Approves what lacks nothing, and ends what nobody decided in time. Says how far it is now. Of another content than `of`,
    /// which approver rules have not seen yet, nothing is approved.
    pub async fn settle(
        &self,
        id: ProposalId,
        of: Digest,
        raci: &Raci,
        approvals: &Approvals,
    ) -> Result<Stage, ProposalError> {
        let (now, raci) = (self.clock.now(), &self.at_work(raci)?);
        self.write(id, &Actor::Host, |known| {
            Ok(match known.stage {
                Stage::Open | Stage::Approved if known.is_expired(approvals, now) => {
                    Some(ProposalExpired {}.into())
                }
                Stage::Open if known.hash == of && known.missing(raci, approvals, now).is_empty() => {
                    Some(ProposalApproved { of: known.hash }.into())
                }
                _ => None,
            })
        })
        .await?;
        Ok(self.get(id)?.stage)
    }

    /// Marks what is in force by the word of somebody who has left, or is not in the matrix any more. What is marked already is
    /// not marked again, so it may be asked as often as one likes. Says how much was.
    pub async fn mark_signed_by(&self, left: &PersonId, raci: &Raci) -> Result<usize, ProposalError> {
        let raci = &self.at_work(raci)?;
        // The newest first: only what was put in force last of something is.
        let (live, mut marked) = (self.live()?, 0);
        for (nth, proposal) in live.iter().enumerate() {
            if live.iter().take(nth).any(|newer| newer.replaces(proposal)) {
                continue;
            }
            let mark = |known: &Proposal| {
                let rows = known.to_mark(left, raci);
                Ok((!rows.is_empty()).then(|| ProposalMarked { left: left.clone(), rows }.into()))
            };
            marked += usize::from(self.write(proposal.id, &Actor::Host, mark).await?.is_some());
        }
        Ok(marked)
    }

    /// What is or was in force of that which stays so, the newest first.
    fn live(&self) -> Result<Vec<Proposal>, ProposalError> {
        let since = |one: &Proposal| match one.stage {
            Stage::Live { since } => Some(since),
            _ => None,
        };
        let mut live = self.list(false)?;
        live.retain(|one| since(one).is_some() && one.subject().is_some());
        live.sort_by_key(|one| std::cmp::Reverse(since(one)));
        Ok(live)
    }

    /// Has those reminded for whom it waits, if it is time.
    pub async fn remind(
        &self,
        id: ProposalId,
        raci: &Raci,
        approvals: &Approvals,
    ) -> Result<(), ProposalError> {
        let (now, raci) = (self.clock.now(), &self.at_work(raci)?);
        let due = |known: &Proposal| known.reminds(raci, approvals, now);
        self.write(id, &Actor::Host, |known| Ok(due(known).then(|| ProposalReminded {}.into()))).await?;
        Ok(())
    }

    /// The host is about to carry out what was approved: the number of the event that says so, which is the cause of all that
    /// comes of it. None if somebody else is already.
    pub async fn begin(&self, id: ProposalId) -> Result<Option<u64>, ProposalError> {
        let approved = |known: &Proposal| known.stage == Stage::Approved;
        self.write(id, &Actor::Host, |known| Ok(approved(known).then(|| ProposalBegun {}.into()))).await
    }

    /// It has carried it out, or could not.
    pub async fn end(&self, id: ProposalId, result: Result<Json, String>) -> Result<(), ProposalError> {
        let event: Event = match result {
            Ok(answer) => ProposalDone { answer }.into(),
            Err(why) => ProposalFailed { why }.into(),
        };
        let begun = |known: &Proposal| known.stage == Stage::Begun;
        self.write(id, &Actor::Host, |known| Ok(begun(known).then(|| event.clone()))).await?;
        self.supersede(id).await
    }

    /// What is in force now takes the place of what was, and that has to be ratified no more.
    async fn supersede(&self, by: ProposalId) -> Result<(), ProposalError> {
        let newer = self.get(by)?;
        for other in self.list(true)?.into_iter().filter(|one| one.id != by && one.mark.is_some()) {
            let is_it = newer.replaces(&other);
            let unmark = |known: &Proposal| {
                Ok((is_it && known.mark.is_some()).then(|| ProposalSuperseded { by }.into()))
            };
            self.write(other.id, &Actor::Host, unmark).await?;
        }
        Ok(())
    }

    /// Writes what `decide` wants at the version that it saw, and lets it decide again if somebody was faster.
    async fn write(
        &self,
        id: ProposalId,
        actor: &Actor,
        decide: impl Fn(&Proposal) -> Result<Option<Event>, ProposalError>,
    ) -> Result<Option<u64>, ProposalError> {
        let stream = Stream::Proposal(id);
        loop {
            let (version, known) = self.store.proposal(id)?;
            let Some(event) = decide(&known.ok_or(ProposalError::None)?)? else { return Ok(None) };
            let draft = Draft::new(stream.clone(), actor.clone(), event)?;
            match self.store.commit(vec![(stream.clone(), version)], vec![draft]).await {
                Err(CommitError::Conflict { .. }) => {}
                written => return written.map(Some).map_err(Into::into),
            }
        }
    }
}

fn content(wish: Wish, by: &Person, raci: &Raci) -> Result<Content, ProposalError> {
    let Wish { kind, title, reason, content, tasks, not_before } = wish;
    // A program proposes nothing: whoever answers for it would sign with themselves.
    if by.service {
        return Err(Unfit::Program.into());
    }
    // What is handed out is fetched by whoever asked for it, who has to be let in for that.
    let enough = if kind == Kind::Export { Letters::RA } else { Letters::RA | Letters::C };
    let has = |task: &Task| raci.letters(by, *task).has(enough);
    // Whoever writes rules may be nobody's colleague: what a partner hands in is a proposal, and others decide.
    if let Some(task) = tasks.iter().find(|task| kind != Kind::Rule && !has(task)) {
        return Err(ProposalError::NotYours(*task));
    }
    if reason.trim().is_empty() {
        return Err(field("reason", "empty: say why, it is what those who sign read first"));
    }
    short("reason", &reason)?;
    short("title", &title)?;
    Ok(Content { kind, title, reason, content, tasks, by: by.id.clone(), not_before })
}

fn short(name: &'static str, words: &str) -> Result<(), ProposalError> {
    if words.len() <= WORDS {
        return Ok(());
    }
    Err(ProposalError::Field { field: name, what: format!("longer than {WORDS} bytes") })
}

fn field(field: &'static str, what: &str) -> ProposalError {
    ProposalError::Field { field, what: what.to_owned() }
}
