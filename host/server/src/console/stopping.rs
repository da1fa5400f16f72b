//! What whoever looks may stop of sending, and resume: everything, or number by number for whoever reaches no more.

use domain::company::Company;
use domain::id::NumberId;
use domain::raci::action::Action;
use domain::stops::{Scope, Stop, Traffic};

use super::frame::May;

/// A number by its id and name; everything has neither.
type Place = (String, String);

/// What can be stopped and resumed.
pub(super) struct Stopping {
    /// Whether all of it at once.
    pub(super) all: bool,
    /// Whether anything, now or when it is no longer stopped; and whether anything is theirs to resume when it is.
    pub(super) may_halt: bool,
    pub(super) may_resume: bool,
    /// What they may stop now.
    pub(super) halts: Vec<Place>,
    /// What they may resume now.
    pub(super) resumes: Vec<Place>,
}

impl Stopping {
    /// As things stand.
    pub(super) fn of(company: &Company, may: &May<'_>, stops: &[Stop]) -> Self {
        let everything = (String::new(), String::new());
        let places = |which: &dyn Fn(&NumberId) -> bool| -> Vec<Place> {
            let numbers = company.numbers().iter().filter(|one| which(&one.id));
            numbers.map(|one| (one.id.to_string(), one.name.clone())).collect()
        };
        let of_number = |stop: &&Stop, number: &NumberId| matches!(&stop.stopped.scope, Scope::Number(of) if of == number);
        let is_stopped = |number: &NumberId| stops.iter().any(|stop| of_number(&stop, number));
        let sends = |number: &NumberId| {
            !stops.iter().any(|stop| of_number(&stop, number) && stop.stopped.traffic == Traffic::All)
        };
        let is_whole = stops.iter().any(|stop| stop.stopped.scope == Scope::Account);
        let all = may.everywhere(Action::PauseSending);
        let theirs = |action| places(&|number| may.of(action, number));
        let halts = match (is_whole, all) {
            (true, _) => Vec::new(),
            (false, true) => vec![everything.clone()],
            (false, false) => places(&|number| sends(number) && may.of(Action::PauseSending, number)),
        };
        let mut resumes = places(&|number| is_stopped(number) && may.of(Action::ResumeSending, number));
        let resumes_all = may.everywhere(Action::ResumeSending);
        if is_whole && resumes_all {
            resumes.push(everything);
        }
        Self {
            all,
            may_halt: all || !theirs(Action::PauseSending).is_empty(),
            may_resume: resumes_all || !theirs(Action::ResumeSending).is_empty(),
            halts,
            resumes,
        }
    }
}
