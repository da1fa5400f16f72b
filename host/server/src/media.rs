//! Media, handed out so that nothing in them can do harm.
//!
//! What the bytes are was told by the bytes. A picture, a sound and a film may be shown; everything else, a page or an
//! SVG above all, is for saving only. No browser is to guess again (`nosniff`), and if one shows it nevertheless, it shows
//! it in a sandbox without an origin.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::handler::Handler as _;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::{Fetched, MediumError, UploadError};
use domain::id::{ConversationId, MessageId};
use domain::media::{LARGEST, is_shown};
use domain::message::MediaKind;
use domain::raci::action::Action;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::conversations::{self, desk};
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// What is escaped of a name in a header: all but what RFC 8187 lets stand and nothing else takes for its own.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let largest = DefaultBodyLimit::max(usize::try_from(LARGEST).unwrap_or(usize::MAX));
    Routes::new()
        .get("/media/{message}", Action::ReadMedium, get_medium)
        .about(About::MessageInPath)
        .post("/media", Action::UploadMedium, put_medium.layer(largest))
        .about(About::ConversationInQuery)
}

/// What of it the API has: files for a customer are handed in by whoever holds the case (`conversations::files`).
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/media/{message}", Action::ReadMedium, get_medium_read)
        .about(About::MessageInPath)
        .page(
            Page::new("The picture or document of a message, of a conversation that you may read.")
                .gives_bytes(),
        )
}

/// A medium is part of what was said: whoever reads that sees it.
async fn get_medium_read(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(message): Path<String>,
) -> Result<Response, Problem> {
    let of = message.parse::<MessageId>().ok();
    let store = server.desk.store();
    let within = of.map(|id| store.conversation_of_medium(id)).transpose().map_err(desk)?.flatten();
    if let Some(conversation) = within {
        conversations::readable(&server, &let_in.person, &conversation.to_string())?;
    }
    Ok(get_medium(State(server), let_in, Path(message)).await)
}

async fn get_medium(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(message): Path<String>,
) -> Response {
    let message: MessageId = match message.parse() {
        Ok(message) => message,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error),
    };
    match server.desk.medium(message, let_in.actor()).await {
        Ok(medium) => handed_out(medium),
        Err(error) => refusal(status(&error), &error),
    }
}

fn status(error: &MediumError) -> StatusCode {
    match error {
        MediumError::NoMedium(_) => StatusCode::NOT_FOUND,
        MediumError::Unavailable(_) => StatusCode::BAD_GATEWAY,
        MediumError::Slow => StatusCode::GATEWAY_TIMEOUT,
        MediumError::File(_) | MediumError::Desk(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer with a medium in it.
fn handed_out(medium: Fetched) -> Response {
    let Fetched { bytes, mime_type, file_name } = medium;
    let how = if is_shown(&mime_type) { "inline" } else { "attachment" };
    let name = percent_encoding::utf8_percent_encode(&file_name, NAME);
    let named = format!("{how}; filename*=UTF-8''{name}");
    let policy = HeaderName::from_static("content-security-policy");
    let options = HeaderName::from_static("x-content-type-options");
    let headers = [
        (header::CONTENT_TYPE, mime_type),
        (header::CONTENT_DISPOSITION, named),
        (policy, "default-src 'none'; sandbox".to_owned()),
        (options, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

#[derive(Deserialize)]
struct Upload {
    conversation: ConversationId,
    kind: MediaKind,
}

async fn put_medium(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(Upload { conversation, kind }): Query<Upload>,
    body: Bytes,
) -> Response {
    match server.desk.upload(let_in.actor(), conversation, kind, body).await {
        Ok(uploaded) => Json(json!({
            "id": uploaded.id,
            "until": uploaded.until,
            "mime-type": uploaded.mime_type,
            "bytes": uploaded.bytes,
        }))
        .into_response(),
        Err(error) => refusal(upload_status(&error), &error),
    }
}

/// Whose fault it was that a file could not be handed in.
pub(crate) fn upload_status(error: &UploadError) -> StatusCode {
    match error {
        UploadError::NotSendable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        UploadError::NoConversation => StatusCode::NOT_FOUND,
        UploadError::Call(_) | UploadError::NoToken => StatusCode::BAD_GATEWAY,
        UploadError::File(_) | UploadError::Desk(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What an operator reads.
pub(crate) fn refusal(status: StatusCode, error: &dyn std::error::Error) -> Response {
    (status, Json(json!({"error": error.to_string()}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(mime_type: &str, file_name: &str) -> (String, String) {
        let medium =
            Fetched { bytes: vec![1], mime_type: mime_type.to_owned(), file_name: file_name.to_owned() };
        let response = handed_out(medium);
        let text = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(text("x-content-type-options"), "nosniff");
        assert!(text("content-security-policy").contains("sandbox"));
        (text("content-type"), text("content-disposition"))
    }

    #[test]
    fn what_could_run_is_saved_and_what_cannot_is_shown() {
        assert_eq!(headers("image/png", "a.png").1, "inline; filename*=UTF-8''a.png");
        for mime in ["image/svg+xml", "text/html", "application/pdf", "application/octet-stream"] {
            assert!(headers(mime, "x").1.starts_with("attachment;"), "{mime}");
        }
        let (_, disposition) = headers("application/pdf", "Cotización \"1\".pdf");
        assert_eq!(disposition, "attachment; filename*=UTF-8''Cotizaci%C3%B3n%20%221%22.pdf");
    }
}
