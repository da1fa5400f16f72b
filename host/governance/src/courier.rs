//! The courier of one address: tells it what happens, one event after the other, signed, until it has taken each.
//!
//! A state machine with a step; what it told is events, so that a host that starts anew goes on with what is missing. Each
//! address has a courier of its own, so that none waits for another. What is sent twice because nobody heard the answer has
//! the same `webhook-id` (Standard Webhooks, <https://www.standardwebhooks.com>).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use domain::Time;
use domain::company::Company;
use domain::event::{Event, Recorded};
use domain::law::language::Language;
use domain::notice::Matter;
use domain::outside::{Clock, Entropy};
use domain::stream::{Actor, Stream};
use domain::subscriber::{Subscriber, SubscriberGivenUp, SubscriberJoined, SubscriberTold};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;
use store::{CommitError, Draft, OpenError, ProjectionError, Store};

/// The first pause after it did not take something. It doubles with every further time.
const AGAIN: Duration = Duration::from_secs(5);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(3_600);

/// An event that was not taken by then is given up.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Events that are looked at in one step: whoever drives it may have other things to do.
const LOOK: usize = 4_096;

/// The longest that is kept of what an address said.
const WORDS: usize = 300;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `webhook-id`: the same each time it is sent.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// JSON.
    pub body: String,
}

/// The answer of an address: why it did not take it.
pub type Posted<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// A way to an address.
pub trait Post: Send + Sync {
    /// Hands something over. When this returns it was taken; otherwise the words say why it was not.
    fn post<'a>(&'a self, delivery: &'a Delivery) -> Posted<'a>;
}

/// The secret that is written `whsec_` and 24 to 64 bytes in base64.
#[derive(Clone)]
pub struct SigningSecret(Vec<u8>);

impl SigningSecret {
    /// Reads it. None if it is not written like this.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.trim().strip_prefix("whsec_")?.as_bytes()).ok()?;
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The signature of something that is sent, as `v1,…`.
    pub fn sign(&self, id: &str, timestamp: &str, body: &str) -> String {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }
}

/// Why a courier cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The projections cannot be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// Nothing could be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// What there is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// More, at once.
    Now,
    /// The same again, at this moment.
    At(Time),
    /// Nothing until something happens.
    Idle,
}

/// What a courier works with.
#[derive(Clone)]
pub struct Outfit {
    /// The journal.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes, so that many hosts do not come at once.
    pub entropy: Arc<dyn Entropy>,
    /// Gives the company that is in force.
    pub company: Arc<dyn Fn() -> Arc<Company> + Send + Sync>,
}

/// Tells one address what happens.
pub struct Courier {
    outfit: Outfit,
    subscriber: Subscriber,
    secret: SigningSecret,
    post: Box<dyn Post>,
    /// What comes before this is not for it; the journal says so no further than what it was told.
    seen: u64,
    failures: u32,
}

impl Courier {
    /// The one of an address.
    pub fn new(outfit: Outfit, subscriber: Subscriber, secret: SigningSecret, post: Box<dyn Post>) -> Self {
        Self { outfit, subscriber, secret, post, seen: 0, failures: 0 }
    }

    /// Tells it of the next event that it wants to know of, if there is one.
    pub async fn step(&mut self) -> Result<Next, CourierError> {
        let store = &self.outfit.store;
        let (version, progress) = store.subscriber(&self.subscriber.id)?;
        let Some(progress) = progress else {
            // Whoever is new is told of what comes.
            self.write(version, SubscriberJoined { after: store.last_seq() }).await?;
            return Ok(Next::Now);
        };
        let from = progress.after.max(self.seen).saturating_add(1);
        let mut looked = 0;
        let mut found = None;
        for recorded in store.events(from).take(LOOK) {
            let recorded = recorded?;
            looked += 1;
            if self.wants(&recorded) {
                found = Some(recorded);
                break;
            }
            self.seen = recorded.seq;
        }
        let Some(recorded) = found else { return Ok(if looked == LOOK { Next::Now } else { Next::Idle }) };
        let told = self.post.post(&self.delivery(&recorded)).await;
        let (event, now) = (recorded.seq, self.outfit.clock.now());
        match told {
            Ok(()) => {
                self.failures = 0;
                self.write(version, SubscriberTold { event }).await?;
                Ok(Next::Now)
            }
            Err(why) if now.duration_since(recorded.time) >= A_DAY => {
                tracing::error!(to = %self.subscriber.id, event, %why, "a webhook of the company was not taken for a day: given up");
                self.failures = 0;
                let why: String = why.chars().take(WORDS).collect();
                self.write(version, SubscriberGivenUp { event, why }).await?;
                Ok(Next::Now)
            }
            Err(why) => {
                tracing::warn!(to = %self.subscriber.id, event, %why, "a webhook of the company was not taken: trying again");
                let pause = pause(self.failures, &*self.outfit.entropy);
                self.failures += 1;
                Ok(Next::At(now.saturating_add(pause).unwrap_or(Time::MAX)))
            }
        }
    }

    fn wants(&self, recorded: &Recorded) -> bool {
        let of = match &recorded.stream {
            Stream::Inbox(person) => Some(person),
            _ => None,
        };
        self.subscriber.wants(&recorded.event, of)
    }

    fn delivery(&self, recorded: &Recorded) -> Delivery {
        let id = format!("evt_{}", recorded.seq);
        let timestamp = self.outfit.clock.now().as_second().to_string();
        let body = body(recorded, &self.outfit.store, &(self.outfit.company)()).to_string();
        let signature = self.secret.sign(&id, &timestamp, &body);
        Delivery { id, timestamp, signature, body }
    }

    async fn write(&self, version: u64, event: impl Into<Event>) -> Result<(), CourierError> {
        let stream = Stream::Subscriber(self.subscriber.id.clone());
        let draft = Draft::new(stream.clone(), Actor::Host, event)?;
        self.outfit.store.commit(vec![(stream, version)], vec![draft]).await?;
        Ok(())
    }
}

/// Half of a pause that doubles, and up to the other half by chance.
fn pause(failures: u32, entropy: &dyn Entropy) -> Duration {
    let half = AGAIN.saturating_mul(1 << failures.min(16)).min(LONGEST) / 2;
    let mut chance = [0; 4];
    entropy.fill(&mut chance);
    half + half.mul_f64(f64::from(u32::from_be_bytes(chance)) / f64::from(u32::MAX))
}

/// What is told of an event: what it is, of what, by whom, when; of a notice also its words. Nothing of a customer.
fn body(recorded: &Recorded, store: &Store, company: &Company) -> Value {
    let mut data = json!({
        "number": recorded.seq,
        "stream": recorded.stream,
        "version": recorded.version,
        "by": recorded.actor,
    });
    let matter = match (&recorded.event, &recorded.stream) {
        (Event::NoticeGiven(given), Stream::Inbox(person)) => {
            let raci = company.raci();
            let language =
                raci.by_id(person).map_or(Language::Es, |person| person.language(company.own_language()));
            data["person"] = json!(person);
            data["cause"] = given.cause.into();
            data["part"] = json!(given.part);
            data["by"] = json!(given.by);
            data["words"] = given.matter.words(&given.by, raci, language).into();
            Some(given.matter.clone())
        }
        (_, Stream::Proposal(id)) => {
            Matter::of(recorded, store.proposal(*id).ok().and_then(|(_, proposal)| proposal).as_ref())
        }
        _ => Matter::of(recorded, None),
    };
    if let Some(matter) = matter {
        data["matter"] = json!(matter);
    }
    json!({ "type": recorded.event.kind(), "timestamp": recorded.time, "data": data })
}

/// Drives a courier for as long as the host runs. It may be ended at any moment: what was sent and not noted is sent again.
pub async fn carrying_out(mut courier: Courier) {
    let mut applied = courier.outfit.store.applied();
    loop {
        applied.mark_unchanged();
        let wait = match courier.step().await {
            Ok(Next::Now) => {
                tokio::task::yield_now().await;
                continue;
            }
            Ok(Next::At(time)) => Some(time.duration_since(courier.outfit.clock.now())),
            Ok(Next::Idle) => None,
            // Another courier of this address may have been at it a moment ago.
            Err(CourierError::Commit(CommitError::Conflict { .. })) => continue,
            Err(error) => {
                tracing::error!(%error, to = %courier.subscriber.id, "a webhook of the company cannot be carried: trying again");
                Some(SignedDuration::from_secs(5))
            }
        };
        match wait {
            Some(wait) => tokio::time::sleep(wait.try_into().unwrap_or_default()).await,
            None if applied.changed().await.is_err() => return,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_standard() {
        // The example of the Standard Webhooks specification.
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        for wrong in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_?"] {
            assert!(SigningSecret::parse(wrong).is_none(), "{wrong}");
        }
    }
}
