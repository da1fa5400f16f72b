//! A conversation, as the host's own client and reader see it.

use domain::id::NumberId;
use domain::message::{Content, Identity, Outgoing, ReplyButton, Row};
use whatsapp::{Answer, Graph, GraphConfig, Network, OwnedSend, Status, Update};

use crate::stage::*;

async fn reply(simulation: &Handle, to: Identity, message: Outgoing) -> Answer {
    let config = GraphConfig { base_url: simulation.base_url(), ..GraphConfig::new("any") };
    let send = OwnedSend { number: NumberId::from(NUMBER), to, message, opaque: "m1:1".to_owned() };
    Network::send(&Graph::new(config).unwrap(), send).await
}

fn phone() -> Identity {
    Identity { phone: Some(LUCIA.to_owned()), ..Identity::default() }
}

#[tokio::test]
async fn a_customer_writes_and_is_answered() {
    let (simulation, host) = started(at_once()).await;
    let wamid = lucia(&simulation).say(NUMBER, "Hola 👋 ¿abren hoy? https://x.co").unwrap();
    until("the message", || !host.updates().is_empty()).await;
    let Update::Message { number, sender, profile, wamid: told, content, .. } = host.updates().remove(0)
    else {
        panic!("a message")
    };
    assert_eq!((number.as_str(), told), (NUMBER, wamid.clone()));
    assert_eq!((sender.phone.as_deref(), profile.name.as_str()), (Some(LUCIA), "Lucía Gómez"));
    assert_eq!(content, Content::Text { body: "Hola 👋 ¿abren hoy? https://x.co".to_owned() });
    assert!(host.bodies.lock().unwrap()[0].is_ascii());
    until("two ticks", || simulation.chat(LUCIA)[0].tick == Some(Tick::Delivered)).await;

    let answer = reply(&simulation, sender, Outgoing::Text { body: "Sí, hasta las 6".to_owned() }).await;
    let Answer::Accepted { wamid } = answer else { panic!("{answer:?}") };
    until("three statuses", || host.statuses().len() == 3).await;
    assert_eq!(host.statuses(), [Status::Sent, Status::Delivered, Status::Read]);
    let Update::Status { wamid: told, opaque, recipient, pricing, .. } = &host.updates()[1] else {
        panic!("a status")
    };
    assert_eq!((told, opaque.as_deref()), (&wamid, Some("m1:1")));
    assert_eq!(recipient.phone.as_deref(), Some(LUCIA));
    let pricing = pricing.as_ref().unwrap();
    assert_eq!((pricing.billable, pricing.kind.as_str()), (Some(false), "free_customer_service"));
    assert_eq!(simulation.received(LUCIA)[0].words(), "Sí, hasta las 6");
    assert_eq!(simulation.waiting(), 0);
}

#[tokio::test]
async fn what_is_pressed_comes_back_as_the_choice_of_the_message_that_offered_it() {
    let (simulation, host) = started(at_once()).await;
    let button = |id: &str| ReplyButton { id: id.to_owned(), title: id.to_uppercase() };
    let buttons =
        Outgoing::Buttons { body: "¿Seguimos?".to_owned(), buttons: vec![button("si"), button("no")] };
    let row = Row { id: "ventas".to_owned(), title: "Ventas".to_owned(), description: "Precios".to_owned() };
    let menu = Outgoing::Menu { body: "Elija".to_owned(), label: "Áreas".to_owned(), rows: vec![row] };
    let Answer::Accepted { wamid: first } = reply(&simulation, phone(), buttons).await else {
        panic!("accepted")
    };
    let Answer::Accepted { wamid: second } = reply(&simulation, phone(), menu).await else {
        panic!("accepted")
    };
    until("both on the phone", || simulation.received(LUCIA).len() == 2).await;

    lucia(&simulation).press(NUMBER, "si", "SI").unwrap();
    lucia(&simulation).press(NUMBER, "ventas", "Ventas").unwrap();
    let choices = || -> Vec<_> {
        let choice = |update| match update {
            Update::Message { content: Content::Choice { id, .. }, answers, .. } => Some((id, answers)),
            _ => None,
        };
        host.updates().into_iter().filter_map(choice).collect()
    };
    until("both choices", || choices().len() == 2).await;
    assert_eq!(choices(), [("si".to_owned(), Some(first)), ("ventas".to_owned(), Some(second))]);
}

#[tokio::test]
async fn photos_places_and_reactions_are_understood() {
    let (simulation, host) = started(at_once()).await;
    let lucia = lucia(&simulation);
    let answer = reply(&simulation, phone(), Outgoing::Text { body: "Hola".to_owned() }).await;
    let Answer::Accepted { wamid } = answer else { panic!("{answer:?}") };
    until("the reply", || simulation.received(LUCIA).len() == 1).await;
    lucia.photo(NUMBER, "Mire").unwrap();
    lucia.location(NUMBER, "Plaza de Bolívar", 4.5981, -74.076).unwrap();
    lucia.react(NUMBER, &wamid, Some("👍")).unwrap();
    lucia.react(NUMBER, &wamid, None).unwrap();
    lucia.send_raw(NUMBER, json!({"type": "unsupported", "errors": [{"code": 131_051}]})).unwrap();
    let kinds = || -> Vec<_> {
        let kind = |update: &Update| match update {
            Update::Message { content, .. } => Some(format!("{} {}", content.kind(), content.words())),
            Update::Strange(_) => Some("strange".to_owned()),
            _ => None,
        };
        host.updates().iter().filter_map(kind).collect()
    };
    until("all five", || kinds().len() == 5).await;
    assert_eq!(
        kinds(),
        ["image Mire", "location Plaza de Bolívar", "reaction 👍", "reaction ", "unsupported "]
    );
    assert_eq!(simulation.received(LUCIA)[0].reaction, None);
    assert!(lucia.say("1", "¿Hay alguien?").is_err());
}

#[tokio::test]
async fn who_hides_the_phone_is_told_and_reached_by_the_user_id() {
    let (simulation, host) = started(at_once()).await;
    lucia(&simulation).hidden().say(NUMBER, "Soy yo").unwrap();
    until("the message", || !host.updates().is_empty()).await;
    let Update::Message { sender, .. } = host.updates().remove(0) else { panic!("a message") };
    assert_eq!(sender.phone, None);
    reply(&simulation, sender.clone(), Outgoing::Text { body: "¡Hola!".to_owned() }).await;
    until("the reply", || simulation.received(LUCIA).len() == 1).await;
    until("a status", || !host.statuses().is_empty()).await;
    let Update::Status { recipient, .. } = host.updates().remove(1) else { panic!("a status") };
    assert_eq!(recipient, sender);
}

#[tokio::test]
async fn a_host_that_refuses_is_asked_again_and_until_then_there_is_one_tick() {
    let (simulation, host) = started(at_once()).await;
    let busy = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::ACCEPTED, StatusCode::NOT_FOUND];
    host.answers.lock().unwrap().extend(busy);
    let mut events = simulation.events();
    lucia(&simulation).say(NUMBER, "¿Hola?").unwrap();
    assert_eq!(simulation.chat(LUCIA)[0].tick, Some(Tick::Sent));
    until("the message", || host.updates().len() == 1).await;
    until("two ticks", || simulation.chat(LUCIA)[0].tick == Some(Tick::Delivered)).await;
    let mut answers = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let simulator::Event::Posted { http, .. } = event {
            answers.push(http);
        }
    }
    assert_eq!(answers, [Some(503), Some(202), Some(404), Some(200)]);
}

#[tokio::test]
async fn what_is_due_while_the_host_is_not_there_comes_in_full_batches() {
    let numbers = vec![
        Number::new(NUMBER, "+57 601 555 0100", "Ventas"),
        Number::new("2", "+57 601 555 0101", "Soporte"),
    ];
    let (simulation, host) = started(Options { batch: 1_000, numbers, ..at_once() }).await;
    host.answers.lock().unwrap().extend([StatusCode::BAD_GATEWAY; 4]);
    for n in 0..100 {
        lucia(&simulation).say(if n % 2 == 0 { NUMBER } else { "2" }, &n.to_string()).unwrap();
    }
    until("all of them", || host.updates().len() == 100).await;
    assert!(host.bodies.lock().unwrap().len() < 50);
    until("an empty queue", || simulation.waiting() == 0).await;
}

#[tokio::test]
async fn the_host_marks_as_read_what_came_before_as_well() {
    let (simulation, _host) = started(at_once()).await;
    lucia(&simulation).say(NUMBER, "uno").unwrap();
    let second = lucia(&simulation).say(NUMBER, "dos").unwrap();
    lucia(&simulation).say(NUMBER, "tres").unwrap();
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": second});
    let answer = asked(&simulation, "Bearer t", NUMBER, &read).await;
    assert_eq!(answer, (200, json!({"success": true})));
    let ticks: Vec<_> =
        simulation.chat(LUCIA).into_iter().map(|message| message.tick == Some(Tick::Read)).collect();
    assert_eq!(ticks, [true, true, false]);
}

#[tokio::test]
async fn what_meta_refuses_is_refused_in_metas_words() {
    let (simulation, _host) = started(at_once()).await;
    let text = |to: &str, body: &str| json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}});
    let buttons = |titles: &[&str]| {
        let buttons: Vec<_> =
            titles.iter().map(|t| json!({"type": "reply", "reply": {"id": t, "title": t}})).collect();
        json!({"messaging_product": "whatsapp", "to": "+573001234567", "type": "interactive",
               "interactive": {"type": "button", "body": {"text": "b"}, "action": {"buttons": buttons}}})
    };
    let template = json!({"messaging_product": "whatsapp", "to": "+573001234567", "type": "template"});
    let no_product = json!({"to": "+573001234567", "type": "text", "text": {"body": "a"}});
    let good = text("+573001234567", "a");
    let cases = [
        ("Basic x", NUMBER, good.clone(), 401, 190),
        ("Bearer t", "1", good.clone(), 400, 100),
        ("Bearer t", NUMBER, json!([]), 400, 100),
        ("Bearer t", NUMBER, no_product, 400, 100),
        ("Bearer t", NUMBER, text("", "a"), 400, 100),
        ("Bearer t", NUMBER, text("573001234567", "a"), 400, 131_009),
        ("Bearer t", NUMBER, text("+573001234567", &"a".repeat(4097)), 400, 100),
        ("Bearer t", NUMBER, buttons(&[]), 400, 131_009),
        ("Bearer t", NUMBER, buttons(&["1", "2", "3", "4"]), 400, 131_009),
        ("Bearer t", NUMBER, buttons(&["1", "1"]), 400, 131_009),
        ("Bearer t", NUMBER, buttons(&["veintiún caracteres ya"]), 400, 131_009),
        ("Bearer t", NUMBER, template, 400, 100),
    ];
    for (authorization, number, body, status, code) in cases {
        let (http, answer) = asked(&simulation, authorization, number, &body).await;
        assert_eq!((http, answer["error"]["code"].as_i64()), (status, Some(code)), "{body}: {answer}");
        assert!(answer["error"]["fbtrace_id"].is_string());
    }
    let (http, answer) = asked(&simulation, "Bearer t", NUMBER, &good).await;
    assert_eq!((http, &answer["contacts"][0]["wa_id"]), (200, &json!(LUCIA)));
    assert_eq!(simulation.sent()[NUMBER], 1);
}

#[tokio::test]
async fn the_page_may_load_nothing_but_itself_and_draws_what_a_person_does() {
    let (simulation, _host) = started(at_once()).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    let page = raw_http(&simulation, &get("/")).await;
    assert!(page.contains("content-security-policy: default-src 'none'; script-src 'self'"), "{page}");
    for file in ["/page/style.css", "/page/script.js"] {
        assert!(page.contains(file));
        assert!(raw_http(&simulation, &get(file)).await.starts_with("HTTP/1.1 200"), "{file}");
    }
    assert!(!page.contains("style=") && !page.contains("onclick=") && !page.contains("<script>"));

    let act = json!({"phone": LUCIA, "number": NUMBER, "act": "say", "text": "Desde la página"}).to_string();
    let post = |kind: &str| {
        format!(
            "POST /page/act HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{act}",
            act.len()
        )
    };
    // What a form on a stranger's page could send.
    assert_eq!(http(&simulation, &post("text/plain")).await.0, 415);
    assert_eq!(http(&simulation, &post("application/json")).await.0, 204);
    let message = &simulation.chat(LUCIA)[0];
    assert_eq!(
        (message.from, &message.said),
        (Side::Customer, &Said::Text { body: "Desde la página".to_owned() })
    );
}

#[tokio::test]
async fn a_benchmark_keeps_nothing_and_a_person_only_the_latest() {
    let (simulation, host) = started(Options { remember: 0, ..at_once() }).await;
    reply(&simulation, phone(), Outgoing::Text { body: "Hola".to_owned() }).await;
    until("the statuses", || host.statuses().len() == 3).await;
    assert_eq!(simulation.received(LUCIA), []);
    assert_eq!(
        http(&simulation, "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").await.0,
        404
    );

    let (simulation, _host) = started(Options { remember: 2, ..at_once() }).await;
    for text in ["uno", "dos", "tres"] {
        lucia(&simulation).say(NUMBER, text).unwrap();
    }
    let words: Vec<_> = simulation.chat(LUCIA).iter().map(|message| message.words().to_owned()).collect();
    assert_eq!(words, ["dos", "tres"]);
}
