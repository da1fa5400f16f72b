//! Whoever has a case brings others in without giving it away, and nobody is let in further than they were asked.

use serde_json::{Value, json};

use desk::{Act, CommandError, Hands};
use domain::agent::Presence;
use domain::id::AgentId;
use domain::stream::Actor;

use crate::assembled::{House, block_on};
use crate::caller::{Caller, enter, given, invited};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};
use crate::raci::governed_by;

const LUCIA: &str = "573001112233";

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"sofia\"\nname = \"Sofía Rojas\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"juan\"\nname = \"Juan\"\nroles = [\"agent\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_is_asked_by_name_reads_the_case_until_it_is_in_other_hands() {
    let (mut ricardo, company, serve) = attended().await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut juan = enter(&mut ricardo, &serve, "juan").await;
    let mut sofia = enter(&mut ricardo, &serve, "sofia").await;
    let at = taken_up(&company, &mut ana).await;

    assert_eq!(juan.get(&format!("{at}/messages")).await.problem(), "not-your-case");
    let could: Vec<Value> =
        ana.get(&format!("{at}/readers")).await.body["people"].as_array().unwrap().clone();
    assert!(could.contains(&json!({ "person": "juan", "name": "Juan" })), "{could:?}");
    let stranger = json!({ "text": "¿Sabes algo?", "mentions": ["pedro"] });
    let refused = ana.post(&format!("{at}/notes"), stranger).await;
    assert_eq!((refused.status, refused.problem()), (422, "no-such-person"));
    assert!(refused.body["detail"].as_str().unwrap().contains("`mentions`"), "{:#}", refused.body);

    let asks = json!({ "text": "@Juan ¿la bodega tiene la talla 38?", "mentions": ["juan"] });
    assert_eq!(ana.post(&format!("{at}/notes"), asks).await.status, 200);
    let notice = told(&mut juan, "mentioned").await;
    assert!(notice["words"].as_str().unwrap().contains("(Ana)"), "{notice:#}");
    assert_eq!(notice["page"], format!("/console?conversation={}", at.rsplit('/').next().unwrap()));
    assert!(!notice.to_string().contains("Lucía"), "a notice names no customer: {notice:#}");
    let mine = juan.get("/conversations?which=mine").await.body["conversations"][0].clone();
    assert_eq!(
        (&mine["asks-you"], &mine["customer"]["name"]),
        (&json!(true), &json!("Lucía Peña")),
        "{mine:#}"
    );
    let whole = juan.get(&format!("{at}/messages")).await;
    assert_eq!(
        (whole.status, &whole.body["remarks"][0]["asks"]),
        (200, &json!(["Juan"])),
        "{:#}",
        whole.body
    );

    // He may say something to her, and nothing to the customer.
    assert_eq!(juan.post(&format!("{at}/notes"), json!({ "text": "Sí, quedan dos" })).await.status, 200);
    // Named or not, she is told.
    let notice = told(&mut ana, "mentioned").await;
    assert!(notice["words"].as_str().unwrap().contains("(Juan)"), "{notice:#}");
    assert_eq!(
        juan.post(&format!("{at}/replies"), json!({ "text": "Hola" })).await.problem(),
        "not-your-case"
    );
    // Whom she asked asks her back, and lets nobody else in.
    let chain = json!({ "text": "@Sofía Rojas ¿y tú?", "mentions": ["sofia"] });
    assert_eq!(juan.post(&format!("{at}/notes"), chain).await.problem(), "not-your-case");
    let back = json!({ "text": "@Ana ya te las aparté", "mentions": ["ana"] });
    assert_eq!(juan.post(&format!("{at}/notes"), back).await.status, 200);
    assert!(sofia.get("/notices").await.body["notices"].to_string().find("mentioned").is_none());

    // Given back, it is nobody's whom she asked.
    assert_eq!(ana.post(&format!("{at}/return"), json!({ "why": "Es de bodega" })).await.status, 200);
    assert_eq!(juan.get(&format!("{at}/messages")).await.problem(), "not-your-case");
    assert_eq!(juan.get("/conversations?which=mine").await.body["conversations"], json!([]));
    serve.stop();
}

#[test]
fn who_was_to_be_let_in_is_not_when_the_case_changed_hands_meanwhile() {
    let company = "[[queues]]\nid = \"ventas\"\n[[queues]]\nid = \"bodega\"\n\
        [[agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"ventas\"]\n";
    let rules = &[("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#)];
    let house = House::new(71, company, rules);
    let mut open = house.open().unwrap();
    let ana = AgentId::from("ana");
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    let (id, _) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    let agent = ana.clone();
    open.carry_out(move |desk| async move { desk.accept(&agent, id).await }).unwrap();

    // She had it when she began to write, and a colleague is asked.
    let hands = Hands::of(&open.desk.store().conversation(id).unwrap().1.unwrap());
    let note = |hands: &Option<Hands>| Act::Note {
        by: Actor::Agent(ana.clone()),
        text: "@Juan ¿la ves tú?".to_owned(),
        mentions: ["juan".into()].into(),
        hands: hands.clone(),
    };
    let (before, after) = (note(&hands), note(&hands));
    open.carry_out(move |desk| async move { desk.hand(id, before).await }).unwrap();
    let give = Act::Return {
        agent: ana.clone(),
        to: Some(("bodega".into(), Vec::new())),
        why: "Es de bodega".to_owned(),
    };
    open.carry_out(move |desk| async move { desk.hand(id, give).await }).unwrap();
    let refused = open.carry_out(move |desk| async move { desk.hand(id, after).await });
    assert!(matches!(refused, Err(CommandError::ChangedHands)), "{refused:?}");
    let case = open.desk.store().conversation(id).unwrap().1.unwrap().case.unwrap();
    assert!(case.consulted.is_empty(), "{:?}", case.consulted);
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_asked_of_whoever_watches_and_ends_when_somebody_gave_it() {
    let (mut ricardo, company, serve) = attended().await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut juan = enter(&mut ricardo, &serve, "juan").await;
    let mut sofia = enter(&mut ricardo, &serve, "sofia").await;
    let at = taken_up(&company, &mut ana).await;
    let id = at.rsplit('/').next().unwrap().to_owned();

    assert_eq!(juan.post(&format!("{at}/help"), json!({ "why": "No sé" })).await.problem(), "not-your-case");
    assert_eq!(
        ana.post(&format!("{at}/help"), json!({ "why": "Amenaza con denunciarnos" })).await.status,
        200
    );
    let notice = told(&mut sofia, "help").await;
    assert_eq!(notice["part"], "loud", "{notice:#}");
    assert!(!notice.to_string().contains("denunciarnos"), "why is about a customer: {notice:#}");
    assert!(juan.get("/notices").await.body["notices"].to_string().find("help").is_none());
    let board = sofia.get("/board").await.body;
    assert_eq!(board["agents"][0]["help"], json!([id]), "{board:#}");
    let page = sofia.page("/console/tower").await.body.as_str().unwrap().to_owned();
    assert!(page.contains(&format!("href=\"/console?conversation={id}\"")), "{page}");

    // Whoever looks customers up reads what for, and answers her.
    let open = ricardo.get(&format!("{at}/messages")).await.body;
    assert_eq!(open["conversation"]["help"]["why"], "Amenaza con denunciarnos", "{open:#}");
    assert_eq!(ana.post(&format!("{at}/notes"), json!({ "text": "Sigue escribiendo" })).await.status, 200);
    assert!(!ana.get(&format!("{at}/messages")).await.body["conversation"]["help"].is_null(), "her own note");
    assert_eq!(
        ricardo.post(&format!("{at}/notes"), json!({ "text": "Ofrécele el cambio" })).await.status,
        200
    );
    let after = ana.get(&format!("{at}/messages")).await.body;
    assert!(after["conversation"]["help"].is_null(), "{after:#}");
    let remarks: Vec<&str> =
        after["remarks"].as_array().unwrap().iter().map(|one| one["is"].as_str().unwrap()).collect();
    assert_eq!(remarks, ["help", "note", "note", "helped"], "{after:#}");
    // What was asked and given is in the record, without a word of it.
    let record = ricardo.get("/audit/entries").await.body.to_string();
    assert!(record.contains("help-asked") && !record.contains("denunciarnos"));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_see_who_is_writing_what_is_unanswered_and_the_tags_that_people_put() {
    let (mut ricardo, company, serve) = attended().await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut juan = enter(&mut ricardo, &serve, "juan").await;
    let at = taken_up(&company, &mut ana).await;
    let lucia = company.whatsapp.customer(LUCIA, "Lucía Peña");
    lucia.say(NUMBER, "¿Hay alguien?").unwrap();
    company.until("message-received", 2).await;
    let mine = ana.get("/conversations?which=mine").await.body["conversations"][0].clone();
    assert_eq!(mine["unanswered"]["messages"], 2, "{mine:#}");

    assert_eq!(juan.post(&format!("{at}/writing"), Value::Null).await.problem(), "not-your-case");
    assert_eq!(ana.post(&format!("{at}/writing"), Value::Null).await.status, 200);
    let seen = |whole: &Value| whole["conversation"]["writing"].clone();
    assert_eq!(seen(&ricardo.get(&format!("{at}/messages")).await.body), "Ana");
    assert!(seen(&ana.get(&format!("{at}/messages")).await.body).is_null(), "she knows");
    assert_eq!(ana.post(&format!("{at}/replies"), json!({ "text": "Aquí estoy" })).await.status, 200);
    let answered = ricardo.get(&format!("{at}/messages")).await.body;
    assert!(seen(&answered).is_null() && answered["conversation"]["unanswered"].is_null(), "{answered:#}");

    let tags = format!("{at}/tags");
    assert_eq!(juan.post(&tags, json!({ "add": ["reclamo"] })).await.problem(), "not-your-case");
    assert_eq!(ana.post(&tags, json!({ "add": ["reclamo", " talla 38 "] })).await.status, 200);
    assert_eq!(ricardo.post(&tags, json!({ "add": ["vip"], "remove": ["reclamo"] })).await.status, 200);
    let card = ana.get(&format!("{at}/customer")).await.body;
    assert_eq!(card["tags"], json!(["talla 38", "vip"]), "{card:#}");
    let long = ana.post(&tags, json!({ "add": ["x".repeat(41)] })).await;
    assert_eq!((long.status, long.problem()), (422, "not-words"));
    let many: Vec<String> = (0..20).map(|n| format!("t{n}")).collect();
    assert_eq!(ana.post(&tags, json!({ "add": many })).await.status, 422);
    assert_eq!(ana.get(&format!("{at}/customer")).await.body["tags"], json!(["talla 38", "vip"]));
    serve.stop();
}

/// A shop in which Ana takes cases, and Ricardo has come in.
async fn attended() -> (Caller, Company, Serve) {
    let agents = "[[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"]\n\
        [[company.agents]]\nid = \"juan\"\nname = \"Juan\"\nqueues = [\"general\"]\n";
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"")
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agents}"));
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    (ricardo, company, serve)
}

/// A case that Ana has taken up: where it is asked about.
async fn taken_up(company: &Company, ana: &mut Caller) -> String {
    assert_eq!(ana.post("/me/presence", json!({ "presence": "available" })).await.status, 200);
    let lucia = company.whatsapp.customer(LUCIA, "Lucía Peña");
    lucia.say(NUMBER, "Quiero hablar con una persona").unwrap();
    let at = given(ana).await;
    assert_eq!(ana.post(&format!("{at}/accept"), Value::Null).await.status, 200);
    at
}

/// A notice of somebody's, once they have it.
async fn told(person: &mut Caller, is: &str) -> Value {
    for _ in 0..200 {
        let all = person.get("/notices").await.body["notices"].as_array().unwrap().clone();
        if let Some(one) = all.into_iter().find(|one| one["matter"]["is"] == is) {
            return one;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody told them of `{is}`");
}
