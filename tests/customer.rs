//! Whom an agent has in front of them, and what they sent: as what it is, and to nobody else.

use serde_json::{Value, json};

use crate::caller::{Caller, enter, given, invited};
use crate::live::Listening;
use crate::message::SHOP;
use crate::program::NUMBER;
use crate::raci::governed_by;

const LUCIA: &str = "573001112233";

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"juan\"\nname = \"Juan\"\nroles = [\"agent\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn who_attends_a_customer_sees_what_they_want_to_hear_of_and_how_their_cases_ended() {
    let agent = "[[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"]\n";
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"")
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agent}"));
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut juan = enter(&mut ricardo, &serve, "juan").await;
    assert_eq!(ana.post("/me/presence", json!({ "presence": "available" })).await.status, 200);

    let lucia = company.whatsapp.customer(LUCIA, "Lucía Peña");
    lucia.say(NUMBER, "Quiero hablar con una persona").unwrap();
    let at = given(&mut ana).await;
    assert_eq!(ana.post(&format!("{at}/accept"), Value::Null).await.status, 200);

    let card = ana.get(&format!("{at}/customer")).await.body;
    assert_eq!(card["customer"]["phone"], "+573001112233", "{card:#}");
    assert_eq!(
        (&card["earlier"], &card["consents"]),
        (&json!([]), &json!([])),
        "nothing is made up: {card:#}"
    );

    let reply = json!({ "text": "Con mucho gusto" });
    assert_eq!(ana.post(&format!("{at}/replies"), reply).await.status, 200);
    // What she wrote with her own hand counts, and how the case ended is there when she comes back.
    lucia.say(NUMBER, "BAJA").unwrap();
    company.until("consent-changed", 1).await;
    let codes = ana.get(&format!("{at}/messages")).await.body["codes"].clone();
    let code = codes[0].as_str().unwrap();
    assert_eq!(ana.post(&format!("{at}/close"), json!({ "code": code })).await.status, 200);
    assert_eq!(juan.get(&format!("{at}/customer")).await.problem(), "not-your-case");
    assert_eq!(ana.get(&format!("{at}/customer")).await.problem(), "not-your-case", "not any more");
    let mut told = Listening::open(&ana, None).await;
    lucia.say(NUMBER, "Quiero hablar con una persona otra vez").unwrap();
    company.until("case-assigned", 2).await;
    // Her page is told that there is something, and nothing of what it is.
    told.until(|text| text.contains("event: conversations\ndata: {\"link\":\"/api/v1/conversations\"}"))
        .await;
    assert_eq!(ana.post(&format!("{at}/accept"), Value::Null).await.status, 200);
    let card = ana.get(&format!("{at}/customer")).await.body;
    let consent = &card["consents"][0];
    assert_eq!(
        (&consent["category"], &consent["consent"], &consent["source"]),
        (&json!("marketing"), &json!("opt-out"), &json!("keyword")),
        "{card:#}"
    );
    let earlier = &card["earlier"][0];
    assert_eq!((earlier["code"].as_str(), &earlier["by"]["name"]), (Some(code), &json!("Ana")), "{card:#}");
    assert_eq!(card["attended"][0]["name"], "Ana", "{card:#}");
    let remarks = ana.get(&format!("{at}/messages")).await.body["remarks"].clone();
    assert_eq!((&remarks[0]["is"], &remarks[0]["code"]), (&json!("closed"), &json!(code)), "{remarks:#}");
    serve.stop();
}
