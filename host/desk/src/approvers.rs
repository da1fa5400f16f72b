//! Asks approver rules what they think of what people propose, before people are asked to sign it.
//!
//! Whoever follows proposals calls this, because it has the rules and the proposals. Each content is judged once under each
//! generation: an edit is another content, and another generation may hold other rules, or know more. What the rules were
//! shown is kept with what they said, so that anybody can ask them again and get the same.

use domain::Time;
use domain::id::RuleId;
use domain::json::Json;
use domain::masking;
use domain::proposal::judgement::ProposalJudged;
use domain::proposal::{Kind, Proposal};
use domain::raci::Raci;
use governance::ProposalError;
use rules::contract;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::active::Active;
use crate::assemble::Desk;
use crate::facts::{self, Facts};
use crate::steering::RuleChange;

/// What is looked at of a change of the company's files.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct OfFiles {
    files: serde_json::Map<String, Value>,
    plugins: serde_json::Map<String, Value>,
    changes_approvers: bool,
    /// Of a change of entries: these, and in which files they stand.
    entries: Vec<Value>,
    touched: Vec<String>,
}

impl OfFiles {
    fn of(proposal: &Proposal) -> Self {
        serde_json::from_str(proposal.content.text()).unwrap_or_default()
    }
}

impl Desk {
    /// The approver rules that have not said yet what they think of an open proposal.
    pub fn unjudged(&self, proposal: &Proposal) -> Vec<RuleId> {
        let active = self.active();
        let known =
            proposal.judged.as_ref().is_some_and(|judged| judged.generation == active.generation.number);
        if known || !proposal.stage.is_open() || !is_shown(proposal) {
            return Vec::new();
        }
        let approvers = active.generation.approvers(proposal.kind);
        approvers.map(|rule| rule.definition().id.clone()).collect()
    }

    /// Has them say it.
    pub(crate) async fn judge(&self, proposal: &Proposal) -> Result<(), ProposalError> {
        let unjudged = !self.unjudged(proposal).is_empty();
        let active = self.active();
        let outdated = proposal.judged.as_ref().is_some_and(|judged| {
            judged.generation != active.generation.number && !judged.judgements.is_empty()
        });
        if !unjudged && !outdated {
            return Ok(());
        }
        let facts = facts::of(self, proposal)?;
        let shown = shown(proposal, active.company.raci(), facts, self.shared().now());
        let judged = self.ask_approvers(&active, proposal, &shown);
        for judgement in &judged.judgements {
            tracing::info!(
                proposal = %proposal.id, rule = %judgement.rule, verdict = %Json::of(&judgement.verdict).text(),
                "an approver rule has judged a proposal"
            );
        }
        self.proposals().judged(proposal.id, judged).await
    }

    fn ask_approvers(
        &self,
        active: &Active,
        proposal: &Proposal,
        shown: &contract::Proposal,
    ) -> ProposalJudged {
        let approvers = active.generation.approvers(proposal.kind).filter(|_| is_shown(proposal));
        let raci = active.company.raci();
        ProposalJudged {
            of: proposal.hash,
            generation: active.generation.number,
            input: Json::of(shown),
            judgements: approvers.map(|rule| self.shared().rules.judge(rule, shown, raci)).collect(),
        }
    }
}

/// Whether rules see it at all: none judges what becomes of itself or of its like.
fn is_shown(proposal: &Proposal) -> bool {
    match proposal.kind {
        Kind::Company => !OfFiles::of(proposal).changes_approvers,
        // What would judge, or did, names what it judges.
        Kind::Rule => {
            let change: Result<RuleChange, _> = serde_json::from_str(proposal.content.text());
            matches!(change, Ok(RuleChange::Agree { version, .. }) if !version.judges())
        }
        _ => true,
    }
}

/// A proposal as rules see it: nothing in it is secret or about a person.
fn shown(proposal: &Proposal, raci: &Raci, facts: Facts, now: Time) -> contract::Proposal {
    let roles = raci.by_id(&proposal.author).map(|author| author.roles.as_slice()).unwrap_or_default();
    let content = match proposal.kind {
        // The texts name the company's people and their accounts.
        Kind::Company => {
            let OfFiles { files, plugins, entries, touched, .. } = OfFiles::of(proposal);
            let files: Vec<String> = files.keys().cloned().chain(touched).collect();
            let entries: Vec<&Value> = entries.iter().map(|entry| &entry["in"]).collect();
            json!({ "files": files, "plugins": plugins, "entries": entries })
        }
        _ => masking::json(proposal.content.value()),
    };
    contract::Proposal {
        id: proposal.id.to_string(),
        kind: proposal.kind.word(),
        title: masking::text(&proposal.title),
        reason: masking::text(&proposal.reason),
        rows: proposal.tasks.iter().map(|task| task.word()).collect(),
        roles: roles.iter().map(ToString::to_string).collect(),
        content: content.to_string(),
        facts,
        now: u64::try_from(now.as_millisecond()).unwrap_or(0),
        attrs: Vec::new(),
    }
}
