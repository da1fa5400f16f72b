//! A campaign as a company has one: drafted by one person, looked at, signed by another, sent, stopped.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{Category, Options, Template};

use crate::caller::{Caller, PEOPLE, invite, invited};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};
use crate::proposals::{named, people, sit, until};
use crate::raci::{run, write};

/// A world in which it is never night, so that a test may run at any hour.
const COUNTRIES: &str = "[default]\nname = \"todos\"\nlaw = \"x\"\ngoverns = [\"marketing\"]\n\
    week = { monday = [\"00:00-24:00\"], tuesday = [\"00:00-24:00\"], wednesday = [\"00:00-24:00\"], \
    thursday = [\"00:00-24:00\"], friday = [\"00:00-24:00\"], saturday = [\"00:00-24:00\"], sunday = [\"00:00-24:00\"] }\n\
    [CO]\nname = \"Colombia\"\ncalling-codes = [\"57\"]\nzones = [\"America/Bogota\"]\nlaw = \"x\"\n";

/// A company that has templates, prices and people.
pub async fn company(raci: &str, more: &str) -> (Company, Serve) {
    let templates = vec![
        Template::new("feria", "es_CO", Category::Marketing, "Hola {{1}}, mañana hay feria de taladros."),
        Template::new("aviso", "es_CO", Category::Utility, "Su pedido {{1}} llega mañana."),
        Template::new("aviso_dos", "es_CO", Category::Utility, "Su pedido {{1}} llega mañana."),
    ];
    let company = Company::with(Options { templates, ..Options::default() }).await;
    let write_to = |name: &str, text: &str| std::fs::write(company.dir.path().join(name), text).unwrap();
    write_to("paises.toml", COUNTRIES);
    write_to("precios.toml", include_str!("../examples/company/prices.toml"));
    let file = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"");
    company.configure(&format!(
        "{file}\n[[company.numbers]]\nid = \"{NUMBER}\"\nname = \"x\"\nqueue = \"general\"\nwaba = \"102290129340398\"\n\
         [company.contacting]\ncountries = \"paises.toml\"\nprices = \"precios.toml\"\ncaps.month = \"500\"\n{more}"
    ));
    write(&company, raci);
    let serve = company.start();
    company.until("templates-synced", 1).await;
    (company, serve)
}

pub fn phone(n: usize) -> String {
    format!("57301{n:07}")
}

/// A file of so many people who agreed.
fn file_of(company: &Company, count: usize) -> String {
    let mut rows = "phone;name;opted-in;evidence\n".to_owned();
    for n in 0..count {
        // Only phones that somebody holds remember what they got.
        company.whatsapp.customer(&phone(n), &format!("Cliente {n}"));
        let _ = writeln!(rows, "+57 {};Cliente {n};2026-01-02T10:00:00-05:00;formulario {n}", &phone(n)[2..]);
    }
    let path = company.dir.path().join("clientes.csv");
    std::fs::write(&path, rows).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The file of a campaign.
fn plan(company: &Company, per_hour: u32, more: &str) -> String {
    let text = format!(
        "name = \"Feria\"\nnumber = \"{NUMBER}\"\nper-hour = {per_hour}\n{more}\n[template]\nname = \"feria\"\n\
         language = \"es_CO\"\n[[template.components]]\nis = \"body\"\nparameters = [{{ value = {{ text = \"{{name|cliente}}\" }} }}]\n\
         [audience.query]\ncountries = [\"CO\"]\n"
    );
    let path = company.dir.path().join("feria.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn show(company: &Company, campaign: &str) -> Value {
    let (shown, told) = run(company, &["campaign", "show", campaign, "--json"]);
    assert!(shown, "{told}");
    serde_json::from_str(&told).unwrap()
}

fn wait(company: &Company, campaign: &str, is: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let told = show(company, campaign);
        if is(&told) {
            return told;
        }
        assert!(Instant::now() < deadline, "{told}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn at(told: &Value, place: &str) -> u64 {
    told["progress"][place].as_u64().unwrap_or(0)
}

fn arrived(told: &Value) -> u64 {
    at(told, "sent") + at(told, "delivered") + at(told, "read")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_drafts_an_admin_signs_exactly_that_list_and_somebody_stops_it() {
    let (company, serve) = company(&people("marta"), "").await;
    let (file, list) = (plan(&company, 3_600, ""), file_of(&company, 40));
    let (drafted, told) = run(&company, &["campaign", "draft", &file, "--people", &list]);
    assert!(drafted && told.contains("Feria [borrador]"), "{told}");
    let campaign = named(&told);

    // One has asked for no more since the file was made.
    company.whatsapp.customer(&phone(7), "Cliente 7").say(NUMBER, "BAJA").unwrap();
    company.until("consent-changed", 41).await;
    let (told_it, told) = run(&company, &["campaign", "estimate", &campaign]);
    assert!(told_it && told.contains("39 contacts (CO 39)"), "{told}");
    assert!(told.contains("- 1: no quieren estos mensajes") && told.contains("0.78 USD"), "{told}");

    let (asked, told) = run(&company, &["campaign", "propose", &campaign]);
    assert!(!asked && told.contains("`reason` is empty"), "{told}");
    let (asked, told) = run(&company, &["campaign", "propose", &campaign, "--reason", "Vender taladros"]);
    assert!(asked && told.contains("[propuesta]"), "{told}");
    let proposal = show(&company, &campaign)["proposal"].as_str().unwrap().to_owned();
    let (_, told) = run(&company, &["proposal", "show", &proposal]);
    assert!(told.contains("campaña: Feria → 39") && told.contains("\"opted-in\": 39"), "{told}");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal]);
    assert!(!signed && told.contains("le toca a otra persona"), "whoever drafts does not sign: {told}");
    let of = || {
        let (_, told) = run(&company, &["proposal", "show", &proposal, "--json"]);
        serde_json::from_str::<Value>(&told).unwrap()["of"].as_str().unwrap().to_owned()
    };
    let first = of();

    // Somebody else says BAJA, so the list is another one and so is what is signed.
    company.whatsapp.customer(&phone(8), "Cliente 8").say(NUMBER, "BAJA").unwrap();
    company.until("consent-changed", 43).await;
    assert!(run(&company, &["campaign", "propose", &campaign, "--reason", "Vender taladros"]).0);
    let (_, told) = run(&company, &["proposal", "show", &proposal]);
    assert!(told.contains("Feria → 38") && of() != first, "{told}");

    sit(&company, &serve, "ricardo");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal, "--of", &first]);
    assert!(!signed && told.contains("El contenido cambió desde"), "{told}");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal]);
    assert!(signed, "{told}");
    until(&company, &proposal, "[en vigor]");
    wait(&company, &campaign, |told| arrived(told) >= 3);
    let got = |n: usize| company.whatsapp.received(&phone(n));
    let words: Vec<String> = (0..40).flat_map(got).map(|message| message.words().to_owned()).collect();
    assert!(words.iter().any(|words| words.starts_with("Hola Cliente ")), "{words:?}");

    // At a message a second most of it is still to come: one person's act ends it.
    let (stopped, told) = run(&company, &["campaign", "stop", &campaign, "--reason", "se agotaron"]);
    assert!(stopped, "{told}");
    let over = wait(&company, &campaign, |told| told["stage"] == "stopped");
    let taken = over["taken"].as_u64().unwrap();
    assert!(taken < 38 && at(&over, "queued") == 0, "{over}");
    assert_eq!(arrived(&over) + at(&over, "withheld") + at(&over, "failed"), taken, "{over}");
    let (again, told) = run(&company, &["campaign", "stop", &campaign]);
    assert!(!again && told.contains("under way or over"), "{told}");
    let stopped = company.journal(&["--kind", "campaign-stopped"]);
    assert_eq!((stopped.len(), stopped[0]["actor"].as_str().unwrap()), (1, "person/ricardo"));
    assert!(run(&company, &["campaign", "list"]).1.contains("Feria [detenida]"));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drafted_anew_after_it_was_signed_is_not_sent() {
    let (company, serve) = company(&people("marta"), "").await;
    let (file, list) = (plan(&company, 3_600, "not-before = 2099-01-01T00:00:00Z"), file_of(&company, 3));
    let (_, told) = run(&company, &["campaign", "draft", &file, "--people", &list]);
    let campaign = named(&told);
    assert!(run(&company, &["campaign", "propose", &campaign, "--reason", "Vender"]).0);
    let proposal = show(&company, &campaign)["proposal"].as_str().unwrap().to_owned();
    assert_eq!(show(&company, &campaign)["stage"], "proposed");
    sit(&company, &serve, "ricardo");
    let (rejected, told) = run(&company, &["proposal", "reject", &proposal, "--words", "Otra semana"]);
    assert!(rejected, "{told}");
    let told = show(&company, &campaign);
    assert_eq!((&told["stage"], &told["stage-words"]), (&json!("draft"), &json!("borrador (rechazada)")));
    // Nobody agreed: it is proposed once more.
    sit(&company, &serve, "marta");
    assert!(run(&company, &["campaign", "propose", &campaign, "--reason", "Vender"]).0);
    let proposal = show(&company, &campaign)["proposal"].as_str().unwrap().to_owned();
    sit(&company, &serve, "ricardo");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal]);
    assert!(signed && told.contains("✓ ricardo") && told.contains("programada para"), "{told}");
    // Other words for it, and nobody is asked: the emergency goes past the hour, and not past the content.
    sit(&company, &serve, "marta");
    let file = plan(&company, 7_200, "");
    let (drafted, told) =
        run(&company, &["campaign", "draft", &file, "--people", &list, "--edits", &campaign]);
    assert!(drafted, "{told}");
    sit(&company, &serve, "ricardo");
    let (forced, told) = run(&company, &["proposal", "force", &proposal, "--words", "ya"]);
    assert!(forced, "{told}");
    let told = until(&company, &proposal, "[falló]");
    assert!(told.contains("is not the one that was signed"), "{told}");
    assert!(company.journal(&["--kind", "campaign-begun"]).is_empty());
    assert_eq!(show(&company, &campaign)["stage"], "draft");
    serve.stop();
}

/// Drafts, proposes, signs: two people by the API and the command.
async fn begin(company: &Company, serve: &Serve, count: usize) -> String {
    let (file, list) = (plan(company, 3_600_000, ""), file_of(company, count));
    let (drafted, told) = run(company, &["campaign", "draft", &file, "--people", &list]);
    assert!(drafted, "{told}");
    let campaign = named(&told);
    let (asked, told) = run(company, &["campaign", "propose", &campaign, "--reason", "Vender"]);
    assert!(asked, "{told}");
    let proposal = show(company, &campaign)["proposal"].as_str().unwrap().to_owned();
    sit(company, serve, "ricardo");
    let (signed, told) = run(company, &["proposal", "sign", &proposal]);
    assert!(signed, "{told}");
    campaign
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_two_thousand_nobody_gets_two_and_nobody_is_forgotten() {
    const ALL: usize = 2_000;
    let (company, serve) = company(&people("marta"), "").await;
    let campaign = begin(&company, &serve, ALL).await;
    wait(&company, &campaign, |told| told["taken"].as_u64() >= Some(600) && arrived(told) > 100);
    serve.kill();
    let serve = company.start();
    wait(&company, &campaign, |told| told["stage"] == "done" && at(told, "queued") == 0);
    let queued = company.journal(&["--kind", "reply-queued"]);
    let messages: BTreeSet<&str> =
        queued.iter().map(|one| one["data"]["message"].as_str().unwrap()).collect();
    let streams: BTreeSet<&str> = queued.iter().map(|one| one["stream"].as_str().unwrap()).collect();
    assert_eq!((queued.len(), messages.len(), streams.len()), (ALL, ALL, ALL));
    let got: Vec<usize> = (0..ALL).map(|n| company.whatsapp.received(&phone(n)).len()).collect();
    assert!(got.iter().all(|got| *got <= 1), "an offer is never sent twice");
    // What was on its way when the process died may have arrived or not, and an offer is not worth a second one.
    let missing = got.iter().filter(|got| **got == 0).count();
    let doubt = company.journal(&["--kind", "send-in-doubt"]).len();
    assert!(missing <= doubt && doubt <= 128, "{missing} of {doubt}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_waits_for_no_campaign() {
    let (company, serve) = company(&people("marta"), "").await;
    let campaign = begin(&company, &serve, 20_000).await;
    wait(&company, &campaign, |told| arrived(told) > 100);
    for n in 0..5 {
        let asked = format!("57300111220{n}");
        company.whatsapp.customer(&asked, "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
        let since = Instant::now();
        while company.whatsapp.received(&asked).is_empty() {
            assert!(since.elapsed() < Duration::from_secs(2), "{}", show(&company, &campaign));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let told = show(&company, &campaign);
    assert_eq!(told["stage"], "running", "{told}");
    assert!(run(&company, &["campaign", "stop", &campaign]).0);
    wait(&company, &campaign, |told| told["stage"] == "stopped" && at(told, "queued") == 0);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_api_a_program_drafts_a_person_signs_and_what_makes_no_sense_is_told_by_its_field() {
    let (company, serve) = company(PEOPLE, "").await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut patricia = Caller::new(&serve);
    let link = invite(&mut ricardo, "patricia").await;
    patricia.settle(&link).await;
    let draft = |change: &dyn Fn(&mut Value)| {
        let mut draft = json!({
            "name": "Feria", "number": NUMBER, "per-hour": 3_600,
            "template": {"name": "feria", "language": "es_CO",
                "components": [{"is": "body", "parameters": [{"value": {"text": "{name|cliente}"}}]}]},
            "audience": {"people": [
                {"phone": phone(1), "name": "Uno", "opted-in": "2026-01-02T10:00:00Z", "evidence": "formulario"},
                {"phone": phone(1), "opted-in": "2026-01-02T10:00:00Z"},
                {"phone": phone(2), "name": "Dos"},
                {"phone": "12"},
            ]},
        });
        change(&mut draft);
        draft
    };
    type Change = fn(&mut Value);
    let wrong: [(Change, &str); 5] = [
        (|draft| draft["name"] = json!(" "), "`name` is"),
        (|draft| draft["per-hour"] = json!(0), "`per-hour` is `0`"),
        (|draft| draft["number"] = json!("1"), "`number` is `1`"),
        (|draft| draft["template"]["name"] = json!("otra"), "There is no template `otra`"),
        (
            |draft| draft["template"]["components"][0]["parameters"][0]["value"]["text"] = json!("{phone}"),
            "`template.components` is `phone`",
        ),
    ];
    for (change, words) in wrong {
        let told = ricardo.post("/campaigns", draft(&change)).await;
        assert_eq!((told.status, told.problem()), (422, "not-a-campaign"), "{words}");
        assert!(told.body["detail"].as_str().unwrap().contains(words), "{told:?}");
    }
    company.whatsapp.customer(&phone(1), "Uno");
    let told = ricardo.post("/campaigns", draft(&|_| {})).await;
    assert_eq!(told.status, 200, "{told:?}");
    let campaign = told.body["campaign"].as_str().unwrap().to_owned();
    let told = ricardo.post(&format!("/campaigns/{campaign}/estimate"), Value::Null).await;
    assert_eq!((told.status, &told.body["contacts"], &told.body["opted-in"]), (200, &json!(1), &json!(1)));
    let why: BTreeSet<&str> =
        told.body["left-out"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(why, BTreeSet::from(["duplicate", "no-opt-in", "no-phone"]));
    // Whoever may not be written to has not become a contact.
    assert_eq!(company.journal(&["--kind", "contact-created"]).len(), 1);
    let evidence = company.journal(&["--open", "--kind", "consent-changed"]);
    assert!(evidence[0].to_string().contains("formulario") && evidence[0]["actor"] == "person/ricardo");

    let proposed =
        ricardo.post(&format!("/campaigns/{campaign}/proposal"), json!({"reason": "Vender"})).await;
    assert_eq!((proposed.status, &proposed.body["stage"]), (200, &json!("proposed")), "{proposed:?}");
    let proposal = proposed.body["proposal"].as_str().unwrap().to_owned();
    let path = format!("/proposals/{proposal}");
    let of = patricia.get(&path).await.body["of"].clone();
    let signed = patricia.post(&format!("{path}/words"), json!({"do": "sign", "of": of})).await;
    assert_eq!(signed.status, 200, "{signed:?}");
    let deadline = Instant::now() + Duration::from_secs(20);
    while company.whatsapp.received(&phone(1)).is_empty() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let told = ricardo.get(&format!("/campaigns/{campaign}")).await.body;
    assert_eq!((&told["stage"], &told["contacts"]), (&json!("done"), &json!(1)), "{told}");
    assert_eq!(ricardo.get("/campaigns/nothing").await.problem(), "not-there");
    assert_eq!(company.journal(&["--kind", "campaign-begun"]).len(), 1);
    serve.stop();
}
