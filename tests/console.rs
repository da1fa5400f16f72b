//! An agent at work through the API: from the customer's first words to the end of the case.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{Caller, PASSWORD, invite, invited};
use crate::message::SHOP;
use crate::program::{NUMBER, Serve};
use crate::raci::governed_by;

const LUCIA: &str = "573001112233";

const PEOPLE: &str = "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n\
    [[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"beto\"\nname = \"Beto\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"olga\"\nname = \"Olga\"\nroles = [\"agent\"]\nscope = { queues = [\"other\"] }\n\
    [[people]]\nid = \"nova\"\nname = \"Nova\"\nroles = [\"partner\"]\nexternal = true\n";

async fn enter(ricardo: &mut Caller, serve: &Serve, person: &str) -> Caller {
    let mut caller = Caller::new(serve);
    let accepted = json!({ "invitation": invite(ricardo, person).await, "password": PASSWORD });
    let told = caller.post("/invitations/accept", accepted).await;
    assert_eq!(told.status, 200, "{told:?}");
    caller
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_finds_who_waits_attends_them_and_nobody_else_speaks_for_the_agent() {
    let agents: String = ["ana", "beto"]
        .map(|id| format!("[[company.agents]]\nid = \"{id}\"\nname = \"{id}\"\nqueues = [\"general\"]\n"))
        .concat();
    let shop = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"").replace(
        "id = \"general\"\n",
        &format!("id = \"general\"\n[[company.queues]]\nid = \"other\"\n{agents}"),
    );
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let mut beto = enter(&mut ricardo, &serve, "beto").await;
    let mut olga = enter(&mut ricardo, &serve, "olga").await;
    let mut nova = enter(&mut ricardo, &serve, "nova").await;

    company.whatsapp.customer(LUCIA, "Lucía Peña").say(NUMBER, "Quiero hablar con una persona").unwrap();
    company.until("case-queued", 1).await;
    let waiting = ana.get("/conversations?which=waiting").await;
    let seen = &waiting.body["conversations"][0];
    assert_eq!(
        (&seen["customer"]["name"], &seen["customer"]["phone"]),
        (&json!("L••• P•••"), &json!("••• 2233")),
        "{waiting:?}"
    );
    assert_eq!(seen["holder"]["is"], "queue");
    let at = format!("/conversations/{}", seen["conversation"].as_str().unwrap());

    assert!(seen["last"]["text"].is_null() && seen["last"]["by"]["is"] == "customer", "{seen}");

    // Whose scope does not reach the queue finds nothing, and a partner is not let in. What was said is nobody's to read before
    // the case is, but of whoever looks customers up.
    for which in ["mine", "waiting", "open"] {
        let path = format!("/conversations?which={which}");
        assert_eq!(olga.get(&path).await.body["conversations"], json!([]));
        assert_eq!(nova.get(&path).await.problem(), "not-yours-to-do");
    }
    let messages = format!("{at}/messages");
    assert_eq!(olga.get(&messages).await.problem(), "not-yours-to-do");
    assert_eq!(nova.get(&messages).await.problem(), "not-yours-to-do");
    assert_eq!(ana.get(&messages).await.problem(), "not-your-case");
    assert_eq!(ricardo.get(&messages).await.body["conversation"]["customer"]["name"], "Lucía Peña");

    // Nobody answers before the case is theirs, nor takes one while away.
    let hello = json!({ "text": "Hola, soy Ana" });
    assert_eq!(ana.post(&format!("{at}/replies"), hello.clone()).await.problem(), "not-your-case");
    assert_eq!(ana.post(&format!("{at}/accept"), Value::Null).await.problem(), "not-available");
    assert_eq!(ana.post("/me/presence", json!({ "presence": "available" })).await.status, 200);
    assert_eq!(ana.get("/me/presence").await.body["presence"], "available");
    let accepted = ana.post(&format!("{at}/accept"), Value::Null).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    let mine = ana.get(&messages).await;
    let customer = &mine.body["conversation"]["customer"];
    assert_eq!((&customer["name"], &customer["phone"]), (&json!("Lucía Peña"), &json!(format!("+{LUCIA}"))));
    assert!(mine.body["conversation"]["window-until"].is_string(), "{mine:?}");
    let listed = ana.get("/conversations?which=mine").await.body["conversations"][0].clone();
    assert_eq!((&listed["customer"]["name"], &listed["yours"]), (&json!("Lucía Peña"), &json!(true)));
    assert_eq!(beto.get(&messages).await.problem(), "not-your-case");
    assert_eq!(beto.post(&format!("{at}/replies"), hello.clone()).await.problem(), "not-your-case");
    assert_eq!(ricardo.post(&format!("{at}/replies"), hello.clone()).await.status, 403);

    // A lost connection: the same is sent again, and said once.
    let mut sure = ana.with("Idempotency-Key", "draft-1");
    let first = sure.post(&format!("{at}/replies"), hello.clone()).await;
    let again = sure.post(&format!("{at}/replies"), hello).await;
    assert_eq!((first.status, &first.body), (200, &again.body), "{first:?} {again:?}");
    let deadline = Instant::now() + Duration::from_secs(20);
    let said = loop {
        let said = ana.get(&messages).await.body["messages"].clone();
        if said.as_array().unwrap().len() == 2 && said[1]["fares"]["is"] == "read" {
            break said;
        }
        assert!(Instant::now() < deadline, "{said:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(said[0]["text"], "Quiero hablar con una persona");
    assert_eq!((&said[1]["by"]["name"], &said[1]["text"]), (&json!("ana"), &json!("Hola, soy Ana")));
    assert_eq!(company.whatsapp.received(LUCIA).len(), 1);

    let made_up = ana.post(&format!("{at}/close"), json!({ "code": "lucia-pena" })).await;
    assert_eq!(made_up.problem(), "not-a-code");
    assert_eq!(ana.post(&format!("{at}/close"), json!({ "code": "answered" })).await.status, 200);
    assert_eq!(ana.get("/conversations?which=mine").await.body["conversations"], json!([]));
    assert_eq!(ana.get(&messages).await.problem(), "not-your-case", "it is hers no more");
    // Whoever read it is of record, and lists are not.
    let acts = company.journal(&["--kind", "acted"]);
    let of = |action: &str| acts.iter().filter(|act| act["data"]["action"] == action).count();
    assert!(of("read-conversation") >= 5 && of("list-conversations") == 0, "{acts:?}");
    serve.stop();
}
