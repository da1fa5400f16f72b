//! What the API answers when it does not do what was asked (RFC 9457), whoever says so: a door, a handler, or the reader of
//! requests.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::law::language::Language;
use domain::raci::loan::NotLent;
use domain::raci::refusal::Refusal;
use governance::AccessError;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// The largest answer that is read to see what it says.
const LARGEST: usize = 64 << 10;

/// Why something was not done, and what to do about it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Problem(Box<Said>);

/// What it says.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Problem")]
struct Said {
    /// Which problem it is, for programs: `urn:timonel:` and a word.
    #[serde(rename = "type")]
    kind: String,
    /// The same in a few words.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What is wrong and what to do next. Where the matrix says no, in the person's language.
    detail: String,
    /// The row of the matrix that says no.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    /// Who could: the roles, with the people who have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    who_could: Option<Vec<WhoCould>>,
    /// Seconds after which it may be tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<i64>,
    /// `detail` in each language, for people.
    #[serde(skip)]
    spoken: Option<Spoken>,
}

/// What a problem says in Spanish, Portuguese and English. It goes along with an answer whose reader is not known yet.
#[derive(Debug, Clone)]
struct Spoken([String; 3]);

/// A role that could do it.
#[derive(Debug, Serialize, JsonSchema)]
struct WhoCould {
    /// The role.
    role: String,
    /// The people who have it.
    people: Vec<String>,
}

impl Problem {
    /// A problem of some kind.
    pub(crate) fn new(status: StatusCode, kind: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Said {
            kind: format!("urn:timonel:{kind}"),
            title: kind.replace('-', " "),
            status: status.as_u16(),
            detail: detail.into(),
            row: None,
            who_could: None,
            retry_after: None,
            spoken: None,
        }))
    }

    /// The same in each language: whoever is answered reads their own.
    pub(crate) fn spoken(mut self, words: impl Fn(Language) -> String) -> Self {
        self.0.spoken = Some(Spoken([Language::Es, Language::Pt, Language::En].map(words)));
        self
    }

    /// An answer in the language of whoever reads it, if it says something in each.
    pub(crate) async fn read_by(response: Response, language: Language) -> Response {
        let Some(Spoken([es, pt, en])) = response.extensions().get::<Spoken>().cloned() else {
            return response;
        };
        let (mut head, body) = response.into_parts();
        let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
        let mut said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        said["detail"] = language.pick(es, pt, en).into();
        head.headers.remove(header::CONTENT_LENGTH);
        Response::from_parts(head, Body::from(said.to_string()))
    }

    /// The same in other words.
    pub(crate) fn saying(mut self, detail: String) -> Self {
        self.0.detail = detail;
        self
    }

    /// One of which a status says all.
    pub(crate) fn of(status: StatusCode) -> Self {
        let words = status.canonical_reason().unwrap_or("error").to_lowercase();
        Self::new(status, &words.replace(' ', "-"), words)
    }

    /// Nothing that was shown counts.
    pub(crate) fn unknown(language: Language) -> Self {
        let words = language.pick(
            "Inicie sesión (`POST /api/v1/sign-in`) o use un token vigente (`Authorization: Bearer tml_…`).",
            "Entre (`POST /api/v1/sign-in`) ou use um token vigente (`Authorization: Bearer tml_…`).",
            "Sign in (`POST /api/v1/sign-in`) or use a token that counts (`Authorization: Bearer tml_…`).",
        );
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", words)
    }

    /// The matrix, or a token, says no.
    pub(crate) fn refused(refusal: &Refusal, language: Language) -> Self {
        let kind = match refusal {
            Refusal::NotInToken(_) => "not-in-token",
            Refusal::NotByToken => "not-by-token",
            Refusal::SecondFactorFirst => "second-factor-first",
            Refusal::Row { .. } | Refusal::Stranger(_) | Refusal::NotTheOwner(_) => "not-yours-to-do",
        };
        let could = match refusal {
            Refusal::Row { could, .. } => Some(could.iter().map(|could| WhoCould {
                role: could.role.words(language).to_owned(),
                people: could.people.clone(),
            })),
            _ => None,
        };
        let mut problem = Self::new(StatusCode::FORBIDDEN, kind, refusal.words(language));
        problem.0.row = refusal.task().map(|task| task.word());
        problem.0.who_could = could.map(Iterator::collect);
        problem
    }

    /// Too many were asked for.
    pub(crate) fn later(kind: &str, detail: impl Into<String>, seconds: i64) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, kind, detail);
        problem.0.retry_after = Some(seconds);
        problem
    }

    /// What an answer says that is no success and no problem yet: a handler's own words, or those of whoever read the
    /// request.
    pub(crate) async fn from_answer(response: Response) -> Response {
        let (mut head, body) = response.into_parts();
        let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let words = said["error"].as_str().map(ToOwned::to_owned);
        let words = words.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
        let mut problem = Self::of(head.status);
        if !words.trim().is_empty() {
            problem.0.detail = words;
        }
        let (answer, body) = problem.into_response().into_parts();
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.extend(answer.headers);
        Response::from_parts(head, body)
    }

    /// Whether an answer is one already.
    pub(crate) fn is_in(response: &Response) -> bool {
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == KIND)
    }
}

/// The MIME type of a problem.
pub(crate) const KIND: &str = "application/problem+json";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, KIND)], Body::from(body)).into_response();
        if let Some(spoken) = self.0.spoken {
            response.extensions_mut().insert(spoken);
        }
        let headers = response.headers_mut();
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        Self::of_access(&error)
    }
}

impl Problem {
    /// What the status of the answer is.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Why something about access was not done.
    pub(crate) fn of_access(error: &AccessError) -> Self {
        let words = error.to_string();
        let (status, kind) = match error {
            AccessError::Wrong => (StatusCode::UNAUTHORIZED, "wrong"),
            AccessError::SecondFactorNeeded => (StatusCode::UNAUTHORIZED, "second-factor-needed"),
            AccessError::ByProvider => (StatusCode::FORBIDDEN, "by-provider"),
            AccessError::NotFresh => (StatusCode::FORBIDDEN, "not-fresh"),
            AccessError::NotBound(_) => (StatusCode::CONFLICT, "not-bound"),
            AccessError::TooOften(wait) => return Self::later("too-often", words, wait.as_secs() + 1),
            AccessError::Busy => return Self::later("busy", words, 1),
            AccessError::Weak(_) => (StatusCode::UNPROCESSABLE_ENTITY, "weak-password"),
            AccessError::NoInvitation => (StatusCode::GONE, "no-invitation"),
            AccessError::NoPerson(_) | AccessError::NotThere => (StatusCode::NOT_FOUND, "not-there"),
            AccessError::Left(_) | AccessError::NotLeft(_) => (StatusCode::CONFLICT, "left"),
            AccessError::Service(_) => (StatusCode::CONFLICT, "a-program"),
            AccessError::NotYours(_) => (StatusCode::FORBIDDEN, "not-yours-to-do"),
            AccessError::NotLent(NotLent::NotYours(_)) => (StatusCode::FORBIDDEN, "not-yours-to-do"),
            AccessError::NotLent(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not-a-delegation"),
            AccessError::NotBegun => (StatusCode::CONFLICT, "not-begun"),
            AccessError::NoScope(_) | AccessError::NoScopes | AccessError::Days(_) | AccessError::Name => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not-a-token")
            }
            AccessError::Stale => (StatusCode::PRECONDITION_FAILED, "changed-meanwhile"),
            AccessError::List(_)
            | AccessError::Commit(_)
            | AccessError::Projection(_)
            | AccessError::Seal(_) => {
                tracing::error!(error = %words, "the access of a person could not be read or written");
                (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed")
            }
        };
        Self::new(status, kind, words)
    }
}
