//! Many cases, few agents, everything at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use desk::{CommandError, Desk};
use domain::agent::Presence;
use domain::conversation::Holder;
use domain::event::Event;
use domain::id::{AgentId, ConversationId};
use domain::measure::fact::Facts;
use domain::message::Outgoing;
use domain::stream::Actor;
use store::Drive;

use crate::assembled::{House, Open, block_on, events, of_kind};
use crate::simulation::no_agent_beyond_capacity;

const COMPANY: &str = r#"
[[queues]]
id = "general"
[[agents]]
id = "ana"
name = "Ana"
queues = ["general"]
capacity = 3
[[agents]]
id = "beto"
name = "Beto"
queues = ["general"]
capacity = 2
[[agents]]
id = "carla"
name = "Carla"
queues = ["general"]
capacity = 4
"#;

const RULES: &[(&str, &str, &str)] = &[(
    "router",
    "skills-router",
    r#"{"routes": [{"when": {"words": ["urgente"]}, "queue": "general", "priority": 8}],
        "otherwise": {"queue": "general"}}"#,
)];

const CASES: usize = 60;

fn held(open: &Open) -> Vec<(AgentId, ConversationId)> {
    open.desk
        .store()
        .conversations()
        .unwrap()
        .into_iter()
        .filter_map(|(id, conversation)| match conversation.case?.holder {
            Holder::Agent { agent, .. } => Some((agent, id)),
            _ => None,
        })
        .collect()
}

#[test]
fn no_cap_is_exceeded_while_agents_grab_close_and_leave_at_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut house = House::new(11, COMPANY, RULES);
    house.drive = Drive::Threads;
    let Open { desk, parts } = house.open().unwrap();
    let running = parts.run(runtime.handle()).unwrap();
    for n in 0..CASES {
        let text = if n % 10 == 0 { "urgente" } else { "hola" };
        house.post(&desk, &house.text(&format!("wamid.{n}"), &format!("5730000000{n:02}"), text)).unwrap();
    }
    let agents: Vec<AgentId> = ["ana", "beto", "carla"].map(AgentId::from).into();
    let closed = Arc::new(AtomicUsize::new(0));
    runtime.block_on(async {
        let mut working = Vec::new();
        for agent in agents {
            let (desk, closed) = (desk.clone(), closed.clone());
            working.push(tokio::spawn(async move { shift(&desk, &agent, &closed).await }));
        }
        for work in working {
            work.await.unwrap();
        }
    });
    assert_eq!(of_kind(&desk, "case-closed").len(), CASES, "every case was attended and closed, once");
    no_agent_beyond_capacity(&desk);
    let mut facts = Facts::default();
    let facts: Vec<_> = events(&desk).iter().flat_map(|event| facts.take(event)).collect();
    for name in ["case-answered", "turn-answered", "case-resolved"] {
        assert_eq!(facts.iter().filter(|fact| fact.what.name() == name).count(), CASES, "{name}");
    }
    drop(desk);
    runtime.block_on(running.stop());
}

/// Attends until all cases are closed: grabs at random, answers, closes, goes and comes back.
async fn shift(desk: &Desk, agent: &AgentId, closed: &AtomicUsize) {
    let mut mine = 0;
    let deadline = Instant::now() + Duration::from_secs(60);
    desk.set_presence(agent, Presence::Available, None).await.unwrap();
    while closed.load(Ordering::Relaxed) < CASES {
        let cases: Vec<(ConversationId, Holder)> = desk
            .store()
            .conversations()
            .unwrap()
            .into_iter()
            .filter_map(|(id, conversation)| Some((id, conversation.case?.holder)))
            .collect();
        assert!(Instant::now() < deadline, "the shift does not end: {cases:?}");
        for (conversation, holder) in cases {
            match holder {
                Holder::Queue { .. } => match desk.accept(agent, conversation).await {
                    Ok(_)
                    | Err(
                        CommandError::Full { .. }
                        | CommandError::Taken(_)
                        | CommandError::NoCase
                        | CommandError::NotAvailable { .. },
                    ) => {}
                    Err(error) => panic!("{error}"),
                },
                Holder::Agent { agent: holder, .. } if holder == *agent => {
                    let message = Outgoing::Text { body: "Listo.".to_owned() };
                    desk.reply(agent, conversation, message).await.unwrap();
                    desk.close(agent, conversation, "solved").await.unwrap();
                    closed.fetch_add(1, Ordering::Relaxed);
                    mine += 1;
                    if mine % 7 == 0 {
                        desk.set_presence(agent, Presence::Break, None).await.unwrap();
                        desk.set_presence(agent, Presence::Available, None).await.unwrap();
                    }
                }
                Holder::Agent { .. } | Holder::Rules => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[test]
fn whoever_waits_longest_at_the_highest_priority_is_next() {
    let house = House::new(13, COMPANY, RULES);
    let mut open = house.open().unwrap();
    let order = ["hola", "hola", "urgente", "hola", "urgente", "hola", "hola"];
    let mut names = BTreeMap::new();
    for (n, text) in order.iter().enumerate() {
        let body = house.text(&format!("wamid.{n}"), &format!("57300000000{n}"), text);
        house.post(&open.desk, &body).unwrap();
        open.settle();
        house.clock.advance(10);
    }
    for event in events(&open.desk) {
        if let Event::CaseQueued(queued) = event.event {
            names.insert(queued.case, names.len());
        }
    }
    assert!(held(&open).is_empty(), "nobody is there, so nobody is given a case");
    let beto = AgentId::from("beto");
    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    open.settle();
    block_on(open.desk.set_presence(&"ana".into(), Presence::Available, None)).unwrap();
    open.settle();
    let given: Vec<usize> = of_kind(&open.desk, "case-assigned")
        .into_iter()
        .map(|event| match event {
            Event::CaseAssigned(assigned) => names[&assigned.case],
            _ => unreachable!(),
        })
        .collect();
    // Beto has room for two, Ana for three; what is given at one moment may be written in any order.
    assert_eq!(BTreeSet::from_iter(&given[..2]), [&2, &4].into());
    assert_eq!(BTreeSet::from_iter(&given[2..]), [&0, &1, &3].into());
    no_agent_beyond_capacity(&open.desk);
}

#[test]
fn an_agent_who_leaves_is_given_nothing_more_and_one_who_has_no_part_in_a_case_cannot_write() {
    let house = House::new(14, COMPANY, RULES);
    let mut open = house.open().unwrap();
    let (ana, beto) = (AgentId::from("ana"), AgentId::from("beto"));
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    let (agent, conversation) = held(&open).pop().unwrap();
    assert_eq!(agent, ana);
    block_on(open.desk.set_presence(&ana, Presence::Away, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.2", "573000000002", "hola")).unwrap();
    open.settle();
    assert_eq!(held(&open).len(), 1, "the second case waits");

    let mut write = |agent: &AgentId| {
        let (desk, agent) = (open.desk.clone(), agent.clone());
        let message = Outgoing::Text { body: "Hola.".to_owned() };
        let asked = std::thread::spawn(move || block_on(desk.reply(&agent, conversation, message)));
        while !asked.is_finished() {
            assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
            std::thread::yield_now();
        }
        asked.join().unwrap()
    };
    assert!(matches!(write(&beto), Err(CommandError::Taken(holder)) if holder == ana));
    assert!(write(&ana).is_ok());
    house.clock.advance(24 * 3600);
    assert!(matches!(write(&ana), Err(CommandError::WindowClosed)));
}

#[test]
fn the_open_cases_of_who_leaves_wait_in_their_queue_and_another_agent_has_them() {
    let house = House::new(12, COMPANY, RULES);
    let mut open = house.open().unwrap();
    let (ana, beto) = (AgentId::from("ana"), AgentId::from("beto"));
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    for n in 0..2 {
        house
            .post(&open.desk, &house.text(&format!("wamid.{n}"), &format!("57300000000{n}"), "hola"))
            .unwrap();
    }
    open.settle();
    assert_eq!(held(&open).iter().filter(|(agent, _)| *agent == ana).count(), 2);

    let (desk, gone) = (open.desk.clone(), ana.clone());
    let handing =
        std::thread::spawn(move || block_on(desk.hand_over(&gone, &Actor::Person("marta".into()))).unwrap());
    while !handing.is_finished() {
        open.round();
    }
    assert_eq!(handing.join().unwrap(), 2);
    assert_eq!(open.desk.store().agent(&ana).unwrap().1.presence, Presence::Away);
    let waiting = open.desk.store().waiting(&"general".into()).unwrap();
    assert_eq!((waiting.len(), held(&open).len()), (2, 0));
    let handed_over: Vec<_> = events(&open.desk)
        .into_iter()
        .filter(|event| event.event.kind() == "case-queued" && event.actor == Actor::Person("marta".into()))
        .collect();
    assert_eq!(handed_over.len(), 2);

    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    open.settle();
    assert_eq!(held(&open).iter().filter(|(agent, _)| *agent == beto).count(), 2);
    let (again, none) = (open.desk.clone(), ana);
    assert_eq!(block_on(again.hand_over(&none, &Actor::Host)).unwrap(), 0);
    no_agent_beyond_capacity(&open.desk);
}
