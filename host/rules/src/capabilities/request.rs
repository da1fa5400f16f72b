//! `request`: what a rule has asked of services outside, and what they answered.
//!
//! Whatever a rule may not ask is refused here, where it can still do something else. What a name leads to, how much is too much
//! and whether the grant still holds is for the host to see when it asks.

use domain::decision::Effect;
use domain::request::{self, Method, Request};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::Answer;
use crate::contract::bindings::timonel::rules::request::Call;
use crate::contract::{Failure, Response};
use crate::functions::Function;
use crate::session::{Said, Session, failure};
use crate::weight;

pub(super) fn send(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::RequestSend.name(),
        |mut store: StoreContextMut<'_, Session>, (call,): (Call,)| store.data_mut().send(call),
    )
}

pub(super) fn answer(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(Function::RequestAnswer.name(), |mut store: StoreContextMut<'_, Session>, (): ()| {
        store.data_mut().answer()
    })
}

impl Session {
    fn send(&mut self, call: Call) -> Answer<()> {
        self.enter(Function::RequestSend, weight_of(&call))?;
        let request = match read(call) {
            Ok(request) => request,
            Err(failed) => {
                self.recording.calls.push(Said::Misread { answer: failed.clone() });
                return Ok((Err(failed),));
            }
        };
        let check = request.check().map_err(|why| failure("invalid", why)).and_then(|()| {
            match request.denied(&self.snapshot()?.linked.grant().requests) {
                Some(denied) => Err(failure("denied", denied.to_string())),
                None => self.has_room(),
            }
        });
        self.act(Function::RequestSend, Effect::Request { request }, check)
    }

    fn has_room(&self) -> Result<(), Failure> {
        let most = request::AT_ONCE;
        let made = self.recording.effects.iter().filter(|one| matches!(one, Effect::Request { .. })).count();
        (made < most)
            .then_some(())
            .ok_or_else(|| failure("limit", format!("there are at most {most} requests in one call")))
    }

    fn answer(&mut self) -> Answer<Option<Response>> {
        self.enter(Function::RequestAnswer, 0)?;
        let found = self.snapshot().and_then(|asking| Ok(asking.snapshot.answer()?));
        // By reference, as the history: it is an event already, and is sealed there.
        let version = found.as_ref().map(|found| found.as_ref().map(|found| found.version));
        self.recording.calls.push(Said::Answer { answer: version.map_err(Clone::clone) });
        let answer = found.map(|found| found.map(|found| found.answer));
        self.charge(answer.iter().flatten().map(weight_of_answer).sum())?;
        Ok((answer,))
    }
}

/// The words of the contract as what they mean.
fn read(call: Call) -> Result<Request, Failure> {
    let Call { purpose, method, url, headers, secrets, body, repeatable, attrs: _ } = call;
    let invalid = |why: String| failure("invalid", why);
    let method = Method::of(&method).ok_or_else(|| {
        let words = Method::ALL.map(Method::word);
        invalid(format!("the method is none of {}", words.join(", ")))
    })?;
    let to = url.parse().map_err(|error| invalid(format!("the url: {error}")))?;
    let secrets = secrets.into_iter().map(|(header, secret)| {
        let secret = secret.parse().map_err(|error| invalid(format!("the secret of `{header}`: {error}")))?;
        Ok((header, secret))
    });
    let secrets = secrets.collect::<Result<_, Failure>>()?;
    let repeatable = repeatable || method.is_repeatable();
    Ok(Request { purpose, method, to, headers, secrets, body, repeatable })
}

fn weight_of(call: &Call) -> usize {
    call.purpose.len()
        + call.method.len()
        + call.url.len()
        + weight::attrs(&call.headers)
        + weight::attrs(&call.secrets)
        + call.body.as_ref().map_or(0, String::len)
        + weight::attrs(&call.attrs)
}

fn weight_of_answer(answer: &Response) -> usize {
    answer.purpose.len() + answer.outcome.len() + weight::attrs(&answer.headers) + answer.body.len()
}
