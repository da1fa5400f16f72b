//! What became of what rules asked of services outside: counts by rule and day, and where the last of them stand.

use domain::event::{Event, Recorded};
use domain::id::ConversationId;
use domain::request::Tally;
use domain::stream::Stream;
use jiff::tz::TimeZone;

use super::{Fold, FoldError};
use crate::layout;
use crate::projection::ProjectionError;
use crate::state::State;

impl Fold<'_> {
    /// Counts an attempt or an end, before the conversation is folded: it still knows whose the request is.
    pub(super) fn count_request(&mut self, id: ConversationId, recorded: &Recorded) -> Result<(), FoldError> {
        let rule = match &recorded.event {
            Event::RequestEnded(ended) => ended.rule.clone(),
            Event::RequestAttempted(attempted) => {
                let State::Conversation(conversation) = &self.stream(&Stream::Conversation(id))?.now.state
                else {
                    return Ok(());
                };
                match conversation.requests.get(&attempted.request) {
                    Some(pending) => pending.rule.clone(),
                    None => return Ok(()),
                }
            }
            _ => return Ok(()),
        };
        if matches!(recorded.event, Event::RequestEnded(_)) {
            self.put(layout::request_ended(&rule, recorded.seq), Vec::new());
        }
        let key = layout::request_day(&rule, recorded.time.to_zoned(TimeZone::UTC).date());
        let known = self.value(&key)?.map(|value| serde_json::from_slice(&value)).transpose();
        let mut tally: Tally = known.map_err(ProjectionError::Form)?.unwrap_or_default();
        tally.fold(&recorded.event);
        self.put_json(key, &tally)
    }
}
