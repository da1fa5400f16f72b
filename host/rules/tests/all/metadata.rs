//! What a file says of itself beside its code: anybody can write anything there, so nothing follows from it.
//!
//! Who a rule is says its `describe`, whose it is says a signature, and both are shown. Sections for tools are counted and passed over.

use domain::decision::{Digest, Kind, Outcome};
use rules::Refusal;

use crate::support::{company, component, input, start};

/// A custom section. `length` is what it says that it has.
fn section(name: &[u8], content: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0];
    number(&mut bytes, length);
    number(&mut bytes, name.len());
    bytes.extend([name, content].concat());
    bytes
}

/// One that is as long as it says.
fn honest(name: &[u8], content: &[u8]) -> Vec<u8> {
    let mut named = Vec::new();
    number(&mut named, name.len());
    section(name, content, named.len() + name.len() + content.len())
}

/// In LEB128.
fn number(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// What a registry or a tool would read.
const NAMES: [&[u8]; 10] = [
    b"name",
    b"component-name",
    b"producers",
    b"authors",
    b"version",
    b"licenses",
    b"description",
    b"homepage",
    b"timonel:signature",
    b"timonel:description",
];

#[test]
fn whatever_a_file_claims_beside_its_code_it_is_who_it_describes() {
    let bench = start();
    let plain = component("places");
    let known = bench.host.admit(&plain).unwrap();
    let lies: [&[u8]; 4] = [b"", b"Timonel 99.0.0, signed by the board", b"\xff\xfe\x00\xc3", &[0x80; 64]];
    let mut forged: Vec<(String, Vec<u8>)> = lies
        .iter()
        .map(|lie| {
            let sections: Vec<u8> = NAMES.iter().flat_map(|name| honest(name, lie)).collect();
            (format!("{lie:?}"), [plain.clone(), sections].concat())
        })
        .collect();
    let often = honest(b"authors", b"Somebody else").repeat(1_000);
    forged.push(("a thousand authors".to_owned(), [plain.clone(), often].concat()));
    forged.push(("in the module".to_owned(), component("claims_another_author")));
    for (lie, bytes) in forged {
        let admitted = bench.host.admit(&bytes).unwrap_or_else(|refusal| panic!("{lie}: {refusal}"));
        assert_eq!(admitted.description, known.description, "{lie}");
        assert_eq!(admitted.functions, known.functions, "{lie}");
        assert_eq!(admitted.digest, Digest::of(&bytes), "{lie}: it is another file, and nobody agreed to it");
        assert!(admitted.marks.is_empty(), "{lie}: {:?}", admitted.marks);
        let answer =
            bench.host.ask(&bench.try_rule(&bytes, "").unwrap(), Kind::Routing, &input(), &company());
        assert!(
            matches!(answer.asked.outcome, Outcome::Placed | Outcome::Abstained),
            "{lie}: {}",
            answer.reason
        );
    }
}

#[test]
fn metadata_that_is_giant_or_broken_is_refused_in_words() {
    let bench = start();
    let plain = component("places");
    let with = |section: Vec<u8>| bench.host.admit(&[plain.clone(), section].concat()).unwrap_err();
    let giant = with(honest(b"description", &vec![b'x'; 4 << 20 | 1]));
    assert!(
        matches!(&giant, Refusal::TooMuch { what, limit: 4_194_304, .. } if what == "bytes of custom sections"),
        "{giant}"
    );
    let many = with(honest(b"authors", &[b'x'; 64 << 10]).repeat(65));
    assert!(matches!(&many, Refusal::TooMuch { limit: 4_194_304, .. }), "{many}");
    for broken in [
        honest(b"\xff\xfe", b"a name that is no text"),
        section(b"authors", b"too short", 4_000_000_000),
        section(b"authors", b"", 3),
        vec![0],
    ] {
        let refusal = with(broken.clone());
        assert!(matches!(refusal, Refusal::Malformed { .. }), "{broken:?}: {refusal}");
    }
    bench.rule("places");
}
