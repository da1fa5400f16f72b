//! Queues what is next of the campaigns that run, and takes back what those have queued that were stopped.
//!
//! A part of the list and the cursor behind it are one commit, so a host that stops in between has queued it or not, and none
//! of it twice. Only some of a campaign is in the outbox at any time: what is not there yet need not be taken back, and cannot
//! leave all at once when a night is over.

use std::sync::Arc;
use std::time::Duration;

use domain::campaign::audience::LeftOut;
use domain::campaign::event::{CampaignAdvanced, CampaignCleared, List, Why};
use domain::campaign::fields::{Fields, fill};
use domain::campaign::progress::Place;
use domain::campaign::{Campaign, PART, Run, Stage, message};
use domain::delivery::Sending;
use domain::event::{Event, Refused, ReplyQueued, SendWithheld};
use domain::id::{CampaignId, ContactId};
use domain::law::class::Category;
use domain::message::Outgoing;
use domain::stream::{Actor, Stream};
use domain::templates::offerable;
use store::{CommitError, Draft};
use tokio::sync::watch;

use super::{CampaignError, stop};
use crate::bill;
use crate::dispatcher::converse;
use crate::mass;
use crate::shared::Shared;
use crate::templates;

/// Messages that are queued in one commit.
const TOGETHER: u32 = 200;

/// How often it thinks of the clock while something is under way, and how long it rests between two parts: who attends customers
/// goes first.
const NAP: Duration = Duration::from_millis(250);

/// How long it sleeps while nothing is. Everything wakes it earlier.
const SLEEP: Duration = Duration::from_secs(10);

/// Messages of a campaign that may wait in the outbox, whatever its pace.
const WAITING: std::ops::RangeInclusive<u32> = 50..=5_000;

/// Drives campaigns.
pub struct Campaigner {
    shared: Arc<Shared>,
}

impl Campaigner {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Does the next part of each campaign that has one, and what was held until others agreed. False if nothing is under way.
    pub async fn step(&mut self) -> Result<bool, CampaignError> {
        let active = self.shared.store.campaigns(true)?;
        let mut busy = !active.is_empty();
        for campaign in active {
            let id = campaign.id;
            let done = match campaign.stage {
                Stage::Running => self.advance(id).await,
                Stage::Stopping => self.clear(id).await,
                _ => continue,
            };
            match done {
                Ok(()) => {}
                // Somebody was faster: it is looked at again.
                Err(error) if is_conflict(&error) => {}
                Err(error) => {
                    tracing::error!(%error, campaign = %id, "a campaign could not go on: trying again");
                }
            }
        }
        busy |= mass::step(&self.shared).await?;
        Ok(busy)
    }

    /// Queues the next part.
    async fn advance(&self, id: CampaignId) -> Result<(), CampaignError> {
        let shared = &*self.shared;
        let (version, Some(campaign)) = shared.store.campaign(id)? else { return Ok(()) };
        let Some(run) = campaign.run.clone().filter(|_| campaign.stage == Stage::Running) else {
            return Ok(());
        };
        let Ok(template) = templates::find(shared, &campaign.plan.number, &campaign.plan.template)? else {
            return Ok(());
        };
        if templates::words(&template) != run.words {
            return stop(shared, id, &Actor::Host, Why::OtherWords, "").await;
        }
        // A template that is paused holds its campaign up.
        let Ok(category) = offerable(&template) else { return Ok(()) };
        let queued = shared.store.progress(id)?.at(Place::Queued);
        let room = (campaign.plan.per_hour / 4).clamp(*WAITING.start(), *WAITING.end());
        let next = run.pace.due(shared.now()).min(TOGETHER).min(room.saturating_sub(queued));
        let contacts = next_of(shared, &campaign, &run, next)?;
        if contacts.is_empty() {
            return Ok(());
        }
        let (mut drafts, skipped) = self.messages(&campaign, &run, category, &contacts).await?;
        let to = run.taken + u32::try_from(contacts.len()).unwrap_or(u32::MAX);
        let stream = Stream::Campaign(id);
        drafts.push(Draft::new(stream.clone(), Actor::Host, CampaignAdvanced { to, skipped })?);
        shared.store.commit(vec![(stream, version)], drafts).await?;
        Ok(())
    }

    /// The messages to some contacts, and who gets none.
    async fn messages(
        &self,
        campaign: &Campaign,
        run: &Run,
        category: Category,
        contacts: &[ContactId],
    ) -> Result<(Vec<Draft>, super::people::LeftOuts), CampaignError> {
        let shared = &*self.shared;
        let (mut filled, mut skipped) = (Vec::new(), super::people::LeftOuts::new());
        let law = Arc::clone(&shared.active.load_full().company);
        for id in contacts {
            let known =
                (shared.store.contact(*id)?.1, shared.keys.contact(*id).map_err(crate::DeskError::from)?);
            let (Some(contact), Some(key)) = known else {
                *skipped.entry(LeftOut::Erased).or_default() += 1;
                continue;
            };
            let open = || -> Result<Fields, crate::DeskError> {
                let country = &law.law().countries().of(&contact.identity.open(&key)?).code;
                let name = contact.profile.open(&key)?.name;
                Ok(Fields { name, language: contact.language.clone(), country: country.clone() })
            };
            match fill(&campaign.plan.template, &open()?) {
                Some(template) => filled.push((*id, key, template)),
                None => *skipped.entry(LeftOut::NotFilled).or_default() += 1,
            }
        }
        let number = &campaign.plan.number;
        let ids: Vec<ContactId> = filled.iter().map(|(id, ..)| *id).collect();
        let conversations = converse(shared, &campaign.by, number, &ids).await?;
        let mut drafts = Vec::with_capacity(filled.len() + 1);
        for ((contact, key, template), conversation) in filled.into_iter().zip(conversations) {
            let queued = ReplyQueued {
                message: message(campaign.id, contact, run.since),
                case: None,
                number: number.clone(),
                content: "template".to_owned(),
                category: Some(category),
                campaign: Some(campaign.id),
                body: shared.seal(&Outgoing::Template(template), contact, &key)?,
            };
            drafts.push(Draft::new(Stream::Conversation(conversation), campaign.by.clone(), queued)?);
        }
        Ok((drafts, skipped))
    }

    /// Takes the next part back of what was queued and has not left.
    async fn clear(&self, id: CampaignId) -> Result<(), CampaignError> {
        let shared = &*self.shared;
        let (version, Some(campaign)) = shared.store.campaign(id)? else { return Ok(()) };
        let Some(run) = &campaign.run else { return Ok(()) };
        let from = Run { taken: campaign.cleared, contacts: run.taken, ..run.clone() };
        let contacts = next_of(shared, &campaign, &from, TOGETHER)?;
        let stream = Stream::Campaign(id);
        let (mut expect, mut drafts) = (vec![(stream.clone(), version)], Vec::new());
        for contact in &contacts {
            let message = message(id, *contact, run.since);
            let (version, Some(delivery)) = shared.store.delivery(message)? else { continue };
            let waits = matches!(
                delivery.state,
                Sending::Queued | Sending::Waiting { .. } | Sending::Postponed { .. }
            );
            if waits {
                let stream = Stream::Message(message);
                let withheld = SendWithheld { because: Refused::CampaignStopped };
                // One that was sent before and may have arrived may be charged.
                let voided = bill::voided(&delivery).filter(|_| delivery.resends == 0);
                for event in std::iter::once(withheld.into()).chain(voided.map(Event::from)) {
                    drafts.push(Draft::new(stream.clone(), Actor::Host, event)?);
                }
                expect.push((stream, version));
            }
        }
        let to = campaign.cleared + u32::try_from(contacts.len()).unwrap_or(u32::MAX);
        drafts.push(Draft::new(stream, Actor::Host, CampaignCleared { to })?);
        shared.store.commit(expect, drafts).await?;
        Ok(())
    }
}

fn is_conflict(error: &CampaignError) -> bool {
    matches!(error, CampaignError::Desk(crate::DeskError::Commit(CommitError::Conflict { .. })))
}

/// The next contacts of a run's list, of one part of it.
fn next_of(
    shared: &Shared,
    campaign: &Campaign,
    run: &Run,
    most: u32,
) -> Result<Vec<ContactId>, CampaignError> {
    let most = most.min(run.contacts.saturating_sub(run.taken)) as usize;
    if most == 0 {
        return Ok(Vec::new());
    }
    let (part, from) = (run.taken as usize / PART, run.taken as usize % PART);
    let part = u32::try_from(part).unwrap_or(u32::MAX);
    let contacts = shared.store.listed(campaign.id, List::Audience, part)?;
    Ok(contacts.into_iter().skip(from).take(most).collect())
}

/// Drives campaigns until they are stopped.
pub(crate) async fn campaigning(
    mut campaigner: Campaigner,
    [mut proposals, mut campaigns]: [watch::Receiver<u64>; 2],
    mut stopped: watch::Receiver<bool>,
) {
    while !*stopped.borrow() {
        proposals.mark_unchanged();
        campaigns.mark_unchanged();
        let busy = match campaigner.step().await {
            Ok(busy) => busy,
            Err(error) => {
                tracing::error!(%error, part = "campaigner", "a part of the desk failed: trying again");
                true
            }
        };
        // Its own events would wake it: a part is always followed by a rest.
        tokio::select! {
            _ = proposals.changed(), if !busy => {}
            _ = campaigns.changed(), if !busy => {}
            _ = stopped.changed() => {}
            () = tokio::time::sleep(if busy { NAP } else { SLEEP }) => {}
        }
    }
}
