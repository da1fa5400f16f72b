//! What rules ask of services outside, in `conversation/…`.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::id::{CaseId, RequestId, RuleId};
use crate::request::{Answer, Ended, Failed, Method, Request};
use crate::sealed::Sealed;

/// `request-made`: a rule wants something asked, and it will be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestMade {
    /// Which request. It is sent as its `Idempotency-Key`.
    pub request: RequestId,
    /// Whose.
    pub rule: RuleId,
    /// In which case.
    pub case: CaseId,
    /// Which service, as `https://crm.example.com`: the company has named it.
    pub to: String,
    /// How.
    pub method: Method,
    /// After this it is not tried any more.
    pub until: Time,
    /// What is asked.
    pub body: Sealed<Request>,
}

/// `request-attempted`: on the disk before the first byte leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestAttempted {
    /// Which request.
    pub request: RequestId,
    /// 1 for the first attempt.
    pub attempt: u32,
}

/// `request-delayed`: an attempt did not do, and there will be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestDelayed {
    /// Which request.
    pub request: RequestId,
    /// Which attempt.
    pub attempt: u32,
    /// Why there was no answer; none if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    /// The status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When it is tried again.
    pub again_at: Time,
}

/// `request-ended`: there is an answer, or there will be none. The rule is asked next, if it still has the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestEnded {
    /// Which request.
    pub request: RequestId,
    /// Whose.
    pub rule: RuleId,
    /// Which service.
    pub to: String,
    /// How it was asked.
    pub method: Method,
    /// How it ended.
    pub ended: Ended,
    /// How often it was tried.
    pub attempts: u32,
    /// How long the last attempt took, in milliseconds.
    pub millis: u64,
    /// What was answered; with nothing but what it was for if nothing was.
    pub body: Sealed<Answer>,
}
