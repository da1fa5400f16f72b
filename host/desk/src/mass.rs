//! Single sends of a template, and the moment from which on they are a campaign.
//!
//! So many of the same words within an hour need nobody's agreement; what goes beyond is held. What is held is proposed in the
//! name of whoever sent it, as one batch that grows while they go on: each growth is another content, so that whoever signs
//! has seen how many there are. Then all of them are queued, or none.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::conversation::Conversation;
use domain::decision::Digest;
use domain::event::{Event, Refused, ReplyQueued};
use domain::id::{ConversationId, MessageId, PersonId};
use domain::json::Json;
use domain::law::language::Language;
use domain::message::Outgoing;
use domain::platform::TemplateName;
use domain::proposal::event::Content;
use domain::proposal::{Kind, Proposal, Stage};
use domain::raci::task::Task;
use domain::sends::{self, Batch, HELD, Held, SendHeld, TemplateCounted, TemplateHeld, TemplateReleased};
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use serde_json::json;
use store::{CommitError, Draft};

use crate::attend;
use crate::campaigns::CampaignError;
use crate::command::{CommandError, DeskError, Done};
use crate::escalation;
use crate::shared::Shared;
use crate::templates;
use crate::work::Work;

/// Messages that are let go in one commit.
const TOGETHER: usize = 100;

/// How long somebody has to have sent nothing more before others are asked: a loop is one question and not a hundred.
const QUIET: SignedDuration = SignedDuration::from_secs(1);

/// Somebody sends a template to whom they need no case for.
pub(crate) fn send(work: &mut Work<'_>, by: Actor, template: &Outgoing) -> Result<Done, CommandError> {
    whatsapp::check(template)?;
    queue(work, by, template)
}

/// Queues what somebody says, or holds it, if it is one template too many.
pub(crate) fn queue(work: &mut Work<'_>, by: Actor, message: &Outgoing) -> Result<Done, CommandError> {
    let (shared, number) = (work.shared, work.conversation.number.clone());
    let category = templates::category(shared, &number, message)?.map_err(CommandError::Template)?;
    let (Some(category), Some(filled)) = (category, message.template()) else {
        return Ok(Done::Queued(attend::reply(work, by, message)?));
    };
    let template = templates::find(shared, &number, filled)?.map_err(CommandError::Template)?;
    let words = templates::words(&template);
    let company = &work.active.company;
    let owner = sends::owner(&by, company.raci());
    let (version, known) = shared.store.sends(&owner).map_err(DeskError::from)?;
    let stream = Stream::Sends(owner);
    let enough = known.lately(&words, work.now) >= company.law().mass_threshold();
    if !(enough && company.is_governed()) {
        let message = attend::reply(work, by.clone(), message)?;
        work.record_in(stream, version, by, TemplateCounted { words, message })?;
        return Ok(Done::Queued(message));
    }
    if known.held.len() >= HELD {
        return Err(CommandError::TooManyHeld);
    }
    let id = MessageId::new(work.now, &*shared.entropy);
    let body = work.seal(message)?;
    let conversation = work.id;
    work.record(by.clone(), SendHeld { message: id, number, category, body })?;
    let template = template.template;
    work.record_in(stream, version, by, TemplateHeld { words, template, message: id, conversation })?;
    Ok(Done::Held(id))
}

/// Asks others about what is held, and lets go what they agreed on. Whether it is to be looked at again soon.
pub(crate) async fn step(shared: &Shared) -> Result<bool, CampaignError> {
    let owners = shared.store.held_back()?;
    if owners.is_empty() {
        return Ok(false);
    }
    let all = shared.proposals.list(false)?;
    let batches: Vec<(&Proposal, Batch)> = all
        .iter()
        .filter(|proposal| proposal.kind == Kind::Mass)
        .filter_map(|proposal| Some((proposal, serde_json::from_str(proposal.content.text()).ok()?)))
        .collect();
    let mut soon = false;
    for owner in owners {
        let (_, known) = shared.store.sends(&owner)?;
        let mut waiting: BTreeMap<Digest, BTreeMap<MessageId, Held>> = BTreeMap::new();
        for (message, held) in known.held {
            waiting.entry(held.words).or_default().insert(message, held);
        }
        for (words, held) in waiting {
            let of = |batch: &Batch| batch.owner == owner && batch.words == words;
            let theirs = batches.iter().filter(|(_, batch)| of(batch)).collect::<Vec<_>>();
            soon |= settle(shared, &owner, words, held, &theirs).await?;
        }
    }
    Ok(soon)
}

async fn settle(
    shared: &Shared,
    owner: &Actor,
    words: Digest,
    mut held: BTreeMap<MessageId, Held>,
    batches: &[&(&Proposal, Batch)],
) -> Result<bool, CampaignError> {
    let mut open = None;
    for (proposal, batch) in batches {
        let theirs = |message: &&MessageId| held.contains_key(message);
        let messages: Vec<MessageId> = batch.messages.iter().filter(theirs).copied().collect();
        match &proposal.stage {
            Stage::Open => {
                open = Some((proposal, batch));
                continue;
            }
            Stage::Approved => {
                if shared.proposals.begin(proposal.id).await?.is_none() {
                    continue;
                }
                release(shared, owner, words, &messages, None).await?;
                end(shared, proposal, batch).await?;
            }
            Stage::Begun => {
                release(shared, owner, words, &messages, None).await?;
                end(shared, proposal, batch).await?;
            }
            Stage::Live { .. } => {}
            Stage::Failed { .. } | Stage::Rejected { .. } | Stage::Withdrawn | Stage::Expired => {
                release(shared, owner, words, &messages, Some(Refused::NotAgreed)).await?;
            }
        }
        messages.iter().for_each(|message| drop(held.remove(message)));
    }
    let Some(last) = held.values().map(|held| held.since).max() else { return Ok(false) };
    let Some(first) = held.values().next() else { return Ok(false) };
    if shared.now().duration_since(last) < QUIET {
        return Ok(true);
    }
    let messages: Vec<MessageId> = held.keys().copied().collect();
    let asked = |batch: &Batch| batch.messages.iter().collect::<BTreeSet<_>>() == messages.iter().collect();
    if open.is_some_and(|(_, batch)| asked(batch)) {
        return Ok(false);
    }
    let content = content(shared, owner, words, &first.template, messages);
    match open {
        Some((proposal, _)) => drop(shared.proposals.edit_for(proposal.id, content).await?),
        None => drop(shared.proposals.propose_for(content).await?),
    }
    Ok(false)
}

async fn end(shared: &Shared, proposal: &Proposal, batch: &Batch) -> Result<(), CampaignError> {
    Ok(shared.proposals.end(proposal.id, Ok(Json::of(&json!({ "messages": batch.contacts })))).await?)
}

fn content(
    shared: &Shared,
    owner: &Actor,
    words: Digest,
    template: &TemplateName,
    messages: Vec<MessageId>,
) -> Content {
    let contacts = messages.len();
    let by: PersonId = match owner {
        Actor::Person(person) => person.clone(),
        other => other.to_string().into(),
    };
    let active = shared.active.load();
    let (language, most) = (active.company.own_language(), active.company.law().mass_threshold());
    let batch = Batch { owner: owner.clone(), words, template: template.clone(), contacts, messages };
    Content {
        kind: Kind::Mass,
        title: format!("{} ({}) → {contacts}", template.name, template.language),
        reason: reason(language, most),
        content: Json::of(&batch),
        tasks: [Task::ApproveCampaigns].into(),
        by,
        not_before: None,
    }
}

fn reason(language: Language, most: usize) -> String {
    language.pick(
        format!("Más de {most} envíos de la misma plantilla en una hora: los demás esperan una aprobación"),
        format!("Mais de {most} envios do mesmo modelo em uma hora: os demais esperam uma aprovação"),
        format!("More than {most} sends of one template within an hour: the others wait for an agreement"),
    )
}

/// Queues what was held, or drops it. All of a part, in one commit with the note that it is done: a crash sends none twice.
async fn release(
    shared: &Shared,
    owner: &Actor,
    words: Digest,
    messages: &[MessageId],
    dropped: Option<Refused>,
) -> Result<(), DeskError> {
    let stream = Stream::Sends(owner.clone());
    for part in messages.chunks(TOGETHER) {
        loop {
            let (version, known) = shared.store.sends(owner)?;
            let left: Vec<MessageId> =
                part.iter().filter(|id| known.held.contains_key(id)).copied().collect();
            if left.is_empty() {
                break;
            }
            let mut drafts = Vec::with_capacity(left.len() + 1);
            let (active, now) = (shared.active.load_full(), shared.now());
            let mut seen: BTreeMap<ConversationId, (u64, Conversation)> = BTreeMap::new();
            for message in left.iter().filter(|_| dropped.is_none()) {
                let Some(held) = known.held.get(message) else { continue };
                let Some(said) = shared.store.held(*message)? else { continue };
                let (_, conversation) = match seen.entry(held.conversation) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => match shared.store.conversation(held.conversation)? {
                        (version, Some(conversation)) => place.insert((version, conversation)),
                        // Of who was forgotten meanwhile there is nothing to be said.
                        (_, None) => continue,
                    },
                };
                let SendHeld { message, number, category, body } = said;
                let queued = ReplyQueued {
                    message,
                    case: conversation.case.as_ref().map(|case| case.id),
                    number,
                    content: "template".to_owned(),
                    category: Some(category),
                    campaign: None,
                    body,
                };
                // It may be the answer that was promised.
                let (stream, queued) = (Stream::Conversation(held.conversation), Event::from(queued));
                let ended = escalation::ended(&active.company, conversation, now, owner, &queued);
                conversation.fold(now, owner, &queued);
                drafts.push(Draft::new(stream.clone(), owner.clone(), queued)?);
                if let Some(ended) = ended {
                    drafts.push(Draft::new(stream, Actor::Host, ended)?);
                }
            }
            let mut expect = vec![(stream.clone(), version)];
            expect.extend(seen.into_iter().map(|(id, (version, _))| (Stream::Conversation(id), version)));
            let released = TemplateReleased { words, messages: left, dropped };
            drafts.push(Draft::new(stream.clone(), Actor::Host, released)?);
            match shared.store.commit(expect, drafts).await {
                Err(CommitError::Conflict { .. }) => {}
                written => {
                    written?;
                    break;
                }
            }
        }
    }
    Ok(())
}
