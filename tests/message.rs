//! A customer writes, and what comes of it.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{Company, NUMBER, timonel};

/// The answer to a question, and a queue for whoever wants a person.
pub const SHOP: &str = r#"
[company]
name = "Ferretería"
[[company.queues]]
id = "general"

[[rule-sets]]
name = "attention"
[[rule-sets.rules]]
id = "answers"
plugin = "quick-answers"
[[rule-sets.rules.settings.answers]]
words = ["horario*"]
text = { es = "Abrimos a las 8." }

[[rule-sets]]
name = "routing"
[[rule-sets.rules]]
id = "router"
plugin = "skills-router"
[rule-sets.rules.settings.otherwise]
queue = "general"
"#;

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_by_a_plugin_and_the_journal_says_why() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    let read = |event: &Value| event["data"]["status"] == "read";
    let deadline = Instant::now() + Duration::from_secs(20);
    while !company.until("status-changed", 1).await.iter().any(read) {
        assert!(Instant::now() < deadline);
    }
    let received = company.whatsapp.received("573001112233");
    assert_eq!(received.len(), 1);

    let all = company.journal(&["--open"]);
    let of_conversation: Vec<Value> = all
        .iter()
        .filter(|event| event["stream"].as_str().unwrap().starts_with("conversation/"))
        .cloned()
        .collect();
    assert_eq!(
        &kinds(&of_conversation)[..4],
        ["conversation-started", "message-received", "case-opened", "rule-decided"]
    );
    assert!(kinds(&of_conversation).contains(&"reply-queued"));
    assert!(kinds(&all).windows(2).any(|two| two[0] == "webhook-received" || two[1] == "send-attempted"));

    let decision = of_conversation.iter().find(|event| event["kind"] == "rule-decided").unwrap();
    let asked = &decision["data"]["asked"][0];
    assert_eq!(asked["rule"], "answers");
    assert_eq!(asked["outcome"]["is"], "answered");
    assert!(asked["fuel"].as_u64().unwrap() > 0);
    assert!(decision["data"]["traces"][0]["reason"].as_str().unwrap().contains("horario"));
    let versions: Vec<u64> = of_conversation.iter().map(|e| e["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=versions.len() as u64).collect::<Vec<_>>());

    // What a rule was set to say is the company's, and kept in clear with its version.
    let mut events = company.journal(&[]);
    events.retain(|event| event["kind"] != "rule-versioned");
    let sealed = serde_json::to_string(&events).unwrap();
    for personal in ["Lucía", "573001112233", "horario", "Abrimos"] {
        assert!(!sealed.contains(personal), "`{personal}` lies in the journal in clear");
    }
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_a_person_waits_in_a_queue() {
    let company = Company::new().await;
    company.configure(SHOP);
    let _serve = company.start();
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "Quiero hablar con una persona").unwrap();
    let queued = company.until("case-queued", 1).await;
    assert_eq!(queued[0]["data"]["place"]["queue"], "general");
    assert_eq!(queued[0]["data"]["by"]["rule"], "router");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_comes_twice_is_one_message() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    let body = crate::program::text_body("wamid.twice", "573001112233", "¿Qué horario tienen?");
    for _ in 0..3 {
        assert_eq!(crate::program::post_signed(&serve.address, body.as_bytes()).await, Some(200));
    }
    let of_us: Vec<u64> = company
        .journal(&["--kind", "webhook-received"])
        .iter()
        .filter(|event| event["data"]["bytes"] == body.len())
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(of_us.len(), 3);
    let deadline = Instant::now() + Duration::from_secs(20);
    let processed = loop {
        let processed: Vec<Value> = company
            .journal(&["--kind", "webhook-processed"])
            .iter()
            .flat_map(|event| event["data"]["webhooks"].as_array().unwrap().clone())
            .filter(|webhook| of_us.contains(&webhook["seq"].as_u64().unwrap()))
            .collect();
        if processed.len() == 3 {
            break processed;
        }
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(processed.iter().filter(|webhook| webhook["repeated"] == 1).count(), 2);
    assert_eq!(company.journal(&["--kind", "message-received"]).len(), 1);
    assert_eq!(company.journal(&["--kind", "reply-queued"]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seventh_automatic_message_within_an_hour_is_a_person_instead() {
    let company = Company::new().await;
    company.configure(SHOP);
    let _serve = company.start();
    let customer = company.whatsapp.customer("573001112233", "Lucía");
    for n in 1..=7 {
        customer.say(NUMBER, "¿Y el horario?").unwrap();
        company.until("message-received", n).await;
        company.until("rule-decided", n).await;
    }
    let queued = company.until("case-queued", 1).await;
    assert_eq!(company.journal(&["--kind", "reply-queued"]).len(), 6);
    let refused: Vec<Value> = company
        .journal(&["--kind", "rule-decided"])
        .into_iter()
        .filter(|event| event["data"]["refused"][0] == "automatic-limit")
        .collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0]["seq"].as_u64() < queued[0]["seq"].as_u64());
}

#[tokio::test(flavor = "multi_thread")]
async fn projections_that_are_built_anew_are_the_same_key_by_key() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    for n in 0..20 {
        let customer = company.whatsapp.customer(&format!("5730011122{n:02}"), "Lucía");
        customer.say(NUMBER, if n % 3 == 0 { "persona" } else { "horario" }).unwrap();
    }
    company.until("message-received", 20).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    serve.stop();
    let rebuild = || {
        let out = timonel().args(["journal", "rebuild", "--config"]).arg(company.config()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let told = rebuild();
    assert!(told.contains("the same as those they replace"), "{told}");

    // Whoever loses the projections loses nothing.
    let projection = company.dir.path().join("data/projection");
    std::fs::remove_dir_all(&projection).unwrap();
    let serve = company.start();
    let events = company.journal(&["--kind", "message-received"]);
    assert_eq!(events.len(), 20);
    serve.stop();
    assert!(rebuild().contains("the same as those they replace"));
}
