//! What is not taken, and in which words that is told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Instant;

use crate::support::{bomb, component, component_of, limits, start, start_in, start_with, worker};
use domain::decision::{Digest, Kind};
use rules::{Config, Function, Grant, Host, Limits, Refusal, StartError, Worker};

/// A file that is refused, and after which an honest one is taken.
fn refusal(component: &[u8]) -> Refusal {
    refusal_with(component, limits())
}

fn refusal_with(component: &[u8], limits: Limits) -> Refusal {
    let bench = start_with(limits);
    let refusal = bench.host.admit(component).unwrap_err();
    println!("{refusal}\n");
    bench.rule("places");
    refusal
}

#[test]
fn what_is_no_component() {
    assert_eq!(refusal(&vec![0; 20_000_000]), Refusal::NotWasm);
    assert_eq!(refusal(b"This was meant to be a README."), Refusal::NotWasm);
    assert_eq!(refusal(b""), Refusal::NotWasm);
    assert_eq!(refusal(&component("core_module")), Refusal::CoreModule);
    assert!(matches!(refusal(&component("places")[..1000]), Refusal::Malformed { .. }));
    let limit = 20 * 1024 * 1024;
    assert_eq!(
        refusal(&vec![0; limit + 1]),
        Refusal::TooLarge { bytes: limit as u64 + 1, limit: limit as u64 }
    );
}

#[test]
fn what_needs_another_host() {
    assert_eq!(
        refusal(&component("imports_wasi")),
        Refusal::Wasi { name: "wasi:clocks/wall-clock@0.2.0".to_owned() }
    );
    let Refusal::UnknownImport { name, offered } = refusal(&component("imports_stranger")) else { panic!() };
    assert_eq!(name, "acme:weather/now@1.0.0");
    assert!(offered.contains(&"timonel:rules/reply@0.1.0".to_owned()));
    assert!(matches!(refusal(&component("imports_module")), Refusal::UnknownImport { .. }));
    assert_eq!(
        refusal(&component("imports_other_version")),
        Refusal::OtherVersion { name: "timonel:rules/log@0.9.0".to_owned() }
    );
    assert!(matches!(refusal(&component("asynchronous")), Refusal::Asynchronous { .. }));
}

#[test]
fn what_was_built_with_another_contract() {
    let shouting = component_of("shouts", |wit| {
        wit.replace("text: func(body: string) -> result<_, failure>;", "shout: func();")
    });
    let Refusal::UnknownImport { name, offered } = refusal(&shouting) else { panic!() };
    assert_eq!(name, "reply.shout");
    assert!(offered.contains(&"reply.text".to_owned()));

    let without_levels = component_of("wrong_import", |wit| {
        wit.replace("write: func(level: level, text: string);", "write: func(text: string);")
    });
    let Refusal::OtherTypes { what, detail } = refusal(&without_levels) else { panic!() };
    assert_eq!(what, "imports");
    assert!(detail.contains("timonel:rules/log@0.1.0"), "{detail}");

    let wide = component_of("abstains", |wit| wit.replace("for-seconds: u32,", "for-seconds: u64,"));
    let Refusal::OtherTypes { what, .. } = refusal(&wide) else { panic!() };
    assert_eq!(what, "exports of `routing`");

    let wide =
        component_of("follows_forever", |wit| wit.replace("seconds: u32,\n    }", "seconds: u64,\n    }"));
    let Refusal::OtherTypes { what, .. } = refusal(&wide) else { panic!() };
    assert_eq!(what, "exports of `following`");
}

#[test]
fn what_says_of_its_settings_what_the_host_cannot_hold_to() {
    let Refusal::Schema { problem } = refusal(&component("wants_a_pattern")) else { panic!() };
    assert!(problem.starts_with("properties.a.pattern: this host does not read this word"), "{problem}");
    let Refusal::Schema { problem } = refusal(&component("contains_itself")) else { panic!() };
    assert!(problem.starts_with("$defs.a.items.$ref: `a` contains itself"), "{problem}");
    assert_eq!(
        refusal(&component("limits_its_example")),
        Refusal::Example { message: "limit: got 12, expected a whole number at most 9".to_owned() }
    );
}

#[test]
fn settings_are_held_to_the_schema_before_the_rule_sees_them() {
    let bench = start();
    let component = component("limits_its_settings");
    bench.try_rule(&component, r#"{ "limit": 9 }"#).unwrap();
    let refused = |settings: &str| bench.try_rule(&component, settings).unwrap_err().to_string();
    assert_eq!(
        refused(r#"{ "limit": 10 }"#),
        "the rule does not accept its settings: limit: got 10, expected a whole number at most 9"
    );
    assert!(refused("").contains("the settings are not JSON"), "{}", refused(""));
}

#[test]
fn what_cannot_be_asked_or_may_not_act() {
    assert_eq!(
        refusal(&component("exports_nothing")),
        Refusal::MissingExport { missing: vec!["timonel:rules/rule@0.1.0".to_owned()] }
    );
    assert_eq!(
        refusal(&component("imports_reply_to_route")),
        Refusal::NotForKind { functions: vec![Function::ReplyText], kinds: vec![Kind::Routing] }
    );
}

#[test]
fn what_misbehaves_when_it_is_tried() {
    for (guest, at) in [("loops_in_start", "start"), ("loops_in_describe", "describe")] {
        let Refusal::Trial { function, detail } = refusal(&component(guest)) else { panic!("{guest}") };
        assert_eq!(function, at, "{guest}: {detail}");
    }
    let Refusal::NotCompilable { detail } = refusal(&component("wants_memory")) else { panic!() };
    assert!(detail.contains("68157440"), "{detail}");
    let Refusal::Description { field, .. } = refusal(&component("draws_on_the_screen")) else { panic!() };
    assert_eq!(field, "name");
}

#[test]
fn what_would_cost_too_much_to_compile() {
    assert!(matches!(refusal(&component("many_memories")), Refusal::TooMuch { found: 3, limit: 2, .. }));
    let Refusal::NotCompilable { detail } = refusal(&component("uses_threads")) else { panic!() };
    assert!(detail.contains("shared"), "{detail}");
    let Refusal::TooMuch { what, found: 41, .. } = refusal(&component("instantiates_often")) else {
        panic!()
    };
    assert_eq!(what, "instances of modules");
    // One function of 45 KB with thousands of calls: the shape in which 781 KB take a gigabyte and seven seconds.
    let bomb = bomb(5_000);
    let strict = Limits { structure: rules::Structure { body: 16 * 1024, ..Default::default() }, ..limits() };
    assert!(matches!(refusal_with(&bomb, strict), Refusal::TooMuch { limit: 16_384, .. }));

    let bench = start_with(Limits { compile_millis: 50, ..limits() });
    let started = Instant::now();
    assert_eq!(bench.host.admit(&bomb).unwrap_err(), Refusal::TooSlow { millis: 50 });
    assert!(started.elapsed().as_millis() < 2_000);

    let poor = Limits { compile_memory: 24 * 1024 * 1024, ..limits() };
    let bench = start_with(poor);
    let refused = bench.host.admit(&bomb).unwrap_err();
    println!("{refused}");
    assert!(matches!(refused, Refusal::CompilerFailed { mebibytes: 24, .. }), "{refused}");
}

#[test]
fn a_refusal_is_remembered_and_costs_nothing_the_second_time() {
    let bench = start();
    let bad = component("loops_in_describe");
    let first = bench.host.admit(&bad).unwrap_err();
    let started = Instant::now();
    assert_eq!(bench.host.admit(&bad).unwrap_err(), first);
    assert!(started.elapsed().as_millis() < 5, "{:?}", started.elapsed());
}

#[test]
fn what_was_compiled_is_found_again_and_repaired_when_damaged() {
    let bench = start();
    let honest = component("places");
    let first = bench.host.admit(&honest).unwrap();
    assert_eq!((first.digest, first.component_bytes), (Digest::of(&honest), honest.len() as u64));
    assert_eq!(first.description.name, "hostile");
    assert!(first.functions.is_empty());

    // A host that is started again compiles nothing: its worker could not.
    let idle = Config {
        cache: bench.cache.path().to_owned(),
        worker: Worker { program: "/bin/false".into(), args: Vec::new() },
        limits: limits(),
        concurrency: 1,
    };
    let again = Host::start(idle.clone()).unwrap().admit(&honest).unwrap();
    assert_eq!(again.description, first.description);
    assert_eq!(again.compile_time, first.compile_time);

    let code = fs::read_dir(bench.cache.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "cwasm"))
        .unwrap();
    let mut bytes = fs::read(&code).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    // A new file: the old one is mapped by the first host.
    fs::remove_file(&code).unwrap();
    fs::write(&code, bytes).unwrap();
    assert!(matches!(Host::start(idle).unwrap().admit(&honest).unwrap_err(), Refusal::Host { .. }));
    start_in(bench.cache.path(), limits()).admit(&honest).unwrap();
}

#[test]
fn a_grant_says_what_is_missing() {
    let bench = start();
    let admitted = bench.host.admit(&component("answers")).unwrap();
    let nothing = Grant { functions: Default::default(), ..Grant::all_of(&admitted) };
    let refused = bench.host.link(&admitted, &nothing).unwrap_err();
    assert_eq!(refused, Refusal::NotGranted { functions: vec![Function::ReplyText] });
    let told = refused.to_string();
    assert!(told.contains("write to the customer") && told.contains("Adjust routing rules"), "{told}");

    let other = Grant { digest: Digest::of(b"other"), ..Grant::all_of(&admitted) };
    assert!(matches!(bench.host.link(&admitted, &other), Err(Refusal::OtherComponent { .. })));
    bench.host.link(&admitted, &Grant::all_of(&admitted)).unwrap();
}

#[test]
fn settings_are_refused_in_the_words_of_the_rule() {
    let bench = start();
    let picky = component("refuses_settings");
    bench.try_rule(&picky, "").unwrap();
    assert_eq!(
        bench.try_rule(&picky, "x").unwrap_err(),
        Refusal::Settings { message: "`queue`: was expected".to_owned() }
    );
    let looping = component("loops_in_prepare");
    bench.try_rule(&looping, "").unwrap();
    assert!(
        matches!(bench.try_rule(&looping, "x"), Err(Refusal::Trial { function, .. }) if function == "prepare")
    );
    bench.rule("places");
}

#[test]
fn a_host_that_could_not_run_does_not_start() {
    let cache = tempfile::tempdir().unwrap();
    let config =
        || Config { cache: cache.path().to_owned(), worker: worker(), limits: limits(), concurrency: 1 };
    assert!(matches!(Host::start(Config { concurrency: 0, ..config() }), Err(StartError::NoConcurrency)));
    let nowhere = Worker { program: "/nowhere".into(), args: Vec::new() };
    assert!(matches!(Host::start(Config { worker: nowhere, ..config() }), Err(StartError::NoWorker { .. })));
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(Host::start(config()), Err(StartError::CacheIsShared { .. })));
}
