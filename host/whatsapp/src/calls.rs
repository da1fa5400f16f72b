//! Everything that is asked of the Graph API besides sending: media and templates.
//!
//! A message in doubt has rules of its own (`client`). Here nothing can reach a customer, so an answer is told as it is,
//! and whoever asked decides.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::http::response::Parts;
use hyper::{Method, Request};
use percent_encoding::PercentEncode;
use serde_json::Value;

use crate::client::{Graph, causes};
use crate::errors::{Action, action};

/// A page of 250 templates with all that they say has some hundred KiB.
const LONGEST_ANSWER: u64 = 8 << 20;

/// Why something that was asked was not answered as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Meta says no.
    #[error("Meta refused with code {code}{}: {title}{}", subcode_words(*subcode), details_words(details))]
    Refused {
        /// Meta's error code; -1 if there was none.
        code: i64,
        /// Meta's finer code; 0 if there was none.
        subcode: i64,
        /// The HTTP status.
        http: u16,
        /// Meta's words for the code.
        title: String,
        /// More words.
        details: String,
    },
    /// Nothing was asked: nobody could be reached.
    #[error("Meta cannot be reached: {why}")]
    NotAsked {
        /// The failure.
        why: String,
    },
    /// It was asked, and nobody knows what came of it.
    #[error("Meta did not answer: {why}")]
    NoAnswer {
        /// The failure.
        why: String,
    },
    /// The answer is longer than was allowed.
    #[error("the answer has more than {most} bytes")]
    TooLong {
        /// How many were allowed.
        most: u64,
    },
    /// The answer would have to come from somebody who is not Meta. Nothing was asked there.
    #[error("the address leads to `{host}`, which is not Meta's: nothing was asked there")]
    Elsewhere {
        /// To whom.
        host: String,
    },
}

fn subcode_words(subcode: i64) -> String {
    if subcode == 0 { String::new() } else { format!("/{subcode}") }
}

fn details_words(details: &str) -> String {
    if details.is_empty() { String::new() } else { format!(": {details}") }
}

impl CallError {
    /// What the code asks for. What was not answered at all may be asked again: nothing here reaches a customer.
    pub fn action(&self) -> Action {
        match self {
            Self::Refused { code, http, .. } => action(*code, *http),
            Self::NotAsked { .. } | Self::NoAnswer { .. } => Action::Retry,
            Self::TooLong { .. } | Self::Elsewhere { .. } => Action::Never,
        }
    }

    /// Whether what was asked for does not exist (Meta, *Graph API: Handling errors*, code 100, subcode 33; a medium's
    /// address answers 404).
    pub fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::Refused { code: 100, subcode: 33, .. } | Self::Refused { code: -1, http: 404, .. }
        )
    }
}

/// A body and what it is.
pub(crate) struct Content {
    pub(crate) kind: String,
    pub(crate) bytes: Bytes,
}

impl Content {
    pub(crate) fn json(value: &Value) -> Self {
        Self { kind: "application/json".to_owned(), bytes: value.to_string().into() }
    }
}

impl Graph {
    /// Asks below the address of the API, and reads the JSON of a good answer.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        content: Option<Content>,
        limit: Duration,
    ) -> Result<Value, CallError> {
        let request = Request::builder().method(method).uri(format!("{}/{path}", self.root));
        let request = request.header(AUTHORIZATION, self.authorization.clone());
        let request = match content {
            Some(Content { kind, bytes }) => request.header(CONTENT_TYPE, kind).body(Full::from(bytes)),
            None => request.body(Full::default()),
        };
        let request = request.map_err(|error| CallError::NotAsked { why: error.to_string() })?;
        let (head, body) = self.answer(request, LONGEST_ANSWER, limit).await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        match (head.status.is_success(), json.get("error")) {
            (true, None) => Ok(json),
            (_, error) => Err(refused(head.status.as_u16(), error.unwrap_or(&Value::Null))),
        }
    }

    /// One request and its answer, whatever it says, of at most so many bytes and within a time.
    pub(crate) async fn answer(
        &self,
        request: Request<Full<Bytes>>,
        most: u64,
        limit: Duration,
    ) -> Result<(Parts, Bytes), CallError> {
        let exchange = async {
            let response = match self.client.request(request).await {
                Ok(response) => response,
                Err(error) if error.is_connect() => {
                    return Err(CallError::NotAsked { why: causes(&error) });
                }
                Err(error) => return Err(CallError::NoAnswer { why: causes(&error) }),
            };
            let (head, body) = response.into_parts();
            let bytes = usize::try_from(most).unwrap_or(usize::MAX);
            match Limited::new(body, bytes).collect().await {
                Ok(body) => Ok((head, body.to_bytes())),
                Err(error) if error.is::<LengthLimitError>() => Err(CallError::TooLong { most }),
                Err(error) => Err(CallError::NoAnswer { why: causes(&*error) }),
            }
        };
        match tokio::time::timeout(limit, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(CallError::NoAnswer { why: format!("no answer within {limit:?}") }),
        }
    }
}

/// `{code, error_subcode, message, error_data, error_user_msg}`, of which any may be missing; for templates the words
/// that say which field is wrong stand in `error_user_msg`.
pub(crate) fn refused(http: u16, error: &Value) -> CallError {
    let number = |name| error.get(name).and_then(Value::as_i64);
    let words = |name| error.get(name).and_then(Value::as_str);
    let data = error.get("error_data");
    let details = data.and_then(|data| data.as_str().or_else(|| data.get("details")?.as_str()));
    CallError::Refused {
        code: number("code").unwrap_or(-1),
        subcode: number("error_subcode").unwrap_or(0),
        http,
        title: words("message").map_or_else(|| format!("HTTP {http}"), ToOwned::to_owned),
        details: words("error_user_msg").or(details).unwrap_or_default().to_owned(),
    }
}

/// Whether a text can stand in a path as it is: Meta's identifiers are digits.
pub(crate) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// That a text of ours or of a webhook cannot be asked for.
pub(crate) fn no_identifier(what: &str, text: &str) -> CallError {
    CallError::Refused {
        code: 100,
        subcode: 33,
        http: 0,
        title: format!("`{text}` is no identifier of {what}"),
        details: String::new(),
    }
}

/// A text as it stands in a query.
pub(crate) fn escaped(text: &str) -> PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}
