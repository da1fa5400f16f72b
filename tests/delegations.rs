//! Whoever is away lends their word to a colleague, and nobody is two people by it.

use serde_json::{Value, json};

use crate::caller::{Caller, invite, invited, token};
use crate::program::{Company, Serve};
use crate::raci::{change, governed_by, run};

fn people(chair: &str) -> String {
    let all = [
        ("ricardo", "admin", ""),
        ("paula", "admin", ""),
        ("marta", "supervisor", ""),
        ("ana", "agent", ""),
        ("norte", "supervisor", "external = true\n"),
    ];
    let one = |(id, role, more): &(&str, &str, &str)| {
        let account = if *id == chair { "account = \"{me}\"\n" } else { "" };
        format!("[[people]]\nid = \"{id}\"\nname = \"{id}\"\nroles = [\"{role}\"]\n{more}{account}")
    };
    all.iter().map(one).collect()
}

const FILE: &str = "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"\n";

/// A company of five, one of whom sits at the machine.
pub struct Office {
    pub company: Company,
    pub serve: Serve,
}

impl Office {
    pub async fn open(chair: &str) -> Self {
        let (company, serve) = governed_by(FILE, &people(chair)).await;
        Self { company, serve }
    }

    pub fn sit(&self, chair: &str) {
        change(&self.company, &self.serve, &people(chair));
    }

    pub fn does(&self, arguments: &[&str]) -> String {
        let (ran, told) = run(&self.company, arguments);
        assert!(ran, "{arguments:?}: {told}");
        told
    }

    pub fn does_not(&self, arguments: &[&str], because: &str) {
        let (ran, told) = run(&self.company, arguments);
        assert!(!ran && told.contains(because), "{arguments:?}: {told}");
    }

    /// Proposes a rule that reaches customers, and gives the proposal.
    pub fn propose(&self, rule: &str) -> String {
        let wish = json!({
            "rule": rule, "set": "attention", "plugin": "quick-answers",
            "settings": { "answers": [{ "words": ["horario"], "text": { "es": "A las 8." } }] },
        });
        let path = self.company.dir.path().join("wish.json");
        std::fs::write(&path, wish.to_string()).unwrap();
        let told = self.does(&["proposal", "rule", path.to_str().unwrap(), "--reason", "Preguntan"]);
        told.split_whitespace().next().unwrap().to_owned()
    }
}

fn name(told: &str) -> String {
    told.split(':').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_away_lends_a_row_and_it_ends_by_itself_or_when_somebody_ends_it() {
    let office = Office::open("marta").await;
    office.does_not(&["audit", "list"], "Auditoría");
    office.does_not(&["delegation", "lend", "ana", "--rows", "audit", "--days", "2"], "`tasks`");

    office.sit("ricardo");
    office.does_not(&["delegation", "lend", "norte", "--rows", "audit", "--days", "2"], "`to`");
    office.does_not(
        &["delegation", "lend", "marta", "--rows", "everything", "--days", "2"],
        "no row of the matrix",
    );
    office.does_not(
        &["delegation", "lend", "marta", "--rows", "audit", "--until", "2020-01-01T00:00:00Z"],
        "`until`",
    );
    let lent = office.does(&["delegation", "lend", "marta", "--rows", "audit,customer-data", "--days", "2"]);
    assert!(lent.contains("marta has your word on audit, customer-data"), "{lent}");

    office.sit("marta");
    office.does(&["audit", "list"]);
    let told = office.does(&["delegation", "list"]);
    assert!(told.contains("ricardo → marta") && told.contains("audit, customer-data"), "{told}");
    // What is done with it says whose word it was, and it is not handed on.
    let acts = office.company.journal(&["--kind", "acted"]);
    let read =
        acts.iter().rfind(|act| act["data"]["action"] == "read-audit" && act["data"]["refused"].is_null());
    assert_eq!(read.unwrap()["data"]["right"]["lent_by"], json!(["ricardo"]), "{read:?}");
    office.does_not(&["delegation", "lend", "ana", "--rows", "audit", "--days", "1"], "`tasks`");
    let told = office.does(&["inbox"]);
    assert!(told.contains("delega su palabra en"), "she was told: {told}");

    // It outlives the host; whoever was lent it gives it back.
    let Office { company, serve } = office;
    serve.stop();
    let serve = company.start();
    let office = Office { company, serve };
    office.does(&["audit", "list"]);
    office.does(&["delegation", "end", &name(&lent)]);
    office.does_not(&["audit", "list"], "Auditoría");
    office.does_not(&["delegation", "end", &name(&lent)], "is not the beginning of one");
    office.sit("ricardo");
    let mut told = office.does(&["inbox", "--all"]);
    for _ in 0..100 {
        if told.contains("tiene de vuelta") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        told = office.does(&["inbox", "--all"]);
    }
    assert!(told.contains("ricardo tiene de vuelta la palabra que delegó en marta: Auditoría"), "{told}");

    // One that ends in a moment.
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(4)).to_string();
    office.does(&["delegation", "lend", "marta", "--rows", "audit", "--until", &until]);
    office.sit("marta");
    office.does(&["audit", "list"]);
    tokio::time::sleep(std::time::Duration::from_millis(4_100)).await;
    office.does_not(&["audit", "list"], "Auditoría");
    assert_eq!(office.does(&["delegation", "list"]).trim(), "Nobody's word is lent.");
    office.serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lent_word_is_still_that_of_whoever_lent_it() {
    let office = Office::open("ricardo").await;
    let proposal = office.propose("first");
    // His own word, lent, does not sign what he wrote.
    office.does(&["delegation", "lend", "ana", "--rows", "adjust-routing-rules", "--days", "1"]);
    office.sit("ana");
    office.does_not(&["proposal", "sign", &proposal], "Ninguna fila");

    // Paula's does, and she need not do it again.
    office.sit("paula");
    office.does(&["delegation", "lend", "ana", "--rows", "adjust-routing-rules", "--days", "1"]);
    office.sit("ana");
    office.does(&["proposal", "sign", &proposal]);
    let told = office.does(&["proposal", "show", &proposal]);
    assert!(told.contains("Atender conversaciones") && !told.contains("puede firmar paula"), "{told}");

    // Who comes back has nothing of what they were lent before they left.
    office.sit("ricardo");
    office.does(&["access", "leave", "ana"]);
    office.does(&["access", "return", "ana"]);
    assert_eq!(office.does(&["delegation", "list"]).trim(), "Nobody's word is lent.");
    office.sit("paula");
    office.does(&["delegation", "lend", "ana", "--rows", "adjust-routing-rules", "--days", "1"]);

    // Who leaves takes their word along.
    office.sit("ricardo");
    let second = office.propose("second");
    office.does(&["access", "leave", "paula"]);
    office.sit("ana");
    office.does_not(&["proposal", "sign", &second], "Ninguna fila");
    office.serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_lent_over_the_api_by_a_person_and_by_no_token() {
    let office = Office::open("ricardo").await;
    let mut ricardo = Caller::new(&office.serve);
    ricardo.settle(&invited(&office.company, "ricardo")).await;
    let mut marta = Caller::new(&office.serve);
    marta.settle(&invite(&mut ricardo, "marta").await).await;

    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24)).to_string();
    let lend = json!({ "to": "marta", "tasks": ["manage-access"], "until": until });
    let scopes = json!({ "name": "x", "scopes": ["delegate-word", "read-delegations"], "days": 1 });
    let mut program = token(&mut ricardo, scopes).await;
    assert_eq!(program.post("/delegations", lend.clone()).await.status, 403);
    assert_eq!(marta.get("/people").await.status, 200, "she is consulted and may look");
    assert_eq!(marta.post("/people/ana/invitation", Value::Null).await.status, 403);

    let lent = ricardo.post("/delegations", lend).await;
    assert_eq!(lent.status, 200, "{lent:?}");
    assert_eq!(program.get("/delegations").await.body["delegations"][0]["to"], "marta");
    assert_eq!(marta.post("/people/ana/invitation", Value::Null).await.status, 200);
    let may = marta.get("/me").await.body["may"].clone();
    assert!(may.as_array().unwrap().contains(&json!("change-access")), "{may}");

    let path = format!("/delegations/{}/end", lent.body["delegation"].as_str().unwrap());
    assert_eq!(ricardo.post(&path, Value::Null).await.status, 204);
    assert_eq!(ricardo.post(&path, Value::Null).await.problem(), "not-there");
    assert_eq!(marta.post("/people/ana/invitation", Value::Null).await.status, 403);
    office.serve.stop();
}
