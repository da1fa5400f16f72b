//! Campaigns: drafted, looked at, proposed, sent at their pace, stopped.
//!
//! Whom a plan reaches is found out when it is proposed (`choose`); what was agreed on is queued by and by (`run`) and sent by
//! the sender, which asks the law of each message as of any other. A list of people who are no contacts yet makes them some
//! (`people`).

mod choose;
mod facts;
mod people;
mod run;

use std::collections::BTreeSet;

use domain::Time;
use domain::campaign::audience::Query;
use domain::campaign::event::{
    CampaignBegun, CampaignDrafted, CampaignListed, CampaignProposed, CampaignStopped, List, Why,
};
use domain::campaign::progress::Progress;
use domain::campaign::{Asked, Campaign, LARGEST, NotAPlan, PART, Plan, Stage, Terms, digest};
use domain::id::{CampaignId, ContactId, NumberId};
use domain::json::Json;
use domain::law::language::Language;
use domain::message::{Outgoing, Template};
use domain::proposal::{Kind, Proposal};
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::stream::{Actor, Stream};
use domain::templates::Why as NotOffered;
use governance::{ProposalError, Wish};
use serde_json::json;
use store::{CommitError, Draft, OpenError, ProjectionError};

use crate::assemble::Desk;
use crate::command::{DeskError, by_the_desk};
use crate::shared::Shared;
use crate::templates;

pub use choose::Estimate;
pub use people::{Listed, OptedIn};
pub use run::Campaigner;
pub(crate) use run::campaigning;

/// The longest reason, in bytes.
const LONGEST: usize = 1_000;

/// A campaign that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What colleagues call it.
    pub name: String,
    /// The number that it leaves from.
    pub number: NumberId,
    /// The template, filled.
    pub template: Template,
    /// To whom.
    pub to: To,
    /// Not before this.
    pub not_before: Option<Time>,
    /// Messages an hour at most.
    pub per_hour: u32,
}

/// To whom.
#[derive(Debug, Clone, PartialEq)]
pub enum To {
    /// To these contacts.
    Contacts(Vec<ContactId>),
    /// To these people, who become contacts where there is an opt-in for them.
    People(Vec<Listed>),
    /// To whom this fits.
    Query(Query),
}

/// Why nothing was done about a campaign.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// There is none of that name.
    #[error("there is no such campaign: `timonel campaign list` shows all of them")]
    None,
    /// It makes no sense.
    #[error(transparent)]
    Plan(#[from] NotAPlan),
    /// Meta would not take the template as it is filled.
    #[error(transparent)]
    Invalid(#[from] whatsapp::Invalid),
    /// Meta does not send the template.
    #[error("template: {}", .0.words(Language::En))]
    Template(NotOffered),
    /// It is under way, or over.
    #[error("the campaign is under way or over: it is not drafted, proposed or stopped any more")]
    Over,
    /// It reaches nobody.
    #[error("audience: nobody is left whom it may go to; `timonel campaign estimate` says why")]
    Nobody,
    /// Somebody drafted it anew meanwhile.
    #[error("the campaign was changed meanwhile: look at it again")]
    Changed,
    /// It could not be proposed, or is not what was agreed on.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

by_the_desk! { CampaignError: CommitError ProjectionError OpenError }

impl Desk {
    /// Writes a campaign down, or another form of one that is not under way: whatever was agreed on of the former one is void.
    pub async fn draft_campaign(
        &self,
        by: &Actor,
        edits: Option<CampaignId>,
        wanted: Wanted,
    ) -> Result<Campaign, CampaignError> {
        let shared = self.shared();
        let Wanted { name, number, template, to, not_before, per_hour } = wanted;
        let audience = Asked::Query(Query::default());
        let mut plan = Plan { name, number, template, audience, not_before, per_hour };
        plan.check()?;
        let category = sendable(shared, &plan)?;
        let id = edits.unwrap_or_else(|| CampaignId::random(&*shared.entropy));
        let (version, known) = shared.store.campaign(id)?;
        match (&known, edits) {
            (None, Some(_)) => return Err(CampaignError::None),
            (Some(known), _) if !matches!(known.stage, Stage::Draft | Stage::Proposed { .. }) => {
                return Err(CampaignError::Over);
            }
            _ => {}
        }
        let (audience, contacts) = match to {
            To::Query(query) => (Asked::Query(query), Vec::new()),
            To::Contacts(named) => listed(named),
            To::People(people) => {
                let found = people::find(shared, by, &plan.number, category, people).await?;
                let (audience, contacts) = listed(found.contacts);
                (with(audience, &found.left_out), contacts)
            }
        };
        plan.audience = audience;
        let stream = Stream::Campaign(id);
        let mut drafts = vec![Draft::new(stream.clone(), by.clone(), CampaignDrafted { plan })?];
        drafts.extend(parts(id, by, List::Asked, &contacts)?);
        match shared.store.commit(vec![(stream, version)], drafts).await {
            Err(CommitError::Conflict { .. }) => return Err(CampaignError::Changed),
            written => written?,
        };
        self.campaign(id)
    }

    /// A campaign.
    pub fn campaign(&self, id: CampaignId) -> Result<Campaign, CampaignError> {
        self.shared().store.campaign(id)?.1.ok_or(CampaignError::None)
    }

    /// All campaigns, the one that was drafted last first.
    pub fn campaigns(&self) -> Result<Vec<Campaign>, CampaignError> {
        let mut all = self.shared().store.campaigns(false)?;
        all.sort_by_key(|campaign| std::cmp::Reverse((campaign.drafted, campaign.id)));
        Ok(all)
    }

    /// How one fares.
    pub fn campaign_progress(&self, id: CampaignId) -> Result<Progress, CampaignError> {
        Ok(self.shared().store.progress(id)?)
    }

    /// Whom one would reach today, who is left out and why, and what it would cost.
    pub async fn estimate_campaign(&self, id: CampaignId) -> Result<Estimate, CampaignError> {
        let campaign = self.campaign(id)?;
        Ok(choose::choose(self.shared(), campaign).await?.estimate)
    }

    /// Finds out whom a campaign reaches and asks others to agree to exactly that. In a company that describes no people it
    /// begins at once. Gives the proposal, if there is one.
    pub async fn propose_campaign(
        &self,
        id: CampaignId,
        by: &Person,
        actor: &Actor,
        reason: &str,
    ) -> Result<Option<Proposal>, CampaignError> {
        let (shared, stream) = (self.shared(), Stream::Campaign(id));
        let (version, known) = shared.store.campaign(id)?;
        let known = known.ok_or(CampaignError::None)?;
        let former = match known.stage {
            Stage::Draft => None,
            Stage::Proposed { proposal } => Some(proposal),
            _ => return Err(CampaignError::Over),
        };
        sendable(shared, &known.plan)?;
        let (revision, plan) = (known.revision, known.plan.clone());
        let chosen = choose::choose(shared, known).await?;
        let Estimate { words, category, reach, cost } = chosen.estimate;
        if chosen.contacts.is_empty() {
            return Err(CampaignError::Nobody);
        }
        let terms = Terms { campaign: id, revision, plan, words, category, reach, cost };
        let mut drafts = parts(id, actor, List::Audience, &chosen.contacts)?;
        let active = self.active();
        if !active.company.is_governed() {
            drafts.push(Draft::new(stream.clone(), actor.clone(), begun(&terms, None)?)?);
            return written(shared, stream, version, drafts).await.map(|_| None);
        }
        written(shared, stream.clone(), version, drafts).await?;
        let wish = Wish {
            kind: Kind::Campaign,
            title: format!("{} → {}", terms.plan.name, terms.reach.contacts),
            reason: reason.to_owned(),
            content: Json::of(&terms),
            tasks: [Task::ApproveCampaigns].into(),
            not_before: terms.plan.not_before,
        };
        let (proposals, raci) = (&shared.proposals, active.company.raci());
        let open = former.map(|former| proposals.get(former)).transpose()?;
        let proposal = match open.filter(|former| former.stage.is_open()) {
            Some(former) => proposals.edit(former.id, wish, by, actor, raci).await?,
            None => proposals.propose(wish, by, actor, raci).await?,
        };
        let proposed = CampaignProposed { proposal: proposal.id };
        let draft = Draft::new(stream.clone(), actor.clone(), proposed)?;
        // Only shown: what begins is found by what was signed.
        shared.store.commit(Vec::new(), vec![draft]).await?;
        Ok(Some(proposal))
    }

    /// Begins what was agreed on, if it is still that. What has begun by it already has.
    pub(crate) async fn begin_campaign(&self, proposal: &Proposal) -> Result<Json, String> {
        let terms = terms(proposal).ok_or("the content is no campaign")?;
        let begin = || async {
            let (shared, stream) = (self.shared(), Stream::Campaign(terms.campaign));
            let (version, known) = shared.store.campaign(terms.campaign)?;
            let known = known.ok_or(CampaignError::None)?;
            if known.run.as_ref().is_some_and(|run| run.proposal == Some(proposal.id)) {
                return Ok(());
            }
            if known.revision != terms.revision || known.stage.is_over() || known.run.is_some() {
                return Err(CampaignError::Changed);
            }
            if Some(digest(&contacts(shared, terms.campaign, List::Audience, terms.reach.contacts)?))
                != terms.reach.digest
                || self.words_of(&terms.plan)? != terms.words
            {
                return Err(CampaignError::Changed);
            }
            let begun = begun(&terms, Some(proposal))?;
            let draft = Draft::new(stream.clone(), Actor::Host, begun)?;
            written(shared, stream, version, vec![draft]).await
        };
        let result = begin().await;
        let answer = json!({ "campaign": terms.campaign, "contacts": terms.reach.contacts });
        result.map(|()| Json::of(&answer)).map_err(|error| match error {
            CampaignError::Changed => {
                "the plan, the list or the template is not the one that was signed: propose it again"
                    .to_owned()
            }
            error => error.to_string(),
        })
    }

    /// Lets nothing of a campaign leave any more: what is queued is taken back, and nothing more is queued.
    pub async fn stop_campaign(&self, id: CampaignId, by: &Actor, reason: &str) -> Result<(), CampaignError> {
        if reason.len() > LONGEST {
            let expected = "at most 1000 bytes were expected";
            return Err(NotAPlan { field: "reason", value: String::new(), expected }.into());
        }
        stop(self.shared(), id, by, Why::Person, reason).await
    }

    fn words_of(&self, plan: &Plan) -> Result<domain::decision::Digest, CampaignError> {
        let template = templates::find(self.shared(), &plan.number, &plan.template)?;
        Ok(templates::words(&template.map_err(CampaignError::Template)?))
    }
}

/// What a proposal of a campaign is about; none of any other.
fn terms(proposal: &Proposal) -> Option<Terms> {
    let is_one = proposal.kind == Kind::Campaign;
    is_one.then(|| serde_json::from_str(proposal.content.text()).ok()).flatten()
}

fn begun(terms: &Terms, proposal: Option<&Proposal>) -> Result<CampaignBegun, CampaignError> {
    Ok(CampaignBegun {
        proposal: proposal.map(|proposal| proposal.id),
        of: proposal
            .map_or_else(|| domain::decision::Digest::of(Json::of(terms).text().as_bytes()), |of| of.hash),
        contacts: terms.reach.contacts,
        digest: terms.reach.digest.ok_or(CampaignError::Nobody)?,
        words: terms.words,
    })
}

async fn stop(
    shared: &Shared,
    id: CampaignId,
    by: &Actor,
    why: Why,
    reason: &str,
) -> Result<(), CampaignError> {
    let stream = Stream::Campaign(id);
    loop {
        let (version, known) = shared.store.campaign(id)?;
        let known = known.ok_or(CampaignError::None)?;
        if matches!(known.stage, Stage::Stopping | Stage::Stopped) {
            return Err(CampaignError::Over);
        }
        let stopped = CampaignStopped { why, reason: reason.to_owned() };
        let draft = Draft::new(stream.clone(), by.clone(), stopped)?;
        match shared.store.commit(vec![(stream.clone(), version)], vec![draft]).await {
            Err(CommitError::Conflict { .. }) => {}
            written => return written.map(drop).map_err(Into::into),
        }
    }
}

async fn written(
    shared: &Shared,
    stream: Stream,
    version: u64,
    drafts: Vec<Draft>,
) -> Result<(), CampaignError> {
    match shared.store.commit(vec![(stream, version)], drafts).await {
        Err(CommitError::Conflict { .. }) => Err(CampaignError::Changed),
        written => written.map(drop).map_err(Into::into),
    }
}

/// As what a plan's template counts, if Meta sends it so from that number.
fn sendable(shared: &Shared, plan: &Plan) -> Result<domain::law::class::Category, CampaignError> {
    let active = shared.active.load();
    let (company, number) = (&active.company, &plan.number);
    if !company.numbers().is_empty() && company.number(number).is_none() {
        let expected = "the id of a number of the company was expected";
        return Err(NotAPlan { field: "number", value: number.to_string(), expected }.into());
    }
    let message = Outgoing::Template(plan.template.clone());
    whatsapp::check(&message)?;
    let category = templates::category(shared, number, &message)?.map_err(CampaignError::Template)?;
    category.ok_or(DeskError::Missing("the category of a template").into())
}

/// A list as somebody named it: in the order of the ids, each once.
fn listed(named: Vec<ContactId>) -> (Asked, Vec<ContactId>) {
    let count = named.len();
    let contacts: Vec<ContactId> = named.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let number = u32::try_from(contacts.len()).unwrap_or(u32::MAX);
    let twice = u32::try_from(count - contacts.len()).unwrap_or(u32::MAX);
    let left_out = (twice > 0).then_some((domain::campaign::audience::LeftOut::Duplicate, twice));
    let asked =
        Asked::List { contacts: number, digest: digest(&contacts), left_out: left_out.into_iter().collect() };
    (asked, contacts)
}

fn with(asked: Asked, more: &people::LeftOuts) -> Asked {
    let Asked::List { contacts, digest, mut left_out } = asked else { return asked };
    for (why, count) in more {
        *left_out.entry(*why).or_default() += count;
    }
    Asked::List { contacts, digest, left_out }
}

fn parts(
    id: CampaignId,
    by: &Actor,
    list: List,
    contacts: &[ContactId],
) -> Result<Vec<Draft>, CampaignError> {
    if contacts.len() > LARGEST as usize {
        let expected = "at most 200000 contacts were expected: make several campaigns of it";
        return Err(NotAPlan { field: "audience", value: contacts.len().to_string(), expected }.into());
    }
    let part = |(part, contacts): (u32, &[ContactId])| {
        let listed = CampaignListed { list, part, contacts: contacts.to_vec() };
        Ok(Draft::new(Stream::Campaign(id), by.clone(), listed)?)
    };
    (0..).zip(contacts.chunks(PART)).map(part).collect()
}

/// A list of a campaign, whole.
fn contacts(
    shared: &Shared,
    id: CampaignId,
    list: List,
    count: u32,
) -> Result<Vec<ContactId>, CampaignError> {
    let mut all = Vec::with_capacity(count as usize);
    for (part, _) in (0..).zip((0..count).step_by(PART)) {
        all.append(&mut shared.store.listed(id, list, part)?);
    }
    Ok(all)
}
