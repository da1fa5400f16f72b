//! Finding a customer again: in what one may read, and in nothing else.

use serde_json::{Value, json};

use crate::caller::{Caller, enter, given, invited};
use crate::message::SHOP;
use crate::program::NUMBER;
use crate::raci::governed_by;

const LUCIA: &str = "573001112233";
const PEDRO: &str = "573004445566";

const PEOPLE: &str = "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n\
    [[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"sofia\"\nname = \"Sofía\"\nroles = [\"admin\"]\nscope = { queues = [\"other\"] }\n\
    [[people]]\nid = \"nova\"\nname = \"Nova\"\nroles = [\"partner\"]\nexternal = true\n";

async fn found(who: &mut Caller, words: &str) -> Vec<String> {
    let told = who.post("/search", json!({ "words": words })).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert!(told.body["next"].is_null(), "{told:?}");
    let hits = told.body["hits"].as_array().unwrap().iter();
    hits.map(|hit| {
        let excerpt = hit["said"][0]["excerpt"].as_str().unwrap_or_default();
        format!("{}: {excerpt}", hit["conversation"]["customer"]["name"].as_str().unwrap())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_finds_words_in_their_own_cases_and_who_looks_customers_up_in_all_they_reach() {
    let agent = "[[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"]\ncapacity = 1\n";
    let shop = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"").replace(
        "id = \"general\"\n",
        &format!("id = \"general\"\n[[company.queues]]\nid = \"other\"\n{agent}"),
    );
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut sofia = enter(&mut ricardo, &serve, "sofia").await;
    let mut nova = enter(&mut ricardo, &serve, "nova").await;

    let says = |phone: &str, name: &str, words: &str| {
        company.whatsapp.customer(phone, name).say(NUMBER, words).unwrap();
    };
    assert_eq!(ana.post("/me/presence", json!({ "presence": "available" })).await.status, 200);
    assert_eq!(found(&mut ana, "garantía").await, [""; 0], "nothing is hers yet");
    says(LUCIA, "Lucía Peña", "Perdí la garantia del taladro, quiero hablar con una persona");
    company.until("case-assigned", 1).await;
    says(PEDRO, "Pedro Rojas", "La GARANTÍA de la sierra: quiero hablar con una persona");
    company.until("case-queued", 2).await;
    let at = given(&mut ana).await;
    assert_eq!(ana.post(&format!("{at}/accept"), Value::Null).await.status, 200);
    let note = json!({ "text": "Le prometí una copia de la factura" });
    assert_eq!(ana.post(&format!("{at}/notes"), note).await.status, 200);
    let said = "Lucía Peña: Perdí la garantia del taladro, quiero hablar con una persona";
    for words in ["garantía", "TALADRO perdi"] {
        assert_eq!(found(&mut ana, words).await, [said], "{words}");
    }
    assert_eq!(found(&mut ana, "pena").await, ["Lucía Peña: "]);
    assert_eq!(found(&mut ana, "300 111-22 33").await, ["Lucía Peña: "]);
    assert_eq!(found(&mut ana, "copia factura").await, ["Lucía Peña: Le prometí una copia de la factura"]);
    assert_eq!(found(&mut ana, "sierra").await, [""; 0], "it is another's");

    let both = found(&mut ricardo, "garantia").await;
    let mut customers: Vec<&str> = both.iter().filter_map(|hit| Some(hit.split_once(':')?.0)).collect();
    customers.sort_unstable();
    assert_eq!(customers, ["Lucía Peña", "Pedro Rojas"]);
    assert_eq!(found(&mut sofia, "garantia").await, [""; 0], "out of her scope");
    assert_eq!(nova.post("/search", json!({ "words": "garantia" })).await.problem(), "not-yours-to-do");
    assert_eq!(ana.post("/search", json!({ "words": "a" })).await.problem(), "nothing-to-find");
    let wrong = ana.post("/search", json!({ "words": "garantia", "after": "x" })).await;
    assert_eq!(wrong.problem(), "nothing-to-find");

    // That somebody searched is of record; for what is about a customer, and is not.
    let acts = company.journal(&["--kind", "acted"]);
    let searched: Vec<&Value> =
        acts.iter().filter(|act| act["data"]["action"] == "search-conversations").collect();
    assert!(searched.len() >= 10, "{searched:?}");
    assert!(!format!("{searched:?}").contains("garantia"));
    serve.stop();
}
