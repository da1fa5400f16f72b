//! What does not leave at all, because somebody paused it or because Meta would refuse it anyway.
//!
//! It is folded from the stream `company`, and the version of that stream stands in every commit that announces an
//! attempt: so an attempt that did not see a stop is not written, and nothing leaves after one.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::event::{Event, PersonCalled, SendingStopped};
use crate::id::NumberId;
use crate::lane::Lane;
use crate::stream::Actor;

/// From where something leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All numbers: they share a token and a bill.
    Account,
    /// One of them.
    Number(NumberId),
}

/// Of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Traffic {
    /// Everything.
    All,
    /// What the business begins: templates. Answers go on.
    BusinessInitiated,
}

/// A stop, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// What it stops and why.
    #[serde(flatten)]
    pub stopped: SendingStopped,
    /// Since when.
    pub since: Time,
    /// By whom.
    pub by: Actor,
}

/// A call for a person that nobody has answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// For what.
    #[serde(flatten)]
    pub called: PersonCalled,
    /// Since when.
    pub since: Time,
}

/// All stops and calls that are open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stops {
    /// What does not leave. At most one for each scope, kind of traffic and code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<Stop>,
    /// What a person is called for. At most one for each number and code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
}

impl Stops {
    /// Takes in one event of the stream `company`.
    pub fn fold(&mut self, time: Time, actor: &Actor, event: &Event) {
        match event {
            Event::SendingStopped(stopped) if !self.knows(stopped) => {
                self.stopped.push(Stop { stopped: stopped.clone(), since: time, by: actor.clone() });
            }
            Event::SendingResumed(resumed) => {
                let concerns = |number: &NumberId| match &resumed.scope {
                    Scope::Account => true,
                    Scope::Number(resumed) => resumed == number,
                };
                self.stopped.retain(|stop| match &stop.stopped.scope {
                    Scope::Account => resumed.scope != Scope::Account,
                    Scope::Number(number) => !concerns(number),
                });
                self.calls.retain(|call| !concerns(&call.called.number));
            }
            Event::PersonCalled(called) if !self.is_called(&called.number, called.code) => {
                self.calls.push(Call { called: called.clone(), since: time });
            }
            _ => {}
        }
    }

    /// Those that concern a number: its own, and those of all.
    pub fn of(mut self, number: &NumberId) -> Self {
        self.stopped.retain(|stop| match &stop.stopped.scope {
            Scope::Account => true,
            Scope::Number(stopped) => stopped == number,
        });
        self.calls.retain(|call| call.called.number == *number);
        self
    }

    /// Whether a stop would change nothing.
    pub fn knows(&self, stopped: &SendingStopped) -> bool {
        let same = |known: &SendingStopped| {
            (&known.scope, known.traffic, known.code) == (&stopped.scope, stopped.traffic, stopped.code)
        };
        self.stopped.iter().any(|stop| same(&stop.stopped))
    }

    /// Whether a person is called for a code already.
    pub fn is_called(&self, number: &NumberId, code: i64) -> bool {
        self.calls.iter().any(|call| call.called.code == code && call.called.number == *number)
    }

    /// What keeps the messages of a lane from leaving from a number; none if nothing does.
    pub fn hold(&self, number: &NumberId, lane: Lane) -> Option<&Stop> {
        self.stopped.iter().find(|stop| {
            let here = match &stop.stopped.scope {
                Scope::Account => true,
                Scope::Number(stopped) => stopped == number,
            };
            here && (stop.stopped.traffic == Traffic::All || lane != Lane::Replies)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SendingResumed;

    fn after(events: &[Event]) -> Stops {
        let mut stops = Stops::default();
        for event in events {
            stops.fold(Time::UNIX_EPOCH, &Actor::Host, event);
        }
        stops
    }

    fn stop(scope: Scope, traffic: Traffic) -> Event {
        SendingStopped { scope, traffic, code: None, why: "maintenance".to_owned() }.into()
    }

    #[test]
    fn a_stop_holds_what_it_is_about_until_somebody_resumes_it() {
        let (one, two) = (NumberId::from("1"), NumberId::from("2"));
        let of_one = stop(Scope::Number(one.clone()), Traffic::All);
        let bill = stop(Scope::Account, Traffic::BusinessInitiated);
        let stops = after(&[of_one.clone(), of_one.clone(), bill.clone()]);
        assert_eq!(stops.stopped.len(), 2);
        assert!(stops.hold(&one, Lane::Replies).is_some() && stops.hold(&two, Lane::Replies).is_none());
        assert!(stops.hold(&two, Lane::Marketing).is_some());
        let resume = |scope| Event::from(SendingResumed { scope });
        let only_one = after(&[of_one.clone(), bill.clone(), resume(Scope::Number(one.clone()))]);
        assert!(
            only_one.hold(&one, Lane::Replies).is_none() && only_one.hold(&one, Lane::Marketing).is_some()
        );
        assert_eq!(after(&[of_one, bill, resume(Scope::Account)]), Stops::default());
    }
}
