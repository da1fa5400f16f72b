//! What an error code of Meta asks for.
//!
//! A message can be sent twice by being too eager and lost by being too shy, and only the code tells which: whether Meta
//! refused before doing anything, whether nobody knows, whether the number itself is in trouble. Meta asks to decide by
//! the code and not by the title or the HTTP status (Cloud API, Error codes), and so does this table; the status speaks
//! only for codes that the table does not know.

/// What to do after a code, be it in the answer to a send or in a status `failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Rejected before anything was done with it: it may be sent again, slower, as often as its time allows.
    Retry,
    /// Too much to this one recipient: again after 4ⁿ seconds, while the others go on.
    RetryPair,
    /// Nobody knows whether it was done. Only a status with the callback data can tell; never sent again blindly.
    InDoubt,
    /// Refused now; may be accepted when something has changed or enough time has passed. Not to be repeated by itself.
    Later,
    /// The token, the number or the account cannot send at all: stop the number and call a person.
    StopNumber,
    /// Will never be accepted as it is.
    Never,
}

struct Row(i64, i64, Action, &'static str);

const fn one(code: i64, action: Action, meaning: &'static str) -> Row {
    Row(code, code, action, meaning)
}

/// In ascending order of code.
const TABLE: &[Row] = {
    use Action::{InDoubt, Later, Never, Retry, RetryPair, StopNumber};
    &[
        one(0, StopNumber, "the access token is not valid"),
        one(1, InDoubt, "invalid request, or an error of Meta's servers"),
        one(2, InDoubt, "Meta's service is down or overloaded for a while"),
        one(3, StopNumber, "the app lacks a capability"),
        one(4, Retry, "too many calls of the app"),
        one(10, StopNumber, "the app lacks a permission"),
        one(33, StopNumber, "the phone number id does not exist (any more)"),
        one(100, Never, "a parameter is wrong or misspelt"),
        one(190, StopNumber, "the access token has expired"),
        Row(200, 299, StopNumber, "the app lacks a permission"),
        one(368, StopNumber, "the account is restricted for violating a policy"),
        one(613, Later, "too many call permission requests"),
        one(80007, Retry, "too many calls of the WhatsApp Business account"),
        one(130403, Never, "the company has blocked this user"),
        one(130429, Retry, "more messages per second than the number may send"),
        one(130472, Never, "the user is part of an experiment of Meta"),
        one(130497, Never, "the company may not write to users of this country"),
        one(131000, InDoubt, "unknown error"),
        one(131005, StopNumber, "the app lacks a permission"),
        one(131008, Never, "a required parameter is missing"),
        one(131009, Never, "the value of a parameter is not valid"),
        one(131016, InDoubt, "the service is unavailable"),
        one(131020, Never, "the group has one member only"),
        one(131021, Never, "the sender is the recipient"),
        one(131026, Never, "undeliverable: no WhatsApp, an old version, or terms that were not accepted"),
        one(131030, Never, "the recipient is not among those that a test number may write to"),
        one(131031, StopNumber, "the account is locked"),
        one(131037, StopNumber, "the display name of the number is not approved"),
        one(131041, Never, "the group is unknown"),
        one(131042, StopNumber, "there is a problem with the payment"),
        one(131044, StopNumber, "there is a problem with the payment of calls"),
        one(131045, StopNumber, "the registration of the number or its certificate is wrong"),
        one(131047, Never, "more than 24 hours since the customer wrote: only a template may be sent"),
        one(131048, StopNumber, "the number is restricted because its messages were reported as spam"),
        one(131049, Later, "the user has had enough marketing for now: not before 24 hours"),
        one(131050, Never, "the user does not want marketing of this company"),
        one(131051, Never, "the type of message is not supported"),
        one(131052, Never, "the user's medium could not be fetched"),
        one(131053, Never, "the medium could not be uploaded; often its MIME type is not what it says"),
        one(131055, Never, "only marketing may be sent this way"),
        one(131056, RetryPair, "too many messages to this recipient in a short time"),
        one(131057, Later, "the number is in maintenance for about a minute"),
        one(131059, Never, "the cursor of a list is not valid"),
        one(131062, Never, "this kind of message needs a phone and not a user id"),
        one(131063, Never, "marketing may not be sent this way"),
        one(131064, Later, "limited for days because templates were put in the wrong category"),
        Row(131201, 131207, Never, "a group cannot do this"),
        one(131208, Later, "a group cannot do this now"),
        Row(131209, 131215, Never, "a group cannot do this"),
        one(132000, Never, "the template takes another number of parameters"),
        one(132001, Never, "the template does not exist in this language or is not approved"),
        one(132005, Never, "the text of the filled template is too long"),
        one(132007, Never, "the template violates a policy"),
        one(132012, Never, "a parameter of the template has the wrong format"),
        one(132015, Later, "the template is paused for some hours because of its quality"),
        one(132016, Never, "the template is disabled for ever because of its quality"),
        one(132018, Never, "the parameters of the template are not valid"),
        one(132068, Never, "the flow is blocked"),
        one(132069, Later, "the flow is throttled to 10 messages an hour"),
        one(133000, Later, "deregistering the number was not finished"),
        one(133004, InDoubt, "the server is unavailable for a while"),
        Row(133005, 133009, Later, "the two-step PIN was wrong or tried too often"),
        one(133010, StopNumber, "the number is not registered with the Cloud API"),
        Row(133015, 133016, Later, "the number was deleted, or registered too often: to be tried later"),
        one(134011, Never, "the terms of payments were not accepted"),
        one(134100, Never, "marketing is not enabled on this interface"),
        one(134101, Later, "the template is being prepared for marketing: about 10 minutes"),
        one(134102, Never, "the template cannot be used for marketing"),
        one(135000, Never, "a parameter is wrong, without saying which"),
        one(137000, Never, "the recipient's identity key has changed"),
    ]
};

/// What to do after a code. `http_status` is 0 where there was none, as in a status webhook.
pub fn action(code: i64, http_status: u16) -> Action {
    match (row(code), http_status) {
        (Some(row), _) => row.2,
        (None, 429) => Action::Retry,
        (None, 401 | 403) => Action::StopNumber,
        // A server that gave up waiting may have read the whole request.
        (None, 408 | 500..) => Action::InDoubt,
        (None, _) => Action::Never,
    }
}

/// What a code means, in words for a person; None for a code that is not in the table.
pub fn meaning(code: i64) -> Option<&'static str> {
    row(code).map(|row| row.3)
}

fn row(code: i64) -> Option<&'static Row> {
    let place = TABLE.partition_point(|row| row.1 < code);
    TABLE.get(place).filter(|row| row.0 <= code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_or_a_code_would_not_be_found() {
        assert!(TABLE.iter().all(|row| row.0 <= row.1));
        assert!(TABLE.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn what_may_have_been_done_is_never_repeated_blindly() {
        for code in [1, 2, 131000, 131016] {
            assert_eq!(action(code, 400), Action::InDoubt, "{code}");
        }
        assert_eq!(action(999_999, 500), Action::InDoubt);
        assert_eq!(action(999_999, 503), Action::InDoubt);
    }

    #[test]
    fn the_code_decides_and_the_status_only_where_the_code_is_unknown() {
        assert_eq!(action(131047, 500), Action::Never);
        assert_eq!(action(130429, 400), Action::Retry);
        assert_eq!(action(131056, 400), Action::RetryPair);
        assert_eq!(action(131049, 400), Action::Later);
        assert_eq!(action(190, 401), Action::StopNumber);
        assert_eq!(action(250, 403), Action::StopNumber);
        assert_eq!(action(999_999, 429), Action::Retry);
        assert_eq!(action(999_999, 400), Action::Never);
        assert_eq!(action(999_999, 0), Action::Never);
    }

    #[test]
    fn between_two_rows_there_is_nothing() {
        for code in [-1, 5, 199, 300, 131058, 138000, i64::MAX, i64::MIN] {
            assert_eq!(meaning(code), None, "{code}");
        }
        assert!(meaning(131047).unwrap().contains("24 hours"));
    }
}
