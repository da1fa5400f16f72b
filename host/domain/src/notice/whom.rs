//! Who is told of something, and how it concerns them: the one place where the I of the matrix is asked.

use std::collections::BTreeMap;

use super::{Matter, Part, Rights, Step};
use crate::id::PersonId;
use crate::measure::alert::Level;
use crate::proposal::{Proposal, Stage};
use crate::raci::Raci;
use crate::raci::letters::Letters;
use crate::raci::person::{Person, Target};
use crate::raci::task::Task;
use crate::stream::Actor;

/// Any letter: who does it, answers for it, is heard or is told.
const ANY: Letters = Letters::ANY;

/// Who is told of a matter, by a matrix without those who have left. A proposal is the one that it is about, as it is now.
///
/// Whoever did it knows. A program has no inbox. Whoever is scoped is told only of what lies in their scope.
pub fn whom(matter: &Matter, by: &Actor, proposal: Option<&Proposal>, raci: &Raci) -> Vec<(PersonId, Part)> {
    let did = |person: &Person| match by {
        Actor::Person(did) => *did == person.id,
        Actor::Agent(did) => did.as_str() == person.id.as_str(),
        _ => false,
    };
    let people = raci.people().iter().filter(|person| !person.service && !did(person));
    people.filter_map(|person| Some((person.id.clone(), part(matter, person, proposal, raci)?))).collect()
}

/// Who is told that people have other letters now, and of whom: each of themselves, and whoever has to do with managing
/// access of all of them, once `anybody_knows` what they have. In the beginning all is new.
pub fn whom_rights(
    changed: &BTreeMap<PersonId, Rights>,
    anybody_knows: bool,
    raci: &Raci,
) -> Vec<(PersonId, Matter)> {
    let people = raci.people().iter().filter(|person| !person.service);
    let told = people.filter_map(|person| {
        let own = changed.get_key_value(&person.id).map(|(id, rows)| [(id.clone(), rows.clone())].into());
        let manages = person.reaches(&Target::default()) && raci.letters(person, Task::ManageAccess).has(ANY);
        let people =
            if manages && anybody_knows && !changed.is_empty() { Some(changed.clone()) } else { own };
        Some((person.id.clone(), Matter::Rights { people: people? }))
    });
    told.collect()
}

/// What somebody has to do with every row in which they have anything.
pub fn rights(person: &Person, raci: &Raci) -> Rights {
    let row = |task: Task| (task, raci.own_letters(person, task));
    Task::ALL.into_iter().map(row).filter(|(_, letters)| *letters != Letters::NONE).collect()
}

fn part(matter: &Matter, person: &Person, proposal: Option<&Proposal>, raci: &Raci) -> Option<Part> {
    let has = |task: Task, any: Letters| raci.letters(person, task).has(any);
    let reaches =
        |number: &Option<_>| person.reaches(&Target { number: number.clone(), ..Target::default() });
    match matter {
        Matter::Proposal { step, .. } => of_proposal(*step, person, proposal?, raci),
        Matter::Stopped { number, .. } | Matter::Resumed { number } => {
            (reaches(number) && has(Task::EmergencyStop, ANY)).then_some(Part::Happened)
        }
        // What one's own account is in is one's own business, too.
        Matter::TwoPlaces { person: whose } if *whose == person.id => Some(Part::Happened),
        Matter::Word { from, to, tasks, .. } => {
            let theirs = [from, to].contains(&&person.id);
            let of_a_row = || reaches(&None) && tasks.iter().any(|task| has(*task, ANY));
            let manages = || reaches(&None) && has(Task::ManageAccess, ANY);
            (theirs || of_a_row() || manages()).then_some(Part::Happened)
        }
        Matter::Alert { which, level, .. } => {
            let part = if *level == Some(Level::Critical) { Part::Loud } else { Part::Happened };
            (person.reaches(&which.target()) && has(Task::MonitorSla, ANY)).then_some(part)
        }
        Matter::Late { queue, number, at, .. } => {
            let target =
                Target { number: Some(number.clone()), queue: Some(queue.clone()), ..Target::default() };
            let part = if *at >= 100 { Part::Loud } else { Part::Happened };
            (person.reaches(&target) && has(Task::MonitorSla, ANY)).then_some(part)
        }
        Matter::Help { queue, number, .. } => {
            let target =
                Target { number: Some(number.clone()), queue: Some(queue.clone()), ..Target::default() };
            helps(person, raci, &target).then_some(Part::Loud)
        }
        Matter::Mentioned { whom, .. } => whom.contains(&person.id).then_some(Part::Happened),
        // Nobody did it, and somebody has to look at it.
        Matter::Rule { undone: Some(_), .. } => {
            let row = matter.task()?;
            (reaches(&None) && has(row, ANY)).then_some(Part::Loud)
        }
        Matter::Template { .. }
        | Matter::Rule { .. }
        | Matter::RuleSet { .. }
        | Matter::Author { .. }
        | Matter::TwoPlaces { .. }
        | Matter::Invited { .. }
        | Matter::Left { .. }
        | Matter::Returned { .. }
        | Matter::Identity { .. }
        | Matter::Rights { .. } => {
            let row = matter.task()?;
            (reaches(&None) && has(row, ANY)).then_some(Part::Happened)
        }
    }
}

/// Whether somebody is told that an agent asks for help there: whoever watches over it is to come, and not everybody who hears of
/// it; and nobody who could not read what it is about.
pub fn helps(person: &Person, raci: &Raci, target: &Target) -> bool {
    let watches = raci.letters(person, Task::MonitorSla).has(Letters::RA);
    !person.service && watches && person.reaches(target) && raci.looks_up(person)
}

fn of_proposal(step: Step, person: &Person, proposal: &Proposal, raci: &Raci) -> Option<Part> {
    let waits = waits(person, proposal, raci);
    if step == Step::Reminded {
        return waits.then_some(Part::Waits);
    }
    let is_author = person.id == proposal.author;
    let own = !person.external && person.reaches(&Target::default());
    let has = |any: Letters| {
        own && (proposal.asks(person)
            || proposal.tasks.iter().any(|task| raci.letters(person, *task).has(any)))
    };
    let (of_a_row, has_a_part) = (has(ANY), has(Letters::RA | Letters::C));
    let answers_for_audit = own && raci.letters(person, Task::Audit).has(Letters::A);
    match step {
        Step::Forced if is_author || of_a_row || answers_for_audit => Some(Part::Loud),
        _ if !is_author && !of_a_row => None,
        // Whoever is only informed hears of what is so now, and not of each word on the way to it.
        step if !is_author && !has_a_part && !step.comes_of_it() => None,
        step if step.asks() && waits => Some(Part::Waits),
        _ => Some(Part::Happened),
    }
}

/// Whether a proposal waits for somebody's word: a signature or an opinion that they have not given, or a look at what was
/// forced.
pub fn waits(person: &Person, proposal: &Proposal, raci: &Raci) -> bool {
    let of = &proposal.hash;
    let is_heard = proposal.heard.contains_key(&person.id) || proposal.signed.contains_key(&person.id);
    let consulted = || proposal.tasks.iter().any(|task| raci.letters(person, *task).has(Letters::C));
    match proposal.stage {
        Stage::Open => {
            proposal.may_sign(person, of, raci).is_ok()
                || !is_heard && consulted() && proposal.may_speak(person, of, raci).is_ok()
        }
        _ => proposal.may_review(person, raci).is_ok() || proposal.may_ratify(person, raci).is_ok(),
    }
}
