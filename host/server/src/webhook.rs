//! The webhook.
//!
//! 200 means one thing: what was signed is on the disk. Nothing is parsed before that, so nothing in a body can keep it
//! from being safe. Meta posts again whatever is not answered with 200, for up to seven days, so every other answer is
//! harmless as long as it is honest.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::event::WebhookReceived;
use domain::sealed::SealedBody;
use domain::stream::{Actor, Stream};
use serde::Deserialize;
use store::Draft;
use subtle::ConstantTimeEq;

use crate::Server;

/// The largest body that Meta sends (Meta, *Webhooks: payload size*): 3 MiB.
pub(crate) const LARGEST: usize = 3 << 20;

/// What Meta asks when the address of a webhook is saved.
#[derive(Deserialize)]
pub(crate) struct Verification {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// Answers with the challenge if the token is ours.
pub(crate) async fn verify(State(server): State<Arc<Server>>, Query(asked): Query<Verification>) -> Response {
    let Some(expected) = &server.verify_token else {
        tracing::warn!("the webhook cannot be verified: set `verify-token` (TIMONEL_VERIFY_TOKEN)");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let token = asked.token.unwrap_or_default();
    let ours = bool::from(token.as_bytes().ct_eq(expected.as_bytes()));
    match asked.challenge {
        Some(challenge) if ours && asked.mode.as_deref() == Some("subscribe") => challenge.into_response(),
        _ => {
            tracing::warn!("somebody tried to verify the webhook with another token");
            StatusCode::FORBIDDEN.into_response()
        }
    }
}

/// Takes a webhook: signature over the raw bytes, then the disk, then 200.
pub(crate) async fn receive(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    let (status, words) = take(&server, &headers, &body).await;
    server.desk.meters().webhook(status.as_u16());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "5")], words).into_response();
    }
    (status, words).into_response()
}

async fn take(server: &Server, headers: &HeaderMap, body: &[u8]) -> (StatusCode, &'static str) {
    let Some(secrets) = &server.secrets else {
        tracing::warn!(
            "a webhook was refused: without `app-secret` (TIMONEL_APP_SECRET) no signature can be checked"
        );
        return (StatusCode::SERVICE_UNAVAILABLE, "no app secret is set");
    };
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if let Err(error) = secrets.verify(signature, body) {
        tracing::warn!(%error, "a webhook was refused");
        return (StatusCode::UNAUTHORIZED, "the signature does not fit the body");
    }
    match keep(server, body).await {
        Ok(_) => (StatusCode::OK, ""),
        Err(error) => {
            tracing::error!(%error, "a webhook could not be kept: Meta will send it again");
            (StatusCode::SERVICE_UNAVAILABLE, "it could not be kept, send it again")
        }
    }
}

async fn keep(server: &Server, body: &[u8]) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    let today = server.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let key = server.desk.keys().day(today, today)?.ok_or("today has no key")?;
    let received = WebhookReceived {
        bytes: body.len() as u64,
        body: SealedBody::seal(body, today, &key, &*server.entropy)?,
    };
    let draft = Draft::new(Stream::Webhooks, Actor::Meta, received)?;
    let kept = server.desk.store().append(draft).await;
    // Until here: a key that somebody holds is not destroyed, and this body is yet to be worked on.
    drop(key);
    Ok(kept?)
}
