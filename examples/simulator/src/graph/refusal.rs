//! Errors in Meta's words (Cloud API, Error codes), both where a request is answered and where a status tells a failure.

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What Meta says of a code: the HTTP status, the title, the details.
struct Words(i64, u16, &'static str, &'static str);

const WORDS: &[Words] = &[
    Words(1, 400, "An unknown error occurred", "Invalid request or possible server error."),
    Words(2, 503, "Service temporarily unavailable", "Temporary due to downtime or due to being overloaded."),
    Words(190, 401, "Invalid OAuth access token - Cannot parse access token", ""),
    Words(
        130_429,
        400,
        "Rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number in a short period of time",
    ),
    Words(
        130_472,
        400,
        "User's number is part of an experiment",
        "Failed to send message because this user's phone number is part of an experiment",
    ),
    Words(131_000, 500, "Something went wrong", "Message failed to send due to an unknown error."),
    Words(131_008, 400, "Required parameter is missing", ""),
    Words(131_009, 400, "Parameter value is not valid", ""),
    Words(131_016, 500, "Service unavailable", "A service is temporarily unavailable."),
    Words(131_021, 400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    Words(131_026, 400, "Message undeliverable", "Message Undeliverable."),
    Words(
        131_042,
        400,
        "Business eligibility payment issue",
        "Message failed to send because there were one or more errors related to your payment method.",
    ),
    Words(
        131_047,
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    Words(
        131_048,
        400,
        "Spam rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
    ),
    Words(
        131_049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    Words(
        131_050,
        400,
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
        "Message failed to send because the user has stopped marketing messages from your business.",
    ),
    Words(131_051, 400, "Unsupported message type", "Message type is not currently supported"),
    Words(131_052, 400, "Media download error", "Unable to download the media sent by the user."),
    Words(131_053, 400, "Media upload error", "Unable to upload the media used in the message."),
    Words(
        131_056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time",
    ),
    Words(131_057, 500, "Account in maintenance mode", "Business Account is in maintenance mode"),
    Words(
        131_062,
        400,
        "Recipient user ID not supported",
        "This message cannot be sent to a business-scoped user ID.",
    ),
    Words(132_000, 400, "Number of parameters does not match the expected number of params", ""),
    Words(132_001, 404, "Template name does not exist in the translation", ""),
    Words(132_005, 400, "Translated text too long", ""),
    Words(132_012, 400, "Parameter format does not match format in the created template", ""),
    Words(
        132_015,
        400,
        "Template is Paused",
        "Template is paused due to low quality so it cannot be sent in a template message.",
    ),
    Words(
        132_016,
        400,
        "Template is Disabled",
        "Template has been paused too many times due to low quality and is now permanently disabled.",
    ),
    Words(132_018, 400, "There was an issue with the parameters in your template", ""),
];

fn words(code: i64) -> &'static Words {
    const UNKNOWN: Words = Words(131_000, 400, "Something went wrong", "");
    WORDS.iter().find(|words| words.0 == code).unwrap_or(&UNKNOWN)
}

/// An error as Meta words it.
#[derive(Debug)]
pub(crate) struct Refusal {
    http: u16,
    /// Meta's code.
    pub(crate) code: i64,
    subcode: Option<i64>,
    message: Box<str>,
    details: Option<Box<str>>,
    for_user: Option<(&'static str, Box<str>)>,
}

impl Refusal {
    /// A code, in the words that Meta always has for it.
    pub(crate) fn of(code: i64) -> Self {
        let Words(_, http, title, details) = *words(code);
        Self {
            http,
            code,
            subcode: None,
            message: if code == 190 { title.into() } else { format!("(#{code}) {title}").into() },
            details: (!details.is_empty()).then(|| details.into()),
            for_user: None,
        }
    }

    /// A code, with what is the matter in this case.
    pub(crate) fn because(code: i64, details: impl Into<Box<str>>) -> Self {
        Self { details: Some(details.into()), ..Self::of(code) }
    }

    /// The code 100, whose title says what is the matter.
    pub(crate) fn parameter(what: impl AsRef<str>) -> Self {
        Self {
            http: 400,
            code: 100,
            message: format!("(#100) {}", what.as_ref()).into(),
            details: None,
            ..Self::of(100)
        }
    }

    /// A required parameter of a request is not there.
    pub(crate) fn missing(name: &str) -> Self {
        Self::parameter(format!("The parameter {name} is required."))
    }

    /// Meta answers an object that does not exist with code 100 and the subcode 33.
    pub(crate) fn no_object(method: &str, id: &str) -> Self {
        Self {
            subcode: Some(33),
            message: format!(
                "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                 permissions, or does not support this operation"
            )
            .into(),
            ..Self::parameter("")
        }
    }

    /// A template that cannot be made or changed like this: code 100, a subcode, and words for the user.
    pub(crate) fn template(subcode: i64, title: &'static str, message: impl Into<Box<str>>) -> Self {
        Self {
            subcode: Some(subcode),
            for_user: Some((title, message.into())),
            ..Self::parameter("Invalid parameter")
        }
    }

    pub(crate) fn response(self, trace: &str) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": if self.subcode == Some(33) { "GraphMethodException" } else { "OAuthException" },
            "code": self.code,
            "fbtrace_id": trace,
        });
        if let Some(details) = self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if let Some((title, message)) = self.for_user {
            error["is_transient"] = false.into();
            error["error_user_title"] = title.into();
            error["error_user_msg"] = (&*message).into();
        }
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::BAD_REQUEST);
        (status, Json(json!({"error": error}))).into_response()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, more) = match &self.for_user {
            Some((title, message)) => (*title, Some(message)),
            None => (&*self.message, self.details.as_ref()),
        };
        f.write_str(title)?;
        more.map_or(Ok(()), |more| write!(f, ": {more}"))
    }
}

/// The same error in a status `failed`.
pub(crate) fn in_status(code: i64) -> Value {
    let Words(_, _, title, details) = words(code);
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_is_in_doubt_or_fails_later_has_words_of_its_own() {
        let trouble = crate::trouble::Trouble::default();
        for code in trouble.sends.codes.iter().chain(&trouble.statuses.codes) {
            assert_eq!(words(*code).0, *code);
        }
    }
}
