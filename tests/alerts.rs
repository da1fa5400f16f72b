//! A figure leaves its bound: people are told, a set of rules is switched, and a change that did it is taken back.

use std::time::Duration;

use domain::event::Event;
use domain::measure::alert::{Alert, Level};
use serde_json::{Value, json};

use crate::assembled::{House, Open};
use crate::caller::{Caller, invite, invited};
use crate::live::Listening;
use crate::program::{Company, NUMBER, Serve, Starting};
use crate::raci::{governed_by, run};

const COMPANY: &str = "zone = \"America/Bogota\"\n[[queues]]\nid = \"ventas\"\n";

/// Two queued cases within an hour are a warning, four are critical; the hour of a queue is told by itself.
const WATCH: &str = r#"{"alerts": [
    {"name": "busy", "figure": "cases-queued", "above": 1},
    {"name": "very-busy", "figure": "cases-queued", "by": "queue", "above": 3, "level": "critical"},
    {"name": "nobody-counts-this", "figure": "smiles", "above": 0, "at-least": 0}
]}"#;

const RULES: &[(&str, &str, &str)] = &[
    ("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#),
    ("kpi", "kpi-core", "{}"),
    ("watch", "kpi-watch", WATCH),
];

fn write(house: &House, open: &mut Open, customers: std::ops::Range<u32>) {
    for n in customers {
        let text = house.text(&format!("wamid.{n}"), &format!("573000000{n:03}"), "hola");
        house.post(&open.desk, &text).unwrap();
    }
    open.settle();
    // What is counted waits for company, and the lookout looks every ten seconds.
    house.clock.advance(11);
    open.settle();
}

fn wait(house: &House, open: &mut Open, seconds: i64) {
    house.clock.advance(seconds);
    open.settle();
}

/// Those that go on, by their names.
fn going(open: &Open) -> Vec<(String, Level)> {
    let alerts: Vec<Alert> = open.desk.store().alerts().unwrap();
    let going = alerts.into_iter().filter(Alert::goes_on);
    let mut going: Vec<_> = going.map(|one| (one.raised.which.to_string(), one.raised.level)).collect();
    going.sort();
    going
}

#[test]
fn an_alert_goes_on_while_its_figure_is_out_of_bounds_whatever_becomes_of_the_machine() {
    let house = House::new(41, COMPANY, RULES);
    let mut open = house.open().unwrap();
    write(&house, &mut open, 0..1);
    assert!(going(&open).is_empty());
    write(&house, &mut open, 1..3);
    let busy = ("watch/busy".to_owned(), Level::Warning);
    assert_eq!(going(&open), std::slice::from_ref(&busy));
    // It is said once and not every ten seconds.
    for _ in 0..5 {
        wait(&house, &mut open, 11);
    }
    let raised = |open: &Open| crate::assembled::of_kind(&open.desk, "alert-raised");
    assert_eq!(raised(&open).len(), 1);
    let Event::AlertRaised(first) = &raised(&open)[0] else { unreachable!() };
    assert_eq!((first.seen.samples, first.seen.value), (3, 3));
    assert!(first.words["es"].ends_with("debería ser como mucho 1 (1 h, n = 3)"), "{first:?}");

    // The machine stops; what is known of alerts is in the journal.
    drop(open);
    house.disk.crash();
    house.lose_projections();
    let mut open = house.open().unwrap();
    assert_eq!(going(&open), std::slice::from_ref(&busy));
    write(&house, &mut open, 3..5);
    assert_eq!(going(&open), [busy, ("watch/very-busy".to_owned(), Level::Critical)]);
    let queue = open.desk.store().alerts().unwrap();
    let queue = queue.iter().find_map(|alert| alert.raised.which.place.queue.clone());
    assert_eq!(queue.unwrap().as_str(), "ventas");

    // The next hour is quiet. Two minutes later nobody needs to look any more.
    wait(&house, &mut open, 3_600);
    assert_eq!(going(&open).len(), 2, "it may be on the edge");
    wait(&house, &mut open, 119);
    wait(&house, &mut open, 11);
    assert!(going(&open).is_empty(), "{:?}", going(&open));
    let ended = crate::assembled::of_kind(&open.desk, "alert-ended");
    assert!(ended.iter().all(|event| matches!(event, Event::AlertEnded(ended) if !ended.unwatched)));
    assert_eq!(ended.len(), 2);
}

#[test]
fn a_rule_that_cannot_judge_gives_no_all_clear() {
    let house = House::new(42, COMPANY, RULES);
    let mut open = house.open().unwrap();
    write(&house, &mut open, 0..3);
    assert_eq!(going(&open).len(), 1);
    drop(open);
    // The same rule, with another plugin that only traps; then without it.
    let mut broken = house;
    broken.rules = const { &[RULES[0], RULES[1], ("watch", "watches_and_traps", "{}")] };
    let mut open = broken.open().unwrap();
    for _ in 0..4 {
        wait(&broken, &mut open, 3_600);
    }
    assert_eq!(going(&open).len(), 1, "not to know is no all-clear");
    drop(open);
    broken.rules = const { &[RULES[0], RULES[1]] };
    let mut open = broken.open().unwrap();
    wait(&broken, &mut open, 11);
    assert!(going(&open).is_empty());
    let ended = crate::assembled::of_kind(&open.desk, "alert-ended");
    assert!(matches!(&ended[..], [Event::AlertEnded(ended)] if ended.unwatched), "{ended:?}");
}

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\naccount = \"{me}\"\n\
    [[people]]\nid = \"marta\"\nname = \"Marta Díaz\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"sofia\"\nname = \"Sofía\"\nroles = [\"supervisor\"]\nscope.queues = [\"soporte\"]\n";

/// A company that says sorry while many cases come, and has a set for the night.
const SHOP: &str = r#"
[company]
raci = "raci.toml"
[company.switches]
sorry = { alert = "watch/busy" }
night = { calendar = "never" }
[company.fall-back]
alerts = ["watch/busy"]
[company.calendars.never]
zone = "America/Bogota"
[[company.queues]]
id = "ventas"
[[company.queues]]
id = "soporte"

[[rule-sets]]
name = "sorry"
[[rule-sets.rules]]
id = "sorry"
plugin = "quick-answers"
settings.answers = [{ words = ["hola"], text = { es = "Hoy tardamos más. ¡Gracias por esperar!" } }]

[[rule-sets]]
name = "routes"
[[rule-sets.rules]]
id = "router"
plugin = "skills-router"
settings.otherwise.queue = "ventas"

[[rule-sets]]
name = "night"
[[rule-sets.rules]]
id = "night"
plugin = "skills-router"
settings.otherwise.queue = "soporte"

[[rule-sets]]
name = "figures"
[[rule-sets.rules]]
id = "kpi"
plugin = "kpi-core"
[[rule-sets.rules]]
id = "watch"
plugin = "kpi-watch"
settings.alerts = [{ name = "busy", figure = "cases-queued", by = "queue", hours = 2, above = 2, level = "critical" }]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_protects_something_is_switched_by_no_clock_and_no_alert() {
    let company = Company::new().await;
    let guarded = SHOP.replace("raci = \"raci.toml\"\n", "").replace(
        "plugin = \"skills-router\"\nsettings.otherwise.queue = \"soporte\"",
        "plugin = \"skills-router\"\nenvelope.guard = true\nsettings.otherwise.queue = \"soporte\"",
    );
    assert!(guarded.contains("envelope.guard"));
    company.configure(&guarded);
    let Err(said) = Starting::spawn(&company.config(), &[]).open() else { panic!("it opened") };
    for words in ["`company.switches.night`", "the rule `night` of this set protects something"] {
        assert!(said.contains(words), "{said}");
    }
    // A set that there is not is a spelling mistake.
    company.configure(&SHOP.replace("raci = \"raci.toml\"\n", "").replace("night = {", "nigth = {"));
    let Err(said) = Starting::spawn(&company.config(), &[]).open() else { panic!("it opened") };
    assert!(said.contains("company.switches") && said.contains("nigth"), "{said}");
}

struct Office {
    company: Company,
    serve: Serve,
    marta: Caller,
    sofia: Caller,
}

impl Office {
    async fn open() -> Self {
        let (company, serve) = governed_by(SHOP, PEOPLE).await;
        let (mut ricardo, mut marta, mut sofia) =
            (Caller::new(&serve), Caller::new(&serve), Caller::new(&serve));
        ricardo.settle(&invited(&company, "ricardo")).await;
        marta.settle(&invite(&mut ricardo, "marta").await).await;
        sofia.settle(&invite(&mut ricardo, "sofia").await).await;
        Self { company, serve, marta, sofia }
    }

    async fn says(&self, customers: std::ops::Range<u32>) {
        for n in customers {
            let customer = self.company.whatsapp.customer(&format!("57300222{n:04}"), "Lucía");
            customer.say(NUMBER, "hola").unwrap();
        }
    }

    async fn is_on(&mut self, rule: &str) -> bool {
        self.marta.get(&format!("/rules/{rule}")).await.body["mode"] == "live"
    }

    /// Waits until the host has switched a set, and says why.
    async fn switched(&mut self, set: &str, on: bool) -> String {
        for _ in 0..60 {
            let moves = self.company.journal(&["--open", "--kind", "rule-set-moved"]);
            let last = moves.iter().rfind(|one| one["data"]["set"] == set);
            if let Some(last) = last.filter(|last| last["data"]["on"] == on) {
                assert_eq!(last["actor"], "host", "{last}");
                return last["data"]["why"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("nobody switched `{set}`");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_are_switched_by_the_clock_and_by_an_alert_and_a_person_goes_before_both() {
    let mut office = Office::open().await;
    // The calendar is never open, and nobody is busy.
    assert_eq!(office.switched("night", false).await, "calendar never");
    assert_eq!(office.switched("sorry", false).await, "alert watch/busy");
    assert!(!office.is_on("sorry").await && !office.is_on("night").await);
    // What a person does holds until the clock turns.
    let on = json!({ "on": true, "why": "Hoy sí" });
    let moved = office.marta.post("/rule-sets/night/moves", on).await;
    assert_eq!(moved.status, 200, "{moved:?}");

    let (mut marta, sofia) =
        (Listening::open(&office.marta, None).await, Listening::open(&office.sofia, None).await);
    office.says(0..3).await;
    marta.until(|text| text.contains("event: alert\ndata: {\"alert\":\"watch/busy\"")).await;
    assert_eq!(office.switched("sorry", true).await, "alert watch/busy");
    assert!(office.is_on("sorry").await);
    assert!(office.is_on("night").await, "the clock has not turned");
    office.says(3..4).await;
    office.company.until("reply-queued", 1).await;

    // Who has to know does, in their language, and whose scope it is not does not.
    let alerts = office.marta.get("/alerts").await.body;
    let [alert] = alerts["alerts"].as_array().unwrap().as_slice() else { panic!("{alerts}") };
    assert_eq!((&alert["alert"], &alert["queue"]), (&json!("watch/busy"), &json!("ventas")));
    assert!(alert["words"].as_str().unwrap().contains("en ventas"), "{alert}");
    assert_eq!(office.sofia.get("/alerts").await.body["alerts"], json!([]));
    let mut told = Value::Null;
    for _ in 0..100 {
        told = office.marta.get("/notices?unread=true").await.body;
        if told.to_string().contains("alerta: ") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(told.to_string().contains("loud"), "{told}");
    assert!(!office.sofia.get("/notices").await.body.to_string().contains("alerta: "));
    let (ran, text) = run(&office.company, &["kpi", "alerts"]);
    assert!(ran && text.contains("critical") && text.contains("watch/busy"), "{text}");
    office.serve.stop();
    assert!(!sofia.whole().await.contains("event: alert"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_behind_which_an_alert_begins_is_taken_back_once_and_the_one_before_it_stays() {
    let mut office = Office::open().await;
    office.switched("sorry", false).await;
    let off = |why: &str| json!({ "mode": "off", "why": why });
    for (rule, why) in [("night", "No hace falta"), ("router", "Probemos sin ella")] {
        let moved = office.marta.post(&format!("/rules/{rule}/moves"), off(why)).await;
        assert_eq!(moved.status, 200, "{moved:?}");
    }
    // Without the router cases go where the number says, and many come.
    office.says(0..4).await;
    let returned = office.company.until("rule-returned", 1).await;
    assert_eq!((&returned[0]["actor"], &returned[0]["data"]["rule"]), (&json!("host"), &json!("router")));
    assert_eq!(returned[0]["data"]["why"], "alert watch/busy");
    assert!(office.is_on("router").await);
    // The alert goes on, and what was changed before is not to blame for it as well.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(office.company.journal(&["--kind", "rule-returned"]).len(), 1);
    assert!(!office.is_on("night").await);
    office.serve.stop();
}
