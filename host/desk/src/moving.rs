//! Many cases that go somewhere else: looked at before, agreed on where they are many, carried out once.
//!
//! What somebody asks for is a list by the time it is written down, and the list is what others agree to. The carrier goes through
//! it case by case; each is moved by the worker of its conversation, as any other act, in the commit that moves the cursor.

use std::collections::BTreeMap;

use domain::Time;
use domain::conversation::{Conversation, Holder};
use domain::decision::Digest;
use domain::event::Tags;
use domain::id::{AgentId, ConversationId, MoveId, QueueId};
use domain::json::Json;
use domain::moving::{
    Destination, LARGEST, LONGEST_REASON, Left, Listed, Move, MoveAdvanced, MoveAsked, MoveBegun,
    MoveProposed, Seat, Stage, Terms, digest, from,
};
use domain::proposal::{Kind, Proposal};
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::stream::{Actor, Stream};
use governance::{ProposalError, Wish};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{CommitError, Draft, OpenError, ProjectionError};

use crate::assemble::Desk;
use crate::command::{Command, CommandError, DeskError, by_the_desk};
use crate::handing::{Act, known, seat};

/// Cases that are moved before whoever carries out looks at something else.
const AT_ONCE: u32 = 100;

/// For how long what somebody moved alone counts.
const SPAN: SignedDuration = SignedDuration::from_hours(1);

/// Which cases: those that all of it fits, of those that wait or that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Filter {
    /// Those of these conversations, also where rules attend; all if none is named.
    pub conversations: Vec<ConversationId>,
    /// Those that wait in a queue, or came from it.
    pub queue: Option<QueueId>,
    /// Those that an agent has.
    pub agent: Option<AgentId>,
    /// Those with a tag.
    pub tag: Option<String>,
    /// Those that have waited for longer than so many seconds; an agent's has not.
    pub waiting_longer_than: Option<u32>,
}

/// What a move would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Which cases.
    pub cases: Vec<Listed>,
    /// The digest of the list.
    pub digest: Digest,
    /// From where, and how many from there.
    pub from: BTreeMap<String, u32>,
    /// How many could not be moved now, and why.
    pub left: BTreeMap<Left, u32>,
    /// Whether others have to agree.
    pub needs_agreement: bool,
    /// Cases that one person may move within an hour, and how many of them they have moved.
    pub alone: (u32, u32),
}

impl Preview {
    fn beyond_capacity(&self) -> u32 {
        self.left.get(&Left::Full).copied().unwrap_or(0)
    }
}

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// There is none of that name.
    #[error("there is no such move: `timonel case moves` shows all of them")]
    None,
    /// The filter fits no case.
    #[error("no case that you reach is like that")]
    Nobody,
    /// The filter fits too many.
    #[error("{0} cases are like that, and at most {LARGEST} are moved at once: narrow it down")]
    TooMany(usize),
    /// It would not be what was looked at.
    #[error("the cases are not those that were looked at any more: look again")]
    Changed,
    /// A reason is missing, or too long.
    #[error("`reason` is {0} letters long: 1 to {LONGEST_REASON} were expected; it names no customer")]
    Reason(usize),
    /// The destination does not exist.
    #[error(transparent)]
    Destination(CommandError),
    /// It could not be proposed.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

by_the_desk! { MoveError: CommitError ProjectionError OpenError }

impl Desk {
    /// What a move would come to, for somebody who reaches so far.
    pub fn preview_move(
        &self,
        by: &Actor,
        filter: &Filter,
        to: &Destination,
        reaches: &dyn Fn(&Conversation) -> bool,
    ) -> Result<Preview, MoveError> {
        self.check_destination(to)?;
        let cases = self.select(filter, reaches)?;
        if cases.len() > LARGEST {
            return Err(MoveError::TooMany(cases.len()));
        }
        let active = self.active();
        let (most, moved) = (active.company.approvals().moves, self.moved_alone(by)?);
        let count = u32::try_from(cases.len()).unwrap_or(u32::MAX);
        Ok(Preview {
            digest: digest(&cases),
            from: from(&cases),
            left: self.foresee(&cases, to)?,
            needs_agreement: active.company.is_governed() && moved.saturating_add(count) > most,
            alone: (most, moved),
            cases,
        })
    }

    /// Moves many cases: at once where one person may, when others agree where they have to. `seen` is the digest of the list that
    /// was looked at, if it was.
    pub async fn move_cases(
        &self,
        by: (&Person, &Actor),
        filter: &Filter,
        to: Destination,
        reason: &str,
        seen: Option<Digest>,
        reaches: &(dyn Fn(&Conversation) -> bool + Sync),
    ) -> Result<Move, MoveError> {
        let reason = reason.trim();
        let length = reason.chars().count();
        if length == 0 || length > LONGEST_REASON {
            return Err(MoveError::Reason(length));
        }
        let (person, actor) = by;
        let shared = self.shared();
        // Of two at once, the second counts the first.
        let _alone = shared.moving.lock().await;
        let preview = self.preview_move(actor, filter, &to, reaches)?;
        if preview.cases.is_empty() {
            return Err(MoveError::Nobody);
        }
        if seen.is_some_and(|seen| seen != preview.digest) {
            return Err(MoveError::Changed);
        }
        let id = MoveId::random(&*shared.entropy);
        let (stream, beyond_capacity) = (Stream::Move(id), preview.beyond_capacity());
        let count = u32::try_from(preview.cases.len()).unwrap_or(u32::MAX);
        let terms =
            Terms { id, to, cases: count, digest: preview.digest, from: preview.from, beyond_capacity };
        let asked = MoveAsked { to: terms.to.clone(), reason: reason.to_owned(), cases: preview.cases };
        let mut drafts = vec![Draft::new(stream.clone(), actor.clone(), asked)?];
        if !preview.needs_agreement {
            let begun = MoveBegun { cases: count, proposal: None };
            drafts.push(Draft::new(stream.clone(), actor.clone(), begun)?);
        }
        shared.store.commit(vec![(stream.clone(), 0)], drafts).await?;
        if preview.needs_agreement {
            let wish = Wish {
                kind: Kind::Move,
                title: format!("{count} → {}", terms.to),
                reason: reason.to_owned(),
                content: Json::of(&terms),
                tasks: [Task::ReassignCases].into(),
                not_before: None,
            };
            let active = self.active();
            let proposal = shared.proposals.propose(wish, person, actor, active.company.raci()).await?;
            let proposed = MoveProposed { proposal: proposal.id };
            let draft = Draft::new(stream, actor.clone(), proposed)?;
            // Only shown: what begins is found by what was signed.
            shared.store.commit(Vec::new(), vec![draft]).await?;
        }
        self.case_move(id)
    }

    /// A move.
    pub fn case_move(&self, id: MoveId) -> Result<Move, MoveError> {
        self.shared().store.case_move(id)?.1.ok_or(MoveError::None)
    }

    /// All of them, the one that was asked for last first.
    pub fn case_moves(&self) -> Result<Vec<Move>, MoveError> {
        let mut all = self.shared().store.case_moves(false)?;
        all.sort_by_key(|one| std::cmp::Reverse((one.asked, one.id)));
        Ok(all)
    }

    fn check_destination(&self, to: &Destination) -> Result<(), MoveError> {
        let active = self.active();
        let company = &active.company;
        let checked = match to {
            Destination::Agent(agent) if company.agent(agent).is_none() => {
                Err(CommandError::NoAgent(agent.clone()))
            }
            Destination::Agent(_) => Ok(()),
            Destination::Queue { queue, skills } => known(company, queue, skills),
        };
        checked.map_err(MoveError::Destination)
    }

    /// Which cases a filter fits, those that wait the longest first.
    fn select(
        &self,
        filter: &Filter,
        reaches: &dyn Fn(&Conversation) -> bool,
    ) -> Result<Vec<Listed>, MoveError> {
        let (shared, active) = (self.shared(), self.active());
        let (store, company) = (&shared.store, &active.company);
        let mut candidates: Vec<ConversationId> = filter.conversations.clone();
        if candidates.is_empty() {
            for queue in company.queues() {
                candidates.extend(store.waiting(&queue.id)?.into_iter().map(|one| one.conversation));
            }
            for agent in company.agents() {
                candidates.extend(store.agent(&agent.id)?.1.cases.into_values());
            }
        }
        let now = shared.now();
        let mut found: Vec<(Time, Listed)> = Vec::new();
        for id in candidates {
            let Some(conversation) = store.conversation(id)?.1 else { continue };
            let Some(case) = &conversation.case else { continue };
            let seat = Seat::of(case);
            let since = match &case.holder {
                Holder::Queue { since, .. } | Holder::Agent { since, .. } => *since,
                Holder::Rules => case.opened,
            };
            let waits = matches!(case.holder, Holder::Queue { .. });
            let waited = now.duration_since(since).as_secs();
            let fits = filter.queue.as_ref().is_none_or(|queue| seat.queue.as_ref() == Some(queue))
                && filter.agent.as_ref().is_none_or(|agent| seat.agent.as_ref() == Some(agent))
                && filter.waiting_longer_than.is_none_or(|most| waits && waited > i64::from(most))
                && reaches(&conversation);
            if fits && self.is_tagged(&conversation, filter.tag.as_deref())? {
                found.push((since, Listed { conversation: id, case: case.id, seat }));
            }
        }
        found.sort_by_key(|(since, listed)| (*since, listed.case));
        found.dedup_by_key(|(_, listed)| listed.case);
        Ok(found.into_iter().map(|(_, listed)| listed).collect())
    }

    fn is_tagged(&self, conversation: &Conversation, tag: Option<&str>) -> Result<bool, MoveError> {
        let Some(tag) = tag else { return Ok(true) };
        let tags = conversation.case.as_ref().and_then(|case| case.tags.as_ref());
        let Some(tags) = tags else { return Ok(false) };
        let tags: Tags = match self.shared().key(conversation.contact) {
            Ok(key) => tags.open(&key).map_err(DeskError::from)?,
            // Forgotten a moment ago.
            Err(_) => return Ok(false),
        };
        Ok(tags.0.contains(tag))
    }

    /// How many would be left where they are, if nothing else happened meanwhile.
    fn foresee(&self, cases: &[Listed], to: &Destination) -> Result<BTreeMap<Left, u32>, MoveError> {
        let mut left = BTreeMap::new();
        let mut leave = |why: Left| *left.entry(why).or_default() += 1;
        match to {
            Destination::Queue { queue, skills } => {
                for listed in cases.iter().filter(|one| one.seat.agent.is_none()) {
                    let waits = self.shared().store.conversation(listed.conversation)?.1;
                    let holder = waits.and_then(|known| known.case).map(|case| case.holder);
                    if let Some(Holder::Queue { place, .. }) = holder
                        && place.queue == *queue
                        && place.skills == *skills
                    {
                        leave(Left::There);
                    }
                }
            }
            Destination::Agent(agent) => {
                let active = self.active();
                let Some(described) = active.company.agent(agent) else { return Ok(left) };
                let (_, state) = self.shared().store.agent(agent)?;
                let available = state.presence == domain::agent::Presence::Available;
                let mut room = (described.capacity as usize).saturating_sub(state.cases.len());
                for listed in cases {
                    if listed.seat.agent.as_ref() == Some(agent) {
                        leave(Left::There);
                    } else if seat(described, listed.seat.queue.as_ref()).is_none() {
                        leave(Left::NotServing);
                    } else if !available {
                        leave(Left::NotAvailable);
                    } else if room == 0 {
                        leave(Left::Full);
                    } else {
                        room -= 1;
                    }
                }
            }
        }
        Ok(left)
    }

    /// How many cases somebody has moved by their own word within the hour.
    fn moved_alone(&self, by: &Actor) -> Result<u32, MoveError> {
        let now = self.shared().now();
        let all = self.shared().store.case_moves(false)?;
        let counts = |one: &&Move| {
            one.by == *by
                && one.proposal.is_none()
                && matches!(one.stage, Stage::Running | Stage::Done)
                && now.duration_since(one.asked) < SPAN
        };
        Ok(all.iter().filter(counts).map(|one| one.cases).sum())
    }

    /// Begins what was agreed on, if it is that, and goes on with it. None as long as it is not done.
    pub(crate) async fn carry_move(&self, proposal: &Proposal) -> Result<Option<Json>, String> {
        let terms: Terms =
            serde_json::from_str(proposal.content.text()).map_err(|error| error.to_string())?;
        self.begin_move(proposal, &terms).await.map_err(|error| error.to_string())?;
        let one = self.go_on_moving(terms.id).await.map_err(|error| error.to_string())?;
        if one.is_running() {
            return Ok(None);
        }
        let left: BTreeMap<String, u32> = one
            .left
            .iter()
            .map(|(why, count)| (json!(why).as_str().unwrap_or_default().to_owned(), *count))
            .collect();
        Ok(Some(Json::of(&json!({ "move": one.id, "moved": one.moved(), "left": left }))))
    }

    async fn begin_move(&self, proposal: &Proposal, terms: &Terms) -> Result<(), MoveError> {
        let stream = Stream::Move(terms.id);
        loop {
            let (version, known) = self.shared().store.case_move(terms.id)?;
            let known = known.ok_or(MoveError::None)?;
            if known.proposal == Some(proposal.id) {
                return Ok(());
            }
            let is_it = known.to == terms.to && known.cases == terms.cases && known.digest == terms.digest;
            if !is_it || !matches!(known.stage, Stage::Asked | Stage::Proposed { .. }) {
                return Err(MoveError::Changed);
            }
            let begun = MoveBegun { cases: known.cases, proposal: Some(proposal.id) };
            let draft = Draft::new(stream.clone(), Actor::Host, begun)?;
            match self.shared().store.commit(vec![(stream.clone(), version)], vec![draft]).await {
                Err(CommitError::Conflict { .. }) => {}
                written => return written.map(drop).map_err(Into::into),
            }
        }
    }

    /// Goes on with all moves that one person decided.
    pub(crate) async fn go_on(&self) -> Result<(), MoveError> {
        for one in self.shared().store.case_moves(true)? {
            if one.proposal.is_none() {
                self.go_on_moving(one.id).await?;
            }
        }
        Ok(())
    }

    /// Moves the next cases of a list.
    async fn go_on_moving(&self, id: MoveId) -> Result<Move, MoveError> {
        let one = self.case_move(id)?;
        let cases = self.shared().store.listed_cases(&one)?;
        let rest = (one.done..one.cases).zip(cases.iter().skip(one.done as usize));
        for (nth, listed) in rest.take(AT_ONCE as usize) {
            let (by, to, listed) = (one.by.clone(), one.to.clone(), listed.clone());
            let conversation = listed.conversation;
            let act = Act::Step { by, to, of: id, nth, listed }.into();
            match self.ask(conversation, Command::Hand { conversation, act }).await {
                Ok(_) => {}
                Err(CommandError::NoConversation) => self.pass_over(id, nth).await?,
                Err(CommandError::Desk(error)) => return Err(error.into()),
                Err(error) => return Err(MoveError::Destination(error)),
            }
        }
        self.case_move(id)
    }

    /// A case whose customer was forgotten meanwhile is nowhere.
    async fn pass_over(&self, id: MoveId, nth: u32) -> Result<(), MoveError> {
        let stream = Stream::Move(id);
        let advanced = || {
            let (version, known) = self.shared().store.case_move(id)?;
            if known.is_none_or(|known| known.done != nth) {
                return Ok(None);
            }
            let advanced = MoveAdvanced { to: nth + 1, left: Some(Left::Erased) };
            Ok(Some((version, Draft::new(stream.clone(), Actor::Host, advanced)?)))
        };
        self.shared().decide(stream.clone(), advanced).await?;
        Ok(())
    }

    /// Lets what those hold who ended their shift wait where somebody attends it: a host that stopped in between goes on here.
    pub(crate) async fn clear_desks(&self) -> Result<(), DeskError> {
        for agent in self.shared().store.leaving()? {
            match self.clear_desk(&agent).await {
                Ok(_) => {}
                Err(CommandError::Desk(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(%agent, %error, "a case of somebody who left could not be given back")
                }
            }
        }
        Ok(())
    }

    /// The same of one of them. Says how many.
    pub(crate) async fn clear_desk(&self, agent: &AgentId) -> Result<usize, CommandError> {
        let (_, state) = self.shared().store.agent(agent).map_err(DeskError::from)?;
        let Some(ended) = state.ended else { return Ok(0) };
        let mut cleared = 0;
        for conversation in state.cases.into_values() {
            let act = Act::Leave { agent: agent.clone(), to: ended.to.clone() }.into();
            match self.ask(conversation, Command::Hand { conversation, act }).await {
                Ok(_) => cleared += 1,
                Err(CommandError::NoConversation) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(cleared)
    }
}
