//! The quick replies that the company shares: kept and dropped by people, read by whoever attends.

use domain::event::{Event, QuickReplyDropped, QuickReplyKept};
use domain::quick_reply::{MOST, QuickReplies, check};
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft};

use crate::Desk;
use crate::command::DeskError;

/// Why a quick reply is not kept or dropped.
#[derive(Debug, thiserror::Error)]
pub enum QuickReplyError {
    /// It cannot be kept.
    #[error("`{field}`: {expected}")]
    Field {
        /// The field that is wrong.
        field: String,
        /// What was expected.
        expected: String,
    },
    /// There is none of that name.
    #[error("there is no quick reply `{0}`")]
    NotThere(String),
    /// The host's own trouble.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl Desk {
    /// All of them.
    pub fn quick_replies(&self) -> Result<QuickReplies, DeskError> {
        Ok(self.store().quick_replies()?.1)
    }

    /// Somebody writes one, or another text for one that is there.
    pub async fn keep_quick_reply(&self, by: Actor, kept: QuickReplyKept) -> Result<(), QuickReplyError> {
        let company = std::sync::Arc::clone(&self.active().company);
        let queues: Vec<_> = company.queues().iter().map(|queue| &queue.id).collect();
        check(&kept, &queues).map_err(|(field, expected)| QuickReplyError::Field { field, expected })?;
        self.change(by, kept.clone().into(), |known| {
            let is_new = !known.0.contains_key(&kept.name);
            if is_new && known.0.len() >= MOST {
                let expected = format!("{MOST} quick replies are kept already: drop one first");
                return Err(QuickReplyError::Field { field: "name".to_owned(), expected });
            }
            Ok(())
        })
        .await
    }

    /// Somebody drops one.
    pub async fn drop_quick_reply(&self, by: Actor, name: &str) -> Result<(), QuickReplyError> {
        self.change(by, QuickReplyDropped { name: name.to_owned() }.into(), |known| {
            known.0.get(name).map(drop).ok_or_else(|| QuickReplyError::NotThere(name.to_owned()))
        })
        .await
    }

    async fn change(
        &self,
        by: Actor,
        event: Event,
        may: impl Fn(&QuickReplies) -> Result<(), QuickReplyError>,
    ) -> Result<(), QuickReplyError> {
        loop {
            let (version, known) = self.store().quick_replies().map_err(DeskError::from)?;
            may(&known)?;
            let draft =
                Draft::new(Stream::QuickReplies, by.clone(), event.clone()).map_err(DeskError::from)?;
            match self.store().commit(vec![(Stream::QuickReplies, version)], vec![draft]).await {
                Err(CommitError::Conflict { .. }) => {}
                written => return Ok(written.map(drop).map_err(DeskError::from)?),
            }
        }
    }
}
