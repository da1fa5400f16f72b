//! Rules that judge what people propose, before they sign it: the real program, its own plugin, two people and a simulated Meta.

use serde_json::Value;

use crate::program::{NUMBER, timonel};
use crate::raci::{change, governed_by, run};
use crate::templates::READY;

const PEOPLE: [&str; 2] = ["ricardo", "paula"];

/// Two admins; the one in the chair has the account.
fn people(chair: &str) -> String {
    let one = |id: &&str| {
        let account = if *id == chair { "account = \"{me}\"\n" } else { "" };
        format!("[[people]]\nid = \"{id}\"\nname = \"{id}\"\nroles = [\"admin\"]\n{account}")
    };
    PEOPLE.iter().map(one).collect()
}

fn file(rule: &str) -> String {
    format!(
        "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"\n[[company.queues]]\nid = \"general\"\n\
         [[company.numbers]]\nid = \"{NUMBER}\"\nname = \"x\"\nqueue = \"general\"\nwaba = \"102290129340398\"\n\
         [[rule-sets]]\nname = \"aprobación\"\n[[rule-sets.rules]]\nid = \"lint\"\nplugin = \"template-lint\"\n{rule}"
    )
}

/// Waits until a proposal is shown with some words.
fn until(company: &crate::program::Company, proposal: &str, words: &str) -> String {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let (_, told) = run(company, &["proposal", "show", proposal]);
        if told.contains(words) {
            return told;
        }
        assert!(std::time::Instant::now() < deadline, "`{words}` is missing in: {told}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rule_rejects_reaches_nobody_until_it_is_mended_or_somebody_goes_past_it() {
    let (company, serve) = governed_by(&file("kinds = [\"template\"]\n"), &people("ricardo")).await;
    let path = company.dir.path().join("listo.toml");
    let path = path.to_str().unwrap();
    let propose = |text: &str| {
        std::fs::write(path, text).unwrap();
        let (made, told) =
            run(&company, &["template", "create", path, "--reason", "Avisar al +57 310 555 0123"]);
        assert!(made, "{told}");
        told.split_whitespace().next().unwrap().to_owned()
    };

    let bad = propose(&READY.replace("está listo.", "está listo: vea bit.ly/3xY hoy mismo."));
    let told = until(&company, &bad, "§ lint: la rechaza");
    assert!(told.contains("bit.ly: un acortador esconde a dónde lleva [link-shortener]"), "{told}");
    assert!(told.contains("… la regla «lint» la rechaza"), "{told}");
    change(&company, &serve, &people("paula"));
    let (signed, told) = run(&company, &["proposal", "sign", &bad]);
    assert!(signed && told.contains("✓ paula"), "{told}");
    // Signed by all that the matrix demands, and still not done.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert!(company.journal(&["--kind", "template-submitted"]).is_empty());

    // What was shown to the rule says nothing of whoever stands in the reason.
    let judged = company.journal(&["--open", "--kind", "proposal-judged"]);
    assert!(judged.iter().all(|event| event["data"]["judgements"][0]["rule"] == "lint"), "{judged:#?}");
    let kept = Value::Array(judged).to_string();
    assert!(kept.contains("[phone]") && !kept.contains("310 555"), "{kept}");

    // In an emergency whoever answers for it goes past the rule, and that waits for somebody to look at it.
    let (forced, told) = run(&company, &["proposal", "force", &bad, "--words", "Se cayó el sitio"]);
    assert!(forced, "{told}");
    until(&company, &bad, "! paula: Se cayó el sitio");
    company.until("template-submitted", 1).await;
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_does_not_say_what_it_judges_is_not_put_in_force_and_inspect_says_whose_it_is() {
    let (company, serve) = governed_by(&file("kinds = [\"template\"]\n"), &people("ricardo")).await;
    company.configure(&file(""));
    serve.says(&["says which proposals an approver judges", "the rules stay as they were"]);
    company.configure(&file("kinds = [\"template\"]\n"));
    serve.stop();

    let mut inspect = timonel();
    inspect.args(["plugin", "inspect", "template-lint", "--judges", "template", "--config"]);
    let told = inspect.arg(company.config()).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("template     [Modify templates] signed by ricardo or paula"), "{told}");
    assert!(told.contains("It asks for:\n  nothing"), "{told}");
}
