//! Rules are moved within what was signed, returned to what was, and brought by whoever writes them.

use serde_json::{Value, json};

use crate::caller::{Caller, invite, invited, token};
use crate::program::{Company, NUMBER, Serve, said, timonel};
use crate::raci::{change, governed_by, run};

/// Who sits at the machine, of two admins, a supervisor, one who steers one queue, an agent, and somebody who writes rules and
/// is nobody's colleague.
fn people(chair: &str) -> String {
    let all = [
        ("ricardo", "admin", ""),
        ("paula", "admin", ""),
        ("marta", "supervisor", ""),
        ("luz", "supervisor", "scope = { queues = [\"ventas\"] }\n"),
        ("ana", "agent", ""),
        ("nova", "partner", "external = true\n"),
    ];
    let one = |(id, role, more): &(&str, &str, &str)| {
        let account = if *id == chair { "account = \"{me}\"\n" } else { "" };
        format!("[[people]]\nid = \"{id}\"\nname = \"{id}\"\nroles = [\"{role}\"]\n{more}{account}")
    };
    "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n".to_owned()
        + &all.iter().map(one).collect::<String>()
}

/// One rule that answers, with a setting that may be moved, and one that protects something.
fn file(words: &str) -> String {
    format!(
        "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"\n[[company.queues]]\nid = \"general\"\n\
         [[company.queues]]\nid = \"ventas\"\n[[rule-sets]]\nname = \"attention\"\n\
         [[rule-sets.rules]]\nid = \"answers\"\nplugin = \"quick-answers\"\n\
         [[rule-sets.rules.settings.answers]]\nwords = [\"horario\"]\ntext = {{ es = {words:?} }}\n\
         [rule-sets.rules.envelope.bounds]\n\"/answers/0/text/es\" = {{ one_of = [{words:?}, \"Hoy cerramos a las 3.\"] }}\n\
         [[rule-sets.rules]]\nid = \"hours\"\nplugin = \"office-hours\"\nenvelope = {{ guard = true }}\n"
    )
}

async fn asks(company: &Company, n: usize) -> Value {
    let customer = company.whatsapp.customer(&format!("57300{n:07}"), "Lucía");
    customer.say(NUMBER, "¿Qué horario tienen?").unwrap();
    let decided = company.until("rule-decided", n).await;
    decided[n - 1]["data"].clone()
}

fn outcomes(decided: &Value) -> Vec<(String, String)> {
    let asked = decided["asked"].as_array().into_iter().flatten();
    asked
        .map(|one| (one["rule"].as_str().unwrap().into(), one["outcome"]["is"].as_str().unwrap().into()))
        .collect()
}

fn because(decided: &Value, rule: &str) -> String {
    let not = decided["not_asked"].as_array().into_iter().flatten().find(|not| not["rule"] == rule);
    not.map(|not| not["because"].as_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_moves_a_rule_in_the_middle_of_the_day_as_far_as_was_signed() {
    let (company, serve) = governed_by(&file("A las 8."), &people("marta")).await;
    let decided = asks(&company, 1).await;
    assert_eq!(outcomes(&decided), [("answers".into(), "answered".into())], "{decided}");

    let (moved, told) = run(&company, &["rules", "move", "answers", "--mode", "off", "--why", " "]);
    assert!(!moved && told.contains("`why`: empty"), "{told}");
    let (moved, told) =
        run(&company, &["rules", "move", "answers", "--mode", "off", "--why", "Responde mal"]);
    assert!(moved && told.contains("generation 2"), "{told}");
    let decided = asks(&company, 2).await;
    assert_eq!(because(&decided, "answers"), "off", "{decided}");
    assert_eq!(decided["generation"], 2);

    // In the shadow it says what it would have done, and nothing is sent.
    let (moved, told) = run(&company, &["rules", "move", "answers", "--mode", "shadow", "--why", "A ver"]);
    assert!(moved, "{told}");
    let decided = asks(&company, 3).await;
    assert_eq!(decided["shadowed"][0]["rule"], "answers", "{decided}");
    assert_eq!(decided["shadowed"][0]["outcome"]["is"], "answered");
    assert_eq!(decided["shadowed"][0]["agrees"], false);
    assert_eq!(company.journal(&["--kind", "reply-queued"]).len(), 1, "only the first was answered");
    let (_, told) = run(&company, &["rules", "list"]);
    for part in
        ["answers                shadow      ≤ live", "[guard]", "would have decided otherwise 1", "A ver"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }

    // Its words may be changed for others that were signed with it, and for no others.
    let set = |value: &str| {
        let set = format!("/answers/0/text/es={value}");
        run(
            &company,
            &["rules", "move", "answers", "--mode", "live", "--set", &set, "--why", "Hoy cerramos antes"],
        )
    };
    let (moved, told) = set("\"Mañana.\"");
    assert!(!moved && told.contains("está fuera de lo firmado"), "{told}");
    let (moved, told) = set("\"Hoy cerramos a las 3.\"");
    assert!(moved, "{told}");
    asks(&company, 4).await;
    let replies = company.until("reply-queued", 2).await;
    assert!(replies[1].to_string().contains("Hoy cerramos a las 3."), "{}", replies[1]);

    // What protects something is not hers to move down.
    let (moved, told) = run(&company, &["rules", "move", "hours", "--mode", "shadow", "--why", "Molesta"]);
    assert!(!moved && told.contains("hours: la regla protege algo"), "{told}");
    let (moved, told) = run(&company, &["rules", "off", "attention", "--why", "Molesta"]);
    assert!(!moved && told.contains("hours: la regla protege algo"), "{told}");
    let (moved, told) = run(&company, &["rules", "move", "nothing", "--mode", "off", "--why", "x"]);
    assert!(!moved && told.contains("there is no rule `nothing`"), "{told}");

    // It outlives the host, and all of it is of record.
    serve.stop();
    let serve = company.start();
    let (_, told) = run(&company, &["rules", "show", "answers"]);
    assert!(told.contains("moved by person/marta") && told.contains("Hoy cerramos antes"), "{told}");
    let (back, told) = run(&company, &["rules", "return", "answers", "--why", "Día normal"]);
    assert!(back, "{told}");
    asks(&company, 5).await;
    let replies = company.until("reply-queued", 3).await;
    assert!(replies[2].to_string().contains("A las 8."), "{}", replies[2]);
    let (back, told) = run(&company, &["rules", "return", "answers", "--why", "Otra vez"]);
    assert!(!back && told.contains("así está la regla ya"), "{told}");
    let moves = company.journal(&["--kind", "rule-moved"]);
    assert!(moves.iter().all(|moved| moved["actor"] == "person/marta"), "{moves:?}");

    // An agent moves nothing, and hears who could; whoever steers one queue moves what is for that queue alone.
    change(&company, &serve, &people("ana"));
    let (moved, told) = run(&company, &["rules", "move", "answers", "--mode", "off", "--why", "x"]);
    assert!(!moved && told.contains("Ajustar reglas de enrutamiento") && told.contains("marta"), "{told}");
    change(&company, &serve, &people("luz"));
    let (moved, told) = run(&company, &["rules", "move", "answers", "--mode", "off", "--why", "x"]);
    assert!(!moved && told.contains("alcance"), "{told}");
    change(&company, &serve, &people("ricardo"));
    let (moved, told) = run(&company, &["rules", "off", "attention", "--why", "Incidente"]);
    assert!(moved, "who answers for it switches all of it off: {told}");
    let decided = asks(&company, 6).await;
    assert_eq!((because(&decided, "answers"), because(&decided, "hours")), ("off".into(), "off".into()));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_file_says_anew_of_a_rule_begins_as_it_was_saved_and_one_returns_to_what_was_before() {
    let (company, serve) = governed_by(&file("A las 8."), &people("marta")).await;
    let move_it = |mode: &str| run(&company, &["rules", "move", "answers", "--mode", mode, "--why", "x"]);
    assert!(move_it("off").0);
    // Another rule is new: what was moved of this one stays.
    company.configure(&file("A las 8.").replace("id = \"hours\"", "id = \"horas\""));
    serve.says(&["other rules are in force"]);
    assert_eq!(because(&asks(&company, 1).await, "answers"), "off");
    // This one is another: it is as it was saved.
    company.configure(&file("A las 9."));
    serve.says(&["other rules are in force"]);
    asks(&company, 2).await;
    assert!(company.until("reply-queued", 1).await[0].to_string().contains("A las 9."));

    let (_, shown) = run(&company, &["rules", "show", "answers", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let earlier = shown["versions"][0]["of"].as_str().unwrap();
    assert_eq!(shown["versions"].as_array().unwrap().len(), 2);
    let (back, told) =
        run(&company, &["rules", "return", "answers", "--to", &earlier[..12], "--why", "Estaba bien"]);
    assert!(back, "{told}");
    asks(&company, 3).await;
    assert!(company.until("reply-queued", 2).await[1].to_string().contains("A las 8."));
    let (back, told) = run(&company, &["rules", "return", "answers", "--to", "0123456789ab", "--why", "x"]);
    assert!(!back && told.contains("was never in force in this version"), "{told}");
    let (_, told) = run(&company, &["rules", "list"]);
    assert!(told.contains(&format!("moved to the earlier version {}", &earlier[..12])), "{told}");
    serve.stop();
}

/// The component of a plugin that anybody has.
fn reference() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/components/quick-answers.wasm")
}

fn named(told: &str) -> String {
    told.split_whitespace().next().unwrap().to_owned()
}

async fn until_live(company: &Company, proposal: &str) {
    for _ in 0..200 {
        let (_, told) = run(company, &["proposal", "show", proposal]);
        if told.contains("[en vigor]") {
            return;
        }
        assert!(!told.contains("[falló]"), "{told}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the proposal {proposal} is not in force");
}

fn sit(company: &Company, serve: &Serve, chair: &str) {
    change(company, serve, &people(chair));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_s_rule_goes_from_an_upload_through_the_shadow_to_live_and_back_with_one_act() {
    let (company, serve) = governed_by(&file("A las 8."), &people("nova")).await;
    let path = |name: &str| company.dir.path().join(name).to_str().unwrap().to_owned();

    // What is no component is told to its author, and kept nowhere.
    std::fs::write(path("bad.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let (pushed, told) = run(&company, &["plugin", "push", &path("bad.wasm")]);
    assert!(!pushed && told.contains("core WebAssembly module"), "{told}");
    let (pushed, told) = run(&company, &["plugin", "push", reference().to_str().unwrap()]);
    assert!(pushed, "{told}");
    for part in ["quick-answers", "may write to the customer", "adjust-routing-rules", "does nothing yet"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let digest = told.lines().next().unwrap().split_whitespace().last().unwrap().to_owned();

    // The partner proposes, and does nothing else: no rules, no customers, no say.
    let propose = |wish: &Value| {
        std::fs::write(path("wish.json"), wish.to_string()).unwrap();
        run(&company, &["proposal", "rule", &path("wish.json"), "--reason", "Responde por pedidos"])
    };
    let wish = |text: &str, mode: &str, highest: &str| {
        json!({
            "rule": "nova-orders", "set": "partners", "plugin": digest, "mode": mode,
            "settings": { "answers": [{ "words": ["pedido"], "text": { "es": text } }] },
            "envelope": { "highest": highest },
        })
    };
    let (made, told) = propose(&json!({ "rule": "x", "set": "s", "plugin": "0".repeat(64) }));
    assert!(!made && told.contains("`plugin`") && told.contains("quick-answers"), "{told}");
    let mut wrong = wish("Va en camino.", "live", "shadow");
    let (made, told) = propose(&wrong);
    assert!(!made && told.contains("`mode`: `live` is above `highest`"), "{told}");
    wrong = json!({ "rule": "answers", "set": "partners", "plugin": digest });
    let (made, told) = propose(&wrong);
    assert!(!made && told.contains("stands in the company's files"), "{told}");
    let (made, told) = propose(&wish("Va en camino.", "shadow", "live"));
    assert!(made && told.contains("rule nova-orders · quick-answers"), "{told}");
    let first = named(&told);
    let (listed, told) = run(&company, &["rules", "list"]);
    assert!(!listed && told.contains("Ajustar reglas de enrutamiento"), "{told}");
    let (signed, told) = run(&company, &["proposal", "sign", &first]);
    assert!(!signed && told.contains("no la decide"), "{told}");
    // Whom not each of its rows asks does not make another one of it: an agent would void what was signed.
    sit(&company, &serve, "ana");
    let edit = ["proposal", "rule", &path("wish.json"), "--reason", "Mejor así", "--edits", &first];
    let (edited, told) = run(&company, &edit);
    assert!(!edited && told.contains("Ninguna fila"), "{told}");

    // Every row that it touches is signed, then it is asked in the shadow.
    sit(&company, &serve, "marta");
    let (signed, told) = run(&company, &["proposal", "sign", &first]);
    assert!(signed, "she answers for attending customers: {told}");
    let (moved, told) = run(&company, &["rules", "move", "nova-orders", "--mode", "live", "--why", "x"]);
    assert!(!moved && told.contains("there is no rule"), "{told}");
    assert!(
        run(&company, &["rules", "move", "answers", "--mode", "off", "--why", "Que no conteste antes"]).0
    );
    sit(&company, &serve, "ricardo");
    let (signed, told) = run(&company, &["proposal", "sign", &first]);
    assert!(signed, "{told}");
    until_live(&company, &first).await;
    company.whatsapp.customer("573001112231", "Lucía").say(NUMBER, "¿Y mi pedido?").unwrap();
    let decided = company.until("rule-decided", 1).await[0]["data"].clone();
    assert_eq!(decided["shadowed"][0]["rule"], "nova-orders", "{decided}");

    sit(&company, &serve, "marta");
    let (moved, told) =
        run(&company, &["rules", "move", "nova-orders", "--mode", "live", "--why", "Acierta"]);
    assert!(moved, "{told}");
    company.whatsapp.customer("573001112232", "Lucía").say(NUMBER, "¿Y mi pedido?").unwrap();
    let replies = company.until("reply-queued", 1).await;
    assert!(replies[0].to_string().contains("Va en camino."), "{}", replies[0]);

    // A second version is agreed on; it is worse, and she returns to the first without asking anybody.
    sit(&company, &serve, "nova");
    let (made, told) = propose(&wish("Ni idea.", "live", "live"));
    assert!(made, "{told}");
    let second = named(&told);
    for chair in ["marta", "ricardo"] {
        sit(&company, &serve, chair);
        assert!(run(&company, &["proposal", "sign", &second]).0);
    }
    until_live(&company, &second).await;
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "pedido").unwrap();
    let replies = company.until("reply-queued", 2).await;
    assert!(replies[1].to_string().contains("Ni idea."), "{}", replies[1]);
    sit(&company, &serve, "marta");
    let (_, shown) = run(&company, &["rules", "show", "nova-orders", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let earlier = shown["versions"][0]["of"].as_str().unwrap().to_owned();
    let (back, told) =
        run(&company, &["rules", "return", "nova-orders", "--to", &earlier, "--why", "Responde peor"]);
    assert!(back, "{told}");
    // It is as it was signed then: in the shadow. From there she moves it again.
    assert!(run(&company, &["rules", "move", "nova-orders", "--mode", "live", "--why", "La primera"]).0);
    company.whatsapp.customer("573001112234", "Lucía").say(NUMBER, "pedido").unwrap();
    let replies = company.until("reply-queued", 3).await;
    assert!(replies[2].to_string().contains("Va en camino."), "{}", replies[2]);

    // It is taken away as it came; the file of the plugin stays for whoever asks what was decided.
    std::fs::write(path("wish.json"), json!({ "rule": "nova-orders", "withdraw": true }).to_string())
        .unwrap();
    sit(&company, &serve, "ricardo");
    let (made, told) =
        run(&company, &["proposal", "rule", &path("wish.json"), "--reason", "Termina el contrato"]);
    assert!(made, "{told}");
    let third = named(&told);
    for chair in ["paula", "marta"] {
        sit(&company, &serve, chair);
        let (signed, told) = run(&company, &["proposal", "sign", &third]);
        assert!(signed, "{told}");
    }
    until_live(&company, &third).await;
    let (_, told) = run(&company, &["rules", "list"]);
    assert!(!told.contains("nova-orders"), "{told}");
    assert!(company.data.join(format!("plugins/{digest}.wasm")).exists());
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_moved_over_the_api_and_each_sees_and_moves_what_their_scope_reaches() {
    let taller = "[[rule-sets.rules]]\nid = \"taller\"\nplugin = \"office-hours\"\nscope = { queues = [\"general\"] }\n";
    let ventas = taller.replace("taller", "ventas").replace("general", "ventas");
    let (company, serve) = governed_by(&(file("A las 8.") + taller + &ventas), &people("ricardo")).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut marta = Caller::new(&serve);
    marta.settle(&invite(&mut ricardo, "marta").await).await;
    let mut luz = Caller::new(&serve);
    luz.settle(&invite(&mut ricardo, "luz").await).await;
    let mut nova = Caller::new(&serve);
    let told = nova
        .post(
            "/invitations/accept",
            json!({ "invitation": invite(&mut ricardo, "nova").await, "password": crate::caller::PASSWORD }),
        )
        .await;
    assert_eq!(told.status, 200, "{told:?}");

    let told = marta.get("/rules?limit=1").await;
    assert_eq!((told.status, told.body["rules"][0]["rule"].as_str()), (200, Some("answers")), "{told:?}");
    let next = told.body["next"].as_str().unwrap();
    let told = marta.get(&format!("/rules?after={next}")).await;
    assert_eq!(told.body["rules"][0]["rule"], "hours", "{told:?}");
    let told = marta.post("/rules/answers/moves", json!({ "mode": "canary 25%", "why": "Probar" })).await;
    assert_eq!((told.status, told.body["generation"].as_u64()), (200, Some(2)), "{told:?}");
    let told = marta.post("/rules/answers/moves", json!({ "mode": "sometimes", "why": "x" })).await;
    assert_eq!((told.status, told.problem()), (422, "not-a-rule"));
    let told = marta.post("/rules/hours/moves", json!({ "mode": "off", "why": "x" })).await;
    assert_eq!((told.status, told.problem()), (403, "outside-of-what-was-signed"));
    let told = marta.post("/rule-sets/nothing/moves", json!({ "on": false, "why": "x" })).await;
    assert_eq!((told.status, told.problem()), (404, "not-there"));
    let told = marta.get("/rules/answers").await;
    assert_eq!(told.body["mode"], "canary 25%");
    assert_eq!(told.body["moved"]["by"], "person/marta");

    // Whoever steers one queue sees what is for its cases, and moves what is for them alone.
    let told = luz.get("/rules").await;
    let seen: Vec<&str> =
        told.body["rules"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!(seen, ["answers", "hours", "ventas"]);
    assert_eq!(luz.get("/rules/taller").await.problem(), "not-there");
    let off = json!({ "mode": "off", "why": "Hay feria" });
    let told = luz.post("/rules/ventas/moves", off.clone()).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(luz.get("/rules/ventas").await.body["moved"]["by"], "person/luz");
    for rule in ["answers", "taller"] {
        assert_eq!(luz.post(&format!("/rules/{rule}/moves"), off.clone()).await.status, 403, "{rule}");
    }
    // A token of hers does no more than she, and one to read does less.
    let on = json!({ "mode": "live", "why": "Terminó la feria" });
    let mut reads = token(&mut luz, json!({ "name": "tablero", "scopes": ["read-rules"], "days": 1 })).await;
    assert_eq!(reads.get("/rules/ventas").await.body["mode"], "off");
    assert_eq!(reads.post("/rules/ventas/moves", on.clone()).await.status, 403);
    let mut moves = token(&mut luz, json!({ "name": "feria", "scopes": ["move-rules"], "days": 1 })).await;
    assert_eq!(moves.post("/rules/taller/moves", off).await.status, 403);
    let told = moves.post("/rules/ventas/moves", on).await;
    assert_eq!(told.status, 200, "{told:?}");

    // Whoever works for another company sees what they handed in, and nothing of what runs.
    for path in ["/rules", "/rules/answers"] {
        assert_eq!(nova.get(path).await.problem(), "not-yours-to-do");
    }
    assert_eq!(nova.get("/plugins").await.body["plugins"], json!([]));
    let told = nova.hand_in("/plugins", &vec![0; (20 << 20) + 1]).await;
    assert_eq!(told.status, 413, "{told:?}");
    let told = nova.hand_in("/plugins", b"\0asm\x01\0\0\0").await;
    assert_eq!((told.status, told.problem()), (422, "not-admitted"), "{told:?}");
    let told = nova.hand_in("/plugins", &std::fs::read(reference()).unwrap()).await;
    assert_eq!((told.status, told.body["name"].as_str()), (200, Some("quick-answers")), "{told:?}");
    assert_eq!(told.body["rows"], json!(["attend-conversations", "adjust-routing-rules"]));
    assert_eq!(nova.get("/plugins").await.body["plugins"][0]["by"], "person/nova");
    assert_eq!(luz.get("/plugins").await.body["plugins"].as_array().unwrap().len(), 1);
    let told = nova.post("/rules/answers/moves", json!({ "mode": "off", "why": "x" })).await;
    assert_eq!(told.problem(), "not-yours-to-do");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_author_signed_stops_at_once_when_their_key_is_in_other_hands() {
    let (company, serve) = governed_by(&file("A las 8."), &people("nova")).await;
    let path = |name: &str| company.dir.path().join(name).to_str().unwrap().to_owned();
    let ran = |arguments: &[&str]| {
        let (ran, told) = run(&company, arguments);
        assert!(ran, "{told}");
        told
    };

    // Nova makes a key, and signs what it hands in. Nobody knows the key yet.
    let made = said(timonel().args(["plugin", "key", "nova.example", "--out", &path("nova.key")]));
    assert!(made.0, "{}", made.1);
    let verifier = made.1.lines().next().unwrap().to_owned();
    let key = verifier.rsplitn(2, "+A").last().unwrap().to_owned();
    let again = said(timonel().args(["plugin", "key", "nova.example", "--out", &path("nova.key")]));
    assert!(!again.0, "a key that is there is not written over");
    let (key_file, signed_file) = (path("nova.key"), path("signed.wasm"));
    let mut signing = timonel();
    signing.args(["plugin", "sign"]).arg(reference()).args(["--key", &key_file, "--out", &signed_file]);
    let (signed, told) = said(&mut signing);
    assert!(signed && told.contains(&key), "{told}");
    let digest = told.split_whitespace().next().unwrap().to_owned();
    let told = ran(&["plugin", "push", &path("signed.wasm")]);
    assert!(told.contains(&format!("signed by {key}: a key that nobody registered")), "{told}");
    let (trusted, told) = run(&company, &["plugin", "trust", &verifier, "--who", "Nova"]);
    assert!(!trusted && told.contains("Gestionar accesos"), "nobody vouches for themselves: {told}");

    sit(&company, &serve, "ricardo");
    let (trusted, told) = run(&company, &["plugin", "trust", &key, "--who", "Nova"]);
    assert!(!trusted && told.contains("`key`"), "{told}");
    ran(&["plugin", "trust", &verifier, "--who", "Nova Software"]);
    let told = ran(&["plugin", "list"]);
    assert!(told.contains(&format!("signed by {key}: Nova Software")), "{told}");
    // Somebody else cannot put Nova's signature under their own bytes.
    let (component, signed) =
        (std::fs::read(reference()).unwrap(), std::fs::read(path("signed.wasm")).unwrap());
    let signature = &signed[component.len()..];
    std::fs::write(path("forged.wasm"), [&component[..], &[0, 2, 1, b'x'], signature].concat()).unwrap();
    let told = ran(&["plugin", "push", &path("forged.wasm")]);
    assert!(told.contains("or not of these bytes"), "{told}");

    let wish = json!({
        "rule": "nova-orders", "set": "partners", "plugin": digest, "mode": "live",
        "settings": { "answers": [{ "words": ["horario"], "text": { "es": "Va en camino." } }] },
    });
    std::fs::write(path("wish.json"), wish.to_string()).unwrap();
    let propose = ["proposal", "rule", &path("wish.json"), "--reason", "Responde por pedidos"];
    sit(&company, &serve, "nova");
    let told = ran(&propose);
    assert!(told.contains("signed by Nova Software"), "who signs the proposal reads whose it is: {told}");
    for chair in ["ricardo", "marta"] {
        sit(&company, &serve, chair);
        ran(&["proposal", "sign", &named(&told)]);
    }
    until_live(&company, &named(&told)).await;
    ran(&["rules", "move", "answers", "--mode", "off", "--why", "Contesta Nova"]);
    let decided = asks(&company, 1).await;
    assert_eq!(outcomes(&decided).last(), Some(&("nova-orders".into(), "answered".into())), "{decided}");

    // The key is stolen. A supervisor stops all of it, alone and at once.
    let (revoked, told) = run(&company, &["plugin", "revoke", "nobody+00000000", "--why", "x"]);
    assert!(!revoked && told.contains("there is no author's key"), "{told}");
    let told = ran(&["plugin", "revoke", &key, "--why", "Robaron el portátil"]);
    assert!(told.contains("runs, with generation"), "{told}");
    assert_eq!(because(&asks(&company, 2).await, "nova-orders"), "off");
    let told = ran(&["rules", "list"]);
    assert!(told.contains("STOPPED") && told.contains("Robaron el portátil"), "{told}");
    let (moved, told) = run(&company, &["rules", "move", "nova-orders", "--mode", "live", "--why", "x"]);
    assert!(!moved && told.contains("clave revocada"), "{told}");
    sit(&company, &serve, "nova");
    for again in [&propose[..], &["plugin", "push", &path("signed.wasm")]] {
        let (ran, told) = run(&company, again);
        assert!(!ran && told.contains("which was revoked: Robaron el portátil"), "{told}");
    }
    // It outlives the host.
    serve.stop();
    let serve = company.start();
    assert_eq!(because(&asks(&company, 3).await, "nova-orders"), "off");
    sit(&company, &serve, "ricardo");
    let told = ran(&["plugin", "authors"]);
    assert!(told.contains("REVOKED by person/marta"), "{told}");
    // He was told of it, and that she had moved a rule.
    let mut inbox = ran(&["inbox", "--all"]);
    for _ in 0..100 {
        if inbox.contains(&key) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        inbox = ran(&["inbox", "--all"]);
    }
    assert!(inbox.contains(&format!("ya no corre: {key}")), "{inbox}");
    assert!(inbox.contains("regla movida: answers → apagada"), "{inbox}");
    serve.stop();
}
