//! Which messages have a medium, where its bytes are, and which are to be fetched.
//!
//! A medium stands under its message, and a second time under the moment at which it is due, while it is to be fetched.

use domain::Time;
use domain::event::{Event, Recorded};
use domain::id::{ConversationId, MessageId};
use domain::media::{self, Fate, MediaUploaded, Medium};
use domain::stream::Stream;

use crate::fold::{Fold, FoldError};
use crate::layout;
use crate::projection::ProjectionError;
use crate::store::Store;

impl Fold<'_> {
    /// What an event says of a medium.
    pub(crate) fn media(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        let Stream::Conversation(conversation) = recorded.stream else { return Ok(()) };
        let (message, content) = match &recorded.event {
            Event::MessageReceived(received) => (received.message, &received.content),
            Event::MessageEchoed(echoed) => (echoed.message, &echoed.content),
            Event::MediaUploaded(uploaded) => {
                if let Some(old) = &uploaded.renews {
                    self.put_json(layout::upload(conversation, old), uploaded)?;
                }
                return self.put_json(layout::upload(conversation, &uploaded.id), uploaded);
            }
            event => match media::message_of(event) {
                Some(message) => return self.medium_changed(message, recorded),
                None => return Ok(()),
            },
        };
        if Medium::comes_with(content) {
            let since = recorded.time;
            let medium = Medium { conversation, line: recorded.version, since, fate: Fate::Known };
            self.put_json(layout::medium(message), &medium)?;
        }
        Ok(())
    }

    fn medium_changed(&mut self, message: MessageId, recorded: &Recorded) -> Result<(), FoldError> {
        let key = layout::medium(message);
        let Some(value) = self.value(&key)? else { return Ok(()) };
        let mut medium: Medium = serde_json::from_slice(&value).map_err(ProjectionError::Form)?;
        if let Some(due) = medium.due() {
            self.remove(layout::to_fetch(due, message));
        }
        medium.fold(recorded.time, &recorded.event);
        if let Some(due) = medium.due() {
            self.put(layout::to_fetch(due, message), Vec::new());
        }
        self.touch(&key);
        self.put_json(key, &medium)
    }
}

impl Store {
    /// In which conversation a message is that may have a medium: one of the customer's that has one, or any of ours.
    pub fn conversation_of_medium(
        &self,
        message: MessageId,
    ) -> Result<Option<ConversationId>, ProjectionError> {
        match self.medium(message)? {
            Some(medium) => Ok(Some(medium.conversation)),
            None => Ok(self.delivery(message)?.1.map(|delivery| delivery.conversation)),
        }
    }

    /// The medium of a message. None if the message has none, or there is no such message.
    pub fn medium(&self, message: MessageId) -> Result<Option<Medium>, ProjectionError> {
        self.json(layout::medium(message))
    }

    /// Messages whose medium is to be fetched by now, in the order in which they are due.
    pub fn to_fetch(&self, now: Time, limit: usize) -> Result<Vec<MessageId>, ProjectionError> {
        let end = [layout::TO_FETCH, &layout::millis(now), &[u8::MAX; 17]].concat();
        let due = self.tree().first(layout::TO_FETCH.to_vec()..end, limit)?;
        due.iter()
            .map(|(key, _)| layout::tail(key).map(MessageId::from_bytes))
            .map(|message| message.ok_or(ProjectionError::Broken("a medium to be fetched")))
            .collect()
    }

    /// What was uploaded for a conversation, by Meta's identifier; by an old one, what it was renewed as.
    pub fn upload(
        &self,
        conversation: ConversationId,
        id: &str,
    ) -> Result<Option<MediaUploaded>, ProjectionError> {
        self.json(layout::upload(conversation, id))
    }
}
