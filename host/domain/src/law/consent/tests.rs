use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn at(second: i64) -> Time {
    Time::from_second(second).unwrap()
}

fn now() -> Time {
    at(1_000)
}

fn after(changes: &[ConsentChanged]) -> Ledger {
    let mut ledger = Ledger::default();
    changes.iter().for_each(|change| ledger.fold(change));
    ledger
}

fn opt_in(second: i64) -> ConsentChanged {
    ConsentChanged::new(Category::Marketing, Consent::OptIn, Source::Form, at(second), now())
        .naming_business()
}

fn marketing(ledger: &Ledger) -> Result<(), Reason> {
    ledger.allows(Category::Marketing, OptInStance::Recorded)
}

fn text(body: &str) -> Content {
    Content::Text { body: body.to_owned() }
}

fn says(ledger: &Ledger, body: &str, second: i64) -> Option<Heard> {
    hear(ledger, &text(body), Language::Es, "El Tornillo", at(second), now())
}

#[test]
fn marketing_waits_for_an_opt_in_that_names_the_business() {
    assert_eq!(marketing(&Ledger::default()), Err(Reason::NoOptIn));
    let nameless = ConsentChanged::new(Category::Marketing, Consent::OptIn, Source::Import, at(1), now());
    assert_eq!(marketing(&after(std::slice::from_ref(&nameless))), Err(Reason::NoOptIn));
    assert_eq!(marketing(&after(&[opt_in(1)])), Ok(()));
    assert_eq!(after(&[nameless]).allows(Category::Marketing, OptInStance::CompanyVouches), Ok(()));
    assert_eq!(Ledger::default().allows(Category::Utility, OptInStance::Recorded), Ok(()));
}

#[test]
fn what_the_company_vouches_for_does_not_outweigh_a_no() {
    let ledger = after(&[opt_in(1), ConsentChanged::by_refusal(at(2), now())]);
    let refused = Err(Reason::OptedOut { category: Category::Marketing, at: at(2) });
    assert_eq!(ledger.allows(Category::Marketing, OptInStance::CompanyVouches), refused);
    // WhatsApp's switch is about marketing; the order is still announced.
    assert_eq!(ledger.allows(Category::Utility, OptInStance::Recorded), Ok(()));
}

#[test]
fn whatsapps_own_switch_is_heard_both_ways() {
    let told = |value| ConsentChanged::by_preference(value, at(5), now());
    assert!(marketing(&after(&[opt_in(1), told("stop").unwrap()])).is_err());
    assert_eq!(marketing(&after(&[told("signup").unwrap()])), Ok(()));
    assert_eq!(
        marketing(&after(&[ConsentChanged::by_refusal(at(4), now()), told("resume").unwrap()])),
        Ok(())
    );
    assert_eq!(told("pause"), None);
}

#[test]
fn baja_stops_offers_and_notices_and_is_confirmed_once() {
    let mut ledger = after(&[opt_in(1)]);
    let heard = says(&ledger, "¡BAJA!", 10).unwrap();
    assert!(heard.confirmation.unwrap().contains("El Tornillo"));
    heard.changes.iter().for_each(|change| ledger.fold(change));
    for category in [Category::Marketing, Category::Utility] {
        let refused = Err(Reason::OptedOut { category, at: at(10) });
        assert_eq!(ledger.allows(category, OptInStance::Recorded), refused);
    }
    assert_eq!(ledger.allows(Category::Authentication, OptInStance::Recorded), Ok(()));
    assert_eq!(says(&ledger, "baja", 20), Some(Heard { changes: vec![], confirmation: None }));
    assert_eq!(says(&ledger, "¿y mi pedido?", 21), None);
}

#[test]
fn an_opt_out_that_comes_late_does_not_undo_a_later_opt_in() {
    let ledger = after(&[opt_in(30)]);
    let heard = says(&ledger, "stop", 20).unwrap();
    // It still stops what the opt-in did not speak of.
    let categories: Vec<Category> = heard.changes.iter().map(|change| change.category).collect();
    assert_eq!(categories, [Category::Utility]);
}

#[test]
fn the_words_for_being_back_are_no_first_opt_in() {
    assert_eq!(says(&Ledger::default(), "start", 1), None);
    let stopped = after(&[ConsentChanged::by_refusal(at(1), now())]);
    let heard = says(&stopped, "ALTA", 2).unwrap();
    assert_eq!(marketing(&after(&heard.changes)), Ok(()));
    // Of notices nothing had been said, and nothing is.
    assert_eq!(heard.changes.len(), 1);
}

#[test]
fn a_row_of_a_menu_that_is_called_salir_leaves_the_menu_and_not_the_list() {
    let row = Content::Choice { id: "exit".into(), title: "Salir".into(), description: None };
    assert_eq!(hear(&Ledger::default(), &row, Language::Es, "x", at(1), now()), None);
    let button = Content::Button { payload: "p".into(), text: "Detener promociones".into() };
    assert!(hear(&Ledger::default(), &button, Language::Es, "x", at(1), now()).is_some());
}

#[test]
fn a_date_in_the_future_does_not_outlive_the_customers_next_word() {
    let wrong = ConsentChanged::new(Category::Marketing, Consent::OptIn, Source::Import, at(9_999), now());
    assert_eq!(wrong.at, now());
}

fn change() -> impl Strategy<Value = ConsentChanged> {
    let source =
        select(vec![Source::Keyword, Source::Preference, Source::Agent, Source::Form, Source::Import]);
    (select(Category::ALL.to_vec()), any::<bool>(), any::<bool>(), source, 0i64..4).prop_map(
        |(category, out, names, source, second)| {
            let consent = if out { Consent::OptOut } else { Consent::OptIn };
            let change = ConsentChanged::new(category, consent, source, at(second), now());
            if names { change.naming_business() } else { change }
        },
    )
}

proptest! {
    #[test]
    fn the_order_and_the_repetition_of_what_we_learn_change_nothing(
        (changes, shuffled) in prop::collection::vec(change(), 1..10)
            .prop_flat_map(|told| (Just(told.clone()), Just([told.clone(), told].concat()).prop_shuffle()))
    ) {
        prop_assert_eq!(after(&changes), after(&shuffled));
    }

    #[test]
    fn whoever_said_no_last_is_not_written_to(changes in prop::collection::vec(change(), 1..10)) {
        let ledger = after(&changes);
        for category in Category::ALL {
            let of_category = || changes.iter().filter(|change| change.category == category);
            let last = of_category().map(|change| change.at).max();
            let no = of_category().any(|change| Some(change.at) == last && change.consent == Consent::OptOut);
            for stance in [OptInStance::Recorded, OptInStance::CompanyVouches] {
                prop_assert_eq!(no, matches!(ledger.allows(category, stance), Err(Reason::OptedOut { .. })));
            }
        }
    }

    #[test]
    fn there_are_as_many_confirmations_as_changes_of_mind(words in prop::collection::vec(any::<bool>(), 1..20)) {
        let mut ledger = Ledger::default();
        let mut confirmations = 0;
        for (second, out) in (1..).zip(&words) {
            let Some(heard) = says(&ledger, if *out { "BAJA" } else { "ALTA" }, second) else { continue };
            heard.changes.iter().for_each(|change| ledger.fold(change));
            confirmations += usize::from(heard.confirmation.is_some());
            prop_assert_eq!(*out, ledger.allows(Category::Utility, OptInStance::Recorded).is_err());
        }
        let changes = usize::from(words[0]) + words.windows(2).filter(|pair| pair[0] != pair[1]).count();
        prop_assert_eq!(confirmations, changes);
    }
}
