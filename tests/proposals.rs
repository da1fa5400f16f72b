//! What takes more than one person: proposed by one, heard, signed by another, and then done by the host.
//!
//! The kernel knows one account here, so the same chair is taken by one person after the other: the matrix that is in force
//! says whose the account is.

use serde_json::{Value, json};

use crate::caller::{Caller, Told, invite, opened, token};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};
use crate::raci::{change, governed_by, run};
use crate::templates::READY;

/// Two admins, a supervisor and an agent; the one in the chair has the account.
pub fn people(chair: &str) -> String {
    let all = [
        ("ricardo", "Ricardo Salazar", "admin"),
        ("paula", "Paula Gómez", "admin"),
        ("marta", "Marta Díaz", "supervisor"),
        ("ana", "Ana Ruiz", "agent"),
    ];
    let one = |(id, name, role): &(&str, &str, &str)| {
        let account = if *id == chair { "account = \"{me}\"\n" } else { "" };
        format!("[[people]]\nid = \"{id}\"\nname = \"{name}\"\nroles = [\"{role}\"]\n{account}")
    };
    all.iter().map(one).collect()
}

pub fn sit(company: &Company, serve: &Serve, chair: &str) {
    change(company, serve, &people(chair));
}

pub fn file() -> String {
    let waba = format!(
        "[[company.numbers]]\nid = \"{NUMBER}\"\nname = \"x\"\nqueue = \"general\"\nwaba = \"102290129340398\"\n"
    );
    // A number that is described needs its queue described.
    format!("[company]\nraci = \"raci.toml\"\n[[company.queues]]\nid = \"general\"\n{waba}")
}

/// The first word of what was said: the beginning of the proposal's name.
pub fn named(told: &str) -> String {
    told.split_whitespace().next().unwrap().to_owned()
}

pub fn until(company: &Company, proposal: &str, stage: &str) -> String {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let (shown, told) = run(company, &["proposal", "show", proposal]);
        if shown && told.contains(stage) {
            return told;
        }
        assert!(std::time::Instant::now() < deadline, "{told}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_reaches_meta_when_another_admin_has_signed_exactly_it() {
    let (company, serve) = governed_by(&file(), &people("ricardo")).await;
    let path = company.dir.path().join("listo.toml");
    let path = path.to_str().unwrap();
    std::fs::write(path, READY).unwrap();

    let (made, told) = run(&company, &["template", "create", path]);
    assert!(!made && told.contains("`reason` is empty"), "{told}");
    std::fs::write(path, READY.replace("{{1}}", "{{2}}")).unwrap();
    let (made, told) = run(&company, &["template", "create", path, "--reason", "Aviso"]);
    assert!(!made && told.contains("components[0].text"), "what Meta would refuse is not proposed: {told}");

    std::fs::write(path, READY).unwrap();
    let (made, told) = run(&company, &["template", "create", path, "--reason", "Avisar del pedido"]);
    assert!(made, "{told}");
    for part in [
        "plantilla: crear «pedido_listo» (es), avisos [abierta]",
        "ricardo: Avisar del pedido",
        "«Modificar plantillas»: falta 1 firma de Paula Gómez",
        "se espera la opinión de Marta Díaz",
        "timonel proposal withdraw|force",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let proposal = named(&told);
    let (signed, told) = run(&company, &["proposal", "sign", &proposal]);
    assert!(!signed && told.contains("no la decide: le toca a otra persona"), "{told}");
    assert!(company.journal(&["--kind", "template-submitted"]).is_empty());

    // An agent is told that there is something, and reads nothing of it.
    sit(&company, &serve, "ana");
    let (_, told) = run(&company, &["proposal", "show", &proposal]);
    assert!(told.contains("pedido_listo") && !told.contains("está listo."), "{told}");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal]);
    assert!(
        !signed
            && told.contains(
                "Ninguna fila de la propuesta se lo permite. «Modificar plantillas»: puede firmar Paula"
            ),
        "{told}"
    );

    // The supervisor is against it, so it is mended, and what was said of the first content is void.
    sit(&company, &serve, "marta");
    let (said, told) = run(&company, &["proposal", "object", &proposal, "--words", "Falta el nombre"]);
    assert!(said && told.contains("- marta: Falta el nombre"), "{told}");
    sit(&company, &serve, "paula");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal, "--of", &"0".repeat(64)]);
    assert!(!signed && told.contains("El contenido cambió desde"), "{told}");
    let (signed, told) = run(&company, &["proposal", "sign", &proposal]);
    assert!(signed && told.contains("✓ paula"), "{told}");

    let told = until(&company, &proposal, "[enviada a Meta]");
    assert!(told.contains("está listo."), "{told}");
    let submitted = company.journal(&["--kind", "template-submitted"]);
    assert_eq!(submitted.len(), 1);
    assert_eq!(submitted[0]["actor"], "person/ricardo");
    let (_, told) = run(&company, &["proposal", "list"]);
    assert_eq!(told, "nothing waits\n");
    let (signed, told) = run(&company, &["proposal", "reject", &proposal, "--words", "tarde"]);
    assert!(!signed && told.contains("ya no está abierta"), "{told}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_forgotten_and_handed_out_only_when_a_second_person_agrees() {
    let file = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"");
    let (company, serve) = governed_by(&file, &people("ricardo")).await;
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    company.until("message-received", 1).await;
    let phone = ["--phone", "+57 300 111 2233"];
    let erase =
        |reason| run(&company, &[&["contact", "erase", "--yes", "--reason", reason][..], &phone].concat());
    let out = company.dir.path().join("lucia.json");
    let export = || {
        let out = out.to_str().unwrap();
        run(&company, &[&["contact", "export", "--reason", "Lo pide", "--out", out][..], &phone].concat())
    };

    let (done, told) = export();
    assert!(done && told.contains("nothing was handed out yet") && !out.exists(), "{told}");
    let handed = named(&told);
    let (done, told) = erase("lo pide Lucía");
    assert!(!done && told.contains("names the customer"), "{told}");
    let (done, told) = erase("solicitud del titular");
    assert!(done && told.contains("contact/") && told.contains("[abierta]"), "{told}");
    let forgotten = named(&told);
    assert!(company.journal(&["--kind", "contact-erased"]).is_empty());

    sit(&company, &serve, "paula");
    let (done, told) = run(&company, &["proposal", "force", &handed, "--words", "urgente"]);
    assert!(!done && told.contains("datos de un cliente por su cuenta"), "{told}");
    assert!(run(&company, &["proposal", "sign", &handed]).0);
    // Another admin does not take what was approved for him: hers is a proposal of her own.
    assert!(export().1.contains("[abierta]") && !out.exists());

    sit(&company, &serve, "ricardo");
    until(&company, &handed, "[aprobada]");
    let (done, told) = export();
    assert!(done && std::fs::read_to_string(&out).unwrap().contains("Lucía"), "{told}");
    std::fs::remove_file(&out).unwrap();
    // Once.
    assert!(export().1.contains("[abierta]") && !out.exists());

    sit(&company, &serve, "paula");
    assert!(run(&company, &["proposal", "sign", &forgotten]).0);
    until(&company, &forgotten, "[en vigor]");
    let erased = company.journal(&["--kind", "contact-erased"]);
    assert_eq!(erased[0]["actor"], "person/ricardo");
    assert_eq!(erased[0]["data"]["reason"], "solicitud del titular");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_in_the_company_s_files_is_a_draft_until_it_is_agreed_on_and_survives_a_restart_so() {
    let approvals =
        "[company]\nraci = \"raci.toml\"\napprovals = { files = \"when-approved\", alone = \"3s\" }";
    let file = SHOP.replace("[company]", approvals);
    let alone =
        "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\naccount = \"{me}\"\n";
    let (company, serve) = governed_by(&file, alone).await;
    let with_ana = format!("{alone}[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\nroles = [\"admin\"]\n");

    // There is nothing to agree on yet, and what makes no sense is not proposed.
    let propose = || run(&company, &["proposal", "company", "--reason", "Ana reemplaza a Luis"]);
    assert!(propose().1.contains("nothing is to be agreed on"));
    crate::raci::write(&company, "[matrix]\naudit = { boss = \"A\" }");
    serve.says(&["it is a draft"]);
    assert!(propose().1.contains("`matrix.audit` is `boss`"));

    crate::raci::write(&company, &with_ana);
    let in_force = |company: &Company| {
        let adopted = company.journal(&["--kind", "company-adopted"]);
        let content = adopted.last().unwrap()["data"]["content"].to_string();
        assert!(!content.contains("access-token"), "secrets are none of it");
        content.contains("Ana Ruiz")
    };
    assert!(!in_force(&company));
    // A restart changes nothing about it.
    serve.stop();
    let serve = company.start();
    assert!(!in_force(&company));
    let (forced, told) = run(&company, &["proposal", "list"]);
    assert!(forced && told == "nothing waits\n", "{told}");

    let (made, told) = propose();
    assert!(made && told.contains("la empresa: raci.toml [abierta]"), "{told}");
    let proposal = named(&told);
    let told = until(&company, &proposal, "[en vigor]");
    assert!(told.contains("+++ raci.toml") || told.contains("--- raci.toml"), "{told}");
    assert!(in_force(&company));
    serve.stop();
    // Files that make no sense are a draft, too: the host starts with what was agreed on, and knows what that was.
    crate::raci::write(&company, "[matrix]\naudit = { boss = \"A\" }");
    let serve = company.start();
    let told = until(&company, &proposal, "[en vigor]");
    assert!(told.contains("--of "), "{told}");
    assert!(run(&company, &["outbound"]).0);

    // From now on there are two, and neither gives rights alone: not even back.
    crate::raci::write(&company, alone);
    let (made, told) = propose();
    assert!(made && told.contains("falta 1 firma de Ana Ruiz"), "{told}");
    let proposal = named(&told);
    let (forced, told) = run(&company, &["proposal", "force", &proposal, "--words", "ya"]);
    assert!(!forced && told.contains("Esto no se hace sin aprobación"), "{told}");
    assert!(run(&company, &["proposal", "withdraw", &proposal]).0);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_compared_with_what_is_in_force_no_more_is_proposed_again_and_puts_nothing_back() {
    let approvals =
        "[company]\nraci = \"raci.toml\"\napprovals = { files = \"when-approved\", alone = \"0s\" }";
    let alone = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\naccount = \"{me}\"\n";
    let (company, serve) = governed_by(&SHOP.replace("[company]", approvals), alone).await;
    let with = |name: &str| {
        crate::raci::write(&company, &format!("{alone}[[roles]]\nid = \"{name}\"\nname = \"{name}\"\n"))
    };
    let propose = |more: &[&str]| {
        let (made, told) = run(&company, &[&["proposal", "company", "--reason", "x"], more].concat());
        assert!(made, "{told}");
        named(&told)
    };
    with("primera");
    let soon = jiff::Timestamp::now() + std::time::Duration::from_secs(4);
    let first = propose(&["--not-before", &soon.to_string()]);
    with("segunda");
    let second = propose(&[]);
    until(&company, &second, "[en vigor]");
    let told = until(&company, &first, "[falló]");
    assert!(told.contains("something else was agreed on since"), "{told}");
    let adopted = company.journal(&["--kind", "company-adopted"]);
    assert!(adopted.last().unwrap()["data"]["content"].to_string().contains("segunda"));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_agree_over_the_api_and_neither_a_token_nor_a_second_session_of_the_author_is_a_second_person()
 {
    let (company, serve, mut ricardo, _app) = opened().await;
    let mut patricia = Caller::new(&serve);
    patricia.settle(&invite(&mut ricardo, "patricia").await).await;
    let wish = json!({ "do": "create", "account": "102290129340398", "reason": "Avisar del pedido", "form": {
        "name": "pedido_listo", "language": "es", "category": "UTILITY",
        "components": [{ "type": "BODY", "text": "Su pedido está listo." }] } });
    let told = ricardo.post("/templates", wish).await;
    assert_eq!(told.status, 202, "{told:?}");
    let proposal = &told.body["proposal"];
    let (id, of) = (proposal["proposal"].as_str().unwrap().to_owned(), proposal["of"].clone());
    let path = format!("/proposals/{id}/words");
    let sign = json!({ "do": "sign", "of": of });

    // A program of the author's is the author, and no program decides anything.
    let mut program =
        token(&mut ricardo, json!({ "name": "ci", "scopes": ["modify-templates"], "days": 1 })).await;
    let told = program.post(&path, sign.clone()).await;
    assert_eq!((told.status, told.problem()), (403, "not-by-token"));
    let told = ricardo.post(&path, sign.clone()).await;
    assert_eq!((told.status, told.problem()), (403, "not-yours-to-do"));

    // What is signed is the content that was read.
    let another = json!({ "kind": "template", "reason": "Mejor así", "edits": id, "content": {
        "do": "delete", "account": "102290129340398", "name": "pedido_listo", "language": null } });
    let told = ricardo.post("/proposals", another).await;
    assert_eq!(told.status, 422, "there is none to delete: {told:?}");
    let edited = json!({ "kind": "template", "reason": "Mejor así", "edits": id, "content": {
        "do": "create", "account": "102290129340398", "form": {
            "name": "pedido_listo", "language": "es", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Su pedido está listo. Gracias." }] } } });
    let told = ricardo.post("/proposals", edited).await;
    assert_eq!(told.status, 202, "{told:?}");
    let now = told.body["of"].clone();
    let told = patricia.post(&path, sign).await;
    assert_eq!((told.status, told.problem()), (412, "changed-meanwhile"));
    let told = patricia.post(&path, json!({ "do": "sign", "of": now })).await;
    assert_eq!(told.status, 200, "{told:?}");
    company.until("template-submitted", 1).await;
    let told = patricia.get(&format!("/proposals/{id}")).await;
    assert_eq!(told.body["signed"][0]["by"], "patricia", "{told:?}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_has_not_signed_what_is_not_done_yet_and_no_program_proposes_for_whom_it_works() {
    let (_company, serve, mut ricardo, _app) = opened().await;
    let mut patricia = Caller::new(&serve);
    patricia.settle(&invite(&mut ricardo, "patricia").await).await;
    let wish = json!({ "kind": "template", "reason": "Temporada", "not-before": "2036-01-01T00:00:00Z", "content": {
        "do": "create", "account": "102290129340398", "form": {
            "name": "pedido_listo", "language": "es", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Su pedido está listo." }] } } });

    let of_program = json!({ "name": "x", "scopes": ["propose"], "days": 1, "program": "bi" });
    let mut program = token(&mut ricardo, of_program).await;
    let told = program.post("/proposals", wish.clone()).await;
    assert_eq!((told.status, told.problem()), (403, "not-yours-to-do"));
    assert!(told.body["detail"].as_str().unwrap().contains("a program proposes nothing"), "{told:?}");

    let told = ricardo.post("/proposals", wish).await;
    let id = told.body["proposal"].as_str().unwrap().to_owned();
    let sign = json!({ "do": "sign", "of": told.body["of"] });
    let told = patricia.post(&format!("/proposals/{id}/words"), sign).await;
    let waits = |told: &Told| {
        let missing = told.body["missing"].as_array().unwrap().clone();
        missing.iter().map(|one| one["waits-for"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(waits(&told), ["not-before"], "{told:?}");
    assert_eq!(ricardo.post("/people/patricia/leave", Value::Null).await.status, 200);
    let told = ricardo.get(&format!("/proposals/{id}")).await;
    // Nobody else could sign now, and nobody waits for her: it takes a day.
    assert_eq!(waits(&told), ["delay", "not-before"], "{told:?}");
    serve.stop();
}
