//! What an error code of Meta asks for.
//!
//! A message can be sent twice by being too eager and lost by being too shy, and only the code tells which: whether Meta
//! refused before doing anything, whether nobody knows, whether the number or the whole account is in trouble. Meta asks
//! to decide by the code and not by the title or the HTTP status (Cloud API, *Error codes*), and so does this table; the
//! status speaks only for codes that the table does not know.
//!
//! Meta says what a code means and rarely what to do. The judgement is ours where the source is a page; where people
//! have learnt it from the wire, the source says so.

/// What to do after a code, be it in the answer to a send or in a status `failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Rejected before anything was done with it: it may be sent again with growing pauses, while the number slows down.
    Retry,
    /// Too much to this one recipient: again after 4ⁿ seconds, n from 0, while the others go on.
    RetryPair,
    /// Nobody knows whether it was done. Only a status with the callback data can tell; never sent again blindly.
    InDoubt,
    /// Refused now; may be accepted when time has passed. Never to be repeated earlier.
    Later {
        /// The least wait in seconds.
        seconds: u32,
    },
    /// The number cannot send at all: stop it and call a person.
    StopNumber,
    /// No number of the account can send, because of the token, a permission, a ban or the bill: stop all of them and
    /// call a person.
    StopAccount,
    /// Will never be accepted as it is.
    Never,
    /// The customer does not want to hear from us: record that, and never send it again.
    OptOut,
    /// Will not be accepted until a person has changed something, mostly a template; other messages are not concerned.
    CallPerson,
}

impl Action {
    /// Whether a person has to hear of it.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::StopNumber | Self::StopAccount | Self::CallPerson)
    }
}

struct Row {
    from: i64,
    to: i64,
    action: Action,
    meaning: &'static str,
    source: &'static str,
}

/// Where the meaning of a code stands.
mod page {
    pub(super) const CODES: &str = "Meta, Cloud API: Error codes";
    pub(super) const GRAPH: &str = "Meta, Graph API: Handling errors";
    pub(super) const LIMITS: &str = "Meta, Cloud API: Throughput and rate limits";
    pub(super) const MARKETING: &str = "Meta, Marketing messages: Error codes";
    pub(super) const GROUPS: &str = "Meta, Groups API: Error codes";
    pub(super) const CALLING: &str = "Meta, Calling API: Error codes";
    pub(super) const FLOWS: &str = "Meta, Flows: Error codes";
    pub(super) const USERNAMES: &str = "Meta, Business-scoped user ids: Error codes";
    pub(super) const REGISTRATION: &str = "Meta, Cloud API: Registration";
    pub(super) const TEMPLATES: &str = "Meta, Template management: Error codes";
    pub(super) const COEXISTENCE: &str = "Meta, WhatsApp Business app users: Error codes";
    pub(super) const FIELD: &str = "Meta, Cloud API: Error codes, and reports of what a repetition led to";
}

const fn many(from: i64, to: i64, action: Action, meaning: &'static str, source: &'static str) -> Row {
    Row { from, to, action, meaning, source }
}

const fn one(code: i64, action: Action, meaning: &'static str, source: &'static str) -> Row {
    many(code, code, action, meaning, source)
}

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

const fn after(seconds: u32) -> Action {
    Action::Later { seconds }
}

/// In ascending order of code.
const TABLE: &[Row] = {
    use Action::{CallPerson, InDoubt, Never, OptOut, Retry, RetryPair, StopAccount, StopNumber};
    use page::{
        CALLING, CODES, COEXISTENCE, FIELD, FLOWS, GRAPH, GROUPS, LIMITS, MARKETING, REGISTRATION, TEMPLATES,
        USERNAMES,
    };
    &[
        one(0, StopAccount, "the access token is not valid", CODES),
        one(1, InDoubt, "invalid request, or an error of Meta's servers", FIELD),
        one(2, InDoubt, "Meta's service is down or overloaded for a while", FIELD),
        one(3, StopAccount, "the app lacks a capability", CODES),
        one(4, Retry, "too many calls of the app", LIMITS),
        one(10, StopAccount, "the app lacks a permission", CODES),
        one(33, StopNumber, "the phone number id does not exist (any more)", CODES),
        one(100, Never, "a parameter is wrong or misspelt", CODES),
        one(190, StopAccount, "the access token has expired", CODES),
        many(200, 299, StopAccount, "the app lacks a permission", GRAPH),
        one(368, StopAccount, "the account is restricted for violating a policy", CODES),
        one(613, after(HOUR), "too many questions for a permission to call", CALLING),
        one(80007, Retry, "too many calls of the WhatsApp Business account", LIMITS),
        one(130403, Never, "the company has blocked this user", CODES),
        one(130429, Retry, "more messages per second than the number may send", LIMITS),
        one(130472, Never, "the user is part of an experiment of Meta", CODES),
        one(130497, Never, "the company may not write to users of this country", CODES),
        one(131000, InDoubt, "unknown error", FIELD),
        one(131005, StopAccount, "the app lacks a permission", CODES),
        one(131008, Never, "a required parameter is missing", CODES),
        one(131009, Never, "the value of a parameter is not valid", CODES),
        one(131016, InDoubt, "the service is unavailable", FIELD),
        one(131020, Never, "the group has one member only", GROUPS),
        one(131021, Never, "the sender is the recipient", CODES),
        one(
            131026,
            Never,
            "undeliverable: no WhatsApp, an old version, or terms that were not accepted",
            CODES,
        ),
        one(131030, Never, "the recipient is not among those that a test number may write to", CODES),
        one(131031, StopAccount, "the account is locked, or the PIN is wrong", CODES),
        one(131037, StopNumber, "the display name of the number is not approved", CODES),
        one(131041, Never, "the group is unknown", GROUPS),
        // From October 2026 on it stops answers inside the window too.
        one(131042, StopAccount, "there is a problem with the payment", CODES),
        one(131044, StopAccount, "there is a problem with the payment of calls", CALLING),
        one(131045, StopNumber, "the registration of the number or its certificate is wrong", CODES),
        one(131047, Never, "more than 24 hours since the customer wrote: only a template may be sent", CODES),
        one(131048, StopNumber, "the number is restricted because its messages were reported as spam", FIELD),
        one(131049, after(DAY), "the user has had enough marketing for now: not before 24 hours", MARKETING),
        one(131050, OptOut, "the user does not want marketing of this company", MARKETING),
        one(131051, Never, "the type of message is not supported", CODES),
        one(131052, Never, "the user's medium could not be fetched", CODES),
        one(
            131053,
            Never,
            "the medium could not be uploaded; often its MIME type is not what it says",
            FIELD,
        ),
        one(131055, Never, "only marketing may be sent this way", MARKETING),
        one(131056, RetryPair, "too many messages to this recipient in a short time", LIMITS),
        one(131057, after(MINUTE), "the number is in maintenance for about a minute", CODES),
        one(131059, Never, "the cursor of a list is not valid", GROUPS),
        one(131062, Never, "this kind of message needs a phone and not a user id", USERNAMES),
        one(131063, Never, "marketing may not be sent this way", MARKETING),
        one(131064, after(DAY), "limited for days because templates were put in the wrong category", CODES),
        many(131201, 131207, Never, "a group cannot do this", GROUPS),
        one(131208, after(MINUTE), "a group cannot do this now", GROUPS),
        many(131209, 131215, Never, "a group cannot do this", GROUPS),
        one(132000, Never, "the template takes another number of parameters", CODES),
        one(132001, CallPerson, "the template does not exist in this language or is not approved", CODES),
        one(132005, Never, "the text of the filled template is too long", CODES),
        one(132007, CallPerson, "the template violates a policy", CODES),
        one(132012, Never, "a parameter of the template has the wrong format", CODES),
        one(132015, after(3 * HOUR), "the template is paused for some hours because of its quality", CODES),
        one(132016, CallPerson, "the template is disabled for ever because of its quality", CODES),
        one(132018, Never, "the parameters of the template are not valid", CODES),
        one(132068, CallPerson, "the flow is blocked", FLOWS),
        one(132069, after(HOUR), "the flow is throttled to 10 messages an hour", FLOWS),
        one(133000, after(5 * MINUTE), "deregistering the number was not finished", REGISTRATION),
        one(133004, InDoubt, "the server is unavailable for a while", REGISTRATION),
        one(133005, CallPerson, "the two-step PIN is wrong", REGISTRATION),
        one(133006, CallPerson, "the number is not verified yet", REGISTRATION),
        one(133008, after(DAY), "too many wrong PINs: wait as long as the text says", REGISTRATION),
        one(133009, after(5 * MINUTE), "the PIN was given too fast", REGISTRATION),
        one(133010, StopNumber, "the number is not registered with the Cloud API", CODES),
        one(133015, after(5 * MINUTE), "the number was deleted a moment ago: wait 5 minutes", REGISTRATION),
        one(133016, after(3 * DAY), "registered more than 10 times within 72 hours", REGISTRATION),
        one(134011, CallPerson, "the terms of payments were not accepted", CODES),
        one(134100, Never, "only marketing may be sent on this interface", MARKETING),
        one(
            134101,
            after(10 * MINUTE),
            "the template is being prepared for marketing: about 10 minutes",
            MARKETING,
        ),
        one(134102, CallPerson, "the template cannot be used for marketing", MARKETING),
        one(135000, Never, "a parameter is wrong, without saying which", CODES),
        one(137000, Never, "the recipient's identity key has changed", CODES),
        many(138000, 138999, Never, "a call cannot be made", CALLING),
        many(139000, 139999, Never, "a flow cannot be used, or a user cannot be blocked", FLOWS),
        many(147000, 147999, Never, "a username cannot be used", USERNAMES),
        many(2_388_000, 2_388_999, CallPerson, "a template cannot be made or changed like this", TEMPLATES),
        many(2_494_000, 2_494_999, CallPerson, "a number cannot be moved to this account", REGISTRATION),
        many(
            2_593_107,
            2_593_109,
            CallPerson,
            "the app on the telephone did not share its history",
            COEXISTENCE,
        ),
    ]
};

/// What to do after a code. `http_status` is 0 where there was none, as in a status webhook.
pub fn action(code: i64, http_status: u16) -> Action {
    match (row(code), http_status) {
        (Some(row), _) => row.action,
        (None, 429) => Action::Retry,
        (None, 401 | 403) => Action::StopAccount,
        // A server that gave up waiting may have read the whole request.
        (None, 408 | 500..) => Action::InDoubt,
        (None, _) => Action::Never,
    }
}

/// What a code means, in words for a person; None for a code that is not in the table.
pub fn meaning(code: i64) -> Option<&'static str> {
    row(code).map(|row| row.meaning)
}

/// Where that stands; None for a code that is not in the table.
pub fn source(code: i64) -> Option<&'static str> {
    row(code).map(|row| row.source)
}

fn row(code: i64) -> Option<&'static Row> {
    let place = TABLE.partition_point(|row| row.to < code);
    TABLE.get(place).filter(|row| row.from <= code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_or_a_code_would_not_be_found() {
        assert!(TABLE.iter().all(|row| row.from <= row.to));
        assert!(TABLE.windows(2).all(|pair| pair[0].to < pair[1].from));
        assert!(TABLE.iter().all(|row| !row.meaning.is_empty() && row.source.starts_with("Meta, ")));
    }

    /// Every code that is known of, with what may be done about it: R, safe to repeat; A, nobody knows; L, later; N,
    /// not as it is; S, nothing at all may be sent.
    const KNOWN: &[(&str, &[i64])] = &[
        ("S", &[0, 3, 10, 33, 190, 200, 250, 299, 368, 131005, 131031, 131037, 131042, 131044, 131045]),
        ("S", &[131048, 133010]),
        ("A", &[1, 2, 131000, 131016, 133004]),
        ("R", &[4, 80007, 130429, 131056]),
        ("L", &[613, 131049, 131057, 131064, 131208, 132015, 132069, 133000, 133008, 133009, 133015, 133016]),
        ("L", &[134101]),
        ("N", &[100, 130403, 130472, 130497, 131008, 131009, 131020, 131021, 131026, 131030, 131041]),
        ("N", &[131047, 131050, 131051, 131052, 131053, 131055, 131059, 131062, 131063, 131201, 131202]),
        ("N", &[131204, 131207, 131209, 131210, 131211, 131212, 131213, 131214, 131215, 132000, 132001]),
        ("N", &[132005, 132007, 132012, 132016, 132018, 132068, 133005, 133006, 134011, 134100, 134102]),
        ("N", &[135000, 137000, 138000, 138999, 139000, 139999, 147000, 147999, 2388000, 2388999]),
        ("N", &[2494000, 2494999, 2593107, 2593108, 2593109]),
    ];

    #[test]
    fn every_code_that_is_known_of_has_a_row_and_is_repeated_only_if_that_is_safe() {
        for (class, codes) in KNOWN {
            for code in *codes {
                let row = row(*code).unwrap_or_else(|| panic!("{code} has no row"));
                let found = match row.action {
                    Action::Retry | Action::RetryPair => "R",
                    Action::InDoubt => "A",
                    Action::Later { .. } => "L",
                    Action::StopNumber | Action::StopAccount => "S",
                    Action::Never | Action::OptOut | Action::CallPerson => "N",
                };
                assert_eq!(found, *class, "{code}");
            }
        }
        let known =
            |row: &Row| KNOWN.iter().any(|(_, codes)| codes.iter().any(|c| (row.from..=row.to).contains(c)));
        assert!(TABLE.iter().all(known), "a row that no list knows of");
    }

    #[test]
    fn what_may_have_been_done_is_never_repeated_blindly() {
        for code in [1, 2, 131000, 131016, 133004] {
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
        assert_eq!(action(131049, 400), Action::Later { seconds: 86_400 });
        assert_eq!(action(131050, 400), Action::OptOut);
        assert_eq!(action(190, 401), Action::StopAccount);
        assert_eq!(action(250, 403), Action::StopAccount);
        assert_eq!(action(131048, 400), Action::StopNumber);
        assert_eq!(action(132016, 400), Action::CallPerson);
        assert_eq!(action(999_999, 429), Action::Retry);
        assert_eq!(action(999_999, 400), Action::Never);
        assert_eq!(action(999_999, 0), Action::Never);
    }

    #[test]
    fn a_person_hears_of_what_only_a_person_can_mend() {
        for code in [190, 131042, 131048, 132001, 133005] {
            assert!(action(code, 400).needs_a_person(), "{code}");
        }
        for code in [131047, 131050, 131056, 131000] {
            assert!(!action(code, 400).needs_a_person(), "{code}");
        }
    }

    #[test]
    fn between_two_rows_there_is_nothing() {
        for code in [-1, 5, 199, 300, 131058, 137999, 140000, i64::MAX, i64::MIN] {
            assert_eq!(meaning(code), None, "{code}");
        }
        assert!(meaning(131047).unwrap().contains("24 hours"));
    }
}
