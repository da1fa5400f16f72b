//! A loop of single templates is a campaign: beyond the threshold others have to agree.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{Caller, invite, invited, token};
use crate::campaigns::{company, phone};
use crate::program::{Company, NUMBER, Serve, until};

/// Two who answer for campaigns and attend, and a program of one of them.
const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\", \"agent\"]\n\
    [[people]]\nid = \"patricia\"\nname = \"Patricia\"\nroles = [\"admin\", \"agent\"]\n\
    [[people]]\nid = \"bi\"\nname = \"CRM\"\nroles = [\"agent\"]\nservice = true\nowner = \"ricardo\"\n";

/// A company with a threshold of 20 and people who have written, signed in as two admins.
async fn shop(count: usize) -> (Company, Serve, Caller, Caller, Vec<String>) {
    let (company, serve) = company(PEOPLE, "mass-threshold = 20\n").await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut patricia = Caller::new(&serve);
    let link = invite(&mut ricardo, "patricia").await;
    patricia.settle(&link).await;
    for n in 0..count {
        company.whatsapp.customer(&phone(n), "Cliente").say(NUMBER, "Hola").unwrap();
    }
    let started = company.until("conversation-started", count).await;
    let name =
        |event: &Value| event["stream"].as_str().unwrap().strip_prefix("conversation/").unwrap().to_owned();
    let conversations = started.iter().map(name).collect();
    (company, serve, ricardo, patricia, conversations)
}

async fn send(who: &mut Caller, conversation: &str, template: &str) -> bool {
    let gaps = json!([{"is": "body", "parameters": [{"value": {"text": "77"}}]}]);
    let body = json!({"template": {"name": template, "language": "es_CO", "components": gaps}});
    loop {
        let told = who.post(&format!("/conversations/{conversation}/templates"), body.clone()).await;
        if told.status == 429 {
            // More than 50 requests a second are not for a person.
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        }
        assert_eq!(told.status, 200, "{told:?}");
        return told.body["held"].as_bool().unwrap();
    }
}

/// How many got the template.
fn reached(company: &Company, count: usize) -> usize {
    let got =
        |n: &usize| company.whatsapp.received(&phone(*n)).iter().any(|m| m.words().starts_with("Su pedido"));
    (0..count).filter(got).count()
}

/// The one proposal that waits, once it is of so many.
async fn batch(who: &mut Caller, count: usize) -> Value {
    let (deadline, title) = (Instant::now() + Duration::from_secs(40), format!("→ {count}"));
    loop {
        let told = who.get("/proposals").await.body;
        let all = told["proposals"].as_array().unwrap();
        if let [one] = &all[..]
            && one["title"].as_str().unwrap().ends_with(&title)
        {
            return one.clone();
        }
        assert!(Instant::now() < deadline, "{told}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn say(who: &mut Caller, one: &Value, what: &str) -> u16 {
    let path = format!("/proposals/{}/words", one["proposal"].as_str().unwrap());
    who.post(&path, json!({"do": what, "of": one["of"], "words": "así no"})).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_of_two_hundred_is_held_at_the_threshold_survives_a_kill_and_goes_when_another_one_signs() {
    const ALL: usize = 200;
    let (company, serve, mut ricardo, mut patricia, conversations) = shop(ALL).await;
    let mut held = 0;
    for conversation in &conversations {
        held += usize::from(send(&mut ricardo, conversation, "aviso").await);
    }
    assert_eq!(held, ALL - 20);
    until("twenty have it", async || reached(&company, ALL) == 20).await;
    let one = batch(&mut ricardo, ALL - 20).await;
    assert_eq!((&one["kind"], &one["author"]), (&json!("mass"), &json!("ricardo")));
    assert_eq!(say(&mut ricardo, &one, "sign").await, 403, "whoever sent them does not agree to them");

    serve.kill();
    let serve = company.start();
    patricia.address.clone_from(&serve.address);
    let one = batch(&mut patricia, ALL - 20).await;
    assert_eq!(say(&mut patricia, &one, "sign").await, 200);
    until("all have it", async || reached(&company, ALL) == ALL).await;
    let queued = company.journal(&["--kind", "reply-queued"]);
    let templates = queued.iter().filter(|one| one["data"]["content"] == "template").count();
    assert_eq!(templates, ALL, "each once");
    assert_eq!(patricia.get("/proposals").await.body["proposals"], json!([]));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_tokens_a_program_and_another_name_for_the_same_words_are_no_way_around_and_a_rejection_drops_it()
 {
    const ALL: usize = 44;
    let (company, serve, mut ricardo, mut patricia, conversations) = shop(ALL).await;
    let mut hands = Vec::new();
    for (name, person) in [("uno", None), ("dos", None), ("tres", Some("bi"))] {
        let mut asked = json!({"name": name, "days": 1, "scopes": ["attend-conversations"]});
        if let Some(person) = person {
            asked["program"] = person.into();
        }
        hands.push(token(&mut ricardo, asked).await);
    }
    let mut held = 0;
    for (n, conversation) in conversations.iter().enumerate() {
        let template = if n % 2 == 0 { "aviso" } else { "aviso_dos" };
        held += usize::from(send(&mut hands[n % 3], conversation, template).await);
    }
    assert_eq!(held, ALL - 20);
    // Another person is another owner.
    assert!(!send(&mut patricia, &conversations[0], "aviso").await);
    let one = batch(&mut patricia, ALL - 20).await;
    assert_eq!(say(&mut patricia, &one, "reject").await, 200);
    company.until("template-released", 1).await;
    let released = company.journal(&["--kind", "template-released"]);
    assert_eq!(released[0]["data"]["dropped"], "not-agreed");
    let queued = company.journal(&["--kind", "reply-queued"]);
    assert_eq!(queued.iter().filter(|one| one["data"]["content"] == "template").count(), 21);
    assert_eq!(patricia.get("/proposals").await.body["proposals"], json!([]));
    serve.stop();
}
