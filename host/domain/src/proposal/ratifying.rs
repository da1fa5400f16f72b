//! What somebody signed who works here no more.
//!
//! It stands: a company does not come to a halt because somebody goes. But a word of which nobody can be asked any more is half
//! of one, so what is in force by it is marked, row by row, until somebody who answers for the row now says that it is theirs,
//! or something else takes its place.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::due::{Signers, Unfit};
use super::{Kind, Proposal, Stage};
use crate::Time;
use crate::id::{PersonId, ProposalId};
use crate::raci::Raci;
use crate::raci::person::Person;
use crate::raci::task::Task;

/// `proposal-marked`: somebody who signed it works here no more, and nobody else who answers for these rows did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalMarked {
    /// Who.
    pub left: PersonId,
    /// The rows.
    pub rows: BTreeSet<Task>,
}

/// `proposal-ratified`: somebody who answers for these rows now says that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRatified {
    /// Who.
    pub by: PersonId,
    /// The rows.
    pub rows: BTreeSet<Task>,
    /// What they have to say about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// `proposal-superseded`: something else is in its place, and nobody has to say that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalSuperseded {
    /// What.
    pub by: ProposalId,
}

/// That a proposal is to be ratified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Who left, the last of them.
    pub left: PersonId,
    /// The rows for which nobody has said yet that it is theirs.
    pub rows: BTreeSet<Task>,
    /// Since when.
    pub since: Time,
}

impl Mark {
    /// Another one, and what was there before.
    pub(super) fn of(marked: &ProposalMarked, before: Option<&Self>, at: Time) -> Self {
        let mut rows = marked.rows.clone();
        rows.extend(before.iter().flat_map(|mark| &mark.rows));
        Self { left: marked.left.clone(), rows, since: at }
    }

    /// What is left of it.
    pub(super) fn without(mut self, rows: &BTreeSet<Task>) -> Option<Self> {
        self.rows.retain(|row| !rows.contains(row));
        (!self.rows.is_empty()).then_some(self)
    }
}

/// What a proposal of all of the company's files is of.
const WHOLE: &str = "company";

impl Proposal {
    /// What it put in force that stays so until something else takes its place; none if it was done and is over. A campaign ends
    /// by itself.
    pub fn subject(&self) -> Option<String> {
        let content = || self.content.value();
        match self.kind {
            Kind::Company => {
                let content = content();
                let Some(entries) = content["entries"].as_array() else { return Some(WHOLE.to_owned()) };
                let name =
                    |entry: &Value| Some(format!("{} {}", entry["in"].as_str()?, entry["id"].as_str()?));
                let names: BTreeSet<String> = entries.iter().filter_map(name).collect();
                Some(names.into_iter().collect::<Vec<_>>().join(", "))
            }
            Kind::Rule => {
                let content = content();
                let rule = ["agree", "withdraw"].iter().find_map(|change| content[change]["rule"].as_str());
                rule.map(|rule| format!("rule {rule}"))
            }
            Kind::Template => {
                let content = content();
                let form = if content["form"].is_object() { &content["form"] } else { &content };
                Some(format!(
                    "template {} {}",
                    form["name"].as_str()?,
                    form["language"].as_str().unwrap_or("*")
                ))
            }
            Kind::Erasure | Kind::Export | Kind::Campaign | Kind::Mass | Kind::Move => None,
        }
    }

    /// Whether it takes the place of what another one put in force. All of the company's files are in the place of each entry of them.
    pub fn replaces(&self, other: &Self) -> bool {
        let Some(subject) = self.subject() else { return false };
        other.subject().as_ref() == Some(&subject) || subject == WHOLE && other.kind == Kind::Company
    }

    /// Whether it took something away, so that nothing of it is in force.
    fn takes_away(&self) -> bool {
        let content = self.content.value();
        let none_left = |entries: &Vec<Value>| entries.iter().all(|entry| entry["to"].is_null());
        content["withdraw"].is_object()
            || content["do"] == "delete"
            || content["entries"].as_array().is_some_and(none_left)
    }

    /// The rows of which it is to be marked that somebody left. `raci` is the matrix with those who are at work.
    pub fn to_mark(&self, left: &PersonId, raci: &Raci) -> BTreeSet<Task> {
        let in_force =
            matches!(self.stage, Stage::Live { .. }) && self.subject().is_some() && !self.takes_away();
        if !in_force || !self.is_theirs(left) || raci.by_id(left).is_some() {
            return BTreeSet::new();
        }
        let marked = |row: &Task| self.mark.as_ref().is_some_and(|mark| mark.rows.contains(row));
        self.rows().into_iter().filter(|row| !marked(row) && self.is_orphaned(*row, raci)).collect()
    }

    /// Whether somebody gave their word for it, before or after.
    fn is_theirs(&self, person: &PersonId) -> bool {
        self.signed.contains_key(person) || self.ratified.contains(person)
    }

    /// Whether nobody who could sign a row now has signed it, and somebody could.
    fn is_orphaned(&self, row: Task, raci: &Raci) -> bool {
        match self.signers(raci, row) {
            Signers::These(signers) => !signers.iter().any(|one| self.is_theirs(&one.id)),
            // Where there is nobody but its author, time has signed.
            Signers::AuthorAlone => false,
            Signers::Nobody => true,
        }
    }

    /// The rows for which somebody may say that it is theirs: those that are marked, and that they could sign.
    pub fn may_ratify(&self, person: &Person, raci: &Raci) -> Result<BTreeSet<Task>, Unfit> {
        let mark = self.mark.as_ref().ok_or(Unfit::NotMarked)?;
        let theirs = |row: &&Task| match self.signers(raci, **row) {
            Signers::These(signers) => signers.iter().any(|one| one.id == person.id),
            Signers::AuthorAlone | Signers::Nobody => false,
        };
        let rows: BTreeSet<Task> = mark.rows.iter().filter(theirs).copied().collect();
        if rows.is_empty() { Err(Unfit::Row) } else { Ok(rows) }
    }
}
