//! The matrix: what every role has to do with every task.

use std::collections::BTreeMap;

use super::letters::Letters;
use super::person::Person;
use super::role::{BuiltIn, Role};
use super::task::Task;
use crate::company::Mistake;
use crate::id::RoleId;

/// Rows as they are written. A row that is written is the whole row: what it does not name has nothing to do with the task.
pub type Written = BTreeMap<Task, BTreeMap<RoleId, Letters>>;

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The operation was given it.
    Given,
    /// We added it.
    Ours,
    /// The company wrote it.
    Company,
}

impl Origin {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Ours => "ours",
            Self::Company => "company",
        }
    }
}

/// Roles, and their letters in every task.
#[derive(Debug, Clone)]
pub struct Matrix {
    roles: Vec<Role>,
    rows: Written,
    written: Vec<Task>,
}

impl Default for Matrix {
    fn default() -> Self {
        let built_in = |task: Task| BuiltIn::ALL.map(|role| (role.word().into(), task.letters(role))).into();
        Self {
            roles: BuiltIn::ALL.map(BuiltIn::role).into(),
            rows: Task::ALL.map(|task| (task, built_in(task))).into(),
            written: Vec::new(),
        }
    }
}

impl Matrix {
    /// The built-in matrix with more columns, and with these rows in place of its own.
    pub fn new(roles: Vec<Role>, rows: Written) -> Result<Self, Mistake> {
        let mut matrix = Self::default();
        for (n, role) in roles.into_iter().enumerate() {
            let is = |key: &str, expected: &str| Mistake {
                key: format!("roles[{n}].{key}"),
                value: role.id.to_string(),
                expected: expected.to_owned(),
            };
            if role.id.as_str().trim().is_empty() {
                return Err(is("id", "a short word was expected, as `quality`"));
            }
            if matrix.roles.iter().any(|known| known.id == role.id) {
                return Err(is("id", "a name that no other role has was expected"));
            }
            matrix.roles.push(role);
        }
        for (task, cells) in rows {
            if let Some((stranger, _)) = cells.iter().find(|(role, _)| !matrix.knows(role)) {
                let names: Vec<&str> = matrix.roles.iter().map(|role| role.id.as_str()).collect();
                return Err(Mistake {
                    key: format!("matrix.{}", word(task)),
                    value: stranger.to_string(),
                    expected: format!(
                        "one of the roles was expected: {}. A role of your own is added in [[roles]]",
                        names.join(", ")
                    ),
                });
            }
            matrix.rows.insert(task, cells);
            matrix.written.push(task);
        }
        Ok(matrix)
    }

    /// The columns.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Whether a role is one of the columns.
    pub fn knows(&self, role: &RoleId) -> bool {
        self.roles.iter().any(|known| known.id == *role)
    }

    /// The columns that somebody is in.
    pub fn roles_of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Role> {
        self.roles.iter().filter(|role| person.roles.contains(&role.id))
    }

    /// What a role has to do with a task.
    pub fn letters(&self, task: Task, role: &RoleId) -> Letters {
        self.rows.get(&task).and_then(|row| row.get(role)).copied().unwrap_or_default()
    }

    /// A row: the roles that have anything to do with a task, and what.
    pub fn row(&self, task: Task) -> impl Iterator<Item = (&RoleId, Letters)> {
        let all = self.roles.iter().map(move |role| (&role.id, self.letters(task, &role.id)));
        all.filter(|(_, letters)| *letters != Letters::NONE)
    }

    /// Where a row comes from.
    pub fn origin(&self, task: Task) -> Origin {
        if self.written.contains(&task) {
            Origin::Company
        } else if task.given(BuiltIn::Agent).is_some() {
            Origin::Given
        } else {
            Origin::Ours
        }
    }

    /// The letters of a cell that we added to a row that was given.
    pub fn added(&self, task: Task, role: &RoleId) -> Letters {
        let given = BuiltIn::of(role).and_then(|role| task.given(role));
        match (self.origin(task), given) {
            (Origin::Given, Some(given)) => self.letters(task, role).without(given),
            _ => Letters::NONE,
        }
    }
}

/// The word of the files for a task.
fn word(task: Task) -> String {
    serde_json::to_value(task).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}
