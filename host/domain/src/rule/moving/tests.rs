use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::decision::Digest;
use crate::event::{Event, RuleMoved, RuleReturned};
use crate::json::Json;
use crate::rule::book::RuleBook;
use crate::rule::{Envelope, Scope};
use crate::stream::Actor;

/// Marta steers, Luz steers one queue, Ricardo answers for rules, Norte is another company's supervisor, Ana attends.
fn company() -> Raci {
    Raci::parse(
        r#"
        roles = [{ id = "captain", name = "Capitán" }]
        people = [
            { id = "ana", name = "Ana", roles = ["agent"] },
            { id = "marta", name = "Marta", roles = ["supervisor"] },
            { id = "luz", name = "Luz", roles = ["supervisor"], scope = { queues = ["ventas"] } },
            { id = "ricardo", name = "Ricardo", roles = ["admin"] },
            { id = "norte", name = "Norte", roles = ["supervisor"], external = true },
        ]"#,
    )
    .unwrap()
}

fn signed(envelope: Envelope, mode: Mode) -> Version {
    let envelope = Envelope { highest: envelope.highest.or(Some(Mode::Live)), ..envelope };
    Version {
        set: "attention".into(),
        plugin: "quick-answers".into(),
        component: Digest::of(b"bytes"),
        settings: Json::of(&json!({ "limit": 3, "tone": "usted", "answers": [1, 2] })),
        scope: Scope { queues: vec!["ventas".into()], ..Scope::default() },
        mode,
        requests: Vec::new(),
        templates: std::collections::BTreeSet::new(),
        envelope,
    }
}

fn try_it(version: &Version, from: Mode, who: &str, wish: &Wish) -> Result<(), Unmoved> {
    let raci = company();
    let person = raci.by_id(&who.into()).unwrap();
    let standing = Standing { version, mode: from, number: &|_| None };
    standing.may_move(person, &raci, wish, Time::from_second(1_795_352_400).unwrap())
}

fn to(mode: Mode) -> Wish {
    Wish { mode: Some(mode), settings: BTreeMap::new() }
}

fn set(pointer: &str, value: serde_json::Value) -> Wish {
    Wish { mode: None, settings: BTreeMap::from([(pointer.to_owned(), value)]) }
}

#[test]
fn a_supervisor_moves_a_rule_up_to_what_was_signed_and_no_further() {
    let version = signed(Envelope { highest: Some(Mode::Canary(20)), ..Envelope::default() }, Mode::Shadow);
    assert_eq!(try_it(&version, Mode::Shadow, "marta", &to(Mode::Canary(20))), Ok(()));
    assert_eq!(try_it(&version, Mode::Shadow, "marta", &to(Mode::Off)), Ok(()));
    let above = Err(Unmoved::Above(Mode::Canary(20)));
    assert_eq!(try_it(&version, Mode::Shadow, "marta", &to(Mode::Canary(21))), above);
    assert_eq!(
        try_it(&version, Mode::Shadow, "ricardo", &to(Mode::Live)),
        above,
        "not even who answers for it"
    );
    assert_eq!(try_it(&version, Mode::Shadow, "marta", &to(Mode::Shadow)), Err(Unmoved::Nothing));
}

#[test]
fn whoever_is_scoped_moves_what_lies_in_their_scope_and_another_company_nothing_without_one() {
    let version = signed(Envelope::default(), Mode::Live);
    assert_eq!(try_it(&version, Mode::Live, "luz", &to(Mode::Off)), Ok(()));
    assert_eq!(try_it(&version, Mode::Live, "norte", &to(Mode::Off)), Err(Unmoved::Scope));
    for scope in
        [Scope::default(), Scope { queues: vec!["ventas".into(), "taller".into()], ..Scope::default() }]
    {
        let wider = Version { scope, ..version.clone() };
        assert_eq!(try_it(&wider, Mode::Live, "luz", &to(Mode::Off)), Err(Unmoved::Scope));
        assert_eq!(try_it(&wider, Mode::Live, "marta", &to(Mode::Off)), Ok(()));
    }
}

#[test]
fn whoever_is_scoped_sees_what_is_for_any_of_their_cases() {
    let seen = |scope: Scope, person: &str| {
        let version = Version { scope, ..signed(Envelope::default(), Mode::Live) };
        let standing = Standing { version: &version, mode: Mode::Live, number: &|_| None };
        standing.is_seen(company().by_id(&person.into()).unwrap())
    };
    let queues = |names: &[&str]| Scope {
        queues: names.iter().map(|name| (*name).into()).collect(),
        ..Scope::default()
    };
    for (scope, of_luz) in
        [(Scope::default(), true), (queues(&["ventas", "taller"]), true), (queues(&["taller"]), false)]
    {
        assert_eq!(seen(scope.clone(), "luz"), of_luz);
        assert!(seen(scope.clone(), "marta"));
        assert!(!seen(scope, "norte"), "another company without a scope");
    }
}

#[test]
fn what_protects_something_is_moved_down_by_whoever_answers_for_it_alone() {
    let version = signed(Envelope { guard: true, ..Envelope::default() }, Mode::Live);
    assert_eq!(try_it(&version, Mode::Live, "marta", &to(Mode::Shadow)), Err(Unmoved::Guard));
    assert_eq!(try_it(&version, Mode::Live, "ricardo", &to(Mode::Shadow)), Ok(()));
    assert_eq!(try_it(&version, Mode::Off, "marta", &to(Mode::Live)), Ok(()), "up is what it is for");
}

#[test]
fn roles_and_terms_of_the_envelope_hold() {
    let movers = Envelope { movers: vec!["captain".into()], ..Envelope::default() };
    let version = signed(movers, Mode::Live);
    let not_hers = Err(Unmoved::Mover(vec!["captain".into()]));
    assert_eq!(try_it(&version, Mode::Live, "marta", &to(Mode::Off)), not_hers);
    assert_eq!(try_it(&version, Mode::Live, "ricardo", &to(Mode::Off)), Ok(()));
    let until = Time::from_second(1_795_352_400).unwrap();
    let version = signed(Envelope { until: Some(until), ..Envelope::default() }, Mode::Live);
    assert_eq!(try_it(&version, Mode::Off, "marta", &to(Mode::Live)), Err(Unmoved::Over(until)));
    assert_eq!(try_it(&version, Mode::Live, "marta", &to(Mode::Off)), Ok(()));
}

#[test]
fn an_operational_setting_moves_within_its_bounds_and_no_other_moves() {
    let bounds = BTreeMap::from([
        ("/limit".to_owned(), Bound::Between { min: 1.0, max: 5.0 }),
        ("/tone".to_owned(), Bound::OneOf { one_of: vec![json!("tú"), json!("usted")] }),
    ]);
    let version = signed(Envelope { bounds, ..Envelope::default() }, Mode::Live);
    version.check().unwrap();
    assert_eq!(try_it(&version, Mode::Live, "marta", &set("/limit", json!(5))), Ok(()));
    assert_eq!(try_it(&version, Mode::Live, "marta", &set("/tone", json!("tú"))), Ok(()));
    for (pointer, value) in [("/limit", json!(6)), ("/limit", json!("5")), ("/tone", json!("vos"))] {
        let refused = try_it(&version, Mode::Live, "ricardo", &set(pointer, value)).unwrap_err();
        assert!(matches!(refused, Unmoved::Bound(..)), "{refused:?}");
    }
    let refused = try_it(&version, Mode::Live, "ricardo", &set("/answers", json!([]))).unwrap_err();
    assert_eq!(refused, Unmoved::Fixed("/answers".into()));
    let moved = version.settings_with(&BTreeMap::from([("/limit".to_owned(), json!(5))]));
    assert_eq!(moved.value(), json!({ "limit": 5, "tone": "usted", "answers": [1, 2] }));
}

#[test]
fn a_version_that_contradicts_itself_is_told_with_its_field() {
    let above = signed(Envelope { highest: Some(Mode::Shadow), ..Envelope::default() }, Mode::Live);
    assert_eq!(above.check().unwrap_err().0, "mode");
    for (pointer, min, max) in
        [("/limit", 4.0, 9.0), ("/limit", 9.0, 1.0), ("/nothing", 1.0, 9.0), ("/tone", 1.0, 9.0)]
    {
        let bounds = BTreeMap::from([(pointer.to_owned(), Bound::Between { min, max })]);
        let (field, what) =
            signed(Envelope { bounds, ..Envelope::default() }, Mode::Live).check().unwrap_err();
        assert!(field.ends_with(pointer), "{field}: {what}");
    }
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Off), Just(Mode::Shadow), (1_u8..=99).prop_map(Mode::Canary), Just(Mode::Live)]
}

proptest! {
    /// Whatever is done to a rule, and by whomever, nothing that was not signed runs.
    #[test]
    fn no_order_of_moves_leaves_the_envelope(
        highest in mode(),
        guard in any::<bool>(),
        max in 3_i32..9,
        wishes in prop::collection::vec((mode(), prop::option::of(0_i32..12), 0_usize..5), 1..20),
    ) {
        let bounds = BTreeMap::from([("/limit".to_owned(), Bound::Between { min: 1.0, max: max.into() })]);
        let version = signed(Envelope { highest: Some(highest), guard, bounds, ..Envelope::default() }, Mode::Off);
        let (rule, of) = ("greeter".into(), version.digest());
        let mut book = RuleBook::default();
        let people = ["ana", "marta", "luz", "ricardo", "norte"];
        for (mode, limit, who) in wishes {
            let now = book.moved_of(&rule, &of).and_then(|moved| moved.mode).unwrap_or(version.mode);
            let settings = limit.map(|limit| ("/limit".to_owned(), json!(limit))).into_iter().collect();
            let wish = Wish { mode: Some(mode), settings };
            if try_it(&version, now, people[who], &wish).is_ok() {
                prop_assert!(people[who] != "norte");
                let event: Event = RuleMoved {
                    rule: rule.clone(), of, mode: wish.mode, settings: wish.settings, why: "x".into(),
                }.into();
                book.fold(Time::UNIX_EPOCH, &Actor::Host, &event);
            }
            if let Some(moved) = book.moved_of(&rule, &of) {
                prop_assert!(moved.mode.unwrap_or(version.mode) <= highest);
                let limit = version.settings_with(&moved.settings).value()["limit"].as_i64().unwrap();
                prop_assert!((1..=i64::from(max)).contains(&limit));
            }
        }
    }

    /// A move is one of a version: when another one is signed, the rule is as that one was signed.
    #[test]
    fn another_version_begins_as_it_was_signed(mode in mode()) {
        let (old, new) = (signed(Envelope::default(), Mode::Off), signed(Envelope::default(), Mode::Shadow));
        let rule = "greeter".into();
        let mut book = RuleBook::default();
        let moved = |of: Digest| -> Event {
            RuleMoved { rule: "greeter".into(), of, mode: Some(mode), settings: BTreeMap::new(), why: "x".into() }.into()
        };
        book.fold(Time::UNIX_EPOCH, &Actor::Host, &moved(old.digest()));
        prop_assert!(book.moved_of(&rule, &old.digest()).is_some());
        prop_assert!(book.moved_of(&rule, &new.digest()).is_none());
        let back = RuleReturned { rule: rule.clone(), of: new.digest(), to: Some(old.digest()), why: "x".into() };
        book.fold(Time::UNIX_EPOCH, &Actor::Host, &back.into());
        let moved = book.moved_of(&rule, &new.digest()).unwrap();
        prop_assert_eq!((moved.instead, moved.mode), (Some(old.digest()), None));
        let home = RuleReturned { rule: rule.clone(), of: new.digest(), to: None, why: "x".into() };
        book.fold(Time::UNIX_EPOCH, &Actor::Host, &home.into());
        prop_assert_eq!(&book, &RuleBook::default());
    }
}
