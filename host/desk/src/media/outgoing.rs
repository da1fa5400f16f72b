//! Media of ours: handed to Meta before they are sent, and once more when Meta does not have them any more.
//!
//! An identifier is good for thirty days (Meta, *Media*), a message may wait or be sent again after them, and Meta loses
//! one now and then. So our own copy is kept, under the key of the customer who is to get it, and a refusal that may be
//! about the identifier (131053; 131009 names any parameter) is answered by one upload. A refusal is no doubt: nothing
//! was sent.

use bytes::Bytes;
use domain::id::{ContactId, ConversationId};
use domain::media::{MediaUploaded, NotSendable, UPLOADED_FOR, sendable};
use domain::message::{Component, MediaKind, Outgoing, ParameterValue, Source};
use domain::stream::{Actor, Stream};
use sha2::{Digest as _, Sha256};
use store::{Draft, MediaFileError};
use whatsapp::{Answer, CallError, OwnedSend};

use crate::assemble::Desk;
use crate::command::DeskError;
use crate::shared::Shared;

/// Codes by which Meta says that it does not have a medium.
const NO_SUCH_MEDIUM: [i64; 2] = [131_053, 131_009];

/// Why a file cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// WhatsApp would not take it.
    #[error(transparent)]
    NotSendable(#[from] NotSendable),
    /// No such conversation.
    #[error("there is no such conversation")]
    NoConversation,
    /// Meta did not take it.
    #[error(transparent)]
    Call(#[from] CallError),
    /// There is no access token.
    #[error("no access token is set: set `access-token` (TIMONEL_ACCESS_TOKEN)")]
    NoToken,
    /// Our own copy could not be kept.
    #[error(transparent)]
    File(#[from] MediaFileError),
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl Desk {
    /// Hands a file to Meta, to be sent in a conversation. What it is is told by its bytes, and checked against what
    /// WhatsApp takes before anything leaves.
    pub async fn upload(
        &self,
        by: Actor,
        conversation: ConversationId,
        kind: MediaKind,
        bytes: Bytes,
    ) -> Result<MediaUploaded, UploadError> {
        let mime_type = sendable(kind, &bytes)?;
        let shared = &*self.shared;
        let (_, known) = shared.store.conversation(conversation).map_err(DeskError::from)?;
        let known = known.ok_or(UploadError::NoConversation)?;
        let key = shared.key(known.contact)?;
        let file = super::name(shared, known.contact, &Sha256::digest(&bytes).into());
        super::keep(shared, known.contact, &key, file, &bytes)?;
        let length = bytes.len() as u64;
        let uploaded = MediaUploaded {
            id: String::new(),
            number: known.number,
            media: kind,
            until: shared.now(),
            file,
            bytes: length,
            mime_type: mime_type.to_owned(),
            renews: None,
        };
        hand_over(shared, by, conversation, uploaded, bytes).await
    }
}

/// Uploads bytes, and keeps under which identifier and until when Meta has them.
async fn hand_over(
    shared: &Shared,
    by: Actor,
    conversation: ConversationId,
    uploaded: MediaUploaded,
    bytes: Bytes,
) -> Result<MediaUploaded, UploadError> {
    let network = shared.network.media().ok_or(UploadError::NoToken)?;
    let id = network.upload(&uploaded.number, &uploaded.mime_type, bytes).await?;
    let until = shared.now() + UPLOADED_FOR;
    let uploaded = MediaUploaded { id, until, ..uploaded };
    let draft =
        Draft::new(Stream::Conversation(conversation), by, uploaded.clone()).map_err(DeskError::from)?;
    shared.store.commit(Vec::new(), vec![draft]).await.map_err(DeskError::from)?;
    Ok(uploaded)
}

/// Sends a message under the identifiers that its media have now. What Meta refuses because it does not have one is sent
/// once more, after the medium was uploaded again.
pub(crate) async fn send(
    shared: &Shared,
    id: ConversationId,
    contact: ContactId,
    mut request: OwnedSend,
) -> Result<Answer, DeskError> {
    for source in identifiers(&mut request.message) {
        if let Some(known) = shared.store.upload(id, source)? {
            *source = match known.until <= shared.now() {
                true => renewed(shared, id, contact, &known).await.unwrap_or(known.id),
                false => known.id,
            };
        }
    }
    let answer = shared.network.send(request.clone()).await;
    let Answer::Refused { code, .. } = &answer else { return Ok(answer) };
    if !NO_SUCH_MEDIUM.contains(code) {
        return Ok(answer);
    }
    let mut anew = false;
    for source in identifiers(&mut request.message) {
        if let Some(known) = shared.store.upload(id, source)?
            && let Some(id) = renewed(shared, id, contact, &known).await
        {
            *source = id;
            anew = true;
        }
    }
    if anew { Ok(shared.network.send(request).await) } else { Ok(answer) }
}

/// Uploads our own copy of a medium again. None, with a line in the log, if that is not possible: the message then fails
/// as Meta says.
async fn renewed(
    shared: &Shared,
    id: ConversationId,
    contact: ContactId,
    known: &MediaUploaded,
) -> Option<String> {
    let again = async {
        let key = shared.key(contact)?;
        let bytes = shared.media.get(contact, &key, known.file)?;
        let anew = MediaUploaded { renews: Some(known.id.clone()), ..known.clone() };
        hand_over(shared, Actor::Host, id, anew, bytes.into()).await
    };
    match again.await {
        Ok(uploaded) => Some(uploaded.id),
        Err(error) => {
            tracing::warn!(%error, "a medium that Meta does not have could not be uploaded again");
            None
        }
    }
}

/// The identifiers of media in a message.
fn identifiers(message: &mut Outgoing) -> Vec<&mut String> {
    match message {
        Outgoing::Answer { message, .. } => identifiers(message),
        Outgoing::Media(media) => identifier(&mut media.source).into_iter().collect(),
        Outgoing::Template(template) => of_components(&mut template.components),
        _ => Vec::new(),
    }
}

fn identifier(source: &mut Source) -> Option<&mut String> {
    match source {
        Source::Id(id) => Some(id),
        Source::Link(_) => None,
    }
}

fn of_components(components: &mut [Component]) -> Vec<&mut String> {
    components.iter_mut().flat_map(of_component).collect()
}

fn of_component(component: &mut Component) -> Vec<&mut String> {
    match component {
        Component::Header { parameters } => parameters
            .iter_mut()
            .filter_map(|parameter| match &mut parameter.value {
                ParameterValue::Media { source, .. } => identifier(source),
                _ => None,
            })
            .collect(),
        Component::Carousel { cards } => {
            cards.iter_mut().flat_map(|card| of_components(&mut card.components)).collect()
        }
        Component::Body { .. } | Component::Button { .. } | Component::LimitedTimeOffer { .. } => Vec::new(),
    }
}
