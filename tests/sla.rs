//! What a queue promises its customers is kept an eye on by the host: on the clock of its hours, over lunch, nights and restarts.

use domain::agent::Presence;
use domain::conversation::Holder;
use domain::event::{CaseEscalated, Event, PromiseEnded};
use domain::id::{AgentId, ConversationId};
use domain::outside::Clock as _;
use domain::sla::{Standing, standing, standing_or, waits_since};

use crate::assembled::{House, Open, block_on, of_kind};

/// Monday, 10:00 in Bogotá, is when a house begins.
const COMPANY: &str = r#"
[calendars.oficina]
zone = "America/Bogota"
[calendars.oficina.week]
monday = ["08:00-12:00", "14:00-18:00"]
[[queues]]
id = "ventas"
calendar = "oficina"
[queues.sla]
first-response = 60
next-response = 10
steps = [
    { at = 50, priority = 5 },
    { at = 100, tell = true },
    { at = 200, to = "refuerzo" },
    { at = 201, tell = true },
]
[[queues]]
id = "refuerzo"
[queues.sla]
first-response = 900
steps = [{ at = 50, priority = 7 }]
[[agents]]
id = "ana"
name = "Ana"
queues = ["ventas"]
[[agents]]
id = "beto"
name = "Beto"
queues = ["refuerzo"]
"#;

const RULES: &[(&str, &str, &str)] = &[("router", "skills-router", r#"{"otherwise": {"queue": "ventas"}}"#)];

const HOUR: i64 = 3_600;

fn escalated(open: &Open) -> Vec<CaseEscalated> {
    let one = |event| match event {
        Event::CaseEscalated(one) => one,
        _ => unreachable!(),
    };
    of_kind(&open.desk, "case-escalated").into_iter().map(one).collect()
}

fn ended(open: &Open) -> Vec<PromiseEnded> {
    let one = |event| match event {
        Event::PromiseEnded(one) => one,
        _ => unreachable!(),
    };
    of_kind(&open.desk, "promise-ended").into_iter().map(one).collect()
}

fn first(open: &Open) -> ConversationId {
    open.desk.store().conversations().unwrap().pop_first().unwrap().0
}

#[test]
fn lunch_counts_for_nobody_and_each_step_is_taken_once_also_while_the_machine_was_off() {
    let house = House::new(61, COMPANY, RULES);
    let mut open = house.open().unwrap();
    house.clock.advance(HOUR + HOUR / 2);
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    let conversation = first(&open);
    let state = |open: &Open| open.desk.store().conversation(conversation).unwrap().1.unwrap();
    let stands = |open: &Open| standing(&open.desk.active().company, &state(open), house.clock.now());
    assert_eq!(stands(&open), Some(Standing::InTime));

    // Half an hour before lunch, half of the time.
    house.clock.advance(HOUR / 2);
    open.settle();
    let [half] = &escalated(&open)[..] else { panic!("{:?}", escalated(&open)) };
    assert_eq!((half.at, half.queue.as_str(), half.tell), (50, "ventas", false));
    assert_eq!(half.due.to_string(), "2026-11-23T19:30:00Z", "half past two");
    assert_eq!(state(&open).case.unwrap().priority, 5);

    // Two hours of lunch and all but a minute of the rest.
    house.clock.advance(2 * HOUR + 29 * 60);
    open.settle();
    assert_eq!(escalated(&open).len(), 1);
    assert_eq!(stands(&open), Some(Standing::AtRisk));
    house.clock.advance(60);
    open.settle();
    assert_eq!(escalated(&open).last().map(|one| (one.at, one.tell)), Some((100, true)));
    assert_eq!(stands(&open), Some(Standing::Late));

    // The machine is off when the next step is due.
    drop(open);
    house.clock.advance(2 * HOUR);
    let mut open = house.open().unwrap();
    open.settle();
    let taken: Vec<u16> = escalated(&open).iter().map(|one| one.at).collect();
    assert_eq!(taken, [50, 100, 200, 201], "the last step moves nothing, and the one before it did");
    let Some(Holder::Queue { place, since }) = state(&open).case.map(|case| case.holder) else { panic!() };
    assert_eq!((place.queue.as_str(), since.to_string()), ("refuerzo", "2026-11-23T16:30:00Z".to_owned()));
    let moved = of_kind(&open.desk, "case-moved");
    let [Event::CaseMoved(moved)] = &moved[..] else { panic!("{moved:?}") };
    assert_eq!((moved.how.word(), moved.from.as_ref()), ("escalated", None));
    open.settle();
    house.clock.advance(24 * HOUR);
    open.settle();
    let last = escalated(&open).pop().unwrap();
    assert_eq!((last.queue.as_str(), last.at), ("refuerzo", 50), "that queue has steps of its own");
    assert_eq!(escalated(&open).len(), 5);
}

#[test]
fn an_answer_in_time_ends_it_and_what_the_customer_writes_next_has_a_time_of_its_own() {
    let house = House::new(62, COMPANY, RULES);
    let mut open = house.open().unwrap();
    let ana = AgentId::from("ana");
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    let conversation = first(&open);
    house.clock.advance(29 * 60);
    open.settle();
    let (agent, message) = (ana.clone(), domain::message::Outgoing::Text { body: "Hola.".to_owned() });
    open.carry_out(move |desk| async move { desk.reply(&agent, conversation, message).await }).unwrap();
    house.clock.advance(HOUR / 2);
    open.settle();
    assert_eq!(escalated(&open), [], "it was answered");
    let [kept] = &ended(&open)[..] else { panic!("{:?}", ended(&open)) };
    assert_eq!((kept.kept, kept.first, kept.agent.as_ref()), (true, true, Some(&ana)));
    assert_eq!(kept.due.duration_since(kept.since).as_hours(), 1);

    // Of ten minutes half is five. Ana has the case, and loses it when twenty are over.
    house.post(&open.desk, &house.text("wamid.2", "573000000001", "¿y entonces?")).unwrap();
    open.settle();
    house.clock.advance(5 * 60 - 1);
    open.settle();
    assert_eq!(escalated(&open), []);
    house.clock.advance(1);
    open.settle();
    assert_eq!(escalated(&open).len(), 1);
    house.clock.advance(15 * 60);
    open.settle();
    let moved = of_kind(&open.desk, "case-moved");
    let [Event::CaseMoved(moved)] = &moved[..] else { panic!("{moved:?}") };
    assert_eq!((moved.how.word(), moved.from.as_ref()), ("escalated", Some(&ana)));
    assert_eq!(open.desk.store().agent(&ana).unwrap().1.cases.len(), 0, "there is room for another");
    let all = ended(&open);
    let [_, late] = &all[..] else { panic!("{all:?}") };
    let whose = (late.kept, late.queue.as_str(), late.agent.as_ref());
    assert_eq!(whose, (false, "ventas", Some(&ana)), "it was late where it lay");

    // Where nothing is promised of a next answer, nothing is made good, and it is late once.
    let beto = AgentId::from("beto");
    block_on(open.desk.set_presence(&beto, Presence::Available, None)).unwrap();
    open.settle();
    let message = domain::message::Outgoing::Text { body: "Perdón.".to_owned() };
    open.carry_out(move |desk| async move {
        desk.accept(&beto, conversation).await?;
        desk.reply(&beto, conversation, message).await
    })
    .unwrap();
    assert_eq!(ended(&open), all);
}

#[test]
fn a_promise_is_broken_by_a_late_answer_and_by_a_late_end_and_an_early_end_is_neither() {
    let house = House::new(64, COMPANY, RULES);
    let mut open = house.open().unwrap();
    let ana = AgentId::from("ana");
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    let close = |open: &mut Open| {
        let (agent, conversation) = (ana.clone(), first(open));
        open.carry_out(move |desk| async move { desk.close(&agent, conversation, "other").await }).unwrap();
    };
    let write = |open: &mut Open, wamid: &str| {
        house.post(&open.desk, &house.text(wamid, "573000000001", "hola")).unwrap();
        open.settle();
    };
    let accept = |open: &mut Open| {
        let (agent, conversation) = (ana.clone(), first(open));
        open.carry_out(move |desk| async move { desk.accept(&agent, conversation).await }).unwrap();
    };
    write(&mut open, "wamid.1");
    accept(&mut open);
    close(&mut open);
    assert_eq!(ended(&open), [], "there was time");

    write(&mut open, "wamid.2");
    accept(&mut open);
    house.clock.advance(HOUR + 1);
    close(&mut open);
    let [late] = &ended(&open)[..] else { panic!("{:?}", ended(&open)) };
    assert_eq!((late.kept, late.agent.as_ref(), late.queue.as_str()), (false, Some(&ana), "ventas"));

    write(&mut open, "wamid.3");
    accept(&mut open);
    house.clock.advance(HOUR / 2);
    let (agent, conversation) = (ana.clone(), first(&open));
    let hello = domain::message::Outgoing::Text { body: "Hola.".to_owned() };
    open.carry_out(move |desk| async move { desk.reply(&agent, conversation, hello).await }).unwrap();
    write(&mut open, "wamid.4");
    house.clock.advance(11 * 60);
    let agent = ana.clone();
    let sorry = domain::message::Outgoing::Text { body: "Perdón.".to_owned() };
    open.carry_out(move |desk| async move { desk.reply(&agent, conversation, sorry).await }).unwrap();
    let all: Vec<_> = ended(&open).iter().map(|one| (one.first, one.kept)).collect();
    assert_eq!(all, [(true, false), (true, true), (false, false)]);
}

#[test]
fn of_a_queue_that_is_late_with_many_people_are_told_once_in_a_while() {
    let house = House::new(63, COMPANY, RULES);
    let mut open = house.open().unwrap();
    for n in 1..=5 {
        house
            .post(&open.desk, &house.text(&format!("wamid.{n}"), &format!("57300000000{n}"), "hola"))
            .unwrap();
        open.settle();
        house.clock.advance(3 * 60);
    }
    house.clock.advance(HOUR);
    open.settle();
    let told: Vec<bool> = escalated(&open).iter().filter(|one| one.at == 100).map(|one| one.tell).collect();
    assert_eq!(told.len(), 5);
    assert_eq!(told.iter().filter(|told| **told).count(), 1, "all are late at the same look");
}

#[test]
fn where_nothing_is_promised_a_case_is_late_by_the_hours_of_its_queue_and_since_the_customer_wrote() {
    let silent = COMPANY.split("[queues.sla]").next().unwrap();
    let house = House::new(65, silent, RULES);
    let mut open = house.open().unwrap();
    // A quarter of an hour before lunch; half an hour is promised of everything.
    house.clock.advance(HOUR + 45 * 60);
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    open.settle();
    let state = open.desk.store().conversation(first(&open)).unwrap().1.unwrap();
    let since = waits_since(&state).unwrap();
    let stands = |minutes: i64| {
        let now = since + jiff::SignedDuration::from_mins(minutes);
        standing_or(&open.desk.active().company, &state, Some(30 * 60), now)
    };
    assert_eq!(stands(14), Some(Standing::InTime));
    assert_eq!(
        (stands(100), stands(134)),
        (Some(Standing::AtRisk), Some(Standing::AtRisk)),
        "nobody is there"
    );
    assert_eq!(stands(150), Some(Standing::Late));
    assert_eq!(standing_or(&open.desk.active().company, &state, None, since), None);
}

#[test]
fn what_makes_no_sense_of_a_promise_is_refused_with_the_key() {
    for (wrong, key) in [
        ("first-response = 60", "queues[0].sla.first-response"),
        ("at = 100, tell = true", "queues[0].sla.steps[1]"),
        ("at = 200", "queues[0].sla.steps[2].at"),
        ("to = \"refuerzo\"", "queues[0].sla.steps[2].to"),
    ] {
        let instead = match wrong {
            "first-response = 60" => "first-response = 0",
            "at = 100, tell = true" => "at = 100",
            "at = 200" => "at = 99",
            _ => "to = \"nadie\"",
        };
        let description = toml::from_str(&COMPANY.replacen(wrong, instead, 1)).unwrap();
        let mistake = domain::company::Company::new(description).unwrap_err();
        assert_eq!(mistake.key, key, "{mistake}");
    }
}
