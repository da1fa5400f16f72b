//! What people are told: by the letters that they have, each in their language, once, and also over a crash.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::caller::{Caller, PASSWORD, invite, opened};
use crate::program::{Company, NUMBER};
use crate::proposals::{file, named, people, sit, until};
use crate::raci::{change, governed_by, run};
use crate::templates::READY;

/// What somebody in the chair reads, once it says so.
fn inbox(company: &Company, part: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let (ran, told) = run(company, &["inbox"]);
        if ran && told.contains(part) {
            return told;
        }
        assert!(Instant::now() < deadline, "`{part}` is missing in: {told}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A template that Ricardo proposed, by the beginning of its name.
fn propose(company: &Company) -> String {
    let path = company.dir.path().join("listo.toml");
    std::fs::write(&path, READY).unwrap();
    let create = ["template", "create", path.to_str().unwrap(), "--reason", "Avisar del pedido"];
    let (made, told) = run(company, &create);
    assert!(made, "{told}");
    named(&told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_asks_those_whose_word_it_wants_tells_the_others_and_all_hear_the_end() {
    let (company, serve) = governed_by(&file(), &people("ricardo")).await;
    let told = inbox(&company, "letras en la matriz. Ricardo Salazar: ");
    assert!(!told.contains("Ana Ruiz"), "in the beginning nobody is told of all the others: {told}");
    let proposal = propose(&company);

    sit(&company, &serve, "paula");
    let told = inbox(&company, "crear «pedido_listo» (es), avisos: propuesta (Ricardo Salazar)");
    assert!(told.contains(&format!("le espera: timonel proposal show {proposal}")), "{told}");
    sit(&company, &serve, "ana");
    let (_, told) = run(&company, &["inbox"]);
    assert!(
        !told.contains("propuesta"),
        "whoever is informed hears of what is so, and not of each word: {told}"
    );
    sit(&company, &serve, "marta");
    assert!(inbox(&company, "propuesta").contains("le espera"));
    assert!(run(&company, &["proposal", "agree", &proposal]).0);
    assert!(!inbox(&company, "propuesta").contains("le espera"), "she has spoken");

    sit(&company, &serve, "paula");
    assert!(run(&company, &["proposal", "sign", &proposal]).0);
    until(&company, &proposal, "[enviada a Meta]");
    sit(&company, &serve, "ricardo");
    let told = inbox(&company, "«pedido_listo» (es), avisos: ejecutada");
    assert!(told.contains("firmada (Paula Gómez)") && !told.contains(": propuesta"), "he knows: {told}");

    // What was read is read, also when the machine stops the next moment.
    assert_eq!(run(&company, &["inbox", "read"]), (true, "unread: 0\n".to_owned()));
    serve.kill();
    let given = company.journal(&["--kind", "notice-given"]).len();
    let serve = company.start();
    assert_eq!(run(&company, &["inbox"]), (true, "nothing new\n".to_owned()));
    assert!(run(&company, &["outbound", "pause", "--reason", "mudanza"]).0);
    sit(&company, &serve, "ana");
    inbox(&company, "envíos detenidos: todos los números (Ricardo Salazar)");
    let (_, told) = run(&company, &["inbox", "--all"]);
    assert_eq!(told.matches(": ejecutada").count(), 1, "nobody is told twice: {told}");
    // Paula, Marta and Ana, of the stop.
    assert_eq!(company.journal(&["--kind", "notice-given"]).len(), given + 3);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_scoped_is_told_of_their_number_and_of_nothing_else_and_in_their_language() {
    let with_luz = |chair: &str| {
        let account = if chair == "luz" { "account = \"{me}\"\n" } else { "" };
        let scope = format!("scope = {{ numbers = [\"{NUMBER}\"] }}");
        let luz =
            format!("id = \"luz\"\nname = \"Luz\"\nroles = [\"supervisor\"]\nlanguage = \"pt\"\n{scope}\n");
        format!("{}[[people]]\n{luz}{account}", people(chair))
    };
    let (company, serve) = governed_by(&file(), &people("ricardo")).await;
    inbox(&company, "letras en la matriz");
    change(&company, &serve, &with_luz("ricardo"));
    // Somebody is new: whoever manages access is told what they may now.
    let told = inbox(&company, "Luz: Atender conversaciones A/C");
    assert!(!told.contains("Ana Ruiz"), "{told}");
    assert!(run(&company, &["outbound", "pause", "--reason", "todo"]).0);
    propose(&company);
    assert!(run(&company, &["outbound", "pause", "--reason", "calidad", "--number", NUMBER]).0);
    change(&company, &serve, &with_luz("luz"));
    let told = inbox(&company, &format!("envios parados: o número {NUMBER} (Ricardo Salazar)"));
    assert!(!told.contains("todos os números") && !told.contains("pedido_listo"), "{told}");
    assert!(told.contains("letras na matriz. Luz"), "{told}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_past_the_approvals_is_loud() {
    let (company, serve) = governed_by(&file(), &people("ricardo")).await;
    let proposal = propose(&company);
    assert!(run(&company, &["proposal", "force", &proposal, "--words", "Se vence hoy"]).0);
    sit(&company, &serve, "ana");
    let told = inbox(&company, "FORZADA SIN APROBACIÓN (Ricardo Salazar)");
    assert!(told.contains("\n! ") || told.starts_with("! "), "{told}");
    sit(&company, &serve, "paula");
    let told = inbox(&company, "FORZADA SIN APROBACIÓN");
    assert!(told.contains("¡ATENCIÓN!: timonel proposal show"), "she has to look at it: {told}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_api_each_reads_their_own_in_pages_and_marks_it() {
    let (_company, serve, mut ricardo, _) = opened().await;
    let mut andrea = Caller::new(&serve);
    let link = invite(&mut ricardo, "andrea").await;
    let accepted = json!({"invitation": link, "password": PASSWORD});
    assert_eq!(andrea.post("/invitations/accept", accepted).await.status, 200);
    invite(&mut ricardo, "patricia").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    let first = loop {
        let told = andrea.get("/notices?unread=true").await;
        let first = told.body["notices"][0].clone();
        if first["words"] == "convite para pôr senha: Patricia Gómez (Ricardo Salazar)" {
            break first;
        }
        assert!(Instant::now() < deadline, "{told:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let (mut kinds, mut path) = (Vec::new(), "/notices?limit=1".to_owned());
    loop {
        let page = andrea.get(&path).await;
        assert_eq!(page.body["notices"].as_array().unwrap().len(), 1, "{page:?}");
        kinds.push(page.body["notices"][0]["matter"]["is"].as_str().unwrap().to_owned());
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/notices?limit=1&after={next}");
    }
    assert_eq!(kinds, ["invited", "invited", "invited", "rights"], "the newest first, each once");

    let left = andrea.post("/notices/read", json!({"notices": [first["notice"]]})).await;
    assert_eq!(left.status, 200, "{left:?}");
    let now = andrea.get("/notices?unread=true").await;
    assert_eq!(now.body["unread"], left.body["unread"]);
    assert!(!now.body["notices"].as_array().unwrap().iter().any(|one| one["notice"] == first["notice"]));
    assert!(
        ricardo.get("/notices").await.body["notices"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["read"].is_null())
    );
    serve.stop();
}
