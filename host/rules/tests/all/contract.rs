//! A later version of the contract only adds to the one before.
//!
//! A rule is bytes that somebody signed, and lives for years. Its types have to be those of the host to the last field, so whatever a
//! version has, the next one has too, as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use wit_parser::{Function, Resolve, Type, TypeDefKind, WorldItem};

fn contract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")
}

/// The directories of the contract, the oldest first.
fn versions() -> Vec<String> {
    let number = |name: &str| name.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>();
    let mut found: Vec<(Vec<u32>, String)> = std::fs::read_dir(contract())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some((number(&name)?, name)))
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

fn text(version: &str) -> String {
    let package = format!("package timonel:rules@{version};");
    let files = ["types", "capabilities", "exports", "worlds"];
    let read =
        |file: &str| std::fs::read_to_string(contract().join(version).join(format!("{file}.wit"))).unwrap();
    format!("{package}\n{}", files.map(read).concat().replace(&package, ""))
}

/// What of a contract a guest can be built on: each thing by its name, with all of what it is.
fn surface(text: &str) -> BTreeMap<String, String> {
    let mut resolve = Resolve::default();
    resolve.push_str("contract.wit", text).unwrap();
    let mut surface = BTreeMap::new();
    for (_, interface) in &resolve.interfaces {
        let of = interface.name.clone().unwrap();
        for (name, id) in &interface.types {
            surface.insert(format!("{of}.{name}"), kind(&resolve, &resolve.types[*id].kind));
        }
        for function in interface.functions.values() {
            surface.insert(format!("{of}.{}", function.name), signature(&resolve, function));
        }
    }
    for (_, world) in &resolve.worlds {
        // What a world exports is what its guests have to, whole: one function more, and the guests of before lack it.
        let exports = world.exports.values().filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some(&resolve.interfaces[*id]),
            _ => None,
        });
        let exports: BTreeSet<String> = exports
            .flat_map(|interface| {
                let of = interface.name.clone().unwrap();
                interface.functions.keys().map(move |function| format!("{of}.{function}"))
            })
            .collect();
        surface.insert(format!("world {}", world.name), format!("{exports:?}"));
    }
    surface
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let takes: Vec<String> =
        function.params.iter().map(|param| format!("{}: {}", param.name, word(resolve, &param.ty))).collect();
    let gives = function.result.as_ref().map_or_else(String::new, |gives| word(resolve, gives));
    format!("func({}) -> {gives}", takes.join(", "))
}

fn word(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Id(id) => {
            let declared = &resolve.types[*id];
            declared.name.clone().unwrap_or_else(|| kind(resolve, &declared.kind))
        }
        other => format!("{other:?}"),
    }
}

fn kind(resolve: &Resolve, of: &TypeDefKind) -> String {
    let maybe = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), |ty| word(resolve, ty));
    match of {
        TypeDefKind::Record(record) => {
            let fields =
                record.fields.iter().map(|field| format!("{}: {}", field.name, word(resolve, &field.ty)));
            format!("record {{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Enum(cases) => {
            format!(
                "enum {{ {} }}",
                cases.cases.iter().map(|case| case.name.clone()).collect::<Vec<_>>().join(", ")
            )
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter().map(|case| format!("{}({})", case.name, maybe(&case.ty)));
            format!("variant {{ {} }}", cases.collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::List(of) => format!("list<{}>", word(resolve, of)),
        TypeDefKind::Option(of) => format!("option<{}>", word(resolve, of)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", maybe(&result.ok), maybe(&result.err)),
        TypeDefKind::Tuple(tuple) => {
            format!(
                "tuple<{}>",
                tuple.types.iter().map(|ty| word(resolve, ty)).collect::<Vec<_>>().join(", ")
            )
        }
        TypeDefKind::Type(of) => word(resolve, of),
        // Nothing else stands in the contract; whoever writes it has to say here when two of it are the same.
        other => panic!("{} cannot be compared yet", other.as_str()),
    }
}

/// What a guest of the former contract would miss in the later one.
fn breaks(former: &str, later: &str) -> Vec<String> {
    let (former, later) = (surface(former), surface(later));
    let broken = |(name, was): (&String, &String)| match later.get(name) {
        None => Some(format!("`{name}` is gone")),
        Some(is) if is != was => Some(format!("`{name}` was {was} and is {is}")),
        Some(_) => None,
    };
    former.iter().filter_map(broken).collect()
}

#[test]
fn each_version_has_all_that_the_former_had() {
    let versions = versions();
    assert!(versions.contains(&"0.1.0".to_owned()), "{versions:?}");
    for pair in versions.windows(2) {
        let [former, later] = pair else { unreachable!() };
        assert_eq!(breaks(&text(former), &text(later)), Vec::<String>::new(), "{former} → {later}");
    }
}

#[test]
fn what_would_break_a_guest_is_found_and_what_only_adds_is_not() {
    let now = text("0.1.0");
    let found = |from: &str, to: &str| {
        assert!(now.contains(from), "{from}");
        breaks(&now, &now.replacen(from, to, 1))
    };
    let is_one = |found: Vec<String>, of: &str| {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(of), "{found:?}");
    };
    is_one(
        found("    remove-tag: func(tag: string) -> result<_, failure>;\n", ""),
        "`label.remove-tag` is gone",
    );
    is_one(found("priority: func(value: u8)", "priority: func(value: u32)"), "`label.priority` was");
    is_one(
        found("enum level { debug, info, warn }", "enum level { debug, info, warn, alarm }"),
        "`log.level` was",
    );
    is_one(
        found("        code: string,\n        /// The same for people.", "        /// The same for people."),
        "`types.failure` was",
    );
    // What guests export may not grow either.
    let grown = found(
        "    judge: func(prepared: list<u8>, now",
        "    rest: func();\n    judge: func(prepared: list<u8>, now",
    );
    is_one(grown, "`world watcher` was");
    let added = found(
        "    add-tag: func",
        "    colour: func(name: string) -> result<_, failure>;\n    add-tag: func",
    );
    assert_eq!(added, Vec::<String>::new());
}
