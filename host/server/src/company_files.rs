//! The company's files, and an entry of them: a queue, an agent, a number, the hours of a place, a person, a row of the matrix.
//!
//! Whoever holds the keys need not live in a terminal. What they want of an entry becomes a proposal of the files as any other; what
//! comes of it when it is signed is what would have come of the same words saved by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use domain::company::row_of;
use domain::json::Json;
use domain::law::language::Language;
use domain::raci::action::Takes;
use domain::raci::person::Target;
use domain::raci::refusal::Refusal;
use domain::raci::task::Task;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// A queue, by its `id`.
    Queues,
    /// An agent, by its `id`.
    Agents,
    /// A number, by its `id`.
    Numbers,
    /// The hours of a place, by their name.
    Calendars,
    /// Somebody of the company, by their `id`.
    People,
    /// A row of the matrix, by its name.
    Matrix,
    /// What holds for all of the company: [`HOUSE`].
    House,
}

/// The keys of the company that are entries by themselves.
pub const HOUSE: [&str; 4] = ["zone", "automatic-messages-per-hour", "closing-codes", "pause-codes"];

/// The most entries of one proposal: what is signed is read before.
pub(crate) const MOST: usize = 20;

/// What an entry is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// Where it stands.
    #[serde(rename = "in")]
    pub section: Section,
    /// What it is called there.
    pub id: String,
    /// What it is to be, as it would be written in the file; nothing: it is to be none any more.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub to: Value,
    /// What it was when that was wanted; nothing if there was none. Whoever says it is refused if it is another by now.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub was: Value,
    /// Whether there has to be none of that name yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fresh: bool,
}

/// The company's own files.
pub trait Files: Send + Sync {
    /// What entries of a section are, as they are in force; nothing for one that there is not.
    fn entries(&self, section: Section, ids: &[&str]) -> Result<Vec<Value>, FilesError>;

    /// What would be in force if these entries were as they are wanted; without any, if what lies on the disk as a draft was.
    fn proposed(&self, entries: &[Entry]) -> Result<Proposed, FilesError>;
}

/// A change of the company's files.
pub struct Proposed {
    /// What is agreed on: all of them, as they would be in force, or entries.
    pub content: Json,
    /// The rows that it touches.
    pub tasks: BTreeSet<Task>,
    /// What is different, in a line.
    pub title: String,
}

/// Why nothing comes of what is wanted of the company's files.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// What is wanted makes no sense, or changes nothing.
    #[error("{0}")]
    Wanted(String),
    /// It is another by now: it has to be looked at again.
    #[error("{0}")]
    Changed(String),
    /// The files cannot be read, or make no sense, whatever is wanted of them.
    #[error("the company's files cannot be changed now: {0}")]
    Files(String),
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        let (status, kind) = match error {
            FilesError::Wanted(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not-a-proposal"),
            FilesError::Changed(_) => (StatusCode::CONFLICT, "changed-meanwhile"),
            FilesError::Files(_) => (StatusCode::CONFLICT, "company-files"),
        };
        Self::new(status, kind, error.to_string())
    }
}

/// Whether somebody may propose what can be of these rows: they have a part in one of them, for the whole company.
pub(crate) fn may_want(server: &Server, let_in: &LetIn, rows: &[Task]) -> Result<(), Refusal> {
    let company = Arc::clone(&server.desk.active().company);
    let raci = server.people.with_loans(company.raci());
    let tried =
        rows.iter().map(|row| raci.let_in(&let_in.person, [row], Takes::Speaking, &Target::default()));
    tried.reduce(Result::or).unwrap_or(Ok(()))
}

/// What entries are called, in a line.
pub(crate) fn words(entries: &[Entry], language: Language) -> String {
    let words = entries.iter().map(|one| {
        let gone = language.pick(" (quitar)", " (retirar)", " (take away)");
        let gone = if one.to.is_null() { gone } else { "" };
        format!("{}{gone}", one.words(language))
    });
    words.collect::<Vec<_>>().join(", ")
}

impl Section {
    /// The rows that a change of it can be of.
    pub(crate) fn rows(self) -> Vec<Task> {
        match self {
            // What a queue promises is another's than the rest of it.
            Self::Queues => vec![Task::AdjustRoutingRules, Task::MonitorSla],
            Self::Agents => vec![row_of("agents")],
            Self::Numbers => vec![row_of("numbers")],
            Self::Calendars => vec![row_of("calendars")],
            Self::People | Self::Matrix => vec![Task::ManageAccess],
            Self::House => HOUSE.map(row_of).into(),
        }
    }

    /// What one of its entries is called.
    pub(crate) fn words(self, language: Language) -> &'static str {
        match self {
            Self::Queues => language.pick("cola", "fila", "queue"),
            Self::Agents => language.pick("agente", "agente", "agent"),
            Self::Numbers => language.pick("número", "número", "number"),
            Self::Calendars => language.pick("horario", "horário", "hours"),
            Self::People => language.pick("persona", "pessoa", "person"),
            Self::Matrix => language.pick("fila de la matriz", "linha da matriz", "row of the matrix"),
            Self::House => language.pick("de la empresa", "da empresa", "of the company"),
        }
    }
}

impl Entry {
    /// What it is called, as `cola «ventas»`.
    pub(crate) fn words(&self, language: Language) -> String {
        let name = match self.section {
            Section::Matrix => {
                Task::ALL.into_iter().find(|task| task.word() == self.id).map(|task| task.words(language))
            }
            Section::House => Some(match self.id.as_str() {
                "zone" => language.pick("zona horaria", "fuso horário", "time zone"),
                "automatic-messages-per-hour" => language.pick(
                    "mensajes automáticos por hora",
                    "mensagens automáticas por hora",
                    "automatic messages an hour",
                ),
                "closing-codes" => {
                    language.pick("códigos de cierre", "códigos de encerramento", "closing codes")
                }
                _ => language.pick("códigos de pausa", "códigos de pausa", "break codes"),
            }),
            _ => None,
        };
        let name = name.or_else(|| self.to["name"].as_str()).or_else(|| self.was["name"].as_str());
        format!("{} «{}»", self.section.words(language), name.unwrap_or(&self.id))
    }
}
