//! Customers: everything that they write, who they are, and what is shown of them.

use std::collections::BTreeSet;

use crate::stage::*;

#[tokio::test]
async fn a_customer_can_write_whatever_meta_can_tell() {
    let (simulation, host) = started(at_once()).await;
    let lucia = lucia(&simulation);
    let first = lucia.say(NUMBER, "Hola").unwrap();
    lucia.photo(NUMBER, "Mire").unwrap();
    lucia.attach(NUMBER, Attachment::Video, "film", "Vea").unwrap();
    lucia.attach(NUMBER, Attachment::Audio, "ruido", "").unwrap();
    lucia.attach(NUMBER, Attachment::Document { filename: "../a.pdf".to_owned() }, "papel", "").unwrap();
    lucia.attach(NUMBER, Attachment::Sticker, "pegatina", "").unwrap();
    lucia.location(NUMBER, "Plaza", 4.6, -74.0).unwrap();
    lucia.contact(NUMBER, "Ana", "+57 300 555 0100").unwrap();
    let item = Item { product: "SKU-1".to_owned(), quantity: 2, price: 19.5, currency: "COP".to_owned() };
    lucia.order(NUMBER, "1", &[item]).unwrap();
    lucia.fill_in(NUMBER, "flow", &json!({"motivo": "reclamo"})).unwrap();
    lucia.react(NUMBER, "wamid.A", Some("👍")).unwrap();
    lucia.edit(NUMBER, &first, "Hola otra vez").unwrap();
    lucia.revoke(NUMBER, &first).unwrap();
    lucia.unsupported(NUMBER, "poll_creation").unwrap();
    until("all of them", || host.raw("messages").len() == 14).await;
    let messages = host.raw("messages");
    let kinds: Vec<_> = messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "text",
            "image",
            "video",
            "audio",
            "document",
            "sticker",
            "location",
            "contacts",
            "order",
            "interactive",
            "reaction",
            "edit",
            "revoke",
            "unsupported"
        ]
    );
    for message in &messages {
        let kind = message["type"].as_str().unwrap();
        assert!(message[kind].is_object() || message[kind].is_array(), "{message}");
        assert_eq!((&message["from"], message["timestamp"].is_string()), (&json!(LUCIA), true));
    }
    assert_eq!(messages[9]["interactive"]["nfm_reply"]["response_json"], r#"{"motivo":"reclamo"}"#);
    assert_eq!(messages[11]["edit"]["message"]["text"]["body"], "Hola otra vez");
    let ids: BTreeSet<_> = messages.iter().map(|message| message["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 14);
    // The host's reader takes each for what it is or for strange, and none for nothing.
    assert_eq!(host.updates().len(), 14);
}

#[tokio::test]
async fn a_hidden_phone_is_left_out_in_three_ways() {
    for (hiding, shown) in
        [(Hiding::Absent, json!(null)), (Hiding::Empty, json!("")), (Hiding::UserId, json!("the user id"))]
    {
        let trouble = Trouble { hiding, ..Trouble::default() };
        let (simulation, host) = started(with(Rules::lenient(), trouble)).await;
        let ana = simulation.customer("+57 310 555 0188", "Ana").hidden();
        ana.say(NUMBER, "Hola").unwrap();
        let to = json!({"messaging_product": "whatsapp", "recipient": ana.person().user_id, "type": "text", "text": {"body": "a"}});
        let (_, answer) = send(&simulation, &to).await;
        assert!(answer["contacts"][0].get("wa_id").is_none(), "{answer}");
        until("everything", || host.statuses().len() == 3 && host.raw("messages").len() == 1).await;
        let (values, user_id) = (host.changes("messages"), json!(ana.person().user_id));
        let shown = if shown == "the user id" { &user_id } else { &shown };
        for value in &values {
            assert_eq!(&value["contacts"][0]["wa_id"], shown, "{value}");
            assert_eq!(value["contacts"][0]["user_id"], user_id);
        }
        let message = &host.raw("messages")[0];
        assert_eq!((&message["from"], &message["from_user_id"]), (shown, &user_id));
        for status in host.raw("statuses") {
            assert_eq!((&status["recipient_id"], &status["recipient_user_id"]), (shown, &user_id));
        }
        // A username is told beside messages, `delivered` and `read`, and not beside `sent`.
        let named = |value: &Value| value["contacts"][0]["profile"].get("username").is_some();
        let with_status =
            |word: &str| values.iter().find(|value| value["statuses"][0]["status"] == word).map(named);
        assert_eq!(
            (with_status("sent"), with_status("delivered"), with_status("read")),
            (Some(false), Some(true), Some(true))
        );
    }
}

#[tokio::test]
async fn who_moves_to_another_phone_is_told_of_and_opens_no_window() {
    let rules =
        Rules { window: Some(Duration::from_secs(86_400)), refusals: Refusals::AtOnce, ..Rules::lenient() };
    let (simulation, host) = started(with(rules, Trouble::default())).await;
    let before = lucia(&simulation);
    let after = before.move_to(NUMBER, "+57 320 555 0123").unwrap();
    until("all three", || host.bodies.lock().unwrap().len() == 3).await;
    let messages = host.raw("messages");
    assert_eq!(
        (&messages[0]["from"], &messages[0]["system"]["wa_id"]),
        (&json!(LUCIA), &json!("573205550123"))
    );
    assert_eq!(messages[0]["system"]["type"], "user_changed_number");
    assert_eq!(messages[1]["system"]["user_id"], json!(after.person().user_id));
    assert!(host.changes("messages").iter().all(|value| value.get("contacts").is_none()));
    let change = host.changes("user_id_update")[0]["user_id_update"][0].clone();
    let (previous, current) = (&before.person().user_id, &after.person().user_id);
    assert_eq!(change["user_id"], json!({"previous": previous, "current": current}));
    assert_eq!(code(&simulation, &text("+573001234567", "¿Hola?")).await, 131_047);
    assert_eq!(code(&simulation, &text("+573205550123", "¿Hola?")).await, 131_047);
    after.say(NUMBER, "Soy yo").unwrap();
    assert_eq!(code(&simulation, &text("+573205550123", "¡Hola!")).await, 0);
}

#[tokio::test]
async fn a_voice_message_is_played() {
    let (simulation, host) = started(at_once()).await;
    let voice = json!({"messaging_product": "whatsapp", "to": "+573001234567", "type": "audio",
                       "audio": {"link": "https://x.co/a.ogg", "voice": true}});
    let wamid = taken(&simulation, &voice).await;
    until("it is played", || host.fate(&wamid) == ["sent", "delivered", "read", "played"]).await;
}

#[tokio::test]
async fn a_crowd_writes_by_itself_and_the_same_again_with_the_same_seed() {
    let run = async |seed: u64| {
        let crowd = Crowd {
            count: 20,
            every: Some(Duration::from_secs(60)),
            messages: Some(5),
            usernames: 0.5,
            unreachable: 0.1,
            writes: [
                (Kind::Text, 5),
                (Kind::Image, 2),
                (Kind::Edit, 2),
                (Kind::Move, 1),
                (Kind::Unsupported, 1),
            ]
            .into(),
            ..Crowd::default()
        };
        let options = Options { crowd: Some(crowd), seed: Some(seed), ..at_once() };
        let (simulation, host) = started(options).await;
        // The last of them is due within seven minutes of theirs.
        simulation.advance(Duration::from_secs(600));
        let mut so_far = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let now = simulation.report().written;
            if now > 0 && now == std::mem::replace(&mut so_far, now) {
                break;
            }
        }
        told(&simulation).await;
        let mut written: Vec<_> = host
            .raw("messages")
            .iter()
            .map(|message| {
                (message["id"].to_string(), message["type"].to_string(), message["from"].to_string())
            })
            .collect();
        written.sort();
        assert_eq!(simulation.report().written, written.len() as u64);
        written
    };
    let (one, again, other) = (run(1).await, run(1).await, run(2).await);
    assert!(one.len() >= 80, "{}", one.len());
    assert!(one.iter().any(|(_, _, from)| from == "null") && one.iter().any(|(_, _, from)| from != "null"));
    assert_eq!(one, again);
    assert_ne!(one, other);
}
