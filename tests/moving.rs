//! Cases that go from hand to hand: by agents among themselves, by who steers, one or many; and shifts that end.

use serde_json::{Value, json};

use crate::caller::{Caller, PASSWORD, invite, invited};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve, timonel, until};
use crate::raci::{governed_by, run};

/// An agent of two queues, one of the second alone, one who steers and attends too, two who answer for it.
const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"beto\"\nname = \"Beto\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"sara\"\nname = \"Sara\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"silvio\"\nname = \"Silvio\"\nroles = [\"supervisor\"]\n";

struct Shop {
    company: Company,
    serve: Serve,
    ana: Caller,
    beto: Caller,
    sara: Caller,
    silvio: Caller,
}

async fn shop(settings: &str) -> Shop {
    let agent = |id: &str, queues: &str, more: &str| {
        format!("[[company.agents]]\nid = \"{id}\"\nname = \"{id}\"\nqueues = [{queues}]\n{more}")
    };
    let agents = agent("ana", "\"general\", \"pagos\"", "capacity = 3\nskills = [\"pt\"]\n")
        + &agent("beto", "\"pagos\"", "capacity = 2\n");
    let shop = SHOP.replace("[company]", &format!("[company]\nraci = \"raci.toml\"\n{settings}")).replace(
        "id = \"general\"\n",
        &format!(
            "id = \"general\"\n[[company.queues]]\nid = \"pagos\"\n[company.approvals]\nmoves = 4\n{agents}"
        ),
    );
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut callers = Vec::new();
    for person in ["ana", "beto", "sara", "silvio"] {
        let mut caller = Caller::new(&serve);
        let link = invite(&mut ricardo, person).await;
        if person.starts_with('s') {
            caller.settle(&link).await;
        } else {
            let accepted = json!({ "invitation": link, "password": PASSWORD });
            assert_eq!(caller.post("/invitations/accept", accepted).await.status, 200);
        }
        callers.push(caller);
    }
    let [ana, beto, sara, silvio] = <[Caller; 4]>::try_from(callers).ok().unwrap();
    Shop { company, serve, ana, beto, sara, silvio }
}

fn phone(n: usize) -> String {
    format!("5730011{n:05}")
}

impl Shop {
    /// So many customers wait in `general`. Gives their conversations, in the order in which they came.
    async fn customers(&self, count: usize) -> Vec<String> {
        for n in 0..count {
            self.company
                .whatsapp
                .customer(&phone(n), "Cliente")
                .say(NUMBER, "Una persona, por favor")
                .unwrap();
            self.company.until("case-queued", n + 1).await;
        }
        let started = self.company.journal(&["--kind", "conversation-started"]);
        let name =
            |one: &Value| one["stream"].as_str().unwrap().strip_prefix("conversation/").unwrap().to_owned();
        started.iter().map(name).collect()
    }
}

async fn be(who: &mut Caller, presence: &str) {
    let told = who.post("/me/presence", json!({ "presence": presence })).await;
    assert_eq!(told.status, 200, "{told:?}");
}

async fn accept(who: &mut Caller, conversation: &str) {
    let told = who.post(&format!("/conversations/{conversation}/accept"), Value::Null).await;
    assert_eq!(told.status, 200, "{told:?}");
}

async fn act(who: &mut Caller, conversation: &str, what: &str, body: Value) -> crate::caller::Told {
    who.post(&format!("/conversations/{conversation}/{what}"), body).await
}

async fn mine(who: &mut Caller) -> Vec<Value> {
    who.get("/conversations?which=mine").await.body["conversations"].as_array().unwrap().clone()
}

async fn say(who: &mut Caller, proposal: &str, what: &str) -> u16 {
    let of = who.get(&format!("/proposals/{proposal}")).await.body["of"].clone();
    who.post(&format!("/proposals/{proposal}/words"), json!({ "do": what, "of": of, "words": "" }))
        .await
        .status
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_gives_back_waits_for_others_and_a_colleague_has_it_when_they_want_it() {
    let mut shop = shop("").await;
    let one = shop.customers(1).await.remove(0);
    be(&mut shop.ana, "available").await;
    until("it is given to ana", async || mine(&mut shop.ana).await.len() == 1).await;
    accept(&mut shop.ana, &one).await;

    // Asked, declined, asked again, taken back: it stays hers.
    let why = json!({ "to": "beto", "why": "Sabe de pagos" });
    assert_eq!(act(&mut shop.ana, &one, "hand-over", why.clone()).await.problem(), "not-available");
    be(&mut shop.beto, "busy").await;
    let unknown = json!({ "to": "nadie", "why": "x" });
    assert_eq!(act(&mut shop.ana, &one, "hand-over", unknown).await.problem(), "no-such-place");
    let silent = json!({ "to": "beto", "why": "  " });
    assert_eq!(act(&mut shop.ana, &one, "hand-over", silent).await.problem(), "not-words");
    assert_eq!(act(&mut shop.ana, &one, "hand-over", why.clone()).await.status, 200);
    let asked = mine(&mut shop.beto).await.remove(0);
    assert_eq!((&asked["offer"]["is-you"], &asked["offer"]["why"]), (&json!(true), &json!("Sabe de pagos")));
    assert_eq!(asked["customer"]["name"], "C•••", "whom it is with they see when it is theirs");
    assert_eq!(act(&mut shop.beto, &one, "hand-over/decline", Value::Null).await.status, 200);
    assert!(mine(&mut shop.beto).await.is_empty() && mine(&mut shop.ana).await.len() == 1);
    assert_eq!(act(&mut shop.beto, &one, "hand-over/accept", Value::Null).await.problem(), "not-asked");
    assert_eq!(act(&mut shop.ana, &one, "hand-over", why.clone()).await.status, 200);
    assert_eq!(act(&mut shop.ana, &one, "hand-over/withdraw", Value::Null).await.status, 200);

    // Accepted, when he takes cases at all: his in the queue that he serves, and one place of hers is free.
    assert_eq!(act(&mut shop.ana, &one, "hand-over", why).await.status, 200);
    assert_eq!(act(&mut shop.beto, &one, "hand-over/accept", Value::Null).await.problem(), "not-available");
    be(&mut shop.beto, "available").await;
    assert_eq!(act(&mut shop.beto, &one, "hand-over/accept", Value::Null).await.status, 200);
    let his = mine(&mut shop.beto).await.remove(0);
    assert_eq!((&his["holder"]["queue"], &his["offer"]), (&json!("pagos"), &Value::Null));
    assert!(his["holder"]["accepted"].is_string() && mine(&mut shop.ana).await.is_empty());
    let load = |told: Value| told["cases"].as_u64().unwrap();
    assert_eq!(load(shop.ana.get("/me/presence").await.body), 0);
    assert_eq!(load(shop.beto.get("/me/presence").await.body), 1);

    // A note, which colleagues read and the customer does not; and then it is given back, and given to the other one.
    assert_eq!(act(&mut shop.ana, &one, "notes", json!({ "text": "no" })).await.problem(), "not-your-case");
    assert_eq!(act(&mut shop.beto, &one, "notes", json!({ "text": "Pagó dos veces" })).await.status, 200);
    let nowhere = json!({ "queue": "ventas", "why": "x" });
    assert_eq!(act(&mut shop.beto, &one, "return", nowhere).await.problem(), "no-such-place");
    let back = json!({ "queue": "pagos", "why": "Necesita portugués", "skills": ["pt"] });
    assert_eq!(act(&mut shop.beto, &one, "return", back).await.status, 200);
    until("ana has it again", async || mine(&mut shop.ana).await.len() == 1).await;
    let read = shop.ana.get(&format!("/conversations/{one}/messages")).await.body;
    let remarks: Vec<&str> =
        read["remarks"].as_array().unwrap().iter().map(|one| one["is"].as_str().unwrap()).collect();
    assert_eq!(
        remarks,
        ["asked", "declined", "asked", "withdrawn", "asked", "handed-over", "note", "returned"]
    );
    assert_eq!(read["remarks"][6]["text"], "Pagó dos veces");
    assert!(shop.company.whatsapp.received(&phone(0)).is_empty());
    // Nothing of it lies in the journal in clear.
    let journal = std::fs::read_dir(shop.company.data.join("journal")).unwrap();
    for file in journal {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for words in ["Sabe de pagos", "dos veces", "portugu"] {
            assert!(!bytes.windows(words.len()).any(|window| window == words.as_bytes()), "{words}");
        }
    }
    shop.serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_sleeps_until_its_time_or_until_the_customer_writes() {
    let mut shop = shop("").await;
    let one = shop.customers(1).await.remove(0);
    be(&mut shop.ana, "available").await;
    until("it is given to ana", async || mine(&mut shop.ana).await.len() == 1).await;
    accept(&mut shop.ana, &one).await;
    let at = |seconds: i64| {
        let now = jiff::Timestamp::now();
        json!({ "until": now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap() })
    };
    for wrong in [at(-5), at(8 * 86_400)] {
        assert_eq!(act(&mut shop.ana, &one, "snooze", wrong).await.problem(), "not-words");
    }
    assert_eq!(act(&mut shop.ana, &one, "snooze", at(6)).await.status, 200);
    assert!(mine(&mut shop.ana).await[0]["asleep"]["until"].is_string());
    assert_eq!(shop.ana.get("/me/presence").await.body["cases"], 1, "it takes up its place");
    shop.company.until("case-woken", 1).await;
    assert_eq!(mine(&mut shop.ana).await[0]["asleep"], Value::Null);
    assert_eq!(act(&mut shop.ana, &one, "snooze", json!({})).await.status, 200);
    shop.company.whatsapp.customer(&phone(0), "Cliente").say(NUMBER, "¿Sigue ahí?").unwrap();
    let woken = shop.company.until("case-woken", 2).await;
    assert_eq!((&woken[0]["data"]["by"], &woken[1]["data"]["by"]), (&json!("due"), &json!("written")));
    shop.serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_steers_moves_cases_alone_up_to_the_threshold_and_beyond_it_when_another_one_agrees() {
    let mut shop = shop("").await;
    let all = shop.customers(7).await;
    let to_pagos = json!({ "queue": { "queue": "pagos" } });
    let one = json!({ "to": to_pagos, "why": "Es de pagos" });
    assert_eq!(act(&mut shop.ana, &all[0], "move", one.clone()).await.status, 403, "an agent moves nobody's");
    assert_eq!(act(&mut shop.sara, &all[0], "move", one.clone()).await.status, 200);
    assert_eq!(act(&mut shop.sara, &all[0], "move", one).await.problem(), "there-already");
    let away = json!({ "to": { "agent": "beto" }, "why": "Es suyo" });
    assert_eq!(act(&mut shop.sara, &all[0], "move", away.clone()).await.problem(), "not-available");

    // Three at once, of the queue that waits: beto has room for one beside the one that he is given.
    be(&mut shop.beto, "available").await;
    until("beto has one", async || mine(&mut shop.beto).await.len() == 1).await;
    let three = json!({ "cases": { "conversations": all[1..4] }, "to": { "agent": "beto" } });
    let seen = shop.sara.post("/case-moves/preview", three.clone()).await.body;
    assert_eq!(
        (&seen["cases"], &seen["from"]["queue general"], &seen["needs-agreement"]),
        (&json!(3), &json!(3), &json!(false))
    );
    assert_eq!(seen["left"], json!([{ "why": "full", "words": "sin cupo", "cases": 2 }]), "{seen}");
    let mut wanted = three;
    wanted["reason"] = "".into();
    assert_eq!(shop.sara.post("/case-moves", wanted.clone()).await.problem(), "not-a-move");
    wanted["reason"] = "Pico de pagos".into();
    wanted["of"] = json!("00".repeat(32));
    assert_eq!(shop.sara.post("/case-moves", wanted.clone()).await.problem(), "changed-meanwhile");
    wanted["of"] = seen["of"].clone();
    assert_eq!(shop.ana.post("/case-moves", wanted.clone()).await.status, 403);
    let begun = shop.sara.post("/case-moves", wanted).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let path = format!("/case-moves/{}", begun.body["move"].as_str().unwrap());
    until("it is done", async || shop.sara.get(&path).await.body["stage"] == "done").await;
    let done = shop.sara.get(&path).await.body;
    assert_eq!((&done["moved"], &done["left"][0]["cases"]), (&json!(1), &json!(2)), "{done}");
    assert_eq!(mine(&mut shop.beto).await.len(), 2);

    // Three and three are more than four within the hour.
    let rest = json!({ "cases": { "queue": "general" }, "to": to_pagos, "reason": "General no da abasto" });
    let asked = shop.sara.post("/case-moves", rest).await;
    assert_eq!((asked.status, &asked.body["stage"]), (200, &json!("proposed")), "{asked:?}");
    assert_eq!(asked.body["cases"], 5);
    let proposal = asked.body["proposal"].as_str().unwrap().to_owned();
    assert_eq!(say(&mut shop.sara, &proposal, "sign").await, 403, "not who asks for it");
    // Meanwhile ana takes one of them.
    be(&mut shop.ana, "busy").await;
    let taken = json!({ "to": { "agent": "ana" }, "why": "Cliente suyo" });
    assert_eq!(act(&mut shop.sara, &all[6], "move", taken.clone()).await.problem(), "not-available");
    be(&mut shop.ana, "available").await;
    until("ana is full", async || mine(&mut shop.ana).await.len() == 3).await;
    assert_eq!(say(&mut shop.silvio, &proposal, "sign").await, 200);
    let path = format!("/case-moves/{}", asked.body["move"].as_str().unwrap());
    until("it is done", async || shop.sara.get(&path).await.body["stage"] == "done").await;
    let done = shop.sara.get(&path).await.body;
    assert_eq!((&done["moved"], &done["left"][0]["why"]), (&json!(2), &json!("elsewhere")), "{done}");
    let told = shop.silvio.get(&format!("/proposals/{proposal}")).await.body;
    assert_eq!((&told["answer"]["moved"], &told["stage"]["is"]), (&json!(2), &json!("live")), "{told}");
    shop.serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_moves_cases_and_a_crash_in_the_middle_moves_none_twice_and_forgets_none() {
    const ALL: usize = 300;
    let settings = "\n[company.approvals]\nmoves = 500\n";
    let shop = SHOP.replace(
        "id = \"general\"\n",
        &format!("id = \"general\"\n[[company.queues]]\nid = \"pagos\"\n{settings}"),
    );
    let company = Company::new().await;
    company.configure(&shop);
    let serve = company.start();
    for n in 0..ALL {
        company.whatsapp.customer(&phone(n), "Cliente").say(NUMBER, "Una persona, por favor").unwrap();
    }
    company.until("case-queued", ALL).await;
    let preview = run(&company, &["case", "move", "--queue", "general", "--to-queue", "pagos", "--preview"]);
    assert!(preview.0 && preview.1.contains("300 cases → pagos"), "{preview:?}");
    let asked = ["case", "move", "--queue", "general", "--to-queue", "pagos", "--reason", "pico"];
    let mut moving = timonel().args(asked).arg("--config").arg(company.config()).spawn().unwrap();
    while !run(&company, &["case", "moves", "--json"]).1.contains("\"running\"") {
        assert!(moving.try_wait().unwrap().is_none(), "it was over before it was seen");
    }
    serve.kill();
    moving.wait().unwrap();
    let before = company.journal(&["--kind", "move-advanced"]).len();
    assert!(before < ALL, "the host was killed too late to show anything");
    let serve = company.start();
    company.until("move-advanced", ALL).await;
    let moved = company.journal(&["--kind", "case-moved"]);
    assert_eq!(moved.len(), ALL, "each once");
    let told = run(&company, &["case", "moves"]);
    assert!(told.1.contains("300 of 300 done, 300 moved: pico"), "{told:?}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_ends_with_a_note_each_and_nothing_is_stranded() {
    let mut shop = shop(
        "pause-codes = [\"almuerzo\", \"capacitacion\"]\nclosing-codes = [\"otra-cosa\", { group = \"Pagos\", codes = [\"pago-doble\"] }]",
    )
    .await;
    let all = shop.customers(2).await;
    be(&mut shop.ana, "available").await;
    until("ana has both", async || mine(&mut shop.ana).await.len() == 2).await;
    // A break says what it is for.
    let rest = |code: Value| json!({ "presence": "break", "code": code });
    for wrong in [rest(Value::Null), rest("siesta".into()), json!({ "presence": "busy", "code": "almuerzo" })]
    {
        assert_eq!(shop.ana.post("/me/presence", wrong).await.problem(), "not-a-code");
    }
    let told = shop.ana.post("/me/presence", rest("almuerzo".into())).await;
    assert_eq!((&told.body["code"], &told.body["pauses"][1]), (&json!("almuerzo"), &json!("capacitacion")));
    be(&mut shop.beto, "available").await;
    let end = json!({ "to": "beto", "notes": [{ "conversation": all[0], "text": "Espera el reembolso" }] });
    let ended = shop.ana.post("/me/shift/end", end).await;
    assert_eq!(
        (ended.status, &ended.body["presence"], &ended.body["cases"]),
        (200, &json!("away"), &json!(0))
    );
    until("beto has both", async || mine(&mut shop.beto).await.len() == 2).await;
    let read = shop.beto.get(&format!("/conversations/{}/messages", all[0])).await.body;
    assert_eq!(read["remarks"][0]["text"], "Espera el reembolso");
    assert_eq!(read["remarks"][1]["is"], "shift-ended");
    // Cases end with codes in groups; what is written down is the code.
    assert_eq!(read["groups"], json!({ "pago-doble": ["Pagos"] }));
    assert_eq!(read["codes"], json!(["answered", "other", "otra-cosa", "pago-doble"]));
    accept(&mut shop.beto, &all[0]).await;
    let wrong = act(&mut shop.beto, &all[0], "close", json!({ "code": "Pagos" })).await;
    assert_eq!(wrong.problem(), "not-a-code");
    assert_eq!(act(&mut shop.beto, &all[0], "close", json!({ "code": "pago-doble" })).await.status, 200);
    shop.serve.stop();
}
