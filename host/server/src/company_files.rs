//! An entry of the company's files: a queue, an agent, a number, the hours of a place, a person, a row of the matrix.
//!
//! Whoever holds the keys need not live in a terminal. What they want of an entry becomes a proposal of the files as any other; what
//! comes of it when it is signed is what would have come of the same words saved by hand.

use domain::company::Company;
use domain::law::language::Language;
use domain::raci::letters::Letters;
use domain::raci::role::Role;
use domain::raci::task::Task;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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

/// A row of the matrix as it is in force, also where no file says it: the letters of each role that has any.
pub fn row(company: &Company, row: &str) -> Value {
    let Some(task) = Task::ALL.into_iter().find(|task| task.word() == row) else { return Value::Null };
    let matrix = company.raci().matrix();
    let of = |role: &Role| {
        let letters = matrix.letters(task, &role.id);
        (letters != Letters::NONE).then(|| (role.id.to_string(), Value::from(letters.to_string())))
    };
    Value::Object(matrix.roles().iter().filter_map(of).collect())
}

impl Section {
    /// The rows that a change of it can be of.
    pub(crate) fn rows(self) -> &'static [Task] {
        match self {
            Self::Queues => &[Task::AdjustRoutingRules, Task::MonitorSla],
            Self::Agents => &[Task::AdjustRoutingRules],
            Self::Numbers => &[Task::Numbers],
            Self::Calendars => &[Task::MonitorSla],
            Self::People | Self::Matrix => &[Task::ManageAccess],
            Self::House => &[Task::ManageAccess, Task::AdjustRoutingRules, Task::MonitorSla],
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
