//! Why something happened in a conversation: who was asked and in which order, what each read, answered and cost, which
//! generation that was, who had signed and who had moved each rule.
//!
//! All of it is of record already, so nothing is kept for this: the lines of a conversation say where its events begin, what one
//! commit wrote lies side by side in the journal, and the record knows what was changed of a rule before a moment.

mod again;

use std::collections::BTreeMap;

use domain::Time;
use domain::decision::{Asked, Digest, Trace};
use domain::event::{ActiveRule, Event, Recorded, RuleDecided};
use domain::id::{CaseId, ConversationId, MessageId, PersonId, ProposalId, RuleId};
use domain::rule::Version;
use domain::stream::{Actor, Stream};
use rules::contract;

use crate::assemble::Desk;
use crate::command::DeskError;

pub use again::{Again, Instead, Substitute, WhatIf};

/// Lines of a conversation that are gone through, the latest.
const LINES: usize = 40;

/// Events of others that are read to find what lies between two lines.
const BETWEEN: usize = 500_000;

/// What happened in a conversation.
#[derive(Debug, Clone)]
pub struct Story {
    /// Which.
    pub conversation: ConversationId,
    /// What happened in it, oldest first: decisions, and what they are about or led to.
    pub steps: Vec<Recorded>,
    /// The step that was asked about, if it was one.
    pub asked_about: Option<u64>,
    /// Whether all of it was found: on a busy host not everything that no message belongs to is looked for.
    pub complete: bool,
}

/// What one rule did in a round, and by whose word it was asked.
#[derive(Debug, Clone)]
pub struct Made {
    /// Which rule, how it ended, what it cost.
    pub asked: Asked,
    /// If it was asked in the shadow: whether the case would have gone the same way with it.
    pub agrees: Option<bool>,
    /// What it saw and said; none if that was forgotten.
    pub trace: Option<Trace>,
    /// How it stood in its generation.
    pub active: Option<ActiveRule>,
    /// What was signed of it.
    pub version: Option<Version>,
    /// Who signed that.
    pub signed: SignedBy,
    /// Who had moved it last before, if anybody had: the entry of the record, who, when.
    pub moved: Option<Recorded>,
}

/// A round of rules.
#[derive(Debug, Clone)]
pub struct Round {
    /// When its generation came in force, and who had it so; none if that is not of record.
    pub came: Option<(Time, Actor)>,
    /// What each rule did, those in the shadow last.
    pub made: Vec<Made>,
}

/// By whose word a rule was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedBy {
    /// Those who signed a proposal.
    People {
        /// Which.
        proposal: ProposalId,
        /// Who wrote it.
        author: PersonId,
        /// Who signed it, and when.
        signed: BTreeMap<PersonId, Time>,
        /// Who went past them, if somebody did.
        forced: Option<PersonId>,
    },
    /// Whoever could save the company's files.
    Files,
}

impl Desk {
    /// What happened in a conversation, by its name, by that of one of its cases or of a message of ours in it, or by the number of
    /// one of its events. None if there is no such thing.
    pub fn story(&self, of: &str) -> Result<Option<Story>, DeskError> {
        let Some((conversation, asked_about)) = self.which(of)? else { return Ok(None) };
        let store = self.store();
        let mut story = Story { conversation, steps: Vec::new(), asked_about, complete: true };
        let (version, Some(_)) = store.conversation(conversation)? else {
            // Of somebody who was forgotten nothing but what was asked about is found any more.
            let event = asked_about.map(|event| store.event(event)).transpose()?.flatten();
            story.steps = event.into_iter().filter(|recorded| is_step(&recorded.event)).collect();
            story.complete = false;
            return Ok(Some(story));
        };
        let before = match asked_about {
            Some(event) => store.answer_behind(conversation, event)?,
            None => None,
        };
        let lines = store.lines(conversation, before.map(|(version, _)| version + 1), LINES)?;
        let end = before.unwrap_or((version + 1, store.last_seq() + 1));
        let ends = lines.iter().skip(1).copied().chain([end]);
        let mut budget = BETWEEN;
        for ((version, event), (next, until)) in lines.iter().copied().zip(ends) {
            let wanted = usize::try_from(next.saturating_sub(version)).unwrap_or(usize::MAX);
            let mut found = 0;
            for recorded in store.events(event) {
                let recorded = recorded?;
                if found == wanted || recorded.seq >= until {
                    break;
                }
                if recorded.stream == Stream::Conversation(conversation) {
                    found += 1;
                    if is_step(&recorded.event) {
                        story.steps.push(recorded);
                    }
                } else if budget == 0 {
                    story.complete = false;
                    break;
                } else {
                    budget -= 1;
                }
            }
        }
        Ok(Some(story))
    }

    /// The conversation that is meant, and the event in it.
    pub fn which(&self, of: &str) -> Result<Option<(ConversationId, Option<u64>)>, DeskError> {
        let found = if let Ok(event) = of.parse::<u64>() {
            self.store().event(event)?.map(|recorded| (recorded.stream, Some(event)))
        } else {
            self.named(of)?
        };
        Ok(match found {
            Some((Stream::Conversation(conversation), event)) => Some((conversation, event)),
            _ => None,
        })
    }

    /// The stream that a name is of, and the event that it means.
    fn named(&self, of: &str) -> Result<Option<(Stream, Option<u64>)>, DeskError> {
        let store = self.store();
        if let Ok(id) = of.parse::<ConversationId>()
            && store.conversation(id)?.1.is_some()
        {
            return Ok(Some((Stream::Conversation(id), None)));
        }
        if let Ok(id) = of.parse::<MessageId>()
            && let (_, Some(delivery)) = store.delivery(id)?
        {
            return Ok(Some((Stream::Conversation(delivery.conversation), Some(delivery.queued))));
        }
        if let Ok(id) = of.parse::<CaseId>()
            && let Some(last) = store.changed_last(&format!("case/{id}"))?
            && let Some(recorded) = store.event(last)?
        {
            return Ok(Some((recorded.stream, None)));
        }
        Ok(None)
    }

    /// What each rule did in a round of a conversation.
    pub fn round(&self, recorded: &Recorded, decided: &RuleDecided) -> Result<Round, DeskError> {
        let known = match recorded.stream {
            Stream::Conversation(conversation) => self.store().conversation(conversation)?.1,
            _ => None,
        };
        let key = known.and_then(|known| self.shared().key(known.contact).ok());
        let traces = key.and_then(|key| decided.traces.open(&key).ok());
        let mut traces = traces.into_iter().flat_map(|traces| traces.0);
        let generation = self.generation_then(recorded.seq, decided.generation)?;
        let (rules, came) =
            generation.map_or_else(Default::default, |(rules, at, by)| (rules, Some((at, by))));
        let asked = decided.asked.iter().map(|asked| (asked, None));
        let shadowed = decided.shadowed.iter().map(|shadowed| (&shadowed.asked, Some(shadowed.agrees)));
        let made = asked.chain(shadowed).map(|(asked, agrees)| {
            let is_it = |active: &&ActiveRule| active.rule == asked.rule;
            let active = rules.iter().find(is_it).cloned();
            let of = active.as_ref().and_then(|active| active.version);
            Ok(Made {
                asked: asked.clone(),
                agrees,
                trace: traces.next(),
                version: self.version(&asked.rule, of)?,
                signed: self.signed_before(&asked.rule, of, recorded.seq)?,
                moved: self.moved_before(asked, recorded.seq)?,
                active,
            })
        });
        Ok(Round { came, made: made.collect::<Result<_, DeskError>>()? })
    }

    /// The rules of a generation that was in force when an event was written, when it came, and who had it so.
    #[allow(clippy::type_complexity, reason = "the caller takes it apart at once")]
    fn generation_then(
        &self,
        event: u64,
        number: u64,
    ) -> Result<Option<(Vec<ActiveRule>, Time, Actor)>, DeskError> {
        for recorded in self.changes("generation", event) {
            let Recorded { event, time, actor, .. } = recorded?;
            if let Event::GenerationActivated(active) = event
                && active.generation == number
            {
                return Ok(Some((active.rules, time, actor)));
            }
        }
        Ok(None)
    }

    fn version(&self, rule: &RuleId, of: Option<Digest>) -> Result<Option<Version>, DeskError> {
        let Some(of) = of else { return Ok(None) };
        let versions = self.store().rule_versions(rule)?.into_iter();
        Ok(versions.map(|(_, version)| version).find(|version| version.digest() == of))
    }

    fn signed_before(&self, rule: &RuleId, of: Option<Digest>, event: u64) -> Result<SignedBy, DeskError> {
        for recorded in self.changes(&format!("rule/{rule}"), event) {
            match recorded?.event {
                Event::RuleAgreed(agreed) if Some(agreed.version) == of => {
                    return self.people(agreed.proposal);
                }
                _ => {}
            }
        }
        match self.changes("company", event).next().transpose()?.map(|recorded| recorded.event) {
            Some(Event::CompanyAdopted(adopted)) => match adopted.proposal {
                Some(proposal) => self.people(proposal),
                None => Ok(SignedBy::Files),
            },
            _ => Ok(SignedBy::Files),
        }
    }

    fn people(&self, proposal: ProposalId) -> Result<SignedBy, DeskError> {
        Ok(match self.store().proposal(proposal)?.1 {
            Some(known) => SignedBy::People {
                proposal,
                author: known.author,
                signed: known.signed,
                forced: known.forced.map(|forced| forced.by),
            },
            None => SignedBy::Files,
        })
    }

    /// The last move of a rule, or of its set, before an event.
    fn moved_before(&self, asked: &Asked, event: u64) -> Result<Option<Recorded>, DeskError> {
        let last = |subject: String| -> Result<Option<Recorded>, DeskError> {
            for recorded in self.changes(&subject, event) {
                let recorded = recorded?;
                match recorded.event {
                    Event::RuleMoved(_) | Event::RuleReturned(_) | Event::RuleSetMoved(_) => {
                        return Ok(Some(recorded));
                    }
                    // What was moved before says nothing of another version.
                    Event::RuleAgreed(_) | Event::RuleVersioned(_) => return Ok(None),
                    _ => {}
                }
            }
            Ok(None)
        };
        let (own, set) = (last(format!("rule/{}", asked.rule))?, last(format!("rule-set/{}", asked.set))?);
        Ok(own.into_iter().chain(set).max_by_key(|recorded| recorded.seq))
    }

    /// What was changed of something before an event, the latest first.
    pub(crate) fn changes(
        &self,
        subject: &str,
        before: u64,
    ) -> impl Iterator<Item = Result<Recorded, DeskError>> {
        let store = self.store();
        let mut next = store.changed_last(subject).transpose();
        std::iter::from_fn(move || {
            loop {
                let seq = match next.take()? {
                    Ok(seq) => seq,
                    Err(error) => return Some(Err(error.into())),
                };
                next = store.changed_before(seq).transpose();
                if seq < before {
                    return store.event(seq).map_err(DeskError::from).transpose();
                }
            }
        })
    }

    /// A message of a conversation as rules were told of it at a moment.
    fn told(
        &self,
        conversation: ConversationId,
        version: u64,
        at: Time,
    ) -> Result<Option<contract::Message>, DeskError> {
        let lines = self.store().history(conversation, Some(version + 1), 1)?;
        let Some((_, line)) = lines.into_iter().find(|(found, _)| *found == version) else { return Ok(None) };
        crate::snapshot::told(self.shared(), conversation, &line, at)
    }
}

/// Whether an event is a decision, or something that one is about or leads to.
fn is_step(event: &Event) -> bool {
    matches!(
        event,
        Event::MessageReceived(_)
            | Event::CaseOpened(_)
            | Event::RuleDecided(_)
            | Event::CaseQueued(_)
            | Event::PreferenceEnded(_)
            | Event::CaseAssigned(_)
            | Event::CaseAccepted(_)
            | Event::CaseClosed(_)
            | Event::CaseMoved(_)
            | Event::CaseOffered(_)
            | Event::CaseOfferEnded(_)
            | Event::ReplyQueued(_)
            | Event::TimerFired(_)
            | Event::RequestMade(_)
            | Event::RequestEnded(_)
    )
}
