//! What is to happen later happens, also when the host was not there at that moment.

use desk::{Act, CommandError};
use domain::agent::Presence;
use domain::event::Event;
use domain::id::{AgentId, ConversationId};

use crate::assembled::{House, Open, block_on, events, of_kind};

const COMPANY: &str = r#"
[[queues]]
id = "ventas"
[[queues]]
id = "refuerzo"
[[agents]]
id = "ana"
name = "Ana"
queues = ["ventas"]
[[agents]]
id = "beto"
name = "Beto"
queues = ["ventas"]
"#;

const RULES: &[(&str, &str, &str)] = &[(
    "router",
    "skills-router",
    r#"{"otherwise": {"queue": "ventas", "overflow-after": 300, "overflow-to": "refuerzo"},
        "known-agent": {"within-minutes": 4}}"#,
)];

fn queues(open: &Open) -> Vec<String> {
    let queue = |event| match event {
        Event::CaseQueued(queued) => queued.place.queue.to_string(),
        _ => unreachable!(),
    };
    of_kind(&open.desk, "case-queued").into_iter().map(queue).collect()
}

/// A house in which Ana is at work and has the case of the first customer.
fn given(house: &House) -> (Open, ConversationId) {
    let mut open = house.open().unwrap();
    block_on(open.desk.set_presence(&AgentId::from("ana"), Presence::Available, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    let (conversation, _) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    (open, conversation)
}

#[test]
fn a_case_that_waits_too_long_overflows_and_keeps_its_turn() {
    let house = House::new(21, COMPANY, RULES);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    house.clock.advance(299);
    open.settle();
    assert_eq!(queues(&open), ["ventas"]);
    house.clock.advance(2);
    open.settle();
    assert_eq!(queues(&open), ["ventas", "refuerzo"]);
    let since: Vec<_> = of_kind(&open.desk, "case-queued")
        .into_iter()
        .map(|event| match event {
            Event::CaseQueued(queued) => queued.since,
            _ => unreachable!(),
        })
        .collect();
    assert_eq!(since[0], since[1]);
}

#[test]
fn a_timer_that_was_due_while_the_host_was_down_fires_late_and_says_both_times() {
    let house = House::new(22, COMPANY, RULES);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    drop(open);
    house.disk.crash();
    house.lose_projections();
    house.clock.advance(3_600);
    let mut open = house.open().unwrap();
    open.settle();
    assert_eq!(queues(&open), ["ventas", "refuerzo"]);
    let fired = events(&open.desk).into_iter().find(|event| event.event.kind() == "timer-fired").unwrap();
    let Event::TimerFired(timer) = fired.event else { unreachable!() };
    assert_eq!(fired.time.duration_since(timer.due).as_secs(), 3_300);
}

#[test]
fn the_agent_who_knows_the_customer_is_waited_for_and_not_for_ever() {
    let house = House::new(23, COMPANY, RULES);
    let (mut open, conversation) = given(&house);
    let (ana, beto) = (AgentId::from("ana"), AgentId::from("beto"));
    let carry_out = |open: &mut Open, close: bool| {
        let ana = ana.clone();
        let done = open.carry_out(move |desk| async move {
            if close {
                desk.close(&ana, conversation, "solved").await
            } else {
                let message = domain::message::Outgoing::Text { body: "Hola.".to_owned() };
                desk.reply(&ana, conversation, message).await
            }
        });
        done.unwrap();
    };
    carry_out(&mut open, false);
    carry_out(&mut open, true);
    // Ana is at work and takes nothing more; Beto is free.
    block_on(open.desk.set_presence(&ana, Presence::Busy, None)).unwrap();
    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.2", "573000000001", "otra cosa")).unwrap();
    open.settle();
    let assigned = |open: &Open| of_kind(&open.desk, "case-assigned").len();
    assert_eq!(assigned(&open), 1, "it waits for Ana");
    house.clock.advance(241);
    open.settle();
    assert_eq!(assigned(&open), 2, "and then anyone may have it");
}

#[test]
fn whoever_does_not_answer_in_time_loses_the_case_to_others_and_whoever_does_keeps_it() {
    let company = COMPANY.replacen("id = \"ventas\"", "id = \"ventas\"\nrescue-after = 10", 1).leak();
    let house = House::new(24, company, RULES);
    let (mut open, conversation) = given(&house);
    let (ana, beto) = (AgentId::from("ana"), AgentId::from("beto"));
    let holder = |open: &Open| {
        let cases = |agent: &AgentId| open.desk.store().agent(agent).unwrap().1.cases.len();
        (cases(&ana), cases(&beto))
    };
    let answer = |open: &mut Open, agent: &AgentId| {
        let agent = agent.clone();
        let message = domain::message::Outgoing::Text { body: "Hola.".to_owned() };
        open.carry_out(move |desk| async move { desk.reply(&agent, conversation, message).await }).unwrap();
    };
    // An answer ends the time, and the next message begins it anew.
    house.clock.advance(540);
    open.settle();
    answer(&mut open, &ana);
    house.clock.advance(540);
    open.settle();
    assert_eq!(holder(&open), (1, 0), "she has answered");
    house.post(&open.desk, &house.text("wamid.2", "573000000001", "¿y entonces?")).unwrap();
    open.settle();
    house.clock.advance(540);
    house.post(&open.desk, &house.text("wamid.3", "573000000001", "¿hola?")).unwrap();
    open.settle();
    assert_eq!(holder(&open), (1, 0));
    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    house.clock.advance(61);
    open.settle();
    open.settle();
    assert_eq!(holder(&open), (0, 1), "from the first message that she did not answer");
    let moved = of_kind(&open.desk, "case-moved");
    let [Event::CaseMoved(moved)] = &moved[..] else { panic!("{moved:?}") };
    assert_eq!((moved.how.word(), moved.from.as_ref()), ("rescued", Some(&ana)));
    // Whoever lost it is not given it while another one could have it, at work or not: somebody may take it by hand.
    block_on(open.desk.set_presence(&ana, Presence::Away, None)).unwrap();
    house.clock.advance(601);
    open.settle();
    open.settle();
    assert_eq!(holder(&open), (0, 0), "it waits for ana, who serves the queue too");
    assert_eq!(open.desk.store().waiting(&"ventas".into()).unwrap().len(), 1);
}

#[test]
fn who_is_asked_to_take_a_case_over_has_a_place_for_it_until_they_answer_or_ten_minutes_are_over() {
    let company = COMPANY
        .replacen("name = \"Beto\"", "name = \"Beto\"\ncapacity = 1", 1)
        .replace("[[queues]]\nid = \"refuerzo\"\n", "");
    let house = House::new(
        25,
        company.leak(),
        &[("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#)],
    );
    let (mut open, conversation) = given(&house);
    let (ana, beto) = (AgentId::from("ana"), AgentId::from("beto"));
    let hand = |open: &mut Open, act: Act| {
        open.carry_out(move |desk| async move { desk.hand(conversation, act).await })
    };
    let asks = || Act::Offer { agent: ana.clone(), to: beto.clone(), why: "Sabe de pagos".to_owned() };
    let answers = |takes| Act::Answer { agent: beto.clone(), takes };
    let waiting = |open: &Open| open.desk.store().waiting(&"ventas".into()).unwrap().len();
    let has = |open: &Open, agent: &AgentId| open.desk.store().agent(agent).unwrap().1.cases.len();

    block_on(open.desk.set_presence(&ana, Presence::Busy, None)).unwrap();
    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    hand(&mut open, asks()).unwrap();
    house.post(&open.desk, &house.text("wamid.2", "573000000002", "hola")).unwrap();
    open.settle();
    assert_eq!((waiting(&open), has(&open, &beto)), (1, 0), "his place is held for what he is asked");
    hand(&mut open, answers(true)).unwrap();
    open.settle();
    assert_eq!((has(&open, &ana), has(&open, &beto)), (0, 1));

    // Nobody answers: it stays where it is, and whoever waits has the place.
    let done = open.carry_out({
        let beto = beto.clone();
        move |desk| async move { desk.close(&beto, conversation, "solved").await }
    });
    done.unwrap();
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    block_on(open.desk.set_presence(&beto, Presence::Busy, None)).unwrap();
    open.settle();
    block_on(open.desk.set_presence(&ana, Presence::Busy, None)).unwrap();
    let (_, state) = open.desk.store().agent(&ana).unwrap();
    let hers = *state.cases.values().next().unwrap();
    let offers = |open: &Open| open.desk.store().offers(&beto).unwrap();
    let ask = |open: &mut Open| {
        let act = Act::Offer { agent: ana.clone(), to: beto.clone(), why: "Sabe de pagos".to_owned() };
        open.carry_out(move |desk| async move { desk.hand(hers, act).await }).unwrap();
    };
    ask(&mut open);
    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.3", "573000000003", "hola")).unwrap();
    house.clock.advance(400);
    open.settle();
    // Asked again while he is asked he has no more time, and asked anew he has.
    ask(&mut open);
    let withdraws = Act::Withdraw { agent: ana.clone() };
    open.carry_out(move |desk| async move { desk.hand(hers, withdraws).await }).unwrap();
    ask(&mut open);
    house.clock.advance(400);
    open.settle();
    assert_eq!((&offers(&open)[..], waiting(&open), has(&open, &beto)), (&[hers][..], 1, 0), "asked anew");
    house.clock.advance(201);
    open.settle();
    open.settle();
    assert_eq!((&offers(&open)[..], waiting(&open), has(&open, &beto)), (&[][..], 0, 1));
    let act = answers(true);
    let late = open.carry_out(move |desk| async move { desk.hand(hers, act).await });
    assert!(matches!(late, Err(CommandError::NotAsked)), "{late:?}");
    assert_eq!(has(&open, &ana), 1);
}
