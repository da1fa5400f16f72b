//! In what a component's idea of the contract differs from the contract.
//!
//! A linker says that types differ; an author wants to know which field. A component carries the interfaces that it was built
//! with, so both are read and compared by their names.

use anyhow::Context as _;
use wit_parser::decoding::DecodedWasm;
use wit_parser::{Function, Interface, Resolve, Type, TypeDefKind, WorldItem, WorldKey};

use super::new::CONTRACT;

const PACKAGE: &str = "timonel:rules";
/// The version that this host speaks.
pub(super) const VERSION: &str = "0.1.0";

/// The differences, a sentence each: none if there are none.
pub(super) fn differences(component: &[u8]) -> anyhow::Result<Vec<String>> {
    let DecodedWasm::Component(theirs, world) = wit_component::decode(component)? else {
        return Ok(Vec::new());
    };
    let ours = contract()?;
    let mut found = Vec::new();
    let world = theirs.worlds.get(world).context("a component has a world")?;
    for (key, item) in world.imports.iter().chain(&world.exports) {
        let (WorldKey::Interface(_), WorldItem::Interface { id, .. }) = (key, item) else { continue };
        let interface = &theirs.interfaces[*id];
        let Some(name) = &interface.name else { continue };
        let Some(package) = interface.package.map(|id| &theirs.packages[id].name) else { continue };
        if format!("{}:{}", package.namespace, package.name) != PACKAGE {
            continue;
        }
        let version = package.version.as_ref().map(ToString::to_string).unwrap_or_default();
        if version != VERSION {
            found.push(format!(
                "`{name}` was built for the contract {version}, and this host speaks {VERSION}: take `wit/` of {VERSION}, and build again"
            ));
        }
        let known = ours.interfaces.iter().find(|(_, known)| known.name.as_ref() == Some(name));
        match known {
            None => found.push(format!("`{name}` is no interface of the contract {VERSION}")),
            Some((_, known)) => compare(name, (&theirs, interface), (&ours, known), &mut found),
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The contract, as it is built into this program.
fn contract() -> anyhow::Result<Resolve> {
    let mut texts = String::new();
    for (_, text) in CONTRACT {
        texts.push_str(&text.replace(&format!("package {PACKAGE}@{VERSION};"), ""));
    }
    let mut resolve = Resolve::default();
    resolve.push_str("contract.wit", &format!("package {PACKAGE}@{VERSION};\n{texts}"))?;
    Ok(resolve)
}

fn compare(
    name: &str,
    theirs: (&Resolve, &Interface),
    ours: (&Resolve, &Interface),
    found: &mut Vec<String>,
) {
    for (function, built) in &theirs.1.functions {
        match ours.1.functions.get(function) {
            None => found.push(format!(
                "`{name}` has no function `{function}` in the contract {VERSION}: do not call it"
            )),
            Some(known) => {
                let (built, known) = (signature(theirs.0, built), signature(ours.0, known));
                if built != known {
                    found.push(format!(
                        "`{name}.{function}` was built as `{built}`, and the contract {VERSION} has `{known}`"
                    ));
                }
            }
        }
    }
    for (declared, id) in &theirs.1.types {
        let at = format!("`{declared}` of `{name}`");
        let Some(known) = ours.1.types.get(declared) else {
            found.push(format!("{at} is not in the contract {VERSION}"));
            continue;
        };
        let (built, known) =
            (parts(theirs.0, &theirs.0.types[*id].kind), parts(ours.0, &ours.0.types[*known].kind));
        for (part, kind) in &built {
            match known.iter().find(|(known, _)| known == part) {
                None => found.push(format!(
                    "{at} was built with `{part}`, which the contract {VERSION} does not have: take it out"
                )),
                Some((_, other)) if other != kind => found.push(format!(
                    "`{part}` in {at} was built as `{kind}`, and the contract {VERSION} has `{other}`"
                )),
                Some(_) => {}
            }
        }
        let missing = known.iter().filter(|(part, _)| !built.iter().any(|(built, _)| built == part));
        found.extend(missing.map(|(part, kind)| {
            format!("{at} was built without `{part}: {kind}`, which the contract {VERSION} has: add it")
        }));
        let order =
            |parts: &[(String, String)]| parts.iter().map(|(part, _)| part.clone()).collect::<Vec<_>>();
        let (order_built, order_known) = (order(&built), order(&known));
        if built.len() == known.len()
            && order_built != order_known
            && order_built.iter().all(|part| order_known.contains(part))
        {
            found.push(format!("{at} was built with its parts in another order: {}", order_known.join(", ")));
        }
    }
}

/// `route: func(prepared: list<u8>, …) -> …`, without the name.
fn signature(resolve: &Resolve, function: &Function) -> String {
    let takes: Vec<String> = function
        .params
        .iter()
        .map(|param| format!("{}: {}", param.name, words(resolve, &param.ty)))
        .collect();
    let gives = function.result.as_ref().map(|gives| format!(" -> {}", words(resolve, gives)));
    format!("func({}){}", takes.join(", "), gives.unwrap_or_default())
}

/// The fields, cases or flags of a type, with what each is.
fn parts(resolve: &Resolve, kind: &TypeDefKind) -> Vec<(String, String)> {
    match kind {
        TypeDefKind::Record(record) => {
            record.fields.iter().map(|field| (field.name.clone(), words(resolve, &field.ty))).collect()
        }
        TypeDefKind::Variant(variant) => {
            let holds =
                |ty: &Option<Type>| ty.as_ref().map_or_else(|| "nothing".to_owned(), |ty| words(resolve, ty));
            variant.cases.iter().map(|case| (case.name.clone(), holds(&case.ty))).collect()
        }
        TypeDefKind::Enum(cases) => {
            cases.cases.iter().map(|case| (case.name.clone(), "a case".to_owned())).collect()
        }
        // An alias of another interface's type is compared there.
        TypeDefKind::Type(Type::Id(_)) => Vec::new(),
        other => vec![("itself".to_owned(), kind_words(resolve, other))],
    }
}

fn words(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Id(id) => {
            let declared = &resolve.types[*id];
            declared.name.clone().unwrap_or_else(|| kind_words(resolve, &declared.kind))
        }
        other => format!("{other:?}").to_lowercase(),
    }
}

fn kind_words(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let maybe = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), |ty| words(resolve, ty));
    match kind {
        TypeDefKind::List(of) => format!("list<{}>", words(resolve, of)),
        TypeDefKind::Option(of) => format!("option<{}>", words(resolve, of)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", maybe(&result.ok), maybe(&result.err)),
        TypeDefKind::Tuple(tuple) => {
            format!(
                "tuple<{}>",
                tuple.types.iter().map(|ty| words(resolve, ty)).collect::<Vec<_>>().join(", ")
            )
        }
        TypeDefKind::Type(of) => words(resolve, of),
        other => other.as_str().to_owned(),
    }
}
