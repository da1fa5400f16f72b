//! Fires what is due.
//!
//! Timers are events, so they outlive the process: after a pause the late ones fire in the order in which they were due,
//! and the event carries both times.

use std::sync::Arc;

use domain::Time;
use tokio::sync::oneshot;

use crate::assemble::Mailboxes;
use crate::command::{Command, CommandError, DeskError, Done};
use crate::shared::Shared;

/// Timers that fire together at most, so that a long pause does not flood the workers.
const TOGETHER: usize = 512;

/// Fires timers.
pub struct Timers {
    shared: Arc<Shared>,
    mail: Mailboxes,
}

impl Timers {
    pub(crate) fn new(shared: Arc<Shared>, mail: Mailboxes) -> Self {
        Self { shared, mail }
    }

    /// Hands out what is due. The answers come when the workers have looked at it.
    pub fn step(&mut self) -> Result<Vec<oneshot::Receiver<Result<Done, CommandError>>>, DeskError> {
        let due = self.shared.store.due(self.shared.now(), TOGETHER)?;
        due.into_iter()
            .map(|(conversation, timer)| {
                self.mail.ask(conversation.to_bytes(), Command::Timer { conversation, timer })
            })
            .collect()
    }

    /// When the next one is due.
    pub fn next(&self) -> Result<Option<Time>, DeskError> {
        Ok(self.shared.store.next_due()?)
    }
}
