//! A look at the bytes of a component, before a compiler sees them.
//!
//! A cap on bytes is no protection from a bomb: 781 KB of one function can take a gigabyte and seven seconds. So the
//! parts are counted, and what this host will never run is told in its own words instead of a compiler's.

use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentImportSectionReader, ComponentType,
    ComponentTypeDeclaration, Encoding, Instance, InstanceTypeDeclaration, Parser, Payload,
};

use crate::contract::{PACKAGE, VERSION};
use crate::functions::Function;
use crate::limits::Structure;
use crate::refusal::Refusal;
use crate::trial::is_exported;

/// Walks over the bytes, nested modules and components included.
pub(crate) fn walk(bytes: &[u8], limits: &Structure) -> Result<(), Refusal> {
    if !bytes.starts_with(b"\0asm") {
        return Err(Refusal::NotWasm);
    }
    let mut counts = Counts::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(malformed)?;
        match &payload {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(Refusal::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => imports(section)?,
            Payload::ComponentTypeSection(section) => {
                for declared in section.clone() {
                    synchronous(&declared.map_err(malformed)?)?;
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section.clone() {
                    plain(&function.map_err(malformed)?)?;
                }
            }
            _ => {}
        }
        counts.add(&payload);
        counts.check(limits)?;
    }
    Ok(())
}

fn malformed(error: wasmparser::BinaryReaderError) -> Refusal {
    Refusal::Malformed { detail: error.to_string() }
}

#[derive(Default)]
struct Counts {
    body: u64,
    functions: u64,
    parts: u64,
    instances: u64,
    memories: u64,
    tables: u64,
    globals: u64,
    segments: u64,
    custom: u64,
}

impl Counts {
    fn add(&mut self, payload: &Payload<'_>) {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => self.parts += 1,
            Payload::FunctionSection(section) => self.functions += u64::from(section.count()),
            Payload::CodeSectionEntry(body) => self.body = self.body.max(body.range().len() as u64),
            Payload::InstanceSection(section) => {
                // The others only give names to exports, and cost nothing.
                let made = |instance: &_| matches!(instance, Ok(Instance::Instantiate { .. }));
                self.instances += section.clone().into_iter().filter(made).count() as u64;
            }
            Payload::MemorySection(section) => self.memories += u64::from(section.count()),
            Payload::TableSection(section) => self.tables += u64::from(section.count()),
            Payload::GlobalSection(section) => self.globals += u64::from(section.count()),
            Payload::ElementSection(section) => self.segments += u64::from(section.count()),
            Payload::DataSection(section) => self.segments += u64::from(section.count()),
            Payload::CustomSection(section) => self.custom += section.data().len() as u64,
            _ => {}
        }
    }

    fn check(&self, limits: &Structure) -> Result<(), Refusal> {
        for (what, found, limit) in [
            ("bytes in one function", self.body, limits.body),
            ("functions", self.functions, limits.functions),
            ("modules and components inside", self.parts, limits.parts),
            ("instances of modules", self.instances, limits.instances),
            ("memories", self.memories, limits.memories),
            ("tables", self.tables, limits.tables),
            ("globals", self.globals, limits.globals),
            ("segments of data and elements", self.segments, limits.segments),
            ("bytes of custom sections", self.custom, limits.custom),
        ] {
            if found > limit {
                return Err(Refusal::TooMuch { what: what.to_owned(), found, limit });
            }
        }
        Ok(())
    }
}

/// The names of what the component imports. Function by function they are known only once it is compiled.
fn imports(section: &ComponentImportSectionReader<'_>) -> Result<(), Refusal> {
    for import in section.clone() {
        let name = import.map_err(malformed)?.name.name;
        if name.starts_with("wasi:") {
            return Err(Refusal::Wasi { name: name.to_owned() });
        }
        let interface = name.strip_prefix(PACKAGE).and_then(|rest| rest.strip_prefix('/')).map(versioned);
        match interface {
            Some((interface, VERSION)) if known(interface) => {}
            Some((interface, version)) if known(interface) && version != VERSION => {
                return Err(Refusal::OtherVersion { name: name.to_owned() });
            }
            _ => return Err(Refusal::UnknownImport { name: name.to_owned(), offered: interfaces() }),
        }
    }
    Ok(())
}

fn versioned(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ""))
}

fn known(interface: &str) -> bool {
    // `types` has records alone, and the exported interfaces of one component can share theirs.
    interface == "types"
        || is_exported(interface)
        || Function::ALL.iter().any(|function| function.interface() == interface)
}

fn interfaces() -> Vec<String> {
    let mut names: Vec<_> = Function::ALL.iter().map(|function| function.wit_interface()).collect();
    names.dedup();
    names
}

fn synchronous(declared: &ComponentType<'_>) -> Result<(), Refusal> {
    match declared {
        ComponentType::Func(function) if function.async_ => {
            Err(Refusal::Asynchronous { what: "an asynchronous function".to_owned() })
        }
        ComponentType::Instance(declarations) => {
            declarations.iter().try_for_each(|declaration| match declaration {
                InstanceTypeDeclaration::Type(inner) => synchronous(inner),
                _ => Ok(()),
            })
        }
        ComponentType::Component(declarations) => {
            declarations.iter().try_for_each(|declaration| match declaration {
                ComponentTypeDeclaration::Type(inner) => synchronous(inner),
                _ => Ok(()),
            })
        }
        _ => Ok(()),
    }
}

fn plain(function: &CanonicalFunction) -> Result<(), Refusal> {
    let what = match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            if !options.contains(&CanonicalOption::Async) {
                return Ok(());
            }
            "a function that is lifted or lowered with `async`"
        }
        CanonicalFunction::ResourceNew { .. }
        | CanonicalFunction::ResourceDrop { .. }
        | CanonicalFunction::ResourceRep { .. } => return Ok(()),
        _ => "tasks, streams, futures or threads",
    };
    Err(Refusal::Asynchronous { what: what.to_owned() })
}
