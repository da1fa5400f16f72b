//! The company changed entry by entry by whoever has no terminal: others sign it, and what is signed is what would have come of saving it.

use serde_json::{Value, json};

use crate::caller::{Caller, enter, invited};
use crate::message::SHOP;
use crate::program::{Company, Serve, until};
use crate::raci::governed_by;

const PEOPLE: &str = "# Who we are.\n[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"patricia\"\nname = \"Patricia\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"marta\"\nname = \"Marta\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n";

/// A shop with a secret and a comment in its file.
async fn shop(approvals: &str) -> (Company, Serve, Caller) {
    let agent = "[[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"] # all of them\n";
    let file = SHOP
        .replace("[company]", &format!("[company]\nraci = \"raci.toml\"\napprovals = {{ {approvals} }}"))
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agent}"));
    let (company, serve) = governed_by(&file, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    (company, serve, ricardo)
}

async fn want(who: &mut Caller, entries: Value) -> crate::caller::Told {
    let asked = json!({ "kind": "company", "content": { "entries": entries }, "reason": "Más rápido" });
    who.post("/proposals", asked).await
}

/// Signs it, and waits until it is carried out or was not.
async fn sign(who: &mut Caller, proposal: &Value) -> Value {
    let id = proposal["proposal"].as_str().unwrap();
    let word = json!({ "do": "sign", "of": proposal["of"] });
    assert_eq!(who.post(&format!("/proposals/{id}/words"), word).await.status, 200);
    let mut told = Value::Null;
    until("it is carried out", async || {
        told = who.get(&format!("/proposals/{id}")).await.body;
        ["live", "failed"].contains(&told["stage"]["is"].as_str().unwrap_or_default())
    })
    .await;
    told
}

fn file(company: &Company, name: &str) -> String {
    std::fs::read_to_string(company.dir.path().join(name)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_what_is_saved_is_in_force_what_is_signed_is_saved_and_all_else_stays_as_it_was() {
    let (company, serve, mut ricardo) = shop("hearing = \"0s\"").await;
    let mut patricia = enter(&mut ricardo, &serve, "patricia").await;
    let mut marta = enter(&mut ricardo, &serve, "marta").await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    let before = file(&company, "timonel.toml");

    let sla = json!({ "sla": { "first-response": 5 } });
    let made = want(&mut ricardo, json!([{ "in": "queues", "id": "general", "to": sla }])).await;
    assert_eq!(made.status, 202, "{made:?}");
    assert_eq!(made.body["title-words"], "cola «general»");
    assert_eq!(made.body["content"]["entries"][0]["was"], json!({ "id": "general" }));
    assert_eq!(file(&company, "timonel.toml"), before, "nothing is so before it is signed");
    let done = sign(&mut marta, &made.body).await;
    assert_eq!(done["stage"]["is"], "live", "who answers for the promise signed it: {done:#}");
    let now = file(&company, "timonel.toml");
    assert!(
        now.contains("first-response = 5") && now.contains("# all of them") && now.contains("app-secret")
    );

    // Somebody new, and what they may do: by whoever answers for access.
    let juan = json!({ "name": "Juan", "roles": ["agent"] });
    let made = want(&mut ricardo, json!([{ "in": "people", "id": "juan", "to": juan }])).await;
    assert_eq!(sign(&mut patricia, &made.body).await["stage"]["is"], "live");
    assert!(
        file(&company, "raci.toml").starts_with("# Who we are.")
            && file(&company, "raci.toml").contains("Juan")
    );
    let told = ricardo.get("/people").await.body.to_string();
    assert!(told.contains("Juan"), "{told}");

    // What makes no sense is said at once, and is nobody's to sign.
    let refused = async |who: &mut Caller, entries: Value| {
        let told = want(who, entries).await;
        assert_eq!(told.status, 422, "{told:?}");
        told.body["detail"].as_str().unwrap().to_owned()
    };
    let zero = json!({ "sla": { "first-response": 0 } });
    let words = refused(&mut ricardo, json!([{ "in": "queues", "id": "general", "to": zero }])).await;
    assert!(words.contains("queues[0].sla.first-response"), "{words}");
    let words = refused(&mut ricardo, json!([{ "in": "house", "id": "webhooks", "to": [] }])).await;
    assert!(words.contains("closing-codes"), "{words}");
    let words = refused(&mut ricardo, json!([{ "in": "queues", "id": "otra" }])).await;
    assert!(words.contains("`otra`"), "{words}");
    let same = json!([{ "in": "queues", "id": "general", "to": { "sla": { "first-response": 5 } } }]);
    let words = refused(&mut ricardo, same).await;
    assert!(words.contains("nothing is to be agreed on"), "{words}");
    // What somebody looked at is another by now, or is there already.
    let slow = json!({ "id": "general", "sla": { "first-response": 30 } });
    let old = json!([{ "in": "queues", "id": "general", "to": slow, "was": { "id": "general" } }]);
    assert_eq!(want(&mut ricardo, old).await.problem(), "changed-meanwhile");
    let new = json!([{ "in": "queues", "id": "general", "to": {}, "fresh": true }]);
    assert!(refused(&mut ricardo, new).await.contains("nothing else has"));
    let twice = json!([{ "in": "queues", "id": "a", "to": {} }, { "in": "queues", "id": "a", "to": {} }]);
    assert!(refused(&mut ricardo, twice).await.contains("twice"));
    // A row that stands in no file is told as it was given, so that who signs reads what is taken away.
    let row = json!([{ "in": "matrix", "id": "reporting", "to": { "supervisor": "R", "admin": "A" } }]);
    let made = want(&mut ricardo, row).await;
    assert_eq!(made.body["content"]["entries"][0]["was"]["agent"], "C", "{made:?}");
    assert_eq!(sign(&mut patricia, &made.body).await["stage"]["is"], "live");
    let same = json!([{ "in": "matrix", "id": "reporting", "to": { "supervisor": "R", "admin": "A" } }]);
    assert!(refused(&mut ricardo, same).await.contains("nothing is to be agreed on"));
    let boss = json!([{ "in": "people", "id": "ana", "to": { "name": "Ana", "roles": ["admin"] } }]);
    let told = want(&mut ana, boss).await;
    assert_eq!(told.status, 403, "it is none of an agent's business: {told:?}");
    let told = ana.page("/console/access/entry?in=people&id=ana").await;
    let page = told.body.as_str().unwrap();
    assert!(
        told.status == 403 && page.contains("Gestionar accesos") && page.contains("Quién podría"),
        "{page}"
    );

    // What somebody saved meanwhile is not overwritten with what was true before; of something else it is no hindrance.
    let slower = json!([{ "in": "queues", "id": "general", "to": { "sla": { "first-response": 9 } } }]);
    let slower = want(&mut ricardo, slower).await.body;
    let lunch = json!([{ "in": "house", "id": "pause-codes", "to": ["almuerzo"] }]);
    let lunch = want(&mut ricardo, lunch).await.body;
    company.save(&now.replace("first-response = 5", "first-response = 6"));
    let done = sign(&mut marta, &slower).await;
    assert!(
        done["stage"]["why"].as_str().unwrap().contains("not what it was when that was proposed"),
        "{done:#}"
    );
    assert_eq!(sign(&mut patricia, &lunch).await["stage"]["is"], "live");
    let now = file(&company, "timonel.toml");
    assert!(now.contains("almuerzo") && now.contains("first-response = 6"), "{now}");

    // A file that makes no sense is nobody's fault who wants something, and the line of it is told to nobody.
    let breaks = json!([{ "in": "house", "id": "pause-codes", "to": ["almuerzo", "cita"] }]);
    let breaks = want(&mut ricardo, breaks).await.body;
    company.save(&format!("access-token = \"EAAGsecret\"\n{now}"));
    let none = want(&mut ricardo, json!([{ "in": "house", "id": "pause-codes", "to": [] }])).await;
    assert_eq!(none.problem(), "company-files", "{none:?}");
    let done = sign(&mut patricia, &breaks).await;
    assert_eq!(done["stage"]["is"], "failed", "{done:#}");
    assert!(!format!("{done}{none:?}").contains("EAAG"), "{done:#}");
    company.save(&now);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_files_are_drafts_what_is_signed_is_in_force_and_the_draft_has_it_too() {
    let (company, serve, mut ricardo) = shop("files = \"when-approved\", hearing = \"0s\"").await;
    let mut patricia = enter(&mut ricardo, &serve, "patricia").await;
    let agent = json!({ "name": "Beto", "queues": ["general"], "capacity": 2 });
    let made = want(&mut ricardo, json!([{ "in": "agents", "id": "beto", "to": agent }])).await;
    assert_eq!(sign(&mut patricia, &made.body).await["stage"]["is"], "live");
    let adopted = company.journal(&["--kind", "company-adopted"]);
    assert!(adopted.last().unwrap()["data"]["content"].to_string().contains("Beto"));
    assert!(
        file(&company, "timonel.toml").contains("Beto")
            && file(&company, "timonel.toml").contains("# all of them")
    );

    // A draft of somebody else's stays theirs, with what was signed in it; what they had changed of the same is theirs, too.
    let draft = file(&company, "timonel.toml").replace("name = \"Ferretería\"", "name = \"Otra\"");
    company.save(&draft);
    serve.says(&["it is a draft"]);
    let made = want(&mut ricardo, json!([{ "in": "agents", "id": "beto" }])).await;
    assert_eq!(made.body["title-words"], "agente «Beto» (quitar)");
    assert_eq!(sign(&mut patricia, &made.body).await["stage"]["is"], "live");
    let now = file(&company, "timonel.toml");
    assert!(now.contains("Otra") && !now.contains("Beto"), "{now}");
    company.save(&now.replace("name = \"Ana\"", "name = \"Ana María\""));
    let ana = json!({ "name": "Ana", "queues": ["general"], "capacity": 1 });
    let made = want(&mut ricardo, json!([{ "in": "agents", "id": "ana", "to": ana }])).await;
    assert_eq!(sign(&mut patricia, &made.body).await["stage"]["is"], "live");
    serve.says(&["is not in the files"]);
    assert!(file(&company, "timonel.toml").contains("Ana María"));
    let adopted = company.journal(&["--kind", "company-adopted"]);
    let content = adopted.last().unwrap()["data"]["content"].to_string();
    assert!(!content.contains("Beto") && !content.contains("Otra"), "{content}");
    serve.stop();
}
