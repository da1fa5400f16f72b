//! Templates: made, reviewed, sent, disliked, gone.

use crate::stage::*;

const PHONE: &str = "+573001234567";

fn slow_review() -> Options {
    let rules = Rules { review: Duration::from_secs(600), ..Rules::lenient() };
    with(rules, Trouble::default())
}

fn made(name: &str) -> Value {
    json!({"name": name, "language": "es", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hola {{1}}, su pedido {{2}} está listo."},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Ver", "url": "https://x.co/{{1}}"}]},
    ]})
}

/// What the host was told of templates, in a word each.
fn news(host: &Host) -> Vec<String> {
    let told = host.changes("message_template_status_update");
    told.iter().map(|change| change["event"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_template_is_made_reviewed_listed_edited_and_deleted() {
    let (simulation, host) = started(slow_review()).await;
    let list = format!("{ACCOUNT}/message_templates");
    let (http, answer) = graph(&simulation, "POST", &list, &made("listo")).await;
    assert_eq!((http, &answer["status"], &answer["category"]), (200, &json!("PENDING"), &json!("UTILITY")));
    let id = answer["id"].as_str().unwrap().to_owned();
    let status = async || graph(&simulation, "GET", &id, &Value::Null).await.1["status"].clone();
    assert_eq!(status().await, "PENDING");
    assert_eq!(code(&simulation, &template(PHONE, "listo", &["Lucía", "7"])).await, 132_001);
    assert_eq!(graph(&simulation, "POST", &id, &made("x")).await.0, 400, "nobody edits what is reviewed");

    simulation.advance(Duration::from_secs(600));
    until("the approval", || news(&host) == ["APPROVED"]).await;
    let told = host.changes("message_template_status_update")[0].clone();
    assert_eq!(told["message_template_id"].as_u64(), id.parse().ok());
    assert_eq!(
        (&told["message_template_name"], &told["message_template_language"]),
        (&json!("listo"), &json!("es"))
    );
    assert_eq!(status().await, "APPROVED");

    let (_, twice) = graph(&simulation, "POST", &list, &made("listo")).await;
    assert_eq!(twice["error"]["error_subcode"], 2_388_024);
    graph(&simulation, "POST", &list, &made("otro")).await;
    let (_, page) = graph(&simulation, "GET", &format!("{list}?limit=1"), &Value::Null).await;
    let after = page["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, rest) = graph(&simulation, "GET", &format!("{list}?limit=1&after={after}"), &Value::Null).await;
    let mut names = [&page["data"][0]["name"], &rest["data"][0]["name"]];
    names.sort_by_key(|name| name.to_string());
    assert_eq!((names, rest["paging"].get("next")), ([&json!("listo"), &json!("otro")], None));
    let (_, pending) = graph(&simulation, "GET", &format!("{list}?status=PENDING"), &Value::Null).await;
    assert_eq!(pending["data"].as_array().unwrap().len(), 1);

    let edit = json!({"components": [{"type": "BODY", "text": "Su pedido está listo."}]});
    assert_eq!(graph(&simulation, "POST", &id, &edit).await, (200, json!({"success": true})));
    assert_eq!(status().await, "PENDING");
    simulation.advance(Duration::from_secs(600));
    until("both approvals", || news(&host).len() == 3).await;
    taken(&simulation, &template(PHONE, "listo", &[])).await;

    let gone = graph(&simulation, "DELETE", &format!("{list}?name=listo"), &Value::Null).await;
    assert_eq!(gone, (200, json!({"success": true})));
    assert_eq!(graph(&simulation, "GET", &id, &Value::Null).await.1["error"]["error_subcode"], 33);
    let (_, again) = graph(&simulation, "POST", &list, &made("listo")).await;
    assert_eq!(again["error"]["error_subcode"], 2_388_023);
    simulation.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(graph(&simulation, "POST", &list, &made("listo")).await.0, 200);
}

#[tokio::test]
async fn what_is_rejected_cannot_be_sent_and_says_why() {
    let rules = Rules { review: Duration::ZERO, rejected: 1.0, ..Rules::lenient() };
    let (simulation, host) = started(with(rules, Trouble::default())).await;
    let list = format!("{ACCOUNT}/message_templates");
    let (_, answer) = graph(&simulation, "POST", &list, &made("listo")).await;
    until("the rejection", || news(&host) == ["REJECTED"]).await;
    assert_eq!(host.changes("message_template_status_update")[0]["reason"], "TAG_CONTENT_MISMATCH");
    let (_, told) = graph(&simulation, "GET", answer["id"].as_str().unwrap(), &Value::Null).await;
    assert_eq!(told["rejected_reason"], "TAG_CONTENT_MISMATCH");
    assert_eq!(code(&simulation, &template(PHONE, "listo", &["a", "b"])).await, 132_001);
}

#[tokio::test]
async fn what_people_dislike_is_paused_twice_and_then_disabled() {
    let templates = vec![Template::new("oferta", "es", Category::Marketing, "Hoy todo a mitad de precio.")];
    let (simulation, host) = started(Options { templates, ..at_once() }).await;
    let (name, body) = ("oferta", template(PHONE, "oferta", &[]));
    let rate = |quality| {
        let change = TemplateChange::Rated(quality);
        simulation.happen(Happening::Template { name: name.to_owned(), language: None, change });
    };
    taken(&simulation, &body).await;
    rate(Quality::Yellow);
    taken(&simulation, &body).await;
    for (hours, news_so_far) in [(3, 2), (6, 4)] {
        rate(Quality::Red);
        assert_eq!(code(&simulation, &body).await, 132_015);
        simulation.advance(Duration::from_secs(hours * 3_600 - 1));
        assert_eq!(code(&simulation, &body).await, 132_015);
        simulation.advance(Duration::from_secs(1));
        until("the end of the pause", || news(&host).len() == news_so_far).await;
        taken(&simulation, &body).await;
    }
    rate(Quality::Red);
    assert_eq!(code(&simulation, &body).await, 132_016);
    told(&simulation).await;
    assert_eq!(news(&host), ["PAUSED", "REINSTATED", "PAUSED", "REINSTATED", "DISABLED"]);
    let titles: Vec<_> = host
        .changes("message_template_status_update")
        .iter()
        .map(|change| change["other_info"]["title"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(titles, ["FIRST_PAUSE", "UNPAUSE", "SECOND_PAUSE", "UNPAUSE", "DISABLED"]);
    let scores: Vec<_> = host
        .changes("message_template_quality_update")
        .iter()
        .map(|change| change["new_quality_score"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(scores, ["YELLOW", "RED", "RED", "RED"]);
}

#[tokio::test]
async fn a_pause_can_be_ended_by_hand_and_a_category_changes_without_being_asked() {
    let templates = vec![Template::new("pedido", "es", Category::Utility, "Su pedido está listo.")];
    let (simulation, host) = started(Options { templates, ..at_once() }).await;
    let happen = |change| {
        simulation.happen(Happening::Template { name: "pedido".to_owned(), language: None, change });
    };
    happen(TemplateChange::Paused);
    let (_, page) = graph(&simulation, "GET", &format!("{ACCOUNT}/message_templates"), &Value::Null).await;
    let id = page["data"][0]["id"].as_str().unwrap();
    assert_eq!(page["data"][0]["status"], "PAUSED");
    let unpause = format!("{id}/unpause");
    assert_eq!(graph(&simulation, "POST", &unpause, &Value::Null).await.1["success"], true);
    assert_eq!(graph(&simulation, "POST", &unpause, &Value::Null).await.1["success"], false);
    taken(&simulation, &template(PHONE, "pedido", &[])).await;

    happen(TemplateChange::Moved(Category::Marketing));
    until("the news", || host.changes("template_category_update").len() == 1).await;
    let change = host.changes("template_category_update")[0].clone();
    assert_eq!(
        (&change["previous_category"], &change["new_category"]),
        (&json!("UTILITY"), &json!("MARKETING"))
    );
    lucia(&simulation).marketing(NUMBER, false).unwrap();
    let wamid = taken(&simulation, &template(PHONE, "pedido", &[])).await;
    until("a failure", || host.fate(&wamid) == ["failed"]).await;
}

#[tokio::test]
async fn what_is_filled_in_has_to_fit() {
    let with_header = Template {
        components: vec![
            json!({"type": "HEADER", "format": "IMAGE"}),
            json!({"type": "BODY", "text": "Hola {{nombre}}."}),
            json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Sí"}, {"type": "COPY_CODE", "example": "A"}]}),
        ],
        named: true,
        ..Template::new("cupon", "es", Category::Marketing, "")
    };
    let templates = vec![
        Template::new("pedido", "es", Category::Utility, "Hola {{1}}, su pedido {{2}} llegó."),
        Template::new("clave", "es", Category::Authentication, "{{1}} es su clave."),
        with_header,
    ];
    let (simulation, host) = started(Options { templates, ..at_once() }).await;
    let coupon = |header: &Value, name: &str, code: bool| {
        let mut body = template(PHONE, "cupon", &["Lucía"]);
        body["template"]["components"][0]["parameters"][0]["parameter_name"] = name.into();
        let components = body["template"]["components"].as_array_mut().unwrap();
        components.push(json!({"type": "header", "parameters": [header]}));
        if code {
            let parameter = json!({"type": "coupon_code", "coupon_code": "A"});
            components.push(
                json!({"type": "button", "sub_type": "copy_code", "index": "1", "parameters": [parameter]}),
            );
        }
        body
    };
    let image = json!({"type": "image", "image": {"link": "https://x.co/a.png"}});
    let mut other_language = template(PHONE, "pedido", &["a", "b"]);
    other_language["template"]["language"]["code"] = "pt_BR".into();
    let mut to_user_id = template(PHONE, "clave", &["1234"]);
    to_user_id["recipient"] = "CO.1".into();
    to_user_id.as_object_mut().unwrap().remove("to");
    for (body, wanted) in [
        (template(PHONE, "nadie", &[]), 132_001),
        (other_language, 132_001),
        (template(PHONE, "pedido", &["solo uno"]), 132_000),
        (template(PHONE, "pedido", &["a", ""]), 131_008),
        (template(PHONE, "pedido", &["a", "dos\nlíneas"]), 132_018),
        (template(PHONE, "pedido", &["a", &"b".repeat(1_024)]), 132_005),
        (to_user_id, 131_062),
        (coupon(&json!({"type": "text", "text": "a"}), "nombre", true), 132_012),
        (coupon(&image, "apellido", true), 132_012),
        (coupon(&image, "nombre", false), 131_008),
        (template(PHONE, "pedido", &["Lucía", "7"]), 0),
        (template(PHONE, "clave", &["1234"]), 0),
        (coupon(&image, "nombre", true), 0),
    ] {
        assert_eq!(code(&simulation, &body).await, wanted, "{body}");
    }
    until("all three", || simulation.received(LUCIA).len() == 3).await;
    let words: Vec<_> = simulation.received(LUCIA).iter().map(|message| message.words().to_owned()).collect();
    assert_eq!(words, ["Hola Lucía, su pedido 7 llegó.", "1234 es su clave.", "Hola Lucía."]);

    // What is pressed under a template comes back in a form of its own.
    lucia(&simulation).press(NUMBER, "Sí", "Sí").unwrap();
    until("the press", || !host.raw("messages").is_empty()).await;
    assert_eq!(host.raw("messages")[0]["button"], json!({"payload": "Sí", "text": "Sí"}));
}

#[tokio::test]
async fn a_simulation_does_not_start_with_a_template_that_meta_would_not_take() {
    let templates = vec![Template::new("pedido", "es", Category::Utility, "{{1}}")];
    let error = simulator::start(Options { templates, ..at_once() }).await.err().unwrap().to_string();
    assert!(error.contains("`pedido`") && error.contains("start or end"), "{error}");
}
