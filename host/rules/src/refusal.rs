//! Why a component or a rule is not taken.
//!
//! Each refusal is a sentence for the person who brought it: what is wrong, why that matters, and what to do. The child
//! process that looks into a component sends its refusals back as values, so they can be counted and translated too.

use std::fmt::Write as _;

use domain::decision::{Digest, Kind};
use serde::{Deserialize, Serialize};

use crate::contract::VERSION;
use crate::functions::Function;

/// Why a component or a rule is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the sentences say it, and the fields are their parts")]
pub enum Refusal {
    // What it is.
    #[error(
        "the component has {bytes} bytes and at most {limit} are admitted: build it without debug information, or raise \
         the limit for those trusted with large ones"
    )]
    TooLarge { bytes: u64, limit: u64 },
    #[error(
        "this is not WebAssembly, which begins with the bytes `00 61 73 6d`: bring the `.wasm` file that the build wrote"
    )]
    NotWasm,
    #[error(
        "this is a core WebAssembly module, which cannot say what it needs in words that people could approve: make it a \
         component with `wasm-tools component new`, or `cargo xtask plugins` for rules in Rust"
    )]
    CoreModule,
    #[error(
        "this is no valid component, so nothing can be said about it ({detail}): build it again with current tools"
    )]
    Malformed { detail: String },
    #[error(
        "the compiler does not take the component ({detail}): this host runs WebAssembly 2 with SIMD, without threads, \
         exceptions or garbage collection, and components of a bounded size. Build it without what is named here"
    )]
    NotCompilable { detail: String },
    #[error(
        "the component has {found} {what} and at most {limit} are admitted, because compiling more could take the machine \
         with it: leave out what the rule does not use"
    )]
    TooMuch { what: String, found: u64, limit: u64 },
    #[error(
        "the component uses the asynchronous part of the component model ({what}): a rule is asked and answers, so export \
         and import plain functions"
    )]
    Asynchronous { what: String },

    // What it needs and offers.
    #[error(
        "the component imports `{name}`: a rule has no clock, files, randomness or network, so that each decision can be \
         repeated. Build without WASI: Rust for `wasm32-unknown-unknown`, JavaScript with `--disable all`, Python with \
         `--stub-wasi`"
    )]
    Wasi { name: String },
    #[error("the component imports `{name}`, which this host does not have. It has: {}", offered.join(", "))]
    UnknownImport { name: String, offered: Vec<String> },
    #[error(
        "the component was built for `{name}` and this host speaks version {VERSION} of the contract: build it against \
         that version of `wit/`"
    )]
    OtherVersion { name: String },
    #[error(
        "the component's {what} differ in type from version {VERSION} of the contract ({detail}): build it again with the \
         released `wit/{VERSION}`, unchanged"
    )]
    OtherTypes { what: String, detail: String },
    #[error(
        "the component does not export {}, so nobody could ask it anything: include the world `router`, `responder`, `follower`, \
         `approver`, `measurer` or `watcher` of the contract in yours",
        either(missing)
    )]
    MissingExport { missing: Vec<String> },
    #[error(
        "the component imports {} but only exports {}: only rules that answer or look after cases act, the others return what they \
         want, and an approving, measuring or alerting one may import `log` alone. Take the import out",
        named(functions),
        kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
    )]
    NotForKind { functions: Vec<Function>, kinds: Vec<Kind> },

    // How it behaves when tried.
    #[error(
        "compiling and trying the component took longer than {millis} ms and was stopped: split its largest functions, or \
         raise the limit for those trusted with large components"
    )]
    TooSlow { millis: u64 },
    #[error(
        "the compiler gave up on the component: it needed more than {mebibytes} MiB or failed on its code ({detail}). \
         Split its largest functions"
    )]
    CompilerFailed { mebibytes: u64, detail: String },
    #[error(
        "the component failed in `{function}` when it was tried ({detail}). There is no conversation then, every import \
         answers `unavailable`, and fuel and memory are limited: let it depend on none of them"
    )]
    Trial { function: String, detail: String },
    #[error("what the component says of itself cannot be shown: {field} {problem}")]
    Description { field: String, problem: String },
    #[error("the JSON Schema that the component gives of its settings cannot be held to: {problem}")]
    Schema { problem: String },
    #[error("the component refuses its own example of settings: {message}")]
    Example { message: String },

    // What it may do and how it is set.
    #[error(
        "the grant is for the component {} and this is {}: other bytes have to be approved again",
        granted.short(),
        component.short()
    )]
    OtherComponent { granted: Digest, component: Digest },
    #[error(
        "the rule would also {}: ask those accountable to grant it, or take the import out",
        wishes(functions)
    )]
    NotGranted { functions: Vec<Function> },
    #[error("the rule does not accept its settings: {message}")]
    Settings { message: String },

    // Ours.
    #[error(
        "the host could not look at the component ({detail}): nothing is wrong with it as far as is known, try again"
    )]
    Host { detail: String },
}

impl Refusal {
    /// Whether the same bytes would be refused again, as long as the host runs with the same limits.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Host { .. })
    }
}

fn either(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}

fn named(functions: &[Function]) -> String {
    functions.iter().map(|function| format!("`{function}`")).collect::<Vec<_>>().join(", ")
}

fn wishes(functions: &[Function]) -> String {
    let mut text = String::new();
    for (at, function) in functions.iter().enumerate() {
        let tasks = function.tasks().iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{} (`{function}`: {tasks})", function.words());
    }
    text
}
