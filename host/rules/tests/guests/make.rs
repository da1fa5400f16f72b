//! Guests of this directory as components. The tests of the whole make them too, and see what a hostile rule reaches.

use std::fs;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A guest of `tests/guests` as a component, made with the released contract.
pub(crate) fn component(guest: &str) -> Vec<u8> {
    component_of(guest, |wit| wit)
}

/// The same with a contract that was changed.
pub(crate) fn component_of(guest: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/rules/tests/guests");
    let text = fs::read_to_string(directory.join(format!("{guest}.wat"))).unwrap();
    let own = text.lines().filter(|line| !line.starts_with(";;")).collect::<Vec<_>>().join("\n");
    if own.starts_with("(component") || own.starts_with("(module") {
        return wat::parse_str(own).unwrap();
    }
    let exports = |kind: &str| own.contains(&format!("timonel:rules/{kind}@0.1.0#"));
    let mut common = fs::read_to_string(directory.join("common.wat")).unwrap();
    if exports("measuring") {
        common.push_str(&fs::read_to_string(directory.join("measurer.wat")).unwrap());
    }
    if exports("alerting") {
        common.push_str(&fs::read_to_string(directory.join("watcher.wat")).unwrap());
    }
    if exports("following") {
        common.push_str(&fs::read_to_string(directory.join("follower.wat")).unwrap());
    }
    // Imports have to come first, so what is common is appended.
    let mut whole = format!("(module\n{own}\n");
    for (name, piece) in pieces(&common) {
        if !own.contains(&format!("(export \"{name}\")")) {
            whole.push_str(&piece);
        }
    }
    whole.push(')');

    let mut module = wat::parse_str(&whole).unwrap_or_else(|error| panic!("{guest}: {error}"));
    let world = match (exports("routing"), exports("responding")) {
        (true, true) => "both",
        (false, true) => "responder",
        _ if exports("following") => "follower",
        _ if exports("approving") => "approver",
        _ if exports("measuring") => "measurer",
        _ if exports("alerting") => "watcher",
        _ => "router",
    };
    let mut resolve = Resolve::default();
    let contract: String = ["types", "capabilities", "exports", "worlds"]
        .map(|file| wit(&format!("{file}.wit")).replace("package timonel:rules@0.1.0;", ""))
        .concat();
    resolve.push_str("contract.wit", &format!("package timonel:rules@0.1.0;\n{}", change(contract))).unwrap();
    let package = resolve
        .push_str(
            "guests.wit",
            "package timonel:guests;
             world router { include timonel:rules/everything@0.1.0; include timonel:rules/router@0.1.0; }
             world responder { include timonel:rules/everything@0.1.0; include timonel:rules/responder@0.1.0; }
             world follower { include timonel:rules/everything@0.1.0; include timonel:rules/follower@0.1.0; }
             world approver { include timonel:rules/approver@0.1.0; }
             world measurer { include timonel:rules/measurer@0.1.0; }
             world watcher { include timonel:rules/watcher@0.1.0; }
             world both { include router; include responder; }",
        )
        .unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .unwrap_or_else(|error| panic!("{guest}: {error:#}"))
}

fn wit(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/0.1.0").join(file)).unwrap()
}

/// The pieces of `common.wat`: what follows a comment line with a single name, up to the next.
fn pieces(common: &str) -> Vec<(String, String)> {
    let mut pieces: Vec<(String, String)> = Vec::new();
    for line in common.lines() {
        let name = line.strip_prefix(";; ").filter(|name| !name.contains(' '));
        match (name, pieces.last_mut()) {
            (Some(name), _) => pieces.push((name.to_owned(), String::new())),
            (None, Some((_, piece))) => *piece += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    pieces
}
