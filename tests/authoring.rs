//! A partner makes a plugin with the program alone, and is told in words what is wrong with it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::guests;
use crate::message::SHOP;
use crate::program::{Company, NUMBER, timonel};
use crate::raci::run;

/// A directory of a partner.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// What the program says to that, and whether it is content.
    fn does(&self, arguments: &[&str]) -> (bool, String) {
        said(timonel().arg("plugin").args(arguments).current_dir(self.0.path()))
    }
}

fn said(command: &mut Command) -> (bool, String) {
    let out = command.output().unwrap();
    let words = [out.stdout, out.stderr].concat();
    (out.status.success(), String::from_utf8(words).unwrap())
}

/// Its tools are not on this machine.
fn is_for_want_of_tools(told: &str) -> bool {
    told.contains("is missing. Get it once") || told.contains("No compiler for wasm32-unknown-unknown")
}

fn holds(told: &str, words: &[&str]) {
    for words in words {
        assert!(told.contains(words), "`{words}` is missing in: {told}");
    }
}

#[test]
fn a_new_plugin_is_the_example_of_its_language_under_another_name() {
    let desk = Desk::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/rules");
    for (lang, dir, source) in [
        ("rust", "rust", "src/lib.rs"),
        ("js", "javascript", "rule.js"),
        ("python", "python", "rule.py"),
        ("c", "c", "rule.c"),
    ] {
        for (kind, called) in [("routing", "words-router"), ("responding", "word-answers")] {
            let name = format!("my-{lang}-{kind}");
            let (made, told) = desk.does(&["new", "--lang", lang, "--kind", kind, &name]);
            assert!(made && told.contains(&format!("timonel plugin build {name}")), "{told}");
            for file in [source, "scenarios.toml", "plugin.toml", "wit/world.wit"] {
                let example = std::fs::read_to_string(examples.join(dir).join(kind).join(file)).unwrap();
                let written = std::fs::read_to_string(desk.path(&name).join(file)).unwrap();
                assert_eq!(written, example.replace(called, &name), "{name}/{file}");
            }
            let contract = desk.path(&name).join("wit/deps/timonel-rules/types.wit");
            let released = examples.join("../../wit/0.1.0/types.wit");
            assert_eq!(std::fs::read(contract).unwrap(), std::fs::read(released).unwrap());
        }
    }
    let (made, told) = desk.does(&["new", "--lang", "c", "my-c-routing"]);
    assert!(!made && told.contains("my-c-routing is there already"), "{told}");
    let (made, told) = desk.does(&["new", "--lang", "c", "Mi_Regla"]);
    assert!(!made && told.contains("`Mi_Regla`: small letters, digits and single hyphens"), "{told}");
}

#[test]
fn a_plugin_in_c_is_built_checked_tested_and_measured_as_it_was_begun() {
    let desk = Desk::new();
    desk.does(&["new", "--lang", "c", "first"]);
    let (built, told) = desk.does(&["build", "first"]);
    if !built && is_for_want_of_tools(&told) {
        crate::effort::leave_out("a plugin in C", &told);
        return;
    }
    assert!(built, "{told}");
    let (right, told) = desk.does(&["check", "first"]);
    assert!(right, "{told}");
    holds(
        &told,
        &["✓ admission    first 0.1.0: routing", "[Attend conversations]", "✓ determinism  8 questions"],
    );
    let (right, told) = desk.does(&["test", "first"]);
    assert!(right && told.ends_with("7 passed, 0 failed\n"), "{told}");
    let (right, told) = desk.does(&["bench", "first", "--times", "20", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(right && told["scenarios"].as_array().unwrap().len() == 7, "{told}");
    assert!(told["scenarios"][0]["fuel"].as_u64() > Some(0), "{told}");

    // Its version is written in two places, and its sources are newer than what was built of them.
    let manifest = std::fs::read_to_string(desk.path("first/plugin.toml")).unwrap();
    desk.write("first/plugin.toml", manifest.replace("0.1.0", "0.2.0"));
    let (right, told) = desk.does(&["check", "first"]);
    assert!(!right && told.contains("plugin.toml was changed after"), "{told}");
    assert!(desk.does(&["build", "first"]).0);
    let (right, told) = desk.does(&["check", "first"]);
    assert!(
        !right && told.contains("✗ version      `describe` says `0.1.0`, and plugin.toml `0.2.0`"),
        "{told}"
    );

    // Whoever looks at it with other tools reads whose it is.
    let component = std::fs::read(desk.path("first/build/first.wasm")).unwrap();
    for words in [&b"licenses"[..], b"Apache-2.0", b"You <you@example.com>"] {
        assert!(component.windows(words.len()).any(|part| part == words));
    }
}

#[test]
fn a_tool_that_is_missing_is_named_with_what_brings_it() {
    let desk = Desk::new();
    for (lang, tool) in [("js", "apt-get install --no-install-recommends nodejs"), ("c", "clang")] {
        desk.does(&["new", "--lang", lang, lang]);
        let mut build = timonel();
        build.args(["plugin", "build", lang]).current_dir(desk.0.path()).env("PATH", desk.path("nothing"));
        let (built, told) = said(&mut build);
        assert!(!built && is_for_want_of_tools(&told) && told.contains(tool), "{told}");
    }
}

const SCENARIOS: &str = r#"
queues = ["cobranza", "ventas"]

[[scenario]]
name = "An invoice goes to who collects"
message = "Buenas, no me llegó la factura"
knows.profile = { tags = ["vip"] }
knows.team = [{ id = "ana", skills = ["billing", "es"], last-attended = "2026-11-20T10:00:00-05:00" }]
expect.place = { queue = "cobranza", skills = ["billing", "es"], prefer = { agent = "ana" } }
expect.calls = ["profile.get", "team.candidates"]
"#;

#[test]
fn a_scenario_that_comes_otherwise_is_told_in_words() {
    let desk = Desk::new();
    let test = |scenarios: &str| {
        let file = desk.write("scenarios.toml", scenarios);
        desk.does(&["test", "skills-router", "--scenarios", file.to_str().unwrap()])
    };
    let (right, told) = test(SCENARIOS);
    assert!(right, "{told}");
    holds(&told, &["✓ An invoice goes to who collects", "1 passed, 0 failed"]);

    let other = SCENARIOS.replace("queue = \"cobranza\", skills", "queue = \"ventas\", skills");
    let (right, told) = test(&other.replace("agent = \"ana\"", "agent = \"rita\""));
    assert!(!right);
    holds(
        &told,
        &[
            "✗ An invoice goes to who collects",
            "`place.queue` is «cobranza», and «ventas» was expected",
            "`place.prefer.agent` is «ana», and «rita» was expected",
            "it said   «Palabra «factura» → cobranza",
            "it called team.candidates",
            "0 passed, 1 failed",
        ],
    );

    // The running host holds a rule to the queues of the company, and so does this.
    let (right, told) = test(&SCENARIOS.replace("[\"cobranza\", \"ventas\"]", "[\"ventas\"]"));
    assert!(!right);
    holds(&told, &["it named no place, and one was expected", "there is no queue `cobranza`"]);

    // What cannot be meant is refused, with its place.
    for (wrong, words) in [
        (
            SCENARIOS.replace("knows.profile", "input.weather = \"rain\"\nknows.profile"),
            "`input.weather` is nothing",
        ),
        (SCENARIOS.replace("tags = [\"vip\"]", "size = 3"), "`knows.profile.size` is nothing"),
        (SCENARIOS.replace("expect.place", "expect.where"), "unknown field `where`"),
        (SCENARIOS.split("expect").next().unwrap().to_owned() + "expect = {}", "so this could not fail"),
        (
            SCENARIOS.replace("queues = [\"cobranza\", \"ventas\"]", ""),
            "has to name the queues of the company",
        ),
        (
            SCENARIOS.replace("expect.calls", "expect.outcome = \"won\"\nexpect.calls"),
            "`expect.outcome` is `won`",
        ),
        (SCENARIOS.replace("2026-11-20T10:00", "yesterday"), "a moment was expected"),
    ] {
        let (right, told) = test(&wrong);
        assert!(!right && told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_responder_is_held_to_what_it_does() {
    let desk = Desk::new();
    let scenarios = r#"
        [[scenario]]
        name = "Who asks for the hours reads them"
        message = "¿Cuál es el horario?"
        input.now = "2026-11-24T09:30:00-05:00"
        expect.outcome = "answered"
        expect.effects = [
          { do = "reply", message = { body = "Atendemos de lunes a viernes de 8:00 a 18:00." } },
        ]
    "#;
    let test = |scenarios: &str| {
        let file = desk.write("scenarios.toml", scenarios);
        desk.does(&["test", "quick-answers", "--scenarios", file.to_str().unwrap()])
    };
    let (_, told) = test(&scenarios.replace("18:00.", "20:00."));
    holds(
        &told,
        &[
            "`effects[0].message.body` is «Atendemos de lunes a viernes de 8:00 a 18:00.», and «Atendemos de lunes a viernes de 8:00 a 20:00.»",
        ],
    );
    let (_, told) = test(&scenarios.replace("answered", "handed-over"));
    holds(&told, &["`outcome` is `answered`, and `handed-over` was expected"]);
    let (_, told) = test(
        &scenarios
            .replace("expect.effects = [", "expect.effects = []\nknows.history = [")
            .replace("do = \"reply\", message = { body = ", "text = ")
            .replace("18:00.\" } }", "18:00.\" }"),
    );
    holds(&told, &["which was not expected"]);
}

#[test]
fn whoever_answers_by_chance_is_found_out() {
    let desk = Desk::new();
    let check = |guest: &str| {
        let file = desk.write(&format!("{guest}.wasm"), guests::component(guest));
        desk.does(&["check", file.to_str().unwrap()])
    };
    let (right, told) = check("places");
    assert!(right, "{told}");
    holds(&told, &["✓ determinism", "  nothing"]);

    let (right, told) = check("answers_by_address");
    assert!(!right && !told.contains("✓ determinism"), "{told}");
    holds(
        &told,
        &[
            "✗ determinism  «an ordinary message, routing»: an instance whose memory lay otherwise answered otherwise (verdict)",
            "it goes by where something lies",
        ],
    );
    let (right, told) = check("counts_its_calls");
    assert!(!right && !told.contains("memory lay otherwise answered"), "{told}");
    holds(
        &told,
        &[
            "an instance that had answered before answered otherwise (verdict)",
            "priority: 1",
            "priority: 2",
            "what is kept is lost",
        ],
    );
    let (right, told) = desk.does(&["bench", "kpi-core"]);
    assert!(
        !right && told.contains("only rules that are asked in conversations are measured here"),
        "{told}"
    );
    // Those that are told little are asked twice.
    let (right, told) = desk.does(&["check", "template-lint"]);
    assert!(right && told.contains("✓ determinism  approving: twice the same"), "{told}");
    let (right, told) = desk.does(&["check", "kpi-core"]);
    assert!(right && told.contains("✓ determinism  measuring: twice the same"), "{told}");
}

#[test]
fn a_story_of_a_service_is_a_scenario_too_whether_it_answers_or_not() {
    let desk = Desk::new();
    let scenarios = r#"
        [[requests]]
        to = "https://crm.example.com/orders/"
        secrets = ["crm"]

        [[scenario]]
        name = "Who names an order has it looked up"
        message = "¿Cómo va mi pedido ET-4711?"
        expect = { outcome = "answered", calls = ["request.send"] }

        [[scenario]]
        name = "What the service knows is said"
        knows.answer = { purpose = "ET-4711", body = '{"state": "on-the-way"}' }
        expect = { outcome = "answered", reason = "El pedido ET-4711: on-the-way", calls = ["request.answer", "reply.text"] }

        [[scenario]]
        name = "A service that is down brings a person"
        knows.answer = { purpose = "ET-4711", outcome = "not-reached", status = 0 }
        expect = { outcome = "handed-over", reason-has = "not-reached" }
    "#;
    let file = desk.write("scenarios.toml", scenarios);
    let test =
        |file: &std::path::Path| desk.does(&["test", "crm-lookup", "--scenarios", file.to_str().unwrap()]);
    let (right, told) = test(&file);
    assert!(right, "{told}");
    holds(&told, &["✓ Who names an order", "✓ What the service knows", "3 passed, 0 failed"]);
    // Where nobody lets it ask, it cannot, here as there.
    let file = desk.write(
        "alone.toml",
        scenarios.replace("https://crm.example.com/orders/", "https://other.example.com/"),
    );
    let (right, told) = test(&file);
    assert!(!right && told.contains("denied"), "{told}");
}

#[test]
fn what_was_built_for_another_contract_is_told_which_part_differs() {
    let desk = Desk::new();
    let check = |change: &dyn Fn(String) -> String| {
        let file = desk.write("other.wasm", guests::component_of("places", change));
        desk.does(&["check", file.to_str().unwrap()])
    };
    let (right, told) = check(&|wit| {
        wit.replace(
            "        priority: u8,\n        prefer",
            "        priority: u16,\n        weight: u32,\n        prefer",
        )
    });
    assert!(!right);
    holds(
        &told,
        &[
            "✗ admission    the component's exports of `routing` differ in type from version 0.1.0",
            "`place` of `routing` was built with `weight`, which the contract 0.1.0 does not have: take it out",
            "`priority` in `place` of `routing` was built as `u16`, and the contract 0.1.0 has `u8`",
        ],
    );
    let (right, told) = check(&|wit| {
        wit.replace(
            "        reason: string,\n        attrs: attrs,\n    }\n\n    /// The place",
            "        attrs: attrs,\n    }\n\n    /// The place",
        )
    });
    assert!(!right);
    holds(
        &told,
        &["`place` of `routing` was built without `reason: string`, which the contract 0.1.0 has: add it"],
    );
    let (right, told) = check(&|wit| {
        wit.replace("route: func(prepared: list<u8>, input: input)", "route: func(input: input)")
    });
    assert!(!right);
    holds(&told, &["`routing.route` was built as `func(input: input)"]);
    let later = desk.write("later.wasm", guests::component("imports_other_version"));
    let (right, told) = desk.does(&["check", later.to_str().unwrap()]);
    assert!(!right);
    holds(&told, &["was built for `timonel:rules/log@0.9.0` and this host speaks version 0.1.0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_is_asked_what_was_decided_and_nothing_comes_of_it() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    company.until("send-accepted", 1).await;
    let events = company.journal(&[]);
    let decided = events.iter().find(|event| event["kind"] == "rule-decided").unwrap();
    let (decided, conversation) =
        (decided["seq"].to_string(), decided["stream"].as_str().unwrap().replace("conversation/", ""));
    let run = |plugin: &str, on: &str, more: &[&str]| {
        run(&company, &[&["plugin", "run", plugin, "--on", on, "--rule", "answers"], more].concat())
    };

    // The same plugin with the same settings, which it knows without being told.
    let (ran, told) = run("quick-answers", &decided, &[]);
    assert!(ran && told.contains("1 decisions: 1 the same, 0 other"), "{told}");
    let (ran, told) = run("quick-answers", &conversation, &[]);
    assert!(ran && told.starts_with("= ") && told.contains("answered «"), "{told}");

    // With other settings, and another plugin, which has to be there first.
    let desk = Desk::new();
    let settings = desk
        .write("settings.json", r#"{ "answers": [{ "words": ["envío*"], "text": { "es": "Enviamos." } }] }"#);
    let (ran, told) = run("quick-answers", &decided, &["--settings", settings.to_str().unwrap()]);
    assert!(ran, "{told}");
    holds(
        &told,
        &[
            "≠ ",
            "reason: then \"Palabra «horario»\", now \"No se le entendió\"",
            "1 decisions: 0 the same, 1 other",
        ],
    );
    let candidate = desk.write("candidate.wasm", guests::component("answers"));
    let candidate = candidate.to_str().unwrap();
    let (ran, told) = run(candidate, &decided, &[]);
    assert!(!ran && told.contains("was not handed in: `timonel plugin push`"), "{told}");
    let (pushed, told) = crate::raci::run(&company, &["plugin", "push", candidate]);
    assert!(pushed, "{told}");
    let (ran, told) = run(candidate, &decided, &[]);
    assert!(ran && told.contains("effects: then") && told.contains("Hello"), "{told}");
    let (ran, told) = run("skills-router", &decided, &[]);
    assert!(!ran && told.contains("`plugin`: the plugin is no rule of the kind responding"), "{told}");
    assert_eq!(company.journal(&[]).iter().filter(|event| event["kind"] == "reply-queued").count(), 1);
    serve.stop();
}
