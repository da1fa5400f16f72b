//! Somebody changes a rule, it does badly, and the host has undone it before anybody noticed.

use serde_json::{Value, json};

use crate::caller::{Caller, PASSWORD, invite, invited};
use crate::guests;
use crate::program::{Company, NUMBER, Serve};
use crate::raci::governed_by;

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\naccount = \"{me}\"\n\
    [[people]]\nid = \"marta\"\nname = \"Marta Díaz\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"andrea\"\nname = \"Andrea\"\nroles = [\"agent\"]\n";

struct Office {
    company: Company,
    serve: Serve,
    ricardo: Caller,
    marta: Caller,
    andrea: Caller,
}

impl Office {
    async fn open() -> Self {
        let shop = "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"\n[[company.queues]]\nid = \"general\"\n\
            [[rule-sets]]\nname = \"attention\"\n";
        let (company, serve) = governed_by(shop, PEOPLE).await;
        let (mut ricardo, mut marta, mut andrea) =
            (Caller::new(&serve), Caller::new(&serve), Caller::new(&serve));
        ricardo.settle(&invited(&company, "ricardo")).await;
        marta.settle(&invite(&mut ricardo, "marta").await).await;
        let body = json!({ "invitation": invite(&mut ricardo, "andrea").await, "password": PASSWORD });
        assert_eq!(andrea.post("/invitations/accept", body).await.status, 200);
        Self { company, serve, ricardo, marta, andrea }
    }

    /// Andrea proposes a rule, and those who answer for it sign.
    async fn agree(&mut self, content: Value) {
        let live = self.company.journal(&["--kind", "proposal-done"]).len();
        let wish = json!({ "kind": "rule", "reason": "Probemos", "content": content });
        let made = self.andrea.post("/proposals", wish).await;
        assert_eq!(made.status, 202, "{made:?}");
        let path = format!("/proposals/{}", made.body["proposal"].as_str().unwrap());
        for signer in [&mut self.ricardo, &mut self.marta] {
            let seen = signer.get(&path).await.body;
            if seen["yours"].as_array().unwrap().contains(&json!("sign")) {
                let signed =
                    signer.post(&format!("{path}/words"), json!({ "do": "sign", "of": seen["of"] })).await;
                assert_eq!(signed.status, 200, "{signed:?}");
            }
        }
        self.company.until("proposal-done", live + 1).await;
    }

    /// Customers who write, one after the other.
    async fn write(&self, from: u32, to: u32) {
        for n in from..to {
            let customer = self.company.whatsapp.customer(&format!("57300111{n:04}"), "Lucía");
            customer.say(NUMBER, "Hola").unwrap();
        }
        self.company.until("rule-decided", to as usize).await;
    }

    async fn rule(&mut self, rule: &str) -> Value {
        self.ricardo.get(&format!("/rules/{rule}")).await.body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_fails_is_undone_and_those_who_answer_for_it_are_told() {
    let mut office = Office::open().await;
    let good = json!({
        "rule": "greeting", "set": "attention", "plugin": "quick-answers", "mode": "live",
        "settings": { "answers": [{ "words": ["buenas"], "text": { "es": "Buenas." } }] },
    });
    office.agree(good).await;
    let before = office.rule("greeting").await["signed"]["of"].clone();

    // Another version of it, which fails at every message. Nobody watches.
    let uploaded = office.andrea.hand_in("/plugins", &guests::component("traps")).await;
    assert_eq!(uploaded.status, 200, "{uploaded:?}");
    let bad = json!({
        "rule": "greeting", "set": "attention", "plugin": uploaded.body["component"], "mode": "live", "settings": {},
    });
    office.agree(bad).await;
    assert_ne!(office.rule("greeting").await["signed"]["of"], before);
    office.write(0, 4).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(office.company.journal(&["--kind", "rule-returned"]).is_empty(), "four are too few to say");
    office.write(4, 8).await;
    let returned = office.company.until("rule-returned", 1).await;
    let returned = returned.iter().find(|event| event["kind"] == "rule-returned").unwrap();
    assert_eq!((&returned["actor"], &returned["data"]["to"]), (&json!("host"), &before), "{returned}");
    assert!(returned["data"]["why"].as_str().unwrap().starts_with("failed "), "{returned}");
    let now = office.rule("greeting").await;
    assert_eq!(now["mode"], "live", "{now}");

    // It is loud, for whoever has to look at it.
    let mut told = String::new();
    for _ in 0..100 {
        told = office.marta.get("/notices?unread=true").await.body.to_string();
        if told.contains("deshizo el último cambio") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(
        told.contains("deshizo el último cambio de una regla porque salió mal: greeting (failed"),
        "{told}"
    );
    assert!(told.contains("loud"), "{told}");
    // What the host did itself it does not undo, and customers are answered again.
    office.write(8, 10).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(office.company.journal(&["--kind", "rule-returned"]).len(), 1);
    office.serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_new_and_fails_is_switched_off_and_one_that_was_moved_goes_back() {
    let mut office = Office::open().await;
    let uploaded = office.andrea.hand_in("/plugins", &guests::component("traps")).await;
    let bad = |mode: &str| {
        json!({
            "rule": "bad", "set": "attention", "plugin": uploaded.body["component"], "mode": mode, "settings": {},
            "envelope": { "highest": "live" },
        })
    };
    office.agree(bad("shadow")).await;
    office.write(0, 6).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(office.company.journal(&["--kind", "rule-moved"]).is_empty(), "in the shadow it harms nobody");
    // Marta switches it on in the middle of the day.
    let moved = office.marta.post("/rules/bad/moves", json!({ "mode": "live", "why": "A ver" })).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    office.write(6, 12).await;
    office.company.until("rule-returned", 1).await;
    assert_eq!(office.rule("bad").await["mode"], "shadow");
    // Signed as live from the beginning, there is nothing to return to.
    let wish = json!({ "rule": "bad", "withdraw": true });
    office.agree(wish).await;
    let mut other = bad("live");
    other["rule"] = json!("worse");
    office.agree(other).await;
    office.write(12, 20).await;
    office.company.until("rule-moved", 2).await;
    assert_eq!(office.rule("worse").await["mode"], "off");
    office.serve.stop();
}
