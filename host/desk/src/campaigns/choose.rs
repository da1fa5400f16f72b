//! Whom a plan reaches: every contact that it could go to, opened and asked about.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Time;
use domain::campaign::audience::{Candidate, Choice, Query};
use domain::campaign::event::List;
use domain::campaign::fields::{Fields, fill};
use domain::campaign::{Asked, Campaign, Cost, Plan, Reach};
use domain::decision::Digest;
use domain::id::ContactId;
use domain::law::class::Category;
use domain::templates::offerable;

use super::{CampaignError, contacts};
use crate::command::DeskError;
use crate::shared::Shared;
use crate::templates;

/// What a plan comes to on some day.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The digest of the template's words.
    pub words: Digest,
    /// As what it counts.
    pub category: Category,
    /// Whom it reaches, and who is left out.
    pub reach: Reach,
    /// What it will cost.
    pub cost: Cost,
}

/// The same with who they are.
pub(super) struct Chosen {
    pub(super) contacts: Vec<ContactId>,
    pub(super) estimate: Estimate,
}

/// Finds out whom a campaign reaches. It opens every contact, so it does that where waiting hurts nobody.
pub(super) async fn choose(shared: &Arc<Shared>, campaign: Campaign) -> Result<Chosen, CampaignError> {
    let shared = Arc::clone(shared);
    let work = move || chosen(&shared, &campaign);
    match tokio::runtime::Handle::try_current() {
        Ok(_) => tokio::task::spawn_blocking(work).await.map_err(|_| DeskError::Stopping)?,
        // In a simulation there is nobody to wait.
        Err(_) => work(),
    }
}

fn chosen(shared: &Shared, campaign: &Campaign) -> Result<Chosen, CampaignError> {
    let plan = &campaign.plan;
    let active = shared.active.load_full();
    let law = active.company.law();
    let template = templates::find(shared, &plan.number, &plan.template)?.map_err(CampaignError::Template)?;
    let category = offerable(&template).map_err(CampaignError::Template)?;
    let now = shared.now();
    let mut choice = Choice::new(law, category, starts(plan, now));
    match &plan.audience {
        Asked::Query(query) => {
            for id in shared.store.contacts()? {
                if let Some(candidate) = candidate(shared, plan, query, id)?
                    && query.fits(&candidate, law)
                {
                    choice.consider(id, Some(&candidate));
                }
            }
        }
        Asked::List { contacts: listed, left_out, .. } => {
            for (why, count) in left_out {
                (0..*count).for_each(|_| choice.leave_out(*why));
            }
            for id in contacts(shared, campaign.id, List::Asked, *listed)? {
                choice.consider(id, candidate(shared, plan, &Query::default(), id)?.as_ref());
            }
        }
    }
    let spent = match law.currency() {
        Some(_) => shared.store.spending(law.month(now))?.spent(),
        None => Default::default(),
    };
    let (contacts, reach, cost) = choice.made(law.month_cap(), spent);
    let estimate = Estimate { words: templates::words(&template), category, reach, cost };
    Ok(Chosen { contacts, estimate })
}

/// Somebody, opened; none of who was forgotten.
fn candidate(
    shared: &Shared,
    plan: &Plan,
    query: &Query,
    id: ContactId,
) -> Result<Option<Candidate>, DeskError> {
    let (_, Some(contact)) = shared.store.contact(id)? else { return Ok(None) };
    let Some(key) = shared.keys.contact(id)? else { return Ok(None) };
    let identity = contact.identity.open(&key)?;
    let mut conversations = Vec::new();
    let mut tags = BTreeSet::new();
    for (_, conversation) in shared.store.conversations_of(id)? {
        let (_, Some(conversation)) = shared.store.conversation(conversation)? else { continue };
        if let Some(sealed) = conversation.case.as_ref().and_then(|case| case.tags.as_ref())
            && !query.tags.is_empty()
        {
            tags.extend(sealed.open(&key)?.0);
        }
        conversations.push(conversation);
    }
    let name = contact.profile.open(&key)?.name;
    let country = shared.active.load().company.law().countries().of(&identity).code.clone();
    let filled =
        fill(&plan.template, &Fields { name, language: contact.language.clone(), country }).is_some();
    Ok(Some(Candidate { contact, identity, conversations, tags, filled }))
}

/// When a campaign that is agreed on now would begin.
pub(super) fn starts(plan: &Plan, now: Time) -> Time {
    plan.not_before.map_or(now, |later| later.max(now))
}
