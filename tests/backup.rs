//! A backup is made while customers write, and nobody who was forgotten comes back with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use desk::{Restored, settle_restored};
use domain::delivery::Sending;
use domain::event::Event;
use domain::law::class::Category;
use domain::stream::Actor;
use serde_json::Value;

use crate::assembled::of_kind;
use crate::program::{Company, NUMBER, files_named, post_signed, said, text_body, timonel};
use crate::sending;

const COMPANY: &str = "[company]\nname = \"Ferretería\"\nmedia = { fetch = \"always\" }\n[[company.queues]]\nid = \"general\"\n";
const LUCIA: &str = "573155550199";
const PEDRO: &str = "573100000001";
const LATE: &str = "573100000002";

fn run(company: &Company, arguments: &[&str]) -> (bool, String) {
    said(timonel().args(arguments).arg("--config").arg(company.config()))
}

fn answer(company: &Company, arguments: &[&str]) -> Value {
    let (ok, words) = run(company, arguments);
    assert!(ok, "{words}");
    serde_json::from_str(words.lines().last().unwrap()).unwrap_or_else(|_| panic!("{words}"))
}

/// A command on a restored directory.
fn on(data: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command: Command = timonel();
    said(command.args(arguments).env("TIMONEL_DATA", data))
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_erased_after_the_backup_stays_erased_whichever_backup_is_restored() {
    let company = Company::new().await;
    company.configure(COMPANY);
    let serve = company.start();
    let post = async |wamid: &str, phone: &str, text: &str| {
        assert_eq!(post_signed(&serve.address, text_body(wamid, phone, text).as_bytes()).await, Some(200));
    };
    post("wamid.1", LUCIA, "busco un taladro-rosado").await;
    post("wamid.2", PEDRO, "un martillo").await;
    for phone in [LUCIA, PEDRO] {
        company.whatsapp.customer(phone, "Lucía").photo(NUMBER, "la fachada").unwrap();
    }
    company.until("message-received", 4).await;
    company.until("media-stored", 2).await;

    let place = |name: &str| company.dir.path().join(name);
    let (early, late) = (place("early"), place("late"));
    let made = answer(&company, &["backup", "--to", path(&early), "--json"]);
    assert_eq!((&made["open-bodies"], &made["erased"], &made["media"]), (&0.into(), &0.into(), &2.into()));
    let (ok, words) = run(&company, &["backup", "keys", "--to", path(&place("keys"))]);
    assert!(!ok && words.contains("30 days") && words.contains("timonel-keys-2"), "{words}");
    let safe = place("safe");
    std::fs::create_dir(&safe).unwrap();
    let (ok, words) = run(&company, &["backup", "keys", "--to", path(&safe)]);
    assert!(ok && words.contains("2 key(s)"), "{words}");
    let keys = std::fs::read_dir(&safe).unwrap().next().unwrap().unwrap().path();

    let (ok, words) =
        run(&company, &["contact", "erase", "--phone", LUCIA, "--reason", "solicitud", "--yes"]);
    assert!(ok, "{words}");
    post("wamid.3", LATE, "llegué después").await;
    company.until("message-received", 5).await;
    std::fs::create_dir(&late).unwrap();
    // A later backup goes on where the earlier one ended.
    for part in ["journal", "media"] {
        let copy = Command::new("cp").args(["-r", path(&early.join(part)), path(&late)]).status();
        assert!(copy.unwrap().success());
    }
    let made = answer(&company, &["backup", "--to", path(&late), "--json"]);
    assert_eq!((&made["erased"], &made["media"]), (&1.into(), &0.into()));
    assert_eq!(files_named(&early.join("media"), "").len(), 2);
    assert_eq!(files_named(&late.join("media"), "").len(), 1, "the picture of who was erased is gone");
    let master = company.dir.path().join("data/keys/master");

    let list = late.join("erasures.json");
    let (one, two) = (place("one"), place("two"));
    let restore = |from: &Path, to: &Path, more: &[&str]| {
        let arguments = ["restore", "--from", path(from), "--keys", path(&keys), "--to", path(to)];
        let master = ["--master", path(&master)];
        run(&company, &[&arguments[..], &master, more].concat())
    };
    // The journal of before the erasure, the keys of before the erasure, and a list of after it.
    let (ok, words) = restore(&early, &one, &["--erasures", path(&list)]);
    assert!(ok && words.contains("1 contact(s) were erased after the backup"), "{words}");
    // The journal of after it, in which somebody is whom the keys do not know.
    let (ok, words) = restore(&late, &two, &[]);
    assert!(ok && words.contains("1 of contacts who were erased were left out"), "{words}");
    assert!(words.contains("1 had no key and are forgotten"), "{words}");
    for data in [&one, &two] {
        let (ok, words) = on(data, &["journal", "inspect", "--json", "--open"]);
        assert!(ok && words.contains("un martillo") && words.contains("input erased"), "{words}");
        assert!(
            !words.contains("taladro-rosado") && !words.contains(LUCIA) && !words.contains("Lucía\",\"phone")
        );
        assert!(on(data, &["journal", "verify"]).0);
        assert_eq!(files_named(&data.join("media"), "").len(), 1);
        let (ok, words) = on(data, &["journal", "rebuild"]);
        assert!(ok && words.contains("the same as those they replace"), "{words}");
    }
    let (ok, words) = restore(&late, &two, &[]);
    assert!(!ok && words.contains("there is a journal in it"), "{words}");

    // Keys that are too old open nothing.
    let (ok, words) = said(
        timonel()
            .args(["restore", "--from", path(&late), "--keys", path(&keys), "--to", path(&place("three"))])
            .args(["--master", path(&master)])
            .env("TIMONEL_CLOCK", "2099-01-01T00:00:00Z"),
    );
    assert!(!ok && words.contains("30 days") && !place("three").exists(), "{words}");

    // The host goes on from the restored directory, and whoever was forgotten can come back as somebody new.
    serve.stop();
    let data = company.dir.path().join("data");
    std::fs::rename(&data, place("lost")).unwrap();
    std::fs::rename(&two, &data).unwrap();
    let serve = company.start();
    for (wamid, phone) in [("wamid.4", LUCIA), ("wamid.5", LATE), ("wamid.6", PEDRO)] {
        let body = text_body(wamid, phone, "¿siguen ahí?");
        assert_eq!(post_signed(&serve.address, body.as_bytes()).await, Some(200));
    }
    company.until("message-received", 8).await;
    assert_eq!(company.journal(&["--kind", "contact-created"]).len(), 5);
    serve.stop();
}

#[test]
fn what_waited_to_be_sent_when_the_backup_was_made_is_not_sent_by_the_restored_host() {
    let (house, mut open) = sending::house(1);
    sending::asks(&house, &mut open, "wamid.1", LUCIA);
    let offer = sending::offers(&house, &open, Category::Marketing, Actor::Host);
    let [Event::ReplyQueued(answer), ..] = &of_kind(&open.desk, "reply-queued")[..] else { unreachable!() };
    let restored = std::thread::scope(|scope| {
        let settle = || settle_restored(open.desk.store(), open.desk.keys(), &BTreeMap::new()).unwrap();
        scope.spawn(settle).join().unwrap()
    });
    assert_eq!(restored, Restored { unknown: 2, ..Restored::default() });
    drop(open);
    let mut open = house.open().unwrap();
    for _ in 0..4 {
        open.settle();
        house.clock.advance(300);
    }
    assert!(house.whatsapp.taken.lock().unwrap().is_empty());
    for message in [answer.message, offer] {
        assert_eq!(sending::delivery(&open, message).state, Sending::Unknown);
    }
    // Who writes from now on is answered as ever.
    sending::asks(&house, &mut open, "wamid.2", LUCIA);
    open.settle();
    assert_eq!(house.whatsapp.taken.lock().unwrap().len(), 1);
}
