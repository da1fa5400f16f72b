//! The notary: has checkpoints of the record signed, and sees to it that they leave the host.
//!
//! A state machine with a step, as the parts of the desk are. It remembers nothing that matters: what was signed and what is
//! where are events, so that a host that starts anew goes on with what is missing.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use data_encoding::BASE64;
use domain::Time;
use domain::event::{CheckpointHanded, CheckpointSigned};
use domain::outside::Clock;
use domain::stream::{Actor, Stream};
use store::{Draft, Store};
use tokio::sync::oneshot;

use crate::outside::Outlet;
use crate::signer::Signer;

/// The first pause after a place did not take a checkpoint. It doubles with every further time.
const AGAIN: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(3_600);

/// How it stands with the checkpoints, for whoever looks after the host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The key of the signer, once it was heard.
    pub key: Option<String>,
    /// What was signed last: over so many entries.
    pub signed: u64,
    /// Why the signer did not sign, if it did not the last time.
    pub unsigned: Option<String>,
    /// The places that do not have the last checkpoint, and what they said.
    pub missing: BTreeMap<String, String>,
}

/// The longest wait after the signer did not sign.
const UNSIGNED: Duration = Duration::from_secs(60);

/// What a notary is asked.
enum Asked {
    /// To have a checkpoint signed now.
    Take(oneshot::Sender<Result<CheckpointSigned, String>>),
    /// To end.
    Stop,
}

/// A place, and when it is asked again.
struct Place {
    outlet: Box<dyn Outlet>,
    failures: u32,
    next: Time,
}

/// Has checkpoints signed and hands them out.
pub struct Notary {
    store: Store,
    clock: Arc<dyn Clock>,
    signer: Box<dyn Signer>,
    places: Vec<Place>,
    every: Duration,
    next: Time,
    standing: Arc<Mutex<Standing>>,
}

impl Notary {
    /// One that has a checkpoint signed `every` so often, as long as there is something new.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        signer: Box<dyn Signer>,
        outlets: Vec<Box<dyn Outlet>>,
        every: Duration,
    ) -> Self {
        let signed = store.checkpoint().ok().flatten().map_or(0, |last| last.size);
        let standing = Arc::new(Mutex::new(Standing { signed, ..Standing::default() }));
        let places =
            outlets.into_iter().map(|outlet| Place { outlet, failures: 0, next: Time::MIN }).collect();
        Self { store, clock, signer, places, every, next: Time::MIN, standing }
    }

    /// Does what is due: signs if it is time or if somebody asks, and hands out what is not where it should be. Gives the
    /// last checkpoint, or why there is none that vouches for all that is new.
    pub fn step(&mut self, asked: bool) -> Result<CheckpointSigned, String> {
        let mut outcome = Err("no checkpoint was ever signed".to_owned());
        let now = self.clock.now();
        if asked || now >= self.next {
            outcome = self.sign();
            self.note(|standing| standing.unsigned = outcome.as_ref().err().cloned());
            if let Err(why) = &outcome {
                tracing::error!(%why, "no checkpoint of the audit was signed");
            }
            self.next = after(now, if outcome.is_ok() { self.every } else { self.every.min(UNSIGNED) });
        }
        if let Err(error) = self.hand_out(now) {
            tracing::error!(%error, "a checkpoint of the audit could not be noted");
        }
        outcome
    }

    /// When there may be something to do.
    pub fn next(&self) -> Time {
        let failed = self.places.iter().filter(|place| place.failures > 0).map(|place| place.next);
        failed.chain([self.next]).min().unwrap_or(self.next)
    }

    fn sign(&mut self) -> Result<CheckpointSigned, String> {
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let size = self.store.record_size().map_err(|error| told(&error))?;
        let last = self.store.checkpoint().map_err(|error| told(&error))?;
        let state = self.signer.state()?;
        self.note(|standing| standing.key = Some(state.key.clone()));
        if state.size > size.entries {
            return Err(format!(
                "the signer vouches for {} entries, and the record has {}: the journal is older than it was, or another one",
                state.size, size.entries
            ));
        }
        if let Some(last) = &last {
            self.still_holds(last)?;
        }
        // Its own entries are no news, or an idle host would have them signed for ever.
        if let Some(last) = last.filter(|last| last.size >= size.news && state.size >= last.size) {
            self.note(|standing| standing.signed = last.size);
            return Ok(last);
        }
        let root = self.store.record_root(size.entries).map_err(|error| told(&error))?;
        let proof = self.store.consistency_proof(state.size, size.entries).map_err(|error| told(&error))?;
        let note = self.signer.sign(state.size, size.entries, &root, &proof)?;
        let signed = CheckpointSigned { size: size.entries, note };
        self.write(signed.clone())?;
        self.note(|standing| standing.signed = signed.size);
        Ok(signed)
    }

    /// Whether the record begins as it did when it was signed. The signer would find out, but only once there is news.
    fn still_holds(&self, last: &CheckpointSigned) -> Result<(), String> {
        let root = self.store.record_root(last.size).map_err(|error| error.to_string())?;
        // The third line of a checkpoint is its root.
        if last.note.lines().nth(2) == Some(BASE64.encode(&root).as_str()) {
            return Ok(());
        }
        Err(format!(
            "the first {} entries are not those that were signed: something of them was changed",
            last.size
        ))
    }

    fn hand_out(&mut self, now: Time) -> Result<(), String> {
        let Some(last) = self.store.checkpoint().map_err(|error| error.to_string())? else { return Ok(()) };
        let mut handed = Vec::new();
        for place in &mut self.places {
            let name = place.outlet.name().to_owned();
            let has = self.store.handed(&name).map_err(|error| error.to_string())?;
            if has >= last.size || (place.failures > 0 && now < place.next) {
                continue;
            }
            let outcome = place.outlet.hand(last.size, &last.note);
            let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(()) => {
                    place.failures = 0;
                    standing.missing.remove(&name);
                    handed.push(CheckpointHanded { size: last.size, to: name });
                }
                Err(why) => {
                    let pause = AGAIN.saturating_mul(1 << place.failures.min(16)).min(LONGEST);
                    place.failures += 1;
                    place.next = after(now, pause);
                    tracing::warn!(to = %name, %why, "a checkpoint of the audit could not be handed out");
                    standing.missing.insert(name, why);
                }
            }
        }
        handed.into_iter().try_for_each(|handed| self.write(handed))
    }

    fn write(&self, event: impl Into<domain::event::Event>) -> Result<(), String> {
        let draft = Draft::new(Stream::Audit, Actor::Host, event).map_err(|error| error.to_string())?;
        self.store.commit(Vec::new(), vec![draft]).wait().map(drop).map_err(|error| error.to_string())
    }

    fn note(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.standing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Drives it with a thread of its own.
    pub fn start(self) -> std::io::Result<(Checkpoints, JoinHandle<()>)> {
        let (ask, asked) = channel();
        let standing = Arc::clone(&self.standing);
        let thread = std::thread::Builder::new().name("notary".into()).spawn(move || self.run(&asked))?;
        Ok((Checkpoints { ask, standing }, thread))
    }

    fn run(mut self, asked: &Receiver<Asked>) {
        loop {
            let _ = self.step(false);
            let wait = self.next().duration_since(self.clock.now());
            match asked.recv_timeout(wait.try_into().unwrap_or_default()) {
                Ok(Asked::Take(answer)) => drop(answer.send(self.step(true))),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Asked::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fn after(now: Time, pause: Duration) -> Time {
    now.saturating_add(pause).unwrap_or(Time::MAX)
}

/// The notary, to be asked.
#[derive(Clone)]
pub struct Checkpoints {
    ask: Sender<Asked>,
    standing: Arc<Mutex<Standing>>,
}

impl Checkpoints {
    /// Has a checkpoint signed now, if there is anything new, and gives the last one.
    pub async fn take(&self) -> Result<CheckpointSigned, String> {
        let (ask, answer) = oneshot::channel();
        let stopping = || "the host is stopping".to_owned();
        self.ask.send(Asked::Take(ask)).map_err(|_| stopping())?;
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }

    /// Ends its thread as soon as that has done what it is at.
    pub fn stop(&self) {
        let _ = self.ask.send(Asked::Stop);
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
