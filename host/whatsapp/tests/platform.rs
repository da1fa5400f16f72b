//! Webhooks about the company's own things, about its telephone, and about what happens around the messages.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

use domain::event::IdentityPart;
use domain::id::NumberId;
use domain::message::{Content, Side};
use domain::platform::{AccountChange, NumberChange, Origin, TemplateChange};
use whatsapp::{Notice, Update, read};

fn updates(name: &str) -> Vec<Update> {
    read(&std::fs::read(format!("tests/webhooks/{name}.json")).unwrap()).unwrap()
}

fn why(update: &Update) -> &str {
    match update {
        Update::Strange(strange) => &strange.why,
        other => panic!("understood: {other:?}"),
    }
}

#[test]
fn templates_are_approved_paused_rejected_disliked_edited_and_moved_to_another_category() {
    let updates = updates("company");
    let changes: Vec<&TemplateChange> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Template { account, template, change, at } => {
                assert_eq!(account.as_deref(), Some("102290129340398"));
                assert_eq!((template.id.as_str(), template.name.as_str()), ("594425479261596", "pedido"));
                assert_eq!((template.language.as_str(), *at), ("es_CO", "2026-10-31T12:00:00Z".parse().ok()));
                Some(change)
            }
            _ => None,
        })
        .collect();
    assert_eq!(changes.len(), 7);
    let TemplateChange::Status { status, reason, category, .. } = changes[0] else { panic!("a status") };
    assert_eq!((status.as_str(), reason.as_str(), category.as_str()), ("APPROVED", "", "UTILITY"));
    let TemplateChange::Status { status, title, .. } = changes[1] else { panic!("a status") };
    assert_eq!((status.as_str(), title.as_str()), ("PAUSED", "FIRST_PAUSE"));
    let TemplateChange::Status { rejection, recommendation, disabled_from, .. } = changes[2] else {
        panic!("a status")
    };
    assert_eq!((rejection.as_str(), recommendation.as_str()), ("Too many variables", "Use fewer"));
    assert_eq!(disabled_from, "May 1, 2026");
    assert_eq!(*changes[3], TemplateChange::Quality { was: "GREEN".into(), now: "YELLOW".into() });
    let TemplateChange::Components { body, buttons, .. } = changes[4] else { panic!("components") };
    assert_eq!((body.as_str(), buttons[0].url.as_str()), ("Su pedido {{1}}", "https://ejemplo.co/{{1}}"));
    let category = |was: &str, now: &str, coming: &str, from: Option<&str>| TemplateChange::Category {
        was: was.into(),
        now: now.into(),
        coming: coming.into(),
        from: from.map(|at| at.parse().unwrap()),
    };
    // While it is announced `new_category` is still the old one.
    assert_eq!(*changes[5], category("", "UTILITY", "MARKETING", Some("2026-11-01T12:00:00Z")));
    assert_eq!(*changes[6], category("UTILITY", "MARKETING", "", None));
}

#[test]
fn numbers_may_do_more_and_are_called_differently() {
    let updates = updates("company");
    let changes: Vec<&NumberChange> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Number { display, change, .. } if display == "576015550100" => Some(change),
            _ => None,
        })
        .collect();
    let expected = [
        NumberChange::Limit {
            event: "THROUGHPUT_UPGRADE".into(),
            was: "TIER_2K".into(),
            now: "TIER_10K".into(),
            of_portfolio: "TIER_10K".into(),
        },
        NumberChange::Name {
            decision: "REJECTED".into(),
            name: "Ferretería".into(),
            reason: "NAME_ENDCLIENT_NOT_RELATED".into(),
        },
        NumberChange::Username { name: "ferreteria".into(), status: "approved".into() },
        NumberChange::Username { name: String::new(), status: "deleted".into() },
    ];
    assert_eq!(changes, expected.iter().collect::<Vec<_>>());
}

#[test]
fn accounts_are_restricted_banned_reviewed_and_shared() {
    let updates = updates("company");
    let changes: Vec<(&str, &AccountChange)> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Account { account, change, .. } => Some((account.as_deref().unwrap(), change)),
            _ => None,
        })
        .collect();
    let updated: Vec<_> = changes
        .iter()
        .filter_map(|(account, change)| match change {
            AccountChange::Updated(update) => Some((*account, &**update)),
            _ => None,
        })
        .collect();
    let restricted = updated[0].1;
    assert_eq!(restricted.restrictions[0].until, "2026-11-01T12:00:00Z".parse().ok());
    assert_eq!(restricted.restrictions[1].until, None);
    assert!(restricted.stops_sending() && updated[1].1.stops_sending());
    assert_eq!((updated[1].1.ban.as_str(), updated[1].1.ban_date.as_str()), ("DISABLE", "April 17, 2025"));
    assert!(updated[2].1.violation == "SCAM" && !updated[2].1.stops_sending());
    assert_eq!(updated[3].1.tier.as_ref().unwrap().tier, "100001:200000");
    assert_eq!(updated[4].1.rates_of_countries[0].0, "CL");
    assert_eq!(updated[5].1.country, "CO");
    assert_eq!(updated[6].1.disconnection.as_ref().unwrap().by, "BUSINESS");
    // The entry of what partners do is a portfolio; the account stands inside.
    let (account, partner) = (updated[7].0, updated[7].1.partner.as_ref().unwrap());
    assert_eq!((account, partner.owner.as_str()), ("102290129340398", "2949482758682047"));
    assert_eq!(partner.solution_partners, ["7", "8"]);
    assert_eq!(updated[8].1.certification.as_ref().unwrap().reasons, ["NO_WEBSITE"]);

    let rest: Vec<_> = changes
        .iter()
        .map(|(_, change)| *change)
        .filter(|change| !matches!(change, AccountChange::Updated(_)))
        .collect();
    assert_eq!(*rest[0], AccountChange::Reviewed { decision: "APPROVED".into() });
    assert!(matches!(rest[1], AccountChange::Alert { id, kind, .. }
        if id == "106540352242922" && kind == "PROFILE_PICTURE_LOST"));
    assert!(matches!(rest[2], AccountChange::Settings { number: Some(number), settings, .. }
        if number.as_str() == "106540352242922" && settings.contains("ENABLED")));
    // The page says a word, its example a number.
    let limits = |change: &AccountChange| match change {
        AccountChange::Capability {
            customers_per_number,
            customers_per_portfolio,
            numbers_per_account,
            ..
        } => (*customers_per_number, customers_per_portfolio.clone(), *numbers_per_account),
        other => panic!("{other:?}"),
    };
    assert_eq!(limits(rest[3]), (None, "2000".to_owned(), None));
    assert_eq!(limits(rest[4]), (Some(-1), "TIER_2K".to_owned(), Some(5)));
}

#[test]
fn customers_say_what_they_want_to_hear_and_get_new_user_ids() {
    let updates = updates("people");
    let wish = |place: usize| match &updates[place] {
        Update::Preference { customer, preference, at, .. } => {
            assert_eq!(preference.category, domain::platform::MARKETING);
            (customer.user_id.as_deref().unwrap(), preference.value.as_str(), at.as_second())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(wish(0), ("CO.1", "stop", 1_793_448_000));
    assert_eq!(wish(1), ("CO.2", "resume", 1_793_448_001));
    assert_eq!(wish(2), ("CO.3", "signup", 1_793_448_002));
    assert_eq!(why(&updates[3]), "`value` was expected to be a word");

    let Update::Identity { part: IdentityPart::UserId, was, now, wamid: None, .. } = &updates[4] else {
        panic!("{:?}", updates[4])
    };
    assert_eq!((was.phone.as_deref(), was.user_id.as_deref()), (Some("573009990001"), Some("CO.1")));
    assert_eq!((now.phone.as_deref(), now.user_id.as_deref()), (None, Some("CO.10")));
    assert_eq!(now.parent_user_id.as_deref(), Some("CO.ENT.10"));
    assert!(matches!(&updates[5], Update::Identity { was, .. } if was.phone.is_none()));
    assert_eq!(why(&updates[6]), "`user_id.previous` or `wa_id` was expected and both are missing");
}

#[test]
fn what_is_written_on_the_telephone_and_what_was_written_before_are_lines_of_a_conversation() {
    let updates = updates("coexistence");
    let Update::Echo { customer, by: Side::Company, origin: Origin::App, inbound, .. } = &updates[0] else {
        panic!("{:?}", updates[0])
    };
    assert_eq!((customer.user_id.as_deref(), inbound.content.words()), (Some("CO.1"), "desde el teléfono"));
    assert!(
        matches!(&updates[1], Update::Edit { by: Side::Company, edit, .. } if edit.original == "wamid.E1")
    );
    assert!(
        matches!(&updates[2], Update::Revoke { by: Side::Company, original, .. } if original == "wamid.E1")
    );
    assert_eq!(why(&updates[3]), "a phone or a user id was expected in `to` or `to_user_id`");

    let Update::Notice(progress) = &updates[4] else { panic!("{:?}", updates[4]) };
    assert_eq!((progress.field.as_str(), progress.what.as_str()), ("history", "progress"));
    assert!(progress.raw.contains("55"));
    let past: Vec<_> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Echo { customer, by, origin: Origin::Past { status }, inbound, .. } => {
                let who = customer.phone.as_deref().or(customer.user_id.as_deref()).unwrap();
                Some((who, *by, status.as_str(), inbound.content.kind()))
            }
            _ => None,
        })
        .collect();
    let expected = [
        ("573009990001", Side::Customer, "READ", "text"),
        ("573009990001", Side::Company, "DELIVERED", "text"),
        ("573009990001", Side::Customer, "READ", "placeholder"),
        ("CO.2", Side::Customer, "", "text"),
    ];
    assert_eq!(past, expected);
    let Update::Strange(hologram) = &updates[8] else { panic!("{:?}", updates[8]) };
    assert_eq!(hologram.contact.as_ref().unwrap().phone.as_deref(), Some("573009990001"));
    assert_eq!(
        why(&updates[10]),
        "a thread was expected to have the `id` of a customer and an array `messages`"
    );
    assert!(matches!(&updates[11], Update::Notice(Notice { what, .. }) if what == "errors"));

    // The medium takes the place of what held it.
    let Update::Edit { edit, by: Side::Customer, .. } = &updates[12] else { panic!("{:?}", updates[12]) };
    assert_eq!(edit.original, "wamid.H3");
    assert!(matches!(&edit.content, Content::Media(media) if media.id == "M9"));

    let book = |place: usize| match &updates[place] {
        Update::Notice(notice) => (notice.what.clone(), notice.contact.clone().unwrap().phone.unwrap()),
        other => panic!("{other:?}"),
    };
    assert_eq!(book(13), ("add".to_owned(), "573009990001".to_owned()));
    assert_eq!(book(14), ("remove".to_owned(), "573009990002".to_owned()));
}

#[test]
fn calls_groups_and_handovers_are_told_with_whom_they_concern() {
    let updates = updates("around");
    let call = |place: usize| match &updates[place] {
        Update::Call { customer, id, step, .. } => (customer.user_id.as_deref(), id.as_str(), step),
        other => panic!("{other:?}"),
    };
    let (ana, id, step) = call(0);
    assert_eq!((ana, id, step.is_customers_call()), (Some("CO.1"), "wacid.1", true));
    assert!(matches!(&updates[0], Update::Call { raw, .. } if raw.contains("sdp")));
    let (_, _, ended) = call(1);
    assert_eq!((ended.status.as_str(), ended.seconds), ("COMPLETED", Some(60)));
    assert_eq!(
        (ended.started.unwrap().as_second(), ended.ended.unwrap().as_second()),
        (1_793_448_010, 1_793_448_070)
    );
    // Of our own call the customer is whom it goes to.
    let (pedro, _, ours) = call(2);
    assert_eq!((pedro, ours.is_customers_call()), (Some("CO.2"), false));
    assert!(matches!(&updates[3], Update::Notice(Notice { what, .. }) if what == "error-138001"));
    assert_eq!(call(4).2.status, "RINGING");

    let group = |place: usize| match &updates[place] {
        Update::Group(group) => group,
        other => panic!("{other:?}"),
    };
    let created = group(5);
    assert_eq!((created.what.as_str(), created.subject.as_deref()), ("group_create", Some("Obra")));
    assert_eq!(created.at.unwrap().as_second(), 1_793_448_000);
    let joined = group(6);
    assert_eq!((joined.added.len(), joined.removed.len()), (2, 1));
    assert_eq!(joined.added[1].phone.as_deref(), Some("573009990002"));
    assert_eq!(joined.failed[0].1[0].code, 131_026);
    let renamed = group(7);
    assert_eq!((renamed.subject.as_deref(), renamed.errors[0].code), (Some("Obra 2"), 131_210));
    assert_eq!(renamed.picture.as_ref().unwrap().1, "dd=");
    assert_eq!(group(8).what, "group_suspend");
    assert_eq!(why(&updates[9]), "`group_id` was expected and is missing");

    let Update::Handover { number, customer, handover, raw, .. } = &updates[10] else {
        panic!("{:?}", updates[10])
    };
    assert_eq!(*number, Some(NumberId::from("106540352242922")));
    assert_eq!(customer.as_ref().unwrap().phone.as_deref(), Some("573009990001"));
    assert_eq!((handover.kind.as_str(), handover.previous_app.as_str()), ("control_passed", "1234"));
    assert_eq!((handover.previous_role.as_str(), handover.new_role.as_str()), ("META_AI", "BUSINESS"));
    assert!(raw.contains("quiere un taladro"));
    assert!(matches!(&updates[11], Update::Handover { customer: None, .. }));
}

#[test]
fn what_nothing_acts_on_is_a_notice_with_its_value_as_it_came() {
    let updates = updates("notices");
    let notices: Vec<&Notice> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Notice(notice) => Some(notice),
            _ => None,
        })
        .collect();
    assert_eq!(notices.len() + 1, updates.len());
    let told: Vec<_> = notices.iter().map(|n| (n.field.as_str(), n.what.as_str(), n.personal)).collect();
    let expected = [
        ("messages", "conversation_context", true),
        ("messages", "error-131000", true),
        ("messages", "marketing_messages_link_click", true),
        ("standby", "", true),
        ("automatic_events", "Purchase", true),
        ("security", "PIN_CHANGED", true),
        ("tracking_events", "", true),
        ("message_echoes", "", true),
        ("consumer_profile", "", true),
        ("flows", "FLOW_STATUS_CHANGE", false),
        ("payment_configuration_update", "ACTIVE", false),
        ("business_status_update", "COMPROMISED_NOTIFICATION", false),
        ("template_correct_category_detection", "", false),
        ("partner_solutions", "SOLUTION_CREATED", false),
    ];
    assert_eq!(told, expected);
    assert!(notices.iter().all(|notice| notice.raw.starts_with('{') && notice.raw.ends_with('}')));
    // Whoever writes to another app's agent is named one level down.
    assert_eq!(notices[3].contact.as_ref().unwrap().user_id.as_deref(), Some("CO.1"));
    assert_eq!(notices[4].at.unwrap().as_second(), 1_793_448_000);
    assert_eq!(notices[5].account.as_deref(), Some("102290129340398"));
    assert_eq!(notices[13].account.as_deref(), Some("2949482758682047"));
}

/// What is true of a webhook does not depend on how its members are ordered, which Meta does not promise.
#[test]
fn every_webhook_says_the_same_with_its_members_in_any_order() {
    fn reversed(value: serde_json::Value, text: &mut String) {
        use serde_json::Value;
        match value {
            Value::Object(members) => {
                text.push('{');
                for (n, (name, member)) in members.into_iter().rev().enumerate() {
                    if n > 0 {
                        text.push(',');
                    }
                    text.push_str(&Value::from(name).to_string());
                    text.push(':');
                    reversed(member, text);
                }
                text.push('}');
            }
            Value::Array(items) => {
                text.push('[');
                for (n, item) in items.into_iter().enumerate() {
                    if n > 0 {
                        text.push(',');
                    }
                    reversed(item, text);
                }
                text.push(']');
            }
            scalar => text.push_str(&scalar.to_string()),
        }
    }
    /// A raw text is compared by what it says.
    fn told(updates: &[Update]) -> Vec<String> {
        updates.iter().map(|update| format!("{update:?}").split("raw: ").next().unwrap().to_owned()).collect()
    }
    for file in std::fs::read_dir("tests/webhooks").unwrap() {
        let body = std::fs::read(file.unwrap().path()).unwrap();
        let Ok(value) = serde_json::from_slice(&body) else { continue };
        let mut text = String::new();
        reversed(value, &mut text);
        assert_eq!(told(&read(text.as_bytes()).unwrap()), told(&read(&body).unwrap()));
    }
}
