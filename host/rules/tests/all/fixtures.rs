//! What was released once is loaded by every later host.
//!
//! `tests/fixtures` has, a directory a released version of the contract, guests as their authors' tools built them then: the same rule
//! in four languages, and one of each kind. Nothing there is built again. A guest that a host no longer takes is a rule that
//! stops at a company on the day of the upgrade.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use domain::decision::{Digest, Effect, Kind, Outcome};
use domain::message::Outgoing;
use rules::{Answer, Limits, Rule};

use crate::support::{company, input, message, start_with};

/// The version of the contract, the name of a guest, what it is, and what it says to a customer who asks for an invoice and for the
/// opening hours; nothing of those that are not asked in conversations.
type Guest = (&'static str, &'static str, Kind, Option<(Outcome, &'static str)>);

const RELEASED: [Guest; 16] = [
    ("0.1.0", "c-routing", Kind::Routing, Some((Outcome::Placed, "Palabra «factura»; VIP"))),
    ("0.1.0", "javascript-routing", Kind::Routing, Some((Outcome::Placed, "Palabra «factura»; VIP"))),
    ("0.1.0", "python-routing", Kind::Routing, Some((Outcome::Placed, "Palabra «factura»; VIP"))),
    ("0.1.0", "rust-routing", Kind::Routing, Some((Outcome::Placed, "Palabra «factura»; VIP"))),
    ("0.1.0", "c-responding", Kind::Responding, Some((Outcome::Answered, "Palabra «horario»"))),
    ("0.1.0", "rust-responding", Kind::Responding, Some((Outcome::Answered, "Palabra «horario»"))),
    ("0.1.0", "campaign-guard", Kind::Approving, None),
    ("0.1.0", "closing", Kind::Following, None),
    ("0.1.0", "crm-lookup", Kind::Responding, Some((Outcome::Abstained, ""))),
    ("0.1.0", "decision-table", Kind::Routing, Some((Outcome::Placed, "Ninguna fila → ventas"))),
    ("0.1.0", "kpi-core", Kind::Measuring, None),
    ("0.1.0", "kpi-watch", Kind::Alerting, None),
    ("0.1.0", "office-hours", Kind::Responding, Some((Outcome::Abstained, ""))),
    ("0.1.0", "quick-answers", Kind::Responding, Some((Outcome::Answered, ""))),
    ("0.1.0", "skills-router", Kind::Routing, Some((Outcome::Placed, ""))),
    ("0.1.0", "template-lint", Kind::Approving, None),
];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Those with an interpreter in them are kept packed.
fn component(version: &str, name: &str) -> Vec<u8> {
    let plain = directory().join(version).join(format!("{name}.wasm"));
    if plain.exists() {
        return fs::read(plain).unwrap();
    }
    let packed = fs::File::open(directory().join(version).join(format!("{name}.wasm.zst"))).unwrap();
    let mut component = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut component).unwrap();
    component
}

/// The lines of a file that `sha256sum` wrote: the name of each file, and its hash.
fn sums(file: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
        .collect()
}

#[test]
fn nothing_that_was_released_is_changed() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    for (root, version) in [(&contract, "0.1.0"), (&directory(), "0.1.0")] {
        let sums = sums(&root.join(format!("{version}.sha256")));
        let named: BTreeSet<String> = sums.iter().map(|(name, _)| name.clone()).collect();
        let there = fs::read_dir(root.join(version)).unwrap();
        let there: BTreeSet<String> = there
            .map(|entry| format!("{version}/{}", entry.unwrap().file_name().to_str().unwrap()))
            .collect();
        assert_eq!(there, named, "{}: a file came or went", root.display());
        for (name, sum) in sums {
            let is = Digest::of(&fs::read(root.join(&name)).unwrap()).to_string();
            assert_eq!(
                is, sum,
                "{name} is not what was released: change the next version, in a directory of its own"
            );
        }
    }
}

#[test]
fn every_guest_that_was_released_is_taken_set_and_answers_as_it_did() {
    // As a company runs it: an interpreter takes more than the limits of the other tests here.
    let bench = start_with(Limits::default());
    let mut met = BTreeSet::new();
    for (version, name, kind, said) in RELEASED {
        let component = component(version, name);
        let admitted = bench.host.admit(&component).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert!(admitted.kinds.contains(&kind), "{name}: {:?}", admitted.kinds);
        let rule = bench.try_rule(&component, &admitted.description.example_settings).unwrap();
        match said {
            Some(said) => asked(&bench.host, name, kind, &rule, said),
            None => told_little(&bench.host, name, kind, &rule),
        }
        met.insert(kind);
    }
    assert_eq!(met, Kind::ALL.into(), "a guest of every kind is kept");
}

fn asked(host: &rules::Host, name: &str, kind: Kind, rule: &Rule, (outcome, reason): (Outcome, &str)) {
    let mut input = input();
    input.message = Some(message("Necesito la factura, ¿y qué horario tienen?"));
    let answer: Answer = host.ask(rule, kind, &input, &company());
    assert_eq!(answer.asked.outcome, outcome, "{name}: {}", answer.reason);
    assert!(answer.reason.contains(reason), "{name}: {}", answer.reason);
    if outcome == Outcome::Answered {
        let spoke = |effect: &Effect| {
            matches!(effect, Effect::Reply { message: Outgoing::Text { .. } | Outgoing::Buttons { .. } })
        };
        assert!(answer.effects.iter().any(spoke), "{name}: {:?}", answer.effects);
    }
}

/// Of these it is enough that they say what they want: what they make of it has tests of its own.
fn told_little(host: &rules::Host, name: &str, kind: Kind, rule: &Rule) {
    match kind {
        Kind::Following => assert!(!rule.moments().is_empty(), "{name}"),
        Kind::Measuring => assert!(!host.figures(rule).unwrap().is_empty(), "{name}"),
        Kind::Alerting => assert!(!host.watches(rule).unwrap().is_empty(), "{name}"),
        _ => assert!(rule.is(kind), "{name}"),
    }
}
