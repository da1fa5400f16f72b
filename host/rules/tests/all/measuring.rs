//! Rules that count what happened: what they say is added up if it makes sense, and whatever else they do is nothing.

use domain::decision::{Fault, Outcome};
use domain::measure::figure::{Aggregate, Sample};
use rules::contract::Fact;

use crate::support::start;

/// An answered case of sales, after so many milliseconds.
fn answered(millis: u64) -> Fact {
    let number = |name: &str| (name.to_owned(), millis);
    Fact {
        kind: "case-answered".to_owned(),
        at: 1_795_352_400_000,
        case: Some("1".to_owned()),
        number: Some("main".to_owned()),
        queue: Some("sales".to_owned()),
        agent: Some("ana".to_owned()),
        numbers: vec![number("since-queued"), number("since-queued-business"), number("since-written")],
        words: vec![],
        attrs: vec![],
    }
}

#[test]
fn whatever_a_hostile_measurer_does_it_has_counted_nothing_and_is_to_blame() {
    let bench = start();
    let facts = [answered(1_000), answered(2_000)];
    for (guest, fault) in [
        ("counts_forever", Fault::OutOfFuel),
        ("counts_and_traps", Fault::Trap),
        ("samples_in_floods", Fault::TooMuchOutput),
        ("samples_one_fact_often", Fault::TooMuchOutput),
        ("labels_in_floods", Fault::TooMuchOutput),
        ("samples_a_stranger", Fault::Nonsense),
        ("samples_of_no_fact", Fault::Nonsense),
        ("labels_a_phone", Fault::Nonsense),
    ] {
        let rule = bench.rule(guest);
        let figures = bench.host.figures(&rule).unwrap_or_else(|error| panic!("{guest}: {error}"));
        let measured = bench.host.measure(&rule, &figures, &facts);
        let unmeasured = measured.samples.unwrap_err();
        assert_eq!(unmeasured.outcome, Outcome::GuestFault { fault }, "{guest}: {}", unmeasured.text);
        assert!(!unmeasured.text.contains("+57"), "{guest}: {}", unmeasured.text);
    }
    for (guest, fault) in
        [("counts_without_end", Fault::OutOfFuel), ("counts_the_same_twice", Fault::Nonsense)]
    {
        let unmeasured = bench.host.figures(&bench.rule(guest)).unwrap_err();
        assert_eq!(unmeasured.outcome, Outcome::GuestFault { fault }, "{guest}: {}", unmeasured.text);
    }
    let honest = bench.rule("counts_one");
    let figures = bench.host.figures(&honest).unwrap();
    let told = figures.iter().map(|figure| (figure.name.as_str(), figure.aggregate));
    assert!(told.eq([("n", Aggregate::Sum)]));
    let samples = bench.host.measure(&honest, &figures, &facts).samples.unwrap();
    assert_eq!(samples, [Sample { fact: 0, figure: 0, value: 7, of: 0, label: String::new() }]);
}

#[test]
fn the_reference_counts_an_answer_in_every_way_that_it_says_it_does_and_the_same_each_time() {
    let bench = start();
    let rule = bench.plugin("kpi-core");
    assert!(rule.definition().linked.admitted().functions.is_empty(), "it may do nothing");
    let figures = bench.host.figures(&rule).unwrap();
    let facts: Vec<Fact> = (0..64).map(|n| answered(n * 2_000)).collect();
    let (once, again) =
        (bench.host.measure(&rule, &figures, &facts), bench.host.measure(&rule, &figures, &facts));
    assert_eq!(once.fuel, again.fuel);
    let samples = once.samples.unwrap();
    assert_eq!(samples, again.samples.unwrap());
    let of = |name: &str| {
        let place = figures.iter().position(|figure| figure.name == name).unwrap();
        samples.iter().filter(move |sample| sample.figure == place)
    };
    assert_eq!(
        of("first-response").map(|sample| sample.value).sum::<u64>(),
        (0..64).map(|n| n * 2_000).sum::<u64>()
    );
    // Within the minute that the company promises.
    assert_eq!(
        of("service-level")
            .map(|sample| (sample.value, sample.of))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
        (31, 64)
    );
}
