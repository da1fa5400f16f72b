//! Who may do what: the responsibility matrix (RACI), which is the company's law.
//!
//! The matrix is data that a manager reads: tasks are its rows, roles its columns, and a cell says whether a role does a
//! task (R), has the last word on it (A), is heard (C) or told (I). Everything that can be done belongs to rows of it
//! (`action`), and nothing else permits anything. What a company's file does not say holds as the operation was given it
//! (`task`).

pub mod action;
pub mod directory;
pub mod letters;
pub mod lint;
pub mod loan;
pub mod matrix;
pub mod person;
pub mod refusal;
pub mod role;
pub mod task;
mod words;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::company::Mistake;
use crate::id::{OperatorId, PersonId, RoleId};
use crate::law::table::TableError;

use action::{Action, Belongs, Takes};
use directory::Directory;
use letters::Letters;
use matrix::{Matrix, Written};
use person::{Person, Target};
use refusal::{Could, Refusal, Why};
use role::{BuiltIn, Role};
use task::Task;

/// The file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    matrix: Written,
    #[serde(default)]
    people: Vec<Person>,
    #[serde(default)]
    groups: BTreeMap<RoleId, Vec<String>>,
}

/// The matrix of a company and its people.
#[derive(Debug, Clone, Default)]
pub struct Raci {
    matrix: Matrix,
    people: Vec<Person>,
    by_account: BTreeMap<OperatorId, usize>,
    directory: Directory,
    /// Words that are lent at this moment, in the order of who lent them.
    lent: Vec<loan::Lent>,
}

impl Raci {
    /// Reads the file of a company.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let File { roles, matrix, people, groups } = toml::from_str(text)?;
        let matrix = Matrix::new(roles, matrix)?;
        let mut by_account = BTreeMap::new();
        for (n, person) in people.iter().enumerate() {
            let taken = |key: &str, value: &str, expected: &str| Mistake {
                key: format!("people[{n}].{key}"),
                value: value.to_owned(),
                expected: expected.to_owned(),
            };
            if people.iter().take(n).any(|other| other.id == person.id) {
                let expected = "a name that no other person has was expected";
                return Err(taken("id", person.id.as_str(), expected).into());
            }
            let answers = |owner: &PersonId| people.iter().any(|one| one.id == *owner && !one.service);
            if person.service != person.owner.is_some() || !person.owner.iter().all(answers) {
                let owner = person.owner.as_ref().map_or("", PersonId::as_str);
                let expected = "a person who answers for it was expected, and of a `service` alone";
                return Err(taken("owner", owner, expected).into());
            }
            let Some(account) = &person.account else { continue };
            if by_account.insert(account.clone(), n).is_some() {
                let expected =
                    "an account that nobody else has was expected: what is done has to have one author";
                return Err(taken("account", account.as_str(), expected).into());
            }
        }
        let directory = Directory::new(groups, &people, &matrix)?;
        Ok(Self { matrix, people, by_account, directory, lent: Vec::new() })
    }

    /// The matrix.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// The same without those who have left.
    pub fn without(&self, left: &dyn Fn(&PersonId) -> bool) -> Self {
        let people: Vec<Person> = self.people.iter().filter(|person| !left(&person.id)).cloned().collect();
        let account = |(n, person): (usize, &Person)| Some((person.account.clone()?, n));
        let by_account = people.iter().enumerate().filter_map(account).collect();
        let (matrix, directory, lent) = (self.matrix.clone(), self.directory.clone(), self.lent.clone());
        Self { matrix, people, by_account, directory, lent }
    }

    /// The people.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Whose an account on the host's machine is.
    pub fn person(&self, account: &OperatorId) -> Option<&Person> {
        self.people.get(*self.by_account.get(account)?)
    }

    /// What the company's identity provider has to do with the people.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A person by their name in the file.
    pub fn by_id(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// Whether a password is not enough for somebody: who steers, holds the keys, or has the last word on anything.
    pub fn needs_second_factor(&self, person: &Person) -> bool {
        let steers = |role: &RoleId| matches!(BuiltIn::of(role), Some(BuiltIn::Supervisor | BuiltIn::Admin));
        let has_last_word = |task: Task| self.letters(person, task).has(Letters::A);
        person.roles.iter().any(steers) || Task::ALL.into_iter().any(has_last_word)
    }

    /// What people read of somebody; the name in the file of who is not there any more.
    pub fn name_of(&self, id: &PersonId) -> String {
        self.by_id(id).map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    /// Whether somebody looks customers up by their row, whoever attends them. Nobody of another company does.
    pub fn looks_up(&self, person: &Person) -> bool {
        !person.external && self.letters(person, Task::CustomerData).has(Letters::RA)
    }

    /// What somebody has to do with a task: their own letters, and the last word where it was lent to them.
    pub fn letters(&self, person: &Person, task: Task) -> Letters {
        let own = self.own_letters(person, task);
        if self.lent_to(person, task).next().is_some() { own | Letters::A } else { own }
    }

    /// What somebody has to do with a task by themselves: the letters of all their roles. Whoever is external never has the last
    /// word, and exports nothing.
    pub fn own_letters(&self, person: &Person, task: Task) -> Letters {
        let all = person.roles.iter().fold(Letters::NONE, |all, role| all | self.matrix.letters(task, role));
        match (person.external, task) {
            (false, _) => all,
            (true, Task::ExportData) => Letters::NONE,
            (true, _) => all.without(Letters::A),
        }
    }

    /// Whether somebody may do something to a target.
    pub fn may(&self, person: &Person, action: Action, target: &Target) -> Result<(), Refusal> {
        match action.belongs() {
            Belongs::To(tasks, takes) => self.let_in(person, tasks, takes, target),
            Belongs::Own | Belongs::Public => Ok(()),
        }
    }

    /// Whether each of these rows says enough of somebody, and they reach the target: for what belongs to more than one action's rows.
    pub fn let_in<'a>(
        &self,
        person: &Person,
        tasks: impl IntoIterator<Item = &'a Task>,
        takes: Takes,
        target: &Target,
    ) -> Result<(), Refusal> {
        let refused = |task: Task, why: Why| {
            let mut could = self.could(task, takes, target);
            // Who works here is nothing that another company has to know.
            if person.external {
                could.iter_mut().for_each(|could| could.people.clear());
            }
            Refusal::Row { task, takes, why, could }
        };
        let mut first = None;
        for task in tasks {
            first = first.or(Some(*task));
            let letters = self.letters(person, *task);
            if !letters.has(takes.letters()) {
                let external = person.external;
                let roles = self.matrix.roles_of(person).cloned().collect();
                return Err(refused(*task, Why::Letters { roles, letters, external }));
            }
        }
        match first {
            Some(task) if !person.reaches(target) => Err(refused(task, Why::Scope(person.scope.clone()))),
            _ => Ok(()),
        }
    }

    /// Who could: the company's own people who reach the target, by their roles. Where nobody could, the roles that would do.
    fn could(&self, task: Task, takes: Takes, target: &Target) -> Vec<Could> {
        let own = |person: &&Person| !person.external && !person.service && person.reaches(target);
        let able = |role: &&Role| self.matrix.letters(task, &role.id).has(takes.letters());
        let could = self.matrix.roles().iter().filter(able).map(|role| {
            let theirs = self.people.iter().filter(own).filter(|person| person.roles.contains(&role.id));
            Could { role: role.clone(), people: theirs.map(|person| person.name.clone()).collect() }
        });
        let mut could: Vec<Could> = could.collect();
        if could.iter().any(|could| !could.people.is_empty()) {
            could.retain(|could| !could.people.is_empty());
        }
        could
    }

    /// Whoever owns the data of a company that describes no people: all of its built-in roles at once.
    pub fn alone(account: &OperatorId) -> Person {
        Person {
            id: account.as_str().into(),
            name: account.to_string(),
            roles: BuiltIn::ALL.map(|role| role.word().into()).into(),
            account: Some(account.clone()),
            language: None,
            external: false,
            scope: person::Scope::default(),
            service: false,
            owner: None,
            identity: None,
        }
    }
}

#[cfg(test)]
mod tests;
