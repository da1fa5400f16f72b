//! Rules that watch figures: what they name is an alert if it makes sense, and whatever else they do is nothing.

use domain::decision::{Fault, Outcome};
use domain::measure::alert::Level;
use domain::measure::figure::By;
use rules::contract::Window;

use crate::support::start;

/// Eleven first answers in a queue: one in ten took so many milliseconds at least.
fn window(watch: u32, p90: u64) -> Window {
    Window {
        watch,
        place: Some("ventas".to_owned()),
        since: 1_795_352_400_000,
        titles: vec![("es".to_owned(), "Primera respuesta".to_owned())],
        unit: "ms".to_owned(),
        aggregate: "distribution".to_owned(),
        samples: 11,
        value: 11 * 30_000,
        of: 0,
        percentiles: vec![(50, 20_000), (90, p90), (95, p90)],
        attrs: vec![],
    }
}

#[test]
fn whatever_a_hostile_watcher_does_it_has_named_nothing_and_is_to_blame() {
    let bench = start();
    for (guest, fault) in [
        ("watches_forever", Fault::OutOfFuel),
        ("watches_and_traps", Fault::Trap),
        ("alerts_of_nothing", Fault::Nonsense),
    ] {
        let rule = bench.rule(guest);
        assert!(bench.host.watches(&rule).unwrap().is_empty());
        let judged = bench.host.judge_figures(&rule, &[], 1_795_356_000_000, &[]);
        let failed = judged.named.unwrap_err();
        assert_eq!(failed.outcome, Outcome::GuestFault { fault }, "{guest}: {}", failed.text);
    }
    let failed = bench.host.watches(&bench.rule("watches_a_year")).unwrap_err();
    assert_eq!(failed.outcome, Outcome::GuestFault { fault: Fault::Nonsense }, "{}", failed.text);
    assert!(failed.text.contains("8760 hours: 1 to 168"), "{}", failed.text);
}

#[test]
fn the_reference_names_what_is_out_of_bounds_and_where_and_the_same_each_time() {
    let bench = start();
    let rule = bench.plugin("kpi-watch");
    assert!(rule.definition().linked.admitted().functions.is_empty(), "it may do nothing");
    let watches = bench.host.watches(&rule).unwrap();
    let told = watches.iter().map(|watch| (watch.figure.as_str(), watch.by, watch.hours));
    assert!(told.eq([("first-response", By::Queue, 2), ("service-level", By::All, 2)]), "{watches:?}");
    let judge = |windows: &[Window]| bench.host.judge_figures(&rule, &watches, 1_795_356_000_000, windows);
    assert!(judge(&[window(0, 299_000)]).named.unwrap().is_empty());
    let (once, again) =
        (judge(&[window(0, 90_000), window(0, 301_000)]), judge(&[window(0, 90_000), window(0, 301_000)]));
    assert_eq!(once.fuel, again.fuel);
    let named = once.named.unwrap();
    assert_eq!(named, again.named.unwrap());
    let [alert] = &named[..] else { panic!("{named:?}") };
    assert_eq!((alert.name.as_str(), alert.window, alert.level), ("slow-first-response", 1, Level::Warning));
    assert!(alert.words["es"].starts_with("Primera respuesta (p90) en ventas: 5 min 1 s"), "{alert:?}");
}
