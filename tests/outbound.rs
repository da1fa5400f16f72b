//! Sending, paused and resumed by somebody at the machine, with the program's own commands.

use std::time::Duration;

use serde_json::Value;

use crate::message::SHOP;
use crate::program::{Company, NUMBER, timonel};

fn outbound(company: &Company, arguments: &[&str]) -> (bool, String) {
    let out =
        timonel().arg("outbound").args(arguments).arg("--config").arg(company.config()).output().unwrap();
    let told = [out.stdout, out.stderr].concat();
    (out.status.success(), String::from_utf8(told).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_pauses_it_reads_why_and_resumes_it() {
    let company = Company::new().await;
    company.configure(SHOP);
    let (ran, told) = outbound(&company, &[]);
    assert!(!ran && told.contains("no host runs there"), "{told}");
    let serve = company.start();
    assert_eq!(outbound(&company, &[]), (true, "messages leave\n".to_owned()));
    let (ran, told) = outbound(&company, &["pause", "--reason", " "]);
    assert!(!ran && told.contains("`reason` is empty"), "{told}");
    let (_, told) = outbound(&company, &["pause", "--reason", "we move the number"]);
    assert!(told.starts_with("all numbers: nothing leaves since ") && told.contains("we move the number"));

    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    company.until("reply-queued", 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(company.journal(&["--kind", "send-attempted"]).is_empty());
    let status = |arguments: &[&str]| {
        let out =
            timonel().arg("status").args(arguments).arg("--config").arg(company.config()).output().unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    assert!(status(&[]).contains("sending      all numbers: nothing leaves"), "{}", status(&[]));
    let stop: Value = serde_json::from_str(&status(&["--json"])).unwrap();
    let who = stop["sending"]["stopped"][0]["by"].as_str().unwrap().to_owned();
    assert!(who.starts_with("operator/") && who.len() > "operator/".len(), "{who}");

    // It outlives the process.
    serve.stop();
    let _serve = company.start();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(company.journal(&["--kind", "send-attempted"]).is_empty());
    assert_eq!(outbound(&company, &["resume"]).1, "messages leave\n");
    company.until("send-accepted", 1).await;
    assert_eq!(company.journal(&["--kind", "sending-resumed"])[0]["actor"], who.as_str());
    assert!(outbound(&company, &["resume"]).1.starts_with("nothing changed"));
}
