//! How much a guest may use, and why so much.
//!
//! The numbers suit a host that answers within a second and runs rules in Rust, JavaScript and Python side by side.
//! Those that bound a decision are deterministic (fuel, bytes, counts), so that a decision executed again meets the
//! same limit at the same instruction. Wall time bounds compilation alone, which nobody has to repeat.

use serde::{Deserialize, Serialize};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What bounds a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Fuel of one decision.
    pub decision_fuel: u64,
    /// Fuel of one `describe` or `prepare`.
    pub preparation_fuel: u64,
    /// Bytes of all linear memories of an instance together.
    pub memory: usize,
    /// Elements of all tables of an instance together.
    pub table_elements: usize,
    /// Bytes that one decision may return.
    pub output: usize,
    /// Bytes that `prepare` may return.
    pub prepared: usize,
    /// Calls of the host in one decision.
    pub calls: u32,
    /// Bytes that cross in those calls, arguments and answers together.
    pub call_bytes: usize,
    /// Bytes of log that one decision leaves. What is over is cut off.
    pub log: usize,
    /// Bytes of a component.
    pub component: usize,
    /// What the parts of a component may amount to.
    pub structure: Structure,
    /// Bytes of address space that compiling one may take.
    pub compile_memory: u64,
    /// Milliseconds that compiling one and trying it may take, whatever its size.
    pub compile_millis: u64,
    /// Milliseconds more for each MiB of it.
    pub compile_millis_per_mebibyte: u64,
}

/// What the parts of a component may amount to, all modules inside it together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Structure {
    /// Bytes of one function's body.
    pub body: u64,
    /// Functions.
    pub functions: u64,
    /// Core modules and components inside.
    pub parts: u64,
    /// Instances of core modules.
    pub instances: u64,
    /// Memories.
    pub memories: u64,
    /// Tables.
    pub tables: u64,
    /// Globals.
    pub globals: u64,
    /// Segments of data and of elements.
    pub segments: u64,
    /// Bytes of custom sections.
    pub custom: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // About 50 ms of one core. A rule in Rust takes 10 to 100 thousand; one in Python, the hungriest, a few
            // million.
            decision_fuel: 50_000_000,
            // About a second: settings are parsed once per generation, and a JavaScript engine starts slowly.
            preparation_fuel: 1_000_000_000,
            // A Python guest has 30 MiB before it thinks. Pages that are not touched cost nothing.
            memory: 64 * MIB,
            // JavaScript guests declare 7,689. Eight bytes each.
            table_elements: 20_000,
            // A place or an answer is well under 2 KiB; the reason is shown beside the case.
            output: 64 * KIB,
            // The contract's own bound.
            prepared: MIB,
            // A responder that reads everything, replies three times, tags, notes and remembers makes about 50.
            calls: 256,
            // The largest history there is: 50 messages of 4,096 characters of 4 bytes, and as much again.
            call_bytes: 2 * MIB,
            // The contract's own bound.
            log: 8 * KIB,
            // A Python guest with its interpreter has 18.5 MB.
            component: 20 * MIB,
            structure: Structure::default(),
            // Honest compilations reserve up to 511 MB; the known bombs need more than a gibibyte.
            compile_memory: 1024 * MIB as u64,
            // Honest rules in Rust take 100 ms. The bombs are small: size buys time, and the memory is bounded all the same.
            compile_millis: 10_000,
            // JavaScript guests have 12 MiB and take 10 s on two free cores, and over a minute on a machine that is busy.
            compile_millis_per_mebibyte: 10_000,
        }
    }
}

impl Default for Structure {
    fn default() -> Self {
        Self {
            // Compilation grows faster than the body, and very large bodies are where compilers have miscompiled. The loop of the Python
            // interpreter has 417 KiB.
            body: 448 * KIB as u64,
            // A JavaScript engine has 15 thousand. 50 thousand tiny ones already compile for three seconds.
            functions: 40_000,
            // wit-component makes 4 to 8: the guest, adapters, and the shims that tie them together. Python guests have 33: its libraries
            // and its extensions are modules of their own.
            parts: 64,
            // About as many as modules, since nothing honest makes two of one. The pool has room for so many per decision.
            instances: 40,
            // One; a second for an adapter.
            memories: 2,
            // One, and one in each shim.
            tables: 8,
            // Toolchains use a handful, position-independent Python some thousands.
            globals: 10_000,
            // JavaScript guests have 10,001: the snapshot of their engine is cut into as many as its tool allows itself. wasmtime has
            // panicked beyond 32 thousand.
            segments: 20_000,
            // Names and producers of a JavaScript engine come to 1 MiB.
            custom: 4 * MIB as u64,
        }
    }
}

impl Limits {
    /// Milliseconds that compiling a component of so many bytes and trying it may take.
    pub(crate) fn deadline(&self, bytes: usize) -> u64 {
        self.compile_millis + (bytes / MIB) as u64 * self.compile_millis_per_mebibyte
    }

    /// Bytes that may cross from the guest in one go, before anything of ours has looked at them: the largest that any
    /// honest crossing needs. wasmtime's own default is 128 MiB for each host call.
    pub(crate) fn crossing(&self) -> usize {
        self.output.max(self.prepared).max(self.call_bytes)
    }
}
