//! The disk and the world, when they do what nobody wants: nothing is acknowledged wrongly, nothing is lost, and the host
//! says what is the matter in words that help.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use desk::Desk;
use domain::event::Event;

use crate::assembled::{House, Seeded, Whatsapp, of_kind};
use crate::message::SHOP;
use crate::powerloss::Machine;
use crate::program::{Company, post_signed, text_body};

const SEGMENTS: &str = "/data/journal/*.seg";

async fn write(address: &str, wamid: &str) -> Option<u16> {
    post_signed(address, text_body(wamid, "573001112233", "¿Qué horario tienen?").as_bytes()).await
}

fn received(company: &Company) -> BTreeSet<String> {
    let wamid = |event: serde_json::Value| event["data"]["body"]["wamid"].as_str().unwrap().to_owned();
    company.journal(&["--open", "--kind", "message-received"]).into_iter().map(wamid).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_meta_is_told_to_come_again_and_afterwards_all_goes_on() {
    let Some(machine) = Machine::new("a full disk", 1).await else { return };
    let serve = machine.open().unwrap();
    assert_eq!(write(&serve.address, "wamid.before").await, Some(200));
    machine.company.until("message-received", 1).await;
    machine.disk.trouble("full", SEGMENTS);
    for _ in 0..3 {
        assert_eq!(write(&serve.address, "wamid.during").await, Some(503));
    }
    serve.says(&["the disk refused the write, nothing was kept", "Make room", "Meta will send it again"]);
    machine.disk.relieve("full");
    assert_eq!(write(&serve.address, "wamid.after").await, Some(200));
    machine.company.until("message-received", 2).await;
    serve.kill();
    assert_eq!(received(&machine.company), ["wamid.after", "wamid.before"].map(str::to_owned).into());
    machine.company.run(&["verify"]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_sync_fails_the_process_ends_and_the_next_start_is_clean() {
    let Some(machine) = Machine::new("a failing sync", 2).await else { return };
    let serve = machine.open().unwrap();
    assert_eq!(write(&serve.address, "wamid.before").await, Some(200));
    machine.company.until("message-received", 1).await;
    machine.disk.trouble("fail", SEGMENTS);
    assert_ne!(write(&serve.address, "wamid.during").await, Some(200));
    let (status, said) = serve.ended();
    assert_eq!(status.signal(), Some(6), "it aborts: {status}");
    assert!(said.contains("can no longer be trusted and the process must stop"), "{said}");
    machine.disk.relieve("fail");
    let serve = machine.open().unwrap();
    assert_eq!(write(&serve.address, "wamid.after").await, Some(200));
    while !received(&machine.company).contains("wamid.after") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(received(&machine.company).contains("wamid.before"));
    serve.stop();
    machine.company.run(&["verify"]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_may_only_be_read_is_named_and_can_be_read() {
    let Some(machine) = Machine::new("a disk that may only be read", 3).await else { return };
    let serve = machine.open().unwrap();
    assert_eq!(write(&serve.address, "wamid.before").await, Some(200));
    machine.company.until("message-received", 1).await;
    serve.stop();
    machine.disk.trouble("closed", "/data/*");
    let said = machine.start().open().err().unwrap();
    for words in ["Read-only file system", "/data/", "may be written"] {
        assert!(said.contains(words), "`{words}` is missing in: {said}");
    }
    assert_eq!(received(&machine.company).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_the_middle_is_refused_with_the_place_and_nothing_is_cut_away() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    for n in 0..20 {
        assert_eq!(write(&serve.address, &format!("wamid.{n}")).await, Some(200));
    }
    company.until("message-received", 20).await;
    serve.stop();
    let segment = company.data.join("journal/00000000000000000001.seg");
    let before = std::fs::read(&segment).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&segment).unwrap();
    file.write_at(&[before[2_000] ^ 1], 2_000).unwrap();
    let refusals = [
        company.run(&["verify"]).unwrap_err(),
        crate::program::Starting::spawn(&company.config(), &[]).open().err().unwrap(),
    ];
    for said in refusals {
        for words in [
            "the journal is damaged",
            "00000000000000000001.seg at byte ",
            "restore this segment from a backup",
        ] {
            assert!(said.contains(words), "`{words}` is missing in: {said}");
        }
    }
    assert_eq!(std::fs::metadata(&segment).unwrap().len(), before.len() as u64);
    file.write_at(&[before[2_000]], 2_000).unwrap();
    company.start().stop();
    assert_eq!(received(&company).len(), 20);
}

const COMPANY: &str = "[[queues]]\nid = \"general\"";
const RULES: &[(&str, &str, &str)] = &[
    ("answers", "quick-answers", r#"{"answers": [{"words": ["horario"], "text": {"es": "A las 8."}}]}"#),
    ("router", "skills-router", r#"{"otherwise": {"queue": "general"}}"#),
];

/// How often each message of a customer is in the journal.
fn counted(desk: &Desk) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for event in of_kind(desk, "message-received") {
        let Event::MessageReceived(message) = event else { unreachable!() };
        let key = desk.keys().contact(message.body.owner()).unwrap().unwrap();
        *counted.entry(message.body.open(&key).unwrap().wamid).or_default() += 1;
    }
    counted
}

#[test]
fn an_hour_without_whatsapp_delays_every_message_and_costs_none() {
    let house = House::new(1, COMPANY, RULES);
    house.whatsapp.unreachable(100);
    let mut open = house.open().unwrap();
    let customers = 20;
    for minute in 0..60 {
        if minute < customers {
            house
                .post(
                    &open.desk,
                    &house.text(&format!("wamid.{minute}"), &format!("5730000000{minute:02}"), "horario"),
                )
                .unwrap();
        }
        open.settle();
        house.clock.advance(60);
    }
    assert_eq!(house.whatsapp.taken.lock().unwrap().len(), 0);
    house.whatsapp.unreachable(0);
    // The longest pause between two attempts is a minute.
    for _ in 0..3 {
        open.settle();
        house.clock.advance(60);
    }
    let taken = house.whatsapp.taken.lock().unwrap();
    let to: BTreeSet<_> = taken.iter().map(|send| send.to.phone.clone()).collect();
    assert_eq!((taken.len(), to.len()), (customers, customers), "everybody is answered, once");
    assert_eq!(of_kind(&open.desk, "send-accepted").len(), customers);
}

/// Within what keys of raw bodies live: a clock that runs ahead by three days says that they are over.
#[test]
fn a_clock_that_jumps_to_and_fro_loses_nothing_and_doubles_nothing() {
    for seed in 1..=8 {
        let mut house = House::new(seed, COMPANY, RULES);
        house.whatsapp = Whatsapp::new(seed, 10, 0);
        let dice = Seeded::new(seed);
        let mut open = house.open().unwrap();
        let (mut acknowledged, mut ahead) = (BTreeSet::new(), 0);
        for step in 0..120 {
            match dice.below(6) {
                0..=2 => {
                    let wamid = format!("wamid.{step}");
                    house
                        .post(
                            &open.desk,
                            &house.text(&wamid, &format!("57300000000{}", dice.below(6)), "horario"),
                        )
                        .unwrap();
                    acknowledged.insert(wamid);
                }
                3 => {
                    let day = 86_400;
                    let to = dice.below(2 * day) as i64 - day as i64;
                    house.clock.advance(to - ahead);
                    ahead = to;
                }
                4 => assert!(open.round()),
                _ => {
                    drop(open);
                    house.disk.crash();
                    open = house.open().unwrap();
                }
            }
        }
        house.clock.advance(200 - ahead);
        open.settle();
        let counted = counted(&open.desk);
        assert_eq!(counted.keys().cloned().collect::<BTreeSet<_>>(), acknowledged, "seed {seed}");
        assert!(counted.values().all(|count| *count == 1), "seed {seed}");
        let mut taken: Vec<_> =
            house.whatsapp.taken.lock().unwrap().iter().map(|send| send.opaque.clone()).collect();
        let all = taken.len();
        taken.sort();
        taken.dedup();
        assert_eq!(taken.len(), all, "seed {seed}: a message was sent twice");
    }
}
