//! Files for a customer: handed to Meta first, and then sent by what Meta calls them.
//!
//! Two requests, because a large file on a bad line is to be tried again without being sent twice. What a file is called by is good
//! in the conversation for which it was handed in, and in no other.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::handler::Handler as _;
use axum::http::StatusCode;
use desk::UploadError;
use domain::Time;
use domain::id::ConversationId;
use domain::media::MediaUploaded;
use domain::message::{MediaKind, Outgoing, OutgoingMedia, Source};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{desk, held};
use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::media;
use crate::routes::{About, Routes};

/// The largest file, in bytes: all of a body is read before anybody is let in, so not all that WhatsApp takes of a document.
const LARGEST: usize = 20 << 20;

/// The route of the API.
pub(super) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post(
            "/api/v1/conversations/{conversation}/files",
            Action::UploadMedium,
            hand_in.layer(DefaultBodyLimit::max(LARGEST)),
        )
        .about(About::ConversationInPath)
        .largest(LARGEST)
        .page(
            Page::new(
                "Hand in a file for the customer whose case you hold: `kind` is `image`, `video`, `audio`, `document` or `sticker`, and \
                 what it is has to be told by its bytes too. It is sent by a reply that names it.",
            )
            .takes_bytes()
            .gives::<HandedIn>(),
        )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct What {
    kind: MediaKind,
}

/// A file that can be sent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "FileHandedIn")]
struct HandedIn {
    /// By what a reply names it.
    id: String,
    /// Until when.
    #[schemars(with = "String")]
    until: Time,
    /// What it is, by its bytes.
    mime_type: String,
    /// How large it is.
    bytes: u64,
}

/// A file that was handed in for this conversation.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReplyFile")]
pub(super) struct File {
    /// What handing it in gave.
    id: String,
    /// What the customer sees a document called.
    #[serde(default)]
    filename: Option<String>,
}

impl File {
    /// As a message, with words under it.
    pub(super) fn message(
        self,
        server: &Server,
        conversation: ConversationId,
        words: String,
    ) -> Result<Outgoing, Problem> {
        let uploaded = handed_in(server, conversation, &self.id, "file.id")?;
        let is_document = uploaded.media == MediaKind::Document;
        Ok(Outgoing::Media(OutgoingMedia {
            kind: uploaded.media,
            source: Source::Id(uploaded.id),
            caption: Some(words).filter(|words| !words.is_empty()),
            filename: self.filename.filter(|_| is_document),
            voice: false,
        }))
    }
}

/// The file that was handed in for a conversation; what names another one is refused.
pub(crate) fn handed_in(
    server: &Server,
    conversation: ConversationId,
    id: &str,
    field: &str,
) -> Result<MediaUploaded, Problem> {
    let uploaded = server.desk.store().upload(conversation, id).map_err(desk)?;
    uploaded.ok_or_else(|| {
        let detail = format!("`{field}`: a file that was handed in for this conversation was expected");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-file", detail)
    })
}

async fn hand_in(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Query(What { kind }): Query<What>,
    body: Bytes,
) -> Result<Json<HandedIn>, Problem> {
    let (id, _) = held(&server, &let_in.person, &name)?;
    let uploaded = server.desk.upload(let_in.actor(), id, kind, body).await.map_err(refused)?;
    Ok(Json(HandedIn {
        id: uploaded.id,
        until: uploaded.until,
        mime_type: uploaded.mime_type,
        bytes: uploaded.bytes,
    }))
}

fn refused(error: UploadError) -> Problem {
    let kind = match &error {
        UploadError::NotSendable(_) => "not-a-file",
        UploadError::NoConversation => "not-there",
        UploadError::Call(_) | UploadError::NoToken => "meta-did-not-take-it",
        UploadError::File(_) | UploadError::Desk(_) => "the-host-failed",
    };
    Problem::new(media::upload_status(&error), kind, error.to_string())
}
