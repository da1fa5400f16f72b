//! Campaigns: which there are, who is in their lists, how they fare; and what single sends wait for an agreement.
//!
//! A list lies in the journal once, in parts; here is where. How a campaign fares is counted from the states of its messages,
//! by the difference that each batch makes, so that nobody has to walk through a hundred thousand of them to know.

use std::collections::BTreeMap;

use domain::campaign::Campaign;
use domain::campaign::event::{CampaignListed, List};
use domain::campaign::progress::{Progress, Spot, spot};
use domain::event::Event;
use domain::id::{CampaignId, ContactId, MessageId};
use domain::platform::NumberTold;
use domain::sends::{SendHeld, Sends};
use domain::stream::{Actor, Stream};

use crate::fold::{Fold, FoldError};
use crate::layout;
use crate::projection::ProjectionError;
use crate::state::State;
use crate::store::{OpenError, Store};

/// Where a message of a campaign is.
pub(crate) fn spot_of(state: &State) -> Option<(CampaignId, Spot)> {
    let State::Message(delivery) = state else { return None };
    Some((delivery.campaign?, spot(delivery)))
}

impl Fold<'_> {
    /// Counts messages that went from one place to another.
    pub(crate) fn count_moved(
        &mut self,
        moved: BTreeMap<CampaignId, Vec<(Option<Spot>, Spot)>>,
    ) -> Result<(), FoldError> {
        for (campaign, moves) in moved {
            let key = layout::progress(campaign);
            let known = self.value(&key)?.map(|value| serde_json::from_slice(&value)).transpose();
            let mut progress: Progress = known.map_err(ProjectionError::Form)?.unwrap_or_default();
            moves.into_iter().for_each(|(from, to)| progress.moved(from, to));
            self.put_json(key, &progress)?;
        }
        Ok(())
    }
}

impl Store {
    /// A campaign, and the version of its stream.
    pub fn campaign(&self, id: CampaignId) -> Result<(u64, Option<Campaign>), ProjectionError> {
        self.folded(&Stream::Campaign(id))
    }

    /// All campaigns, or those that the host has still to do something about.
    pub fn campaigns(&self, active: bool) -> Result<Vec<Campaign>, ProjectionError> {
        let mut found = Vec::new();
        for (key, value) in self.all(layout::CAMPAIGNS.to_vec())? {
            if active && *value == [0] {
                continue;
            }
            let id = layout::tail(&key).ok_or(ProjectionError::Broken("a campaign"))?;
            found.extend(self.campaign(CampaignId::from_bytes(id))?.1);
        }
        Ok(found)
    }

    /// A part of a list of a campaign; none where the list has ended.
    pub fn listed(&self, campaign: CampaignId, list: List, part: u32) -> Result<Vec<ContactId>, OpenError> {
        let Some(found) = self.tree().get(layout::listed(campaign, list, part))? else {
            return Ok(Vec::new());
        };
        let seq = layout::number(&found).ok_or(ProjectionError::Broken("a list of a campaign"))?;
        match self.event(seq)?.map(|recorded| recorded.event) {
            Some(Event::CampaignListed(CampaignListed { contacts, .. })) => Ok(contacts),
            _ => Err(ProjectionError::Broken("a list of a campaign").into()),
        }
    }

    /// How a campaign fares.
    pub fn progress(&self, campaign: CampaignId) -> Result<Progress, ProjectionError> {
        Ok(self.json(layout::progress(campaign))?.unwrap_or_default())
    }

    /// What Meta told of a number of ours, by how it is written.
    pub fn number_told(&self, display: &str) -> Result<NumberTold, ProjectionError> {
        Ok(self.json(layout::number_told(display))?.unwrap_or_default())
    }

    /// What somebody sent lately of templates, and the version of its stream.
    pub fn sends(&self, owner: &Actor) -> Result<(u64, Sends), ProjectionError> {
        let (version, sends) = self.folded::<Sends>(&Stream::Sends(owner.clone()))?;
        Ok((version, sends.unwrap_or_default()))
    }

    /// Those of whom something waits for an agreement.
    pub fn held_back(&self) -> Result<Vec<Actor>, ProjectionError> {
        let broken = || ProjectionError::Broken("who has something held back");
        let prefix = layout::HELD.len();
        let all = self.all(layout::HELD.to_vec())?;
        let name = |key: &[u8]| std::str::from_utf8(key.get(prefix..)?).ok()?.parse().ok();
        all.iter().map(|(key, _)| name(key).ok_or_else(broken)).collect()
    }

    /// What a message that is held would say; none if nobody knows of it.
    pub fn held(&self, message: MessageId) -> Result<Option<SendHeld>, OpenError> {
        let Some(found) = self.tree().get(layout::held_message(message))? else { return Ok(None) };
        let seq = layout::number(&found).ok_or(ProjectionError::Broken("a message that is held"))?;
        Ok(match self.event(seq)?.map(|recorded| recorded.event) {
            Some(Event::SendHeld(held)) => Some(held),
            _ => None,
        })
    }
}
