//! What an operation is measured by: counted once whatever happens, and shown to whom it is for.

use std::time::{Duration, Instant};

use domain::agent::Presence;
use domain::event::Event;
use domain::id::{AgentId, ConversationId};
use domain::measure::fact::{Facts, What};
use domain::measure::figure::Hour;
use domain::measure::sum::Sum;
use domain::message::Outgoing;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::assembled::{House, Open, block_on, events, of_kind};
use crate::caller::{Caller, PASSWORD, invited};
use crate::guests;
use crate::program::{Company, NUMBER, Serve, post_signed, text_body};
use crate::raci::{change, governed_by, run};

const COMPANY: &str = "zone = \"America/Bogota\"\n[[queues]]\nid = \"ventas\"\n\
    [[agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"ventas\"]\ncapacity = 9\n";

const RULES: &[(&str, &str, &str)] = &[
    ("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#),
    ("kpi", "kpi-core", r#"{"service-level-seconds": 20}"#),
];

/// Ana writes to a customer, or closes their case.
fn attend(open: &mut Open, conversation: ConversationId, closes: bool) {
    let (desk, ana) = (open.desk.clone(), AgentId::from("ana"));
    let asked = std::thread::spawn(move || {
        block_on(async {
            if closes {
                desk.close(&ana, conversation, "solved").await
            } else {
                desk.reply(&ana, conversation, Outgoing::Text { body: "Hola.".to_owned() }).await
            }
        })
    });
    while !asked.is_finished() {
        assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
        std::thread::yield_now();
    }
    asked.join().unwrap().unwrap();
}

/// What was counted of a figure on all days, by all who see everything.
fn counted(open: &Open, name: &str) -> Sum {
    let store = open.desk.store();
    let defined = store.figures().unwrap().into_iter().find(|one| one.figure.name == name).unwrap();
    let mut sum = Sum::default();
    let (first, last) = (events(&open.desk).first().unwrap().time, events(&open.desk).last().unwrap().time);
    let zone = TimeZone::get("America/Bogota").unwrap();
    let (mut day, last) = (Hour::of(first, &zone).day, Hour::of(last, &zone).day);
    while day <= last {
        let days = store.sums_of_day(&defined.figure.series(&defined.rule), day).unwrap();
        days.iter().for_each(|(_, more)| sum.merge(more));
        day = day.tomorrow().unwrap();
    }
    sum
}

/// The facts of the journal, folded by themselves.
fn facts(open: &Open) -> Vec<What> {
    let mut facts = Facts::default();
    events(&open.desk).iter().flat_map(|event| facts.take(event)).map(|fact| fact.what).collect()
}

#[test]
fn what_was_counted_is_the_sum_over_the_facts_whenever_the_machine_stops_and_each_day_is_sealed() {
    let house = House::new(31, COMPANY, RULES);
    let mut open = house.open().unwrap();
    block_on(open.desk.set_presence(&"ana".into(), Presence::Available, None)).unwrap();
    for customer in 0..8 {
        let text = house.text(&format!("wamid.{customer}"), &format!("57300000000{customer}"), "hola");
        house.post(&open.desk, &text).unwrap();
        open.settle();
        let mut known: Vec<_> = open.desk.store().conversations().unwrap().into_iter().collect();
        known.retain(|(_, conversation)| conversation.case.is_some());
        let (conversation, _) = known.pop().unwrap();
        house.clock.advance(7 * customer);
        attend(&mut open, conversation, false);
        // A machine that stops here has written the answer, and counted nothing of it.
        if customer % 3 == 1 {
            drop(open);
            house.disk.crash();
            if customer == 4 {
                house.lose_projections();
            }
            open = house.open().unwrap();
        }
        house.clock.advance(6);
        open.settle();
        attend(&mut open, conversation, true);
        open.settle();
    }
    // The last one writes again within three days; of the others it is known after them.
    house.clock.advance(86_400);
    house.post(&open.desk, &house.text("wamid.again", "573000000007", "otra cosa")).unwrap();
    open.settle();
    house.clock.advance(3 * 86_400);
    for _ in 0..3 {
        open.settle();
        house.clock.advance(6);
    }

    let waits: Vec<u64> = facts(&open)
        .into_iter()
        .filter_map(|what| match what {
            What::CaseAnswered { since_queued, .. } => since_queued,
            _ => None,
        })
        .collect();
    assert_eq!(waits.len(), 8);
    let first_response = counted(&open, "first-response");
    assert_eq!((first_response.samples, first_response.value), (8, waits.iter().sum()));
    let in_time = waits.iter().filter(|wait| **wait <= 20_000).count() as u64;
    let level = counted(&open, "service-level");
    assert!(in_time > 0 && in_time < 8);
    assert_eq!((level.value, level.of), (in_time, 8));
    let solved = counted(&open, "first-contact-resolution");
    assert_eq!((solved.value, solved.of), (7, 8), "one came back");
    assert_eq!(of_kind(&open.desk, "case-settled").len(), 7);

    // Every day on which something was counted is over, but today, and what its seal says is what lies there.
    let store = open.desk.store();
    let sealed = of_kind(&open.desk, "day-sealed");
    assert!(sealed.len() >= 2, "{sealed:?}");
    for event in sealed {
        let Event::DaySealed(sealed) = event else { unreachable!() };
        assert_eq!(store.seal_of(sealed.day).unwrap(), sealed);
        assert_eq!(store.sealed_day(sealed.day).unwrap(), Some(sealed));
    }
    assert!(store.facts(10).unwrap().is_empty());
}

const PEOPLE: &str =
    "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\naccount = \"{me}\"\n";

fn person(id: &str, more: &str) -> String {
    format!("[[people]]\nid = \"{id}\"\nname = \"{id}\"\n{more}\n")
}

/// A company that counts, and in which a hostile rule counts too.
fn file(dir: &std::path::Path) -> String {
    let hostile = dir.join("hostile.wasm");
    std::fs::write(&hostile, guests::component("counts_and_traps")).unwrap();
    format!(
        "[company]\nraci = \"raci.toml\"\n[[company.queues]]\nid = \"ventas\"\n[[company.queues]]\nid = \"soporte\"\n\
         [[company.numbers]]\nid = \"{NUMBER}\"\nname = \"x\"\nqueue = \"ventas\"\n\
         [[rule-sets]]\nname = \"rutas\"\n[[rule-sets.rules]]\nid = \"rutas\"\nplugin = \"skills-router\"\n\
         settings = {{ routes = [{{ when = {{ words = [\"roto\"] }}, queue = \"soporte\" }}], otherwise = {{ queue = \"ventas\" }} }}\n\
         [[rule-sets]]\nname = \"indicadores\"\n[[rule-sets.rules]]\nid = \"mala\"\nplugin = {hostile:?}\nsettings = {{}}\n\
         [[rule-sets.rules]]\nid = \"kpi\"\nplugin = \"kpi-core\"\nsettings = {{}}\n"
    )
}

fn until_counted(company: &Company, arguments: &[&str], part: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let (_, told) = run(company, arguments);
        if told.contains(part) {
            return told;
        }
        assert!(Instant::now() < deadline, "`{part}` is missing in: {told}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

async fn wrote(serve: &Serve, customer: u32, text: &str) {
    let body = text_body(&format!("wamid.{customer}"), &format!("5730011122{customer:02}"), text);
    assert_eq!(post_signed(&serve.address, body.as_bytes()).await, Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_the_figures_that_are_theirs_and_a_rule_that_fails_spoils_none_of_another() {
    let dir = tempfile::tempdir().unwrap();
    let people = format!(
        "{PEOPLE}{}{}",
        person("luz", "roles = [\"supervisor\"]\nscope = { queues = [\"soporte\"] }"),
        person("ana", "roles = [\"agent\"]")
    );
    let (company, serve) = governed_by(&file(dir.path()), &people).await;
    for customer in 0..5 {
        wrote(&serve, customer, if customer < 2 { "llegó roto" } else { "hola" }).await;
    }
    let queued = ["kpi", "show", "cases-queued", "--every", "total", "--by", "queue", "--csv"];
    let told = until_counted(&company, &queued, ",ventas,3,");
    assert!(told.starts_with("metric,version,rule,") && told.contains(",soporte,2,2,"), "{told}");
    let told = run(&company, &["kpi", "list"]).1;
    assert!(told.contains("cases-queued  Casos que esperaron a una persona (cases)"), "{told}");
    assert!(told.contains("facts are missing: the rule failed"), "the hostile one: {told}");

    // A rule that counts otherwise counts beside, and the figures of record stay as they are.
    let settings = dir.path().join("settings.json");
    std::fs::write(&settings, r#"{"service-level-seconds": 5}"#).unwrap();
    let compare =
        ["kpi", "compare", "kpi-core", "--settings", settings.to_str().unwrap(), "--total", "--json"];
    let (compared, told) = run(&company, &compare);
    let told: Value = serde_json::from_str(told.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    assert!(compared && told["missed"] == 0, "{told}");
    let of = |name: &str| {
        let all = told["figures"].as_array().unwrap();
        all.iter().find(|figure| figure["metric"] == name).unwrap()["rows"].clone()
    };
    let both = &of("cases-queued")[0];
    assert_eq!((&both["candidate"]["value"], &both["record"][0]["value"]), (&json!(5.0), &json!(5.0)));
    assert_eq!(both["record"][0]["rule"], "kpi");

    // From afar each sees their part: Luz her queue, Ana what is hers, which is nothing yet.
    let mut luz = Caller::new(&serve);
    luz.settle(&invited(&company, "luz")).await;
    let report = luz.get("/kpis/cases-queued?every=total&by=queue").await;
    let rows = report.body["figures"][0]["rows"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["group"], &rows[0]["sum"]),
        (1, &json!("soporte"), &json!(2)),
        "{report:?}"
    );
    let mut ana = Caller::new(&serve);
    let accepted = json!({"invitation": invited(&company, "ana"), "password": PASSWORD});
    assert_eq!(ana.post("/invitations/accept", accepted).await.status, 200);
    let report = ana.get("/kpis/cases-queued?every=hour").await;
    assert_eq!((report.status, &report.body["figures"][0]["rows"]), (200, &json!([])), "{report:?}");

    let csv = luz.get("/kpis/cases-queued?format=csv").await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(luz.get("/kpis/shoe-size").await.problem(), "no-such-figure");
    for wrong in ["since=ayer", "every=minute", "by=shoe", "since=2026-01-01&until=2025-01-01", "format=pdf"]
    {
        let told = luz.get(&format!("/kpis/cases-queued?{wrong}")).await;
        assert_eq!((told.status, told.problem()), (422, "not-a-report"), "{wrong}: {told:?}");
    }
    let first = luz.get("/kpis?limit=3").await;
    assert_eq!(first.body["figures"].as_array().unwrap().len(), 3);
    let next = first.body["next"].as_str().unwrap().replace(' ', "%20").replace(':', "%3A");
    let second = luz.get(&format!("/kpis?limit=200&after={next}")).await;
    assert!(
        second.body["figures"].as_array().unwrap().len() > 3 && second.body["next"].is_null(),
        "{second:?}"
    );

    // Whoever is killed has counted nothing twice.
    serve.kill();
    let serve = company.start();
    wrote(&serve, 9, "hola").await;
    until_counted(&company, &queued, ",ventas,4,");
    // Somebody who has no letter in the row sees nothing.
    let none = format!("[matrix]\nreporting = {{ supervisor = \"-\" }}\n{people}");
    change(&company, &serve, &none);
    luz.address = serve.address.clone();
    assert_eq!(luz.get("/kpis").await.status, 403);
    serve.stop();
}
