//! Rules are changed in the middle of the day.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::program::{Company, NUMBER};

fn answering(words: &str) -> String {
    format!(
        "[[rule-sets]]\nname = \"attention\"\n[[rule-sets.rules]]\nid = \"answers\"\nplugin = \"quick-answers\"\n\
         [[rule-sets.rules.settings.answers]]\nwords = [\"horario\"]\ntext = {{ es = {words:?} }}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_file_swaps_the_rules_without_losing_a_message() {
    let company = Company::new().await;
    company.configure(&answering("A las 8."));
    let serve = company.start();
    let customers: Vec<_> =
        (0..400).map(|n| company.whatsapp.customer(&format!("57300{n:07}"), "Lucía")).collect();
    for (n, customer) in customers.iter().enumerate() {
        customer.say(NUMBER, "horario").unwrap();
        if n == 100 {
            company.configure(&answering("A las 9."));
        }
        tokio::time::sleep(Duration::from_millis(6)).await;
    }
    company.until("rule-decided", 400).await;
    let decisions = company.journal(&["--kind", "rule-decided"]);
    assert_eq!(decisions.len(), 400, "every message is decided on, once");
    let generations: BTreeSet<u64> =
        decisions.iter().map(|event| event["data"]["generation"].as_u64().unwrap()).collect();
    assert_eq!(generations, [1, 2].into());
    for decision in &decisions {
        let settings: BTreeSet<&str> = decision["data"]["asked"]
            .as_array()
            .unwrap()
            .iter()
            .map(|asked| asked["settings"].as_str().unwrap())
            .collect();
        assert_eq!(settings.len(), 1, "a decision mixes two generations");
    }

    // What cannot be put in force changes nothing, and the log says why.
    company.configure(&answering("A las 10.").replace("words", "wrods"));
    let deadline = Instant::now() + Duration::from_secs(10);
    while !serve.log().iter().any(|line| line.contains("wrods") && line.contains("stay as they were")) {
        assert!(Instant::now() < deadline, "the log does not say what is wrong");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    company.whatsapp.customer("573009999999", "Ana").say(NUMBER, "horario").unwrap();
    let decisions = company.until("rule-decided", 401).await;
    assert_eq!(decisions[400]["data"]["generation"], 2);
}
