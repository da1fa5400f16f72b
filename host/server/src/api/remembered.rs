//! What was asked for with an `Idempotency-Key`, for a day: a program that does not know whether it was heard asks again, and
//! it happens once.
//!
//! It lies in memory and is gone with a restart, like everything that is not worth an event; what must never happen twice is
//! guarded by its own stream. What is told once (a token, a link) is not remembered: that it was done is.
//!
//! Each caller has room of their own: a program that never takes a key twice uses up nobody else's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use domain::Time;
use domain::decision::Digest;
use domain::id::PersonId;
use jiff::SignedDuration;

use super::problem::Problem;

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How long it is remembered.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many are remembered of one caller.
const MOST: usize = 10_000;

/// The largest request that is compared.
const LARGEST: usize = 256 << 10;

/// The largest answer that is remembered; of a larger one, that it was given. What was done is told in a few lines.
const LONGEST: usize = 8 << 10;

/// Whose request, under which key.
type Of = (PersonId, String);

/// What one caller asked for, by key.
type Keys = HashMap<String, Asked>;

struct Asked {
    digest: Digest,
    at: Time,
    answer: Answer,
}

#[derive(Clone)]
enum Answer {
    /// It is being done.
    Open,
    /// It was done, and this was told.
    Told(StatusCode, HeaderMap, axum::body::Bytes),
    /// It was done, and what was told is told once.
    Once,
}

/// All that is remembered.
#[derive(Clone, Default)]
pub(crate) struct Remembered(Arc<Mutex<HashMap<PersonId, Keys>>>);

impl Remembered {
    /// Does what is asked, unless it was done before. `once` is whether the answer is told once.
    pub(crate) async fn run(
        &self,
        who: &PersonId,
        once: bool,
        request: Request,
        next: Next,
        now: Time,
    ) -> Result<Response, Problem> {
        let Some(key) = request.headers().get(KEY) else { return Ok(next.run(request).await) };
        let key = key.to_str().unwrap_or_default();
        if !(1..=64).contains(&key.len()) || !key.chars().all(|c| c.is_ascii_graphic()) {
            let words = "`Idempotency-Key` is 1 to 64 visible characters";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "not-a-key", words));
        }
        let of = (who.clone(), key.to_owned());
        let (head, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await.map_err(|_| Problem::of(StatusCode::PAYLOAD_TOO_LARGE))?;
        let digest =
            Digest::of(&[head.method.as_str().as_bytes(), head.uri.path().as_bytes(), b"\0", &body].concat());
        if let Some(answer) = self.begin(&of, digest, now)? {
            return Ok(answer);
        }
        let request = Request::from_parts(head, Body::from(body));
        let remembered = self.clone();
        // Whoever hangs up has it done nevertheless, and is told when they ask again.
        let working = async move { remembered.finish(&of, once, next.run(request).await).await };
        // Another task, and the same act.
        let done = match store::cause() {
            Some(act) => tokio::spawn(store::because_of(act, working)),
            None => tokio::spawn(working),
        };
        done.await.map_err(|_| Problem::of(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Takes note of a request, or gives what was answered to it before.
    fn begin(&self, of: &Of, digest: Digest, now: Time) -> Result<Option<Response>, Problem> {
        let mut asked = self.asked();
        let fresh = |_: &String, asked: &mut Asked| now.duration_since(asked.at) < DAY;
        let (who, key) = of;
        if !asked.contains_key(who) {
            // Rare enough to look through everybody's: who stays away does not clear up after themselves.
            asked.retain(|_, keys| {
                keys.retain(fresh);
                !keys.is_empty()
            });
        }
        let keys = asked.entry(who.clone()).or_default();
        keys.retain(fresh);
        let Some(before) = keys.get(key) else {
            if keys.len() >= MOST {
                let words =
                    "so many of your keys are remembered that no more can be: ask without one, or later";
                return Err(Problem::later("too-many-keys", words, 3_600));
            }
            keys.insert(key.clone(), Asked { digest, at: now, answer: Answer::Open });
            return Ok(None);
        };
        let conflict = |kind, words: &str| Err(Problem::new(StatusCode::CONFLICT, kind, words));
        if before.digest != digest {
            let words = "another request was made with this `Idempotency-Key`: take a new one";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "another-request", words));
        }
        match before.answer.clone() {
            Answer::Open => conflict("being-done", "it is being done: ask again in a moment"),
            Answer::Once => conflict("done-before", "it was done before, and what it told is told once"),
            Answer::Told(status, headers, bytes) => {
                let mut response = Response::new(Body::from(bytes));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
                Ok(Some(response))
            }
        }
    }

    /// Remembers an answer. What was not done may be asked for again.
    async fn finish(&self, (who, key): &Of, once: bool, response: Response) -> Response {
        if !response.status().is_success() {
            if let Some(keys) = self.asked().get_mut(who) {
                keys.remove(key);
            }
            return response;
        }
        let (Parts { status, headers, .. }, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let short = bytes.len() <= LONGEST && !once;
        let answer = if short { Answer::Told(status, headers.clone(), bytes.clone()) } else { Answer::Once };
        if let Some(asked) = self.asked().get_mut(who).and_then(|keys| keys.get_mut(key)) {
            asked.answer = answer;
        }
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    fn asked(&self) -> MutexGuard<'_, HashMap<PersonId, Keys>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_uses_up_its_keys_uses_up_nobody_else_s() {
        let remembered = Remembered::default();
        let now: Time = "2026-03-02T15:00:00Z".parse().unwrap();
        let ask = |who: &str, key: &str, at| {
            remembered.begin(&(who.into(), key.to_owned()), Digest::of(b"a request"), at)
        };
        for key in 0..MOST {
            assert!(ask("crm", &key.to_string(), now).unwrap().is_none());
        }
        assert!(ask("crm", "one more", now).is_err());
        assert!(ask("ana", "one more", now).unwrap().is_none());
        // The day after, there is room again, also for what was left by who stays away.
        let tomorrow = now + DAY;
        assert!(ask("crm", "one more", tomorrow).unwrap().is_none());
        assert!(ask("luis", "one more", tomorrow).unwrap().is_none());
        let left: Vec<_> = remembered.asked().keys().map(ToString::to_string).collect();
        assert!(left.len() == 2 && !left.contains(&"ana".to_owned()), "{left:?}");
    }
}
