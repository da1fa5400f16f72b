//! What Meta enforces, with its codes.

use crate::stage::*;

const PHONE: &str = "+573001234567";

fn only(change: impl FnOnce(&mut Rules)) -> Options {
    let mut rules = Rules::lenient();
    change(&mut rules);
    with(rules, Trouble::default())
}

/// The code of the status `failed` of a message that was taken.
async fn failure(simulation: &Handle, host: &Host, body: &Value) -> i64 {
    let wamid = taken(simulation, body).await;
    let failed = || {
        host.raw("statuses").into_iter().find(|status| status["id"] == wamid && status["status"] == "failed")
    };
    until("a failure", || failed().is_some()).await;
    let status = failed().unwrap();
    assert!(status["errors"][0]["error_data"]["details"].is_string(), "{status}");
    assert!(status.get("pricing").is_none(), "{status}");
    status["errors"][0]["code"].as_i64().unwrap()
}

#[tokio::test]
async fn a_person_who_tries_things_out_meets_no_limit() {
    let (simulation, host) = started(at_once()).await;
    for n in 0..100 {
        taken(&simulation, &text(PHONE, &n.to_string())).await;
    }
    told(&simulation).await;
    assert!(host.raw("statuses").iter().all(|status| status["status"] != "failed"));
}

#[tokio::test]
async fn outside_of_the_window_a_message_is_taken_and_fails() {
    let (simulation, host) = started(only(|rules| rules.window = Some(Duration::from_secs(86_400)))).await;
    assert_eq!(failure(&simulation, &host, &text(PHONE, "¿Sigue ahí?")).await, 131_047);
    lucia(&simulation).say(NUMBER, "Sí").unwrap();
    let wamid = taken(&simulation, &text(PHONE, "¡Qué bien!")).await;
    until("it is read", || host.fate(&wamid) == ["sent", "delivered", "read"]).await;
    simulation.advance(Duration::from_secs(86_399));
    let wamid = taken(&simulation, &text(PHONE, "Un momento más")).await;
    until("it is read", || host.fate(&wamid) == ["sent", "delivered", "read"]).await;
    simulation.advance(Duration::from_secs(2));
    assert_eq!(failure(&simulation, &host, &text(PHONE, "Tarde")).await, 131_047);
    assert_eq!(simulation.received(LUCIA).len(), 2, "what failed is on nobody's phone");
}

#[tokio::test]
async fn the_window_belongs_to_one_number_and_can_be_refused_at_once() {
    let numbers =
        vec![Number::new(NUMBER, "+57 601 555 0100", "A"), Number::new("2", "+57 601 555 0101", "B")];
    let rules =
        Rules { window: Some(Duration::from_secs(86_400)), refusals: Refusals::AtOnce, ..Rules::lenient() };
    let (simulation, _host) = started(Options { numbers, ..with(rules, Trouble::default()) }).await;
    lucia(&simulation).say("2", "Hola").unwrap();
    let (http, answer) = send(&simulation, &text(PHONE, "Hola")).await;
    assert_eq!((http, answer["error"]["code"].as_i64()), (400, Some(131_047)));
    assert_eq!(answer["error"]["message"], "(#131047) Re-engagement message");
    assert_eq!(asked(&simulation, "Bearer t", "2", &text(PHONE, "Hola")).await.0, 200);
    let report = simulation.report();
    assert_eq!((report.requests.asked, report.requests.accepted), (2, 1));
    assert_eq!(report.requests.refused, [(131_047, 1)].into());
}

#[tokio::test]
async fn one_person_gets_forty_five_at_once_and_then_one_in_six_seconds() {
    let pair = Pair { every: Duration::from_secs(6), burst: 45 };
    let (simulation, _host) = started(only(|rules| rules.pair = Some(pair))).await;
    for n in 0..45 {
        taken(&simulation, &text(PHONE, &n.to_string())).await;
    }
    assert_eq!(code(&simulation, &text(PHONE, "demasiado")).await, 131_056);
    assert_eq!(code(&simulation, &text("+573157654321", "a otra persona")).await, 0);
    simulation.advance(Duration::from_secs(6));
    assert_eq!(code(&simulation, &text(PHONE, "uno más")).await, 0);
    assert_eq!(code(&simulation, &text(PHONE, "y otro")).await, 131_056);
}

#[tokio::test]
async fn a_number_has_so_many_messages_a_second_until_it_is_raised() {
    let (simulation, host) = started(only(|rules| rules.throughput = Some(1))).await;
    let level =
        async || graph(&simulation, "GET", &format!("{NUMBER}?fields=throughput"), &Value::Null).await.1;
    taken(&simulation, &text(PHONE, "uno")).await;
    assert_eq!(code(&simulation, &text(PHONE, "dos")).await, 130_429);
    simulation.advance(Duration::from_secs(1));
    lucia(&simulation).say(NUMBER, "lo que llega también cuenta").unwrap();
    assert_eq!(code(&simulation, &text(PHONE, "tres")).await, 130_429);
    assert_eq!(level().await["throughput"]["level"], "STANDARD");

    simulation.happen(Happening::Raised { number: NUMBER.to_owned() });
    assert_eq!(code(&simulation, &text(PHONE, "en obras")).await, 131_057);
    simulation.advance(Duration::from_secs(60));
    until("the news", || host.changes("phone_number_quality_update").len() == 1).await;
    assert_eq!(host.changes("phone_number_quality_update")[0]["event"], "THROUGHPUT_UPGRADE");
    assert_eq!(level().await["throughput"]["level"], "HIGH");
    for n in 0..20 {
        taken(&simulation, &text(PHONE, &n.to_string())).await;
    }
}

#[tokio::test]
async fn a_company_may_begin_with_so_many_people_a_day() {
    let day = Duration::from_secs(86_400);
    let rules = Rules { tier: Some(2), window: Some(day), ..Rules::lenient() };
    let templates = vec![Template::new("hola", "es", Category::Utility, "Hola.")];
    let (simulation, host) = started(Options { templates, ..with(rules, Trouble::default()) }).await;
    let to = |n: u64| template(&format!("+57300000000{n}"), "hola", &[]);
    for n in [1, 2, 1, 2] {
        taken(&simulation, &to(n)).await;
    }
    assert_eq!(failure(&simulation, &host, &to(3)).await, 131_048);
    // Whoever writes first counts for nothing.
    simulation.customer("573000000004", "Ana").say(NUMBER, "Hola").unwrap();
    let answer = taken(&simulation, &to(4)).await;
    until("it is read", || host.fate(&answer).len() == 3).await;
    simulation.advance(day);
    let tomorrow = taken(&simulation, &to(3)).await;
    until("it is read", || host.fate(&tomorrow).len() == 3).await;
}

#[tokio::test]
async fn who_wants_no_marketing_and_who_is_not_there_get_none() {
    let templates = vec![
        Template::new("oferta", "es", Category::Marketing, "Hoy todo a mitad de precio."),
        Template::new("pedido", "es", Category::Utility, "Su pedido está listo."),
    ];
    let (simulation, host) = started(Options { templates, ..at_once() }).await;
    let lucia = lucia(&simulation);
    lucia.marketing(NUMBER, false).unwrap();
    assert_eq!(failure(&simulation, &host, &template(PHONE, "oferta", &[])).await, 131_050);
    let preference = host.changes("user_preferences")[0]["user_preferences"][0].clone();
    assert_eq!(
        (&preference["value"], &preference["category"]),
        (&json!("stop"), &json!("marketing_messages"))
    );
    let utility = taken(&simulation, &template(PHONE, "pedido", &[])).await;
    until("it is read", || host.fate(&utility).len() == 3).await;
    lucia.marketing(NUMBER, true).unwrap();
    let wanted = taken(&simulation, &template(PHONE, "oferta", &[])).await;
    until("it is read", || host.fate(&wanted).len() == 3).await;

    lucia.with(|person| person.on_whatsapp = false);
    assert_eq!(failure(&simulation, &host, &text(PHONE, "¿Hola?")).await, 131_026);
}

#[tokio::test]
async fn without_a_method_of_payment_only_what_is_free_is_sent() {
    let rules = Rules { payment: false, free_per_month: 2, ..Rules::lenient() };
    let templates = vec![Template::new("pedido", "es", Category::Utility, "Su pedido está listo.")];
    let (simulation, host) = started(Options { templates, ..with(rules, Trouble::default()) }).await;
    taken(&simulation, &text(PHONE, "uno")).await;
    taken(&simulation, &text(PHONE, "dos")).await;
    assert_eq!(failure(&simulation, &host, &text(PHONE, "tres")).await, 131_042);
    assert_eq!(failure(&simulation, &host, &template(PHONE, "pedido", &[])).await, 131_042);
    // What an advertisement began is free, however much was sent.
    lucia(&simulation).come_by_advertisement(NUMBER, "¿Aún hay?", "Taladros").unwrap();
    let wamid = taken(&simulation, &text(PHONE, "Sí")).await;
    until("it is read", || host.fate(&wamid).len() == 3).await;
    let sent = host.raw("statuses").into_iter().find(|status| status["id"] == wamid).unwrap();
    assert_eq!(sent["pricing"]["type"], "free_entry_point");
    let until = sent["conversation"]["expiration_timestamp"].as_str().unwrap().parse::<u64>().unwrap();
    assert!((simulation.now() + 72 * 3_600 - until) <= 2, "{sent}");
    assert_eq!(host.raw("messages").last().unwrap()["referral"]["source_type"], "ad");
}

#[tokio::test]
async fn beyond_the_free_ones_a_message_is_charged_and_a_template_always_is() {
    let templates = vec![Template::new("pedido", "es", Category::Utility, "Su pedido está listo.")];
    let rules = Rules { free_per_month: 1, ..Rules::lenient() };
    let (simulation, host) = started(Options { templates, ..with(rules, Trouble::default()) }).await;
    lucia(&simulation).say(NUMBER, "Hola").unwrap();
    let bodies = [text(PHONE, "uno"), text(PHONE, "dos"), template(PHONE, "pedido", &[])];
    let expected = [
        ("free_customer_service", false, "service"),
        ("regular", true, "service"),
        ("regular", true, "utility"),
    ];
    for (body, (kind, billable, category)) in bodies.iter().zip(expected) {
        let wamid = taken(&simulation, body).await;
        until("it is read", || host.fate(&wamid).len() == 3).await;
        let of: Vec<_> = host.raw("statuses").into_iter().filter(|status| status["id"] == wamid).collect();
        let pricing =
            json!({"billable": billable, "pricing_model": "PMP", "type": kind, "category": category});
        assert_eq!((&of[0]["pricing"], &of[1]["pricing"]), (&pricing, &pricing));
        assert!(of[2].get("pricing").is_none() && of[0].get("conversation").is_none());
    }
}

#[tokio::test]
async fn only_the_good_token_opens_and_an_unknown_number_does_not_exist() {
    let (simulation, _host) = started(only(|rules| rules.token = Some("t".to_owned()))).await;
    let body = text(PHONE, "Hola");
    for (token, number, http, code, subcode) in [
        ("", NUMBER, 401, 190, None),
        ("Bearer ", NUMBER, 401, 190, None),
        ("Bearer other", NUMBER, 401, 190, None),
        ("Bearer t", "1", 400, 100, Some(33)),
        ("Bearer t", NUMBER, 200, 0, None),
    ] {
        let (status, answer) = asked(&simulation, token, number, &body).await;
        let error = &answer["error"];
        assert_eq!(status, http, "{token} {number}: {answer}");
        assert_eq!(error["code"].as_i64().unwrap_or_default(), code);
        assert_eq!(error["error_subcode"].as_i64(), subcode);
    }
    // It expires.
    simulation
        .happen(Happening::Rules(Box::new(Rules { token: Some("new".to_owned()), ..Rules::lenient() })));
    assert_eq!(asked(&simulation, "Bearer t", NUMBER, &body).await.0, 401);
}

#[tokio::test]
async fn a_message_that_is_out_of_shape_is_refused_and_the_refusal_names_the_field() {
    let (simulation, _host) = started(at_once()).await;
    let of = |kind: &str, content: Value| json!({"messaging_product": "whatsapp", "to": PHONE, "type": kind, kind: content});
    let interactive = |content: Value| of("interactive", content);
    let long = "a".repeat(1_025);
    let row = |n: usize| json!({"id": n.to_string(), "title": n.to_string()});
    let rows: Vec<_> = (0..11).map(row).collect();
    let cases = [
        (of("image", json!({})), 131_008, "image['id'] or image['link']"),
        (of("image", json!({"link": "ftp://x"})), 131_009, "image['link']"),
        (of("image", json!({"id": "1"})), 131_009, "image['id']"),
        (of("image", json!({"link": "https://x", "caption": long})), 100, "image['caption']"),
        (of("sticker", json!({"link": "https://x", "caption": "a"})), 100, "caption"),
        (of("location", json!({"longitude": 1})), 100, "location['latitude']"),
        (of("location", json!({"latitude": 91, "longitude": 1})), 131_009, "location['latitude']"),
        (of("contacts", json!([])), 131_009, "contacts"),
        (of("contacts", json!([{"name": {}}])), 131_008, "contacts[0]['name']['formatted_name']"),
        (of("reaction", json!({"message_id": "1", "emoji": "👍"})), 131_009, "reaction['message_id']"),
        (of("hologram", json!({})), 131_051, "hologram"),
        (interactive(json!({})), 131_008, "interactive['type']"),
        (interactive(json!({"type": "button", "body": {"text": long}})), 131_009, "Body text"),
        (
            interactive(
                json!({"type": "list", "body": {"text": "a"}, "action": {"button": "b", "sections": [{"rows": rows}]}}),
            ),
            131_009,
            "rows",
        ),
        (
            interactive(
                json!({"type": "cta_url", "body": {"text": "a"}, "action": {"name": "cta_url", "parameters": {"display_text": "b", "url": "x"}}}),
            ),
            131_009,
            "url",
        ),
        (
            interactive(
                json!({"type": "flow", "body": {"text": "a"}, "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_cta": "b"}}}),
            ),
            131_009,
            "flow_id",
        ),
        (
            interactive(
                json!({"type": "button", "body": {"text": "a"}, "header": {"type": "image", "image": {}}, "action": {}}),
            ),
            131_008,
            "header",
        ),
        (
            json!({"messaging_product": "whatsapp", "recipient": "nobody", "text": {"body": "a"}}),
            131_009,
            "recipient",
        ),
        (text("+576015550100", "a"), 131_021, "same"),
    ];
    for (body, code, names) in cases {
        let (_, answer) = send(&simulation, &body).await;
        let error = &answer["error"];
        assert_eq!(error["code"].as_i64(), Some(code), "{body}: {answer}");
        let words = format!("{} {}", error["message"], error["error_data"]["details"]);
        assert!(words.contains(names), "{names}: {answer}");
    }
    let good = [
        of("image", json!({"link": "https://x.co/a.png", "caption": "a"})),
        of("audio", json!({"link": "https://x.co/a.ogg", "voice": true})),
        of("location", json!({"latitude": "4.6", "longitude": -74.07, "name": "Bogotá"})),
        of("contacts", json!([{"name": {"formatted_name": "Ana"}}])),
        of("reaction", json!({"message_id": "wamid.A", "emoji": ""})),
        interactive(
            json!({"type": "location_request_message", "body": {"text": "a"}, "action": {"name": "send_location"}}),
        ),
        interactive(
            json!({"type": "flow", "body": {"text": "a"}, "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "b"}}}),
        ),
    ];
    for body in &good {
        taken(&simulation, body).await;
    }
    assert_eq!(simulation.report().requests.accepted, good.len() as u64);
}
