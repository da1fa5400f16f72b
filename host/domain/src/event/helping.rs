//! How somebody who has a case brings others in without giving it away: asks for help, and asks colleagues by name in a note.
//!
//! What is asked is about a customer, so it is sealed; that it was asked, and of whom, the company may know.

use serde::{Deserialize, Serialize};

use super::Note;
use crate::id::{CaseId, NumberId, QueueId};
use crate::sealed::Sealed;

/// `help-asked`, in `conversation/…`: its agent cannot go on alone. The case stays theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HelpAsked {
    /// The case.
    pub case: CaseId,
    /// The queue that it is of.
    pub queue: QueueId,
    /// The number that the customer wrote to.
    pub number: NumberId,
    /// What for.
    pub why: Sealed<Note>,
}

/// `help-ended`, in `conversation/…`. Help also ends with the agent's having the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HelpEnded {
    /// The case.
    pub case: CaseId,
    /// Whether somebody helped; otherwise its agent needs none any more.
    pub given: bool,
}
