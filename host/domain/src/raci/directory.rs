//! What the company's identity provider has to do with the matrix: as whom it knows people, and which of their roles it has
//! to confirm.
//!
//! A provider says who somebody is, and nothing it says gives a role: the matrix does, and a change of it is agreed on. The
//! other way round a company whose directory knows who is a supervisor wants both to say so. So a role with groups is had by
//! whom the matrix gives it *and* the provider knows in one of them; whoever has lost the group does not come in with what the
//! matrix still says. Nobody becomes an admin by what somebody changed at the provider.

use std::collections::BTreeMap;

use crate::company::Mistake;
use crate::id::{PersonId, RoleId};

use super::matrix::Matrix;
use super::person::Person;

/// What a company says of its provider's names and groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    by_name: BTreeMap<String, PersonId>,
    groups: BTreeMap<RoleId, Vec<String>>,
}

impl Directory {
    pub(super) fn new(
        groups: BTreeMap<RoleId, Vec<String>>,
        people: &[Person],
        matrix: &Matrix,
    ) -> Result<Self, Mistake> {
        let mut by_name = BTreeMap::new();
        for (n, person) in people.iter().enumerate() {
            let Some(identity) = &person.identity else { continue };
            let expected = if identity.trim().is_empty() || person.service {
                "what the identity provider calls a person was expected"
            } else if by_name.insert(spelled(identity), person.id.clone()).is_some() {
                "a name that nobody else has was expected: what is done has to have one author"
            } else {
                continue;
            };
            let key = format!("people[{n}].identity");
            return Err(Mistake { key, value: identity.clone(), expected: expected.to_owned() });
        }
        for (role, names) in &groups {
            let there = matrix.roles().iter().any(|known| known.id == *role);
            let (key, value, expected) = if !there {
                ("groups".to_owned(), role.to_string(), "a role of the matrix was expected")
            } else if names.is_empty() {
                (format!("groups.{role}"), "[]".to_owned(), "at least one group was expected")
            } else {
                continue;
            };
            return Err(Mistake { key, value, expected: expected.to_owned() });
        }
        Ok(Self { by_name, groups })
    }

    /// Whom the provider means by a name. Addresses are the same in capitals.
    pub fn person(&self, name: &str) -> Option<&PersonId> {
        self.by_name.get(&spelled(name))
    }

    /// Whether anything is asked of groups.
    pub fn asks_for_groups(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The first role of somebody that none of these groups confirms.
    pub fn unconfirmed<'a>(&self, person: &'a Person, groups: &[String]) -> Option<&'a RoleId> {
        let confirmed = |role: &RoleId| match self.groups.get(role) {
            None => true,
            Some(names) => names.iter().any(|name| groups.contains(name)),
        };
        person.roles.iter().find(|role| !confirmed(role))
    }
}

/// Only ASCII: a letter of another script that is small as one of these must not be the same name.
fn spelled(name: &str) -> String {
    name.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::raci::Raci;

    const PEOPLE: &str = "[[people]]\nid = \"marta\"\nname = \"Marta\"\nroles = [\"agent\", \"supervisor\"]\n\
        identity = \"Marta@Example.com\"\n[[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n";

    #[test]
    fn a_name_is_one_person_s_however_it_is_written_and_look_alikes_are_nobody_s() {
        let raci = Raci::parse(&PEOPLE.replace("Marta@", "kiko@")).unwrap();
        let person = |name| raci.directory().person(name).map(|id| id.as_str());
        assert_eq!(person("KIKO@example.COM"), Some("marta"));
        // The sign of kelvin is small as a `k`.
        assert_eq!(person("\u{212a}iko@example.com"), None);
        assert_eq!(person("ana"), None);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let told = |text: &str| Raci::parse(&format!("{PEOPLE}{text}")).unwrap_err().to_string();
        assert!(told("identity = \"marta@example.com\"").contains("`people[1].identity`"));
        assert!(told("identity = \" \"").contains("`people[1].identity`"));
        assert!(told("[groups]\nboss = [\"g\"]").contains("`groups` is `boss`"));
        assert!(told("[groups]\nagent = []").contains("`groups.agent`"));
    }

    proptest! {
        #[test]
        fn a_role_with_groups_needs_one_of_them_and_a_group_gives_none(
            said in prop::sample::subsequence(vec!["a1", "a2", "s1", "x"], 0..=4),
        ) {
            let raci = Raci::parse(&format!("{PEOPLE}[groups]\nagent = [\"a1\", \"a2\"]\nsupervisor = [\"s1\"]")).unwrap();
            let groups: Vec<String> = said.iter().map(ToString::to_string).collect();
            let has = |one: &str| said.contains(&one);
            for person in raci.people() {
                let confirmed = person.roles.iter().all(|role| match role.as_str() {
                    "agent" => has("a1") || has("a2"),
                    _ => has("s1"),
                });
                prop_assert_eq!(raci.directory().unconfirmed(person, &groups).is_none(), confirmed);
            }
        }
    }
}
