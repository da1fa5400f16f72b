//! The roles: the columns of the matrix. Three are built in, and a company adds its own.

use serde::{Deserialize, Serialize};

use crate::id::RoleId;
use crate::law::language::Language;

/// The roles that every company has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// Answers customers.
    Agent,
    /// Steers the operation.
    Supervisor,
    /// Holds the keys.
    Admin,
}

impl BuiltIn {
    /// All of them, in the order of the columns.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Supervisor, Self::Admin];

    /// The word of the files.
    pub const fn word(self) -> &'static str {
        self.pick("agent", "supervisor", "admin")
    }

    pub(super) const fn pick<T: Copy>(self, agent: T, supervisor: T, admin: T) -> T {
        match self {
            Self::Agent => agent,
            Self::Supervisor => supervisor,
            Self::Admin => admin,
        }
    }

    /// As a column.
    pub fn role(self) -> Role {
        Role { id: self.word().into(), name: None }
    }

    /// The role with this identifier, if it is built in.
    pub fn of(id: &RoleId) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == id.as_str())
    }
}

/// A column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Short and stable, as `quality`.
    pub id: RoleId,
    /// What people read; the identifier if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Role {
    /// What people read.
    pub fn words(&self, language: Language) -> &str {
        match (&self.name, BuiltIn::of(&self.id)) {
            (Some(name), _) => name,
            (None, Some(BuiltIn::Agent)) => language.pick("agente", "agente", "agent"),
            (None, Some(_) | None) => self.id.as_str(),
        }
    }
}
