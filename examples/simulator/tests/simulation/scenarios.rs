//! Scenarios: those that are shipped, and those that are refused.

use std::path::Path;
use std::process::Command;

use crate::stage::*;

fn shipped() -> Vec<std::path::PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect()
}

#[tokio::test]
async fn every_scenario_that_is_shipped_starts_and_its_customers_write() {
    let files = shipped();
    assert!(files.len() >= 4);
    for file in files {
        let scenario = Scenario::read(&file).unwrap_or_else(|error| panic!("{error}"));
        let (simulation, host) =
            started(Options { seed: Some(1), ..scenario.apply(Options::default()) }).await;
        for _ in 0..20 {
            simulation.advance(Duration::from_secs(60));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        until(&format!("a message in {}", file.display()), || !host.raw("messages").is_empty()).await;
    }
}

#[tokio::test]
async fn what_a_scenario_says_happens_when_it_says_so() {
    let scenario = Scenario::parse(
        r#"
        [[templates]]
        name = "oferta"
        language = "es"
        category = "marketing"
        components = [{ type = "BODY", text = "Todo a mitad de precio." }]

        [[changes]]
        at = "1h"
        template = "oferta"
        quality = "red"

        [[outages]]
        at = "2h"
        lasts = "1h"
        answer = "error"
        code = 131016
        "#,
        "a scenario",
    )
    .unwrap();
    let (simulation, _host) = started(scenario.apply(at_once())).await;
    let body = template("+573001234567", "oferta", &[]);
    let mut codes = Vec::new();
    for minutes in [1, 60, 60, 60] {
        codes.push(code(&simulation, &body).await);
        simulation.advance(Duration::from_secs(minutes * 60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(codes, [0, 0, 132_015, 131_016]);
}

#[test]
fn what_is_not_written_is_as_meta_has_it() {
    let options = Scenario::parse("", "nothing").unwrap().apply(Options::default());
    assert_eq!(options.rules, Rules::meta());
    assert_eq!(options.trouble, Trouble::default());
    let some = Scenario::parse("[rules]\ntier = \"off\"\n[trouble.sends]\nlost-answers = 1", "some").unwrap();
    let options = some.apply(Options::default());
    assert_eq!(options.rules, Rules { tier: None, ..Rules::meta() });
    assert_eq!(options.trouble.sends, Sends { lost_answers: 1.0, ..Sends::default() });
}

#[test]
fn a_bad_scenario_is_refused_with_the_key_the_value_and_what_was_expected() {
    for (text, key, given, expected) in [
        ("[trouble.sends]\nlost-answers = 1.5", "lost-answers", "1.5", "a share from 0 to 1"),
        ("[trouble.sends]\nlost-answers = \"many\"", "lost-answers", "many", "f64"),
        ("[trouble.sends]\nlost-answer = 0.5", "lost-answer", "0.5", "`lost-answers`"),
        ("[trouble.sends]\nloss = \"maybe\"", "loss", "maybe", "`hang-up` or `silence`"),
        ("[trouble.sends]\ncodes = []", "codes", "[]", "at least one of Meta's error codes"),
        ("[trouble.webhooks]\ndelay = \"5s..1s\"", "delay", "5s..1s", "the shorter one first"),
        ("[rules]\nwindow = \"a day\"", "window", "a day", "a duration"),
        ("[rules]\nthroughput = 0", "throughput", "0", "a number from 1 on, or \"off\""),
        ("[rules]\npair = { every = \"6s\" }", "pair", "6s", "burst = 45"),
        ("[rules]\nreview = 5", "review", "5", "a string"),
        ("[customers]\nwrites = { poems = 1 }", "poems", "1", "`text`"),
        ("[customers]\nwrites = { text = 0 }", "customers.writes", "without any weight", "above 0"),
        ("[customers]\nfirst = 57", "customers.first", "57", "8 to 15 digits"),
        ("[posting]\nbatch = 2000", "posting.batch", "2000", "1 to 1000"),
        ("speed = 0", "speed", "0", "0.01"),
        ("numbers = []", "numbers", "empty", "at least one number"),
        ("[[outages]]\nat = \"1h\"\nlasts = \"1h\"\nanswer = \"later\"", "answer", "later", "`error`"),
        ("[[changes]]\nat = \"1h\"", "changes[0]", "without anything", "a template with quality"),
        (
            "[[changes]]\nat = \"1h\"\nnumber = \"7\"\nraised = true",
            "changes[0].number",
            "7",
            "the id of one",
        ),
        (
            "[[changes]]\nat = \"1h\"\ntemplate = \"x\"\npaused = true",
            "changes[0].template",
            "x",
            "one of the templates",
        ),
    ] {
        let error = Scenario::parse(text, "bad.toml").unwrap_err().to_string();
        for part in ["bad.toml", key, given, expected] {
            assert!(error.contains(part), "`{part}` is missing in:\n{error}");
        }
    }
}

#[test]
fn the_program_explains_itself_and_says_what_is_wrong() {
    let run =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_simulator")).args(arguments).output().unwrap();
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for option in ["--scenario", "--seed", "--listen", "--webhook", "/_sim/report"] {
        assert!(help.contains(option), "{option}: {help}");
    }
    let dir = tempdir();
    let file = dir.join("bad.toml");
    std::fs::write(&file, "[rules]\ntier = -1\n").unwrap();
    let refused = run(&["--scenario", file.to_str().unwrap()]);
    std::fs::remove_dir_all(&dir).unwrap();
    let error = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(error.contains("tier = -1") && error.contains("a number from 1 on"), "{error}");
    let none = run(&["--scenario", "/nowhere.toml"]);
    assert!(String::from_utf8(none.stderr).unwrap().contains("/nowhere.toml: the scenario cannot be read"));
}

fn tempdir() -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("simulator-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
