//! Media: `POST /{phone-number-id}/media`, `GET` and `DELETE /{media-id}`, and the addresses where they are fetched
//! (Meta, Cloud API: Media).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Authorized, Refusal, Target, multipart};
use crate::media::{self, Medium};
use crate::world::World;

pub(super) async fn upload(
    State(world): State<Arc<World>>,
    _: Authorized,
    Path((_, number)): Target,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let uploaded = if world.lines.contains_key(&number) {
        medium(kind, &body)
    } else {
        Err(Refusal::no_object("post", &number))
    };
    let medium = uploaded.map_err(|refusal| world.failure(refusal))?;
    let id = world.media.upload(medium, world.clock.now());
    Ok(Json(json!({"id": id.to_string()})))
}

fn medium(content_type: &str, body: &Bytes) -> Result<Medium, Refusal> {
    let parts = multipart::parts(content_type, body)
        .ok_or_else(|| Refusal::parameter("The request body is not multipart/form-data."))?;
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    if part("messaging_product").is_none_or(|part| &part.content[..] != b"whatsapp") {
        return Err(Refusal::missing("messaging_product"));
    }
    let file = part("file").ok_or_else(|| Refusal::missing("file"))?;
    // What the part says of itself goes before what is said beside it.
    let beside = part("type").and_then(|part| std::str::from_utf8(&part.content).ok());
    let mime_type = file.content_type.as_deref().or(beside).unwrap_or("application/octet-stream");
    let most = media::most(mime_type).ok_or_else(|| {
        Refusal::parameter(format!(
            "Param file must be a file with one of the following types: {}. Received file of type '{mime_type}'.",
            media::types()
        ))
    })?;
    if file.content.len() as u64 > most {
        let what = format!(
            "file: a medium of the type {mime_type} may have {most} bytes and this one has {}",
            file.content.len()
        );
        return Err(Refusal::because(131_053, what));
    }
    Ok(Medium::new(mime_type, file.content.clone()))
}

/// What is known of a medium; `host` is how this world was called.
pub(super) fn info(world: &World, id: &str, host: &str) -> Option<Value> {
    let number = id.parse().ok()?;
    let now = world.clock.now();
    let medium = world.media.get(number, now)?;
    Some(json!({
        "messaging_product": "whatsapp",
        "url": format!("http://{host}{}", world.media.address(number, now)),
        "mime_type": medium.mime_type,
        "sha256": medium.sha256_hex(),
        "file_size": medium.bytes.len(),
        "id": id,
    }))
}

pub(super) async fn delete(State(world): State<Arc<World>>, _: Authorized, Path((_, id)): Target) -> Answer {
    if id.parse().is_ok_and(|id| world.media.remove(id)) {
        return Ok(Json(json!({"success": true})));
    }
    Err(world.failure(Refusal::no_object("delete", &id)))
}

#[derive(Deserialize)]
pub(super) struct Address {
    mid: u64,
    ext: u64,
    hash: String,
}

/// Without a token nothing is handed out, and an address that is over is not found.
pub(super) async fn download(
    State(world): State<Arc<World>>,
    _: Authorized,
    Query(Address { mid, ext, hash }): Query<Address>,
) -> Response {
    match world.media.at(mid, ext, &hash, world.clock.now()) {
        Some(medium) => ([(header::CONTENT_TYPE, medium.mime_type)], medium.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
