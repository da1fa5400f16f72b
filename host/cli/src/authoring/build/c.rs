//! C by clang, for bare wasm32: the bindings are made here, and what little of a library they want comes with them.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use wit_bindgen_core::Files;
use wit_parser::Resolve;

use super::super::project::Project;
use super::super::tools;

/// The newest first.
const COMPILERS: [&str; 5] = ["clang", "clang-22", "clang-20", "clang-19", "clang-18"];
const LINKERS: [&str; 5] = ["wasm-ld", "wasm-ld-22", "wasm-ld-20", "wasm-ld-19", "wasm-ld-18"];

/// Headers and functions of the C library, as far as bindings and small rules want them.
const LIBRARY: [(&str, &str); 5] = [
    ("library/assert.h", include_str!("c/assert.h")),
    ("library/stdio.h", include_str!("c/stdio.h")),
    ("library/stdlib.h", include_str!("c/stdlib.h")),
    ("library/string.h", include_str!("c/string.h")),
    ("library/library.c", include_str!("c/library.c")),
];

pub(super) fn build(project: &Project) -> anyhow::Result<Vec<u8>> {
    let install =
        "apt-get install --no-install-recommends clang-19 lld-19   # Debian 12; elsewhere clang and lld";
    let clang = tools::program(&COMPILERS, install)?;
    let linker = tools::program(&LINKERS, install)?;
    let dir = std::path::absolute(&project.dir)?;
    let bindings = dir.join("build/bindings");
    generate(&super::laid_out(project)?, &bindings)?;
    // Objects lie where the compiler runs.
    let mut compile = Command::new(clang);
    compile
        .args([
            "--target=wasm32",
            "-std=c23",
            "-O2",
            "-ffreestanding",
            "-mbulk-memory",
            "-Wall",
            "-Wextra",
            "-c",
        ])
        .arg("-I")
        .arg(bindings.join("library"))
        .arg("-I")
        .arg(&bindings)
        .arg("-I")
        .arg(&dir)
        .arg(dir.join("rule.c"))
        .args(["plugin.c", "library/library.c"]);
    tools::run(&mut compile, &bindings)?;
    let mut link = Command::new(linker);
    link.args(["--no-entry", "--strip-debug", "-o", "module.wasm"]).args([
        "rule.o",
        "plugin.o",
        "library.o",
        "plugin_component_type.o",
    ]);
    tools::run(&mut link, &bindings)?;
    let module = bindings.join("module.wasm");
    super::encoded(&std::fs::read(&module).with_context(|| format!("{} cannot be read", module.display()))?)
}

/// Writes `plugin.h`, `plugin.c` and the object that tells of its world.
fn generate(wit: &Path, out: &Path) -> anyhow::Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).with_context(|| format!("{} makes no sense", wit.display()))?;
    let world = resolve.select_world(&[package], Some(super::WORLD))?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default().build().generate(&mut resolve, world, &mut files)?;
    std::fs::create_dir_all(out.join("library"))?;
    let library = LIBRARY.iter().map(|(name, text)| (*name, text.as_bytes()));
    for (name, bytes) in files.iter().chain(library) {
        std::fs::write(out.join(name), bytes)?;
    }
    Ok(())
}
