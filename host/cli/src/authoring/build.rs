//! `timonel plugin build`: from sources to the component that a host takes, in each language by its own tools.

mod c;
mod javascript;
mod python;
mod rust;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasm_metadata::{AddMetadata, AddMetadataField};
use wit_component::ComponentEncoder;

use super::project::{Language, Manifest, Project};

/// The world of a plugin, in its `wit/world.wit`.
const WORLD: &str = "plugin";

/// Builds it, and says what came of it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(dir: &Path) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let project = Project::read(dir)?;
    let build = project.build();
    std::fs::create_dir_all(&build).with_context(|| format!("{} cannot be made", build.display()))?;
    // Of the component that was there.
    let compiled = build.join("components");
    if compiled.exists() {
        std::fs::remove_dir_all(&compiled)
            .with_context(|| format!("{} cannot be removed", compiled.display()))?;
    }
    let component = match project.manifest.language {
        Language::Rust => rust::build(&project)?,
        Language::JavaScript => javascript::build(&project)?,
        Language::Python => python::build(&project)?,
        Language::C => c::build(&project)?,
    };
    let component = described(&project.manifest, &component)?;
    let path = project.component();
    std::fs::write(&path, &component).with_context(|| format!("{} cannot be written", path.display()))?;
    println!(
        "{}  {} KiB, {:.1} s",
        path.display(),
        component.len().div_ceil(1024),
        started.elapsed().as_secs_f64()
    );
    println!("    sha-256 {}", domain::decision::Digest::of(&component));
    Ok(ExitCode::SUCCESS)
}

/// The contract and the world of a plugin as plain files: not every tool follows a link to them.
fn laid_out(project: &Project) -> anyhow::Result<PathBuf> {
    fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
            let entry = entry?;
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() { copy(&from, &to)? } else { std::fs::copy(&from, &to).map(drop)? }
        }
        Ok(())
    }
    let out = std::path::absolute(project.build().join("wit"))?;
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    copy(&project.dir.join("wit"), &out)?;
    Ok(out)
}

/// A core module that knows its world, as a component.
fn encoded(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let encoder = ComponentEncoder::default().validate(true).module(module);
    encoder.and_then(|mut encoder| encoder.encode()).context("no component can be made of what was built")
}

/// The component with the metadata that tools of others read too: a section each, after the name.
fn described(manifest: &Manifest, component: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut name = AddMetadata::default();
    name.name = AddMetadataField::Set(manifest.name.clone());
    let mut component = name.to_wasm(component)?;
    let authors = Some(manifest.authors.join(", ")).filter(|authors| !authors.is_empty());
    let sections = [
        ("version", Some(&manifest.version)),
        ("authors", authors.as_ref()),
        ("description", manifest.description.as_ref()),
        ("licenses", manifest.licence.as_ref()),
    ];
    for (name, text) in sections {
        if let Some(text) = text {
            let section = CustomSection { name: name.into(), data: text.as_bytes().into() };
            component.push(section.id());
            section.encode(&mut component);
        }
    }
    Ok(component)
}
