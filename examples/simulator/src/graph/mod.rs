//! The Graph API.
//!
//! Limits, codes and the shape of errors are Meta's; `README.md` has a row for each. It is stricter than Meta in one
//! thing: a recipient without `+`, which Meta would take for a national number and perhaps deliver to a stranger, is
//! refused, so that the mistake is seen.

mod contents;
mod interactive;
mod media;
mod multipart;
mod numbers;
mod refusal;
mod send;
mod template;
mod templates;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use crate::happening::Down;
use crate::serve::HangUp;
use crate::trouble::Loss;
use crate::world::World;

pub(crate) use refusal::{Refusal, in_status};

pub(crate) fn routes() -> Router<Arc<World>> {
    let uploads = DefaultBodyLimit::max(crate::media::LONGEST_UPLOAD);
    Router::new()
        .route("/{version}/{id}", get(object).post(change).delete(media::delete))
        .route("/{version}/{id}/messages", post(send::messages))
        .route("/{version}/{id}/media", post(media::upload).layer(uploads))
        .route(
            "/{version}/{id}/message_templates",
            get(templates::list).post(templates::create).delete(templates::delete),
        )
        .route("/{version}/{id}/unpause", post(templates::unpause))
        .route("/{version}/{id}/phone_numbers", get(numbers::list))
        .route("/whatsapp_business/attachments/", get(media::download))
}

/// What everything under an id is answered with.
type Answer = Result<Json<Value>, Failure>;
/// The version of the API, which is taken as it is, and the id of the object.
type Target = Path<(String, String)>;

/// A number, a template or a medium.
async fn object(
    world: State<Arc<World>>,
    asked: Authorized,
    target: Target,
    query: axum::extract::Query<numbers::Fields>,
) -> Answer {
    let id = &target.1;
    if let Some(line) = world.lines.get(id) {
        return Ok(Json(numbers::json(&world, line, &query)));
    }
    if let Some(json) = templates::json(&world, id) {
        return Ok(Json(json));
    }
    media::info(&world, id, &asked.host).map(Json).ok_or_else(|| world.failure(Refusal::no_object("get", id)))
}

/// Only templates are changed at their own address.
async fn change(world: State<Arc<World>>, _: Authorized, target: Target, body: axum::body::Bytes) -> Answer {
    templates::edit(&world, &target.1, &body).map(Json).map_err(|refusal| world.failure(refusal))
}

/// Somebody with a good access token, when Meta is there.
struct Authorized {
    /// How the host calls this world.
    host: String,
}

impl FromRequestParts<Arc<World>> for Authorized {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Failure> {
        let down = *world.down.borrow();
        match down {
            None => {}
            Some((Down::Error(code), _)) => return Err(world.failure(Refusal::of(code))),
            Some((Down::Lost(loss), _)) => return Err(Failure(lost(loss).await)),
        }
        let token = token(&parts.headers).ok_or_else(|| world.failure(Refusal::of(190)))?;
        if world.rules().token.as_deref().is_some_and(|good| good != token) {
            return Err(world.failure(Refusal::of(190)));
        }
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Ok(Self { host: host.unwrap_or_default().to_owned() })
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let token = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim();
    (!token.is_empty()).then_some(token)
}

/// What somebody sees whose request or answer is lost.
async fn lost(loss: Loss) -> Response {
    match loss {
        Loss::HangUp => HangUp.into_response(),
        // It ends when the host closes the connection.
        Loss::Silence => std::future::pending().await,
    }
}

/// An answer that is no success.
pub(crate) struct Failure(Response);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0
    }
}

impl World {
    fn failure(&self, refusal: Refusal) -> Failure {
        Failure(refusal.response(&self.trace()))
    }
}

/// The body of a request, which has to be an object.
fn request(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| Refusal::parameter("The request body is not a JSON object."))
}

/// A text member; what is not there is empty.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list member; what is not there is empty.
pub(crate) fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
