//! Carries out what people agreed on.
//!
//! It is asked whenever a proposal changes, and once in a while for what only waits for its time. What it begins is written
//! before it is done: of a host that stops in between, an erasure is done again, which changes nothing, and a template is not,
//! because nobody knows whether Meta took it. The company's own files are put in force by whoever has read them, and an
//! export is taken by whoever asked for it.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::id::{ContactId, ProposalId};
use domain::json::Json;
use domain::proposal::{Kind, Proposal, Stage};
use domain::stream::Actor;
use governance::{ProposalError, Proposals};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;

use crate::assemble::Desk;
use crate::erasure::{Cause, ErasureError};
use crate::steering::RuleChange;
use crate::templates::TemplateWish;

/// How often it thinks of the clock.
const NAP: Duration = Duration::from_secs(1);

/// How long an erasure waits until the raw bodies of the last days are gone, too. What is left is a chore of the host.
const PATIENCE: Duration = Duration::from_secs(20);

/// The content of a proposal to forget or to hand out a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfContact {
    /// Who.
    pub contact: ContactId,
}

/// Carries out proposals, one after the other.
pub struct Carrier {
    desk: Desk,
    /// What the host that ran before had begun is looked at once.
    fresh: bool,
    /// Of what could not be settled, so that it is said once and not every second.
    told: BTreeMap<ProposalId, String>,
}

impl Carrier {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk, fresh: true, told: BTreeMap::new() }
    }

    /// Settles and carries out all that can be.
    pub async fn step(&mut self) -> Result<(), ProposalError> {
        let fresh = self.fresh;
        if let Err(error) = self.desk.go_on().await {
            tracing::error!(%error, "cases could not be moved: trying again");
        }
        if let Err(error) = self.desk.clear_desks().await {
            tracing::error!(%error, "what somebody left at the end of a shift could not be given back: trying again");
        }
        for proposal in self.desk.proposals().list(true)? {
            match self.advance(&proposal, fresh).await {
                Ok(()) => drop(self.told.remove(&proposal.id)),
                Err(error) => {
                    let words = error.to_string();
                    if self.told.get(&proposal.id) != Some(&words) {
                        tracing::error!(proposal = %proposal.id, %error, "a proposal could not be settled: trying again");
                        self.told.insert(proposal.id, words);
                    }
                }
            }
        }
        self.fresh = false;
        Ok(())
    }

    async fn advance(&self, proposal: &Proposal, fresh: bool) -> Result<(), ProposalError> {
        let (desk, proposals) = (&self.desk, self.desk.proposals());
        let stage = match &proposal.stage {
            Stage::Open | Stage::Approved => {
                // First, so that whoever is asked to sign reads what rules think of it.
                desk.judge(proposal).await?;
                let active = desk.active();
                let (raci, approvals) = (active.company.raci(), active.company.approvals());
                proposals.settle(proposal.id, proposal.hash, raci, approvals).await?
            }
            known => known.clone(),
        };
        match (proposal.kind, stage) {
            (Kind::Template, Stage::Approved) => {
                if let Some(begun) = proposals.begin(proposal.id).await? {
                    let done = store::because_of(begun, template(desk, proposal)).await;
                    proposals.end(proposal.id, done).await?;
                }
            }
            // One comes after the other, so what has begun here and not ended is one of which the end was not written.
            (Kind::Template, Stage::Begun) => {
                let why = "the host stopped, or could not write, while it was asking Meta: `timonel template sync` shows whether it was \
                           done; if not, propose it again";
                proposals.end(proposal.id, Err(why.to_owned())).await?;
            }
            (Kind::Rule, Stage::Approved) => {
                if let Some(begun) = proposals.begin(proposal.id).await? {
                    let done = store::because_of(begun, rule(desk, proposal)).await;
                    proposals.end(proposal.id, done).await?;
                }
            }
            (Kind::Rule, Stage::Begun) => {
                proposals.end(proposal.id, rule(desk, proposal).await).await?;
            }
            (Kind::Export, Stage::Begun) if fresh => {
                let why = "the host stopped while the data was being handed out: propose it again";
                proposals.end(proposal.id, Err(why.to_owned())).await?;
            }
            (Kind::Campaign, Stage::Approved) => {
                if let Some(begun) = proposals.begin(proposal.id).await? {
                    let done = store::because_of(begun, desk.begin_campaign(proposal)).await;
                    proposals.end(proposal.id, done).await?;
                }
            }
            // What has begun is found to have, so it can be tried as often as one likes.
            (Kind::Campaign, Stage::Begun) => {
                proposals.end(proposal.id, desk.begin_campaign(proposal).await).await?;
            }
            (Kind::Move, Stage::Approved) => {
                if let Some(begun) = proposals.begin(proposal.id).await? {
                    let done = store::because_of(begun, desk.carry_move(proposal)).await;
                    moved(proposals, proposal, done).await?;
                }
            }
            // Its cursor says how far it is, so it can be gone on with as often as one likes.
            (Kind::Move, Stage::Begun) => {
                moved(proposals, proposal, desk.carry_move(proposal).await).await?;
            }
            (Kind::Erasure, Stage::Approved) => {
                if let Some(begun) = proposals.begin(proposal.id).await? {
                    let done = store::because_of(begun, erase(desk, proposal)).await;
                    proposals.end(proposal.id, done).await?;
                }
            }
            (Kind::Erasure, Stage::Begun) => {
                proposals.end(proposal.id, erase(desk, proposal).await).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// A move that is not done is gone on with at the next step.
async fn moved(
    proposals: &Proposals,
    proposal: &Proposal,
    done: Result<Option<Json>, String>,
) -> Result<(), ProposalError> {
    match done.transpose() {
        Some(done) => proposals.end(proposal.id, done).await,
        None => Ok(()),
    }
}

/// As who it is done: whoever proposed it. Who signed stands in the proposal.
fn actor(proposal: &Proposal) -> Actor {
    Actor::Person(proposal.author.clone())
}

async fn rule(desk: &Desk, proposal: &Proposal) -> Result<Json, String> {
    let change: RuleChange =
        serde_json::from_str(proposal.content.text()).map_err(|error| error.to_string())?;
    let done = desk.carry_rule(actor(proposal), proposal.id, &change).await;
    done.map(|generation| Json::of(&json!({ "generation": generation }))).map_err(|error| error.to_string())
}

async fn template(desk: &Desk, proposal: &Proposal) -> Result<Json, String> {
    let wish: TemplateWish =
        serde_json::from_str(proposal.content.text()).map_err(|error| error.to_string())?;
    let done = desk.wish_template(actor(proposal), wish).await;
    done.map(|answer| Json::of(&answer)).map_err(|error| error.to_string())
}

async fn erase(desk: &Desk, proposal: &Proposal) -> Result<Json, String> {
    let OfContact { contact } =
        serde_json::from_str(proposal.content.text()).map_err(|error| error.to_string())?;
    let cause = Cause { reason: proposal.reason.clone(), term: None };
    match desk.erase(contact, &cause, &actor(proposal)).await {
        // By the host that stopped in the middle, or by the term of the policy.
        Ok(_) | Err(ErasureError::Already(_)) => {}
        Err(error) => return Err(error.to_string()),
    }
    let gone = desk.forget_bodies(PATIENCE).await.map_err(|error| error.to_string())?;
    Ok(Json::of(&json!({ "contact": contact, "raw-bodies-gone": gone })))
}

/// Drives the carrier until it is stopped.
pub(crate) async fn carrying(
    mut carrier: Carrier,
    mut changed: watch::Receiver<u64>,
    mut stopped: watch::Receiver<bool>,
) {
    while !*stopped.borrow() {
        changed.mark_unchanged();
        if let Err(error) = carrier.step().await {
            tracing::error!(%error, part = "carrier", "a part of the desk failed: trying again");
        }
        tokio::select! {
            _ = changed.changed() => {}
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
