//! Laws of comparing.

use proptest::prelude::*;

use super::*;
use crate::event::CaseClosed;
use crate::message::Outgoing;

fn place(queue: &str, priority: u8) -> Came {
    Came::Placed(Place { priority, ..Place::in_queue(queue.into()) })
}

fn said(text: &str) -> Vec<Effect> {
    vec![Effect::Reply { message: Outgoing::Text { body: text.to_owned() } }]
}

#[test]
fn a_difference_is_named_by_what_it_means_for_people() {
    let answered = |text| Came::Dealt(Verdict::Answered, said(text));
    let handed = || Came::Dealt(Verdict::HandOver, Vec::new());
    let (left, quiet) = (Came::Left { to_people: true }, Came::Left { to_people: false });
    let is = |then: &Came, now: &Came| Difference::between(then, now);
    assert_eq!(is(&place("sales", 0), &place("sales", 0)), None);
    assert_eq!(is(&place("sales", 0), &place("support", 0)), Some(Difference::Elsewhere));
    assert_eq!(is(&place("sales", 0), &place("sales", 5)), Some(Difference::PlacedOtherwise));
    assert_eq!(is(&left, &answered("Hola")), Some(Difference::AnsweredByRule));
    assert_eq!(is(&handed(), &answered("Hola")), Some(Difference::AnsweredByRule));
    assert_eq!(is(&answered("Hola"), &left), Some(Difference::LeftToPeople));
    assert_eq!(is(&answered("Hola"), &handed()), Some(Difference::LeftToPeople));
    assert_eq!(is(&answered("Hola"), &answered("Buenas")), Some(Difference::AnsweredOtherwise));
    assert_eq!(is(&answered("Hola"), &quiet), Some(Difference::Silent));
    assert_eq!(is(&left, &handed()), None, "it goes to a person all the same");
    let routed = |text| Came::Dealt(Verdict::AnsweredAndRoute, said(text));
    assert_eq!(is(&routed("Hola"), &handed()), Some(Difference::AnsweredOtherwise));
    let closed = Came::Dealt(Verdict::Answered, vec![Effect::Resolve { code: CaseClosed::OTHER.to_owned() }]);
    assert_eq!(is(&answered("Hola"), &closed), Some(Difference::AnsweredOtherwise));
}

fn compared() -> impl Strategy<Value = Compared> {
    let queue = || prop::option::of(prop::sample::select(vec!["sales", "support", "billing"]));
    let difference = prop::option::of(prop::sample::select(vec![
        Difference::Elsewhere,
        Difference::AnsweredByRule,
        Difference::Silent,
    ]));
    (any::<u16>(), any::<u8>(), queue(), queue(), any::<bool>(), difference, queue()).prop_map(
        |(event, case, from, to, simulated, difference, preferred)| Compared {
            at: Example {
                event: event.into(),
                conversation: ConversationId::from_bytes([case; 16]),
                case: CaseId::from_bytes([case; 16]),
                from: from.map(Into::into),
                to: to.map(Into::into),
                simulated,
            },
            time: Time::from_second(event.into()).unwrap_or_default(),
            difference,
            preferred: preferred.map(Into::into),
        },
    )
}

/// How long somebody waited: often as long as another one.
fn wait() -> impl Strategy<Value = i64> {
    prop_oneof![0i64..5, 0i64..100_000]
}

fn tally(of: &[Compared]) -> Tally {
    let mut tally = Tally::default();
    of.iter().cloned().for_each(|one| tally.count(one));
    tally
}

proptest! {
    #[test]
    fn parts_add_up_to_the_whole_in_any_order(all in prop::collection::vec(compared(), 0..60), cut in 0usize..60) {
        let (a, b) = all.split_at(cut.min(all.len()));
        let (mut forth, mut back) = (tally(a), tally(b));
        forth.add(tally(b));
        back.add(tally(a));
        prop_assert_eq!(&forth, &back);
        prop_assert_eq!(&forth, &tally(&all));
    }

    #[test]
    fn every_decision_is_the_same_or_differs_in_one_way(all in prop::collection::vec(compared(), 0..60)) {
        let tally = tally(&all);
        prop_assert_eq!(tally.decisions, all.len() as u64);
        prop_assert_eq!(tally.same + tally.differences.values().sum::<u64>(), tally.decisions);
        prop_assert!(tally.examples.values().all(|few| !few.is_empty() && few.len() <= EXAMPLES));
    }

    #[test]
    fn a_case_waits_as_those_who_were_there(there in prop::collection::vec(wait(), 1..20), was in wait()) {
        let at = |millis: i64| Time::from_millisecond(1_764_000_000_000 + millis).unwrap_or_default();
        let mut waits = Waits::default();
        let case = |n: u8| CaseId::from_bytes([n; 16]);
        for (n, millis) in (1..).zip(&there) {
            waits.given(case(n), &"sales".into(), at(0), at(*millis), &"ana".into());
        }
        waits.given(case(0), &"support".into(), at(0), at(was), &"luis".into());
        let moved = Moved { time: at(0), case: case(0), to: "sales".into() };
        let nowhere = Moved { time: at(0), case: case(0), to: "billing".into() };
        let far = Moved { time: at(7_200_000), ..moved.clone() };
        let wait = waits.of([&moved, &nowhere, &far]);
        let mut sorted = there.clone();
        sorted.sort_unstable();
        prop_assert_eq!(wait.median_millis, sorted[sorted.len() / 2] - was);
        prop_assert_eq!((wait.longer + wait.shorter, wait.unknown), (1, 2));
        prop_assert_eq!(wait.agents.get(&AgentId::from("luis")), Some(&3));
    }
}
