//! What is to be known of a campaign by whoever decides on it without reading: names and values, one each.

use std::collections::BTreeMap;

use domain::campaign::Terms;
use domain::campaign::audience::LeftOut;
use domain::proposal::Proposal;

use super::{CampaignError, choose, terms};
use crate::assemble::Desk;
use crate::templates;

impl Desk {
    /// What is to be known of a proposal of a campaign; none of any other. What was signed is told as it was signed, what Meta
    /// says of the template and the number as it is now.
    ///
    /// Keys: `template.name`, `template.category`, `template.status`, `template.quality`, `audience.contacts`,
    /// `audience.opted-in`, `audience.left-out`, `number.tier` (messages a day, `unlimited` or `unknown`), `number.quality`,
    /// `cost.amount`, `cost.currency`, `cost.cap`, `cost.spent`, `schedule.starts` (UTC), `schedule.local-hour` (0 to 23, in the
    /// company's zone), `schedule.open-permille`, `frequency.capped`, `pace.per-hour`. What is not known is left out.
    pub fn campaign_facts(
        &self,
        proposal: &Proposal,
    ) -> Result<Option<BTreeMap<String, String>>, CampaignError> {
        let Some(terms) = terms(proposal) else { return Ok(None) };
        let Terms { plan, category, reach, cost, .. } = &terms;
        let (shared, active) = (self.shared(), self.active());
        let template = templates::find(shared, &plan.number, &plan.template)?;
        let starts = choose::starts(plan, shared.now());
        let category = serde_json::to_value(category).unwrap_or_default();
        let left_out: u32 = reach.left_out.values().sum();
        let capped = reach.left_out.get(&LeftOut::Frequency).copied().unwrap_or_default();
        let hour = starts.to_zoned(active.company.zone().clone()).hour();
        let written = active.company.number(&plan.number).and_then(|number| number.display.clone());
        // Without knowing how the number is written nothing that Meta told is known to be of it.
        let number =
            written.map(|written| shared.store.number_told(&written)).transpose()?.unwrap_or_default();
        let told = |pick: fn(&domain::templates::Template) -> &str| {
            template.as_ref().ok().map(pick).filter(|word| !word.is_empty()).map(ToOwned::to_owned)
        };
        let facts = [
            ("template.name", Some(plan.template.name.clone())),
            ("template.category", category.as_str().map(ToOwned::to_owned)),
            ("template.status", told(|template| &template.status.word)),
            ("template.quality", told(|template| &template.quality.word)),
            ("audience.contacts", Some(reach.contacts.to_string())),
            ("audience.opted-in", Some(reach.opted_in.to_string())),
            ("audience.left-out", Some(left_out.to_string())),
            ("number.tier", Some(number.tier())),
            ("number.quality", Some(number.quality().to_owned())),
            ("cost.amount", Some(cost.amount.to_string())),
            ("cost.currency", cost.currency.clone()),
            ("cost.cap", cost.cap.map(|cap| cap.to_string())),
            ("cost.spent", Some(cost.spent.to_string())),
            ("schedule.starts", Some(starts.to_string())),
            ("schedule.local-hour", Some(hour.to_string())),
            ("schedule.open-permille", Some(reach.open_permille.to_string())),
            ("frequency.capped", Some(capped.to_string())),
            ("pace.per-hour", Some(plan.per_hour.to_string())),
        ];
        let known = |(name, value): (&str, Option<String>)| value.map(|value| (name.to_owned(), value));
        Ok(Some(facts.into_iter().filter_map(known).collect()))
    }
}
