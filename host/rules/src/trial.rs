//! A compiled component, tried before it is taken.
//!
//! Runs in the child process, where the worst that a guest can do ends with the child. The component is instantiated with
//! all that the contract offers and no conversation behind it: every import answers `unavailable`.

use std::collections::BTreeSet;

use domain::decision::Kind;
use serde::{Deserialize, Serialize};
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

use crate::admission::Description;
use crate::capabilities;
use crate::contract::{PACKAGE, VERSION};
use crate::fault::Failed;
use crate::functions::Function;
use crate::limits::Limits;
use crate::link::Exports;
use crate::refusal::Refusal;
use crate::run::{self, Guest};

/// What a component turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) kinds: BTreeSet<Kind>,
    pub(crate) functions: BTreeSet<Function>,
    pub(crate) description: Description,
}

/// Looks at what the component imports and exports, and lets it describe itself.
pub(crate) fn tried(engine: &Engine, component: &Component, limits: &Limits) -> Result<Found, Refusal> {
    let functions = imported(engine, component)?;
    let kinds = exported(engine, component)?;
    let out_of_place: Vec<_> = functions
        .iter()
        .filter(|function| !function.kinds().iter().any(|kind| kinds.contains(kind)))
        .copied()
        .collect();
    if !out_of_place.is_empty() {
        return Err(Refusal::NotForKind { functions: out_of_place, kinds: kinds.into_iter().collect() });
    }
    let exports = typed(engine, component, limits, &functions, &kinds)?;
    let description = described(engine, &exports, limits)?;
    Ok(Found { kinds, functions, description })
}

/// The functions that it imports. An interface of which only records are used asks for nothing.
fn imported(engine: &Engine, component: &Component) -> Result<BTreeSet<Function>, Refusal> {
    if component.resources_required().is_none() {
        return Err(Refusal::Malformed {
            detail: "it imports a core module and cannot be measured".to_owned(),
        });
    }
    let mut functions = BTreeSet::new();
    for (name, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = import.ty else {
            return Err(Refusal::UnknownImport { name: name.to_owned(), offered: offered() });
        };
        let interface = interface(name);
        for (item, export) in instance.exports(engine) {
            match export.ty {
                ComponentItem::Type(_) => {}
                ComponentItem::ComponentFunc(_) => {
                    functions.insert(Function::find(interface, item).ok_or_else(|| {
                        Refusal::UnknownImport { name: format!("{interface}.{item}"), offered: offered() }
                    })?);
                }
                _ => {
                    return Err(Refusal::UnknownImport {
                        name: format!("{interface}.{item}"),
                        offered: offered(),
                    });
                }
            }
        }
    }
    Ok(functions)
}

fn offered() -> Vec<String> {
    Function::ALL.iter().map(ToString::to_string).collect()
}

/// `reply` of `timonel:rules/reply@0.1.0`.
fn interface(name: &str) -> &str {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// Whether components export an interface: `rule`, and one of each kind.
pub(crate) fn is_exported(interface: &str) -> bool {
    interface == "rule" || Kind::ALL.iter().any(|kind| kind.to_string() == interface)
}

/// The kinds of rule that it is.
fn exported(engine: &Engine, component: &Component) -> Result<BTreeSet<Kind>, Refusal> {
    let name = |interface: &str| format!("{PACKAGE}/{interface}@{VERSION}");
    let exports: BTreeSet<_> =
        component.component_type().exports(engine).map(|(name, _)| name.to_owned()).collect();
    if let Some(other) = exports.iter().find(|export| {
        let interface = interface(export);
        export.starts_with(PACKAGE) && is_exported(interface) && **export != name(interface)
    }) {
        return Err(Refusal::OtherVersion { name: other.clone() });
    }
    if !exports.contains(&name("rule")) {
        return Err(Refusal::MissingExport { missing: vec![name("rule")] });
    }
    let kinds: BTreeSet<_> =
        Kind::ALL.into_iter().filter(|kind| exports.contains(&name(&kind.to_string()))).collect();
    if kinds.is_empty() {
        return Err(Refusal::MissingExport { missing: Kind::ALL.map(|kind| name(&kind.to_string())).into() });
    }
    Ok(kinds)
}

/// Links it with all that it imports, and compares the types on both sides.
fn typed(
    engine: &Engine,
    component: &Component,
    limits: &Limits,
    functions: &BTreeSet<Function>,
    kinds: &BTreeSet<Kind>,
) -> Result<Exports, Refusal> {
    let other = |what: &str| {
        let what = what.to_owned();
        move |error: wasmtime::Error| Refusal::OtherTypes { what, detail: format!("{error:#}") }
    };
    let linker = capabilities::linker(engine, functions)
        .map_err(|error| Refusal::Host { detail: format!("{error:#}") })?;
    linker.instantiate_pre(component).map_err(other("imports"))?;
    let exports = Exports::new(engine, component, functions, kinds).map_err(other("exports"))?;

    // The types of exports are compared on an instance; its start functions run here for the first time.
    let mut guest = Guest::new(engine, limits, limits.preparation_fuel, None);
    let instance = guest.start(&exports).map_err(|failed| trial("start", failed))?;
    let store = &mut guest.store;
    exports.rule.load(&mut *store, &instance).map_err(other("exports of `rule`"))?;
    if let Some(routing) = &exports.routing {
        routing.load(&mut *store, &instance).map_err(other("exports of `routing`"))?;
    }
    if let Some(responding) = &exports.responding {
        responding.load(&mut *store, &instance).map_err(other("exports of `responding`"))?;
    }
    if let Some(following) = &exports.following {
        following.load(&mut *store, &instance).map_err(other("exports of `following`"))?;
    }
    if let Some(approving) = &exports.approving {
        approving.load(&mut *store, &instance).map_err(other("exports of `approving`"))?;
    }
    if let Some(measuring) = &exports.measuring {
        measuring.load(&mut *store, &instance).map_err(other("exports of `measuring`"))?;
    }
    if let Some(alerting) = &exports.alerting {
        alerting.load(&mut *store, &instance).map_err(other("exports of `alerting`"))?;
    }
    Ok(exports)
}

fn described(engine: &Engine, exports: &Exports, limits: &Limits) -> Result<Description, Refusal> {
    let said = run::describe(engine, exports, limits).map_err(|failed| trial("describe", failed))?;
    let description = Description {
        name: said.name,
        version: said.version,
        summary: said.summary,
        example_settings: said.example_settings,
        settings_schema: said.settings_schema,
    };
    description.check()?;
    description
        .schema()?
        .check(&description.example_settings)
        .map_err(|message| Refusal::Example { message })?;
    run::prepare(engine, exports, limits, &description.example_settings)
        .map_err(|failed| trial("prepare", failed))?
        .map_err(|message| Refusal::Example { message })?;
    Ok(description)
}

fn trial(function: &str, failed: Failed) -> Refusal {
    Refusal::Trial { function: function.to_owned(), detail: failed.text }
}
